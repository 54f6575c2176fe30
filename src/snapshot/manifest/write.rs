//! Writes a manifest of any snapshot, line by line, in the order of paths.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use ring::digest::{Context, SHA256};

use super::error::ManifestWriteError;
use super::{MAGIC, VERSION, escape};
use crate::snapshot::objects::Mode;
use crate::snapshot::{Entry, EntryKind, Snapshot, hex};

/// Keeps the digest of all that goes through.
struct Digesting<'w> {
    out: &'w mut dyn Write,
    context: Context,
}

impl Digesting<'_> {
    fn line(&mut self, line: &[u8]) -> io::Result<()> {
        self.context.update(line);
        self.out.write_all(line)
    }
}

/// Writes the manifest of a snapshot; gives the number of files.
///
/// # Errors
/// When the snapshot cannot be read (a symbolic link's blob is needed), or `out` not be written.
pub fn write(snapshot: &Snapshot<'_>, out: &mut dyn Write) -> Result<usize, ManifestWriteError> {
    let mut out = Digesting { out, context: Context::new(&SHA256) };
    let revision = if snapshot.is_revision() { format!(" {}", snapshot.name().id) } else { String::new() };
    out.line(format!("{MAGIC} {VERSION} {}{revision}\n", snapshot.hash().name()).as_bytes())?;
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
            out.line(&line(snapshot, &entry, &path)?)?;
            files += 1;
        }
    }
    let digest = out.context.finish();
    out.out.write_all(end(files, digest.as_ref()).as_bytes())?;
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

/// The last line.
pub(super) fn end(files: usize, digest: &[u8]) -> String {
    let hex: Vec<String> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("end {files} sha256:{}\n", hex.concat())
}

/// Replaces the file at `path` by the manifest of a snapshot, or leaves it as it is: there is never half of one. Where the name
/// ends in `.gz` it is compressed. Gives the number of files.
///
/// # Errors
/// As [`write()`].
pub fn save(snapshot: &Snapshot<'_>, path: &Path) -> Result<usize, ManifestWriteError> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // As any file that is made here: the system takes off what the user's mask says.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.prefix(".diffpurge-").tempfile_in(directory)?;
    let mut out = BufWriter::new(file.as_file_mut());
    let files = if path.extension().is_some_and(|extension| extension == "gz") {
        let mut compressed = GzEncoder::new(out, Compression::default());
        let files = write(snapshot, &mut compressed)?;
        out = compressed.finish()?;
        files
    } else {
        write(snapshot, &mut out)?
    };
    out.flush()?;
    drop(out);
    file.as_file().sync_all()?;
    file.persist(path).map_err(|e| e.error)?;
    // The new name has to reach the disk too; where directories cannot be opened, that is the system's business.
    #[cfg(unix)]
    std::fs::File::open(directory)?.sync_all()?;
    Ok(files)
}
