//! Planning and purging, stage by stage: the table of contents of the program.
//!
//! `config → snapshot → changes → mapping → plan → provider → send → report`. Each stage is one call; what it does
//! stands in its module. Whatever is printed goes through the two writers that come in.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::changes;
use crate::cli::{Format, Global, PurgeArgs, Subject};
use crate::config::{Config, Environment, FILE_NAME, OneSite, Site, ZoneId};
use crate::error::{Error, ExitStatus};
use crate::mapping;
use crate::plan::{Kind, Plan};
use crate::provider::{ApiBase, Cloudflare, Target};
use crate::report::{self, Detail, Progress, ProgressStyle, SiteReport};
use crate::send::{self, Http, Receipt, RetryPolicy, Sender, Shipment, Token};
use crate::snapshot::{Range, Repository};

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
    zone: Option<ZoneId>,
}

/// `diffpurge plan`: everything but the sending.
///
/// # Errors
/// When the plan cannot be made or written.
pub fn plan(
    global: &Global,
    subject: &Subject,
    exit_code: bool,
    environment: &Environment,
    output: &mut Output<'_>,
) -> Result<ExitStatus, Error> {
    let planned = plan_all(global, subject, environment, output)?;
    let reports: Vec<SiteReport<'_>> = planned.iter().map(|p| p.report(None)).collect();
    publish(global, subject, environment, output, &reports)?;
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
    if args.dry_run {
        return plan(global, &args.subject, args.exit_code, environment, output);
    }
    match args.subject.format {
        Format::Urls => return Err(Error::PlanFormat("urls")),
        Format::Requests => return Err(Error::PlanFormat("requests")),
        Format::Human | Format::Json | Format::Markdown => {}
    }
    let planned = plan_all(global, &args.subject, environment, output)?;
    let policy = RetryPolicy { deadline: Duration::from_secs(args.retry_for), ..RetryPolicy::default() };
    let receipts = send_all(global, &planned, policy, environment, output)?;
    let reports: Vec<SiteReport<'_>> = planned.iter().zip(&receipts).map(|(p, r)| p.report(Some(r))).collect();
    publish(global, &args.subject, environment, output, &reports)?;
    let complete = receipts.iter().flatten().all(Receipt::is_accepted);
    Ok(if complete { ExitStatus::Done } else { ExitStatus::NotPurged })
}

impl Planned {
    fn report<'r>(&'r self, receipts: Option<&'r Vec<Receipt>>) -> SiteReport<'r> {
        let provider = Cloudflare::new(&self.site.cloudflare);
        SiteReport { plan: &self.plan, provider, zone: self.zone.as_ref(), receipts: receipts.map(Vec::as_slice) }
    }
}

/// Everything up to the plan, for each site. An error in one ends the run before anything is sent.
fn plan_all(
    global: &Global,
    subject: &Subject,
    environment: &Environment,
    output: &mut Output<'_>,
) -> Result<Vec<Planned>, Error> {
    let config = configuration(global, subject, output)?.select(&global.site)?;
    let range = Range::parse(subject.from.as_deref(), subject.to.as_deref())?;
    let repository = Repository::open(global.directory.as_deref())?;
    let environment_zone = match environment.get("CLOUDFLARE_ZONE_ID")? {
        Some(id) => Some(ZoneId::from_variable("CLOUDFLARE_ZONE_ID", id)?),
        None => None,
    };
    let plan = |site: Site| {
        let zone = site.cloudflare.zone_id.clone().or_else(|| environment_zone.clone());
        Ok(Planned { plan: plan_site(&repository, &range, &site)?, site, zone })
    };
    config.sites.into_iter().map(plan).collect()
}

/// One site's way from its configuration to its plan.
///
/// # Errors
/// When a snapshot cannot be read, or the site's policy refuses the plan.
pub fn plan_site(repository: &Repository, range: &Range, site: &Site) -> Result<Plan, Error> {
    let (from, to) = repository.snapshots(range, &site.output)?;
    let changes = changes::compare(&from, &to)?;
    let mapping = mapping::map(&changes, site);
    let limits = Cloudflare::new(&site.cloudflare).limits();
    Ok(Plan::new(site, (from.name(), to.name()), changes, mapping, limits)?)
}

/// The file, or the options that stand in for it.
fn configuration(global: &Global, subject: &Subject, output: &mut Output<'_>) -> Result<Config, Error> {
    let beside = global.directory.as_deref().map_or(PathBuf::from(FILE_NAME), |dir| dir.join(FILE_NAME));
    if subject.base_url.is_empty() {
        return Ok(Config::load(global.config.as_deref().unwrap_or(&beside))?);
    }
    if beside.exists() && !global.quiet {
        writeln!(output.err, "note: {FILE_NAME} is not read, since --base-url describes the site")
            .map_err(Error::Output)?;
    }
    let typed = OneSite {
        base_urls: &subject.base_url,
        output: subject.output.as_deref(),
        zone_id: subject.zone_id.as_deref(),
    };
    Ok(Config::one_site(typed)?)
}

/// Sends each plan that asks for something; the receipts stand in the order of the sites.
fn send_all(
    global: &Global,
    planned: &[Planned],
    policy: RetryPolicy,
    environment: &Environment,
    output: &mut Output<'_>,
) -> Result<Vec<Vec<Receipt>>, Error> {
    let base = ApiBase::from_environment(environment)?;
    let mut senders = HashMap::new();
    let mut targets = Vec::new();
    // Everything that can be wrong is found before the first request.
    for Planned { site, plan, zone } in planned {
        if plan.is_empty() {
            targets.push(None);
            continue;
        }
        let zone = zone.clone().ok_or_else(|| Error::NoZone(site.name.to_string()))?;
        targets.push(Some(Target { base: base.clone(), zone }));
        let name = &site.cloudflare.token_env;
        if !senders.contains_key(name) {
            let http = if base.is_on_this_machine() { Http::local() } else { Http::new() }?;
            let pace = Cloudflare::new(&site.cloudflare).pace();
            senders.insert(name, Sender::new(http, Token::from_environment(environment, name)?, policy, pace));
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Output)?;
    runtime.block_on(async {
        let mut stop = std::pin::pin!(send::interrupted());
        let mut all = Vec::with_capacity(planned.len());
        for (Planned { site, plan, .. }, target) in planned.iter().zip(&targets) {
            let (Some(target), Some(sender)) = (target, senders.get(&site.cloudflare.token_env)) else {
                all.push(Vec::new());
                continue;
            };
            let progress = Progress::new(progress_style(global, environment), plan.operations.len(), output.err);
            let shipment = Shipment { plan, provider: Cloudflare::new(&site.cloudflare), target };
            all.push(sender.send(shipment, stop.as_mut(), &|event| progress.show(event)).await);
            progress.finish();
        }
        Ok(all)
    })
}

fn progress_style(global: &Global, environment: &Environment) -> ProgressStyle {
    if global.quiet {
        ProgressStyle::Hidden
    } else if global.verbose {
        ProgressStyle::EveryRequest
    } else if io::stderr().is_terminal() && !environment.has("CI") {
        ProgressStyle::Bar
    } else {
        ProgressStyle::Lines
    }
}

/// Prints the reports, and writes them wherever else they were asked for.
fn publish(
    global: &Global,
    subject: &Subject,
    environment: &Environment,
    output: &mut Output<'_>,
    reports: &[SiteReport<'_>],
) -> Result<(), Error> {
    let detail = if global.verbose {
        Detail::Full
    } else if global.quiet {
        Detail::Brief
    } else {
        Detail::Screenful
    };
    print(subject.format, detail, output.out, reports).or_else(broken_pipe_is_fine)?;
    if subject.format == Format::Urls {
        for plan in
            reports.iter().map(|r| r.plan).filter(|p| p.operations.iter().any(|o| o.operation.kind() != Kind::Url))
        {
            let because = plan
                .fallback
                .as_deref()
                .unwrap_or("a link or submodule changed, and what lies below it is purged by prefix");
            writeln!(output.err, "note: {}: the list of URLs is not all of the plan: {because}", plan.site)
                .map_err(Error::Output)?;
        }
    }
    if let Some(path) = &subject.out {
        let file = File::create(path).map(BufWriter::new);
        file.and_then(|mut f| report::json(&mut f, reports).and_then(|()| f.flush())).map_err(cannot_write(path))?;
    }
    let in_github = environment.get("GITHUB_ACTIONS")? == Some("true");
    let github_summary = if in_github { environment.get("GITHUB_STEP_SUMMARY")?.map(PathBuf::from) } else { None };
    let summarise = |path: &Path| {
        let mut file = BufWriter::new(OpenOptions::new().append(true).create(true).open(path)?);
        reports.iter().try_for_each(|r| report::markdown(&mut file, r, Detail::Screenful)).and_then(|()| file.flush())
    };
    if let Some(path) = &subject.summary {
        summarise(path).map_err(cannot_write(path))?;
    }
    if let Some(Err(e)) = github_summary.as_deref().map(summarise) {
        // Nobody asked for this one: the run is as good without it.
        writeln!(output.err, "warning: cannot write the job summary: {e}").map_err(Error::Output)?;
    }
    if in_github {
        for line in reports.iter().flat_map(report::annotations) {
            writeln!(output.err, "{line}").map_err(Error::Output)?;
        }
    }
    Ok(())
}

fn cannot_write(path: &Path) -> impl FnOnce(io::Error) -> Error + '_ {
    move |source| Error::Write { path: path.to_owned(), source }
}

fn print(format: Format, detail: Detail, out: &mut dyn Write, reports: &[SiteReport<'_>]) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    match format {
        Format::Json => report::json(&mut out, reports)?,
        Format::Urls => reports.iter().try_for_each(|r| report::urls(&mut out, r))?,
        Format::Requests => reports.iter().try_for_each(|r| report::requests(&mut out, r))?,
        Format::Markdown => reports.iter().try_for_each(|r| report::markdown(&mut out, r, detail))?,
        Format::Human => {
            for (i, report) in reports.iter().enumerate() {
                if i > 0 {
                    writeln!(out)?;
                }
                report::human(&mut out, report, detail)?;
            }
        }
    }
    out.flush()
}

/// Who reads only the head of a list has read enough; what was purged decides the exit code all the same.
fn broken_pipe_is_fine(error: io::Error) -> Result<(), Error> {
    if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(Error::Output(error)) }
}
