//! The way up from what a site's cache cannot be asked for.
//!
//! Nothing that it cannot express is dropped: something broader takes its place, as far as the site's `then` allows, or the
//! plan is refused. Which requests these are is left to the provider.

use super::capabilities::Capabilities;
use super::hosts::{hosts, whole};
use super::planned::{PlannedOperation, in_order};
use super::refused::Refused;
use super::setting::Setting;
use crate::config::{Fallback, Mode, Site};
use crate::mapping::{Kind, Operation};

/// What became of what cannot be expressed.
#[derive(Debug, Default)]
pub(super) struct Expressed {
    /// Why something broader is in the plan.
    pub(super) fallback: Option<String>,
    pub(super) notes: Vec<String>,
    pub(super) refused: Option<Refused>,
}

/// The words for what a cache cannot do that lacks a kind.
fn words(kind: Kind) -> &'static str {
    match kind {
        Kind::Url => "URLs",
        Kind::Prefix => "by prefix",
        Kind::Host => "by host",
        Kind::Tag => "by tag",
        Kind::Everything => "everything at once",
    }
}

/// Puts what the site's cache knows into the place of what it does not.
pub(super) fn express(site: &Site, operations: &mut Vec<PlannedOperation>, setting: &Setting<'_>) -> Expressed {
    let mut expressed = Expressed::default();
    let able = &setting.capabilities;
    let unknown = |operations: &[PlannedOperation]| {
        let kinds = [Kind::Everything, Kind::Tag, Kind::Prefix, Kind::Host];
        let mut lacking = kinds.into_iter().filter_map(|kind| Some((kind, able.lacks(kind)?)));
        lacking.find(|(kind, _)| operations.iter().any(|p| p.operation.kind() == *kind))
    };
    while let Some((kind, key)) = unknown(operations) {
        let cannot = format!("the cache cannot purge {}: {} has no `{key}`", words(kind), able.table);
        match broader(site, able, kind) {
            Some(Kind::Host) => {
                let stay = std::mem::take(operations).into_iter().filter(|p| p.operation.kind() != kind).collect();
                let (wide, names) = in_place_of(site, able, kind, stay);
                *operations = wide;
                expressed.fallback = Some(format!("{cannot}, so that everything under {names} is purged"));
                expressed.notes.extend(setting.others_beside(site));
            }
            Some(_) => {
                *operations = vec![PlannedOperation::broad(Operation::Everything)];
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
                expressed.refused =
                    Some(Refused::Inexpressible { site: site.name.clone(), what, key, table: able.table });
                return expressed;
            }
        }
    }
    let soft = able.mode == Mode::Invalidate;
    if soft
        && able.broad_removes
        && operations.iter().any(|p| matches!(p.operation.kind(), Kind::Prefix | Kind::Host | Kind::Everything))
    {
        expressed
            .notes
            .push("a ban removes: what is purged by prefix, host or at once is not only marked stale".to_owned());
    }
    expressed
}

/// The next kind that the cache knows and the site allows. A site's hosts are all that it can mean by everything.
fn broader(site: &Site, able: &Capabilities, kind: Kind) -> Option<Kind> {
    let then = site.threshold.then;
    let hosts = able.can(Kind::Host) && matches!(then, Fallback::Hosts | Fallback::Everything);
    let everything = able.can(Kind::Everything) && then == Fallback::Everything;
    match kind {
        // It was asked for: the site's hosts are no more than that.
        Kind::Everything => able.can(Kind::Host).then_some(Kind::Host),
        _ if hosts => Some(Kind::Host),
        _ if everything => Some(Kind::Everything),
        _ => None,
    }
}

/// All of the site's hosts, with what else stays.
fn in_place_of(
    site: &Site,
    able: &Capabilities,
    kind: Kind,
    stay: Vec<PlannedOperation>,
) -> (Vec<PlannedOperation>, String) {
    if kind != Kind::Everything {
        return hosts(site, able, stay);
    }
    // Everything of a site that is only a part of its host is the whole host all the same.
    let mut wide: Vec<Operation> = site.base_urls.iter().map(|base| whole(able, base)).collect();
    wide.sort_unstable();
    wide.dedup();
    let names: Vec<&str> = wide.iter().map(Operation::text).collect();
    let names = names.join(", ");
    let mut all: Vec<PlannedOperation> = wide.into_iter().map(PlannedOperation::broad).collect();
    in_order(&mut all);
    (all, names)
}
