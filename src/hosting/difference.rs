//! One thing that differs between two versions of a host's configuration, as a value.

use super::names::Names;
use super::readers::Readers;
use crate::config::Scope;

/// One entry that differs between two versions of a configuration file, or the whole file.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// The entry, for people; empty where it is the file as a whole.
    pub entry: Box<str>,
    /// How far it bears, where that is more than some paths: on the whole site, or on the file's directory.
    pub scope: Option<Scope>,
    /// The URLs that it bears on.
    pub reaches: Vec<Reach>,
    /// The hosts for which it differs.
    pub readers: Readers,
}

/// URLs of a host, by their paths: bytes, decoded, with the slash at the beginning.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// One path, in all forms that a file there has.
    Path(Box<[u8]>),
    /// One path with whatever query string.
    Queries(Box<[u8]>),
    /// Everything below a directory, whose slash is at the end.
    Below(Box<[u8]>),
    /// Files by their names.
    Names(Names),
    /// The directories that hold such files: a list of what is in them leaves out what is refused.
    Listings(Names),
    /// Every file below a directory of the web root, which is empty or has its slash at the end.
    Files(Box<[u8]>),
}

impl Difference {
    /// Makes the difference of a file of which nothing more is known than how far it bears; `directory` is the one that it lies in.
    #[must_use]
    pub fn of_all(scope: Scope, directory: &[u8]) -> Difference {
        Difference {
            entry: Box::default(),
            scope: Some(scope),
            reaches: vec![Reach::Files(directory.into())],
            readers: Readers::All,
        }
    }
}
