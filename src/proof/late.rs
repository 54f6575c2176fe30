//! The error of a late origin: its text and its hint together.

use std::fmt;
use std::time::Duration;

use super::awaited::{Awaited, Want};
use crate::display::{counted, shown};

/// An origin that does not serve what was deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Late {
    /// The first file that is not right, and what was found instead.
    pub first: (Awaited, String),
    /// The number of others that are not right either.
    pub more: usize,
    /// The number of files that were not asked for any more.
    pub open: usize,
    /// The time that was spent on waiting.
    pub waited: Duration,
}

impl Late {
    /// Returns the text and the next thing to do.
    fn told(&self) -> (String, String) {
        let (awaited, found) = &self.first;
        let (path, seconds) = (shown(&awaited.path), self.waited.as_secs());
        let more = if self.more == 0 { String::new() } else { format!(", and {} more", self.more) };
        let open = match self.open {
            0 => String::new(),
            open => format!("; {} not asked for any more", counted(open, "other")),
        };
        let hint = match awaited.want {
            Want::Gone(_) => "a host that keeps deleted files on purpose wants `deleted = \"leave\"` in [site.origin]",
            Want::Content(_) | Want::There => {
                "`wait` in [site.origin] waits longer, and a file that the host does not serve belongs into `ignore`"
            }
        };
        (
            format!("the origin does not serve TO after {seconds} s: {path} ({}) {found}{more}{open}", awaited.url),
            format!("is the deploy through, and `output` what it deploys? {hint}; nothing of the site was purged"),
        )
    }

    /// Returns the next thing to do.
    #[must_use]
    pub fn hint(&self) -> String {
        self.told().1
    }
}

impl fmt::Display for Late {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told().0)
    }
}

impl std::error::Error for Late {}
