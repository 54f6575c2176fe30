//! One site's way from two or more snapshots to its plan: what differs, what that means, what is asked for.

use std::rc::Rc;

use super::Output;
use super::base::{self, Found, Part, Seeker};
use super::layers::Layered;
use super::manifest::say_what_it_took;
use super::marks::SiteMark;
use super::notes::{covered, notes};
use crate::changes::{self, Changes};
use crate::ci::Ci;
use crate::cli::Global;
use crate::config::Site;
use crate::display::shown;
use crate::error::Error;
use crate::mapping;
use crate::plan::{BaseOf, Basis, Plan, Setting};
use crate::snapshot::{Ends, Range, SnapshotName, Source, Sources};

/// Operations of one site that are planned: ten million take about 2 GiB, and hours to send.
pub(super) const MOST_OPERATIONS: usize = 10_000_000;

/// The snapshots of a run, and who says which they are.
pub(super) struct Comparison {
    pub(super) range: Range,
    pub(super) ci: Option<Ci>,
    pub(super) sources: Sources,
    pub(super) rollback: bool,
    /// What it took to hash a directory is told once.
    pub(super) has_said: bool,
}

impl Comparison {
    /// One site's way from its configuration to its plan.
    pub(super) fn plan(
        &mut self,
        global: &Global,
        &Layered { site, provider, neighbours }: &Layered<'_>,
        mark: Option<&mut SiteMark>,
        output: &mut Output<'_>,
    ) -> Result<(Plan, Ends), Error> {
        let mut seeker = Seeker { global, range: &self.range, ci: self.ci.as_ref(), sources: &mut self.sources };
        let found = seeker.find(mark.as_deref(), output)?;
        let (to, notes) = match &found {
            Found::Known { ends, notes, .. } => (&ends.to, notes.clone()),
            Found::Unknown { to, notes, .. } => (to, notes.clone()),
        };
        let to = Rc::clone(to);
        if let Some(hashed) = to.hashed().filter(|_| self.sources.remembers() && !self.has_said) {
            say_what_it_took(hashed, global, to.spec(), output).map_err(Error::Output)?;
            self.has_said = true;
        }
        let stays = match mark {
            Some(mark) => mark.direct(to, &mut self.sources, self.rollback)?,
            None => None,
        };
        let setting = Setting { capabilities: provider.capabilities(), inventory: None, neighbours };
        let (mut plan, ends) = match found {
            Found::Known { ends, parts, of, .. } => (compared(&ends, &parts, of, site, setting)?, ends),
            Found::Unknown { to, why, .. } => (unknown(&to, &why, site, &setting)?, Ends { from: Vec::new(), to }),
        };
        plan.notes.splice(0..0, notes.into_iter().chain(stays));
        Ok((plan, ends))
    }
}

/// The plan from what differs between TO and what it is compared with.
fn compared(ends: &Ends, parts: &[Part], of: BaseOf, site: &Site, setting: Setting<'_>) -> Result<Plan, Error> {
    let mut named: Vec<(Part, SnapshotName)> = Vec::new();
    let (mut all, mut first_notes) = (None::<Changes>, Vec::new());
    let to = ends.to.snapshot(&site.output)?;
    for (part, from) in parts.iter().zip(&ends.from) {
        // What was live twice is compared once.
        if named.iter().any(|(_, known)| known.id == from.id()) || *part == Part::Open && from.id() == ends.to.id() {
            continue;
        }
        let (from, to) = Source::snapshots(from, &ends.to, &site.output)?;
        let changes = changes::compare(&from, &to, site.symlinks, &site.rules)?;
        if named.is_empty() {
            first_notes = notes(&from, &to, &changes, site, of == BaseOf::Given);
        }
        named.push((*part, from.name().clone()));
        all = Some(match all {
            Some(others) => others.and(changes),
            None => changes,
        });
    }
    let also = named.split_off(1.min(named.len()));
    let Some((changes, (_, from))) = all.zip(named.pop()) else {
        return unknown(&ends.to, "there is nothing to compare with", site, &setting);
    };
    first_notes.extend(covered(&also));
    // The whole list of files is only made where one of the changes bears on all of them.
    let judged = mapping::judge(&changes, site);
    let operations = mapping::estimate(&judged, site);
    if operations > MOST_OPERATIONS {
        let basis = Basis::Snapshots { from, to: to.name().clone(), base: base::base(of, also) };
        return Ok(Plan::beyond(site, operations, basis, &changes, &setting));
    }
    let mut paths = if judged.needs_inventory() {
        Some(changes.and_deleted(changes::all_paths(&to, site.symlinks)?))
    } else {
        None
    };
    let mut mapping = mapping::map(&judged, paths.as_deref().unwrap_or_default(), site);
    mapping.notes.splice(0..0, first_notes);
    drop(judged);
    if paths.is_none() && setting.wants_inventory(site, &mapping) {
        paths = Some(changes.and_deleted(changes::all_paths(&to, site.symlinks)?));
    }
    let setting = Setting { inventory: paths.as_deref(), ..setting };
    let basis = Basis::Snapshots { from, to: to.name().clone(), base: base::base(of, also) };
    Ok(Plan::new(site, basis, changes, mapping, &setting))
}

/// The plan where nobody knows what was live before.
fn unknown(to: &Source, why: &str, site: &Site, setting: &Setting<'_>) -> Result<Plan, Error> {
    let to = to.snapshot(&site.output)?;
    let refused = || Error::UnknownBase { key: "unknown_base", why: why.to_owned() };
    let mut plan = Plan::unknown(site, why, to.name(), setting).ok_or_else(refused)?;
    if to.lacks_output() {
        let (output, spec) = (shown(site.output.as_str().as_bytes()), shown(to.name().spec.as_bytes()));
        plan.notes.push(format!("`output` {output} is not in {spec}: no file of it is live"));
    }
    Ok(plan)
}
