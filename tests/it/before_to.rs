//! Verifying without FROM: the mark, what was live since, and the history of the files say what "old" looks like.

use std::time::Instant;

use diffpurge::edge::{Edge, Entry, Key};

use crate::support::{Fault, Ran, Repo, Served, Toxic, diffpurge, edge_before};

const HOST: &str = "www.example.com";

/// A site of eight pages, in one commit.
fn site(more: &str) -> Repo {
    let repo = Repo::new();
    let site = format!(
        "[[site]]\nname = \"www\"\nbase_urls = [\"https://{HOST}/\"]\noutput = \"public\"\nhost = \"nginx\"\n{more}"
    );
    repo.file("purge.toml", &site);
    for page in 0..8 {
        repo.file(format!("public/{page}.html"), &format!("zero {page}"));
    }
    repo.commit();
    repo
}

/// Commits a new content of the first page.
fn changed(repo: &Repo, content: &str) -> String {
    repo.file("public/0.html", content);
    repo.commit()
}

/// The edge in front of what the repository holds now, with an old answer of one page.
fn edge_with(repo: &Repo, path: &str, content: &str) -> (Served, Edge) {
    let origin = Served::of(&repo.path().join("public"));
    let edge = edge_before(origin.address());
    let key = Key { url: format!("https://{HOST}{path}"), origin: String::new() };
    let (body, stored) = (content.to_owned().into(), Instant::now());
    edge.keep(key, Entry { status: 200, headers: vec![], body, stored, stale: false });
    (origin, edge)
}

fn verified(repo: &Repo, edge: &Edge, arguments: &[&str]) -> Ran {
    let door = format!("http://{}", edge.address());
    diffpurge(["verify", "--edge", &door]).arguments(arguments).within(repo).run()
}

fn set_mark(repo: &Repo, revision: &str) {
    diffpurge(["mark", "set", revision]).within(repo).run().exits(0);
}

#[test]
fn what_was_live_beside_the_history_is_known_from_the_mark() {
    let repo = site("");
    let dropped = changed(&repo, "dropped by a force push");
    repo.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    changed(&repo, "one");
    let (_origin, edge) = edge_with(&repo, "/0.html", "dropped by a force push");
    // Nothing tells what it is.
    verified(&repo, &edge, &[]).exits(0).says("8 fresh, 1 unknown");
    set_mark(&repo, &dropped);
    verified(&repo, &edge, &[]).exits(1).says("8 fresh, 1 stale");
    verified(&repo, &edge, &["HEAD~1", "HEAD"]).exits(1).says("asked for 1 URL: 1 unknown");
}

#[test]
fn what_is_gone_since_the_mark_is_asked_for_too() {
    let repo = site("");
    set_mark(&repo, "HEAD");
    repo.remove("public/0.html").commit();
    let (_origin, edge) = edge_with(&repo, "/0.html", "zero 0");
    verified(&repo, &edge, &[]).exits(1).says("asked for 9 URLs: 8 fresh, 1 stale");
}

#[test]
fn what_was_live_since_the_mark_and_not_purged_is_old_too() {
    let repo = site("");
    set_mark(&repo, "HEAD");
    changed(&repo, "live for an hour");
    let (_origin, edge) = edge_with(&repo, "/0.html", "live for an hour");
    let toxic = Toxic::before(&edge, |_, _| Fault::refused());
    diffpurge(["purge"]).within(&repo).through(&toxic).run().exits(1);
    repo.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    changed(&repo, "one");
    let (_origin, edge) = edge_with(&repo, "/0.html", "live for an hour");
    verified(&repo, &edge, &[]).exits(1).says("8 fresh, 1 stale");
}

#[test]
fn a_mark_that_is_at_to_leaves_it_to_the_history_and_one_that_tells_makes_a_rewritten_page_sure() {
    let repo = site("");
    changed(&repo, "one");
    set_mark(&repo, "HEAD");
    let (_origin, edge) = edge_with(&repo, "/0.html", "zero 0");
    verified(&repo, &edge, &[]).exits(1).says("8 fresh, 1 stale");
    // The history here does not begin at the first commit, so that anything may have been there before.
    let clone = |repo: &Repo| {
        let clone = Repo::clone_of(&repo.url(), &["--depth", "1"]);
        clone.git(&["fetch", "--quiet", "origin", "+refs/diffpurge/*:refs/diffpurge/*"]);
        clone
    };
    let shallow = clone(&repo);
    let beacon = "zero 7<script defer src=\"https://static.cloudflareinsights.com/beacon.min.js/v84a3\"></script>";
    let (_origin, edge) = edge_with(&repo, "/7.html", beacon);
    verified(&shallow, &edge, &[]).exits(0).says("8 fresh, 1 unknown");
    changed(&repo, "two");
    let shallow = clone(&repo);
    let (_origin, edge) = edge_with(&repo, "/7.html", beacon);
    verified(&shallow, &edge, &[]).exits(0).says("8 fresh, 1 rewritten");
    let (_origin, edge) = edge_with(&repo, "/0.html", "one");
    verified(&shallow, &edge, &[]).exits(1).says("8 fresh, 1 stale");
}

#[test]
fn a_mark_at_a_remote_is_read_there_and_nothing_is_written() {
    let repo = site("[site.mark]\npush = \"origin\"\n");
    changed(&repo, "one");
    let bare = Repo::clone_of(&repo.url(), &["--bare"]);
    repo.git(&["remote", "add", "origin", &bare.url()]);
    let dropped = changed(&repo, "dropped by a force push");
    repo.git(&["push", "--quiet", "origin", "HEAD:refs/heads/other"]);
    set_mark(&repo, &dropped);
    let clone = Repo::clone_of(&bare.url(), &["--depth", "1", "--branch", "main"]);
    let (_origin, edge) = edge_with(&clone, "/0.html", "dropped by a force push");
    let refs = bare.git(&["for-each-ref"]);
    verified(&clone, &edge, &[]).exits(1).says("8 fresh, 1 stale");
    assert_eq!(bare.git(&["for-each-ref"]), refs);
}

#[test]
fn a_mark_that_cannot_be_read_is_noted_and_the_rest_tells() {
    let repo = site("");
    changed(&repo, "one");
    repo.git(&["symbolic-ref", "refs/diffpurge/www", "refs/heads/main"]);
    let (_origin, edge) = edge_with(&repo, "/0.html", "zero 0");
    let ran = verified(&repo, &edge, &[]).exits(1).says("8 fresh, 1 stale");
    assert!(ran.stderr.contains("note: www: the mark is not used, since it cannot be read: "), "{}", ran.stderr);
    let repo = site("[site.mark]\npush = \"origin\"\n");
    changed(&repo, "one");
    repo.git(&["remote", "add", "origin", "file:///nonexistent/repository"]);
    let (_origin, edge) = edge_with(&repo, "/0.html", "zero 0");
    let ran = verified(&repo, &edge, &[]).exits(1).says("8 fresh, 1 stale");
    assert!(ran.stderr.contains("note: www: the mark is not used, since it cannot be read: "), "{}", ran.stderr);
}

#[test]
fn a_mark_of_another_output_says_what_was_live_there() {
    let repo = site("");
    let config = std::fs::read_to_string(repo.path().join("purge.toml")).unwrap();
    repo.git(&["mv", "public", "old"]);
    repo.file("purge.toml", &config.replace("\"public\"", "\"old\"")).file("old/.gitattributes", "*.html eol=crlf\n");
    repo.file("old/0.html", "one\r\nline\r\n");
    repo.commit();
    set_mark(&repo, "HEAD");
    repo.git(&["checkout", "--quiet", "--orphan", "other"]);
    repo.git(&["mv", "old", "public"]);
    repo.file("purge.toml", &config).file("public/0.html", "two\r\nlines\r\n").commit();
    let (_origin, edge) = edge_with(&repo, "/0.html", "one\r\nline\r\n");
    verified(&repo, &edge, &[]).exits(1).says(" 1 stale");
}

#[test]
fn a_page_that_is_older_than_from_is_old_too() {
    let repo = site("");
    for content in ["one", "two", "three"] {
        changed(&repo, content);
    }
    for old in ["zero 0", "one", "two"] {
        let (_origin, edge) = edge_with(&repo, "/0.html", old);
        verified(&repo, &edge, &["HEAD~1"]).exits(1).says("asked for 1 URL: 1 stale");
    }
    let (_origin, edge) = edge_with(&repo, "/0.html", "three");
    verified(&repo, &edge, &["HEAD~1"]).exits(0).says("asked for 1 URL: 1 fresh");
    // A content that comes back is right again.
    changed(&repo, "one");
    let (_origin, edge) = edge_with(&repo, "/0.html", "one");
    verified(&repo, &edge, &["HEAD~1"]).exits(0).says("asked for 1 URL: 1 fresh");
}

#[test]
fn a_history_that_cannot_be_read_to_its_end_is_read_as_far_as_it_goes() {
    let repo = Repo::new();
    let config =
        format!("[[site]]\nname = \"www\"\nbase_urls = [\"https://{HOST}/\"]\noutput = \"public\"\nhost = \"nginx\"\n");
    repo.file("purge.toml", &config).file("public", "no directory yet").commit();
    repo.remove("public");
    for content in ["one", "two", "three"] {
        changed(&repo, content);
    }
    for (old, code) in [("one", 1), ("three", 0)] {
        let (_origin, edge) = edge_with(&repo, "/0.html", old);
        verified(&repo, &edge, &["HEAD~1"]).exits(code);
        verified(&repo, &edge, &[]).exits(code);
    }
}
