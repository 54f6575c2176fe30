//! `.gitattributes` that changed: files whose content is the same, and that are deployed in another way.
//!
//! A checkout ends lines as `eol` says, an archive leaves out what `export-ignore` names, a filter makes something else of a file. Those
//! of which a new version says something else count as modified. The lines themselves are left to [`super::attribute_rules`].

use std::collections::HashSet;

use super::attribute_rules::{AttributeRule, Values, rules};
use super::change::{Change, Changes, Status};
use super::error::ChangesError;
use super::walk::Walk;
use crate::config::Symlinks;
use crate::snapshot::{Content, EntryKind, Snapshot};

const NAME: &[u8] = b".gitattributes";

/// Bytes of such a file that are read.
const LARGEST: usize = 1 << 20;

/// The rules of one directory.
#[derive(PartialEq)]
struct Directory {
    /// Its path from the top of the repository, with a slash at its end; empty for the top.
    path: Vec<u8>,
    rules: Vec<AttributeRule>,
}

/// Adds the files that are deployed in another way.
pub(super) fn read<'s>(
    from: &'s Snapshot<'s>,
    to: &'s Snapshot<'s>,
    symlinks: Symlinks,
    changes: &mut Changes,
) -> Result<(), ChangesError> {
    if !from.is_revision() || !to.is_revision() {
        return Ok(());
    }
    let is_it = |path: &[u8]| path.rsplit(|b| *b == b'/').next() == Some(NAME);
    let (old, new) = (directories_above(from)?, directories_above(to)?);
    if old == new && !changes.paths.iter().any(|change| is_it(&change.path)) {
        return Ok(());
    }
    let (before, there) = (listed(from, Symlinks::Ignore)?, listed(to, Symlinks::Ignore)?);
    let output = [from, to].map(path_of).into_iter().max_by_key(Vec::len).unwrap_or_default();
    let old = with_inner(old, &output, from, before.iter().filter(|path| is_it(path)))?;
    let new = with_inner(new, &output, to, there.iter().filter(|path| is_it(path)))?;
    if old == new {
        return Ok(());
    }
    let mut other: Vec<Box<[u8]>> =
        there.iter().filter(|path| differ(&[&output, &***path].concat(), &old, &new)).cloned().collect();
    if symlinks == Symlinks::Follow && !other.is_empty() {
        // A path through a link is that of the file it leads to.
        let mut ids = HashSet::new();
        for path in &other {
            ids.extend(to.file(path)?);
        }
        let real: HashSet<&[u8]> = there.iter().map(|path| &**path).collect();
        let mut linked = Vec::new();
        for path in listed(to, symlinks)?.into_iter().filter(|path| !real.contains(&**path)) {
            linked.extend(to.file(&path)?.filter(|id| ids.contains(id)).map(|_| path));
        }
        other.extend(linked);
    }
    count(other, changes);
    Ok(())
}

/// Takes paths for modified, unless they have changed anyway.
fn count(mut paths: Vec<Box<[u8]>>, changes: &mut Changes) {
    let known: HashSet<Box<[u8]>> = changes.paths.iter().map(|change| change.path.clone()).collect();
    paths.retain(|path| !known.contains(path));
    paths.sort_unstable();
    changes.held_back.retain(|path| paths.binary_search(path).is_err());
    let change = |path| Change { path, status: Status::Modified, leads_elsewhere: false };
    changes.paths.extend(paths.iter().cloned().map(change));
    changes.paths.sort_by(|a, b| a.path.cmp(&b.path).then(a.status.cmp(&b.status)));
    changes.by_attributes = paths;
}

fn listed<'s>(snapshot: &'s Snapshot<'s>, symlinks: Symlinks) -> Result<Vec<Box<[u8]>>, ChangesError> {
    let all = Walk::new(snapshot, snapshot, symlinks).run(None, snapshot.root())?;
    Ok(all.paths.into_iter().map(|change| change.path).collect())
}

/// Returns the rules of the directories above the web root, the top first.
fn directories_above(snapshot: &Snapshot<'_>) -> Result<Vec<Directory>, ChangesError> {
    let mut all = Vec::new();
    for (level, (id, _)) in snapshot.above().iter().enumerate() {
        let tree = snapshot.tree(id)?;
        let entry = tree.find(NAME).map_err(|e| snapshot.malformed(id, e))?;
        let Some(entry) = entry.filter(|entry| entry.kind == EntryKind::File) else { continue };
        let rules = snapshot
            .blob(entry.id, LARGEST)
            .map_or_else(|| vec![AttributeRule::unread(&format!("{:?}", entry.id))], |text| rules(&text));
        all.push(Directory { path: joined(&snapshot.above()[..level]), rules });
    }
    Ok(all)
}

/// Adds the rules of the web root and the directories in it, each behind the one that holds it.
fn with_inner<'p>(
    mut all: Vec<Directory>,
    output: &[u8],
    snapshot: &Snapshot<'_>,
    files: impl Iterator<Item = &'p Box<[u8]>>,
) -> Result<Vec<Directory>, ChangesError> {
    let mut inner = Vec::new();
    for path in files {
        let rules = match snapshot.content(path, LARGEST)? {
            Content::Bytes(text) => rules(&text),
            Content::Absent => continue,
            Content::NotHere => {
                let id = snapshot.file(path)?;
                vec![AttributeRule::unread(id.as_deref().unwrap_or_default())]
            }
        };
        inner.push(Directory { path: [output, &path[..path.len() - NAME.len()]].concat(), rules });
    }
    inner.sort_by_key(|directory| directory.path.len());
    all.extend(inner);
    Ok(all)
}

/// Returns the path of the web root, as far as the snapshot has it, with a slash at its end.
fn path_of(snapshot: &Snapshot<'_>) -> Vec<u8> {
    joined(snapshot.above())
}

/// Returns the path that the names of some directories make, with a slash at its end.
fn joined(above: &[(Vec<u8>, String)]) -> Vec<u8> {
    above.iter().flat_map(|(_, name)| [name.as_bytes(), b"/"].concat()).collect()
}

/// Returns true when two versions of the rules say different things of how a path is deployed.
fn differ(path: &[u8], old: &[Directory], new: &[Directory]) -> bool {
    // An archive leaves out whole directories.
    let parents = || path.iter().enumerate().filter(|(_, b)| **b == b'/').map(|(at, _)| &path[..at]);
    let left_out = |parent: &[u8], rules: &[Directory]| of(parent, true, rules).remove("export-ignore");
    own(path, old) != own(path, new) || parents().any(|parent| left_out(parent, old) != left_out(parent, new))
}

/// Returns what rules say of a path that bears on the bytes that are deployed.
fn own(path: &[u8], directories: &[Directory]) -> Values {
    let mut own = of(path, false, directories);
    // Without conversion of lines, and without an end to convert them to, it does not matter whether a file is text.
    if own.get("text").is_some_and(|value| value == "false") {
        own.remove("eol");
    }
    if !own.contains_key("eol") {
        own.remove("text");
    }
    own
}

/// Returns all that rules say of a path.
fn of(path: &[u8], is_directory: bool, directories: &[Directory]) -> Values {
    let mut values = Values::new();
    for directory in directories {
        let Some(inside) = path.strip_prefix(&directory.path[..]).filter(|inside| !inside.is_empty()) else { continue };
        directory.rules.iter().for_each(|rule| rule.apply(inside, is_directory, &mut values));
    }
    values
}
