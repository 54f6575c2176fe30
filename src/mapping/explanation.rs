//! Why a file has the URLs it has, and which files are behind a URL: the mapping, asked from either end.
//!
//! It asks [`super::map`] itself rather than knowing the rules a second time, so an explanation cannot differ from a plan.

use super::{Mapping, Operation, Reason, goes_last, judge, map};
use crate::changes::{Change, Changes, Status, has_content_hash};
use crate::config::{On, RuleNumber, Scope, Site};
use crate::encoding::canonical_url_path;

/// One thing that is purged for a path, and why. The reasons point to the path itself, at index 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// A URL or a prefix for the path's own; anything for what rules add.
    pub what: Operation,
    /// Why.
    pub reason: Reason,
}

/// A rule that matches a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchingRule {
    /// Its number.
    pub number: RuleNumber,
    /// Its globs.
    pub name: String,
    /// The kinds of change that it is for.
    pub on: On,
}

/// A site's answer to a path that is modified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Under what it answers; nothing when it is ignored.
    pub answers: Vec<Answer>,
    /// The things that are purged beyond that.
    pub further: Vec<Answer>,
    /// The rules that match it, also those for other kinds of change.
    pub rules: Vec<MatchingRule>,
    /// `ignore` keeps it out.
    pub ignored: bool,
    /// When it is deleted, its cached copies are left alone, as soon as another hash has taken its place or a bundler owns its directory.
    pub left_when_deleted: bool,
    /// It is purged after all others.
    pub last: bool,
    /// A change of it bears on others; by which rule's word.
    pub scope: Option<(Scope, Option<RuleNumber>)>,
}

/// A file behind a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// The file's path.
    pub path: Box<[u8]>,
    /// How it comes to be there.
    pub reason: Reason,
}

fn changed(path: &[u8], status: Status) -> Change {
    Change { path: path.into(), status, leads_elsewhere: false }
}

/// Explains a path, whether a file has it or not.
#[must_use]
pub fn explain(path: &[u8], site: &Site) -> Explanation {
    let changes = Changes { paths: vec![changed(path, Status::Modified)], ..Changes::default() };
    let judged = judge(&changes, site);
    let mapping = map(&judged, &[], site);
    let mut matcher = site.rules.matcher();
    let said = matcher.judge(path);
    let rule = |number: &RuleNumber| {
        let rule = site.rules.get(*number);
        MatchingRule { number: *number, name: rule.name.clone(), on: rule.on }
    };
    let own = |reason: &Reason| matches!(reason, Reason::Path(..));
    let added = |reason: &Reason| !matches!(reason, Reason::Path(..) | Reason::Always | Reason::Asked);
    let gone = succeeded(path);
    Explanation {
        answers: answers(&mapping, own),
        further: answers(&mapping, added),
        rules: said.rules.iter().map(rule).collect(),
        ignored: said.ignored,
        left_when_deleted: !map(&judge(&gone, site), &[], site).left.is_empty(),
        last: goes_last(path) || said.rules.iter().any(|rule| site.rules.get(*rule).last),
        scope: judged.effects.first().map(|effect| (effect.scope, effect.rule)),
    }
}

/// Returns the deletion of a path whose place something else takes, if its name is of the kind that can be succeeded.
fn succeeded(path: &[u8]) -> Changes {
    let gone = Changes { paths: vec![changed(path, Status::Deleted)], ..Changes::default() };
    let superseded = if has_content_hash(path) { vec![path.into()] } else { Vec::new() };
    Changes { superseded, ..gone }
}

/// Returns each operation that has such a reason, with the first of them.
fn answers(mapping: &Mapping, wanted: impl Fn(&Reason) -> bool) -> Vec<Answer> {
    let answer = |mapped: &super::Mapped| {
        let reason = mapped.reasons.iter().copied().find(&wanted)?;
        Some(Answer { what: mapped.what.clone(), reason })
    };
    mapping.operations.iter().filter_map(answer).collect()
}

/// Returns the files of an inventory that can be behind a URL, as it was typed. `None` when the URL is not below any base URL of the
/// site. A query string counts where a rule knows it, and otherwise not.
#[must_use]
pub fn behind(url: &str, inventory: &[Box<[u8]>], site: &Site) -> Option<Vec<Behind>> {
    let (url, query) = canonical(url, site)?;
    let changes = Changes::all_modified(inventory.to_vec());
    let mapping = map(&judge(&changes, site), &[], site);
    let with_query = query.map(|query| [&url, "?", query].concat());
    let files = |url: &str| files_behind(url, &mapping, &changes);
    Some(with_query.map(|url| files(&url)).filter(|files| !files.is_empty()).unwrap_or_else(|| files(&url)))
}

/// Returns the files for which a URL is purged, by itself or below a prefix.
fn files_behind(url: &str, mapping: &Mapping, changes: &Changes) -> Vec<Behind> {
    let is_it = |what: &Operation| match what {
        Operation::Url(known) => known.as_str() == url,
        Operation::Prefix(prefix) => url.split_once("://").is_some_and(|(_, rest)| rest.starts_with(prefix.as_str())),
        Operation::Tag(_) | Operation::Host(_) | Operation::Everything => false,
    };
    let mut files: Vec<Behind> = Vec::new();
    for reason in mapping.operations.iter().filter(|mapped| is_it(&mapped.what)).flat_map(|mapped| &mapped.reasons) {
        let (Reason::Path(i, ..) | Reason::Template(i, ..) | Reason::Rule(_, i, _)) = *reason else { continue };
        let path = &changes.paths[i as usize].path;
        if files.iter().all(|known| known.path != *path) {
            files.push(Behind { path: path.clone(), reason: *reason });
        }
    }
    files
}

/// Returns the key that a typed URL is, and its query string: without fragment, scheme and host in small letters.
fn canonical<'u>(url: &'u str, site: &Site) -> Option<(String, Option<&'u str>)> {
    let url = url.split('#').next().unwrap_or_default();
    let (url, query) = url.split_once('?').map_or((url, None), |(url, query)| (url, Some(query)));
    let (scheme, rest) = url.split_once("://")?;
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let path = if path.is_empty() { "/" } else { path };
    let origin = format!("{}://{}", scheme.to_ascii_lowercase(), host.to_ascii_lowercase());
    // A path that is no URL path is below no base URL either.
    let url = format!("{origin}{}", canonical_url_path(path).ok()?);
    let below = |base: &crate::config::BaseUrl| url.starts_with(base.as_str()) || base.without_slash() == Some(&url);
    site.base_urls.iter().any(below).then_some((url, query))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn site() -> Site {
        let text = "[[site]]\nname = \"w\"\nbase_urls = [\"https://www.example.com/docs/\"]\nignore = [\"*.map\"]\n";
        Config::parse(text, "").unwrap().sites.remove(0)
    }

    #[test]
    fn a_path_is_explained_as_it_is_mapped() {
        let urls = |path: &str| {
            let answers = explain(path.as_bytes(), &site()).answers;
            answers
                .iter()
                .map(|a| a.what.text().strip_prefix("https://www.example.com").unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(urls("x.css"), ["/docs/x.css"]);
        assert_eq!(urls("a/index.html").len(), 4);
        assert_eq!(urls("x.map"), Vec::<String>::new());
        assert!(explain(b"x.map", &site()).ignored && explain(b"sw.js", &site()).last);
        assert!(
            explain(b"app.3f2a1b4c.js", &site()).left_when_deleted && !explain(b"app.js", &site()).left_when_deleted
        );
        assert_eq!(explain(b"_headers", &site()).scope, Some((Scope::Site, None)));
    }

    #[test]
    fn a_url_leads_to_every_file_that_can_answer_it() {
        let inventory: Vec<Box<[u8]>> =
            ["both.html", "both/index.html", "index.html", "x@2x.css"].map(|p| p.as_bytes().into()).to_vec();
        let files = |url: &str| {
            let files = behind(url, &inventory, &site());
            files.map(|files| files.iter().map(|b| String::from_utf8(b.path.to_vec()).unwrap()).collect::<Vec<_>>())
        };
        let some = |paths: &[&str]| Some(paths.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>());
        assert_eq!(files("https://www.example.com/docs/both/"), some(&["both.html", "both/index.html"]));
        assert_eq!(files("HTTPS://WWW.example.com/docs/both/?utm=1#top"), some(&["both.html", "both/index.html"]));
        assert_eq!(files("https://www.example.com/docs"), some(&["index.html"]));
        assert_eq!(files("https://www.example.com/docs/x%402x.css"), some(&["x@2x.css"]));
        assert_eq!(files("https://www.example.com/docs/nothing"), some(&[]));
        assert_eq!(files("https://www.example.com/"), None);
        assert_eq!(files("https://other.example/docs/"), None);
    }
}
