//! Asks the edge for pages as visitors do, many at once.

use std::cell::Cell;
use std::time::Instant;

use futures_util::{StreamExt as _, stream};

use super::door::Door;
use super::expected::Expected;
use super::judge::judge;
use super::proofs::{Freshness, Proof};
use crate::mapping::PublicUrl;
use crate::send::{Http, HttpError, Page};
use crate::snapshot::Hash;

/// Pages that are asked for at once: a browser's worth of connections to a few hosts, so that no edge takes it for an attack.
const IN_FLIGHT: usize = 16;

/// Pages that in a row were not answered at all, after which the rest is not asked for: a thousand of them would take an hour to
/// say nothing more.
const SILENT: usize = 32;

/// The number of pages that in a row were not answered.
#[derive(Default)]
struct Silence(Cell<usize>);

impl Silence {
    /// Gets a page, unless so many were not answered that this one will not be either.
    async fn get(&self, (door, http): (&Door, &Http), url: &PublicUrl, hash: Hash) -> Result<Page, HttpError> {
        if self.0.get() >= SILENT {
            return Err(HttpError::new(format!("not asked for, since {SILENT} others were not answered")));
        }
        let got = door.get(http, url, hash).await;
        self.0.set(if got.is_ok() { 0 } else { self.0.get() + 1 });
        got
    }
}

/// Asks for every URL and judges what comes, in their order. `purged` is when the purge began, where that is known.
pub async fn ask(through: (&Door, &Http), expected: &[Expected], hash: Hash, purged: Option<Instant>) -> Vec<Proof> {
    let silence = &Silence::default();
    let proofs = stream::iter(expected).map(|expected| async move {
        match silence.get(through, &expected.url, hash).await {
            Ok(page) => judge(expected, &page, hash, purged.map(|purged| purged.elapsed())),
            Err(e) => {
                let (freshness, why) = (Freshness::Unreachable, e.to_string());
                Proof { url: expected.url.clone(), freshness, why, cache_status: None, data_centre: None }
            }
        }
    });
    proofs.buffered(IN_FLIGHT).collect().await
}

/// Asks for URLs so that the edge has them, in their order; returns the number that it answered with a page.
pub async fn warm(through: (&Door, &Http), urls: &[PublicUrl]) -> usize {
    let silence = &Silence::default();
    let got = stream::iter(urls).map(|url| async move {
        let page = silence.get(through, url, Hash::Sha1).await;
        page.is_ok_and(|page| page.status < 500)
    });
    got.buffer_unordered(IN_FLIGHT).filter(|got| std::future::ready(*got)).count().await
}
