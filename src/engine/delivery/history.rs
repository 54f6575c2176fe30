//! The contents that a site's files had before TO, where nobody says what was live: the mark says, and the last commits on the way
//! to TO.

use std::rc::Rc;
use std::time::SystemTime;

use crate::changes;
use crate::engine::error::Error;
use crate::engine::ground::Ground;
use crate::engine::run::SiteRun;
use crate::proof::{Checkout, Older};
use crate::snapshot::{Ends, Snapshot, Source, Sources};

/// Commits that are looked at: months of most sites, and less than a second.
const COMMITS: usize = 64;

/// A site before TO.
pub(super) struct History {
    pub(super) older: Older,
    /// When what was live before was committed, where that is known: its files were made before that.
    pub(super) before: Option<SystemTime>,
}

impl History {
    /// Finds it: FROM; or the mark, what was live since, and the commits before TO.
    pub(super) fn of(ground: &Ground<'_>, one: &SiteRun, ends: &Ends, to: &Snapshot<'_>) -> Result<History, Error> {
        // In the place of a FROM that nobody named stands nothing, the mark behind it.
        if let Some(first) = ends.from.first().filter(|from| !from.is_nothing()) {
            let before = ends.from.iter().filter_map(|from| from.committed()).min();
            let before = if first.is_revision() { before } else { None };
            return Ok(History { older: Older { is_all: true, ..Older::default() }, before });
        }
        let mut older = Older { is_all: is_marked(one, ends, to)?, ..Older::default() };
        if !ends.to.is_revision() {
            return Ok(History { older, before: None });
        }
        let (site, mut sources) = (&one.site, Sources::new(ground.directory));
        let mut commits: Vec<Rc<Source>> = Vec::new();
        for n in 1..=COMMITS {
            // The first commit has none before it, and a shallow clone's is not here: then nothing older is known.
            let Ok(found) = sources.ends(&[], &format!("{}~{n}", ends.to.id())) else {
                older.is_all |= !sources.repository()?.is_shallow();
                break;
            };
            commits.push(found.to);
        }
        let mut after = None;
        for commit in &commits {
            let before = commit.snapshot(&site.output)?;
            let changes = changes::compare(&before, after.as_ref().unwrap_or(to), site.symlinks, &site.rules)?;
            let checkout = Checkout::of(&before)?;
            for change in changes.paths {
                let served = checkout.served(&change.path)?;
                older.of.entry(change.path).or_default().add(&served);
            }
            drop(checkout);
            after = Some(before);
        }
        Ok(History { older, before: None })
    }
}

/// True where the mark says what was live before: another site than TO's. At TO it was moved by the purge, and says nothing.
fn is_marked(one: &SiteRun, ends: &Ends, to: &Snapshot<'_>) -> Result<bool, Error> {
    let Some(at) = one.mark.as_ref().and_then(|mark| mark.held.at.as_ref()) else { return Ok(false) };
    // One that cannot be had is not among the ends.
    let Some(mark) = ends.from.iter().find(|from| at.is(&from.id())) else { return Ok(false) };
    Ok(mark.snapshot(&one.site.output)?.tree_id() != to.tree_id())
}
