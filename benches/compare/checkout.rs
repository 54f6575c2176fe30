//! A site on disk: `purge-static` hashes its files and compares with the hashes of before; we compare what was committed.

use std::fs;
use std::io::Write;
use std::process::Command;

use super::Done;
use super::race::{Program, race};
use super::repository::{done, git, program};

/// Files that change.
const CHANGED: usize = 10;

/// A race over a site of so many files; nothing but a line where there is no purge-static.
pub(crate) fn rows(files: usize, rounds: usize, out: &mut dyn Write) -> Done<()> {
    if Command::new("purge-static").arg("--help").output().is_err() {
        writeln!(out, "\nThere is no purge-static: `pip install purge-static`")?;
        return Ok(());
    }
    let place = tempfile::TempDir::new()?;
    let path = |i: usize| place.path().join(format!("public/d{:03}/page-{:02}.css", i / 100, i % 100));
    for i in 0..files {
        fs::create_dir_all(path(i).parent().ok_or("no parent")?)?;
        fs::write(path(i), format!("old {i}").repeat(200))?;
    }
    let commit = || -> Done<()> {
        done(git(place.path()).args(["add", "."]))?;
        done(git(place.path()).args(["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a"]))
    };
    let purge_static = "purge-static -d public -s hashes https://www.example.com/";
    done(git(place.path()).args(["init", "--quiet"]))?;
    commit()?;
    done(Command::new("sh").args(["-c", purge_static]).current_dir(place.path()))?;
    for i in (0..CHANGED).map(|n| n * (files / CHANGED)) {
        fs::write(path(i), "new")?;
    }
    commit()?;
    let plan = "plan HEAD~1 HEAD --base-url https://www.example.com/ --output public --format urls";
    let programs = [
        Program::fixed("purge-static --dry-run", format!("{purge_static} -D")),
        Program::fixed(
            "diffpurge plan dir:public beside HEAD~1",
            format!("{} {}", program().display(), plan.replace("HEAD --", "dir:public --")),
        ),
        Program::fixed("diffpurge plan", format!("{} {plan}", program().display())),
    ];
    race((&format!("{files} files of 2 KB"), CHANGED), place.path(), &programs, rounds, out)
}
