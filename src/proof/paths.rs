//! The paths of a site that a proof works with: what is there, and what was.

/// Paths of a site, sorted.
#[derive(Debug, Clone, Copy)]
pub struct Paths<'p> {
    /// The paths of TO.
    pub there: &'p [Box<[u8]>],
    /// The paths of both snapshots.
    pub inventory: &'p [Box<[u8]>],
}
