//! The subject of a run's plans, as values: two ends of a comparison, a list of paths, events, what is asked for by hand, or
//! plans that were saved.

use crate::changes::Named;
use crate::config::Config;
use crate::engine::error::PlanningError;
use crate::engine::run::MarkUse;
use crate::events::Notifications;
use crate::report::plan::{Saved, Unplanned};
use crate::snapshot::Range;

/// A subject, and how the run works with marks.
pub struct Planning {
    /// The source of the plans.
    pub subject: Subject,
    /// How the run works with marks.
    pub marks: MarkUse,
}

/// The source of plans.
pub enum Subject {
    /// Two snapshots: the mark, or what the CI says, stands in for a FROM that is left out.
    Revisions {
        /// The snapshot that was live before, and the one that is live now.
        range: Range,
        /// TO may be older than a mark, which then goes back to it.
        rollback: bool,
        /// TO may hold no file of a site that had some: it is gone on purpose.
        allow_empty: bool,
    },
    /// A list of changed paths.
    Paths {
        /// Where it came from, for people.
        source: String,
        /// The list.
        named: Box<Named>,
    },
    /// The events of an object store.
    Events {
        /// Where that came from, for people.
        source: String,
        /// The events.
        notifications: Notifications,
    },
    /// Whatever is asked for by hand; no mark has a part in it.
    Asked(Asked),
    /// Plans that were saved, which are sent as they were written.
    Saved {
        /// The plans.
        plans: Vec<Saved>,
        /// The sites of the document without a plan.
        unplanned: Unplanned,
        /// Only what was not accepted when the document was written.
        only_failed: bool,
    },
}

/// Whatever is asked for by hand. A list without anything in it asks for nothing.
pub enum Asked {
    /// Everything that the sites' caches hold.
    Everything,
    /// Only this.
    These(Box<These>),
}

/// The things that are asked for, as they were typed.
#[derive(Debug, Clone, Default)]
pub struct These {
    /// URLs.
    pub urls: Vec<String>,
    /// Their other forms are asked for too, with what the site's rules add.
    pub forms: bool,
    /// Prefixes.
    pub prefixes: Vec<String>,
    /// Host names.
    pub hosts: Vec<String>,
    /// Tags.
    pub tags: Vec<String>,
}

/// Checks that what is one web root is compared for sites that have one and the same.
pub(in crate::engine) fn one_web_root(config: &Config, what: &str) -> Result<(), PlanningError> {
    let mut sites = config.sites.iter();
    let Some(first) = sites.next() else { return Ok(()) };
    match sites.find(|site| site.output != first.output) {
        None => Ok(()),
        Some(other) => {
            let (one, other) = (first.name.to_string(), other.name.to_string());
            Err(PlanningError::OneWebRoot { what: what.to_owned(), one, other })
        }
    }
}
