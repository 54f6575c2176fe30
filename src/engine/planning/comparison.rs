//! One site's way from two or more snapshots to the material of its plans: what is compared, and what differs.

use std::rc::Rc;

use super::base::{self, Found, Part, Seeker};
use super::maker::{Files, Known, Material, What};
use super::notes::{covered, notes};
use super::subject::one_web_root;
use crate::changes::{self, Changes};
use crate::ci::Ci;
use crate::config::Site;
use crate::display::shown;
use crate::engine::error::Error;
use crate::engine::ground::Ground;
use crate::engine::run::mark::SiteMark;
use crate::plan::{BaseOf, Basis};
use crate::snapshot::{Ends, Range, SnapshotName, Source, Sources};

/// The snapshots of a run, and who says which they are.
pub(super) struct Comparison {
    pub(super) range: Range,
    pub(super) sources: Sources,
    ci: Option<Ci>,
    rollback: bool,
}

impl Comparison {
    /// Finds out what was named, once for all sites.
    pub(super) fn begin(
        ground: &Ground<'_>,
        from: Option<&str>,
        to: Option<&str>,
        rollback: bool,
    ) -> Result<Comparison, Error> {
        let range = Range::parse(from, to)?;
        for spec in range.from.iter().chain([&range.to]).filter(|spec| Source::names_a_web_root(spec)) {
            one_web_root(ground.chosen, spec)?;
        }
        let ci = Ci::find(ground.environment, |path| std::fs::read(path))?;
        let sources = Sources::new(ground.directory);
        let rollback = rollback || range.is_whole;
        Ok(Comparison { range, sources, ci, rollback })
    }

    /// Compares what one site was with what it is, and says where its mark moves.
    pub(super) fn material(
        &mut self,
        ground: &Ground<'_>,
        site: &Site,
        mark: Option<&mut SiteMark>,
    ) -> Result<(Material, Ends), Error> {
        let mut seeker = Seeker { ground, range: &self.range, ci: self.ci.as_ref(), sources: &mut self.sources };
        let found = seeker.find(mark.as_deref())?;
        let to = match &found {
            Found::Known { ends, .. } => Rc::clone(&ends.to),
            Found::Unknown { to, .. } => Rc::clone(to),
        };
        let stays = match mark {
            Some(mark) => mark.direct(to, &mut self.sources, self.rollback)?,
            None => None,
        };
        let (material, ends) = match found {
            Found::Known { ends, parts, of, notes } => {
                let notes = notes.into_iter().chain(stays).collect();
                (compared(&ends, &parts, of, site, notes)?, ends)
            }
            Found::Unknown { to, why, notes } => {
                let notes = notes.into_iter().chain(stays).collect();
                (unknown(&to, why, site, notes)?, Ends { from: Vec::new(), to })
            }
        };
        Ok((material, ends))
    }
}

/// Returns what differs between TO and what it is compared with.
fn compared(
    ends: &Ends,
    parts: &[Part],
    of: BaseOf,
    site: &Site,
    mut all_notes: Vec<String>,
) -> Result<Material, Error> {
    let mut named: Vec<(Part, SnapshotName)> = Vec::new();
    let mut all = None::<Changes>;
    let to = ends.to.snapshot(&site.output)?;
    for (part, from) in parts.iter().zip(&ends.from) {
        // What was live twice is compared once.
        if named.iter().any(|(_, known)| known.id == from.id()) || *part == Part::Open && from.id() == ends.to.id() {
            continue;
        }
        let (from, to) = Source::snapshots(from, &ends.to, &site.output)?;
        let changes = changes::compare(&from, &to, site.symlinks, &site.rules)?;
        if named.is_empty() {
            all_notes.extend(notes(&from, &to, &changes, site, of == BaseOf::Given));
        }
        named.push((*part, from.name().clone()));
        all = Some(match all {
            Some(others) => others.and(changes),
            None => changes,
        });
    }
    let also = named.split_off(1.min(named.len()));
    let Some((changes, (_, from))) = all.zip(named.pop()) else {
        return unknown(&ends.to, "there is nothing to compare with".to_owned(), site, all_notes);
    };
    all_notes.extend(covered(&also));
    let basis = Basis::Snapshots { from, to: to.name().clone(), base: base::base(of, also) };
    let files = Files { to: Rc::clone(&ends.to), output: site.output.clone(), symlinks: site.symlinks };
    let known = Known { basis, changes, files: Some(files), base_urls: None };
    Ok(Material { what: What::Changes(Box::new(known)), notes: all_notes })
}

/// Returns the material where nobody knows what was live before.
fn unknown(to: &Source, why: String, site: &Site, mut notes: Vec<String>) -> Result<Material, Error> {
    let to = to.snapshot(&site.output)?;
    if to.lacks_output() {
        let (output, spec) = (shown(site.output.as_str().as_bytes()), shown(to.name().spec.as_bytes()));
        notes.push(format!("`output` {output} is not in {spec}: no file of it is live"));
    }
    Ok(Material { what: What::Unknown { to: to.name().clone(), why }, notes })
}
