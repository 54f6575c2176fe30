//! Waits until the origin serves what was deployed: purging before that lets the edge fetch the old page again.
//!
//! Rounds and their limits are here; the judgement of one answer is left to [`super::asker`].

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use tokio::time::Instant;

use super::asker::Asker;
use super::awaited::Awaited;
use super::late::Late;
use crate::config::{Origin, OriginAt, Site};
use crate::send::{HttpError, SecretHeader};
use crate::snapshot::Hash;

/// Pages that an origin is asked for at once; it has no edge in front of it.
const IN_FLIGHT: usize = 8;

/// The waits between two rounds: each twice the one before.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// The time that a page may take: less at the end of the wait, but never so little that a slow origin is taken for a silent one.
const TIMEOUT: Duration = Duration::from_secs(15);
const LAST_TIMEOUT: Duration = Duration::from_secs(5);

/// Files that are not right, after which a round is over: to ask for thousands more would only keep an origin busy that is not
/// ready, and take an hour with one that does not answer.
const ENOUGH: usize = 16;

/// Makes the URL of a path (as URLs have it) at a site's origin.
#[must_use]
pub fn url_at(site: &Site, origin: &Origin, path: &str) -> String {
    let base = match &origin.at {
        OriginAt::Url(base) => base.as_str(),
        OriginAt::Address(_) => site.base_urls.first().map_or("", |base| base.as_str()),
    };
    format!("{base}{path}")
}

/// Asks until everything is as it should be; `watch` hears now and then how many are not, and how many others were not asked
/// for yet. It ends when the origin's time is over and the answers that are under way are in.
///
/// # Errors
/// When it is not within the origin's time, or no client can be made.
pub async fn wait(
    site: &Site,
    origin: &Origin,
    (awaited, hash, secret): (Vec<Awaited>, Hash, Option<&SecretHeader>),
    watch: &dyn Fn(usize, usize),
) -> Result<Result<(), Late>, HttpError> {
    let asker = Asker::new(site, origin, hash, secret)?;
    let start = Instant::now();
    let mut pause = FIRST_WAIT;
    let mut left = awaited;
    loop {
        let rest = origin.wait.saturating_sub(start.elapsed());
        let timeout = TIMEOUT.min(rest.max(LAST_TIMEOUT));
        let (mut wrong, open) = round(&asker, left, timeout).await;
        if wrong.is_empty() {
            return Ok(Ok(()));
        }
        let waited = start.elapsed();
        if waited >= origin.wait {
            let more = wrong.len() - 1;
            return Ok(Err(Late { first: wrong.swap_remove(0), more, open: open.len(), waited }));
        }
        watch(wrong.len(), open.len());
        tokio::time::sleep(pause.min(origin.wait.saturating_sub(waited))).await;
        pause = (pause * 2).min(LONGEST_WAIT);
        left = wrong.into_iter().map(|(awaited, _)| awaited).chain(open).collect();
    }
}

/// Asks for all once, or until enough is not right; returns the files that are not, with what was found, and those
/// that were not asked for.
async fn round(asker: &Asker<'_>, left: Vec<Awaited>, timeout: Duration) -> (Vec<(Awaited, String)>, Vec<Awaited>) {
    let (mut wrong, mut open) = (Vec::new(), Vec::new());
    let found = std::cell::Cell::new(0);
    let answers = stream::iter(left).map(|awaited| {
        let found = &found;
        async move {
            if found.get() >= ENOUGH {
                return (awaited, None);
            }
            let wrong = asker.wrong(&awaited, timeout).await;
            found.set(found.get() + usize::from(wrong.is_some()));
            (awaited, Some(wrong))
        }
    });
    let mut answers = std::pin::pin!(answers.buffered(IN_FLIGHT));
    while let Some((awaited, answer)) = answers.next().await {
        match answer {
            Some(Some(why)) => wrong.push((awaited, why)),
            Some(None) => {}
            None => open.push(awaited),
        }
    }
    (wrong, open)
}
