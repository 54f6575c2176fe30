//! The entries of hosts' configuration in TO that answer with other files of the site, whether they changed or not: when such a file
//! changes, so do the URLs of the entry.
//!
//! Their meaning is left to [`crate::hosting`], and which of them are about a changed file to [`crate::mapping`].

use std::collections::BTreeSet;

use super::change::{Changes, RewriteOf};
use super::configuration;
use super::descent::Descent;
use super::error::ChangesError;
use super::hosted::{LARGEST, read_above};
use crate::config::Symlinks;
use crate::hosting;
use crate::snapshot::{Content, EntryKind, Snapshot, SnapshotError};

/// Adds the entries of TO that answer with other files. Without a change none of them matters.
pub(super) fn read<'s>(
    from: &'s Snapshot<'s>,
    to: &'s Snapshot<'s>,
    symlinks: Symlinks,
    changes: &mut Changes,
) -> Result<(), ChangesError> {
    if changes.paths.is_empty() {
        return Ok(());
    }
    let mut found = Found::default();
    for path in in_root(to, symlinks, changes)? {
        let name_at = path.iter().rposition(|&b| b == b'/').map_or(0, |at| at + 1);
        let (directory, name) = path.split_at(name_at);
        match to.content(&path, LARGEST)? {
            Content::Bytes(text) => found.add(&path, name, directory, Some(&text)),
            Content::NotHere => found.add(&path, name, directory, None),
            Content::Absent => {}
        }
    }
    // Above a directory on disk nothing is known; the revision that it is compared with is the best guess.
    let revision = if to.is_revision() { to } else { from };
    above(revision, &mut found)?;
    found.rewrites.sort_unstable();
    found.rewrites.dedup();
    found.unread.sort_unstable();
    changes.rewrites = found.rewrites;
    changes.unread = found.unread;
    Ok(())
}

#[derive(Default)]
struct Found {
    rewrites: Vec<RewriteOf>,
    /// Files whose content is not here.
    unread: Vec<Box<[u8]>>,
}

impl Found {
    /// Adds what a file says, if its content is at hand.
    fn add(&mut self, file: &[u8], name: &[u8], directory: &[u8], text: Option<&[u8]>) {
        match text {
            Some(text) => {
                let of_file = |rewrite| RewriteOf { file: file.into(), rewrite };
                self.rewrites.extend(hosting::rewrites(name, directory, text).into_iter().map(of_file));
            }
            None if hosting::has_rewrites(name) => self.unread.push(file.into()),
            None => {}
        }
    }
}

/// Returns the paths of the configuration files of the web root that may hold such entries: those that lie in it, and of those that are
/// read in every directory all, as soon as one lies above a change.
fn in_root<'s>(
    to: &'s Snapshot<'s>,
    symlinks: Symlinks,
    changes: &Changes,
) -> Result<BTreeSet<Box<[u8]>>, ChangesError> {
    let mut found = BTreeSet::new();
    let Some(root) = to.root() else { return Ok(found) };
    let tree = to.tree(root)?;
    for entry in tree.entries() {
        let entry = entry.map_err(|e| to.malformed(root, e))?;
        if entry.kind != EntryKind::Tree && hosting::reach_of(entry.name).is_some() {
            found.insert(entry.name.into());
        }
    }
    if found.iter().any(|path| hosting::minds_others(path)) || lies_above(to, symlinks, changes)? {
        found.extend(configuration::files(to, symlinks, changes.noted.as_ref())?);
    }
    Ok(found)
}

/// Returns true when a file that is read in every directory lies in that of a change, or in one above it.
fn lies_above(to: &Snapshot<'_>, symlinks: Symlinks, changes: &Changes) -> Result<bool, ChangesError> {
    if let Some(walked) = &changes.walked {
        // That of the web root lies above every change, and was asked for before.
        let mut with_one = walked.with_configuration().filter(|path| !path.is_empty());
        return Ok(with_one.any(|path| changes.have_one_below(path)));
    }
    let mut asked: BTreeSet<&[u8]> = BTreeSet::new();
    for change in &changes.paths {
        let slashes = memchr::memchr_iter(b'/', &change.path).collect::<Vec<_>>();
        for slash in slashes.into_iter().rev() {
            // The directories above one that is known are known.
            if !asked.insert(&change.path[..slash]) {
                break;
            }
        }
    }
    let mut descent = Descent::into(to, symlinks);
    for directory in asked {
        if let Some((place, tree)) = descent.to(directory)? {
            for entry in tree.entries() {
                if hosting::minds_others(entry.map_err(|e| to.malformed(place.id(), e))?.name) {
                    return Ok(true);
                }
            }
        }
    }
    Ok(false)
}

/// Adds what the files above the web root say.
fn above(snapshot: &Snapshot<'_>, found: &mut Found) -> Result<(), SnapshotError> {
    let levels = snapshot.above().len();
    for (level, (tree, _)) in snapshot.above().iter().enumerate() {
        for (name, kind, id) in read_above(snapshot, tree)? {
            let file = [&b"../".repeat(levels - level)[..], &name].concat();
            let text = if kind == EntryKind::File { snapshot.blob(&id, LARGEST) } else { None };
            found.add(&file, &name, b"", text.as_deref());
        }
    }
    Ok(())
}
