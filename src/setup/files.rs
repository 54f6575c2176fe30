//! A tree of files as it is looked at here: its entries by directory, and the text of a few small files.
//!
//! Whether they lie on a disk or in a revision is left to whoever hands the tree in.

use super::index_file::is_index;
use crate::snapshot::EntryKind;

/// Why a tree cannot be looked at.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {path}: {why}")]
pub struct Unreadable {
    /// The file or directory, for people.
    pub path: String,
    /// The system's word on it.
    pub why: String,
}

/// A tree of files. Paths are relative to its top, with `/` between their names; its top is the empty path.
pub trait Files {
    /// Returns the entries of a directory, by name; none where there is no such directory.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    fn list(&self, directory: &str) -> Result<Vec<(EntryKind, String)>, Unreadable>;

    /// Returns the text of a file; `None` where there is no such file, or its content is not here.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    fn text(&self, path: &str) -> Result<Option<String>, Unreadable>;
}

/// What git leaves out of a repository.
pub trait Ignored {
    /// Returns true for a path that is left out; it is relative to the repository's top, and a directory's ends in `/`.
    ///
    /// # Errors
    /// When that cannot be told.
    fn has(&self, path: &str) -> Result<bool, Unreadable>;
}

/// Joins a directory and a path that counts from it, both relative to a tree's top: `docs` and `../site/` are `site`. A path above
/// the top begins with `..`.
pub(super) fn joined(directory: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in directory.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Returns the directory of a path and its name; the directory is empty for what lies at the top.
pub(super) fn parted(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Returns true when a directory holds an index file, which a site's output does.
pub(super) fn has_page(files: &dyn Files, directory: &str) -> Result<bool, Unreadable> {
    Ok(files.list(directory)?.iter().any(|(kind, name)| *kind != EntryKind::Tree && is_index(name)))
}

/// Returns true when there is something under this path.
pub(super) fn is_there(files: &dyn Files, path: &str) -> Result<bool, Unreadable> {
    let (directory, name) = parted(path);
    Ok(files.list(directory)?.iter().any(|(_, known)| known == name))
}

/// Returns the first of some files of a directory that is there, with its text.
pub(super) fn first_text(
    files: &dyn Files,
    directory: &str,
    names: &[&str],
) -> Result<Option<(String, String)>, Unreadable> {
    for name in names {
        let path = joined(directory, name);
        if let Some(text) = files.text(&path)? {
            return Ok(Some((path, text)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_counts_from_its_directory() {
        for (directory, path, want) in [
            ("", "public", "public"),
            ("", "./public/", "public"),
            ("docs", "../build/html", "build/html"),
            ("docs", ".vitepress/dist", "docs/.vitepress/dist"),
            ("docs", "../../site", "../site"),
            ("", ".", ""),
            ("", "../../x", "../../x"),
        ] {
            assert_eq!(joined(directory, path), want, "{directory} {path}");
        }
    }
}
