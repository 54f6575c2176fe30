//! The broad purges that the configuration can name: a site's hosts, its base URLs as prefixes, everything.
//!
//! Everything in the plan that lies outside of them stays in it: tags, and URLs, prefixes and hosts elsewhere. When one of them
//! is asked for is left to [`super::decision`] and [`super::whole`]; what a cache cannot be asked for, to [`super::expressing`].

use super::capabilities::Capabilities;
use super::cover;
use super::planned::{PlannedOperation, in_order};
use super::setting::Setting;
use crate::config::{BaseUrl, Escapes, HostName, Prefix, Site};
use crate::mapping::{Kind, Operation};

/// Returns everything below a base URL; with small escapes too, where the site wants that.
fn below(site: &Site, base: &BaseUrl) -> Vec<Operation> {
    let prefix = Prefix::below(base, "");
    let small = prefix.with_small_escapes().filter(|_| site.escapes == Escapes::Both);
    [Some(prefix), small].into_iter().flatten().map(Operation::from).collect()
}

/// A broad purge, and how a report says it.
#[derive(Debug)]
pub(super) struct Broad {
    /// It, and what stays beside it.
    pub(super) operations: Vec<PlannedOperation>,
    /// `everything under www.example.com`.
    pub(super) name: String,
    /// Notes on other sites that it evicts too.
    pub(super) notes: Vec<String>,
}

impl Broad {
    /// Puts the site's hosts, or what lies below the paths of its base URLs, into the place of what lies under them.
    pub(super) fn hosts(site: &Site, setting: &Setting<'_>, operations: Vec<PlannedOperation>) -> Broad {
        let able = &setting.capabilities;
        let is_host = |base: &&BaseUrl| base.without_slash().is_none() && !is_apart(able, base);
        let hosts: Vec<&str> = site.base_urls.iter().filter(is_host).map(BaseUrl::host).collect();
        let below = site.base_urls.iter().filter(|base| !hosts.contains(&base.host()));
        let mut wide: Vec<Operation> = below.flat_map(|base| self::below(site, base)).collect();
        wide.extend(site.base_urls.iter().filter(is_host).map(|base| Operation::from(HostName::from_base_url(base))));
        Broad::wide(able, wide, operations, setting.others_beside(site))
    }

    /// Puts the site's base URLs, as prefixes, into the place of what lies below them.
    pub(super) fn prefixes(site: &Site, setting: &Setting<'_>, operations: Vec<PlannedOperation>) -> Broad {
        let wide = site.base_urls.iter().flat_map(|base| below(site, base)).collect();
        Broad::wide(&setting.capabilities, wide, operations, setting.others_below(site))
    }

    /// Puts the whole hosts of the site's base URLs into the place of what lies under them: for a cache that cannot be asked for
    /// everything, where a site that is only a part of its host may not be all that was meant.
    pub(super) fn whole_hosts(site: &Site, setting: &Setting<'_>, operations: Vec<PlannedOperation>) -> Broad {
        let able = &setting.capabilities;
        let wide = site.base_urls.iter().map(|base| whole_host(able, base)).collect();
        Broad::wide(able, wide, operations, setting.others_beside(site))
    }

    /// Puts everything into the place of all; the others stay where the cache cannot be asked for everything, since something
    /// narrower will take its place.
    pub(super) fn everything(site: &Site, setting: &Setting<'_>, operations: Vec<PlannedOperation>) -> Broad {
        let able = &setting.capabilities;
        let mut all = if able.can(Kind::Everything) { Vec::new() } else { operations };
        all.retain(|planned| planned.operation != Operation::Everything);
        all.push(PlannedOperation::broad(Operation::Everything));
        in_order(&mut all);
        let notes = setting.others_with_everything(site).into_iter().chain(setting.others_beside(site)).collect();
        Broad { operations: all, name: format!("everything in the {}", able.whole), notes }
    }

    fn wide(
        able: &Capabilities,
        mut wide: Vec<Operation>,
        operations: Vec<PlannedOperation>,
        beside: Option<String>,
    ) -> Broad {
        wide.sort_unstable();
        wide.dedup();
        let names: Vec<&str> = wide.iter().map(Operation::text).collect();
        let name = format!("everything under {}", names.join(", "));
        let hosts: Vec<&str> = wide.iter().filter(|wide| wide.kind() == Kind::Host).map(Operation::text).collect();
        let stays = |planned: &PlannedOperation| {
            !host_of(able, &planned.operation).is_some_and(|host| hosts.contains(&host))
                && !wide.contains(&planned.operation)
        };
        let mut all: Vec<PlannedOperation> = operations.into_iter().filter(stays).collect();
        all.extend(wide.iter().cloned().map(PlannedOperation::broad));
        in_order(&mut all);
        cover::drop_needless(&mut all);
        Broad { operations: all, name, notes: beside.into_iter().collect() }
    }
}

/// True where a request for the host would miss what is kept under the host and its port, as some caches keep it.
fn is_apart(able: &Capabilities, base: &BaseUrl) -> bool {
    able.keeps_ports_apart && base.without_scheme()[base.host().len()..].starts_with(':')
}

/// Everything under the host of a base URL.
pub(super) fn whole_host(able: &Capabilities, base: &BaseUrl) -> Operation {
    let host = base.without_scheme().split('/').next().unwrap_or_default();
    match Prefix::directory(&format!("{host}/")).filter(|_| is_apart(able, base)) {
        Some(prefix) => Operation::from(prefix),
        None => Operation::from(HostName::from_base_url(base)),
    }
}

/// The host whose purge would cover an operation: without its port, unless the cache keeps these apart.
fn host_of<'o>(able: &Capabilities, operation: &'o Operation) -> Option<&'o str> {
    let place = match operation {
        Operation::Url(_) | Operation::Prefix(_) | Operation::Host(_) => operation.place(),
        Operation::Tag(_) | Operation::Everything => return None,
    };
    let authority = place.split('/').next().unwrap_or_default();
    if able.keeps_ports_apart { Some(authority) } else { authority.split(':').next() }
}
