//! Changes that somebody else found: a list of paths, as a deploy tool prints it.
//!
//! The kind of a change is not said, so all paths count as modified. A list that was cut, or written in a way that is not ours, names
//! other paths than those that changed, so whatever looks like it is an error. Where its paths lie is not known here.

mod entry;
mod fault;
mod foreign;

use crate::changes::{Change, Changes, Status};
use crate::display::shown;

pub use self::fault::EntryFault;

/// A list that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// Its paths, each once, as modified files.
    pub changes: Changes,
    /// Its entries that are directories (`blog/`): the files in them have entries of their own.
    pub directories: usize,
}

impl Named {
    /// Puts lists together that were read each for itself: what was good alone is good among others.
    #[must_use]
    pub fn of_all(lists: Vec<Named>) -> Named {
        let mut all = Named::default();
        for list in lists {
            all.directories += list.directories;
            all.changes.paths.extend(list.changes.paths);
        }
        all.changes.paths.sort_unstable_by(|one, other| one.path.cmp(&other.path));
        all.changes.paths.dedup_by(|one, other| one.path == other.path);
        all
    }
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
    /// It is a JSON document.
    #[error("it is JSON, and not a list of paths")]
    Json,
    /// `-z` was typed, and the list has lines.
    #[error("there is no NUL in the list, which has {}", if *.0 == 1 { "a line".to_owned() } else { "several lines".to_owned() })]
    Lines(usize),
    /// With `-z`, a status stands before each path.
    #[error("a status stands before each path, as `git diff --name-status -z` prints it")]
    Statuses,
}

impl NamedError {
    /// Returns the next thing to type.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            NamedError::Lines(_) => "leave `-z` out, or end each path in a NUL",
            NamedError::Json => EntryFault::Json.hint(),
            NamedError::Statuses => {
                "print the paths alone: `git diff --name-only --no-renames -z FROM TO`; a file that is really called like a status is written `./M`"
            }
            NamedError::Entry { what, .. } => what.hint(),
        }
    }
}

/// Reads a list: lines, or with `nul` paths that end in NUL. A `./` at the start and a carriage return at a line's end are no
/// part of a path (`-z` keeps the latter); names that git has quoted are decoded.
///
/// # Errors
/// When an entry is no path below the web root, or the list is none of paths.
pub fn named(list: &[u8], nul: bool) -> Result<Named, NamedError> {
    let separator = if nul { 0 } else { b'\n' };
    if nul && !list.contains(&0) && list.contains(&b'\n') {
        return Err(NamedError::Lines(memchr::memchr_iter(b'\n', list.trim_ascii_end()).count() + 1));
    }
    // A mark that some editors put before UTF-8 text.
    let list = if nul { list } else { list.strip_prefix("\u{feff}".as_bytes()).unwrap_or(list) };
    let mut named = Named::default();
    if list.is_empty() {
        return Ok(named);
    }
    let list = list.strip_suffix(&[separator]).unwrap_or(list);
    let plain = |entry: &'_ [u8]| if nul { entry.len() } else { entry.strip_suffix(b"\r").unwrap_or(entry).len() };
    let entries = || list.split(|&byte| byte == separator).map(|entry| &entry[..plain(entry)]);
    if nul && foreign::has_statuses(list) {
        return Err(NamedError::Statuses);
    } else if !nul && is_json(list) {
        return Err(NamedError::Json);
    }
    let mut paths: Vec<Box<[u8]>> = Vec::new();
    for (index, entry) in list.split(|&byte| byte == separator).enumerate() {
        let wrong = |what| {
            let unit = if nul { "path" } else { "line" };
            NamedError::Entry { unit, number: index + 1, entry: entry.to_vec(), what }
        };
        let all = || if nul || index > 0 { None } else { foreign::fault_of_all(entries()) };
        let entry = entry::in_git(&entry[..plain(entry)], cfg!(windows));
        match entry::path(&entry, nul).map_err(wrong)? {
            Some(path) => paths.push(path.into()),
            None => named.directories += 1,
        }
        if let Some(what) = all() {
            return Err(wrong(what));
        }
    }
    paths.sort_unstable();
    paths.dedup();
    let change = |path| Change { path, status: Status::Modified, leads_elsewhere: false };
    named.changes.paths = paths.into_iter().map(change).collect();
    Ok(named)
}

/// Returns true for a JSON document of objects or texts; `[1]` is a name that somebody may give.
fn is_json(list: &[u8]) -> bool {
    let is_list = |value: &serde_json::Value| match value {
        serde_json::Value::Object(_) => true,
        serde_json::Value::Array(all) => all.iter().all(|one| one.is_string() || one.is_object() || one.is_array()),
        _ => false,
    };
    matches!(list.trim_ascii_start().first(), Some(b'[' | b'{'))
        && serde_json::from_slice(list).is_ok_and(|value| is_list(&value))
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
            (b"one", &["one"]),
        ] {
            assert_eq!(paths(list, true), want);
        }
    }

    #[test]
    fn two_lists_that_are_good_are_good_together() {
        // In one list the first path would be a status, and the second its file.
        assert_eq!(named(b"M\0a\0", true).err(), Some(NamedError::Statuses));
        let both = Named::of_all([&b"M\0"[..], b"a\0", b"a\0d/\0"].map(|list| named(list, true).unwrap()).to_vec());
        let paths: Vec<&[u8]> = both.changes.paths.iter().map(|change| &*change.path).collect();
        assert_eq!((paths, both.directories), (vec![&b"M"[..], b"a"], 1));
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
        for (list, error, text) in [
            (&b"a\nb\n"[..], NamedError::Lines(2), "there is no NUL in the list, which has several lines"),
            (b"one\n", NamedError::Lines(1), "there is no NUL in the list, which has a line"),
            (
                b"M\0a\0",
                NamedError::Statuses,
                "a status stands before each path, as `git diff --name-status -z` prints it",
            ),
        ] {
            assert_eq!(named(list, true).map_err(|e| (e.to_string(), e)), Err((text.to_owned(), error)));
        }
    }

    #[test]
    fn names_that_git_quotes_are_decoded_and_other_documents_are_refused() {
        let list = b"\"caf\\303\\251.html\"\n\"tab\\there\"\na b.html\n\"d/\\\"x\\\"\"\n";
        assert_eq!(paths(list, false), ["a b.html", "caf\u{e9}.html", "d/\"x\"", "tab\there"]);
        assert_eq!(paths(b"./M\ta\n./[\"x\"]\n", false), ["M\ta", "[\"x\"]"]);
        assert_eq!(paths(b"\"quoted\"\0M\ta\0", true), ["\"quoted\"", "M\ta"]);
        for list in
            ["[\"a.html\",\"b.html\"]\n", "[\n  \"a.html\"\n]\n", "{\"files\":[\"a\"]}", "[]", "[{\"path\": \"a\"}]"]
        {
            assert_eq!(named(list.as_bytes(), false), Err(NamedError::Json), "{list}");
        }
        assert_eq!(paths(b"[1]\n[slug]/x\n", false), ["[1]", "[slug]/x"]);
        for (list, what) in [
            ("\"a\\u00e9\"\n", EntryFault::Quoted),
            ("\"a\n", EntryFault::Quoted),
            ("\"\"\n", EntryFault::Empty),
            ("\"/etc/\\303\\251\"\n", EntryFault::Absolute),
            ("\"a/../\\303\\251\"\n", EntryFault::Dots),
            ("\"a\\000\"\n", EntryFault::Nul),
            ("M\ta.html\nA\tb.html\n", EntryFault::Columns),
            ("a.html b.html\n", EntryFault::Several),
            ("M a.html\n?? b.html\n", EntryFault::Columns),
            ("- a.html\n- b.html\n", EntryFault::Bullet),
            ("{\"a.html\":\n", EntryFault::Json),
        ] {
            let error = named(list.as_bytes(), false).unwrap_err();
            assert!(matches!(error, NamedError::Entry { number: 1, what: is, .. } if is == what), "{list}: {error}");
        }
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
