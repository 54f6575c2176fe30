//! The causes for which a plan is broader than its changes, or refused: the facts behind the sentence that people read.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::excess::Excess;
use crate::mapping::Kind;

/// One cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "kebab-case")]
pub enum Cause {
    /// More changed than a threshold allows.
    Threshold {
        /// The threshold's key: `urls`, `percent`, `seconds`.
        key: Cow<'static, str>,
        /// Its value.
        limit: usize,
        /// The value of what changed.
        found: usize,
    },
    /// Nobody knows what was live before.
    UnknownBase,
    /// The changes mean more operations than can be listed.
    Beyond {
        /// About how many.
        operations: usize,
    },
    /// The cache cannot be asked for operations of a kind.
    Lacks {
        /// The kind.
        kind: Kind,
        /// The key of its table that would bring it.
        key: Cow<'static, str>,
    },
}

impl From<&Excess> for Cause {
    fn from(excess: &Excess) -> Cause {
        Cause::Threshold { key: excess.key.into(), limit: excess.limit, found: excess.enough }
    }
}
