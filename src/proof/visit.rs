//! Asks the edge for pages as visitors do, many at once.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::time::Instant;

use futures_util::{StreamExt as _, stream};

use super::door::Door;
use super::evidence::Evidence;
use super::expected::Expected;
use super::judge::{Judgement, judge};
use super::past::Past;
use super::proofs::{Freshness, Proof};
use super::served::Served;
use crate::mapping::PublicUrl;
use crate::send::{Http, HttpError, Page};
use crate::snapshot::{ContentId, Hash};

/// Pages that are asked for at once: a browser's worth of connections to a few hosts, so that no edge takes it for an attack.
const IN_FLIGHT: usize = 16;

/// Pages that in a row were not answered at all, after which the rest is not asked for: a thousand of them would take an hour to
/// say nothing more.
const SILENT: usize = 32;

/// Redirects from form to form that are followed: to TLS, to the site's main name, to a directory's slash, and one more.
const REDIRECTS: usize = 4;

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

/// The pages that are asked for, and what their answers are held against.
#[derive(Clone, Copy)]
pub struct Question<'q> {
    /// The door, and a client that goes through it.
    pub through: (&'q Door, &'q Http),
    /// The URLs, with the answers that they should give.
    pub expected: &'q [Expected],
    /// The evidence that the answers are held against; its times count from when the question is put.
    pub evidence: Evidence<'q>,
    /// The way past the cache, where there is one.
    pub past: Option<&'q Past<'q>>,
}

/// Asks for every URL and judges what comes, in their order.
pub async fn ask(question: Question<'_>) -> Vec<Proof> {
    let (silence, start) = (&Silence::default(), Instant::now());
    let judged = stream::iter(question.expected).map(|expected| async move {
        match silence.get(question.through, &expected.url, question.evidence.hash).await {
            Ok(page) => {
                let evidence = question.evidence.later(start.elapsed());
                let judgement = judge(expected, &page, evidence);
                followed(question, silence, expected, judgement, evidence).await
            }
            Err(e) => {
                let (freshness, why) = (Freshness::Unreachable, e.to_string());
                let proof = Proof { url: expected.url.clone(), freshness, why, cache_status: None, data_centre: None };
                Judgement { proof, foreign: None, follow: None }
            }
        }
    });
    let mut judged: Vec<Judgement> = judged.buffered(IN_FLIGHT).collect().await;
    tell_repeated(question.expected, &mut judged);
    tell_swapped(question.expected, &mut judged);
    let lifted = stream::iter(judged).map(|judgement| lifted(question.past, judgement));
    lifted.buffered(IN_FLIGHT).collect().await
}

/// Follows a redirect to another form: it is right where the page is found there.
async fn followed(
    question: Question<'_>,
    silence: &Silence,
    expected: &Expected,
    judgement: Judgement,
    evidence: Evidence<'_>,
) -> Judgement {
    let mut proof = judgement.proof;
    let (mut follow, mut seen) = (judgement.follow, vec![expected.url.as_str().to_owned()]);
    let mut foreign = judgement.foreign;
    while let Some(target) = follow.take() {
        let here = seen.last().map_or("", String::as_str);
        if matches!(question.through.0, Door::Http(_)) && without_scheme(here) == without_scheme(&target) {
            // The door knows no other scheme.
            break;
        }
        let is_endless = seen.contains(&target) || seen.len() > REDIRECTS;
        let Some(url) = PublicUrl::restored(&target, []).filter(|_| !is_endless) else {
            if is_endless {
                (proof.freshness, proof.why) = (Freshness::Stale, format!("{}, and so on without end", proof.why));
            }
            break;
        };
        let there = Expected { url: url.clone(), is_exact: !expected.is_gone, ..expected.clone() };
        let (freshness, why) = match silence.get(question.through, &url, evidence.hash).await {
            Ok(page) => {
                let found = judge(&there, &page, evidence);
                (follow, foreign) = (found.follow, found.foreign);
                let why = format!("{}, where {}", proof.why, found.proof.why);
                match found.proof.freshness {
                    // A content that cannot be told is none that was cached before.
                    Freshness::Unknown if (200..300).contains(&page.status) => (Freshness::Unknown, why),
                    Freshness::Unreachable | Freshness::Unknown if follow.is_none() => (Freshness::Stale, why),
                    freshness => (freshness, why),
                }
            }
            Err(e) => (Freshness::Unreachable, format!("{}: {e}", proof.why)),
        };
        (proof.freshness, proof.why) = match freshness {
            // A redirect from form to form that finds nothing is what was cached before.
            Freshness::Unreachable => (Freshness::Stale, why),
            freshness => (freshness, why),
        };
        seen.push(target);
    }
    Judgement { proof, foreign, follow: None }
}

fn without_scheme(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest)
}

/// Takes a content for stale that is the answer to several URLs of different files, as that of an edge which tells no URLs apart:
/// nothing makes one page of several.
fn tell_repeated(expected: &[Expected], judged: &mut [Judgement]) {
    let mut files: HashMap<String, HashSet<&Served>> = HashMap::new();
    for (expected, judgement) in expected.iter().zip(&*judged).filter(|(expected, _)| expected.is_exact) {
        if let Some(id) = &judgement.foreign {
            files.entry(id.blob.clone()).or_default().insert(&expected.versions.now);
        }
    }
    for (expected, judgement) in expected.iter().zip(judged) {
        let others = judgement.foreign.as_ref().and_then(|id| files.get(&id.blob)).map_or(0, HashSet::len);
        if others > 1 && expected.is_exact {
            judgement.proof.freshness = Freshness::Stale;
            judgement.proof.why = format!("one and the same content answers for {others} different files of TO");
            // It is no better where the origin does the same.
            judgement.foreign = None;
        }
    }
}

/// Takes a content for stale that is another file's of TO, as that of an edge which takes one URL for another. Where it was made of its
/// own, as a small file of one that is there in small too, it is none.
fn tell_swapped(expected: &[Expected], judged: &mut [Judgement]) {
    let files: HashSet<&ContentId> = expected.iter().flat_map(|expected| &expected.versions.now.surely).collect();
    for (_, judgement) in expected.iter().zip(judged).filter(|(expected, _)| expected.is_exact) {
        let Some(digest) = judgement.foreign.as_ref().filter(|_| judgement.proof.freshness != Freshness::Rewritten)
        else {
            continue;
        };
        if digest.ids().iter().any(|id| files.contains(id)) {
            judgement.proof.freshness = Freshness::Stale;
            "the content is that of another file of TO".clone_into(&mut judgement.proof.why);
            judgement.foreign = None;
        }
    }
}

/// Takes a page for rewritten that is no file's, and that the origin gives with the same bytes.
async fn lifted(past: Option<&Past<'_>>, judgement: Judgement) -> Proof {
    let mut proof = judgement.proof;
    if let (Some(past), Some(digest)) = (past, &judgement.foreign)
        && !matches!(proof.freshness, Freshness::Rewritten | Freshness::Fresh)
        && past.gives(&proof.url, &digest.blob).await
    {
        proof.freshness = Freshness::Rewritten;
        "the content is not TO's, and the origin gives the same past the cache".clone_into(&mut proof.why);
    }
    proof
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
