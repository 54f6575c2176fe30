//! The page of a receiver for people: its sites, what is queued, and the last runs; and the few pages around it.
//!
//! It is plain HTML without a script. What may be seen, and by whom, is left to the receiver.

mod page;
mod row;

pub use page::{front, login, policy, waiting};
pub use row::{FrontPage, RunRow, SiteRow};
