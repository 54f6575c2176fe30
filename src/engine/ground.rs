//! The ground that every command of the engine stands on: the sites, the repository, the environment as data, and whom to tell.

use std::io;
use std::path::Path;
use std::time::SystemTime;

use super::listener::{Listener, Notice};
use crate::config::{Config, Environment, Site};
use crate::input::{self, MIB};
use crate::snapshot::Sources;

/// Bytes of a CI system's event file that are read. GitHub's payloads end at 25 MB
/// (<https://docs.github.com/en/webhooks/webhook-events-and-payloads>).
const LARGEST_EVENT: u64 = 32 * MIB;

/// Reads the file of an event that a CI system has written.
pub(super) fn event(path: &Path) -> io::Result<Vec<u8>> {
    input::read(path, LARGEST_EVENT)
}

/// The ground of a run.
pub struct Ground<'g> {
    /// Every site of the configuration; a plan has to know its neighbours.
    pub all: &'g [Site],
    /// The sites that the run is for.
    pub chosen: &'g Config,
    /// The names of the sites that were asked for; empty for all.
    pub named: &'g [String],
    /// The command that somebody typed, as a hint repeats it: `plan`, `mark set`.
    pub command: &'g str,
    /// The sites are described by options of the command, in place of a file: whatever is typed next needs these, too.
    pub is_described: bool,
    /// Where the repository is looked for; `None` for around the current directory.
    pub directory: Option<&'g Path>,
    /// The repository's own configuration may name programs that git runs.
    pub is_trusted: bool,
    /// The variables of the process, captured by the door.
    pub environment: &'g Environment,
    /// The listener of notes and progress.
    pub listener: &'g dyn Listener,
    /// Tells the time of day.
    pub clock: fn() -> SystemTime,
}

impl Ground<'_> {
    /// Returns the sources of a run's snapshots, of which none is opened yet.
    pub(super) fn sources(&self) -> Sources {
        Sources::new(self.directory).trusting(self.is_trusted)
    }

    /// Returns the same ground for other sites.
    pub(super) fn of<'o>(&'o self, chosen: &'o Config) -> Ground<'o> {
        Ground { chosen, ..*self }
    }

    /// Tells the listener something that a person may want to know.
    pub(super) fn note(&self, text: impl Into<String>) {
        self.listener.hear(&Notice::Note(text.into()));
    }

    /// Tells the listener something that may be wrong.
    pub(super) fn warn(&self, text: impl Into<String>) {
        self.listener.hear(&Notice::Warning(text.into()));
    }
}
