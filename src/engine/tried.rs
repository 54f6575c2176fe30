//! What a purge of each site would say of it and its mark, for who looks before one runs. Nothing is written, not even a lock.

use std::collections::HashMap;

use super::error::{Error, PlanningError, Row};
use super::ground::Ground;
use super::planning::{Planning, Subject, another, built_alone, plan};
use super::run::MarkUse;
use super::run::mark::SiteMark;
use crate::config::Config;
use crate::snapshot::{Range, Sources};

/// What a purge of each site would say, by its name.
pub(super) type Tried = HashMap<String, Said>;

/// What a purge of one site would say.
pub(super) struct Said {
    /// That its mark and TO are hardly the same site.
    pub(super) refused: Option<Row>,
    /// That the last purge was of another.
    pub(super) another: Option<String>,
    /// That what it is compared with is a revision.
    pub(super) is_of_a_revision: bool,
}

impl Said {
    fn of(mark: Option<&SiteMark>, error: Option<Error>) -> Said {
        let refused = match error {
            Some(Error::Planning(PlanningError::HardlyTheSite(why))) => Some(why.row()),
            // Any other fault is the business of who plans.
            Some(_) | None => None,
        };
        let at = mark.and_then(|mark| mark.held.at.as_ref());
        let is_of_a_revision = at.is_some_and(|at| at.revision.is_some());
        Said { refused, another: mark.and_then(another), is_of_a_revision }
    }
}

/// Compares each site with its mark, as a purge would: a site that is not committed by the directory that is built.
pub(super) fn tried(ground: &Ground<'_>, sources: &mut Sources) -> Tried {
    let mut groups: Vec<(Option<String>, Config)> = Vec::new();
    for site in &ground.chosen.sites {
        let to = built_alone(ground, site, sources);
        match groups.iter_mut().find(|(known, _)| known.is_none() && to.is_none()) {
            Some((_, group)) => group.sites.push(site.clone()),
            None => groups.push((to, Config { sites: vec![site.clone()], serve: None })),
        }
    }
    groups.into_iter().flat_map(|(to, sites)| together(&ground.of(&sites), to)).collect()
}

/// The same of sites with one TO; `None` for each one's own.
fn together(ground: &Ground<'_>, to: Option<String>) -> Tried {
    let range = Range { from: None, to, is_whole: false };
    let subject = Subject::Revisions { range, rollback: false, allow_empty: false };
    let Ok(run) = plan(ground, Planning { subject, marks: MarkUse::Read }) else { return Tried::new() };
    let planned = run.sites.into_iter().filter(|one| one.mark.is_some());
    let planned = planned.map(|one| (one.site.name.to_string(), Said::of(one.mark.as_ref(), None)));
    let unplanned = run.unplanned.into_iter();
    let unplanned = unplanned.map(|one| (one.site.name.to_string(), Said::of(one.mark.as_ref(), Some(one.error))));
    planned.chain(unplanned).collect()
}
