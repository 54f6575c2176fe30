//! `[serve] store`: where deliveries and runs are kept.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::config::fault::Fault;

/// Where deliveries and runs are kept.
#[derive(Clone, PartialEq, Eq)]
pub enum ServeStore {
    /// In a file of `SQLite`, for one process.
    Sqlite(PathBuf),
    /// In Postgres, for several replicas.
    Postgres(String),
    /// In memory: the sender's redelivery is what makes it last.
    Memory,
}

impl fmt::Debug for ServeStore {
    /// Leaves the address of Postgres out: a password may stand in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ServeStore::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            ServeStore::Postgres(_) => f.write_str("Postgres"),
            ServeStore::Memory => f.write_str("Memory"),
        }
    }
}

impl Default for ServeStore {
    fn default() -> Self {
        ServeStore::Sqlite(PathBuf::from("diffpurge.db"))
    }
}

impl ServeStore {
    /// Reads a store. The text is not repeated: it may hold a password.
    pub(super) fn parse(text: &str) -> Result<ServeStore, Fault> {
        let hint = "write `sqlite:PATH`, `postgres://HOST/DATABASE` (its password in $PGPASSWORD) or `memory`";
        match text.strip_prefix("sqlite:") {
            Some(path) if !path.is_empty() && !path.starts_with("//") => Ok(ServeStore::Sqlite(PathBuf::from(path))),
            None if text.starts_with("postgres://") || text.starts_with("postgresql://") => {
                let user = text.split_once("://").and_then(|(_, rest)| rest.split('/').next()?.rsplit_once('@'));
                if user.is_some_and(|(user, _)| user.contains(':')) || text.contains("password=") {
                    let hint = "leave it out, and put it into the environment as PGPASSWORD";
                    return Err(Fault::new("`store` holds a password, which does not belong in the file", hint));
                }
                Ok(ServeStore::Postgres(text.to_owned()))
            }
            None if text == "memory" => Ok(ServeStore::Memory),
            _ => Err(Fault::new("this is no value for `store`", hint)),
        }
    }

    pub(super) fn relative_to(&mut self, directory: &Path) {
        if let ServeStore::Sqlite(path) = self {
            *path = directory.join(&*path);
        }
    }
}
