//! The identity of a content: git's id of a blob, or the SHA-256 by which Git LFS names a file that is not in git.
//!
//! A content that was read has both, so that it can be held against either. Where it is read, and what it is held against, is left
//! to others.

use ring::digest::{Context, SHA256, digest};

use super::hash::{BlobHasher, Hash};

/// The identity of a content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContentId {
    /// The id, in hex, of a blob that holds it.
    Blob(String),
    /// The SHA-256 of its bytes alone, in hex, and their number.
    Sha256(String, u64),
}

/// The digests of a content that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// The id, in hex, of a blob that holds it.
    pub blob: String,
    /// The SHA-256 of its bytes alone, in hex.
    pub sha256: String,
    /// The number of its bytes.
    pub size: u64,
}

/// A content that is being read, in pieces.
pub struct ContentHasher {
    blob: BlobHasher,
    sha256: Context,
    size: u64,
}

impl ContentId {
    /// Returns its digits, which tell it from others to people.
    #[must_use]
    pub fn digits(&self) -> &str {
        match self {
            ContentId::Blob(digits) | ContentId::Sha256(digits, _) => digits,
        }
    }
}

impl Digest {
    /// Returns the digests of a content that is here as a whole.
    #[must_use]
    pub fn of(content: &[u8], hash: Hash) -> Digest {
        let sha256 = hex(digest(&SHA256, content).as_ref());
        Digest { blob: hash.blob_id(content), sha256, size: content.len() as u64 }
    }

    /// Returns the ids by which the content may be meant.
    #[must_use]
    pub fn ids(&self) -> [ContentId; 2] {
        [ContentId::Blob(self.blob.clone()), ContentId::Sha256(self.sha256.clone(), self.size)]
    }

    /// Returns true when the content is the one that is meant.
    #[must_use]
    pub fn is(&self, id: &ContentId) -> bool {
        match id {
            ContentId::Blob(id) => *id == self.blob,
            ContentId::Sha256(id, size) => *id == self.sha256 && *size == self.size,
        }
    }
}

impl ContentHasher {
    /// Begins a content of this size in bytes, which git's ids begin with.
    #[must_use]
    pub fn new(hash: Hash, size: u64) -> ContentHasher {
        ContentHasher { blob: hash.blob(size), sha256: Context::new(&SHA256), size: 0 }
    }

    /// Takes the next piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.blob.update(piece);
        self.sha256.update(piece);
        self.size += piece.len() as u64;
    }

    /// Returns the digests.
    #[must_use]
    pub fn digest(self) -> Digest {
        Digest { blob: self.blob.id(), sha256: hex(self.sha256.finish().as_ref()), size: self.size }
    }
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_in_pieces_has_the_digests_of_the_whole_and_is_known_by_either() {
        let mut hasher = ContentHasher::new(Hash::Sha1, 5);
        hasher.update(b"he");
        hasher.update(b"llo");
        let digest = hasher.digest();
        assert_eq!(digest, Digest::of(b"hello", Hash::Sha1));
        // `printf hello | git hash-object --stdin` and `printf hello | sha256sum`.
        let sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
        for (id, want) in [
            (ContentId::Blob("b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0".to_owned()), true),
            (ContentId::Blob(sha256.to_owned()), false),
            (ContentId::Sha256(sha256.to_owned(), 5), true),
            (ContentId::Sha256(sha256.to_owned(), 6), false),
        ] {
            assert_eq!(digest.is(&id), want, "{id:?}");
        }
    }
}
