//! What the benchmarks of single stages share: a large site, the memory that was needed, and a process for each row.

use std::process::Command;

use diffpurge::changes::{Change, Changes, Status};
use diffpurge::config::{Config, Site};

/// Files in each directory, and directories in each above it.
pub(crate) const EACH: u32 = 100;

/// A site with these further lines of configuration.
pub(crate) fn site(lines: &str) -> Site {
    let head = "[[site]]\nname = \"x\"\nbase_urls = [\"https://www.example.com/\"]\n";
    Config::parse(&[head, lines].concat(), "purge.toml").expect("the configuration is right").sites.remove(0)
}

/// The path of a file: 51 bytes, sorted by number.
pub(crate) fn path(i: u32, extension: &str) -> Box<[u8]> {
    let (section, chapter) = (i / EACH / EACH, i / EACH % EACH);
    format!("section-{section:02}/chapter-{chapter:02}/a-page-with-a-name-{i:07}.{extension}").into_bytes().into()
}

/// These paths, modified.
pub(crate) fn modified(paths: impl Iterator<Item = Box<[u8]>>) -> Changes {
    let change = |path| Change { path, status: Status::Modified, leads_elsewhere: false };
    Changes { paths: paths.map(change).collect(), ..Changes::default() }
}

/// The most memory that this process held, in MiB, where the system says so.
pub(crate) fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    kib.map_or(f64::NAN, |kib| kib / 1024.0)
}

/// Runs each row in a process of its own, since a process knows only the most memory that it ever held; the first one prints `head`
/// before.
pub(crate) fn in_processes(rows: usize, head: impl FnOnce(), row: impl FnOnce(usize)) {
    if let Some(number) = std::env::args().find_map(|argument| argument.strip_prefix("row=")?.parse().ok()) {
        return row(number);
    }
    head();
    let itself = std::env::current_exe().expect("a program has a file");
    for number in 0..rows {
        let ended = Command::new(&itself).arg(format!("row={number}")).status().expect("it starts again");
        assert!(ended.success(), "row {number} failed");
    }
}
