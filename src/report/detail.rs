//! How much of a list a report shows.

/// How much of a list is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// No list at all.
    Brief,
    /// A screenful, and a count of the rest.
    Screenful,
    /// All of it.
    Full,
}

impl Detail {
    /// Entries of a list that fit a screen beside the rest of a report.
    const SCREENFUL: usize = 20;

    /// How many entries are shown.
    #[must_use]
    pub fn most(self) -> usize {
        match self {
            Detail::Brief => 0,
            Detail::Screenful => Self::SCREENFUL,
            Detail::Full => usize::MAX,
        }
    }
}
