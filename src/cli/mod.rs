//! The command line: what can be typed, and one file for each command, from options to the engine to the report to the exit code.
//!
//! No option exists both here and in the file, so nothing has to be merged.

mod by_hand;
mod check;
mod completing;
mod completions;
mod configuration;
mod consent;
mod demo;
mod ends;
mod error;
mod explain;
mod format;
mod found_file;
mod github;
mod global;
mod init;
mod init_error;
mod man;
mod manifest;
mod mark;
mod mistyped;
mod notifier;
mod output;
mod plan;
mod proving;
mod publisher;
mod purge;
mod reading;
mod report_file;
mod rim;
mod run;
#[cfg(feature = "serve")]
mod serve;
mod shell;
mod subject;
mod terminal;
mod tips;
mod typed;
mod unwritten;
mod verify;
mod version;
mod vetted;
mod watcher;

pub use error::{Error, Failed};
pub use global::{Color, Global};
pub use output::Output;
pub use run::run;
pub use shell::complete;
pub use terminal::terminal_width;
pub use tips::tipped;
pub use typed::{Cli, Command};
