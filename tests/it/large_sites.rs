//! Sites that are too large to be looked at whole: what a plan finds out all the same, and what it leaves unread.

use std::path::Path;
use std::process::Command;

use diffpurge::changes::{Changes, compare};
use diffpurge::config::{OutputDir, Rules, Symlinks};
use diffpurge::snapshot::Repository;

use crate::changes::said;
use crate::support::{Repo, diffpurge};

/// As many directories as several threads share out among each other.
const MANY: usize = 1_500;

/// A repository with so many directories, in each a page of its own; one commit.
fn large() -> Repo {
    let repo = Repo::new();
    for i in 0..MANY {
        repo.file(format!("d{i:04}/page.css"), &i.to_string());
    }
    repo.commit();
    repo
}

fn compared(repo: &Repo) -> Changes {
    let repository = Repository::open(Some(repo.path())).unwrap();
    let output = OutputDir::default();
    let (from, to) = (repository.one("HEAD~1", &output).unwrap(), repository.one("HEAD", &output).unwrap());
    compare(&from, &to, Symlinks::Follow, &Rules::default()).unwrap()
}

/// Takes the object away that is the tree of this directory.
fn lose(repo: &Repo, directory: &str) {
    let id = repo.git(&["rev-parse", &format!("HEAD:{directory}")]);
    repo.remove(format!(".git/objects/{}/{}", &id[..2], &id[2..]));
}

#[test]
fn a_link_in_one_of_very_many_equal_directories_is_found() {
    let repo = large();
    repo.file("a/b/x.css", "1")
        .file("target/x.css", "1")
        .link("d1234/l.css", "../target/x.css")
        .link("a/b/l", "../../target");
    repo.commit();
    repo.file("target/x.css", "2").commit();
    let changes = compared(&repo);
    assert_eq!(said(&changes), ["modified a/b/l/x.css", "modified d1234/l.css", "modified target/x.css"]);
    // And the one tree after it is known to hold none.
    repo.remove("d1234/l.css").remove("a/b/l").commit();
    repo.file("target/x.css", "3").commit();
    assert_eq!(said(&compared(&repo)), ["modified target/x.css"]);
}

#[test]
fn where_many_directories_differ_the_difference_is_the_one_that_git_finds() {
    let seed =
        std::env::var("PROPTEST_RNG_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| fastrand::u64(..));
    let mut dice = fastrand::Rng::with_seed(seed);
    let repo = Repo::new();
    let path = |dice: &mut fastrand::Rng| {
        let depth = dice.usize(0..4);
        let names = (0..depth).map(|level| format!("{}{}/", ["a", "a-b", "b", "é"][level], dice.usize(0..60)));
        // Names that git sorts as if there were a slash behind them, where they are directories.
        format!("{}{}", names.collect::<String>(), ["a1", "a-b1", "index.html", "a1.css", "z"][dice.usize(0..5)])
    };
    for commit in 0..4 {
        for i in 0..600 {
            let path = path(&mut dice);
            if repo.path().join(&path).is_dir() || repo.path().join(&path).ancestors().skip(1).any(Path::is_file) {
                continue;
            }
            match dice.u8(0..4) {
                0 if repo.path().join(&path).exists() => _ = repo.remove(path),
                _ => _ = repo.file(path, &format!("{commit} {}", i % 7)),
            }
        }
        repo.commit();
    }
    for step in ["HEAD~1", "HEAD~2", "HEAD~3"] {
        let repository = Repository::open(Some(repo.path())).unwrap();
        let output = OutputDir::default();
        for (one, other) in [(step, "HEAD"), ("HEAD", step)] {
            let (from, to) = (repository.one(one, &output).unwrap(), repository.one(other, &output).unwrap());
            let changes = compare(&from, &to, Symlinks::Follow, &Rules::default()).unwrap();
            let ours: Vec<String> =
                said(&changes).iter().map(|line| line.split_once(' ').unwrap().1.to_owned()).collect();
            let git =
                repo.git(&["-c", "core.quotePath=false", "diff-tree", "-r", "--no-renames", "--name-only", one, other]);
            let mut git: Vec<&str> = git.lines().collect();
            git.sort_unstable();
            assert!(git.len() > 200, "{}", git.len());
            assert_eq!(ours, git, "seed {seed}, {one} to {other}");
        }
    }
}

#[test]
fn a_tree_that_a_second_thread_cannot_read_is_told_of_as_by_the_first() {
    let repo = large();
    for i in 0..MANY {
        repo.file(format!("d{i:04}/page.css"), &format!("new {i}"));
    }
    repo.commit();
    lose(&repo, "d1400");
    repo.file("purge.toml", "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n");
    let id = repo.git(&["rev-parse", "HEAD:d1400"]);
    let ran = diffpurge(["plan", "HEAD~1", "HEAD"]).within(&repo).run().exits(3);
    ran.fails_with(&format!("cannot read the tree {id} of HEAD"), "");
}

#[test]
fn a_directory_that_cannot_be_read_may_hold_a_link_so_that_nothing_is_planned() {
    let repo = large();
    repo.file("d0000/page.css", "2").commit();
    lose(&repo, "d1400");
    repo.file("purge.toml", "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n");
    let id = repo.git(&["rev-parse", "HEAD:d1400"]);
    let ran = diffpurge(["plan", "HEAD~1", "HEAD"]).within(&repo).run().exits(3);
    ran.fails_with(&format!("cannot read the tree {id} of HEAD~1"), "");
}

#[test]
fn objects_that_only_the_environment_names_are_read_by_all_threads() {
    let repo = large();
    repo.link("d0001/l.css", "../d0000/page.css").commit();
    repo.file("d0000/page.css", "2").commit();
    let elsewhere = tempfile::TempDir::new().unwrap();
    let objects = elsewhere.path().join("objects");
    std::fs::rename(repo.path().join(".git/objects"), &objects).unwrap();
    std::fs::create_dir(repo.path().join(".git/objects")).unwrap();
    let plan = plan_with(repo.path(), &objects);
    assert_eq!(
        plan,
        "https://www.example.com/d0000/\nhttps://www.example.com/d0000/page.css\nhttps://www.example.com/d0001/\nhttps://www.example.com/d0001/l.css\n"
    );
}

/// The URLs of the last commit, where the objects are elsewhere.
fn plan_with(directory: &Path, objects: &Path) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_diffpurge"));
    command.args(["plan", "HEAD~1", "HEAD", "--format", "urls", "--base-url", "https://www.example.com/"]);
    command.env_clear().env("GIT_ALTERNATE_OBJECT_DIRECTORIES", objects).current_dir(directory);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The notes about globs in the plan of a deploy that changes one page of a large site.
fn notes(repo: &Repo, config: &str) -> Vec<String> {
    repo.file("purge.toml", &format!("[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n{config}"));
    let ran = diffpurge(["plan", "HEAD~1", "HEAD"]).within(repo).run().exits(0);
    let notes = ran.stdout.lines().filter_map(|line| line.strip_prefix("  note: "));
    notes.filter(|note| note.contains("the glob")).map(str::to_owned).collect()
}

#[test]
fn on_a_large_site_a_plan_tells_of_globs_that_begin_with_a_name_and_the_check_of_all() {
    let repo = large();
    repo.file("fonts/a.woff2", "1").commit();
    repo.file("d0000/page.css", "2").commit();
    for (config, want) in [
        ("ignore = [\"**/*.map\", \"fonts/**\", \"d*/*.css\"]\n", &[][..]),
        (
            "ignore = [\"**/*.map\", \"fonts\"]\n",
            &["the glob fonts of `ignore` matches no file; did you mean `fonts/**`?"],
        ),
        (
            "[[site.rule]]\nmatch = [\"fonts/*.woff\", \"d1499/*\"]\ntags = [\"t\"]\n",
            &[
                "the glob fonts/*.woff in `match` of rule 1 matches no file; globs are relative to `output`, case counts, and `*` does not cross `/`",
            ],
        ),
        (
            "ignore = [\"*.map\", \"**/*.map\", \"?9/x\"]\n",
            &[
                "the glob *.map of `ignore` matches no file; globs are relative to `output`, case counts, and `*` does not cross `/`",
            ],
        ),
    ] {
        assert_eq!(notes(&repo, config), want, "{config}");
    }
    notes(&repo, "ignore = [\"**/*.map\"]\n");
    let checked = diffpurge(["check"]).within(&repo).run();
    assert!(checked.stdout.contains("the glob **/*.map of `ignore` matches no file of HEAD"), "{}", checked.stdout);
}

#[test]
fn a_share_of_the_site_is_counted_only_as_far_as_it_matters() {
    let repo = large();
    repo.file("d0000/page.css", "2").commit();
    repo.files((701..1_400).map(|i| format!("d{i:04}/page.css")), "2").commit();
    // Nobody can list all files from now on.
    lose(&repo, "d0700");
    let config = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\nsymlinks = \"ignore\"\n";
    repo.file("purge.toml", &format!("{config}[site.threshold]\npercent = 10\n"));
    let plan = |from: &str, to: &str| diffpurge(["plan", from, to, "--format", "urls"]).within(&repo).run();
    assert_eq!(plan("HEAD~2", "HEAD~1").exits(0).stdout.lines().last(), Some("https://www.example.com/d0000/page.css"));
    // That is nearly half of it.
    plan("HEAD~1", "HEAD").exits(3);
}

#[test]
fn files_that_may_go_along_are_counted_only_where_they_can() {
    let repo = large();
    repo.files((0..130).map(|i| format!("s/{i}.css")), "1").commit();
    repo.files((0..120).map(|i| format!("s/{i}.css")), "2").commit();
    // Nobody can list all files from now on. A few of the others tell that the web root has too many of them.
    (1..1_400).for_each(|i| lose(&repo, &format!("d{i:04}")));
    let plan = |cover: &str| {
        let config = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\nsymlinks = \"ignore\"\n";
        repo.file("purge.toml", &format!("{config}cover = {cover}\n"));
        diffpurge(["plan", "HEAD~1", "HEAD"]).within(&repo).run()
    };
    plan("{ waste = 8 }").exits(0).says("www.example.com/s/*  121 URLs below it changed, and 10 did not");
    let listed = plan("{ waste = 7 }").exits(0);
    assert!(!listed.stdout.contains("www.example.com/s/*"), "{}", listed.stdout);
}
