//! The directories of URLs that no changed file has itself: those that `always`, rules and hosts' configuration name.
//!
//! The comparison has met the directories of all other URLs. For these it has to be looked up whether something lies in them that did not
//! change.

use std::collections::BTreeSet;

use super::mapped::{Mapped, Mapping};
use super::operation::{Kind, without_scheme};
use super::reason::Reason;
use crate::config::{Also, BaseUrl, Form, Site};

/// Returns true when the templates or the base URLs of a site can make URLs of one directory from files of another: then only a list of
/// all files tells which URLs a directory has.
#[must_use]
pub fn bear_on_others(site: &Site) -> bool {
    let bases = || site.base_urls.iter().map(BaseUrl::without_scheme);
    // Below both, a URL is that of either file.
    if bases().any(|one| bases().any(|other| one.len() > other.len() && one.starts_with(other))) {
        return true;
    }
    let mut rules = site.rules.iter().map(|(_, rule)| rule);
    rules.any(|rule| rule.also.iter().any(|also| matches!(also, Also::Template(_))))
}

/// Returns true when files of one directory may have different forms by a rule or the site's own list, so that one of them has no URL in
/// the directory of its name where another one has. The lists of hosts have none of which that is true.
#[must_use]
pub fn forms_differ(site: &Site) -> bool {
    // Of the other forms, no more than one URL lies in such a directory.
    let lead_into = |forms: &[Form]| forms.iter().any(|form| matches!(form, Form::AsIndex | Form::ExactSlash));
    site.forms.as_deref().is_some_and(lead_into) || site.rules.iter().any(|(_, rule)| rule.forms.is_some())
}

/// Returns the directories, relative to the web root and without a slash at either end.
#[must_use]
pub fn directories_elsewhere(mapping: &Mapping, site: &Site) -> BTreeSet<Vec<u8>> {
    let is_of_a_change = |reason: &Reason| matches!(reason, Reason::Path(..) | Reason::Directory(..));
    let is_elsewhere = |mapped: &&Mapped| {
        matches!(mapped.what.kind(), Kind::Url | Kind::Prefix) && !mapped.reasons.iter().any(is_of_a_change)
    };
    let texts = mapping.operations.iter().filter(is_elsewhere).map(|mapped| mapped.what.text());
    texts.flat_map(|text| directories(text, site)).collect()
}

/// Returns the directory of a URL or a prefix below each base URL that it lies below.
pub(super) fn directories(text: &str, site: &Site) -> impl Iterator<Item = Vec<u8>> {
    let place = without_scheme(text);
    let path = place.split_once('?').map_or(place, |(path, _)| path);
    let directory = path.rfind('/').map_or("", |at| &path[..at]);
    let below = |base: &BaseUrl| {
        let base = base.without_scheme().strip_suffix('/')?;
        let rest = directory.strip_prefix(base)?;
        let rest = rest.strip_prefix('/').or_else(|| rest.is_empty().then_some(""))?;
        Some(percent_encoding::percent_decode_str(rest).collect::<Vec<u8>>())
    };
    site.base_urls.iter().filter_map(below).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changes::{Change, Changes, Status};
    use crate::config::Config;
    use crate::mapping::{judge, map};

    #[test]
    fn only_directories_of_urls_that_no_changed_file_has_are_named() {
        let text = "[[site]]\nname = \"w\"\nbase_urls = [\"https://a.example/b%20c/\", \"https://d.example/\"]\n\
                    always = [\"/b%20c/x/y/feed.xml\"]\n[[site.rule]]\nmatch = [\"p/**\"]\nalso = [\"/q/\"]\n";
        let site = Config::parse(text, "").unwrap().sites.remove(0);
        let change = Change { path: b"p/r/a.css"[..].into(), status: Status::Modified, leads_elsewhere: false };
        let changes = Changes { paths: vec![change], ..Changes::default() };
        let mapping = map(&judge(&changes, &site), &[], &site);
        let found: Vec<String> = directories_elsewhere(&mapping, &site)
            .into_iter()
            .map(|directory| String::from_utf8(directory).unwrap())
            .collect();
        assert_eq!(found, ["b c/x/y", "q"], "{:?}", mapping.operations);
        assert!(!bear_on_others(&site));
    }
}
