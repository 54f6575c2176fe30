//! Words and options that cannot be meant as they were typed: the text and the hint of each.

use crate::display::shown;
use crate::engine::{ExitStatus, Row};

/// Words and options that cannot be meant as they were typed.
#[derive(Debug)]
#[allow(missing_docs, reason = "each variant's row says it")]
pub enum Mistyped {
    PlanFormat(&'static str),
    PlanIsDry,
    NothingAsked(&'static str),
    FormsAlone,
    NoUrl(String),
    ThirdEnd(String),
    AboutRevisions(&'static str),
    DemoSubject,
}

impl Mistyped {
    /// Returns the error's row.
    pub(super) fn row(&self) -> Row {
        let usage = |text: String, hint: &str| Row::new(ExitStatus::Usage, text, hint);
        match self {
            Mistyped::PlanFormat(format) => usage(
                format!("`--format {format}` lists a plan, and a purge reports what became of it"),
                "use `diffpurge plan`, or add `--dry-run`",
            ),
            Mistyped::PlanIsDry => usage(
                "`plan` sends nothing by itself, and has no `--dry-run`".to_owned(),
                "leave it out; `diffpurge purge --dry-run` is the same",
            ),
            Mistyped::NothingAsked(option) => usage(
                format!("`{option}` says how URLs are asked for, and nothing asks for them"),
                "add `--verify`, or leave it out",
            ),
            Mistyped::FormsAlone => usage(
                "`--forms` is about URLs, and none is named".to_owned(),
                "name the URLs, as a browser shows them, or leave it out",
            ),
            Mistyped::NoUrl(word) => usage(
                format!("{} is no URL of a site, and stands beside what is asked for by hand", shown(word.as_bytes())),
                "name URLs, or FROM and TO; a branch that is called like a host is named in full, as in refs/heads/NAME",
            ),
            Mistyped::ThirdEnd(word) => usage(
                format!("FROM and TO are named, and {} is a third", shown(word.as_bytes())),
                "write `A B`; more than two are URLs, as a browser shows them",
            ),
            Mistyped::AboutRevisions(option) => {
                usage(format!("`{option}` is about revisions, and what is asked for by hand has none"), "leave it out")
            }
            Mistyped::DemoSubject => usage(
                "`demo` makes a site of its own: `--config`, `--site` and `-C` do not apply".to_owned(),
                "type `diffpurge demo`",
            ),
        }
    }
}
