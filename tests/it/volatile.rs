//! `volatile`: pages that differ only in a build stamp are held back, and nothing else is.

use crate::support::{Repo, Tool, diffpurge, git};

const RULE: &str = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n[[site.rule]]\nmatch = [\"**/*.html\"]\nvolatile = ['<!-- built .*? -->', 'nonce=\"[^\"]*\"']\n";

fn page(stamp: &str, text: &str) -> String {
    format!("<html nonce=\"{stamp}\">{text}<!-- built {stamp} --></html>")
}

/// A site whose every file was built anew, and of which two have a new text.
fn rebuilt(config: &str) -> Repo {
    let repo = Repo::of(&[("purge.toml", config), ("style.css", "/* built 1 */")]);
    for name in ["a.html", "b.html", "c.html", "d/index.html"] {
        repo.file(name, &page("1", "old"));
    }
    repo.commit();
    for (name, text) in [("a.html", "old"), ("b.html", "new"), ("c.html", "old"), ("d/index.html", "old")] {
        repo.file(name, &page("2", text));
    }
    repo.file("style.css", "/* built 2 */").commit();
    repo
}

fn plan(repo: &Repo) -> Tool {
    diffpurge(["plan", "HEAD~1"]).within(repo)
}

#[test]
fn a_page_that_differs_only_in_its_stamp_is_held_back_counted_and_listed() {
    let repo = rebuilt(RULE);
    let ran = plan(&repo).run().exits(0);
    let ran = ran.says("2 paths changed: 2 modified; 3 more only in what is volatile");
    let ran = ran.says("held back, as only volatile parts differ: a.html, c.html, d/index.html");
    assert!(ran.stdout.contains("~ b.html  ") && ran.stdout.contains("~ style.css  "));
    assert!(!ran.stdout.contains("~ a.html  "), "{}", ran.stdout);
    let json = diffpurge(["plan", "HEAD~1", "--format", "json"]).within(&repo).run().exits(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let site = &json["sites"][0];
    assert_eq!((&site["counts"]["held_back"], &site["held_back"][2]["path"]), (&3.into(), &"d/index.html".into()));
    let markdown = diffpurge(["plan", "HEAD~1", "--format", "markdown"]).within(&repo).run().exits(0);
    markdown.says("held back, as only volatile parts differ: 3 files");
}

#[test]
fn a_site_that_was_only_built_anew_has_nothing_to_purge_and_says_why() {
    let repo = Repo::of(&[("purge.toml", RULE), ("a.html", &page("1", "x"))]);
    repo.file("a.html", &page("2", "x")).commit();
    plan(&repo).run().exits(0).says("nothing to purge between").says("(1 file differs only in what is volatile)");
}

#[test]
fn a_page_that_loses_or_gets_something_volatile_has_changed() {
    for (old, new, changed) in [
        ("<p nonce=\"1\">x</p><!-- built 1 -->", "<p nonce=\"2\">x</p><!-- built 2 -->", false),
        ("<p nonce=\"1\">x</p>", "<p >x</p>", true),
        ("<p >x</p>", "<p nonce=\"1\">x</p>", true),
        ("x<!-- built 1 -->", "x", true),
        ("x", "x<!-- built 1 -->", true),
        ("x<!-- built 1 --><!-- built 1 -->", "x<!-- built 2 -->", true),
        ("x<!-- built 1 -->y", "xy<!-- built 2 -->", true),
        ("x<!-- built 1 -->", "xnonce=\"1\"", true),
    ] {
        let repo = Repo::of(&[("purge.toml", RULE), ("a.html", old)]);
        repo.file("a.html", new).commit();
        let ran = plan(&repo).run().exits(0);
        assert_eq!(ran.stdout.contains("~ a.html  "), changed, "{old} {new}: {}", ran.stdout);
    }
}

#[test]
fn a_page_of_which_nothing_is_left_has_changed() {
    let repo = Repo::of(&[("purge.toml", &RULE.replace("<!-- built .*? -->", "(?s).+")), ("a.html", "1")]);
    repo.file("a.html", "2").commit();
    plan(&repo).run().exits(0).says("~ a.html  ");
}

#[test]
fn a_blob_that_is_not_here_counts_as_changed() {
    let repo = rebuilt(RULE);
    let clone = tempfile::TempDir::new().unwrap();
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", repo.path().display());
    let cloned = git(clone.path()).args(["clone", "-q", "--bare", "--filter=blob:none", &url, "."]).status().unwrap();
    assert!(cloned.success());
    std::fs::write(clone.path().join("purge.toml"), RULE).unwrap();
    let ran = diffpurge(["plan", "HEAD~1", "-C", clone.path().to_str().unwrap()]).run().exits(0);
    ran.says("5 paths changed: 5 modified; all else");
}

#[test]
fn a_large_file_is_compared_by_its_id_alone() {
    let large = "x".repeat(3 << 20);
    let repo = Repo::of(&[("purge.toml", RULE), ("a.html", &format!("{large}<!-- built 1 -->"))]);
    repo.file("a.html", &format!("{large}<!-- built 2 -->")).commit();
    plan(&repo).run().exits(0).says("~ a.html  ");
}
