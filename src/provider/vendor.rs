//! All that has to be known of a provider: a new one answers these questions, and the compiler says which are left.
//!
//! Pure: nothing here waits, asks or reads. A question to a server is a value that goes out, and its answer one that comes in.

use std::fmt::Debug;

use super::call::Call;
use super::finding::Finding;
use super::keys::{Keys, Opened};
use super::look_up::{Answer, Belonging, Heard, LookUp, Question};
use super::target::{Connection, Destination, ProviderError, Target};
use super::verdict::{ApiReply, Verdict};
use crate::config::Mode;
use crate::mapping::Kind;
use crate::plan::{Capabilities, Items};

/// One provider, for one site.
pub trait Vendor: Debug {
    /// Returns the abilities of the cache, for the plan.
    fn capabilities(&self) -> Capabilities;

    /// Returns how many requests of a plan may be under way at once, at each target.
    fn in_flight(&self) -> usize;

    /// Words some operations as a request, but for where it goes. The kinds that the capabilities lack never reach it.
    fn call(&self, mode: Mode, items: &Items<'_>) -> Call;

    /// Judges an answer to operations of a kind.
    fn verdict(&self, reply: &ApiReply, kind: Kind) -> Verdict;

    /// True when the status of an accepted operation says that nothing was cached of it.
    fn was_not_cached(&self, status: u16) -> bool;

    /// Returns the header of an answer that holds an id to quote to the provider's support, in lower case.
    fn support_id(&self) -> Option<&'static str>;

    /// Returns what is purged, for reports.
    fn destination(&self) -> Destination;

    /// Returns how its servers are connected to.
    ///
    /// # Errors
    /// When a variable that moves them cannot be used.
    fn connection(&self) -> Result<Connection, ProviderError>;

    /// Returns the servers that each request goes to; at least one.
    ///
    /// # Errors
    /// When that is not known, or a variable that moves them cannot be used.
    fn targets(&self) -> Result<Vec<Target>, ProviderError>;

    /// Returns what opens it; `None` where nothing is needed.
    fn keys(&self) -> Option<Keys>;

    /// True when all that is opened by the same source of a token shares an account, and so its pace.
    fn shares_pace(&self) -> bool;

    /// Returns the question whether a site's hosts belong to what is purged; `None` where there is nobody to ask.
    fn belonging(&self) -> Option<LookUp>;

    /// Judges the answer to [`Vendor::belonging`].
    fn belongs(&self, heard: &Heard, hosts: &[&str]) -> Belonging;

    /// Returns the question which hosts a purge of everything evicts; `None` where there is nobody to ask.
    fn all_hosts(&self) -> Option<LookUp>;

    /// Reads the answer to [`Vendor::all_hosts`]: the hosts beside these, sorted, each once. An answer that cannot be read gives none: it is a
    /// warning that is missing then, and nothing that is not purged.
    fn other_hosts(&self, heard: &Heard, ours: &[&str]) -> Vec<String>;

    /// Returns the questions of `diffpurge check`.
    fn questions(&self, opened: Opened) -> Vec<Question>;

    /// Returns the questions of `diffpurge check` that follow from the answers to [`Vendor::questions`].
    fn further_questions(&self, opened: Opened, answers: &[Answer]) -> Vec<Question>;

    /// Judges how it was opened, unless it was not at all, and the answers, which stand in the order of the questions, the further ones last.
    fn findings(&self, opened: Opened, answers: &[Answer], hosts: &[&str]) -> Vec<Finding>;
}
