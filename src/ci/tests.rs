//! Each system with the variables that it documents, and with each of its traps.

mod documented;
mod traps;

use std::collections::BTreeMap;

use self::documented::{DOCUMENTED, Documented};
use self::traps::TRAPS;
use super::*;

/// What was there before.
const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
/// What is being deployed.
const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
const A256: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const ZEROS: &str = "0000000000000000000000000000000000000000";
const ZEROS256: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The event of a push of B onto A, shortened.
const PUSH: &str = r#"{"ref": "refs/heads/main", "before": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "after": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "created": false, "forced": false, "commits": [{"id": "b"}]}"#;

fn documented(name: &str) -> &'static Documented {
    DOCUMENTED.iter().find(|d| d.name == name).unwrap()
}

/// The documented environment with some variables set otherwise; `None` unsets one.
fn with(name: &str, changed: &[(&'static str, Option<&'static str>)]) -> Environment {
    let mut variables: BTreeMap<&str, &str> = documented(name).variables.iter().copied().collect();
    for (variable, value) in changed {
        match value {
            Some(value) => variables.insert(variable, value),
            None => variables.remove(variable),
        };
    }
    variables.into_iter().collect()
}

fn found_with(environment: &Environment, event: &str) -> Ci {
    let read = |path: &Path| {
        assert_eq!(path, Path::new("/event.json"));
        Ok(event.as_bytes().to_vec())
    };
    Ci::find(environment, read).unwrap().unwrap()
}

fn found(environment: &Environment) -> Ci {
    found_with(environment, PUSH)
}

fn why_not(ci: &Ci) -> &str {
    match &ci.previous {
        Previous::Unknown(why) => why,
        Previous::Known { id, .. } => panic!("{}: {id} is taken for what was live", ci.name),
    }
}

fn previous(ci: &Ci) -> &str {
    match &ci.previous {
        Previous::Known { id, .. } => id,
        Previous::Unknown(why) => panic!("{}: {why}", ci.name),
    }
}

#[test]
fn every_row_of_the_table_has_a_documented_environment_here() {
    let rows: Vec<&str> = SYSTEMS.iter().map(|s| s.name).collect();
    assert_eq!(rows, DOCUMENTED.iter().map(|d| d.name).collect::<Vec<_>>());
}

#[test]
fn a_push_is_found_in_the_documented_variables_of_each_system() {
    for system in DOCUMENTED {
        let ci = found(&with(system.name, &[]));
        assert_eq!((ci.name, ci.current.as_deref()), (system.name, Some(B)));
        assert!(!ci.fetch.is_empty(), "{}", ci.name);
        match (&ci.previous, system.is_known) {
            (Previous::Known { id, means, can_miss }, true) => {
                assert_eq!(id, A, "{}", ci.name);
                assert!(!means.is_empty() && !can_miss.is_empty(), "{}", ci.name);
            }
            (Previous::Unknown(why), false) => {
                assert_eq!(*why, format!("{} does not say which revision was live before", ci.name));
            }
            (previous, _) => panic!("{}: {previous:?}", ci.name),
        }
    }
}

#[test]
fn no_system_is_recognised_by_another_ones_variables_alone() {
    for system in DOCUMENTED {
        let own = SYSTEMS.iter().find(|s| s.name == system.name).unwrap();
        let others = SYSTEMS.iter().filter(|s| s.name != system.name);
        let signs = others.filter(|s| s.sign.is_in(&with(system.name, &[])).unwrap()).map(|s| s.name);
        let want: &[&str] = match own.name {
            "Forgejo Actions" => &["Gitea Actions", "GitHub Actions"],
            "Gitea Actions" => &["GitHub Actions"],
            "Woodpecker" => &["Drone"],
            _ => &[],
        };
        assert_eq!(signs.collect::<Vec<_>>(), want, "{}", system.name);
    }
}

#[test]
fn outside_of_the_known_systems_there_is_none() {
    let unread = |_: &Path| panic!("nothing is read");
    for variables in [
        &[][..],
        &[("CI", "true")],
        &[("CI", "true"), ("GITHUB_SHA", B), ("CI_COMMIT_SHA", B), ("GIT_COMMIT", B)],
        &[("GITHUB_ACTIONS", "false"), ("GITLAB_CI", ""), ("JENKINS_URL", ""), ("VERCEL", "0")],
    ] {
        let environment = variables.iter().copied().collect();
        assert_eq!(Ci::find(&environment, unread).unwrap(), None, "{variables:?}");
    }
}

#[test]
fn a_value_that_is_no_full_id_of_another_revision_is_unknown_in_every_system() {
    for (system, variable) in DOCUMENTED.iter().filter_map(|d| Some((d.name, d.previous?))) {
        for (value, want) in [
            (None, "is not set, as "),
            (Some(""), "is not set, as "),
            (Some(ZEROS), "is all zeros, as "),
            (Some(ZEROS256), "is all zeros, as "),
            (Some(B), "is the revision that is being deployed, as "),
            (Some("BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"), "is the revision that is being deployed, as "),
            (Some("HEAD"), "is HEAD, which is not a full id"),
            (Some("aaaaaaaaaaaa"), "is aaaaaaaaaaaa, which is not a full id"),
            (Some("main\n::error::x"), r#"is "main\n::error::x", which is not a full id"#),
        ] {
            let ci = found(&with(system, &[(variable, value)]));
            let why = why_not(&ci);
            assert!(why.starts_with(&format!("{variable} {want}")), "{system}: {why}");
            assert_eq!(ci.current.as_deref(), Some(B));
        }
    }
}

#[test]
fn full_ids_of_both_hashes_are_taken_and_written_in_lower_case() {
    for (system, variable) in DOCUMENTED.iter().filter_map(|d| Some((d.name, d.previous?))) {
        assert_eq!(previous(&found(&with(system, &[(variable, Some(A256))]))), A256);
        let upper = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        assert_eq!(previous(&found(&with(system, &[(variable, Some(upper))]))), A);
    }
}

#[test]
fn a_current_revision_that_is_no_full_id_is_none() {
    for system in SYSTEMS {
        for value in [None, Some(""), Some("HEAD"), Some("bbbbbbbbbbbb"), Some(ZEROS), Some("main")] {
            let ci = found(&with(system.name, &[(system.current, value)]));
            assert_eq!((ci.name, ci.current), (system.name, None), "{value:?}");
        }
    }
}

#[test]
fn each_systems_traps_leave_the_base_unknown_and_say_why() {
    for (system, variable, value, want) in TRAPS {
        let ci = found(&with(system, &[(variable, *value)]));
        assert_eq!(why_not(&ci), format!("{variable} {want}"), "{system}");
    }
}

#[test]
fn what_is_known_to_be_missing_is_named_after_what_causes_it() {
    for (system, variable, value, want) in [
        ("Netlify", "CACHED_COMMIT_REF", Some(B), "as in a build without a cache"),
        ("Vercel", "VERCEL_GIT_PREVIOUS_SHA", None, "in projects without an Ignored Build Step"),
        ("GitLab CI", "CI_COMMIT_BEFORE_SHA", Some(ZEROS), "a schedule, or one that was started by hand"),
        (
            "CircleCI",
            "DIFFPURGE_BASE_REVISION",
            None,
            "without `DIFFPURGE_BASE_REVISION: << pipeline.git.base_revision >>` under `environment:`",
        ),
    ] {
        let ci = found(&with(system, &[(variable, value)]));
        assert!(why_not(&ci).ends_with(want), "{}", why_not(&ci));
    }
}

#[test]
fn jenkins_last_build_is_not_taken_for_its_last_successful_one() {
    let ci = found(&with("Jenkins", &[("GIT_PREVIOUS_SUCCESSFUL_COMMIT", None)]));
    assert!(why_not(&ci).starts_with("GIT_PREVIOUS_SUCCESSFUL_COMMIT is not set"), "{}", why_not(&ci));
}

#[test]
fn the_start_of_a_range_is_judged_like_any_other_id() {
    for (range, current, want) in [
        (format!("{ZEROS}...{B}"), B, "the start of SEMAPHORE_GIT_COMMIT_RANGE is all zeros".to_owned()),
        (format!("{B}...{B}"), B, "the start of SEMAPHORE_GIT_COMMIT_RANGE is the revision that is being".to_owned()),
        (format!("HEAD...{B}"), B, "the start of SEMAPHORE_GIT_COMMIT_RANGE is HEAD, which is not".to_owned()),
        (format!("...{B}"), B, "the start of SEMAPHORE_GIT_COMMIT_RANGE is not set".to_owned()),
        (format!("{A}...{B}"), A, format!("SEMAPHORE_GIT_COMMIT_RANGE is {A}...{B}, which does not end at")),
        (format!("{A}...HEAD"), "HEAD", format!("SEMAPHORE_GIT_COMMIT_RANGE is {A}...HEAD, which is not a range")),
        (format!("{A}..{B}"), B, format!("SEMAPHORE_GIT_COMMIT_RANGE is {A}..{B}, which is not a range")),
    ] {
        let variables = [
            ("SEMAPHORE", "true"),
            ("SEMAPHORE_GIT_REF_TYPE", "branch"),
            ("SEMAPHORE_GIT_COMMIT_RANGE", &range),
            ("SEMAPHORE_GIT_SHA", current),
        ];
        let ci = found(&variables.into_iter().collect());
        assert!(why_not(&ci).starts_with(&want), "{}", why_not(&ci));
    }
}

#[test]
fn the_base_of_a_push_event_is_judged_like_any_other_id() {
    for system in ["Forgejo Actions", "Gitea Actions", "GitHub Actions"] {
        for (before, want) in [
            (ZEROS, "`before` in the push event is all zeros, as for the first push of a branch or tag"),
            (B, "`before` in the push event is the revision that is being deployed, so that"),
            ("aaaaaaa", "`before` in the push event is aaaaaaa, which is not a full id"),
        ] {
            let ci = found_with(&with(system, &[]), &format!(r#"{{"before": "{before}"}}"#));
            assert!(why_not(&ci).starts_with(want), "{system}: {}", why_not(&ci));
        }
        for event in ["", "<html>", "{\"ref\": \"refs/heads/main\"}"] {
            let ci = found_with(&with(system, &[]), event);
            assert!(why_not(&ci).starts_with("the event file /event.json "), "{system}: {}", why_not(&ci));
        }
    }
}

#[cfg(unix)]
#[test]
fn a_revision_that_is_not_text_is_an_error_that_names_its_variable() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt as _;

    for variable in ["CI_COMMIT_SHA", "CI_COMMIT_BEFORE_SHA", "CI_PIPELINE_SOURCE"] {
        let variables = [("GITLAB_CI", "true".into()), (variable, OsString::from_vec(b"\xff".to_vec()))];
        let error = Ci::find(&variables.into_iter().collect(), |_| Ok(Vec::new())).unwrap_err();
        assert_eq!(error.name, variable);
    }
}
