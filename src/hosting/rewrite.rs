//! One entry of a host's configuration that answers with another file of the site, as a value.

use super::difference::Reach;
use super::entry::Entry;
use super::page::Page;
use super::readers::Readers;
use crate::config::Scope;

/// An entry that answers with another file of the site: a rewrite, the page of an error, or the name of index files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rewrite {
    /// The entry, for people.
    pub entry: Box<str>,
    /// How far it bears, where that is more than some paths: on the whole site, or on the file's directory.
    pub scope: Option<Scope>,
    /// The URLs that it is for.
    pub reaches: Vec<Reach>,
    /// The file, or the files, that it answers with; nothing is known of an entry that stands in a saved plan.
    pub page: Option<Page>,
    /// The hosts for which it counts.
    pub readers: Readers,
}

impl Rewrite {
    /// Takes an entry with one of its pages; `scope` is the file's.
    pub(super) fn new(entry: &Entry, scope: Scope, page: Page) -> Rewrite {
        let (reaches, scope) = (entry.reaches.clone(), entry.is_all.then_some(scope));
        let readers = if entry.is_beyond { Readers::AllButCloudflare } else { Readers::All };
        Rewrite { entry: entry.words().into(), scope, reaches, page: Some(page), readers }
    }
}
