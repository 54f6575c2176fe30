//! The source of plans, as it is typed, and how the reports of it are shown.

#![allow(clippy::doc_markdown, reason = "these comments are the help that people read; it has no backticks")]

use std::path::{Path, PathBuf};

use clap::Args;

use super::by_hand::ByHand;
use super::completing;
use super::configuration::{Described, Sites};
use super::error::Error;
use super::format::Format;
use super::mistyped::Mistyped;
use crate::changes::named;
use crate::engine;
use crate::events::{self, EventsError};
use crate::input::{self, MIB};
use crate::report::plan;
use crate::snapshot::Range;

/// Bytes of a list of paths, or of events, that are read: some ten million of them. All are held at once.
const LARGEST_LIST: u64 = 1024 * MIB;

/// Bytes of a saved plan that are read: some millions of URLs with their reasons. All are held at once.
const LARGEST_PLAN: u64 = 2048 * MIB;

/// The ends that are compared, of which site, and how that is shown.
#[derive(Debug, Args)]
pub struct Subject {
    /// The snapshot that was live before this deploy: a git revision (or FROM..TO), dir:PATH, manifest:FILE, empty [default: the site's mark]
    ///
    /// The mark is what was last purged completely; `mark` in place of FROM names it where TO is given. Without one FROM is what the CI
    /// system says, and where that does not help the whole site is purged.
    ///
    /// A directory or a manifest is a web root itself: `output` says where the web root is inside a revision. Alone it is TO, as `empty`
    /// is. A branch that is called like one of these is named in full, as in refs/heads/empty.
    #[arg(value_name = "FROM", add = completing::revisions())]
    pub from: Option<String>,
    /// The snapshot that is live now, named in the same ways [default: the site's `branch`, or HEAD]
    #[arg(value_name = "TO", add = completing::revisions())]
    pub to: Option<String>,
    /// What is asked for by hand.
    #[command(flatten)]
    pub by_hand: ByHand,
    /// Neither read nor move the mark; FROM is then what is typed, or what the CI system names
    #[arg(long)]
    pub no_mark: bool,
    /// Accept a TO without any file of the site, and purge all that the site had
    #[arg(long)]
    pub allow_empty: bool,
    /// Read the changed paths from this file, one per line, instead of FROM and TO; - is standard input
    ///
    /// The paths are relative to the web root. A path that ends in / is a directory, and is passed over.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "to"])]
    pub paths: Option<PathBuf>,
    /// With --paths: each path ends in a NUL, not in a line break
    #[arg(short = 'z', requires = "paths", conflicts_with_all = ["from", "to", "events"])]
    pub nul: bool,
    /// Read the events of an object store from this file, instead of FROM and TO; - is standard input
    ///
    /// It holds notifications of S3 (also in SQS, SNS, EventBridge), R2, Google Cloud Storage or Azure, as JSON or JSON Lines.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "to", "paths"])]
    pub events: Option<PathBuf>,
    /// The site, without a configuration.
    #[command(flatten)]
    pub described: Described,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: Format,
    /// Also write the JSON to this file
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Also write the page of --format html to this file
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Also append the Markdown to this file [default: $GITHUB_STEP_SUMMARY in GitHub Actions]
    #[arg(long, value_name = "FILE")]
    pub summary: Option<PathBuf>,
}

impl Subject {
    /// Reads what was named.
    pub(super) fn read(&self, sites: &Sites, rollback: bool) -> Result<engine::Subject, Error> {
        let words: Vec<&String> = [&self.from, &self.to].into_iter().flatten().chain(&self.by_hand.urls).collect();
        if let Some(asked) = self.by_hand.read(&words, &sites.all)? {
            let about_revisions = [("--rollback", rollback), ("--allow-empty", self.allow_empty)];
            return match about_revisions.iter().find(|(_, is_typed)| *is_typed) {
                Some((option, _)) => Err(Error::Mistyped(Mistyped::AboutRevisions(option))),
                None => Ok(engine::Subject::Asked(asked)),
            };
        }
        if let Some(path) = &self.events {
            let unusable = |source| Error::Events { path: path.clone(), source };
            let text = content(path).map_err(|e| unusable(EventsError::Unreadable(e.to_string())))?;
            let notifications = events::read(&text).map_err(unusable)?;
            return Ok(engine::Subject::Events { source: path.display().to_string(), notifications });
        }
        if let Some(path) = &self.paths {
            let list = content(path).map_err(|source| Error::PathsUnreadable { path: path.clone(), source })?;
            let named = named(&list, self.nul).map_err(|source| Error::Paths { path: path.clone(), source })?;
            return Ok(engine::Subject::Paths { source: path.display().to_string(), named: Box::new(named) });
        }
        let range = range(self.from.as_deref(), self.to.as_deref())?;
        Ok(engine::Subject::Revisions { range, rollback, allow_empty: self.allow_empty })
    }
}

/// Reads what was typed as FROM and TO.
pub(super) fn range(from: Option<&str>, to: Option<&str>) -> Result<Range, Error> {
    Range::parse(from, to).map_err(|e| engine::Error::from(e).into())
}

/// Reads the plans of a document.
pub(super) fn saved_plans(path: &Path, only_failed: bool) -> Result<engine::Subject, Error> {
    let document =
        input::read(path, LARGEST_PLAN).map_err(|source| Error::PlanUnreadable { path: path.to_owned(), source })?;
    let (plans, unplanned) = plan::read(&document).map_err(Error::Plan)?;
    Ok(engine::Subject::Saved { plans, unplanned, only_failed })
}

/// Reads a file, or standard input where it is called `-`.
fn content(path: &Path) -> std::io::Result<Vec<u8>> {
    if path != Path::new("-") {
        return input::read(path, LARGEST_LIST);
    }
    input::up_to(std::io::stdin(), LARGEST_LIST)
}
