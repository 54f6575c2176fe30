//! The settings of an edge: the zone that it stands for, its token, its origin.

use std::net::SocketAddr;

use crate::config::CloudflarePlan;

/// The zone that an edge stands for, and its origin.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The zone's id.
    pub zone: String,
    /// The one environment of its Version Management; its cache is taken for the zone's.
    pub environment: String,
    /// The zone's name; hosts outside it are refused.
    pub zone_name: String,
    /// The one token that may purge.
    pub token: String,
    /// The token's kind, and what else it may do.
    pub access: Access,
    /// Decides limits and rates.
    pub plan: CloudflarePlan,
    /// The scheme that visitors are taken to use: the edge itself speaks plain http, as behind a TLS end point.
    pub scheme: &'static str,
    /// Where answers come from.
    pub origin: SocketAddr,
}

/// The kind of the edge's token, and what it may do beside purging.
#[derive(Debug, Clone)]
pub struct Access {
    /// It has the permission Zone > Zone > Read.
    pub reads_zones: bool,
    /// It has the permission Zone > DNS > Read.
    pub reads_dns: bool,
    /// The zone's proxied hosts, each an A record; it has one that is not proxied too.
    pub hosts: Vec<String>,
    /// It belongs to the account, not to a user.
    pub is_the_accounts: bool,
    /// `active`, `disabled` or `expired`.
    pub status: &'static str,
    /// An e-mail address and a Global API Key, which may do all that the token may.
    pub global_key: Option<(&'static str, &'static str)>,
    /// The zone's old list of its user's permissions.
    pub permissions: Vec<&'static str>,
}

impl Default for Access {
    /// A user's token that may purge and read zones.
    fn default() -> Self {
        let permissions = vec!["#cache_purge:edit", "#zone:read"];
        Access {
            reads_zones: true,
            reads_dns: false,
            hosts: Vec::new(),
            is_the_accounts: false,
            status: "active",
            global_key: None,
            permissions,
        }
    }
}
