//! The job for a repository and its configuration: what that says wins over what is guessed, and what it lacks is said above the job.

use std::path::Path;

use super::error::SetupError;
use super::files::{joined, parted};
use super::findings::{self, Findings};
use super::job::{Job, Keeping, Lacks, MARKS};
use super::place::Place;
use super::sight::Sight;
use super::workflow;
use crate::config::{FILE_NAME, MarkStore, Site};

/// A configuration that is there already.
pub struct Configured<'c> {
    /// Its sites.
    pub sites: &'c [Site],
    /// Its path from the repository's top.
    pub file: String,
    /// The directory that it was read from: paths in it count from there.
    pub directory: &'c Path,
}

/// Returns the job for a repository; the usual one where nothing tells where the output is.
pub(super) fn job(
    sight: &Sight<'_>,
    output: Option<&str>,
    configured: Option<&Configured<'_>>,
) -> Result<Job, SetupError> {
    let said = configured.and_then(|configured| configured.output());
    let found = match (output, said) {
        // What is configured may lie on a branch, or nowhere yet.
        (None, Some(said)) => match findings::find(sight, Some(said)) {
            Err(SetupError::NoOutput(_)) => findings::find(sight, None),
            found => found,
        },
        (output, _) => findings::find(sight, output),
    };
    let file = configured.map_or_else(|| joined(&sight.here, FILE_NAME), |configured| configured.file.clone());
    let mut job = match found {
        Ok(findings) => findings.job(sight, &file),
        Err(SetupError::NoSite) => {
            let told = workflow::read(sight.source, &workflow::files(sight.source)?)?;
            named(Job { pipelines: told.pipelines, ..Job::default() }, &file)
        }
        Err(e) => return Err(e),
    };
    match configured {
        None => job.lacks = Some(Lacks::File),
        Some(configured) => configured.bring(&mut job, sight),
    }
    Ok(job)
}

/// Returns a job that names its configuration where it has to.
fn named(job: Job, file: &str) -> Job {
    let marks = joined(parted(file).0, MARKS);
    Job { file: (file != FILE_NAME).then(|| file.to_owned()), marks, ..job }
}

impl Findings {
    /// Returns the job for its CI systems, with the configuration that `init` writes.
    pub(super) fn job(&self, sight: &Sight<'_>, file: &str) -> Job {
        let directory = match &self.located.place {
            Place::Built { directory, .. } if directory.is_empty() => Some(".".to_owned()),
            Place::Built { directory, .. } => Some(directory.clone()),
            Place::Committed { .. } | Place::Branch { .. } => None,
        };
        let keeping = if directory.is_some() { Keeping::Directory } else { at_remote(sight) };
        let (build, pipelines) = (self.build.clone(), self.pipelines.clone());
        named(Job { directory, build, pipelines, keeping, ..Job::default() }, file)
    }
}

/// Returns the usual remote of a repository.
fn at_remote(sight: &Sight<'_>) -> Keeping {
    Keeping::Remote(sight.remote.as_ref().map_or("origin", |(name, _)| name.as_str()).to_owned())
}

impl Configured<'_> {
    /// Returns the directory of its only site, where it names one.
    fn output(&self) -> Option<&str> {
        let [site] = self.sites else { return None };
        Some(site.output.as_str()).filter(|output| !output.is_empty() && site.branch.is_none())
    }

    /// Brings what it says of marks to a job, and takes note of what it lacks.
    fn bring(&self, job: &mut Job, sight: &Sight<'_>) {
        let Some(first) = self.sites.first() else { return };
        if first.branch.is_some() {
            job.directory = None;
        }
        match &first.mark {
            MarkStore::File { path } => {
                job.keeping = Keeping::Directory;
                job.marks = self.kept(path);
            }
            MarkStore::Ref { .. } if job.directory.is_some() => {
                let (file, site) = (self.file.clone(), first.name.to_string());
                job.lacks = Some(Lacks::Store { file, site });
                return;
            }
            MarkStore::Ref { push } => {
                job.keeping = push
                    .as_ref()
                    .map_or_else(|| at_remote(sight), |remote| Keeping::Remote(remote.as_str().to_owned()));
            }
        }
        let is_lost = |site: &&Site| site.mark == MarkStore::Ref { push: None };
        let sites: Vec<String> = self.sites.iter().filter(is_lost).map(|site| site.name.to_string()).collect();
        if !sites.is_empty() {
            job.lacks = Some(Lacks::Push { file: self.file.clone(), sites });
        }
    }

    /// Returns what a CI keeps for a mark in this file: its directory, with what stands beside the mark.
    fn kept(&self, mark: &Path) -> String {
        let below = mark.strip_prefix(self.directory).unwrap_or(mark);
        let text = below.iter().map(|name| name.to_string_lossy()).collect::<Vec<_>>().join("/");
        if below.is_absolute() {
            return parted(text.trim_start_matches('/'))
                .0
                .split('/')
                .fold(String::new(), |path, name| path + "/" + name);
        }
        let path = joined(parted(&self.file).0, &text);
        match parted(&path) {
            // What is at the top is kept by its name.
            ("", name) => format!("{name}*"),
            (directory, _) => directory.to_owned(),
        }
    }
}
