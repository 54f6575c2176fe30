//! The contents that a site's files had before TO, where nobody says what was live: the mark says, and the last commits on the way
//! to TO.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::time::SystemTime;

use crate::changes::{self, Changes};
use crate::config::Site;
use crate::engine::error::Error;
use crate::engine::ground::Ground;
use crate::engine::run::SiteRun;
use crate::proof::{Checkout, Older, Served};
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
    /// Finds it: FROM; or the mark, and what was live since. The commits before TO say more: a purge that failed long ago leaves a page
    /// that is older than FROM. Of FROM only the paths that changed are looked at.
    pub(super) fn of(
        ground: &Ground<'_>,
        one: &SiteRun,
        (ends, to): (&Ends, &Snapshot<'_>),
        changed: Option<&Changes>,
    ) -> Result<History, Error> {
        // In the place of a FROM that nobody named stands nothing, the mark behind it.
        let Some(first) = ends.from.first().filter(|from| !from.is_nothing()) else {
            let (of, is_whole) = commits(ground, one, (ends, to), |_| true)?;
            let is_all = is_whole || is_marked(one, ends, to)?;
            return Ok(History { older: Older { of, is_all }, before: None });
        };
        let paths: HashSet<&[u8]> = changed.iter().flat_map(|all| &all.paths).map(|change| &*change.path).collect();
        let (of, _) = commits(ground, one, (ends, to), |path| paths.contains(path))?;
        // Words are held against those of FROM alone.
        let of = of.into_iter().map(|(path, served)| (path, served.only_perhaps())).collect();
        let before = ends.from.iter().filter_map(|from| from.committed()).min();
        let before = if first.is_revision() { before } else { None };
        Ok(History { older: Older { of, is_all: true }, before })
    }
}

/// The contents that paths had.
type Contents = HashMap<Box<[u8]>, Served>;

/// Returns the contents that paths had in the last commits before TO, and whether these are all that there are.
fn commits(
    ground: &Ground<'_>,
    one: &SiteRun,
    (ends, to): (&Ends, &Snapshot<'_>),
    is_wanted: impl Fn(&[u8]) -> bool,
) -> Result<(Contents, bool), Error> {
    let (mut of, mut is_whole) = (Contents::new(), false);
    if !ends.to.is_revision() {
        return Ok((of, is_whole));
    }
    let (site, mut sources) = (&one.site, ground.sources());
    let mut commits: Vec<Rc<Source>> = Vec::new();
    for n in 1..=COMMITS {
        // The first commit has none before it, and a shallow clone's is not here: then nothing older is known.
        let Ok(found) = sources.ends(&[], &format!("{}~{n}", ends.to.id())) else {
            is_whole = !sources.repository()?.is_shallow();
            break;
        };
        commits.push(found.to);
    }
    let mut after = None;
    for commit in &commits {
        // A commit that cannot be read, as one in which `output` is no directory, ends what is known: nothing is older here.
        let Ok(before) = commit.snapshot(&site.output) else { return Ok((of, false)) };
        let Ok(found) = between(site, &before, after.as_ref().unwrap_or(to), &is_wanted) else {
            return Ok((of, false));
        };
        for (path, served) in found {
            of.entry(path).or_default().add(&served);
        }
        after = Some(before);
    }
    Ok((of, is_whole))
}

/// Returns the contents that paths had in one snapshot, and have no more in the next.
fn between(
    site: &Site,
    before: &Snapshot<'_>,
    after: &Snapshot<'_>,
    is_wanted: impl Fn(&[u8]) -> bool,
) -> Result<Contents, Error> {
    let changes = changes::compare(before, after, site.symlinks, &site.rules)?;
    let checkout = Checkout::of(before)?;
    let mut found = Contents::new();
    for change in changes.paths.into_iter().filter(|change| is_wanted(&change.path)) {
        let served = checkout.served(&change.path)?;
        found.entry(change.path).or_default().add(&served);
    }
    Ok(found)
}

/// True where the mark says what was live before: another site than TO's. At TO it was moved by the purge, and says nothing.
fn is_marked(one: &SiteRun, ends: &Ends, to: &Snapshot<'_>) -> Result<bool, Error> {
    let Some(at) = one.mark.as_ref().and_then(|mark| mark.held.at.as_ref()) else { return Ok(false) };
    // One that is not here is not among the ends.
    let Some(mark) = ends.from.iter().find(|from| at.is(&from.id())) else { return Ok(false) };
    Ok(mark.snapshot(&one.site.output)?.tree_id() != to.tree_id())
}
