//! The proof of a site's URLs, as an option of a run.

use std::num::NonZero;

use crate::proof::Door;

/// The use of a site's URLs once its plan is accepted.
#[derive(Debug, Clone, Default)]
pub struct ProofOptions {
    /// They are asked for and compared with what should be there.
    pub verify: bool,
    /// A URL that is stale is purged once more, and asked for again.
    pub repair: bool,
    /// At most so many are compared, some of each directory; `None` for all.
    pub sample: Option<NonZero<usize>>,
    /// Those that were not compared are asked for so that the edge has them.
    pub warm: Option<Warm>,
    /// Where they are asked for; `None` for where the hosts' names lead.
    pub door: Option<Door>,
}

/// How many URLs are asked for so that the edge has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warm {
    /// All.
    All,
    /// At most so many, the most important first.
    AtMost(NonZero<usize>),
}

impl ProofOptions {
    /// True when what is there has to be compared with what should be.
    #[must_use]
    pub fn compares(&self) -> bool {
        self.verify || self.repair
    }
}
