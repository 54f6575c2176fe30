//! `dir:PATH`: a built directory on disk, hashed as git would hash it.
//!
//! First everything is listed, then all processors hash, each file read once and in pieces. Symbolic links are not followed, `.git`
//! is not of the site, empty directories are nothing, as for git. A file that cannot be read as a whole is an error: left out, it
//! would look like one that was deleted, or never changed.

use std::ffi::OsString;
use std::fs::{self, FileType, Metadata};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::hash::{Hash, Id};
use super::objects::{File, Memory, Mode, OnDisk};
use crate::display::shown;
use crate::two_threads::cores;

/// Bytes that are read at once: a page of most sites, and few calls for a film. One such buffer for each processor.
const PIECE: usize = 128 << 10;

/// Why a directory is no snapshot.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// Something in it cannot be listed, opened or read.
    #[error("cannot read {}", shown(.path.as_os_str().as_encoded_bytes()))]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// The system's word on it.
        source: io::Error,
    },
    /// A build or a deploy is still writing.
    #[error("{} changed while it was read", shown(.0.as_os_str().as_encoded_bytes()))]
    Changed(PathBuf),
    /// A named pipe, a socket, a device.
    #[error("{} is {}, and no file of a site", shown(.path.as_os_str().as_encoded_bytes()), .what)]
    Special {
        /// Which.
        path: PathBuf,
        /// Its kind.
        what: &'static str,
    },
}

impl DirectoryError {
    /// Returns the next thing to type.
    pub(super) fn hint(&self) -> &'static str {
        match self {
            DirectoryError::Unreadable { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                "`dir:` is relative to the current directory; run it when the build is done, with nothing writing there"
            }
            DirectoryError::Unreadable { source, .. } if source.kind() == io::ErrorKind::NotADirectory => {
                "`dir:` names the directory that is served, like `dir:public`; a list of changed files goes to `--paths FILE`"
            }
            DirectoryError::Unreadable { .. } => {
                "run it as a user who may read all of the site; `dir:` names the directory that is served"
            }
            DirectoryError::Changed(_) => "run it again when the build is done",
            DirectoryError::Special { .. } => "remove it, or name the directory that is served",
        }
    }
}

/// A file or a symbolic link that was listed.
struct Listed {
    /// Relative to the directory.
    path: PathBuf,
    is_link: bool,
}

/// Hashes the files of a directory.
pub(super) fn read(root: &Path, hash: Hash) -> Result<Memory, DirectoryError> {
    let mut listed = list(root)?;
    listed.sort_unstable_by(|one, two| bytes(&one.path).cmp(bytes(&two.path)));
    let files = hash_all(root, &listed, hash)?;
    let regular = listed.into_iter().zip(&files).filter(|(listed, _)| !listed.is_link);
    let on_disk =
        OnDisk { root: root.to_owned(), files: regular.map(|(listed, file)| (file.id, listed.path)).collect() };
    Memory::from_files(hash, &files, Some(on_disk))
        .map_err(|clash| DirectoryError::Changed(root.join(String::from_utf8_lossy(&clash.0).as_ref())))
}

/// Returns the bytes of a path below the directory.
fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

/// Returns a link's target as git keeps it: with `/`, which Windows writes as a backslash and allows in no name.
fn in_git(target: &[u8], is_windows: bool) -> Vec<u8> {
    target.iter().map(|&byte| if is_windows && byte == b'\\' { b'/' } else { byte }).collect()
}

/// Lists every file of the site below a directory.
fn list(root: &Path) -> Result<Vec<Listed>, DirectoryError> {
    let mut listed = Vec::new();
    // Each with the slash behind it, which is git's on every system; empty for the directory itself.
    let mut directories = vec![OsString::new()];
    while let Some(directory) = directories.pop() {
        let full = if directory.is_empty() { root.to_owned() } else { root.join(&directory) };
        let unreadable = |source| DirectoryError::Unreadable { path: full.clone(), source };
        for entry in fs::read_dir(&full).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let (name, mut path) = (entry.file_name(), directory.clone());
            path.push(&name);
            let kind = entry.file_type().map_err(|source| DirectoryError::Unreadable { path: entry.path(), source })?;
            if name == ".git" {
                continue;
            }
            if kind.is_dir() {
                path.push("/");
                directories.push(path);
            } else if kind.is_file() || kind.is_symlink() {
                listed.push(Listed { path: path.into(), is_link: kind.is_symlink() });
            } else {
                return Err(DirectoryError::Special { path: entry.path(), what: what(kind) });
            }
        }
    }
    Ok(listed)
}

/// Names something that is neither a file nor a directory nor a symbolic link.
#[cfg(unix)]
fn what(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    if kind.is_fifo() {
        "a named pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

/// Names nothing in particular: elsewhere these have no names.
#[cfg(not(unix))]
fn what(_: FileType) -> &'static str {
    "something else"
}

/// Hashes all that was listed, on all processors; in the same order.
fn hash_all(root: &Path, listed: &[Listed], hash: Hash) -> Result<Vec<File>, DirectoryError> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        let mut buffer = vec![0; PIECE];
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = listed.get(index) else { return Ok(done) };
            match file(root, one, hash, &mut buffer) {
                Ok(file) => done.push((index, file)),
                Err(error) => {
                    // The others need not go on.
                    next.store(listed.len(), Ordering::Relaxed);
                    return Err((index, error));
                }
            }
        }
    };
    let threads = cores().min(listed.len());
    let all = thread::scope(|scope| {
        // A thread that the system does not give is not needed: this one works too, until nothing is left.
        let others: Vec<_> =
            (1..threads).map_while(|_| thread::Builder::new().spawn_scoped(scope, work).ok()).collect();
        let mut all = vec![work()];
        for other in others {
            all.push(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        all
    });
    let mut files = Vec::with_capacity(listed.len());
    let mut errors = Vec::new();
    for done in all {
        match done {
            Ok(done) => files.extend(done),
            Err(error) => errors.push(error),
        }
    }
    if let Some((_, error)) = errors.into_iter().min_by_key(|(index, _)| *index) {
        return Err(error);
    }
    files.sort_unstable_by_key(|(index, _)| *index);
    Ok(files.into_iter().map(|(_, file)| file).collect())
}

/// Reads one file or link, as a snapshot has it.
fn file(root: &Path, listed: &Listed, hash: Hash, buffer: &mut [u8]) -> Result<File, DirectoryError> {
    let full = root.join(&listed.path);
    let path = bytes(&listed.path).into();
    if listed.is_link {
        let target = fs::read_link(&full).map_err(|source| DirectoryError::Unreadable { path: full, source })?;
        let target = in_git(bytes(&target), cfg!(windows)).into_boxed_slice();
        return Ok(File { path, mode: Mode::Link, id: hash.object_id("blob", &target), target: Some(target) });
    }
    match content(&full, hash, buffer) {
        Ok(Some((mode, id))) => Ok(File { path, mode, id, target: None }),
        Ok(None) => Err(DirectoryError::Changed(full)),
        Err(source) => Err(DirectoryError::Unreadable { path: full, source }),
    }
}

/// Hashes a regular file; `None` when it is another one at the end than at the beginning.
fn content(path: &Path, hash: Hash, buffer: &mut [u8]) -> io::Result<Option<(Mode, Id)>> {
    let mut file = fs::File::open(path)?;
    let before = file.metadata()?;
    let mut hasher = hash.begin("blob", before.len());
    let mut left = before.len();
    loop {
        let piece = match file.read(buffer) {
            Ok(0) => break,
            Ok(length) => &buffer[..length],
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        match left.checked_sub(piece.len() as u64) {
            Some(rest) => left = rest,
            None => return Ok(None),
        }
        hasher.update(piece);
    }
    let after = file.metadata()?;
    let same =
        before.is_file() && left == 0 && after.len() == before.len() && after.modified()? == before.modified()?;
    let mode = if is_executable(&before) { Mode::Executable } else { Mode::Regular };
    Ok(same.then(|| (mode, hasher.finish())))
}

/// Returns true for what git calls executable: by the owner's bit alone.
#[cfg(unix)]
fn is_executable(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o100 != 0
}

/// Returns false: elsewhere files have no such bit.
#[cfg(not(unix))]
fn is_executable(_: &Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_gone_when_its_turn_comes_is_an_error() {
        let root = tempfile::TempDir::new().unwrap();
        for name in ["a", "b", "c"] {
            fs::write(root.path().join(name), name).unwrap();
        }
        let listed = list(root.path()).unwrap();
        fs::remove_file(root.path().join("b")).unwrap();
        let error = hash_all(root.path(), &listed, Hash::Sha1).err().unwrap();
        assert_eq!(error.to_string(), format!("cannot read {}", root.path().join("b").display()));
    }

    #[test]
    fn a_links_target_has_gits_slashes_on_windows_and_its_own_bytes_elsewhere() {
        assert_eq!(in_git(b"..\\a\\b.html", true), b"../a/b.html");
        assert_eq!(in_git(b"..\\a\\b.html", false), b"..\\a\\b.html");
    }

    #[test]
    fn a_file_whose_size_is_not_what_it_says_is_an_error() {
        // The kernel makes these up while they are read: they say 0 bytes, and hold some.
        let made_up = Path::new("/proc/sys/kernel/ostype");
        if made_up.exists() {
            assert!(content(made_up, Hash::Sha1, &mut [0; 64]).unwrap().is_none());
        }
    }

    #[test]
    fn a_file_in_many_pieces_has_the_id_of_the_whole() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let whole: Vec<u8> = (0..100_000u32).map(|i| u8::try_from(i % 251).unwrap()).collect();
        fs::write(file.path(), &whole).unwrap();
        let (_, id) = content(file.path(), Hash::Sha1, &mut [0; 777]).unwrap().unwrap();
        assert!(id == Hash::Sha1.object_id("blob", &whole));
    }
}
