//! The plan of each site and what became of it: the document that every run writes, and that a later run sends.

mod all;
mod basis;
mod broad;
mod document;
mod folding;
mod github;
mod html;
mod human;
mod json;
mod kinds;
mod lines;
mod list;
mod mark;
mod markdown;
mod nodes;
mod outcome;
mod rows;
mod saved;
mod site;
mod words;

pub use all::{all_beside, all_human, all_markdown, all_outcomes};
pub use github::annotations;
pub use html::html;
pub use human::human;
pub use json::{is_document, json};
pub use lines::{beside_requests, beside_urls, requests, urls};
pub use outcome::outcome_human;
pub use saved::{Saved, SavedError, Unplanned, read};
pub use site::{Failure, SiteReport};
