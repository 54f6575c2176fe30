//! Many trees, read on all cores.
//!
//! No two threads share a handle of libgit2, so each opens the repository for itself. For a few trees that costs more than it saves. What
//! is looked for in them is left to [`crate::changes`].

use std::path::Path;
use std::thread;

use git2::Oid;

use super::objects::Objects;
use super::replaced::{Database, Replaced};
use super::{MalformedTree, Snapshot, SnapshotError, Tree};
use crate::two_threads::cores;

/// Trees for which a thread pays: below, its handle takes about as long as they do.
const FOR_A_THREAD: usize = 500;

impl Snapshot<'_> {
    /// Reads the trees with these raw ids and looks at each; the results stand in the order of the ids.
    ///
    /// # Errors
    /// When one of them cannot be read, or is malformed: of several the first.
    pub fn each_tree<R: Send>(
        &self,
        ids: &[Box<[u8]>],
        look: impl Fn(&Tree<'_>) -> Result<R, MalformedTree> + Sync,
    ) -> Result<Vec<R>, SnapshotError> {
        if let (Objects::Git(objects), true) = (&self.objects, ids.len() >= 2 * FOR_A_THREAD)
            && let Some(all) = on_all_cores(objects, ids, &look)
        {
            return Ok(all);
        }
        ids.iter().map(|id| look(&self.tree(id)?).map_err(|e| self.malformed(id, e))).collect()
    }
}

/// Does it on all cores; `None` where there is but one, or one of the threads failed. The handle of the caller then tells what is wrong: an
/// environment may have given it objects that another handle does not find.
fn on_all_cores<R: Send>(
    objects: &Database<'_>,
    ids: &[Box<[u8]>],
    look: &(impl Fn(&Tree<'_>) -> Result<R, MalformedTree> + Sync),
) -> Option<Vec<R>> {
    let threads = cores().min(ids.len() / FOR_A_THREAD);
    if threads < 2 {
        return None;
    }
    let (directory, replaced) = (objects.directory(), objects.replaced());
    let (own, others) = ids.split_at(ids.len() / threads);
    thread::scope(|scope| {
        let started = others.chunks(others.len().div_ceil(threads - 1));
        let started: Vec<_> =
            started.map(|ids| scope.spawn(move || with_own_handle(directory, replaced, ids, look))).collect();
        let mut all = read(objects, own, look)?;
        for thread in started {
            all.extend(thread.join().ok()??);
        }
        Some(all)
    })
}

fn with_own_handle<R>(
    directory: &Path,
    replaced: &Replaced,
    ids: &[Box<[u8]>],
    look: &impl Fn(&Tree<'_>) -> Result<R, MalformedTree>,
) -> Option<Vec<R>> {
    let repository = git2::Repository::open(directory).ok()?;
    let objects = Database::new(repository.odb().ok()?, replaced, directory);
    read(&objects, ids, look)
}

fn read<R>(
    objects: &Database<'_>,
    ids: &[Box<[u8]>],
    look: &impl Fn(&Tree<'_>) -> Result<R, MalformedTree>,
) -> Option<Vec<R>> {
    ids.iter().map(|id| look(&Tree::of(objects.read(Oid::from_bytes(id).ok()?).ok()?, id).ok()?).ok()).collect()
}
