//! From the configuration to the plans of its sites: which snapshots are compared, what differs, what that means.
//!
//! Everything before anything is shown or sent. A site that cannot be planned does not stop the others; what is wrong with
//! the run as a whole does.

use super::events::Told;
use super::paths::List;
use super::{Output, Planned, Sites, configuration};
use crate::changes::{self, Changes, Status};
use crate::cli::{Global, Subject};
use crate::config::{Config, Environment, Site, Symlinks, ZoneId};
use crate::display::shown;
use crate::error::Error;
use crate::mapping;
use crate::plan::{Neighbour, Plan, Setting};
use crate::provider::Cloudflare;
use crate::snapshot::{Range, Snapshot, Source};

/// Operations of one site that are planned: ten million take about 2 GiB, and hours to send.
pub(super) const MOST_OPERATIONS: usize = 10_000_000;

/// Everything up to the plan, for each site.
pub(super) fn plan_all(
    global: &Global,
    subject: &Subject,
    environment: &Environment,
    output: &mut Output<'_>,
) -> Result<Sites, Error> {
    let config = configuration(global, &subject.described, output)?;
    let all = config.sites.clone();
    let config = config.select(&global.site)?;
    let basis = basis(global, subject, (&all, &config))?;
    let mut unused = 0;
    if let Compared::Events(told) = &basis {
        let in_github = environment.get("GITHUB_ACTIONS")? == Some("true");
        told.say(&config, (global.quiet, in_github), output)?;
        unused = told.unused();
    }
    let sites = plans(&all, config, &basis, environment)?;
    Ok(Sites { unused, ..sites })
}

/// The plans of some of all sites.
pub(super) fn plans(all: &[Site], config: Config, basis: &Compared, environment: &Environment) -> Result<Sites, Error> {
    let environment_zone = environment_zone(environment)?;
    let zone_of = |site: &Site| site.cloudflare.zone_id.clone().or_else(|| environment_zone.clone());
    let mut sites = Sites { planned: Vec::new(), unplanned: Vec::new(), unused: 0 };
    for site in config.sites {
        let zone = zone_of(&site);
        let others = all.iter().filter(|other| other.name != site.name);
        let neighbours: Vec<Neighbour<'_>> =
            others.map(|other| Neighbour { site: other, same_zone: zone_of(other) == zone }).collect();
        let provider = Cloudflare::new(&site.cloudflare);
        let plan = match basis {
            Compared::Snapshots(from, to) => plan_site((from, to), (&site, &provider), &neighbours),
            Compared::Paths(list) => Ok(list.plan(&site, &provider, &neighbours)),
            Compared::Events(told) => told.plan(&site, &provider, &neighbours),
        };
        match plan {
            Ok(plan) => sites.planned.push(Planned { site, plan, provider, zone, failed: None }),
            Err(error) => sites.unplanned.push((site.name.to_string(), error)),
        }
    }
    Ok(sites)
}

/// What the plans of a run are made from.
pub(super) enum Compared {
    Snapshots(Source, Source),
    Paths(List),
    Events(Told),
}

/// Opens what was named, once for all sites.
fn basis(global: &Global, subject: &Subject, (all, config): (&[Site], &Config)) -> Result<Compared, Error> {
    if let Some(file) = &subject.events {
        return Ok(Compared::Events(Told::read(file, all)?));
    }
    if let Some(list) = &subject.paths {
        one_web_root(config, "a list of paths")?;
        return Ok(Compared::Paths(List::read(list, subject.nul)?));
    }
    let range = Range::parse(subject.from.as_deref(), subject.to.as_deref())?;
    let (from, to) = Source::both(&range, global.directory.as_deref())?;
    for source in [&from, &to].into_iter().filter(|source| source.is_web_root()) {
        one_web_root(config, source.spec())?;
    }
    Ok(Compared::Snapshots(from, to))
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

/// One site's way from its configuration to its plan.
fn plan_site(
    (from, to): (&Source, &Source),
    (site, provider): (&Site, &Cloudflare),
    neighbours: &[Neighbour<'_>],
) -> Result<Plan, Error> {
    let (from, to) = Source::snapshots(from, to, &site.output)?;
    let changes = changes::compare(&from, &to, site.symlinks, &site.rules)?;
    // The whole list of files is only made where one of the changes bears on all of them.
    let judged = mapping::judge(&changes, site);
    let operations = mapping::estimate(&judged, site);
    if operations > MOST_OPERATIONS {
        return Err(Error::TooManyOperations(operations));
    }
    let mut paths = if judged.needs_inventory() { Some(inventory(&to, &changes, site.symlinks)?) } else { None };
    let mut mapping = mapping::map(&judged, paths.as_deref().unwrap_or_default(), site);
    mapping.notes.splice(0..0, notes(&from, &to, &changes, site));
    drop(judged);
    let prices = provider.prices();
    let setting = Setting { prices, inventory: None, neighbours };
    if paths.is_none() && setting.wants_inventory(site, &mapping) {
        paths = Some(inventory(&to, &changes, site.symlinks)?);
    }
    let setting = Setting { inventory: paths.as_deref(), ..setting };
    Ok(Plan::new(site, (from.name(), to.name()), changes, mapping, &setting))
}

/// Every path of either snapshot, sorted, each once: those of TO, and what is gone in it.
fn inventory(to: &Snapshot<'_>, changes: &Changes, symlinks: Symlinks) -> Result<Vec<Box<[u8]>>, Error> {
    let mut paths = changes::all_paths(to, symlinks)?;
    paths.extend(changes.paths.iter().filter(|c| c.status == Status::Deleted).map(|c| c.path.clone()));
    paths.sort_unstable();
    paths.dedup();
    Ok(paths)
}

/// What is odd about the two snapshots and the links in them, and may be a slip.
fn notes(from: &Snapshot<'_>, to: &Snapshot<'_>, changes: &Changes, site: &Site) -> Vec<String> {
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
    let revisions = from.is_revision() && to.is_revision();
    if revisions && from.name().id == to.name().id && from.name().spec != to.name().spec {
        notes.push("FROM and TO are the same; was one of the pipeline's variables empty?".to_owned());
    }
    let mut matcher = site.rules.matcher();
    notes.extend(changes.odd_links.notes(|path| !matcher.judge(path).ignored));
    notes
}
