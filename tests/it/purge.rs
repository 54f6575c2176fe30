//! `diffpurge purge` against an edge that answers well: what is evicted, what stays, what is sent.

use std::fmt::Write as _;

use diffpurge::edge::{Edge, Key};

use crate::support::{ENVIRONMENT, Repo, Tool, ZONE, diffpurge, edge, entry, kept, stale, warm};

/// A site with two commits; `changed` files of 200 differ.
fn site(changed: usize, config: &str) -> Repo {
    let mut text = String::from("[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n");
    writeln!(text, "{config}").unwrap();
    let repo = Repo::of(&[("purge.toml", &text), ("index.html", "1")]);
    repo.files((0..200).map(|i| format!("{i:03}.css")), "1").commit();
    repo.files((0..changed).map(|i| format!("{i:03}.css")), "2").commit();
    repo
}

fn purge(repo: &Repo, edge: &Edge) -> Tool {
    diffpurge(["purge", "HEAD~1", "HEAD"]).within(repo).against(edge)
}

#[test]
fn exactly_the_changed_urls_are_evicted() {
    let edge = edge();
    let repo = Repo::of(&[("index.html", "1"), ("blog/index.html", "1"), ("same.css", "1"), ("gone.html", "1")]);
    repo.file("blog/index.html", "2").remove("gone.html").commit();
    warm(
        &edge,
        &[
            "https://www.example.com/blog/",
            "https://www.example.com/blog",
            "https://www.example.com/blog/index.html",
            "https://www.example.com/gone",
            "https://www.example.com/same.css",
            "https://www.example.com/blog/other/",
            "https://other.example.com/blog/",
        ],
    );
    let tool = diffpurge(["purge", "HEAD~1", "--base-url", "https://www.example.com"]).within(&repo).against(&edge);
    tool.run().exits(0).says("accepted: 7 URLs in 1 request");
    assert_eq!(
        kept(&edge),
        ["https://other.example.com/blog/", "https://www.example.com/blog/other/", "https://www.example.com/same.css"]
    );
}

#[test]
fn what_a_dry_run_prints_is_what_is_sent_byte_for_byte() {
    let edge = edge();
    let repo = site(130, "");
    let printed = diffpurge(["plan", "HEAD~1", "--format", "requests"]).within(&repo).run().exits(0).stdout;
    purge(&repo, &edge).run().exits(0).says("accepted: 130 URLs in 2 requests");
    let mut sent: Vec<String> = edge.recorded().into_iter().map(|r| r.body).collect();
    sent.sort_unstable();
    let mut printed: Vec<&str> = printed.lines().collect();
    printed.sort_unstable();
    assert_eq!(sent, printed);
    assert!(edge.recorded().iter().all(|r| r.path == format!("/zones/{ZONE}/purge_cache") && r.status == 200));
}

#[test]
fn above_the_threshold_hosts_leave_other_hosts_alone() {
    let edge = edge();
    warm(&edge, &["https://www.example.com/x", "https://blog.example.com/x"]);
    let repo = site(30, "[site.threshold]\nurls = 20\nthen = \"hosts\"\n");
    purge(&repo, &edge)
        .run()
        .exits(0)
        .says("more than threshold.urls = 20: purging everything under www.example.com\n");
    assert_eq!(edge.recorded().into_iter().map(|r| r.body).collect::<Vec<_>>(), [r#"{"hosts":["www.example.com"]}"#]);
    assert_eq!(kept(&edge), ["https://blog.example.com/x"]);
}

#[test]
fn above_the_threshold_fail_shows_the_plan_sends_nothing_and_exits_4() {
    let edge = edge();
    let repo = site(30, "[site.threshold]\nurls = 20\nthen = \"fail\"\n");
    let plan = diffpurge(["plan", "HEAD~1"]).within(&repo).run();
    for ran in [plan, purge(&repo, &edge).run()] {
        let ran = ran.exits(4).errs_with("30 URLs changed, more than `threshold.urls = 20`", "raise `urls` to 30");
        let first = ran.stdout.lines().next().unwrap();
        assert_eq!(first, "www: 30 URLs changed, more than threshold.urls = 20: refused, nothing is purged");
        ran.says("  ~ 000.css                     1 URL\n").says("and 12 more (all with -v)  12 URLs");
    }
    let json = diffpurge(["plan", "HEAD~1", "--format", "json"]).within(&repo).run().exits(4).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(json["sites"][0]["refused"].as_str().unwrap().starts_with("site www: 30 URLs changed"));
    assert_eq!(
        (json["sites"][0]["operations"].as_array().unwrap().len(), &json["sites"][0]["requests"]),
        (30, &serde_json::json!([]))
    );
    let requests = diffpurge(["plan", "HEAD~1", "--format", "requests"]).within(&repo).run().exits(4).stdout;
    assert_eq!((requests.as_str(), edge.recorded().len()), ("", 0));
    let repo = site(20, "[site.threshold]\nurls = 20\nthen = \"fail\"\n");
    purge(&repo, &edge).run().exits(0);
}

#[test]
fn a_file_that_bears_on_the_whole_site_purges_all_of_it() {
    let edge = edge();
    let repo = Repo::of(&[(
        "purge.toml",
        "[[site]]\nname = \"w\"\nbase_urls = [\"https://www.example.com/\"]\noutput = \"public\"\nignore = [\"**/*.map\"]\n",
    )]);
    repo.file("public/index.html", "1")
        .file("public/_headers", "1")
        .file("public/a.css", "1")
        .file("public/d/index.html", "1")
        .file("public/x.map", "1")
        .commit();
    repo.file("public/_headers", "2").commit();
    let all = ["https://www.example.com/a.css", "https://www.example.com/d/", "https://www.example.com/x.map"];
    warm(&edge, &all);
    purge(&repo, &edge)
        .run()
        .exits(0)
        .says("note: _headers may name routes that have no file")
        .says("  ~ _headers                    1 URL\n");
    assert_eq!(kept(&edge), [all[2]], "what is ignored stays");
    repo.file("public/d/.htaccess", "1").file("public/404.html", "1").commit();
    let urls = diffpurge(["plan", "HEAD~1", "-v"]).within(&repo).run().exits(0);
    let urls = urls.says("note: 404.html is also the answer under unknown URLs");
    assert!(
        urls.stdout.contains("d/.htaccess added, which bears on its directory") && !urls.stdout.contains("a.css"),
        "{}",
        urls.stdout
    );
    let json = diffpurge(["plan", "HEAD~1", "--format", "json"]).within(&repo).run().exits(0).stdout;
    assert!(json.contains("\"scope\": \"subtree\""), "{json}");
}

#[test]
fn the_plan_stands_there_before_anything_is_sent() {
    let edge = edge();
    let repo = site(1, "");
    let toxic = crate::support::Toxic::before(&edge, |_, _| crate::support::Fault::Hang);
    let mut child = diffpurge(["purge", "HEAD~1"]).within(&repo).through(&toxic).start();
    toxic.wait_for_a_hang();
    let mut line = String::new();
    let mut stdout = std::io::BufReader::new(child.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut stdout, &mut line).unwrap();
    assert!(line.starts_with("www: HEAD~1 ("), "{line}");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn one_report_file_that_cannot_be_written_leaves_the_other_alone() {
    let edge = edge();
    let repo = site(1, "");
    let tool =
        diffpurge(["purge", "HEAD~1", "--out", "/dev/full", "--summary", "summary.md"]).within(&repo).against(&edge);
    tool.run().exits(1).errs_with("cannot write /dev/full; all else was carried out", "directory that exists");
    let summary = std::fs::read_to_string(repo.path().join("summary.md")).unwrap();
    assert!(summary.contains("**accepted**: 1 operation in 1 request"), "{summary}");
}

#[test]
fn a_report_that_cannot_be_printed_is_still_written() {
    let edge = edge();
    let repo = site(1, "");
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let tool = diffpurge(["purge", "HEAD~1", "--format", "json", "--out", "report.json"]).within(&repo).against(&edge);
    let ran = tool.printing_to(full).exits(1);
    assert!(ran.stderr.starts_with("error: cannot print the result\ncaused by: "), "{}", ran.stderr);
    let report = std::fs::read_to_string(repo.path().join("report.json")).unwrap();
    assert!(report.contains("\"outcome\": \"accepted\""), "{report}");
}

#[test]
fn a_changed_submodule_purges_what_lies_below_it() {
    let edge = edge();
    warm(&edge, &["https://www.example.com/sub/x", "https://www.example.com/sub", "https://www.example.com/subway"]);
    let repo = Repo::of(&[("index.html", "1")]);
    let commit = repo.git(&["rev-parse", "HEAD"]);
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},sub")]);
    repo.git(&["commit", "-q", "-m", "sub"]);
    let tool = diffpurge(["purge", "HEAD~1", "--base-url", "https://www.example.com"]).within(&repo).against(&edge);
    tool.run().exits(0).says("1 URL, 1 prefix in 2 requests").says("www.example.com/sub/*");
    assert_eq!(kept(&edge), ["https://www.example.com/subway"]);
}

#[test]
fn several_sites_are_purged_in_one_run() {
    let edge = edge();
    let text = "[[site]]\nname = \"a\"\nbase_urls = [\"https://a.example.com/\"]\noutput = \"a\"\n\
                [[site]]\nname = \"b\"\nbase_urls = [\"https://b.example.com/\"]\noutput = \"b\"\n";
    let repo = Repo::of(&[("purge.toml", text), ("a/index.html", "1"), ("a/x.css", "1"), ("b/x.css", "1")]);
    repo.file("a/x.css", "2").commit();
    warm(&edge, &["https://a.example.com/x.css", "https://b.example.com/x.css"]);
    purge(&repo, &edge).run().exits(0).says("accepted: 1 URL in 1 request").says("b: nothing changed between");
    assert_eq!(kept(&edge), ["https://b.example.com/x.css"]);
}

#[test]
fn the_report_is_json_or_markdown_on_request_and_no_plan_format() {
    let edge = edge();
    let repo = site(1, "");
    let ran = purge(&repo, &edge).run().exits(0);
    assert_eq!(ran.stderr, "", "quiet where there is nothing to say");
    let ran = diffpurge(["purge", "HEAD~1", "--format", "json"]).within(&repo).against(&edge).run().exits(0);
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let receipt = &json["sites"][0]["receipts"][0];
    assert_eq!(receipt["outcome"], "accepted");
    assert_eq!(receipt["operations"], serde_json::json!(["https://www.example.com/000.css"]));
    assert_eq!((&receipt["attempts"], &receipt["status"], &receipt["id"]), (&1.into(), &200.into(), &ZONE.into()));
    assert_eq!(receipt["ray"], "0123456789abcdef-LOC");
    let ran = diffpurge(["purge", "HEAD~1", "--format", "markdown"]).within(&repo).against(&edge).run().exits(0);
    assert!(ran.stdout.contains("- **accepted**: 1 operation in 1 request"), "{}", ran.stdout);
    for format in ["urls", "requests"] {
        let ran = diffpurge(["purge", "HEAD~1", "--format", format]).within(&repo).against(&edge).run().exits(2);
        ran.fails_with(&format!("`--format {format}`"), "--dry-run");
    }
    assert_eq!(edge.recorded().len(), 3);
}

#[test]
fn verbose_shows_each_request_on_stderr() {
    let edge = edge();
    let repo = site(130, "");
    let ran = diffpurge(["purge", "HEAD~1", "-v"]).within(&repo).against(&edge).run().exits(0);
    assert!(
        ran.stderr.contains("accepted: 100 operations in ") && ran.stderr.contains("accepted: 30 operations in "),
        "{}",
        ran.stderr
    );
    assert_eq!(ran.stdout.matches("https://www.example.com/").count(), 130);
}

#[test]
fn what_is_missing_to_send_is_found_before_anything_is_sent() {
    let edge = edge();
    let repo = site(1, "");
    let bare = || diffpurge(["purge", "HEAD~1"]).within(&repo).env("CLOUDFLARE_BASE_URL", edge.api_base());
    bare().run().exits(2).fails_with("site www: no zone id is known", "CLOUDFLARE_ZONE_ID");
    let zone = || bare().env("CLOUDFLARE_ZONE_ID", ZONE);
    zone().run().exits(2).fails_with("CLOUDFLARE_API_TOKEN is not set", "export CLOUDFLARE_API_TOKEN=");
    zone().env("CLOUDFLARE_API_TOKEN", "  ").run().exits(2).fails_with("is set, and is empty", "Cache Purge");
    for blank in ["", " \n"] {
        let ran = zone().env("CLOUDFLARE_API_TOKEN", blank).run().exits(2);
        ran.fails_with("CLOUDFLARE_API_TOKEN is set, and is empty", "which a fork or this job may not read");
        let ran = bare().env("CLOUDFLARE_ZONE_ID", blank).run().exits(2);
        ran.fails_with("CLOUDFLARE_ZONE_ID is set, and is empty", "set `zone_id` in [site.cloudflare]");
    }
    let quoted = bare().env("CLOUDFLARE_ZONE_ID", format!("\"{ZONE}\"")).run().exits(2);
    quoted.fails_with("the zone id has quotes around it", "leave the quotes out");
    let ran = zone().env("CLOUDFLARE_API_TOKEN", "Sn3Zz token").run().exits(2);
    assert!(!ran.stderr.contains("Sn3Zz"));
    ran.fails_with("white space", "copy the token again");
    let ran =
        zone().env("CLOUDFLARE_API_TOKEN", "x").env("CLOUDFLARE_BASE_URL", "http://api.example.com/").run().exits(2);
    ran.fails_with("over https only", "unset it");
    assert_eq!(edge.recorded(), []);
}

#[test]
fn the_token_comes_from_the_variable_that_the_file_names() {
    let edge = edge();
    let repo = site(1, &format!("[site.cloudflare]\ntoken_env = \"OTHER_TOKEN\"\nzone_id = \"{ZONE}\"\n"));
    let tool = || diffpurge(["purge", "HEAD~1"]).within(&repo).env("CLOUDFLARE_BASE_URL", edge.api_base());
    tool().env("OTHER_TOKEN", crate::support::TOKEN).run().exits(0);
    tool()
        .env("CLOUDFLARE_API_TOKEN", crate::support::TOKEN)
        .run()
        .exits(2)
        .fails_with("OTHER_TOKEN is not set", "OTHER_TOKEN");
}

#[test]
fn variants_and_tags_of_a_rule_are_evicted_and_others_stay() {
    let edge = edge();
    let repo = site(
        1,
        "[[site.rule]]\nmatch = [\"*.css\"]\norigins = [\"https://a.example\"]\nqueries = [\"v=1\"]\ntags = [\"css\"]\n",
    );
    let keep = |path: &str, origin: &str, tags: &str| {
        let key = Key { url: format!("https://www.example.com{path}"), origin: origin.to_owned() };
        edge.keep(key, entry(tags));
    };
    for origin in ["", "https://a.example", "https://b.example"] {
        keep("/000.css", origin, "x");
        keep("/000.css?v=1", origin, "x");
    }
    keep("/all", "", "pages,CSS");
    keep("/001.css", "", "x");
    purge(&repo, &edge).run().exits(0).says("accepted: 4 URLs, 1 tag in 2 requests");
    let left: Vec<(String, String)> = edge.cached().into_iter().map(|(key, _)| (key.url, key.origin)).collect();
    let url = |path: &str, origin: &str| (format!("https://www.example.com{path}"), origin.to_owned());
    assert_eq!(
        left,
        [url("/000.css", "https://b.example"), url("/000.css?v=1", "https://b.example"), url("/001.css", "")]
    );
}

#[test]
fn a_rule_may_ask_for_everything_whatever_the_threshold_says() {
    let edge = edge();
    let repo = site(
        30,
        "[site.threshold]\nurls = 20\nthen = \"fail\"\n[[site.rule]]\nmatch = [\"000.css\"]\nscope = \"everything\"\n",
    );
    let ran = purge(&repo, &edge).run().exits(0);
    let ran = ran.says("www: BROAD PURGE: a rule asks for everything in the zone\n");
    ran.says("everything in the zone  000.css modified, which bears on everything in the zone, rule 1 (000.css)");
    assert_eq!(edge.recorded().into_iter().map(|r| r.body).collect::<Vec<_>>(), [r#"{"purge_everything":true}"#]);
}

#[test]
fn a_fallback_to_hosts_leaves_out_nothing_that_lies_elsewhere() {
    let rule = "[[site.rule]]\nmatch = [\"*.css\"]\ntags = [\"css\"]\nhosts = [\"img.example.com\"]\nprefixes = [\"cdn.example.com/a/\", \"www.example.com/b/\"]\n";
    let repo = site(30, &format!("[site.threshold]\nurls = 20\nthen = \"hosts\"\n{rule}"));
    let printed = diffpurge(["plan", "HEAD~1", "--format", "requests"]).within(&repo).run().exits(0).stdout;
    assert_eq!(
        printed.lines().collect::<Vec<_>>(),
        [
            r#"{"prefixes":["cdn.example.com/a/"]}"#,
            r#"{"tags":["css"]}"#,
            r#"{"hosts":["img.example.com","www.example.com"]}"#
        ]
    );
}

#[test]
fn the_list_of_urls_names_each_once_and_says_what_it_leaves_out() {
    let repo = site(1, "[[site.rule]]\nmatch = [\"*.css\"]\norigins = [\"https://a.example\"]\ntags = [\"css\"]\n");
    let ran = diffpurge(["plan", "HEAD~1", "--format", "urls"]).within(&repo).run().exits(0);
    assert_eq!(ran.stdout, "https://www.example.com/000.css\n");
    assert!(ran.stderr.contains("the list of URLs is not all of the plan"), "{}", ran.stderr);
    assert!(ran.stderr.contains("for several values of request headers"), "{}", ran.stderr);
}

#[test]
fn what_is_invalidated_stays_and_is_asked_about() {
    let edge = edge();
    let (changed, same) = ("https://www.example.com/000.css", "https://www.example.com/001.css");
    warm(&edge, &[changed, same]);
    let repo = site(1, "[site.cloudflare]\nmode = \"invalidate\"\n");
    purge(&repo, &edge)
        .run()
        .exits(0)
        .says("1 URL, to be invalidated, in 1 request")
        .says("accepted: 1 URL in 1 request");
    assert_eq!((kept(&edge).len(), stale(&edge)), (2, vec![changed.to_owned()]));
    assert_eq!(edge.recorded()[0].path, format!("/zones/{ZONE}/invalidate_cache"));
}

#[test]
fn a_fallback_has_a_mode_of_its_own() {
    let edge = edge();
    warm(&edge, &["https://www.example.com/x"]);
    let repo = site(30, "[site.threshold]\nurls = 20\nthen = \"everything\"\nmode = \"invalidate\"\n");
    purge(&repo, &edge).run().exits(0).says("more than threshold.urls = 20: invalidating everything in the zone");
    assert_eq!(stale(&edge), ["https://www.example.com/x"]);
    let tagged = "[[site.rule]]\nmatch = [\"*.css\"]\ntags = [\"t\"]\n";
    let mixed = site(30, &format!("[site.threshold]\nurls = 20\nthen = \"hosts\"\nmode = \"invalidate\"\n{tagged}"));
    purge(&mixed, &edge).run().exits(0).says("1 tag, 1 host, 1 of them to be invalidated, in 2 requests");
    let mut paths: Vec<String> =
        edge.recorded().into_iter().skip(1).map(|r| format!("{} {}", r.path, r.body)).collect();
    paths.sort_unstable();
    let zone = format!("/zones/{ZONE}");
    let (hosts, tags) = (r#"{"hosts":["www.example.com"]}"#, r#"{"tags":["t"]}"#);
    assert_eq!(paths, [format!("{zone}/invalidate_cache {hosts}"), format!("{zone}/purge_cache {tags}")]);
    let few = site(3, "[site.threshold]\nurls = 20\nmode = \"invalidate\"\n");
    let json = diffpurge(["plan", "HEAD~1", "--format", "json"]).within(&few).run().exits(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&json["sites"][0]["mode"], &json["sites"][0]["requests"][0]["path"]),
        (&"purge".into(), &"/zones/{zone_id}/purge_cache".into())
    );
}

#[test]
fn an_environment_is_purged_by_its_own_path() {
    let edge = edge();
    warm(&edge, &["https://www.example.com/000.css"]);
    let repo = site(1, &format!("[site.cloudflare]\nenvironment_id = \"{ENVIRONMENT}\"\n"));
    purge(&repo, &edge).run().exits(0).says(&format!("to environment {ENVIRONMENT} of zone {ZONE}"));
    assert_eq!(edge.recorded()[0].path, format!("/zones/{ZONE}/environments/{ENVIRONMENT}/purge_cache"));
    assert_eq!(kept(&edge), Vec::<String>::new());
}

#[test]
fn one_failing_site_does_not_stop_the_others() {
    let edge = edge();
    let site = |name: &str, extra: &str| {
        format!("[[site]]\nname = \"{name}\"\nbase_urls = [\"https://{name}.example.com/\"]\n{extra}\n")
    };
    let config = [
        site("nowhere", "output = \"no-such-directory\""),
        site("good", ""),
        site("refused", "[site.threshold]\nurls = 1\nthen = \"fail\""),
        site("tokenless", "[site.cloudflare]\ntoken_env = \"NO_SUCH_TOKEN\""),
        site("outside", "").replace("outside.example.com", "www.example.org"),
    ];
    let repo = Repo::of(&[("purge.toml", &config.concat()), ("index.html", "1"), ("a.css", "1"), ("b.css", "1")]);
    repo.file("a.css", "2").file("b.css", "2").commit();
    let purge = || diffpurge(["purge", "HEAD~1"]).within(&repo).against(&edge);
    let ran = purge().run();
    assert_ne!(ran.code, Some(0), "a failing site is told by the exit code");
    let ran = ran.says("good: accepted: 2 URLs in 1 request");
    for (name, why) in [
        ("nowhere", "is neither in HEAD~1 nor in HEAD"),
        ("refused", "more than `threshold.urls = 1`"),
        ("tokenless", "NO_SUCH_TOKEN is not set"),
        ("outside", "www.example.org"),
    ] {
        let told =
            ran.stderr.lines().any(|line| line.starts_with("error: site") && line.contains(name) && line.contains(why));
        assert!(told, "{name}: {why}:\n{}", ran.stderr);
    }
    for name in ["refused", "tokenless", "outside"] {
        assert!(ran.stdout.contains(&format!("{name}: NOT purged: ")), "{name}:\n{}", ran.stdout);
    }
    assert_eq!(edge.recorded().len(), 1, "one site, one request");
    let json = diffpurge(["purge", "HEAD~1", "--format", "json"]).within(&repo).against(&edge).run();
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    let failed: Vec<bool> = json["sites"].as_array().unwrap().iter().map(|site| site["failed"].is_string()).collect();
    assert_eq!(failed, [false, true, true, true]);
    let plan = diffpurge(["plan", "HEAD~1"]).within(&repo).run();
    assert_ne!(plan.code, Some(0));
    plan.says("good: HEAD~1").says("outside: HEAD~1");
}

#[test]
fn variants_that_no_memory_holds_fall_back_before_they_are_made_or_are_refused() {
    let queries: Vec<String> = (0..999).map(|i| format!("\"q={i}\"")).collect();
    let config = format!(
        "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n[[site.rule]]\nmatch = [\"**\"]\nqueries = [{}]\n",
        queries.join(", ")
    );
    let repo = Repo::of(&[("purge.toml", &config)]);
    repo.files((0..3400).map(|i| format!("{i:04}.html")), "1").commit();
    let ran = diffpurge(["plan", "HEAD~1"]).within(&repo).run().exits(0);
    let line = "www: BROAD PURGE: the changes mean about 10,200,000 operations, more than can be listed: purging everything in the zone\n";
    assert!(ran.stdout.starts_with(line), "{}", ran.stdout);
    ran.says("3,400 paths changed: 3,400 added").says("1 purge of everything in 1 request");
    repo.file("purge.toml", &format!("{config}[site.threshold]\nthen = \"fail\"\n"));
    let ran = diffpurge(["plan", "HEAD~1"]).within(&repo).run().exits(4);
    ran.errs_with(
        "mean about 10,200,000 operations, more than can be listed, and `then = \"fail\"`",
        "by = \"prefix\"",
    );
}

#[test]
fn a_report_that_cannot_be_written_hides_no_error_of_a_site() {
    let edge = edge();
    let site = |name: &str, extra: &str| {
        format!("[[site]]\nname = \"{name}\"\nbase_urls = [\"https://{name}.example.com/\"]\n{extra}\n")
    };
    let config = [site("good", ""), site("tokenless", "[site.cloudflare]\ntoken_env = \"NO_SUCH_TOKEN\"")].concat();
    let repo = Repo::of(&[("purge.toml", &config)]);
    repo.file("a.css", "1").commit();
    let ran = diffpurge(["purge", "HEAD~1", "--out", "/dev/full"]).within(&repo).against(&edge).run().exits(1);
    let errors: Vec<&str> = ran.stderr.lines().filter(|line| line.starts_with("error: ")).collect();
    let want = [
        "error: site tokenless: no API token: the environment variable NO_SUCH_TOKEN is not set",
        "error: cannot write /dev/full; all else was carried out",
    ];
    assert_eq!(errors, want, "{}", ran.stderr);
}
