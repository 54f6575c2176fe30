//! The files of TO, for who needs to know more of them than what changed: a few that did not change, or the list of all.
//!
//! They are read only when they are asked for. Why a plan is better for it is left to [`super::maker`].

use std::rc::Rc;

use crate::changes::{self, Changes, Inventory, Share};
use crate::config::{Cover, OutputDir, Site, Symlinks};
use crate::engine::error::Error;
use crate::mapping::{self, Mapping, UrlCounts};
use crate::snapshot::Source;

/// The files of TO, which are listed only where the plan can be better for it.
#[derive(Clone)]
pub(super) struct Files {
    pub(super) to: Rc<Source>,
    pub(super) output: OutputDir,
    pub(super) symlinks: Symlinks,
}

impl Files {
    /// Returns as many files of which the URLs did not change, or are not in the plan, as tell which directories may go as a whole; `None`
    /// where that takes the list of all, or their number counts.
    pub(super) fn some_unchanged(
        &self,
        site: &Site,
        changes: &Changes,
        mapping: &Mapping,
    ) -> Result<Option<Inventory>, Error> {
        if site.threshold.percent.is_some() || mapping::bear_on_others(site) {
            return Ok(None);
        }
        let Some(share) = MayGoAlong::of(mapping, site) else { return Ok(None) };
        let (to, elsewhere) = (self.to.snapshot(&self.output)?, mapping::directories_elsewhere(mapping, site));
        let Some(mut some) = changes.unchanged_files(&to, self.symlinks, &elsewhere, &share)? else { return Ok(None) };
        some.paths.extend(mapping.unlisted.iter().map(|index| changes.paths[*index as usize].path.clone()));
        some.paths.sort_unstable();
        some.paths.dedup();
        Ok(Some(some))
    }

    /// Lists them, with those that are gone.
    pub(super) fn list(&self, changes: &Changes) -> Result<Inventory, Error> {
        let all = changes::inventory(&self.to.snapshot(&self.output)?, self.symlinks)?;
        Ok(Inventory { paths: changes.and_deleted(all.paths), ..all })
    }
}

/// The share of files that `cover` lets go along, in percent: above a half, a list of all is as quick.
const MOST_PERCENT: u8 = 50;

/// The files that may go along, as `cover` allows.
struct MayGoAlong<'m> {
    site: &'m Site,
    counts: UrlCounts<'m>,
    percent: usize,
}

impl<'m> MayGoAlong<'m> {
    fn of(mapping: &'m Mapping, site: &'m Site) -> Option<MayGoAlong<'m>> {
        let percent = match site.cover {
            Cover::Waste(percent) => percent,
            Cover::Exact | Cover::Off => 0,
        };
        let is_few = percent <= MOST_PERCENT;
        is_few.then(|| MayGoAlong { site, counts: UrlCounts::of(mapping, site), percent: usize::from(percent) })
    }
}

impl Share for MayGoAlong<'_> {
    /// Each file that counts has a URL at least, so that no more of them than URLs can go along.
    fn most(&self, directory: &[u8]) -> usize {
        if self.percent == 0 { 0 } else { self.counts.below(directory) * self.percent / (100 - self.percent) }
    }

    fn count(&self, files: &[Box<[u8]>]) -> Vec<bool> {
        self.counts.are_beside(files)
    }

    fn forms_differ(&self) -> bool {
        mapping::forms_differ(self.site)
    }

    fn is_in_any_case(&self) -> bool {
        mapping::answers_in_any_case(self.site)
    }
}
