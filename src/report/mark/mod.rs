//! The mark of each site: the document of `diffpurge mark`. The mark in a plan's document is left to [`super::plan`].

mod human;
mod json;
mod report;

pub use human::{human, step_human};
pub use json::json;
pub use report::{MarkReport, Step};
