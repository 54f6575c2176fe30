//! The configuration files of hosts: headers, redirects, rewrites and error pages of URLs that are other files'.
//!
//! A change of such a file changes answers of URLs that no path of the site names. This module knows which files hosts read
//! and where, and says as a value what a change of one bears on. It is pure: who has both versions of a file is
//! [`crate::changes`], and URLs are made by [`crate::mapping`].

mod difference;
mod files;

pub use difference::{Difference, Reach};
pub use files::{is_read_above, is_served_by, reach_of};

/// Returns what differs between two versions of the configuration file of this name, which lies in `directory` of the web root;
/// `None` where its content says nothing here, so that it bears on all that it can bear on.
#[must_use]
pub fn differences(
    _name: &[u8],
    _directory: &[u8],
    (_old, _new): (Option<&[u8]>, Option<&[u8]>),
) -> Option<Vec<Difference>> {
    None
}
