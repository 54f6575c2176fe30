//! Why no configuration can be drafted, with the next thing to type.

use super::files::Unreadable;
use crate::config::ConfigError;
use crate::display::shown;

/// Why no configuration can be drafted.
#[derive(Debug)]
#[allow(missing_docs, reason = "each variant's text says it")]
pub enum SetupError {
    /// A file of the repository cannot be looked at.
    Unreadable(Unreadable),
    /// There is no sign of a site.
    NoSite,
    /// The directory that was named is nowhere.
    NoOutput(String),
    /// The address that was typed is none.
    Address(ConfigError),
    /// Nothing says under which address the site is. The texts say what was looked at, and why it does not help.
    NoAddress(Vec<String>),
}

impl From<Unreadable> for SetupError {
    fn from(unreadable: Unreadable) -> SetupError {
        SetupError::Unreadable(unreadable)
    }
}

impl std::fmt::Display for SetupError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SetupError::Unreadable(unreadable) => unreadable.fmt(f),
            SetupError::Address(e) => e.fmt(f),
            SetupError::NoSite => f.write_str(
                "no site is found here: no generator's configuration, no directory with an index file, no branch like gh-pages; nothing is written",
            ),
            SetupError::NoOutput(directory) => {
                write!(f, "--output {}: there is no such directory; nothing is written", shown(directory.as_bytes()))
            }
            SetupError::NoAddress(reasons) if reasons.is_empty() => {
                f.write_str("no file says which address the site has; nothing is written")
            }
            SetupError::NoAddress(reasons) => {
                write!(f, "no file says which address the site has ({}); nothing is written", reasons.join("; "))
            }
        }
    }
}

impl std::error::Error for SetupError {}

impl SetupError {
    /// Returns the next thing to type.
    #[must_use]
    pub fn hint(&self) -> &str {
        match self {
            SetupError::Address(e) => e.hint(),
            SetupError::Unreadable(_) => "run it as a user who may read the repository",
            SetupError::NoSite => {
                "build the site first, or name the directory that is served: `diffpurge init --output DIR`"
            }
            SetupError::NoOutput(_) => {
                "build the site first, or name the directory that is served, as it is called from the repository's top"
            }
            SetupError::NoAddress(_) => {
                "name the address that visitors type: `diffpurge init --base-url https://www.example.com/`"
            }
        }
    }
}
