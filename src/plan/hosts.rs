//! Everything of a site at once: its hosts, or what lies below its base URLs.

use super::capabilities::Capabilities;
use super::cover;
use super::planned::{PlannedOperation, in_order};
use crate::config::{BaseUrl, HostName, Prefix, Site};
use crate::mapping::Operation;

/// Everything under the site's hosts, or below the paths of its base URLs, and the names of these. Tags, and what lies
/// elsewhere, are not in it and stay.
pub(super) fn hosts(
    site: &Site,
    able: &Capabilities,
    operations: Vec<PlannedOperation>,
) -> (Vec<PlannedOperation>, String) {
    let bases = || site.base_urls.iter();
    let is_host = |base: &&BaseUrl| base.without_slash().is_none() && !is_apart(able, base);
    let mut wide: Vec<Operation> = bases().filter(is_host).map(|base| Operation::Host(HostName::of(base))).collect();
    let hosts: Vec<&str> = bases().filter(is_host).map(BaseUrl::host).collect();
    let below = bases().filter(|base| !hosts.contains(&base.host()));
    wide.extend(below.map(|base| Operation::Prefix(Prefix::below(base, ""))));
    wide.sort_unstable();
    wide.dedup();
    let names: Vec<&str> = wide.iter().map(Operation::text).collect();
    let names = names.join(", ");
    let is_under = |planned: &PlannedOperation| match &planned.operation {
        Operation::Url(url) => hosts.contains(&host_of(url.as_str())),
        Operation::Prefix(prefix) => hosts.contains(&prefix.host()),
        Operation::Host(host) => hosts.contains(&host.as_str()),
        Operation::Tag(_) | Operation::Everything => false,
    };
    let mut all: Vec<PlannedOperation> =
        operations.into_iter().filter(|p| !is_under(p) && !wide.contains(&p.operation)).collect();
    all.extend(wide.into_iter().map(PlannedOperation::broad));
    in_order(&mut all);
    cover::drop_needless(&mut all);
    (all, names)
}

/// True where a request for the host would miss what is kept under the host and its port, as some caches keep it.
fn is_apart(able: &Capabilities, base: &BaseUrl) -> bool {
    able.keeps_ports_apart && base.without_scheme()[base.host().len()..].starts_with(':')
}

/// Everything under the host of a base URL.
pub(super) fn whole(able: &Capabilities, base: &BaseUrl) -> Operation {
    let host = base.without_scheme().split('/').next().unwrap_or_default();
    match Prefix::directory(&format!("{host}/")).filter(|_| is_apart(able, base)) {
        Some(prefix) => Operation::Prefix(prefix),
        None => Operation::Host(HostName::of(base)),
    }
}

/// The host of a URL, without a port.
fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', ':']).next().unwrap_or_default()
}
