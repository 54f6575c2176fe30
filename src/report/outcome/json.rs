//! The outcome for programs; `text` is what a chat would show, under the name that most take it by.

use serde::Serialize;

use super::report::{OutcomeReport, SiteOutcome};
use crate::report::json::Schema;

#[derive(Serialize)]
struct Document<'d> {
    schema: Schema,
    tool: &'static str,
    status: &'static str,
    text: String,
    sites: &'d [SiteOutcome],
    errors: &'d [String],
}

/// Returns the document.
///
/// # Errors
/// When it cannot be written down.
pub fn json(report: &OutcomeReport) -> serde_json::Result<Vec<u8>> {
    let tool = concat!("diffpurge ", env!("CARGO_PKG_VERSION"));
    let OutcomeReport { status, sites, errors } = report;
    serde_json::to_vec(&Document { schema: Schema, tool, status, text: report.lines().join("\n"), sites, errors })
}
