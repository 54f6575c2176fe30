//! `diffpurge mark`: shows, sets and clears what was last purged completely.

use super::marks::{self, Access, SiteMark};
use super::planning::one_web_root;
use super::publish::broken_pipe_is_fine;
use super::{Output, configuration};
use crate::cli::{AnswerFormat, Described, Global, MarkClearArgs, MarkCommand, MarkSetArgs, MarkShowArgs};
use crate::config::Site;
use crate::display::shown;
use crate::error::{Error, ExitStatus};
use crate::mark::{self, Listings, Lock, MarkError, Store};
use crate::report;
use crate::report::mark::{MarkReport, Step};
use crate::snapshot::{Source, Sources, Update};

/// Shows, sets or clears the marks of the sites.
///
/// # Errors
/// When a mark cannot be read or written; the first such site's.
pub fn mark(global: &Global, command: &MarkCommand, output: &mut Output<'_>) -> Result<ExitStatus, Error> {
    match command {
        MarkCommand::Show(args) => show(global, args, output),
        MarkCommand::Set(args) => set(global, args, output),
        MarkCommand::Clear(args) => clear(global, args, output),
    }
}

fn sites(global: &Global, described: &Described, output: &mut Output<'_>) -> Result<Vec<Site>, Error> {
    Ok(configuration(global, described, output)?.select(&global.site)?.sites)
}

fn show(global: &Global, args: &MarkShowArgs, output: &mut Output<'_>) -> Result<ExitStatus, Error> {
    let sites = sites(global, &args.described, output)?;
    let mut sources = Sources::new(global.directory.as_deref());
    let references: Vec<&Site> = sites.iter().collect();
    let opened = marks::open(global, &references, &mut sources, Access::Read, output);
    let marks = opened.into_iter().collect::<Result<Vec<SiteMark>, Error>>()?;
    let reports: Vec<MarkReport<'_>> = sites
        .iter()
        .zip(&marks)
        .map(|(site, mark)| MarkReport { site: site.name.as_str(), store: mark.store.shown(), mark: &mark.mark })
        .collect();
    let printed = match args.format {
        AnswerFormat::Json => report::mark::json(output.out, &reports),
        AnswerFormat::Human => reports.iter().try_for_each(|one| report::mark::human(output.out, one)),
    };
    printed.or_else(broken_pipe_is_fine)?;
    Ok(ExitStatus::Done)
}

fn set(global: &Global, args: &MarkSetArgs, output: &mut Output<'_>) -> Result<ExitStatus, Error> {
    let config = configuration(global, &args.described, output)?.select(&global.site)?;
    if Source::names_a_web_root(&args.snapshot) {
        one_web_root(&config, &args.snapshot)?;
    }
    if let Some(site) = config.sites.iter().find(|site| !marks::holds(site, &args.snapshot)) {
        return Err(marks::holds_no(site, &args.snapshot).into());
    }
    let mut sources = Sources::new(global.directory.as_deref());
    if let Some(cache) = config.sites.iter().find_map(|site| site.mark.cache()) {
        sources.remember(cache);
    }
    let to = sources.ends(&[], &args.snapshot)?.to;
    for site in &config.sites {
        if to.snapshot(&site.output)?.lacks_output() {
            let what = shown(args.snapshot.as_bytes());
            return Err(Error::NoOutput { output: shown(site.output.as_str().as_bytes()), what });
        }
    }
    let stores = Locked::of(global, &config.sites, args.no_wait, &mut sources, output)?;
    let mut listings = Listings::default();
    let mut steps = Vec::new();
    for (site, store) in config.sites.iter().zip(&stores.stores) {
        let snapshot = to.snapshot(&site.output)?;
        let mark = store.read_to_replace(&mut listings)?;
        steps.push((store, store.complete(&mark, &snapshot)?));
    }
    let id = to.id();
    told(global, &config.sites, &steps, Step::Set { spec: &args.snapshot, id: &id }, output)
}

fn clear(global: &Global, args: &MarkClearArgs, output: &mut Output<'_>) -> Result<ExitStatus, Error> {
    let sites = sites(global, &args.described, output)?;
    let mut sources = Sources::new(global.directory.as_deref());
    let stores = Locked::of(global, &sites, args.no_wait, &mut sources, output)?;
    let mut listings = Listings::default();
    let mut steps = Vec::new();
    for store in &stores.stores {
        steps.push((store, store.clear(&mut listings)?));
    }
    told(global, &sites, &steps, Step::Cleared, output)
}

/// Stores of which no other run moves anything meanwhile. They are not read: what they hold may be broken, and is to go.
struct Locked {
    stores: Vec<Store>,
    _locks: Vec<Lock>,
}

impl Locked {
    fn of(
        global: &Global,
        sites: &[Site],
        no_wait: bool,
        sources: &mut Sources,
        output: &mut Output<'_>,
    ) -> Result<Locked, Error> {
        let stores: Vec<Store> =
            sites.iter().map(|site| Store::of(site, || sources.repository())).collect::<Result<_, _>>()?;
        // In the order in which every run takes them, so that two never wait for each other.
        let mut order: Vec<&Store> = stores.iter().collect();
        order.sort_by_key(|store| store.lock());
        let mut locks = Vec::new();
        for store in order {
            locks.push(marks::lock(global, store.lock(), !no_wait, output)?);
        }
        Ok(Locked { stores, _locks: locks })
    }
}

/// Tells the remotes, and people.
fn told(
    global: &Global,
    sites: &[Site],
    steps: &[(&Store, Vec<Update>)],
    step: Step<'_>,
    output: &mut Output<'_>,
) -> Result<ExitStatus, Error> {
    let names: Vec<String> = steps.iter().map(|(store, _)| store.shown()).collect();
    let pushed: Vec<Result<(), MarkError>> = mark::push(steps);
    let mut first = None;
    for ((site, store), done) in sites.iter().zip(names).zip(pushed) {
        match done {
            Ok(()) if !global.quiet => {
                report::mark::step_human(output.out, site.name.as_str(), &store, step).or_else(broken_pipe_is_fine)?;
            }
            Ok(()) => {}
            Err(error) => first = first.or(Some(error)),
        }
    }
    first.map_or(Ok(ExitStatus::Done), |error| Err(error.into()))
}
