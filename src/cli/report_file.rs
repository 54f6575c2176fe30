//! The file of `--out`: it holds a whole document of this run, or is empty.
//!
//! An earlier run's document goes before this run plans, so that it is not taken for this one's. The new one is written beside it
//! and renamed, so that a full disk leaves no half of it. A file that is no document is somebody's work, and is never replaced.

use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Read as _, Write};
use std::path::{Path, PathBuf};

use super::error::Error;
use super::unwritten::Unwritten;
use crate::replacement::Replacement;

/// Bytes at a file's start that tell a document from anything else.
const HEAD: u64 = 64;

/// A file for a document.
pub(super) struct ReportFile {
    path: PathBuf,
    /// A device, a pipe or a descriptor of this process: nothing can be renamed over it.
    is_stream: bool,
}

impl ReportFile {
    /// Takes a file that can be written, and may be. `is_own` tells by its first bytes whether an earlier run wrote what is there.
    pub(super) fn new(path: &Path, is_own: fn(&[u8]) -> bool) -> Result<ReportFile, Error> {
        if path == Path::new("-") {
            return Err(Error::Unwritten(Unwritten::NoFile(path.to_owned())));
        }
        let unwritable = |source| Error::Unwritten(Unwritten::Before(path.to_owned(), source));
        let file = ReportFile { path: path.to_owned(), is_stream: is_stream(path).map_err(unwritable)? };
        if file.is_stream {
            file.stream().map_err(unwritable)?;
            return Ok(file);
        }
        let head = head(path).map_err(unwritable)?;
        if !head.is_empty() && !is_own(&head) {
            return Err(Error::Unwritten(Unwritten::Taken(path.to_owned())));
        }
        Replacement::begin(path).map_err(unwritable)?;
        Ok(file)
    }

    /// Refuses what nothing can be renamed over, for who writes in no other way.
    pub(super) fn only_replaced(&self) -> Result<(), Error> {
        if self.is_stream { Err(Error::Unwritten(Unwritten::NoFile(self.path.clone()))) } else { Ok(()) }
    }

    /// Empties it: what an earlier run wrote must not be taken for this one's, however this one ends.
    pub(super) fn begin(&self) -> Result<(), Error> {
        if self.is_stream {
            return Ok(());
        }
        let emptied = Replacement::begin(&self.path).and_then(Replacement::take_place);
        emptied.map_err(|source| Error::Unwritten(Unwritten::Before(self.path.clone(), source)))
    }

    /// Writes a document, at once or not at all.
    pub(super) fn write(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
        self.replace(write).map_err(|source| Error::Unwritten(Unwritten::After(self.path.clone(), source)))
    }

    fn replace(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        if self.is_stream {
            let mut out = BufWriter::new(self.stream()?);
            return write(&mut out).and_then(|()| out.flush());
        }
        let mut replacement = Replacement::begin(&self.path)?;
        let mut out = BufWriter::new(replacement.file());
        write(&mut out).and_then(|()| out.flush())?;
        drop(out);
        replacement.take_place()
    }

    fn stream(&self) -> io::Result<fs::File> {
        OpenOptions::new().append(true).open(&self.path)
    }
}

/// Returns true for a name of the system, as `/dev/stdout` is.
fn is_of_the_system(path: &Path) -> bool {
    path.parent().and_then(|parent| parent.canonicalize().ok()).is_some_and(|parent| {
        !parent.starts_with("/dev/shm") && ["/dev", "/proc"].iter().any(|of_system| parent.starts_with(of_system))
    })
}

/// Returns true for a link that a repository may have brought; the system's own lead to what the caller has opened.
pub(super) fn is_link(path: &Path) -> bool {
    !is_of_the_system(path) && fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink())
}

/// Returns true where nothing can be renamed over a name: it is no regular file, or a name of the system.
fn is_stream(path: &Path) -> io::Result<bool> {
    // Windows has them in every directory, and none can be looked at.
    if cfg!(windows) && is_device(path) {
        return Ok(true);
    }
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        // A link is replaced and never written through, so that it is none to a pipe either.
        Ok(found) if is_link(path) && !found.is_file() => Err(io::Error::other("it is a link to no file")),
        Ok(found) => Ok(is_of_the_system(path) || !found.is_file()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Returns true for the names that Windows keeps for what takes text: `NUL`, which keeps nothing, and `CON`, the terminal.
/// <https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file>
fn is_device(path: &Path) -> bool {
    let is = |device: &str| path.file_name().is_some_and(|name| name.eq_ignore_ascii_case(device));
    ["NUL", "CON"].into_iter().any(is)
}

/// Returns the first bytes of a file; none where there is no file.
fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match fs::File::open(path) {
        Ok(file) => file.take(HEAD).read_to_end(&mut bytes).map(|_| bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(bytes),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_devices_of_windows_are_known_by_their_names() {
        for (path, want) in [
            ("NUL", true),
            ("nul", true),
            ("out/Nul", true),
            ("CON", true),
            ("null", false),
            ("NUL.json", false),
            ("", false),
        ] {
            assert_eq!(is_device(Path::new(path)), want, "{path:?}");
        }
    }
}
