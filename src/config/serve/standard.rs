//! `kind = "standard"`: whatever signs as Standard Webhooks does (<https://www.standardwebhooks.com>).
//!
//! How a delivery is signed is settled there, and its id and its time are signed too. Only where the body says what was deployed is
//! left to be said.

use super::pointed::Pointed;
use crate::config::fault::Fault;
use crate::config::raw_serve::RawHook;

/// The keys of this kind.
pub(super) const KEYS: &[&str] = &["from", "to", "paths", "status", "success"];

/// A hook whose deliveries are signed as Standard Webhooks says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandardHook {
    /// Where the body says what was deployed. The delivery's id stands in a header.
    pub told: Pointed,
}

impl StandardHook {
    pub(super) fn checked(raw: &RawHook) -> Result<StandardHook, Fault> {
        Ok(StandardHook { told: Pointed::checked(raw)? })
    }
}
