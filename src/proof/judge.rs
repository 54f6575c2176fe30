//! Judges what an answer says about a URL: fresh, stale, rewritten on its way, or nothing.
//!
//! Content decides where it can. Where it cannot, its words do, and its age: an answer that lay in a cache for longer than the purge
//! is old was there before it. A URL of which nothing tells is unknown, never fresh. Each answer is one data centre's; another may give another.

use super::age::{self, Place};
use super::damage::{is_cut_off, is_error_page, is_page_instead, is_program};
use super::evidence::Evidence;
use super::expected::Expected;
use super::forms::Leads;
use super::proofs::{Freshness, Proof};
use super::resemblance::{MadeOf, Texts, made_of};
use super::rewriters::rewritten;
use super::served::{Version, Versions};
use crate::display::shown;
use crate::send::Page;
use crate::snapshot::Digest;

/// Characters of a `Location` that are shown.
const SHOWN: usize = 120;

/// An answer, judged.
pub struct Judgement {
    /// The proof that it gives.
    pub proof: Proof,
    /// The digests of an answer that is not the file's, where TO has a file: an origin can say more of it.
    pub foreign: Option<Digest>,
    /// The URL that has to be asked for before a redirect there is known to be right.
    pub follow: Option<String>,
}

/// Judges an answer.
#[must_use]
pub fn judge(expected: &Expected, page: &Page, evidence: Evidence<'_>) -> Judgement {
    let data_centre = page.header("cf-ray").and_then(|ray| ray.rsplit_once('-')).map(|(_, centre)| centre);
    let is_plain = |centre: &&str| (2..=8).contains(&centre.len()) && centre.bytes().all(|b| b.is_ascii_alphanumeric());
    let mut judge = Judge { expected, page, evidence, foreign: None, follow: None };
    let (freshness, why) = judge.freshness();
    let Judge { foreign, follow, .. } = judge;
    let proof = Proof {
        url: expected.url.clone(),
        freshness,
        why,
        cache_status: age::cache_status(page),
        data_centre: data_centre.filter(is_plain).map(str::to_owned),
    };
    Judgement { proof, foreign, follow }
}

struct Judge<'j> {
    expected: &'j Expected,
    page: &'j Page,
    evidence: Evidence<'j>,
    foreign: Option<Digest>,
    follow: Option<String>,
}

type Found = (Freshness, String);

fn fresh(why: impl Into<String>) -> Found {
    (Freshness::Fresh, why.into())
}

fn stale(why: impl Into<String>) -> Found {
    (Freshness::Stale, why.into())
}

fn unknown(why: impl Into<String>) -> Found {
    (Freshness::Unknown, why.into())
}

fn unreachable(why: impl Into<String>) -> Found {
    (Freshness::Unreachable, why.into())
}

impl Judge<'_> {
    fn freshness(&mut self) -> Found {
        let (expected, page) = (self.expected, self.page);
        let (status, has_file) = (page.status, self.has_file());
        if page.header("cf-mitigated").is_some() {
            return unreachable(format!("it answers {status}, a challenge in place of the page"));
        }
        let is_empty = page.body.is_empty() && page.long.is_none();
        match status {
            // Nobody asked for a part.
            206 if has_file => return stale("206, a part, and TO has the whole file"),
            200..=299 | 404 | 410 => {}
            _ => return self.without_content(),
        }
        let digest = page.digest(self.evidence.hash);
        // The status does not matter: a page for what is not found answers 404, asked for by its own name.
        match expected.versions.of(&digest) {
            Some(Version::Now) if status >= 400 && expected.is_exact && !is_error_page(expected.url.as_str()) => {
                return unreachable(format!("it answers {status}, with TO's content"));
            }
            Some(Version::Now) => return fresh("the content is TO's"),
            Some(Version::Before) => return stale("the content is what was there before"),
            None => {}
        }
        match status {
            204 | 205 if has_file => stale(format!("{status}, and TO has a file with content")),
            200..=299 if is_empty && has_file => stale(format!("{status}, empty, and TO has a file with content")),
            200..=299 if expected.instead.has(&digest) && (expected.is_gone || has_file) => self.instead(),
            200..=299 => match age::older(page, self.evidence.times) {
                Some(old) => stale(old),
                None if has_file => self.foreign(digest),
                None if expected.is_gone => self.still_there(),
                None => self.without_file(),
            },
            _ => self.not_found(),
        }
    }

    /// True where TO has a file behind the URL.
    fn has_file(&self) -> bool {
        !self.expected.versions.now.is_empty()
    }

    /// Judges the page that hosting services answer with where there is nothing.
    fn instead(&self) -> Found {
        let status = self.page.status;
        if self.expected.is_exact {
            stale(format!("{status}, with the page for what there is not, and TO has the file"))
        } else {
            fresh(format!("{status}, with the page for what there is not"))
        }
    }

    /// Judges a content that is no file's, where TO has a file.
    fn foreign(&mut self, digest: Digest) -> Found {
        if let Some(damage) = self.damage() {
            return stale(damage);
        }
        let (made, is_before) = (self.made_of(), age::is_made_before(self.page, self.evidence.times));
        // A text of before that is not here, as in a clone without blobs, could not be told from this one.
        let is_only_text = self.expected.is_known_before && self.expected.versions.before.is_empty();
        let is_told = |is_told: bool| is_told || is_only_text || is_before == Some(false);
        if made == MadeOf::Other {
            return self.instead();
        } else if made == MadeOf::Old {
            return stale("the content was made of what was there before");
        }
        self.foreign = Some(digest);
        match made {
            MadeOf::New(_) if is_before == Some(true) => {
                unknown("the content is like TO's, and its `Last-Modified` or `ETag` is older than TO")
            }
            MadeOf::New(told) if is_told(told) => (Freshness::Rewritten, rewritten(self.page)),
            MadeOf::New(_) => unknown("the content is like TO's, and nothing here says what was there before"),
            MadeOf::Nothing | MadeOf::Unclear if self.expected.versions.now.unsure.is_some() => {
                self.by_status(is_before)
            }
            MadeOf::Nothing if self.expected.is_exact && !self.is_rendered() => {
                stale("the content has nothing to do with TO's")
            }
            MadeOf::Nothing | MadeOf::Unclear | MadeOf::Old | MadeOf::Other => {
                unknown("the content is neither TO's nor what was there before, and does not show which it was made of")
            }
        }
    }

    /// True where a server may make a page of each text of TO.
    fn is_rendered(&self) -> bool {
        self.evidence.here(&self.expected.versions.now.texts).iter().all(|text| is_program(text))
    }

    /// Says what is wrong with a content that nothing on the way makes on purpose.
    fn damage(&self) -> Option<String> {
        let (Versions { now, before }, body) = (&self.expected.versions, &self.page.body);
        let (new, old) = (self.evidence.here(&now.texts), self.evidence.here(&before.texts));
        // The end of TO's may be gone on purpose, and then it is no matter that FROM's went on.
        let is_whole = new.iter().any(|content| content.starts_with(body) && !is_cut_off(body, content));
        if let Some(whole) = new.iter().chain(&old).find(|content| !is_whole && is_cut_off(body, content)) {
            return Some(format!("the content is cut off after {} of {} bytes", body.len(), whole.len()));
        }
        let is_instead = |content: Option<&[u8]>| is_page_instead(body, self.expected.url.as_str(), content);
        let is_none =
            if new.is_empty() { is_instead(None) } else { new.iter().all(|content| is_instead(Some(content))) };
        (self.expected.is_exact && now.unsure.is_none() && is_none)
            .then(|| "it is a page, and TO has a file that is none".to_owned())
    }

    /// Judges a content of a file of which nothing here knows what is served: the status is all that there is.
    fn by_status(&self, is_before: Option<bool>) -> Found {
        let (status, versions) = (self.page.status, &self.expected.versions);
        let why = versions.now.unsure.as_deref().unwrap_or_default();
        if is_before == Some(true) && !versions.before.texts.is_empty() {
            return unknown(format!("{status}; {why}, and its `Last-Modified` or `ETag` is older than TO"));
        }
        fresh(format!("{status}, which is all that is compared: {why}"))
    }

    /// Judges a content where TO has nothing any more.
    fn still_there(&self) -> Found {
        match self.made_of() {
            MadeOf::Old => stale("the content was made of what was there before"),
            MadeOf::Other => self.instead(),
            MadeOf::New(_) | MadeOf::Nothing | MadeOf::Unclear => {
                unknown(format!("{} where nothing is any more", self.page.status))
            }
        }
    }

    fn made_of(&self) -> MadeOf {
        let Versions { now, before } = &self.expected.versions;
        let is_other = |id: &&String| !now.texts.contains(id) && !before.texts.contains(id);
        let others = self.evidence.here(self.expected.instead.texts.iter().filter(is_other));
        let (now, before) = (self.evidence.here(&now.texts), self.evidence.here(&before.texts));
        if now.is_empty() && self.has_file() {
            return MadeOf::Unclear;
        }
        made_of(&self.page.body, Texts { now: &now, before: &before, others: &others })
    }

    /// Judges an answer that has no content to be compared.
    fn without_content(&mut self) -> Found {
        let (expected, page, status) = (self.expected, self.page, self.page.status);
        match status {
            301 | 302 | 303 | 307 | 308 => match age::older(page, self.evidence.times) {
                Some(old) => stale(format!("{status}; {old}")),
                None => self.redirect(),
            },
            // Hosts forbid a directory without an index, and storage that may not be listed what there is not.
            403 if !self.has_file() || !expected.is_exact => match age::older(page, self.evidence.times) {
                Some(old) => stale(format!("403; {old}")),
                None if expected.is_gone || expected.is_directory => fresh("403, as it may"),
                None if self.has_file() => fresh("403, since no host has to answer this form"),
                None => self.without_file(),
            },
            _ => unreachable(format!("it answers {status}")),
        }
    }

    /// Judges a redirect, which is right only to another form of the same page, on a name of the site.
    fn redirect(&mut self) -> Found {
        let (expected, status) = (self.expected, self.page.status);
        let Some(location) = self.page.header("location") else {
            return unreachable(format!("it answers {status} without a `Location`"));
        };
        let leads = expected.forms.leads(expected.url.as_str(), location);
        let to = shown(location.chars().take(SHOWN).collect::<String>().as_bytes());
        let has_file = self.has_file();
        match leads {
            Leads::Form(target) if has_file || expected.is_directory => {
                // Other forms lead to this one, and it has to lead somewhere.
                self.follow = Some(target).filter(|_| expected.is_exact);
                fresh(format!("{status}, a redirect to another form of it"))
            }
            Leads::PerhapsForm(target) if has_file => {
                self.follow = Some(target);
                unknown(format!("{status}, a redirect to {to}"))
            }
            Leads::Gone(_) if has_file => stale(format!("{status}, a redirect to {to}, which is gone")),
            // A visitor who is sent on to nothing has found that it is gone.
            Leads::Gone(target) | Leads::Form(target) if expected.is_gone => {
                self.follow = Some(target);
                unknown(format!("{status}, a redirect to {to}"))
            }
            Leads::Away | Leads::Itself if has_file || expected.is_gone => {
                stale(format!("{status}, a redirect to {to}, which is no form of it on a name of the site"))
            }
            // Nobody promised that this form answers; hosts send on to another page what they do not know.
            Leads::Page if !expected.is_exact && (has_file || expected.is_gone) => {
                fresh(format!("{status}, a redirect to {to}, a page of the site"))
            }
            _ if has_file && expected.is_exact => {
                stale(format!("{status}, a redirect to {to}, which is no form of it"))
            }
            Leads::Away | Leads::Itself => unknown(format!("{status}, a redirect to {to}, away from the site")),
            _ if has_file || expected.is_gone => unknown(format!("{status}, a redirect to {to}, where no file is")),
            _ => self.without_file(),
        }
    }

    /// Judges an answer that there is nothing.
    fn not_found(&self) -> Found {
        let (expected, status) = (self.expected, self.page.status);
        match age::older(self.page, self.evidence.times) {
            Some(old) => stale(format!("{status}; {old}")),
            None if expected.versions.now.may_be_absent => {
                fresh(format!("{status}, since an archive leaves it out (`export-ignore`)"))
            }
            None if expected.is_exact && expected.is_new => stale(format!("{status}, as before, and TO has the file")),
            None if expected.is_exact => unreachable(format!("it answers {status}, and TO has the file")),
            None if expected.is_gone || expected.is_directory => fresh(format!("{status}, as it should")),
            None if self.has_file() => fresh(format!("{status}, since no host has to answer this form")),
            None => self.without_file(),
        }
    }

    /// Judges a URL that no file is behind, as one that rules name: its content says nothing, its age alone does.
    fn without_file(&self) -> Found {
        let (status, page) = (self.page.status, self.page);
        let of = format!("{status}; no file says what it should be");
        match age::from(page) {
            Some(Place::Expired) => stale(format!("{of}, and it is an answer that has expired")),
            Some(Place::Origin) => fresh(format!("{of}, and it comes from the origin")),
            _ if age::is_younger(page, self.evidence.times) => {
                let what = if self.evidence.times.purged.is_some() { "the purge" } else { "TO" };
                fresh(format!("{of}, and it is not older than {what}"))
            }
            _ => unknown(format!("{of}, and nothing says how old it is")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::mapping::PublicUrl;
    use crate::proof::age::Times;
    use crate::proof::served::Served;
    use crate::snapshot::Hash;

    fn page(status: u16, body: &str, headers: &[(&str, &str)]) -> Page {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Page { status, headers, body: body.as_bytes().to_vec(), long: None }
    }

    fn id(text: &str) -> Vec<String> {
        vec![Hash::Sha1.blob_id(text.as_bytes())]
    }

    fn served(ids: &[String]) -> Served {
        let mut served = Served::default();
        for id in ids {
            served.add(&Served::blob(id.clone()));
        }
        served
    }

    fn expected(fresh: &[String], stale: &[String], is_new: bool) -> Expected {
        let is_exact = !fresh.is_empty();
        let is_gone = fresh.is_empty() && !stale.is_empty();
        let versions = Versions::new(served(fresh), served(stale));
        let url = PublicUrl::restored("https://w.example/a.html", []).unwrap();
        let (instead, forms) = (served(&id("app")).into(), std::rc::Rc::default());
        Expected {
            url,
            versions,
            is_gone,
            is_exact,
            is_directory: false,
            is_new,
            is_known_before: true,
            instead,
            forms,
        }
    }

    /// Judges an answer so many seconds after the purge.
    fn judged(expected: &Expected, page: &Page, purged: Option<u64>) -> Proof {
        let texts = ["new", "old", "app", SHORT, LONG, PROGRAM];
        let contents = |wanted: &str| {
            let text = texts.iter().find(|text| Hash::Sha1.blob_id(text.as_bytes()) == wanted)?;
            Some(text.as_bytes().to_vec())
        };
        let times = Times { purged: purged.map(Duration::from_secs), ..Times::default() };
        judge(expected, page, Evidence { hash: Hash::Sha1, times, contents: &contents }).proof
    }

    const OLD: &[(&str, &str)] = &[("age", "300"), ("cf-cache-status", "HIT"), ("cf-ray", "8e1-CDG")];

    #[test]
    #[allow(clippy::too_many_lines, reason = "a table")]
    fn content_decides_and_else_the_age_does() {
        let old = OLD;
        let changed = expected(&id("new"), &id("old"), false);
        let gone = expected(&[], &id("old"), false);
        let added = expected(&id("new"), &[], true);
        let unknown = expected(&[], &[], false);
        let twin = Expected { is_exact: false, ..added.clone() };
        let error_page = PublicUrl::restored("https://w.example/404.html", []).unwrap();
        let error_page = Expected { url: error_page, ..changed.clone() };
        for (expected, page, want) in [
            (&changed, page(200, "new", &[]), Freshness::Fresh),
            (&changed, page(200, "new", old), Freshness::Fresh),
            (&changed, page(200, "old", &[]), Freshness::Stale),
            (&changed, page(200, "new<script src=\"/rocket-loader.min.js\">", &[]), Freshness::Rewritten),
            (&changed, page(200, "old<script src=\"/rocket-loader.min.js\">", &[]), Freshness::Stale),
            (&changed, page(200, "older", old), Freshness::Stale),
            (&changed, page(200, "other", &[]), Freshness::Unknown),
            (&changed, page(200, "", &[]), Freshness::Stale),
            (&changed, page(204, "", &[]), Freshness::Stale),
            (&changed, page(206, "ne", &[]), Freshness::Stale),
            (&changed, page(206, "new", &[]), Freshness::Stale),
            (&changed, page(404, "", &[]), Freshness::Unreachable),
            (&changed, page(404, "new", &[]), Freshness::Unreachable),
            (&error_page, page(404, "new", &[]), Freshness::Fresh),
            (&changed, page(404, "old", &[]), Freshness::Stale),
            (&changed, page(304, "", &[]), Freshness::Unreachable),
            (&changed, page(200, "older", &[("age", "300, 1")]), Freshness::Stale),
            (&changed, page(200, "older", &[("age", "18446744073709551615")]), Freshness::Stale),
            (&changed, page(200, "other", &[("age", "-1")]), Freshness::Unknown),
            (&added, page(404, "", &[]), Freshness::Stale),
            (&added, page(200, "app", &[]), Freshness::Stale),
            (&twin, page(404, "", &[]), Freshness::Fresh),
            (&twin, page(200, "app", &[]), Freshness::Fresh),
            (&twin, page(404, "", old), Freshness::Stale),
            (&gone, page(200, "app", &[]), Freshness::Fresh),
            (&changed, page(404, "", old), Freshness::Stale),
            // A file of its own form is redirected nowhere.
            (&changed, page(301, "", &[("location", "https://parked.example/")]), Freshness::Stale),
            (&changed, page(301, "", &[]), Freshness::Unreachable),
            (&changed, page(301, "", old), Freshness::Stale),
            (&changed, page(503, "", &[]), Freshness::Unreachable),
            (&gone, page(404, "", &[]), Freshness::Fresh),
            (&gone, page(410, "", &[]), Freshness::Fresh),
            (&gone, page(200, "old", &[]), Freshness::Stale),
            (&gone, page(200, "old<script>", &[]), Freshness::Stale),
            (&gone, page(200, "other", &[]), Freshness::Unknown),
            (&unknown, page(200, "any", &[("age", "3")]), Freshness::Fresh),
            (&unknown, page(200, "any", &[("cf-cache-status", "MISS")]), Freshness::Fresh),
            (&unknown, page(200, "any", &[("cf-cache-status", "UPDATING")]), Freshness::Stale),
            (&unknown, page(200, "any", &[("cf-cache-status", "HIT")]), Freshness::Unknown),
            (&unknown, page(200, "any", old), Freshness::Stale),
            // Nothing says how old it is.
            (&unknown, page(403, "", &[]), Freshness::Unknown),
            (&unknown, page(403, "", &[("cf-mitigated", "challenge")]), Freshness::Unreachable),
            (&unknown, page(403, "", old), Freshness::Stale),
            (&gone, page(403, "", &[]), Freshness::Fresh),
            (&changed, page(403, "", &[]), Freshness::Unreachable),
        ] {
            let proof = judged(expected, &page, Some(3));
            assert_eq!(proof.freshness, want, "{page:?}: {}", proof.why);
        }
    }

    /// A text that is FROM's without its end, FROM's, and one that a server runs.
    const SHORT: &str = "one two three\n";
    const LONG: &str = "one two three\nfour five six\n";
    const PROGRAM: &str = "<?php require 'page.php';";

    #[test]
    fn a_content_that_is_cut_off_is_told_from_one_that_is_shorter_on_purpose() {
        let parked = "This domain is for sale, so ask the broker for his price today, or tomorrow.";
        for (now, before, answer, want) in [
            (SHORT, LONG, "one two three", Freshness::Rewritten),
            (SHORT, LONG, "one two", Freshness::Stale),
            (LONG, SHORT, "one two three\nfour", Freshness::Stale),
            (LONG, SHORT, "one two three\nfour five six", Freshness::Rewritten),
            (LONG, SHORT, parked, Freshness::Stale),
            // A server may make anything of a program.
            (PROGRAM, SHORT, parked, Freshness::Unknown),
        ] {
            let proof = judged(&expected(&id(now), &id(before), false), &page(200, answer, &[]), None);
            assert_eq!(proof.freshness, want, "{answer:?} of {now:?}: {}", proof.why);
        }
    }

    #[test]
    fn a_text_that_is_not_here_is_no_evidence() {
        let unseen = vec!["0".repeat(40)];
        let beacon = "new<script src=\"/rocket-loader.min.js\">";
        for (expected, want) in [
            (expected(&id("new"), &unseen, false), Freshness::Unknown),
            (expected(&unseen, &id("old"), false), Freshness::Unknown),
            (expected(&id("new"), &[], true), Freshness::Rewritten),
            (Expected { is_known_before: false, ..expected(&id("new"), &[], true) }, Freshness::Unknown),
        ] {
            assert_eq!(judged(&expected, &page(200, beacon, &[]), None).freshness, want, "{expected:?}");
        }
    }

    #[test]
    fn what_a_cache_says_of_itself_is_shown_as_letters() {
        let (changed, old) = (expected(&id("new"), &id("old"), false), OLD);
        let proof = judged(&changed, &page(200, "older", old), Some(3));
        assert_eq!((proof.cache_status.as_deref(), proof.data_centre.as_deref()), (Some("HIT, Age 300"), Some("CDG")));
        let forged = page(200, "new", &[("x-cache", "<b>\u{1b}[31m##[error]`|@you` HIT"), ("cf-ray", "1-\u{1b}[31m")]);
        let proof = judged(&changed, &forged, None);
        assert_eq!((proof.cache_status.as_deref(), proof.data_centre), (Some("b31merroryou HIT"), None));
        assert_eq!(judged(&changed, &page(200, "x", old), None).freshness, Freshness::Unknown);
    }
}
