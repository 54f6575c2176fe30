//! The process's environment, captured once at the rim and passed on as data.
//!
//! Nothing else reads it, so a test can say what is in it and two tests cannot disturb each other. It may hold secrets:
//! it has no `Debug`, and values are handed out one by one, by name.

use std::collections::HashMap;
use std::ffi::OsString;

/// A snapshot of the environment's variables.
#[derive(Clone, Default)]
pub struct Environment {
    variables: HashMap<String, OsString>,
}

/// A variable whose value is not text.
#[derive(Debug, thiserror::Error)]
#[error("the environment variable {name} is not valid UTF-8")]
pub struct EnvironmentError {
    /// The variable's name; its value may be a secret and is not kept.
    pub name: String,
}

impl Environment {
    /// Captures the environment of this process.
    #[must_use]
    pub fn capture() -> Environment {
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))).collect()
    }

    /// Returns the value of `name`; `None` when it is unset or empty, which CI systems use alike.
    ///
    /// # Errors
    /// When the value is not UTF-8.
    pub fn get(&self, name: &str) -> Result<Option<&str>, EnvironmentError> {
        match self.variables.get(name) {
            None => Ok(None),
            Some(value) => match value.to_str() {
                Some("") => Ok(None),
                Some(text) => Ok(Some(text)),
                None => Err(EnvironmentError { name: name.to_owned() }),
            },
        }
    }

    /// Returns true when `name` is set to nothing, or to white space alone: in CI that is a secret which the job may not read.
    #[must_use]
    pub fn is_blank(&self, name: &str) -> bool {
        self.variables.get(name).is_some_and(|value| value.to_str().is_some_and(|text| text.trim().is_empty()))
    }

    /// Returns true when `name` is set to anything but nothing.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.variables.get(name).is_some_and(|v| !v.is_empty())
    }
}

/// Builds an environment from names and values, as the demo and the tests do.
impl<N: Into<String>, V: Into<OsString>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Environment { variables: pairs.into_iter().map(|(n, v)| (n.into(), v.into())).collect() }
    }
}
