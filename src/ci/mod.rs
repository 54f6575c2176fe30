//! The word of the CI system that we run in on revisions: the one that is being deployed, and the one before it.
//!
//! Every system has its own names for them, and its own idea of "before": mostly the branch's tip before the push,
//! rarely what was deployed, never what was purged. So a previous revision comes with what it means and what it can
//! miss, and where there is none the reason stands in words: zeros, an empty value and the current revision itself all
//! mean that the base is unknown, never that nothing changed.
//!
//! The table has a file of its own, one row per system. It is left to others whether a revision is in the clone, and
//! which end of a comparison it becomes. No file is opened here: the caller hands in how to read one.
//!
//! `DeployHQ` and `git-ftp` are not in the table: they know what is live, and hand it over as arguments.

mod event;
mod fork;
mod id;
mod system;
mod table;

use std::io;
use std::path::Path;

pub use self::fork::Fork;
use self::system::Stop;
use self::table::SYSTEMS;
use crate::config::{Environment, EnvironmentError};
use crate::display::line;

/// The word of the CI system that we run in on revisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ci {
    /// As people call it.
    pub name: &'static str,
    /// The revision that is being deployed, if it says so: a full id in lower case. Another one can be checked out,
    /// and where this is none, only the caller can tell whether that is `previous` itself.
    pub current: Option<String>,
    /// The revision before it.
    pub previous: Previous,
    /// The lines to add to this system's pipeline so that the base is in the clone, as the words of a hint.
    pub fetch: &'static str,
    /// Each run has a clone of its own as a rule, so that a mark goes with it unless it is pushed. Jenkins,
    /// Buildkite and Buddy keep theirs, and a host that builds has no remote that it may push to.
    pub loses_marks: bool,
}

/// The word of a CI system on the revision before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Previous {
    /// A revision. It need not be in the clone.
    Known {
        /// A full id in lower case, not the current one.
        id: String,
        /// Its meaning there, with an article: "the branch's tip before this push".
        means: &'static str,
        /// Which changes are not in a comparison with it. Never empty: no system knows what was purged.
        can_miss: &'static str,
    },
    /// There is none, and why, in words for people. One line.
    Unknown(String),
}

impl Ci {
    /// Finds out in which system we run; none outside of the known ones. `read` gives a file's bytes: the event's, in
    /// GitHub Actions and those that are made like it. When it cannot, the base is unknown, which is no error.
    ///
    /// # Errors
    /// When a variable that says it is not UTF-8.
    pub fn find(
        environment: &Environment,
        read: impl FnOnce(&Path) -> io::Result<Vec<u8>>,
    ) -> Result<Option<Ci>, EnvironmentError> {
        for system in SYSTEMS {
            if system.sign.is_in(environment)? {
                let current = system.current(environment)?;
                let previous = match system.previous(environment, read, current.as_deref()) {
                    Ok((id, base)) => Previous::Known { id, means: base.means, can_miss: base.can_miss },
                    Err(Stop::Unknown(why)) => Previous::Unknown(line(&why)),
                    Err(Stop::Environment(error)) => return Err(error),
                };
                return Ok(Some(Ci {
                    name: system.name,
                    current,
                    previous,
                    fetch: system.fetch,
                    loses_marks: system.loses_marks,
                }));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests;
