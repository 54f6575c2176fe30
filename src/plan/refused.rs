//! Why a plan is not sent: the site's own policy forbids it.

use super::excess::Excess;
use crate::config::SiteName;
use crate::display::grouped;

/// The site's policy forbids the purge. Exit code 4.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is too much of it.
    #[error(
        "site {site}: {}, more than `threshold.{} = {}`, and `then = \"fail\"`", excess.what, excess.key, excess.limit
    )]
    Excess {
        /// The site's name.
        site: SiteName,
        /// The threshold that is exceeded, and by what.
        excess: Excess,
    },
    /// The changes mean more operations than can be planned.
    #[error("site {site}: {}, and `then = \"fail\"`", beyond(*operations))]
    Beyond {
        /// The site's name.
        site: SiteName,
        /// About how many operations.
        operations: usize,
    },
    /// The cache cannot be asked for it, nor for anything broader that is allowed.
    #[error("site {site}: {what}")]
    Inexpressible {
        /// The site's name.
        site: SiteName,
        /// The words for what it cannot do.
        what: String,
        /// The key that says how.
        key: &'static str,
        /// The table that the key belongs in.
        table: &'static str,
    },
}

/// Says that the changes mean more operations than can be planned.
pub(super) fn beyond(operations: usize) -> String {
    format!("the changes mean about {} operations, more than can be listed", grouped(operations))
}

impl Refused {
    /// Says what is wrong, without the site.
    #[must_use]
    pub fn what(&self) -> String {
        match self {
            Refused::Excess { excess, .. } => excess.to_string(),
            Refused::Beyond { operations, .. } => beyond(*operations),
            Refused::Inexpressible { what, .. } => what.clone(),
        }
    }

    /// The next thing to type.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Refused::Excess { excess: Excess { key, enough, .. }, .. } => {
                format!("if that is right, raise `{key}` to {enough} in [site.threshold], or set `then = \"hosts\"`")
            }
            Refused::Beyond { .. } => {
                "shorten the rules' lists of variants, purge those files with `by = \"prefix\"` or a `scope`, or set `then = \"hosts\"`".to_owned()
            }
            Refused::Inexpressible { key, table, .. } => {
                format!("say in {table} how the cache does it (`{key}`), or change the rule that asks for it")
            }
        }
    }
}
