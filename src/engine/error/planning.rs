//! Why no plan can be made, though configuration and snapshots can be read.

use std::fmt;

use super::hardly_the_site::HardlyTheSite;
use super::row::{ExitStatus, Row};
use crate::display::{grouped, shown};

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
    /// TO is hardly the site as it is served.
    HardlyTheSite(HardlyTheSite),
    /// A mark was named, and there is none.
    NoMark { store: String },
    /// The site's branch is neither here nor at the remote.
    NoBranch { branch: String, why: String },
}

impl PlanningError {
    /// Returns the error's row.
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
            PlanningError::HardlyTheSite(why) => why.row(),
            PlanningError::NoMark { store } => Row::new(
                ExitStatus::Unreadable,
                format!("there is no mark {store} yet"),
                "name a revision, or `dir:DIR`; a first `diffpurge purge` or `diffpurge mark set` makes a mark",
            ),
            PlanningError::NoBranch { branch, why } => Row::new(
                ExitStatus::Unreadable,
                format!("cannot find the branch {}: {why}", shown(branch.as_bytes())),
                "`git ls-remote --heads origin` lists the branches; set `branch` to the one that holds what is served",
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

impl From<HardlyTheSite> for PlanningError {
    fn from(why: HardlyTheSite) -> PlanningError {
        PlanningError::HardlyTheSite(why)
    }
}
