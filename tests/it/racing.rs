//! Runs that meet each other, and runs that are killed: one lock, one mark, nothing stale.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use diffpurge::config::CloudflarePlan;

use crate::support::{Fault, Live, Ran, Repo, Site, Toxic, diffpurge, git, kill};

/// A site with a revision that is not purged yet; gives its id.
fn changed() -> (Site, String) {
    let site = Site::of("");
    site.deploy(&[("x.css", "1")]);
    site.run(&["mark", "set", "HEAD"]).run().exits(0);
    let second = site.deploy(&[("x.css", "2")]);
    (site, second)
}

#[test]
fn a_mark_that_somebody_moves_meanwhile_stays_as_they_moved_it() {
    let (site, second) = changed();
    let first = site.mark();
    let elsewhere = site.repo.git(&["commit-tree", "HEAD^{tree}", "-m", "other"]);
    for moved in ["update-ref refs/diffpurge/www ELSEWHERE", "update-ref -d refs/diffpurge/www"] {
        site.run(&["mark", "set", &first]).run().exits(0);
        let moved: Vec<String> = moved.split(' ').map(|word| word.replace("ELSEWHERE", &elsewhere)).collect();
        let directory = site.repo.path().to_owned();
        let toxic = Toxic::before(&site.live.edge, move |_, _| {
            let (moved, directory) = (moved.clone(), directory.clone());
            Fault::pass_then(move || assert!(git(&directory).args(&moved).status().unwrap().success()))
        });
        let ran = diffpurge(["purge"]).within(&site.repo).through(&toxic).run().exits(1).says("accepted: 1 URL");
        let ran = ran.errs_with("another run has moved the mark refs/diffpurge/www meanwhile; it is", "run it again");
        assert!(ran.stderr.contains(&format!("and was {}", &first[..10])), "{}", ran.stderr);
        assert_ne!(site.mark(), second);
        assert_eq!(site.open(), [&*second]);
    }
    site.run(&["purge"]).run().exits(0);
    site.is_purged_up_to(&second);
}

#[test]
fn a_job_summary_says_that_it_was_purged_and_the_mark_not_moved() {
    let (site, _) = changed();
    let directory = site.repo.path().to_owned();
    let toxic = Toxic::before(&site.live.edge, move |_, _| {
        let directory = directory.clone();
        Fault::pass_then(move || {
            assert!(git(&directory).args(["update-ref", "-d", "refs/diffpurge/www"]).status().unwrap().success());
        })
    });
    let summary = site.repo.path().join("summary.md");
    let tool = diffpurge(["purge", "--format", "json"]).within(&site.repo).through(&toxic);
    let ran = tool.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary).run().exits(1);
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(json["sites"][0]["mark"]["outcome"], "failed");
    assert!(json["sites"][0]["mark"]["why"].as_str().unwrap().contains("it is not there now"), "{json}");
    let summary = std::fs::read_to_string(summary).unwrap();
    assert!(summary.contains("**accepted**") && summary.contains("**the mark has not moved**"), "{summary}");
    assert!(!summary.contains("nothing was purged"), "{summary}");
}

#[test]
fn the_second_of_two_runs_waits_and_compares_with_what_the_first_one_has_purged() {
    let (site, second) = changed();
    let waiting = Arc::new(OnceLock::new());
    let toxic = Toxic::before(&site.live.edge, {
        let waiting: Arc<OnceLock<()>> = waiting.clone();
        move |_, _| {
            let waiting = waiting.clone();
            Fault::pass_then(move || {
                waiting.wait();
            })
        }
    });
    let first_run = diffpurge(["purge"]).within(&site.repo).through(&toxic).start();
    // It holds the lock once its first request has come.
    while toxic.requests() == 0 {
        std::thread::yield_now();
    }
    let holder = format!("process {} (since ", first_run.id());
    let refused = site.run(&["purge", "--no-wait"]).run().exits(1);
    refused.fails_with(&format!("another run works on the mark: {holder}"), "leave `--no-wait` out");
    site.run(&["mark", "set", "HEAD", "--no-wait"]).run().exits(1);
    site.run(&["plan"]).run().exits(0).says("1 URL");
    let mut second_run = site.run(&["purge"]).start();
    let mut stderr = std::io::BufReader::new(second_run.stderr.take().unwrap());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut stderr, &mut line).unwrap();
    assert!(line.starts_with(&format!("note: waiting for another run on this mark: {holder}")), "{line}");
    waiting.set(()).unwrap();
    Ran::of(first_run).exits(0).says("the mark is at HEAD");
    Ran::of(second_run).exits(0).says("nothing changed between the mark");
    site.is_purged_up_to(&second);
}

#[test]
fn the_lock_of_a_killed_run_is_gone_with_it() {
    let (site, second) = changed();
    let toxic = Toxic::before(&site.live.edge, |_, _| Fault::Hang);
    let child = diffpurge(["purge"]).within(&site.repo).through(&toxic).start();
    toxic.wait_for_a_hang();
    kill("-KILL", child.id());
    assert_eq!(Ran::of(child).code, None);
    site.run(&["purge", "--no-wait"]).run().exits(0);
    site.is_purged_up_to(&second);
}

/// Changed files: at 100 URLs a request these are 20 requests.
const FILES: usize = 1_950;

#[test]
fn killed_after_any_accepted_request_a_run_is_caught_up_by_the_next_one() {
    // Directories in the place of URLs would be fewer requests.
    let site = Site::of("cover = \"off\"\n[site.cloudflare]\nplan = \"business\"\n");
    site.repo.files(names(), "1");
    let first = site.repo.commit();
    site.repo.files(names(), "2");
    let second = site.repo.commit();
    // Most of the time is the vendor's pace, which is kept: several at once.
    std::thread::scope(|scope| {
        for part in 1..=4 {
            let (site, first, second) = (&site, &first, &second);
            scope.spawn(move || {
                let clone = Repo::clone_of(&site.repo.url(), &[]);
                (part..=20).step_by(4).for_each(|k| killed_after(k, &clone, first, second));
            });
        }
    });
}

fn names() -> impl Iterator<Item = String> {
    (0..FILES).map(|i| format!("{i:04}.css"))
}

/// Kills a run when the edge has accepted its `k`-th request, and runs it again.
fn killed_after(k: usize, repo: &Repo, first: &str, second: &str) {
    diffpurge(["mark", "set", first]).within(repo).run().exits(0);
    // Visitors have been at all pages of the first revision, and the second one is live.
    let live = Live::on(CloudflarePlan::Business);
    for name in names() {
        live.serve(&format!("/{name}"), Some("1"));
        live.expire(&format!("/{name}"));
        live.serve(&format!("/{name}"), Some("2"));
    }
    let (run, accepted) = (Arc::new(OnceLock::new()), Arc::new(AtomicUsize::new(0)));
    let toxic = Toxic::before(&live.edge, {
        let run = run.clone();
        move |_, _| {
            let (run, accepted) = (run.clone(), accepted.clone());
            Fault::pass_then(move || {
                if accepted.fetch_add(1, Ordering::SeqCst) + 1 == k {
                    kill("-KILL", *run.wait());
                }
            })
        }
    });
    let child = diffpurge(["purge"]).within(repo).through(&toxic).start();
    run.set(child.id()).unwrap();
    let ran = Ran::of(child);
    assert_eq!(ran.code, None, "{k}: {ran:?}");
    assert!(live.edge.recorded().len() >= k, "{k}");
    let marks = || ["refs/diffpurge/www", "refs/diffpurge-open/www/"].map(|name| repo.find(name));
    assert_eq!(marks(), [first, second], "{k}");
    let again = diffpurge(["purge"]).within(repo).against(&live.edge).run().exits(0);
    again.says("accepted: 1,950 URLs in 20 requests");
    assert_eq!(live.stale(), Vec::<String>::new(), "{k}");
    assert_eq!(marks(), [second, ""], "{k}");
}
