//! A first configuration for a repository: which generator it is of, where the output is, under which address and host, in which CI.
//!
//! It looks at names and at a few files of other programs, and drafts a `purge.toml` in which each guess is marked with a question.
//! A thing that cannot be told is an error or a question, never a silent guess. Git, the disk and the terminal are left to others.

mod actions;
mod address;
mod build;
mod commands;
mod configured;
mod deploy;
mod deployer;
mod draft;
mod error;
mod facts;
mod files;
mod findings;
mod generator;
mod host;
mod index_file;
mod job;
mod pipeline;
mod place;
mod project;
mod search;
mod settings;
mod sight;
mod sign;
mod workflow;

pub use configured::Configured;
pub use draft::{Draft, Wishes, draft};
pub use error::SetupError;
pub use files::{Files, Ignored, Unreadable};
pub use index_file::is_index;
pub use job::{Job, SYSTEMS, System};
pub use place::Place;
pub use sight::{Branch, Sight};
pub use sign::{matters_to_signs, source_signs};

/// Returns the names of the branches that may hold a site's output.
///
/// # Errors
/// When a file that names some cannot be read.
pub fn branches(source: &dyn Files) -> Result<Vec<String>, Unreadable> {
    Ok(search::branches(&workflow::read(source, &workflow::files(source)?)?.deploys))
}

/// Returns the job of a CI system for a repository, as far as its files tell where the output is; `configured` is the configuration
/// that is there already.
///
/// # Errors
/// When a file cannot be read.
pub fn job(sight: &Sight<'_>, output: Option<&str>, configured: Option<&Configured<'_>>) -> Result<Job, SetupError> {
    configured::job(sight, output, configured)
}
