//! The kinds of hooks: how a delivery of each is signed, and what it has to say to mean that a deploy is done.
//!
//! A kind's settings have a file of their own beside this one. Judging a delivery by them is left to [`crate::hook`].

use super::github::GithubHook;
use super::hmac::HmacHook;
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
}

/// Makes the settings of a kind.
type Make = fn(&RawHook) -> Result<HookKind, Fault>;

/// Each kind by its word, with the keys that only some kinds have, and what makes its settings.
const KINDS: &[(&str, &[&str], Make)] = &[
    ("hmac", super::hmac::KEYS, |raw| HmacHook::checked(raw).map(HookKind::Hmac)),
    ("github", super::github::KEYS, |raw| GithubHook::checked(raw).map(HookKind::Github)),
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
        make(raw)
    }

    /// Returns the word that the file has for it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            HookKind::Hmac(_) => "hmac",
            HookKind::Github(_) => "github",
        }
    }

    /// True when its deliveries can come before the deploy, so that the purge has to wait for the origin.
    #[must_use]
    pub fn can_be_early(&self) -> bool {
        match self {
            HookKind::Hmac(_) => false,
            HookKind::Github(github) => github.takes_pushes(),
        }
    }

    /// True when its deliveries can say themselves which files changed.
    #[must_use]
    pub fn can_name_changes(&self) -> bool {
        match self {
            HookKind::Hmac(hmac) => hmac.paths.is_some(),
            HookKind::Github(_) => false,
        }
    }
}
