//! A mark for programs.

use std::io::{self, Write};

use serde::Serialize;

use super::report::MarkReport;
use crate::mark::Destination;
use crate::report::date::rfc3339;
use crate::report::json::{self, Schema};

#[derive(Serialize)]
struct Document<'m> {
    schema: Schema,
    marks: Vec<MarkDocument<'m>>,
}

#[derive(Serialize)]
struct MarkDocument<'m> {
    site: &'m str,
    store: &'m str,
    /// The full id of what was last purged completely.
    mark: Option<&'m str>,
    revision: Option<&'m str>,
    /// When the revision was committed.
    committed: Option<String>,
    /// When the mark was written, where its store keeps that.
    written: Option<String>,
    open: Vec<&'m str>,
    /// The base URLs that it is for.
    base_urls: &'m [String],
    /// The caches that it is for, from the origin outward.
    caches: &'m [Destination],
    /// The web root that its revision was read with; `None` where it does not say.
    output: Option<&'m str>,
}

/// Writes the marks of all sites as one document; the documentation describes it.
///
/// # Errors
/// When `out` cannot be written.
pub fn json(out: &mut dyn Write, reports: &[MarkReport<'_>]) -> io::Result<()> {
    let marks = reports.iter().map(MarkDocument::from).collect();
    json::write(out, &Document { schema: Schema, marks })
}

impl<'m> From<&'m MarkReport<'m>> for MarkDocument<'m> {
    fn from(report: &'m MarkReport<'m>) -> Self {
        let at = report.mark.at.as_ref();
        MarkDocument {
            site: report.site,
            store: &report.store,
            mark: at.map(|at| &*at.id),
            revision: at.and_then(|at| at.revision.as_deref()),
            committed: report.committed.map(rfc3339),
            written: report.written.map(rfc3339),
            open: report.mark.open.iter().map(|open| &*open.id).collect(),
            base_urls: &report.identity.base_urls,
            caches: &report.identity.caches,
            output: at.and_then(|at| at.record.as_ref()).map(|record| &*record.output),
        }
    }
}
