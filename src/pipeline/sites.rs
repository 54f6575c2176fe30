//! The sites of a run, planned or not, and how the run ends for all of them.

use super::marks::SiteMark;
use super::{Output, Planned, layers};
use crate::config::{Environment, Site};
use crate::error::{Error, ExitStatus};

/// The sites of a run: one that fails does not stop the others.
pub(super) struct Sites {
    pub(super) planned: Vec<Planned>,
    /// The names of others, and why they have no plan.
    pub(super) unplanned: Vec<(String, Error)>,
    /// Those of them whose mark is known all the same: that TO is live has to be noted.
    pub(super) live: Vec<(Site, SiteMark)>,
    /// Records of events that could not be used: then the run is not complete, whatever becomes of the plans.
    pub(super) unused: usize,
}

impl Sites {
    /// The sites without a plan, and why, for the reports.
    pub(super) fn without_plan(&self) -> Vec<(String, String)> {
        self.unplanned.iter().map(|(site, error)| (site.clone(), error.to_string())).collect()
    }

    /// Takes note of what the sites' policies refuse.
    pub(super) fn refuse(&mut self) {
        for planned in &mut self.planned {
            if let Some(refused) = planned.plan.refused.clone() {
                planned.failed = Some(refused.into());
            }
        }
        layers::fail_together(&mut self.planned);
    }

    /// Prints why sites failed, but for the last such error, which is the run's; it is done when there is none. What went wrong
    /// with the run itself, as with its reports, hides no site's error and comes last.
    pub(super) fn ends(
        self,
        own: Result<(), Error>,
        environment: &Environment,
        output: &mut Output<'_>,
    ) -> Result<ExitStatus, Error> {
        let in_github = environment.get("GITHUB_ACTIONS")? == Some("true");
        let done = if self.unused > 0 { ExitStatus::NotPurged } else { ExitStatus::Done };
        let several = self.planned.len() + self.unplanned.len() > 1;
        let failed = self.planned.into_iter().filter_map(|p| {
            // Of a layer that only waits for another, that one tells why.
            let failed = p.failed.filter(|error| !matches!(error, Error::OtherLayer { .. }));
            Some((p.site.name.to_string(), failed.or(p.mark_failed)?))
        });
        let of_site = |(site, error): (String, Error)| {
            if several { Error::OfSite { site, error: Box::new(error) } } else { error }
        };
        let mut by_reason: Vec<(String, Error)> = Vec::new();
        for (site, error) in self.unplanned.into_iter().chain(failed) {
            let text = error.to_string();
            match by_reason.iter_mut().find(|(_, known)| known.to_string() == text) {
                Some((sites, _)) => *sites = format!("{sites}, {site}"),
                None => by_reason.push((site, error)),
            }
        }
        let mut errors: Vec<Error> = by_reason.into_iter().map(of_site).chain(own.err()).collect();
        let Some(last) = errors.pop() else { return Ok(done) };
        for error in errors {
            error.print(output.err, in_github).map_err(Error::Output)?;
        }
        Err(last)
    }
}
