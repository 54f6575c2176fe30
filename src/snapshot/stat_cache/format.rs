//! The cache as a file: whom it is of, the files sorted by path, and the SHA-256 of all that.
//!
//! ```text
//! diffpurge cache 1 sha1
//! ROOT FILE FILE … DIGEST
//! ```
//!
//! ROOT and each FILE's path are a number of bytes and those bytes; behind a path stand its stamp and its raw id. Numbers are
//! little-endian. Nothing in it is believed: whoever reads it and finds a fault reads the files instead.

use std::io::{self, Write};

use ring::digest::{SHA256, digest};

use super::stamp::Stamp;
use crate::display::shown;
use crate::snapshot::digesting::Digesting;
use crate::snapshot::hash::{Hash, Id};

/// What a cache begins with.
const MAGIC: &str = "diffpurge cache ";

/// The version of the format that is written, and the only one that is read.
const VERSION: &str = "1";

/// Bytes of the digest at the end.
const DIGEST: usize = 32;

/// What a cache is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Subject {
    pub(super) hash: Hash,
    /// The directory's absolute path.
    pub(super) root: Box<[u8]>,
}

/// A file that was hashed.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Relative to the directory.
    pub(super) path: Box<[u8]>,
    pub(super) stamp: Stamp,
    pub(super) id: Id,
}

/// Why nothing in a file helps.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is somebody else's file.
    Foreign,
    /// It is a cache, but not one for this.
    Useless(String),
}

/// Writes a cache.
pub(super) fn write(subject: &Subject, entries: &[Entry], out: &mut dyn Write) -> io::Result<()> {
    let mut out = Digesting::new(out);
    writeln!(out, "{MAGIC}{VERSION} {}", subject.hash.name())?;
    write_bytes(&subject.root, &mut out)?;
    for entry in entries {
        write_bytes(&entry.path, &mut out)?;
        out.write_all(&entry.stamp.to_bytes())?;
        out.write_all(entry.id.as_ref())?;
    }
    let (out, digest) = out.finish();
    out.write_all(digest.as_ref())
}

fn write_bytes(bytes: &[u8], out: &mut impl Write) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(bytes)
}

/// Reads what is remembered of this directory.
pub(super) fn read(content: &[u8], subject: &Subject) -> Result<Vec<Entry>, Fault> {
    let damaged = || Fault::Useless("is damaged".to_owned());
    if content.is_empty() {
        // What is left of a file that never reached the disk.
        return Err(damaged());
    }
    let behind = content.strip_prefix(MAGIC.as_bytes()).ok_or(Fault::Foreign)?;
    // Before the digest: in another version it may be elsewhere.
    let (version, _) = split_at_byte(behind, b' ').ok_or_else(damaged)?;
    if version != VERSION.as_bytes() {
        return Err(Fault::Useless(format!("is of version {}, not {VERSION}", shown(version))));
    }
    let (body, sum) = content.split_last_chunk::<DIGEST>().ok_or_else(damaged)?;
    let whole = digest(&SHA256, body).as_ref() == sum;
    let body = body.get(MAGIC.len() + VERSION.len() + 1..).filter(|_| whole).ok_or_else(damaged)?;
    parsed(body, subject).unwrap_or_else(|| Err(damaged()))
}

/// What stands behind the version; `None` where the format is broken.
fn parsed(body: &[u8], subject: &Subject) -> Option<Result<Vec<Entry>, Fault>> {
    let (hash, mut rest) = split_at_byte(body, b'\n')?;
    let root = take_bytes(&mut rest)?;
    if root != &*subject.root {
        return Some(Err(Fault::Useless(format!("is of another directory, {}", shown(root)))));
    }
    if hash != subject.hash.name().as_bytes() {
        return Some(Err(Fault::Useless(format!("is of {} ids, not {}", shown(hash), subject.hash.name()))));
    }
    let mut entries = Vec::new();
    while !rest.is_empty() {
        let path = take_bytes(&mut rest)?;
        let (stamp, behind) = rest.split_first_chunk()?;
        let (id, behind) = behind.split_at_checked(subject.hash.bytes())?;
        rest = behind;
        entries.push(Entry { path: path.into(), stamp: Stamp::of_bytes(*stamp), id: Id::of_bytes(id, subject.hash)? });
    }
    entries.is_sorted_by(|one, two| one.path < two.path).then_some(Ok(entries))
}

fn split_at_byte(bytes: &[u8], byte: u8) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|&other| other == byte)?;
    Some((&bytes[..at], &bytes[at + 1..]))
}

/// Takes a number of bytes, and those bytes.
fn take_bytes<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let (length, behind) = rest.split_first_chunk()?;
    let (bytes, behind) = behind.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    *rest = behind;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(hash: Hash, root: &str) -> Subject {
        Subject { hash, root: root.as_bytes().into() }
    }

    fn entries(hash: Hash) -> Vec<Entry> {
        let stamp = |n: u8| Stamp::of_bytes([n; Stamp::BYTES]);
        let entry = |(n, path): (u8, &[u8])| Entry { path: path.into(), stamp: stamp(n), id: hash.of("blob", path) };
        [(1, &b"a"[..]), (2, b"a b\n"), (3, b"b/\xff")].into_iter().map(entry).collect()
    }

    fn written(subject: &Subject) -> Vec<u8> {
        let mut content = Vec::new();
        write(subject, &entries(subject.hash), &mut content).unwrap();
        content
    }

    #[test]
    fn a_cache_comes_back_as_it_was_written() {
        for hash in [Hash::Sha1, Hash::Sha256] {
            let subject = subject(hash, "/srv/\u{fc}");
            assert!(read(&written(&subject), &subject) == Ok(entries(hash)));
        }
    }

    #[test]
    fn a_cache_that_is_cut_off_or_edited_anywhere_says_nothing() {
        let subject = subject(Hash::Sha1, "/srv");
        let whole = written(&subject);
        for cut in 0..whole.len() {
            assert!(read(&whole[..cut], &subject).is_err(), "cut at {cut}");
        }
        for at in 0..whole.len() {
            let mut edited = whole.clone();
            edited[at] ^= 1;
            assert!(read(&edited, &subject).is_err(), "edited at {at}");
        }
        assert!(read(&[&whole[..], b"\n"].concat(), &subject).is_err());
    }

    #[test]
    fn a_cache_of_something_else_says_of_what() {
        let whole = written(&subject(Hash::Sha1, "/srv/a"));
        let fault = |content: &[u8], hash, root| match read(content, &subject(hash, root)) {
            Ok(_) => panic!("it is believed"),
            Err(Fault::Foreign) => "foreign".to_owned(),
            Err(Fault::Useless(why)) => why,
        };
        assert_eq!(fault(&whole, Hash::Sha1, "/srv/b"), "is of another directory, /srv/a");
        assert_eq!(fault(&whole, Hash::Sha256, "/srv/a"), "is of sha1 ids, not sha256");
        assert_eq!(fault(b"diffpurge cache 2 sha1\n...", Hash::Sha1, "/srv/a"), "is of version 2, not 1");
        assert_eq!(fault(b"", Hash::Sha1, "/srv/a"), "is damaged");
        assert_eq!(fault(b"[[site]]\n", Hash::Sha1, "/srv/a"), "foreign");
    }
}
