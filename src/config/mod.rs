//! What the user wants: `purge.toml`, or the few options that stand in for it, as validated types.
//!
//! The file is read twice in one pass: `raw.rs` is exactly what may be typed, strict, with the place of each value;
//! `validate.rs` turns it into the types below, once, and is the only way to get one. After this module nothing
//! checks a URL, a glob or a zone id again. Secrets never come here: the file says where a token is to be found. Reading git, the network or the environment's values is left to others.

mod base_url;
mod cover;
mod environment;
mod error;
mod form;
mod globs;
mod hosts;
mod ids;
mod raw;
mod rule;
mod rules;
mod selectors;
mod slip;
mod template;
mod token_source;
mod url_path;
mod validate;
mod variant;
mod volatile;

use std::path::Path;

pub use base_url::BaseUrl;
pub use environment::{Environment, EnvironmentError};
use error::Fault;
pub use form::{Form, HOSTS, Host};

pub use cover::Cover;
pub use error::ConfigError;
pub use ids::{EnvName, EnvironmentId, OutputDir, SiteName, ZoneId};
pub use rule::{By, On, Rule, Scope};
pub use rules::{Judgement, Matcher, RuleNumber, Rules};
pub use selectors::{HostName, Prefix, Tag};
pub use template::{Also, UrlTemplate};
pub use token_source::{TokenCommand, TokenFile, TokenSource};
pub use url_path::UrlPath;
pub use variant::{RequestHeaders, Variant};
pub use volatile::{Volatile, without_volatile};

/// The name of the file that is looked for when none is given.
pub const FILE_NAME: &str = "purge.toml";

/// The sites of one run, at least one, in the order of the file.
#[derive(Debug, Clone)]
pub struct Config {
    /// The sites; never empty.
    pub sites: Vec<Site>,
}

/// One public web site.
#[derive(Debug, Clone)]
pub struct Site {
    /// Its name, unique in the file.
    pub name: SiteName,
    /// Every changed file is purged under each of them; never empty.
    pub base_urls: Vec<BaseUrl>,
    /// The web root inside a revision.
    pub output: OutputDir,
    /// What symbolic links in it are.
    pub symlinks: Symlinks,
    /// Where it is served: decides the forms of a file.
    pub host: Host,
    /// The forms that files answer under, in place of the host's.
    pub forms: Option<Vec<Form>>,
    /// Which spellings of a path are purged.
    pub spellings: Spellings,
    /// Which deleted files are purged.
    pub deleted: Deleted,
    /// Paths that are never purged, and what changes of others mean beyond the usual.
    pub rules: Rules,
    /// URL paths that are purged whenever anything is.
    pub always: Vec<UrlPath>,
    /// The cache in front of the site.
    pub cloudflare: Cloudflare,
    /// When a directory takes the place of its URLs.
    pub cover: Cover,
    /// When listing URLs ends and a broader purge begins.
    pub threshold: Threshold,
}

/// What becomes of symbolic links on the way from a revision to the server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Symlinks {
    /// What they lead to answers under their paths, whether the server follows them or the deploy flattened them.
    #[default]
    Follow,
    /// They are not published.
    Ignore,
}

/// Which cache keys a path stands for, where it holds reserved or non-ASCII characters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Spellings {
    /// The one that browsers send for the bytes that git holds.
    Canonical,
    /// Also the others that links may hold.
    #[default]
    All,
}

/// Which deleted files are purged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Deleted {
    /// All but those with a content hash in their name.
    #[default]
    Unfingerprinted,
    /// All.
    All,
}

/// `[site.cloudflare]`.
#[derive(Debug, Clone)]
pub struct Cloudflare {
    /// The zone; without it `CLOUDFLARE_ZONE_ID` is asked when something is to be sent.
    pub zone_id: Option<ZoneId>,
    /// Where the token comes from.
    pub token: TokenSource,
    /// Decides batch sizes and pace.
    pub plan: CloudflarePlan,
    /// What is done to what is known to have changed.
    pub mode: Mode,
    /// A non-production environment of the zone's Version Management; without it, all environments.
    pub environment: Option<EnvironmentId>,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Cached answers are removed.
    #[default]
    Purge,
    /// They are kept and marked stale: the next request asks the origin whether they still hold
    /// (<https://developers.cloudflare.com/cache/guides/invalidate-cache/>).
    Invalidate,
}

/// Cloudflare's price plans, as far as purging differs between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CloudflarePlan {
    /// Free.
    Free,
    /// Pro.
    Pro,
    /// Business.
    Business,
    /// Enterprise.
    Enterprise,
}

/// `[site.threshold]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    /// More URL operations than this fall back.
    pub urls: usize,
    /// More of the site's URLs than this fall back: percent, 1 to 100.
    pub percent: Option<usize>,
    /// A plan that takes longer than this falls back: seconds at the account's pace.
    pub seconds: Option<usize>,
    /// What to fall back to.
    pub then: Fallback,
    /// What is done to what a fallback takes along.
    pub mode: Mode,
}

/// The broadest that may take the place of a list of URLs that is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// Directories below the base URLs.
    Prefixes,
    /// Everything under the site's host names.
    Hosts,
    /// The whole zone.
    Everything,
    /// Nothing: the run is refused.
    Fail,
}

/// One of a few words. A word that is none of them is not repeated: it may be a secret in the wrong place.
fn one_of<T: Copy>(key: &str, words: &[(&str, T)], text: &str) -> Result<T, Fault> {
    words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        Fault::new(format!("this is no value for `{key}`"), format!("write one of {}", known.join(", ")))
    })
}

impl CloudflarePlan {
    fn parse(text: &str) -> Result<CloudflarePlan, Fault> {
        use CloudflarePlan::{Business, Enterprise, Free, Pro};
        one_of("plan", &[("free", Free), ("pro", Pro), ("business", Business), ("enterprise", Enterprise)], text)
    }
}

impl Mode {
    fn parse(text: &str) -> Result<Mode, Fault> {
        one_of("mode", &[("purge", Mode::Purge), ("invalidate", Mode::Invalidate)], text)
    }

    /// `purged` or `invalidated`.
    #[must_use]
    pub fn done(self) -> &'static str {
        match self {
            Mode::Purge => "purged",
            Mode::Invalidate => "invalidated",
        }
    }
}

impl Spellings {
    fn parse(text: &str) -> Result<Spellings, Fault> {
        one_of("spellings", &[("all", Spellings::All), ("canonical", Spellings::Canonical)], text)
    }
}

impl Symlinks {
    fn parse(text: &str) -> Result<Symlinks, Fault> {
        one_of("symlinks", &[("follow", Symlinks::Follow), ("ignore", Symlinks::Ignore)], text)
    }
}

impl Deleted {
    fn parse(text: &str) -> Result<Deleted, Fault> {
        one_of("deleted", &[("unfingerprinted", Deleted::Unfingerprinted), ("all", Deleted::All)], text)
    }
}

impl Fallback {
    fn parse(text: &str) -> Result<Fallback, Fault> {
        use Fallback::{Everything, Fail, Hosts, Prefixes};
        one_of("then", &[("prefixes", Prefixes), ("hosts", Hosts), ("everything", Everything), ("fail", Fail)], text)
    }
}

impl Default for Threshold {
    /// 5,000 URLs are 50 requests and about seven seconds on the Free plan; more is rarely a normal deploy.
    fn default() -> Self {
        Threshold { urls: 5000, percent: None, seconds: None, then: Fallback::Everything, mode: Mode::Purge }
    }
}

impl Default for Cloudflare {
    fn default() -> Self {
        Cloudflare {
            zone_id: None,
            token: TokenSource::default(),
            plan: CloudflarePlan::Free,
            mode: Mode::Purge,
            environment: None,
        }
    }
}

/// What `--base-url`, `--output` and `--zone-id` say in place of a file.
#[derive(Debug, Clone, Copy)]
pub struct OneSite<'a> {
    /// The base URLs, as typed.
    pub base_urls: &'a [String],
    /// The web root inside a revision, as typed.
    pub output: Option<&'a str>,
    /// The zone, as typed.
    pub zone_id: Option<&'a str>,
}

impl Config {
    /// Reads and validates the file at `path`. Paths in it count from its directory.
    ///
    /// # Errors
    /// When it cannot be read, is not TOML, has a key that does not exist, or a value that cannot be right. The error
    /// names file, line and column.
    pub fn load(path: &Path) -> Result<Config, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|e| ConfigError::unreadable(path, &e))?;
        let mut config = Config::parse(&text, &path.display().to_string())?;
        let directory = path.parent().unwrap_or(Path::new(""));
        config.sites.iter_mut().for_each(|site| site.cloudflare.token.relative_to(directory));
        Ok(config)
    }

    /// Validates the text of a file that is called `file` in errors.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn parse(text: &str, file: &str) -> Result<Config, ConfigError> {
        raw::parse(text)
            .map_err(|e| ConfigError::from_toml(&e, text, file))
            .and_then(|raw| validate::config(raw).map_err(|fault| ConfigError::at(fault, text, file)))
    }

    /// One site with all defaults, described on the command line.
    ///
    /// # Errors
    /// When a value cannot be right; the error names the option.
    pub fn one_site(typed: OneSite<'_>) -> Result<Config, ConfigError> {
        validate::one_site(typed).map(|site| Config { sites: vec![site] })
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
