//! One site's check, as its report takes it.

use serde::Serialize;

use crate::provider::Finding;

/// A site, and what was found about it.
#[derive(Debug, Serialize)]
pub struct CheckReport<'c> {
    /// The site's name.
    pub site: &'c str,
    /// In the order in which things depend on each other.
    pub findings: Vec<Finding>,
}
