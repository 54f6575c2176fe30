//! Object ids: the name that git gives to a content, in either of its two formats, and the one that a host gives to its files.
//!
//! git hashes `blob SIZE NUL CONTENT`, so that the size has to be known before the first byte. The owner of the content, and what
//! becomes of it, is left to others.

use std::borrow::Borrow;
use std::fmt;

use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};

/// The format of a repository's ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    /// Git's default.
    Sha1,
    /// `git init --object-format=sha256`.
    Sha256,
    /// The SHA-1 of a file's bytes and nothing else, as Netlify's API names files. No repository has such ids.
    PlainSha1,
}

/// The raw id of an object: 20 or 32 bytes.
#[derive(Clone, Copy)]
pub(super) struct Id {
    bytes: [u8; 32],
    length: u8,
}

/// An object that is being hashed, in pieces.
pub(super) struct Hasher(Context);

/// A file's content that is being hashed, in pieces.
pub(super) struct BlobHasher(Hasher);

impl BlobHasher {
    /// Takes the next piece.
    pub(super) fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// Returns the id in hex.
    pub(super) fn id(self) -> String {
        self.0.finish().to_string()
    }
}

impl Hash {
    /// Returns the format's name, as git and a manifest's first line have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Hash::Sha1 => "sha1",
            Hash::Sha256 => "sha256",
            Hash::PlainSha1 => "plain-sha1",
        }
    }

    /// Returns how this id, in hex, was made; `None` for what is no id.
    #[must_use]
    pub fn of_id(hex: &str) -> Option<Hash> {
        match hex.len() {
            40 => Some(Hash::Sha1),
            64 => Some(Hash::Sha256),
            _ => None,
        }
    }

    /// Bytes of an id.
    pub(super) fn bytes(self) -> usize {
        match self {
            Hash::Sha1 | Hash::PlainSha1 => 20,
            Hash::Sha256 => 32,
        }
    }

    /// Returns the format with this name.
    pub(super) fn named(name: &str) -> Option<Hash> {
        [Hash::Sha1, Hash::Sha256, Hash::PlainSha1].into_iter().find(|hash| hash.name() == name)
    }

    /// Returns the id in hex of a file with this content.
    #[must_use]
    pub fn blob_id(self, content: &[u8]) -> String {
        self.object_id("blob", content).to_string()
    }

    /// Begins a file of this size in bytes.
    pub(super) fn blob(self, size: u64) -> BlobHasher {
        BlobHasher(self.begin("blob", size))
    }

    /// Begins an object of this type and size in bytes.
    pub(super) fn begin(self, kind: &str, size: u64) -> Hasher {
        let mut context = Context::new(match self {
            Hash::Sha1 | Hash::PlainSha1 => &SHA1_FOR_LEGACY_USE_ONLY,
            Hash::Sha256 => &SHA256,
        });
        if self != Hash::PlainSha1 || kind != "blob" {
            context.update(format!("{kind} {size}\0").as_bytes());
        }
        Hasher(context)
    }

    /// Returns the id of an object that is here as a whole.
    pub(super) fn object_id(self, kind: &str, content: &[u8]) -> Id {
        let mut hasher = self.begin(kind, content.len() as u64);
        hasher.update(content);
        hasher.finish()
    }
}

impl Hasher {
    pub(super) fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    pub(super) fn finish(self) -> Id {
        Id::new(self.0.finish().as_ref())
    }
}

impl Id {
    /// Makes an id of at most 32 bytes, which no digest of ours exceeds.
    fn new(id: &[u8]) -> Id {
        let mut bytes = [0; 32];
        bytes[..id.len()].copy_from_slice(id);
        Id { bytes, length: u8::try_from(id.len()).unwrap_or(0) }
    }

    /// Reads lower-case hex of exactly the format's length.
    pub(super) fn from_hex(hex: &[u8], hash: Hash) -> Option<Id> {
        let digit = |digit: u8| match digit {
            b'0'..=b'9' => Some(digit - b'0'),
            b'a'..=b'f' => Some(digit - b'a' + 10),
            _ => None,
        };
        if hex.len() != 2 * hash.bytes() {
            return None;
        }
        let bytes: Option<Vec<u8>> = hex.chunks(2).map(|two| Some(digit(two[0])? << 4 | digit(two[1])?)).collect();
        bytes.map(|bytes| Id::new(&bytes))
    }
}

impl AsRef<[u8]> for Id {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

/// So that a map of ids can be asked with the bytes of a tree's entry.
impl Borrow<[u8]> for Id {
    fn borrow(&self) -> &[u8] {
        self.as_ref()
    }
}

impl PartialEq for Id {
    fn eq(&self, other: &Id) -> bool {
        self.as_ref() == other.as_ref()
    }
}

impl Eq for Id {}

impl std::hash::Hash for Id {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_ref().hash(state);
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Returns true for a whole id in hex, as CI systems and marks have them; all zeros are none.
#[must_use]
pub fn is_full_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit()) && text.bytes().any(|b| b != b'0')
}

/// Returns an object's id for people.
pub(super) fn hex(id: &[u8]) -> String {
    git2::Oid::from_bytes(id).map_or_else(|_| "?".to_owned(), |id| id.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_git_and_of_sha1sum() {
        // `git hash-object -t blob /dev/null`, `printf hello | git hash-object --stdin`, the empty tree; in both formats.
        for (hash, kind, content, want) in [
            (Hash::Sha1, "blob", &b""[..], "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"),
            (Hash::Sha1, "blob", b"hello", "b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0"),
            (Hash::Sha1, "tree", b"", "4b825dc642cb6eb9a060e54bf8d69288fbee4904"),
            (Hash::Sha256, "blob", b"", "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813"),
            (Hash::Sha256, "tree", b"", "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"),
            // `printf hello | sha1sum`; directories are named as git does.
            (Hash::PlainSha1, "blob", b"hello", "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"),
            (Hash::PlainSha1, "tree", b"", "4b825dc642cb6eb9a060e54bf8d69288fbee4904"),
        ] {
            let id = hash.object_id(kind, content);
            assert_eq!(id.to_string(), want);
            assert!(Id::from_hex(want.as_bytes(), hash) == Some(id));
        }
    }

    #[test]
    fn an_id_of_the_wrong_length_or_with_other_digits_is_none() {
        let id = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
        for bad in [&id[1..], &id.to_uppercase(), &id.replace('e', "g"), &id.replace("e6", "+6"), ""] {
            assert!(Id::from_hex(bad.as_bytes(), Hash::Sha1).is_none(), "{bad}");
        }
        assert!(Id::from_hex(id.as_bytes(), Hash::Sha256).is_none());
    }
}
