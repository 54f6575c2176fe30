//! Caches that take purges as HTTP requests: a real Varnish and a real nginx, with the configurations that the page shows.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc::{Receiver, channel};

use diffpurge::config::Config;

use crate::support::{
    FILES, Kind, Purging, Ran, Repo, SiteOrigin, TOKEN, Tool, Varnish, Visitor, WebServer, ZONE, diffpurge, edge,
    listed, required, stale, warm as warm_edge,
};

const HOST: &str = "www.example.com";

/// What the page's Varnish takes.
const ALL_KINDS: &str = "ban = { method = \"BAN\", header = \"X-Ban-Prefix\" }\ntags = { method = \"PURGE\", header = \"xkey\" }\n\
    everything = { method = \"BAN\", path = \"/\", header = \"X-Ban-All\", value = \"1\" }\nsoft = { header = \"X-Soft\", value = \"1\" }\n";

fn varnish_is_there() -> bool {
    required(Varnish::is_installed(), "varnish with varnish-modules")
}

fn nginx_is_there() -> bool {
    required(WebServer::nginx_can_purge(), "nginx with libnginx-mod-http-cache-purge")
}

/// The site of the tests, with these lines between its own and its cache's, and these of its cache.
fn config(endpoints: &[String], site: &str, cache: &str) -> String {
    let endpoints: Vec<String> = endpoints.iter().map(|endpoint| format!("\"{endpoint}\"")).collect();
    format!(
        "[[site]]\nname = \"www\"\nbase_urls = [\"https://{HOST}/\"]\noutput = \"public\"\n\
         host = \"nginx-try-files-index\"\n{site}\n\
         [site.http_purge]\nendpoints = [{}]\ntoken_env = \"PURGE_TOKEN\"\n{cache}",
        endpoints.join(", ")
    )
}

fn purge(repo: &Repo, arguments: &[&str]) -> Tool {
    run(repo, &[&["purge"], arguments].concat())
}

fn run(repo: &Repo, arguments: &[&str]) -> Tool {
    diffpurge(arguments).within(repo).env("PURGE_TOKEN", TOKEN)
}

/// Every URL path that somebody may ask for because of a file.
fn spellings(path: &str) -> BTreeSet<String> {
    let mut all: BTreeSet<String> = [format!("/{path}"), format!("/{path}/")].into();
    if let Some(stem) = path.strip_suffix(".html") {
        all.extend([format!("/{stem}"), format!("/{stem}/")]);
    }
    if let Some(directory) = path.strip_suffix("/index.html") {
        all.extend([format!("/{directory}"), format!("/{directory}/")]);
    }
    all
}

/// What a URL answers, by path.
type Answers = BTreeMap<String, (u16, Vec<u8>)>;

/// What became of the entries of a cache.
#[derive(Debug, Default, PartialEq, Eq)]
struct Judgement {
    /// Answers that are no longer the origin's.
    stale: Vec<String>,
    /// Answers that are as they were, and were evicted.
    wasted: Vec<String>,
    /// Those that changed.
    changed: usize,
}

/// Asks the origin itself.
fn truth(origin: &SiteOrigin, paths: &BTreeSet<String>) -> Answers {
    let mut visitor = Visitor::of(HOST, origin.address());
    let answers = paths.iter().map(|path| {
        let seen = visitor.get(path);
        (path.clone(), (seen.status, seen.body))
    });
    answers.collect()
}

/// Fills a cache, so that every further answer is a hit.
fn warm(cache: SocketAddr, paths: &BTreeSet<String>) {
    let mut visitor = Visitor::of(HOST, cache);
    for path in paths {
        visitor.get(path);
    }
    let cold: Vec<&String> = paths.iter().filter(|path| !visitor.get(path).is_hit).collect();
    assert!(cold.is_empty(), "not cached: {cold:?}");
}

/// Visits all of it again.
fn judge(cache: SocketAddr, before: &Answers, after: &Answers) -> Judgement {
    let mut visitor = Visitor::of(HOST, cache);
    let mut judgement = Judgement::default();
    for (path, (status, body)) in after {
        let seen = visitor.get(path);
        if seen.content() != (*status, body.as_slice()) {
            judgement.stale.push(path.clone());
        }
        if before[path] != after[path] {
            judgement.changed += 1;
        } else if !seen.is_hit {
            judgement.wasted.push(path.clone());
        }
    }
    judgement
}

/// A site of 2,000 files, live in its first revision.
fn large_site() -> (Repo, BTreeSet<String>) {
    let repo = Repo::new();
    let mut paths = BTreeSet::new();
    for section in 0..20 {
        for page in 0..80 {
            paths.insert(format!("docs/{section:02}/page-{page:02}.html"));
        }
        for page in 0..15 {
            paths.insert(format!("guide/{section:02}/{page:02}/index.html"));
        }
        for asset in 0..5 {
            paths.insert(format!("assets/{section:02}/style-{asset}.css"));
        }
    }
    assert_eq!(paths.len(), 2000);
    for path in &paths {
        repo.file(format!("public/{path}"), &format!("first {path}"));
    }
    repo.commit();
    (repo, paths)
}

/// Deploys its second revision: 100 files differ.
fn deploy(repo: &Repo, paths: &mut BTreeSet<String>) {
    for section in 0..18 {
        for path in [
            format!("docs/{section:02}/page-07.html"),
            format!("docs/{section:02}/page-70.html"),
            format!("guide/{section:02}/03/index.html"),
            format!("guide/{section:02}/14/index.html"),
            format!("assets/{section:02}/style-2.css"),
        ] {
            assert!(paths.contains(&path));
            repo.file(format!("public/{path}"), &format!("second {path}"));
        }
    }
    for n in 0..5 {
        let added = format!("docs/19/new-{n}.html");
        repo.file(format!("public/{added}"), "new").remove(format!("public/guide/19/{n:02}"));
        paths.insert(added);
    }
    repo.commit();
}

/// What the whole loop comes to.
struct Looped {
    judgement: Judgement,
    ran: Ran,
    /// How often those who came back made the cache ask the origin.
    asked: usize,
    /// The same after a purge of everything, where the cache knows one.
    asked_after_all: Option<usize>,
}

/// The whole loop, over one cache.
fn the_whole_loop(start: impl FnOnce(SocketAddr) -> (SocketAddr, Box<dyn std::any::Any>), bans: bool) -> Looped {
    let (repo, mut files) = large_site();
    let origin = SiteOrigin::over(&repo.path().join("public"));
    let (cache, _running) = start(origin.address());
    let mut all = files.clone();
    all.extend((0..5).map(|n| format!("docs/19/new-{n}.html")));
    let paths: BTreeSet<String> = all.iter().flat_map(|path| spellings(path)).collect();
    let before = truth(&origin, &paths);
    warm(cache, &paths);
    deploy(&repo, &mut files);
    let after = truth(&origin, &paths);
    let untouched = judge(cache, &before, &after);
    assert_eq!((untouched.stale.len(), untouched.wasted.len()), (untouched.changed, 0), "without a purge all is old");
    repo.file("purge.toml", &config(&[format!("http://{cache}")], "", ""));
    let ran = purge(&repo, &["HEAD~1", "HEAD"]).run().exits(0);
    origin.requests();
    let judgement = judge(cache, &before, &after);
    let asked = origin.requests();
    let asked_after_all = bans.then(|| {
        let header = format!("Authorization: Bearer {TOKEN}\r\nX-Ban-All: 1\r\n");
        assert_eq!(Visitor::of(HOST, cache).ask("BAN", "/", &header).status, 200);
        judge(cache, &before, &after);
        origin.requests()
    });
    Looped { judgement, ran, asked, asked_after_all }
}

/// What was printed, with the port that the page shows.
fn as_on_the_page(ran: &Ran, cache: SocketAddr) -> String {
    ran.stdout.replace(&cache.to_string(), "127.0.0.1:6081")
}

#[test]
fn on_varnish_exactly_what_changed_is_evicted() {
    if !varnish_is_there() {
        return;
    }
    let mut address = None;
    let start = |origin: SocketAddr| {
        let varnish = Varnish::before(origin, TOKEN);
        address = Some(varnish.address());
        (varnish.address(), Box::new(varnish) as Box<dyn std::any::Any>)
    };
    let Looped { judgement, ran, asked, asked_after_all } = the_whole_loop(start, true);
    assert_eq!((judgement.stale, judgement.wasted), (Vec::new(), Vec::new()));
    assert_eq!(asked, judgement.changed, "the origin is asked once for each URL that changed");
    assert_eq!((asked, asked_after_all), (264, Some(8420)), "as the page says");
    let printed = as_on_the_page(&ran, address.unwrap());
    let shown = crate::support::VARNISH_PAGE.split("\n```text\n").nth(1).unwrap().split("\n```").next().unwrap();
    let (_, shown) = shown.split_once("$ diffpurge purge HEAD~1 HEAD\n").unwrap();
    assert_eq!(shown.trim_end(), printed.trim_end(), "the page shows something else; it prints:\n{printed}");
}

#[test]
fn on_nginx_exactly_what_changed_is_evicted() {
    if !nginx_is_there() {
        return;
    }
    let start = |origin: SocketAddr| {
        let nginx = WebServer::start(Kind::NginxCache(origin, Purging::Works), std::path::Path::new("/"));
        (nginx.address(), Box::new(nginx) as Box<dyn std::any::Any>)
    };
    let Looped { judgement, asked, .. } = the_whole_loop(start, false);
    assert_eq!((judgement.stale, judgement.wasted), (Vec::new(), Vec::new()));
    assert_eq!(asked, judgement.changed, "the origin is asked once for each URL that changed");
}

/// The URLs that stay old after a site with hostile names was deployed anew and purged, of those that are listed for its files and
/// answer; and these with small hex digits. The site and its cache have these further lines.
fn stale_of_hostile_names(
    start: impl FnOnce(SocketAddr) -> (SocketAddr, Box<dyn std::any::Any>),
    (of_site, of_cache): (&str, &str),
) -> (usize, Vec<String>) {
    let repo = Repo::new();
    for file in FILES {
        repo.file([b"public/", *file].concat(), "first");
    }
    repo.commit();
    let origin = SiteOrigin::over(&repo.path().join("public"));
    let (cache, _running) = start(origin.address());
    let mut paths: BTreeSet<String> =
        FILES.iter().flat_map(|file| listed("nginx-try-files-index", "all", file)).collect();
    paths.extend(paths.clone().iter().map(|path| path.to_ascii_lowercase()));
    paths.retain(|path| truth(&origin, &[path.clone()].into())[path].0 == 200);
    let before = truth(&origin, &paths);
    warm(cache, &paths);
    for file in FILES {
        repo.file([b"public/", *file].concat(), "second");
    }
    repo.file("purge.toml", &config(&[format!("http://{cache}")], of_site, of_cache)).commit();
    purge(&repo, &["HEAD~1", "HEAD"]).run().exits(0);
    (paths.len(), judge(cache, &before, &truth(&origin, &paths)).stale)
}

#[test]
fn names_that_break_naive_tools_are_purged_byte_for_byte() {
    if !(varnish_is_there() && nginx_is_there()) {
        return;
    }
    let varnish = |origin: SocketAddr| {
        let varnish = Varnish::before(origin, TOKEN);
        (varnish.address(), Box::new(varnish) as Box<dyn std::any::Any>)
    };
    let nginx = |origin: SocketAddr| {
        let nginx = WebServer::start(Kind::NginxCache(origin, Purging::Works), std::path::Path::new("/"));
        (nginx.address(), Box::new(nginx) as Box<dyn std::any::Any>)
    };
    let small = "escapes = \"both\"\n";
    for (all, stale) in [stale_of_hostile_names(varnish, (small, "")), stale_of_hostile_names(nginx, (small, ""))] {
        assert!(all > 150, "{all}");
        assert_eq!(stale, Vec::<String>::new(), "escapes in small letters are asked for too");
    }
    for (all, stale) in [stale_of_hostile_names(varnish, ("", "")), stale_of_hostile_names(nginx, ("", ""))] {
        assert!(all > 150, "{all}");
        let in_capitals: Vec<&String> = stale.iter().filter(|path| **path != path.to_ascii_lowercase()).collect();
        assert_eq!(in_capitals, Vec::<&String>::new());
        assert!(
            stale.iter().all(|path| path.contains('%')),
            "only escapes in small letters, as the page says: {stale:?}"
        );
    }
}

#[test]
fn nginx_is_purged_at_urls_of_their_own() {
    if !nginx_is_there() {
        return;
    }
    let nginx = |origin: SocketAddr| {
        let nginx = WebServer::start(Kind::NginxCache(origin, Purging::AtUrls), std::path::Path::new("/"));
        (nginx.address(), Box::new(nginx) as Box<dyn std::any::Any>)
    };
    let lines = ("escapes = \"both\"\n", "method = \"GET\"\nurl = \"/purge{path}\"\n");
    let (all, stale) = stale_of_hostile_names(nginx, lines);
    assert!(all > 150, "{all}");
    assert_eq!(stale, Vec::<String>::new());
    let repo = Repo::of(&[("public/a.css", "first"), ("public/b.css", "first")]);
    let origin = SiteOrigin::over(&repo.path().join("public"));
    let nginx = WebServer::start(Kind::NginxCache(origin.address(), Purging::AtUrls), std::path::Path::new("/"));
    let paths: BTreeSet<String> = ["/a.css", "/a.css?v=1", "/b.css"].map(str::to_owned).into();
    warm(nginx.address(), &paths);
    let rule = "[[site.rule]]\nmatch = [\"**\"]\nqueries = [\"v=1\"]\n";
    repo.file("purge.toml", &config(&[nginx.endpoint()], rule, lines.1)).file("public/a.css", "second").commit();
    let shown = run(&repo, &["plan", "HEAD~1", "--format", "requests"]).run().exits(0).stdout;
    assert!(shown.contains(&format!("\"method\":\"GET\",\"url\":\"{}/purge/a.css?v=1\"", nginx.endpoint())), "{shown}");
    purge(&repo, &["HEAD~1"]).run().exits(0).says("accepted: 2 URLs in 2 requests").says(": 2 purged\n");
    let mut visitor = Visitor::of(HOST, nginx.address());
    let seen: Vec<(Vec<u8>, bool)> = paths.iter().map(|path| visitor.get(path)).map(|s| (s.body, s.is_hit)).collect();
    let (new, old) = (b"second".to_vec(), b"first".to_vec());
    assert_eq!(seen, [(new.clone(), false), (new, false), (old, true)]);
    // A saved plan repeats it, and knows another pattern for another request.
    repo.file("public/b.css", "second").commit();
    run(&repo, &["plan", "HEAD~1", "--no-mark", "--out", "plan.json"]).run().exits(0);
    let text = config(&[nginx.endpoint()], rule, lines.1);
    repo.file("purge.toml", &text.replace("/purge{path}", "/remove{path}"));
    purge(&repo, &["--plan", "plan.json"])
        .run()
        .exits(2)
        .fails_with("the plan's requests are not those", "make the plan again");
    repo.file("purge.toml", &text);
    purge(&repo, &["--plan", "plan.json"]).run().exits(0);
    assert_eq!(visitor.get("/b.css").body, b"second");
}

/// A small site with a Varnish in front of it, all of it cached.
struct Stage {
    repo: Repo,
    origin: SiteOrigin,
    varnish: Varnish,
}

const PAGES: [&str; 6] = ["/", "/blog/", "/blog/a.html", "/docs/a.html", "/docs/b.html", "/docs/(c)+.html"];

impl Stage {
    fn set_up(site: &str, cache: &str) -> Stage {
        let repo = Repo::new();
        for page in PAGES {
            let file = if page.ends_with('/') { format!("{page}index.html") } else { page.to_owned() };
            repo.file(format!("public{file}"), "first");
        }
        let origin = SiteOrigin::over(&repo.path().join("public"));
        let varnish = Varnish::before(origin.address(), TOKEN);
        repo.file("purge.toml", &config(&[varnish.endpoint()], site, cache)).commit();
        warm(varnish.address(), &PAGES.map(str::to_owned).into());
        Stage { repo, origin, varnish }
    }

    /// Deploys other content of some pages, and commits it.
    fn deploy(&self, files: &[&str]) {
        for file in files {
            self.repo.file(format!("public/{file}"), "second");
        }
        self.repo.commit();
    }

    /// The pages that are no longer cached.
    fn evicted(&self) -> Vec<&'static str> {
        let mut visitor = Visitor::of(HOST, self.varnish.address());
        PAGES.into_iter().filter(|page| !visitor.get(page).is_hit).collect()
    }
}

#[test]
fn a_soft_purge_makes_varnish_ask_whether_it_still_holds() {
    if !varnish_is_there() {
        return;
    }
    let stage = Stage::set_up("always = [\"/docs/b.html\"]", &format!("{ALL_KINDS}mode = \"invalidate\"\n"));
    stage.deploy(&["docs/a.html"]);
    purge(&stage.repo, &["HEAD~1"]).run().exits(0).says("to be invalidated").says("accepted: 3 URLs in 3 requests");
    stage.origin.requests();
    let mut visitor = Visitor::of(HOST, stage.varnish.address());
    assert_eq!(visitor.get("/docs/a.html").body, b"second");
    let b = visitor.get("/docs/b.html");
    assert_eq!((b.status, b.body.as_slice()), (200, b"first".as_slice()), "its 304 keeps the copy");
    assert_eq!(stage.origin.requests(), 2);
    assert_eq!(stage.evicted(), Vec::<&str>::new());
}

#[test]
fn varnish_takes_tags_prefixes_and_everything() {
    if !varnish_is_there() {
        return;
    }
    let rule = |lines: &str| format!("[[site.rule]]\nmatch = [\"**\"]\n{lines}\n");
    for (lines, said, evicted) in [
        ("scope = \"none\"\ntags = [\"section-blog\"]", "1 tag in 1 request", &["/blog/", "/blog/a.html"][..]),
        ("scope = \"subtree\"", "1 prefix in 1 request", &["/docs/a.html", "/docs/b.html", "/docs/(c)+.html"]),
        ("scope = \"none\"\nhosts = [\"www.example.com\"]", "1 host in 1 request", &PAGES),
        ("scope = \"everything\"", "1 purge of everything in 1 request", &PAGES),
    ] {
        let stage = Stage::set_up(&rule(lines), ALL_KINDS);
        stage.deploy(&["docs/a.html"]);
        purge(&stage.repo, &["HEAD~1"]).run().exits(0).says(said);
        assert_eq!(stage.evicted(), evicted, "{lines}");
    }
}

#[test]
fn a_prefix_stands_for_itself_in_varnish_whatever_it_holds() {
    if !varnish_is_there() {
        return;
    }
    let stage = Stage::set_up("[[site.rule]]\nmatch = [\"docs/(c)+.html\"]\nby = \"prefix\"", ALL_KINDS);
    stage.deploy(&["docs/(c)+.html"]);
    purge(&stage.repo, &["HEAD~1"]).run().exits(0);
    assert_eq!(stage.evicted(), ["/docs/(c)+.html"]);
}

#[test]
fn where_nobody_knows_what_was_live_all_of_the_site_goes() {
    if !varnish_is_there() {
        return;
    }
    let stage = Stage::set_up("", ALL_KINDS);
    purge(&stage.repo, &[])
        .run()
        .exits(0)
        .says("purging everything under www.example.com\n")
        .says("1 host in 1 request");
    assert_eq!(stage.evicted(), PAGES);
}

#[test]
fn all_nodes_have_to_accept_and_the_one_that_does_not_is_named() {
    if !varnish_is_there() {
        return;
    }
    let stage = Stage::set_up("", "");
    let other = Varnish::before(stage.origin.address(), TOKEN);
    warm(other.address(), &PAGES.map(str::to_owned).into());
    let nobody = "http://127.0.0.1:1".to_owned();
    let nodes = [stage.varnish.endpoint(), nobody.clone(), other.endpoint()];
    stage.repo.file("purge.toml", &config(&nodes, "", ""));
    stage.deploy(&["docs/a.html", "docs/b.html"]);
    let ran = purge(&stage.repo, &["HEAD~1", "--retry-for", "0", "--out", "report.json"]).run().exits(1);
    let ran = ran.says("4 URLs in 4 requests to each of 3 endpoints").says("NOT purged: 4 of 4 operations");
    let ran = ran.says(&format!("gave-up: {nobody}: no connection: ")).says(&format!("{nobody}: 4 failed"));
    for node in [&nodes[0], &nodes[2]] {
        let ran = &ran;
        assert!(ran.stdout.contains(&format!("{node}: 2 purged, 2 not cached")), "{}", ran.stdout);
        assert!(!ran.stdout.contains(&format!("gave-up: {node}")));
    }
    assert!(!ran.stdout.contains("the mark is at"), "{}", ran.stdout);
    let report: serde_json::Value =
        serde_json::from_slice(&std::fs::read(stage.repo.path().join("report.json")).unwrap()).unwrap();
    let at = &report["sites"][0]["receipts"][0]["endpoints"];
    assert_eq!((&at[0]["outcome"], &at[1]["outcome"]), (&"accepted".into(), &"gave-up".into()), "{at}");
    // When it is back, what failed is sent again, to all of them.
    stage.repo.file("purge.toml", &config(&[nodes[0].clone(), nodes[2].clone()], "", ""));
    let tool = purge(&stage.repo, &["HEAD~1", "--retry-for", "0"]);
    tool.run().exits(0).says("accepted: 4 URLs in 4 requests").says("the mark is at");
}

#[test]
fn a_node_that_has_nothing_of_it_is_warned_about() {
    if !varnish_is_there() {
        return;
    }
    let stage = Stage::set_up("", "");
    let text = config(&[stage.varnish.endpoint()], "", "").replace(HOST, "wrong.example.com");
    stage.repo.file("purge.toml", &text);
    stage.deploy(&["docs/a.html"]);
    let tool = purge(&stage.repo, &["HEAD~1", "--no-mark", "--out", "report.json"]).env("GITHUB_ACTIONS", "true");
    let ran = tool.run().exits(0);
    let warning = format!("{} had none of the 2 cached: is `wrong.example.com` the host", stage.varnish.endpoint());
    assert!(ran.stdout.contains(&format!("warning: {warning}")), "{}", ran.stdout);
    assert!(ran.stderr.contains(&format!("::warning title=diffpurge::www: {warning}")), "{}", ran.stderr);
    let report = std::fs::read_to_string(stage.repo.path().join("report.json")).unwrap();
    assert!(report.contains(&warning), "{report}");
    // One alone is what happens, and so is one of several.
    stage.repo.file("purge.toml", &config(&[stage.varnish.endpoint()], "", ""));
    let ran = purge(&stage.repo, &["HEAD~1", "--no-mark"]).run().exits(0).says("1 purged, 1 not cached");
    assert!(!ran.stdout.contains("warning"), "{}", ran.stdout);
}

#[test]
fn a_token_that_the_cache_does_not_take_is_refused_once_and_not_shown() {
    if !varnish_is_there() {
        return;
    }
    let stage = Stage::set_up("", "");
    let files: Vec<String> = (0..200).map(|n| format!("n/{n}.css")).collect();
    stage.deploy(&files.iter().map(String::as_str).collect::<Vec<_>>());
    let ran = run(&stage.repo, &["purge", "HEAD~1"]).env("PURGE_TOKEN", "an0ther-t0ken").run().exits(1);
    assert!(!ran.stdout.contains("an0ther"), "{}", ran.stdout);
    let ran = ran.says("refused: ").says("HTTP 401").says("hint: the cache does not take it from us");
    let ran = ran.says("not-sent: ").says("another request was refused for a reason that holds for all");
    assert!(ran.stdout.lines().count() < 60, "{}", ran.stdout);
    let tool = diffpurge(["purge", "HEAD~1"]).within(&stage.repo);
    tool.run().exits(2).errs_with("PURGE_TOKEN is not set", "`export PURGE_TOKEN=…`");
}

#[test]
fn a_cache_that_crashes_over_a_purge_has_not_purged() {
    if !nginx_is_there() {
        return;
    }
    let repo = Repo::of(&[("public/a.css", "first")]);
    let origin = SiteOrigin::over(&repo.path().join("public"));
    let nginx = WebServer::start(Kind::NginxCache(origin.address(), Purging::Crashes), std::path::Path::new("/"));
    warm(nginx.address(), &["/a.css".to_owned()].into());
    repo.file("purge.toml", &config(&[nginx.endpoint()], "", ""));
    repo.file("public/a.css", "second").commit();
    let ran = purge(&repo, &["HEAD~1", "--retry-for", "0"]).run().exits(1);
    ran.says("gave-up: ").says("the connection broke: ").says("NOT purged: 1 of 1 operation");
}

/// What visitors of two languages get of a page that was purged for both.
fn in_two_languages(cache: SocketAddr, endpoint: String, repo: &Repo) -> [Vec<u8>; 2] {
    const DE: &str = "Accept-Language: de\r\n";
    let mut visitor = Visitor::of(HOST, cache);
    let mut both = |what: &str| {
        let seen = ["", DE].map(|language| visitor.ask("GET", "/languages/a.css", language));
        assert!(what != "warm" || seen.iter().all(|seen| seen.is_hit));
        seen.map(|seen| seen.body)
    };
    both("cold");
    both("warm");
    repo.file("public/languages/a.css", "second").commit();
    let rule = "[[site.rule]]\nmatch = [\"**\"]\nlanguages = [\"de\"]\n";
    repo.file("purge.toml", &config(&[endpoint], rule, ""));
    purge(repo, &["HEAD~1", "HEAD", "--no-mark"]).run().exits(0).says("2 URLs in 2 requests");
    both("after")
}

#[test]
fn varnish_removes_all_variants_of_a_url_and_nginx_one() {
    if !(varnish_is_there() && nginx_is_there()) {
        return;
    }
    let site = || {
        let repo = Repo::of(&[("public/languages/a.css", "first")]);
        let origin = SiteOrigin::over(&repo.path().join("public"));
        (repo, origin)
    };
    let (repo, origin) = site();
    let varnish = Varnish::before(origin.address(), TOKEN);
    let seen = in_two_languages(varnish.address(), varnish.endpoint(), &repo);
    assert_eq!(seen, [b"second".to_vec(), b"second".to_vec()]);
    let (repo, origin) = site();
    let nginx = WebServer::start(Kind::NginxCache(origin.address(), Purging::Works), std::path::Path::new("/"));
    let seen = in_two_languages(nginx.address(), nginx.endpoint(), &repo);
    assert_eq!(seen.iter().filter(|body| *body == b"second").count(), 1, "as the page warns");
}

#[test]
fn other_sites_in_a_cache_that_is_emptied_are_named() {
    let node = ["http://127.0.0.1:1".to_owned()];
    let everything = "everything = { method = \"PURGE\", path = \"/all\" }\n";
    let other = config(&node, "", "").replace("\"www\"", "\"shop\"").replace(HOST, "shop.example.com");
    let apart = other.replace("\"shop\"", "\"far\"").replace("shop.", "far.").replace("127.0.0.1:1", "127.0.0.1:2");
    let repo = Repo::of(&[("public/x", "first")]);
    repo.file("purge.toml", &format!("{}{other}{apart}", config(&node, "", everything)));
    let ran = run(&repo, &["plan", "--site", "www"]).run().exits(0).says("  everything in the cache\n");
    let ran = ran.says("everything under shop.example.com is evicted too, which is in the same cache");
    assert!(!ran.stdout.contains("far.example.com"), "{}", ran.stdout);
}

/// A cache that keeps what it is asked, byte for byte, and gives the same answer to all of it.
fn listening(answer: &'static str) -> (String, Receiver<String>) {
    listening_for(answer, usize::MAX)
}

/// The same for so many requests; then it only breaks connections.
fn listening_for(answer: &'static str, requests: usize) -> (String, Receiver<String>) {
    let left = Arc::new(AtomicUsize::new(requests));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, tell, left) = (stream.unwrap(), tell.clone(), left.clone());
            std::thread::spawn(move || {
                let mut unread = Vec::new();
                let mut buffer = [0; 4096];
                while let Ok(read @ 1..) = stream.read(&mut buffer) {
                    unread.extend(&buffer[..read]);
                    while let Some(end) = unread.windows(4).position(|w| w == b"\r\n\r\n") {
                        let head: Vec<u8> = unread.drain(..end + 4).collect();
                        let _told = tell.send(String::from_utf8(head).unwrap());
                        let over = left.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_err();
                        if over || answer.is_empty() || stream.write_all(answer.as_bytes()).is_err() {
                            return;
                        }
                    }
                }
            });
        }
    });
    (endpoint, told)
}

const TAKEN: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

#[test]
fn a_request_is_what_a_dry_run_shows_and_nothing_else() {
    let (endpoint, told) = listening(TAKEN);
    let rule = "[[site.rule]]\nmatch = [\"**\"]\nlanguages = [\"de\"]\nqueries = [\"v=%2e%2E&a=[1]\"]";
    let cache = "headers = { \"X-From\" = \"deploy\" }\ntoken_header = \"X-Key\"\n";
    let repo = Repo::of(&[("public/x", "first")]);
    repo.file("purge.toml", &config(std::slice::from_ref(&endpoint), rule, cache));
    repo.file("public/a|b/%2e%2e/\u{fc} 'c'.css", "1").commit();
    let shown = run(&repo, &["plan", "HEAD~1", "--no-mark", "--format", "requests"]).run().exits(0).stdout;
    purge(&repo, &["HEAD~1", "--no-mark"]).run().exits(0);
    let mut wanted: Vec<String> = shown
        .lines()
        .map(|line| {
            let request: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = |key: &str| request[key].as_str().unwrap().to_owned();
            let path = text("url").strip_prefix(&endpoint).unwrap().to_owned();
            let mut headers: Vec<String> = request["headers"]
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, value)| format!("{}: {}", name.to_ascii_lowercase(), value.as_str().unwrap()))
                .collect();
            headers.extend([
                format!("x-key: {TOKEN}"),
                format!("host: {}", text("host")),
                "accept: */*".to_owned(),
                format!("user-agent: diffpurge/{}", env!("CARGO_PKG_VERSION")),
            ]);
            headers.sort();
            format!("{} {path} HTTP/1.1\n{}", text("method"), headers.join("\n"))
        })
        .collect();
    let mut sent: Vec<String> = told
        .try_iter()
        .map(|head| {
            let (first, headers) = head.trim_end().split_once("\r\n").unwrap();
            let mut headers: Vec<String> = headers.split("\r\n").map(str::to_owned).collect();
            for header in &mut headers {
                let (name, value) = header.split_once(": ").unwrap();
                *header = format!("{}: {value}", name.to_ascii_lowercase());
            }
            headers.sort();
            format!("{first}\n{}", headers.join("\n"))
        })
        .collect();
    wanted.sort();
    sent.sort();
    assert_eq!(sent, wanted);
    assert!(
        wanted.iter().any(|request| request.contains("/%252e%252e/") && request.contains("?v=%2e%2E&a=[1] ")),
        "{wanted:#?}"
    );
    assert!(!shown.contains(TOKEN));
}

#[test]
fn nothing_to_purge_asks_for_nothing() {
    let (endpoint, told) = listening(TAKEN);
    let repo = Repo::of(&[("public/x", "first")]);
    repo.file("purge.toml", &config(&[endpoint], "", ALL_KINDS)).commit();
    purge(&repo, &["HEAD~1"]).run().exits(0).says("nothing changed");
    assert_eq!(told.try_iter().count(), 0);
}

#[test]
fn a_connection_that_breaks_is_tried_again_and_never_taken_for_an_answer() {
    let (endpoint, told) = listening("");
    let repo = Repo::of(&[("public/x.css", "first")]);
    repo.file("purge.toml", &config(&[endpoint], "", ""));
    repo.file("public/x.css", "second").commit();
    let ran = purge(&repo, &["HEAD~1", "--retry-for", "1"]).run().exits(1).says("gave-up: ");
    assert!(ran.stderr.contains(": asking "), "{}", ran.stderr);
    assert!(told.try_iter().count() >= 2);
}

#[test]
fn a_node_that_stops_answering_is_not_asked_for_each_of_the_others() {
    let (endpoint, told) = listening_for(TAKEN, 20);
    let repo = Repo::of(&[("public/x.css", "first")]);
    repo.file("purge.toml", &config(&[endpoint], "", ""));
    repo.files((0..300).map(|n| format!("public/{n}.css")), "1").commit();
    let ran = purge(&repo, &["HEAD~1", "--no-mark", "--retry-for", "0"]).run().exits(1);
    let ran = ran.says("NOT purged: 280 of 300 operations").says("the server has stopped answering");
    assert!(ran.stdout.contains("accepted: 20 operations in 20 requests"), "{}", ran.stdout);
    assert!(told.try_iter().count() < 60);
}

#[test]
fn what_the_cache_cannot_be_asked_for_goes_upward_or_is_refused() {
    const BAN: &str = "ban = { method = \"BAN\", header = \"X-Ban-Prefix\" }\n";
    const EVERYTHING: &str = "everything = { method = \"PURGE\", path = \"/all\" }\n";
    let tags = "[[site.rule]]\nmatch = [\"**\"]\ntags = [\"t\"]\n";
    let subtree = "[[site.rule]]\nmatch = [\"**\"]\nscope = \"subtree\"\n";
    let all = "[[site.rule]]\nmatch = [\"**\"]\nscope = \"everything\"\n";
    let then = |then: &str| format!("[site.threshold]\nthen = \"{then}\"\n");
    for (site, cache, code, said, operations) in [
        (tags, BAN, 0, "has no `tags`, so that everything under www.example.com is purged", Some("1 host in")),
        (tags, EVERYTHING, 0, "has no `tags`, so that everything in it is purged", Some("1 purge of everything in")),
        (tags, "", 4, "cannot purge by tag: [site.http_purge] has no `tags`, and nothing broader either", None),
        (&format!("{tags}{}", then("prefixes")), BAN, 4, "and `then` allows nothing broader that it can", None),
        (&format!("{tags}{}", then("hosts")), EVERYTHING, 4, "and `then` allows nothing broader that it can", None),
        (subtree, EVERYTHING, 0, "has no `ban`, so that everything in it is purged", Some("1 purge of everything in")),
        (subtree, "", 4, "cannot purge by prefix: [site.http_purge] has no `ban`", None),
        (all, BAN, 0, "has no `everything`, so that everything under www.example.com is purged", Some("1 host in")),
        (all, "", 4, "has no `everything`, nor by host, without a `ban`", None),
    ] {
        let repo = Repo::of(&[("public/d/x.css", "first")]);
        repo.file("purge.toml", &config(&["http://127.0.0.1:1".to_owned()], site, cache));
        repo.file("public/d/x.css", "second").commit();
        let ran = run(&repo, &["plan", "HEAD~1", "--no-mark"]).run().exits(code).says(said);
        if let Some(operations) = operations {
            assert!(ran.stdout.contains(operations), "{site}{cache}\n{}", ran.stdout);
        }
        let unknown = run(&repo, &["plan"]).run();
        assert_eq!(
            unknown.code,
            Some(if cache.is_empty() || code == 4 { 4 } else { 0 }),
            "{site}{cache}\n{}",
            unknown.stdout
        );
    }
}

#[test]
fn a_ban_that_nothing_knows_is_refused_and_not_taken_for_an_empty_cache() {
    let (endpoint, told) = listening("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    let repo = Repo::of(&[("public/x.css", "first")]);
    repo.file("purge.toml", &config(&[endpoint], "", ALL_KINDS)).commit();
    let ran = purge(&repo, &[]).run().exits(1).says("refused: ").says("HTTP 404").says("does not know the method");
    assert!(!ran.stdout.contains("the mark is at"), "{}", ran.stdout);
    assert_eq!(told.try_iter().count(), 1);
}

#[test]
fn a_port_is_part_of_what_a_cache_keeps_pages_under() {
    let all = "[[site.rule]]\nmatch = [\"**\"]\nscope = \"everything\"\n";
    let ban = "ban = { method = \"BAN\", header = \"X-Ban-Prefix\" }\n";
    let repo = Repo::of(&[("public/x.css", "first")]);
    let text = config(&["http://127.0.0.1:1".to_owned()], all, ban).replace("example.com/", "example.com:8443/");
    repo.file("purge.toml", &text).file("public/x.css", "second").commit();
    for arguments in [&["plan"][..], &["plan", "HEAD~1", "--no-mark"]] {
        let ran = run(&repo, arguments).run().exits(0).says("1 prefix in 1 request");
        ran.says("everything under www.example.com:8443/ is purged");
        let ran = run(&repo, &[arguments, &["--format", "requests"]].concat()).run().exits(0);
        assert!(
            ran.stdout.contains(r#""host":"www.example.com:8443","headers":{"X-Ban-Prefix":"/"}"#),
            "{}",
            ran.stdout
        );
    }
}

#[test]
fn above_the_threshold_each_cache_goes_as_far_as_it_can() {
    for (cache, said, operations) in [
        (ALL_KINDS, "purging 2 whole directories that hold most of them", "2 prefixes"),
        (
            "everything = { method = \"PURGE\", path = \"/all\" }\n",
            "the cache cannot purge directories, nor hosts: purging everything in the cache",
            "1 purge of everything",
        ),
        ("", "but the cache cannot purge directories, and nothing broader either: all are listed", "8 URLs"),
    ] {
        let repo = Repo::of(&[("public/x", "first")]);
        repo.file(
            "purge.toml",
            &config(&["http://127.0.0.1:1".to_owned()], "[site.threshold]\nurls = 4\nthen = \"narrowest\"\n", cache),
        );
        repo.files((0..4).flat_map(|n| [format!("public/a/{n}.css"), format!("public/b/{n}.css")]), "1").commit();
        let ran = run(&repo, &["plan", "HEAD~1", "--no-mark"]).run().exits(0).says(said);
        assert!(ran.stdout.contains(operations), "{}", ran.stdout);
    }
}

#[test]
fn a_saved_plan_is_sent_as_it_was_written_or_not_at_all() {
    let (endpoint, told) = listening(TAKEN);
    let repo = Repo::of(&[("public/x.css", "first")]);
    let rule = "[[site.rule]]\nmatch = [\"**\"]\ntags = [\"t\"]\nlanguages = [\"de\"]\n";
    let text = config(std::slice::from_ref(&endpoint), rule, ALL_KINDS);
    repo.file("purge.toml", &text).file("public/x.css", "second").commit();
    let shown = run(&repo, &["plan", "HEAD~1", "--out", "plan.json", "--format", "requests"]).run().exits(0).stdout;
    let document = std::fs::read(repo.path().join("plan.json")).unwrap();
    let schema = serde_json::from_str(include_str!("../../docs/plan.schema.json")).unwrap();
    let plan: serde_json::Value = serde_json::from_slice(&document).unwrap();
    let faults: Vec<String> =
        jsonschema::validator_for(&schema).unwrap().iter_errors(&plan).map(|e| e.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(plan["sites"][0]["endpoints"][0], *endpoint);
    let ran = purge(&repo, &["--plan", "plan.json", "--out", "report.json"])
        .run()
        .exits(0)
        .says("2 URLs, 1 tag in 3 requests");
    assert!(ran.stdout.contains("the mark is at"), "{}", ran.stdout);
    assert_eq!((told.try_iter().count(), shown.lines().count()), (3, 3));
    let report: serde_json::Value =
        serde_json::from_slice(&std::fs::read(repo.path().join("report.json")).unwrap()).unwrap();
    let faults: Vec<String> =
        jsonschema::validator_for(&schema).unwrap().iter_errors(&report).map(|e| e.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    for changed in [
        text.replace(&endpoint, "http://127.0.0.1:1"),
        text.replace("X-Ban-Prefix", "X-Other").replace("\"xkey\"", "\"ykey\""),
        text.replace("[site.http_purge]", "[site.http_purge]\nmethod = \"REMOVE\""),
    ] {
        repo.file("purge.toml", &changed);
        let ran = purge(&repo, &["--plan", "plan.json"]).run().exits(2);
        ran.fails_with(
            "the plan's requests are not those that this version and configuration make of it",
            "make the plan again",
        );
    }
    assert_eq!(told.try_iter().count(), 0);
}

/// A document with the digest that it would have if it had been written so.
fn with_its_digest(mut document: serde_json::Value) -> String {
    document["digest"] = "".into();
    let blank = serde_json::to_string_pretty(&document).unwrap();
    let digest = ring::digest::digest(&ring::digest::SHA256, blank.as_bytes());
    let hex: Vec<String> = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    blank.replacen("\"digest\": \"\"", &format!("\"digest\": \"sha256:{}\"", hex.concat()), 1)
}

#[test]
fn a_request_that_says_less_than_its_operations_is_not_sent() {
    let (endpoint, told) = listening(TAKEN);
    let repo = Repo::of(&[("public/x.css", "first")]);
    repo.file("purge.toml", &config(&[endpoint], "", ""));
    repo.file("public/a.css", "1").file("public/b.css", "1").commit();
    run(&repo, &["plan", "HEAD~1", "--out", "plan.json"]).run().exits(0);
    let plan = std::fs::read(repo.path().join("plan.json")).unwrap();
    let mut plan: serde_json::Value = serde_json::from_slice(&plan).unwrap();
    let requests = plan["sites"][0]["requests"].as_array_mut().unwrap();
    requests.truncate(1);
    requests[0]["count"] = 2.into();
    repo.file("forged.json", &with_its_digest(plan));
    let ran = purge(&repo, &["--plan", "forged.json"]).run().exits(2);
    ran.fails_with("the plan's requests are not those that", "make the plan again");
    assert_eq!(told.try_iter().count(), 0);
}

#[test]
fn a_check_says_which_nodes_answer_and_removes_nothing() {
    let (endpoint, told) = listening("HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n");
    let repo = Repo::of(&[("public/x.css", "first")]);
    repo.file("purge.toml", &config(&[endpoint.clone(), "http://127.0.0.1:1".to_owned()], "", ""));
    let ran = run(&repo, &["check"]).run().exits(1);
    let ran = ran.says("ok    credentials  a token from PURGE_TOKEN, for Authorization");
    ran.says(&format!("{endpoint} answers (HTTP 405); whether it takes a purge, only a purge tells"))
        .says("fail  endpoint     http://127.0.0.1:1 does not answer: no connection: ");
    let asked: Vec<String> = told.try_iter().collect();
    assert!(asked.len() == 1 && asked[0].starts_with("OPTIONS / HTTP/1.1\r\n"), "{asked:?}");
    assert!(!asked[0].contains(TOKEN));
    diffpurge(["check"])
        .within(&repo)
        .run()
        .exits(1)
        .says("fail  credentials  no API token: the environment variable PURGE_TOKEN");
}

#[test]
fn a_slip_in_the_table_is_shown_with_its_place() {
    const NODE: &str = "endpoints = [\"http://127.0.0.1:1\"]";
    let both = format!("[site.http_purge]\n{NODE}\n[site.cloudflare]\nplan = \"free\"\n");
    let table = |lines: &str| format!("[site.http_purge]\n{NODE}\n{lines}\n");
    for (text, place, message, hint) in [
        (both.as_str(), "6:", "`cloudflare` and `http_purge` exclude each other", "[[site.layer]]"),
        ("[site.http_purge]\nmethod = \"PURGE\"\n", "4:", "`http_purge` takes `endpoints`", "each node"),
        ("[site.http_purge]\nendpoints = []\n", "5:13", "`endpoints` is empty", "each node"),
        (
            "[site.http_purge]\nendpoints = [\"127.0.0.1:6081\"]\n",
            "5:14",
            "this is no endpoint",
            "http://127.0.0.1:6081",
        ),
        ("[site.http_purge]\nendpoints = [\"http://a/x\"]\n", "5:14", "it has a path", "`url = \"/purge{path}\"`"),
        ("[site.http_purge]\nendpoints = [\"http://me:hunter2@a/\"]\n", "5:14", "user name or password", "`Host`"),
        (&table("method = \"purge\""), "6:10", "no HTTP method", "capitals"),
        (&table("method = \"GET\""), "6:10", "`GET` is what visitors send", "`url = \"/purge{path}\"`"),
        (&table("method = \"TRACE\"\nurl = \"/purge{path}\""), "6:10", "`TRACE` removes nothing", "capitals"),
        (&table("url = \"/purge\""), "6:7", "it lacks `{path}`", "`{host}`"),
        (&table("addresses = \"any\""), "6:13", "no value for `addresses`", "all, one"),
        (
            &table("tags = { method = \"GET\", header = \"xkey\" }"),
            "6:19",
            "`GET` is what visitors send",
            "a `path` that is",
        ),
        (&table("ban = { method = \"GET\", header = \"X\" }"), "6:18", "`GET` is what visitors send", "`BAN`"),
        (
            &table("everything = { method = \"GET\", path = \"/\" }"),
            "6:25",
            "`GET` is what visitors send",
            "a `path` that is",
        ),
        (&table("headers = { Authorization = \"hunter2\" }"), "6:13", "a secret does not belong", "token_env"),
        (&table("headers = { Host = \"x\" }"), "6:13", "`Host` is set by each request", "leave it out"),
        (&table("token_header = \"X\""), "6:16", "not said where the token comes from", "token_env"),
        (&table("mode = \"invalidate\""), "6:8", "takes a `soft`", "Fastly-Soft-Purge"),
        (&table("everything = { method = \"PURGE\", path = \"/\", header = \"a\" }"), "6:", "stand together", "both"),
        (&table("tags = { method = \"PURGE\", header = \"a b\" }"), "6:", "no header's name", "letters"),
        (&table("bans = 1"), "6:1", "unknown field `bans`", "did you mean `ban`?"),
        (&table("[site.threshold]\nmode = \"invalidate\""), "7:8", "is a ban, which removes", "leave it out"),
        ("[[site.layer]]\n", "4:", "this layer names no cache", "[site.layer.http_purge]"),
        ("[site.cloudflare]\n[[site.layer]]\n[site.layer.cloudflare]\n", "4:", "a cache beside them", "a layer too"),
    ] {
        let text = format!("[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n{text}");
        let error = Config::parse(&text, "purge.toml").expect_err(&text);
        let shown = format!("{error}; {}", error.hint());
        assert!(shown.starts_with(&format!("purge.toml:{place}")), "{text}\n{shown}");
        assert!(shown.contains(message) && shown.contains(hint), "{text}\n{shown}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

/// Two caches behind each other: nginx next to the origin, Varnish in front of it.
fn two_layers(repo: &Repo, origin: &SiteOrigin) -> (WebServer, Varnish) {
    let nginx = WebServer::start(Kind::NginxCache(origin.address(), Purging::Works), std::path::Path::new("/"));
    let varnish = Varnish::before(nginx.address(), TOKEN);
    warm(varnish.address(), &["/a.css".to_owned(), "/b.css".to_owned()].into());
    repo.file("public/a.css", "second").commit();
    (nginx, varnish)
}

fn layers(first: &str, second: &str) -> String {
    let layer = |endpoint: &str| {
        format!("[[site.layer]]\n[site.layer.http_purge]\nendpoints = [\"{endpoint}\"]\ntoken_env = \"PURGE_TOKEN\"\n")
    };
    let site = format!(
        "[[site]]\nname = \"www\"\nbase_urls = [\"https://{HOST}/\"]\noutput = \"public\"\nforms = [\"exact\"]\n"
    );
    format!("{site}{}{}", layer(first), layer(second))
}

#[test]
fn layers_are_purged_from_the_origin_outward_since_the_other_way_the_old_copy_comes_back() {
    if !(varnish_is_there() && nginx_is_there()) {
        return;
    }
    let repo = Repo::of(&[("public/a.css", "first"), ("public/b.css", "first")]);
    let origin = SiteOrigin::over(&repo.path().join("public"));
    let (nginx, varnish) = two_layers(&repo, &origin);
    let seen = |path: &str| Visitor::of(HOST, varnish.address()).get(path);
    // The wrong order, by hand, with a visitor in between.
    let header = format!("Authorization: Bearer {TOKEN}\r\n");
    assert_eq!(Visitor::of(HOST, varnish.address()).ask("PURGE", "/a.css", &header).status, 200);
    assert_eq!(seen("/a.css").body, b"first", "the outer cache has filled itself with the inner one's copy");
    assert_eq!(Visitor::of(HOST, nginx.address()).ask("PURGE", "/a.css", &header).status, 200);
    assert_eq!((seen("/a.css").body, seen("/a.css").is_hit), (b"first".to_vec(), true), "and keeps it");
    // Ours.
    repo.file("purge.toml", &layers(&nginx.endpoint(), &varnish.endpoint()));
    let ran = purge(&repo, &["HEAD~1"]).run().exits(0);
    let at = |text: &str| ran.stdout.find(text).unwrap_or_else(|| panic!("{text}\n{}", ran.stdout));
    assert!(at("www (layer 1, http_purge): accepted: 1 URL") < at("www (layer 2, http_purge): accepted: 1 URL"));
    at("the mark is at HEAD");
    assert_eq!((seen("/a.css").body, seen("/b.css").is_hit), (b"second".to_vec(), true));
}

#[test]
fn a_cache_of_ones_own_behind_cloudflare_is_purged_first() {
    let (inner, told) = listening(TAKEN);
    let edge = edge();
    warm_edge(&edge, &["https://www.example.com/a.css", "https://www.example.com/b.css"]);
    let site = format!("[[site]]\nname = \"www\"\nbase_urls = [\"https://{HOST}/\"]\noutput = \"public\"\n");
    let text = format!(
        "{site}[[site.layer]]\n[site.layer.http_purge]\nendpoints = [\"{inner}\"]\n[[site.layer]]\n[site.layer.cloudflare]\nmode = \"invalidate\"\n"
    );
    let repo = Repo::of(&[("public/index.html", "1"), ("public/a.css", "first")]);
    repo.file("purge.toml", &text).file("public/a.css", "second").commit();
    let ran = purge(&repo, &["HEAD~1", "--out", "report.json"]).against(&edge).run().exits(0);
    let ran = ran.says("www (layer 1, http_purge): HEAD~1").says(&format!("1 URL in 1 request to {inner}"));
    let ran = ran.says(&format!("1 URL, to be invalidated, in 1 request to zone {ZONE}"));
    ran.says("www (layer 2, cloudflare): accepted: 1 URL").says("the mark is at HEAD");
    assert_eq!(told.try_iter().count(), 1);
    assert_eq!(stale(&edge), ["https://www.example.com/a.css"]);
    // A zone that is not known holds back the layer behind it too.
    repo.file("public/a.css", "third").commit();
    purge(&repo, &[])
        .env("CLOUDFLARE_API_TOKEN", TOKEN)
        .run()
        .exits(2)
        .errs_with("no zone id is known", "CLOUDFLARE_ZONE_ID");
    assert_eq!(told.try_iter().count(), 0);
}

#[test]
fn a_layer_waits_for_the_one_behind_it_and_the_mark_for_both() {
    let (outer, told) = listening(TAKEN);
    let (inner, refuses) = listening("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n");
    let repo = Repo::of(&[("public/a.css", "first")]);
    repo.file("purge.toml", &layers(&inner, &outer)).file("public/a.css", "second").commit();
    let ran = purge(&repo, &["HEAD~1", "--out", "report.json"]).run().exits(1);
    let ran = ran.says("www (layer 1, http_purge): NOT purged: 1 of 1 operation");
    let ran = ran.says("not-sent: layer 1, http_purge, was not accepted everywhere, and would refill this one");
    assert!(!ran.stdout.contains("the mark is at"), "{}", ran.stdout);
    assert_eq!((refuses.try_iter().count(), told.try_iter().count()), (1, 0));
    let schema = serde_json::from_str(include_str!("../../docs/plan.schema.json")).unwrap();
    let report: serde_json::Value =
        serde_json::from_slice(&std::fs::read(repo.path().join("report.json")).unwrap()).unwrap();
    let faults: Vec<String> =
        jsonschema::validator_for(&schema).unwrap().iter_errors(&report).map(|e| e.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(report["sites"][1]["layer"]["number"], 2);
    // What is open is finished from the report, in the same order.
    let (inner_now, takes) = listening(TAKEN);
    repo.file("purge.toml", &layers(&inner_now, &outer));
    run(&repo, &["plan", "HEAD~1", "--out", "plan.json"]).run().exits(0).says("www (layer 2, http_purge)");
    purge(&repo, &["--plan", "plan.json"]).run().exits(0).says("the mark is at HEAD");
    assert_eq!((takes.try_iter().count(), told.try_iter().count()), (1, 1));
    // What is wrong with one before anything is sent holds back the other.
    let text = layers(&inner_now, &outer).replacen("PURGE_TOKEN", "NO_SUCH", 2).replacen("NO_SUCH", "PURGE_TOKEN", 1);
    repo.file("purge.toml", &text).file("public/a.css", "third").commit();
    let ran = purge(&repo, &["HEAD~1"]).run().exits(2);
    ran.errs_with("NO_SUCH is not set", "`export NO_SUCH=…`");
    assert_eq!((takes.try_iter().count(), told.try_iter().count()), (0, 0));
}
