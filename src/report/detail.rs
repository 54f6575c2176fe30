//! The detail of a report: the share of a list that it shows.

/// The share of a list that is shown.
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
    /// Returns the detail that `-v` and `-q` ask for; the first wins.
    #[must_use]
    pub fn asked_for(verbose: bool, quiet: bool) -> Detail {
        match (verbose, quiet) {
            (true, _) => Detail::Full,
            (false, true) => Detail::Brief,
            (false, false) => Detail::Screenful,
        }
    }

    /// Entries of a list that fit a screen beside the rest of a report.
    const SCREENFUL: usize = 20;

    /// Returns how many entries are shown.
    #[must_use]
    pub fn most(self) -> usize {
        match self {
            Detail::Brief => 0,
            Detail::Screenful => Self::SCREENFUL,
            Detail::Full => usize::MAX,
        }
    }
}
