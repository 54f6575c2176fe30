//! What is asked for by hand, in place of a deploy: URLs, hosts, prefixes, tags, everything.

use diffpurge::edge::{Edge, Key};

use crate::support::{Repo, TOKEN, Terminal, Tool, ZONE, diffpurge, edge, entry, kept, warm};

const SITES: &str = r#"[[site]]
name = "www"
base_urls = ["https://www.example.com/", "https://bücher.example.com/"]
host = "github-pages"
output = "public"
always = ["/sitemap.xml"]
ignore = ["*.map"]
[[site.rule]]
match = ["blog/**"]
origins = ["https://www.example.com"]
tags = ["blog"]
[[site.rule]]
match = ["img/**"]
hosts = ["static.example.com"]

[[site]]
name = "docs"
base_urls = ["https://www.example.com/docs/", "https://docs.example.com/"]
host = "github-pages"
"#;

fn site() -> Repo {
    Repo::of(&[("purge.toml", SITES), ("public/blog/index.html", "1")])
}

fn run(repo: &Repo, edge: &Edge, arguments: &[&str]) -> Tool {
    diffpurge(arguments).within(repo).against(edge)
}

/// The bodies that were sent, sorted.
fn sent(edge: &Edge) -> Vec<String> {
    let mut bodies: Vec<String> = edge.recorded().into_iter().map(|recorded| recorded.body).collect();
    bodies.sort_unstable();
    bodies
}

#[test]
fn exactly_the_urls_that_are_typed_are_purged_each_in_its_site_and_no_mark_is_touched() {
    let (repo, edge) = (site(), edge());
    let urls = [
        "https://www.example.com/blog/",
        "https://www.example.com/blog",
        "https://www.example.com/docs/a?v=1",
        "https://www.example.com/%C3%BCber%20uns",
        "https://xn--bcher-kva.example.com/",
    ];
    warm(&edge, &[&urls[..], &["https://www.example.com/other", "https://www.example.com/docs/a"]].concat());
    let typed = [
        "purge",
        "https://WWW.example.com/blog/#comments",
        "www.example.com/blog/",
        "https://www.example.com:443/docs/a?v=1",
        "https://www.example.com/über uns",
        "http://bücher.example.com",
    ];
    let ran = run(&repo, &edge, &typed).run().exits(0);
    let ran = ran.says("www: asked for by hand: 3 URLs\n").says("docs: asked for by hand: 1 URL\n");
    let ran = ran.says("note: https://WWW.example.com/blog/#comments: browsers send no fragment, so it is left out");
    let ran = ran.says("note: http://bücher.example.com: the site's base URL is https://xn--bcher-kva.example.com/");
    ran.says("www: accepted: 3 URLs in 1 request").says("docs: accepted: 1 URL in 1 request");
    let left = ["https://www.example.com/blog", "https://www.example.com/docs/a", "https://www.example.com/other"];
    assert_eq!(kept(&edge), left);
    assert_eq!(repo.git(&["for-each-ref", "refs/diffpurge"]), "");
    assert!(sent(&edge).iter().all(|body| body.starts_with(r#"{"files":["#)), "{:?}", sent(&edge));
}

#[test]
fn with_their_forms_urls_are_purged_as_a_change_of_their_files_would() {
    let (repo, edge) = (site(), edge());
    let blog =
        ["https://www.example.com/blog/", "https://www.example.com/blog", "https://www.example.com/blog/index.html"];
    warm(&edge, &[&blog[..], &["https://www.example.com/sitemap.xml", "https://www.example.com/blog/a"]].concat());
    let key = |origin: &str| Key { url: blog[0].to_owned(), origin: origin.to_owned() };
    edge.keep(key("https://www.example.com"), entry(""));
    edge.keep(Key { url: "https://www.example.com/tagged".to_owned(), origin: String::new() }, entry("blog"));
    let ran = run(&repo, &edge, &["purge", "--forms", blog[0], "-v"]).run().exits(0);
    ran.says("asked for by hand: 1 URL with all forms").says("asked for; blog/index.html, as a directory\n");
    // Without -v a person sees the URLs alone: the reasons are what was typed.
    let brief = run(&repo, &edge, &["plan", "--forms", blog[0]]).run().exits(0).stdout;
    assert!(brief.contains("  https://www.example.com/blog/\n") && !brief.contains("as a directory"), "{brief}");
    assert_eq!(kept(&edge), ["https://www.example.com/blog/a", "https://www.example.com/sitemap.xml"]);
    // A rule's variants of a URL alone are not asked for.
    edge.keep(key("https://www.example.com"), entry(""));
    run(&repo, &edge, &["purge", blog[0]]).run().exits(0).says("1 URL in 1 request");
    assert!(kept(&edge).contains(&blog[0].to_owned()));
}

#[test]
fn a_url_without_its_forms_is_told_that_they_stay() {
    const NOTE: &str = "note: only the URLs that were typed are purged: their other forms stay cached, and `--forms` purges them too\n";
    let (repo, edge) = (site(), edge());
    let url = "https://www.example.com/blog/";
    for (typed, is_told) in [
        (&["purge", url][..], true),
        (&["plan", url], true),
        (&["purge", "https://docs.example.com/style.css", url], true),
        (&["purge", "-q", url], false),
        (&["purge", "--forms", url], false),
        (&["plan", "--base-url", "https://one.example.com/", "https://one.example.com/style.css"], false),
        (&["purge", "--tag", "t"], false),
    ] {
        let ran = run(&repo, &edge, typed).run().exits(0);
        assert_eq!(ran.stderr.matches(NOTE).count(), usize::from(is_told), "{typed:?}: {}", ran.stderr);
    }
}

#[test]
fn hosts_prefixes_and_tags_go_to_the_sites_whose_they_are() {
    for (typed, bodies, said) in [
        (&["--tag", "blog"][..], &[r#"{"tags":["blog"]}"#][..], "note: docs has the same caches, and goes with it"),
        (
            &["--prefix", "www.example.com/docs/"],
            &[r#"{"prefixes":["www.example.com/docs/"]}"#],
            "docs: asked for by hand: 1 prefix",
        ),
        (
            &["--prefix", "https://WWW.example.com/blog/"],
            &[r#"{"prefixes":["www.example.com/blog/"]}"#],
            "www: asked for",
        ),
        (
            &["--host", "Bücher.example.com", "--yes"],
            &[r#"{"hosts":["xn--bcher-kva.example.com"]}"#],
            "1 host in 1 request",
        ),
        (
            &["--host", "static.example.com", "--yes"],
            &[r#"{"hosts":["static.example.com"]}"#],
            "www: BROAD PURGE: you ask for host static.example.com\n  asked for by hand: 1 host\n",
        ),
        (
            &["--host", "www.example.com", "--yes"],
            &[r#"{"hosts":["www.example.com"]}"#],
            "note: docs is under the same host, and evicted too",
        ),
        (
            &["https://www.example.com/a", "--tag", "t", "--prefix", "docs.example.com/", "--yes"],
            &[
                r#"{"files":["https://www.example.com/a"]}"#,
                r#"{"prefixes":["docs.example.com/"]}"#,
                r#"{"tags":["t"]}"#,
            ],
            "www: asked for by hand: 1 URL, 1 tag",
        ),
        (
            &["--everything", "--yes"],
            &[r#"{"purge_everything":true}"#],
            "note: everything under docs.example.com is evicted too, which is in the same zone\n",
        ),
    ] {
        let (repo, edge) = (site(), edge());
        let typed = [&["purge"], typed].concat();
        run(&repo, &edge, &typed).run().exits(0).says(said);
        assert_eq!(sent(&edge), bodies, "{typed:?}");
        assert_eq!(repo.git(&["for-each-ref", "refs/diffpurge"]), "", "{typed:?}");
    }
}

#[test]
fn what_belongs_to_no_site_is_refused_with_the_nearest_host() {
    let (repo, edge) = (site(), edge());
    for (typed, error, hint) in [
        (&["https://www.exmaple.com/blog/"][..], "www.exmaple.com/blog/ belongs to no site", "is www.example.com;"),
        (&["www.exmaple.com/blog/"], "www.exmaple.com/blog/ belongs to no site", "is www.example.com;"),
        (&["https://elsewhere.test/"], "https://elsewhere.test/ belongs to no site", "nearest host"),
        (&["https://docs.example.com:8443/"], "belongs to no site", "begin with https://docs.example.com/"),
        (&["--host", "doc.example.com"], "doc.example.com belongs to no site", "is docs.example.com;"),
        (&["--prefix", "cdn.example.com/a/"], "cdn.example.com/a/ belongs to no site", "nearest host"),
        (&["-s", "www", "https://docs.example.com/"], "belongs to docs, which `--site` leaves out", "`--site docs`"),
        (&["ftp://www.example.com/"], "neither http nor https", "https://www.example.com/"),
        (&["https://me:hunter2@www.example.com/"], "no user name or password", "everything up to the `@`"),
        (&["me:hunter2@www.example.com/"], "no user name or password", "everything up to the `@`"),
        (&["https://www.example.com/a/../b"], "segments", "as the browser shows it"),
        (&["https://www.example.com/100%"], "two hex digits", "`%25`"),
        (
            &["https://www.example.com/blog/*"],
            "https://www.example.com/blog/*: a `*` stands for no other URLs",
            "`*` is no wildcard: `diffpurge purge --prefix www.example.com/blog/` purges everything below",
        ),
        (&["www.example.com/b/a*.html"], "a `*` stands for", "`diffpurge purge --prefix www.example.com/b/` purges"),
        (&["https://www.example.com/blog/?*"], "a `*` stands for", "`diffpurge purge --prefix www.example.com/blog/`"),
        (&["https://*.example.com/"], "a `*` stands for", "name each host"),
        (&["https://www.example.com/", "HEAD"], "HEAD is no URL of a site", "name URLs, or FROM and TO"),
        (&["HEAD", "https://www.example.com/"], "HEAD is no URL of a site", "refs/heads/NAME"),
        (&["--tag", "t", "HEAD"], "HEAD is no URL of a site", "name URLs"),
        (&["HEAD", "HEAD~1", "HEAD~2"], "HEAD~2 is a third", "write `A B`"),
        (&["--prefix", "www.example.com/blog"], "a prefix ends in `/`", "write `www.example.com/blog/`"),
        (&["--host", "www.example.com/blog/"], "more than a host name", "alone"),
        (&["--tag", "a b"], "cannot stand in a tag", "without spaces"),
        (&["--forms", "HEAD"], "`--forms` is about URLs", "name the URLs"),
        (&["--forms", "--tag", "t"], "`--forms` is about URLs", "name the URLs"),
        (&["https://www.example.com/", "--rollback"], "`--rollback` is about revisions", "leave it out"),
        (&["https://www.example.com/", "--verify"], "nothing can be proved", "`diffpurge verify FROM TO`"),
    ] {
        let ran = run(&repo, &edge, &[&["purge"], typed].concat()).run().exits(2);
        assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
        ran.fails_with(error, hint);
    }
    assert_eq!(sent(&edge), Vec::<String>::new());
}

#[test]
fn a_path_or_everything_in_place_of_a_revision_leads_to_what_purges_it() {
    let (repo, edge) = (site(), edge());
    for (typed, hint) in [
        ("/blog/", "`diffpurge purge https://www.example.com/blog/` purges its URL"),
        ("blog/index.html", "`diffpurge purge https://www.example.com/blog/` purges its URL"),
        ("everything", "`diffpurge purge --everything` purges all"),
        ("all", "`diffpurge purge --everything` purges all"),
        ("blog/none.html", "git rev-parse"),
    ] {
        let ran = run(&repo, &edge, &["purge", typed]).run().exits(3);
        ran.fails_with(&format!("cannot find the revision {typed}"), hint);
    }
    assert_eq!(sent(&edge), Vec::<String>::new());
}

#[test]
fn nothing_never_becomes_everything() {
    let (repo, edge) = (site(), edge());
    for typed in [
        &[""][..],
        &[" "],
        &["", ""],
        &["--host", ""],
        &["--prefix", ""],
        &["--tag", ""],
        &["--tag", " "],
        &["--host", "", "--yes"],
        &["https://www.example.com/", ""],
        &["", "https://www.example.com/"],
        &["--tag", "t", "--host", ""],
        &["--everything", "", "--yes"],
        &["--everything", "--tag", "t", "--yes"],
    ] {
        for command in ["purge", "plan"] {
            let typed: Vec<&str> =
                typed.iter().copied().filter(|word| command == "purge" || *word != "--yes").collect();
            run(&repo, &edge, &[&[command], &typed[..]].concat()).run().exits(2);
        }
    }
    assert_eq!(sent(&edge), Vec::<String>::new());
}

#[test]
fn without_a_terminal_a_broad_purge_by_hand_needs_yes_and_a_deploy_goes_on() {
    let (repo, edge) = (site(), edge());
    for (typed, what) in [
        (&["--everything"][..], "site www: everything in the zone is asked for"),
        (&["--host", "docs.example.com"], "site docs: host docs.example.com is asked for"),
        (&["--prefix", "docs.example.com/"], "site docs: docs.example.com/* is asked for"),
        (&["--everything", "--format", "json"], "site www: everything in the zone is asked for"),
    ] {
        let ran = run(&repo, &edge, &[&["purge"], typed].concat()).run().exits(2);
        ran.fails_with(what, "`--yes`");
        run(&repo, &edge, &[&["purge", "--dry-run"], typed].concat()).run().exits(0);
        run(&repo, &edge, &[&["plan"], typed].concat()).run().exits(0);
    }
    assert_eq!(sent(&edge), Vec::<String>::new());
    run(&repo, &edge, &["purge", "-s", "www"]).run().exits(0).says("purging everything under www.example.com");
}

#[test]
fn a_plan_by_hand_is_shown_in_every_format_saved_and_sent_without_a_mark() {
    let (repo, edge) = (site(), edge());
    let url = "https://www.example.com/blog/";
    warm(&edge, &[url]);
    let typed = ["plan", url, "--forms", "--tag", "t", "--out", "p.json"];
    let schema: serde_json::Value = serde_json::from_str(include_str!("../../docs/plan.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for (format, said) in [
        ("human", "www: asked for by hand: 1 URL with all forms, 1 tag"),
        ("urls", "https://www.example.com/blog/\n"),
        ("requests", r#"{"tags":["blog","t"]}"#),
        ("markdown", "`asked for by hand: 1 URL with all forms, 1 tag`"),
        ("json", "\"asked\": true"),
    ] {
        let ran = run(&repo, &edge, &[&typed[..], &["--format", format]].concat()).run().exits(0).says(said);
        let document =
            if format == "json" { ran.stdout } else { std::fs::read_to_string(repo.path().join("p.json")).unwrap() };
        let document: serde_json::Value = serde_json::from_str(&document).unwrap();
        let errors: Vec<String> = schema.iter_errors(&document).map(|e| e.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new());
        let asked =
            serde_json::json!({ "urls": 1, "forms": true, "prefixes": 0, "tags": 1, "hosts": 0, "everything": false });
        assert_eq!(document["sites"][0]["asked"], asked);
    }
    let shown = run(&repo, &edge, &[&typed[..], &["--format", "requests"]].concat()).run().exits(0).stdout;
    run(&repo, &edge, &["purge", "--plan", "p.json", "--out", "r.json"]).run().exits(0).says("www: accepted: ");
    let mut shown: Vec<&str> = shown.lines().collect();
    shown.sort_unstable();
    assert_eq!(sent(&edge), shown);
    assert_eq!((kept(&edge), repo.git(&["for-each-ref", "refs/diffpurge"])), (Vec::new(), String::new()));
    // A plan that was saved was looked at: it needs no second yes where nobody can give it.
    run(&repo, &edge, &["plan", "--everything", "--out", "all.json"]).run().exits(0);
    run(&repo, &edge, &["purge", "--plan", "all.json"]).run().exits(0).says("1 purge of everything in 1 request");
    assert!(run(&repo, &edge, &["plan", url, "--exit-code"]).run().code == Some(5));
}

#[test]
fn each_layer_is_asked_and_what_it_cannot_be_asked_for_goes_upward_or_is_refused() {
    let layers = |inner: &str| {
        format!(
            "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com:8443/\"]\n[[site.layer]]\n[site.layer.http_purge]\n\
             endpoints = [\"http://127.0.0.1:9\"]\n{inner}[[site.layer]]\n[site.layer.cloudflare]\n"
        )
    };
    let ban = "ban = { method = \"BAN\", header = \"X-Ban\" }\n";
    for (inner, typed, code, said) in [
        ("", "https://www.example.com:8443/a", 0, "www (layer 1, http_purge): asked for by hand: 1 URL"),
        (ban, "--prefix=www.example.com:8443/a/", 0, "www (layer 2, cloudflare): asked for by hand: 1 prefix"),
        (ban, "--host=www.example.com", 0, "  www.example.com:8443/*\n"),
        (ban, "--everything", 0, "has no `everything`, so that everything under www.example.com:8443/ is purged"),
        (ban, "--tag=t", 0, "has no `tags`, so that everything under www.example.com:8443/ is purged"),
        ("", "--tag=t", 4, "has no `tags`, and nothing broader either"),
        ("", "--everything", 4, "has no `everything`, nor by host"),
    ] {
        let repo = Repo::of(&[("purge.toml", &layers(inner))]);
        diffpurge(["plan", typed]).within(&repo).run().exits(code).says(said).says("www (layer 2, cloudflare)");
    }
}

#[test]
fn a_threshold_is_about_deploys_and_not_about_what_is_typed() {
    let config = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n[site.threshold]\nurls = 1\nthen = \"fail\"\n";
    let repo = Repo::of(&[("purge.toml", config)]);
    let urls = ["https://www.example.com/a", "https://www.example.com/b"];
    let ran = diffpurge([&["plan"], &urls[..], &["--format", "urls"]].concat()).within(&repo).run().exits(0);
    assert_eq!(ran.stdout, urls.map(|url| format!("{url}\n")).concat());
    // Without a repository, too.
    let elsewhere = tempfile::TempDir::new().unwrap();
    let tool = diffpurge(["plan", "www.example.com/a", "--base-url", "https://www.example.com/", "--format", "urls"]);
    assert_eq!(tool.within_directory(elsewhere.path()).run().exits(0).stdout, "https://www.example.com/a\n");
}

/// What is printed on a terminal on which somebody types this, and the exit code.
fn on_a_terminal(repo: &Repo, edge: &Edge, arguments: &[&str], typed: &str, more: &[(&str, &str)]) -> (String, i32) {
    let mut terminal = Terminal::at(repo.path()).types(typed).env("CLOUDFLARE_BASE_URL", edge.api_base());
    for (name, value) in [&[("CLOUDFLARE_API_TOKEN", TOKEN), ("CLOUDFLARE_ZONE_ID", ZONE)], more].concat() {
        terminal = terminal.env(name, value);
    }
    let (text, code) = terminal.run(&[&[env!("CARGO_BIN_EXE_diffpurge")], arguments].concat().join(" "));
    assert!(!text.contains(TOKEN));
    (text, code)
}

#[test]
fn on_a_terminal_a_broad_purge_is_asked_about_and_no_sends_nothing() {
    const QUESTION: &str = "Go on? [y/N]";
    let everything = [r#"{"purge_everything":true}"#.to_owned()];
    let hosts = [
        r#"{"hosts":["static.example.com","www.example.com","xn--bcher-kva.example.com"]}"#.to_owned(),
        r#"{"tags":["blog"]}"#.to_owned(),
    ];
    let (yes, no): (&[&str], i32) = (&["y\n", "YES\n"], 4);
    for (typed, bodies) in [(&["purge", "--everything"][..], &everything[..]), (&["purge", "-s", "www"], &hosts)] {
        for answer in ["\n", "n\n", "yess\n", "\u{4}"] {
            let (repo, edge) = (site(), edge());
            let (text, code) = on_a_terminal(&repo, &edge, typed, answer, &[]);
            assert!(text.contains(QUESTION) && text.contains("nothing was purged: the answer was not yes"), "{text}");
            assert_eq!((code, sent(&edge)), (no, Vec::new()), "{answer:?}");
            // Enter ends the line of the question by itself, though here it is typed before that is asked.
            assert!(answer != "\u{4}" || text.lines().any(|line| line.starts_with("error: ")), "{text}");
            let opened = repo.git(&["for-each-ref", "--format=%(refname)", "refs/diffpurge/www"]);
            assert_eq!(opened, "", "the mark is where it was");
        }
        for answer in yes {
            let (repo, edge) = (site(), edge());
            let (text, code) = on_a_terminal(&repo, &edge, typed, answer, &[]);
            assert!(text.contains(QUESTION), "{text}");
            assert_eq!((code, sent(&edge)), (0, bodies.to_vec()), "{text}");
        }
        let (repo, edge) = (site(), edge());
        let (text, code) = on_a_terminal(&repo, &edge, &[typed, &["--yes"]].concat(), "", &[]);
        assert!(!text.contains(QUESTION) && code == 0, "{text}");
        assert_eq!(sent(&edge), bodies);
    }
    // The question says what goes, also where the plan is not shown before; and nobody is asked about a few URLs.
    let (repo, edge) = (site(), edge());
    let (text, _) = on_a_terminal(&repo, &edge, &["purge", "--everything", "--format", "json"], "n\n", &[]);
    assert!(text.contains("This purges www: everything in the zone. Go on?"), "{text}");
    let (text, code) = on_a_terminal(&repo, &edge, &["purge", "https://www.example.com/a", "--tag", "t"], "", &[]);
    assert!(!text.contains(QUESTION) && code == 0, "{text}");
    // A CI system's terminal is that of a log.
    let (text, code) = on_a_terminal(&repo, &edge, &["purge", "--everything"], "", &[("CI", "true")]);
    assert!(!text.contains(QUESTION) && code == 2, "{text}");
}
