//! The sites of a command that sends something, or moves a mark: a stranger's configuration is refused.

use super::configuration::{Described, Sites};
use super::error::Error;
use super::rim::Rim;
use super::watcher::Watcher;
use crate::engine;

/// Reads the configuration, and refuses one that a fork's pull request changes.
pub(super) fn vetted(rim: Rim<'_, '_>, described: &Described) -> Result<Sites, Error> {
    let sites = Sites::load(rim, described)?;
    engine::vet(&sites.ground(rim, &Watcher::new(rim)), sites.file.as_deref())?;
    Ok(sites)
}
