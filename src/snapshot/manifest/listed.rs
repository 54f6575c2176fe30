//! Writes the manifest of files that somebody else has listed, with the digests that he gives to them.

use super::write::end;
use super::{MAGIC, VERSION, escape};
use crate::snapshot::hash::{Hash, Id};
use crate::snapshot::objects::Mode;

/// A list that is that of no site.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unlistable {
    /// A path is none below a web root.
    #[error("{0} is no path of a file")]
    Path(String),
    /// A digest is none.
    #[error("{0} has no digest")]
    Digest(String),
    /// A path is in it twice, with two digests.
    #[error("{0} is in the list twice")]
    Twice(String),
}

/// Returns the manifest of these files: paths below the web root, and their digests in hex. A path that is named twice with one digest is
/// one file.
///
/// # Errors
/// When a path or a digest is none.
pub fn of_list(hash: Hash, files: impl IntoIterator<Item = (String, String)>) -> Result<Vec<u8>, Unlistable> {
    let shown = |path: &str| crate::display::shown(path.as_bytes());
    let mut listed = Vec::new();
    for (path, digest) in files {
        if path.is_empty() || path.split('/').any(|name| matches!(name, "" | "." | "..")) || path.contains('\0') {
            return Err(Unlistable::Path(shown(&path)));
        }
        let digest = Id::from_hex(digest.as_bytes(), hash).ok_or_else(|| Unlistable::Digest(shown(&path)))?;
        listed.push((path, digest.to_string()));
    }
    listed.sort_unstable();
    listed.dedup();
    if let Some(two) = listed.windows(2).find(|two| two[0].0 == two[1].0) {
        return Err(Unlistable::Twice(shown(&two[0].0)));
    }
    let mut text = format!("{MAGIC} {VERSION} {}\n", hash.name()).into_bytes();
    for (path, digest) in &listed {
        text.extend_from_slice(format!("{} {digest} ", Mode::Regular.text()).as_bytes());
        escape::push(path.as_bytes(), &mut text);
        text.push(b'\n');
    }
    let digest = ring::digest::digest(&ring::digest::SHA256, &text);
    text.extend_from_slice(end(listed.len(), digest.as_ref()).as_bytes());
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::Source;

    const A: &str = "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d";
    const B: &str = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

    fn listed(files: &[(&str, &str)]) -> Result<Vec<u8>, Unlistable> {
        of_list(Hash::PlainSha1, files.iter().map(|(path, digest)| ((*path).to_owned(), (*digest).to_owned())))
    }

    #[test]
    fn a_list_becomes_a_manifest_that_is_read() {
        let files = [("b/index.html", B), ("a\nb.html", A), ("b.css", B), ("b.css", B)];
        let text = listed(&files).unwrap();
        assert!(text.starts_with(b"diffpurge manifest 1 plain-sha1\n"), "{}", String::from_utf8_lossy(&text));
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("list");
        std::fs::write(&file, &text).unwrap();
        let source = Source::open(&format!("manifest:{}", file.display()), None, None).unwrap();
        assert!(source.is_web_root());
        assert_eq!(String::from_utf8(text).unwrap().lines().count(), 5);
    }

    #[test]
    fn a_list_that_is_no_sites_is_refused_by_what_is_wrong() {
        for (files, want) in [
            (&[("", A)][..], "is no path"),
            (&[("/a.html", A)], "/a.html is no path"),
            (&[("a//b", A)], "a//b is no path"),
            (&[("a/../b", A)], "is no path"),
            (&[("a", "")], "a has no digest"),
            (&[("a", &A[1..])], "a has no digest"),
            (&[("a", A), ("a", B)], "a is in the list twice"),
        ] {
            let error = listed(files).unwrap_err().to_string();
            assert!(error.contains(want), "{files:?}: {error}");
        }
    }
}
