//! One cache of one site in a run: its plan, where that goes, and what became of it.

use super::mark::SiteMark;
use crate::config::{BaseUrl, Site};
use crate::engine::error::Error;
use crate::plan::Plan;
use crate::proof::Proofs;
use crate::provider::Provider;
use crate::report::plan::SiteReport;
use crate::send::Receipt;
use crate::snapshot::Ends;

/// One cache of one site in a run.
pub struct SiteRun {
    /// The site, with this one of its caches.
    pub site: Site,
    /// The plan for its changes.
    pub plan: Plan,
    /// The provider that is asked.
    pub provider: Provider,
    /// The ends of the comparison, where they can be looked at once more. It stands with the outermost layer.
    pub ends: Option<Ends>,
    /// The site's mark, where the run works with it. It stands with the outermost layer.
    pub mark: Option<SiteMark>,
    /// The receipt of each request; `None` when nothing was to be sent.
    pub receipts: Option<Vec<Receipt>>,
    /// The proofs of its pages, where they were asked for.
    pub proofs: Option<Proofs>,
    /// Operations that follow from its snapshots and that its plan lacks; only a plan that was saved can lack some.
    pub lacking: usize,
    /// Why nothing of it is sent, though the run goes on for other sites.
    pub failed: Option<Error>,
}

/// A site of which no plan could be made.
pub struct Unplanned {
    /// The site.
    pub site: Site,
    /// Why not.
    pub error: Error,
    /// Its mark, where that is known all the same: the next run has to know that TO is live.
    pub mark: Option<SiteMark>,
}

impl From<Error> for Box<Unmade> {
    fn from(error: Error) -> Box<Unmade> {
        Box::new(Unmade { error, mark: None })
    }
}

/// Why no plan was made for a site, and its mark where that is known all the same.
pub(in crate::engine) struct Unmade {
    pub(in crate::engine) error: Error,
    pub(in crate::engine) mark: Option<SiteMark>,
}

impl SiteRun {
    /// Makes one that was planned and not sent.
    #[must_use]
    pub fn planned(site: Site, plan: Plan, provider: Provider) -> SiteRun {
        SiteRun { site, plan, provider, ends: None, mark: None, receipts: None, proofs: None, lacking: 0, failed: None }
    }

    /// Returns what a report shows of it.
    #[must_use]
    pub fn report(&self) -> SiteReport<'_> {
        SiteReport {
            plan: &self.plan,
            base_urls: self.site.base_urls.iter().map(BaseUrl::as_str).collect(),
            output: self.site.output.as_str(),
            provider: &self.provider,
            receipts: self.receipts.as_deref(),
            failed: self.failed.as_ref().map(ToString::to_string),
            proofs: self.proofs.as_ref(),
            mark: self.mark.as_ref().map(SiteMark::marked),
        }
    }

    /// True when every operation of its plan was accepted; where nothing is asked for, always.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        let accepted = self.receipts.iter().flatten().filter(|receipt| receipt.is_accepted());
        self.failed.is_none()
            && accepted.map(|receipt| receipt.batch.size()).sum::<usize>() == self.plan.operations.len()
    }

    /// True when its proof holds, or none was asked for.
    #[must_use]
    pub fn is_proved(&self) -> bool {
        self.proofs.as_ref().is_none_or(Proofs::hold)
    }

    /// True when it is to be sent and can be.
    pub(in crate::engine) fn is_sent(&self) -> bool {
        self.failed.is_none() && !self.plan.is_empty()
    }
}
