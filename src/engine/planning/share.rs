//! One site's share of what is asked for by hand, before it is made into a plan.

use crate::mapping::{AskedUrl, Operation};

/// One site's share of what was asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Share {
    pub(super) urls: Vec<AskedUrl>,
    pub(super) forms: bool,
    /// Prefixes, tags, hosts, everything.
    pub(super) others: Vec<Operation>,
}
