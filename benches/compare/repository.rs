//! Repositories of any size, made by `git fast-import`: a site, and branches in which some of its files changed.

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Done;

/// Different contents: enough that no two directories are the same, and few enough that a million files are made soon.
const CONTENTS: usize = 9_973;

/// How its objects are kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Objects {
    Packed,
    Loose,
}

/// The shape of a site.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) files: usize,
    /// Files in a directory, and directories in each above it.
    pub(crate) each: usize,
    pub(crate) objects: Objects,
}

/// A bare repository with the branch `base`, and for each number of changed files a branch of that name.
pub(crate) struct Repository {
    pub(crate) place: tempfile::TempDir,
    pub(crate) shape: Shape,
}

impl Shape {
    /// As a table names it.
    pub(crate) fn name(self) -> String {
        let kind = if self.objects == Objects::Loose { ", loose" } else { "" };
        let form = if self.each == usize::MAX { " in one directory" } else { "" };
        format!("{} files{form}{kind}", self.files)
    }

    fn path(self, i: usize) -> String {
        match self.each {
            usize::MAX => format!("page-{i:07}.css"),
            each => format!("s{:02}/d{:02}/page-{:02}.css", i / each / each, i / each % each, i % each),
        }
    }
}

impl Repository {
    /// Makes it.
    pub(crate) fn make(shape: Shape, steps: &[usize]) -> Done<Repository> {
        let repository = Repository { place: tempfile::TempDir::new()?, shape };
        let directory = repository.path();
        done(git(directory).args(["init", "--quiet", "--bare"]))?;
        let unpacked = if shape.objects == Objects::Loose { 1_000_000_000 } else { 1 };
        let mut import = git(directory);
        import.args(["-c", &format!("fastimport.unpackLimit={unpacked}"), "fast-import", "--quiet"]);
        let mut import = import.stdin(Stdio::piped()).spawn()?;
        let mut stream = BufWriter::new(import.stdin.take().ok_or("no stdin")?);
        let mut commit = |name: &str, files: &mut dyn Iterator<Item = usize>, content: &str| -> std::io::Result<()> {
            writeln!(stream, "commit refs/heads/{name}\ncommitter a <a@example.com> 1700000000 +0000\ndata 0")?;
            if name != "base" {
                writeln!(stream, "from refs/heads/base")?;
            }
            for i in files {
                let data = format!("{content} {}", i % CONTENTS);
                writeln!(stream, "M 100644 inline {}\ndata {}\n{data}", shape.path(i), data.len())?;
            }
            Ok(())
        };
        commit("base", &mut (0..shape.files), "old")?;
        for changed in steps {
            // Spread over the whole site.
            let every = shape.files / changed;
            commit(&format!("changed-{changed}"), &mut (0..*changed).map(|n| n * every), "new")?;
        }
        drop(stream);
        if !import.wait()?.success() {
            return Err("git fast-import failed".into());
        }
        if shape.objects == Objects::Packed {
            done(git(directory).args(["repack", "-adq"]))?;
        }
        std::fs::write(directory.join("purge.toml"), CONFIG)?;
        Ok(repository)
    }

    pub(crate) fn path(&self) -> &Path {
        self.place.path()
    }

    /// Purges its base from an edge on loopback, so that it is known where there are links.
    pub(crate) fn purged_once(self, edge: &diffpurge::edge::Edge) -> Done<Repository> {
        std::fs::write(self.path().join("whole.toml"), CONFIG.replace("10000000", "1"))?;
        let mut purge = Command::new(program());
        purge.args(["purge", "-c", "whole.toml", "empty", "base", "--quiet"]).current_dir(self.path());
        purge.env("XDG_STATE_HOME", self.path().join(".git/state"));
        done(purge.env("CLOUDFLARE_BASE_URL", edge.api_base()).env("CLOUDFLARE_API_TOKEN", super::job::TOKEN))?;
        Ok(self)
    }

    /// Copies it.
    pub(crate) fn copy(&self) -> Done<Repository> {
        let place = tempfile::TempDir::new()?;
        done(Command::new("cp").arg("-r").arg(self.path().join(".")).arg(place.path()))?;
        Ok(Repository { place, shape: self.shape })
    }
}

/// A threshold beyond the largest step, so that URLs are listed.
const CONFIG: &str = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\nhost = \"s3-rest\"\n[site.threshold]\nurls = 10000000\n[site.cloudflare]\nzone_id = \"023e105f4ecef8ad9ca31a8372d0c353\"\nplan = \"enterprise\"\n";

/// The program that is measured.
pub(crate) fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_diffpurge"))
}

pub(crate) fn git(directory: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(directory).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    command
}

/// Runs a command to its end.
pub(crate) fn done(command: &mut Command) -> Done<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = [&output.stdout[..], &output.stderr].concat();
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&said)).into())
}
