//! The view of a person: how much of a list is shown, and how wide the lines may be.

use super::detail::Detail;

/// Columns below which a terminal is taken for this wide: nothing can be read on fewer.
const LEAST: usize = 20;

/// The view of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// The share of a list that is shown.
    pub detail: Detail,
    width: Option<usize>,
}

impl View {
    /// Makes the view of a terminal of so many columns; `None` for a file, a pipe or a CI system's log, whose lines are never broken or
    /// shortened.
    #[must_use]
    pub fn new(detail: Detail, width: Option<usize>) -> View {
        View { detail, width: width.map(|columns| columns.max(LEAST)) }
    }

    /// Returns the columns that a line may take.
    #[must_use]
    pub fn width(&self) -> Option<usize> {
        self.width
    }
}
