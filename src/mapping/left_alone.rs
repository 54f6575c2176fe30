//! Deleted files whose cached copies are left alone.

use super::fingerprint::is_fingerprinted;
use crate::changes::{Change, Status};
use crate::config::{Deleted, Site};

/// Returns true for a file that was deleted, and is named by its content: pages in open tabs may still ask for it.
pub(super) fn is_left_alone(change: &Change, site: &Site) -> bool {
    change.status == Status::Deleted && site.deleted == Deleted::Unfingerprinted && is_fingerprinted(&change.path)
}
