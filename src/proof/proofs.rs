//! The things that are proved: of one URL, and of a site.

use crate::mapping::PublicUrl;

/// The state of a page, as its answer shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Freshness {
    /// The page is what was deployed.
    Fresh,
    /// The page is what was there before.
    Stale,
    /// The page was made of what was deployed: something on the way changes it.
    Rewritten,
    /// The page is neither, and nothing shows what it was made of.
    Unknown,
    /// There was no answer that says anything.
    Unreachable,
}

/// One URL's answer, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The URL, with the headers of its key.
    pub url: PublicUrl,
    /// The state that its answer shows.
    pub freshness: Freshness,
    /// The reason for that judgement, in words.
    pub why: String,
    /// The state of the cache, as far as the answer tells: `HIT, Age 300`.
    pub cache_status: Option<String>,
    /// The data centre that answered, where it is named.
    pub data_centre: Option<String>,
}

impl Freshness {
    /// Returns the word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Freshness::Fresh => "fresh",
            Freshness::Stale => "stale",
            Freshness::Rewritten => "rewritten",
            Freshness::Unknown => "unknown",
            Freshness::Unreachable => "unreachable",
        }
    }
}

/// The proof of one site, by its pages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proofs {
    /// One proof for each URL that was asked for, by the last answer to it.
    pub all: Vec<Proof>,
    /// The number of URLs that there were to ask for.
    pub of: usize,
    /// The number of URLs that were stale and purged once more.
    pub repaired: usize,
    /// The number of further URLs that were asked for so that the edge has them.
    pub warmed: Option<usize>,
}

impl Proofs {
    /// Returns the number of pages in this state.
    #[must_use]
    pub fn count(&self, freshness: Freshness) -> usize {
        self.all.iter().filter(|proof| proof.freshness == freshness).count()
    }

    /// Returns true when nothing stale was found, and most of the answers say something.
    #[must_use]
    pub fn hold(&self) -> bool {
        let is_mostly_unknown = 2 * self.count(Freshness::Unknown) > self.all.len();
        self.count(Freshness::Stale) + self.count(Freshness::Unreachable) == 0 && !is_mostly_unknown
    }

    /// Returns the data centres that answered, each once, sorted.
    #[must_use]
    pub fn data_centres(&self) -> Vec<&str> {
        let mut centres: Vec<&str> = self.all.iter().filter_map(|proof| proof.data_centre.as_deref()).collect();
        centres.sort_unstable();
        centres.dedup();
        centres
    }
}
