//! Waiting for the origin: nothing is purged before it serves what was deployed.

use diffpurge::edge::Edge;

use crate::support::{Manner, Repo, Served, diffpurge, edge_before, kept, visit};

const HOST: &str = "www.example.com";

/// A site whose page, style and list of files change, with an origin that is to be asked.
fn site(origin: &Served, extra: &str) -> Repo {
    let repo = Repo::new();
    configured(&repo, origin, extra);
    for (path, content) in
        [("index.html", "one"), ("a/index.html", "one"), ("a.css", "one"), ("old.html", "one"), ("same.css", "same")]
    {
        repo.file(format!("public/{path}"), content);
    }
    repo.commit();
    origin.deploy(&repo.path().join("public"));
    for (path, content) in [("index.html", "two"), ("a/index.html", "two"), ("a.css", "two"), ("new.html", "two")] {
        repo.file(format!("public/{path}"), content);
    }
    repo.remove("public/old.html");
    repo.commit();
    repo
}

fn configured(repo: &Repo, origin: &Served, extra: &str) {
    let url = origin.url();
    repo.file(
        "purge.toml",
        &format!("[[site]]\nname = \"www\"\nbase_urls = [\"https://{HOST}/\"]\noutput = \"public\"\n[site.origin]\nurl = \"{url}\"\n{extra}"),
    );
}

/// The edge in front of an origin, with what visitors asked for.
fn visited(origin: &Served) -> Edge {
    let edge = edge_before(origin.address());
    for path in ["/", "/a/", "/a.css", "/old.html", "/new.html", "/same.css"] {
        visit(&edge, HOST, path);
    }
    edge
}

fn nothing() -> Served {
    Served::of(tempfile::TempDir::new().unwrap().path())
}

#[test]
fn without_waiting_the_edge_takes_the_old_page_again_and_with_it_never() {
    let origin = nothing();
    let repo = site(&origin, "");
    let edge = visited(&origin);
    diffpurge(["purge", "HEAD~1", "HEAD", "--base-url", "https://www.example.com/", "--output", "public"])
        .within(&repo)
        .against(&edge)
        .run()
        .exits(0);
    // A visitor comes before the deploy is through.
    assert_eq!(visit(&edge, HOST, "/").1, "one");
    origin.deploy(&repo.path().join("public"));
    assert_eq!(visit(&edge, HOST, "/").1, "one", "stale, for as long as the edge keeps it");

    let origin = nothing();
    let repo = site(&origin, "");
    let edge = visited(&origin);
    origin.deploy_after(12, &repo.path().join("public"));
    let ran = diffpurge(["purge", "HEAD~1"]).within(&repo).against(&edge).run().exits(0);
    assert!(ran.stderr.contains("note: www: waiting for the origin: "), "{}", ran.stderr);
    for (path, want) in [
        ("/", (200, "two")),
        ("/a/", (200, "two")),
        ("/a.css", (200, "two")),
        ("/new.html", (200, "two")),
        ("/old.html", (404, "not here")),
    ] {
        let (status, body) = visit(&edge, HOST, path);
        assert_eq!((status, &*body), want, "{path}");
    }
}

#[test]
fn an_origin_that_is_never_ready_is_named_with_what_was_found_and_nothing_is_purged() {
    let origin = nothing();
    let repo = site(&origin, "wait = \"1s\"\n");
    let edge = visited(&origin);
    let before = kept(&edge);
    let run = || diffpurge(["purge", "HEAD~1"]).within(&repo).against(&edge).run().exits(1);
    let ran = run();
    for want in [
        "error: site www: the origin does not serve TO after 1 s: ",
        "has another content (",
        ", and 4 more\nhint: is the deploy through",
    ] {
        assert!(ran.stderr.contains(want), "{want} in {}", ran.stderr);
    }
    assert_eq!(repo.git(&["for-each-ref", "refs/diffpurge"]), "", "the mark stays");
    origin.behaves(Manner::Broken);
    origin.deploy(&repo.path().join("public"));
    assert!(run().stderr.contains(" answers 500, and 4 more\n"));
    assert_eq!((kept(&edge), edge.recorded()), (before, vec![]));
    origin.behaves(Manner::Plain);
    diffpurge(["purge", "HEAD~1"]).within(&repo).against(&edge).run().exits(0);
}

#[test]
fn all_that_came_or_went_is_asked_for_and_a_sample_of_what_changed_newest_first() {
    let origin = nothing();
    let repo = site(&origin, "sample = 1\n");
    repo.file("public/b/1.css", "1").file("public/b/2.css", "1").commit();
    repo.file("public/b/2.css", "2").commit();
    origin.deploy(&repo.path().join("public"));
    let edge = edge_before(origin.address());
    diffpurge(["purge", "HEAD~2"]).within(&repo).against(&edge).run().exits(0);
    let mut asked = origin.asked();
    asked.sort();
    assert_eq!(asked, ["/b/1.css", "/b/2.css"], "both are new beside HEAD~2");
    diffpurge(["mark", "clear"]).within(&repo).run().exits(0);
    repo.file("public/a.css", "3").commit();
    origin.deploy(&repo.path().join("public"));
    let before = origin.asked().len();
    diffpurge(["purge", "HEAD~4"]).within(&repo).against(&edge).run().exits(0);
    let mut asked = origin.asked().split_off(before);
    asked.sort();
    assert_eq!(asked, ["/a.css", "/b/1.css", "/b/2.css", "/new.html", "/old.html"], "of the modified only the newest");
}

#[test]
fn a_compressing_origin_is_compared_decoded_and_a_rewriting_one_by_its_status() {
    let origin = nothing();
    let repo = site(&origin, "wait = \"1s\"\n");
    origin.deploy(&repo.path().join("public"));
    let edge = edge_before(origin.address());
    origin.behaves(Manner::Gzip);
    diffpurge(["purge", "HEAD~1"]).within(&repo).against(&edge).run().exits(0);
    origin.behaves(Manner::Rewriting);
    let ran = diffpurge(["purge", "HEAD~1", "HEAD"]).within(&repo).against(&edge).run().exits(1);
    assert!(ran.stderr.contains(" has another content ("), "{}", ran.stderr);
    configured(&repo, &origin, "wait = \"1s\"\ncompare = \"status\"\n");
    diffpurge(["purge", "HEAD~1", "HEAD"]).within(&repo).against(&edge).run().exits(0);
}

#[test]
fn an_origin_behind_a_key_is_asked_with_it_and_the_key_is_shown_nowhere() {
    let origin = nothing();
    let repo = site(&origin, "wait = \"1s\"\nheader = \"X-Origin-Key\"\ntoken_env = \"ORIGIN_KEY\"\n");
    origin.deploy(&repo.path().join("public"));
    origin.behaves(Manner::Locked);
    let edge = edge_before(origin.address());
    let purge = || diffpurge(["purge", "HEAD~1", "-v"]).within(&repo).against(&edge);
    let ran = purge().run().exits(2);
    assert!(
        ran.stderr.contains("error: nothing to send to the origin: the environment variable ORIGIN_KEY is not set\n")
    );
    assert!(edge.recorded().is_empty(), "nothing is purged");
    let ran = purge().env("ORIGIN_KEY", "wr0ng-key").run().exits(1);
    assert!(ran.stderr.contains("answers 403") && !ran.stderr.contains("wr0ng"), "{}", ran.stderr);
    let ran = purge().env("ORIGIN_KEY", "s3cret-key").run().exits(0);
    assert!(!ran.stdout.contains("s3cret") && !ran.stderr.contains("s3cret"));
}

#[test]
fn a_dry_run_asks_no_origin() {
    let origin = nothing();
    let repo = site(&origin, "");
    diffpurge(["purge", "HEAD~1", "--dry-run"]).within(&repo).run().exits(0);
    diffpurge(["plan", "HEAD~1"]).within(&repo).run().exits(0);
    assert_eq!(origin.asked(), Vec::<String>::new());
}
