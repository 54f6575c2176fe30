//! `diffpurge mark`: shows, sets and clears what was last purged completely.

use serde::Serialize;

use super::marks::{self, Access, SiteMark};
use super::planning::one_web_root;
use super::publish::broken_pipe_is_fine;
use super::{Output, configuration};
use crate::cli::{AnswerFormat, Described, Global, MarkClearArgs, MarkCommand, MarkSetArgs, MarkShowArgs};
use crate::config::Site;
use crate::display::shown;
use crate::error::{Error, ExitStatus};
use crate::mark::{self, Listings, Lock, Mark, MarkError, Moment, Store};
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

/// All marks, for programs.
#[derive(Serialize)]
struct Document<'s> {
    schema: u32,
    marks: Vec<Shown<'s>>,
}

/// A site's mark, for programs.
#[derive(Serialize)]
struct Shown<'s> {
    site: &'s str,
    store: String,
    mark: Option<&'s str>,
    revision: Option<&'s str>,
    open: Vec<&'s str>,
}

fn show(global: &Global, args: &MarkShowArgs, output: &mut Output<'_>) -> Result<ExitStatus, Error> {
    let sites = sites(global, &args.described, output)?;
    let mut sources = Sources::new(global.directory.as_deref());
    let references: Vec<&Site> = sites.iter().collect();
    let opened = marks::open(global, &references, &mut sources, Access::Read, output);
    let marks = opened.into_iter().collect::<Result<Vec<SiteMark>, Error>>()?;
    let shown = sites.iter().zip(&marks).map(|(site, mark)| Shown::of(site, mark));
    let document = Document { schema: 1, marks: shown.collect() };
    let printed = match args.format {
        AnswerFormat::Json => serde_json::to_writer_pretty(&mut *output.out, &document)
            .map_err(std::io::Error::from)
            .and_then(|()| writeln!(output.out)),
        AnswerFormat::Human => sites
            .iter()
            .zip(&marks)
            .try_for_each(|(site, mark)| writeln!(output.out, "{}: {}", site.name, words(&mark.store, &mark.mark))),
    };
    printed.or_else(broken_pipe_is_fine)?;
    Ok(ExitStatus::Done)
}

impl<'s> Shown<'s> {
    fn of(site: &'s Site, mark: &'s SiteMark) -> Shown<'s> {
        let at = mark.mark.at.as_ref();
        Shown {
            site: site.name.as_str(),
            store: mark.store.shown(),
            mark: at.map(|at| &*at.id),
            revision: at.and_then(|at| at.revision.as_deref()),
            open: mark.mark.open.iter().map(|open| &*open.id).collect(),
        }
    }
}

/// `90cd55fdaa (refs/diffpurge/www)`, `no mark (…)`; with what is open.
fn words(store: &Store, mark: &Mark) -> String {
    let at = mark.at.as_ref().map_or_else(|| "no mark".to_owned(), short);
    let open: Vec<String> = mark.open.iter().map(short).collect();
    let open = if open.is_empty() {
        String::new()
    } else {
        format!("; live since, and not purged completely: {}", open.join(", "))
    };
    format!("{at} ({}){open}", store.shown())
}

/// The first digits of the revision, or else of the web root's tree.
fn short(moment: &Moment) -> String {
    match &moment.revision {
        Some(revision) => revision.chars().take(10).collect(),
        None => format!("tree {}", moment.id.chars().take(10).collect::<String>()),
    }
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
    let is = format!("set to {} ({})", shown(args.snapshot.as_bytes()), to.id().chars().take(10).collect::<String>());
    told(global, &config.sites, &steps, &is, output)
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
    told(global, &sites, &steps, "cleared", output)
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
    what: &str,
    output: &mut Output<'_>,
) -> Result<ExitStatus, Error> {
    let names: Vec<String> = steps.iter().map(|(store, _)| store.shown()).collect();
    let pushed: Vec<Result<(), MarkError>> = mark::push(steps);
    let mut first = None;
    for ((site, store), done) in sites.iter().zip(names).zip(pushed) {
        match done {
            Ok(()) if !global.quiet => {
                writeln!(output.out, "{}: mark {what} ({store})", site.name).or_else(broken_pipe_is_fine)?;
            }
            Ok(()) => {}
            Err(error) => first = first.or(Some(error)),
        }
    }
    first.map_or(Ok(ExitStatus::Done), |error| Err(error.into()))
}
