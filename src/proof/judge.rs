//! Judges what an answer says about a URL: fresh, stale, rewritten on its way, or nothing.
//!
//! Content decides where it can. Where it cannot, the answer's age does: one that lay in a cache for longer than the purge is old
//! was there before it. Each answer is one data centre's; another may give another.

use std::time::Duration;

use super::expected::Expected;
use super::proofs::{Freshness, Proof};
use crate::send::Page;
use crate::snapshot::Hash;

/// The changes that edges are known to make in pages, by the text that they leave there. Pages show it; no vendor lists them.
const REWRITES: [(&str, &str); 5] = [
    ("/cdn-cgi/l/email-protection", "Email Address Obfuscation"),
    ("rocket-loader", "Rocket Loader"),
    ("static.cloudflareinsights.com/beacon", "Web Analytics"),
    ("/cdn-cgi/challenge-platform/", "bot detection"),
    ("cf-fonts", "Cloudflare Fonts"),
];

/// A clock's tick: `Age` counts whole seconds, and each side rounds.
const TICK: u64 = 1;

/// Judges an answer. `since` is the time since the purge was accepted, where that is known.
#[must_use]
pub fn judge(expected: &Expected, page: &Page, hash: Hash, since: Option<Duration>) -> Proof {
    let (freshness, why) = freshness(expected, page, hash, since);
    let data_centre = page.header("cf-ray").and_then(|ray| ray.rsplit_once('-')).map(|(_, centre)| centre);
    let is_plain = |centre: &&str| (2..=8).contains(&centre.len()) && centre.bytes().all(|b| b.is_ascii_alphanumeric());
    Proof {
        url: expected.url.clone(),
        freshness,
        why,
        cache_status: cache_status(page),
        data_centre: data_centre.filter(is_plain).map(str::to_owned),
    }
}

fn freshness(expected: &Expected, page: &Page, hash: Hash, since: Option<Duration>) -> (Freshness, String) {
    let old = older(page, since);
    let status = page.status;
    let is_page = matches!(status, 200..=299 | 404 | 410);
    let id = if is_page { page.blob_id(hash) } else { String::new() };
    // Whatever the status: a page for what is not found answers 404, asked for by its own name.
    if expected.fresh.contains(&id) {
        return (Freshness::Fresh, "the content is TO's".to_owned());
    }
    if expected.stale.contains(&id) {
        return (Freshness::Stale, "the content is what was there before".to_owned());
    }
    let is_known = expected.is_gone || !expected.fresh.is_empty();
    match status {
        200..=299 if expected.instead.contains(&id) && expected.is_gone => {
            (Freshness::Fresh, format!("{status}, with the page for what there is not"))
        }
        200..=299 if expected.instead.contains(&id) && expected.is_exact => {
            (Freshness::Stale, format!("{status}, with the page for what there is not, and TO has the file"))
        }
        200..=299 => match old {
            Some(old) => (Freshness::Stale, old),
            None if expected.is_gone => (Freshness::Rewritten, format!("{status} where nothing is any more")),
            None if is_known => (Freshness::Rewritten, rewritten(page)),
            None => (Freshness::Fresh, unknown(status, since)),
        },
        301 | 302 | 303 | 307 | 308 => {
            old.map_or((Freshness::Fresh, format!("{status}, a redirect")), |old| (Freshness::Stale, old))
        }
        // Hosts forbid a directory without an index, and storage that may not be listed what there is not.
        403 if expected.fresh.is_empty() && page.header("cf-mitigated").is_none() => match old {
            Some(old) => (Freshness::Stale, format!("403; {old}")),
            None if is_known => (Freshness::Fresh, "403, as it may".to_owned()),
            None => (Freshness::Fresh, unknown(status, since)),
        },
        404 | 410 => match old {
            Some(old) => (Freshness::Stale, format!("{status}; {old}")),
            None if expected.is_exact && expected.is_new => {
                (Freshness::Stale, format!("{status}, as before, and TO has the file"))
            }
            None if expected.is_exact => (Freshness::Unreachable, format!("it answers {status}, and TO has the file")),
            None if is_known => (Freshness::Fresh, format!("{status}, as it should")),
            None => (Freshness::Fresh, unknown(status, since)),
        },
        _ => {
            let challenge = page.header("cf-mitigated").map_or("", |_| ", a challenge in place of the page");
            (Freshness::Unreachable, format!("it answers {status}{challenge}"))
        }
    }
}

/// Says why a URL counts as fresh that no file is behind, as one that rules name: its content says nothing.
fn unknown(status: u16, since: Option<Duration>) -> String {
    let age = if since.is_some() { ", and it is not older than the purge" } else { "" };
    format!("{status}; no file says what it should be{age}")
}

/// Says why an answer is older than the purge, if it is.
fn older(page: &Page, since: Option<Duration>) -> Option<String> {
    let age = age(page)?;
    let since = since?.as_secs();
    (age > since.saturating_add(TICK)).then(|| format!("it is {age} s old, and the purge {since} s"))
}

/// Returns the answer's age in seconds; of several the first, which is that of the nearest cache.
fn age(page: &Page) -> Option<u64> {
    page.header("age").and_then(|age| age.split(',').next()?.trim().parse().ok())
}

/// Returns what the answer tells of its cache: `HIT, Age 300`. A server's text is shown as far as it is made of letters and the
/// like, since it may stand in a log or a comment.
fn cache_status(page: &Page) -> Option<String> {
    let said = ["cf-cache-status", "x-cache", "x-cache-status", "x-proxy-cache", "via"]
        .into_iter()
        .find_map(|name| page.header(name));
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || " ,-_./:()".contains(*c);
    let said = said.map(|said| said.chars().filter(is_plain).take(40).collect::<String>());
    let age = age(page).map(|age| format!("Age {age}"));
    let parts: Vec<String> = said.filter(|said| !said.trim().is_empty()).into_iter().chain(age).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Says that a page was rewritten, and by whom, as far as the page shows it.
fn rewritten(page: &Page) -> String {
    let text = String::from_utf8_lossy(&page.body);
    let in_body = REWRITES.iter().filter(|(mark, _)| text.contains(mark)).map(|(_, name)| *name);
    let polished = page.header("cf-polished").map(|_| "Polish");
    let names: Vec<&str> = in_body.chain(polished).collect();
    let by = if names.is_empty() { String::new() } else { format!(", as {} would make it", names.join(" and ")) };
    format!("the content is neither TO's nor what was there before{by}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::PublicUrl;

    fn page(status: u16, body: &str, headers: &[(&str, &str)]) -> Page {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Page { status, headers, body: body.as_bytes().to_vec(), long: None }
    }

    fn id(text: &str) -> Vec<String> {
        vec![Hash::Sha1.blob_id(text.as_bytes())]
    }

    fn expected(fresh: &[String], stale: &[String], is_new: bool) -> Expected {
        let (fresh, stale, is_exact) = (fresh.to_vec(), stale.to_vec(), !fresh.is_empty());
        let is_gone = fresh.is_empty() && !stale.is_empty();
        let url = PublicUrl::restored("https://w.example/a.html", []).unwrap();
        Expected { url, fresh, stale, is_gone, is_exact, is_new, instead: id("app").into() }
    }

    const OLD: &[(&str, &str)] = &[("age", "300"), ("cf-cache-status", "HIT"), ("cf-ray", "8e1-CDG")];

    #[test]
    fn content_decides_and_else_the_age_does() {
        let old = OLD;
        let changed = expected(&id("new"), &id("old"), false);
        let gone = expected(&[], &id("old"), false);
        let added = expected(&id("new"), &[], true);
        let unknown = expected(&[], &[], false);
        for (expected, page, want) in [
            (&changed, page(200, "new", &[]), Freshness::Fresh),
            (&changed, page(200, "new", old), Freshness::Fresh),
            (&changed, page(200, "old", &[]), Freshness::Stale),
            (&changed, page(200, "new<script src=\"/rocket-loader.min.js\">", &[]), Freshness::Rewritten),
            (&changed, page(200, "older", old), Freshness::Stale),
            (&changed, page(404, "", &[]), Freshness::Unreachable),
            (&changed, page(404, "new", &[]), Freshness::Fresh),
            (&changed, page(404, "old", &[]), Freshness::Stale),
            (&changed, page(304, "", &[]), Freshness::Unreachable),
            (&changed, page(200, "older", &[("age", "300, 1")]), Freshness::Stale),
            (&changed, page(200, "older", &[("age", "18446744073709551615")]), Freshness::Stale),
            (&changed, page(200, "other", &[("age", "-1")]), Freshness::Rewritten),
            (&added, page(404, "", &[]), Freshness::Stale),
            (&added, page(200, "app", &[]), Freshness::Stale),
            (&gone, page(200, "app", &[]), Freshness::Fresh),
            (&changed, page(404, "", old), Freshness::Stale),
            (&changed, page(301, "", &[]), Freshness::Fresh),
            (&changed, page(301, "", old), Freshness::Stale),
            (&changed, page(503, "", &[]), Freshness::Unreachable),
            (&gone, page(404, "", &[]), Freshness::Fresh),
            (&gone, page(410, "", &[]), Freshness::Fresh),
            (&gone, page(200, "old", &[]), Freshness::Stale),
            (&gone, page(200, "other", &[]), Freshness::Rewritten),
            (&unknown, page(200, "any", &[("age", "3")]), Freshness::Fresh),
            (&unknown, page(200, "any", old), Freshness::Stale),
            (&unknown, page(403, "", &[]), Freshness::Fresh),
            (&unknown, page(403, "", &[("cf-mitigated", "challenge")]), Freshness::Unreachable),
            (&unknown, page(403, "", old), Freshness::Stale),
            (&gone, page(403, "", &[]), Freshness::Fresh),
            (&changed, page(403, "", &[]), Freshness::Unreachable),
        ] {
            let proof = judge(expected, &page, Hash::Sha1, Some(Duration::from_secs(3)));
            assert_eq!(proof.freshness, want, "{page:?}: {}", proof.why);
        }
    }

    #[test]
    fn what_a_cache_says_of_itself_is_shown_as_letters() {
        let (changed, old) = (expected(&id("new"), &id("old"), false), OLD);
        let proof = judge(&changed, &page(200, "older", old), Hash::Sha1, Some(Duration::from_secs(3)));
        assert_eq!((proof.cache_status.as_deref(), proof.data_centre.as_deref()), (Some("HIT, Age 300"), Some("CDG")));
        let forged = page(200, "new", &[("x-cache", "<b>\u{1b}[31m##[error]`|@you` HIT"), ("cf-ray", "1-\u{1b}[31m")]);
        let proof = judge(&changed, &forged, Hash::Sha1, None);
        assert_eq!((proof.cache_status.as_deref(), proof.data_centre), (Some("b31merroryou HIT"), None));
        assert_eq!(judge(&changed, &page(200, "x", old), Hash::Sha1, None).freshness, Freshness::Rewritten);
    }
}
