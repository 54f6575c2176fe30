//! Real git repositories, built file by file, untouched by the user's git configuration.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A git command with a blank configuration and fixed dates.
pub(crate) fn git(directory: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(directory).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    for (name, value) in [
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_SYSTEM", "/dev/null"),
        ("GIT_CONFIG_COUNT", "2"),
        ("GIT_CONFIG_KEY_0", "init.defaultBranch"),
        ("GIT_CONFIG_VALUE_0", "main"),
        ("GIT_CONFIG_KEY_1", "protocol.file.allow"),
        ("GIT_CONFIG_VALUE_1", "always"),
        ("GIT_AUTHOR_NAME", "a"),
        ("GIT_AUTHOR_EMAIL", "a@example.com"),
        ("GIT_COMMITTER_NAME", "a"),
        ("GIT_COMMITTER_EMAIL", "a@example.com"),
        ("GIT_AUTHOR_DATE", "1700000000 +0000"),
        ("GIT_COMMITTER_DATE", "1700000000 +0000"),
    ] {
        command.env(name, value);
    }
    command
}

/// A repository in a directory of its own.
pub(crate) struct Repo {
    directory: TempDir,
}

impl Repo {
    /// An empty repository.
    #[track_caller]
    pub(crate) fn new() -> Repo {
        Repo::with(&[])
    }

    /// An empty repository, `git init` with these options.
    #[track_caller]
    pub(crate) fn with(options: &[&str]) -> Repo {
        let repo = Repo { directory: TempDir::new().unwrap() };
        let mut arguments = vec!["init", "--quiet"];
        arguments.extend(options);
        repo.git(&arguments);
        repo
    }

    /// A repository with one commit of these files.
    #[track_caller]
    pub(crate) fn of(files: &[(&str, &str)]) -> Repo {
        let repo = Repo::new();
        for (path, content) in files {
            repo.file(path, content);
        }
        repo.commit();
        repo
    }

    /// A clone of a repository, `git clone` with these options.
    #[track_caller]
    pub(crate) fn clone_of(url: &str, options: &[&str]) -> Repo {
        let directory = TempDir::new().unwrap();
        let clone = git(directory.path()).args(["clone", "--quiet"]).args(options).args([url, "."]).output().unwrap();
        assert!(clone.status.success(), "{}", String::from_utf8_lossy(&clone.stderr));
        Repo { directory }
    }

    /// Its URL on this disk, which makes git speak its protocol, as a path would not.
    pub(crate) fn url(&self) -> String {
        format!("file://{}", self.path().display())
    }

    /// The revision that a ref points to, be it through an annotation; nothing where there is none.
    pub(crate) fn find(&self, name: &str) -> String {
        let found = self.git(&["for-each-ref", "--format=%(objectname) %(*objectname)", name]);
        let last = |line: &str| line.split_whitespace().next_back().map(str::to_owned);
        found.lines().filter_map(last).collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    fn at(&self, path: impl AsRef<[u8]>) -> PathBuf {
        self.path().join(OsStr::from_bytes(path.as_ref()))
    }

    /// Writes a file, directories included.
    #[track_caller]
    pub(crate) fn file(&self, path: impl AsRef<[u8]>, content: &str) -> &Repo {
        let path = self.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// Writes several files of the same content.
    #[track_caller]
    pub(crate) fn files(&self, paths: impl IntoIterator<Item = String>, content: &str) -> &Repo {
        for path in paths {
            self.file(path, content);
        }
        self
    }

    /// Removes a file or a directory.
    #[track_caller]
    pub(crate) fn remove(&self, path: impl AsRef<[u8]>) -> &Repo {
        let path = self.at(path);
        if path.is_dir() {
            fs::remove_dir_all(path).unwrap();
        } else {
            fs::remove_file(path).unwrap();
        }
        self
    }

    /// Makes a symbolic link.
    #[track_caller]
    pub(crate) fn link(&self, path: &str, target: &str) -> &Repo {
        std::os::unix::fs::symlink(target, self.at(path)).unwrap();
        self
    }

    /// Commits the working directory as it is.
    #[track_caller]
    pub(crate) fn commit(&self) -> String {
        self.git(&["add", "--all", "--force", "."]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", "a commit"]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// The same at a moment of its own, in seconds since 1970; others are of 1700000000.
    #[track_caller]
    pub(crate) fn commit_at(&self, seconds: u32) -> String {
        self.git(&["add", "--all", "--force", "."]);
        let date = format!("{seconds} +0000");
        let mut commit = git(self.path());
        commit.env("GIT_COMMITTER_DATE", &date).env("GIT_AUTHOR_DATE", &date);
        let done = commit.args(["commit", "--quiet", "--allow-empty", "--message", "a commit"]).status().unwrap();
        assert!(done.success());
        self.git(&["rev-parse", "HEAD"])
    }

    /// Runs git in it; gives what it prints, without the line break.
    #[track_caller]
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let done = git(self.path()).args(arguments.iter().map(OsString::from)).output().expect("git runs");
        assert!(done.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout).trim_end().to_owned()
    }
}
