//! The user's wishes: `purge.toml`, or the few options that stand in for it, as validated types.
//!
//! The file is read twice in one pass: `raw.rs` is exactly what may be typed, strict, with the place of each value;
//! `validate.rs` turns it into the types below, once, and is the only way to get one. After this module nothing
//! checks a URL, a glob or a zone id again. Secrets never come here: the file says where a token is to be found. Reading git,
//! the network or the environment's values is left to others.

mod base_url;
mod branch;
mod cache;
mod checked;
mod cloudflare;
mod environment;
mod error;
mod events;
mod fault;
mod foreign_secrets;
mod form;
mod globs;
mod http_purge;
mod ids;
mod mapping_difference;
mod mapping_digest;
mod mark;
mod method;
mod mode;
mod one_site;
mod origin;
mod other_names;
mod purge_url;
mod raw;
mod raw_serve;
mod rule;
#[cfg(test)]
mod schema;
mod selectors;
mod serve;
mod site;
mod slip;
mod spanned;
mod stored_token;
mod template;
mod threshold;
mod token_source;
mod url_path;
mod validate;
mod variant;
mod volatile;
mod word;

use std::io;
use std::path::Path;

use crate::input::{self, MIB};

pub use base_url::BaseUrl;
pub use branch::BranchName;
pub use cache::{Cache, Layer};
pub use cloudflare::{Cloudflare, CloudflarePlan};
pub use environment::{Environment, EnvironmentError};
pub use form::{Case, Form, HOST_PRESETS, HostPreset};

pub use error::ConfigError;
pub use events::Events;
pub use http_purge::{Addresses, Endpoint, HttpPurge};
pub use ids::{AccountId, EnvName, EnvironmentId, OutputDir, SiteName, ZoneId};
pub use mapping_digest::MappingDigest;
pub use mark::{MarkStore, RemoteName};
pub use method::Method;
pub use mode::Mode;
pub use one_site::OneSite;
pub use origin::{Compare, HeaderName, Origin, OriginAt, OriginCheck};
pub use purge_url::PurgeUrl;
pub use rule::{By, GlobReach, IdleGlob, Judgement, Matcher, On, Rule, RuleNumber, Rules, Scope, Sighting};
pub use selectors::{HostName, Prefix, Tag};
pub use serve::{
    Answer, DeployHqHook, EventsHook, GithubEvent, GithubHook, GitlabEvent, GitlabHook, HmacAlgorithm, HmacEncoding,
    HmacHook, Hook, HookKind, HookOutput, KeySource, NetlifyHook, Pointed, Pointer, PushToken, Reaction, Revision,
    RsaKey, Serve, ServePage, ServeStore, StandardHook,
};
pub use site::{Deleted, Escapes, Site, Spellings, Symlinks, UnknownBase};
pub use stored_token::{Region, StoredToken, TokenStore};
pub use template::{Also, UrlTemplate};
pub use threshold::{Cover, Fallback, Threshold};
pub use token_source::{TokenCommand, TokenFile, TokenSource};
pub use url_path::UrlPath;
pub use variant::{RequestHeaders, Variant};
pub use volatile::{Lasting, Volatile};

/// The name of the file that is looked for when none is given.
pub const FILE_NAME: &str = "purge.toml";

/// Where the schema of the file is published, for editors: the first line of a file that is written names it. Nothing here asks for it.
pub const SCHEMA_URL: &str = "https://raw.githubusercontent.com/diffpurge/diffpurge/main/docs/purge.schema.json";

/// Bytes of a configuration that are read; those of hundreds of sites stay below.
pub const LARGEST: u64 = 4 * MIB;

/// The sites of one run, at least one, in the order of the file.
#[derive(Debug, Clone)]
pub struct Config {
    /// The sites; never empty.
    pub sites: Vec<Site>,
    /// The receiver of webhooks, where the file has one.
    pub serve: Option<Serve>,
}

impl Config {
    /// Reads and validates the file at `path`. Paths in it count from its directory.
    ///
    /// # Errors
    /// When it cannot be read, is not TOML, has a key that does not exist, or a value that cannot be right. The error
    /// names file, line and column.
    pub fn load(path: &Path) -> Result<Config, ConfigError> {
        Config::load_allowing(path, &[])
    }

    /// Does the same, and lets it send variables of these names that belong to other systems.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn load_allowing(path: &Path, allowed: &[String]) -> Result<Config, ConfigError> {
        let text = input::read(path, LARGEST)
            .and_then(|bytes| String::from_utf8(bytes).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e)));
        let text = text.map_err(|e| ConfigError::unreadable(path, &e))?;
        let mut config = Config::parse_allowing(&text, &path.display().to_string(), allowed)?;
        let directory = path.parent().unwrap_or(Path::new(""));
        for site in &mut config.sites {
            [&mut site.cache].into_iter().chain(&mut site.outer).for_each(|cache| cache.relative_to(directory));
            site.mark.relative_to(directory);
        }
        config.serve.iter_mut().for_each(|serve| serve.relative_to(directory));
        Ok(config)
    }

    /// Validates the text of a file that is called `file` in errors.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn parse(text: &str, file: &str) -> Result<Config, ConfigError> {
        Config::parse_allowing(text, file, &[])
    }

    /// Does the same, and lets it send variables of these names that belong to other systems.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn parse_allowing(text: &str, file: &str, allowed: &[String]) -> Result<Config, ConfigError> {
        let raw = raw::parse(text).map_err(|e| ConfigError::from_toml(&e, text, file))?;
        let config = foreign_secrets::refuse(&raw, allowed).and_then(|()| validate::all(raw));
        config.map(|(sites, serve)| Config { sites, serve }).map_err(|fault| ConfigError::at(fault, text, file))
    }

    /// Validates one site that is described on the command line; all else of it has its default.
    ///
    /// # Errors
    /// When a value cannot be right; the error names the option.
    pub fn one_site(typed: OneSite<'_>) -> Result<Config, ConfigError> {
        let (sites, serve) = validate::all(typed.raw()?).map_err(OneSite::error)?;
        Ok(Config { sites, serve })
    }

    /// Keeps the sites with these names, in the file's order; all when none is named.
    ///
    /// # Errors
    /// When a name is not in the file.
    pub fn select(mut self, names: &[String]) -> Result<Config, ConfigError> {
        if let Some(unknown) = names.iter().find(|n| !self.sites.iter().any(|s| s.name.as_str() == *n)) {
            let known: Vec<&str> = self.sites.iter().map(|s| s.name.as_str()).collect();
            return Err(ConfigError::option(
                "--site",
                unknown,
                "no site has this name",
                &format!("the file has: {}", known.join(", ")),
            ));
        }
        if !names.is_empty() {
            self.sites.retain(|s| names.iter().any(|n| n == s.name.as_str()));
        }
        Ok(self)
    }
}
