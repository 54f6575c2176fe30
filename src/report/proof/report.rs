//! One site's proof, as its report takes it.

use crate::proof::Proofs;

/// A site, and what its pages prove.
#[derive(Debug, Clone, Copy)]
pub struct ProofReport<'p> {
    /// The site's name.
    pub site: &'p str,
    /// The answers that came, and what was done about them.
    pub proofs: &'p Proofs,
}
