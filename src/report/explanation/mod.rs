//! The answers about a path or a URL: the document of `diffpurge explain`.

mod human;
mod json;
mod report;

pub use human::human;
pub use json::json;
pub use report::{Explained, PathExplained, UrlExplained};
