//! A clone that is kept for one repository from run to run: bare, without the content of files, brought up to date by id.
//!
//! The system's git makes it and fetches into it, so that the credentials of the user count. Nothing of the other side runs here: the
//! clone has no hooks, no helper of its own and no transport that is a command. Contents are not needed, but for the targets of links
//! and the few files that say how a host answers. Two fetches at once are kept apart by git itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::remote::{Remote, RemoteError, run_git};
use super::repository::Repository;
use super::{SnapshotError, own_config};
use crate::child::Bounds;
use crate::config::{BranchName, RemoteName};

/// How far a first clone may go: it brings the whole history, without contents.
const CLONING: Bounds = Bounds { time: Duration::from_secs(3600), bytes: 1 << 20 };

/// What the name of a clone begins with that is not whole yet.
const UNFINISHED: &str = ".clone-";

/// The content of files that is left out of a clone.
const FILTER: &str = "--filter=blob:none";

/// A clone that is kept.
pub struct KeptClone {
    directory: PathBuf,
}

/// The revision that is brought.
#[derive(Debug, Clone, Copy)]
pub enum Wanted<'w> {
    /// The commit with this full id.
    Id(&'w str),
    /// The tip of a branch.
    Branch(&'w BranchName),
    /// The tip of the repository's own branch.
    Head,
}

/// Why a clone is not up to date.
#[derive(Debug, thiserror::Error)]
pub enum KeptCloneError {
    /// The other side did not give it.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// The other side answers, and does not have it.
    #[error("the repository does not have the commit {0}: {1}")]
    Absent(String, #[source] RemoteError),
    /// The clone cannot be read.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The directory cannot be made.
    #[error("the clone cannot be kept")]
    Directory(#[source] std::io::Error),
}

impl KeptClone {
    /// Opens the clone in a directory, or makes it of the repository at a path or URL.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(directory: &Path, at: &str) -> Result<KeptClone, KeptCloneError> {
        let kept = KeptClone { directory: directory.to_owned() };
        if directory.join("HEAD").is_file() {
            return Ok(kept);
        }
        let parent = directory.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(KeptCloneError::Directory)?;
        // It gets its name when it is whole: a clone that was killed is none.
        let place =
            tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(parent).map_err(KeptCloneError::Directory)?;
        let mut command = Command::new("git");
        command.args(own_config::ALWAYS).args(["clone", "--quiet", "--bare", "--no-tags", "--template=", FILTER, "--"]);
        run_git(command.arg(at).arg(place.path().join("it")), "clone", CLONING)?;
        match fs::rename(place.path().join("it"), directory) {
            Err(error) if !directory.join("HEAD").is_file() => Err(KeptCloneError::Directory(error)),
            Err(_) | Ok(()) => Ok(kept),
        }
    }

    /// Removes from a directory of clones what a process has left there that was killed while it made one. No other may make one now.
    ///
    /// # Errors
    /// When the directory cannot be read, or something in it not be removed.
    pub fn remove_unfinished(clones: &Path) -> std::io::Result<()> {
        if !clones.exists() {
            return Ok(());
        }
        for entry in fs::read_dir(clones)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }

    /// Returns where it is.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Brings a revision, with the targets of its links, and gives its full id. `name` is kept as a ref at it, so that the next fetch
    /// brings only what is new.
    ///
    /// # Errors
    /// When the other side does not have it, or does not answer.
    pub fn bring(&self, wanted: Wanted<'_>, name: &str) -> Result<String, KeptCloneError> {
        let repository = Repository::open(Some(&self.directory))?;
        let origin = RemoteName::from_git("origin").ok_or_else(|| RemoteError::None("origin".to_owned()))?;
        let remote = Remote::named(&repository, &origin)?;
        let seen = format!("refs/serve/{name}");
        let id = match wanted {
            Wanted::Id(id) if repository.has(id) => id.to_owned(),
            Wanted::Id(id) => {
                // Some servers give what a branch leads to, and nothing by its id alone.
                let by_id = remote.fetch_with(FILTER, &[&format!("+{id}:{seen}")]);
                if by_id.is_err() {
                    remote.fetch_with(FILTER, &["+refs/heads/*:refs/heads/*"])?;
                }
                by_id.or_else(|why| {
                    if repository.has(id) { Ok(()) } else { Err(KeptCloneError::Absent(id.to_owned(), why)) }
                })?;
                id.to_owned()
            }
            Wanted::Branch(branch) => {
                remote.fetch_with(FILTER, &[&format!("+refs/heads/{}:{seen}", branch.as_str())])?;
                repository.id_of(&seen)?
            }
            Wanted::Head => {
                remote.fetch_with(FILTER, &[&format!("+HEAD:{seen}")])?;
                repository.id_of(&seen)?
            }
        };
        let missing = repository.missing_contents(&id)?;
        if !missing.is_empty() {
            remote.fetch_with("--no-filter", &missing.iter().map(String::as_str).collect::<Vec<_>>())?;
        }
        Ok(id)
    }
}
