//! `diffpurge explain`, from a path to its URLs and back.

use crate::support::{Repo, Tool, diffpurge};

fn site() -> Repo {
    let config = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\noutput = \"public\"\nignore = [\"**/*.map\"]\n";
    Repo::of(&[
        ("purge.toml", config),
        ("public/both.html", "1"),
        ("public/both/index.html", "1"),
        ("public/x.map", "1"),
    ])
}

fn explain(repo: &Repo, arguments: &[&str]) -> Tool {
    diffpurge([&["explain"], arguments].concat()).within(repo)
}

#[test]
fn a_path_is_explained_with_each_of_its_urls() {
    let repo = site();
    let id = &repo.git(&["rev-parse", "HEAD"])[..10];
    let want = format!(
        "www: both/index.html is in HEAD ({id}), and answers under
  https://www.example.com/both             as a directory, no slash
  https://www.example.com/both/            as a directory
  https://www.example.com/both/index       no extension
  https://www.example.com/both/index.html  as it is
"
    );
    for path in ["both/index.html", "public/both/index.html", "/both/index.html", "./public/both/index.html"] {
        assert_eq!(explain(&repo, &[path]).run().exits(0).stdout, want, "{path}");
    }
}

#[test]
fn a_path_that_is_not_there_would_answer_under_its_urls() {
    let repo = site();
    explain(&repo, &["no/such.css"])
        .run()
        .exits(0)
        .says("www: no such file in HEAD (")
        .says("no/such.css would answer under");
    explain(&repo, &["x.map"]).run().exits(0).says("www: x.map is ignored: nothing is purged for it\n");
    explain(&repo, &["app.3f2a1b4c.js"]).run().exits(0).says("note: its name holds a content hash");
    explain(&repo, &["_headers"]).run().exits(0).says("note: a change of it purges every URL of the site");
    explain(&repo, &["sw.js"]).run().exits(0).says("note: it is purged when all others have been");
}

#[test]
fn a_url_leads_to_the_files_behind_it() {
    let repo = site();
    let ran = explain(&repo, &["https://www.example.com/both/?utm=1"]).run().exits(0).says("can be 2 files of HEAD");
    let ran = ran.says("  - both.html  no extension, slash\n").says("  - both/index.html  as a directory\n");
    ran.says("note: with its query string");
    explain(&repo, &["https://www.example.com/nothing"])
        .run()
        .exits(0)
        .says("no file of HEAD")
        .says("is behind https://www.example.com/nothing");
    explain(&repo, &["https://other.example/"]).run().exits(0).says("is below none of the site's base URLs");
}

#[test]
fn programs_get_json() {
    let repo = site();
    let json = |what: &str| -> serde_json::Value {
        serde_json::from_str(&explain(&repo, &[what, "--format", "json"]).run().exits(0).stdout).unwrap()
    };
    let path = json("both.html");
    assert_eq!((&path["schema"], &path["explanations"][0]["exists"]), (&1.into(), &true.into()));
    let url = serde_json::json!({"kind": "url", "value": "https://www.example.com/both", "form": "without-extension"});
    assert_eq!(path["explanations"][0]["answers"][0], url);
    let url = json("https://www.example.com/both/");
    let file = serde_json::json!({"path": "both/index.html", "form": "directory"});
    assert_eq!(url["explanations"][0]["files"][1], file);
}

#[test]
fn rules_are_named_where_they_add_something() {
    let config = r#"[[site]]
name = "www"
base_urls = ["https://www.example.com/"]
host = "nginx"
[[site.rule]]
match = ["fonts/**"]
origins = ["https://www.example.com"]
[[site.rule]]
match = ["**/*.woff2", "blog/**"]
also = ["/{dir}/", "/fonts.html"]
tags = ["fonts"]
[[site.rule]]
match = ["fonts/*"]
on = ["added", "deleted"]
scope = "subtree"
"#;
    let repo = Repo::of(&[("purge.toml", config), ("fonts/a.woff2", "1")]);
    let id = &repo.git(&["rev-parse", "HEAD"])[..10];
    let want = format!(
        "www: fonts/a.woff2 is in HEAD ({id}), and answers under
  https://www.example.com/fonts/a.woff2                                    as it is
  https://www.example.com/fonts/a.woff2 (Origin: https://www.example.com)  rule 1 (fonts/**)
  and a change of it also purges
  https://www.example.com/fonts.html  rule 2 (**/*.woff2, …)
  https://www.example.com/fonts/      rule 2 (**/*.woff2, …)
  tag fonts                           rule 2 (**/*.woff2, …)
  note: rule 3 (fonts/*) is for it when added or deleted
"
    );
    assert_eq!(explain(&repo, &["fonts/a.woff2"]).run().exits(0).stdout, want);
    let json = explain(&repo, &["fonts/a.woff2", "--format", "json"]).run().exits(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let variant = &json["explanations"][0]["answers"][1];
    assert_eq!((&variant["headers"]["Origin"], &variant["rule"]), (&"https://www.example.com".into(), &1.into()));
    assert_eq!(json["explanations"][0]["further"][2]["kind"], "tag");
    explain(&repo, &["https://www.example.com/fonts/"]).run().exits(0).says("- fonts/a.woff2  rule 2 (**/*.woff2, …)");
}

#[test]
fn a_url_that_a_rule_purges_leads_to_the_rule() {
    let config = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n[[site.rule]]\nmatch = [\"**/*.html\"]\nby = \"prefix\"\nalso = [\"/list/\"]\n";
    let repo = Repo::of(&[("purge.toml", config), ("p1.html", "1"), ("p2.html", "1")]);
    let url = |path: &str| explain(&repo, &[&format!("https://www.example.com{path}")]).run().exits(0);
    url("/p1").says("- p1.html  no extension, rule 1 (**/*.html)");
    url("/list/").says("- p1.html  and 1 file like it, rule 1 (**/*.html)");
    url("/other").says("no file of HEAD");
}

#[test]
fn a_path_to_which_the_rules_give_no_url_is_said_so() {
    let config = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n[[site.rule]]\nmatch = [\"**\"]\nforms = [\"directory\"]\n";
    let repo = Repo::of(&[("purge.toml", config), ("index.html", "1"), ("p1.html", "1")]);
    explain(&repo, &["p1.html"]).run().exits(0).says("and the rules give it no URL");
    repo.file("p1.html", "2").commit();
    let plan = diffpurge(["plan", "HEAD~1"]).within(&repo).run().exits(0);
    plan.says("nothing to purge between").says("(1 changed path to which the rules give no URL)");
}

#[test]
fn a_query_string_that_a_rule_knows_leads_to_its_file() {
    let config = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n[[site.rule]]\nmatch = [\"*.css\"]\nqueries = [\"v=1\"]\n";
    let repo = Repo::of(&[("purge.toml", config), ("x.css", "1"), ("y", "1")]);
    let ran = explain(&repo, &["https://www.example.com/x.css?v=1"]).run().exits(0);
    let ran = ran.says("- x.css  rule 1");
    assert!(!ran.stdout.contains("note:"), "{}", ran.stdout);
    explain(&repo, &["https://www.example.com/y?v=1"])
        .run()
        .exits(0)
        .says("- y  as it is")
        .says("note: with its query");
}

#[test]
fn a_revision_that_is_not_there_is_an_error() {
    let repo = site();
    explain(&repo, &["both.html", "--revision", "nope"])
        .run()
        .exits(3)
        .fails_with("cannot find the revision nope", "rev-parse");
    explain(&repo, &["x.css", "--base-url", "https://a.example/"]).run().exits(0).says("https://a.example/x.css");
    assert_eq!(explain(&repo, &[]).run().code, Some(2));
}
