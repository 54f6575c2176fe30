//! Which two snapshots are compared: `A B`, `A..B`, `A` alone against what TO is by default, or the site's mark.
//!
//! One argument that is no revision (a directory, a manifest, `empty`) is what a site is, not what it was: it is TO.

use super::spec::{Spec, is_path};
use crate::display::shown;

/// The word for a site's mark in place of FROM.
pub const MARK: &str = "mark";

/// The two ends as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// The snapshot that the site was; `None` for its mark.
    pub from: Option<String>,
    /// The snapshot that the site is; `None` for what a site's own TO is: its branch, or `HEAD`.
    pub to: Option<String>,
    /// Both ends were typed.
    pub is_whole: bool,
}

/// One of the two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The snapshot that the site was.
    From,
    /// The snapshot that the site is.
    To,
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if *self == End::From { "FROM" } else { "TO" })
    }
}

/// Why the arguments name no two snapshots. Exit code 2.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    /// An empty argument, as an unset variable leaves it.
    #[error("{0} is empty")]
    Empty(End),
    /// `A...B`.
    #[error("{}: three dots compare with the merge base, and the merge base was never live", shown(.0.as_bytes()))]
    ThreeDots(String),
    /// `A..B C`.
    #[error("{} names both ends, and {} is a third", shown(.0.as_bytes()), shown(.1.as_bytes()))]
    Third(String, String),
}

impl RangeError {
    /// Returns the next thing to type.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            RangeError::Empty(End::To) => "the pipeline's variable is unset; leave TO (and `..`) out to compare with HEAD".to_owned(),
            RangeError::Empty(End::From) => {
                "the pipeline's variable is unset, as on a first deploy; name the revision that was live, or leave FROM out to compare with the mark".to_owned()
            }
            RangeError::ThreeDots(typed) => format!("write `{}`", shown(typed.replacen("...", "..", 1).as_bytes())),
            RangeError::Third(..) => "write `A B` or `A..B`".to_owned(),
        }
    }
}

impl Range {
    /// Reads the two positional arguments.
    ///
    /// # Errors
    /// When they name more than two snapshots, or one by an empty text.
    pub fn parse(first: Option<&str>, second: Option<&str>) -> Result<Range, RangeError> {
        let to = second.map(str::to_owned);
        let Some(first) = first else { return Ok(Range { from: None, to, is_whole: false }) };
        if second.is_none() && is_no_revision(first) {
            return Ok(Range { from: None, to: Some(first.to_owned()), is_whole: false });
        }
        // Dots in a path are the path's.
        let ends = if is_path(first) { None } else { first.split_once("..") };
        if ends.is_some_and(|(_, to)| to.starts_with('.')) {
            return Err(RangeError::ThreeDots(first.to_owned()));
        }
        let (from, to) = match (ends, second) {
            (Some(_), Some(third)) => return Err(RangeError::Third(first.to_owned(), third.to_owned())),
            (Some((from, to)), None) => (from, Some(to)),
            (None, second) => (first, second),
        };
        for (name, end) in [(End::From, Some(from)), (End::To, to)] {
            if end.is_some_and(|end| end.trim().is_empty()) {
                return Err(RangeError::Empty(name));
            }
        }
        let from = (from != MARK).then(|| from.to_owned());
        let is_whole = from.is_some() && to.is_some();
        Ok(Range { from, to: to.map(str::to_owned), is_whole })
    }
}

/// Returns true for what is named as a directory, a manifest or nothing, also where its path is missing.
fn is_no_revision(spec: &str) -> bool {
    // `empty..v2` has two ends.
    is_path(spec) || Spec::parse(spec) == Some(Spec::Empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_ends_are_read_in_every_spelling() {
        for (first, second, want) in [
            (Some("a"), Some("b"), Ok(("a", "b"))),
            (Some("a"), None, Ok(("a", "default"))),
            // One that is no revision is what the site is.
            (Some("dir:public"), None, Ok(("mark", "dir:public"))),
            (Some("dir:../a...b"), None, Ok(("mark", "dir:../a...b"))),
            (Some("manifest:live"), None, Ok(("mark", "manifest:live"))),
            (Some("empty"), None, Ok(("mark", "empty"))),
            (Some("refs/heads/empty"), None, Ok(("refs/heads/empty", "default"))),
            (Some("dir:"), None, Ok(("mark", "dir:"))),
            (Some("dir:public"), Some("HEAD"), Ok(("dir:public", "HEAD"))),
            (Some("empty"), Some("dir:public"), Ok(("empty", "dir:public"))),
            (None, Some("dir:public"), Ok(("mark", "dir:public"))),
            (None, Some("b"), Ok(("mark", "b"))),
            (Some("a..b"), None, Ok(("a", "b"))),
            (Some("a.."), None, Err(RangeError::Empty(End::To))),
            (Some("v1.2"), Some("v1.3"), Ok(("v1.2", "v1.3"))),
            (None, None, Ok(("mark", "default"))),
            (Some("mark"), None, Ok(("mark", "default"))),
            (Some("mark..v2"), None, Ok(("mark", "v2"))),
            (Some("mark"), Some("dir:public"), Ok(("mark", "dir:public"))),
            (Some(""), Some("b"), Err(RangeError::Empty(End::From))),
            (Some("a"), Some(" "), Err(RangeError::Empty(End::To))),
            (Some("..b"), None, Err(RangeError::Empty(End::From))),
            (Some("a...b"), None, Err(RangeError::ThreeDots("a...b".to_owned()))),
            (Some("dir:../a"), Some("dir:a...b"), Ok(("dir:../a", "dir:a...b"))),
            (Some("a..dir:../b"), None, Ok(("a", "dir:../b"))),
            (Some("manifest:a..b"), None, Ok(("mark", "manifest:a..b"))),
            (Some("empty..b"), None, Ok(("empty", "b"))),
            (Some("a..b"), Some("c"), Err(RangeError::Third("a..b".to_owned(), "c".to_owned()))),
        ] {
            let or = |end: Option<String>, word: &str| end.unwrap_or(word.to_owned());
            let got = Range::parse(first, second).map(|range| (or(range.from, "mark"), or(range.to, "default")));
            assert_eq!(got, want.map(|(from, to)| (from.to_owned(), to.to_owned())));
        }
    }
}
