//! The built directory of a site that is not committed: where it lies on this machine, and what to type for it.
//!
//! Such a site has its `output` on disk alone, and its mark in a file. A look at it (a check, an explanation) is a look at that
//! directory. A run that compares takes nothing but what is named: an old build that is still lying there is not what is live.

use std::fs;
use std::path::{Path, PathBuf};

use super::branch::default_to;
use crate::config::{MarkStore, Site};
use crate::engine::error::{Error, Uncommitted};
use crate::engine::ground::Ground;
use crate::setup::is_index;
use crate::snapshot::{Entry, Repository, Snapshot, Sources};

/// The prefix of a directory's name as a snapshot.
const DIRECTORY: &str = "dir:";

/// A directory that is built, and not committed.
struct Built {
    /// As it is typed: `dir:public`.
    spec: String,
    is_there: bool,
}

/// Returns what to type for a site whose web root is on disk, and not in the snapshot; nothing where no directory is known.
pub(super) fn uncommitted(ground: &Ground<'_>, site: &Site, in_git: &Snapshot<'_>) -> Option<Box<Uncommitted>> {
    if !in_git.is_revision() || site.branch.is_some() {
        return None;
    }
    let is_filed = is_filed(site);
    let built = built(ground, site, Some(in_git)).filter(|built| built.is_there || is_filed);
    let (spec, is_there) = match built {
        Some(built) => (built.spec, built.is_there),
        None if is_filed => (format!("{DIRECTORY}DIR"), true),
        None => return None,
    };
    // A command that takes no snapshot is followed by a purge.
    let takes_one = matches!(ground.command, "plan" | "purge" | "verify" | "mark set");
    let command = format!("diffpurge {} {spec}", if takes_one { ground.command } else { "purge" });
    Some(Box::new(Uncommitted { command, directory: spec[DIRECTORY.len()..].to_owned(), is_there, is_filed }))
}

/// Returns what names the site for who only looks at it: its usual TO, or the built directory of a site that is not committed.
pub(in crate::engine) fn looked_at(ground: &Ground<'_>, site: &Site, sources: &mut Sources) -> Result<String, Error> {
    Ok(match built_alone(ground, site, sources) {
        Some(directory) => directory,
        None => default_to(ground, site, sources)?,
    })
}

/// Returns what names the built directory of a site that is not committed, where that is on disk: `dir:public`.
pub(in crate::engine) fn built_alone(ground: &Ground<'_>, site: &Site, sources: &mut Sources) -> Option<String> {
    if site.branch.is_some() || !is_filed(site) {
        return None;
    }
    // Where nothing is committed, or there is no repository, the directory is all that there is.
    let source = default_to(ground, site, sources).and_then(|to| Ok(sources.ends(&[], &to)?.to)).ok();
    let in_git = source.as_ref().and_then(|source| source.snapshot(&site.output).ok());
    let has_it = in_git.as_ref().is_some_and(|in_git| in_git.root().is_some() && !site.output.as_str().is_empty());
    let built = built(ground, site, in_git.as_ref()).filter(|built| built.is_there && !has_it);
    built.map(|built| built.spec)
}

fn is_filed(site: &Site) -> bool {
    matches!(site.mark, MarkStore::File { .. })
}

/// Finds the built directory: the one that `output` names; where it names none, the only one on disk that has an index file and is
/// not committed.
fn built(ground: &Ground<'_>, site: &Site, in_git: Option<&Snapshot<'_>>) -> Option<Built> {
    let base = ground.directory.unwrap_or(Path::new(""));
    let spec = |path: &Path| format!("{DIRECTORY}{}", path.display());
    let output = site.output.as_str();
    if !output.is_empty() {
        let near = base.join(output);
        let at_top = || Some(Repository::open(ground.directory).ok()?.top().join(output)).filter(|path| path.is_dir());
        let path = if near.is_dir() { near } else { at_top().unwrap_or(near) };
        return Some(Built { spec: spec(&path), is_there: path.is_dir() });
    }
    let is_committed = |name: &str| in_git.is_some_and(|in_git| in_git.has(name.as_bytes()).unwrap_or(true));
    if site.is_output_named || is_committed_page(in_git) {
        return None;
    }
    let mut with_pages = with_pages_on_disk(base).into_iter().filter(|(name, _)| !is_committed(name));
    let (_, path) = with_pages.next()?;
    with_pages.next().is_none().then(|| Built { spec: spec(&path), is_there: true })
}

/// Returns true where the top of what is committed has an index file: then that is what is served.
fn is_committed_page(in_git: Option<&Snapshot<'_>>) -> bool {
    let tree = in_git.and_then(|in_git| in_git.tree(in_git.root()?).ok());
    let is_page = |entry: Entry<'_>| std::str::from_utf8(entry.name).is_ok_and(is_index);
    tree.is_some_and(|tree| tree.entries().flatten().any(is_page))
}

/// Returns the directories on disk that have an index file, by name.
fn with_pages_on_disk(base: &Path) -> Vec<(String, PathBuf)> {
    let place = if base.as_os_str().is_empty() { Path::new(".") } else { base };
    // It is for a hint, or a look: what cannot be read is named by nobody.
    let names = |directory: &Path| -> Vec<String> {
        let entries = fs::read_dir(directory).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
    };
    let is_candidate = |name: &String| !name.starts_with('.') && name != "node_modules";
    let mut found: Vec<(String, PathBuf)> = names(place)
        .into_iter()
        .filter(is_candidate)
        .filter(|name| names(&place.join(name)).iter().any(|file| is_index(file)))
        .map(|name| (name.clone(), base.join(name)))
        .collect();
    found.sort_unstable();
    found
}
