//! Request storms: many URLs that are refused each for itself, and servers that ask to be asked again at once. The good URLs go, the
//! bad ones are named with what they share, and all of it takes few requests.

use std::time::{Duration, Instant};

use diffpurge::edge::Access;

use crate::support::{Fault, Ran, Repo, Toxic, diffpurge, edge, edge_with};

/// A site with these files, all of which changed.
fn site(base_urls: &str, paths: &[String]) -> Repo {
    let repo = Repo::of(&[("purge.toml", &format!("[[site]]\nname = \"www\"\nbase_urls = [{base_urls}]\n"))]);
    // Something stays as it is in each directory, so that none of them becomes a prefix, nor lists its entries.
    repo.files(paths.iter().map(|path| format!("{}index.html", &path[..path.rfind('/').map_or(0, |at| at + 1)])), "1");
    repo.files(paths.iter().cloned(), "1").commit();
    repo.files(paths.iter().cloned(), "2").commit();
    repo
}

/// The most requests that a plan of so many may become.
fn most(plain: usize) -> usize {
    2 * plain + 50
}

/// Purges through an API that refuses what `is_bad` finds in a body; returns what was printed, the requests and the time.
fn purged(repo: &Repo, is_bad: fn(&str) -> bool) -> (Ran, usize, Duration) {
    let edge = edge();
    let toxic = Toxic::before(&edge, move |_, body| {
        if body.split('"').any(|url| url.starts_with("https://") && is_bad(url)) {
            Fault::envelope(400, "", 1000, "Unable to purge what is an invalid URL.")
        } else {
            Fault::Pass
        }
    });
    let start = Instant::now();
    let ran = diffpurge(["purge", "HEAD~1"]).within(repo).through(&toxic).run();
    let (requests, time) = (toxic.requests(), start.elapsed());
    (ran, requests, time)
}

/// The number in a URL's last name.
fn number(url: &str) -> usize {
    let name = url.rsplit('/').next().unwrap_or_default();
    name.bytes().filter(u8::is_ascii_digit).fold(0, |number, digit| number * 10 + usize::from(digit - b'0'))
}

const WWW: &str = "\"https://www.example.com/\"";

#[test]
fn a_host_outside_of_the_zone_is_set_apart_where_the_token_cannot_tell() {
    let paths: Vec<String> = (0..300).map(|i| format!("{i:04}.css")).collect();
    for other in ["https://a.other.net/", "https://zzz.other.net/"] {
        let repo = site(&format!("{WWW}, \"{other}\""), &paths);
        let edge = edge_with(Access { reads_zones: false, ..Access::default() });
        let start = Instant::now();
        let ran = diffpurge(["purge", "HEAD~1"]).within(&repo).against(&edge).run().exits(1);
        let (requests, time) = (edge.recorded().len(), start.elapsed());
        assert!(requests <= most(6) && time < Duration::from_secs(20), "{requests} requests, {time:?}");
        let ran = ran.says("NOT purged: 300 of 600 operations").says("accepted: 300 operations");
        let host = other.trim_start_matches("https://").trim_end_matches('/');
        ran.says(&format!("others that share the host {host} were refused alone"));
    }
}

#[test]
fn a_third_of_three_thousand_urls_is_set_apart_by_what_they_share() {
    let all = |name: fn(usize) -> String| (0..3000).map(name).collect::<Vec<String>>();
    for (paths, is_bad, shared) in [
        (
            all(|i| format!("d{}/{i:04}{}.css", i % 7, if i % 3 == 0 { "_x" } else { "" })),
            (|url: &str| url.contains('_')) as fn(&str) -> bool,
            "`_` in their URLs",
        ),
        (
            all(|i| format!("{}/{i:04}.css", if i % 3 == 0 { "old" } else { "new" })),
            |url| url.contains("/old/"),
            "the directory www.example.com/old/",
        ),
        (
            all(|i| format!("d{}/{i:04}.{}", i % 7, if i % 3 == 0 { "map" } else { "css" })),
            |url| url.contains(".map"),
            "the ending .map",
        ),
    ] {
        let (ran, requests, time) = purged(&site(WWW, &paths), is_bad);
        let ran = ran.exits(1).says("NOT purged: 1,000 of 3,000 operations").says("accepted: 2,000 operations");
        assert!(requests <= most(30) && time < Duration::from_secs(30), "{requests} requests, {time:?}");
        ran.says(&format!("others that share {shared} were refused alone"));
    }
}

#[test]
fn where_the_refused_urls_share_nothing_the_search_ends_with_a_count() {
    let paths: Vec<String> = (0..3000).map(|i| format!("d{}/{i:04}.css", i % 7)).collect();
    let (ran, requests, time) = purged(&site(WWW, &paths), |url| number(url).is_multiple_of(3));
    assert!(requests <= most(30) && time < Duration::from_secs(30), "{requests} requests, {time:?}");
    ran.exits(1).says("not tried one by one, since too many are refused (");
}

#[test]
fn a_few_refused_urls_that_share_nothing_are_all_named_and_the_others_go() {
    let paths: Vec<String> = (0..1000).map(|i| format!("d{}/{i:04}.css", i % 7)).collect();
    let (ran, requests, _) = purged(&site(WWW, &paths), |url| [17, 303, 871].contains(&number(url)));
    assert!(requests <= most(10), "{requests} requests");
    ran.exits(1).says("NOT purged: 3 of 1,000 operations").says("accepted: 997 operations");
}

#[test]
fn a_good_url_that_shares_what_the_bad_ones_do_is_purged_in_the_end() {
    let paths: Vec<String> = (0..300).map(|i| format!("{i:04}{}.css", if i % 2 == 0 { "_x" } else { "" })).collect();
    let (ran, requests, _) = purged(&site(WWW, &paths), |url| url.contains('_') && number(url) < 8);
    assert!(requests <= most(3), "{requests} requests");
    ran.exits(1).says("NOT purged: 4 of 300 operations").says("accepted: 296 operations");
}

#[test]
fn a_server_that_asks_for_no_wait_is_left_the_time_of_our_own_schedule() {
    let repo = site(WWW, &["a.css".to_owned()]);
    for after in ["retry-after: 0\r\n", "retry-after: Mon, 01 Jan 2024 00:00:00 GMT\r\n"] {
        for status in [503, 429] {
            let edge = edge();
            let toxic = Toxic::before(&edge, move |_, _| Fault::Answer(status, after, String::new()));
            let ran = diffpurge(["purge", "HEAD~1", "--retry-for", "2"]).within(&repo).through(&toxic).run().exits(1);
            assert!(toxic.requests() <= 3, "{status} {after}: {} requests", toxic.requests());
            ran.says("within `--retry-for`, which is 2 s");
        }
    }
}
