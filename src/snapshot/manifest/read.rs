//! Reads a manifest, and believes nothing of it.

use std::borrow::Cow;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use ring::digest::{SHA256, digest};

use super::{ABOUT, MAGIC, VERSION, WITH_ABOUT, escape};
use crate::display::shown;
use crate::input::{self, MIB};
use crate::snapshot::ManifestError;
use crate::snapshot::hash::{Hash, Id};
use crate::snapshot::objects::{Clash, File, Memory, Mode};

/// The first bytes of every file that gzip wrote (RFC 1952, section 2.3.1).
const GZIP: &[u8] = &[0x1f, 0x8b];

/// Bytes of a manifest that are read, as it lies on the disk and inflated: those of a site of ten million files. All are held at once.
const LARGEST: u64 = 1024 * MIB;

/// The head of a manifest: its word on the snapshot, without the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The id of the web root's tree.
    pub root: String,
    /// The revision, where it is of one.
    pub revision: Option<String>,
    /// The line about it, where there is one.
    pub about: Option<String>,
}

/// Reads the head of a manifest.
///
/// # Errors
/// When it is no whole manifest.
pub fn read_head(path: &Path) -> Result<Head, ManifestError> {
    whole(path).map(|(_, head)| head)
}

/// Reads the manifest in a file.
pub(in crate::snapshot) fn read(path: &Path) -> Result<Memory, ManifestError> {
    whole(path).map(|(memory, _)| memory)
}

fn whole(path: &Path) -> Result<(Memory, Head), ManifestError> {
    let unreadable = |source| ManifestError::Unreadable { path: path.to_owned(), source };
    let raw = input::read(path, LARGEST).map_err(unreadable)?;
    let text = if raw.starts_with(GZIP) {
        Cow::Owned(input::up_to(MultiGzDecoder::new(&raw[..]), LARGEST).map_err(unreadable)?)
    } else {
        Cow::Borrowed(&raw)
    };
    parsed(&text, path)
}

/// A manifest that is being read, line by line.
struct Reader<'t> {
    path: &'t Path,
    hash: Hash,
    files: Vec<File>,
    line: usize,
}

fn parsed(text: &[u8], path: &Path) -> Result<(Memory, Head), ManifestError> {
    let damaged = |what| ManifestError::Damaged { path: path.to_owned(), what };
    let mut lines = text.split_inclusive(|&byte| byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let FirstLine { hash, revision, has_about } = first_line(first, path)?;
    let mut reader = Reader { path, hash, files: Vec::new(), line: 1 };
    let mut before = first.len();
    let mut about = None;
    if has_about {
        let line = lines.next().unwrap_or_default();
        let said = line.strip_prefix(ABOUT.as_bytes()).and_then(|line| line.strip_suffix(b"\n"));
        about = Some(String::from_utf8_lossy(said.ok_or_else(|| damaged("its second line is missing"))?).into_owned());
        reader.line += 1;
        before += line.len();
    }
    let skipped = reader.line + 1;
    for line in lines {
        reader.line += 1;
        let Some(content) = line.strip_suffix(b"\n") else { return Err(damaged("its last line is cut off")) };
        if let Some(end) = content.strip_prefix(b"end ") {
            reader.end(end, &text[..before])?;
            if text.len() != before + line.len() {
                return Err(damaged("something stands behind its last line"));
            }
            let clash = |clash: Clash| ManifestError::Line {
                path: path.to_owned(),
                line: reader.files.partition_point(|file| file.path < clash.0) + skipped,
                what: format!("{} is a file, and a directory of others", shown(&clash.0)),
            };
            let memory = Memory::from_files(hash, &reader.files, None).map_err(clash)?;
            let head = Head { root: memory.root().to_string(), revision, about };
            return Ok((memory, head));
        }
        reader.file(content)?;
        before += line.len();
    }
    Err(damaged("its last line is missing"))
}

/// The content of the first line.
struct FirstLine {
    hash: Hash,
    revision: Option<String>,
    /// The second one is about the snapshot.
    has_about: bool,
}

/// Reads the first line.
fn first_line(line: &[u8], path: &Path) -> Result<FirstLine, ManifestError> {
    let foreign = |what: String| ManifestError::Foreign { path: path.to_owned(), what };
    let rest = line.strip_prefix(MAGIC.as_bytes()).and_then(|rest| rest.strip_suffix(b"\n"));
    let rest = rest.ok_or_else(|| foreign(format!("it does not begin with `{MAGIC}`")))?;
    let rest = String::from_utf8_lossy(rest);
    let words: Vec<&str> = rest.split(' ').collect();
    match words[..] {
        ["", version @ (VERSION | WITH_ABOUT), name, ref revision @ ..] if revision.len() < 2 => {
            let has_about = version == WITH_ABOUT;
            let hash = Hash::named(name).ok_or_else(|| foreign(format!("it hashes by {}", shown(name.as_bytes()))))?;
            match revision.first() {
                None => Ok(FirstLine { hash, revision: None, has_about }),
                Some(id) if Id::from_hex(id.as_bytes(), hash).is_some() => {
                    Ok(FirstLine { hash, revision: Some((*id).to_owned()), has_about })
                }
                Some(_) => Err(foreign("its first line does not end in the id of a revision".to_owned())),
            }
        }
        _ => Err(foreign(format!(
            "its version is{}, and this program knows {VERSION} and {WITH_ABOUT}",
            shown(rest.as_bytes())
        ))),
    }
}

impl Reader<'_> {
    fn wrong(&self, what: impl Into<String>) -> ManifestError {
        ManifestError::Line { path: self.path.to_owned(), line: self.line, what: what.into() }
    }

    /// Takes the line of one file: `MODE ID PATH`, and of a link a tab and its target.
    fn file(&mut self, line: &[u8]) -> Result<(), ManifestError> {
        let mut words = line.splitn(3, |&byte| byte == b' ');
        let mode = words.next().unwrap_or_default();
        let mode = Mode::ALL.into_iter().find(|known| known.text().as_bytes() == mode);
        let mode = mode.ok_or_else(|| self.wrong("it does not begin with a mode that git writes"))?;
        let id = words.next().and_then(|id| Id::from_hex(id, self.hash));
        let id = id.ok_or_else(|| self.wrong(format!("behind the mode stands no {} id", self.hash.name())))?;
        let rest = words.next().unwrap_or_default();
        let (name, target) = match (mode, rest.iter().position(|&byte| byte == b'\t')) {
            (Mode::Link, Some(tab)) => (&rest[..tab], Some(&rest[tab + 1..])),
            (Mode::Link, None) => return Err(self.wrong("a symbolic link lacks its target")),
            (_, _) => (rest, None),
        };
        let unescaped = |text: &[u8]| escape::bytes(text).map(Vec::into_boxed_slice);
        let garbled = || self.wrong("an escape is broken, or a byte stands there that has to be escaped");
        let path = unescaped(name).ok_or_else(garbled)?;
        let target = target.map(|target| unescaped(target).ok_or_else(garbled)).transpose()?;
        if let Some(what) = fault_of_path(&path) {
            return Err(self.wrong(format!("{} {what}", shown(&path))));
        }
        if self.files.last().is_some_and(|before| before.path >= path) {
            return Err(self.wrong(format!("{} does not sort behind the path before it", shown(&path))));
        }
        if target.as_ref().is_some_and(|target| self.hash.object_id("blob", target) != id) {
            return Err(self.wrong(format!("the id of {} is not that of its target", shown(&path))));
        }
        self.files.push(File { path, mode, id, target });
        Ok(())
    }

    /// Takes the last line: `COUNT sha256:DIGEST`, behind these bytes.
    fn end(&self, line: &[u8], before: &[u8]) -> Result<(), ManifestError> {
        let damaged = |what| ManifestError::Damaged { path: self.path.to_owned(), what };
        let want = super::write::end(self.files.len(), digest(&SHA256, before).as_ref());
        let want = want.strip_prefix("end ").unwrap_or_default().trim_end();
        let count = |line: &[u8]| line.split(|&byte| byte == b' ').next().unwrap_or_default().to_vec();
        match line {
            _ if line == want.as_bytes() => Ok(()),
            _ if count(line) != count(want.as_bytes()) => {
                Err(damaged("it holds another number of files than its last line says"))
            }
            _ => Err(damaged("its digest does not fit")),
        }
    }
}

/// Says why no file of a web root has this path.
fn fault_of_path(path: &[u8]) -> Option<&'static str> {
    if path.is_empty() {
        return Some("is no path");
    } else if path.starts_with(b"/") {
        return Some("is absolute, and paths are relative to the web root");
    } else if path.contains(&0) {
        return Some("holds a NUL");
    }
    path.split(|&byte| byte == b'/').find_map(|segment| match segment {
        b"" => Some("has an empty name in it"),
        b"." | b".." => Some("has `.` or `..` in it"),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";

    /// Returns a manifest of these lines, whole.
    fn manifest(lines: &[String]) -> Vec<u8> {
        let mut text = [&["diffpurge manifest 1 sha1".to_owned()], lines].concat().join("\n").into_bytes();
        text.push(b'\n');
        let end = super::super::write::end(lines.len(), digest(&SHA256, &text).as_ref());
        text.extend(end.into_bytes());
        text
    }

    fn error(text: &[u8]) -> String {
        parsed(text, Path::new("m")).err().map(|e| e.to_string()).unwrap_or_default()
    }

    #[test]
    fn each_fault_of_a_line_is_named_with_its_line() {
        let good = |path: &str| format!("100644 {ID} {path}");
        assert_eq!(error(&manifest(&[good("a"), good("b c")])), "");
        for (second, want) in [
            (good("/etc/x"), "m, line 3: /etc/x is absolute, and paths are relative to the web root"),
            (good("a/../b"), "m, line 3: a/../b has `.` or `..` in it"),
            (good("./b"), "m, line 3: ./b has `.` or `..` in it"),
            (good("b//c"), "m, line 3: b//c has an empty name in it"),
            (good("b/"), "m, line 3: b/ has an empty name in it"),
            (good(""), "m, line 3: \"\" is no path"),
            (good("b\\x00"), "m, line 3: \"b\\u{0}\" holds a NUL"),
            (good("a"), "m, line 3: a does not sort behind the path before it"),
            (good("A"), "m, line 3: A does not sort behind the path before it"),
            (good("b\\q"), "m, line 3: an escape is broken, or a byte stands there that has to be escaped"),
            (good("b\tx"), "m, line 3: an escape is broken, or a byte stands there that has to be escaped"),
            (good("b\r"), "m, line 3: an escape is broken, or a byte stands there that has to be escaped"),
            (good("a/b"), "m, line 2: a is a file, and a directory of others"),
            (format!("100664 {ID} b"), "m, line 3: it does not begin with a mode that git writes"),
            (format!("100644 {} b", &ID[1..]), "m, line 3: behind the mode stands no sha1 id"),
            (format!("100644 {} b", ID.to_uppercase()), "m, line 3: behind the mode stands no sha1 id"),
            (format!("100644 {ID}"), "m, line 3: \"\" is no path"),
            (format!("120000 {ID} b"), "m, line 3: a symbolic link lacks its target"),
            (format!("120000 {ID} b\tc"), "m, line 3: the id of b is not that of its target"),
            (String::new(), "m, line 3: it does not begin with a mode that git writes"),
        ] {
            assert_eq!(error(&manifest(&[good("a"), second])), want);
        }
    }

    #[test]
    fn a_manifest_that_is_cut_off_or_edited_anywhere_is_an_error() {
        let whole = manifest(&[format!("100644 {ID} a"), format!("120000 {ID} b\t"), format!("100755 {ID} c")]);
        assert_eq!(error(&whole), "");
        for cut in 0..whole.len() {
            assert_ne!(error(&whole[..cut]), "", "cut at {cut}");
        }
        for at in 0..whole.len() {
            let mut edited = whole.clone();
            edited[at] ^= 1;
            assert_ne!(error(&edited), "", "edited at {at}");
        }
        assert!(error(&[&whole[..], b"\n"].concat()).contains("something stands behind its last line"));
    }

    #[test]
    fn another_kind_of_file_and_another_version_are_told_apart() {
        let whole = String::from_utf8(manifest(&[])).unwrap();
        assert!(error(b"").contains("does not begin with `diffpurge manifest`"));
        assert!(error(b"<html>\n").contains("does not begin with `diffpurge manifest`"));
        assert!(error(whole.replace(" 1 ", " 3 ").as_bytes()).contains("and this program knows 1 and 2"));
        assert!(error(whole.replace("sha1", "md5").as_bytes()).contains("it hashes by md5"));
    }
}
