//! `kind = "events"`: notifications of an object store over HTTPS.
//!
//! Whoever sends them presents the hook's secret; Google's Pub/Sub can sign with a token of its own beside that. Which objects are the
//! site's is said in `[site.events]`.

use std::path::Path;

use super::push_token::PushToken;
use crate::config::fault::Fault;
use crate::config::raw_serve::RawHook;

/// The keys of this kind.
pub(super) const KEYS: &[&str] = &["audience", "email", "keys_file", "keys_url"];

/// The settings of a hook for notifications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventsHook {
    /// The token of Pub/Sub that has to come with each, beside the secret.
    pub token: Option<PushToken>,
}

impl EventsHook {
    pub(super) fn checked(raw: &RawHook) -> Result<EventsHook, Fault> {
        Ok(EventsHook { token: PushToken::checked(raw)? })
    }

    pub(super) fn relative_to(&mut self, directory: &Path) {
        self.token.iter_mut().for_each(|token| token.relative_to(directory));
    }
}
