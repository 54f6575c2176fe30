//! Waiting for the origin: nothing is purged before it serves what was deployed.

use std::sync::Arc;

use diffpurge::edge::{Edge, Handler, Loopback, response};

use crate::support::{Manner, Ran, Repo, Served, diffpurge, edge_before, kept, kill, visit};

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
fn the_right_content_with_a_wrong_status_is_awaited_on() {
    for (status, code) in [(200, 0), (404, 1), (500, 1), (503, 1)] {
        let handler: Handler = Arc::new(move |_| Box::pin(async move { response(status, &[], "two") }));
        let server = Loopback::start(handler).unwrap();
        let repo = Repo::new();
        let config = format!(
            "[[site]]\nname = \"www\"\nbase_urls = [\"https://{HOST}/\"]\noutput = \"public\"\n[site.origin]\nurl = \"http://{}/\"\nwait = \"0s\"\n",
            server.address()
        );
        repo.file("purge.toml", &config).file("public/a.css", "one").commit();
        repo.file("public/a.css", "two").commit();
        let edge = edge_before(server.address());
        let ran = diffpurge(["purge", "HEAD~1", "HEAD", "--no-mark"]).within(&repo).against(&edge).run();
        assert_eq!(ran.code, Some(code), "{status} {}", ran.stderr);
    }
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
fn a_key_that_an_origin_repeats_is_shown_nowhere_and_goes_to_no_other_host() {
    let origin = nothing();
    let repo = site(&origin, "wait = \"0s\"\nheader = \"X-Origin-Key\"\ntoken_env = \"ORIGIN_KEY\"\n");
    origin.behaves(Manner::Elsewhere);
    let edge = edge_before(origin.address());
    let purge = diffpurge(["purge", "HEAD~1", "-v"]).within(&repo).against(&edge).env("ORIGIN_KEY", "s3cret-key");
    let ran = purge.run().exits(1);
    let want = "answers 302, a redirect to https://login.example.net/?key=[secret]&to=/";
    assert!(ran.stderr.contains(want) && !ran.stderr.contains("s3cret"), "{}", ran.stderr);
}

/// Purges the last commit of a repository whose origin serves it in this manner.
fn purges(repo: &Repo, origin: &Served, manner: Manner) -> Ran {
    origin.behaves(manner);
    origin.deploy(&repo.path().join("public"));
    let edge = edge_before(origin.address());
    diffpurge(["purge", "HEAD~1", "HEAD", "--no-mark"]).within(repo).against(&edge).run()
}

#[test]
fn an_origin_that_answers_200_for_whatever_there_is_not_is_waited_for_by_content() {
    let origin = nothing();
    let repo = site(&origin, "wait = \"0s\"\n");
    origin.behaves(Manner::Fallback);
    let edge = edge_before(origin.address());
    let ran = diffpurge(["purge", "HEAD~1", "HEAD"]).within(&repo).against(&edge).run().exits(1);
    assert!(ran.stderr.contains(", and 4 more\n"), "the new file and the deleted one are late too: {}", ran.stderr);
    purges(&repo, &origin, Manner::Fallback).exits(0);
    configured(&repo, &origin, "wait = \"0s\"\ncompare = \"status\"\n");
    let ran = purges(&repo, &origin, Manner::Fallback).exits(1);
    let hint = "hint: is the deploy through, and `output` what it deploys? a host that keeps deleted files on purpose wants `deleted = \"leave\"` in [site.origin]; nothing of the site was purged\n";
    assert!(ran.stderr.contains("old.html (") && ran.stderr.contains(" is still there (200)\n"), "{}", ran.stderr);
    assert!(ran.stderr.ends_with(hint), "{}", ran.stderr);
    configured(&repo, &origin, "wait = \"0s\"\ncompare = \"status\"\ndeleted = \"leave\"\n");
    purges(&repo, &origin, Manner::Fallback).exits(0);
}

#[test]
fn origins_that_know_no_head_forbid_what_there_is_not_or_send_old_pages_on_are_right() {
    let origin = nothing();
    let repo = site(&origin, "wait = \"0s\"\n");
    repo.file("public/404.html", "one").file("public/old.html", "one").commit();
    repo.remove("public/old.html");
    repo.file("public/moved.html", "one").file("public/404.html", "two").commit();
    for manner in [Manner::NoHead, Manner::Forbidding, Manner::ErrorPage] {
        purges(&repo, &origin, manner).exits(0);
    }
    configured(&repo, &origin, "wait = \"0s\"\ncompare = \"status\"\n");
    purges(&repo, &origin, Manner::NoHead).exits(0);
    let origin = nothing();
    let repo = site(&origin, "wait = \"0s\"\n");
    // The page moved, with its content.
    repo.file("public/moved.html", "one").commit();
    repo.git(&["reset", "--quiet", "--soft", "HEAD~2"]);
    repo.commit();
    purges(&repo, &origin, Manner::Moved).exits(0);
    let ran = purges(&repo, &origin, Manner::Garbled).exits(1);
    assert!(ran.stderr.contains("the connection broke: "), "{}", ran.stderr);
}

#[test]
fn what_stays_cached_on_purpose_or_is_ignored_is_not_awaited() {
    let origin = nothing();
    let repo = site(&origin, "wait = \"0s\"\n");
    let config = std::fs::read_to_string(repo.path().join("purge.toml")).unwrap();
    let rule = "[[site.rule]]\nmatch = [\"never/**\"]\nscope = \"none\"\n";
    repo.file("purge.toml", &format!("{config}{rule}"));
    for path in ["main-ES2ABC7Q.js", "never/x.txt", "a.txt"] {
        repo.file(format!("public/{path}"), "one");
    }
    repo.commit();
    origin.deploy(&repo.path().join("public"));
    repo.remove("public/main-ES2ABC7Q.js").remove("public/never").file("public/a.txt", "two").commit();
    let before = origin.asked().len();
    let edge = edge_before(origin.address());
    let run = || diffpurge(["purge", "HEAD~1", "HEAD", "--no-mark"]).within(&repo).against(&edge).run();
    run().exits(1);
    assert_eq!(origin.asked()[before..], ["/a.txt"]);
}

#[test]
fn where_nobody_knows_what_was_live_a_sample_of_all_is_awaited() {
    let origin = nothing();
    let repo = site(&origin, "wait = \"0s\"\n");
    let edge = edge_before(origin.address());
    let run = || diffpurge(["purge"]).within(&repo).against(&edge).run();
    let ran = run().exits(1);
    assert!(ran.stderr.contains(" has another content (") && edge.recorded().is_empty(), "{}", ran.stderr);
    origin.deploy(&repo.path().join("public"));
    run().exits(0);
}

#[test]
fn a_saved_plan_waits_as_the_run_that_made_it_would_and_says_where_it_cannot() {
    let origin = nothing();
    let repo = site(&origin, "wait = \"0s\"\n");
    // Everything in `a/` goes as one prefix, so that the plan's operations name none of its files.
    let config = std::fs::read_to_string(repo.path().join("purge.toml")).unwrap();
    repo.file("purge.toml", &format!("{config}[[site.rule]]\nmatch = [\"**\"]\nby = \"prefix\"\n"));
    let edge = edge_before(origin.address());
    diffpurge(["plan", "HEAD~1", "HEAD", "--no-mark", "--out", "plan.json"])
        .within(&repo)
        .against(&edge)
        .run()
        .exits(0);
    let send = || diffpurge(["purge", "--plan", "plan.json"]).within(&repo).against(&edge).run();
    let ran = send().exits(1);
    assert!(ran.stderr.contains(", and 4 more\n") && edge.recorded().is_empty(), "{}", ran.stderr);
    origin.deploy(&repo.path().join("public"));
    send().exits(0);
    let other = Repo::new();
    for file in ["purge.toml", "plan.json"] {
        other.file(file, &std::fs::read_to_string(repo.path().join(file)).unwrap());
    }
    other.commit();
    let ran = diffpurge(["purge", "--plan", "plan.json"]).within(&other).against(&edge).run().exits(0);
    let note = "note: www: the origin is not asked, since nothing here says what it should serve\n";
    assert!(ran.stderr.contains(note), "{}", ran.stderr);
}

#[test]
fn an_origin_that_does_not_answer_is_given_up_in_time_however_many_files_there_are() {
    // It takes connections, and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = nothing();
    let repo = Repo::new();
    configured(&repo, &origin, "wait = \"0s\"\n");
    let config = std::fs::read_to_string(repo.path().join("purge.toml")).unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    repo.file("purge.toml", &config.replace(&origin.url(), &url));
    repo.file("public/index.html", "one").commit();
    repo.files((0..200).map(|i| format!("public/{i}.css")), "new").commit();
    let edge = edge_before(origin.address());
    let start = std::time::Instant::now();
    let ran = diffpurge(["purge", "HEAD~1"]).within(&repo).against(&edge).run().exits(1);
    assert!(start.elapsed().as_secs() < 25, "{:?}", start.elapsed());
    assert!(ran.stderr.contains(" no answer in time, and "), "{}", ran.stderr);
    assert!(ran.stderr.contains(" others not asked for any more\n"), "{}", ran.stderr);
}

#[test]
fn long_files_are_compared_without_being_kept() {
    let origin = nothing();
    let repo = site(&origin, "wait = \"0s\"\n");
    repo.file("public/long.bin", &"0123456789abcdef".repeat(5 << 20)).file("public/empty.txt", "").commit();
    purges(&repo, &origin, Manner::Plain).exits(0);
}

#[test]
fn with_resolve_the_sites_own_urls_are_asked_at_the_address() {
    let origin = nothing();
    let repo = site(&origin, "");
    let address = origin.address();
    for (base, resolve) in [
        ("http://www.example.com/", address.to_string()),
        (&*format!("http://www.example.com:{}/", address.port()), address.ip().to_string()),
        ("http://www.example.com:81/", address.to_string()),
    ] {
        repo.file(
            "purge.toml",
            &format!("[[site]]\nname = \"www\"\nbase_urls = [\"{base}\"]\noutput = \"public\"\n[site.origin]\nresolve = \"{resolve}\"\nwait = \"0s\"\n"),
        );
        let before = origin.asked().len();
        purges(&repo, &origin, Manner::Plain).exits(0);
        assert!(origin.asked().len() > before, "{base}");
    }
}

#[cfg(unix)]
#[test]
fn a_run_that_is_interrupted_while_it_waits_purges_nothing_and_leaves_the_mark() {
    let origin = nothing();
    let repo = site(&origin, "wait = \"100s\"\n");
    let edge = edge_before(origin.address());
    let run = diffpurge(["purge", "HEAD~1"]).within(&repo).against(&edge).start();
    while origin.asked().is_empty() {
        std::thread::yield_now();
    }
    kill("-INT", run.id());
    let ran = Ran::of(run);
    assert_ne!(ran.code, Some(0));
    assert!(edge.recorded().is_empty());
    assert_eq!(repo.find("refs/diffpurge/www"), "");
}

#[test]
fn a_dry_run_asks_no_origin() {
    let origin = nothing();
    let repo = site(&origin, "");
    diffpurge(["purge", "HEAD~1", "--dry-run"]).within(&repo).run().exits(0);
    diffpurge(["plan", "HEAD~1"]).within(&repo).run().exits(0);
    assert_eq!(origin.asked(), Vec::<String>::new());
}
