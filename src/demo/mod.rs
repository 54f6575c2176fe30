//! The whole loop on this machine, without an account: a site, an edge cache, two deploys, a purge, and the proof.
//!
//! Nothing is pretended: the site is a git repository, origin and edge are HTTP servers, and the purge is the command
//! that users run, pointed at the edge. What visitors ask for is written down in `site.rs`, apart from the code that maps
//! files to URLs; so the proof can fail.

mod origin;
mod site;

use std::io::{self, Write};
use std::path::Path;

use clap::Parser as _;

use self::site::Revision;
use crate::cli::{Cli, Command, Global};
use crate::config::{CloudflarePlan, Environment};
use crate::display::counted;
use crate::edge::{Access, Edge, Entry, Loopback, Settings};
use crate::error::{Error, ExitStatus};
use crate::pipeline::{self, Output};
use crate::send::Http;
use crate::snapshot::Author;

/// The site's host: reserved for examples, and only ever a `Host` header here.
const HOST: &str = "www.example.com";

/// A zone id from Cloudflare's own documents.
const ZONE: &str = "023e105f4ecef8ad9ca31a8372d0c353";

/// Opens nothing but the demo's edge.
const TOKEN: &str = "demo-token";

/// When the two revisions were made, so that their ids are the same on every machine: 2026-11-20 and -21, 12:00 UTC.
const MADE: [i64; 2] = [1_795_176_000, 1_795_262_400];

/// What a visitor sees of an answer.
type Seen = (u16, Option<String>, Vec<u8>);

/// The servers of a demo and a visitor's client.
struct Stage {
    origin: Loopback,
    edge: Edge,
    http: Http,
    runtime: tokio::runtime::Runtime,
}

/// Runs the demo; the exit status is bad when a visitor would see anything stale.
///
/// # Errors
/// When the machine does not allow it: no temporary directory, no port on loopback.
pub fn run(global: &Global, keep: bool, output: &mut Output<'_>) -> Result<ExitStatus, Error> {
    let directory = tempfile::Builder::new().prefix("diffpurge-demo-").tempdir().map_err(|e| failed(&e))?;
    let status = story(directory.path(), global, output)?;
    if keep {
        kept(&directory.keep(), output.out).map_err(Error::Output)?;
    }
    Ok(status)
}

fn failed(error: &dyn std::error::Error) -> Error {
    Error::Demo(error.to_string())
}

fn story(directory: &Path, global: &Global, output: &mut Output<'_>) -> Result<ExitStatus, Error> {
    let public = directory.join("public");
    let author = Author::init(directory).map_err(|e| failed(&e))?;
    let deploy = |revision: Revision, message: &str| {
        site::write(&public, revision).map_err(|e| failed(&e))?;
        author.commit(message, MADE[revision as usize]).map_err(|e| failed(&e))
    };
    deploy(Revision::First, "The site as visitors know it")?;
    std::fs::write(directory.join("purge.toml"), configuration()).map_err(|e| failed(&e))?;
    let stage = Stage::set_up(&public).map_err(|e| failed(&e))?;
    let asked = site::asked();
    stage.visit_all(&asked).map_err(|e| failed(&e))?;
    let kept = stage.edge.cached().len();
    say(
        output,
        &format!("The first revision is live; visitors asked for {}, and the edge keeps them.", counted(kept, "URL")),
    )?;
    deploy(Revision::Second, "A new post, a renamed page, one page less")?;
    let old = stage.stale().map_err(|e| failed(&e))?;
    say(
        output,
        &format!("The second one is deployed: {} would now get an old answer from the edge.\n", counted(old, "URL")),
    )?;
    say(output, "$ diffpurge purge HEAD~1 HEAD")?;
    let status = stage.purge(directory, global, output)?;
    if status != ExitStatus::Done {
        return Ok(status);
    }
    let left = stage.edge.cached().len();
    stage.visit_all(&asked).map_err(|e| failed(&e))?;
    let old = stage.stale().map_err(|e| failed(&e))?;
    let requests = counted(stage.edge.recorded().len(), "request");
    say(
        output,
        &format!(
            "\nProof, asking the edge for all of them again: stale {old}, kept {left} of {kept}, {requests} sent."
        ),
    )?;
    Ok(if old == 0 { ExitStatus::Done } else { ExitStatus::NotPurged })
}

fn say(output: &mut Output<'_>, line: &str) -> Result<(), Error> {
    // Who reads only the head of it has seen enough; the proof decides the exit code all the same.
    match writeln!(output.out, "{line}") {
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(Error::Output),
    }
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
        Ok(Stage { origin, edge, http: Http::local().map_err(io::Error::other)?, runtime })
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

    /// The command that users run, pointed at the edge.
    fn purge(&self, directory: &Path, global: &Global, output: &mut Output<'_>) -> Result<ExitStatus, Error> {
        let mut typed = ["diffpurge", "-C", &directory.display().to_string(), "purge", "HEAD~1", "HEAD"]
            .map(str::to_owned)
            .to_vec();
        typed.extend(global.verbose.then(|| "-v".to_owned()));
        typed.extend(global.quiet.then(|| "-q".to_owned()));
        let environment: Environment =
            [("CLOUDFLARE_BASE_URL", self.edge.api_base()), ("CLOUDFLARE_API_TOKEN", TOKEN.to_owned())]
                .into_iter()
                .collect();
        let cli = Cli::try_parse_from(typed).map_err(|e| failed(&e))?;
        match &cli.command {
            Command::Purge(args) => pipeline::purge(&cli.global, args, &environment, output),
            Command::Plan(_)
            | Command::Explain(_)
            | Command::Check(_)
            | Command::Mark(_)
            | Command::Verify(_)
            | Command::Manifest(_)
            | Command::Demo(_) => Err(Error::Demo("the command line changed".to_owned())),
        }
    }
}

fn seen(entry: &Entry) -> Seen {
    let location = entry.headers.iter().find(|(name, _)| name == "location").map(|(_, value)| value.clone());
    (entry.status, location, entry.body.to_vec())
}

fn kept(directory: &Path, out: &mut dyn Write) -> io::Result<()> {
    let dir = directory.display();
    writeln!(out, "\nThe repository stays in {dir}; play on with:")?;
    writeln!(out, "  diffpurge -C {dir} plan HEAD~1")?;
    writeln!(out, "  diffpurge -C {dir} plan HEAD~1 --format requests")?;
    writeln!(out, "  diffpurge -C {dir} plan HEAD~1 --format json")
}
