//! Why no plan can be made, though configuration and snapshots can be read.

use std::fmt;

use super::row::{ExitStatus, Row};
use crate::display::grouped;

/// Why no plan can be made.
#[derive(Debug)]
#[allow(missing_docs, reason = "each variant's row says it")]
pub enum PlanningError {
    /// It is not known what was live before, and the site's policy is to fail then.
    UnknownBase { why: String },
    /// More operations than can be planned, in a site that allows nothing broader.
    TooManyOperations(usize),
    /// One thing that is a web root was named for two sites whose web roots differ.
    OneWebRoot { what: String, one: String, other: String },
    /// The web root is not in the snapshot.
    NoOutput { output: String, what: String },
}

/// How to find out what `output` should be.
const WHERE_OUTPUT_IS: &str =
    "`git ls-tree --name-only -r -d REVISION` lists the directories; set `output` to the one that is served";

impl PlanningError {
    /// Returns what a person is told.
    #[must_use]
    pub fn row(&self) -> Row {
        match self {
            PlanningError::UnknownBase { why } => Row::new(
                ExitStatus::Unreadable,
                format!("it is not known what was live before ({why}), and `unknown_base = \"fail\"`"),
                "name what was live: `diffpurge purge FROM TO`; or say once that all of it is purged: `diffpurge mark set REV`",
            ),
            PlanningError::TooManyOperations(operations) => Row::new(
                ExitStatus::Usage,
                format!("the changes mean about {} operations, more than can be planned", grouped(*operations)),
                "shorten the rules' lists of variants, or purge those files with `by = \"prefix\"` or a `scope`",
            ),
            PlanningError::OneWebRoot { what, one, other } => Row::new(
                ExitStatus::Usage,
                format!("{what} is one web root, and the sites {one} and {other} have two"),
                "name one with `--site`, and run it for each",
            ),
            PlanningError::NoOutput { output, what } => Row::new(
                ExitStatus::Unreadable,
                format!("`output` {output} is not in {what}, so that no file of it was live"),
                WHERE_OUTPUT_IS,
            ),
        }
    }
}

impl fmt::Display for PlanningError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.row().text)
    }
}

impl std::error::Error for PlanningError {}
