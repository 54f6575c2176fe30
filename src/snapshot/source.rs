//! The sources of snapshots, by the names that were typed: a git revision, `dir:PATH`, `manifest:FILE`, `empty`.
//!
//! It is opened once, and gives the snapshots of all sites. Of a revision `output` is the web root; a directory or a
//! manifest is a web root itself. Paths are relative to the current directory, as of every file that is named.

use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::SystemTime;

use super::hash::Hash;
use super::objects::{Memory, Objects};
use super::spec::{EMPTY, Spec, is_path};
use super::{Repository, Snapshot, SnapshotError, SnapshotName, directory, hex, manifest};
use crate::config::OutputDir;

/// An opened source.
pub struct Source {
    spec: String,
    content: Content,
    /// The web root in the revision, where that is not for the site to say.
    output: Option<OutputDir>,
}

enum Content {
    /// With the full id that it had when it was opened: a branch may move while a run goes on.
    Revision(Rc<Repository>, String),
    Files {
        memory: Box<Memory>,
        is_nothing: bool,
    },
}

/// A source that is being opened.
pub(super) enum Opening<'t> {
    Revision(Rc<Repository>),
    Manifest(Box<Memory>),
    /// Waits until it is known how the other side is hashed.
    Directory(&'t Path),
    Empty,
}

impl<'t> Opening<'t> {
    pub(super) fn begin(
        spec: &'t str,
        repository: impl FnOnce() -> Result<Rc<Repository>, SnapshotError>,
    ) -> Result<Opening<'t>, SnapshotError> {
        Ok(match Spec::parse(spec).ok_or_else(|| SnapshotError::NoPath(spec.to_owned()))? {
            Spec::Revision => Opening::Revision(repository()?),
            Spec::Manifest(path) => Opening::Manifest(Box::new(manifest::read(path)?)),
            Spec::Directory(path) => Opening::Directory(path),
            Spec::Empty => Opening::Empty,
        })
    }

    /// Returns how it is hashed, where that is not to be chosen.
    pub(super) fn hash(&self) -> Option<Hash> {
        match self {
            Opening::Revision(repository) => Some(repository.hash()),
            Opening::Manifest(memory) => Some(memory.hash()),
            Opening::Directory(_) | Opening::Empty => None,
        }
    }

    pub(super) fn source(self, spec: &str, hash: Hash) -> Result<Source, SnapshotError> {
        let files = |memory| Content::Files { memory, is_nothing: false };
        let content = match self {
            Opening::Revision(repository) => {
                let id = repository.id_of(spec)?;
                Content::Revision(repository, id)
            }
            Opening::Manifest(memory) => files(memory),
            Opening::Directory(path) => files(Box::new(directory::read(path, hash)?)),
            Opening::Empty => Content::Files { memory: Box::new(Memory::empty(hash)), is_nothing: true },
        };
        Ok(Source { spec: spec.to_owned(), content, output: None })
    }
}

impl Source {
    /// Returns a site without files.
    pub(super) fn empty() -> Source {
        let content = Content::Files { memory: Box::new(Memory::empty(Hash::Sha1)), is_nothing: true };
        Source { spec: EMPTY.to_owned(), content, output: None }
    }

    /// Opens one. `directory` is where the repository is looked for, if one is needed; `hash` is how files are hashed that have
    /// no ids yet, SHA-1 by default.
    ///
    /// # Errors
    /// When it cannot be read, or its ids are of another hash.
    pub fn open(spec: &str, directory: Option<&Path>, hash: Option<Hash>) -> Result<Source, SnapshotError> {
        let opening = Opening::begin(spec, || Repository::open(directory).map(Rc::new))?;
        match (opening.hash(), hash) {
            (Some(is), Some(wanted)) if is != wanted => Err(SnapshotError::Hash(spec.to_owned(), is)),
            (is, wanted) => opening.source(spec, is.or(wanted).unwrap_or(Hash::Sha1)),
        }
    }

    /// Returns true for a directory and a manifest, which are a web root, whatever `output` says.
    #[must_use]
    pub fn is_web_root(&self) -> bool {
        matches!(self.content, Content::Files { is_nothing: false, .. })
    }

    /// Returns true for a site without files.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        matches!(self.content, Content::Files { is_nothing: true, .. })
    }

    /// Returns when it was committed; `None` for what is no commit.
    #[must_use]
    pub fn committed(&self) -> Option<SystemTime> {
        let Content::Revision(repository, id) = &self.content else { return None };
        repository.committed(id)
    }

    /// Returns true for what names a git revision.
    #[must_use]
    pub fn names_a_revision(spec: &str) -> bool {
        matches!(Spec::parse(spec), Some(Spec::Revision))
    }

    /// Returns true for what names a directory or a manifest.
    #[must_use]
    pub fn names_a_web_root(spec: &str) -> bool {
        is_path(spec)
    }

    /// Returns true for a git revision.
    #[must_use]
    pub fn is_revision(&self) -> bool {
        matches!(self.content, Content::Revision(..))
    }

    /// Returns its name, as it was typed.
    #[must_use]
    pub fn spec(&self) -> &str {
        &self.spec
    }

    /// Returns the snapshot of a site whose web root in revisions is `output`.
    ///
    /// # Errors
    /// When a revision cannot be read.
    pub fn snapshot(&self, output: &OutputDir) -> Result<Snapshot<'_>, SnapshotError> {
        match &self.content {
            Content::Revision(repository, id) => repository.at(&self.spec, id, self.output.as_ref().unwrap_or(output)),
            Content::Files { memory, is_nothing } => {
                let id = memory.root();
                let name = SnapshotName { spec: self.spec.clone(), id: hex(id.as_ref()) };
                // Where there is nothing at all there is no web root either: its first file makes it appear.
                let root = (!is_nothing).then(|| id.as_ref().to_vec());
                Ok(Snapshot { name, root, above: Vec::new(), objects: Objects::Memory(memory), memory: None })
            }
        }
    }

    /// Returns the same revision with a web root of its own, whatever a site says; `None` for what is no revision.
    #[must_use]
    pub fn with_output(&self, output: OutputDir) -> Option<Source> {
        let Content::Revision(repository, id) = &self.content else { return None };
        let content = Content::Revision(Rc::clone(repository), id.clone());
        Some(Source { spec: self.spec.clone(), content, output: Some(output) })
    }

    /// Returns for each of these web roots the files that are not on disk as they were committed, relative to it; none of what is not
    /// checked out.
    #[must_use]
    pub fn differing_on_disk(&self, outputs: &[&OutputDir]) -> Vec<Vec<Box<[u8]>>> {
        let Content::Revision(repository, id) = &self.content else { return vec![Vec::new(); outputs.len()] };
        let outputs: Vec<&OutputDir> = outputs.iter().map(|output| self.output.as_ref().unwrap_or(output)).collect();
        repository.differing_on_disk(id, &outputs)
    }

    /// Returns the two snapshots of a site.
    ///
    /// # Errors
    /// When one cannot be read, or the output directory is in neither of two revisions.
    pub fn snapshots<'s>(
        from: &'s Source,
        to: &'s Source,
        output: &OutputDir,
    ) -> Result<(Snapshot<'s>, Snapshot<'s>), SnapshotError> {
        let (one, two) = (from.snapshot(output)?, to.snapshot(output)?);
        if one.lacks_output() && two.lacks_output() {
            let output = output.as_str().to_owned();
            return Err(SnapshotError::OutputNowhere { output, from: from.spec.clone(), to: to.spec.clone() });
        }
        Ok((one, two))
    }

    /// Writes down which trees of a revision are noted, as far as snapshots of it were told, for the next run.
    ///
    /// # Errors
    /// When that cannot be written.
    pub fn remember_trees(&self) -> io::Result<()> {
        match &self.content {
            Content::Revision(repository, _) => repository.remember_trees(),
            Content::Files { .. } => Ok(()),
        }
    }

    /// Returns the full id of what it is, in hex: the commit's or tree's of a revision, the web root's tree of all else.
    #[must_use]
    pub fn id(&self) -> String {
        match &self.content {
            Content::Revision(_, id) => id.clone(),
            Content::Files { memory, .. } => hex(memory.root().as_ref()),
        }
    }
}

/// The sources of a run: each is opened once, however many sites compare it with however many others.
pub struct Sources {
    /// Where the repository is looked for.
    directory: Option<PathBuf>,
    is_trusted: bool,
    repository: Option<Rc<Repository>>,
    opened: Vec<(Hash, Rc<Source>)>,
}

/// The ends of a comparison.
pub struct Ends {
    /// The site as it was, at one or several moments.
    pub from: Vec<Rc<Source>>,
    /// The site as it is.
    pub to: Rc<Source>,
}

impl Ends {
    /// Makes ends with nothing before and nothing now.
    #[must_use]
    pub fn nothing() -> Ends {
        Ends { from: Vec::new(), to: Rc::new(Source::empty()) }
    }
}

impl Sources {
    /// Opens nothing yet; the repository is looked for in `directory`, if one is needed.
    #[must_use]
    pub fn new(directory: Option<&Path>) -> Sources {
        Sources { directory: directory.map(Path::to_owned), is_trusted: false, repository: None, opened: Vec::new() }
    }

    /// Lets the repository's own configuration name programs that git runs, or does not.
    #[must_use]
    pub fn trusting(self, is_trusted: bool) -> Sources {
        Sources { is_trusted, ..self }
    }

    /// Returns the repository.
    ///
    /// # Errors
    /// When there is none, or it cannot be opened.
    pub fn repository(&mut self) -> Result<Rc<Repository>, SnapshotError> {
        let opened = if let Some(repository) = &self.repository {
            Rc::clone(repository)
        } else {
            let opened = Repository::open(self.directory.as_deref())?;
            Rc::new(if self.is_trusted { opened.trusted() } else { opened })
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

    /// Does the same; `hash` is how a directory is hashed where nothing else says so.
    ///
    /// # Errors
    /// As [`Sources::ends`].
    pub fn ends_hashed(&mut self, from: &[&str], to: &str, hash: Hash) -> Result<Ends, SnapshotError> {
        let mut openings = Vec::new();
        for spec in from.iter().chain([&to]) {
            openings.push((*spec, Opening::begin(spec, || self.repository())?));
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
