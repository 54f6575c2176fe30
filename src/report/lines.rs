//! The formats for scripts: one URL a line, or one request body a line, and nothing else.

use std::io::{self, Write};

use super::SiteReport;

/// Writes each URL on a line of its own, sorted; prefixes, tags, hosts and everything are no URLs and are left out.
///
/// # Errors
/// When `out` cannot be written.
pub fn urls(out: &mut dyn Write, site: &SiteReport<'_>) -> io::Result<()> {
    let mut urls: Vec<&str> = site.plan.operations.iter().filter_map(|p| Some(p.operation.url()?.as_str())).collect();
    urls.sort_unstable();
    // Keys that differ in their headers alone are one URL.
    urls.dedup();
    urls.iter().try_for_each(|url| writeln!(out, "{url}"))
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
