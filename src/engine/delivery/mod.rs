//! From plans to receipts, marks and proof. The sequence of a purge stands here, once, for every door.

mod history;
mod nodes;
mod origin;
mod proof_options;
mod prover;
mod proving;
mod repair;
mod routes;
mod sending;
mod zones;

use std::time::{Duration, Instant};

pub use proof_options::{ProofOptions, Warm};
pub(super) use zones::PATIENCE;

use crate::changes;
use crate::engine::error::{DeliveryError, Error};
use crate::engine::ground::Ground;
use crate::engine::listener::Notice;
use crate::engine::planning::{self, Planning, Subject};
use crate::engine::run::{MarkUse, Run, SiteRun, marks};
use crate::plan::Basis;
use crate::report::plan::SiteReport;
use crate::send::{RetryPolicy, Stop};
use crate::snapshot::Range;
use routes::Routes;

/// How a run is carried out.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// How long a failed request is tried again.
    pub retry_for: Duration,
    /// The thing that ends the sending, finished or not.
    pub stop: Stop,
    /// The use of the site's URLs once all is accepted.
    pub proof: ProofOptions,
}

/// Carries a run out: marks, zones, origins, requests, proof, marks again. The fate of each site stands in the run.
///
/// # Errors
/// When it ends before anything was sent, or what was sent could not be proved; what goes wrong with one site stands in the run.
pub fn deliver(ground: &Ground<'_>, run: &mut Run, delivery: &Delivery) -> Result<(), Error> {
    if delivery.proof.compares() {
        proving::can_be_proved(&run.sites)?;
    }
    run.refuse();
    marks::begin(run);
    let policy = RetryPolicy { deadline: delivery.retry_for, ..RetryPolicy::default() };
    let mut routes = Routes::prepare(ground, run, policy, delivery.stop.clone())?;
    routes.check_zones(ground, run);
    routes.hold_back(run);
    if run.sites.iter().all(|one| one.failed.is_some()) {
        return Ok(());
    }
    let reports: Vec<SiteReport<'_>> = run.sites.iter().map(SiteRun::report).collect();
    ground.listener.ready(&reports).map_err(DeliveryError::NotShown)?;
    let goes_on = ground.listener.agrees(&reports);
    drop(reports);
    if !goes_on {
        return Err(DeliveryError::Declined { way_out: way_out(ground, run) }.into());
    }
    routes.wait_for_origins(ground, run);
    routes.find_nodes(ground, run, policy.deadline)?;
    let purged = Instant::now();
    routes.send(ground, run);
    // The marks come last: a deploy that is not proved is compared with once more.
    proving::prove(ground, run, &routes, &delivery.proof, Some(purged))?;
    marks::complete(run);
    remember(ground, run);
    Ok(())
}

/// Returns the way around a purge whose base is not known, as the first such plan has it.
fn way_out(ground: &Ground<'_>, run: &Run) -> Option<String> {
    let mut unknown = run.sites.iter().filter(|one| matches!(one.plan.basis, Basis::Unknown { .. }));
    unknown.find_map(|one| planning::way_out(ground, &one.site, &one.ends.as_ref()?.to))
}

/// Writes down which trees of TO hold something of note, for the next run. It only saves time, so that a failure is no more than a detail.
fn remember(ground: &Ground<'_>, run: &Run) {
    let known = run.sites.iter().filter_map(|one| Some((one, one.ends.as_ref()?, one.plan.changes.noted.as_ref()?)));
    for (one, ends, noted) in known.clone() {
        // One that cannot be read any more is for nobody to remember.
        let Ok(to) = ends.to.snapshot(&one.site.output) else { continue };
        let _unknown = changes::noted_in(&to, noted).map(|trees| to.learn_noted_trees(&trees));
    }
    for (_, ends, _) in known {
        if let Err(why) = ends.to.remember_trees() {
            let why = format!("the trees with something of note were not written down: {why}");
            ground.listener.hear(&Notice::Detail(why));
        }
    }
}

/// Asks for the live URLs of a plan, or of what changed since FROM; without a FROM for all of TO's, and the mark is only read, for what
/// was live before. Nothing is purged but what is repaired.
///
/// # Errors
/// When nothing can be asked for: a snapshot cannot be read, or no way to ask be found.
pub fn verify(ground: &Ground<'_>, subject: Subject, proof: &ProofOptions) -> Result<Run, Error> {
    let (subject, marks) = match subject {
        Subject::Revisions { range, allow_empty, .. } => {
            let marks = if range.from.is_none() { MarkUse::TryRead } else { MarkUse::None };
            // Beside nothing, every file of TO is new.
            let from = range.from.or_else(|| Some("empty".to_owned()));
            (Subject::Revisions { range: Range { from, ..range }, rollback: true, allow_empty }, marks)
        }
        Subject::Asked(_) | Subject::Paths { .. } | Subject::Events { .. } | Subject::Saved { .. } => {
            (subject, MarkUse::None)
        }
    };
    let mut run = planning::plan(ground, Planning { subject, marks })?;
    proving::can_be_proved(&run.sites)?;
    let mut routes = Routes::none()?;
    if proof.repair {
        routes = Routes::prepare(ground, &mut run, RetryPolicy::default(), Stop::Signal)?;
        routes.check_zones(ground, &mut run);
        routes.hold_back(&mut run);
        routes.find_nodes(ground, &mut run, RetryPolicy::default().deadline)?;
    }
    proving::prove(ground, &mut run, &routes, proof, None)?;
    Ok(run)
}
