//! The configuration files of hosts that changed, in the web root and above it, and what differs in each.
//!
//! Their content is read, and only theirs: its meaning is left to [`crate::hosting`]. A file that cannot be read bears on all that it
//! can bear on.

use super::apart::apart;
use super::change::{Change, Changes, EntryChange, Status};
use super::configuration;
use super::error::ChangesError;
use crate::config::{Scope, Symlinks};
use crate::hosting::{self, Difference};
use crate::snapshot::{Content, Entry, EntryKind, Snapshot, SnapshotError, Tree};

/// Bytes of a configuration file that are read; those of sites with ten thousand redirects stay below.
pub(super) const LARGEST: usize = 2 << 20;

/// A file of a directory above the web root: its name, kind and raw id.
pub(super) type Above = (Box<[u8]>, EntryKind, Box<[u8]>);

/// A configuration file that bears on the requests of others: its directory and its content.
type Beside = (Box<[u8]>, Vec<u8>);

/// Adds what differs in the configuration files that changed.
pub(super) fn read<'s>(
    from: &'s Snapshot<'s>,
    to: &'s Snapshot<'s>,
    symlinks: Symlinks,
    changes: &mut Changes,
) -> Result<(), ChangesError> {
    let mut entries = Vec::new();
    let mut beside = None;
    for change in &changes.paths {
        let Some(scope) = hosting::reach_of(&change.path) else { continue };
        changes.configuration.push(change.path.clone());
        if beside.is_none() && hosting::minds_others(&change.path) {
            beside = Some(all_like([from, to], symlinks, changes)?);
        }
        let differences = in_root(from, to, change, scope, beside.as_deref().unwrap_or_default())?;
        let entry = |difference| EntryChange { file: change.path.clone(), status: change.status, difference };
        entries.extend(differences.into_iter().map(entry));
    }
    match (from.is_revision(), to.is_revision()) {
        (true, true) => {
            above(from, to, &mut entries)?;
            code_above(from, to, &mut entries)?;
        }
        // Beside nothing, all of TO is new anyway.
        (true, false) => changes.uncompared = all_above(from)?,
        (false, true) if from.root().is_some() => changes.uncompared = all_above(to)?,
        (false, _) => {}
    }
    entries.sort_unstable();
    changes.entries = entries;
    Ok(())
}

/// Returns what differs in a configuration file of the web root.
fn in_root(
    from: &Snapshot<'_>,
    to: &Snapshot<'_>,
    change: &Change,
    scope: Scope,
    beside: &[Beside],
) -> Result<Vec<Difference>, SnapshotError> {
    let name_at = change.path.iter().rposition(|&b| b == b'/').map_or(0, |at| at + 1);
    let (directory, name) = change.path.split_at(if scope == Scope::Site { 0 } else { name_at });
    let all = || vec![Difference::of_all(scope, directory)];
    if change.leads_elsewhere {
        return Ok(all());
    }
    let (old, new) = (from.content(&change.path, LARGEST)?, to.content(&change.path, LARGEST)?);
    let texts = match (change.status, &old, &new) {
        (Status::Added, _, Content::Bytes(new)) => (None, Some(&new[..])),
        (Status::Deleted, Content::Bytes(old), _) => (Some(&old[..]), None),
        (Status::Modified, Content::Bytes(old), Content::Bytes(new)) => (Some(&old[..]), Some(&new[..])),
        _ => return Ok(all()),
    };
    Ok(hosting::differences(name, directory, texts, beside).unwrap_or_else(all))
}

/// Returns the directory and the content of every configuration file on whose requests others bear, in both snapshots.
fn all_like<'s>(
    [from, to]: [&'s Snapshot<'s>; 2],
    symlinks: Symlinks,
    changes: &Changes,
) -> Result<Vec<Beside>, ChangesError> {
    let after = configuration::files(to, symlinks, changes.noted.as_ref())?;
    // FROM has those that are the same in both, and those that are not.
    let otherwise = changes.paths.iter().filter(|change| change.status != Status::Added).map(|change| &change.path);
    let before = otherwise.chain(&changes.held_back).filter(|path| hosting::minds_others(path));
    let mut all = Vec::new();
    for (snapshot, path) in after.iter().map(|path| (to, path)).chain(before.map(|path| (from, path))) {
        let name_at = path.iter().rposition(|&b| b == b'/').map_or(0, |at| at + 1);
        // One that cannot be read has not changed, or bears on all that it can.
        if let Content::Bytes(text) = snapshot.content(path, LARGEST)? {
            all.push((path[..name_at].into(), text));
        }
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// Adds what differs in the directories above the web root, up to the top of the repository.
fn above<'s>(from: &'s Snapshot<'s>, to: &'s Snapshot<'s>, entries: &mut Vec<EntryChange>) -> Result<(), ChangesError> {
    let levels = from.above().len().max(to.above().len());
    for level in 0..levels {
        let tree = |snapshot: &'s Snapshot<'s>| snapshot.above().get(level).map(|(tree, _)| &tree[..]);
        let ids = [tree(from), tree(to)];
        if ids[0] == ids[1] {
            continue;
        }
        let (old, new) = files_apart((from, ids[0]), (to, ids[1]))?;
        let mut names: Vec<&[u8]> = old.iter().chain(&new).map(|(name, ..)| &**name).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let [one, two] = [&old, &new].map(|list| list.iter().find(|(known, ..)| **known == *name));
            let status = match (one, two) {
                (Some(one), Some(two)) if one == two => continue,
                (Some(_), Some(_)) => Status::Modified,
                (Some(_), None) => Status::Deleted,
                _ => Status::Added,
            };
            let file = [&b"../".repeat(levels - level)[..], name].concat().into_boxed_slice();
            let text = |snapshot: &Snapshot<'_>, side: Option<&Above>| match side {
                None => Some(None),
                Some((_, EntryKind::File, id)) => snapshot.blob(id, LARGEST).map(Some),
                Some(_) => None,
            };
            let read = text(from, one).zip(text(to, two));
            let found =
                read.and_then(|(old, new)| hosting::differences(name, b"", (old.as_deref(), new.as_deref()), &[]));
            let differences = found.unwrap_or_else(|| vec![Difference::of_all(Scope::Site, b"")]);
            let entry = |difference| EntryChange { file: file.clone(), status, difference };
            entries.extend(differences.into_iter().map(entry));
        }
    }
    Ok(())
}

/// Returns the configuration files of two trees at the same place above the web root, without those that both have alike.
fn files_apart(
    (from, one): (&Snapshot<'_>, Option<&[u8]>),
    (to, other): (&Snapshot<'_>, Option<&[u8]>),
) -> Result<(Vec<Above>, Vec<Above>), SnapshotError> {
    let old = one.map(|id| from.tree(id)).transpose()?;
    let new = other.map(|id| to.tree(id)).transpose()?;
    let (one, other) = (one.unwrap_or_default(), other.unwrap_or_default());
    let old = old.as_ref().map(Tree::bytes).unwrap_or_default();
    let new = new.as_ref().map(Tree::bytes).unwrap_or_default();
    let (old, new) = apart(old, new, one.len().max(other.len()));
    Ok((files_in(from, one, old)?, files_in(to, other, new)?))
}

/// Adds the directories of code above the web root that hosts run in front of its files.
fn code_above(from: &Snapshot<'_>, to: &Snapshot<'_>, entries: &mut Vec<EntryChange>) -> Result<(), SnapshotError> {
    let levels = from.above().len().max(to.above().len());
    for level in 0..levels {
        for (name, inner) in hosting::CODE {
            let id = |snapshot: &Snapshot<'_>| match snapshot.above().get(level) {
                // The directory that holds the web root is not one of them.
                Some((tree, down)) if down != name => below(snapshot, tree, &[name, inner]),
                _ => Ok(None),
            };
            let status = match (id(from)?, id(to)?) {
                (old, new) if old == new => continue,
                (Some(_), Some(_)) => Status::Modified,
                (Some(_), None) => Status::Deleted,
                (None, _) => Status::Added,
            };
            let inner = if inner.is_empty() { String::new() } else { format!("{inner}/") };
            let file = format!("{}{name}/{inner}", "../".repeat(levels - level)).into_bytes().into();
            entries.push(EntryChange { file, status, difference: Difference::of_all(Scope::Site, b"") });
        }
    }
    Ok(())
}

/// Returns the raw id of a directory below a tree, by the names that lead to it; an empty one leads nowhere.
fn below(snapshot: &Snapshot<'_>, tree: &[u8], names: &[&str]) -> Result<Option<Vec<u8>>, SnapshotError> {
    let mut here = tree.to_vec();
    for name in names.iter().filter(|name| !name.is_empty()) {
        match snapshot.entry(&here, name.as_bytes())? {
            Some((EntryKind::Tree, id)) => here = id.into(),
            _ => return Ok(None),
        }
    }
    Ok(Some(here))
}

/// Returns the paths of the configuration files above the web root, up to the top of the repository.
fn all_above(snapshot: &Snapshot<'_>) -> Result<Vec<Box<[u8]>>, SnapshotError> {
    let levels = snapshot.above().len();
    let mut all = Vec::new();
    for (level, (tree, _)) in snapshot.above().iter().enumerate() {
        let path = |(name, ..): Above| [&b"../".repeat(levels - level)[..], &name].concat().into_boxed_slice();
        all.extend(read_above(snapshot, tree)?.into_iter().map(path));
    }
    all.sort_unstable();
    Ok(all)
}

/// Returns the configuration files among the entries of a tree above the web root.
pub(super) fn read_above(snapshot: &Snapshot<'_>, tree: &[u8]) -> Result<Vec<Above>, SnapshotError> {
    files_in(snapshot, tree, snapshot.tree(tree)?.bytes())
}

/// Returns them among some entries of a tree, as they stand in it.
fn files_in(snapshot: &Snapshot<'_>, tree: &[u8], bytes: &[u8]) -> Result<Vec<Above>, SnapshotError> {
    let mut found = Vec::new();
    let mut rest = bytes;
    while let Some(entry) = Entry::first(rest, tree.len()).map_err(|e| snapshot.malformed(tree, e))? {
        rest = &rest[entry.raw.len()..];
        if entry.kind != EntryKind::Tree && hosting::is_read_above(entry.name) {
            found.push((entry.name.into(), entry.kind, entry.id.into()));
        }
    }
    Ok(found)
}
