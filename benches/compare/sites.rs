//! Many sites in one repository, of which one changed: what the others cost.

use std::fmt::Write as _;
use std::io::Write;

use super::Done;
use super::race::{Program, race};
use super::repository::{Objects, Repository, Shape, program};

/// Files of each site.
const EACH: usize = 100;

/// Races over so many sites, each a directory below one that holds a hundred of them.
pub(crate) fn rows(sites: usize, rounds: usize, out: &mut dyn Write) -> Done<()> {
    let shape = Shape { files: sites * EACH, each: EACH, objects: Objects::Packed };
    let repository = Repository::make(shape, &[1])?;
    let config = |numbers: std::ops::Range<usize>| {
        numbers.fold(String::new(), |mut all, number| {
            let (above, below) = (number / EACH, number % EACH);
            let _infallible = writeln!(
                all,
                "[[site]]\nname = \"s{number}\"\nbase_urls = [\"https://s{number}.example.com/\"]\n\
                 output = \"s{above:02}/d{below:02}\"\nhost = \"s3-rest\"\n\
                 [site.cloudflare]\nzone_id = \"023e105f4ecef8ad9ca31a8372d0c353\""
            );
            all
        })
    };
    std::fs::write(repository.path().join("one.toml"), config(0..1))?;
    std::fs::write(repository.path().join("all.toml"), config(0..sites))?;
    let plan = |file: &str| format!("{} plan -c {file} base changed-1 --format urls", program().display());
    let programs = [
        Program::fixed("git ls-tree -r, all sites", "git ls-tree -r changed-1".to_owned()),
        Program::fixed("diffpurge plan, one site", plan("one.toml")),
        Program::fixed("diffpurge plan, all sites", plan("all.toml")),
    ];
    race((&format!("{sites} sites of {EACH} files"), 1), repository.path(), &programs, rounds, out)
}
