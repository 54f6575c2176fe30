//! The benchmark that compares with git and scripts, at a size at which nothing but its figures is wrong.

#[path = "../../benches/compare/whole.rs"]
mod whole;

use self::whole::{Sizes, print};

#[test]
fn the_comparison_with_git_and_scripts_runs_and_prints_a_row_for_each_program() {
    let mut sizes = Sizes::usual();
    for argument in
        ["trees=120", "flat=5", "loose=120", "jobs=3", "job_files=120", "checkout=20", "sites=3", "rounds=1"]
    {
        sizes.set(argument).unwrap();
    }
    assert!(sizes.set("leaves=1").is_err());
    let mut printed = Vec::new();
    print(&sizes, &mut printed).unwrap();
    let printed = String::from_utf8(printed).unwrap();
    let rows = |name: &str| printed.lines().filter(|line| line.contains(&format!("| {name} |"))).count();
    // Each repository is asked with one changed file and with more.
    let steps = rows("git diff-tree -r --raw -z");
    assert!(steps >= 6, "{printed}");
    for name in ["git diff --name-only", "git ls-tree -r", "diffpurge plan, nothing known of links"] {
        assert_eq!(rows(name), steps, "{printed}");
    }
    for name in
        ["git diff, xargs -n100 curl", "diffpurge purge", "diffpurge plan, one site", "diffpurge plan, all sites"]
    {
        assert_eq!(rows(name), 1, "{printed}");
    }
}
