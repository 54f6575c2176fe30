//! The contents that a site's files had before TO, where nobody says what was live: the last commits on the way to it say.

use std::rc::Rc;
use std::time::SystemTime;

use crate::changes;
use crate::engine::error::Error;
use crate::engine::ground::Ground;
use crate::engine::run::SiteRun;
use crate::proof::Older;
use crate::snapshot::{Ends, Snapshot, Source};

/// Commits that are looked at: months of most sites, and less than a second.
const COMMITS: usize = 64;

/// A site before TO.
pub(super) struct History {
    pub(super) older: Older,
    /// When what was live before was committed, where that is known: its files were made before that.
    pub(super) before: Option<SystemTime>,
}

impl History {
    /// Finds it: FROM, or the commits before TO.
    pub(super) fn of(ground: &Ground<'_>, one: &SiteRun, ends: &Ends, to: &Snapshot<'_>) -> Result<History, Error> {
        let known: Vec<&Rc<Source>> = ends.from.iter().filter(|from| !from.is_nothing()).collect();
        if let Some(first) = known.first() {
            let before = known.iter().filter_map(|from| from.committed()).min();
            let before = if first.is_revision() { before } else { None };
            return Ok(History { older: Older { is_all: true, ..Older::default() }, before });
        }
        let mut older = Older::default();
        if !ends.to.is_revision() {
            return Ok(History { older, before: None });
        }
        let (site, mut sources) = (&one.site, ground.sources());
        let mut commits: Vec<Rc<Source>> = Vec::new();
        for n in 1..=COMMITS {
            // The first commit has none before it, and a shallow clone's is not here: then nothing older is known.
            let Ok(found) = sources.ends(&[], &format!("{}~{n}", ends.to.id())) else {
                older.is_all = !sources.repository()?.is_shallow();
                break;
            };
            commits.push(found.to);
        }
        let mut after = None;
        for commit in &commits {
            let before = commit.snapshot(&site.output)?;
            let changes = changes::compare(&before, after.as_ref().unwrap_or(to), site.symlinks, &site.rules)?;
            for change in changes.paths {
                let id = before.file(&change.path)?;
                older.of.entry(change.path).or_default().extend(id);
            }
            after = Some(before);
        }
        Ok(History { older, before: None })
    }
}
