//! The way up from what a site's cache cannot be asked for.
//!
//! Nothing that it cannot express is dropped: something broader takes its place, as far as the site's `then` allows, or the
//! plan is refused. Which requests these are is left to the provider.

use super::broad::Broad;
use super::capabilities::Capabilities;
use super::cause::Cause;
use super::planned::PlannedOperation;
use super::refused::Refused;
use super::setting::Setting;
use crate::config::{Fallback, Mode, Site};
use crate::mapping::Kind;

/// The outcome for operations that cannot be expressed.
#[derive(Debug, Default)]
pub(super) struct Expressed {
    /// Why something broader is in the plan.
    pub(super) fallback: Option<String>,
    pub(super) notes: Vec<String>,
    /// The facts behind these.
    pub(super) causes: Vec<Cause>,
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
        expressed.causes.push(Cause::Lacks { kind, key: key.into() });
        let cannot = format!("the cache cannot purge {}: {} has no `{key}`", words(kind), able.table);
        let stay = |operations: &mut Vec<PlannedOperation>| {
            let all = std::mem::take(operations).into_iter();
            all.filter(|p| p.operation.kind() != kind).collect::<Vec<_>>()
        };
        let (broad, whom) = match broader(site, able, kind) {
            // Everything of a site that is only a part of its host is the whole host all the same.
            Some(Kind::Host) if kind == Kind::Everything => {
                let broad = Broad::whole_hosts(site, setting, stay(operations));
                let name = broad.name.clone();
                (broad, name)
            }
            Some(Kind::Host) => {
                let broad = Broad::hosts(site, setting, stay(operations));
                let name = broad.name.clone();
                (broad, name)
            }
            Some(_) => (Broad::everything(site, setting, Vec::new()), "everything in it".to_owned()),
            None => {
                let what = format!("{cannot}, {}", nothing_broader(site, able, kind));
                expressed.refused =
                    Some(Refused::Inexpressible { site: site.name.clone(), what, key, table: able.table });
                return expressed;
            }
        };
        *operations = broad.operations;
        expressed.fallback =
            Some(format!("{cannot}, so that {whom} is {}", able.broad_mode(site.threshold.mode).done()));
        expressed.notes.extend(broad.notes);
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

/// Says why nothing takes the place of a kind.
fn nothing_broader(site: &Site, able: &Capabilities, kind: Kind) -> String {
    let by_host = able.lacks(Kind::Host).map_or(String::new(), |key| format!(", without a `{key}`"));
    match (kind, site.threshold.then) {
        (Kind::Everything, _) => format!("nor by host{by_host}"),
        (_, Fallback::Everything | Fallback::Narrowest) => "and nothing broader either".to_owned(),
        (_, Fallback::Hosts | Fallback::Prefixes | Fallback::Fail) => {
            "and `then` allows nothing broader that it can".to_owned()
        }
    }
}

/// Returns the next kind that the cache knows and the site allows. A site's hosts are all that it can mean by everything.
fn broader(site: &Site, able: &Capabilities, kind: Kind) -> Option<Kind> {
    let (hosts, everything) = match site.threshold.then {
        Fallback::Everything | Fallback::Narrowest => (true, true),
        Fallback::Hosts => (true, false),
        Fallback::Prefixes | Fallback::Fail => (false, false),
    };
    if kind == Kind::Everything {
        // It was asked for: the site's hosts are no more than that.
        able.can(Kind::Host).then_some(Kind::Host)
    } else if hosts && able.can(Kind::Host) {
        Some(Kind::Host)
    } else if everything && able.can(Kind::Everything) {
        Some(Kind::Everything)
    } else {
        None
    }
}
