//! The differences between two snapshots: paths added, modified, deleted, and directories that appeared or vanished.
//!
//! Of the configuration files of hosts the entries are compared, also where they lie above the web root.
//! Both trees are walked together over their raw bytes. Symbolic links are resolved: what is compared is what a visitor
//! meets, and a path below a link changes when its target does. There are no renames: a rename is a deletion and an
//! addition, and both URLs are stale. The meaning of a path for URLs is left to [`crate::mapping`].

mod answering;
mod apart;
mod attribute_rules;
mod attributes;
mod bounds;
mod c_quoted;
mod change;
mod configuration;
mod cursor;
mod descent;
mod error;
mod file_attributes;
mod fingerprint;
mod hosted;
mod links;
mod listing;
mod listings;
mod named;
mod namesakes;
mod noting;
mod odd_links;
mod outline;
mod passing;
mod real_directory;
mod rewrites;
mod scan;
mod side;
mod superseded;
mod tree_search;
mod unchanged;
mod unchanged_files;
mod unchanged_share;
mod union;
mod upward;
mod visit;
mod volatile;
mod walk;
mod walked;

use crate::config::{Rules, Symlinks};
use crate::snapshot::Snapshot;

use self::scan::Scan;
use self::volatile::Volatile;
use self::walk::Walk;

pub use self::change::{Change, Changes, DirectoryChange, EntryChange, Inventory, RewriteOf, Status};
pub use self::configuration::noted_in;
pub use self::error::ChangesError;
pub use self::file_attributes::{Attributes, FileAttributes};
pub use self::fingerprint::{has_content_hash, is_immutable};
pub use self::named::{EntryFault, Named, NamedError, named};
pub use self::namesakes::in_other_letters;
pub use self::noting::Noted;
pub use self::odd_links::OddLinks;
pub use self::outline::{Outline, OutlinedDirectory, directory_of};
pub use self::unchanged::Unchanged;
pub use self::unchanged_share::Share;
pub use self::visit::{Extent, Visitor, visit};
pub use self::walked::Walked;

/// Compares two snapshots; of the rules only what they call volatile counts, and what they ignore for which directories there are.
///
/// # Errors
/// When an object that is needed cannot be read, or there is no end to the directories. A part that cannot be read is
/// never taken for "nothing changed".
pub fn compare<'s>(
    from: &'s Snapshot<'s>,
    to: &'s Snapshot<'s>,
    symlinks: Symlinks,
    rules: &'s Rules,
) -> Result<Changes, ChangesError> {
    let walked = |scan: &Scan| {
        let walk = Walk::new(from, to, symlinks).holding_back(Volatile::between(from, to, rules)).ignoring(rules);
        walk.knowing(scan).run(from.root(), to.root())
    };
    let scan = if symlinks == Symlinks::Follow { Scan::remembering(from) } else { Scan::default() };
    let mut changes = walked(&scan)?;
    if let Some(scan) = scan.refuted(from)? {
        changes = walked(&scan)?;
    }
    changes = changes.superseding_in(to)?;
    attributes::read(from, to, symlinks, &mut changes)?;
    hosted::read(from, to, symlinks, &mut changes)?;
    rewrites::read(from, to, symlinks, &mut changes)?;
    Ok(changes)
}

/// Returns every file of a snapshot.
///
/// # Errors
/// As [`compare`].
pub fn inventory(snapshot: &Snapshot<'_>, symlinks: Symlinks) -> Result<Inventory, ChangesError> {
    let paths = Walk::new(snapshot, snapshot, symlinks).run(None, snapshot.root())?.paths;
    let opaque = paths.iter().filter(|change| change.leads_elsewhere).map(|change| change.path.clone()).collect();
    Ok(Inventory { paths: paths.into_iter().map(|change| change.path).collect(), opaque })
}

/// Returns every path of a snapshot, as an inventory has it.
///
/// # Errors
/// As [`compare`].
pub fn all_paths(snapshot: &Snapshot<'_>, symlinks: Symlinks) -> Result<Vec<Box<[u8]>>, ChangesError> {
    Ok(inventory(snapshot, symlinks)?.paths)
}
