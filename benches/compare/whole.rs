//! All tables, one after the other, for the sizes that are asked for.

use std::error::Error;
use std::io::Write;

#[path = "checkout.rs"]
mod checkout;
#[path = "job.rs"]
mod job;
#[path = "listing.rs"]
mod listing;
#[path = "race.rs"]
mod race;
#[path = "repository.rs"]
mod repository;
#[path = "sites.rs"]
mod sites;

use self::race::HEAD;
use self::repository::{Objects, Shape};

pub(crate) type Done<T> = Result<T, Box<dyn Error>>;

/// The sizes of what is compared: for each number one repository, or one row.
pub(crate) struct Sizes {
    /// Files of packed repositories with directories of 100.
    pub(crate) trees: Vec<usize>,
    /// Files of packed repositories with one directory.
    pub(crate) flat: Vec<usize>,
    /// Files of repositories with directories of 100 and an object in a file of its own.
    pub(crate) loose: Vec<usize>,
    /// Changed files of the whole job: at most 3,000, which is what the edge lets through in a second.
    pub(crate) jobs: Vec<usize>,
    /// Files of the site that the whole job is about.
    pub(crate) job_files: usize,
    /// Files of a site on disk.
    pub(crate) checkout: Vec<usize>,
    /// Sites in one repository, of which one changed.
    pub(crate) sites: Vec<usize>,
    /// Runs of each program.
    pub(crate) rounds: usize,
}

impl Sizes {
    /// The sizes of the published table.
    pub(crate) fn usual() -> Sizes {
        Sizes {
            trees: vec![100_000, 1_000_000],
            flat: vec![100_000],
            loose: vec![100_000],
            jobs: vec![10, 1_000, 3_000],
            job_files: 100_000,
            checkout: vec![10_000],
            sites: vec![200],
            rounds: 11,
        }
    }

    /// Takes `flat=1000,2000`, or `flat=` for none.
    pub(crate) fn set(&mut self, argument: &str) -> Done<()> {
        let (name, value) = argument.split_once('=').ok_or_else(|| format!("{argument}: not NAME=NUMBERS"))?;
        let numbers: Vec<usize> =
            value.split(',').filter(|n| !n.is_empty()).map(str::parse).collect::<Result<_, _>>()?;
        let one = || numbers.first().copied().ok_or_else(|| format!("{argument}: a number is missing"));
        match name {
            "trees" => self.trees = numbers,
            "flat" => self.flat = numbers,
            "loose" => self.loose = numbers,
            "jobs" => self.jobs = numbers,
            "job_files" => self.job_files = one()?,
            "checkout" => self.checkout = numbers,
            "sites" => self.sites = numbers,
            "rounds" => self.rounds = one()?,
            _ => return Err(format!("{argument}: there is no size of this name").into()),
        }
        Ok(())
    }
}

/// Prints the tables.
pub(crate) fn print(sizes: &Sizes, out: &mut dyn Write) -> Done<()> {
    writeln!(
        out,
        "Medians of {} runs in turn; ratios to the first program of each group, with their quartiles\n",
        sizes.rounds
    )?;
    let shapes = |files: &[usize], each, objects| -> Vec<Shape> {
        files.iter().map(|files| Shape { files: *files, each, objects }).collect()
    };
    let all = [
        shapes(&sizes.trees, 100, Objects::Packed),
        shapes(&sizes.flat, usize::MAX, Objects::Packed),
        shapes(&sizes.loose, 100, Objects::Loose),
    ];
    writeln!(out, "## Which files changed\n\n{HEAD}")?;
    for shape in all.into_iter().flatten() {
        listing::rows(shape, sizes.rounds, out)?;
    }
    if !sizes.jobs.is_empty() {
        writeln!(out, "\n## From the deploy to the edge on loopback\n\n{HEAD}")?;
        job::rows(&sizes.jobs, sizes.job_files, sizes.rounds, out)?;
    }
    if !sizes.checkout.is_empty() {
        writeln!(out, "\n## A site on disk\n\n{HEAD}")?;
        for files in &sizes.checkout {
            checkout::rows(*files, sizes.rounds, out)?;
        }
    }
    if !sizes.sites.is_empty() {
        writeln!(out, "\n## Many sites in one repository\n\n{HEAD}")?;
        for number in &sizes.sites {
            sites::rows(*number, sizes.rounds, out)?;
        }
    }
    Ok(())
}
