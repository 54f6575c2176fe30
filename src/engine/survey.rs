//! A look at a repository on disk and in git, for who drafts a configuration: its files, its branches, its remote.
//!
//! Their meaning is left to [`crate::setup`].

use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::error::Error;
use super::listener::{Listener, Notice};
use crate::config::OutputDir;
use crate::display::{line, shown};
use crate::input::{self, MIB};
use crate::setup::{Branch, Files, Ignored, SetupError, Sight, Unreadable, branches};
use crate::snapshot::{Content, EntryKind, Remote, Repository, SnapshotError, Source, Sources};

/// Bytes of a file that is looked at; configurations stay far below.
const LARGEST: u64 = MIB;

/// The files of a directory on disk.
struct Disk(PathBuf);

/// The files of a revision.
struct Revision(Rc<Source>);

/// The rules by which git leaves files out; none outside of a repository.
struct Rules(Option<Repository>);

/// A look at a repository.
pub struct Survey {
    /// The top of the repository, or the directory that stands for one.
    top: PathBuf,
    rules: Rules,
    source: Box<dyn Files>,
    committed: Option<Box<dyn Files>>,
    here: String,
    head: Option<String>,
    branches: Vec<Branch>,
    remote: Option<(String, String)>,
}

impl Survey {
    /// Returns the path of a file from the repository's top; as it was typed where it lies elsewhere.
    #[must_use]
    pub fn from_top(&self, path: &Path) -> String {
        let typed = || path.to_string_lossy().into_owned();
        let Some(name) = path.file_name() else { return typed() };
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let (Ok(top), Ok(directory)) = (self.top.canonicalize(), directory.canonicalize()) else { return typed() };
        let Ok(below) = directory.strip_prefix(top) else { return typed() };
        below.join(name).iter().map(|name| name.to_string_lossy()).collect::<Vec<_>>().join("/")
    }

    /// Returns it for who draws conclusions.
    #[must_use]
    pub fn sight(&self) -> Sight<'_> {
        Sight {
            source: &*self.source,
            ignored: &self.rules,
            committed: self.committed.as_deref(),
            here: self.here.clone(),
            head: self.head.clone(),
            branches: &self.branches,
            remote: self.remote.clone(),
        }
    }
}

/// Looks at the repository around a directory, or at the directory alone where there is none.
///
/// # Errors
/// When it cannot be read.
pub fn survey(directory: Option<&Path>, listener: &dyn Listener) -> Result<Survey, Error> {
    let place = directory.unwrap_or(Path::new("."));
    let Some(repository) = Repository::find(directory)? else {
        let source = Box::new(Disk(place.to_owned()));
        return Ok(Survey {
            top: place.to_owned(),
            rules: Rules(None),
            source,
            committed: None,
            here: String::new(),
            head: None,
            branches: Vec::new(),
            remote: None,
        });
    };
    let top = repository.top().to_owned();
    let git = |e: crate::snapshot::GitError| Error::from(SetupError::from(unreadable("the repository", &e)));
    let head = repository.checked_out().map_err(git)?;
    let mut sources = Sources::new(directory);
    let has_commit = repository.find_ref("HEAD").map_err(git)?.is_some();
    let committed = if has_commit { Some(sources.ends(&[], "HEAD")?.to) } else { None };
    let source: Box<dyn Files> = match &committed {
        Some(committed) if repository.is_bare() => Box::new(Revision(Rc::clone(committed))),
        _ => Box::new(Disk(top.clone())),
    };
    let remote = Remote::usual(&repository).ok();
    let url = remote.as_ref().map(|remote| repository.remote_url(remote.name())).transpose().map_err(git)?.flatten();
    let named = branches(&*source).map_err(SetupError::from)?;
    let branches = found(&repository, remote.as_ref(), &named, &mut sources, listener)?;
    let remote = remote.and_then(|remote| Some((remote.name().to_owned(), url?)));
    Ok(Survey {
        top: top.clone(),
        here: if repository.is_bare() { String::new() } else { below(&top, place) },
        committed: committed.map(|committed| -> Box<dyn Files> { Box::new(Revision(committed)) }),
        rules: Rules(Some(repository)),
        source,
        head,
        branches,
        remote,
    })
}

/// Returns the path of a directory below a repository's top, with `/` between its names; empty for the top.
fn below(top: &Path, place: &Path) -> String {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let (top, place) = (real(top), real(place));
    let below = place.strip_prefix(&top).unwrap_or(Path::new(""));
    below.iter().map(|name| name.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Finds those of the branches that are here, or among what was fetched from the remote. Where the clone does not follow all of the
/// remote's branches, the remote is asked.
fn found(
    repository: &Repository,
    remote: Option<&Remote<'_>>,
    names: &[String],
    sources: &mut Sources,
    listener: &dyn Listener,
) -> Result<Vec<Branch>, Error> {
    let mut branches = Vec::new();
    let mut open = |spec: &str, name: &str, where_it_is: String| -> Result<(), SnapshotError> {
        let files = Box::new(Revision(sources.ends(&[], spec)?.to));
        branches.push(Branch { name: name.to_owned(), where_it_is, files });
        Ok(())
    };
    let is_here = |spec: &str| repository.find_ref(spec).ok().flatten().is_some_and(|id| repository.has(&id));
    let mut missing = Vec::new();
    for name in names {
        let local = format!("refs/heads/{name}");
        let tracked = remote.map(|remote| (format!("refs/remotes/{}/{name}", remote.name()), remote.name()));
        match tracked {
            _ if is_here(&local) => open(&local, name, "here".to_owned())?,
            Some((tracked, at)) if is_here(&tracked) => open(&tracked, name, format!("at {}", shown(at.as_bytes())))?,
            _ => missing.push(local),
        }
    }
    let Some(remote) = remote.filter(|remote| !repository.follows_all(remote.name()).unwrap_or(true)) else {
        return Ok(branches);
    };
    if branches.is_empty() {
        match fetched(remote, &missing) {
            Ok(Some((name, id))) => {
                let at = shown(remote.name().as_bytes());
                listener
                    .hear(&Notice::Note(format!("the branch {name} was not in this clone, and is fetched from {at}")));
                let source = Source::open(&id, Some(repository.git_directory()), None)?;
                let files = Box::new(Revision(Rc::new(source)));
                branches.push(Branch { name, where_it_is: format!("at {at}"), files });
            }
            Ok(None) => {}
            Err(e) => {
                let why = line(&e.to_string());
                listener.hear(&Notice::Note(format!(
                    "the remote's branches are not known, since it does not answer: {why}"
                )));
            }
        }
    }
    Ok(branches)
}

/// Fetches the first of some branches that the remote has; returns its name and the id of its tip.
fn fetched(remote: &Remote<'_>, names: &[String]) -> Result<Option<(String, String)>, crate::snapshot::RemoteError> {
    let listed = remote.refs(names)?;
    let Some(name) = names.iter().find(|name| listed.iter().any(|(known, _)| known == *name)) else { return Ok(None) };
    remote.fetch(&[name])?;
    let id = listed.into_iter().find(|(known, _)| known == name).map(|(_, id)| id);
    Ok(id.map(|id| (name.trim_start_matches("refs/heads/").to_owned(), id)))
}

fn unreadable(path: &str, why: &dyn std::fmt::Display) -> Unreadable {
    Unreadable { path: shown(path.as_bytes()), why: why.to_string() }
}

impl Ignored for Rules {
    fn has(&self, path: &str) -> Result<bool, Unreadable> {
        let ignores = self.0.as_ref().map_or(Ok(false), |repository| repository.ignores(path));
        ignores.map_err(|e| unreadable(".gitignore", &e))
    }
}

impl Files for Disk {
    fn list(&self, directory: &str) -> Result<Vec<(EntryKind, String)>, Unreadable> {
        let is_absent = |e: &io::Error| matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
        let failed = |e: io::Error| unreadable(directory, &e);
        let entries = match std::fs::read_dir(self.0.join(directory)) {
            Ok(entries) => entries,
            Err(e) if is_absent(&e) => return Ok(Vec::new()),
            Err(e) => return Err(failed(e)),
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry.map_err(failed)?;
            let kind = match entry.file_type().map_err(failed)? {
                kind if kind.is_dir() => EntryKind::Tree,
                kind if kind.is_symlink() => EntryKind::Link,
                _ => EntryKind::File,
            };
            found.push((kind, entry.file_name().to_string_lossy().into_owned()));
        }
        found.sort_unstable_by(|one, two| one.1.cmp(&two.1));
        Ok(found)
    }

    fn text(&self, path: &str) -> Result<Option<String>, Unreadable> {
        let file = self.0.join(path);
        if !file.is_file() {
            return Ok(None);
        }
        let bytes = input::read(&file, LARGEST).map_err(|e| unreadable(path, &e))?;
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }
}

impl Files for Revision {
    fn list(&self, directory: &str) -> Result<Vec<(EntryKind, String)>, Unreadable> {
        let failed = |e: SnapshotError| unreadable(directory, &e);
        let snapshot = self.0.snapshot(&OutputDir::default()).map_err(failed)?;
        let Some(id) = snapshot.directory(directory.as_bytes()).map_err(failed)? else { return Ok(Vec::new()) };
        let tree = snapshot.tree(&id).map_err(failed)?;
        let mut found = Vec::new();
        for entry in tree.entries() {
            let entry = entry.map_err(|e| failed(snapshot.malformed(&id, e)))?;
            found.push((entry.kind, String::from_utf8_lossy(entry.name).into_owned()));
        }
        Ok(found)
    }

    fn text(&self, path: &str) -> Result<Option<String>, Unreadable> {
        let failed = |e: SnapshotError| unreadable(path, &e);
        let snapshot = self.0.snapshot(&OutputDir::default()).map_err(failed)?;
        let most = usize::try_from(LARGEST).unwrap_or(usize::MAX);
        Ok(match snapshot.content(path.as_bytes(), most).map_err(failed)? {
            Content::Bytes(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
            // A clone without blobs lacks it: the draft says less.
            Content::Absent | Content::NotHere => None,
        })
    }
}
