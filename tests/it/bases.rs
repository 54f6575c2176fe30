//! What a site is compared with where there is no mark: what the CI system says, or nothing that anybody knows.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Fault, Hosted, Ran, Repo, Site, Tool, Toxic, diffpurge};

const ZEROS: &str = "0000000000000000000000000000000000000000";

/// In a GitHub Actions job for a push from `before` to `now`.
fn in_github(tool: Tool, repo: &Repo, before: &str, now: &str) -> Tool {
    let event = repo.path().join(".git/event.json");
    fs::write(&event, json!({"before": before, "after": now, "ref": "refs/heads/main"}).to_string()).unwrap();
    tool.env("GITHUB_ACTIONS", "true")
        .env("GITHUB_EVENT_NAME", "push")
        .env("GITHUB_SHA", now)
        .env("GITHUB_EVENT_PATH", event)
}

/// In a GitLab job for a push from `before` to `now`.
fn in_gitlab(tool: Tool, before: &str, now: &str) -> Tool {
    let variables = [("GITLAB_CI", "true"), ("CI_PIPELINE_SOURCE", "push"), ("CI_COMMIT_BRANCH", "main")];
    let tool = variables.into_iter().fold(tool, |tool, (name, value)| tool.env(name, value));
    tool.env("CI_COMMIT_BEFORE_SHA", before).env("CI_COMMIT_SHA", now)
}

fn first_line(ran: &Ran) -> &str {
    ran.stdout.lines().next().unwrap_or_default()
}

/// The one site of a document, which is as the schema says.
#[track_caller]
fn document(ran: &Ran) -> Value {
    let schema = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/plan.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    let errors: Vec<String> = schema.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert_eq!(errors, Vec::<String>::new(), "{}", ran.stdout);
    document["sites"][0].clone()
}

#[test]
fn what_ci_says_was_live_is_used_until_there_is_a_mark() {
    let site = Site::of("");
    let first = site.deploy(&[("x.css", "1"), ("y.css", "1")]);
    let second = site.deploy(&[("x.css", "2")]);
    let run =
        |arguments: &[&str], before: &str, now: &str| in_github(site.run(arguments), &site.repo, before, now).run();
    let ran = run(&["purge"], &first, &second).exits(0).says("1 URL in 1 request").says("the mark is at HEAD");
    assert_eq!(first_line(&ran), format!("www: {} → HEAD ({})", &first[..10], &second[..10]));
    ran.says(
        "note: there is no mark, so FROM is the branch's tip before this push, as GitHub Actions says; that can miss changes of earlier runs that were cancelled or failed",
    );
    site.is_purged_up_to(&second);
    // A run that was cancelled before it began: the next push does not know what it missed, and the mark does.
    let third = site.deploy(&[("x.css", "3")]);
    let fourth = site.deploy(&[("y.css", "4")]);
    let ran = run(&["purge"], &third, &fourth).exits(0).says("2 URLs in 1 request");
    assert!(!ran.stdout.contains("GitHub"), "{}", ran.stdout);
    site.is_purged_up_to(&fourth);
    // What was typed is what was meant.
    run(&["plan", "--no-mark"], &third, &fourth).exits(0).says("note: no mark is used, so FROM is the branch's tip");
    let ran = run(&["plan", &first, "HEAD", "--no-mark"], &third, &fourth).exits(0);
    assert!(!ran.stdout.contains("GitHub"), "{}", ran.stdout);
}

#[test]
fn what_ci_says_of_another_revision_or_of_none_is_an_unknown_base() {
    let site = Site::of("");
    let first = site.deploy(&[("x.css", "1")]);
    let second = site.deploy(&[("x.css", "2")]);
    let no_mark = "www: BROAD PURGE: what was live before is not known (no mark refs/diffpurge/www yet, and ";
    let gitlab =
        |arguments: &[&str], before: &str, now: &str| in_gitlab(site.run(arguments), before, now).run().exits(0);
    let other = format!("what GitLab CI says is of another revision than HEAD~1 ({})", &first[..10]);
    for (ran, why) in [
        (gitlab(&["plan", "mark", "HEAD~1"], &first, &second), &*other),
        (gitlab(&["plan"], ZEROS, &second), "GitLab CI does not help: "),
        (gitlab(&["plan"], &second, &second), "GitLab CI does not help: "),
        (gitlab(&["plan"], "", &second), "GitLab CI does not help: "),
        (gitlab(&["plan"], "HEAD~1", &second), "GitLab CI does not help: "),
        (in_github(site.run(&["plan"]), &site.repo, ZEROS, &second).run(), "GitHub Actions does not help: "),
        (
            in_github(site.run(&["plan"]), &site.repo, &first, &second)
                .env("GITHUB_EVENT_NAME", "workflow_dispatch")
                .run(),
            "GitHub Actions does not help: ",
        ),
    ] {
        let line = first_line(&ran).to_owned();
        assert!(line.starts_with(&format!("{no_mark}{why}")), "{line}");
        assert!(line.ends_with("): purging everything under www.example.com"), "{line}");
        assert!(ran.stdout.contains("host www.example.com"), "{}", ran.stdout);
    }
    let zeros = site.run(&["plan", ZEROS, "HEAD"]).run().exits(0);
    assert!(first_line(&zeros).contains("is all zeros: there was no revision before this one"), "{}", zeros.stdout);
    site.run(&["mark", "set", &first]).run().exits(0);
    let zeros = site.run(&["plan", ZEROS, "HEAD"]).run().exits(0).says("; the mark is used");
    assert!(first_line(&zeros).starts_with("www: the mark ("), "{}", zeros.stdout);
}

#[test]
fn in_a_clone_of_one_commit_the_base_is_fetched_by_its_id() {
    for hosted in [Hosted::on_disk(""), Hosted::over_http("")] {
        let first = hosted.deploy(&[("x.css", "1")]);
        // A force push: no ref leads to the base any more.
        hosted.site.repo.git(&["checkout", "--quiet", "--orphan", "other"]);
        let second = hosted.deploy(&[("x.css", "2")]);
        let clone = hosted.shallow();
        let ran = in_github(hosted.run(&clone, &["purge"]), &clone, &first, &second).run().exits(0);
        let short = &first[..10];
        assert!(ran.stderr.contains(&format!("note: {short} was not in this clone, and is fetched from origin\n")));
        assert_eq!(first_line(&ran), format!("www: {short} → HEAD ({})", &second[..10]));
        assert_eq!(hosted.site.live.stale(), Vec::<String>::new());
        assert_eq!(clone.git(&["rev-list", "--count", "HEAD"]), "1");
        // So is what was typed, on either end.
        let clone = hosted.shallow();
        hosted.run(&clone, &["plan", &first, "HEAD"]).run().exits(0).says("~ x.css  ");
        let clone = hosted.shallow();
        hosted.run(&clone, &["plan", "HEAD", &first, "-q"]).run().exits(0).says(&format!("→ {short}"));
    }
}

#[test]
fn a_base_that_cannot_be_had_is_unknown_with_the_reason_and_the_line_that_helps() {
    let hosted = Hosted::on_disk("");
    let first = hosted.deploy(&[("x.css", "1")]);
    hosted.site.repo.git(&["checkout", "--quiet", "--orphan", "other"]);
    let second = hosted.deploy(&[("x.css", "2")]);
    hosted.collects_garbage();
    let short = &first[..10];
    let gone = hosted.shallow();
    let offline = hosted.shallow();
    offline.git(&["remote", "set-url", "origin", "file:///nonexistent/site.git"]);
    let without = hosted.shallow();
    without.git(&["remote", "remove", "origin"]);
    let no_git = tempfile::TempDir::new().unwrap();
    let path = std::env::var_os("PATH").unwrap();
    for (clone, path, why) in [
        (&gone, &*path, "`git fetch` failed: "),
        (&offline, &*path, "`git fetch` failed: '/nonexistent/site.git' does not appear to be a git repository"),
        (&without, &*path, "the repository has no remote origin"),
        (&gone, no_git.path().as_os_str(), "the git program cannot be run: it is not installed"),
    ] {
        let run = |arguments: &[&str]| hosted.run(clone, arguments).env("PATH", path);
        let ran = in_github(run(&["plan"]), clone, &first, &second).run().exits(0);
        let line = first_line(&ran);
        let begins = format!(
            "www: BROAD PURGE: what was live before is not known (no mark refs/diffpurge/www yet, and of the revision that GitHub Actions names {short} is not in this clone, and {why}"
        );
        assert!(line.starts_with(&begins), "{line}");
        let ends =
            "(add `fetch-depth: 0` under `with:` of actions/checkout)): purging everything under www.example.com";
        assert!(line.ends_with(ends), "{line}");
        // What was typed is no better, and there is no line for an unknown pipeline.
        let ran = run(&["plan", &first, "HEAD"]).run().exits(0);
        let begins =
            format!("www: BROAD PURGE: what was live before is not known ({short} is not in this clone, and {why}");
        assert!(first_line(&ran).starts_with(&begins), "{}", ran.stdout);
        assert!(!ran.stdout.contains("fetch-depth"), "{}", ran.stdout);
    }
    // A mark that leads nowhere is no mark that is missing: its reason is told.
    gone.file(".git/refs/diffpurge/www", &format!("{first}\n"));
    let ran = hosted.run(&gone, &["purge"]).run().exits(0);
    let begins = format!(
        "www: BROAD PURGE: what was live before is not known (of the mark {short} is not in this clone, and `git fetch` failed: "
    );
    assert!(first_line(&ran).starts_with(&begins), "{}", ran.stdout);
    assert_eq!(gone.find("refs/diffpurge/www"), second);
    assert_eq!(hosted.site.live.stale(), Vec::<String>::new());
}

#[test]
fn a_policy_may_refuse_an_unknown_base() {
    let site = Site::of("unknown_base = \"fail\"\n");
    site.deploy(&[("x.css", "1")]);
    let second = site.deploy(&[("x.css", "2")]);
    for command in ["plan", "purge"] {
        let ran = site.run(&[command]).run().exits(3);
        let why = "it is not known what was live before (no mark refs/diffpurge/www yet, and no FROM is given), and `unknown_base = \"fail\"`";
        ran.fails_with(why, "`diffpurge mark set REV`");
    }
    assert_eq!((site.live.edge.recorded(), site.mark(), site.open()), (vec![], String::new(), vec![second]));
    let third = site.deploy(&[("x.css", "3")]);
    site.run(&["purge", "HEAD~2", "HEAD"]).run().exits(0).says(", not purged completely → HEAD");
    site.is_purged_up_to(&third);
    let site =
        Site::of("[site.threshold]\nthen = \"prefixes\"\n[[site.rule]]\nmatch = [\"*.css\"]\ntags = [\"css\"]\n");
    let first = site.deploy(&[("x.css", "1")]);
    let ran = site.run(&["purge"]).run().exits(0).says("host").says("css");
    assert!(first_line(&ran).ends_with("): purging everything under www.example.com"), "{}", ran.stdout);
    assert_eq!(site.mark(), first);
}

#[test]
fn a_web_root_that_is_not_there_is_refused_where_the_base_is_unknown() {
    let site = Site::of("output = \"public\"\n");
    site.deploy(&[("x.css", "1")]);
    site.run(&["plan"])
        .run()
        .exits(3)
        .fails_with("`output` public is not in HEAD, so that no file of it was live", "git ls-tree");
}

#[test]
fn a_revision_where_there_is_no_repository_is_a_slip_and_no_unknown_base() {
    let place = tempfile::TempDir::new().unwrap();
    fs::create_dir(place.path().join("public")).unwrap();
    fs::write(place.path().join("public/x.css"), "1").unwrap();
    let id = "6113728f27ae82c7b1a177c8d03f9e96e0adf246";
    let site = ["--base-url", "https://www.example.com/"];
    for arguments in
        [&["plan", id, "dir:public"][..], &["plan", id, "dir:public", "--no-mark"], &["plan", "dir:public", id]]
    {
        let run = diffpurge([arguments, &site].concat()).within_directory(place.path()).run();
        run.exits(3).fails_with("cannot open the git repository", "-C DIR");
    }
}

#[test]
fn every_document_says_who_knew_the_base_and_what_became_of_the_mark() {
    let site = Site::of("");
    let first = site.deploy(&[("x.css", "1")]);
    let json = |arguments: &[&str]| site.run(&[arguments, &["--format", "json"]].concat());
    let unknown = document(&json(&["plan"]).run().exits(0));
    let why = "no mark refs/diffpurge/www yet, and no FROM is given";
    assert_eq!(unknown["base"], json!({"of": "unknown", "why": why}));
    assert_eq!((&unknown["from"], &unknown["to"]["id"]), (&Value::Null, &json!(first)));
    let store = "refs/diffpurge/www";
    assert_eq!(unknown["mark"], json!({"store": store, "was": null, "outcome": "untouched"}));
    let purged = document(&json(&["purge"]).run().exits(0));
    assert_eq!(purged["mark"], json!({"store": store, "was": null, "outcome": "moved"}));
    let second = site.deploy(&[("x.css", "2")]);
    let ci = document(&in_gitlab(json(&["plan", "--no-mark"]), &first, &second).run().exits(0));
    let means = "the branch's tip before this push";
    assert_eq!(ci["base"], json!({"of": "ci", "ci": "GitLab CI", "means": means}));
    assert_eq!((&ci["from"]["id"], &ci["mark"]), (&json!(first), &Value::Null));
    let toxic = Toxic::before(&site.live.edge, |_, _| Fault::refused());
    let failed = diffpurge(["purge", "--format", "json"]).within(&site.repo).through(&toxic).run();
    let failed = document(&failed.exits(1));
    assert_eq!((&failed["base"], &failed["mark"]["outcome"]), (&json!({"of": "mark"}), &json!("untouched")));
    let third = site.deploy(&[("x.css", "3")]);
    let given = document(&json(&["plan", "HEAD~1", "HEAD"]).run().exits(0));
    let snapshot = |id: &str| json!({"revision": id, "id": id});
    // What is open and was typed is compared once.
    assert_eq!(given["base"], json!({"of": "given", "mark": snapshot(&first)}));
    assert_eq!(given["mark"], json!({"store": store, "was": first, "open": [second], "outcome": "untouched"}));
    let marked = document(&json(&["purge"]).run().exits(0));
    assert_eq!(marked["base"], json!({"of": "mark", "open": [snapshot(&second)]}));
    assert_eq!(marked["mark"]["outcome"], "moved");
    let there = document(&json(&["purge", "HEAD~1", "HEAD"]).run().exits(0));
    assert_eq!(there["mark"], json!({"store": store, "was": third, "outcome": "there"}));
    site.repo.git(&["checkout", "--quiet", &second]);
    let stays = document(&json(&["purge"]).run().exits(0));
    assert_eq!(stays["mark"]["outcome"], "stays");
    assert_eq!(stays["mark"]["why"], "HEAD is an ancestor of what was last purged");
    let failing = Site::of("unknown_base = \"fail\"\n");
    failing.deploy(&[("x.css", "1")]);
    failing.run(&["plan", "--format", "json"]).run().exits(3);
}

#[test]
fn a_summary_begins_with_what_is_not_known() {
    let site = Site::of("");
    let first = site.deploy(&[("x.css", "1")]);
    let markdown =
        |arguments: &[&str]| site.run(&[arguments, &["--format", "markdown"]].concat()).run().exits(0).stdout;
    let text = markdown(&["purge"]);
    let because = "> `what was live before is not known (no mark refs/diffpurge/www yet, and no FROM is given): purging everything under www.example.com`";
    assert_eq!(text.lines().take(3).collect::<Vec<_>>(), ["### Purge of www", "", because]);
    assert!(text.contains("- the mark has moved: `refs/diffpurge/www`") && !text.contains("0 paths"), "{text}");
    let second = site.deploy(&[("x.css", "2")]);
    let text = markdown(&["plan"]);
    assert!(text.contains(&format!("the mark ({}) → HEAD ({})", &first[..10], &second[..10])), "{text}");
}
