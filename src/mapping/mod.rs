//! From changed paths to the URLs whose answers may have changed, each with its reasons.
//!
//! Pure: changes and a site's rules in, a sorted list out, every URL once. Which of them are sent, and how, is left to
//! [`crate::plan`].

mod explanation;
mod fingerprint;
mod forms;
mod last;
mod presets;
mod side_effects;
mod twins;

use crate::changes::{Change, Changes, DirectoryChange, Status};
use crate::config::{BaseUrl, Deleted, Form, Site};

pub use explanation::{Answer, Behind, Explanation, behind, explain};
pub use fingerprint::is_fingerprinted;
pub use forms::{Forms, Spelled};
pub use last::goes_last;
pub use presets::{Preset, preset_of};
pub use side_effects::{Scope, SideEffect, side_effects};
pub use twins::{Twin, Unicode};

use self::twins::twins;

/// A URL in the form cache keys have: absolute, canonical, ASCII. Only the mapping makes one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicUrl(Box<str>);

impl PublicUrl {
    /// The URL's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Everything below a directory: `www.example.com/docs/`, without a scheme, with a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix(Box<str>);

impl Prefix {
    /// The prefix's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a URL or prefix is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The changed path at this index of [`Changes::paths`] answers under it, in this form and spelling.
    Path(u32, Form, Twin),
    /// The directory at this index of [`Changes::directories`] appeared or vanished.
    Directory(u32, Form, Twin),
    /// The changed path at this index of [`Changes::paths`] bears on it, though it is another file's.
    SideEffect(u32, Scope),
    /// The site's `always` names it.
    Always,
}

/// A thing to purge and why, one reason at least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped<T> {
    /// The URL or prefix.
    pub what: T,
    /// Sorted, each once.
    pub reasons: Vec<Reason>,
}

/// All that a site's changes mean.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// Sorted, each once.
    pub urls: Vec<Mapped<PublicUrl>>,
    /// Directories whose every answer may have changed: links and submodules. Sorted, each once.
    pub prefixes: Vec<Mapped<Prefix>>,
    /// Changed paths that `ignore` keeps out.
    pub ignored: usize,
    /// Deleted paths whose cached copies are left alone, for the content hash in their names.
    pub left: usize,
    /// What a person should know that no list of URLs can hold.
    pub notes: Vec<String>,
}

/// Maps a site's changes. `inventory` is every path of both snapshots, sorted; it is only looked at where
/// [`side_effects`] finds any.
#[must_use]
pub fn map(changes: &Changes, inventory: &[Box<[u8]>], site: &Site) -> Mapping {
    let forms = Forms::of(site);
    let mut urls = Vec::new();
    let mut prefixes = Vec::new();
    let mut left = 0;
    let mut kept = Vec::with_capacity(changes.paths.len());
    for (i, change) in (0u32..).zip(&changes.paths) {
        kept.push(!site.ignore.matches(&change.path));
        if !kept[i as usize] {
            continue;
        }
        if is_left_alone(change, site) {
            left += 1;
            continue;
        }
        for spelled in forms.of_file(&change.path) {
            push_urls(&mut urls, site, &spelled, |twin| Reason::Path(i, spelled.form, twin));
        }
        if change.leads_elsewhere {
            for (twin, text) in twins(&change.path, site.spellings) {
                let reason = Reason::Path(i, Form::Below, twin);
                prefixes.extend(site.base_urls.iter().map(|base| (prefix(base, &text), reason)));
            }
        }
    }
    for (i, directory) in (0u32..).zip(&changes.directories) {
        if has_kept_file(changes, &kept, directory) {
            for spelled in forms.of_directory(&directory.path) {
                push_urls(&mut urls, site, &spelled, |twin| Reason::Directory(i, spelled.form, twin));
            }
        }
    }
    for effect in side_effects(changes, site) {
        let reason = Reason::SideEffect(effect.index, effect.scope);
        for path in inventory.iter().filter(|path| path.starts_with(effect.directory) && !site.ignore.matches(path)) {
            for spelled in forms.of_file(path) {
                push_urls(&mut urls, site, &spelled, |_| reason);
            }
        }
    }
    if !urls.is_empty() {
        push_always(&mut urls, site);
    }
    let ignored = kept.iter().filter(|kept| !**kept).count();
    Mapping {
        urls: collected(urls),
        prefixes: collected(prefixes),
        ignored,
        left,
        notes: side_effects::notes(changes, site),
    }
}

/// Deleted, and named by its content: pages in open tabs may still ask for it.
fn is_left_alone(change: &Change, site: &Site) -> bool {
    change.status == Status::Deleted && site.deleted == Deleted::Unfingerprinted && is_fingerprinted(&change.path)
}

fn push_urls(urls: &mut Vec<(PublicUrl, Reason)>, site: &Site, spelled: &Spelled<'_>, reason: impl Fn(Twin) -> Reason) {
    for (twin, text) in twins(spelled.path, site.spellings) {
        for base in &site.base_urls {
            let base = if spelled.path.is_empty() && spelled.form == Form::DirectoryWithoutSlash {
                // `https://host/docs` beside `https://host/docs/`; a host alone has no such spelling.
                let Some(without_slash) = base.without_slash() else { continue };
                without_slash
            } else {
                base.as_str()
            };
            let slash = if spelled.slash { "/" } else { "" };
            urls.push((PublicUrl([base, &text, slash].concat().into_boxed_str()), reason(twin)));
        }
    }
}

fn push_always(urls: &mut Vec<(PublicUrl, Reason)>, site: &Site) {
    for base in &site.base_urls {
        for path in &site.always {
            urls.push((PublicUrl(format!("{base}{}", path.as_str()).into_boxed_str()), Reason::Always));
        }
    }
}

/// Path separators that Cloudflare takes in a prefix
/// (<https://developers.cloudflare.com/cache/how-to/purge-cache/purge_by_prefix/>).
const MOST_SEPARATORS: usize = 31;

/// The prefix for all below a path; for all below an ancestor of it where the path is too deep to be named.
fn prefix(base: &BaseUrl, path: &str) -> Prefix {
    let mut text = [base.without_scheme(), path, "/"].concat();
    if let Some((end, _)) = text.match_indices('/').nth(MOST_SEPARATORS) {
        let ancestor = text[..end].rfind('/').map_or(end, |i| i + 1);
        text.truncate(ancestor);
    }
    Prefix(text.into_boxed_str())
}

/// True when a directory that appeared (vanished) did so by a file that `ignore` does not keep out.
fn has_kept_file(changes: &Changes, kept: &[bool], directory: &DirectoryChange) -> bool {
    let inside = |path: &[u8]| {
        directory.path.is_empty() || path.strip_prefix(&*directory.path).is_some_and(|rest| rest.starts_with(b"/"))
    };
    let start = changes.paths.partition_point(|c| *c.path < *directory.path);
    // Siblings such as `d.html` sort between `d` and `d/…`: they are passed over, not the end.
    (start..changes.paths.len())
        .take_while(|&i| changes.paths[i].path.starts_with(&directory.path))
        .any(|i| kept[i] && inside(&changes.paths[i].path) && changes.paths[i].status == directory.status)
}

/// Sorts, and gathers the reasons of equal things.
fn collected<T: Ord>(mut pairs: Vec<(T, Reason)>) -> Vec<Mapped<T>> {
    pairs.sort_unstable();
    let mut all: Vec<Mapped<T>> = Vec::with_capacity(pairs.len());
    for (what, reason) in pairs {
        match all.last_mut().filter(|last| last.what == what) {
            Some(last) if last.reasons.last() == Some(&reason) => {}
            Some(last) => last.reasons.push(reason),
            None => all.push(Mapped { what, reasons: vec![reason] }),
        }
    }
    all
}

impl Reason {
    /// True when it is for a file that has to be purged after all others.
    #[must_use]
    pub fn goes_last(&self, changes: &Changes) -> bool {
        matches!(self, Reason::Path(i, ..) if goes_last(&changes.paths[*i as usize].path))
    }

    /// The reason in words, for people: `blog/index.html modified, as a directory`.
    #[must_use]
    pub fn text(&self, changes: &Changes) -> String {
        match *self {
            Reason::Path(i, form, twin) => {
                let change = &changes.paths[i as usize];
                let path = crate::display::shown(&change.path);
                format!("{path} {}{}{}", change.status.word(), form.words(), twin.words())
            }
            Reason::Directory(i, _, twin) => {
                let directory = &changes.directories[i as usize];
                let verb = if directory.status == Status::Added { "appeared" } else { "vanished" };
                let path = crate::display::shown(&[&directory.path, &b"/"[..]].concat());
                format!("directory {path} {verb}{}", twin.words())
            }
            Reason::SideEffect(i, scope) => {
                let change = &changes.paths[i as usize];
                format!("{} {}{}", crate::display::shown(&change.path), change.status.word(), scope.words())
            }
            Reason::Always => "always".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
