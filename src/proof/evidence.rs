//! The evidence that answers are held against, beside what is expected of them: the moments that count, and the contents of files.

use std::time::Duration;

use super::age::Times;
use crate::snapshot::Hash;

/// The contents of files by their blob ids in hex, as far as they are here and not too long.
pub type Contents<'c> = dyn Fn(&str) -> Option<Vec<u8>> + 'c;

/// The evidence that an answer is held against, beside the expectation.
#[derive(Clone, Copy)]
pub struct Evidence<'e> {
    /// How blob ids are made.
    pub hash: Hash,
    /// The moments that count.
    pub times: Times,
    /// The contents of files.
    pub contents: &'e Contents<'e>,
}

impl<'e> Evidence<'e> {
    /// Returns the same, so much later.
    #[must_use]
    pub fn later(self, by: Duration) -> Evidence<'e> {
        let Times { purged, deployed, made_after } = self.times;
        let times = Times { purged: purged.map(|t| t + by), deployed: deployed.map(|t| t + by), made_after };
        Evidence { times, ..self }
    }

    /// Returns the contents of those files that are here.
    pub(super) fn here<'i>(&self, ids: impl IntoIterator<Item = &'i String>) -> Vec<Vec<u8>> {
        ids.into_iter().filter_map(|id| (self.contents)(id)).collect()
    }
}
