//! Runs of one user that purge at the same time share the pace of their token, and what the API asks of one of them.

use std::time::{Duration, Instant};

use crate::support::{Fault, Ran, Repo, Tool, Toxic, diffpurge, edge};

/// A site with so many URLs that changed, one of which is the list of the directory.
fn site(urls: usize) -> Repo {
    let repo = Repo::of(&[("purge.toml", "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n")]);
    let paths = || (1..urls).map(|i| format!("{i}.css"));
    repo.files(paths(), "1").commit();
    repo.files(paths(), "2").commit();
    repo
}

fn purge(repo: &Repo, home: &std::path::Path) -> Tool {
    diffpurge(["purge", "HEAD~1", "--no-mark"]).within(repo).env("HOME", home)
}

#[test]
fn fifty_processes_keep_the_rate_of_their_account() {
    let (edge, repo, home) = (edge(), site(200), tempfile::tempdir().unwrap());
    let start = || purge(&repo, home.path()).against(&edge).start();
    let children: Vec<_> = std::iter::repeat_with(start).take(50).collect();
    for child in children {
        Ran::of(child).exits(0);
    }
    let purges = edge.recorded().into_iter().filter(|one| one.body.contains("files"));
    let (accepted, refused): (Vec<_>, Vec<_>) = purges.partition(|one| one.status == 200);
    assert_eq!(accepted.len(), 100);
    // None, unless the machine holds a process up between its turn and its request. Without a home it is four of five.
    assert!(refused.len() <= 20, "{} of {} requests were refused", refused.len(), refused.len() + accepted.len());
}

#[test]
fn all_runs_wait_while_the_api_asks_one_of_them_to() {
    let (edge, repo, home) = (edge(), site(20), tempfile::tempdir().unwrap());
    let toxic = Toxic::before(&edge, |number, body| {
        if number == 0 && body.contains("files") {
            Fault::envelope(429, "retry-after: 7\r\n", 1134, "Unable to purge, rate limit reached.")
        } else {
            Fault::Pass
        }
    });
    let first = purge(&repo, home.path()).through(&toxic).start();
    // It was refused, and has told the others.
    let began = Instant::now();
    while !has_a_hold(home.path()) {
        assert!(began.elapsed() < Duration::from_secs(20), "the first run has written nothing");
        std::thread::yield_now();
    }
    let asked = toxic.requests();
    let hasty = purge(&repo, home.path()).through(&toxic).arguments(["--retry-for", "2"]).run().exits(1);
    hasty.says("asked another run with the same token to wait").says(" s, and `--retry-for` is 2 s");
    // The zone's name, and no purge.
    assert!(toxic.requests() <= asked + 1, "{} requests, after {asked}", toxic.requests());
    let second = purge(&repo, home.path()).through(&toxic).run().exits(0);
    assert!(
        second.stderr.contains("asked another run with the same token to wait: asking 127.0.0.1"),
        "{}",
        second.stderr
    );
    Ran::of(first).exits(0);
    assert!(began.elapsed() >= Duration::from_secs(6), "{:?}", began.elapsed());
}

#[test]
fn a_run_without_a_home_keeps_to_its_own_pace_and_says_so_where_details_are_asked_for() {
    let (edge, repo, home) = (edge(), site(5), tempfile::tempdir().unwrap());
    let nowhere = home.path().join("nobody");
    let said = |home: &std::path::Path, arguments: &[&str]| {
        purge(&repo, home).against(&edge).arguments(arguments.iter().copied()).run().exits(0).stderr
    };
    let note = "no other run knows of this one's requests";
    assert!(said(&nowhere, &["-v"]).contains(note));
    assert!(!said(&nowhere, &[]).contains(note) && !said(home.path(), &["-v"]).contains(note));
}

/// True once a file of the pace holds a moment before which nothing may start.
fn has_a_hold(home: &std::path::Path) -> bool {
    let files = std::fs::read_dir(home.join(".local/state/diffpurge/pace")).into_iter().flatten();
    files.filter_map(|file| std::fs::read(file.ok()?.path()).ok()).any(|text| {
        let read: Option<serde_json::Value> = serde_json::from_slice(&text).ok();
        read.is_some_and(|read| read["not_before"].as_u64() > Some(0))
    })
}
