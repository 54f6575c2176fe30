//! A look at some of a site's files, where all of them would take longer than the plan itself.
//!
//! Both questions here are answered as the list of all files would answer them, or not at all: then the one who asks lists them, or
//! stays silent.

use std::ops::ControlFlow;

use super::files::Files;
use crate::changes::{Extent, Visitor, visit};
use crate::config::{GlobReach, Sighting, Site};
use crate::engine::error::Error;
use crate::mapping::{self, Mapping, Operation};

/// Directories that are looked into for globs that match nothing: some milliseconds.
const MOST_DIRECTORIES: usize = 200;

/// Files that are looked at for them.
const MOST_FILES: usize = 20_000;

/// Counts what is looked at, up to the bounds.
#[derive(Default)]
struct Bounds {
    directories: usize,
    files: usize,
}

impl Visitor for Bounds {
    fn enters(&mut self, _: &[u8]) -> ControlFlow<(), bool> {
        self.directories += 1;
        if self.directories > MOST_DIRECTORIES { ControlFlow::Break(()) } else { ControlFlow::Continue(true) }
    }

    fn sees(&mut self, _: &[u8]) -> ControlFlow<()> {
        self.files += 1;
        if self.files > MOST_FILES { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Lets a sighting see files, within bounds.
struct Bounded<'b, 'r> {
    sighting: &'b mut Sighting<'r>,
    reach: Option<GlobReach>,
    bounds: Bounds,
}

impl Visitor for Bounded<'_, '_> {
    fn enters(&mut self, directory: &[u8]) -> ControlFlow<(), bool> {
        if !self.reach.as_mut().is_none_or(|reach| reach.goes_into(directory)) {
            return ControlFlow::Continue(false);
        }
        self.bounds.enters(directory)
    }

    fn sees(&mut self, file: &[u8]) -> ControlFlow<()> {
        self.sighting.see([file]);
        if self.sighting.is_over() { ControlFlow::Break(()) } else { self.bounds.sees(file) }
    }
}

/// Gathers files until there are enough.
struct Gathered {
    files: Vec<Box<[u8]>>,
    enough: usize,
}

impl Visitor for Gathered {
    fn enters(&mut self, _: &[u8]) -> ControlFlow<(), bool> {
        ControlFlow::Continue(true)
    }

    fn sees(&mut self, file: &[u8]) -> ControlFlow<()> {
        self.files.push(file.into());
        if self.files.len() < self.enough { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}

impl Files {
    /// Lets the globs of a sighting see the files of TO in which they can match, within bounds.
    pub(super) fn show(&self, sighting: &mut Sighting<'_>) -> Result<Extent, Error> {
        let reach = sighting.reach();
        self.visited(&mut Bounded { sighting, reach, bounds: Bounds::default() })
    }

    /// Returns true where there are no more directories and files in TO than the bounds allow.
    pub(super) fn are_few(&self) -> Result<bool, Error> {
        Ok(self.visited(&mut Bounds::default())? != Extent::Part)
    }

    fn visited(&self, visitor: &mut impl Visitor) -> Result<Extent, Error> {
        Ok(visit(&self.to.snapshot(&self.output)?, self.symlinks, visitor)?)
    }

    /// Returns true where the URLs of a plan are for sure no more of the site's than `threshold.percent` allows: as soon as enough of its
    /// files were counted.
    pub(super) fn are_below_percent(&self, site: &Site, mapping: &Mapping) -> Result<bool, Error> {
        let Some(percent) = site.threshold.percent.filter(|percent| *percent > 0) else { return Ok(false) };
        let changed = mapping.operations.iter().filter(|mapped| matches!(mapped.what, Operation::Url(_))).count();
        let enough = (changed * 100).div_ceil(percent);
        let mut gathered = Gathered { files: Vec::new(), enough };
        self.visited(&mut gathered)?;
        let mut urls = 0;
        mapping::visit_urls(&gathered.files, site, |_| urls += 1);
        Ok(urls >= enough)
    }
}
