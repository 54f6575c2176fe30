//! A plan that is written, reviewed and sent later: exactly that, or not at all.

use diffpurge::edge::Edge;

use crate::support::{Fault, Repo, Tool, Toxic, ZONE, diffpurge, edge, kept, warm};

const RULES: &str = r#"
[[site.rule]]
match = ["fonts/**"]
origins = ["https://www.example.com", "null"]
device_types = ["mobile"]
headers = [{ X-B = "1", X-A = "\"quoted\"" }]
[[site.rule]]
match = ["blog/**"]
also = ["/blog/", "/{dir}/feed.xml"]
tags = ["blog"]
prefixes = ["img.example.com/blog/"]
hosts = ["static.example.com"]
[[site.rule]]
match = ["docs/**"]
by = "prefix"
"#;

/// A site in which everything that a plan can hold changes.
fn site(extra: &str) -> Repo {
    let config = format!(
        "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\nalways = [\"/s.xml\"]\n{extra}{RULES}"
    );
    let repo = Repo::of(&[("purge.toml", &config), ("gone/x.html", "1"), ("sw.js", "1")]);
    repo.file("fonts/a b.woff2", "1").file("blog/é@2x.html", "1").file("docs/a.html", "1").file("d/.htaccess", "1");
    repo.file("sw.js", "2").file("##[x].css", "1").remove("gone").file(b"caf\xe9.txt", "1").commit();
    repo
}

fn run(repo: &Repo, arguments: &[&str]) -> Tool {
    diffpurge(arguments.iter().copied()).within(repo)
}

/// Writes a plan into the repository's directory.
#[track_caller]
fn written(repo: &Repo, name: &str) -> String {
    let file = repo.path().join(name).display().to_string();
    run(repo, &["plan", "HEAD~1", "--out", &file]).env("CLOUDFLARE_ZONE_ID", ZONE).run().exits(0);
    file
}

fn bodies(edge: &Edge) -> Vec<String> {
    let mut bodies: Vec<String> = edge.recorded().into_iter().map(|r| r.body).collect();
    bodies.sort_unstable();
    bodies
}

#[test]
fn a_saved_plan_is_sent_byte_for_byte_as_it_was_printed() {
    let edge = edge();
    let repo = site("");
    let file = written(&repo, "p.json");
    let printed = run(&repo, &["plan", "HEAD~1", "--format", "requests"]).run().exits(0).stdout;
    let dry = run(&repo, &["purge", "--plan", &file, "--dry-run", "--format", "requests"]).run().exits(0).stdout;
    assert_eq!(dry, printed);
    run(&repo, &["purge", "--plan", &file]).against(&edge).run().exits(0);
    let mut printed: Vec<&str> = printed.lines().collect();
    printed.sort_unstable();
    assert_eq!(bodies(&edge), printed);
    assert!(printed.len() >= 4, "{printed:?}");
}

#[test]
fn a_saved_plan_is_shown_as_it_was_when_it_was_made() {
    let repo = site("");
    let file = written(&repo, "p.json");
    let plan = |arguments: &[&str]| {
        let tool = run(&repo, arguments).env("CLOUDFLARE_ZONE_ID", ZONE);
        tool.run().exits(0).stdout
    };
    for format in ["human", "urls", "markdown", "json"] {
        let made = plan(&["plan", "HEAD~1", "--format", format, "-v"]);
        assert_eq!(plan(&["purge", "--plan", &file, "--dry-run", "--format", format, "-v"]), made, "{format}");
    }
}

#[test]
fn every_document_is_as_the_schema_says() {
    let schema = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/plan.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    let judge = |text: &str| {
        let document = serde_json::from_str(text).unwrap();
        let errors: Vec<String> =
            schema.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert_eq!(errors, Vec::<String>::new(), "{text}");
    };
    let json = |repo: &Repo, arguments: &[&str]| run(repo, &[arguments, &["--format", "json"]].concat());
    let repo = site("");
    judge(&json(&repo, &["plan", "HEAD~1"]).run().exits(0).stdout);
    judge(&json(&repo, &["plan", "HEAD", "HEAD"]).run().exits(0).stdout);
    let edge = edge();
    judge(&json(&repo, &["purge", "HEAD~1"]).against(&edge).run().exits(0).stdout);
    let toxic = Toxic::before(&edge, |_, _| Fault::envelope(403, "", 10000, "Authentication error"));
    judge(&json(&repo, &["purge", "HEAD~1"]).through(&toxic).run().exits(1).stdout);
    for then in ["hosts", "everything", "fail"] {
        let repo =
            site(&format!("[site.threshold]\nurls = 1\nthen = \"{then}\"\n[site.cloudflare]\nmode = \"invalidate\"\n"));
        let status = if then == "fail" { 4 } else { 0 };
        judge(&json(&repo, &["plan", "HEAD~1"]).run().exits(status).stdout);
    }
    assert!(!schema.is_valid(&serde_json::json!({"schema": 2})));
}

#[test]
fn a_plan_that_was_edited_cut_off_or_made_otherwise_is_refused() {
    let edge = edge();
    let repo = site("");
    let file = written(&repo, "p.json");
    let text = std::fs::read_to_string(&file).unwrap();
    let other = "5d41402abc4b2a76b9719d911017c592";
    for (changed, message, hint) in [
        (text.replace("/docs/a", "/docs/b"), "digest does not fit", "pass it on as it is"),
        (text.replace("  ", " "), "digest does not fit", "--out FILE"),
        (text[..text.len() / 2].to_owned(), "no plan, or only a part of one", "--out FILE"),
        (String::new(), "no plan, or only a part of one", "--out FILE"),
        (text.replace("\"schema\": 1", "\"schema\": 2"), "schema 2, and this version knows 1", "`tool`"),
        ("{}".to_owned(), "no plan, or only a part of one", "--out FILE"),
    ] {
        std::fs::write(&file, changed).unwrap();
        run(&repo, &["purge", "--plan", &file]).against(&edge).run().exits(2).fails_with(message, hint);
    }
    std::fs::write(&file, &text).unwrap();
    run(&repo, &["purge", "--plan", &file]).against(&edge).env("CLOUDFLARE_ZONE_ID", other).run().exits(2).fails_with(
        &format!("the plan is for the zone {ZONE}, and the configured one is {other}"),
        "make the plan again",
    );
    run(&repo, &["purge", "--plan", "no-such-file"])
        .against(&edge)
        .run()
        .exits(2)
        .fails_with("cannot read the plan", "wrote");
    run(&repo, &["purge", "--plan", &file, "--only-failed"])
        .against(&edge)
        .run()
        .exits(2)
        .fails_with("never sent", "leave `--only-failed` out");
    let config = std::fs::read_to_string(repo.path().join("purge.toml")).unwrap();
    repo.file("purge.toml", &config.replace("\"www\"", "\"web\""));
    run(&repo, &["purge", "--plan", &file]).against(&edge).run().exits(2).fails_with("the site www", "--site");
    repo.file(
        "purge.toml",
        &config.replacen(RULES, "[site.cloudflare]\nmode = \"invalidate\"\nenvironment_id = \"e\"\n", 1),
    );
    run(&repo, &["purge", "--plan", &file])
        .against(&edge)
        .run()
        .exits(2)
        .fails_with("not those that this version", "again");
    assert_eq!(bodies(&edge), Vec::<String>::new(), "nothing of all that was sent");
}

#[test]
fn a_refused_plan_stays_refused() {
    let repo = site("[site.threshold]\nurls = 1\nthen = \"fail\"\n");
    let file = repo.path().join("p.json").display().to_string();
    run(&repo, &["plan", "HEAD~1", "--out", &file]).run().exits(4);
    run(&repo, &["purge", "--plan", &file])
        .against(&edge())
        .run()
        .exits(4)
        .fails_with("refused when it was made", "threshold");
}

#[test]
fn a_plan_whose_revision_has_moved_says_so_and_is_sent() {
    let edge = edge();
    let repo = site("");
    let file = written(&repo, "p.json");
    repo.file("new.css", "1").commit();
    let ran = run(&repo, &["purge", "--plan", &file]).against(&edge).run().exits(0);
    ran.says("note: HEAD is").says("what changed since is not in it");
}

#[test]
fn what_was_not_accepted_is_finished_from_the_report_alone() {
    let repo = Repo::of(&[
        ("purge.toml", "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n"),
        ("index.html", "1"),
    ]);
    repo.files((0..250).map(|i| format!("{i:03}.css")), "1").commit();
    let report = repo.path().join("r.json").display().to_string();
    // The first request is answered, the others are not.
    let first = edge();
    let refused = || Fault::envelope(403, "", 10000, "Authentication error");
    let toxic = Toxic::before(&first, move |n, _| if n == 0 { Fault::Pass } else { refused() });
    let purge = run(&repo, &["purge", "HEAD~1", "--out", &report]).through(&toxic);
    purge.run().exits(1).says("NOT purged");
    let text = std::fs::read_to_string(&report).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let receipts = json["sites"][0]["receipts"].as_array().unwrap();
    let accepted: u64 =
        receipts.iter().filter(|r| r["outcome"] == "accepted").map(|r| r["count"].as_u64().unwrap()).sum();
    assert!(accepted > 0 && accepted < 250, "{accepted}");
    let edge = edge();
    warm(&edge, &["https://www.example.com/000.css", "https://www.example.com/249.css"]);
    let again = run(&repo, &["purge", "--plan", &report, "--only-failed", "--out", &report]).against(&edge);
    again.run().exits(0).says(&format!("accepted: {} URLs", 250 - accepted));
    let sent: usize = edge.recorded().iter().map(|r| r.body.matches("https://").count()).sum();
    assert_eq!(sent as u64, 250 - accepted);
    let third = run(&repo, &["purge", "--plan", &report, "--only-failed"]).against(&edge);
    third.run().exits(0).says("nothing to purge between").says("note: all of it was accepted before");
    assert!(kept(&edge).len() <= 1);
}

/// Two sites, of which the second has a token of its own.
fn two_sites() -> Repo {
    let config = "[[site]]\nname = \"one\"\nbase_urls = [\"https://one.example.com/\"]\n[[site]]\nname = \"two\"\nbase_urls = [\"https://two.example.com/\"]\n[site.cloudflare]\ntoken_env = \"OTHER_TOKEN\"\n";
    let repo = Repo::of(&[("purge.toml", config), ("index.html", "1"), ("a.css", "1")]);
    repo.file("a.css", "2").commit();
    repo
}

#[test]
fn a_site_that_failed_before_it_was_sent_is_open_as_a_whole() {
    let edge = edge();
    let repo = two_sites();
    let report = repo.path().join("r.json").display().to_string();
    run(&repo, &["purge", "HEAD~1", "--out", &report]).against(&edge).run().exits(2).says("two: NOT purged");
    let again = run(&repo, &["purge", "--plan", &report, "--only-failed"]).against(&edge);
    let ran = again.env("OTHER_TOKEN", crate::support::TOKEN).run().exits(0);
    ran.says("one: nothing to purge between").says("two: accepted: 1 URL in 1 request");
}

#[test]
fn a_site_without_a_plan_is_in_the_document_and_nobody_forgets_it() {
    let edge = edge();
    let repo = two_sites();
    let config = std::fs::read_to_string(repo.path().join("purge.toml")).unwrap();
    let config =
        config.replace("\"https://two.example.com/\"]\n", "\"https://two.example.com/\"]\noutput = \"nowhere\"\n");
    repo.file("purge.toml", &config);
    let file = repo.path().join("p.json").display().to_string();
    run(&repo, &["plan", "HEAD~1", "--out", &file]).run().exits(3);
    let purge = |more: &[&str]| run(&repo, &[&["purge", "--plan", &file], more].concat()).against(&edge).run();
    purge(&[]).exits(2).fails_with("nothing for the site two, which could not be planned", "--site");
    purge(&["--site", "two"]).exits(2).fails_with("nothing for the site two", "--site");
    purge(&["--site", "one"]).exits(0).says("one: accepted: 1 URL");
}

#[test]
fn a_report_of_an_earlier_run_is_not_taken_for_that_of_one_that_failed() {
    let edge = edge();
    let repo = Repo::of(&[("index.html", "1"), ("a.css", "1")]);
    repo.file("a.css", "2").commit();
    let outside = tempfile::TempDir::new().unwrap();
    let report = outside.path().join("r.json").display().to_string();
    let purge = |arguments: &[&str]| {
        let site = ["--base-url", "https://www.example.com/"];
        run(&repo, &[&["purge"], arguments, &site].concat()).against(&edge)
    };
    purge(&["HEAD~1", "--out", &report]).run().exits(0);
    repo.file("a.css", "3").commit();
    purge(&["HEAD~1", "--out", &report]).env("CLOUDFLARE_API_TOKEN", "").run().exits(2);
    purge(&["--plan", &report, "--only-failed"]).run().exits(0).says("accepted: 1 URL in 1 request");
    purge(&["no-such-revision", "--out", &report]).run().exits(3);
    purge(&["--plan", &report, "--only-failed"])
        .run()
        .exits(2)
        .fails_with("no plan, or only a part of one", "--out FILE");
}
