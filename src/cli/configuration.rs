//! Which sites a command is for: those of the configuration file, or the one that options describe in its place.

#![allow(clippy::doc_markdown, reason = "these comments are the help that people read; it has no backticks")]

use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::SystemTime;

use clap::Args;

use super::error::Error;
use super::found_file::found_file;
use super::rim::Rim;
use crate::config::{Config, ConfigError, OneSite, Site};
use crate::engine::{Ground, Listener};

/// A site described by options, in place of a configuration.
#[derive(Debug, Args, Clone)]
pub struct Described {
    /// Without a configuration: the site's URL; repeatable
    #[arg(long, value_name = "URL", conflicts_with_all = ["config", "site"])]
    pub base_url: Vec<String>,
    /// With --base-url: the web root inside the revisions [default: the whole tree]
    #[arg(long, value_name = "DIR", requires = "base_url")]
    pub output: Option<String>,
    /// With --base-url: the Cloudflare zone's id [default: $CLOUDFLARE_ZONE_ID]
    #[arg(long, value_name = "ID", requires = "base_url")]
    pub zone_id: Option<String>,
}

/// The sites of a configuration.
pub(super) struct Sites {
    /// All of them.
    pub(super) all: Vec<Site>,
    /// Those that `--site` names, or all.
    pub(super) chosen: Config,
    /// The file, where there is one.
    pub(super) file: Option<PathBuf>,
    /// Options describe them.
    is_described: bool,
}

impl Sites {
    /// Takes the sites of a configuration that was just written.
    pub(super) fn of(config: Config) -> Sites {
        Sites { all: config.sites.clone(), chosen: config, file: None, is_described: false }
    }

    /// Returns the ground that the engine stands on.
    pub(super) fn ground<'g>(&'g self, rim: Rim<'g, '_>, listener: &'g dyn Listener) -> Ground<'g> {
        Ground {
            all: &self.all,
            chosen: &self.chosen,
            named: &rim.global.site,
            command: rim.command,
            is_described: self.is_described,
            directory: rim.global.directory.as_deref(),
            is_trusted: rim.global.trust_repository,
            environment: rim.environment,
            listener,
            clock: SystemTime::now,
        }
    }

    /// Reads the configuration, and keeps the sites that were named.
    pub(super) fn load(rim: Rim<'_, '_>, described: &Described) -> Result<Sites, Error> {
        if let Some(directory) = rim.global.directory.as_ref().filter(|directory| !directory.is_dir()) {
            return Err(Error::NoDirectory(directory.clone()));
        }
        let (config, file) = configuration(rim, described)?;
        let all = config.sites.clone();
        let is_described = !described.base_url.is_empty();
        Ok(Sites { all, chosen: config.select(&rim.global.site)?, file, is_described })
    }
}

/// Reads the file, or takes the options that stand in for it.
fn configuration(
    Rim { global, output, .. }: Rim<'_, '_>,
    described: &Described,
) -> Result<(Config, Option<PathBuf>), Error> {
    let found = found_file(global.directory.as_deref());
    if described.base_url.is_empty() {
        if global.config.is_none() && found.symlink_metadata().is_err_and(|e| e.kind() == ErrorKind::NotFound) {
            return Err(ConfigError::nowhere(&found).into());
        }
        let file = global.config.clone().unwrap_or(found);
        return Ok((Config::load_allowing(&file, &global.allow_env)?, Some(file)));
    }
    if found.exists() && !global.quiet {
        let found = found.display();
        output.aside(|err| writeln!(err, "note: {found} is not read, since --base-url describes the site"));
    }
    let typed = OneSite {
        base_urls: &described.base_url,
        output: described.output.as_deref(),
        zone_id: described.zone_id.as_deref(),
    };
    Ok((Config::one_site(typed)?, None))
}
