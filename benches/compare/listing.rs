//! What it takes to find the files that changed: git's diffs, git's list of one side, and our plans.

use std::io::Write;

use super::Done;
use super::job::edge;
use super::race::{Program, race};
use super::repository::{Repository, Shape, program};

/// Races over one repository, for ever more changed files.
pub(crate) fn rows(shape: Shape, rounds: usize, out: &mut dyn Write) -> Done<()> {
    let mut steps: Vec<usize> = [shape.files, 10_000, 100, 5, 1].map(|part| (shape.files / part).max(1)).to_vec();
    steps[0] = 1;
    steps.dedup();
    let first = Repository::make(shape, &steps)?;
    let known = first.copy()?.purged_once(&edge()?)?;
    let ours = program();
    for changed in steps {
        let to = format!("changed-{changed}");
        let plan = |repository: &Repository| {
            format!(
                "{} -C {dir} plan -c {dir}/purge.toml base {to} --format urls",
                ours.display(),
                dir = repository.path().display()
            )
        };
        let programs = [
            Program::fixed("git diff-tree -r --raw -z", format!("git diff-tree -r --raw -z base {to}")),
            Program::fixed("git diff --name-only", format!("git diff --name-only base {to}")),
            Program::fixed("git ls-tree -r", format!("git ls-tree -r {to}")),
            Program::fixed("diffpurge plan", plan(&known)),
            Program::fixed("diffpurge plan, nothing known of links", plan(&first)),
        ];
        race((&shape.name(), changed), first.path(), &programs, rounds, out)?;
    }
    Ok(())
}
