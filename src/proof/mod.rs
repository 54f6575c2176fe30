//! Proof that visitors get what was deployed: what each URL should answer, what it does answer, and what that means.
//!
//! A CDN that accepted a purge has only received it. Two things undo a right purge: the origin did not serve the new files yet, so
//! that the edge cached the old ones again; or an entry had a key that nobody listed. [`wait`] closes the first, [`ask`] finds the
//! second. Judging is pure; how pages are got is left to [`crate::send`], and what is done about them to who asks.

mod asker;
mod expected;
mod judge;
mod sample;
mod visit;
mod wait;

pub use expected::{Expected, Paths, expect};
pub use judge::{Proof, Verdict, judge};
pub use sample::{by_importance, spread};
pub use visit::{Door, DoorError, ask, warm};
pub use wait::{Awaited, Late, Want, url_at, wait};

/// What the pages of one site have proved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proofs {
    /// One for each URL that was asked for, as the last answer to it was.
    pub all: Vec<Proof>,
    /// How many URLs there were to ask for.
    pub of: usize,
    /// How many were stale and purged once more.
    pub repaired: usize,
    /// How many more were asked for so that the edge has them.
    pub warmed: Option<usize>,
}

impl Proofs {
    /// How many answers say this.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        self.all.iter().filter(|proof| proof.verdict == verdict).count()
    }

    /// True when nothing stale was found, and every answer says something.
    #[must_use]
    pub fn hold(&self) -> bool {
        self.count(Verdict::Stale) + self.count(Verdict::Unreachable) == 0
    }

    /// The data centres that answered, each once, sorted.
    #[must_use]
    pub fn places(&self) -> Vec<&str> {
        let mut places: Vec<&str> = self.all.iter().filter_map(|proof| proof.place.as_deref()).collect();
        places.sort_unstable();
        places.dedup();
        places
    }
}
