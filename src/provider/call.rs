//! One HTTP request as a provider words it, and where it goes.

use std::borrow::Cow;

use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};

use super::keys::Secret;

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
    /// The body, where it has one.
    pub body: Option<Body>,
}

/// A body, byte for byte as a dry run prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// The media type, which is also the one that is asked for in the answer.
    pub content_type: &'static str,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// One HTTP request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiRequest {
    /// Scheme, host and whatever stands before the path; no slash at its end.
    pub base: String,
    /// The request.
    pub call: Call,
    /// The header of the token, where one opens the server.
    pub secret: Option<Secret>,
    /// The header of the answer that holds an id for support, in lower case.
    pub support_id: Option<&'static str>,
}

impl Body {
    /// Makes a body of JSON.
    #[must_use]
    pub fn json(bytes: Vec<u8>) -> Body {
        Body { content_type: "application/json", bytes }
    }
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
