//! A plan for scripts: one URL a line, or one request a line, and nothing else.

use std::io::{self, Write};

use serde::Serialize;

use super::site::SiteReport;
use crate::config::ZoneId;
use crate::provider::Headers;
use crate::report::json;

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

/// Writes each request on a line of its own. A request with a body is that body, byte for byte as it is sent; any other is its
/// method, URL and headers, once for each endpoint.
///
/// # Errors
/// When `out` cannot be written.
pub fn requests(out: &mut dyn Write, site: &SiteReport<'_>) -> io::Result<()> {
    let zone = site.zone.map_or("{zone_id}", ZoneId::as_str);
    for batch in &site.plan.batches {
        let call = site.provider.call(zone, site.plan.mode_of(batch), &site.plan.items(batch));
        if let Some(body) = &call.body {
            out.write_all(body)?;
            out.write_all(b"\n")?;
        }
        for endpoint in site.provider.endpoints() {
            let url = format!("{endpoint}{}", call.path);
            let line = Line { method: &call.method, url, host: call.host.as_deref(), headers: Headers(&call.headers) };
            json::write_line(out, &line)?;
        }
    }
    Ok(())
}
