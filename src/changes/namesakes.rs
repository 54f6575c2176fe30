//! Directories of TO that answer under the URLs of what changed, though they are others: their names differ by nothing but the case of
//! letters, or by how an `é` is composed.
//!
//! Only the names are compared. The URLs that a host answers with in any case are left to [`crate::mapping`].

use unicode_normalization::UnicodeNormalization as _;

use super::change::Changes;
use super::descent::Descent;
use crate::snapshot::{EntryKind, Snapshot, SnapshotError};

impl Changes {
    /// Returns true when TO has a directory beside one in which something changed, or beside a page that changed, with the same name in
    /// other letters.
    ///
    /// # Errors
    /// When a directory of TO cannot be read.
    pub fn have_namesakes(&self, to: &Snapshot<'_>, in_any_case: bool) -> Result<bool, SnapshotError> {
        let mut names = self.names_in_other_letters(in_any_case);
        names.sort_unstable();
        names.dedup();
        let mut descent = Descent::into(to);
        for beside in names.chunk_by(|(one, _), (other, _)| one == other) {
            let Some((id, tree)) = descent.to(beside[0].0)? else { continue };
            for entry in tree.entries() {
                let entry = entry.map_err(|e| to.malformed(id, e))?;
                let is_one = || beside.binary_search_by(|(_, name)| name.as_bytes().cmp(entry.name)).is_ok();
                if entry.kind == EntryKind::Tree && is_one() {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Returns the names of directories above what changed, and of pages without what follows a dot, as they are in other letters; each
    /// behind the path of the directory that it lies in.
    fn names_in_other_letters(&self, in_any_case: bool) -> Vec<(&[u8], String)> {
        let is_plain = |name: &[u8]| name.is_ascii() && !(in_any_case && name.iter().any(u8::is_ascii_uppercase));
        let mut names = Vec::new();
        let mut before: &[u8] = b"";
        for path in self.paths.iter().map(|change| &*change.path).filter(|path| !is_plain(path)) {
            // Those above were looked at with the path before, as far as it lies there too.
            let same = before.iter().zip(path).take_while(|(one, other)| one == other).count();
            let mut start = memchr::memrchr(b'/', &path[..same]).map_or(0, |slash| slash + 1);
            before = path;
            while let Some(length) = memchr::memchr(b'/', &path[start..]) {
                names.extend(
                    in_other_letters(&path[start..start + length], in_any_case)
                        .into_iter()
                        .map(|name| (&path[..start], name)),
                );
                start += length + 1;
            }
            let dots = memchr::memchr_iter(b'.', &path[start..]).map(|dot| &path[start..start + dot]);
            names.extend(dots.flat_map(|stem| in_other_letters(stem, in_any_case)).map(|name| (&path[..start], name)));
        }
        names
    }
}

/// Returns a name as it is in small letters, and composed in other ways.
fn in_other_letters(name: &[u8], in_any_case: bool) -> Vec<String> {
    let Ok(text) = std::str::from_utf8(name) else { return Vec::new() };
    let mut others = Vec::new();
    if !text.is_ascii() {
        others.extend([text.nfc().collect(), text.nfd().collect()]);
    }
    if in_any_case {
        others.extend(others.iter().map(|text: &String| text.to_lowercase()).collect::<Vec<_>>());
        others.push(text.to_lowercase());
    }
    others.retain(|other| other != text && !other.is_empty());
    others
}
