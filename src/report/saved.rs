//! A document read back: the plan in it, ready to be sent as it was written, and what became of it if it was sent.
//!
//! Nothing of it is trusted to be right: digest, shape, every URL, prefix, tag and host are checked again. Whether its zone is
//! the configured one is left to who sends it.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::basis::BasisDocument;
use super::digest;
use super::document::{LayerDocument, PathDocument, ReasonDocument, SCHEMA, SavedHeaders, SavedOperation};
use super::marked::MarkDocument;
use crate::changes::{Change, Changes, DirectoryChange, Status};
use crate::config::{HostName, Mode, Prefix, SiteName, Tag};
use crate::mapping::{Kind, Operation, PublicUrl, Reason};
use crate::mark::Marked;
use crate::plan::{Batch, Counts, Plan, PlannedOperation};
use crate::provider::{Body, Call};

/// One site of a document.
#[derive(Debug, Clone)]
pub struct Saved {
    /// Its plan, with the requests as they were cut.
    pub plan: Plan,
    /// The zone that it was made for, where one was known.
    pub zone: Option<String>,
    /// The nodes that they were to go to, where it was made for a cache of one's own.
    pub endpoints: Vec<String>,
    /// Its requests, as they were worded.
    pub requests: Vec<Call>,
    /// What it was refused for.
    pub refused: Option<String>,
    /// Where it was sent already: its operations that were not accepted.
    pub not_accepted: Option<Vec<PlannedOperation>>,
    /// The site's mark when the plan was made, where it was made with one.
    pub mark: Option<Marked>,
}

/// Sites without a plan, and why.
pub type Unplanned = Vec<(String, String)>;

/// Why a document is no plan that can be sent. Exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum SavedError {
    /// It is no JSON, perhaps cut off, or of another shape.
    #[error("this is no plan, or only a part of one")]
    Shape(#[source] serde_json::Error),
    /// It was written by a later version.
    #[error("the plan has schema {0}, and this version knows {SCHEMA}")]
    Schema(u64),
    /// It was edited or cut off.
    #[error("the plan's digest does not fit: it was changed after it was written")]
    Digest,
    /// Something in it cannot be sent.
    #[error("{0} in the plan cannot be sent")]
    Content(String),
}

impl SavedError {
    /// The next thing to type.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            SavedError::Schema(_) => "send it with the version that wrote it; its `tool` says which",
            _ => "write it again with `diffpurge plan … --out FILE`, and pass it on as it is",
        }
    }
}

/// What is read before anything else of a document is looked at.
#[derive(Deserialize)]
struct Head {
    schema: u64,
}

#[derive(Deserialize)]
struct SavedDocument<'d> {
    unplanned: Vec<SavedUnplanned>,
    #[serde(borrow)]
    sites: Vec<SavedSite<'d>>,
}

#[derive(Deserialize)]
struct SavedUnplanned {
    site: String,
    why: String,
}

#[derive(Deserialize)]
struct SavedSite<'d> {
    site: String,
    #[serde(default)]
    layer: Option<LayerDocument>,
    zone: Option<String>,
    #[serde(default)]
    endpoints: Vec<String>,
    #[serde(flatten)]
    basis: BasisDocument<'static>,
    counts: Counts,
    urls: usize,
    mode: Mode,
    fallback_mode: Mode,
    fallback: Option<String>,
    refused: Option<String>,
    notes: Vec<String>,
    held_back: Vec<PathDocument<'static>>,
    rules: Vec<String>,
    failed: Option<String>,
    operations: Vec<SavedOperation>,
    #[serde(borrow)]
    requests: Vec<SavedRequest<'d>>,
    receipts: Option<Vec<SavedReceipt>>,
    #[serde(default)]
    mark: Option<MarkDocument<'static>>,
}

#[derive(Deserialize)]
struct SavedRequest<'d> {
    method: String,
    path: String,
    #[serde(default)]
    host: Option<String>,
    #[serde(default)]
    headers: SavedHeaders,
    first: usize,
    count: usize,
    #[serde(default, borrow)]
    body: Option<&'d RawValue>,
}

impl SavedRequest<'_> {
    fn call(self) -> Call {
        Call {
            method: self.method.into(),
            path: self.path,
            host: self.host,
            headers: self.headers.0,
            body: self.body.map(|body| Body::json(body.get().as_bytes().to_vec())),
        }
    }
}

#[derive(Deserialize)]
struct SavedReceipt {
    outcome: String,
    first: usize,
    count: usize,
}

/// Reads a document: its sites, and those that had no plan, with the reason.
///
/// # Errors
/// When it is not whole, not as it was written, or holds what cannot be sent.
pub fn saved(document: &[u8]) -> Result<(Vec<Saved>, Unplanned), SavedError> {
    let Head { schema } = serde_json::from_slice(document).map_err(SavedError::Shape)?;
    if schema != u64::from(SCHEMA) {
        return Err(SavedError::Schema(schema));
    }
    if !digest::fits(document) {
        return Err(SavedError::Digest);
    }
    let document: SavedDocument<'_> = serde_json::from_slice(document).map_err(SavedError::Shape)?;
    let unplanned = document.unplanned.into_iter().map(|one| (one.site, one.why)).collect();
    Ok((document.sites.into_iter().map(site).collect::<Result<_, _>>()?, unplanned))
}

fn site(document: SavedSite<'_>) -> Result<Saved, SavedError> {
    let mut changes = Gathered::default();
    let operations: Vec<PlannedOperation> =
        document.operations.iter().map(|one| planned(one, &mut changes)).collect::<Result<_, _>>()?;
    let batches =
        document.requests.iter().map(|r| batch(r.first, r.count, &operations)).collect::<Result<Vec<_>, _>>()?;
    let missing = document.refused.is_none() && !Batch::are_all_of(&batches, &operations);
    if missing {
        return Err(SavedError::Content("a list of requests that leaves operations out".to_owned()));
    }
    let not_accepted = not_accepted(&document, &operations)?;
    let basis = document.basis.basis();
    let name = SiteName::restored(&document.site);
    let held_back = document.held_back.iter().filter_map(PathDocument::bytes).collect();
    let plan = Plan {
        site: name.ok_or_else(|| SavedError::Content("a site's name".to_owned()))?,
        layer: document.layer.map(LayerDocument::layer).transpose().map_err(SavedError::Content)?,
        basis: basis.ok_or_else(|| SavedError::Content("what it was made from".to_owned()))?,
        changes: Changes { held_back, ..changes.changes },
        rules: document.rules,
        counts: document.counts,
        urls: document.urls,
        operations,
        mode: document.mode,
        fallback_mode: document.fallback_mode,
        fallback: document.fallback,
        refused: None,
        notes: document.notes,
        batches,
    };
    let requests = document.requests.into_iter().map(SavedRequest::call).collect();
    let mark = document.mark.map(MarkDocument::marked);
    Ok(Saved {
        plan,
        zone: document.zone,
        endpoints: document.endpoints,
        requests,
        refused: document.refused,
        not_accepted,
        mark,
    })
}

fn batch(first: usize, count: usize, operations: &[PlannedOperation]) -> Result<Batch, SavedError> {
    let batch = first.checked_add(count).and_then(|end| Batch::restored(first..end, operations));
    batch.ok_or_else(|| SavedError::Content(format!("the request from operation {first}")))
}

/// What no accepted receipt holds, and all of a site that failed before anything of it was sent; nothing where it never was to be
/// sent.
fn not_accepted(
    document: &SavedSite<'_>,
    operations: &[PlannedOperation],
) -> Result<Option<Vec<PlannedOperation>>, SavedError> {
    let none = Vec::new();
    let Some(receipts) = document.receipts.as_ref().or(document.failed.as_ref().map(|_| &none)) else {
        return Ok(None);
    };
    let mut open = vec![true; operations.len()];
    for receipt in receipts.iter().filter(|receipt| receipt.outcome == "accepted") {
        open[batch(receipt.first, receipt.count, operations)?.operations()].fill(false);
    }
    Ok(Some(operations.iter().zip(open).filter(|(_, open)| *open).map(|(planned, _)| planned.clone()).collect()))
}

fn planned(document: &SavedOperation, changes: &mut Gathered) -> Result<PlannedOperation, SavedError> {
    let value = &*document.value;
    let operation = match document.kind {
        Kind::Url => PublicUrl::restored(value, document.headers.0.iter().map(|(name, value)| (&**name, &**value)))
            .map(Operation::Url),
        Kind::Prefix => Prefix::restored(value).map(Operation::Prefix),
        Kind::Tag => Tag::restored(value).map(Operation::Tag),
        Kind::Host => HostName::restored(value).map(Operation::Host),
        Kind::Everything => (value == "*").then_some(Operation::Everything),
    };
    let wrong = || SavedError::Content(crate::display::shown(value.as_bytes()));
    let reasons = document.reasons.iter().map(|reason| changes.reason(reason)).collect::<Option<_>>();
    let (operation, reasons) = operation.zip(reasons).ok_or_else(wrong)?;
    Ok(PlannedOperation { operation, reasons, last: document.last })
}

/// The changes that the reasons are about, each once, in the order in which they are met.
#[derive(Default)]
struct Gathered {
    changes: Changes,
    paths: HashMap<(Box<[u8]>, Status), u32>,
    directories: HashMap<(Box<[u8]>, Status), u32>,
}

impl Gathered {
    /// `None` for one that says too little.
    fn reason(&mut self, document: &ReasonDocument<'_>) -> Option<Reason> {
        if document.always {
            return Some(Reason::Always);
        }
        if let Some(changed) = document.changed {
            return Some(Reason::Cover(changed, document.unchanged));
        }
        let (path, status, twin) = (document.path.bytes()?, document.status?, document.twin());
        if document.directory {
            return Some(Reason::Directory(self.directory(path, status)?, document.form?, twin));
        }
        let index = self.path(path, status)?;
        Some(match (document.form, document.scope, document.rule, document.paths) {
            (Some(form), None, rule, None) => Reason::Path(index, form, twin, rule),
            (None, Some(scope), rule, None) => Reason::SideEffect(index, scope, rule),
            (None, None, Some(rule), Some(paths)) => Reason::Rule(rule, index, paths),
            (None, None, Some(rule), None) => Reason::Template(index, twin, rule),
            _ => return None,
        })
    }

    fn path(&mut self, path: Box<[u8]>, status: Status) -> Option<u32> {
        let next = u32::try_from(self.changes.paths.len()).ok()?;
        Some(*self.paths.entry((path, status)).or_insert_with_key(|(path, status)| {
            self.changes.paths.push(Change { path: path.clone(), status: *status, leads_elsewhere: false });
            next
        }))
    }

    fn directory(&mut self, path: Box<[u8]>, status: Status) -> Option<u32> {
        let next = u32::try_from(self.changes.directories.len()).ok()?;
        Some(*self.directories.entry((path, status)).or_insert_with_key(|(path, status)| {
            self.changes.directories.push(DirectoryChange { path: path.clone(), status: *status });
            next
        }))
    }
}
