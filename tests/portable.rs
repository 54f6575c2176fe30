//! The program on every system that it is built for: paths as the system writes them, a mark in a file, and the demo.
//!
//! It needs git, and nothing of Unix. Everything else that is tested stands in `tests/it`, whose builders and judges are links, signals, shells
//! and servers of Unix.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a builder or judge that fails is a failed test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// What a CI system says of itself; this run is none of its.
const OF_CI: [&str; 4] = ["CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_EVENT_PATH"];

/// A repository with a site in `public`, of two commits; the second changes `blog/a.html`.
struct Site {
    directory: TempDir,
}

impl Site {
    fn new() -> Site {
        let site = Site { directory: TempDir::new().unwrap() };
        site.git(&["init", "--quiet", "--initial-branch=main"]);
        for (name, value) in [("core.autocrlf", "false"), ("user.name", "a"), ("user.email", "a@example.com")] {
            site.git(&["config", name, value]);
        }
        site.file("public/index.html", "home");
        site.file("public/blog/a.html", "one");
        site.commit();
        site.file("public/blog/a.html", "two");
        site.commit();
        site
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn file(&self, path: &str, content: &str) {
        // Joined name by name, so that the system's own separator stands in it.
        let full: PathBuf = path.split('/').fold(self.path().to_owned(), |above, name| above.join(name));
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(full, content).unwrap();
    }

    fn git(&self, arguments: &[&str]) {
        let mut command = Command::new("git");
        // The user's own configuration could sign, or convert.
        command.current_dir(self.path()).args(arguments).env("GIT_CONFIG_GLOBAL", self.path().join("none"));
        let ran = command.env("GIT_CONFIG_NOSYSTEM", "1").output().expect("these tests need git");
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "x"]);
    }

    /// Writes a `purge.toml`, with a further part.
    fn configured(&self, part: &str) {
        let site = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\noutput = \"public\"\n\
                    host = \"s3-rest\"\n[site.cloudflare]\nzone_id = \"023e105f4ecef8ad9ca31a8372d0c353\"\n";
        fs::write(self.path().join("purge.toml"), format!("{site}{part}")).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_diffpurge"));
        command.current_dir(self.path()).args(arguments);
        for name in OF_CI {
            command.env_remove(name);
        }
        command.output().unwrap()
    }
}

/// Returns what a run printed, once it has ended with 0.
fn printed(ran: &Output) -> String {
    let err = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(0), "{err}\n{}", String::from_utf8_lossy(&ran.stdout));
    format!("{}{err}", String::from_utf8_lossy(&ran.stdout))
}

/// Returns a path below the top with this system's separator.
fn own(path: &str) -> String {
    path.replace('/', std::path::MAIN_SEPARATOR_STR)
}

const URL: &str = "https://www.example.com/blog/a.html";

#[test]
fn two_revisions_give_the_urls_of_what_changed() {
    let site = Site::new();
    site.configured("");
    let ran = printed(&site.run(&["plan", "HEAD~1", "HEAD", "--format", "urls"]));
    assert_eq!(ran.lines().next(), Some(URL));
    assert!(!ran.contains("index.html"), "{ran}");
}

#[test]
fn a_path_is_typed_as_the_system_writes_it() {
    let site = Site::new();
    site.configured("");
    for path in ["blog/a.html".to_owned(), own("blog/a.html"), own("public/blog/a.html")] {
        let ran = printed(&site.run(&["explain", &path]));
        assert!(ran.contains(URL), "{path}: {ran}");
    }
    fs::write(site.path().join("list"), format!("{}\n", own("blog/a.html"))).unwrap();
    assert!(printed(&site.run(&["plan", "--paths", "list", "--format", "urls"])).contains(URL));
}

#[test]
fn a_directory_on_disk_is_named_by_a_whole_path_and_compared_with_a_revision() {
    let site = Site::new();
    site.configured("");
    let directory = format!("dir:{}", site.path().join("public").display());
    let same = printed(&site.run(&["plan", "HEAD", &directory]));
    assert!(same.contains("nothing changed"), "{same}");
    let changed = printed(&site.run(&["plan", "HEAD~1", &directory, "--format", "urls"]));
    assert!(changed.contains(URL), "{changed}");
}

#[test]
fn a_mark_in_a_file_stands_at_a_whole_path() {
    let site = Site::new();
    let marks = TempDir::new().unwrap();
    let file = marks.path().join("kept").join("www");
    // In single quotes a backslash is one.
    site.configured(&format!("[site.mark]\nstore = 'file:{}'\n", file.display()));
    printed(&site.run(&["mark", "set", "HEAD~1"]));
    assert!(file.is_file());
    let ran = printed(&site.run(&["plan", "--format", "urls"]));
    assert!(ran.contains(URL), "{ran}");
    // It takes the place of the other.
    printed(&site.run(&["mark", "set", "HEAD"]));
    let ran = printed(&site.run(&["plan"]));
    assert!(ran.contains("nothing changed"), "{ran}");
}

#[test]
fn the_demo_ends_with_nothing_stale() {
    let place = Site::new();
    printed(&place.run(&["demo"]));
}
