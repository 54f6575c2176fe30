//! What `diffpurge explain` answers.

mod human;

pub use human::{PathExplained, UrlExplained};
