//! What can be typed about plans and purges: what is compared, how it is shown, what is done with it.

#![allow(clippy::doc_markdown, reason = "these comments are the help that people read; it has no backticks")]

use std::path::PathBuf;

use clap::Args;

use super::{Described, Format, Proving};

/// What is compared, of which site, and how it is shown.
#[derive(Debug, Args)]
pub struct Subject {
    /// What was live before this deploy: a git revision (or FROM..TO), dir:PATH, manifest:FILE, empty [default: the site's mark]
    ///
    /// The mark is what was last purged completely; `mark` in place of FROM names it where TO is given. Without one FROM is what the CI
    /// system says, and where that does not help the whole site is purged.
    ///
    /// A directory or a manifest is a web root itself: `output` says where the web root is inside a revision. A branch that is called
    /// like one of these is named in full, as in refs/heads/empty.
    #[arg(value_name = "FROM")]
    pub from: Option<String>,
    /// What is live now, named in the same ways [default: HEAD]
    #[arg(value_name = "TO")]
    pub to: Option<String>,
    /// Neither read nor move what was last purged; then FROM has to be known otherwise
    #[arg(long)]
    pub no_mark: bool,
    /// Instead of FROM and TO: the changed paths in this file, one per line; - is standard input
    ///
    /// They are relative to the web root. A path that ends in / is a directory, and passed over.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "to"])]
    pub paths: Option<PathBuf>,
    /// With --paths: each path ends in a NUL, not with its line
    #[arg(short = 'z', requires = "paths", conflicts_with_all = ["from", "to", "events"])]
    pub nul: bool,
    /// Instead of FROM and TO: what an object store says about its objects, in this file; - is standard input
    ///
    /// Notifications of S3 (also in SQS, SNS, EventBridge), R2 or Google Cloud Storage, as JSON or JSON Lines.
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
    /// Also append the Markdown to this file [default: $GITHUB_STEP_SUMMARY in GitHub Actions]
    #[arg(long, value_name = "FILE")]
    pub summary: Option<PathBuf>,
}

/// `diffpurge plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// What is compared and shown.
    #[command(flatten)]
    pub subject: Subject,
    /// Exit with 5 when there is something to purge
    #[arg(long)]
    pub exit_code: bool,
}

/// `diffpurge purge`.
#[derive(Debug, Args)]
pub struct PurgeArgs {
    /// What is compared and shown.
    #[command(flatten)]
    pub subject: Subject,
    /// Send the plan in this file as it is; `diffpurge plan --out FILE` writes one
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "to", "paths", "events"])]
    pub plan: Option<PathBuf>,
    /// With --plan: only what was not accepted when the report in this file was written
    #[arg(long, requires = "plan")]
    pub only_failed: bool,
    /// What is done when it is purged.
    #[command(flatten)]
    pub proving: Proving,
    /// The same as `diffpurge plan`: send nothing
    #[arg(long)]
    pub dry_run: bool,
    /// With --dry-run: exit with 5 when there is something to purge
    #[arg(long, requires = "dry_run")]
    pub exit_code: bool,
    /// The marks.
    #[command(flatten)]
    pub marks: Marks,
    /// Seconds for which a failed request is tried again
    #[arg(long, value_name = "SECONDS", default_value_t = crate::send::DEADLINE.as_secs())]
    pub retry_for: u64,
}

/// What a purge does with marks.
#[derive(Debug, Args)]
pub struct Marks {
    /// TO is older than what was last purged, and means to be: the mark goes back to it
    #[arg(long, conflicts_with = "plan")]
    pub rollback: bool,
    /// Fail when another run works on the mark of a site, and say who, instead of waiting for it
    #[arg(long)]
    pub no_wait: bool,
}

impl Subject {
    /// Two ends of a comparison and nothing else.
    #[must_use]
    pub fn of(from: Option<&str>, to: Option<&str>, described: Described) -> Subject {
        Subject {
            from: from.map(str::to_owned),
            to: to.map(str::to_owned),
            no_mark: true,
            paths: None,
            nul: false,
            events: None,
            described,
            format: Format::Human,
            out: None,
            summary: None,
        }
    }
}
