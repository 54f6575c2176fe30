//! One HTTP request as a provider words it, and where it goes.

use std::borrow::Cow;

use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};

/// A request but for who is asked: what a dry run shows, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// In capitals.
    pub method: Cow<'static, str>,
    /// Path and query string, from `/`; it is sent as it stands.
    pub path: String,
    /// The `Host` header, where it is not the server's own name.
    pub host: Option<String>,
    /// Further headers, none of them secret.
    pub headers: Vec<(String, String)>,
    /// JSON, byte for byte as a dry run prints it.
    pub body: Option<Vec<u8>>,
}

/// One HTTP request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiRequest {
    /// Scheme, host and whatever stands before the path; no slash at its end.
    pub base: String,
    /// The request.
    pub call: Call,
    /// What opens the server, where anything does.
    pub secret: Option<Secret>,
}

/// Which secret goes into which header; never its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// As Cloudflare's API takes it: a bearer token, or e-mail and key.
    Cloudflare,
    /// The token in a header of this name, behind this text.
    Header {
        /// The header's name.
        name: String,
        /// `Bearer `, or nothing.
        prefix: String,
    },
}

impl ApiRequest {
    /// The whole URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}{}", self.base, self.call.path)
    }
}

/// Headers as a map, in their order.
pub struct Headers<'h>(pub &'h [(String, String)]);

impl Serialize for Headers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        self.0.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))?;
        map.end()
    }
}
