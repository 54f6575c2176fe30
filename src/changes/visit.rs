//! The files of a snapshot, one after the other, for who mostly need not see them all.
//!
//! Nothing is compared, and no link is followed: where there is one that could be, more files answer than are shown.

use std::ops::ControlFlow;

use crate::config::Symlinks;
use crate::snapshot::{EntryKind, Snapshot, SnapshotError};

/// Who looks at the files of a snapshot.
pub trait Visitor {
    /// Says whether a directory is to be looked into, or that the visitor has seen enough. The path ends in `/`; that of the web root is
    /// empty.
    fn enters(&mut self, directory: &[u8]) -> ControlFlow<(), bool>;

    /// Shows the path of a file or a submodule; breaks where the visitor has seen enough.
    fn sees(&mut self, file: &[u8]) -> ControlFlow<()>;
}

/// How much of a snapshot was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Every file of the directories that the visitor wanted to look into.
    Whole,
    /// The visitor had seen enough.
    Part,
    /// As the whole, but for what lies behind links.
    WithoutLinks,
}

/// Shows the files of a snapshot, in no order.
///
/// # Errors
/// When a tree cannot be read.
pub fn visit(snapshot: &Snapshot<'_>, symlinks: Symlinks, visitor: &mut impl Visitor) -> Result<Extent, SnapshotError> {
    let mut extent = Extent::Whole;
    let mut left: Vec<(Vec<u8>, Vec<u8>)> =
        snapshot.root().map(|root| (Vec::new(), root.to_vec())).into_iter().collect();
    while let Some((mut path, id)) = left.pop() {
        match visitor.enters(&path) {
            ControlFlow::Break(()) => return Ok(Extent::Part),
            ControlFlow::Continue(false) => continue,
            ControlFlow::Continue(true) => {}
        }
        let tree = snapshot.tree(&id)?;
        let length = path.len();
        for entry in tree.entries() {
            let entry = entry.map_err(|e| snapshot.malformed(&id, e))?;
            path.extend_from_slice(entry.name);
            match entry.kind {
                EntryKind::Tree => left.push(([&path[..], b"/"].concat(), entry.id.to_vec())),
                EntryKind::Link if symlinks == Symlinks::Follow => extent = Extent::WithoutLinks,
                EntryKind::Link => {}
                EntryKind::File | EntryKind::Gitlink => {
                    if visitor.sees(&path).is_break() {
                        return Ok(Extent::Part);
                    }
                }
            }
            path.truncate(length);
        }
    }
    Ok(extent)
}
