//! A mark that is a file: a manifest, replaced at once or not at all.
//!
//! What was live without having been purged completely stands beside it, one manifest each. The lock is held while they are
//! read and written.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use super::{Mark, MarkError, Moment};
use crate::display::shown;
use crate::snapshot::{Snapshot, read_manifest_head, save_manifest};

/// What comes behind the mark's name in that of an open one, before the first digits of its id.
const OPEN: &str = ".open-";

/// Digits of the id in a file's name.
const DIGITS: usize = 16;

/// The manifest of one site.
pub(super) struct FileStore {
    pub(super) path: PathBuf,
}

impl FileStore {
    pub(super) fn shown(&self) -> String {
        shown(self.path.as_os_str().as_encoded_bytes())
    }

    fn moment(&self, path: &Path) -> Result<Option<Moment>, MarkError> {
        match read_manifest_head(path) {
            Ok((id, revision)) => Ok(Some(Moment { spec: format!("manifest:{}", path.display()), id, revision })),
            Err(e) if e.is_not_found() => Ok(None),
            Err(source) => Err(MarkError::Manifest { store: self.shown(), source }),
        }
    }

    pub(super) fn read(&self) -> Result<Mark, MarkError> {
        let at = self.moment(&self.path)?;
        let mut open = Vec::new();
        for path in self.open_files()? {
            open.extend(self.moment(&path)?);
        }
        Ok(Mark { at, open })
    }

    fn directory(&self) -> &Path {
        self.path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }

    /// The files of what is open, sorted.
    fn open_files(&self) -> Result<Vec<PathBuf>, MarkError> {
        let unreadable = |source| MarkError::Directory { store: self.shown(), source };
        let entries = match std::fs::read_dir(self.directory()) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(unreadable(e)),
        };
        let mut begin = self.path.file_name().unwrap_or_default().to_owned();
        begin.push(OPEN);
        let mut files = Vec::new();
        for entry in entries {
            let entry = entry.map_err(unreadable)?;
            if entry.file_name().as_encoded_bytes().starts_with(begin.as_encoded_bytes()) {
                files.push(entry.path());
            }
        }
        files.sort_unstable();
        Ok(files)
    }

    /// Where a snapshot stands while it is open.
    fn open_file(&self, id: &str) -> PathBuf {
        let mut name: OsString = self.path.clone().into_os_string();
        name.push(OPEN);
        name.push(id.get(..DIGITS).unwrap_or(id));
        if self.path.extension().is_some_and(|extension| extension == "gz") {
            name.push(".gz");
        }
        name.into()
    }

    /// Writes down that a snapshot is live.
    pub(super) fn open(&self, to: &Snapshot<'_>) -> Result<(), MarkError> {
        let path = self.open_file(&to.tree_id());
        if path.exists() {
            return Ok(());
        }
        save_manifest(to, &path).map(drop).map_err(|e| MarkError::of_write(&self.shown(), e))
    }

    /// Puts the mark at a snapshot; nothing is open then.
    pub(super) fn complete(&self, to: &Snapshot<'_>) -> Result<(), MarkError> {
        save_manifest(to, &self.path).map_err(|e| MarkError::of_write(&self.shown(), e))?;
        self.close()
    }

    /// Takes the mark away, whatever it holds.
    pub(super) fn clear(&self) -> Result<(), MarkError> {
        self.gone(&self.path)?;
        self.close()
    }

    fn close(&self) -> Result<(), MarkError> {
        self.open_files()?.iter().try_for_each(|path| self.gone(path))
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
