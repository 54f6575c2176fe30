//! The formats for scripts: one URL a line, or one request body a line, and nothing else.

use std::io::{self, Write};

use serde::Serialize;

use super::SiteReport;
use crate::provider::Headers;

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

/// A request as it leaves, but for the secret.
#[derive(Serialize)]
struct Line<'l> {
    method: &'l str,
    url: String,
    host: Option<&'l str>,
    headers: Headers<'l>,
}

/// Writes each request on a line of its own: of one with a body that, byte for byte as it is sent, of any other method, URL and
/// headers, once for each endpoint.
///
/// # Errors
/// When `out` cannot be written.
pub fn requests(out: &mut dyn Write, site: &SiteReport<'_>) -> io::Result<()> {
    let nodes = site.provider.destination().nodes;
    for batch in &site.plan.batches {
        let call = site.provider.call(site.plan.mode_of(batch), &site.plan.items(batch));
        if let Some(body) = &call.body {
            out.write_all(&body.bytes)?;
            out.write_all(b"\n")?;
        }
        for endpoint in &nodes {
            let url = format!("{endpoint}{}", call.path);
            let line = Line { method: &call.method, url, host: call.host.as_deref(), headers: Headers(&call.headers) };
            serde_json::to_writer(&mut *out, &line)?;
            out.write_all(b"\n")?;
        }
    }
    Ok(())
}
