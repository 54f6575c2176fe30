//! The files of TO, for who needs to know more of them than what changed: a few that did not change, or the list of all.
//!
//! They are read only when they are asked for. Why a plan is better for it is left to [`super::maker`].

use std::rc::Rc;

use crate::changes::{self, Changes};
use crate::config::{Cover, OutputDir, Site, Symlinks};
use crate::engine::error::Error;
use crate::mapping::{self, Mapping};
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
        let counts = site.threshold.percent.is_some() || matches!(site.cover, Cover::Waste(_));
        if counts || mapping::bear_on_others(site) {
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
