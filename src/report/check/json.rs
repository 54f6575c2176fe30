//! A check for programs.

use std::io::{self, Write};

use serde::Serialize;

use super::report::CheckReport;
use crate::report::json::{self, Schema};

#[derive(Serialize)]
struct Document<'c> {
    schema: Schema,
    checks: &'c [CheckReport<'c>],
}

/// Writes all sites as one document; the documentation describes it.
///
/// # Errors
/// When `out` cannot be written.
pub fn json(out: &mut dyn Write, reports: &[CheckReport<'_>]) -> io::Result<()> {
    json::write(out, &Document { schema: Schema, checks: reports })
}
