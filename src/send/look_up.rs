//! Looks up what the API knows, as far as the credentials may: asked once, never again.
//!
//! It changes nothing and decides nothing; a purge goes on without it. It counts towards the API's general limit, and not
//! towards the pace of purges.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::{HttpError, Sender};
use crate::provider::{LookUp, LookUpReply, OlderKeys};

impl Sender {
    /// Asks, and gives up after `timeout` from when it may.
    ///
    /// # Errors
    /// When no whole answer came in time.
    pub async fn look_up(&self, look_up: &LookUp, timeout: Duration) -> Result<LookUpReply, HttpError> {
        let slot = self.pacing.other_slot();
        // To sleep until a moment that has come takes up to a millisecond.
        if slot > Instant::now() {
            sleep_until(slot).await;
        }
        self.http.look_up(look_up, &self.credentials, timeout).await
    }

    /// Returns the older keys that it sends by, which may open more than a purge needs; `None` for a token.
    #[must_use]
    pub fn older_keys(&self) -> Option<&'static OlderKeys> {
        self.credentials.older_keys()
    }
}
