//! What the pages of a site prove.

mod human;

pub use human::{ProofsDocument, human_proofs, markdown_proofs};
