//! The proof of each site: the document of `diffpurge verify`, and of a purge that proves what it did.

mod human;
pub(in crate::report) mod json;
mod markdown;
mod report;
mod words;

pub use human::human;
pub(in crate::report) use human::proof;
pub use json::json;
pub use markdown::markdown;
pub use report::ProofReport;
