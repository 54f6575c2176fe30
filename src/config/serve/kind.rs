//! The kinds of hooks: how a delivery of each is signed, and what it has to say to mean that a deploy is done.
//!
//! A kind's settings have a file of their own beside this one. Judging a delivery by them is left to [`crate::hook`].

use std::path::Path;

use super::deployhq::DeployHqHook;
use super::events::EventsHook;
use super::github::GithubHook;
use super::gitlab::GitlabHook;
use super::hmac::HmacHook;
use super::netlify::NetlifyHook;
use super::standard::StandardHook;
use crate::config::fault::Fault;
use crate::config::raw_serve::RawHook;
use crate::config::word::one_of;

/// The kind of a hook, with its settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookKind {
    /// An HMAC of the body in a header: Vercel, Render, Gitea, Bitbucket, own scripts.
    Hmac(HmacHook),
    /// GitHub.
    Github(GithubHook),
    /// GitLab.
    Gitlab(GitlabHook),
    /// Netlify.
    Netlify(NetlifyHook),
    /// `DeployHQ`.
    DeployHq(DeployHqHook),
    /// Whatever signs as Standard Webhooks does.
    Standard(StandardHook),
    /// Notifications of an object store.
    Events(EventsHook),
}

/// Makes the settings of a kind.
type Make = fn(&RawHook) -> Result<HookKind, Fault>;

/// Each kind by its word, with the keys that only some kinds have, and what makes its settings.
const KINDS: &[(&str, &[&str], Make)] = &[
    ("hmac", super::hmac::KEYS, |raw| HmacHook::checked(raw).map(HookKind::Hmac)),
    ("github", super::github::KEYS, |raw| GithubHook::checked(raw).map(HookKind::Github)),
    ("gitlab", super::gitlab::KEYS, |raw| GitlabHook::checked(raw).map(HookKind::Gitlab)),
    ("netlify", super::netlify::KEYS, |raw| NetlifyHook::checked(raw).map(HookKind::Netlify)),
    ("deployhq", super::deployhq::KEYS, |raw| DeployHqHook::checked(raw).map(HookKind::DeployHq)),
    ("standard", super::standard::KEYS, |raw| StandardHook::checked(raw).map(HookKind::Standard)),
    ("events", super::events::KEYS, |raw| EventsHook::checked(raw).map(HookKind::Events)),
];

impl HookKind {
    pub(super) fn checked(raw: &RawHook) -> Result<HookKind, Fault> {
        let numbers: Vec<(&str, usize)> =
            KINDS.iter().enumerate().map(|(number, (word, ..))| (*word, number)).collect();
        let number = one_of("kind", &numbers, raw.kind.get_ref()).map_err(|fault| fault.at(raw.kind.span()))?;
        let (word, keys, make) = KINDS[number];
        if let Some((key, span)) = raw.of_kinds().find(|(key, _)| !keys.contains(key)) {
            let message = format!("`{key}` is no key of a hook of the kind `{word}`");
            let all: Vec<&str> = KINDS.iter().filter(|(_, keys, _)| keys.contains(&key)).map(|kind| kind.0).collect();
            return Err(Fault::new(message, format!("leave it out; it is for `{}`", all.join("`, `"))).at(span));
        }
        make(raw).map_err(|fault| fault.at(raw.kind.span()))
    }

    /// Returns the word that the file has for it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            HookKind::Hmac(_) => "hmac",
            HookKind::Github(_) => "github",
            HookKind::Gitlab(_) => "gitlab",
            HookKind::Netlify(_) => "netlify",
            HookKind::DeployHq(_) => "deployhq",
            HookKind::Standard(_) => "standard",
            HookKind::Events(_) => "events",
        }
    }

    /// True when its deliveries can come before the deploy, so that the purge has to wait for the origin.
    #[must_use]
    pub fn can_be_early(&self) -> bool {
        matches!(self, HookKind::Github(github) if github.takes_pushes())
    }

    /// True when its deliveries can say themselves which files changed.
    #[must_use]
    pub fn can_name_changes(&self) -> bool {
        match self {
            HookKind::Hmac(hmac) => hmac.told.paths.is_some(),
            HookKind::Standard(standard) => standard.told.paths.is_some(),
            HookKind::Events(_) => true,
            HookKind::Github(_) | HookKind::Gitlab(_) | HookKind::Netlify(_) | HookKind::DeployHq(_) => false,
        }
    }

    /// Makes relative paths count from this directory, which is the configuration file's.
    pub(super) fn relative_to(&mut self, directory: &Path) {
        if let HookKind::Events(events) = self {
            events.relative_to(directory);
        }
    }
}
