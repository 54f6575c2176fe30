//! A plan for scripts: one URL a line, or one request a line, and nothing else.

use std::io::{self, Write};

use serde::Serialize;

use super::site::SiteReport;
use super::words::nothing;
use crate::mapping::Kind;
use crate::plan::PlannedOperation;
use crate::provider::Headers;
use crate::report::json;

/// Bytes of URLs that are written at once.
const BLOCK: usize = 1 << 16;

/// Writes each URL on a line of its own, sorted; prefixes, tags, hosts and everything are no URLs and are left out.
///
/// # Errors
/// When `out` cannot be written.
pub fn urls(out: &mut dyn Write, site: &SiteReport<'_>) -> io::Result<()> {
    let operations = &site.plan.operations;
    // A plan is sorted, but for those that go last: these stand behind the others, and are sorted too.
    let (first, last) = operations.split_at(operations.iter().position(|p| p.last).unwrap_or(operations.len()));
    if urls_of(first).is_sorted() && urls_of(last).is_sorted() {
        return write_each(out, merged(urls_of(first), urls_of(last)));
    }
    let mut urls: Vec<&str> = urls_of(operations).collect();
    urls.sort_unstable();
    write_each(out, urls.into_iter())
}

fn urls_of(operations: &[PlannedOperation]) -> impl Iterator<Item = &str> {
    operations.iter().filter_map(|planned| Some(planned.operation.url()?.as_str()))
}

/// Returns what two sorted lists hold, sorted.
fn merged<'u>(
    one: impl Iterator<Item = &'u str>,
    other: impl Iterator<Item = &'u str>,
) -> impl Iterator<Item = &'u str> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    std::iter::from_fn(move || match (one.peek(), other.peek()) {
        (Some(first), Some(second)) if second < first => other.next(),
        (Some(_), _) => one.next(),
        (None, _) => other.next(),
    })
}

/// Writes sorted URLs, each once: keys that differ in their headers alone are one URL.
fn write_each<'u>(out: &mut dyn Write, urls: impl Iterator<Item = &'u str>) -> io::Result<()> {
    let (mut block, mut before) = (String::with_capacity(BLOCK), None);
    for url in urls.filter(|url| before.replace(*url) != Some(*url)) {
        if block.len() + url.len() >= BLOCK {
            out.write_all(block.as_bytes())?;
            block.clear();
        }
        block.push_str(url);
        block.push('\n');
    }
    out.write_all(block.as_bytes())
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
