//! Proof that visitors get what was deployed, and what is done where they do not.

use std::fmt::Write as _;

use diffpurge::edge::{Edge, Entry, Key};

use crate::support::{Fault, Manner, Ran, Repo, Served, Toxic, diffpurge, edge_before, kept, visit};

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
    assert!(ran.stdout.contains("1,000 fresh\n  20 URLs were stale, and purged once more\n"), "{}", ran.stdout);
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
    let why = "the content was made of TO's, as Rocket Loader would make it (HIT, Age 0)";
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
fn what_the_origin_gives_past_the_cache_too_is_rewritten_and_nothing_else_is() {
    let (repo, origin) = site(3);
    let rewritten = tempfile::TempDir::new().unwrap();
    for page in 0..3 {
        std::fs::create_dir_all(rewritten.path().join(page.to_string())).unwrap();
        std::fs::write(rewritten.path().join(format!("{page}/{page}.html")), format!("made anew {page}")).unwrap();
    }
    origin.deploy(rewritten.path());
    let edge = edge_before(origin.address());
    let verify = || diffpurge(["verify", "HEAD~1", "--edge", &door(&edge)]).within(&repo).run();
    verify().exits(1).says("3 URLs: 3 unknown");
    let config = std::fs::read_to_string(repo.path().join("purge.toml")).unwrap();
    repo.file("purge.toml", &format!("{config}[site.origin]\nurl = \"{}\"\n", origin.url()));
    verify().exits(0).says("3 rewritten").says("the origin gives the same past the cache");
    left_stale(&edge, 1, "one 1 made anew");
    verify().exits(1).says("  stale       https://www.example.com/1/1.html");
    left_stale(&edge, 1, "of nobody");
    verify().exits(0).says("  unknown     https://www.example.com/1/1.html");
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
    // The file's own history says what old is.
    verify(&[]).exits(1).says("28 fresh, 1 stale");
    left_stale(&edge, 3, "of nobody");
    verify(&[]).exits(0).says("28 fresh, 1 unknown");
    let quiet = verify(&["-q"]).exits(0);
    quiet.says("  unknown     https://www.example.com/3/3.html  the content is neither TO's nor");
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

#[test]
fn a_proof_that_fails_leaves_the_deploy_open_for_the_next_run() {
    let (repo, origin) = site(3);
    let edge = edge_before(origin.address());
    // The origin is behind, so that the edge takes the old pages again.
    let old = tempfile::TempDir::new().unwrap();
    for page in 0..3 {
        std::fs::create_dir_all(old.path().join(page.to_string())).unwrap();
        std::fs::write(old.path().join(format!("{page}/{page}.html")), format!("one {page}")).unwrap();
    }
    origin.deploy(old.path());
    let purge = || {
        let typed = ["purge", "HEAD~1", "HEAD", "--verify", "--edge", &door(&edge)].map(str::to_owned);
        diffpurge(typed).within(&repo).against(&edge).run()
    };
    let ran = purge().exits(1).says("accepted: 3 URLs").says("3 stale");
    let ran = ran.says("hint: the mark stays, so that the next run purges all this again; `diffpurge purge --repair`");
    assert!(!ran.stdout.contains("the mark is at"), "{}", ran.stdout);
    diffpurge(["mark", "show"]).within(&repo).run().exits(0).says("no mark").says("not purged completely");
    origin.deploy(&repo.path().join("public"));
    purge().exits(0).says("3 fresh").says("the mark is at HEAD");
    diffpurge(["mark", "show"]).within(&repo).run().exits(0).says(&repo.git(&["rev-parse", "HEAD"])[..10]);
}

#[test]
fn a_stale_page_is_repaired_without_what_lies_below_it() {
    let repo = Repo::new();
    repo.file(
        "purge.toml",
        &format!("[[site]]\nname = \"www\"\nbase_urls = [\"https://{HOST}/\"]\noutput = \"public\"\n"),
    );
    let paths = ["index.html", "blog/index.html", "blog/one.html", "about.html", "about-us.html", "img/logo.svg"];
    for content in ["one", "two"] {
        for path in paths {
            repo.file(format!("public/{path}"), &format!("{content} {path}"));
        }
        repo.commit();
    }
    let origin = Served::of(&repo.path().join("public"));
    let edge = edge_before(origin.address());
    let keep = |url: &str, body: &str| {
        let key = Key { url: format!("https://{HOST}{url}"), origin: String::new() };
        let stored = std::time::Instant::now();
        edge.keep(key, Entry { status: 200, headers: vec![], body: body.to_owned().into(), stored, stale: false });
    };
    for (url, path) in [
        ("/", "index.html"),
        ("/blog/", "blog/index.html"),
        ("/about", "about.html"),
        ("/img/logo.svg", "img/logo.svg"),
    ] {
        keep(url, &format!("one {path}"));
    }
    // Keys that nobody listed, and what is not of the repository.
    for url in ["/img/logo.svg?v=2", "/about?v=2", "/blog/?v=2", "/?v=2", "/app/page", "/blog/feed"] {
        keep(url, "other");
    }
    let ran = diffpurge(["verify", "HEAD~1", "--repair", "--edge", &door(&edge)]).within(&repo).against(&edge).run();
    ran.exits(0).says("  4 URLs were stale, and purged once more\n");
    let recorded: Vec<String> = edge.recorded().into_iter().map(|request| request.body).collect();
    let prefixes: Vec<&String> = recorded.iter().filter(|body| body.contains("prefixes")).collect();
    assert_eq!(prefixes, [&format!("{{\"prefixes\":[\"{HOST}/img/logo.svg\"]}}")], "{recorded:?}");
    let kept = kept(&edge);
    let is_kept = |url: &str| kept.contains(&format!("https://{HOST}{url}"));
    for url in ["/app/page", "/blog/feed", "/?v=2", "/about?v=2"] {
        assert!(is_kept(url), "{url}");
    }
    assert!(!is_kept("/img/logo.svg?v=2"));
}

#[test]
fn a_cached_not_found_for_a_new_page_is_stale() {
    let (repo, origin) = site(2);
    repo.file("public/new/index.html", "new").file("public/x.css", "new").commit();
    origin.deploy(&repo.path().join("public"));
    let edge = edge_before(origin.address());
    for path in ["/new/", "/x.css"] {
        let key = Key { url: format!("https://{HOST}{path}"), origin: String::new() };
        let stored = std::time::Instant::now();
        edge.keep(key, Entry { status: 404, headers: vec![], body: "not here".into(), stored, stale: false });
    }
    let verify = |more: &[&str]| {
        diffpurge(["verify", "HEAD~1", "--edge", &door(&edge)]).arguments(more).within(&repo).against(&edge).run()
    };
    let ran = verify(&[]).exits(1);
    for path in ["/new/", "/x.css"] {
        let line = format!("  stale       https://{HOST}{path}  404, as before, and TO has the file (HIT, Age 0)\n");
        assert!(ran.stdout.contains(&line), "{}", ran.stdout);
    }
    verify(&["--repair"]).exits(0).says("2 URLs were stale, and purged once more\n");
}

#[test]
fn a_page_of_the_app_in_place_of_what_is_gone_is_fresh_and_in_place_of_a_new_file_stale() {
    let (repo, origin) = site(2);
    repo.file("public/index.html", "app").commit();
    repo.remove("public/1").file("public/new.css", "new").commit();
    origin.deploy(&repo.path().join("public"));
    origin.behaves(Manner::Fallback);
    let edge = edge_before(origin.address());
    let key = Key { url: format!("https://{HOST}/new.css"), origin: String::new() };
    let stored = std::time::Instant::now();
    edge.keep(key, Entry { status: 200, headers: vec![], body: "app".into(), stored, stale: false });
    let ran = diffpurge(["verify", "HEAD~1", "-v", "--edge", &door(&edge)]).within(&repo).run().exits(1);
    let ran =
        ran.says("  stale       https://www.example.com/new.css  200, with the page for what there is not, and TO has");
    assert!(ran.stdout.contains("/1/1.html  200, with the page for what there is not ("), "{}", ran.stdout);
    assert_eq!(ran.stdout.matches("  stale ").count(), 1);
}

#[test]
fn what_cannot_be_compared_is_refused_before_anything_is_sent() {
    let (repo, origin) = site(2);
    let edge = edge_before(origin.address());
    let run = |arguments: &[&str]| {
        diffpurge(arguments.iter().copied()).within(&repo).against(&edge).reading(b"1/1.html\n").run()
    };
    run(&["purge", "--paths", "-", "--verify"])
        .exits(2)
        .fails_with("site www: nothing here says what its pages should be", "`diffpurge verify FROM TO`");
    for (arguments, option) in [
        (&["purge", "HEAD~1", "--sample", "3"][..], "--sample"),
        (&["purge", "HEAD~1", "--edge", "127.0.0.1"], "--edge"),
        (&["purge", "HEAD~1", "--dry-run", "--repair"], "--repair"),
        (&["purge", "HEAD~1", "--warm", "--sample", "3"], "--sample"),
    ] {
        run(arguments).exits(2).fails_with(&format!("`{option}` says how URLs are asked for"), "add `--verify`");
    }
    run(&["verify", "--sample", "0"]).exits(2);
    run(&["plan", "HEAD~1", "--out", "plan.json"]).exits(0);
    repo.git(&["update-ref", "-d", "refs/heads/main"]);
    repo.git(&["reflog", "expire", "--expire=now", "--all"]);
    repo.git(&["gc", "--quiet", "--prune=now"]);
    for arguments in [&["verify", "--plan", "plan.json"][..], &["purge", "--plan", "plan.json", "--verify"]] {
        run(arguments).exits(2).fails_with("nothing here says what its pages should be", "a plan's TO has to be here");
    }
    assert!(edge.recorded().is_empty());
    run(&["purge", "--paths", "-", "--warm", "--edge", &door(&edge)])
        .exits(0)
        .says("more asked for, so that the edge has them");
    assert!(!kept(&edge).is_empty());
}

#[test]
fn a_plan_whose_operations_are_prefixes_is_proved_by_the_urls_of_its_files() {
    let (repo, origin) = site(40);
    let config = std::fs::read_to_string(repo.path().join("purge.toml")).unwrap();
    repo.file("purge.toml", &format!("{config}[site.threshold]\nurls = 5\nthen = \"hosts\"\n"));
    let edge = edge_before(origin.address());
    let run = |arguments: &[&str]| diffpurge(arguments.iter().copied()).within(&repo).against(&edge).run();
    run(&["plan", "HEAD~1", "HEAD", "--no-mark", "--out", "plan.json"]).exits(0);
    left_stale(&edge, 7, "one 7");
    let ran = run(&["verify", "--plan", "plan.json", "--edge", &door(&edge)]).exits(1);
    ran.says("www: asked for 40 URLs: 39 fresh, 1 stale\n");
    run(&["purge", "--plan", "plan.json", "--verify", "--edge", &door(&edge)])
        .exits(0)
        .says("www: asked for 40 URLs: 40 fresh\n");
}

#[test]
fn a_repair_that_fails_says_why_and_one_without_a_token_asks_for_nothing() {
    let (repo, origin) = site(3);
    let edge = edge_before(origin.address());
    left_stale(&edge, 1, "one 1");
    let verify = || diffpurge(["verify", "HEAD~1", "--repair", "--edge", &door(&edge)]).within(&repo);
    let ran = verify().env("CLOUDFLARE_ZONE_ID", crate::support::ZONE).run().exits(2);
    assert!(ran.stderr.contains("no API token") && origin.asked().is_empty(), "{}", ran.stderr);
    let toxic = Toxic::before(&edge, |_, _| Fault::refused());
    let ran = verify().through(&toxic).run().exits(1);
    assert!(ran.stderr.contains("warning: www: what is stale was not purged once more: "), "{}", ran.stderr);
    ran.says("2 fresh, 1 stale\n");
}

#[test]
fn an_edge_that_never_answers_is_given_up() {
    // It takes connections and hangs up.
    let (repo, _origin) = site(300);
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", gone.local_addr().unwrap());
    drop(gone);
    let ran = diffpurge(["verify", "HEAD~1", "-v", "--edge", &address]).within(&repo).run().exits(1);
    assert!(ran.stdout.contains("300 unreachable"), "{}", ran.stdout);
    assert!(ran.stdout.matches("not asked for, since 32 others were not answered").count() > 240, "{}", ran.stdout);
}

#[test]
fn proofs_are_the_same_in_every_format_and_of_every_kind_of_snapshot() {
    let (repo, origin) = site(3);
    let edge = edge_before(origin.address());
    left_stale(&edge, 1, "one 1");
    let run = |arguments: &[&str]| {
        diffpurge(arguments.iter().copied()).arguments(["--edge", &door(&edge)]).within(&repo).against(&edge).run()
    };
    let json = |ran: Ran| serde_json::from_str::<serde_json::Value>(&ran.stdout).unwrap();
    let document = json(run(&["verify", "HEAD~1", "--format", "json"]).exits(1));
    let proofs = &document["proofs"][0];
    assert_eq!((&proofs["site"], &proofs["fresh"], &proofs["stale"]), (&"www".into(), &2.into(), &1.into()));
    run(&["verify", "HEAD~1", "--format", "markdown"])
        .exits(1)
        .says("- **stale** `https://www.example.com/1/1.html`: the content is what was there before (`HIT, Age 0`)\n");
    let document = json(run(&["purge", "HEAD~1", "--verify", "--format", "json"]).exits(0));
    let schema: serde_json::Value = serde_json::from_str(include_str!("../../docs/plan.schema.json")).unwrap();
    assert!(jsonschema::is_valid(&schema, &document));
    run(&["manifest", "HEAD", "--out", "to.manifest"]);
    diffpurge(["manifest", "dir:public", "--hash", "sha256", "--out", "to256.manifest"]).within(&repo).run().exits(0);
    for to in ["dir:public", "manifest:to256.manifest"] {
        run(&["verify", "empty", to]).exits(0).says(" fresh\n");
    }
}

#[test]
fn what_is_reached_through_links_is_proved_by_the_content_they_lead_to() {
    let (repo, _) = site(2);
    for content in ["first", "second"] {
        repo.file("public/real/page.css", content).file("outside.css", content);
        if content == "first" {
            repo.link("public/dir", "real")
                .link("public/file.css", "dir/../real/page.css")
                .link("public/out.css", "../outside.css");
        }
        repo.commit();
    }
    let origin = Served::of(&repo.path().join("public"));
    let edge = edge_before(origin.address());
    let verify = || diffpurge(["verify", "HEAD~1", "-v", "--edge", &door(&edge)]).within(&repo).run();
    let ran = verify().exits(0);
    for path in ["real/page.css", "dir/page.css", "file.css"] {
        let fresh = format!("  fresh       https://{HOST}/{path}  the content is TO's");
        assert!(ran.stdout.contains(&fresh), "{path} in {}", ran.stdout);
    }
    let key = Key { url: format!("https://{HOST}/dir/page.css"), origin: String::new() };
    let stored = std::time::Instant::now();
    edge.keep(key, Entry { status: 200, headers: vec![], body: "first".into(), stored, stale: false });
    verify().exits(1).says(" 1 stale\n");
}

#[test]
fn more_than_any_memory_holds_is_an_error_and_is_not_asked_for() {
    let queries: Vec<String> = (0..999).map(|i| format!("\"q={i}\"")).collect();
    let rule = format!("[[site.rule]]\nmatch = [\"**\"]\nqueries = [{}]\n", queries.join(", "));
    let site = format!("[[site]]\nname = \"www\"\nbase_urls = [\"https://{HOST}/\"]\n{rule}");
    let repo = Repo::of(&[("purge.toml", &site)]);
    repo.files((0..3400).map(|i| format!("{i:04}.html")), "1").commit();
    let ran = diffpurge(["verify", "HEAD~1", "--edge", "http://127.0.0.1:9"]).within(&repo).run().exits(2);
    ran.fails_with("mean about 10,200,000 operations, more than can be planned", "by = \"prefix\"");
}
