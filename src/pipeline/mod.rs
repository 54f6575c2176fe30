//! Planning and purging, stage by stage: the table of contents of the program.
//!
//! `config → snapshot → changes → mapping → plan → provider → send → report`. Each stage is one call; what it does
//! stands in its module. Whatever is printed goes through the two writers that come in.

mod explain;
mod manifest;
mod paths;
mod publish;
mod saved;
mod sending;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::changes::{self, Changes};
use crate::cli::{Described, Format, Global, PurgeArgs, Subject};
use crate::config::{Config, Environment, FILE_NAME, OneSite, Site, Symlinks, ZoneId};
use crate::display::shown;
use crate::error::{Error, ExitStatus};
use crate::mapping;
use crate::plan::Plan;
use crate::provider::Cloudflare;
use crate::report::SiteReport;
use crate::send::{Receipt, RetryPolicy};
use crate::snapshot::{Range, Snapshot, Source};

pub use self::explain::explain;
pub use self::manifest::manifest;
use self::paths::List;
use self::publish::Publisher;

/// Where a run writes.
pub struct Output<'o> {
    /// The result.
    pub out: &'o mut dyn Write,
    /// Everything else.
    pub err: &'o mut dyn Write,
}

/// A site of the configuration and what its changes ask for.
struct Planned {
    site: Site,
    plan: Plan,
    provider: Cloudflare,
    zone: Option<ZoneId>,
}

impl Planned {
    fn report<'r>(&'r self, receipts: Option<&'r Vec<Receipt>>) -> SiteReport<'r> {
        SiteReport {
            plan: &self.plan,
            provider: &self.provider,
            zone: self.zone.as_ref(),
            receipts: receipts.map(Vec::as_slice),
        }
    }
}

/// `diffpurge plan`: everything but the sending.
///
/// # Errors
/// When the plan cannot be made or written, or the site's policy refuses it; then it is shown all the same.
pub fn plan(
    global: &Global,
    subject: &Subject,
    exit_code: bool,
    environment: &Environment,
    output: &mut Output<'_>,
) -> Result<ExitStatus, Error> {
    let publisher = Publisher::new(global, subject, environment)?;
    show(&publisher, &plan_all(global, subject, environment, output)?, exit_code, output)
}

/// Shows plans and sends nothing.
fn show(
    publisher: &Publisher,
    planned: &[Planned],
    exit_code: bool,
    output: &mut Output<'_>,
) -> Result<ExitStatus, Error> {
    publisher.plans(output, planned)?;
    publisher.files(output, &planned.iter().map(|p| p.report(None)).collect::<Vec<_>>())?;
    refuse(planned)?;
    let work = planned.iter().any(|p| !p.plan.is_empty());
    Ok(if exit_code && work { ExitStatus::Work } else { ExitStatus::Done })
}

/// `diffpurge purge`: the plan, then the sending.
///
/// # Errors
/// When the run ends before anything was sent, or the report cannot be written. What goes wrong while sending is in the
/// report and the exit status.
pub fn purge(
    global: &Global,
    args: &PurgeArgs,
    environment: &Environment,
    output: &mut Output<'_>,
) -> Result<ExitStatus, Error> {
    let only_plan = matches!(args.subject.format, Format::Urls | Format::Requests);
    if only_plan && !args.dry_run {
        return Err(Error::PlanFormat(if args.subject.format == Format::Urls { "urls" } else { "requests" }));
    }
    let publisher = Publisher::new(global, &args.subject, environment)?;
    let planned = match &args.plan {
        Some(file) => saved::plans(global, &args.subject.described, (file, args.only_failed), environment, output)?,
        None => plan_all(global, &args.subject, environment, output)?,
    };
    if args.dry_run {
        return show(&publisher, &planned, args.exit_code, output);
    }
    if planned.iter().any(|p| p.plan.refused.is_some()) {
        publisher.plans(output, &planned)?;
        publisher.files(output, &planned.iter().map(|p| p.report(None)).collect::<Vec<_>>())?;
        refuse(&planned)?;
    }
    let policy = RetryPolicy { deadline: Duration::from_secs(args.retry_for), ..RetryPolicy::default() };
    let postman = sending::prepare(&planned, policy, environment)?;
    if args.subject.format == Format::Human {
        publisher.plans(output, &planned)?;
    }
    let receipts = postman.send(global, &planned, environment, output)?;
    let reports: Vec<SiteReport<'_>> = planned.iter().zip(&receipts).map(|(p, r)| p.report(Some(r))).collect();
    // What was done is written wherever it can be, even if one place fails.
    let printed = publisher.outcomes(output, &reports);
    publisher.files(output, &reports).and(printed)?;
    let complete = receipts.iter().flatten().all(Receipt::is_accepted);
    Ok(if complete { ExitStatus::Done } else { ExitStatus::NotPurged })
}

/// The first refusal of a site's policy, as an error.
fn refuse(planned: &[Planned]) -> Result<(), Error> {
    planned.iter().find_map(|p| p.plan.refused.clone()).map_or(Ok(()), |refused| Err(refused.into()))
}

/// Everything up to the plan, for each site. An error in one ends the run before anything is sent.
fn plan_all(
    global: &Global,
    subject: &Subject,
    environment: &Environment,
    output: &mut Output<'_>,
) -> Result<Vec<Planned>, Error> {
    let config = configuration(global, &subject.described, output)?.select(&global.site)?;
    let basis = basis(global, subject, &config)?;
    let environment_zone = environment_zone(environment)?;
    let plan = |site: Site| {
        let zone = site.cloudflare.zone_id.clone().or_else(|| environment_zone.clone());
        let provider = Cloudflare::new(&site.cloudflare);
        let plan = match &basis {
            Compared::Snapshots(from, to) => plan_site((from, to), &site, &provider)?,
            Compared::Paths(list) => list.plan(&site, &provider),
        };
        Ok(Planned { site, plan, provider, zone })
    };
    config.sites.into_iter().map(plan).collect()
}

/// What the plans of a run are made from.
enum Compared {
    Snapshots(Source, Source),
    Paths(List),
}

/// Opens what was named, once for all sites.
fn basis(global: &Global, subject: &Subject, config: &Config) -> Result<Compared, Error> {
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
fn one_web_root(config: &Config, what: &str) -> Result<(), Error> {
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
fn environment_zone(environment: &Environment) -> Result<Option<ZoneId>, Error> {
    const VARIABLE: &str = "CLOUDFLARE_ZONE_ID";
    Ok(environment.get(VARIABLE)?.map(|id| ZoneId::from_variable(VARIABLE, id)).transpose()?)
}

/// One site's way from its configuration to its plan.
fn plan_site((from, to): (&Source, &Source), site: &Site, provider: &Cloudflare) -> Result<Plan, Error> {
    let (from, to) = Source::snapshots(from, to, &site.output)?;
    let changes = changes::compare(&from, &to, site.symlinks, &site.rules)?;
    // The whole list of files is only made where one of the changes bears on all of them.
    let judged = mapping::judge(&changes, site);
    let inventory = if judged.needs_inventory() { inventory(&from, &to, site.symlinks)? } else { Vec::new() };
    let mut mapping = mapping::map(&judged, &inventory, site);
    mapping.notes.splice(0..0, notes(&from, &to, &changes, site));
    Ok(Plan::new(site, (from.name(), to.name()), changes, mapping, provider.limits()))
}

/// Every path of either snapshot, sorted, each once.
fn inventory(from: &Snapshot<'_>, to: &Snapshot<'_>, symlinks: Symlinks) -> Result<Vec<Box<[u8]>>, Error> {
    let mut paths = changes::all_paths(from, symlinks)?;
    paths.extend(changes::all_paths(to, symlinks)?);
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

/// The file, or the options that stand in for it.
fn configuration(global: &Global, described: &Described, output: &mut Output<'_>) -> Result<Config, Error> {
    let found = found_file(global.directory.as_deref());
    if described.base_url.is_empty() {
        return Ok(Config::load(global.config.as_deref().unwrap_or(&found))?);
    }
    if found.exists() && !global.quiet {
        writeln!(output.err, "note: {} is not read, since --base-url describes the site", found.display())
            .map_err(Error::Output)?;
    }
    let typed = OneSite {
        base_urls: &described.base_url,
        output: described.output.as_deref(),
        zone_id: described.zone_id.as_deref(),
    };
    Ok(Config::one_site(typed)?)
}

/// The `purge.toml` in the directory or in the nearest one above it, up to the repository's top; where there is none, the
/// first place that was looked at.
fn found_file(directory: Option<&Path>) -> PathBuf {
    let first = directory.map_or(PathBuf::from(FILE_NAME), |dir| dir.join(FILE_NAME));
    let Ok(start) = std::path::absolute(directory.unwrap_or(Path::new("."))) else { return first };
    for above in start.ancestors() {
        let file = above.join(FILE_NAME);
        if file.exists() {
            return if above == start { first } else { file };
        }
        if above.join(".git").exists() {
            break;
        }
    }
    first
}
