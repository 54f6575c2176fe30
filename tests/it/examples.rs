//! One document of each kind in the documentation: it is what the program writes, and as its schema says.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::Site;

/// The keys whose values are of one run alone, and those of one version.
const OF_ONE_RUN: [&str; 6] = ["seconds", "digest", "tool", "ray", "cache", "text"];

const CONFIG: &str = "ignore = [\"purge.toml\"]\nalways = [\"/sitemap.xml\"]\n\
                      [[site.rule]]\nmatch = [\"blog/**\"]\ntags = [\"blog\"]\n";

fn place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/src/reference/json").join(name)
}

/// The document without what is of one run alone.
fn lasting(value: &Value) -> Value {
    match value {
        Value::Object(all) => {
            let kept = |(key, value): (&String, &Value)| {
                let value = if OF_ONE_RUN.contains(&key.as_str()) { Value::Null } else { lasting(value) };
                (key.clone(), value)
            };
            Value::Object(all.iter().map(kept).collect())
        }
        Value::Array(all) => Value::Array(all.iter().map(lasting).collect()),
        other => other.clone(),
    }
}

#[test]
fn every_example_is_what_the_program_writes_and_as_its_schema_says() {
    let site = Site::of(CONFIG);
    let pages = [("index.html", "1"), ("blog/index.html", "1"), ("old.css", "1")];
    site.deploy(&pages);
    site.run(&["mark", "set", "HEAD"]).run().exits(0);
    site.live.serve("/old.css", None);
    site.repo.remove("old.css");
    site.deploy(&[("blog/index.html", "2")]);
    for path in ["/blog", "/blog/"] {
        site.live.serve(path, Some("2"));
    }
    let door = format!("http://{}", site.live.edge.address());
    let json = |arguments: &[&str]| site.run(&[arguments, &["--format", "json"]].concat());
    let plan = json(&["plan"]).run().exits(0);
    let report = json(&["purge", "--verify", "--edge", &door]).run().exits(0);
    // Something puts an old answer back: one page is stale.
    site.live.serve("/blog/", Some("1"));
    site.live.expire("/blog/");
    site.live.serve("/blog/", Some("2"));
    let documents = [
        ("plan.json", plan),
        ("report.json", report),
        ("verify.json", json(&["verify", "HEAD~1", "HEAD", "--edge", &door]).run().exits(1)),
        ("check.json", json(&["check"]).run().exits(0)),
        ("mark.json", json(&["mark", "show"]).run().exits(0)),
        ("explain.json", json(&["explain", "blog/index.html"]).run().exits(0)),
    ];
    let schema = |name: &str| {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap();
        jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap()
    };
    let (plans, answers) = (schema("docs/plan.schema.json"), schema("docs/answers.schema.json"));
    for (name, ran) in documents {
        if std::env::var_os("DIFFPURGE_BLESS").is_some() {
            std::fs::create_dir_all(place("")).unwrap();
            std::fs::write(place(name), &ran.stdout).unwrap();
        }
        let written: Value = serde_json::from_str(&ran.stdout).unwrap();
        let shown: Value = serde_json::from_str(&std::fs::read_to_string(place(name)).unwrap()).unwrap();
        assert_eq!(lasting(&shown), lasting(&written), "{name} is outdated (DIFFPURGE_BLESS=1 writes it anew)");
        assert_eq!(shown["schema"], 1, "{name}");
        let judge = if shown.get("sites").is_some() { &plans } else { &answers };
        let errors: Vec<String> = judge.iter_errors(&shown).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
        let mut bad = shown.clone();
        bad["more"] = true.into();
        assert!(!judge.is_valid(&bad), "{name}");
    }
}
