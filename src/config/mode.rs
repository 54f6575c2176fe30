//! `mode`: whether cached answers are removed, or only marked as stale.

use super::fault::Fault;
use super::word::one_of;

/// The fate of a cached answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// It is removed.
    #[default]
    Purge,
    /// It is kept and marked stale: the next request asks the origin whether it still holds
    /// (<https://developers.cloudflare.com/cache/guides/invalidate-cache/>).
    Invalidate,
}

impl Mode {
    pub(super) fn parse(text: &str) -> Result<Mode, Fault> {
        one_of("mode", &[("purge", Mode::Purge), ("invalidate", Mode::Invalidate)], text)
    }

    /// Returns `purged` or `invalidated`.
    #[must_use]
    pub fn done(self) -> &'static str {
        match self {
            Mode::Purge => "purged",
            Mode::Invalidate => "invalidated",
        }
    }

    /// Returns `purging` or `invalidating`.
    #[must_use]
    pub fn doing(self) -> &'static str {
        match self {
            Mode::Purge => "purging",
            Mode::Invalidate => "invalidating",
        }
    }
}
