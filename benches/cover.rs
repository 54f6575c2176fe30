//! From a site of a million URLs to its plan: how long it takes to find the directories that changed whole, what the plan costs
//! beside a list of all URLs and a purge of everything, and how much memory it takes.
//!
//! `cargo bench --bench cover` prints it. Each row is a process of its own, since a process knows only the most memory that
//! it ever held. Everything counts from the list of changes and the list of all files, on one core.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark prints its figures, and ends where it cannot go on"
)]

use std::process::Command;
use std::time::Instant;

use diffpurge::changes::{Change, Changes, Status};
use diffpurge::config::{Config, Site};
use diffpurge::mapping;
use diffpurge::plan::{Plan, Setting};
use diffpurge::provider::Provider;
use diffpurge::snapshot::SnapshotName;

/// URLs of the site.
const URLS: u32 = 1_000_000;

/// Files in each directory, and directories in each above it.
const EACH: u32 = 100;

/// The rows: name, URLs of a file, and what changed of it.
const ROWS: [(&str, u32, Changed); 5] = [
    ("assets, 30 % of the directories", 1, Changed::Directories(30)),
    ("pages, 30 % of the directories", 3, Changed::Directories(30)),
    ("assets, 30 % of the files", 1, Changed::Files(30)),
    ("assets, all but one in a directory", 1, Changed::AllButOne),
    ("pages, all but one in a directory", 3, Changed::AllButOne),
];

#[derive(Clone, Copy)]
enum Changed {
    Directories(u32),
    Files(u32),
    AllButOne,
}

/// A throw of dice that is the same in every run.
fn percent(seed: u32) -> u32 {
    let mixed = u64::from(seed).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    u32::try_from((mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 57).unwrap_or(0) * 100 / 128
}

impl Changed {
    fn holds(self, file: u32) -> bool {
        match self {
            Changed::Directories(share) => percent(file / EACH) < share,
            Changed::Files(share) => percent(file) < share,
            Changed::AllButOne => !file.is_multiple_of(EACH),
        }
    }
}

fn site(cover: &str) -> Site {
    let head = "[[site]]\nname = \"x\"\nbase_urls = [\"https://www.example.com/\"]\n";
    let text = format!("{head}cover = \"{cover}\"\n[site.threshold]\nurls = 10000000\n");
    Config::parse(&text, "purge.toml").expect("the configuration is right").sites.remove(0)
}

/// Every file of the site: paths of 51 bytes, sorted.
fn inventory(urls_of_a_file: u32) -> Vec<Box<[u8]>> {
    let extension = if urls_of_a_file == 1 { "json" } else { "html" };
    let path = |i: u32| {
        let (section, chapter) = (i / EACH / EACH, i / EACH % EACH);
        format!("section-{section:02}/chapter-{chapter:02}/a-page-with-a-name-{i:07}.{extension}").into_bytes().into()
    };
    (0..URLS / urls_of_a_file).map(path).collect()
}

fn changes(inventory: &[Box<[u8]>], changed: Changed) -> Changes {
    let files = (0..).zip(inventory).filter(|(i, _)| changed.holds(*i));
    let change = |path: &[u8]| Change { path: path.into(), status: Status::Modified, leads_elsewhere: false };
    Changes { paths: files.map(|(_, path)| change(path)).collect(), ..Changes::default() }
}

/// Seconds of mapping and of planning, and the plan.
fn planned(site: &Site, inventory: &[Box<[u8]>], which: Changed) -> (f64, f64, Plan) {
    let changes = changes(inventory, which);
    let name = SnapshotName { spec: "A".to_owned(), id: "0".to_owned() };
    let start = Instant::now();
    let mapping = mapping::map(&mapping::judge(&changes, site), &[], site);
    let mapped = start.elapsed().as_secs_f64();
    let prices = Provider::of(site).prices();
    let setting = Setting { prices, inventory: Some(inventory), neighbours: &[] };
    let start = Instant::now();
    let plan = Plan::new(site, (&name, &name), changes, mapping, &setting);
    (mapped, start.elapsed().as_secs_f64(), plan)
}

/// The most memory that this process held, in MiB, where the system says so.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    kib.map_or(f64::NAN, |kib| kib / 1024.0)
}

fn row(number: usize) {
    let (name, urls_of_a_file, changed) = ROWS[number];
    let inventory = inventory(urls_of_a_file);
    let (mapped, with, plan) = planned(&site("exact"), &inventory, changed);
    let peak = peak();
    let cost = |plan: &Plan| {
        let prices = Provider::of(&site("off")).prices();
        let seconds = prices.pace.forecast(&plan.batches).as_secs_f64();
        format!("{} requests, {seconds:.0} s", plan.batches.len())
    };
    let (urls, operations, covered) = (plan.urls, plan.operations.len(), cost(&plan));
    drop(plan);
    let (_, without, listed) = planned(&site("off"), &inventory, changed);
    println!(
        "| {name} | {urls} | {:.2} s | {:.2} s | {operations} | {covered} | {} | 1 request | {peak:.0} MiB |",
        mapped,
        with - without,
        cost(&listed)
    );
}

fn main() {
    if let Some(number) = std::env::args().find_map(|argument| argument.strip_prefix("row=")?.parse().ok()) {
        return row(number);
    }
    println!("A site of {URLS} URLs, {EACH} files in a directory; Cloudflare Free\n");
    println!(
        "| changed | URLs | mapping | cover | operations | cost | all URLs cost | everything costs | peak memory |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    let itself = std::env::current_exe().expect("a program has a file");
    for number in 0..ROWS.len() {
        let ended = Command::new(&itself).arg(format!("row={number}")).status().expect("it starts again");
        assert!(ended.success(), "row {number} failed");
    }
}
