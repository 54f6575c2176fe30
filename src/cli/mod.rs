//! The command line: what can be typed, and one file for each command, from options to the engine to the report to the exit code.
//!
//! No option exists both here and in the file, so nothing has to be merged.

mod check;
mod configuration;
mod demo;
mod ends;
mod error;
mod explain;
mod format;
mod github;
mod global;
mod manifest;
mod mark;
mod output;
mod plan;
mod proving;
mod publisher;
mod purge;
mod report_file;
mod rim;
mod run;
mod subject;
mod typed;
mod unwritten;
mod verify;
mod version;
mod watcher;

pub use error::{Error, Failed};
pub use global::{Color, Global};
pub use output::Output;
pub use run::run;
pub use typed::{Cli, Command};
