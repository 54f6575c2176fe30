//! The proof of each site: the document of `diffpurge verify`, and of a purge that proves what it did.

mod github;
mod html;
mod human;
pub(in crate::report) mod json;
mod markdown;
mod report;
mod words;

pub use github::annotations;
pub(in crate::report) use html::answers;
pub use html::html;
pub use human::human;
pub(in crate::report) use human::proof;
pub use json::json;
pub use markdown::markdown;
pub use report::ProofReport;
pub(in crate::report) use words::summary;
