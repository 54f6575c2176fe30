//! A mark as a store holds it: the moment that was last purged completely, and those that were live since.

/// What a site was at one moment, as a store holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// What names it as a snapshot: a full id, or `manifest:PATH`.
    pub spec: String,
    /// The full id of what it is: the commit's or tree's of a revision, the web root's tree of a manifest.
    pub id: String,
    /// The revision that it is of, where it is of one.
    pub revision: Option<String>,
}

impl Moment {
    /// True when it is what has this full id: a commit or tree, or a web root's tree.
    #[must_use]
    pub fn is(&self, id: &str) -> bool {
        self.id == id || self.revision.as_deref() == Some(id)
    }
}

/// What a store holds of one site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mark {
    /// What was last purged completely; `None` where nothing was.
    pub at: Option<Moment>,
    /// What was live since, and not purged completely.
    pub open: Vec<Moment>,
}
