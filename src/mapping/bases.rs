//! The paths of a site's base URLs, for what is written in paths of the host: where the site's files lie there, and back.

use crate::config::{BaseUrl, Site};

/// Returns the paths of the site's base URLs, decoded and without a slash at the beginning, and the empty one: below them lie the site's
/// files for the host.
pub(super) fn base_paths(site: &Site) -> Vec<Vec<u8>> {
    let path = |base: &BaseUrl| {
        let path = base.without_scheme().split_once('/').map_or("", |(_, path)| path);
        percent_encoding::percent_decode_str(path).collect()
    };
    let mut all: Vec<Vec<u8>> = site.base_urls.iter().map(path).chain([Vec::new()]).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Returns what a path of the host can be relative to the site's base URLs: a host's configuration may be written for the host that
/// it runs on, or for the one that visitors see. Nothing for a path that no URL has.
pub(super) fn below_bases(path: &[u8], site: &Site) -> Vec<Vec<u8>> {
    let segments: Vec<&[u8]> = path.split(|b| *b == b'/').filter(|segment| !segment.is_empty()).collect();
    if segments.iter().any(|segment| matches!(*segment, b"." | b"..")) {
        return Vec::new();
    }
    let slash: &[u8] = if path.ends_with(b"/") && !segments.is_empty() { b"/" } else { b"" };
    let path = [&segments.join(&b'/'), slash].concat();
    let mut all = vec![path.clone()];
    for base in base_paths(site) {
        let below = path.strip_prefix(&base[..]).map(<[u8]>::to_vec);
        let is_base = base.strip_suffix(b"/").is_some_and(|base| base == path);
        all.extend(below.or(is_base.then(Vec::new)));
    }
    all.sort_unstable();
    all.dedup();
    all
}
