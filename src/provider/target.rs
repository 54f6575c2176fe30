//! Where a provider's requests go, and how the way there is opened.

use crate::config::{ConfigError, EnvironmentError};

/// One server that gets every request of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// True where each address behind its name is a node of its own, and gets every request.
    pub is_each_address: bool,
    /// Scheme, host and whatever stands before the path of a call; no slash at its end.
    pub base: String,
}

impl Target {
    /// Returns the server's name, with its port where that is named; nothing that may be secret.
    #[must_use]
    pub fn host(&self) -> &str {
        let rest = self.base.split_once("://").map_or(self.base.as_str(), |(_, rest)| rest);
        let authority = rest.split('/').next().unwrap_or(rest);
        authority.rsplit_once('@').map_or(authority, |(_, host)| host)
    }
}

/// How a server is connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Connection {
    /// An API behind TLS; the environment's proxy may stand between.
    Api,
    /// A server on this machine in place of an API; no proxy.
    ApiHere,
    /// A cache in a private network: no proxy, and no header that could be a part of a cache key.
    CacheNode,
}

/// The thing that a plan purges, for reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// The provider's table: ids of different providers are not compared.
    pub provider: &'static str,
    /// The id of what is purged at an API (a zone, a distribution), where it has one that is known. JSON: `zone`.
    pub id: Option<String>,
    /// The part of that which is purged, where it is not the whole.
    pub part: Option<String>,
    /// Each node that gets every request; empty for an API. JSON: `endpoints`.
    pub nodes: Vec<String>,
    /// In words, behind "to": `zone 023e…`, `each of 3 endpoints`; `None` where it is not known.
    pub words: Option<String>,
}

/// Why a provider cannot be made, or reached. Exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// A variable's value is no text.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    /// A variable holds what the configuration could not hold either.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A variable's value cannot be used: no site can be reached.
    #[error("{variable} cannot be used: {what}")]
    Unusable {
        /// The variable.
        variable: &'static str,
        /// The fault.
        what: String,
        /// The next thing to type.
        hint: &'static str,
    },
    /// It is not known where to send to: this site cannot be reached.
    #[error("{what}")]
    NoTarget {
        /// The words for what is not known.
        what: &'static str,
        /// The next thing to type.
        hint: &'static str,
    },
}

impl ProviderError {
    /// The next thing to type.
    #[must_use]
    pub fn hint(&self) -> &str {
        match self {
            ProviderError::Environment(_) => "set it to plain text",
            ProviderError::Config(e) => e.hint(),
            ProviderError::Unusable { hint, .. } | ProviderError::NoTarget { hint, .. } => hint,
        }
    }

    /// True when it holds for one site alone, and not for the run.
    #[must_use]
    pub fn is_of_one_site(&self) -> bool {
        match self {
            ProviderError::Environment(_) | ProviderError::Config(_) | ProviderError::Unusable { .. } => false,
            ProviderError::NoTarget { .. } => true,
        }
    }
}

impl Destination {
    /// True when a purge of everything there is one of everything here: the same id, or a common node. Two of which no id is known
    /// are taken for the same.
    #[must_use]
    pub fn shares_all_with(&self, other: &Destination) -> bool {
        let shares_a_node = || self.nodes.iter().any(|node| other.nodes.contains(node));
        let are_apis = self.nodes.is_empty() && other.nodes.is_empty();
        self.provider == other.provider && if are_apis { self.id == other.id } else { shares_a_node() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_shared_by_the_same_id_or_a_common_node() {
        let at = |provider, id: Option<&str>, nodes: &[&str]| Destination {
            provider,
            id: id.map(str::to_owned),
            part: None,
            nodes: nodes.iter().map(|node| (*node).to_owned()).collect(),
            words: None,
        };
        for (one, other, want) in [
            (at("a", Some("1"), &[]), at("a", Some("1"), &[]), true),
            (at("a", Some("1"), &[]), at("a", Some("2"), &[]), false),
            (at("a", Some("1"), &[]), at("a", None, &[]), false),
            (at("a", None, &[]), at("a", None, &[]), true),
            (at("a", None, &[]), at("b", None, &[]), false),
            (at("b", None, &["x", "y"]), at("b", None, &["y", "z"]), true),
            (at("b", None, &["x"]), at("b", None, &["z"]), false),
            (at("b", None, &["x"]), at("b", None, &[]), false),
        ] {
            assert_eq!((one.shares_all_with(&other), other.shares_all_with(&one)), (want, want), "{one:?} {other:?}");
        }
    }
}
