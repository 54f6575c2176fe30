//! The outcome of a purge in a few lines, for people who were not there: the document that a chat or a program is told.

mod chat;
mod json;
mod report;

pub use chat::{discord, slack, teams};
pub use json::json;
pub use report::{OutcomeReport, SiteOutcome};
