//! Deleted files whose cached copies are left alone.

use crate::changes::{Change, Changes, Status, is_immutable};
use crate::config::{Deleted, Site};

/// Returns true for a file that was deleted and is named by its content, where another has taken its place or a bundler owns its
/// directory: pages in open tabs may still ask for it.
pub(super) fn is_left_alone(change: &Change, changes: &Changes, site: &Site) -> bool {
    let is_kept = || is_immutable(&change.path) || changes.is_superseded(&change.path);
    change.status == Status::Deleted && site.deleted == Deleted::Superseded && is_kept()
}
