//! From the sites and what was named to one plan for each cache of each site: everything before anything is shown or sent.
//!
//! A site that cannot be planned does not stop the others; what is wrong with the run as a whole does.

mod another;
mod asked;
mod base;
mod branch;
mod built;
mod changed;
mod comparison;
mod files;
mod following;
mod glimpse;
mod idle_globs;
mod listed;
mod maker;
mod meant_by_hand;
mod not_committed;
mod notes;
mod saved;
mod share;
mod site_plans;
mod subject;
mod told;
mod web_root;

pub(super) use another::another;
pub(super) use base::lost_mark;
pub(super) use branch::default_to;
pub(super) use built::{built_alone, looked_at};
pub(super) use changed::{all_of, changed};
pub(super) use maker::MOST_OPERATIONS;
pub(super) use notes::way_out;
pub(super) use subject::one_web_root;
pub use subject::{Asked, Planning, Subject, These};
pub(super) use web_root::doubt;

use crate::config::Config;
use crate::engine::error::Error;
use crate::engine::ground::Ground;
use crate::engine::run::Run;
use comparison::Comparison;
use site_plans::{Materials, plan_each};
use told::Told;

/// Plans for each site what was named.
///
/// # Errors
/// When something is wrong with the run as a whole. Why a single site has no plan stands in the run.
pub fn plan(ground: &Ground<'_>, planning: Planning) -> Result<Run, Error> {
    let Planning { subject, marks } = planning;
    match subject {
        Subject::Saved { plans, unplanned, only_failed } => {
            saved::plans(ground, (plans, unplanned), only_failed, marks)
        }
        Subject::Revisions { range, rollback, allow_empty } => {
            let comparison = Comparison::begin(ground, range, rollback, allow_empty)?;
            let mut run = plan_each(ground, Materials::compared(ground, comparison, marks))?;
            run.unplanned.iter_mut().for_each(|one| meant_by_hand::suggest(ground, &mut one.error));
            not_committed::note(&mut run);
            Ok(run)
        }
        Subject::Paths { source, named } => {
            one_web_root(ground.chosen, "a list of paths")?;
            plan_each(ground, Materials::Paths { source, named })
        }
        Subject::Asked(asked) => {
            let (sites, materials) = asked::share_out(ground, &asked)?.into_iter().unzip();
            plan_each(&ground.of(&Config { sites, serve: None }), Materials::Asked(materials))
        }
        Subject::Events { source, notifications } => {
            let told = Told::tell(ground, source, notifications);
            let unused = told.unused();
            Ok(Run { unused, ..plan_each(ground, Materials::Events(told))? })
        }
    }
}
