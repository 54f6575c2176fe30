//! The report for programs: one document, `"schema": 1`, described in the README.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::value::RawValue;

use super::SiteReport;
use crate::changes::Status;
use crate::config::{Form, RequestHeaders, RuleNumber, Scope};
use crate::encoding::Spelling;
use crate::mapping::{Kind, PublicUrl, Reason, Twin, Unicode};
use crate::plan::{Counts, Plan};
use crate::send::Receipt;

/// The version of the document's shape; keys may be added within a version.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'d> {
    schema: u32,
    tool: &'static str,
    sites: Vec<SiteDocument<'d>>,
}

#[derive(Serialize)]
struct SiteDocument<'d> {
    site: &'d str,
    from: SnapshotDocument<'d>,
    to: SnapshotDocument<'d>,
    counts: Counts,
    urls: usize,
    fallback: Option<&'d str>,
    refused: Option<String>,
    notes: &'d [String],
    expected_seconds: f64,
    operations: Vec<OperationDocument<'d>>,
    requests: Vec<RequestDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipts: Option<Vec<ReceiptDocument<'d>>>,
}

#[derive(Serialize)]
struct SnapshotDocument<'d> {
    revision: &'d str,
    id: &'d str,
}

#[derive(Serialize)]
struct OperationDocument<'d> {
    kind: Kind,
    value: &'d str,
    /// Of a URL, the request headers that are part of its cache key.
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<&'d RequestHeaders>,
    reasons: Vec<ReasonDocument<'d>>,
}

/// Exactly one of `path`, `path_encoded`, `always` and `changed` is there.
#[derive(Serialize, Default)]
struct ReasonDocument<'d> {
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'d str>,
    /// A path that is not UTF-8: its bytes, percent-encoded.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_encoded: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<Form>,
    /// Where reserved characters are escaped as browsers do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    spelling: Option<Spelling>,
    /// Where non-ASCII characters are not the bytes that git holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    unicode: Option<Unicode>,
    /// Where it bears on other files' URLs.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<Scope>,
    /// The number of the rule that it is there by.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<RuleNumber>,
    /// How many changed paths the rule is for, where it asks for the same thing for all; `path` is the first of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    paths: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    always: Option<bool>,
    /// Of a directory that takes the place of its URLs, how many of them changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<u32>,
    /// And how many did not, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    unchanged: Option<u32>,
}

#[derive(Serialize)]
struct RequestDocument {
    method: &'static str,
    path: String,
    body: Box<RawValue>,
}

#[derive(Serialize)]
struct ReceiptDocument<'d> {
    outcome: &'static str,
    operations: Vec<String>,
    attempts: u32,
    seconds: f64,
    status: Option<u16>,
    id: Option<&'d str>,
    ray: Option<&'d str>,
    why: Option<&'d str>,
}

/// Writes all sites as one document.
///
/// # Errors
/// When `out` cannot be written.
pub fn json(out: &mut dyn Write, sites: &[SiteReport<'_>]) -> io::Result<()> {
    let sites = sites.iter().map(site).collect::<io::Result<_>>()?;
    let document = Document { schema: SCHEMA, tool: concat!("diffpurge ", env!("CARGO_PKG_VERSION")), sites };
    // `##[…]` commands a CI runner anywhere in a line. The escape is the same JSON, and `##` stands in strings only.
    let text = serde_json::to_string_pretty(&document)?.replace("##", "#\\u0023");
    writeln!(out, "{text}")
}

fn site<'d>(report: &SiteReport<'d>) -> io::Result<SiteDocument<'d>> {
    let plan = report.plan;
    let operation = |planned: &'d crate::plan::Planned| OperationDocument {
        kind: planned.operation.kind(),
        value: planned.operation.text(),
        headers: planned.operation.url().and_then(PublicUrl::headers),
        reasons: planned.reasons.iter().map(|r| reason(plan, *r)).collect(),
    };
    Ok(SiteDocument {
        site: plan.site.as_str(),
        from: SnapshotDocument { revision: &plan.from.spec, id: &plan.from.id },
        to: SnapshotDocument { revision: &plan.to.spec, id: &plan.to.id },
        counts: plan.counts,
        urls: plan.urls,
        fallback: plan.fallback.as_deref(),
        refused: plan.refused.as_ref().map(ToString::to_string),
        notes: &plan.notes,
        expected_seconds: rounded(report.expected_seconds()),
        operations: plan.operations.iter().map(operation).collect(),
        requests: requests(report)?,
        receipts: report.receipts.map(|receipts| receipts.iter().map(|r| receipt(plan, r)).collect()),
    })
}

fn requests(report: &SiteReport<'_>) -> io::Result<Vec<RequestDocument>> {
    let zone = report.zone.map_or("{zone_id}", |zone| zone.as_str());
    let path = format!("/zones/{zone}/purge_cache");
    let request = |batch| {
        let body = report.provider.body(&report.plan.items(batch));
        Ok(RequestDocument { method: "POST", path: path.clone(), body: serde_json::from_slice(&body)? })
    };
    report.plan.batches.iter().map(request).collect()
}

fn reason(plan: &Plan, reason: Reason) -> ReasonDocument<'_> {
    let changed = |i: u32| {
        let change = &plan.changes.paths[i as usize];
        ReasonDocument { status: Some(change.status), rule: reason.rule(), ..ReasonDocument::of(&change.path) }
    };
    match reason {
        Reason::Always => ReasonDocument { always: Some(true), ..ReasonDocument::default() },
        Reason::Cover(n, unchanged) => ReasonDocument { changed: Some(n), unchanged, ..ReasonDocument::default() },
        Reason::SideEffect(i, scope, _) => ReasonDocument { scope: Some(scope), ..changed(i) },
        Reason::Rule(_, first, paths) => ReasonDocument { paths: Some(paths), ..changed(first) },
        Reason::Template(i, twin, _) => changed(i).spelled(twin),
        Reason::Path(i, form, twin, _) => ReasonDocument { form: Some(form), ..changed(i) }.spelled(twin),
        Reason::Directory(i, form, twin) => {
            let directory = &plan.changes.directories[i as usize];
            let document = ReasonDocument::of(&directory.path);
            ReasonDocument { status: Some(directory.status), form: Some(form), ..document }.spelled(twin)
        }
    }
}

impl ReasonDocument<'_> {
    fn of(path: &[u8]) -> ReasonDocument<'_> {
        let text = std::str::from_utf8(path);
        let encoded = || {
            let mut encoded = String::new();
            crate::encoding::encode_path(path, &mut encoded);
            encoded
        };
        // The bytes that are no text stand in `path_encoded`.
        ReasonDocument { path_encoded: text.is_err().then(encoded), path: text.ok(), ..ReasonDocument::default() }
    }

    fn spelled(self, twin: Twin) -> Self {
        ReasonDocument {
            spelling: (twin.spelling != Spelling::Canonical).then_some(twin.spelling),
            unicode: (twin.unicode != Unicode::AsIs).then_some(twin.unicode),
            ..self
        }
    }
}

fn receipt<'d>(plan: &'d Plan, receipt: &'d Receipt) -> ReceiptDocument<'d> {
    ReceiptDocument {
        outcome: receipt.word(),
        operations: plan.operations[receipt.batch.operations()].iter().map(|p| p.operation.to_string()).collect(),
        attempts: receipt.attempts,
        seconds: rounded(receipt.seconds),
        status: receipt.status,
        id: receipt.id(),
        ray: receipt.ray.as_deref(),
        why: receipt.why(),
    }
}

/// Milliseconds are enough.
fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}
