//! The shapes of a document that are read back; those that writing shares stand in [`crate::report::plan`].

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::config::Mode;
use crate::plan::{Cause, Counts};
use crate::provider::{Body, Call};
use crate::report::plan::basis::BasisDocument;
use crate::report::plan::document::{LayerDocument, PathDocument, SavedHeaders, SavedOperation};
use crate::report::plan::mark::MarkDocument;

/// The part that is read before anything else of a document is looked at.
#[derive(Deserialize)]
pub(super) struct Head {
    pub(super) schema: u64,
}

#[derive(Deserialize)]
pub(super) struct SavedDocument<'d> {
    pub(super) unplanned: Vec<SavedUnplanned>,
    #[serde(borrow)]
    pub(super) sites: Vec<SavedSite<'d>>,
}

#[derive(Deserialize)]
pub(super) struct SavedUnplanned {
    pub(super) site: String,
    pub(super) why: String,
}

#[derive(Deserialize)]
pub(super) struct SavedSite<'d> {
    pub(super) site: String,
    #[serde(default)]
    pub(super) layer: Option<LayerDocument>,
    #[serde(default)]
    pub(super) base_urls: Option<Vec<String>>,
    #[serde(default)]
    pub(super) output: Option<String>,
    pub(super) zone: Option<String>,
    #[serde(default)]
    pub(super) endpoints: Vec<String>,
    #[serde(flatten)]
    pub(super) basis: BasisDocument<'static>,
    pub(super) counts: Counts,
    pub(super) urls: usize,
    pub(super) mode: Mode,
    pub(super) fallback_mode: Mode,
    pub(super) fallback: Option<String>,
    pub(super) refused: Option<String>,
    #[serde(default)]
    pub(super) causes: Vec<Cause>,
    pub(super) notes: Vec<String>,
    pub(super) held_back: Vec<PathDocument<'static>>,
    #[serde(default)]
    pub(super) left: Vec<PathDocument<'static>>,
    pub(super) rules: Vec<String>,
    pub(super) failed: Option<String>,
    pub(super) operations: Vec<SavedOperation>,
    #[serde(borrow)]
    pub(super) requests: Vec<SavedRequest<'d>>,
    pub(super) receipts: Option<Vec<SavedReceipt>>,
    #[serde(default)]
    pub(super) mark: Option<MarkDocument<'static>>,
}

#[derive(Deserialize)]
pub(super) struct SavedRequest<'d> {
    pub(super) method: String,
    pub(super) path: String,
    #[serde(default)]
    pub(super) host: Option<String>,
    #[serde(default)]
    pub(super) headers: SavedHeaders,
    pub(super) first: usize,
    pub(super) count: usize,
    #[serde(default, borrow)]
    pub(super) body: Option<&'d RawValue>,
}

impl SavedRequest<'_> {
    /// Makes the request that was written.
    pub(super) fn call(self) -> Call {
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
pub(super) struct SavedReceipt {
    pub(super) outcome: String,
    pub(super) first: usize,
    pub(super) count: usize,
}
