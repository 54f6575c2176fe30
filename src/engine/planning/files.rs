//! The files of TO, for who needs to know more of them than what changed: a few that did not change, or the list of all.
//!
//! They are read only when they are asked for. Why a plan is better for it is left to [`super::maker`].

use std::rc::Rc;

use crate::changes::{self, Changes, Share};
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
    /// Returns as many files of which the URLs did not change, or are not in the plan, as tell which directories changed as a whole; `None`
    /// where that takes the list of all, or their number counts.
    pub(super) fn some_unchanged(
        &self,
        site: &Site,
        changes: &Changes,
        mapping: &Mapping,
    ) -> Result<Option<Vec<Box<[u8]>>>, Error> {
        if site.threshold.percent.is_some() || mapping::bear_on_others(site) {
            return Ok(None);
        }
        let to = self.to.snapshot(&self.output)?;
        if changes.have_namesakes(&to, mapping::answers_in_any_case(site))? {
            return Ok(None);
        }
        let elsewhere = mapping::directories_elsewhere(mapping, site);
        let Some(mut files) = changes.unchanged_in(&to, &elsewhere)? else {
            return Ok(None);
        };
        if let Cover::Waste(percent) = site.cover {
            let Some(share) = MayGoAlong::of(mapping, site, percent) else { return Ok(None) };
            match changes.unchanged_up_to(&to, self.symlinks, &elsewhere, &files, &share)? {
                Some(further) => files.extend(further),
                None => return Ok(None),
            }
        }
        files.extend(mapping.unlisted.iter().map(|index| changes.paths[*index as usize].path.clone()));
        files.sort_unstable();
        files.dedup();
        Ok(Some(files))
    }

    /// Lists them, with those that are gone.
    pub(super) fn list(&self, changes: &Changes) -> Result<Vec<Box<[u8]>>, Error> {
        let to = self.to.snapshot(&self.output)?;
        Ok(changes.and_deleted(changes::all_paths(&to, self.symlinks)?))
    }
}

/// The share of files that `cover` lets go along, in percent: above a half, a list of all is as quick.
const MOST_PERCENT: u8 = 50;

/// The files that may go along, as `cover` allows.
struct MayGoAlong<'m> {
    counts: UrlCounts<'m>,
    percent: usize,
}

impl<'m> MayGoAlong<'m> {
    fn of(mapping: &'m Mapping, site: &'m Site, percent: u8) -> Option<MayGoAlong<'m>> {
        let counts = UrlCounts::of(mapping, site).filter(|_| percent <= MOST_PERCENT)?;
        Some(MayGoAlong { counts, percent: usize::from(percent) })
    }
}

impl Share for MayGoAlong<'_> {
    /// Each file has a URL at least, so that no more of them than URLs can go along.
    fn most(&self, directory: &[u8]) -> usize {
        self.counts.below(directory) * self.percent / (100 - self.percent)
    }

    fn count(&self, files: &[Box<[u8]>]) -> Vec<bool> {
        self.counts.without(files)
    }
}
