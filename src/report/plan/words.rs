//! A plan's basis in one line each: the comparison, the amount that changed, and why there may be nothing to do.

use super::kinds::Kinds;
use crate::display::{counted, grouped, shown};
use crate::plan::{ACCEPTED_BEFORE, Asked, Base, BaseOf, Basis, Plan};
use crate::snapshot::SnapshotName;

/// Says why there is nothing to do: `nothing changed between A (…) and B (…)`.
pub(super) fn nothing(plan: &Plan) -> String {
    let counts = plan.counts;
    let mut but = Vec::new();
    if counts.ignored > 0 {
        but.push(format!("{} ignored", counted(counts.ignored, "changed path")));
    }
    if counts.left > 0 {
        let stays = if counts.left == 1 { "stays" } else { "stay" };
        but.push(format!("{} with a content hash in the name {stays} cached", counted(counts.left, "deleted file")));
    }
    if counts.held_back > 0 {
        let differ = if counts.held_back == 1 { "differs" } else { "differ" };
        but.push(format!("{} {differ} only in what is volatile", counted(counts.held_back, "file")));
    }
    let without = counts.total().saturating_sub(counts.ignored + counts.left);
    if without > 0 && plan.notes.iter().all(|note| note != ACCEPTED_BEFORE) {
        but.push(format!("{} to which the rules give no URL", counted(without, "changed path")));
    }
    let but = if but.is_empty() { String::new() } else { format!(" ({})", but.join("; ")) };
    let what =
        if counts.total() > counts.ignored || counts.held_back > 0 { "nothing to purge" } else { "nothing changed" };
    match &plan.basis {
        Basis::Snapshots { from, to, base } => format!("{what} between {} and {}{but}", was(from, base, to), name(to)),
        Basis::Unknown { .. } | Basis::Asked(_) | Basis::Paths { .. } | Basis::Events { .. } => {
            format!("nothing to purge: {}{but}", basis(plan))
        }
    }
}

/// Names a snapshot: `HEAD (9876543210)`.
pub(super) fn name(snapshot: &SnapshotName) -> String {
    if snapshot.spec == snapshot.id {
        snapshot.short_id().to_owned()
    } else {
        format!("{} ({})", shown(snapshot.spec.as_bytes()), snapshot.short_id())
    }
}

/// Earlier runs that are named; more say nothing new.
const MOST_OPEN: usize = 3;

/// Names what the site was: `HEAD~1 (0123456789)`, `the mark (0123456789)`; with whatever else was compared with TO. A mark at TO adds
/// nothing.
fn was(from: &SnapshotName, base: &Base, to: &SnapshotName) -> String {
    let marked = |mark: &SnapshotName| format!("the mark ({})", mark.short_id());
    let mut all = vec![if base.of == BaseOf::Mark { marked(from) } else { name(from) }];
    all.extend(base.mark.as_ref().filter(|mark| mark.id != to.id).map(marked));
    all.extend(base.open.iter().take(MOST_OPEN).map(|open| format!("{}, not purged completely", open.short_id())));
    if base.open.len() > MOST_OPEN {
        all.push(format!("{} more, not purged completely", grouped(base.open.len() - MOST_OPEN)));
    }
    all.join(" and ")
}

/// Says what a plan was made from: `HEAD~1 (0123456789) → HEAD (9876543210)`, `12 paths from changed.txt`.
pub(super) fn basis(plan: &Plan) -> String {
    match &plan.basis {
        Basis::Snapshots { from, to, base } => format!("{} → {}", was(from, base, to), name(to)),
        Basis::Unknown { to, .. } => format!("unknown → {}", name(to)),
        Basis::Asked(asked) => format!("asked for by hand: {}", self::asked(*asked)),
        Basis::Paths { source, count } => {
            format!("{} from {}", counted(*count, "path"), named(source))
        }
        Basis::Events { source, records, paths, .. } => {
            format!("{} in {} from {}", counted(*paths, "path"), counted(*records, "event"), named(source))
        }
    }
}

/// Says what was asked for by hand: `2 URLs with all forms, 1 tag`.
fn asked(asked: Asked) -> String {
    let Asked { urls, forms, prefixes, tags, hosts, everything } = asked;
    let listed = [
        (urls, "URL", "URLs", if forms { " with all forms" } else { "" }),
        (prefixes, "prefix", "prefixes", ""),
        (tags, "tag", "tags", ""),
        (hosts, "host", "hosts", ""),
    ];
    let listed = listed.into_iter().filter(|(n, ..)| *n > 0);
    let listed = listed.map(|(n, one, many, with)| format!("{} {}{with}", grouped(n), if n == 1 { one } else { many }));
    listed.chain(everything.then(|| "everything".to_owned())).collect::<Vec<_>>().join(", ")
}

/// Names the file, or another place, that a list came from.
fn named(source: &str) -> String {
    if source == "-" { "standard input".to_owned() } else { shown(source.as_bytes()) }
}

/// Counts the paths: `12 paths changed: 3 added, 8 modified, 1 deleted; 2 of them ignored`.
pub(super) fn paths(plan: &Plan) -> String {
    let counts = plan.counts;
    if counts.total() == 0 && counts.held_back == 0 && matches!(plan.basis, Basis::Snapshots { .. }) {
        return format!("no path below the web root changed{}", kept(plan));
    }
    let by_status: Vec<String> = [(counts.added, "added"), (counts.modified, "modified"), (counts.deleted, "deleted")]
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{} {word}", grouped(n)))
        .collect();
    let ignored =
        if counts.ignored > 0 { format!("; {} of them ignored", grouped(counts.ignored)) } else { String::new() };
    let left = if counts.left > 0 {
        format!("; {} deleted with a content hash in the name stay cached", grouped(counts.left))
    } else {
        String::new()
    };
    let held_back = if counts.held_back > 0 {
        format!("; {} more only in what is volatile", grouped(counts.held_back))
    } else {
        String::new()
    };
    let kept = kept(plan);
    if matches!(plan.basis, Basis::Paths { .. }) {
        return format!("{} named, and taken for modified{ignored}{kept}", counted(counts.total(), "path"));
    }
    if matches!(plan.basis, Basis::Events { .. }) {
        let told = [(counts.modified, "written"), (counts.deleted, "removed")].into_iter().filter(|(n, _)| *n > 0);
        let told: Vec<String> = told.map(|(n, word)| format!("{} {word}", grouped(n))).collect();
        return format!("{}: {}{ignored}{left}{kept}", counted(counts.total(), "path"), told.join(", "));
    }
    format!("{} changed: {}{ignored}{left}{held_back}{kept}", counted(counts.total(), "path"), by_status.join(", "))
}

/// Says what stays cached; nothing where a broad purge takes it along.
fn kept(plan: &Plan) -> String {
    if plan.fallback.is_some() || plan.refused.is_some() || Kinds::of(&plan.operations).are_broad() {
        return String::new();
    }
    match plan.counts.wasted {
        0 if plan.counts.left + plan.counts.held_back > 0 => "; all else stays cached too".to_owned(),
        0 => "; all else stays cached".to_owned(),
        1 => "; 1 unchanged URL goes with its directory".to_owned(),
        wasted => format!("; {} unchanged URLs go with their directories", grouped(wasted)),
    }
}
