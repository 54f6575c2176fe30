//! The configuration files of hosts: headers, redirects, rewrites and error pages of URLs that are other files'.
//!
//! A change of such a file changes answers of URLs that no path of the site names. This module knows which files hosts read
//! and where, and says as a value what a change of one bears on. It is pure: who has both versions of a file is
//! [`crate::changes`], and URLs are made by [`crate::mapping`].

mod compared;
mod difference;
mod entry;
mod files;
mod headers;
mod htaccess;
mod limits;
mod lists;
mod names;
mod page;
mod pattern;
mod placeholders;
mod readers;
mod redirects;
mod rewrite;

use self::compared::compared;
use self::entry::Entry;
use crate::config::Scope;

pub use difference::{Difference, Reach};
pub use files::{CODE, has_rewrites, is_among, is_code, is_read_above, is_served_by, reach_of};
pub use names::Names;
pub use page::{Page, Route};
pub use readers::Readers;
pub use rewrite::Rewrite;

/// Returns true for a configuration file on whose requests others of its kind bear, those above it and below.
#[must_use]
pub fn minds_others(path: &[u8]) -> bool {
    path.strip_suffix(b".htaccess").is_some_and(|above| above.is_empty() || above.ends_with(b"/"))
}

/// Returns what differs between two versions of the configuration file of this name, which lies in `directory` of the web root;
/// `None` where its content says nothing here, so that it bears on all that it can bear on. `beside` are the others of its kind that bear
/// on its requests, each with its directory.
#[must_use]
pub fn differences(
    name: &[u8],
    directory: &[u8],
    (old, new): (Option<&[u8]>, Option<&[u8]>),
    beside: &[(Box<[u8]>, Vec<u8>)],
) -> Option<Vec<Difference>> {
    let read = |text: Option<&[u8]>| text.map_or(Some(Vec::new()), |text| entries(name, directory, text));
    let (mut old, mut new) = (read(old)?, read(new)?);
    if !directory.is_empty() && htaccess::rewrites(&old) != htaccess::rewrites(&new) {
        htaccess::take_all(&mut old, directory);
        htaccess::take_all(&mut new, directory);
    }
    let scope = if directory.is_empty() { Scope::Site } else { Scope::Subtree };
    let others = beside.iter().map(|(directory, text)| entries(name, directory, text));
    let others: Vec<Entry> = others.collect::<Option<Vec<_>>>()?.concat();
    // Whether rules are asked holds for all directories below that say nothing of it.
    let below = beside.iter().filter(|(place, _)| place.len() > directory.len() && place.starts_with(directory));
    let below = below.map(|(directory, text)| entries(name, directory, text)).collect::<Option<Vec<_>>>()?.concat();
    htaccess::take_rules(&mut old, &below);
    htaccess::take_rules(&mut new, &below);
    if htaccess::names_index(&others) {
        htaccess::take_lists(&mut old);
        htaccess::take_lists(&mut new);
    }
    compared(&old, &new, &others, scope)
}

/// Returns the entries of a configuration file that answer with other files of the site; nothing of a file that is not understood.
#[must_use]
pub fn rewrites(name: &[u8], directory: &[u8], text: &[u8]) -> Vec<Rewrite> {
    let scope = if directory.is_empty() { Scope::Site } else { Scope::Subtree };
    let entries = entries(name, directory, text).unwrap_or_default();
    let of_entry = |entry: &Entry| {
        let pages = entry.page.iter().cloned().chain(htaccess::index_pages(entry, directory));
        pages.map(|page| Rewrite::new(entry, scope, page)).collect::<Vec<_>>()
    };
    entries.iter().flat_map(of_entry).collect()
}

/// Reads the entries of a file; `None` where it is not understood as a whole.
fn entries(name: &[u8], directory: &[u8], text: &[u8]) -> Option<Vec<Entry>> {
    // Bytes that are no text would all be the same one.
    std::str::from_utf8(text).ok()?;
    match name {
        b"_redirects" => Some(redirects::entries(text)),
        b"_headers" => Some(headers::entries(text)),
        b".htaccess" => htaccess::entries(text, directory),
        _ => lists::entries(name, text),
    }
}

#[cfg(test)]
mod tests;
