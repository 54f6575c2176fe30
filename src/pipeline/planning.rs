//! From the configuration to the plans of its sites: which snapshots are compared, what differs, what that means.
//!
//! Everything before anything is shown or sent. A site that cannot be planned does not stop the others; what is wrong with
//! the run as a whole does.

use std::collections::VecDeque;
use std::rc::Rc;

use super::base::{self, Found, Part, Seeker};
use super::events::Told;
use super::layers::{Layered, Made, Unmade, plans};
use super::manifest::say_what_it_took;
use super::marks::{self, Access, SiteMark};
use super::notes::{covered, notes};
use super::paths::List;
use super::{Output, Sites, configuration};
use crate::changes::{self, Changes, Status};
use crate::ci::Ci;
use crate::cli::{Global, Subject};
use crate::config::{Config, Environment, Site, Symlinks, UnknownBase, ZoneId};
use crate::display::shown;
use crate::error::Error;
use crate::mapping;
use crate::plan::{BaseOf, Basis, Plan, Setting};
use crate::snapshot::{Ends, Range, Snapshot, SnapshotName, Source, Sources};

/// Operations of one site that are planned: ten million take about 2 GiB, and hours to send.
pub(super) const MOST_OPERATIONS: usize = 10_000_000;

/// What a run does with its marks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Purpose {
    pub(super) access: Access,
    /// TO may be older than a mark, which then goes back to it.
    pub(super) rollback: bool,
}

/// Everything up to the plan, for each site.
pub(super) fn plan_all(
    global: &Global,
    subject: &Subject,
    purpose: Purpose,
    environment: &Environment,
    output: &mut Output<'_>,
) -> Result<Sites, Error> {
    let config = configuration(global, &subject.described, output)?;
    let all = config.sites.clone();
    let config = config.select(&global.site)?;
    let mut basis = Compared::of(global, subject, purpose, (&all, &config), environment)?;
    let mut unused = 0;
    if let Compared::Events(told) = &basis {
        let in_github = environment.get("GITHUB_ACTIONS")? == Some("true");
        told.say(&config, (global.quiet, in_github), output)?;
        unused = told.unused();
    }
    let mut marks = basis.marks(global, &config, subject.no_mark, purpose.access, output);
    let sites = plans(&all, config, environment, |layers| {
        let mut mark = marks.pop_front().flatten().transpose().map_err(Unmade::from)?;
        let mut ends = None;
        let mut plan = |layer: &Layered<'_>| match &mut basis {
            Compared::Paths(list) => Ok(list.plan(layer.site, layer.provider, layer.neighbours)),
            Compared::Events(told) => told.plan(layer.site, layer.provider, layer.neighbours),
            Compared::Snapshots(compared) => {
                let (plan, compared) = compared.plan(global, layer, mark.as_mut(), output)?;
                ends = Some(compared);
                Ok(plan)
            }
        };
        match layers.iter().map(&mut plan).collect::<Result<Vec<_>, Error>>() {
            Ok(plans) => Ok(Made { plans, ends, mark }),
            Err(error) => Err(Unmade { error: Box::new(error), mark: mark.map(Box::new) }),
        }
    })?;
    Ok(Sites { unused, ..sites })
}

/// What the plans of a run are made from.
enum Compared {
    Snapshots(Box<Comparison>),
    Paths(List),
    Events(Told),
}

/// The snapshots of a run, and who says which they are.
struct Comparison {
    range: Range,
    ci: Option<Ci>,
    sources: Sources,
    rollback: bool,
    /// What it took to hash a directory is told once.
    has_said: bool,
}

impl Compared {
    /// Reads what was named, once for all sites.
    fn of(
        global: &Global,
        subject: &Subject,
        purpose: Purpose,
        (all, config): (&[Site], &Config),
        environment: &Environment,
    ) -> Result<Compared, Error> {
        if let Some(file) = &subject.events {
            return Ok(Compared::Events(Told::read(file, all)?));
        }
        if let Some(list) = &subject.paths {
            one_web_root(config, "a list of paths")?;
            return Ok(Compared::Paths(List::read(list, subject.nul)?));
        }
        let range = Range::parse(subject.from.as_deref(), subject.to.as_deref())?;
        for spec in range.from.iter().chain([&range.to]).filter(|spec| Source::names_a_web_root(spec)) {
            one_web_root(config, spec)?;
        }
        let ci = Ci::find(environment, |path| std::fs::read(path))?;
        let mut sources = Sources::new(global.directory.as_deref());
        let cache = config.sites.iter().find_map(|site| site.mark.cache());
        // A dry run writes nothing.
        if let Some(cache) = cache.filter(|_| purpose.access != Access::Read) {
            sources.remember(cache);
        }
        let rollback = purpose.rollback || range.is_whole;
        Ok(Compared::Snapshots(Box::new(Comparison { range, ci, sources, rollback, has_said: false })))
    }

    /// The marks of all sites, in their order; none for those that go without.
    fn marks(
        &mut self,
        global: &Global,
        config: &Config,
        none: bool,
        access: Access,
        output: &mut Output<'_>,
    ) -> VecDeque<Option<Result<SiteMark, Error>>> {
        let Compared::Snapshots(compared) = self else { return VecDeque::new() };
        let (from, to) = (compared.range.from.is_some(), &compared.range.to);
        let is_used = |site: &&Site| !none && marks::holds(site, to);
        let used: Vec<&Site> = config.sites.iter().filter(is_used).collect();
        let mut opened = marks::open(global, &used, &mut compared.sources, access, output).into_iter();
        // With a FROM, a mark that cannot hold TO is left alone.
        let none_holds = !none && !from;
        let mark_of = |site: &Site| {
            if is_used(&site) { opened.next() } else { none_holds.then(|| Err(marks::holds_no(site, to).into())) }
        };
        config.sites.iter().map(mark_of).collect()
    }
}

impl Comparison {
    /// One site's way from its configuration to its plan.
    fn plan(
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
        let setting = Setting { prices: provider.prices(), inventory: None, neighbours };
        let (mut plan, ends) = match found {
            Found::Known { ends, parts, of, .. } => (compared(&ends, &parts, of, site, setting)?, ends),
            Found::Unknown { to, why, .. } => (unknown(&to, &why, site, &setting)?, Ends { from: Vec::new(), to }),
        };
        plan.notes.splice(0..0, notes.into_iter().chain(stays));
        Ok((plan, ends))
    }
}

/// Checks that what is one web root is compared for sites that have one and the same.
pub(super) fn one_web_root(config: &Config, what: &str) -> Result<(), Error> {
    let mut sites = config.sites.iter();
    let Some(first) = sites.next() else { return Ok(()) };
    match sites.find(|site| site.output != first.output) {
        None => Ok(()),
        Some(other) => {
            Err(Error::OneWebRoot { what: what.to_owned(), one: first.name.to_string(), other: other.name.to_string() })
        }
    }
}

/// The zone of sites that name none.
pub(super) fn environment_zone(environment: &Environment) -> Result<Option<ZoneId>, Error> {
    const VARIABLE: &str = "CLOUDFLARE_ZONE_ID";
    Ok(environment.get(VARIABLE)?.map(|id| ZoneId::from_variable(VARIABLE, id)).transpose()?)
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
        return Err(Error::TooManyOperations(operations));
    }
    let mut paths = if judged.needs_inventory() { Some(inventory(&to, &changes, site.symlinks)?) } else { None };
    let mut mapping = mapping::map(&judged, paths.as_deref().unwrap_or_default(), site);
    mapping.notes.splice(0..0, first_notes);
    drop(judged);
    if paths.is_none() && setting.wants_inventory(site, &mapping) {
        paths = Some(inventory(&to, &changes, site.symlinks)?);
    }
    let setting = Setting { inventory: paths.as_deref(), ..setting };
    let basis = Basis::Snapshots { from, to: to.name().clone(), base: base::base(of, also) };
    Ok(Plan::new(site, basis, changes, mapping, &setting))
}

/// The plan where nobody knows what was live before.
fn unknown(to: &Source, why: &str, site: &Site, setting: &Setting<'_>) -> Result<Plan, Error> {
    let to = to.snapshot(&site.output)?;
    let refused = |key| Error::UnknownBase { key, why: why.to_owned() };
    if site.unknown_base == UnknownBase::Fail {
        return Err(refused("unknown_base"));
    }
    let mut plan = Plan::unknown(site, why, to.name(), setting).ok_or_else(|| refused("then"))?;
    if to.lacks_output() {
        let (output, spec) = (shown(site.output.as_str().as_bytes()), shown(to.name().spec.as_bytes()));
        plan.notes.push(format!("`output` {output} is not in {spec}: no file of it is live"));
    }
    Ok(plan)
}

/// Every path of either snapshot, sorted, each once: those of TO, and what is gone in it.
fn inventory(to: &Snapshot<'_>, changes: &Changes, symlinks: Symlinks) -> Result<Vec<Box<[u8]>>, Error> {
    let mut paths = changes::all_paths(to, symlinks)?;
    paths.extend(changes.paths.iter().filter(|c| c.status == Status::Deleted).map(|c| c.path.clone()));
    paths.sort_unstable();
    paths.dedup();
    Ok(paths)
}
