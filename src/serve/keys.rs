//! The public keys of hooks whose sender publishes them at a URL: fetched at the start, after a reload, and from time to time.
//!
//! The URL is the configuration's. Until its keys are there, a hook refuses what comes, and its sender delivers again.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::settings::Settings;
use crate::display::line;
use crate::hook::PublicKeys;
use crate::send::{Fetch, Http};
use crate::snapshot::Hash;

/// How often keys are fetched anew. Google's change within days, and are published before they sign.
const OFTEN: Duration = Duration::from_hours(1);

/// How soon keys are fetched again that could not be.
const SOON: Duration = Duration::from_secs(30);

/// How long an answer is waited for.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Keeps the keys of the settings fresh, for ever.
pub(super) async fn keep(settings: watch::Sender<Arc<Settings>>) {
    let mut known = settings.subscribe();
    loop {
        let urls = known.borrow_and_update().key_urls();
        for url in urls {
            match fetched(&url).await {
                Ok(keys) => settings.send_modify(|now| *now = Arc::new(now.with_keys(&url, &keys))),
                Err(why) => tracing::warn!(url, why = line(&why), "the keys of a hook cannot be fetched"),
            }
        }
        // What was just put in is no news.
        let wait = if known.borrow_and_update().lacks_keys() { SOON } else { OFTEN };
        reloaded(&mut known, Instant::now() + wait).await;
    }
}

/// Waits for new settings that lack keys, or for this time.
async fn reloaded(known: &mut watch::Receiver<Arc<Settings>>, until: Instant) {
    while let Ok(Ok(())) = timeout_at(until, known.changed()).await {
        if known.borrow_and_update().lacks_keys() {
            return;
        }
    }
}

async fn fetched(url: &str) -> Result<PublicKeys, String> {
    let here = url.starts_with("http://");
    let http = if here { Http::local() } else { Http::new() }.map_err(|error| error.to_string())?;
    let fetch = Fetch {
        url,
        host: None,
        headers: &[],
        head: false,
        hash: Hash::Sha1,
        identity: false,
        secret: None,
        timeout: TIMEOUT,
    };
    let page = http.fetch(&fetch).await.map_err(|error| error.to_string())?;
    if page.status != 200 {
        return Err(format!("the answer is HTTP {}", page.status));
    }
    PublicKeys::read(&page.body).map_err(|error| error.to_string())
}
