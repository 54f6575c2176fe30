//! The formats for scripts: one URL a line, or one request body a line, and nothing else.

use std::io::{self, Write};

use super::SiteReport;
use crate::plan::{Operation, Planned};

/// Writes each URL on a line of its own, sorted; prefixes, hosts and everything are no URLs and are left out.
///
/// # Errors
/// When `out` cannot be written.
pub fn urls(out: &mut dyn Write, site: &SiteReport<'_>) -> io::Result<()> {
    let url =
        |planned: &'_ Planned| if let Operation::Url(url) = &planned.operation { Some(url.clone()) } else { None };
    let mut urls: Vec<_> = site.plan.operations.iter().filter_map(url).collect();
    urls.sort_unstable();
    urls.iter().try_for_each(|url| writeln!(out, "{}", url.as_str()))
}

/// Writes the body of each request on a line of its own, byte for byte as it is sent.
///
/// # Errors
/// When `out` cannot be written.
pub fn requests(out: &mut dyn Write, site: &SiteReport<'_>) -> io::Result<()> {
    for batch in &site.plan.batches {
        out.write_all(&site.provider.body(&site.plan.items(batch)))?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
