//! From a million changed paths to their operations, through a hundred rules: the whole mapping, against the obvious way to do
//! it (a set of globs, matched path by path, and `format!`), in one run on one core.
//!
//! `cargo bench --bench mapping` prints the medians, what a path costs, and the memory that one mapping needed at most. Each row is a
//! process of its own.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark prints its figures, and ends where it cannot go on"
)]

use std::hint::black_box;
use std::time::Instant;

use diffpurge::changes::Changes;
use diffpurge::config::Site;
use diffpurge::mapping::{self, Mapping};
use globset::{Glob, GlobSet, GlobSetBuilder};

use self::large::{in_processes, modified, path, peak};
use self::median::median;

#[path = "shared/large.rs"]
mod large;
#[path = "shared/median.rs"]
mod median;

const PATHS: u32 = 1_000_000;
const RULES: usize = 100;
const ROUNDS: usize = 5;

/// The rows: name, and how many of ten files are pages.
const ROWS: [(&str, u32); 3] = [("assets only", 0), ("4 of 10 are pages", 4), ("pages only", 10)];

fn glob(i: usize) -> String {
    match i % 4 {
        0 => format!("section-{i:02}/**/*.html"),
        1 => format!("**/chapter-{i:02}/*.css"),
        2 => format!("section-{i:02}/chapter-{{0,1,2}}*/**"),
        _ => format!("**/page-*{i:02}.json"),
    }
}

fn site() -> Site {
    let rule = |i| format!("[[site.rule]]\nmatch = [\"{}\"]\ntags = [\"tag-{i}\"]\n", glob(i));
    large::site(&["ignore = [\"**/*.map\"]\n".to_owned(), (0..RULES).map(rule).collect()].concat())
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

/// Maps once; milliseconds, and what came of it.
fn mapped(changes: &Changes, site: &Site) -> (f64, Mapping) {
    let start = Instant::now();
    let mapping = black_box(mapping::map(&mapping::judge(changes, site), &[], site));
    (start.elapsed().as_secs_f64() * 1e3, mapping)
}

fn row(number: usize) {
    let (name, pages_of_ten) = ROWS[number];
    let (site, mut globs) = (site(), GlobSetBuilder::new());
    for i in 0..RULES {
        globs.add(Glob::new(&glob(i)).expect("the glob is right"));
    }
    let globs = globs.build().expect("the globs are right");
    let extension = |i| if i % 10 < pages_of_ten { "html" } else { "json" };
    let changes = modified((0..PATHS).map(|i| path(i, extension(i))));
    let before = peak();
    let operations = mapped(&changes, &site).1.operations.len();
    let after = peak();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    // In turn.
    for _ in 0..ROUNDS {
        ours.push(mapped(&changes, &site).0);
        let start = Instant::now();
        black_box(obvious(&changes, &globs));
        theirs.push(start.elapsed().as_secs_f64() * 1e3);
    }
    let (ours, theirs) = (median(ours), median(theirs));
    println!(
        "{name:18} {operations:>9} operations  diffpurge {ours:6.0} ms ({:.0} ns a path)  globset and format! {theirs:6.0} ms  ratio {:.2}",
        ours * 1e6 / f64::from(PATHS),
        ours / theirs
    );
    println!("{:18} peak memory of the process {after:.0} MiB, {before:.0} before mapping", "");
}

fn main() {
    let head = || println!("{PATHS} changed paths of 51 bytes, {RULES} rules, medians of {ROUNDS} in turn");
    in_processes(ROWS.len(), head, row);
}
