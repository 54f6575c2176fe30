//! The documents for programs other than the plan's, judged by their schema.

use crate::support::{Repo, diffpurge};

const CONFIG: &str = r#"[[site]]
name = "www"
base_urls = ["https://www.example.com/"]
[[site.rule]]
match = ["blog/**"]
origins = ["https://www.example.com"]
tags = ["blog"]
on = ["added", "modified"]
[[site]]
name = "other"
base_urls = ["https://other.example/"]
[site.http_purge]
endpoints = ["http://127.0.0.1:9"]
"#;

#[test]
fn every_answer_for_programs_is_as_its_schema_says() {
    let repo = Repo::of(&[("purge.toml", CONFIG), ("blog/a+b.html", "1"), ("index.html", "1")]);
    repo.file("blog/a+b.html", "2").file(b"caf\xe9.html", "1").file("_headers", "1").commit();
    let schema = serde_json::from_str(include_str!("../../docs/answers.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    diffpurge(["mark", "set", "HEAD~1", "-s", "www"]).within(&repo).run().exits(0);
    for (command, key) in [
        (&["check"][..], "checks"),
        (&["verify", "HEAD~1", "--edge", "127.0.0.1:9"], "proofs"),
        (&["mark", "show"], "marks"),
        (&["explain", "blog/a+b.html"], "explanations"),
        (&["explain", "_headers"], "explanations"),
        (&["explain", "https://www.example.com/blog/a%2Bb"], "explanations"),
        (&["explain", "https://www.example.com/caf%E9"], "explanations"),
    ] {
        let ran = diffpurge([command, &["--format", "json"]].concat()).within(&repo).run();
        let document: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        let errors: Vec<String> =
            schema.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{command:?}: {errors:?}\n{document:#}");
        let sites: Vec<&str> =
            document[key].as_array().unwrap().iter().map(|one| one["site"].as_str().unwrap()).collect();
        assert_eq!(sites, ["www", "other"], "{command:?}");
        let mut bad = document.clone();
        bad[key][0]["more"] = true.into();
        assert!(!schema.is_valid(&bad), "{command:?}");
    }
}
