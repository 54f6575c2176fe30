//! Why a plan is not sent: the site's own policy forbids it.

use super::ladder::Excess;
use crate::config::SiteName;

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
        /// What there is too much of.
        excess: Excess,
    },
    /// The cache cannot be asked for it, nor for anything broader that is allowed.
    #[error("site {site}: {what}")]
    Inexpressible {
        /// The site's name.
        site: SiteName,
        /// What it cannot do.
        what: String,
        /// The key that says how.
        key: &'static str,
        /// The table that the key belongs in.
        table: &'static str,
    },
}

impl Refused {
    /// What is wrong, in words, without the site.
    #[must_use]
    pub fn what(&self) -> String {
        match self {
            Refused::Excess { excess, .. } => excess.to_string(),
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
            Refused::Inexpressible { key, table, .. } => {
                format!("say in {table} how the cache does it (`{key}`), or change the rule that asks for it")
            }
        }
    }
}
