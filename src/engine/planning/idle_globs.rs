//! Globs of a site that match no file, as a plan tells them.
//!
//! The files that changed are looked at first, which mostly is enough. Then the directories in which the globs can match are looked into,
//! as far as that takes no time to speak of. On a large site a plan says nothing of a glob that can match anywhere (`**/*.map`):
//! `diffpurge check` looks at all files.

use super::files::Files;
use crate::changes::{Changes, Extent};
use crate::config::{IdleGlob, Sighting, Site};
use crate::display::counted;
use crate::engine::error::Error;

/// Globs that are named one by one.
const NAMED: usize = 5;

/// Returns what a person should know of globs that match no file of either snapshot; `known` are all files where they are listed already.
pub(super) fn notes(
    site: &Site,
    changes: &Changes,
    known: Option<&[Box<[u8]>]>,
    files: &Files,
) -> Result<Vec<String>, Error> {
    let mut sighting = site.rules.sighting();
    sighting.see(changes.paths.iter().map(|change| &*change.path));
    // Where nothing changed, nothing is missing from the plan.
    if sighting.is_over() || changes.paths.is_empty() {
        return Ok(Vec::new());
    }
    let idle = match known {
        Some(paths) => among(sighting, site, paths),
        None => at_a_glimpse(sighting, site, changes, files)?,
    };
    let mut notes: Vec<String> =
        idle.iter().take(NAMED).map(|glob| format!("{}; {}", glob.text(), glob.advice())).collect();
    if idle.len() > NAMED {
        let more = idle.len() - NAMED;
        let match_none = if more == 1 { "matches" } else { "match" };
        notes.push(format!("{} {match_none} no file either", counted(more, "further glob")));
    }
    Ok(notes)
}

/// Looks at a list of all files.
fn among(mut sighting: Sighting<'_>, site: &Site, paths: &[Box<[u8]>]) -> Vec<IdleGlob> {
    sighting.see(paths.iter().map(|path| &**path));
    sighting.idle(&site.output, paths)
}

/// Looks into as many directories as take no time to speak of.
fn at_a_glimpse(
    mut sighting: Sighting<'_>,
    site: &Site,
    changes: &Changes,
    files: &Files,
) -> Result<Vec<IdleGlob>, Error> {
    if !all_shown(&mut sighting, changes, files)? {
        return Ok(Vec::new());
    }
    sighting.idle_by(&site.output, &mut |likely| {
        likely.see(changes.paths.iter().map(|change| &*change.path));
        all_shown(likely, changes, files).map(|_| ())
    })
}

/// Lets globs see what is there for them; true where that is all. Where it is too much, only those that begin with a name see all, and the
/// others are no longer asked for.
fn all_shown(sighting: &mut Sighting<'_>, changes: &Changes, files: &Files) -> Result<bool, Error> {
    let mut extent = files.show(sighting)?;
    if extent == Extent::WithoutLinks && !sighting.is_over() && files.are_few()? {
        sighting.see(files.list(changes)?.paths.iter().map(|path| &**path));
        return Ok(true);
    }
    if extent == Extent::Part && !sighting.is_over() {
        sighting.pass_over_open_ones();
        extent = files.show(sighting)?;
    }
    Ok(extent == Extent::Whole || sighting.is_over())
}
