//! One run at a time for each site and store.
//!
//! The system takes the lock away when its process ends, however it ends: there is no stale lock. Between two clones with one
//! remote the lease of the push decides instead.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;
use std::time::SystemTime;

use super::MarkError;
use crate::display::line;

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
    id: LockId,
}

/// The file of a lock, whichever of its names it was opened by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockId {
    /// The device and the number on it.
    #[cfg(unix)]
    place: (u64, u64),
    /// Its path without links.
    #[cfg(not(unix))]
    place: std::path::PathBuf,
}

/// Bytes of a lock's file that are read: a process and a date.
const MOST: u64 = 200;

/// The words that a lock's file begins with.
const SIGN: &str = "process ";

impl Lock {
    /// Takes the lock of `path`. Where another run holds it, `waits` hears who, and says whether to wait. `own` are those that
    /// this run holds.
    ///
    /// # Errors
    /// When the file cannot be made or locked, is one of this run's, or `waits` says no.
    pub fn take(path: &Path, own: &[LockId], waits: impl FnOnce(&str) -> bool) -> Result<Lock, MarkError> {
        let failed = |source| MarkError::Lock { path: path.to_owned(), source };
        let mut file = open(path).map_err(failed)?;
        let id = id(path, &file).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::Error(e)) => return Err(failed(e)),
            // Under another name: it would wait for itself.
            Err(TryLockError::WouldBlock) if own.contains(&id) => {
                return Err(MarkError::Twice { path: path.to_owned() });
            }
            Err(TryLockError::WouldBlock) => {
                let holder = holder(&mut file);
                if !waits(&holder) {
                    return Err(MarkError::Held { path: path.to_owned(), holder });
                }
                file.lock().map_err(failed)?;
            }
        }
        sign(&mut file).map_err(failed)?;
        Ok(Lock { _file: file, id })
    }

    /// Returns which file it is.
    #[must_use]
    pub fn id(&self) -> LockId {
        self.id.clone()
    }
}

#[cfg(unix)]
fn id(_: &Path, file: &File) -> io::Result<LockId> {
    use std::os::unix::fs::MetadataExt as _;
    let found = file.metadata()?;
    Ok(LockId { place: (found.dev(), found.ino()) })
}

#[cfg(not(unix))]
fn id(path: &Path, _: &File) -> io::Result<LockId> {
    Ok(LockId { place: path.canonicalize()? })
}

fn open(path: &Path) -> io::Result<File> {
    if let Some(directory) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        std::fs::create_dir_all(directory)?;
    }
    // A link would lead the writing elsewhere, and a pipe has no end to be read to.
    match std::fs::symlink_metadata(path) {
        Ok(found) if !found.is_file() => return Err(io::Error::other("it is a link, or no file, and no lock of ours")),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

/// Returns the words in which its holder signed it.
fn holder(file: &mut File) -> String {
    let mut text = String::new();
    match file.take(MOST).read_to_string(&mut text) {
        Ok(_) if !text.trim().is_empty() => line(text.trim()),
        // It has only just taken the lock, or writes something else.
        _ => "a process that has not said who it is".to_owned(),
    }
}

/// Says who holds it.
fn sign(file: &mut File) -> io::Result<()> {
    let mut was = Vec::new();
    file.rewind()?;
    file.take(MOST + 1).read_to_end(&mut was)?;
    // A file that somebody else wrote is not emptied.
    if was.len() as u64 > MOST || !(was.is_empty() || was.starts_with(SIGN.as_bytes())) {
        return Err(io::Error::other("it holds something that is no lock"));
    }
    let since = httpdate::fmt_http_date(SystemTime::now());
    file.rewind()?;
    file.set_len(0)?;
    writeln!(file, "{SIGN}{} (since {since})", std::process::id())
}
