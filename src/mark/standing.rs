//! A mark as a report shows it: where it is kept, what it was, and where it stands when the run is over.

/// Where a site's mark stands when a run is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It was only read, or not all was accepted.
    Untouched,
    /// It is at TO now.
    Moved,
    /// It was at TO before.
    There,
    /// It stays where it was, and why.
    Stays(String),
    /// It could not be written, and why.
    Failed(String),
}

/// A site's mark as a report has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// Where it is kept, for people: `refs/diffpurge/www at origin`.
    pub store: String,
    /// The moment that it was at when the plan was made, by id.
    pub was: Option<String>,
    /// The moments that were open then, by id.
    pub open: Vec<String>,
    /// Where it stands now.
    pub standing: Standing,
}
