//! Changes that somebody else found: a list of paths, as a deploy tool prints it.
//!
//! The kind of a change is not said, so all paths count as modified. A list that was cut or escaped in a way that is not ours names
//! other paths than those that changed, so whatever looks like it is an error.

use super::{Change, Changes, Status};
use crate::display::shown;

/// A list that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// Its paths, each once, as modified files.
    pub changes: Changes,
    /// Its entries that are directories (`blog/`): the files in them have entries of their own.
    pub directories: usize,
}

/// Why a list is not one of paths below the web root.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NamedError {
    /// An entry is no path.
    #[error("{unit} {number}{}: {what}", if .entry.is_empty() { String::new() } else { format!(", {}", shown(.entry)) })]
    Entry {
        /// `line`, or `path` of a list that is separated by NUL.
        unit: &'static str,
        /// From 1.
        number: usize,
        /// Its bytes.
        entry: Vec<u8>,
        /// The fault of it.
        what: EntryFault,
    },
    /// `-z` was typed, and the list has lines.
    #[error("there is no NUL in the list, which has several lines")]
    Lines,
}

/// The fault of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "each variant's text says it")]
pub enum EntryFault {
    #[error("it is empty")]
    Empty,
    #[error("it begins with `/`, and paths are relative to the web root")]
    Absolute,
    #[error("a path with `.` or `..` in it may lie outside of the web root")]
    Dots,
    #[error("`//` is an empty name")]
    EmptyName,
    #[error("it holds a NUL")]
    Nul,
    #[error("`deleting` is rsync's word for a file that is gone, and not of its path")]
    Deleting,
    #[error("a byte of it is written as rsync escapes it")]
    Escaped,
}

impl NamedError {
    /// Returns the next thing to type.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            NamedError::Lines => "leave `-z` out, or end each path in a NUL",
            NamedError::Entry { what, .. } => match what {
                EntryFault::Empty | EntryFault::EmptyName => "was a variable empty when the list was made?",
                EntryFault::Absolute | EntryFault::Dots => {
                    "write paths as they are below the web root: `blog/index.html`"
                }
                EntryFault::Nul => "with `-z`, paths end in a NUL; else write the list as UTF-8, without NULs",
                EntryFault::Deleting => {
                    "`rsync --out-format='%o %n'` prints a word and the path for each file: cut the word off; with `-z` a path may begin so"
                }
                EntryFault::Escaped => {
                    "`rsync --8-bit-output` writes all but control characters as they are; with `-z` a path may hold it"
                }
            },
        }
    }
}

/// Reads a list: lines, or with `nul` paths that end in NUL. A `./` at the start and a carriage return at a line's end are no
/// part of a path (`-z` keeps the latter).
///
/// # Errors
/// When an entry is no path below the web root.
pub fn named(list: &[u8], nul: bool) -> Result<Named, NamedError> {
    let separator = if nul { 0 } else { b'\n' };
    if nul && !list.contains(&0) && memchr::memchr_iter(b'\n', list).count() > 1 {
        return Err(NamedError::Lines);
    }
    // A mark that some editors put before UTF-8 text.
    let list = if nul { list } else { list.strip_prefix("\u{feff}".as_bytes()).unwrap_or(list) };
    let mut named = Named::default();
    if list.is_empty() {
        return Ok(named);
    }
    let list = list.strip_suffix(&[separator]).unwrap_or(list);
    let mut paths: Vec<Box<[u8]>> = Vec::new();
    for (index, entry) in list.split(|&byte| byte == separator).enumerate() {
        let wrong = |what| {
            let unit = if nul { "path" } else { "line" };
            NamedError::Entry { unit, number: index + 1, entry: entry.to_vec(), what }
        };
        let plain = if nul { entry } else { entry.strip_suffix(b"\r").unwrap_or(entry) };
        match path(plain, nul).map_err(wrong)? {
            Some(path) => paths.push(path.into()),
            None => named.directories += 1,
        }
    }
    paths.sort_unstable();
    paths.dedup();
    let change = |path| Change { path, status: Status::Modified, leads_elsewhere: false };
    named.changes.paths = paths.into_iter().map(change).collect();
    Ok(named)
}

/// Returns the path of a file; `None` for a directory.
fn path(entry: &[u8], nul: bool) -> Result<Option<&[u8]>, EntryFault> {
    if entry.is_empty() {
        return Err(EntryFault::Empty);
    } else if entry.starts_with(b"/") {
        return Err(EntryFault::Absolute);
    } else if entry.contains(&0) {
        return Err(EntryFault::Nul);
    } else if !nul && (entry.starts_with(b"deleting ") || entry.starts_with(b"*deleting ")) {
        return Err(EntryFault::Deleting);
    } else if !nul && has_escape(entry) {
        return Err(EntryFault::Escaped);
    }
    let entry = entry.strip_prefix(b"./").unwrap_or(entry);
    let path = entry.strip_suffix(b"/").unwrap_or(entry);
    // The web root itself.
    if path.is_empty() || path == b"." {
        return Ok(None);
    }
    for segment in path.split(|&byte| byte == b'/') {
        match segment {
            b"" => return Err(EntryFault::EmptyName),
            b"." | b".." => return Err(EntryFault::Dots),
            _ => {}
        }
    }
    Ok((path.len() == entry.len()).then_some(path))
}

/// Returns true when `\#` and three octal digits are in it, as rsync writes a byte that it does not print; a name that really holds
/// these it escapes too.
fn has_escape(entry: &[u8]) -> bool {
    entry.windows(5).any(|five| five.starts_with(b"\\#") && five[2..].iter().all(|digit| (b'0'..=b'7').contains(digit)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn paths(list: &[u8], nul: bool) -> Vec<String> {
        let changes = named(list, nul).unwrap().changes;
        changes.paths.iter().map(|change| String::from_utf8_lossy(&change.path).into_owned()).collect()
    }

    #[test]
    fn a_list_is_read_as_tools_write_it() {
        for (list, want, directories) in [
            (&b""[..], &[][..], 0),
            (b"a", &["a"], 0),
            (b"b/c.html\na\n", &["a", "b/c.html"], 0),
            (b"a\r\nb\r\n", &["a", "b"], 0),
            (b"./\n./a\nblog/\nblog/x\na\n", &["a", "blog/x"], 2),
            (b" a b \n..c\n...\n", &[" a b ", "...", "..c"], 0),
            ("\u{feff}a\n".as_bytes(), &["a"], 0),
            (b"what?#x\nback\\slash\n", &["back\\slash", "what?#x"], 0),
        ] {
            assert_eq!(paths(list, false), want, "{}", String::from_utf8_lossy(list));
            assert_eq!(named(list, false).unwrap().directories, directories);
        }
        for (list, want) in [
            (&b""[..], &[][..]),
            (b"a\0b", &["a", "b"]),
            (b"new\nline\0cr\r\0deleting x\0", &["cr\r", "deleting x", "new\nline"]),
            (b"one\n", &["one\n"]),
        ] {
            assert_eq!(paths(list, true), want);
        }
    }

    #[test]
    fn what_is_no_path_below_the_web_root_is_an_error_with_its_line() {
        for (list, want) in [
            (&b"a\n/etc/x\n"[..], "line 2, /etc/x: it begins with `/`, and paths are relative to the web root"),
            (b"a\n\nb\n", "line 2: it is empty"),
            (b"\n", "line 1: it is empty"),
            (b"a\n\r\n", "line 2, \"\\r\": it is empty"),
            (b"a/../b\n", "line 1, a/../b: a path with `.` or `..` in it may lie outside of the web root"),
            (b"..", "line 1, ..: a path with `.` or `..` in it may lie outside of the web root"),
            (b"./../a", "line 1, ./../a: a path with `.` or `..` in it may lie outside of the web root"),
            (b"a//b", "line 1, a//b: `//` is an empty name"),
            (b"a//", "line 1, a//: `//` is an empty name"),
            (b".//a", "line 1, .//a: `//` is an empty name"),
            (b"a\0b\0", "line 1, \"a\\u{0}b\\u{0}\": it holds a NUL"),
            (
                b"deleting old.html\n",
                "line 1, deleting old.html: `deleting` is rsync's word for a file that is gone, and not of its path",
            ),
            (b"caf\\#351\n", "line 1, \"caf\\\\#351\": a byte of it is written as rsync escapes it"),
        ] {
            assert_eq!(named(list, false).map_err(|e| e.to_string()), Err(want.to_owned()));
        }
        assert_eq!(named(b"a\0\0b", true).unwrap_err().to_string(), "path 2: it is empty");
        assert_eq!(named(b"a\nb\n", true), Err(NamedError::Lines));
    }

    proptest! {
        #[test]
        fn no_path_leaves_the_web_root(list in "[a./\\n]{0,30}") {
            if let Ok(named) = named(list.as_bytes(), false) {
                for change in named.changes.paths {
                    let path = String::from_utf8(change.path.into_vec()).unwrap();
                    prop_assert!(path.split('/').all(|segment| !matches!(segment, "" | "." | "..")), "{}", path);
                }
            }
        }
    }
}
