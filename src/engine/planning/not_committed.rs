//! The note that what is checked out is not what was committed, which is what somebody who forgot to commit gets.
//!
//! It takes a look at each file on disk. So it is for a run that holds nothing otherwise, and git is asked once for all of its sites.

use std::rc::Rc;

use crate::config::{OutputDir, Site, SiteName};
use crate::display::shown;
use crate::engine::run::{Run, SiteRun};
use crate::plan::Basis;
use crate::snapshot::Source;

/// Adds the note to the plans of a run in which nothing changed.
pub(super) fn note(run: &mut Run) {
    if !run.sites.iter().all(changes_nothing) {
        return;
    }
    // What was compared stands with a site's outermost layer.
    let compared: Vec<(&Site, &Rc<Source>)> =
        run.sites.iter().filter_map(|one| Some((&one.site, &one.ends.as_ref()?.to))).collect();
    let mut notes: Vec<(SiteName, String)> = Vec::new();
    // Most runs have one TO for all of their sites.
    for same in compared.chunk_by(|(_, one), (_, other)| one.id() == other.id()) {
        notes.extend(of_one(same[0].1, same));
    }
    for one in &mut run.sites {
        let own = notes.iter().filter(|(site, _)| *site == one.site.name);
        one.plan.notes.extend(own.map(|(_, note)| note.clone()));
    }
}

/// Returns true for a comparison that found nothing.
fn changes_nothing(one: &SiteRun) -> bool {
    matches!(one.plan.basis, Basis::Snapshots { .. }) && one.plan.changes.paths.is_empty()
}

/// Returns the notes on sites with the same TO, each with its site's name.
fn of_one(to: &Source, sites: &[(&Site, &Rc<Source>)]) -> Vec<(SiteName, String)> {
    let outputs: Vec<&OutputDir> = sites.iter().map(|(site, _)| &site.output).collect();
    let differing = to.differing_on_disk(&outputs);
    let is_worth_it = |site: &Site, paths: &[Box<[u8]>]| {
        let mut matcher = site.rules.matcher();
        // Who tries a configuration out changes that file, and no page.
        paths.iter().any(|path| &**path != b"purge.toml" && !matcher.judge(path).ignored)
    };
    let found = sites.iter().zip(&differing).filter(|((site, _), paths)| is_worth_it(site, paths));
    found.map(|((site, _), _)| (site.name.clone(), text(&site.output))).collect()
}

fn text(output: &OutputDir) -> String {
    let what = match output.as_str() {
        "" => "the working tree".to_owned(),
        output => shown(output.as_bytes()),
    };
    format!("{what} has changes that are not committed, and no plan of a revision sees them")
}
