//! From a million changed paths to their operations, through a hundred rules: the whole mapping, against the obvious way to do
//! it (a set of globs, matched path by path, and `format!`), in one run on one core.
//!
//! `cargo bench --bench mapping` prints the medians, what a path costs, and the memory that the run needed at most.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark prints its figures, and ends where it cannot go on"
)]

use std::hint::black_box;
use std::time::Instant;

use diffpurge::changes::{Change, Changes, Status};
use diffpurge::config::{Config, Site};
use diffpurge::mapping;
use globset::{Glob, GlobSet, GlobSetBuilder};

const PATHS: u32 = 1_000_000;
const RULES: usize = 100;
const ROUNDS: usize = 5;

fn glob(i: usize) -> String {
    match i % 4 {
        0 => format!("section-{i:02}/**/*.html"),
        1 => format!("**/chapter-{i:02}/*.css"),
        2 => format!("section-{i:02}/chapter-{{0,1,2}}*/**"),
        _ => format!("**/page-*{i:02}.json"),
    }
}

fn site() -> Site {
    let mut text =
        String::from("[[site]]\nname = \"x\"\nbase_urls = [\"https://www.example.com/\"]\nignore = [\"**/*.map\"]\n");
    for i in 0..RULES {
        text.extend(["[[site.rule]]\nmatch = [\"", &glob(i), "\"]\ntags = [\"tag-", &i.to_string(), "\"]\n"]);
    }
    Config::parse(&text, "purge.toml").expect("the configuration is right").sites.remove(0)
}

/// Paths of 51 bytes, sorted; `page` says how a file's name ends.
fn changes(extension: impl Fn(u32) -> &'static str) -> Changes {
    let path = |i: u32| {
        let (section, chapter) = (i / 10_000, i / 100 % 100);
        let path = format!("section-{section:02}/chapter-{chapter:02}/a-page-with-a-name-{i:07}{}", extension(i));
        Change { path: path.into_bytes().into(), status: Status::Modified, leads_elsewhere: false }
    };
    let mut paths: Vec<Change> = (0..PATHS).map(path).collect();
    paths.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    Changes { paths, ..Changes::default() }
}

/// The obvious way: every glob asked for every path, and a URL by `format!`.
fn obvious(changes: &Changes, globs: &GlobSet) -> (Vec<String>, usize) {
    let mut matched = Vec::new();
    let mut hits = 0;
    let urls = changes.paths.iter().map(|change| {
        let path = String::from_utf8_lossy(&change.path);
        globs.matches_into(&*path, &mut matched);
        hits += matched.len();
        format!("https://www.example.com/{path}")
    });
    (urls.collect(), hits)
}

fn median(mut milliseconds: Vec<f64>) -> f64 {
    milliseconds.sort_by(f64::total_cmp);
    milliseconds[milliseconds.len() / 2]
}

/// Runs both in turn; gives the medians in milliseconds.
fn compare(changes: &Changes, site: &Site, globs: &GlobSet) -> (f64, f64, usize) {
    let (mut ours, mut theirs, mut operations) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let mapped = mapping::map(&mapping::judge(changes, site), &[], site);
        ours.push(start.elapsed().as_secs_f64() * 1e3);
        operations = black_box(mapped).operations.len();
        let start = Instant::now();
        black_box(obvious(changes, globs));
        theirs.push(start.elapsed().as_secs_f64() * 1e3);
    }
    (median(ours), median(theirs), operations)
}

/// The most memory that this process held, in MiB, where the system says so.
fn peak() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<f64>().ok().map(|kib| kib / 1024.0)
}

fn main() {
    let site = site();
    let mut globs = GlobSetBuilder::new();
    for i in 0..RULES {
        globs.add(Glob::new(&glob(i)).expect("the glob is right"));
    }
    let globs = globs.build().expect("the globs are right");
    println!("{PATHS} changed paths of 51 bytes, {RULES} rules, medians of {ROUNDS} in turn");
    for (name, pages_of_ten) in [("assets only", 0), ("4 of 10 are pages", 4), ("pages only", 10)] {
        let changes = changes(|i| if i % 10 < pages_of_ten { ".html" } else { ".json" });
        let before = peak();
        let (ours, theirs, operations) = compare(&changes, &site, &globs);
        println!(
            "{name:18} {operations:>9} operations  diffpurge {ours:6.0} ms ({:.0} ns a path)  globset and format! {theirs:6.0} ms  ratio {:.2}",
            ours * 1e6 / f64::from(PATHS),
            ours / theirs
        );
        if let (Some(before), Some(after)) = (before, peak()) {
            println!("{:18} peak memory of the process {after:.0} MiB, {before:.0} before mapping", "");
        }
    }
}
