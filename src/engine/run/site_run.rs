//! One cache of one site in a run: its plan, where that goes, and what became of it.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::mark::SiteMark;
use crate::changes::Outline;
use crate::config::{BaseUrl, Site};
use crate::display::{counted, shown};
use crate::engine::error::Error;
use crate::engine::ground::Ground;
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
    /// The outline of the site, where a report draws it.
    pub outline: Option<Outline>,
    /// Operations that follow from its snapshots and that its plan lacks; only a plan that was saved can lack some.
    pub lacking: usize,
    /// Why nothing of it is sent, though the run goes on for other sites.
    pub failed: Option<Error>,
    /// It was told which files are compared by their status alone.
    is_told: Cell<bool>,
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
        SiteRun {
            site,
            plan,
            provider,
            ends: None,
            mark: None,
            receipts: None,
            proofs: None,
            outline: None,
            lacking: 0,
            failed: None,
            is_told: Cell::new(false),
        }
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
            outline: self.outline.as_ref(),
        }
    }

    /// Makes the outline of the site, for a report that draws it; none where TO is not at hand, as of a saved plan.
    ///
    /// # Errors
    /// When TO cannot be read.
    pub fn draw(&mut self) -> Result<(), Error> {
        if let Some(ends) = &self.ends {
            let to = ends.to.snapshot(&self.site.output)?;
            self.outline = Some(Outline::of(&to, self.site.symlinks)?);
        }
        Ok(())
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

    /// Says once which of the files that are asked for are compared by their status alone, and why.
    pub(in crate::engine) fn tell_unsure(&self, ground: &Ground<'_>, unsure: &BTreeMap<Vec<u8>, String>) {
        let Some((path, why)) = unsure.first_key_value() else { return };
        if self.is_told.replace(true) {
            return;
        }
        let files = counted(unsure.len(), "file");
        let (are, their, first) =
            if unsure.len() == 1 { ("is", "its", ",") } else { ("are", "their", ", the first for") };
        let (name, path) = (&self.site.name, shown(path));
        ground.note(format!("{name}: {files} {are} compared by {their} status{first} {path}: {why}"));
    }

    /// True when it is to be sent and can be.
    pub(in crate::engine) fn is_sent(&self) -> bool {
        self.failed.is_none() && !self.plan.is_empty()
    }
}
