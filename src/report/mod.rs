//! The reports that people and programs read: a folder for each document, and in it a file for each format.
//!
//! Every format shows the same data; none decides anything. Foreign text goes through [`crate::display`] first, so that
//! no file name can start a line, colour a terminal or command a CI runner. The things that all documents share stand
//! beside the folders: the door of every JSON, the code spans of Markdown, styles, the view of a person and the page that keeps to its
//! width, the words of a reason, annotations, progress.

pub mod check;
mod date;
mod detail;
mod digest;
pub mod explanation;
mod github;
mod how;
mod html;
mod json;
pub mod mark;
mod markdown;
pub mod outcome;
mod page;
pub mod plan;
mod progress;
pub mod proof;
pub mod receiver;
mod style;
mod view;
mod width;

pub use detail::Detail;
pub use github::annotation;
pub use html::{is_page, page_policy};
pub use markdown::fitted;
pub use progress::{Progress, ProgressStyle};
pub use view::View;
