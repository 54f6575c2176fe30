//! One site's way from two or more snapshots to the material of its plans: what is compared, and what differs.

use std::rc::Rc;

use super::base::{self, Found, Part, Seeker};
use super::branch::default_to;
use super::files::Files;
use super::maker::{Known, Material, What};
use super::notes::{covered, notes, way_out};
use super::subject::one_web_root;
use super::web_root::{doubt, lost_its_pages, with_pages};
use crate::changes::{self, Changes, Status};
use crate::ci::Ci;
use crate::config::Site;
use crate::engine::error::{Error, HardlyTheSite, PlanningError};
use crate::engine::ground::{self, Ground};
use crate::engine::run::mark::{Meant, SiteMark};
use crate::plan::{BaseOf, Basis};
use crate::snapshot::{Ends, Range, Snapshot, SnapshotName, Source, Sources};

/// The snapshots of a run, and who says which they are.
pub(super) struct Comparison {
    pub(super) range: Range,
    pub(super) sources: Sources,
    ci: Option<Ci>,
    rollback: bool,
    allow_empty: bool,
}

impl Comparison {
    /// Finds out what was named, once for all sites.
    pub(super) fn begin(
        ground: &Ground<'_>,
        range: Range,
        rollback: bool,
        allow_empty: bool,
    ) -> Result<Comparison, Error> {
        for spec in range.from.iter().chain(&range.to).filter(|spec| Source::names_a_web_root(spec)) {
            one_web_root(ground.chosen, spec)?;
        }
        let ci = Ci::find(ground.environment, ground::event)?;
        let sources = ground.sources();
        let rollback = rollback || range.is_whole;
        Ok(Comparison { range, sources, ci, rollback, allow_empty })
    }

    /// Compares what one site was with what it is, and says where its mark moves.
    pub(super) fn material(
        &mut self,
        ground: &Ground<'_>,
        site: &Site,
        mark: Option<&mut SiteMark>,
    ) -> Result<(Material, Ends), Error> {
        let to = match &self.range.to {
            Some(to) => to.clone(),
            None => default_to(ground, site, &mut self.sources)?,
        };
        let (from, ci) = (self.range.from.as_deref(), self.ci.as_ref());
        let found = Seeker { ground, from, to: &to, site, ci, sources: &mut self.sources }.find(mark.as_deref())?;
        let (ends, of) = match found {
            Found::Known { ends, parts, of, notes } => (ends, Ok((parts, of, notes))),
            Found::Unknown { to, why, notes } => (Ends { from: Vec::new(), to }, Err((why, notes))),
        };
        let made = match doubt(ground, site, &ends.to, &ends.from, self.allow_empty)? {
            Some(why) => Err(PlanningError::from(why).into()),
            None => match of {
                Ok((parts, of, notes)) => compared(&ends, &parts, of, site, notes, self.rollback || self.allow_empty),
                Err((why, mut notes)) => {
                    notes.extend(mark.as_ref().and_then(|_| way_out(ground, site, &ends.to)));
                    unknown(&ends.to, why, site, notes)
                }
            },
        };
        // A TO that is hardly the site is not noted as live: the next run would compare with it.
        let made = match made {
            Err(Error::Planning(why @ PlanningError::HardlyTheSite(_))) => return Err(why.into()),
            made => made,
        };
        let meant = match (self.rollback, &self.range.from) {
            (true, _) => Meant::Back,
            (false, Some(_)) => Meant::Aside,
            (false, None) => Meant::Nothing,
        };
        let stays = match mark {
            Some(mark) => mark.direct(Rc::clone(&ends.to), &mut self.sources, meant)?,
            None => None,
        };
        let mut material = made?;
        material.notes.extend(stays);
        Ok((material, ends))
    }
}

/// Returns what differs between TO and what it is compared with. That TO has little to do with the mark is an error, unless `is_meant`.
pub(super) fn compared(
    ends: &Ends,
    parts: &[Part],
    of: BaseOf,
    site: &Site,
    mut all_notes: Vec<String>,
    is_meant: bool,
) -> Result<Material, Error> {
    let mut named: Vec<(Part, SnapshotName)> = Vec::new();
    let (mut all, mut trees, mut mark_adds) = (None::<Changes>, Vec::new(), false);
    let to = ends.to.snapshot(&site.output)?;
    for (part, from) in parts.iter().zip(&ends.from) {
        let (from, to) = Source::snapshots(from, &ends.to, &site.output)?;
        // A snapshot that was live twice is compared once.
        let tree = from.tree_id();
        let is_known = match part {
            Part::Open => trees.contains(&tree) || tree == to.tree_id(),
            Part::From | Part::Mark => named.iter().any(|(_, known)| known.id == from.name().id),
        };
        if is_known && !named.is_empty() {
            continue;
        }
        trees.push(tree);
        let changes = changes::compare(&from, &to, site.symlinks, &site.rules)?;
        let is_the_mark = *part == Part::Mark && of == BaseOf::Mark;
        if is_the_mark && !is_meant {
            let (what, mark) = (to.name().spec.clone(), from.name().short_id().to_owned());
            if have_nothing_in_common(&changes, &to, site)? {
                return Err(PlanningError::from(HardlyTheSite::NothingInCommon { what, mark }).into());
            }
            if lost_its_pages(&from, &to)? && keeps_less_than_it_loses(&changes, &to, site)? {
                let pages = with_pages(&ends.to)?;
                return Err(PlanningError::from(HardlyTheSite::NoPages { what, mark, pages }).into());
            }
        }
        if named.is_empty() {
            all_notes.extend(notes(&from, &to, &changes, site, of == BaseOf::Given));
        }
        named.push((*part, from.name().clone()));
        all = Some(match all {
            Some(others) => {
                let before = others.paths.len();
                let both = others.and(changes);
                mark_adds |= *part == Part::Mark && both.paths.len() > before;
                both
            }
            None => changes,
        });
    }
    let also = named.split_off(1.min(named.len()));
    let Some((changes, (_, from))) = all.zip(named.pop()) else {
        return unknown(&ends.to, "there is nothing to compare with".to_owned(), site, all_notes);
    };
    all_notes.extend(covered(&also, mark_adds));
    let basis = Basis::Snapshots { from, to: to.name().clone(), base: base::base(of, also) };
    let files = Files { to: Rc::clone(&ends.to), output: site.output.clone(), symlinks: site.symlinks };
    let known = Known { basis, changes, files: Some(files), base_urls: None };
    Ok(Material { what: What::Changes(Box::new(known)), notes: all_notes })
}

/// Files that two snapshots have each at least before it is odd that none has the same path.
const HANDFUL: usize = 6;

/// Returns true where both snapshots have more than a handful of files, and no path is in both.
fn have_nothing_in_common(changes: &Changes, to: &Snapshot<'_>, site: &Site) -> Result<bool, Error> {
    let [added, deleted] = [Status::Added, Status::Deleted].map(|status| changes.count(status));
    let is_odd = added >= HANDFUL && deleted >= HANDFUL && added + deleted == changes.paths.len();
    Ok(is_odd && changes.held_back.is_empty() && changes::all_paths(to, site.symlinks)?.len() == added)
}

/// Returns true where more of the files of before are gone than are still there: a site that only loses its home page keeps others.
fn keeps_less_than_it_loses(changes: &Changes, to: &Snapshot<'_>, site: &Site) -> Result<bool, Error> {
    let [added, deleted] = [Status::Added, Status::Deleted].map(|status| changes.count(status));
    let kept = changes::all_paths(to, site.symlinks)?.len().saturating_sub(added);
    Ok(deleted > kept)
}

/// Returns the material where nobody knows what was live before.
pub(super) fn unknown(to: &Source, why: String, site: &Site, notes: Vec<String>) -> Result<Material, Error> {
    let to = to.snapshot(&site.output)?;
    Ok(Material { what: What::Unknown { to: to.name().clone(), why }, notes })
}
