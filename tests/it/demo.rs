//! The README's first command.

use crate::support::{diffpurge, git};

#[test]
fn the_demo_proves_that_nothing_is_stale() {
    let ran = diffpurge(["demo"]).env("PATH", "").run().exits(0);
    assert!(ran.stdout.contains("16 URLs would now get an old answer"), "{}", ran.stdout);
    assert!(ran.stdout.ends_with("stale 0, kept 55 of 72, 1 request sent.\n"), "{}", ran.stdout);
    assert_eq!(ran.stderr, "");
}

#[test]
fn the_demo_is_brief_on_request_and_works_on_nothing_else() {
    let brief = diffpurge(["demo", "-q"]).run().exits(0).stdout;
    assert!(!brief.contains("https://") && brief.contains("stale 0"), "{brief}");
    let whole = diffpurge(["demo", "-v"]).run().exits(0).stdout;
    assert!(!whole.contains("more (all with -v)"), "{whole}");
    diffpurge(["demo", "-C", "."]).run().exits(2).fails_with("makes a site of its own", "diffpurge demo");
}

#[test]
fn a_reader_of_its_head_only_is_no_error() {
    let mut child = diffpurge(["demo"]).start();
    drop(child.stdout.take());
    let ran = crate::support::Ran::of(child);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
}

#[test]
fn the_demo_prints_the_same_every_time() {
    assert_eq!(diffpurge(["demo"]).run().exits(0).stdout, diffpurge(["demo"]).run().exits(0).stdout);
}

#[test]
fn a_kept_demo_is_a_real_repository_and_its_commands_work() {
    let place = tempfile::TempDir::new().unwrap();
    let ran = diffpurge(["demo", "--keep"]).env("TMPDIR", place.path()).run().exits(0);
    let commands: Vec<Vec<&str>> =
        ran.stdout.lines().filter_map(|l| l.strip_prefix("  diffpurge ")).map(|l| l.split(' ').collect()).collect();
    assert_eq!(commands.len(), 3);
    for command in &commands {
        diffpurge(command).run().exits(0).says("docs/Gr");
    }
    let status = git(std::path::Path::new(commands[0][1])).args(["fsck", "--strict"]).status().unwrap();
    assert!(status.success(), "git finds the repository sound");
}
