//! The event file of a CI system on disk, read as the program reads it.

use std::fs;
use std::path::Path;

use diffpurge::ci::{Ci, Previous};
use diffpurge::config::Environment;

const BEFORE: &str = "6113728f27ae82c7b1a177c8d03f9e96e0adf246";
const AFTER: &str = "59b20b8d5c6ff8d09518454d4dd8b7b30f095ab5";

fn in_github(event: &Path) -> Ci {
    let variables = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_EVENT_NAME", "push"),
        ("GITHUB_SHA", AFTER),
        ("GITHUB_EVENT_PATH", event.to_str().unwrap()),
    ];
    let environment: Environment = variables.into_iter().collect();
    Ci::find(&environment, |path| fs::read(path)).unwrap().unwrap()
}

#[test]
fn the_largest_event_that_is_delivered_gives_its_base() {
    let directory = tempfile::tempdir().unwrap();
    let event = directory.path().join("event.json");
    let commit = r#"{"id": "0", "before": "0", "message": "{\"before\": \"0\"}", "author": {"name": "\ud83d\ude00"}},"#;
    // 25 MB is the most that is sent; `before` stands at both ends of what can be in front of it.
    let commits = commit.repeat(25_000_000 / commit.len());
    for text in [
        format!(r#"{{"before": "{BEFORE}", "commits": [{commits} {{}}]}}"#),
        format!(r#"{{"commits": [{commits} {{}}], "before": "{BEFORE}"}}"#),
    ] {
        fs::write(&event, text).unwrap();
        let ci = in_github(&event);
        let Previous::Known { id, .. } = ci.previous else { panic!("{:?}", ci.previous) };
        assert_eq!((id.as_str(), ci.current.as_deref()), (BEFORE, Some(AFTER)));
    }
}

#[test]
fn without_its_event_file_the_base_is_unknown_and_the_current_revision_known() {
    let directory = tempfile::tempdir().unwrap();
    for path in [directory.path().join("none.json"), directory.path().to_owned()] {
        let ci = in_github(&path);
        let Previous::Unknown(why) = ci.previous else { panic!("{:?}", ci.previous) };
        assert!(why.starts_with(&format!("the event file {} cannot be read: ", path.display())), "{why}");
        assert_eq!(ci.current.as_deref(), Some(AFTER));
    }
}
