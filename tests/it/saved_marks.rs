//! Plans that are saved and sent later, and the mark: it moves to the plan's TO, if it still is what it was.

use std::fs;

use serde_json::Value;

use crate::support::{Fault, Ran, Repo, Site, Toxic, diffpurge};

/// A site with a second revision that is not purged yet, and the plan for it; gives both revisions.
fn planned(config: &str) -> (Site, String, String) {
    let site = Site::of(config);
    let first = site.deploy(&[("x.css", "1"), ("y.css", "1")]);
    site.run(&["mark", "set", "HEAD"]).run().exits(0);
    let second = site.deploy(&[("x.css", "2")]);
    site.run(&["plan", "--out", ".git/plan.json"]).env("CLOUDFLARE_ZONE_ID", crate::support::ZONE).run().exits(0);
    assert_eq!((site.mark(), site.open()), (first.clone(), vec![]));
    (site, first, second)
}

fn send(site: &Site, more: &[&str]) -> Ran {
    site.run(&[&["purge", "--plan", ".git/plan.json"], more].concat()).run()
}

#[test]
fn a_saved_plan_moves_the_mark_to_what_it_was_made_for() {
    let (site, first, second) = planned("");
    let dry = send(&site, &["--dry-run"]).exits(0);
    assert_eq!((site.mark(), site.open()), (first, vec![]), "{}", dry.stdout);
    // A later commit is not in the plan, and not in the mark.
    site.deploy(&[("y.css", "3")]);
    let ran = send(&site, &[]).exits(0).says("note: HEAD is ").says("what changed since is not in it");
    ran.says(&format!("the mark is at HEAD ({}), in ", &second[..10]));
    assert_eq!((site.mark(), site.open()), (second, vec![]));
    let third = site.repo.git(&["rev-parse", "HEAD"]);
    site.run(&["purge"]).run().exits(0).says("~ y.css  ");
    site.is_purged_up_to(&third);
}

#[test]
fn a_saved_plan_leaves_a_mark_that_has_moved() {
    let (site, ..) = planned("");
    let third = site.deploy(&[("y.css", "3")]);
    site.run(&["purge"]).run().exits(0);
    let ran = send(&site, &[]).exits(0).says("accepted: 1 URL");
    ran.says("note: the mark refs/diffpurge/www stays: it is no longer what it was when the plan was made");
    assert_eq!(site.mark(), third);
    // Neither does it close what another run has opened since.
    let (site, first, second) = planned("");
    let third = site.deploy(&[("y.css", "3")]);
    site.fails_to_purge(&["purge"]);
    send(&site, &[]).exits(0).says("note: the mark refs/diffpurge/www stays: ");
    assert_eq!(site.mark(), first);
    let (open, mut want) = (site.open(), vec![second, third]);
    want.sort_unstable();
    assert_eq!(open, want);
}

#[test]
fn a_plan_made_without_the_mark_and_one_sent_without_it_leave_it_alone() {
    let (site, first, _) = planned("");
    send(&site, &["--no-mark"]).exits(0);
    assert_eq!((site.mark(), site.open()), (first.clone(), vec![]));
    site.run(&["plan", "HEAD~1", "HEAD", "--no-mark", "--out", ".git/plan.json"]).run().exits(0);
    let ran = send(&site, &[]).exits(0);
    assert!(!ran.stdout.contains("mark"), "{}", ran.stdout);
    assert_eq!((site.mark(), site.open()), (first, vec![]));
}

#[test]
fn what_a_partial_failure_left_is_completed_from_the_report_and_the_mark_moves() {
    let site = Site::of("cover = \"off\"\n");
    site.repo.files((0..250).map(|i| format!("{i:03}.css")), "1");
    let first = site.repo.commit();
    site.run(&["mark", "set", "HEAD"]).run().exits(0);
    site.repo.files((0..250).map(|i| format!("{i:03}.css")), "2");
    let second = site.repo.commit();
    let toxic = Toxic::before(&site.live.edge, |n, _| if n == 0 { Fault::Pass } else { Fault::refused() });
    let purge = diffpurge(["purge", "--out", ".git/plan.json"]).within(&site.repo).through(&toxic);
    purge.run().exits(1);
    assert_eq!((site.mark(), site.open()), (first, vec![second.clone()]));
    let report: Value = serde_json::from_slice(&fs::read(site.repo.path().join(".git/plan.json")).unwrap()).unwrap();
    assert_eq!(report["sites"][0]["mark"]["outcome"], "untouched");
    let ran = send(&site, &["--only-failed", "--out", ".git/plan.json"]).exits(0);
    ran.says("the mark is at HEAD");
    assert_eq!((site.mark(), site.open()), (second, vec![]));
    let report: Value = serde_json::from_slice(&fs::read(site.repo.path().join(".git/plan.json")).unwrap()).unwrap();
    assert_eq!(report["sites"][0]["mark"]["outcome"], "moved");
    send(&site, &["--only-failed"]).exits(0).says("nothing to purge between");
}

#[test]
fn a_report_whose_mark_could_not_be_written_is_completed_all_the_same() {
    let (site, _, second) = planned("");
    site.repo.file(".git/refs/diffpurge/www.lock", "");
    site.run(&["purge", "--out", ".git/plan.json"]).run().exits(1).says("accepted: 1 URL");
    site.repo.remove(".git/refs/diffpurge/www.lock");
    send(&site, &["--only-failed"]).exits(0).says("the mark is at HEAD");
    assert_eq!((site.mark(), site.open()), (second, vec![]));
}

#[test]
fn a_plan_for_an_older_revision_leaves_the_mark_when_it_is_sent_too() {
    let (site, first, second) = planned("");
    site.run(&["mark", "set", &second]).run().exits(0);
    site.run(&["plan", "mark", "HEAD~1", "--out", ".git/plan.json"]).run().exits(0).says("so the mark stays");
    send(&site, &[])
        .exits(0)
        .says("note: the mark refs/diffpurge/www stays: HEAD~1 is an ancestor of what was last purged");
    assert_eq!((site.mark(), site.open()), (second.clone(), vec![first.clone()]), "it was live all the same");
    site.run(&["plan", &second, &first, "--out", ".git/plan.json"]).run().exits(0);
    send(&site, &[]).exits(0).says("the mark is at");
    assert_eq!((site.mark(), site.open()), (first, vec![]), "both ends were typed");
}

#[test]
fn a_plan_of_an_unknown_base_sets_the_mark() {
    let site = Site::of("");
    let first = site.deploy(&[("x.css", "1")]);
    site.run(&["plan", "--out", ".git/plan.json"]).run().exits(0);
    let ran = send(&site, &[]).exits(0);
    assert!(ran.stdout.starts_with("www: BROAD PURGE: what was live before is not known (no mark"), "{}", ran.stdout);
    site.is_purged_up_to(&first);
}

#[test]
fn a_plan_of_a_directory_moves_the_mark_only_while_the_directory_is_the_same() {
    let site = Site::within(Repo::new(), "[site.mark]\nstore = \"file:.git/www.mark\"\n");
    site.deploy(&[("x.css", "1")]);
    let place = tempfile::TempDir::new().unwrap();
    let build = |content: &str| fs::write(place.path().join("x.css"), content).unwrap();
    let directory = format!("dir:{}", place.path().display());
    fs::write(place.path().join("index.html"), "home").unwrap();
    build("1");
    site.run(&["mark", "set", &directory]).run().exits(0);
    build("2");
    site.run(&["plan", "mark", &directory, "--out", ".git/plan.json"]).run().exits(0);
    let before = fs::read(site.repo.path().join(".git/www.mark")).unwrap();
    build("3");
    let ran = send(&site, &[]).exits(0).says("accepted: 1 URL");
    ran.says("note: the mark .git/www.mark stays: dir:").says("is no longer what it was when the plan was made");
    assert_eq!(fs::read(site.repo.path().join(".git/www.mark")).unwrap(), before);
    build("2");
    send(&site, &[]).exits(0).says("the mark is at dir:");
    assert_ne!(fs::read(site.repo.path().join(".git/www.mark")).unwrap(), before);
    site.run(&["plan", "mark", &directory]).run().exits(0).says("nothing changed");
}

#[test]
fn a_plan_for_other_base_urls_or_another_output_is_not_sent() {
    let (site, first, second) = planned("output = \"\"\n");
    let config = fs::read_to_string(site.repo.path().join("purge.toml")).unwrap();
    let www = "\"https://www.example.com/\"";
    for (now, error) in [
        (
            config.replace(www, "\"https://www.example.com/\", \"https://eu.example.com/\""),
            "the plan has nothing for https://eu.example.com/, added since it was made",
        ),
        (
            config.replace(www, "\"https://eu.example.com/\""),
            "the plan has nothing for https://eu.example.com/, added since it was made",
        ),
        (
            config.replace("output = \"\"", "output = \"public\""),
            "the plan is for `output` \"\", and the configured one is public",
        ),
    ] {
        site.repo.file("purge.toml", &now);
        for more in [&[][..], &["--no-mark"], &["--dry-run"]] {
            send(&site, more).exits(2).fails_with(error, "make the plan again with this configuration");
        }
    }
    assert_eq!((site.live.edge.recorded(), site.mark(), site.open()), (vec![], first, vec![]));
    let both = config.replace(www, "\"https://www.example.com/\", \"https://eu.example.com/\"");
    site.repo.file("purge.toml", &both);
    site.run(&["plan", &format!("{second}~1"), "HEAD", "--no-mark", "--out", ".git/plan.json"]).run().exits(0);
    site.repo.file("purge.toml", &config);
    let ran = send(&site, &[]).exits(2);
    ran.fails_with("the plan is also for https://eu.example.com/, which the configuration does not have", "again");
}
