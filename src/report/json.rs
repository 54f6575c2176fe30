//! The report for programs: one document, `"schema": 1`, described in the README and in `plan.schema.json`.
//!
//! It is written as it is made, operation by operation: a plan of a million URLs is not held twice.

use std::io::{self, Write};

use serde::Serialize;
use serde::ser::{Error as _, Serializer};
use serde_json::value::RawValue;

use super::SiteReport;
use super::basis::BasisDocument;
use super::digest::Hasher;
use super::document::{LayerDocument, OperationDocument, PathDocument, SCHEMA};
use super::marked::MarkDocument;
use super::proofs::ProofsDocument;
use crate::config::Mode;
use crate::plan::{Batch, Counts, Plan};
use crate::provider::{Body, Headers};
use crate::send::{At, Receipt};

#[derive(Serialize)]
struct Document<'d> {
    schema: u32,
    tool: &'static str,
    digest: &'d str,
    /// Sites that could not be planned, and why.
    unplanned: Vec<UnplannedDocument<'d>>,
    sites: Vec<SiteDocument<'d>>,
}

#[derive(Serialize)]
struct UnplannedDocument<'d> {
    site: &'d str,
    why: &'d str,
}

#[derive(Serialize)]
struct SiteDocument<'d> {
    site: &'d str,
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<LayerDocument>,
    zone: Option<String>,
    /// Where each request goes, where that is a cache of one's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    endpoints: Vec<String>,
    #[serde(flatten)]
    basis: BasisDocument<'d>,
    counts: Counts,
    urls: usize,
    mode: Mode,
    fallback_mode: Mode,
    fallback: Option<&'d str>,
    refused: Option<String>,
    notes: &'d [String],
    held_back: HeldBack<'d>,
    expected_seconds: f64,
    rules: &'d [String],
    operations: Operations<'d>,
    requests: Requests<'d>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mark: Option<MarkDocument<'d>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proofs: Option<ProofsDocument<'d>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipts: Option<Receipts<'d>>,
    /// What is odd about the answers, though all was accepted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

/// Files that differ only in what is volatile.
struct HeldBack<'d>(&'d Plan);

/// What is asked for.
struct Operations<'d>(&'d Plan);

/// In which requests.
struct Requests<'d>(SiteReport<'d>);

/// What became of them.
struct Receipts<'d>(&'d Plan, &'d [Receipt]);

/// A request, and which of the operations it holds.
#[derive(Serialize)]
struct RequestDocument<'d> {
    method: &'d str,
    path: &'d str,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<Headers<'d>>,
    first: usize,
    count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Box<RawValue>>,
}

#[derive(Serialize)]
struct ReceiptDocument<'d> {
    outcome: &'static str,
    first: usize,
    count: usize,
    operations: Vec<String>,
    attempts: u32,
    seconds: f64,
    status: Option<u16>,
    id: Option<&'d str>,
    ray: Option<&'d str>,
    why: Option<&'d str>,
    /// What became of it at each endpoint.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    endpoints: Vec<AtDocument<'d>>,
}

#[derive(Serialize)]
struct AtDocument<'d> {
    endpoint: &'d str,
    outcome: &'static str,
    status: Option<u16>,
    attempts: u32,
    why: Option<&'d str>,
}

/// Writes all sites as one document, also those that have no plan, with the reason.
///
/// # Errors
/// When `out` cannot be written.
pub fn json(out: &mut dyn Write, sites: &[SiteReport<'_>], unplanned: &[(String, String)]) -> io::Result<()> {
    let mut hasher = Hasher::new();
    written(&mut hasher, (sites, unplanned), "")?;
    written(out, (sites, unplanned), &hasher.finish())
}

fn written(
    out: &mut dyn Write,
    (sites, unplanned): (&[SiteReport<'_>], &[(String, String)]),
    digest: &str,
) -> io::Result<()> {
    let sites = sites.iter().map(site).collect();
    let unplanned = unplanned.iter().map(|(site, why)| UnplannedDocument { site, why }).collect();
    let tool = concat!("diffpurge ", env!("CARGO_PKG_VERSION"));
    let document = Document { schema: SCHEMA, tool, digest, unplanned, sites };
    let mut out = Harmless { out, previous: 0 };
    serde_json::to_writer_pretty(&mut out, &document)?;
    out.write_all(b"\n")
}

fn site<'d>(report: &'d SiteReport<'d>) -> SiteDocument<'d> {
    let (plan, destination) = (report.plan, report.provider.destination());
    SiteDocument {
        site: plan.site.as_str(),
        layer: plan.layer.as_ref().map(LayerDocument::of),
        zone: destination.id,
        endpoints: destination.nodes,
        basis: BasisDocument::of(&plan.basis),
        counts: plan.counts,
        urls: plan.urls,
        mode: plan.mode,
        fallback_mode: plan.fallback_mode,
        fallback: plan.fallback.as_deref(),
        refused: plan.refused.as_ref().map(ToString::to_string),
        notes: &plan.notes,
        held_back: HeldBack(plan),
        expected_seconds: rounded(report.expected_seconds()),
        rules: &plan.rules,
        operations: Operations(plan),
        requests: Requests(report.clone()),
        mark: report.mark.as_ref().map(MarkDocument::of),
        proofs: report.proofs.map(|proofs| ProofsDocument::of(None, proofs)),
        failed: report.failed.as_deref(),
        receipts: report.receipts.map(|receipts| Receipts(plan, receipts)),
        warnings: report.warnings(),
    }
}

impl Serialize for HeldBack<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.changes.held_back.iter().map(|path| PathDocument::of(path)))
    }
}

impl Serialize for Operations<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.operations.iter().map(|planned| OperationDocument::of(self.0, planned)))
    }
}

impl Serialize for Requests<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeSeq as _;
        let SiteReport { plan, provider, .. } = &self.0;
        let mut requests = serializer.serialize_seq(Some(plan.batches.len()))?;
        for batch in &plan.batches {
            let call = provider.call(plan.mode_of(batch), &plan.items(batch));
            let raw = |body: Body| {
                let text = String::from_utf8(body.bytes).map_err(S::Error::custom)?;
                RawValue::from_string(text).map_err(S::Error::custom)
            };
            let (first, count) = range(batch);
            requests.serialize_element(&RequestDocument {
                method: &call.method,
                path: &call.path,
                host: call.host.as_deref(),
                headers: (!call.headers.is_empty()).then_some(Headers(&call.headers)),
                first,
                count,
                body: call.body.map(raw).transpose()?,
            })?;
        }
        requests.end()
    }
}

impl Serialize for Receipts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.1.iter().map(|one| receipt(self.0, one)))
    }
}

fn range(batch: &Batch) -> (usize, usize) {
    (batch.operations().start, batch.size())
}

fn receipt<'d>(plan: &'d Plan, receipt: &'d Receipt) -> ReceiptDocument<'d> {
    let (first, count) = range(&receipt.batch);
    ReceiptDocument {
        outcome: receipt.word(),
        first,
        count,
        operations: plan.operations[receipt.batch.operations()].iter().map(|p| p.operation.to_string()).collect(),
        attempts: receipt.attempts,
        seconds: rounded(receipt.seconds),
        status: receipt.status,
        id: receipt.id(),
        ray: receipt.support_id.as_deref(),
        why: receipt.why(),
        endpoints: receipt.at.iter().map(at).collect(),
    }
}

fn at(at: &At) -> AtDocument<'_> {
    let At { endpoint, word, status, attempts, why } = at;
    AtDocument { endpoint, outcome: word, status: *status, attempts: *attempts, why: why.as_deref() }
}

/// Milliseconds are enough.
fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

/// Escapes the second of two `#`: `##[…]` commands a CI runner anywhere in a line. It is the same JSON, since `##` stands in
/// strings only.
struct Harmless<'w> {
    out: &'w mut dyn Write,
    previous: u8,
}

impl Write for Harmless<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut start = 0;
        for at in memchr::memchr_iter(b'#', bytes) {
            let before = at.checked_sub(1).map_or(self.previous, |before| bytes[before]);
            if before == b'#' {
                self.out.write_all(&bytes[start..at])?;
                self.out.write_all(b"\\u0023")?;
                start = at + 1;
            }
        }
        self.out.write_all(&bytes[start..])?;
        self.previous = bytes.last().copied().unwrap_or(self.previous);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_number_signs_follow_each_other_wherever_the_writes_end() {
        for parts in [vec!["a##[x]"], vec!["a#", "#[x]"], vec!["a", "#", "#", "[x]"]] {
            let mut text = Vec::new();
            let mut out = Harmless { out: &mut text, previous: 0 };
            for part in parts {
                out.write_all(part.as_bytes()).unwrap();
            }
            assert_eq!(String::from_utf8(text).unwrap(), "a#\\u0023[x]");
        }
        let mut text = Vec::new();
        Harmless { out: &mut text, previous: 0 }.write_all(b"####x# #").unwrap();
        assert!(!String::from_utf8(text).unwrap().contains("##"));
    }
}
