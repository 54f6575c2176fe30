//! A shell that asks what may stand where somebody types.

use clap::CommandFactory as _;
use clap_complete::CompleteEnv;

use super::completions::{ASKED_BY, NAME};
use super::typed::Cli;

/// Answers a shell that asks, and ends the process then; any other run goes on at the cost of one look at the environment.
pub fn complete() {
    if std::env::var_os(ASKED_BY).is_none() {
        return;
    }
    CompleteEnv::with_factory(Cli::command).var(ASKED_BY).bin(NAME).complete();
}
