//! What a site's cache can be asked for, and the way up from what it cannot be.
//!
//! Nothing that it cannot express is dropped: something broader takes its place, as far as the site's `then` allows, or the
//! plan is refused. Which requests these are is left to the provider.

use std::num::NonZeroUsize;

use super::hosts::{hosts, whole};
use super::{Kind, Operation, Planned, Refused, Setting, in_order};
use crate::config::{Cache, Fallback, Mode, Site};

/// Directories of a ladder's step where each is a request of its own: what Cloudflare takes in one.
const DIRECTORIES: usize = 100;

/// What became of what cannot be expressed.
#[derive(Debug, Default)]
pub(super) struct Expressed {
    /// Why something broader is in the plan.
    pub(super) fallback: Option<String>,
    pub(super) notes: Vec<String>,
    pub(super) refused: Option<Refused>,
}

/// True when the site's cache can be asked for operations of a kind.
pub(super) fn can(site: &Site, kind: Kind) -> bool {
    let Cache::HttpPurge(cache) = &site.cache else { return true };
    match kind {
        Kind::Url => true,
        Kind::Prefix | Kind::Host => cache.ban.is_some(),
        Kind::Tag => cache.tags.is_some(),
        Kind::Everything => cache.everything.is_some(),
    }
}

/// True when a prefix may take the place of its URLs only to save requests. Where a URL is a request that removes at once, and a
/// prefix a ban that each later request is held against, it does not pay.
pub(super) fn covers_pay(site: &Site) -> bool {
    site.cache.cloudflare().is_some()
}

/// Directories that a step of the ladder may ask for.
pub(super) fn most_directories(site: &Site, limit: NonZeroUsize) -> usize {
    if site.cache.http_purge().is_some() { DIRECTORIES } else { limit.get() }
}

/// The key that is missing, and what cannot be done without it.
fn missing(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Url => ("method", "URLs"),
        Kind::Prefix => ("ban", "by prefix"),
        Kind::Host => ("ban", "by host"),
        Kind::Tag => ("tags", "by tag"),
        Kind::Everything => ("everything", "everything at once"),
    }
}

/// Puts what the site's cache knows into the place of what it does not.
pub(super) fn express(site: &Site, operations: &mut Vec<Planned>, setting: &Setting<'_>) -> Expressed {
    let mut expressed = Expressed::default();
    if site.cache.http_purge().is_none() {
        return expressed;
    }
    let unknown = |operations: &[Planned]| {
        let kinds = [Kind::Everything, Kind::Tag, Kind::Prefix, Kind::Host];
        kinds.into_iter().find(|kind| !can(site, *kind) && operations.iter().any(|p| p.operation.kind() == *kind))
    };
    while let Some(kind) = unknown(operations) {
        let (key, what) = missing(kind);
        let cannot = format!("the cache cannot purge {what}: [site.http_purge] has no `{key}`");
        match broader(site, kind) {
            Some(Kind::Host) => {
                let stay = std::mem::take(operations).into_iter().filter(|p| p.operation.kind() != kind).collect();
                let (wide, names) = in_place_of(site, kind, stay);
                *operations = wide;
                expressed.fallback = Some(format!("{cannot}, so that everything under {names} is purged"));
                expressed.notes.extend(setting.others_beside(site));
            }
            Some(_) => {
                *operations = vec![Planned::broad(Operation::Everything)];
                expressed.fallback = Some(format!("{cannot}, so that everything in it is purged"));
                expressed.notes.extend(setting.others_in_the_zone(site).into_iter().chain(setting.others_beside(site)));
            }
            None => {
                let why = match site.threshold.then {
                    _ if kind == Kind::Everything => "nor by host, without a `ban`",
                    Fallback::Everything => "and nothing broader either",
                    _ => "and `then` allows nothing broader that it can",
                };
                let what = format!("{cannot}, {why}");
                expressed.refused = Some(Refused::Inexpressible { site: site.name.clone(), what, key });
                return expressed;
            }
        }
    }
    let soft = site.cache.mode() == Mode::Invalidate;
    if soft && operations.iter().any(|p| matches!(p.operation.kind(), Kind::Prefix | Kind::Host | Kind::Everything)) {
        expressed
            .notes
            .push("a ban removes: what is purged by prefix, host or at once is not only marked stale".to_owned());
    }
    expressed
}

/// The next kind that the cache knows and the site allows. A site's hosts are all that it can mean by everything.
fn broader(site: &Site, kind: Kind) -> Option<Kind> {
    let then = site.threshold.then;
    let hosts = can(site, Kind::Host) && matches!(then, Fallback::Hosts | Fallback::Everything);
    let everything = can(site, Kind::Everything) && then == Fallback::Everything;
    match kind {
        // It was asked for: the site's hosts are no more than that.
        Kind::Everything => can(site, Kind::Host).then_some(Kind::Host),
        _ if hosts => Some(Kind::Host),
        _ if everything => Some(Kind::Everything),
        _ => None,
    }
}

/// All of the site's hosts, with what else stays.
fn in_place_of(site: &Site, kind: Kind, stay: Vec<Planned>) -> (Vec<Planned>, String) {
    if kind != Kind::Everything {
        return hosts(site, stay);
    }
    // Everything of a site that is only a part of its host is the whole host all the same.
    let mut wide: Vec<Operation> = site.base_urls.iter().map(|base| whole(site, base)).collect();
    wide.sort_unstable();
    wide.dedup();
    let names: Vec<&str> = wide.iter().map(Operation::text).collect();
    let names = names.join(", ");
    let mut all: Vec<Planned> = wide.into_iter().map(Planned::broad).collect();
    in_order(&mut all);
    (all, names)
}
