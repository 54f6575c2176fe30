//! The findings about each site: the document of `diffpurge check`.

mod human;
mod json;
mod report;

pub use human::human;
pub use json::json;
pub use report::CheckReport;
