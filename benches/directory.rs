//! How long `diffpurge manifest dir:…` takes on a large directory, as a ratio to `git hash-object --stdin-paths` over the same
//! files; in one run.
//!
//! Whole processes, in turn (git, diffpurge, git, …), median of each and of the ratios pair by pair, with the files in the
//! memory of the system. `cargo bench --bench directory` prints the table and takes 3 GB of disk for a while; it asserts that both
//! found the same ids in the same order, and nothing about time.

#![allow(clippy::print_stdout, reason = "the table is what a benchmark is for")]

use std::error::Error;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use self::median::median;

#[path = "shared/median.rs"]
mod median;

/// Files of the site of pages; 100 in each directory, each of 2 to 6 KB.
const PAGES: usize = 100_000;

/// Bytes of each of the 8 films of the other site.
const FILM: usize = 256 << 20;

/// Runs of each program per row.
const PAIRS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let place = tempfile::TempDir::new()?;
    let page = |i: usize| format!("pages/s{:02}/d{:02}/page-{:02}.html", i / 10_000, i / 100 % 100, i % 100);
    let pages: Vec<String> = (0..PAGES).map(page).collect();
    let films: Vec<String> = (0..8).map(|i| format!("films/{i}.mp4")).collect();
    let mut dice = fastrand::Rng::with_seed(1);
    for (path, size) in pages.iter().map(|p| (p, None)).chain(films.iter().map(|p| (p, Some(FILM)))) {
        let path = place.path().join(path);
        fs::create_dir_all(path.parent().ok_or("no parent")?)?;
        let mut content = vec![0; size.unwrap_or_else(|| dice.usize(2048..6144))];
        dice.fill(&mut content);
        fs::write(path, content)?;
    }
    println!("medians of {PAIRS} runs in turn\n");
    println!("| files | git hash-object | diffpurge manifest | git ÷ diffpurge |");
    println!("|---|---|---|---|");
    row(place.path(), "pages", &pages)?;
    row(place.path(), "films", &films)
}

/// One row.
fn row(place: &Path, name: &str, paths: &[String]) -> Result<(), Box<dyn Error>> {
    let mut all: [Vec<f64>; 3] = Default::default();
    // The first brings the files into memory, and does not count.
    for run in 0..=PAIRS {
        let (git, wanted) = timed(&mut git(place, paths)?)?;
        let (ours, manifest) = timed(&mut diffpurge(place, name))?;
        if ids(&manifest) != wanted {
            return Err(format!("{name}: the ids are not those of git").into());
        }
        if run > 0 {
            for (values, value) in all.iter_mut().zip([git, ours, git / ours]) {
                values.push(value);
            }
        }
    }
    let [git, ours, ratio] = all.map(median);
    println!("| {} {name} | {git:.0} ms | {ours:.0} ms | {ratio:.2} |", paths.len());
    Ok(())
}

fn git(directory: &Path, paths: &[String]) -> Result<Command, Box<dyn Error>> {
    let list = directory.join("list");
    fs::write(&list, paths.join("\n"))?;
    let mut command = Command::new("git");
    command.args(["hash-object", "--no-filters", "--stdin-paths"]).stdin(File::open(list)?).current_dir(directory);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    Ok(command)
}

fn diffpurge(directory: &Path, name: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_diffpurge"));
    command.args(["manifest", &format!("dir:{name}")]).current_dir(directory);
    command
}

/// Milliseconds of a whole process, and what it prints.
fn timed(command: &mut Command) -> Result<(f64, String), Box<dyn Error>> {
    let start = Instant::now();
    let output = command.output()?;
    let milliseconds = start.elapsed().as_secs_f64() * 1000.0;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok((milliseconds, String::from_utf8(output.stdout)?))
}

/// The ids of a manifest, one per line, as git prints them.
fn ids(manifest: &str) -> String {
    let mut ids = String::new();
    for line in manifest.lines().filter(|line| line.starts_with("100")) {
        // Writing to a String cannot fail.
        let _infallible = writeln!(ids, "{}", line.split(' ').nth(1).unwrap_or_default());
    }
    ids
}
