//! Questions that change nothing, and what became of them.

use super::keys::Secret;
use super::target::Connection;

/// A GET to a provider's API.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LookUp {
    /// Absolute.
    pub url: String,
    /// The header of the token, which the sender puts in.
    pub secret: Secret,
}

/// An answer to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LookUpReply {
    /// The HTTP status.
    pub status: u16,
    /// The server's clock (`Date`), in seconds since 1970.
    pub date: Option<u64>,
    /// The body, decoded.
    pub body: Vec<u8>,
}

/// An answer, or why there was none, in words.
pub type Heard = Result<LookUpReply, String>;

/// One question of `diffpurge check`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Question {
    /// Something that the API knows.
    LookUp(LookUp),
    /// Whether a server answers at all, to a request that it neither keeps nor removes (`OPTIONS`).
    Knock {
        /// Scheme, host and port.
        base: String,
        /// The `Host` header.
        host: String,
        /// How it is connected to.
        connection: Connection,
        /// True where each address behind its name is a server of its own.
        is_each_address: bool,
    },
}

/// The answer to a [`Question`] of the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The API's answer, and its time: in seconds since 1970 by this machine's clock.
    LookedUp(Heard, u64),
    /// Each server behind the name, as reports name it, and what became of the knock.
    Knocked(Vec<(String, Knocked)>),
}

/// What became of a knock at one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Knocked {
    /// It answered with this HTTP status.
    Answered(u16),
    /// It did not; in words.
    Silent(String),
    /// Its name leads nowhere; in words.
    NotFound(String),
    /// This machine has no route to it, and one to others of the name.
    NoRoute,
}

impl Answer {
    /// The API's answer and when it came; `None` for a knock.
    #[must_use]
    pub fn looked_up(&self) -> Option<(&Heard, u64)> {
        match self {
            Answer::LookedUp(heard, now) => Some((heard, *now)),
            Answer::Knocked(_) => None,
        }
    }
}

/// Whether a site's hosts belong to what is purged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Belonging {
    /// They do.
    Inside,
    /// Some do not.
    Outside {
        /// These, in their order.
        hosts: Vec<String>,
        /// The name of what they lie outside of.
        of: String,
    },
    /// It cannot be told, which need not be a fault; in words.
    Unknown(String),
}
