//! Planning and purging, stage by stage: the table of contents of the program.
//!
//! `config → snapshot → changes → mapping → plan → provider → send → report`. Each stage is one call; what it does
//! stands in its module. Whatever is printed goes through the two writers that come in.

mod base;
mod changed;
mod check;
mod comparison;
mod events;
mod explain;
mod invocation;
mod layers;
mod manifest;
mod mark;
mod marks;
mod notes;
mod open;
mod origin;
mod paths;
mod planning;
mod publish;
mod repair;
mod saved;
mod sending;
mod sites;
mod verify;
mod zones;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::cli::{Described, Format, Global, PurgeArgs, Subject};
use crate::config::{Config, Environment, FILE_NAME, OneSite, Site};
use crate::error::{Error, ExitStatus};
use crate::plan::Plan;
use crate::proof::Proofs;
use crate::provider::Provider;
use crate::report::SiteReport;
use crate::send::{Receipt, RetryPolicy};
use crate::snapshot::Ends;

pub use self::check::check;
pub use self::explain::explain;
pub use self::invocation::{Invocation, Invoked, invoked};
pub use self::manifest::manifest;
pub use self::mark::mark;
use self::marks::{Access, SiteMark};
use self::planning::{Purpose, plan_all};
use self::publish::Publisher;
use self::sites::Sites;
pub use self::verify::verify;

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
    provider: Provider,
    /// What was compared, where that can be looked at once more.
    ends: Option<Ends>,
    /// What its pages prove.
    proofs: Option<Proofs>,
    /// Its mark, where the run works with it.
    mark: Option<SiteMark>,
    /// Why the mark could not be moved.
    mark_failed: Option<Error>,
    /// Why nothing of it is sent, though the run goes on for other sites.
    failed: Option<Error>,
}

impl Planned {
    fn report<'r>(&'r self, receipts: Option<&'r Vec<Receipt>>) -> SiteReport<'r> {
        SiteReport {
            plan: &self.plan,
            provider: &self.provider,
            receipts: receipts.map(Vec::as_slice),
            failed: self.failed.as_ref().map(ToString::to_string),
            proofs: self.proofs.as_ref(),
            mark: self.mark.as_ref().map(|mark| mark.marked(self.mark_failed.as_ref())),
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
    publisher.begin()?;
    let purpose = Purpose { access: Access::Read, rollback: false };
    show(publisher, plan_all(global, subject, purpose, environment, output)?, exit_code, environment, output)
}

/// Shows plans and sends nothing.
fn show(
    mut publisher: Publisher,
    mut sites: Sites,
    exit_code: bool,
    environment: &Environment,
    output: &mut Output<'_>,
) -> Result<ExitStatus, Error> {
    sites.refuse();
    publisher.unplanned = sites.without_plan();
    if sites.planned.is_empty() {
        return sites.ends(Ok(()), environment, output);
    }
    let printed = publisher.plans(output, &sites.planned);
    let reports = sites.planned.iter().map(|p| p.report(None)).collect::<Vec<_>>();
    let written = publisher.files(output, &reports).and(printed);
    let work = sites.planned.iter().any(|p| !p.plan.is_empty());
    let status = sites.ends(written, environment, output)?;
    Ok(if exit_code && work && status == ExitStatus::Done { ExitStatus::Work } else { status })
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
    args.proving.idle_option(args.dry_run).map_or(Ok(()), |option| Err(Error::NothingAsked(option)))?;
    let mut publisher = Publisher::new(global, &args.subject, environment)?;
    let access = if args.dry_run { Access::Read } else { Access::Write { wait: !args.marks.no_wait } };
    let mut sites = if let Some(file) = &args.plan {
        let wanted = saved::Wanted { file, only_failed: args.only_failed, no_mark: args.subject.no_mark, access };
        let planned = saved::plans(global, &args.subject.described, &wanted, environment, output)?;
        // The plan that is sent may stand in the very file of the report: it has been read by now.
        publisher.begin()?;
        Sites { planned, unplanned: Vec::new(), live: Vec::new(), unused: 0 }
    } else {
        publisher.begin()?;
        plan_all(global, &args.subject, Purpose { access, rollback: args.marks.rollback }, environment, output)?
    };
    publisher.unplanned = sites.without_plan();
    if args.dry_run {
        return show(publisher, sites, args.exit_code, environment, output);
    }
    if args.proving.compares() {
        verify::can_be_proved(&sites.planned)?;
    }
    sites.refuse();
    marks::begin(&mut sites.planned, &mut sites.live);
    let policy = RetryPolicy { deadline: Duration::from_secs(args.retry_for), ..RetryPolicy::default() };
    let mut postman = sending::prepare(&mut sites.planned, policy, environment)?;
    postman.warn_of_global_keys(output)?;
    postman.check_zones(global, &mut sites.planned, output)?;
    postman.hold_back(&mut sites.planned);
    if !sites.planned.iter().any(|p| p.failed.is_none()) {
        return none_is_sent(&publisher, sites, environment, output);
    }
    if args.subject.format == Format::Human {
        publisher.plans(output, &sites.planned)?;
    }
    postman.wait_for_origins(global, &mut sites.planned, environment, output);
    let purged = Some(std::time::Instant::now());
    let receipts = postman.send(global, &sites.planned, environment, output);
    let accepted: Vec<bool> = receipts.iter().map(|receipts| receipts.iter().all(Receipt::is_accepted)).collect();
    marks::complete(&mut sites.planned, &accepted);
    let whom = (&mut sites.planned[..], &postman, &accepted[..]);
    let proven = verify::prove(global, &args.proving, whom, purged, (environment, output));
    let hold = sites.planned.iter().filter_map(|planned| planned.proofs.as_ref()).all(Proofs::hold);
    let reports: Vec<SiteReport<'_>> = sites.planned.iter().zip(&receipts).map(|(p, r)| p.report(Some(r))).collect();
    // What was done is written wherever it can be, even if one place fails.
    let printed = publisher.outcomes(output, &reports);
    let written = publisher.files(output, &reports).and(printed).and(proven);
    let complete = hold && accepted.iter().all(|accepted| *accepted);
    let status = sites.ends(written, environment, output)?;
    Ok(if complete { status } else { ExitStatus::NotPurged })
}

/// Every site failed before anything was sent. What a policy refused is shown all the same.
fn none_is_sent(
    publisher: &Publisher,
    sites: Sites,
    environment: &Environment,
    output: &mut Output<'_>,
) -> Result<ExitStatus, Error> {
    if sites.planned.iter().any(|p| p.plan.refused.is_some()) {
        publisher.plans(output, &sites.planned)?;
    }
    let reports = sites.planned.iter().map(|p| p.report(None)).collect::<Vec<_>>();
    let written = if reports.is_empty() { Ok(()) } else { publisher.files(output, &reports) };
    sites.ends(written, environment, output)
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
