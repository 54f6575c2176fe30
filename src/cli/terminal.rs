//! The width of the terminal that the result goes to.

use std::num::NonZeroUsize;

use crate::config::Environment;

/// The variable that says how wide lines may be, in place of the terminal.
const COLUMNS: &str = "COLUMNS";

/// Returns the columns that a line may take; `None` where the result goes to a file, a pipe or a CI system's log, whose lines stay
/// whole. `COLUMNS` wins, but in CI, where nobody sees a terminal and a shortened name would be ambiguous.
#[must_use]
pub fn terminal_width(environment: &Environment) -> Option<usize> {
    if environment.has("CI") {
        return None;
    }
    let asked = environment.get(COLUMNS).ok().flatten().and_then(|columns| columns.trim().parse::<NonZeroUsize>().ok());
    let found = || console::Term::stdout().size_checked().map(|(_, columns)| usize::from(columns));
    asked.map(NonZeroUsize::get).or_else(found).filter(|columns| *columns > 0)
}
