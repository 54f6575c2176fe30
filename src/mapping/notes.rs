//! Things that a person should know of changed files whose effect no list of URLs can hold.

use super::judged::{Judged, is_configuration};
use super::rewritten;
use super::side_effects::{known_scope, stated_scope};
use crate::config::{Scope, Site};
use crate::display::shown;
use crate::hosting::Reach;

/// Returns the note that a file may name what has no file.
fn routes(path: &[u8]) -> String {
    format!("{} may name routes that have no file, and no list holds them: put those into `always`", shown(path))
}

/// Returns what a person should know of changed files whose effect no list of URLs can hold.
pub(super) fn notes(judged: &Judged<'_>, site: &Site) -> Vec<String> {
    let mut notes = Vec::new();
    for (i, change) in (0u32..).zip(&judged.changes.paths).filter(|(i, _)| judged.kept[*i as usize]) {
        let stated = stated_scope(site, judged.rules(i)).map(|(scope, _)| scope);
        let is_404 = change.path.rsplit(|&b| b == b'/').next() == Some(b"404.html");
        if !is_404 && *change.path != *b"CNAME" && known_scope(change, judged.only_names).is_none() {
            continue;
        }
        let path = shown(&change.path);
        if is_404 && stated < Some(Scope::Subtree) {
            notes.push(format!(
                "{path} is also the answer under unknown URLs, which age out by themselves (3 minutes by default)"
            ));
        }
        if *change.path == *b"CNAME" {
            notes.push("CNAME names the site's host: do `base_urls` still fit?".to_owned());
        }
        let known = known_scope(change, judged.only_names).filter(|_| stated.is_none());
        match known.filter(|_| !is_configuration(judged.changes, &change.path)) {
            Some(scope) if judged.only_names => {
                let below = if scope == Scope::Site { "of the site" } else { "below its directory" };
                notes.push(format!(
                    "{path} bears on other files, and nothing says which there are: everything {below} is purged"
                ));
            }
            Some(_) => notes.push(routes(&change.path)),
            None => {}
        }
    }
    let entries = judged.entries.iter().map(|index| &judged.changes.entries[*index as usize]);
    let of_all = entries.filter(|entry| entry.difference.reaches.iter().any(|r| matches!(r, Reach::Files(_))));
    let mut files: Vec<&[u8]> = of_all.map(|entry| &*entry.file).collect();
    files.dedup();
    notes.extend(files.into_iter().map(routes));
    notes.extend(rewritten::notes(judged.changes, &judged.rewritten));
    let entries = judged.entries.iter().map(|index| &judged.changes.entries[*index as usize]);
    notes.extend(entries.filter(|entry| entry.difference.reaches.is_empty()).map(|entry| {
        let (file, said) = (shown(&entry.file), shown(entry.difference.entry.as_bytes()));
        format!("{file}: {said} is the answer under unknown URLs, which age out by themselves (3 minutes by default)")
    }));
    notes
}
