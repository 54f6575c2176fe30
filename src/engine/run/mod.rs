//! A run: the sites that it is for, what is planned for each, and what became of it.
//!
//! One site that fails does not stop the others. How plans are made is left to [`super::planning`], how they are sent to
//! [`super::delivery`].

mod direction;
pub(in crate::engine) mod layers;
pub(in crate::engine) mod mark;
pub(in crate::engine) mod marks;
mod site_run;

pub use marks::MarkUse;
pub(in crate::engine) use site_run::Unmade;
pub use site_run::{SiteRun, Unplanned};

use crate::engine::error::{DeliveryError, Error};

/// The sites of a run, planned or not.
#[derive(Default)]
pub struct Run {
    /// Each site once for each of its caches, from the origin outward.
    pub sites: Vec<SiteRun>,
    /// The sites of which no plan could be made.
    pub unplanned: Vec<Unplanned>,
    /// Records of events that could not be used: then the run is not complete, whatever becomes of the plans.
    pub unused: usize,
}

impl Run {
    /// Returns the sites without a plan, and why, for the reports.
    #[must_use]
    pub fn without_plan(&self) -> Vec<(String, String)> {
        self.unplanned.iter().map(|one| (one.site.name.to_string(), one.error.to_string())).collect()
    }

    /// Takes note of what the sites' policies refuse.
    pub fn refuse(&mut self) {
        for one in &mut self.sites {
            if let Some(refused) = one.plan.refused.clone() {
                one.failed = Some(refused.into());
            }
        }
        layers::fail_together(&mut self.sites);
    }

    /// True where TO comes before what was purged already, so that a mark would stay.
    #[must_use]
    pub fn goes_back(&self) -> bool {
        self.sites.iter().any(|one| one.mark.as_ref().is_some_and(mark::SiteMark::stays))
    }

    /// True when there is something to purge in one of the plans.
    #[must_use]
    pub fn has_work(&self) -> bool {
        self.sites.iter().any(|one| !one.plan.is_empty())
    }

    /// True when all that was asked for was done, and where it was proved, the proof holds. It says nothing of the errors.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.unused == 0 && self.sites.iter().all(|one| one.lacking == 0 && one.is_accepted() && one.is_proved())
    }

    /// Returns why sites failed, gathered by reason, in the order of the sites; none when there is nothing to tell.
    #[must_use]
    pub fn into_errors(self) -> Vec<Error> {
        let several = self.sites.len() + self.unplanned.len() > 1;
        let failed = self.sites.into_iter().filter_map(|one| {
            // Of a layer that only waits for another, that one tells why.
            let failed = one.failed.filter(|e| !matches!(e, Error::Delivery(DeliveryError::OtherLayer { .. })));
            let of_mark = || one.mark.and_then(mark::SiteMark::into_error);
            Some((one.site.name.to_string(), failed.or_else(of_mark)?))
        });
        let unplanned = self.unplanned.into_iter().map(|one| (one.site.name.to_string(), one.error));
        let mut by_reason: Vec<(String, Error)> = Vec::new();
        for (site, error) in unplanned.chain(failed) {
            let text = error.to_string();
            match by_reason.iter_mut().find(|(_, known)| known.to_string() == text) {
                Some((sites, _)) => *sites = format!("{sites}, {site}"),
                None => by_reason.push((site, error)),
            }
        }
        let of_site = |(site, error): (String, Error)| {
            if several { Error::OfSite { site, error: Box::new(error) } } else { error }
        };
        by_reason.into_iter().map(of_site).collect()
    }
}
