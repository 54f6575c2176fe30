//! The whole loop on this machine, without an account: a site, an edge cache, two deploys, a purge, and the proof.
//!
//! Nothing is pretended: the site is a git repository, origin and edge are HTTP servers, and the purge is the command
//! that users run, pointed at the edge. The visitors' requests are written down in `site.rs`, apart from the code that maps
//! files to URLs; so the proof can fail.

mod origin;
mod site;

use std::cell::Cell;
use std::fmt;
use std::io;
use std::path::Path;
use std::time::SystemTime;

use self::site::Revision;
use crate::config::{CloudflarePlan, Config, Environment, FILE_NAME};
use crate::display::counted;
use crate::edge::{Access, Edge, Entry, Loopback, Settings};
use crate::engine::{
    self, Delivery, ExitStatus, Ground, Listener, MarkUse, Notice, Planning, ProofOptions, Row, SiteRun, Subject,
};
use crate::report::plan::SiteReport;
use crate::report::{self, Detail, View};
use crate::send::{DEADLINE, Event, Http, Stop};
use crate::snapshot::{Author, Range};

/// The site's host: reserved for examples, and only ever a `Host` header here.
const HOST: &str = "www.example.com";

/// A zone id from Cloudflare's own documents.
const ZONE: &str = "023e105f4ecef8ad9ca31a8372d0c353";

/// Opens nothing but the demo's edge.
const TOKEN: &str = "demo-token";

/// When the two revisions were made, so that their ids are the same on every machine: 2026-11-20 and -21, 12:00 UTC.
const MADE: [i64; 2] = [1_795_176_000, 1_795_262_400];

/// The part of an answer that a visitor sees.
type Seen = (u16, Option<String>, Vec<u8>);

/// The servers of a demo and a visitor's client.
struct Stage {
    origin: Loopback,
    edge: Edge,
    http: Http,
    runtime: tokio::runtime::Runtime,
}

/// Why the demo came to no end.
#[derive(Debug)]
pub enum DemoError {
    /// The machine does not allow it.
    Stage(Box<dyn std::error::Error + Send + Sync>),
    /// The purge failed.
    Purge(engine::Error),
    /// Its output cannot be printed.
    Output(io::Error),
}

impl DemoError {
    /// Returns the error's row.
    #[must_use]
    pub fn row(&self) -> Row {
        match self {
            DemoError::Stage(e) => Row::new(
                ExitStatus::NotPurged,
                format!("the demo failed: {e}"),
                "it needs a temporary directory and ports on 127.0.0.1",
            ),
            DemoError::Purge(e) => e.row(),
            DemoError::Output(_) => {
                Row::new(ExitStatus::NotPurged, "cannot print the result", "`diffpurge demo -q` prints less")
            }
        }
    }
}

impl fmt::Display for DemoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.row().text)
    }
}

impl std::error::Error for DemoError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            DemoError::Stage(_) => None,
            DemoError::Purge(e) => e.source(),
            DemoError::Output(e) => Some(e),
        }
    }
}

/// Prints a text as it is.
type Say<'s> = &'s dyn Fn(&str) -> io::Result<()>;

/// Runs the demo; the exit status is bad when a visitor would see anything stale.
///
/// # Errors
/// When the machine does not allow it: no temporary directory, no port on loopback.
pub fn run(keep: bool, view: View, say: Say<'_>) -> Result<ExitStatus, DemoError> {
    let directory = tempfile::Builder::new().prefix("diffpurge-demo-").tempdir().map_err(failed)?;
    let status = story(directory.path(), view, say)?;
    if keep {
        say(&kept(&directory.keep())).map_err(DemoError::Output)?;
    }
    Ok(status)
}

fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> DemoError {
    DemoError::Stage(error.into())
}

fn story(directory: &Path, view: View, say: Say<'_>) -> Result<ExitStatus, DemoError> {
    let tell = |text: String| say(&format!("{text}\n")).map_err(DemoError::Output);
    let public = directory.join("public");
    let author = Author::init(directory).map_err(failed)?;
    let deploy = |revision: Revision, message: &str| {
        site::write(&public, revision).map_err(failed)?;
        author.commit(message, MADE[revision as usize]).map_err(failed)
    };
    deploy(Revision::First, "The site as visitors know it")?;
    std::fs::write(directory.join(FILE_NAME), configuration()).map_err(failed)?;
    let stage = Stage::set_up(&public).map_err(failed)?;
    let asked = site::asked();
    stage.visit_all(&asked).map_err(failed)?;
    let kept = stage.edge.cached().len();
    let urls = counted(kept, "URL");
    tell(format!("The first revision is live; visitors asked for {urls}, and the edge keeps them."))?;
    deploy(Revision::Second, "A new post, a renamed page, one page less")?;
    let old = counted(stage.stale().map_err(failed)?, "URL");
    tell(format!("The second one is deployed: {old} would now get an old answer from the edge.\n"))?;
    tell("$ diffpurge purge HEAD~1 HEAD".to_owned())?;
    if !stage.purge(directory, view, say)? {
        return Ok(ExitStatus::NotPurged);
    }
    let left = stage.edge.cached().len();
    stage.visit_all(&asked).map_err(failed)?;
    let old = stage.stale().map_err(failed)?;
    let requests = counted(stage.edge.recorded().len(), "request");
    tell(format!(
        "\nProof, asking the edge for all of them again: stale {old}, kept {left} of {kept}, {requests} sent."
    ))?;
    Ok(if old == 0 { ExitStatus::Done } else { ExitStatus::NotPurged })
}

fn configuration() -> String {
    format!(
        "[[site]]\nname      = \"demo\"\nbase_urls = [\"https://{HOST}/\"]\noutput    = \"public\"\n\n[site.cloudflare]\nzone_id   = \"{ZONE}\"\n"
    )
}

impl Stage {
    fn set_up(public: &Path) -> io::Result<Stage> {
        let origin = origin::start(public.to_owned())?;
        let edge = Edge::start(Settings {
            zone: ZONE.to_owned(),
            environment: "5d41402abc4b2a76b9719d911017c000".to_owned(),
            zone_name: "example.com".to_owned(),
            token: TOKEN.to_owned(),
            access: Access::default(),
            plan: CloudflarePlan::Free,
            scheme: "https",
            origin: origin.address(),
        })?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Stage { origin, edge, http: Http::plain().map_err(io::Error::other)?, runtime })
    }

    /// Asks the edge for each of the paths, as visitors do.
    fn visit_all(&self, paths: &[String]) -> io::Result<()> {
        paths.iter().try_for_each(|path| self.get(self.edge.address(), path).map(|_| ()))
    }

    /// How many of the answers that the edge keeps are not what the origin answers now.
    fn stale(&self) -> io::Result<usize> {
        let mut stale = 0;
        for (key, entry) in self.edge.cached() {
            let path = key.url.strip_prefix(&format!("https://{HOST}")).unwrap_or("/");
            if self.get(self.origin.address(), path)? != seen(&entry) {
                stale += 1;
            }
        }
        Ok(stale)
    }

    fn get(&self, server: std::net::SocketAddr, path: &str) -> io::Result<Seen> {
        let page =
            self.runtime.block_on(self.http.get(&format!("http://{server}{path}"), HOST)).map_err(io::Error::other)?;
        let location = page.header("location").map(str::to_owned);
        Ok((page.status, location, page.body))
    }

    /// Carries out what users' purges do, pointed at the edge; true when all was accepted.
    fn purge(&self, directory: &Path, view: View, say: Say<'_>) -> Result<bool, DemoError> {
        let environment: Environment =
            [("CLOUDFLARE_BASE_URL", self.edge.api_base()), ("CLOUDFLARE_API_TOKEN", TOKEN.to_owned())]
                .into_iter()
                .collect();
        let config = Config::load(&directory.join(FILE_NAME)).map_err(|e| DemoError::Purge(e.into()))?;
        let crier = Crier { say, view, has_plan: Cell::new(false) };
        let ground = Ground {
            all: &config.sites,
            chosen: &config,
            named: &[],
            command: "purge",
            is_described: false,
            directory: Some(directory),
            is_trusted: false,
            environment: &environment,
            listener: &crier,
            clock: SystemTime::now,
        };
        let range = Range { from: Some("HEAD~1".to_owned()), to: Some("HEAD".to_owned()), is_whole: true };
        let subject = Subject::Revisions { range, rollback: false, allow_empty: false };
        let planning = Planning { subject, marks: MarkUse::Write { wait: true } };
        let mut run = engine::plan(&ground, planning).map_err(DemoError::Purge)?;
        let delivery = Delivery { retry_for: DEADLINE, stop: Stop::Signal, proof: ProofOptions::default() };
        engine::deliver(&ground, &mut run, &delivery).map_err(DemoError::Purge)?;
        let reports: Vec<SiteReport<'_>> = run.sites.iter().map(SiteRun::report).collect();
        let gap = crier.has_plan.get() && view.detail != Detail::Brief;
        crier.shown(gap, &reports, report::plan::outcome_human).map_err(DemoError::Output)?;
        drop(reports);
        let is_complete = run.is_complete();
        run.into_errors().into_iter().next().map_or(Ok(is_complete), |error| Err(DemoError::Purge(error)))
    }
}

/// Writes a report of a site.
type Write = fn(&mut dyn io::Write, &SiteReport<'_>, View) -> io::Result<()>;

/// Tells a person what the purge does.
struct Crier<'c> {
    say: Say<'c>,
    view: View,
    /// The plan has been shown.
    has_plan: Cell<bool>,
}

impl Crier<'_> {
    fn shown(&self, gap: bool, sites: &[SiteReport<'_>], write: Write) -> io::Result<()> {
        let mut text = Vec::new();
        sites.iter().try_for_each(|site| write(&mut text, site, self.view))?;
        let gap = if gap { "\n" } else { "" };
        (self.say)(&format!("{gap}{}", String::from_utf8_lossy(&text)))
    }
}

impl Listener for Crier<'_> {
    fn hear(&self, notice: &Notice) {
        match notice {
            // The demo is its own explanation.
            Notice::Note(_) | Notice::Detail(_) => {}
            Notice::Warning(text) | Notice::Fault(text) => {
                // A reader who has gone has seen enough.
                let _unheard = (self.say)(&format!("warning: {text}\n"));
            }
        }
    }

    fn ready(&self, sites: &[SiteReport<'_>]) -> io::Result<()> {
        self.has_plan.set(true);
        self.shown(false, sites, report::plan::human)
    }

    fn sending(&self, _: usize) {}

    fn sent(&self, _: &str, _: &Event<'_>) {}

    fn done(&self) {}
}

fn seen(entry: &Entry) -> Seen {
    let location = entry.headers.iter().find(|(name, _)| name == "location").map(|(_, value)| value.clone());
    (entry.status, location, entry.body.to_vec())
}

fn kept(directory: &Path) -> String {
    let dir = directory.display();
    format!(
        "\nThe repository stays in {dir}; play on with:\n  diffpurge -C {dir} plan HEAD~1\n  \
         diffpurge -C {dir} plan HEAD~1 --format requests\n  diffpurge -C {dir} plan HEAD~1 --format json\n"
    )
}
