//! Why the receiver cannot start, with the next thing to type.

use std::io;
use std::net::SocketAddr;

use super::store::StoreError;
use crate::engine::{self, ExitStatus, Row};
use crate::hook::{SHORTEST, TooShort, Unfit};
use crate::send::CredentialsError;

/// Why the receiver cannot start, or went down.
#[derive(Debug, thiserror::Error)]
pub struct ServeError(#[from] pub(super) Kind);

impl std::fmt::Display for ServeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.row().text)
    }
}

/// The kinds of it.
#[derive(Debug, thiserror::Error)]
pub(super) enum Kind {
    /// The configuration cannot be used.
    #[error(transparent)]
    Engine(#[from] engine::Error),
    /// It has no receiver.
    #[error("the configuration has no [serve]")]
    NoServe,
    /// None of its hooks is for the sites that were named.
    #[error("no hook is for {0}")]
    NoHook(String),
    /// A hook's secret is not there.
    #[error("the hook {path} has no secret: {why}")]
    NoSecret { path: String, why: String },
    /// A hook's secret can be guessed.
    #[error("the hook {path}: {short}")]
    ShortSecret { path: String, short: TooShort },
    /// The page's secret is not there.
    #[error("the page has no secret: {0}")]
    NoPageSecret(String),
    /// The page's secret can be guessed.
    #[error("the page: {0}")]
    ShortPageSecret(TooShort),
    /// Who sends deliveries could log in.
    #[error("a hook has the page's secret")]
    SharedSecret,
    /// A hook's secret is none of its kind.
    #[error("the hook {path}: {unfit}")]
    UnfitSecret { path: String, unfit: Unfit },
    /// A hook's public keys are not there.
    #[error("the keys of the hook {path} cannot be read: {why}")]
    NoKeys { path: String, why: String },
    /// `$PORT` is no port.
    #[error("$PORT is no port: {0}")]
    Port(String),
    /// Nobody can listen there.
    #[error("cannot listen at {at}: {error}")]
    Listen { at: SocketAddr, error: io::Error },
    /// The system gives no threads or no queue.
    #[error("the receiver cannot be started: {0}")]
    Runtime(io::Error),
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ServeError {
    /// Returns the error's row: text, hint and exit status.
    #[must_use]
    pub fn row(&self) -> Row {
        let row = |hint: String| Row::new(ExitStatus::Usage, self.0.to_string(), hint);
        match &self.0 {
            Kind::Engine(error) => error.row(),
            Kind::NoServe => row("write `[serve]`, and below it a `[[serve.hook]]`".to_owned()),
            Kind::NoHook(_) => row("leave `--site` out, or name the site of a `[[serve.hook]]`".to_owned()),
            Kind::NoSecret { .. } => {
                row("without a secret anybody could purge: set it, and give the sender the same".to_owned())
            }
            Kind::NoPageSecret(_) => {
                row("without a secret anybody could look: set it, or leave [serve.page] out".to_owned())
            }
            Kind::SharedSecret => {
                row("who sends deliveries could log in: make another for the page, with `openssl rand -hex 32`"
                    .to_owned())
            }
            Kind::ShortSecret { .. } | Kind::ShortPageSecret(_) => {
                row(format!("take {SHORTEST} bytes or more that nobody can guess: `openssl rand -hex 32`"))
            }
            Kind::UnfitSecret { .. } => {
                row("make one, and give the sender the same: `echo \"whsec_$(openssl rand -base64 32)\"`".to_owned())
            }
            Kind::NoKeys { .. } => row("`keys_file` is a file with the JSON Web Key Set of the sender".to_owned()),
            Kind::Port(_) => row("the platform sets it to a number, like 8080; unset it elsewhere".to_owned()),
            Kind::Listen { .. } => {
                row("another program may listen there: `listen` or `observe` in [serve] names another".to_owned())
            }
            Kind::Runtime(_) => {
                row("the system lacks threads or file descriptors: `ulimit -a` shows the limits".to_owned())
            }
            Kind::Store(StoreError::InUse(_)) => {
                row("a file of SQLite's is for one process: end the other, or use a `postgres://` store".to_owned())
            }
            Kind::Store(_) => row("`store` in [serve] says where it is".to_owned()),
        }
    }
}

impl From<engine::Error> for ServeError {
    fn from(error: engine::Error) -> ServeError {
        ServeError(Kind::Engine(error))
    }
}

impl From<CredentialsError> for ServeError {
    fn from(error: CredentialsError) -> ServeError {
        ServeError(Kind::Engine(error.into()))
    }
}
