//! One entry of a host's configuration: what it says, which requests it is asked for, and what it leads to.

use std::borrow::Cow;

use super::difference::Reach;
use super::page::Page;

/// One entry. Two that say the same are the same, wherever they stand, as long as none that may answer in its place has changed sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its text, without white space and comments.
    pub(super) said: String,
    /// The entry for people, where `said` is more than they want to read.
    pub(super) shown: String,
    /// The line it stands in, from 1; 0 where there are no lines.
    pub(super) line: usize,
    /// Entries with the same word here are asked in their order.
    pub(super) order: Cow<'static, str>,
    /// The URLs that it bears on.
    pub(super) reaches: Vec<Reach>,
    /// It bears on everything that its file bears on.
    pub(super) is_all: bool,
    /// The path that answers in its place, inside the host.
    pub(super) target: Option<Target>,
    /// The page, or the pages, of the site that it answers with.
    pub(super) page: Option<Page>,
    /// It lies beyond what Cloudflare reads of its file.
    pub(super) is_beyond: bool,
    /// The status it answers with, where that is an error.
    pub(super) status: Option<u16>,
}

/// Where a request is sent on inside the host: a path, or the beginning of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) path: Vec<u8>,
    pub(super) is_whole: bool,
}

impl Entry {
    /// Makes an entry that bears on some URLs.
    pub(super) fn on(said: String, line: usize, order: impl Into<Cow<'static, str>>, reaches: Vec<Reach>) -> Entry {
        let order = order.into();
        Entry {
            shown: said.clone(),
            said,
            line,
            order,
            reaches,
            is_all: false,
            target: None,
            page: None,
            is_beyond: false,
            status: None,
        }
    }

    /// Makes an entry that bears on all that its file bears on.
    pub(super) fn on_all(said: String, line: usize, order: impl Into<Cow<'static, str>>, all: Reach) -> Entry {
        Entry { is_all: true, ..Entry::on(said, line, order, vec![all]) }
    }

    /// Returns true when both may have a say about one request.
    pub(super) fn meets(&self, other: &Entry) -> bool {
        let reach = |one: &Entry, two: &Entry| one.reaches.iter().any(|a| two.reaches.iter().any(|b| a.meets(b)));
        reach(self, other) || self.leads_to(&other.reaches) || other.leads_to(&self.reaches)
    }

    /// Returns true when it sends requests on to some URLs.
    pub(super) fn leads_to(&self, reaches: &[Reach]) -> bool {
        self.target.as_ref().is_some_and(|target| reaches.iter().any(|reach| target.meets(reach)))
    }

    /// Returns the entry in words.
    pub(super) fn words(&self) -> String {
        if self.line == 0 { self.shown.clone() } else { format!("line {} ({})", self.line, self.shown) }
    }
}

impl Target {
    fn meets(&self, reach: &Reach) -> bool {
        let path = &self.path;
        let directory = || [path, &b"/"[..]].concat();
        match reach {
            Reach::Path(other) | Reach::Queries(other) if self.is_whole => {
                **other == **path || other.starts_with(&directory()) || path.ends_with(b"/") && other.starts_with(path)
            }
            Reach::Path(other) | Reach::Queries(other) => other.starts_with(path),
            Reach::Below(below) if self.is_whole => directory().starts_with(below),
            Reach::Below(below) => below.starts_with(path) || path.starts_with(below),
            Reach::Names(names) if self.is_whole && !path.ends_with(b"/") => names.has(path),
            Reach::Names(_) | Reach::Files(_) => true,
            Reach::Listings(_) => false,
        }
    }
}

impl Reach {
    /// Returns true when a URL may be in both.
    fn meets(&self, other: &Reach) -> bool {
        match (self, other) {
            (Reach::Path(one) | Reach::Queries(one), Reach::Path(two) | Reach::Queries(two)) => one == two,
            (Reach::Path(path) | Reach::Queries(path), Reach::Below(below))
            | (Reach::Below(below), Reach::Path(path) | Reach::Queries(path)) => {
                [path, &b"/"[..]].concat().starts_with(below)
            }
            (Reach::Below(one), Reach::Below(two)) => one.starts_with(two) || two.starts_with(one),
            (Reach::Path(path) | Reach::Queries(path), Reach::Names(names))
            | (Reach::Names(names), Reach::Path(path) | Reach::Queries(path)) => names.has(path),
            (Reach::Names(one), Reach::Names(two)) => one.meets(two),
            (Reach::Listings(_), _) | (_, Reach::Listings(_)) => false,
            (Reach::Names(_) | Reach::Files(_), _) | (_, Reach::Names(_) | Reach::Files(_)) => true,
        }
    }
}
