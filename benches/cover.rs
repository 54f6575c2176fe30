//! From a site of a million URLs to its plan: how long it takes to find the directories that changed whole, what the plan costs
//! beside a list of all URLs and a purge of everything, and how much memory it takes.
//!
//! `cargo bench --bench cover` prints it. Each row is a process of its own. Everything counts from the list of changes and the list
//! of all files, on one core.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark prints its figures, and ends where it cannot go on"
)]

use std::time::Instant;

use diffpurge::changes::{Changes, Inventory};
use diffpurge::config::{Environment, Site};
use diffpurge::mapping;
use diffpurge::plan::{Plan, Setting};
use diffpurge::provider::Provider;
use diffpurge::snapshot::SnapshotName;

use self::large::{EACH, in_processes, modified, path, peak};

#[path = "shared/large.rs"]
mod large;

/// URLs of the site.
const URLS: u32 = 1_000_000;

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
    large::site(&format!("cover = \"{cover}\"\n[site.threshold]\nurls = 10000000\n"))
}

/// Every file of the site, sorted.
fn inventory(urls_of_a_file: u32) -> Vec<Box<[u8]>> {
    let extension = if urls_of_a_file == 1 { "json" } else { "html" };
    (0..URLS / urls_of_a_file).map(|i| path(i, extension)).collect()
}

fn changes(inventory: &[Box<[u8]>], changed: Changed) -> Changes {
    let files = (0..).zip(inventory).filter(|(i, _)| changed.holds(*i));
    modified(files.map(|(_, path)| path.clone()))
}

/// Seconds of mapping and of planning, and the plan.
fn planned(site: &Site, inventory: &Inventory, which: Changed) -> (f64, f64, Plan) {
    let changes = changes(&inventory.paths, which);
    let name = SnapshotName { spec: "A".to_owned(), id: "0".to_owned() };
    let start = Instant::now();
    let mapping = mapping::map(&mapping::judge(&changes, site), &[], site);
    let mapped = start.elapsed().as_secs_f64();
    let capabilities = Provider::for_site(site, &Environment::default()).expect("a provider").capabilities();
    let setting = Setting { capabilities, inventory: Some(inventory), neighbours: &[] };
    let start = Instant::now();
    let plan = Plan::new(site, (&name, &name), changes, mapping, &setting);
    (mapped, start.elapsed().as_secs_f64(), plan)
}

fn row(number: usize) {
    let (name, urls_of_a_file, changed) = ROWS[number];
    let inventory = Inventory { paths: inventory(urls_of_a_file), opaque: Vec::new() };
    let (mapped, with, plan) = planned(&site("exact"), &inventory, changed);
    let peak = peak();
    let cost = |plan: &Plan| {
        let pace = Provider::for_site(&site("off"), &Environment::default()).expect("a provider").capabilities().pace;
        let seconds = pace.forecast(&plan.batches).as_secs_f64();
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
    let head = || {
        println!("A site of {URLS} URLs, {EACH} files in a directory; Cloudflare Free\n");
        println!(
            "| changed | URLs | mapping | cover | operations | cost | all URLs cost | everything costs | peak memory |"
        );
        println!("|---|---|---|---|---|---|---|---|---|");
    };
    in_processes(ROWS.len(), head, row);
}
