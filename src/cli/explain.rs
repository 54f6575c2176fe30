//! `diffpurge explain`: the URLs of a file and why, or the files behind a URL.

#![allow(clippy::doc_markdown, reason = "these comments are the help that people read; it has no backticks")]

use std::borrow::Cow;

use clap::Args;

use super::completing;
use super::configuration::{Described, Sites};
use super::error::Failed;
use super::format::AnswerFormat;
use super::rim::Rim;
use super::watcher::Watcher;
use crate::engine::ExitStatus;
use crate::engine::explanation::explain;
use crate::report;

/// `diffpurge explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A path relative to the web root (or to the repository), or a URL
    #[arg(value_name = "PATH|URL")]
    pub what: String,
    /// Look for files in this snapshot: a git revision, dir:PATH, manifest:FILE, mark [default: the site's `branch`, or HEAD]
    #[arg(long, value_name = "REVISION", add = completing::revisions())]
    pub revision: Option<String>,
    /// The site, without a configuration.
    #[command(flatten)]
    pub described: Described,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: AnswerFormat,
}

/// Returns what was typed, with git's separator: on Windows a path has backslashes, and no file has one in its name.
fn typed(what: &str, is_windows: bool) -> Cow<'_, str> {
    if is_windows && !what.contains("://") { what.replace('\\', "/").into() } else { what.into() }
}

/// Explains what was typed.
pub(super) fn run(rim: Rim<'_, '_>, args: &ExplainArgs) -> Result<ExitStatus, Failed> {
    let sites = Sites::load(rim, &args.described)?;
    let watcher = Watcher::new(rim);
    let ground = sites.ground(rim, &watcher);
    let what = typed(&args.what, cfg!(windows));
    let explained = explain(&ground, &what, args.revision.as_deref())?;
    rim.output.result(|out| match args.format {
        AnswerFormat::Human => explained.iter().try_for_each(|one| report::explanation::human(out, one)),
        AnswerFormat::Json => report::explanation::json(out, &explained),
    })?;
    Ok(ExitStatus::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_typed_with_backslashes_on_windows_alone() {
        assert_eq!(typed(r"public\blog\a.html", true), "public/blog/a.html");
        assert_eq!(typed(r"public\blog\a.html", false), r"public\blog\a.html");
        assert_eq!(typed(r"https://www.example.com/a\b", true), r"https://www.example.com/a\b");
    }
}
