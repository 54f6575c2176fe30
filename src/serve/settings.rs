//! The settings of a running receiver: the configuration, and the secrets of its hooks, got once. A reload makes new ones as a whole.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use super::error::{Kind, ServeError};
use crate::config::{
    Config, Environment, GithubEvent, GitlabEvent, Hook, HookKind, HookOutput, KeySource, Serve, ServePage, Site,
};
use crate::engine;
use crate::hook::{self, PublicKeys, Secrets};
use crate::input;
use crate::send::{self, CredentialsError};

/// Where the settings come from.
#[derive(Clone)]
pub struct Origin {
    /// The configuration's file.
    pub file: PathBuf,
    /// The names of the sites whose hooks are taken; empty for all.
    pub sites: Vec<String>,
    /// Variables of other systems that it may send.
    pub allowed: Vec<String>,
    /// The variables of the process.
    pub environment: Environment,
}

/// Bytes of a file of public keys. A set of two has 1 KB.
const KEYS: u64 = 64 << 10;

/// The settings.
#[derive(Clone)]
pub(super) struct Settings {
    pub(super) config: Config,
    pub(super) serve: Serve,
    /// The hooks with their secrets, by path.
    hooks: HashMap<String, (Hook, Secrets)>,
    /// The page with its secrets.
    page: Option<(ServePage, Secrets)>,
}

/// The word that a run has for a hook's path where the page asked for it. No path is like it.
pub(super) const BY_PAGE: &str = "page";

impl Settings {
    /// Reads the file, and gets the secrets that it names.
    pub(super) fn load(origin: &Origin) -> Result<Settings, ServeError> {
        let config = Config::load_allowing(&origin.file, &origin.allowed).map_err(engine::Error::from)?;
        let mut serve = config.serve.clone().ok_or(Kind::NoServe)?;
        let chosen = config.clone().select(&origin.sites).map_err(engine::Error::from)?.sites;
        serve.hooks.retain(|hook| chosen.iter().any(|site| site.name == hook.site));
        if serve.hooks.is_empty() {
            return Err(Kind::NoHook(origin.sites.join(", ")).into());
        }
        let mut hooks = HashMap::new();
        for hook in &serve.hooks {
            hooks.insert(hook.path.clone(), (hook.clone(), secrets(hook, &origin.environment)?));
        }
        let page = serve.page.clone().map(|page| {
            let secrets = page_secrets(&page, &origin.environment)?;
            if hooks.values().any(|(_, hook)| secrets.meets(hook)) {
                return Err(ServeError::from(Kind::SharedSecret));
            }
            Ok((page, secrets))
        });
        Ok(Settings { config, serve, hooks, page: page.transpose()? })
    }

    /// Returns a hook with its secrets.
    pub(super) fn hook(&self, path: &str) -> Option<&(Hook, Secrets)> {
        self.hooks.get(path)
    }

    /// Returns the page with its secrets.
    pub(super) fn page(&self) -> Option<&(ServePage, Secrets)> {
        self.page.as_ref()
    }

    /// Returns the hook by which a site is planned and purged where no delivery says anything: one that knows the output, before one
    /// that purges all.
    pub(super) fn leading(&self, site: &str) -> Option<&Hook> {
        let of_site = || self.serve.hooks.iter().filter(|hook| hook.site.as_str() == site);
        let knows = |hook: &&Hook| matches!(hook.output, HookOutput::Repository { .. } | HookOutput::Dir(_));
        let reacts = |hook: &&Hook| matches!(hook.output, HookOutput::Reaction(_));
        of_site().find(knows).or_else(|| of_site().find(reacts))
    }

    /// Returns the hook whose runs move a site's mark.
    pub(super) fn marking(&self, site: &str) -> Option<&Hook> {
        let listed = |hook: &&Hook| hook.site.as_str() == site && matches!(hook.output, HookOutput::Listed(_));
        self.leading(site).or_else(|| self.serve.hooks.iter().find(listed))
    }

    /// Returns the hook of a run.
    pub(super) fn of_run(&self, hook: &str, site: &str) -> Option<&Hook> {
        match hook {
            BY_PAGE => self.leading(site).filter(|_| self.page.is_some()),
            path => self.hook(path).map(|(hook, _)| hook),
        }
    }

    /// Returns the URLs at which public keys of hooks are published.
    pub(super) fn key_urls(&self) -> BTreeSet<String> {
        self.hooks.values().filter_map(|(hook, _)| key_url(hook)).map(str::to_owned).collect()
    }

    /// True while the public keys of a hook were not fetched yet.
    pub(super) fn lacks_keys(&self) -> bool {
        self.hooks.values().any(|(hook, secrets)| key_url(hook).is_some() && !secrets.has_keys())
    }

    /// Returns the same settings with what is published at a URL.
    pub(super) fn with_keys(&self, url: &str, keys: &PublicKeys) -> Settings {
        let mut settings = self.clone();
        let of_url = settings.hooks.values_mut().filter(|(hook, _)| key_url(hook) == Some(url));
        of_url.for_each(|(_, secrets)| *secrets = secrets.clone().with_keys(keys.clone()));
        settings
    }

    /// Returns the sites that have a hook.
    pub(super) fn sites(&self) -> impl Iterator<Item = &Site> {
        let has_one = |site: &&Site| self.serve.hooks.iter().any(|hook| hook.site == site.name);
        self.config.sites.iter().filter(has_one)
    }

    /// Returns the paths of hooks that take deployments to any environment, previews too.
    pub(super) fn of_any_environment(&self) -> Vec<&str> {
        let is_of_any = |hook: &&Hook| match &hook.kind {
            HookKind::Github(kind) => {
                kind.environments.is_empty() && kind.events.contains(&GithubEvent::DeploymentStatus)
            }
            HookKind::Gitlab(kind) => kind.environments.is_empty() && kind.events.contains(&GitlabEvent::Deployment),
            _ => false,
        };
        self.serve.hooks.iter().filter(is_of_any).map(|hook| hook.path.as_str()).collect()
    }

    /// Returns the paths of hooks that share a secret with one before them, each with the path of that one.
    pub(super) fn shared(&self) -> Vec<(&str, &str)> {
        let known = |hook: &Hook| self.hooks.get(&hook.path).map(|(_, secrets)| secrets);
        let shares =
            |one: &Hook, other: &Hook| known(one).zip(known(other)).is_some_and(|(one, other)| one.meets(other));
        let hooks = &self.serve.hooks;
        let first = |(at, hook): (usize, &'_ Hook)| {
            hooks[..at].iter().find(|before| shares(before, hook)).map(|b| b.path.as_str())
        };
        hooks.iter().enumerate().filter_map(|(at, hook)| Some((hook.path.as_str(), first((at, hook))?))).collect()
    }

    /// Returns the secrets of all hooks.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &Secrets> {
        self.hooks.values().map(|(_, secrets)| secrets)
    }
}

fn page_secrets(page: &ServePage, environment: &Environment) -> Result<Secrets, ServeError> {
    let secret = send::secret(environment, &page.secret).map_err(|error| Kind::NoPageSecret(unreadable(&error)))?;
    let secret = secret.ok_or_else(|| Kind::NoPageSecret(format!("{} is not set", page.secret)))?;
    Ok(Secrets::of_lines(&secret).map_err(Kind::ShortPageSecret)?)
}

/// Says why a secret cannot be got, and what there is to do. The key of the file is a token's elsewhere.
fn unreadable(error: &CredentialsError) -> String {
    format!("{}: {}", error.to_string().replace("`token_file`", "`secret_file`"), error.hint())
}

fn secrets(hook: &Hook, environment: &Environment) -> Result<Secrets, ServeError> {
    let path = || hook.path.clone();
    let secret = send::secret(environment, &hook.secret);
    let secret = secret.map_err(|error| Kind::NoSecret { path: path(), why: unreadable(&error) })?;
    let secret = secret.ok_or_else(|| Kind::NoSecret { path: path(), why: format!("{} is not set", hook.secret) })?;
    let secrets = Secrets::of_lines(&secret).map_err(|short| Kind::ShortSecret { path: path(), short })?;
    hook::check(&hook.kind, &secrets).map_err(|unfit| Kind::UnfitSecret { path: path(), unfit })?;
    let Some(KeySource::File(file)) = key_source(hook) else { return Ok(secrets) };
    let keys = input::read(file, KEYS).map_err(|error| error.to_string());
    let keys = keys.and_then(|text| PublicKeys::read(&text).map_err(|error| error.to_string()));
    Ok(secrets.with_keys(keys.map_err(|why| Kind::NoKeys { path: path(), why })?))
}

fn key_source(hook: &Hook) -> Option<&KeySource> {
    match &hook.kind {
        HookKind::Events(events) => events.token.as_ref().map(|token| &token.keys),
        _ => None,
    }
}

fn key_url(hook: &Hook) -> Option<&str> {
    match key_source(hook)? {
        KeySource::Url(url) => Some(url),
        KeySource::File(_) => None,
    }
}
