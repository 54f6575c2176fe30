//! `.gitattributes` that changed: files whose content is the same, and that are deployed in another way.
//!
//! A checkout ends lines as `eol` says, an archive leaves out what `export-ignore` names, a filter makes something else of a file. Those
//! of which a new version says something else count as modified. The attributes themselves are left to [`super::file_attributes`].

use std::collections::HashSet;

use super::attribute_rules::Values;
use super::change::{Change, Changes, Status};
use super::error::ChangesError;
use super::file_attributes::{Attributes, FileAttributes, NAME};
use super::walk::Walk;
use crate::config::Symlinks;
use crate::snapshot::Snapshot;

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
    let (old, new) = (FileAttributes::new(from)?, FileAttributes::new(to)?);
    if old.ids_above()? == new.ids_above()? && !changes.paths.iter().any(|change| is_it(&change.path)) {
        return Ok(());
    }
    let there = listed(to, Symlinks::Ignore)?;
    let mut other: Vec<Box<[u8]>> = Vec::new();
    for path in &there {
        if own(old.of(path)?) != own(new.of(path)?) || old.leave_out(path)? != new.leave_out(path)? {
            other.push(path.clone());
        }
    }
    if symlinks == Symlinks::Follow && !other.is_empty() {
        // A path through a link is that of the file it leads to.
        let meant: HashSet<&[u8]> = other.iter().map(|path| &**path).collect();
        let real: HashSet<&[u8]> = there.iter().map(|path| &**path).collect();
        let mut linked = Vec::new();
        for path in listed(to, symlinks)?.into_iter().filter(|path| !real.contains(&**path)) {
            linked.extend(to.located(&path)?.filter(|file| meant.contains(&file.path[..])).map(|_| path));
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
    if !paths.is_empty() {
        (changes.unchanged, changes.walked) = (None, None);
    }
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

/// Returns what attributes say of a file that bears on the bytes that are deployed.
fn own(attributes: Attributes) -> Values {
    let Attributes(mut own) = attributes;
    // Unset is as good as not specified, and so is a name where git wants a value, but for text.
    own.retain(|name, value| match name.as_str() {
        "text" | "crlf" => true,
        "filter" | "working-tree-encoding" => !matches!(value.as_str(), "true" | "false"),
        "eol" => matches!(value.as_str(), "lf" | "crlf"),
        _ => value != "false",
    });
    // Without conversion of lines, and without an end to convert them to, it does not matter whether a file is text.
    if own.get("text").is_some_and(|value| value == "false") {
        own.remove("eol");
    }
    if !own.contains_key("eol") {
        own.remove("text");
    }
    own
}
