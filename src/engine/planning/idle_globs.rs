//! Globs of a site that match no file, as a plan tells them.
//!
//! The files that changed are looked at first, which mostly is enough; all files are listed only for a glob that none of these match.

use crate::changes::Changes;
use crate::config::Site;
use crate::display::counted;
use crate::engine::error::Error;

/// Globs that are named one by one.
const NAMED: usize = 5;

/// Returns what a person should know of globs that match no file of either snapshot; `known` are all files where they are listed already.
pub(super) fn notes(
    site: &Site,
    changes: &Changes,
    known: Option<&[Box<[u8]>]>,
    list: impl FnOnce() -> Result<Vec<Box<[u8]>>, Error>,
) -> Result<Vec<String>, Error> {
    let mut sighting = site.rules.sighting();
    sighting.see(changes.paths.iter().map(|change| &*change.path));
    // Where nothing changed, nothing is missing from the plan.
    if sighting.is_over() || changes.paths.is_empty() {
        return Ok(Vec::new());
    }
    let listed = if known.is_some() { None } else { Some(list()?) };
    let paths = known.or(listed.as_deref()).unwrap_or_default();
    sighting.see(paths.iter().map(|path| &**path));
    let idle = sighting.idle(&site.output, paths);
    let mut notes: Vec<String> =
        idle.iter().take(NAMED).map(|glob| format!("{}; {}", glob.text(), glob.advice())).collect();
    if idle.len() > NAMED {
        let more = idle.len() - NAMED;
        let match_none = if more == 1 { "matches" } else { "match" };
        notes.push(format!("{} {match_none} no file either", counted(more, "further glob")));
    }
    Ok(notes)
}
