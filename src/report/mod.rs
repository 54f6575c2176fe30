//! The reports that people and programs read: by document, then by format.
//!
//! Every format shows the same data; none decides anything. Foreign text goes through [`crate::display`] first, so that
//! no file name can start a line, colour a terminal or command a CI runner.

pub mod check;
mod detail;
mod digest;
pub mod explanation;
mod github;
pub mod plan;
mod progress;
pub mod proof;

pub use detail::Detail;
pub use github::annotation;
pub use progress::{Progress, ProgressStyle};
