//! Where a site's mark is, as far as this process can read it without asking anybody.

use std::path::Path;
use std::time::SystemTime;

use crate::config::{Config, Environment, Hook, HookOutput, MarkStore, Site};
use crate::engine::{self, Ground, Scribe, marking};
use crate::serve::purge::directory_of;

/// The word for a mark that cannot be read here.
pub(super) const UNKNOWN: &str = "unknown";

/// Digits of a revision that are shown.
const DIGITS: usize = 10;

/// Says what a site's mark is at.
pub(super) fn mark(config: &Config, site: &Site, hook: &Hook, clones: &Path, environment: &Environment) -> String {
    let directory = match (&hook.output, &site.mark) {
        (HookOutput::Event | HookOutput::Reaction(_), _) => return "none, since nothing is compared".to_owned(),
        (_, MarkStore::Ref { push: Some(_) }) => return format!("{UNKNOWN} here, since it is at a remote"),
        (HookOutput::Repository { at, .. }, _) => Some(clones.join(directory_of(at))),
        (HookOutput::Dir(_) | HookOutput::Listed(_), _) => None,
    };
    if directory.as_ref().is_some_and(|directory| !directory.join("HEAD").is_file()) {
        return UNKNOWN.to_owned();
    }
    let chosen = Config { sites: vec![site.clone()], serve: None };
    let ground = Ground {
        all: &config.sites,
        chosen: &chosen,
        named: &[],
        command: "serve",
        is_described: false,
        directory: directory.as_deref(),
        is_trusted: false,
        environment,
        listener: &Scribe::default(),
        clock: SystemTime::now,
    };
    read(&ground).unwrap_or_else(|_| UNKNOWN.to_owned())
}

fn read(ground: &Ground<'_>) -> Result<String, engine::Error> {
    let mut found = marking::read(ground)?;
    let (Some(found), true) = (found.pop(), found.is_empty()) else { return Ok(UNKNOWN.to_owned()) };
    let at = found.held.at.as_ref().map(|at| at.revision.as_ref().unwrap_or(&at.id));
    Ok(at.map_or_else(|| "none yet".to_owned(), |at| at.get(..DIGITS).unwrap_or(at).to_owned()))
}
