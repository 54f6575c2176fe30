//! How long `diffpurge plan` takes on a large site, as a ratio to `git diff-tree -r` on the same two trees, in one run.
//!
//! Whole processes, in turn (git, diffpurge, git, …), median of each and of the ratios pair by pair. Both only list:
//! git the changed paths, diffpurge the URLs. `cargo bench` prints the table; it asserts that both found the same number
//! of paths, and nothing about time.

#![allow(clippy::print_stdout, reason = "the table is what a benchmark is for")]

use std::error::Error;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use self::median::median;

#[path = "shared/median.rs"]
mod median;

/// Files of the site; 100 in each directory, 100 directories in each above.
const FILES: usize = 100_000;

/// A threshold beyond the largest step, so that URLs are listed.
const CONFIG: &str =
    "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n[site.threshold]\nurls = 1000000\n";

/// Runs of each program per row.
const PAIRS: usize = 21;

fn main() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::TempDir::new()?;
    std::fs::write(directory.path().join("purge.toml"), CONFIG)?;
    let steps = [1, FILES / 100, FILES / 5];
    make_repository(directory.path(), &steps)?;
    println!("{FILES} files, packed; medians of {PAIRS} runs in turn\n");
    println!("| changed files | git diff-tree -r | diffpurge plan | ratio (git ÷ diffpurge) |");
    println!("|---|---|---|---|");
    for (i, changed) in steps.iter().enumerate() {
        let to = format!("step{i}");
        let (mut git_ms, mut our_ms, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..PAIRS {
            let git = timed(git(directory.path()).args(["diff-tree", "-r", "base", &to]), *changed)?;
            let ours = timed(&mut diffpurge(directory.path(), &to), *changed)?;
            git_ms.push(git);
            our_ms.push(ours);
            ratios.push(git / ours);
        }
        println!("| {changed} | {:.1} ms | {:.1} ms | {:.2} |", median(git_ms), median(our_ms), median(ratios));
    }
    Ok(())
}

fn git(directory: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(directory).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    command
}

/// The site's files are no pages, so that each has one URL and the two lists are as long.
fn diffpurge(directory: &Path, to: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_diffpurge"));
    command.current_dir(directory).args(["plan", "base", to, "--format", "urls"]);
    command
}

/// Milliseconds of a whole process, which prints as many lines as `lines`.
fn timed(command: &mut Command, lines: usize) -> Result<f64, Box<dyn Error>> {
    let start = Instant::now();
    let output = command.output()?;
    let milliseconds = start.elapsed().as_secs_f64() * 1000.0;
    let got = memchr::memchr_iter(b'\n', &output.stdout).count();
    if !output.status.success() || got != lines {
        return Err(
            format!("{command:?}: {} lines of {lines}: {}", got, String::from_utf8_lossy(&output.stderr)).into()
        );
    }
    Ok(milliseconds)
}

fn make_repository(directory: &Path, steps: &[usize]) -> Result<(), Box<dyn Error>> {
    git(directory).args(["init", "--quiet", "--bare"]).status()?;
    let mut import = git(directory).args(["fast-import", "--quiet"]).stdin(Stdio::piped()).spawn()?;
    let mut stream = BufWriter::new(import.stdin.take().ok_or("no stdin")?);
    let path = |i: usize| format!("s{:02}/d{:02}/page-{:02}.css", i / 10_000, i / 100 % 100, i % 100);
    let mut commit = |name: &str, files: &mut dyn Iterator<Item = usize>, content: &str| -> std::io::Result<()> {
        writeln!(stream, "commit refs/heads/{name}\ncommitter a <a@example.com> 1700000000 +0000\ndata 0")?;
        if name != "base" {
            writeln!(stream, "from refs/heads/base")?;
        }
        for i in files {
            let data = format!("{content} {i}");
            writeln!(stream, "M 100644 inline {}\ndata {}\n{data}", path(i), data.len())?;
        }
        Ok(())
    };
    commit("base", &mut (0..FILES), "old")?;
    for (i, changed) in steps.iter().enumerate() {
        // Spread over the whole site.
        commit(&format!("step{i}"), &mut (0..*changed).map(|n| n * (FILES / changed)), "new")?;
    }
    drop(stream);
    if !import.wait()?.success() {
        return Err("git fast-import failed".into());
    }
    git(directory).args(["repack", "-adq"]).status()?;
    Ok(())
}
