//! A plan for programs: one document, described in the documentation and in `docs/plan.schema.json`.
//!
//! It is written as it is made, operation by operation: a plan of a million URLs is not held twice.

use std::io::{self, Write};
use std::net::IpAddr;

use serde::Serialize;
use serde::ser::{Error as _, Serializer};
use serde_json::value::RawValue;

use super::basis::BasisDocument;
use super::document::{LayerDocument, OperationDocument, PathDocument};
use super::mark::MarkDocument;
use super::site::SiteReport;
use crate::config::Mode;
use crate::plan::{Batch, Cause, Counts, Plan};
use crate::provider::{Body, Headers};
use crate::report::digest::Hasher;
use crate::report::json::{self, Schema};
use crate::report::proof::json::ProofsDocument;
use crate::send::{At, Node, Receipt};

#[derive(Serialize)]
struct Document<'d> {
    schema: Schema,
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
    base_urls: &'d [&'d str],
    output: &'d str,
    zone: Option<String>,
    /// The nodes to which each request goes, where they are a cache of one's own.
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
    /// The facts behind these two sentences.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    causes: &'d [Cause],
    notes: &'d [String],
    held_back: Paths<'d>,
    #[serde(skip_serializing_if = "Paths::is_empty")]
    left: Paths<'d>,
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
    /// The things that are odd about the answers, though all was accepted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

/// Files that are not purged, named one by one.
struct Paths<'d>(&'d [Box<[u8]>]);

impl Paths<'_> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The operations, described one by one.
struct Operations<'d>(&'d Plan);

/// The requests, made one by one.
struct Requests<'d>(SiteReport<'d>);

/// The receipts, described one by one.
struct Receipts<'d>(&'d Plan, &'d [Receipt]);

/// A request, and the range of operations that it holds.
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
    /// The outcome at each endpoint.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    endpoints: Vec<AtDocument<'d>>,
}

#[derive(Serialize)]
struct AtDocument<'d> {
    endpoint: &'d str,
    /// The address, where the endpoint's name has several.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<IpAddr>,
    outcome: &'static str,
    status: Option<u16>,
    attempts: u32,
    why: Option<&'d str>,
}

/// Returns true when a file that begins like this is such a document, of whatever version.
#[must_use]
pub fn is_document(head: &[u8]) -> bool {
    let inside = head.trim_ascii_start().strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
    inside.is_some_and(|inside| inside.starts_with(b"\"schema\""))
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
    let document = Document { schema: Schema, tool, digest, unplanned, sites };
    json::write(out, &document)
}

fn site<'d>(report: &'d SiteReport<'d>) -> SiteDocument<'d> {
    let (plan, destination) = (report.plan, report.provider.destination());
    SiteDocument {
        site: plan.site.as_str(),
        layer: plan.layer.as_ref().map(LayerDocument::new),
        base_urls: &report.base_urls,
        output: report.output,
        zone: destination.id,
        endpoints: destination.nodes,
        basis: BasisDocument::new(&plan.basis),
        counts: plan.counts,
        urls: plan.urls,
        mode: plan.mode,
        fallback_mode: plan.fallback_mode,
        fallback: plan.fallback.as_deref(),
        refused: plan.refused.as_ref().map(ToString::to_string),
        causes: &plan.causes,
        notes: &plan.notes,
        held_back: Paths(&plan.changes.held_back),
        left: Paths(&plan.changes.left),
        expected_seconds: rounded(report.expected_seconds()),
        rules: &plan.rules,
        operations: Operations(plan),
        requests: Requests(report.clone()),
        mark: report.mark.as_ref().map(MarkDocument::new),
        proofs: report.proofs.map(|proofs| ProofsDocument::new(None, proofs)),
        failed: report.failed.as_deref(),
        receipts: report.receipts.map(|receipts| Receipts(plan, receipts)),
        warnings: report.warnings(),
    }
}

impl Serialize for Paths<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|path| PathDocument::new(path)))
    }
}

impl Serialize for Operations<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.operations.iter().map(|planned| OperationDocument::new(self.0, planned)))
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
    let At { node: Node { endpoint, address }, word, status, attempts, why } = at;
    let (address, status, attempts, why) = (*address, *status, *attempts, why.as_deref());
    AtDocument { endpoint, address, outcome: word, status, attempts, why }
}

/// Rounds to milliseconds, which are enough.
fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}
