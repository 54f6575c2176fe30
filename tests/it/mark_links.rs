//! Links where a run writes: a repository brings them like any file, and none of them leads a mark, a lock or a report elsewhere.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::support::{Ran, Repo, Site, Tool, diffpurge, edge};

const SITE: &str = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n";

fn marked_at(path: &str) -> String {
    format!("[site.mark]\nstore = \"file:{path}\"\n")
}

/// Runs it to its end, which comes soon.
#[track_caller]
fn soon(tool: Tool) -> Ran {
    let mut child = tool.start();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            panic!("it waits for itself");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ran::of(child)
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_directory_of_marks_that_is_a_link_out_of_the_repository_is_refused() {
    for (path, link) in
        [(".mark/www", ".mark"), ("a/b/www", "a"), ("./.mark/../.mark/www", ".mark"), (".mark/d/www", ".mark")]
    {
        let outside = tempfile::TempDir::new().unwrap();
        fs::create_dir(outside.path().join("b")).unwrap();
        // This file would be taken for an open deploy, and removed.
        fs::write(outside.path().join("www.open-0123456789abcdef"), "work").unwrap();
        fs::create_dir(outside.path().join(".git")).unwrap();
        let site = Site::of(&marked_at(path));
        site.repo.link(link, outside.path().to_str().unwrap());
        site.deploy(&[("x.css", "1")]);
        for arguments in [&["purge"][..], &["plan"], &["mark", "set", "HEAD"], &["mark", "show"], &["mark", "clear"]] {
            let ran = site.run(arguments).run();
            // A plan tells it of the site.
            let ran = ran.exits(2);
            ran.fails_with("is a link that leads out of the repository to ", "name that place itself in `store`");
        }
        assert_eq!(names(outside.path()).len(), 3, "{:?}", names(outside.path()));
        assert_eq!(names(&outside.path().join("b")), Vec::<String>::new());
        // A person who means that place says so.
        let config = fs::read_to_string(site.repo.path().join("purge.toml")).unwrap();
        let there = outside.path().join("b/www");
        site.repo.file("purge.toml", &config.replace(&format!("file:{path}"), &format!("file:{}", there.display())));
        site.run(&["mark", "set", "HEAD"]).run().exits(0);
        assert!(there.exists());
    }
}

#[test]
fn a_link_among_gits_own_files_or_to_nowhere_is_refused_and_one_within_the_repository_is_not() {
    for (target, works) in [(".git", false), (".git/refs/heads", false), ("/nonexistent/x", false), ("marks", true)] {
        let site = Site::of(&marked_at(".mark/www"));
        site.repo.file("marks/keep", "").link(".mark", target);
        site.deploy(&[("x.css", "1")]);
        let ran = site.run(&["mark", "set", "HEAD"]).run();
        if works {
            ran.exits(0);
            site.run(&["purge"]).run().exits(0).says("nothing changed");
            assert!(site.repo.path().join("marks/www").exists());
        } else {
            ran.exits(2).fails_with(".mark is a link that leads out of the repository", "or remove the link");
            assert!(!site.repo.path().join(".git/www.lock").exists());
        }
    }
}

#[test]
fn a_mark_that_is_a_link_is_neither_read_nor_written_through() {
    for name in ["www", "www.open-0123456789abcdef"] {
        let site = Site::of(&marked_at(".mark/www"));
        let victim = site.repo.path().join("victim");
        fs::write(&victim, "work").unwrap();
        site.repo.file(".mark/keep", "").link(&format!(".mark/{name}"), "../victim");
        site.deploy(&[("x.css", "1")]);
        for arguments in [&["plan"][..], &["purge"], &["mark", "show"]] {
            let ran = site.run(arguments).run().exits(3);
            ran.fails_with("is a link, and no mark is read or written through one", "`diffpurge mark clear`");
        }
        site.run(&["mark", "clear"]).run().exits(0);
        assert!(fs::symlink_metadata(site.repo.path().join(".mark").join(name)).is_err());
        site.run(&["purge"]).run().exits(0).says("the mark is at HEAD");
        fs::remove_file(site.repo.path().join(".mark/www")).unwrap();
        site.repo.link(".mark/www", "../victim");
        site.run(&["mark", "set", "HEAD"]).run().exits(0);
        assert_eq!(fs::read_to_string(&victim).unwrap(), "work");
        assert!(fs::symlink_metadata(site.repo.path().join(".mark/www")).unwrap().is_file());
    }
}

#[test]
fn one_file_under_two_names_is_not_waited_for() {
    let two = |one: &str, other: &str| {
        let other = format!("{}{}", SITE.replace("www", "img"), marked_at(other));
        let repo = Repo::of(&[
            ("purge.toml", &format!("{SITE}{}{other}", marked_at(one))),
            ("x.css", "1"),
            (".mark/keep", ""),
        ]);
        repo.link("again", ".mark");
        repo
    };
    let edge = edge();
    let run = |repo: &Repo, arguments: &[&str]| soon(diffpurge(arguments.iter().copied()).within(repo).against(&edge));
    let set = ["mark", "set", "HEAD"];
    // As it is written, the configuration shows it.
    for other in ["./.mark/a", ".mark//a", ".mark/x/../a"] {
        let ran = run(&two(".mark/a", other), &set).exits(2);
        ran.fails_with("another site keeps its mark in this file", "a file of its own");
    }
    // Through a link, and where the locks are one file.
    let linked = two(".mark/a", "again/a");
    let locks = two(".mark/a", ".mark/b");
    locks.file(".mark/a.lock", "");
    fs::hard_link(locks.path().join(".mark/a.lock"), locks.path().join(".mark/b.lock")).unwrap();
    for repo in [&linked, &locks] {
        for arguments in [&set[..], &["mark", "clear"]] {
            let ran = run(repo, arguments).exits(2);
            ran.fails_with("two sites keep their marks in one file, under two names", "a file of its own");
        }
        let ran = run(repo, &["purge", "--retry-for", "0"]).exits(2);
        assert!(ran.stderr.contains("two sites keep their marks in one file"), "{}", ran.stderr);
    }
    // Two names of one mark part when one of them moves.
    let marks = two(".mark/a", ".mark/b");
    run(&marks, &["mark", "set", "HEAD", "--site", "www"]).exits(0);
    fs::hard_link(marks.path().join(".mark/a"), marks.path().join(".mark/b")).unwrap();
    run(&marks, &set).exits(0);
    run(&marks, &["plan"]).exits(0).says("www: nothing changed").says("img: nothing changed");
}

#[test]
fn a_report_is_written_through_no_link() {
    let repo = Repo::of(&[("purge.toml", SITE), ("a.css", "1")]);
    repo.file("a.css", "2").commit();
    let victim = repo.path().join("victim");
    let plan = |arguments: &[&str]| soon(diffpurge([&["plan", "HEAD~1"], arguments].concat()).within(&repo));
    fs::write(&victim, "work").unwrap();
    repo.link("summary.md", "victim").link("nowhere.md", "not-there").link("out.json", "victim");
    for summary in ["summary.md", "nowhere.md"] {
        let error = format!("{summary} is a link, and nothing is written through one; nothing was sent");
        plan(&["--summary", summary]).exits(2).fails_with(&error, "name the file that it leads to");
    }
    plan(&["--out", "out.json"]).exits(2).fails_with("is there, and is nothing that this command writes", "another");
    assert_eq!(
        (fs::read_to_string(&victim).unwrap(), repo.path().join("not-there").exists()),
        ("work".to_owned(), false)
    );
    // A link to a pipe is no pipe that the caller has opened; it would be waited for.
    let made = std::process::Command::new("mkfifo").arg(repo.path().join("pipe")).status().unwrap();
    assert!(made.success());
    repo.link("to-pipe.json", "pipe").link("to-null.json", "/dev/null");
    for link in ["to-pipe.json", "to-null.json"] {
        plan(&["--out", link]).exits(2).fails_with(&format!("cannot write {link}; nothing was sent"), "writable");
    }
    // A link to an earlier document, or to nothing, gives way to the new one; the document that it led to stays.
    plan(&["--out", "first.json"]).exits(0);
    let first = fs::read_to_string(repo.path().join("first.json")).unwrap();
    repo.link("link.json", "first.json").link("dangling.json", "not-there");
    for link in ["link.json", "dangling.json"] {
        plan(&["--out", link]).exits(0);
        assert!(fs::symlink_metadata(repo.path().join(link)).unwrap().is_file());
    }
    assert_eq!(
        (fs::read_to_string(repo.path().join("first.json")).unwrap(), repo.path().join("not-there").exists()),
        (first, false)
    );
    plan(&["--summary", "/dev/stderr", "-q"]).exits(0);
}
