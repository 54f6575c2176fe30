//! Notes on a comparison, for people, that no list of URLs can say.

use super::base::Part;
use crate::changes::Changes;
use crate::config::Site;
use crate::display::{counted, shown};
use crate::engine::ground::Ground;
use crate::engine::run::marks;
use crate::hosting::is_served_by;
use crate::snapshot::{Snapshot, SnapshotName, Source};

/// Returns the way around a purge of everything that a site has, for who knows that its caches hold nothing older.
pub(in crate::engine) fn way_out(ground: &Ground<'_>, site: &Site, to: &Source) -> Option<String> {
    let spec = to.spec();
    if to.is_nothing() || !marks::holds(site, spec) {
        return None;
    }
    let (spec, which) = (shown(spec.as_bytes()), which(ground, site));
    Some(format!("if its caches hold nothing older, `diffpurge mark set {spec}{which}` says so, and purges nothing"))
}

/// Returns the options that say which site is meant, each with a blank before it.
fn which(ground: &Ground<'_>, site: &Site) -> String {
    if ground.is_described {
        let urls: Vec<String> = site.base_urls.iter().map(|url| format!(" --base-url {url}")).collect();
        let output = site.output.as_str();
        let output = if output.is_empty() { String::new() } else { format!(" --output {}", shown(output.as_bytes())) };
        return format!("{}{output}", urls.concat());
    }
    if ground.all.len() > 1 { format!(" --site {}", site.name) } else { String::new() }
}

/// Returns the note on further snapshots that were compared with TO; `adds` is true where the mark brings changes that FROM has not.
pub(super) fn covered(also: &[(Part, SnapshotName)], adds: bool) -> Option<String> {
    let mark = adds && also.iter().any(|(part, _)| *part == Part::Mark);
    let open = also.iter().filter(|(part, _)| *part == Part::Open).count();
    let mark = mark.then(|| "the plan also holds what changed since the mark, the last complete purge".to_owned());
    let open = (open > 0).then(|| {
        let (runs, were) =
            if open == 1 { ("1 earlier run", "was") } else { (&*format!("{open} earlier runs"), "were") };
        format!("{runs} {were} not completely purged, and what changed since is in the plan too")
    });
    match (mark, open) {
        (Some(mark), Some(open)) => Some(format!("{mark}; {open}")),
        (mark, open) => mark.or(open),
    }
}

/// Returns the oddities of the two snapshots and the links in them, and may be a slip.
pub(super) fn notes(
    from: &Snapshot<'_>,
    to: &Snapshot<'_>,
    changes: &Changes,
    site: &Site,
    is_given: bool,
) -> Vec<String> {
    let mut notes = Vec::new();
    let output = shown(site.output.as_str().as_bytes());
    for (snapshot, means) in [(from, "is new"), (to, "counts as deleted")] {
        if snapshot.lacks_output() {
            notes.push(format!(
                "`output` {output} is not in {}: every file of it {means}",
                shown(snapshot.name().spec.as_bytes())
            ));
        }
    }
    let revisions = is_given && from.is_revision() && to.is_revision();
    if revisions && from.name().id == to.name().id && from.name().spec != to.name().spec {
        notes.push("FROM and TO are the same; was one of the pipeline's variables empty?".to_owned());
    }
    if let Some(first) = changes.by_attributes.first() {
        let (files, first) = (counted(changes.by_attributes.len(), "file"), shown(first));
        notes.push(format!(
            "`.gitattributes` say otherwise than before how files are deployed, and these count as changed: {files}, the first is {first}"
        ));
    }
    let uncompared = changes.uncompared.iter().filter(|path| is_served_by(site.host_preset, path));
    let uncompared: Vec<String> = uncompared.map(|path| shown(path)).collect();
    if !uncompared.is_empty() {
        let other = if to.is_revision() { from } else { to };
        notes.push(format!(
            "{} cannot be compared, since {} holds nothing above the web root: if it changed, `diffpurge purge empty {}` purges all",
            uncompared.join(", "),
            shown(other.name().spec.as_bytes()),
            shown(to.name().spec.as_bytes())
        ));
    }
    let unread: Vec<String> =
        changes.unread.iter().filter(|path| is_served_by(site.host_preset, path)).map(|path| shown(path)).collect();
    if !unread.is_empty() {
        notes.push(format!(
            "{} cannot be read here: if it answers with a changed file under another URL, a rule's `also` has to name that",
            unread.join(", ")
        ));
    }
    let mut matcher = site.rules.matcher();
    notes.extend(changes.odd_links.notes(|path| !matcher.judge(path).ignored));
    notes
}
