//! The end of a run: the errors of its sites, and the exit status where there is none.

use std::mem::take;

use super::error::{Error, Failed};
use crate::engine::{ExitStatus, Run};

/// How a run ended.
pub(super) struct Ends {
    pub(super) run: Run,
    /// An error of the command itself, as of its reports: it hides no site's error, and comes last.
    pub(super) own: Option<Error>,
    /// All that was asked for was done.
    pub(super) is_complete: bool,
    /// A report was written.
    pub(super) reported: bool,
}

impl Ends {
    /// Returns the exit status where no error is to be told.
    pub(super) fn status(mut self) -> Result<ExitStatus, Failed> {
        for one in &mut self.run.sites {
            // The process ends with its command, and gives millions of small things back at once.
            std::mem::forget((take(&mut one.plan.operations), take(&mut one.plan.changes)));
        }
        let errors: Vec<Error> = self.run.into_errors().into_iter().map(Error::Engine).chain(self.own).collect();
        if !errors.is_empty() {
            return Err(Failed { errors, reported: self.reported });
        }
        Ok(if self.is_complete { ExitStatus::Done } else { ExitStatus::NotPurged })
    }
}
