//! What `diffpurge check` found.

mod human;

pub use human::{Checked, check_human, check_json};
