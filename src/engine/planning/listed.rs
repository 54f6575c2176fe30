//! A list of paths as the material of a site's plan: where its paths lie, as far as a repository is at hand.
//!
//! A list of git's begins at the repository's top, one of a deploy tool at the web root, and nothing in it says which. So its paths are
//! looked up in what is live and what was before. A path that is in neither is purged as it was named, and told.

use crate::changes::{Change, Changes, Named};
use crate::config::Site;
use crate::display::{counted, grouped, shown};
use crate::engine::error::Error;
use crate::engine::ground::Ground;
use crate::mapping;
use crate::plan::Basis;
use crate::snapshot::{Repository, Snapshot};

use super::maker::{Known, Material, What};

/// Paths that are named one by one.
const NAMED: usize = 5;

/// The revisions that paths are looked up in: what is live, and what was before it.
const REVISIONS: [&str; 2] = ["HEAD", "HEAD~1"];

/// Returns the material of a list of paths.
///
/// # Errors
/// When a tree of what is live cannot be read.
pub(super) fn material(ground: &Ground<'_>, site: &Site, source: &str, named: &Named) -> Result<Material, Error> {
    let mut notes = Vec::new();
    if named.directories > 0 {
        let directories = if named.directories == 1 {
            "1 directory".to_owned()
        } else {
            format!("{} directories", grouped(named.directories))
        };
        notes.push(format!("{directories} in the list passed over: the files in them are listed themselves"));
    }
    // Without a repository the list is all that there is.
    let changes = match Repository::open(ground.directory) {
        Ok(repository) => {
            let trees = Trees::open(&repository, site);
            let located = Located::find(&trees, &named.changes);
            notes.extend(located.notes(site));
            // Whether a directory lists its entries, only what is live tells.
            match (trees.revisions.first(), mapping::listing_index_names(site)) {
                (Some(live), Some(index)) => located.changes.listing_in(live, site.symlinks, &index)?,
                _ => located.changes,
            }
        }
        Err(_) => named.changes.clone(),
    };
    let basis = Basis::Paths { source: source.to_owned(), count: changes.paths.len() };
    Ok(Material { what: What::Changes(Box::new(Known { basis, changes, files: None, base_urls: None })), notes })
}

/// The trees that are known of a site, as far as they can be read.
struct Trees<'r> {
    repository: &'r Repository,
    /// With a slash behind it; empty for the whole tree.
    output: String,
    revisions: Vec<Snapshot<'r>>,
}

impl<'r> Trees<'r> {
    fn open(repository: &'r Repository, site: &Site) -> Trees<'r> {
        let output = match site.output.as_str() {
            "" => String::new(),
            output => format!("{output}/"),
        };
        // A repository without a commit has none, a shallow one has one.
        let read = REVISIONS.iter().filter_map(|spec| repository.one(spec, &site.output).ok());
        let revisions = read.filter(|snapshot| snapshot.root().is_some()).collect();
        Trees { repository, output, revisions }
    }

    /// Returns true when one of them has this path below the web root. A tree that cannot be read has nothing.
    fn have(&self, path: &[u8]) -> bool {
        self.revisions.iter().any(|revision| revision.has(path).is_ok_and(|has| has))
            || self.repository.has_on_disk(&[self.output.as_bytes(), path].concat())
    }
}

/// The paths of a list, below the web root.
#[derive(Default)]
struct Located {
    changes: Changes,
    /// One that began with `output`, and how many did.
    moved: Option<(Box<[u8]>, usize)>,
    /// Those that are in no known tree.
    unknown: Vec<Box<[u8]>>,
}

impl Located {
    fn find(trees: &Trees<'_>, listed: &Changes) -> Located {
        let mut located = Located::default();
        let mut open = Vec::new();
        let mut all: Vec<Box<[u8]>> = Vec::with_capacity(listed.paths.len());
        for Change { path, .. } in &listed.paths {
            let below = path.strip_prefix(trees.output.as_bytes()).filter(|_| !trees.output.is_empty());
            let is_there = trees.have(path);
            all.extend(is_there.then(|| path.clone()));
            match below.map(|below| (below, trees.have(below))) {
                // Both are meant where the web root has a directory of its own name.
                Some((below, true)) => {
                    all.push(below.into());
                    located.moved.get_or_insert_with(|| (path.clone(), 0)).1 += 1;
                }
                _ if is_there => {}
                Some((below, false)) => open.push((path, below)),
                None => {
                    located.unknown.push(path.clone());
                    all.push(path.clone());
                }
            }
        }
        // A path that is gone is named like the others; where these do not tell, it is taken either way.
        for (path, below) in open {
            all.push(below.into());
            match &mut located.moved {
                Some((_, moved)) => *moved += 1,
                None => all.push(path.clone()),
            }
            located.unknown.push(path.clone());
        }
        all.sort_unstable();
        all.dedup();
        located.changes = Changes::all_modified(all);
        located
    }

    fn notes(&self, site: &Site) -> Vec<String> {
        let output = site.output.as_str();
        let moved = self.moved.as_ref().map(|(first, n)| {
            let (paths, begin) = (counted(*n, "path"), if *n == 1 { "begins" } else { "begin" });
            let below = shown(first.get(output.len() + 1..).unwrap_or_default());
            format!(
                "{paths} in the list {begin} with `output`, as git writes them: {} is {below} below the web root",
                shown(first)
            )
        });
        let unknown = (!self.unknown.is_empty()).then(|| {
            let (paths, are) =
                (counted(self.unknown.len(), "path"), if self.unknown.len() == 1 { "is" } else { "are" });
            let most = if self.unknown.len() == NAMED + 1 { NAMED + 1 } else { NAMED };
            let mut named: Vec<String> = self.unknown.iter().take(most).map(|path| shown(path)).collect();
            if self.unknown.len() > most {
                named.push(format!("and {} more", grouped(self.unknown.len() - most)));
            }
            let below = if output.is_empty() { String::new() } else { format!(" below {}", shown(output.as_bytes())) };
            format!(
                "{paths} in the list {are} in no tree that is known here (HEAD, HEAD~1, the working directory{below}): {}",
                named.join(", ")
            )
        });
        moved.into_iter().chain(unknown).collect()
    }
}
