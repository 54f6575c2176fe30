//! Why a file has the URLs it has, and which files are behind a URL: the mapping, asked from either end.
//!
//! It asks [`super::map`] itself rather than knowing the rules a second time, so an explanation cannot differ from a plan.

use super::{Form, Mapped, PublicUrl, Reason, Scope, Twin, goes_last, is_left_alone, map};
use crate::changes::{Change, Changes, Status};
use crate::config::Site;
use crate::encoding::canonical_url_path;

/// One URL of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The URL.
    pub url: PublicUrl,
    /// The form in which the file answers.
    pub form: Form,
    /// The spelling.
    pub twin: Twin,
}

/// What a site does about a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The URLs that are purged when it changes; none when it is ignored.
    pub answers: Vec<Answer>,
    /// `ignore` keeps it out.
    pub ignored: bool,
    /// When it is deleted, its cached copies are left alone.
    pub left_when_deleted: bool,
    /// It is purged after all others.
    pub last: bool,
    /// A change of it bears on others.
    pub scope: Option<Scope>,
}

/// A file behind a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// The file's path.
    pub path: Box<[u8]>,
    /// The form in which it answers there.
    pub form: Form,
    /// The spelling.
    pub twin: Twin,
}

fn modified(path: &[u8]) -> Change {
    Change { path: path.into(), status: Status::Modified, leads_elsewhere: false }
}

/// Explains a path, whether a file has it or not.
#[must_use]
pub fn explain(path: &[u8], site: &Site) -> Explanation {
    let changes = Changes { paths: vec![modified(path)], ..Changes::default() };
    let answer = |mapped: &Mapped<PublicUrl>| {
        mapped.reasons.iter().find_map(|reason| match *reason {
            Reason::Path(_, form, twin) => Some(Answer { url: mapped.what.clone(), form, twin }),
            _ => None,
        })
    };
    Explanation {
        answers: map(&changes, &[], site).urls.iter().filter_map(answer).collect(),
        ignored: site.ignore.matches(path),
        left_when_deleted: is_left_alone(&Change { status: Status::Deleted, ..modified(path) }, site),
        last: goes_last(path),
        scope: Scope::of(&changes.paths[0]),
    }
}

/// The files of an inventory that can be behind a URL, as it was typed. `None` when the URL is not below any base URL of the
/// site.
#[must_use]
pub fn behind(url: &str, inventory: &[Box<[u8]>], site: &Site) -> Option<Vec<Behind>> {
    let url = canonical(url, site)?;
    let paths: Vec<Change> = inventory.iter().map(|path| modified(path)).collect();
    let changes = Changes { paths, ..Changes::default() };
    let mapping = map(&changes, &[], site);
    let found = mapping.urls.binary_search_by(|mapped| mapped.what.as_str().cmp(&url)).map(|at| &mapping.urls[at]);
    let file = |reason: &Reason| match *reason {
        Reason::Path(i, form, twin) => Some(Behind { path: changes.paths[i as usize].path.clone(), form, twin }),
        _ => None,
    };
    Some(found.map_or(Vec::new(), |mapped| mapped.reasons.iter().filter_map(file).collect()))
}

/// The key that a typed URL is: without query string and fragment, scheme and host in small letters.
fn canonical(url: &str, site: &Site) -> Option<String> {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) = url.split_once("://")?;
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let path = if path.is_empty() { "/" } else { path };
    let origin = format!("{}://{}", scheme.to_ascii_lowercase(), host.to_ascii_lowercase());
    // A path that is no URL path is below no base URL either.
    let url = format!("{origin}{}", canonical_url_path(path).ok()?);
    let below = |base: &crate::config::BaseUrl| url.starts_with(base.as_str()) || base.without_slash() == Some(&url);
    site.base_urls.iter().any(below).then_some(url)
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
                .map(|a| (a.url.as_str().strip_prefix("https://www.example.com").unwrap().to_owned(), a.form))
                .collect::<Vec<_>>()
        };
        assert_eq!(urls("x.css"), [("/docs/x.css".to_owned(), Form::Exact)]);
        assert_eq!(urls("a/index.html").len(), 4);
        assert_eq!(urls("x.map"), []);
        assert!(explain(b"x.map", &site()).ignored && explain(b"sw.js", &site()).last);
        assert!(
            explain(b"app.3f2a1b4c.js", &site()).left_when_deleted && !explain(b"app.js", &site()).left_when_deleted
        );
        assert_eq!(explain(b"_headers", &site()).scope, Some(Scope::Site));
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
