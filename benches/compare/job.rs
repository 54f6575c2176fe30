//! The whole job, from two revisions to an edge that has purged: a script with curl, as people write it, and our purge.
//!
//! The edge speaks Cloudflare's API on loopback and lets as many URLs through as Enterprise has in a second; each run has a new one. It
//! counts what it purged.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use diffpurge::config::CloudflarePlan;
use diffpurge::edge::{Access, Edge, Settings};

use super::Done;
use super::race::{Line, Program, race};
use super::repository::{Objects, Repository, Shape, program};

/// Opens nothing but the edge.
pub(crate) const TOKEN: &str = "bench-token";

const ZONE: &str = "023e105f4ecef8ad9ca31a8372d0c353";

/// An edge with a full budget.
pub(crate) fn edge() -> Done<Edge> {
    Ok(Edge::start(Settings {
        zone: ZONE.to_owned(),
        environment: String::new(),
        zone_name: "example.com".to_owned(),
        token: TOKEN.to_owned(),
        access: Access::default(),
        plan: CloudflarePlan::Enterprise,
        scheme: "https",
        // Nobody visits.
        origin: SocketAddr::from((Ipv4Addr::LOCALHOST, 9)),
    })?)
}

/// Races over one repository, for ever more changed files.
pub(crate) fn rows(steps: &[usize], files: usize, rounds: usize, out: &mut dyn Write) -> Done<()> {
    let shape = Shape { files, each: 100, objects: Objects::Packed };
    let repository = Repository::make(shape, steps)?.purged_once(&edge()?)?;
    for changed in steps {
        let script = || {
            let edge = edge()?;
            Ok(Line(script(&edge, *changed), Some(edge)))
        };
        let purge = || {
            let edge = edge()?;
            Ok(Line(purge(&edge, repository.path(), *changed), Some(edge)))
        };
        for line in [script()?, purge()?] {
            has_purged(&repository, line, *changed)?;
        }
        let programs = [
            Program { name: "git diff, xargs -n100 curl", line: Box::new(script), repeats: false },
            Program { name: "diffpurge purge", line: Box::new(purge), repeats: false },
        ];
        race((&shape.name(), *changed), repository.path(), &programs, rounds, out)?;
    }
    Ok(())
}

/// One curl for each 100 URLs, which is as many as one request may hold.
fn script(edge: &Edge, changed: usize) -> String {
    let api = format!("{}/zones/{ZONE}/purge_cache", edge.api_base());
    let curl = format!(
        r#"IFS=,; curl -sf -X POST -H "Authorization: Bearer {TOKEN}" -H "Content-Type: application/json" -d "{{\"files\":[$*]}}" {api}"#
    );
    let url = r#"s|.*|\\"https://www.example.com/&\\"|"#;
    format!("git diff --name-only base changed-{changed} | sed '{url}' | xargs -n100 sh -c '{curl}' sh")
}

/// Its pace is written down in the repository, and not among the files of who runs this.
fn purge(edge: &Edge, repository: &Path, changed: usize) -> String {
    let state = repository.join(".git/state");
    let settings = format!(
        "CLOUDFLARE_BASE_URL={} CLOUDFLARE_API_TOKEN={TOKEN} XDG_STATE_HOME={}",
        edge.api_base(),
        state.display()
    );
    format!("{settings} {} purge base changed-{changed} --no-mark --quiet", program().display())
}

/// Looks whether a way purges each URL.
fn has_purged(repository: &Repository, Line(line, edge): Line, changed: usize) -> Done<()> {
    let output = std::process::Command::new("bash").args(["-c", &line]).current_dir(repository.path()).output()?;
    let recorded = edge.map(|edge| edge.recorded()).unwrap_or_default();
    let accepted = recorded.iter().filter(|one| one.status == 200);
    let urls: usize = accepted.map(|one| one.body.matches("https://www.example.com/").count()).sum();
    if urls == changed {
        return Ok(());
    }
    let said = [&output.stdout[..], &output.stderr].concat();
    Err(format!("{line}: {urls} URLs of {changed} purged: {}", String::from_utf8_lossy(&said)).into())
}
