//! The listener of a run: it hears its notes at once, sees the plans before they are sent, and follows the requests.
//!
//! The engine decides what is worth saying; whether and how it is shown is the listener's business.

use std::cell::RefCell;
use std::io;

use crate::display::line;
use crate::report::plan::SiteReport;
use crate::send::Event;

/// Something that a person may want to know while a run goes on, without a line break at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Something happened that explains what follows.
    Note(String),
    /// Something that would be said in each run, and is worth it only to who asks for everything.
    Detail(String),
    /// Something may be wrong; the run goes on.
    Warning(String),
    /// Something could not be used, so that the run will not be complete.
    Fault(String),
}

/// Watches a run. Nothing that it does stops a purge, but for plans that cannot be shown.
pub trait Listener {
    /// Hears a notice.
    fn hear(&self, notice: &Notice);

    /// Sees the plans when nothing but the origins can hold them up any more.
    ///
    /// # Errors
    /// When they cannot be shown; then nothing is sent.
    fn ready(&self, sites: &[SiteReport<'_>]) -> io::Result<()>;

    /// Says whether these plans may be sent, once they were seen.
    fn agrees(&self, _sites: &[SiteReport<'_>]) -> bool {
        true
    }

    /// Learns that so many operations are about to be sent.
    fn sending(&self, operations: usize);

    /// Follows a request of the plan with this title.
    fn sent(&self, title: &str, event: &Event<'_>);

    /// Learns that nothing is under way any more.
    fn done(&self);
}

/// Hears what may be wrong, for a report of it; nobody watches.
#[derive(Debug, Default)]
pub struct Scribe {
    said: RefCell<Vec<String>>,
}

impl Scribe {
    /// Returns it, a line each.
    #[must_use]
    pub fn said(self) -> Vec<String> {
        self.said.into_inner()
    }
}

impl Listener for Scribe {
    fn hear(&self, notice: &Notice) {
        match notice {
            Notice::Note(_) | Notice::Detail(_) => {}
            Notice::Warning(text) | Notice::Fault(text) => self.said.borrow_mut().push(line(text)),
        }
    }

    fn ready(&self, _: &[SiteReport<'_>]) -> io::Result<()> {
        Ok(())
    }

    fn sending(&self, _: usize) {}

    fn sent(&self, _: &str, _: &Event<'_>) {}

    fn done(&self) {}
}
