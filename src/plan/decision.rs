//! The decision of the site's policy: its operations stay a list, become directories that changed whole, or what `then` names.
//!
//! Above the threshold exactly that is sent which `then` names. Only `narrowest` looks for a smaller step, in
//! [`super::ladder`].

use super::broad::Broad;
use super::cause::Cause;
use super::cover::{self, Choice};
use super::excess::{Excess, Measure, Size};
use super::instead::{Decision, Listed};
use super::ladder::Ladder;
use super::planned::PlannedOperation;
use super::refused::Refused;
use super::setting::Setting;
use crate::config::{Cover, Fallback, Site};
use crate::display::counted;
use crate::mapping::{Kind, Operation};

/// Lists, covers, falls back or refuses.
pub(super) fn decide(site: &Site, mut operations: Vec<PlannedOperation>, setting: &Setting<'_>) -> Decision {
    // A rule that asks for everything has decided already.
    if operations.last().is_none_or(|planned| planned.operation == Operation::Everything) {
        return Decision { operations, ..Decision::default() };
    }
    if site.cover != Cover::Off {
        cover::drop_needless(&mut operations);
    }
    let listed = Size::of_list(&operations);
    let measure = Measure::new(site, &operations, &listed.numbers, setting);
    let choice = cover::choose(site, &operations, setting, &measure.till);
    let Some(excess) = excess(site, &measure, &listed, choice.as_ref()) else {
        return covered(choice, operations, Vec::new());
    };
    let policy = Policy { site, setting, measure: &measure, listed };
    match policy.above(&excess, operations) {
        Ok(decision) => Decision { causes: vec![Cause::from(&excess)], ..decision },
        Err((note, operations)) => covered(choice, operations, vec![note]),
    }
}

/// The threshold that the plan is above: by what it would list beside directories that changed whole. A directory that is all of a
/// base URL is no such thing: there the threshold asks whether the site may be purged like this, and `then` says how.
fn excess(site: &Site, measure: &Measure, listed: &Size, choice: Option<&Choice>) -> Option<Excess> {
    let Some(choice) = choice else { return measure.excess(listed) };
    let covered = choice.size();
    match site.threshold.then {
        // It is about what changed, however that would be asked for.
        Fallback::Fail => measure.excess(listed),
        then @ (Fallback::Narrowest | Fallback::Prefixes | Fallback::Hosts | Fallback::Everything) => {
            let is_all = then != Fallback::Narrowest && choice.takes_all_of(site);
            let judged = if is_all { listed } else { &covered };
            // The sentence says what changed, and not what is left of it beside directories.
            let by_number = measure.excess_of_number(judged).and_then(|_| measure.excess_of_number(listed));
            by_number.or_else(|| measure.excess_of_time(&covered, listed))
        }
    }
}

/// Puts the directories of a choice into the place of their URLs.
fn covered(choice: Option<Choice>, mut operations: Vec<PlannedOperation>, mut notes: Vec<String>) -> Decision {
    let wasted = choice.as_ref().map_or(0, Choice::wasted);
    if wasted > 0 {
        let urls = counted(wasted, "unchanged URL");
        notes.push(format!("{urls} may go along, as `cover` allows: their directories are cheaper whole"));
    }
    if let Some(choice) = choice {
        cover::apply(choice.taken, &mut operations);
    }
    Decision { operations, notes, wasted, ..Decision::default() }
}

/// All that decides on what is sent above a threshold.
struct Policy<'p> {
    site: &'p Site,
    setting: &'p Setting<'p>,
    measure: &'p Measure,
    listed: Size,
}

impl Policy<'_> {
    /// Makes the purge that `then` names. Where the cache cannot be asked for it, nor for more, the operations come back with the
    /// reason: a list leaves nothing out.
    fn above(&self, excess: &Excess, operations: Vec<PlannedOperation>) -> Result<Decision, Listed> {
        let Policy { site, setting, .. } = *self;
        let can = |kind| setting.capabilities.can(kind);
        let listed = |why, kind, operations| Err(self.listed(excess, (why, kind), operations));
        let broad = match site.threshold.then {
            Fallback::Narrowest => {
                let ladder = Ladder { site, setting, measure: self.measure, numbers: self.listed.numbers };
                return ladder.climb(excess, operations);
            }
            Fallback::Fail => {
                let refused = Some(Refused::Excess { site: site.name.clone(), excess: excess.clone() });
                return Ok(Decision { operations, refused, ..Decision::default() });
            }
            Fallback::Prefixes if !can(Kind::Prefix) => {
                return listed("cannot purge by prefix", Kind::Prefix, operations);
            }
            Fallback::Hosts if !can(Kind::Host) => return listed("cannot purge by host", Kind::Host, operations),
            Fallback::Everything if !can(Kind::Everything) && !can(Kind::Host) => {
                return listed("can purge neither everything at once nor by host", Kind::Everything, operations);
            }
            Fallback::Prefixes => Broad::prefixes(site, setting, operations),
            Fallback::Hosts => Broad::hosts(site, setting, operations),
            // The hosts take its place where the cache can only be asked for these.
            Fallback::Everything => Broad::everything(site, setting, operations),
        };
        Ok(Decision::broad(excess.to_string(), broad))
    }

    fn listed(&self, excess: &Excess, (why, kind): (&str, Kind), operations: Vec<PlannedOperation>) -> Listed {
        let table = self.setting.capabilities.table;
        let key = self.setting.capabilities.lacks(kind);
        let key = key.map_or(String::new(), |key| format!(" ({table} has no `{key}`)"));
        (format!("{excess}, but the cache {why}{key}: all are listed"), operations)
    }
}
