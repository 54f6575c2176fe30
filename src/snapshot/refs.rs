//! References in a repository: what a mark that is a ref needs of git.
//!
//! Moving is compare-and-swap: a ref that somebody else has moved since it was read stays as it is.

use std::io;
use std::path::Path;
use std::time::SystemTime;

use git2::{ErrorCode, Oid, Reference, ReferenceType};

use super::Repository;
use super::error::GitError;
use crate::display::shown;

/// The message in the log of a ref that is moved.
const LOG: &str = "diffpurge: purged";

/// The state of the file of all packed refs, as far as its time and size tell it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PackedState(Option<(Option<SystemTime>, u64)>);

impl Repository {
    /// Returns the object that a ref points to, in hex; `None` when there is no such ref.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn find_ref(&self, name: &str) -> Result<Option<String>, GitError> {
        match self.inner.refname_to_id(name) {
            Ok(id) => Ok(Some(id.to_string())),
            Err(e) if e.code() == ErrorCode::NotFound => Ok(None),
            Err(e) => Err(GitError(e)),
        }
    }

    /// Returns the object that a ref itself points to, in hex; `None` when there is no such ref.
    ///
    /// # Errors
    /// When it is there and cannot be read, or points to another ref and not to an object.
    pub fn plain_ref(&self, name: &str) -> Result<Option<String>, GitError> {
        match self.inner.find_reference(name) {
            Ok(found) => plain(&found).map(Some),
            Err(e) if e.code() == ErrorCode::NotFound => Ok(None),
            Err(e) => Err(GitError(e)),
        }
    }

    /// Moves a ref from what it was (`None`: it was not there) to `id`; false when it is no longer what it was.
    ///
    /// # Errors
    /// When it cannot be written, or there is no object with this id.
    pub fn move_ref(&self, name: &str, was: Option<&str>, id: &str) -> Result<bool, GitError> {
        let id = Oid::from_str_ext(id, self.inner.object_format())?;
        let moved = match was {
            Some(was) => {
                let was = Oid::from_str_ext(was, self.inner.object_format())?;
                self.inner.reference_matching(name, id, true, was, LOG)
            }
            None => self.inner.reference(name, id, false, LOG),
        };
        match moved {
            Ok(_) => Ok(true),
            Err(e) if matches!(e.code(), ErrorCode::Modified | ErrorCode::Exists | ErrorCode::NotFound) => {
                // Not found is also said of an object that is missing.
                if self.has(&id.to_string()) { Ok(false) } else { Err(GitError(e)) }
            }
            Err(e) => Err(GitError(e)),
        }
    }

    /// Takes a ref away that still is what it was; false when it is not.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn delete_ref(&self, name: &str, was: &str) -> Result<bool, GitError> {
        match self.inner.find_reference(name) {
            Ok(mut found) if found.target().is_some_and(|id| id.to_string() == was) => {
                found.delete().map(|()| true).map_err(GitError)
            }
            Ok(_) => Ok(false),
            Err(e) if e.code() == ErrorCode::NotFound => Ok(false),
            Err(e) => Err(GitError(e)),
        }
    }

    /// Takes away what cannot be read of a ref and of those below `prefix`: files that hold no id.
    ///
    /// # Errors
    /// When they cannot be removed.
    pub fn discard_broken_refs(&self, name: &str, prefix: &str) -> Result<(), GitError> {
        let mut names = self.names_below(prefix)?;
        names.push(name.to_owned());
        for name in names {
            match self.inner.find_reference(&name) {
                Ok(mut found) if found.kind() == Some(ReferenceType::Symbolic) => found.delete()?,
                Err(e) if e.code() != ErrorCode::NotFound => {
                    // git itself has no command for it.
                    std::fs::remove_file(self.inner.commondir().join(&name))
                        .map_err(|e| GitError(git2::Error::from_str(&format!("cannot remove {name}: {e}"))))?;
                }
                Ok(_) | Err(_) => {}
            }
        }
        Ok(())
    }

    /// Returns the state of the file of all packed refs: another one where the file may be another.
    #[must_use]
    pub fn packed_state(&self) -> PackedState {
        let found = std::fs::metadata(self.inner.commondir().join("packed-refs")).ok();
        PackedState(found.map(|found| (found.modified().ok(), found.len())))
    }

    /// Returns the names of the refs that begin with one of these, and lie in the file of all packed refs. Others may be among them.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn packed_names(&self, prefixes: &[&str]) -> Result<Vec<String>, GitError> {
        let failed = |e: io::Error| GitError(git2::Error::from_str(&format!("cannot read packed-refs: {e}")));
        let packed = match std::fs::read(self.inner.commondir().join("packed-refs")) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Vec::new(),
            read => read.map_err(failed)?,
        };
        let mut names = Vec::new();
        for prefix in prefixes {
            if memchr::memmem::find(&packed, prefix.as_bytes()).is_some() {
                names.extend(self.names_of_refs(prefix)?);
            }
        }
        Ok(names)
    }

    /// Returns the names of all refs that begin with `prefix`, in any directory.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub fn names_of_refs(&self, prefix: &str) -> Result<Vec<String>, GitError> {
        let mut names = Vec::new();
        let mut found = self.inner.references_glob(&format!("{prefix}*"))?;
        for name in found.names() {
            names.push(name?.to_owned());
        }
        Ok(names)
    }

    /// Returns the names of the refs right below `prefix`, sorted.
    fn names_below(&self, prefix: &str) -> Result<Vec<String>, GitError> {
        let mut names = self.names_of_refs(prefix)?;
        names.extend(self.files_in(prefix)?.into_iter().map(|(name, _)| name));
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// Returns the files and directories in a directory of refs, by their names as refs; true for a directory. libgit2 passes over files
    /// that hold no id, and those are here too.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub fn files_in(&self, directory: &str) -> Result<Vec<(String, bool)>, GitError> {
        let failed = |e: io::Error| GitError(git2::Error::from_str(&format!("cannot list {directory}: {e}")));
        let files = match std::fs::read_dir(self.inner.commondir().join(directory)) {
            Ok(files) => files,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(failed(e)),
        };
        let mut found = Vec::new();
        for file in files {
            let file = file.map_err(failed)?;
            let kind = file.file_type().map_err(failed)?;
            // git follows a link to a directory.
            let is_directory = kind.is_dir() || kind.is_symlink() && file.path().is_dir();
            let name = file.file_name();
            // A file that git works on has a name in `.lock`, which no ref has.
            if Path::new(&name).extension().is_none_or(|extension| extension != "lock") {
                found.push((format!("{directory}{}", name.to_string_lossy()), is_directory));
            }
        }
        Ok(found)
    }

    /// Returns true when the object with this full id is here.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.settled.has(id, || {
            let id = Oid::from_str_ext(id, self.inner.object_format());
            // It counts as not here, for whatever reason it cannot be read.
            id.is_ok_and(|id| self.inner.find_object(id, None).is_ok())
        })
    }

    /// Returns where all worktrees of the repository keep what they share.
    #[must_use]
    pub fn common_directory(&self) -> &Path {
        self.inner.commondir()
    }

    /// Returns where the repository keeps what is its own; with it a git program finds the repository.
    #[must_use]
    pub fn git_directory(&self) -> &Path {
        self.inner.path()
    }

    /// Returns the top of its working directory, or of itself where it is bare.
    #[must_use]
    pub fn top(&self) -> &Path {
        let git = self.inner.path();
        // With `GIT_DIR` and `GIT_WORK_TREE`, as hooks have them, libgit2 knows of none, or takes it for the repository itself.
        let top = self.inner.workdir().filter(|top| *top != git);
        let above = git.ends_with(".git").then(|| git.parent()).flatten();
        top.or(above).unwrap_or(git)
    }

    /// Returns true when its history is cut off.
    #[must_use]
    pub fn is_shallow(&self) -> bool {
        self.inner.is_shallow()
    }

    /// Returns true when it has no working directory.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.inner.is_bare()
    }

    /// Returns the branch that is checked out; `None` where that is a commit, or there is none yet.
    ///
    /// # Errors
    /// When `HEAD` cannot be read.
    pub fn checked_out(&self) -> Result<Option<String>, GitError> {
        match self.inner.head() {
            // A name that is no text is none that a configuration could hold.
            Ok(head) if head.is_branch() => Ok(head.shorthand().ok().map(str::to_owned)),
            Ok(_) => Ok(None),
            Err(e) if matches!(e.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => Ok(None),
            Err(e) => Err(GitError(e)),
        }
    }

    /// Returns the URL of a remote, as it is configured: it may hold a password. `None` for one that is no text.
    ///
    /// # Errors
    /// When there is no such remote.
    pub fn remote_url(&self, name: &str) -> Result<Option<String>, GitError> {
        Ok(self.inner.find_remote(name)?.url().ok().map(str::to_owned))
    }

    /// Returns true when fetches from a remote bring all its branches, as in a clone that is neither shallow nor of one branch.
    ///
    /// # Errors
    /// When there is no such remote.
    pub fn follows_all(&self, remote: &str) -> Result<bool, GitError> {
        let remote = self.inner.find_remote(remote)?;
        Ok(remote.refspecs().any(|spec| spec.src().is_ok_and(|from| from == "refs/heads/*")))
    }

    /// Returns the names of its remotes.
    ///
    /// # Errors
    /// When its configuration cannot be read.
    pub fn remotes(&self) -> Result<Vec<String>, GitError> {
        let names = self.inner.remotes()?;
        let mut remotes = Vec::new();
        for name in &names {
            remotes.extend(name?.map(str::to_owned));
        }
        Ok(remotes)
    }
}

/// Returns the object that a ref itself points to.
fn plain(found: &Reference<'_>) -> Result<String, GitError> {
    let symbolic = || {
        let to = found.symbolic_target_bytes().map_or_else(String::new, |name| format!(" to {}", shown(name)));
        GitError(git2::Error::from_str(&format!("it is a symbolic ref{to}")))
    };
    found.target().map(|id| id.to_string()).ok_or_else(symbolic)
}

impl From<git2::Error> for GitError {
    fn from(error: git2::Error) -> GitError {
        GitError(error)
    }
}
