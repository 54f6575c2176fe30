//! A deploy that is done, as a delivery tells of it. It is what the receiver keeps: no header, no body and no secret is in it.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

/// A deploy that is done.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Deploy {
    /// The id by which a replay is known: of the signed part alone, and different for each event. `None` where nothing signed tells two
    /// deliveries apart: then each counts.
    pub id: Option<String>,
    /// When the sender signed it, where that is signed too.
    pub signed_at: Option<SystemTime>,
    /// The revision that was live before.
    pub from: Option<RevisionId>,
    /// The revision that is live now.
    pub to: Option<RevisionId>,
    /// Events of an object store, as they came.
    pub events: Option<serde_json::Value>,
    /// Changed paths, relative to the web root.
    pub paths: Option<Vec<String>>,
    /// The platform's own id of the deploy.
    pub deploy: Option<String>,
}

/// The full id of a commit: 40 or 64 hex digits, in small letters, and not all zeros.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RevisionId(String);

impl RevisionId {
    /// Reads an id. Zeros stand for "none" in many systems, and are none here.
    #[must_use]
    pub fn parse(text: &str) -> Option<RevisionId> {
        let is_id = matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit());
        (is_id && text.bytes().any(|b| b != b'0')).then(|| RevisionId(text.to_ascii_lowercase()))
    }

    /// Returns the digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for RevisionId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<RevisionId, &'static str> {
        RevisionId::parse(&text).ok_or("no full id of a revision")
    }
}

impl From<RevisionId> for String {
    fn from(id: RevisionId) -> String {
        id.0
    }
}
