//! The settings of a running receiver: the configuration, and the secrets of its hooks, got once. A reload makes new ones as a whole.

use std::collections::HashMap;
use std::path::PathBuf;

use super::error::{Kind, ServeError};
use crate::config::{Config, Environment, Hook, Serve};
use crate::engine;
use crate::hook::Secrets;
use crate::send;

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

/// The settings.
pub(super) struct Settings {
    pub(super) config: Config,
    pub(super) serve: Serve,
    /// The hooks with their secrets, by path.
    hooks: HashMap<String, (Hook, Secrets)>,
}

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
        Ok(Settings { config, serve, hooks })
    }

    /// Returns a hook with its secrets.
    pub(super) fn hook(&self, path: &str) -> Option<&(Hook, Secrets)> {
        self.hooks.get(path)
    }

    /// Returns the secrets of all hooks.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &Secrets> {
        self.hooks.values().map(|(_, secrets)| secrets)
    }
}

fn secrets(hook: &Hook, environment: &Environment) -> Result<Secrets, ServeError> {
    let path = || hook.path.clone();
    let secret = send::secret(environment, &hook.secret);
    let secret = secret.map_err(|error| Kind::NoSecret { path: path(), why: error.to_string() })?;
    let secret = secret.ok_or_else(|| Kind::NoSecret { path: path(), why: format!("{} is not set", hook.secret) })?;
    Ok(Secrets::new(vec![secret]).map_err(|short| Kind::ShortSecret { path: path(), short })?)
}
