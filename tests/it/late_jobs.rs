//! Jobs that come late, force pushes, and clocks that are wrong: whatever may be live is compared with, until something newer is.

use crate::support::{Hosted, Ran, Repo, Site};

const FILE: &str = "[site.mark]\nstore = \"file:.git/www.mark\"\n";
const PUSH: &str = "[site.mark]\npush = \"origin\"\n";

/// Puts `x.css` live; whoever came before has left the old one at the edge.
fn live(site: &Site, content: &str) {
    site.live.visit("/x.css");
    site.live.serve("/x.css", Some(content));
}

/// Commits `x.css` at a moment, in seconds after the first.
fn commit(repo: &Repo, content: &str, seconds: u32) -> String {
    repo.file("x.css", content);
    repo.commit_at(1_700_000_000 + seconds)
}

#[track_caller]
fn purge(site: &Site) -> Ran {
    site.run(&["purge"]).run().exits(0)
}

#[test]
fn a_late_job_after_a_force_push_leaves_what_is_live_open_and_a_revert_is_purged() {
    // Also where all commits are of one second.
    for dates in [[0, 0, 0, 0, 0], [0, 10, 20, 30, 40], [0, 20, 10, 30, 40]] {
        for config in ["", FILE] {
            let site = Site::of(config);
            let repo = &site.repo;
            let base = commit(repo, "1", dates[0]);
            live(&site, "1");
            purge(&site);
            let dropped = commit(repo, "1", dates[1]);
            repo.git(&["reset", "--quiet", "--hard", &base]);
            commit(repo, "2", dates[2]);
            let forced = repo.git(&["rev-parse", "HEAD"]);
            live(&site, "2");
            purge(&site).says("~ x.css  ");
            // The job of the commit that is gone comes late. What is live stays as it is.
            repo.git(&["checkout", "--quiet", "--detach", &dropped]);
            let late = purge(&site).says("HEAD does not descend from what was last purged, so ");
            late.says(&format!("so {} stays open, and the next run compares with both", &forced[..10]));
            let shown = site.run(&["mark", "show"]).run().exits(0);
            shown.says(&format!("; purged beside it, so that it is compared with too: {}", &forced[..10]));
            site.live.visit("/x.css");
            repo.git(&["checkout", "--quiet", &forced]);
            commit(repo, "1", dates[3]);
            live(&site, "1");
            purge(&site).says("~ x.css  ");
            assert_eq!(site.live.stale(), Vec::<String>::new(), "{dates:?} {config}");
            // Nothing of it is left for ever.
            commit(repo, "3", dates[4] + 100);
            live(&site, "3");
            purge(&site);
            purge(&site).says("nothing changed between the mark (");
            assert_eq!(site.live.stale(), Vec::<String>::new());
            if config.is_empty() {
                assert_eq!(site.open(), Vec::<String>::new());
            }
        }
    }
}

#[test]
fn two_late_jobs_in_a_row_do_not_forget_what_is_live() {
    let site = Site::of("");
    let repo = &site.repo;
    let base = commit(repo, "1", 0);
    live(&site, "1");
    purge(&site);
    let dropped = commit(repo, "1", 1);
    let after = commit(repo, "1", 2);
    repo.git(&["reset", "--quiet", "--hard", &base]);
    let forced = commit(repo, "2", 10);
    live(&site, "2");
    purge(&site);
    for late in [&dropped, &after] {
        repo.git(&["checkout", "--quiet", "--detach", late]);
        purge(&site);
    }
    site.live.visit("/x.css");
    repo.git(&["checkout", "--quiet", &forced]);
    let revert = commit(repo, "1", 20);
    live(&site, "1");
    purge(&site).says("~ x.css  ");
    assert_eq!(site.live.stale(), Vec::<String>::new());
    commit(repo, "1", 30);
    purge(&site);
    assert_ne!(site.mark(), revert);
    assert_eq!(site.open(), Vec::<String>::new());
}

#[test]
fn what_is_meant_leaves_nothing_open() {
    for typed in [&["purge", "--rollback"][..], &["purge", "HEAD~1"], &["purge", "HEAD~1", "HEAD"]] {
        let site = Site::of("");
        let base = commit(&site.repo, "1", 0);
        let dropped = commit(&site.repo, "2", 1);
        site.run(&["mark", "set", &dropped]).run().exits(0);
        site.repo.git(&["reset", "--quiet", "--hard", &base]);
        let forced = commit(&site.repo, "3", 2);
        let ran = site.run(typed).run().exits(0).says("the mark is at HEAD");
        assert!(!ran.stdout.contains("stays open"), "{}", ran.stdout);
        assert_eq!((site.mark(), site.open()), (forced, vec![]));
    }
}

#[test]
fn a_late_job_in_a_clone_of_one_commit_after_a_force_push_is_caught_up() {
    let hosted = Hosted::on_disk(PUSH);
    let (site, repo) = (&hosted.site, &hosted.site.repo);
    let push = || {
        repo.git(&["push", "--quiet", "--force", "origin", "HEAD:main"]);
        hosted.shallow()
    };
    let base = commit(repo, "1", 0);
    live(site, "1");
    hosted.run(&push(), &["purge"]).run().exits(0);
    commit(repo, "1", 10);
    let late = push();
    repo.git(&["reset", "--quiet", "--hard", &base]);
    commit(repo, "2", 20);
    live(site, "2");
    hosted.run(&push(), &["purge"]).run().exits(0).says("~ x.css  ");
    // A clone without its history cannot push what no branch of the remote leads to: the run says so, and what is live stays the
    // mark.
    let ran = hosted.run(&late, &["purge"]).run().exits(1).says("HEAD is dated before what was last purged");
    ran.errs_with("cannot move the mark refs/diffpurge/www at origin", "The next run purges all this again");
    site.live.visit("/x.css");
    let revert = commit(repo, "1", 30);
    live(site, "1");
    hosted.run(&push(), &["purge"]).run().exits(0).says("~ x.css  ");
    hosted.is_purged_up_to(&revert);
}

#[test]
fn a_clock_that_is_behind_does_not_hold_the_mark_in_shallow_clones() {
    let hosted = Hosted::on_disk(PUSH);
    let (site, repo) = (&hosted.site, &hosted.site.repo);
    let deploy = |content: &str, seconds: u32| {
        // Two commits a push: the mark's is not the parent.
        repo.file("log", content).commit_at(1_700_000_000 + seconds);
        let id = commit(repo, content, seconds + 1);
        live(site, content);
        repo.git(&["push", "--quiet", "--force", "origin", "HEAD:main"]);
        (id, hosted.run(&hosted.shallow(), &["purge"]).run().exits(0))
    };
    let (ahead, _) = deploy("0", 1_000_000);
    let (_, first) = deploy("1", 10);
    first.says(&format!("so the mark stays at {}", &ahead[..10]));
    let (second, ran) = deploy("2", 20);
    ran.says(&format!("HEAD is dated before what was last purged, so {} stays open", &ahead[..10]));
    assert_eq!((hosted.mark(), hosted.open()), (second, vec![ahead]));
    for (content, seconds) in [("3", 30), ("4", 40), ("5", 50), ("6", 60)] {
        let (id, ran) = deploy(content, seconds);
        assert!(!ran.stdout.contains("the mark stays") && !ran.stdout.contains("stays open"), "{}", ran.stdout);
        hosted.is_purged_up_to(&id);
    }
    // Of a parent it is known without dates.
    repo.file("x.css", "7");
    let child = repo.commit_at(1_600_000_000);
    live(site, "7");
    repo.git(&["push", "--quiet", "origin", "HEAD:main"]);
    hosted.run(&hosted.shallow(), &["purge"]).run().exits(0).says("the mark is at HEAD");
    hosted.is_purged_up_to(&child);
}

#[test]
fn what_many_runs_have_left_open_is_folded_and_said_once() {
    let site = Site::of("");
    let repo = &site.repo;
    let base = commit(repo, "1", 0);
    live(&site, "1");
    site.run(&["mark", "set", "HEAD"]).run().exits(0);
    // As an earlier version has left them, in a hundred and more runs.
    let (count, mut ids) = (130u32, Vec::new());
    for i in 0..count {
        ids.push(commit(repo, &format!("late {}", i % 7), i));
    }
    for id in &ids[..50] {
        repo.git(&["update-ref", &format!("refs/diffpurge-open/www/{id}"), id]);
    }
    let named = |text: &str| ids.iter().filter(|id| text.contains(&id[..10])).count();
    let ran = site.run(&["plan", "-v"]).run().exits(0).says("and 3 more, not purged completely → HEAD");
    assert!(named(&ran.stdout) <= 4, "{}", ran.stdout);
    let shown = site.run(&["mark", "show"]).run().exits(0).says(", and 47 more\n");
    assert_eq!(named(&shown.stdout), 3);
    for id in &ids[50..] {
        repo.git(&["update-ref", &format!("refs/diffpurge-open/www/{id}"), id]);
    }
    let ran = purge(&site).says("what was live before is not known (130 earlier runs are open beside the mark)");
    assert!(named(&ran.stdout) <= 2, "{}", ran.stdout);
    assert_eq!(site.open(), Vec::<String>::new());
    assert_ne!(site.mark(), base);
}
