//! What is remembered between runs of a directory's files, so that those that did not change are not read again.
//!
//! A file whose size, times, inode and mode are those that are remembered has the id that is remembered, for only such are
//! whose next change is bound to show ([`stamp`]). Everything else is read. The cache itself is never a reason to fail: where it is
//! missing, damaged or another's, every file is read, and a note says so. Who reads them is left to [`super::directory`].

mod format;
mod stamp;

use std::fs;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use self::format::{Entry, Fault, Subject};
use self::stamp::Clocks;
pub(super) use self::stamp::Stamp;
use crate::display::shown;
use crate::snapshot::hash::{Hash, Id};
use crate::snapshot::replacement::Replacement;

/// A directory's cache.
pub(super) struct StatCache {
    path: PathBuf,
    subject: Subject,
    /// Sorted by path.
    entries: Vec<Entry>,
    /// Nothing is written: the file there is not ours to replace, or it is no place for a cache.
    is_unused: bool,
    notes: Vec<String>,
}

/// A cache that is being written anew.
pub(super) struct Renewal {
    replacement: Replacement,
    clocks: Clocks,
}

impl StatCache {
    /// Reads what is remembered of a directory that is hashed in this way.
    pub(super) fn open(path: &Path, root: &Path, hash: Hash) -> StatCache {
        let root = match fs::canonicalize(root) {
            Ok(root) => root,
            Err(error) => return StatCache::none(path, hash, &format!("cannot be used: {error}")),
        };
        if is_inside(path, &root) {
            return StatCache::none(path, hash, "lies among the files of the site, and is not used");
        }
        let root = root.as_os_str().as_encoded_bytes().into();
        let mut cache = StatCache {
            path: path.to_owned(),
            subject: Subject { hash, root },
            entries: Vec::new(),
            is_unused: false,
            notes: Vec::new(),
        };
        let read = match content(path) {
            Ok(Some(content)) => format::read(&content, &cache.subject),
            Ok(None) => Err(Fault::Foreign),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return cache,
            Err(error) => return StatCache::none(path, hash, &format!("cannot be read: {error}")),
        };
        match read {
            Ok(entries) => cache.entries = entries,
            Err(Fault::Useless(why)) => cache.note(&why),
            Err(Fault::Foreign) => {
                return StatCache::none(path, hash, "is no cache, and is left as it is");
            }
        }
        cache
    }

    /// One that knows nothing and is not written.
    fn none(path: &Path, hash: Hash, why: &str) -> StatCache {
        let subject = Subject { hash, root: Box::default() };
        let mut cache =
            StatCache { path: path.to_owned(), subject, entries: Vec::new(), is_unused: true, notes: Vec::new() };
        cache.note(why);
        cache
    }

    fn note(&mut self, what: &str) {
        self.notes.push(format!("the cache {} {what}", shown(self.path.as_os_str().as_encoded_bytes())));
    }

    /// The ids that are known of these files, which are sorted by path; in the same order.
    pub(super) fn known<'f>(&self, files: impl Iterator<Item = (&'f [u8], Option<&'f Stamp>)>) -> Vec<Option<Id>> {
        let mut entries = self.entries.iter().peekable();
        let known = |(path, stamp): (&[u8], Option<&Stamp>)| {
            while entries.next_if(|entry| *entry.path < *path).is_some() {}
            let entry = entries.peek().filter(|entry| *entry.path == *path && Some(&entry.stamp) == stamp);
            entry.map(|entry| entry.id)
        };
        files.map(known).collect()
    }

    /// Begins to write it anew, before any of these files is read.
    pub(super) fn renew<'f>(&mut self, files: impl Iterator<Item = &'f Stamp>) -> Option<Renewal> {
        if self.is_unused {
            return None;
        }
        let begun = Replacement::of(&self.path).and_then(|mut replacement| {
            let made = Stamp::of(&replacement.file().metadata()?);
            Ok(made.map(|made| Renewal { replacement, clocks: Clocks::at(&made, files) }))
        });
        begun.unwrap_or_else(|error| {
            self.note(&format!("cannot be written: {error}"));
            None
        })
    }

    /// Writes it: of these files, sorted by path, those that were known or whose next change is bound to show. Gives all there is to
    /// say about the cache.
    pub(super) fn save<'f>(
        mut self,
        renewal: Option<Renewal>,
        files: impl Iterator<Item = (&'f [u8], &'f Stamp, Id, bool)>,
    ) -> Vec<String> {
        if let Some(Renewal { mut replacement, clocks }) = renewal {
            let lasting = files.filter(|(_, stamp, _, is_known)| *is_known || clocks.have_passed(stamp));
            let entries: Vec<Entry> =
                lasting.map(|(path, stamp, id, _)| Entry { path: path.into(), stamp: *stamp, id }).collect();
            if entries != self.entries {
                let mut out = BufWriter::new(replacement.file());
                let written = format::write(&self.subject, &entries, &mut out).and_then(|()| out.flush());
                drop(out);
                if let Err(error) = written.and_then(|()| replacement.take_place()) {
                    self.note(&format!("cannot be written: {error}"));
                }
            }
        }
        self.notes
    }
}

/// What is in a file; `None` for what is no file, and may never end.
fn content(path: &Path) -> io::Result<Option<Vec<u8>>> {
    if fs::metadata(path)?.is_file() { fs::read(path).map(Some) } else { Ok(None) }
}

/// True when a file of this name would be one of the site. `.git` is not of it.
fn is_inside(path: &Path, root: &Path) -> bool {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // A directory that is not there holds nothing.
    let Ok(directory) = fs::canonicalize(directory) else { return false };
    directory.strip_prefix(root).is_ok_and(|below| !below.iter().any(|name| name == ".git"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a new file says of itself.
    fn made(path: &Path) -> Stamp {
        fs::write(path, "1").unwrap();
        Stamp::of(&fs::metadata(path).unwrap()).unwrap()
    }

    #[test]
    fn a_file_of_the_tick_in_which_it_was_hashed_is_not_remembered() {
        let place = tempfile::TempDir::new().unwrap();
        let (path, root) = (place.path().join("cache"), &place.path().join("public"));
        fs::create_dir(root).unwrap();
        let stamp = made(&root.join("a"));
        let known = |clock: &Stamp| {
            let clocks = Clocks::at(clock, std::iter::once(&stamp));
            let renewal = Renewal { replacement: Replacement::of(&path).unwrap(), clocks };
            let files = [(&b"a"[..], &stamp, Hash::Sha1.of("blob", b"1"), false)];
            assert_eq!(StatCache::open(&path, root, Hash::Sha1).save(Some(renewal), files.into_iter()), [""; 0]);
            StatCache::open(&path, root, Hash::Sha1).known(std::iter::once((&b"a"[..], Some(&stamp))))
        };
        assert!(known(&stamp) == [None]);
        let mut later = std::iter::repeat_with(|| made(&place.path().join("later")));
        let later = later.find(|later| Clocks::at(later, std::iter::empty()).have_passed(&stamp));
        assert!(known(&later.unwrap()) == [Some(Hash::Sha1.of("blob", b"1"))]);
    }
}
