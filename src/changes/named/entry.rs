//! One entry of a list: the path that it is, or the fault of it.

use std::borrow::Cow;

use super::fault::EntryFault;
use super::foreign;
use crate::changes::c_quoted::decoded;

/// Returns an entry with git's separator. On Windows programs print backslashes, and no file has one in its name; a name in quotes
/// has them for what git escaped.
pub(super) fn in_git(entry: &[u8], is_windows: bool) -> Cow<'_, [u8]> {
    if !is_windows || entry.starts_with(b"\"") || !entry.contains(&b'\\') {
        return Cow::Borrowed(entry);
    }
    Cow::Owned(entry.iter().map(|&byte| if byte == b'\\' { b'/' } else { byte }).collect())
}

/// Returns the path of a file; `None` for a directory.
pub(super) fn path(entry: &[u8], nul: bool) -> Result<Option<Cow<'_, [u8]>>, EntryFault> {
    if entry.is_empty() {
        return Err(EntryFault::Empty);
    } else if entry.starts_with(b"/") {
        return Err(EntryFault::Absolute);
    } else if nul {
        return below_the_root(entry);
    } else if entry.contains(&0) {
        return Err(EntryFault::Nul);
    } else if entry.starts_with(b"deleting ") || entry.starts_with(b"*deleting ") {
        return Err(EntryFault::Deleting);
    } else if has_escape(entry) {
        return Err(EntryFault::Escaped);
    }
    // `./` says that a path follows, whatever it looks like.
    if entry.starts_with(b"./") {
        return below_the_root(entry);
    }
    if let Some(fault) = foreign::fault(entry) {
        return Err(fault);
    }
    if !entry.starts_with(b"\"") {
        return below_the_root(entry);
    }
    let name = decoded(entry).ok_or(EntryFault::Quoted)?;
    if name.contains(&0) {
        return Err(EntryFault::Nul);
    } else if name.is_empty() {
        return Err(EntryFault::Empty);
    } else if name.starts_with(b"/") {
        return Err(EntryFault::Absolute);
    }
    Ok(below_the_root(&name)?.map(|path| Cow::Owned(path.into_owned())))
}

/// Returns the path of a file below the web root; `None` for a directory.
fn below_the_root(entry: &[u8]) -> Result<Option<Cow<'_, [u8]>>, EntryFault> {
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
    Ok((path.len() == entry.len()).then_some(Cow::Borrowed(path)))
}

/// Returns true when `\#` and three octal digits are in it, as rsync writes a byte that it does not print; a name that really holds
/// these it escapes too.
fn has_escape(entry: &[u8]) -> bool {
    entry.windows(5).any(|five| five.starts_with(b"\\#") && five[2..].iter().all(|digit| (b'0'..=b'7').contains(digit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backslash_separates_names_on_windows_and_is_part_of_one_elsewhere() {
        for (entry, is_windows, want) in [
            ("blog\\a.html", true, "blog/a.html"),
            (".\\blog\\a.html", true, "./blog/a.html"),
            ("blog/a.html", true, "blog/a.html"),
            ("\"caf\\303\\251.html\"", true, "\"caf\\303\\251.html\""),
            ("blog\\a.html", false, "blog\\a.html"),
        ] {
            assert_eq!(in_git(entry.as_bytes(), is_windows), want.as_bytes(), "{entry}");
        }
    }
}
