//! A plan for scripts: one URL a line, or one request a line, and nothing else.

use std::io::{self, Write};

use serde::Serialize;

use super::site::SiteReport;
use super::words::nothing;
use crate::mapping::Kind;
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

/// Says beside a list of URLs why it is empty or what it leaves out, and the plan's notes.
#[must_use]
pub fn beside_urls(site: &SiteReport<'_>) -> Vec<String> {
    let plan = site.plan;
    let operations = || plan.operations.iter().map(|planned| &planned.operation);
    let mut beside = Vec::new();
    if operations().any(|operation| operation.kind() != Kind::Url) {
        let because = "prefixes, tags or hosts are purged too, and `--format requests` shows them";
        let because = plan.fallback.as_deref().unwrap_or(because);
        beside.push(format!("the list of URLs is not all of the plan: {because}"));
    }
    if operations().any(|operation| operation.url().is_some_and(|url| url.headers().is_some())) {
        beside.push("some URLs are purged for several values of request headers, and listed once".to_owned());
    }
    beside.extend(beside_requests(site));
    beside
}

/// Says beside a list of requests why it is empty, and the plan's notes.
#[must_use]
pub fn beside_requests(site: &SiteReport<'_>) -> Vec<String> {
    let plan = site.plan;
    plan.is_empty().then(|| nothing(plan)).into_iter().chain(plan.notes.iter().cloned()).collect()
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
            json::write_line(out, &line)?;
        }
    }
    Ok(())
}
