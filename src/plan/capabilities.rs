//! The abilities of a cache, as a plan needs to know them: made by its provider, read here.
//!
//! A plan knows no provider by name. Everything that differs between them, and changes what is planned, is a value in this file.

use std::num::NonZeroUsize;

use super::batch::Limits;
use super::pace::Pace;
use crate::config::Mode;
use crate::mapping::Kind;

/// The abilities of one cache of one site.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Capabilities {
    /// How many operations of a kind fit one request.
    pub limits: Limits,
    /// How fast its account may ask.
    pub pace: Pace,
    /// The kinds beside URLs; every cache can be asked for a URL.
    pub kinds: Kinds,
    /// The table of the configuration in which the keys of missing kinds belong: `[site.http_purge]`.
    pub table: &'static str,
    /// True where a prefix may take the place of its URLs only to save requests. Where a URL is a request that removes at once,
    /// and a prefix a rule that each later request is held against, it does not pay.
    pub covers_pay: bool,
    /// How many directories one step of the ladder may ask for.
    pub most_directories: NonZeroUsize,
    /// The word for all that it holds: `zone`, `cache`.
    pub whole: &'static str,
    /// True where a request for a host would miss what is kept under that host and a port.
    pub keeps_ports_apart: bool,
    /// True where prefixes, hosts and everything can only be removed, and not be marked as stale.
    pub broad_removes: bool,
    /// The fate of cached answers that are known to have changed.
    pub mode: Mode,
}

/// Which kinds a cache can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kinds {
    /// Everything below a directory.
    pub prefix: Ability,
    /// Everything with a tag.
    pub tag: Ability,
    /// Everything under a host.
    pub host: Ability,
    /// Everything at once.
    pub everything: Ability,
}

/// Whether a cache can be asked for a kind of operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ability {
    /// It can.
    Has,
    /// It cannot, for want of this key in the configuration.
    Lacks(&'static str),
}

impl Kinds {
    /// A cache that can be asked for all of them.
    pub const ALL: Kinds =
        Kinds { prefix: Ability::Has, tag: Ability::Has, host: Ability::Has, everything: Ability::Has };
}

impl Capabilities {
    /// True when the cache can be asked for operations of a kind.
    #[must_use]
    pub fn can(&self, kind: Kind) -> bool {
        self.lacks(kind).is_none()
    }

    /// The key that would bring a missing kind; `None` where it is not missing.
    #[must_use]
    pub fn lacks(&self, kind: Kind) -> Option<&'static str> {
        let ability = match kind {
            Kind::Url => Ability::Has,
            Kind::Prefix => self.kinds.prefix,
            Kind::Tag => self.kinds.tag,
            Kind::Host => self.kinds.host,
            Kind::Everything => self.kinds.everything,
        };
        match ability {
            Ability::Has => None,
            Ability::Lacks(key) => Some(key),
        }
    }

    /// Returns the fate of cached answers that a broad purge covers without knowing that they changed: `asked` is
    /// what the site says of them, where it says so apart.
    #[must_use]
    pub fn broad_mode(&self, asked: Option<Mode>) -> Mode {
        if self.broad_removes { Mode::Purge } else { asked.unwrap_or(self.mode) }
    }
}
