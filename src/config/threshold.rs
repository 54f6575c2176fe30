//! `[site.threshold]`: when a list of URLs is too long, and what takes its place.

use super::Mode;
use super::fault::Fault;
use super::word::one_of;

/// `[site.threshold]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    /// More URL operations than this fall back.
    pub urls: usize,
    /// More of the site's URLs than this fall back: percent, 1 to 100.
    pub percent: Option<usize>,
    /// A plan that takes longer than this falls back: seconds at the account's pace.
    pub seconds: Option<usize>,
    /// What to fall back to.
    pub then: Fallback,
    /// What is done to what a fallback takes along, where that is said apart.
    pub mode: Option<Mode>,
}

/// The broadest that may take the place of a list of URLs that is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// Directories below the base URLs.
    Prefixes,
    /// Everything under the site's host names.
    Hosts,
    /// The whole zone.
    Everything,
    /// Nothing: the run is refused.
    Fail,
}

impl Fallback {
    pub(super) fn parse(text: &str) -> Result<Fallback, Fault> {
        use Fallback::{Everything, Fail, Hosts, Prefixes};
        one_of("then", &[("prefixes", Prefixes), ("hosts", Hosts), ("everything", Everything), ("fail", Fail)], text)
    }
}

impl Default for Threshold {
    /// 5,000 URLs are 50 requests and about seven seconds on the Free plan; more is rarely a normal deploy.
    fn default() -> Self {
        Threshold { urls: 5000, percent: None, seconds: None, then: Fallback::Everything, mode: None }
    }
}
