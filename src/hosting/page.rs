//! The files that an entry answers with in place of those that a request names: rewrites, pages of errors, index files of other names.
//!
//! Such a page is one path, or a path with a gap that a part of the request fills, as in `/posts/:splat`. The request is then known
//! from the file, as far as the entry's pattern holds that part and nothing else.

/// The page, or the pages, of an entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Page {
    /// Its path, decoded, without a slash at the beginning; where it has a gap, the part before that.
    before: Box<[u8]>,
    gap: Option<Gap>,
    /// It answers where nothing is found, or where an error is.
    pub is_of_errors: bool,
}

/// The part of a path that a request fills.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Gap {
    /// The part of the path behind it.
    pub(super) after: Box<[u8]>,
    pub(super) filling: Filling,
}

/// The part of a request that fills a gap.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Filling {
    /// All that stands between these two in the request's path; of some it is one segment.
    Between { before: Box<[u8]>, after: Box<[u8]>, is_segment: bool },
    /// A directory below this one: the page is its index file.
    Directory(Box<[u8]>),
    /// The beginning of what stands behind this, so that both lie in directories of the same name.
    Beginning(Box<[u8]>),
    /// Nobody knows.
    Unknown,
}

/// A request that is answered with a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Route {
    /// Any that the entry is for.
    Any,
    /// The one with this path.
    Path(Vec<u8>),
    /// Any below this directory, which has its slash at the end.
    Below(Vec<u8>),
}

impl Page {
    /// Makes a page of one path; a query string and a fragment are no part of it.
    pub(super) fn of_path(path: &str) -> Page {
        Page { before: path_of(path), gap: None, is_of_errors: false }
    }

    /// Makes pages of a path with a gap.
    pub(super) fn with_gap(before: &str, gap: Gap) -> Page {
        Page { gap: Some(gap), ..Page::of_path(before) }
    }

    /// Makes the index files of a directory and all below it, by their name; the directory is empty or has its slash at the end.
    pub(super) fn of_directories(directory: &[u8], name: &str) -> Page {
        let filling = Filling::Directory(directory.into());
        Page {
            before: directory.into(),
            gap: Some(Gap { after: name.as_bytes().into(), filling }),
            is_of_errors: false,
        }
    }

    /// Makes it answer for errors.
    pub(super) fn of_errors(self) -> Page {
        Page { is_of_errors: true, ..self }
    }

    /// Returns the path, where there is only one.
    #[must_use]
    pub fn path(&self) -> Option<&[u8]> {
        self.gap.is_none().then_some(&self.before)
    }

    /// Returns the path up to a gap.
    #[must_use]
    pub fn beginning(&self) -> &[u8] {
        &self.before
    }

    /// Returns true for pages that are the index files of directories.
    #[must_use]
    pub fn is_index(&self) -> bool {
        matches!(&self.gap, Some(Gap { filling: Filling::Directory(_), .. }))
    }

    /// Returns the requests that are answered with what a path names; `any_case` is for hosts that do not mind the case of letters.
    #[must_use]
    pub fn routes_of(&self, path: &[u8], any_case: bool) -> Vec<Route> {
        let Some(gap) = &self.gap else {
            return if is_same(path, &self.before, any_case) { vec![Route::Any] } else { Vec::new() };
        };
        let (start, behind) = (self.before.len(), gap.after.len());
        let Some(end) = path.len().checked_sub(behind).filter(|end| *end >= start) else { return Vec::new() };
        if !is_same(&path[..start], &self.before, any_case) || !is_same(&path[end..], &gap.after, any_case) {
            return Vec::new();
        }
        gap.filling.routes(&path[start..end])
    }
}

impl Filling {
    /// Returns the requests that fill the gap with a text.
    fn routes(&self, filled: &[u8]) -> Vec<Route> {
        match self {
            Filling::Between { is_segment: true, .. } if filled.contains(&b'/') || filled.is_empty() => Vec::new(),
            Filling::Between { before, after, .. } => {
                let whole = Route::Path([before, filled, after].concat());
                // `/blog/*` is for `/blog`, too.
                let is_bare = filled.is_empty() && after.is_empty() && before.len() > 1;
                let bare = before.strip_suffix(b"/").filter(|_| is_bare).map(|bare| Route::Path(bare.to_vec()));
                [whole].into_iter().chain(bare).collect()
            }
            Filling::Directory(below) if filled.is_empty() || filled.ends_with(b"/") => {
                vec![Route::Path([below, filled].concat())]
            }
            Filling::Directory(_) => Vec::new(),
            Filling::Beginning(below) => match filled.iter().rposition(|b| *b == b'/') {
                Some(slash) => vec![Route::Below([below, &filled[..=slash]].concat())],
                None => vec![Route::Any],
            },
            Filling::Unknown => vec![Route::Any],
        }
    }
}

fn is_same(one: &[u8], other: &[u8], any_case: bool) -> bool {
    one == other || any_case && one.eq_ignore_ascii_case(other)
}

/// Returns a path, decoded, without its first slash and what stands behind it.
fn path_of(text: &str) -> Box<[u8]> {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    percent_encoding::percent_decode_str(path.strip_prefix('/').unwrap_or(path)).collect()
}
