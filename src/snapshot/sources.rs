//! The sources of a run: each is opened once, however many sites compare it with however many others.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::source::Opening;
use super::{Hash, Repository, SnapshotError, Source};

/// What a run has opened.
pub struct Sources {
    /// Where the repository is looked for.
    directory: Option<PathBuf>,
    repository: Option<Rc<Repository>>,
    opened: Vec<(Hash, Rc<Source>)>,
}

/// The ends of a comparison.
pub struct Ends {
    /// What the site was, at one or several moments.
    pub from: Vec<Rc<Source>>,
    /// What it is.
    pub to: Rc<Source>,
}

impl Ends {
    /// Nothing before and nothing now.
    #[must_use]
    pub fn nothing() -> Ends {
        Ends { from: Vec::new(), to: Rc::new(Source::empty()) }
    }
}

impl Sources {
    /// Nothing yet; the repository is looked for in `directory`, if one is needed.
    #[must_use]
    pub fn new(directory: Option<&Path>) -> Sources {
        Sources { directory: directory.map(Path::to_owned), repository: None, opened: Vec::new() }
    }

    /// The repository.
    ///
    /// # Errors
    /// When there is none, or it cannot be opened.
    pub fn repository(&mut self) -> Result<Rc<Repository>, SnapshotError> {
        let opened = match &self.repository {
            Some(repository) => Rc::clone(repository),
            None => Rc::new(Repository::open(self.directory.as_deref())?),
        };
        Ok(Rc::clone(self.repository.insert(opened)))
    }

    /// Opens both ends of a comparison; a directory is hashed as the others are.
    ///
    /// # Errors
    /// When one cannot be read, or their ids are of two hashes.
    pub fn ends(&mut self, from: &[&str], to: &str) -> Result<Ends, SnapshotError> {
        self.ends_hashed(from, to, Hash::Sha1)
    }

    /// The same, with how a directory is hashed where nothing else says so.
    ///
    /// # Errors
    /// As [`Sources::ends`].
    pub fn ends_hashed(&mut self, from: &[&str], to: &str, hash: Hash) -> Result<Ends, SnapshotError> {
        let mut openings = Vec::new();
        for spec in from.iter().chain([&to]) {
            openings.push((*spec, Opening::of(spec, || self.repository())?));
        }
        let mut hashed = openings.iter().filter_map(|(spec, opening)| Some((*spec, opening.hash()?)));
        let first = hashed.next();
        if let (Some((one, is)), Some((other, differs))) = (first, first.and_then(|f| hashed.find(|h| h.1 != f.1))) {
            return Err(SnapshotError::TwoHashes { from: (one.to_owned(), is), to: (other.to_owned(), differs) });
        }
        let hash = first.map_or(hash, |(_, hash)| hash);
        let mut sources = Vec::new();
        for (spec, opening) in openings {
            sources.push(self.once(spec, opening, hash)?);
        }
        let mut from = sources;
        let to = from.pop().ok_or_else(|| SnapshotError::NoPath(to.to_owned()))?;
        Ok(Ends { from, to })
    }

    fn once(&mut self, spec: &str, opening: Opening<'_>, hash: Hash) -> Result<Rc<Source>, SnapshotError> {
        let known = self.opened.iter().find(|(known, source)| *known == hash && source.spec() == spec);
        if let Some((_, source)) = known {
            return Ok(Rc::clone(source));
        }
        let source = Rc::new(opening.source(spec, hash)?);
        self.opened.push((hash, Rc::clone(&source)));
        Ok(source)
    }
}
