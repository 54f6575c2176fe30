//! `manifest:FILE`: a snapshot as a text file, one line for each file, for sites whose output is kept nowhere else.
//!
//! ```text
//! diffpurge manifest 1 sha1
//! 100644 ce013625030ba8dba906f756967f9e9ca394464a blog/index.html
//! 120000 2e65efe2a145dda7ee51d1741299f848e5bf752e latest<TAB>a
//! end 2 sha256:5f0c…
//! ```
//!
//! The first line says the format's version and how files are hashed, and of which revision it is where it is of one; each other
//! one says a file's mode and blob id as git has them, and its path below the web root, sorted by bytes. Behind a symbolic link's
//! path stand a tab and where it leads, since that is kept nowhere else. The last line counts the files and holds the digest of all
//! bytes before it, so that a file that was cut off or edited is noticed. It may be compressed by gzip.
//!
//! A mark says beside its snapshot whose it is: then the version is 2, and the second line is `about ` and one line of text, which
//! is nobody's business here.

mod digesting;
mod escape;
mod listed;
mod read;
mod write;

pub use listed::{Unlistable, of_list};
pub(super) use read::read;
pub use read::{Head, read_head};
pub use write::{ManifestWriteError, save, write};

/// The first words of a manifest.
const MAGIC: &str = "diffpurge manifest";

/// Returns true when a file that begins like this is a manifest, of whatever version, or a compressed file.
#[must_use]
pub fn is_manifest(head: &[u8]) -> bool {
    // Gzip's own first bytes (RFC 1952, section 2.3.1): its content cannot be told from so few.
    head.starts_with(MAGIC.as_bytes()) || head.starts_with(&[0x1f, 0x8b])
}

/// The version of the format without a line about the snapshot.
const VERSION: &str = "1";

/// The version with one. Both are read.
const WITH_ABOUT: &str = "2";

/// The beginning of that line.
const ABOUT: &str = "about ";
