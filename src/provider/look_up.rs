//! What the API can be asked without changing anything, and how its answers are read.

use serde_json::Value;

use super::ApiBase;
use super::verdict::{Envelope, describe};
use crate::config::ZoneId;

/// A GET to a provider's API. The headers with the credentials are the sender's part.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LookUp {
    /// Absolute.
    pub url: String,
}

/// An answer to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LookUpReply {
    /// The HTTP status.
    pub status: u16,
    /// The server's clock (`Date`), in seconds since 1970.
    pub date: Option<u64>,
    /// The body, decoded.
    pub body: Vec<u8>,
}

/// Why an answer holds no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NoResult {
    /// With status and code.
    pub(super) why: String,
    /// The codes of its errors.
    pub(super) codes: Vec<i64>,
}

impl LookUp {
    /// The zone's own page; needs the permission Zone > Zone > Read
    /// (<https://developers.cloudflare.com/api/resources/zones/methods/get/>).
    #[must_use]
    pub fn zone(base: &ApiBase, zone: &ZoneId) -> LookUp {
        LookUp { url: format!("{}/zones/{}", base.as_str(), zone.as_str()) }
    }

    /// What the API thinks of a user's token; account-owned ones are verified elsewhere
    /// (<https://developers.cloudflare.com/fundamentals/api/troubleshooting/>).
    #[must_use]
    pub fn token(base: &ApiBase) -> LookUp {
        LookUp { url: format!("{}/user/tokens/verify", base.as_str()) }
    }
}

impl LookUpReply {
    /// The envelope's `result`, which only a success has.
    pub(super) fn result(&self) -> Result<Value, NoResult> {
        let envelope = Envelope::read(&self.body);
        let errors = envelope.as_ref().map_or(&[][..], |e| &e.errors);
        let why = describe(self.status, errors, envelope.is_none().then_some(&self.body));
        let no_result = || NoResult { why, codes: errors.iter().map(|e| e.code).collect() };
        if self.status != 200 || !envelope.as_ref().is_some_and(|e| e.success) {
            return Err(no_result());
        }
        let mut body: Value = serde_json::from_slice(&self.body).map_err(|_| no_result())?;
        Ok(body["result"].take())
    }
}
