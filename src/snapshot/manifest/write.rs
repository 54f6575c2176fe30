//! Writes a manifest of any snapshot, line by line, in the order of paths.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::digesting::Digesting;
use super::{ABOUT, MAGIC, VERSION, WITH_ABOUT, escape};
use crate::replacement::Replacement;
use crate::snapshot::objects::Mode;
use crate::snapshot::{Entry, EntryKind, Snapshot, SnapshotError, hex};

/// Why a manifest was not written.
#[derive(Debug, thiserror::Error)]
pub enum ManifestWriteError {
    /// The snapshot cannot be read.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The file cannot be written; what was there before is untouched.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Writes the manifest of a snapshot, with a line about it where there is one; gives the number of files.
///
/// # Errors
/// When the snapshot cannot be read (a symbolic link's blob is needed), or `out` not be written.
pub fn write(snapshot: &Snapshot<'_>, out: &mut dyn Write, about: Option<&str>) -> Result<usize, ManifestWriteError> {
    let mut out = Digesting::new(out);
    let revision = if snapshot.is_revision() { format!(" {}", snapshot.name().id) } else { String::new() };
    let version = if about.is_some() { WITH_ABOUT } else { VERSION };
    writeln!(out, "{MAGIC} {version} {}{revision}", snapshot.hash().name())?;
    if let Some(about) = about {
        writeln!(out, "{ABOUT}{about}")?;
    }
    let mut files = 0;
    let read = |id: &[u8]| Ok::<_, ManifestWriteError>((snapshot.tree(id)?.bytes().to_vec(), id.to_vec()));
    // The trees on the way down: what is left of each, its id, and how long its path is. In git's order, in which a
    // directory's name ends in a slash, paths come sorted.
    let mut way = Vec::new();
    if let Some(root) = snapshot.root() {
        let (bytes, id) = read(root)?;
        way.push((bytes, id, 0, 0));
    }
    let mut path = Vec::new();
    while let Some((bytes, id, at, length)) = way.last_mut() {
        path.truncate(*length);
        let entry = Entry::first(&bytes[*at..], id.len()).map_err(|e| snapshot.malformed(id, e))?;
        let Some(entry) = entry else {
            way.pop();
            continue;
        };
        *at += entry.raw.len();
        path.extend_from_slice(entry.name);
        if entry.kind == EntryKind::Tree {
            path.push(b'/');
            let (bytes, id) = read(entry.id)?;
            way.push((bytes, id, 0, path.len()));
        } else {
            out.write_all(&line(snapshot, &entry, &path)?)?;
            files += 1;
        }
    }
    let (out, digest) = out.finish();
    out.write_all(end(files, digest.as_ref()).as_bytes())?;
    Ok(files)
}

fn line(snapshot: &Snapshot<'_>, entry: &Entry<'_>, path: &[u8]) -> Result<Vec<u8>, ManifestWriteError> {
    let mode = match entry.kind {
        EntryKind::Link => Mode::Link,
        EntryKind::Gitlink => Mode::Gitlink,
        _ if entry.is_executable() => Mode::Executable,
        _ => Mode::Regular,
    };
    let mut line = format!("{} {} ", mode.text(), hex(entry.id)).into_bytes();
    escape::push(path, &mut line);
    if mode == Mode::Link {
        line.push(b'\t');
        escape::push(&snapshot.link_content(entry.id)?, &mut line);
    }
    line.push(b'\n');
    Ok(line)
}

/// Returns the last line.
pub(super) fn end(files: usize, digest: &[u8]) -> String {
    let hex: Vec<String> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("end {files} sha256:{}\n", hex.concat())
}

/// Replaces the file at `path` by the manifest of a snapshot, or leaves it as it is: there is never half of one. Where the name
/// ends in `.gz` it is compressed. Gives the number of files.
///
/// # Errors
/// As [`write()`].
pub fn save(snapshot: &Snapshot<'_>, path: &Path, about: Option<&str>) -> Result<usize, ManifestWriteError> {
    let mut replacement = Replacement::begin(path)?;
    let mut out = BufWriter::new(replacement.file());
    let files = if path.extension().is_some_and(|extension| extension == "gz") {
        let mut compressed = GzEncoder::new(out, Compression::default());
        let files = write(snapshot, &mut compressed, about)?;
        out = compressed.finish()?;
        files
    } else {
        write(snapshot, &mut out, about)?
    };
    out.flush()?;
    drop(out);
    replacement.take_place()?;
    Ok(files)
}
