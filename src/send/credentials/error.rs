//! Why there are no usable credentials, and what to type next. No value stands in it, and nothing that a program printed.

use std::io;

use super::stored_error::StoredError;
use crate::config::EnvironmentError;
use crate::display::shown;

/// Why there are no usable credentials. Exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// The variable is unset.
    #[error("no API token: the environment variable {variable} is not set")]
    Missing {
        /// The variable.
        variable: String,
        /// The permission that the token needs.
        needs: Option<&'static str>,
    },
    /// The variable is set to nothing.
    #[error("no API token: the environment variable {variable} is set, and is empty")]
    Blank {
        /// The variable.
        variable: String,
        /// The permission that the token needs.
        needs: Option<&'static str>,
    },
    /// A part of older keys.
    #[error("no API token: {set} is set, and {unset}, which belongs to it, is not")]
    Half {
        /// The variable that is set.
        set: &'static str,
        /// The one that is not.
        unset: &'static str,
        /// The next thing to type.
        hint: &'static str,
    },
    /// A variable's value is no text.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    /// A store of AWS gave none.
    #[error(transparent)]
    Stored(#[from] StoredError),
    /// A secret of our own is looked for in a store, which keeps tokens alone.
    #[error("{0} is for a token, and this is a secret of our own")]
    Elsewhere(String),
    /// The program or the file gives nothing.
    #[error("no API token: {0} gives nothing")]
    Empty(String),
    /// The value cannot be a header.
    #[error("the API token in {0} holds white space or characters that no token has")]
    Malformed(String),
    /// The variable with the header for the origin is unset.
    #[error("nothing to send to the origin: the environment variable {0} is not set")]
    MissingHeader(String),
    /// The same, set to nothing.
    #[error("nothing to send to the origin: the environment variable {0} is set, and is empty")]
    BlankHeader(String),
    /// Its value cannot be a header's.
    #[error("what {0} holds cannot be a header")]
    MalformedHeader(String),
    /// It was asked for before, for another site.
    #[error("{text}")]
    Before {
        /// The text of that error.
        text: String,
        /// The next thing to type.
        hint: String,
    },
    /// The program cannot be started.
    #[error("cannot run `token_command` ({})", shown(.program.as_bytes()))]
    Start {
        /// As the configuration has it.
        program: String,
        /// Why not.
        source: io::Error,
    },
    /// The program ended badly; what it printed is not kept.
    #[error("`token_command` ({}) failed: {how}", shown(.program.as_bytes()))]
    Failed {
        /// As the configuration has it.
        program: String,
        /// `exit status: 1`.
        how: String,
    },
    /// The file cannot be read.
    #[error("cannot read `token_file` ({path})")]
    Unreadable {
        /// The path, as it can be shown.
        path: String,
        /// Why not.
        source: io::Error,
    },
    /// Others than its owner can read the file.
    #[error("`token_file` ({path}) can be read by others than its owner (mode {mode:04o})")]
    OpenToOthers {
        /// The path, as it can be shown.
        path: String,
        /// The permissions.
        mode: u32,
    },
}

impl CredentialsError {
    /// The same, for the next one who asks.
    #[must_use]
    pub fn again(&self) -> CredentialsError {
        CredentialsError::Before { text: self.to_string(), hint: self.hint() }
    }

    /// The next thing to type.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            CredentialsError::Missing { variable, needs } => {
                let needs = needs.map_or(String::new(), |needs| format!(", with a token that has {needs}"));
                format!(
                    "`export {variable}=…`{needs}; in CI, pass the secret to this step. `diffpurge plan` needs none"
                )
            }
            CredentialsError::Blank { needs, .. } => {
                let needs = needs.map_or(String::new(), |needs| format!(" (a token that has {needs})"));
                format!(
                    "in CI that is a secret{needs} which does not exist, or which a fork or this job may not read; `diffpurge plan` needs none"
                )
            }
            CredentialsError::BlankHeader(_) => {
                "in CI that is a secret which does not exist, or which a fork or this job may not read".to_owned()
            }
            CredentialsError::Before { hint, .. } => hint.clone(),
            CredentialsError::Stored(error) => error.hint(),
            CredentialsError::Elsewhere(_) => "name a variable or a file".to_owned(),
            CredentialsError::MissingHeader(name) => {
                format!("`export {name}=…`, as `token_env` in [site.origin] says; in CI, pass the secret to this step")
            }
            CredentialsError::Half { hint, .. } => (*hint).to_owned(),
            CredentialsError::Empty(_) => "it has to give the token, and nothing else".to_owned(),
            CredentialsError::MalformedHeader(_) => "copy the value again, without line breaks".to_owned(),
            CredentialsError::Environment(_) | CredentialsError::Malformed(_) => {
                "copy the token again, without quotes or line breaks, and with nothing beside it".to_owned()
            }
            CredentialsError::Start { .. } => {
                "name a program on the PATH, or a path relative to the configuration file; no shell is in between"
                    .to_owned()
            }
            CredentialsError::Failed { .. } => {
                "run the command by hand, in the configuration file's directory: what it prints is never shown here"
                    .to_owned()
            }
            CredentialsError::Unreadable { .. } => {
                "`token_file` counts from the configuration file's directory".to_owned()
            }
            CredentialsError::OpenToOthers { path, .. } => format!("`chmod 600 {path}`"),
        }
    }
}
