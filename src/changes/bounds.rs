//! How far a comparison goes: how deep, and how much below links, where a few directories can have more paths than can be listed.
//!
//! What a link leads to is left to [`super::links`].

use super::error::{ChangesError, MAX_DEPTH};

/// Directories that are walked below a link, in one comparison; below a link that is itself below a link, each counts
/// four times, and so on. A dozen directories with links to each other have more paths than can be listed, and soon reach
/// this; twenty names for each of ten thousand directories do not.
const MAX_BELOW_LINKS: usize = 1_000_000;

/// Changed paths below links, in one comparison: a thousand new names for a directory of twenty thousand files would fill the
/// memory, and no list of URLs would be made of them.
const MAX_PATHS_BELOW_LINKS: usize = 5_000_000;

/// The way down to the directory that is walked, and what was met below links so far.
#[derive(Default)]
pub(super) struct Bounds {
    depth: usize,
    /// Links on the way down.
    links_above: u32,
    /// Directories that were walked below links, counted as [`MAX_BELOW_LINKS`] says.
    below_links: usize,
    /// Changed paths below links.
    paths_below_links: usize,
}

impl Bounds {
    /// Goes down to a directory.
    pub(super) fn enter(&mut self, by_link: bool) -> Result<(), ChangesError> {
        self.links_above += u32::from(by_link);
        self.depth += 1;
        // The web root itself lies in none.
        if self.depth > MAX_DEPTH + 1 {
            return Err(ChangesError::TooDeep);
        }
        // The power is bounded, so that it fits.
        self.below_links += self.links_above.checked_sub(1).map_or(0, |more| 4usize.pow(more.min(10)));
        if self.below_links > MAX_BELOW_LINKS {
            return Err(ChangesError::TooManyBelowLinks);
        }
        Ok(())
    }

    /// Goes up again.
    pub(super) fn leave(&mut self, by_link: bool) {
        self.links_above -= u32::from(by_link);
        self.depth -= 1;
    }

    /// Meets a changed path.
    pub(super) fn meet_path(&mut self) -> Result<(), ChangesError> {
        self.paths_below_links += usize::from(self.links_above > 0);
        if self.paths_below_links > MAX_PATHS_BELOW_LINKS {
            return Err(ChangesError::TooManyBelowLinks);
        }
        Ok(())
    }
}
