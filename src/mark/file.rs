//! A mark that is a file: a manifest, replaced at once or not at all.
//!
//! A snapshot that was live without having been purged completely stands beside it, one manifest each. The lock is held while they are
//! read and written. A mark of another destination or of other base URLs, which is kept at the same path, stands beside it too.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::moment::{Candidate, Held, Mark, Moment, Next};
use super::record::IDENTITY_DIGITS;
use super::{MarkError, Record};
use crate::display::shown;
use crate::replacement::Replacement;
use crate::snapshot::{Snapshot, read_manifest_head, save_manifest};

/// The text behind the mark's name in that of an open one, before the first digits of its id.
const OPEN: &str = ".open-";

/// The text behind the mark's name in that of another destination or of other base URLs, before their digest.
const AT: &str = ".at-";

/// Digits of the id in a file's name.
const DIGITS: usize = 16;

/// The extension of a manifest that is compressed.
const GZIP: &str = ".gz";

/// The manifest of one site.
pub(super) struct FileStore {
    /// The record beside TO.
    pub(super) record: Record,
    /// As it is configured.
    configured: PathBuf,
    /// Where this site's mark is; known once it was read.
    path: PathBuf,
}

impl FileStore {
    pub(super) fn new(path: &Path, record: Record) -> FileStore {
        FileStore { record, configured: path.to_owned(), path: path.to_owned() }
    }

    pub(super) fn shown(&self) -> String {
        shown(self.path.as_os_str().as_encoded_bytes())
    }

    /// Returns when the file was written; `None` where the file system does not tell.
    pub(super) fn written(&self) -> Option<SystemTime> {
        std::fs::metadata(&self.path).and_then(|found| found.modified()).ok()
    }

    fn moment(&self, path: &Path) -> Result<Option<Moment>, MarkError> {
        // A link leads to what is no mark of this repository's, and would be replaced when the mark moves.
        if std::fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink()) {
            return Err(MarkError::Link { store: self.shown() });
        }
        let head = match read_manifest_head(path) {
            Ok(head) => head,
            Err(e) if e.is_not_found() => return Ok(None),
            Err(source) => return Err(MarkError::Manifest { store: self.shown(), source }),
        };
        let record = head.about.as_deref().map(Record::read).transpose();
        let record = record.map_err(|source| MarkError::Record { store: self.shown(), source })?;
        Ok(Some(Moment { record, ..moment(path, head.root, head.revision) }))
    }

    fn held(&self, path: &Path) -> Result<Held, MarkError> {
        let at = self.moment(path)?;
        let mut open = Vec::new();
        for path in self.open_files(path)? {
            open.extend(self.moment(&path)?);
        }
        Ok(Held { at, open })
    }

    /// Finds the mark of this site among those that are kept at the path, and reads it.
    pub(super) fn read(&mut self) -> Result<Mark, MarkError> {
        if !self.record.identity.is_whole() {
            return self.read_any();
        }
        let own = self.own();
        let held = self.held(&own)?;
        if !held.is_empty() {
            self.path = own;
            return Ok(held.mark());
        }
        let first = self.held(&self.configured)?;
        if !first.fits(&self.record.identity) {
            self.path = own;
            return Ok(first.beside(shown(self.configured.as_os_str().as_encoded_bytes())));
        }
        self.path.clone_from(&self.configured);
        Ok(first.mark())
    }

    /// Reads the mark where the destination is not known: the only one at the path that can be it, which then says what it is.
    fn read_any(&mut self) -> Result<Mark, MarkError> {
        let mut found = Vec::new();
        let mut is_taken = false;
        for path in [&[self.configured.clone()][..], &self.files_beside(&self.configured, is_another)?].concat() {
            let held = self.held(&path)?;
            let fits = held.fits(&self.record.identity);
            is_taken |= path == self.configured && !fits;
            if fits && !held.is_empty() {
                found.push((path, held));
            }
        }
        if found.len() > 1 {
            return Err(MarkError::Several { site: self.record.identity.site.clone(), marks: found.len() });
        }
        let Some((path, held)) = found.pop() else {
            self.path = if is_taken { self.own() } else { self.configured.clone() };
            return Ok(Mark::default());
        };
        self.path = path;
        if let Some(record) = held.record() {
            self.record.identity = record.identity.clone();
        }
        let mark = held.mark();
        Ok(Mark { is_taken_over: mark.is_taken_over && mark.at.as_ref().is_none_or(|at| at.record.is_none()), ..mark })
    }

    /// Returns every mark at the path that can be the site's, where its destination is not known.
    pub(super) fn candidates(&self) -> Result<Vec<Candidate>, MarkError> {
        let mut found = Vec::new();
        for path in [&[self.configured.clone()][..], &self.files_beside(&self.configured, is_another)?].concat() {
            let held = self.held(&path)?;
            if held.fits(&self.record.identity) && !held.is_empty() {
                found.push(held.candidate(shown(path.as_os_str().as_encoded_bytes()), &self.record.identity));
            }
        }
        Ok(found)
    }

    /// The same for who will put something else in its place: what cannot be read is nothing.
    pub(super) fn read_to_replace(&mut self) -> Result<Mark, MarkError> {
        match self.read() {
            Err(MarkError::Manifest { .. } | MarkError::Record { .. } | MarkError::Link { .. }) => {
                // Of two marks at one path it is the broken one.
                let is_own = self.held(&self.own()).is_err();
                self.path = if is_own { self.own() } else { self.configured.clone() };
                Ok(Mark::default())
            }
            read => read,
        }
    }

    /// Where the mark stands that is not the first at its path.
    fn own(&self) -> PathBuf {
        with_ending(&self.configured, &format!("{AT}{}", self.record.identity.digest()))
    }

    /// The files of what is open beside a mark, sorted.
    fn open_files(&self, mark: &Path) -> Result<Vec<PathBuf>, MarkError> {
        self.files_beside(mark, is_open_of)
    }

    /// The files beside a mark whose names are like this, sorted.
    fn files_beside(&self, mark: &Path, is_like: fn(&OsStr, &OsStr) -> bool) -> Result<Vec<PathBuf>, MarkError> {
        let unreadable = |source| MarkError::Directory { store: self.shown(), source };
        let directory = mark.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let entries = match std::fs::read_dir(directory) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(unreadable(e)),
        };
        let name = mark.file_name().unwrap_or_default();
        let mut files = Vec::new();
        for entry in entries {
            let entry = entry.map_err(unreadable)?;
            if is_like(&entry.file_name(), name) {
                files.push(entry.path());
            }
        }
        files.sort_unstable();
        Ok(files)
    }

    /// A snapshot as it stands beside the mark while it is open.
    pub(super) fn beside(&self, to: &Snapshot<'_>, is_purged: bool) -> Moment {
        let id = to.tree_id();
        let path = self.open_file(&id);
        let record = Some(Record { purged: is_purged, ..self.record.clone() });
        Moment { record, ..moment(&path, id, to.is_revision().then(|| to.name().id.clone())) }
    }

    /// Where a snapshot stands while it is open.
    fn open_file(&self, id: &str) -> PathBuf {
        with_ending(&self.path, &format!("{OPEN}{}", id.get(..DIGITS).unwrap_or(id)))
    }

    fn save(&self, snapshot: &Snapshot<'_>, path: &Path, record: Option<&Record>) -> Result<(), MarkError> {
        let text = record.map(Record::text).transpose();
        let text = text.map_err(|source| MarkError::Record { store: self.shown(), source })?;
        let saved = save_manifest(snapshot, path, text.as_deref());
        saved.map(drop).map_err(|e| MarkError::of_write(&self.shown(), e))
    }

    /// Writes down that a snapshot is live.
    pub(super) fn open(&self, to: &Snapshot<'_>, moment: &Moment) -> Result<(), MarkError> {
        let path = self.open_file(&moment.id);
        if path.exists() {
            return Ok(());
        }
        self.save(to, &path, moment.record.as_ref())
    }

    /// Puts the mark where it is to be when all was accepted.
    pub(super) fn settle(&self, held: &Mark, to: &Snapshot<'_>, next: &Next) -> Result<(), MarkError> {
        let kept = next.kept.iter().filter_map(|i| held.open.get(*i));
        let mut left: Vec<PathBuf> = kept.map(|open| self.open_file(&open.id)).collect();
        if let Some(was) = held.at.as_ref().filter(|_| next.keeps_mark) {
            let path = self.open_file(&was.id);
            copied(&self.path, &path).map_err(|source| MarkError::FileNotMoved { store: self.shown(), source })?;
            left.push(path);
        }
        if next.stays {
            let moment = self.beside(to, true);
            let path = self.open_file(&moment.id);
            self.save(to, &path, moment.record.as_ref())?;
            left.push(path);
        } else {
            let revision = to.is_revision().then(|| to.name().id.clone());
            let is_there = held.at.as_ref().is_some_and(|at| {
                at.id == to.tree_id() && at.revision == revision && at.record.as_ref() == Some(&self.record)
            });
            if !is_there {
                self.save(to, &self.path, Some(&self.record))?;
            }
        }
        let open = self.open_files(&self.path)?;
        open.iter().filter(|path| !left.contains(path)).try_for_each(|path| self.gone(path))
    }

    /// Takes the mark away, whatever it holds.
    pub(super) fn clear(&self) -> Result<(), MarkError> {
        self.gone(&self.path)?;
        self.open_files(&self.path)?.iter().try_for_each(|path| self.gone(path))
    }

    fn gone(&self, path: &Path) -> Result<(), MarkError> {
        match std::fs::remove_file(path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => {
                Err(MarkError::FileNotMoved { store: self.shown(), source: e })
            }
            _ => Ok(()),
        }
    }
}

/// The moment that stands in a file.
fn moment(path: &Path, root: String, revision: Option<String>) -> Moment {
    let place = path.display().to_string();
    let (spec, object) = (format!("manifest:{place}"), root.clone());
    Moment { spec, id: root, revision, record: None, is_read: true, place, object }
}

/// Returns the name of what stands beside a mark: its own with this ending, compressed where the mark is.
fn with_ending(mark: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = mark.to_owned().into_os_string();
    name.push(ending);
    if mark.extension().is_some_and(|extension| extension == "gz") {
        name.push(GZIP);
    }
    name.into()
}

/// Returns true when a file is what is open of the mark of that name, and not another mark whose name begins alike.
fn is_open_of(file: &OsStr, mark: &OsStr) -> bool {
    has_digits(file, mark, OPEN, DIGITS)
}

/// Returns true when a file is the mark of another destination or of other base URLs that is kept at the path of that one.
fn is_another(file: &OsStr, mark: &OsStr) -> bool {
    has_digits(file, mark, AT, IDENTITY_DIGITS)
}

/// Returns true when a file's name is a mark's, this ending, and so many hex digits.
fn has_digits(file: &OsStr, mark: &OsStr, ending: &str, count: usize) -> bool {
    let rest = file.as_encoded_bytes().strip_prefix(mark.as_encoded_bytes());
    let digits = rest.and_then(|rest| rest.strip_prefix(ending.as_bytes()));
    let digits = digits.map(|digits| digits.strip_suffix(GZIP.as_bytes()).unwrap_or(digits));
    digits.is_some_and(|digits| digits.len() == count && digits.iter().all(u8::is_ascii_hexdigit))
}

/// Makes `copy` the same as `file`, whole or not at all.
fn copied(file: &Path, copy: &Path) -> io::Result<()> {
    match std::fs::hard_link(file, copy) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        // Not every file system has links.
        Err(_) => {
            let mut replacement = Replacement::begin(copy)?;
            io::copy(&mut File::open(file)?, replacement.file())?;
            replacement.take_place()
        }
        Ok(()) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_of_one_mark_is_never_another_mark() {
        for (file, want) in [
            ("www.open-0123456789abcdef", true),
            ("www.open-0123456789abcdef.gz", true),
            ("www.open-eu", false),
            ("www.open-eu.open-0123456789abcdef", false),
            ("www.open-0123456789abcdef.open-0123456789abcdef", false),
            ("www.open-0123456789abcdeg", false),
            ("www.open-", false),
            ("www", false),
            ("www2.open-0123456789abcdef", false),
            ("www.at-0123456789ab.open-0123456789abcdef", false),
        ] {
            assert_eq!(is_open_of(OsStr::new(file), OsStr::new("www")), want, "{file}");
        }
    }
}
