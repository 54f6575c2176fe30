//! Whether the plans of a site that were saved still follow from their two snapshots.
//!
//! A document's digest is no signature: whoever can write the file can write its digest. So the plans are made again where the
//! snapshots are here, and compared operation by operation. Nothing is fetched for it. The fate of the mark is left to
//! [`super::saved`].

use super::base::{Found, Seeker};
use super::comparison::{compared, unknown};
use super::site_plans::{destinations, plan_layers};
use crate::config::{Mode, Site};
use crate::display::counted;
use crate::engine::error::Error;
use crate::engine::ground::Ground;
use crate::engine::run::SiteRun;
use crate::engine::run::mark::SiteMark;
use crate::mapping::Operation;
use crate::plan::{BaseOf, Basis, Plan, PlannedOperation};
use crate::snapshot::{SnapshotName, Source, Sources, is_full_id};

/// The plans of one site in a document.
pub(super) struct SavedSite<'s> {
    /// The site with all of its caches, as it is configured now.
    pub(super) site: &'s Site,
    /// Its plans, from the origin outward.
    pub(super) plans: Vec<&'s Plan>,
    /// Their operations as they stand in the document, where a plan holds fewer by now.
    pub(super) operations: Vec<Option<&'s [PlannedOperation]>>,
    /// The site's mark as it is now.
    pub(super) mark: &'s SiteMark,
}

/// The answer.
pub(super) enum Following {
    /// They are the plans that would be made now.
    Follows,
    /// They are not.
    Differs {
        /// Why, with the next thing to type.
        why: String,
        /// Operations that the document lacks.
        lacking: usize,
    },
    /// This clone does not show it, and why, with the next thing to type.
    Untold(String),
}

/// One thing that a plan asks for, and in which way.
type Asked<'p> = (&'p Operation, Mode, bool);

impl SavedSite<'_> {
    /// Makes the plans again, and compares.
    pub(super) fn follows(&self, ground: &Ground<'_>, sources: &mut Sources) -> Following {
        match self.made_again(ground, sources) {
            Err(why) => Following::Untold(why),
            Ok(again) => self.beside(&again),
        }
    }

    fn beside(&self, again: &[SiteRun]) -> Following {
        let differs = |why: String, lacking| {
            let why = format!(
                "it does not follow from its snapshots as this configuration compares them: {why}; `diffpurge purge` compares them anew"
            );
            Following::Differs { why, lacking }
        };
        let layers = |plan: &Plan| plan.layer.as_ref().map(|layer| layer.number);
        let is_other = |(made, saved): (&SiteRun, &&Plan)| layers(&made.plan) != layers(saved);
        if again.len() != self.plans.len() || again.iter().zip(&self.plans).any(is_other) {
            let lacking = again.iter().map(|one| one.plan.operations.len()).sum();
            return differs("it is not for each of the site's caches once".to_owned(), lacking);
        }
        let (mut lacking, mut added, mut is_same) = (0, 0, true);
        for ((made, saved), operations) in again.iter().zip(&self.plans).zip(&self.operations) {
            let mut now = asked(&made.plan, &made.plan.operations);
            let mut then = asked(saved, operations.unwrap_or(&saved.operations));
            is_same &= now == then;
            now.sort_unstable();
            then.sort_unstable();
            lacking += missing(&now, &then);
            added += missing(&then, &now);
        }
        match (lacking, added) {
            (0, 0) if is_same => Following::Follows,
            (0, 0) => differs("its operations stand in another order".to_owned(), 0),
            (0, added) => differs(format!("{} in it {} not of them", counted(added, "operation"), is(added)), 0),
            (lacking, 0) => differs(format!("{} {} missing", counted(lacking, "operation"), is(lacking)), lacking),
            (lacking, added) => {
                let (lacks, more) = (counted(lacking, "operation"), counted(added, "operation"));
                differs(format!("{lacks} {} missing, and {more} in it {} not of them", is(lacking), is(added)), lacking)
            }
        }
    }

    /// Makes the plans as they would be made now, for the same ends.
    fn made_again(&self, ground: &Ground<'_>, sources: &mut Sources) -> Result<Vec<SiteRun>, String> {
        let Some(plan) = self.plans.first() else { return Err("there is no plan for it".to_owned()) };
        if self.plans.iter().any(|other| other.basis != plan.basis) {
            return Err(
                "its plans for one site are not from the same snapshots; `diffpurge plan` makes them again".to_owned()
            );
        }
        let (from, to) = match &plan.basis {
            Basis::Snapshots { from, to, base } => (Some(from).filter(|_| base.of != BaseOf::Mark), to),
            Basis::Unknown { to, .. } => (None, to),
            Basis::Asked(_) => return Err("the plan is of what was typed, and of no deploy".to_owned()),
            Basis::Paths { .. } | Basis::Events { .. } => return Err("the plan is made from a list".to_owned()),
        };
        self.are_here(from.map(named), sources)?;
        let untold =
            |e: Error| format!("this clone does not show whether it follows from its snapshots: {}", with_causes(&e));
        let mut seeker = Seeker { ground, from: from.map(named), to: named(to), site: self.site, ci: None, sources };
        let material = match seeker.find(Some(self.mark)).map_err(untold)? {
            Found::Known { ends, .. }
                if from.is_some_and(|from| ends.from.first().is_none_or(|now| now.id() != from.id)) =>
            {
                return Err(
                    "its FROM is no longer what it was when the plan was made; `diffpurge plan` makes it again"
                        .to_owned(),
                );
            }
            // That the two ends have something in common was judged when the plan was made.
            Found::Known { ends, parts, of, .. } => compared(&ends, &parts, of, self.site, Vec::new(), true),
            Found::Unknown { why, .. } if !matches!(plan.basis, Basis::Unknown { .. }) => {
                return Err(format!(
                    "the mark no longer says enough to make it again: {why}; `diffpurge purge` purges the site's hosts"
                ));
            }
            Found::Unknown { to, why, .. } => unknown(&to, why, self.site, Vec::new()),
        };
        let elsewhere = destinations(ground).map_err(untold)?;
        let again = material.and_then(|material| plan_layers(ground, self.site, &elsewhere, material));
        again.map_err(untold)
    }

    /// Refuses where a snapshot is not here: it would be fetched, or make the base unknown.
    fn are_here(&self, from: Option<&str>, sources: &mut Sources) -> Result<(), String> {
        let held = &self.mark.held;
        let marked = held.at.iter().chain(&held.open).map(|moment| moment.spec.as_str());
        let mut ids = from.into_iter().chain(marked).filter(|spec| is_full_id(spec)).peekable();
        if ids.peek().is_none() {
            return Ok(());
        }
        let repository = sources.repository().map_err(|e| e.to_string())?;
        match ids.find(|id| !repository.has(id)) {
            None => Ok(()),
            Some(id) => Err(format!(
                "{} is not in this clone, which does not show whether the plan follows from it; `git fetch --depth=1 origin {id}` brings it, then send the plan again",
                id.get(..10).unwrap_or(id)
            )),
        }
    }
}

/// Returns what opens a snapshot of a plan: its id where that is a revision's, since a name may mean another one by now.
fn named(name: &SnapshotName) -> &str {
    if Source::names_a_revision(&name.spec) { &name.id } else { &name.spec }
}

/// Returns what a plan asks for, in its order.
fn asked<'p>(plan: &Plan, operations: &'p [PlannedOperation]) -> Vec<Asked<'p>> {
    let one = |planned: &'p PlannedOperation| {
        let mode = if planned.is_broad() { plan.fallback_mode } else { plan.mode };
        (&planned.operation, mode, planned.last)
    };
    operations.iter().map(one).collect()
}

/// Counts those of `wanted` that are not among `known`; both are sorted.
fn missing(wanted: &[Asked<'_>], known: &[Asked<'_>]) -> usize {
    wanted.iter().filter(|one| known.binary_search(one).is_err()).count()
}

fn is(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

/// Returns an error with its causes in one line.
fn with_causes(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
