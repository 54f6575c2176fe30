//! Proof that visitors get what was deployed, and what is done where they do not.

use std::fmt::Write as _;

use diffpurge::edge::{Edge, Entry, Key};

use crate::support::{Manner, Repo, Served, diffpurge, edge_before, kept, visit};

const HOST: &str = "www.example.com";

/// A site of so many pages, all changed in the second commit, deployed.
fn site(pages: usize) -> (Repo, Served) {
    let repo = Repo::new();
    repo.file(
        "purge.toml",
        &format!(
            "[[site]]\nname = \"www\"\nbase_urls = [\"https://{HOST}/\"]\noutput = \"public\"\nhost = \"nginx\"\n"
        ),
    );
    for content in ["one", "two"] {
        for page in 0..pages {
            repo.file(format!("public/{}/{page}.html", page % 7), &format!("{content} {page}"));
        }
        repo.commit();
    }
    let served = Served::of(&repo.path().join("public"));
    (repo, served)
}

/// Lets the edge keep the old content of a page under a query string or without.
fn left_stale(edge: &Edge, page: usize, body: &str) {
    let url = format!("https://{HOST}/{}/{page}.html", page % 7);
    let entry = Entry {
        status: 200,
        headers: vec![],
        body: body.to_owned().into(),
        stored: std::time::Instant::now(),
        stale: false,
    };
    edge.keep(Key { url, origin: String::new() }, entry);
}

fn door(edge: &Edge) -> String {
    format!("http://{}", edge.address())
}

#[test]
fn each_of_twenty_entries_left_stale_among_a_thousand_is_found_and_repaired() {
    let (repo, origin) = site(1000);
    let edge = edge_before(origin.address());
    let stale: Vec<usize> = (0..20).map(|i| i * 49 + 3).collect();
    for page in &stale {
        left_stale(&edge, *page, &format!("one {page}"));
    }
    let verify = |more: &[&str]| {
        diffpurge(["verify", "HEAD~1", "HEAD", "--edge", &door(&edge), "-v"])
            .arguments(more)
            .within(&repo)
            .against(&edge)
            .run()
    };
    let ran = verify(&[]).exits(1).says("www: asked for 1,000 URLs: 980 fresh, 20 stale\n");
    for page in &stale {
        let url =
            format!("  stale       https://{HOST}/{}/{page}.html  the content is what was there before", page % 7);
        assert!(ran.stdout.contains(&url), "{url} in {}", ran.stdout);
    }
    let ran = verify(&["--repair"]).exits(0);
    assert!(
        ran.stdout.contains("1,000 fresh\n  20 URLs were stale, and purged once more by prefix\n"),
        "{}",
        ran.stdout
    );
    verify(&[]).exits(0).says("asked for 1,000 URLs: 1,000 fresh\n");
    assert!(kept(&edge).len() >= 1000);
}

#[test]
fn a_rewritten_page_is_told_from_a_stale_one_and_an_edge_that_does_not_answer_from_both() {
    let (repo, origin) = site(3);
    let edge = edge_before(origin.address());
    left_stale(&edge, 1, "one 1");
    left_stale(&edge, 2, "two 2<script src=\"/rocket-loader.min.js\">");
    let ran = diffpurge(["verify", "HEAD~1", "--edge", &door(&edge)]).within(&repo).run().exits(1);
    let mut want = "www: asked for 3 URLs: 1 fresh, 1 rewritten, 1 stale\n".to_owned();
    writeln!(want, "  stale       https://{HOST}/1/1.html  the content is what was there before (HIT, Age 0)").unwrap();
    let why = "the content is neither TO's nor what was there before, as Rocket Loader would make it (HIT, Age 0)";
    writeln!(want, "  rewritten   https://{HOST}/2/2.html  {why}").unwrap();
    assert_eq!(ran.stdout, want);
    let ran = diffpurge(["verify", "HEAD~1", "--edge", "http://127.0.0.1:9"]).within(&repo).run().exits(1);
    assert!(ran.stdout.contains("3 unreachable") && ran.stdout.contains("no connection"), "{}", ran.stdout);
    origin.behaves(Manner::Broken);
    let edge = edge_before(origin.address());
    let ran = diffpurge(["verify", "HEAD~1", "--edge", &door(&edge)]).within(&repo).run().exits(1);
    ran.says("unreachable https://").says("it answers 500");
}

#[test]
fn deletions_are_expected_to_be_gone_and_a_cached_answer_that_still_is_there_is_stale() {
    let (repo, origin) = site(2);
    repo.remove("public/1/1.html");
    repo.commit();
    origin.deploy(&repo.path().join("public"));
    let edge = edge_before(origin.address());
    diffpurge(["verify", "HEAD~1", "--edge", &door(&edge)]).within(&repo).run().exits(0).says(" fresh\n");
    let edge = edge_before(origin.address());
    left_stale(&edge, 1, "two 1");
    let ran = diffpurge(["verify", "HEAD~1", "--edge", &door(&edge)]).within(&repo).run().exits(1);
    ran.says("  stale       https://www.example.com/1/1.html  the content is what was there before");
}

#[test]
fn without_from_all_of_to_is_asked_for_or_a_sample_of_it() {
    let (repo, origin) = site(14);
    let edge = edge_before(origin.address());
    let verify = |more: &[&str]| diffpurge(["verify", "--edge", &door(&edge)]).arguments(more).within(&repo).run();
    verify(&[]).exits(0).says("www: asked for 29 URLs: 29 fresh\n");
    verify(&["--sample", "7"]).exits(0).says("www: asked for 7 URLs of 29: 7 fresh\n");
    left_stale(&edge, 3, "one 3");
    verify(&[]).exits(0).says("28 fresh, 1 rewritten");
}

#[test]
fn a_purge_proves_repairs_and_warms_in_one_command() {
    let (repo, origin) = site(30);
    let edge = edge_before(origin.address());
    for page in 0..30 {
        left_stale(&edge, page, &format!("one {page}"));
    }
    let summary = repo.path().join("summary.md");
    let report = repo.path().join("report.json");
    let ran = diffpurge(["purge", "HEAD~1", "--verify", "--sample", "10", "--warm=5", "--edge", &door(&edge)])
        .arguments(["--summary", summary.to_str().unwrap(), "--out", report.to_str().unwrap()])
        .within(&repo)
        .against(&edge)
        .run()
        .exits(0);
    assert!(ran.stdout.contains("www: asked for 10 URLs of 30: 10 fresh\n  5 URLs more asked for"), "{}", ran.stdout);
    assert_eq!(kept(&edge).len(), 15);
    assert!(
        std::fs::read_to_string(summary).unwrap().contains("### Proof of www\n\n- asked for 10 URLs of 30: 10 fresh\n")
    );
    let report: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(report).unwrap()).unwrap();
    let proofs = &report["sites"][0]["proofs"];
    assert_eq!((&proofs["fresh"], &proofs["of"], &proofs["warmed"]), (&10.into(), &30.into(), &5.into()));
    assert_eq!(visit(&edge, HOST, "/0/0.html").1, "two 0");
}
