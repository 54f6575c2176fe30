//! A plan's document read back: the plan, ready to be sent as it was written, and what became of it if it was sent.
//!
//! Nothing of it is trusted to be right: digest, shape, every URL, prefix, tag and host are checked again. Whether its zone is
//! the configured one is left to who sends it.

mod document;
mod error;
mod gathered;

use self::document::{Head, SavedDocument, SavedRequest, SavedSite};
use self::gathered::Gathered;
use crate::changes::Changes;
use crate::config::{HostName, Prefix, SiteName, Tag};
use crate::mapping::{Kind, Operation, PublicUrl};
use crate::mark::Marked;
use crate::plan::{Batch, Plan, PlannedOperation};
use crate::provider::Call;
use crate::report::digest;
use crate::report::json::SCHEMA;
use crate::report::plan::document::{LayerDocument, PathDocument, SavedOperation};
use crate::report::plan::mark::MarkDocument;

pub use self::error::SavedError;

/// One site of a document.
#[derive(Debug, Clone)]
pub struct Saved {
    /// Its plan, with the requests as they were cut.
    pub plan: Plan,
    /// The base URLs that it was made for; `None` in a document of an earlier version.
    pub base_urls: Option<Vec<String>>,
    /// The web root inside a revision that it was made for.
    pub output: Option<String>,
    /// The zone that it was made for, where one was known.
    pub zone: Option<String>,
    /// The nodes that they were to go to, where it was made for a cache of one's own.
    pub endpoints: Vec<String>,
    /// Its requests, as they were worded.
    pub requests: Vec<Call>,
    /// The reason for which it was refused.
    pub refused: Option<String>,
    /// The operations that were not accepted, where it was sent already.
    pub not_accepted: Option<Vec<PlannedOperation>>,
    /// The site's mark when the plan was made, where it was made with one.
    pub mark: Option<Marked>,
}

/// Sites without a plan, and why.
pub type Unplanned = Vec<(String, String)>;

/// Reads a document: its sites, and those that had no plan, with the reason.
///
/// # Errors
/// When it is not whole, not as it was written, or holds what cannot be sent.
pub fn read(document: &[u8]) -> Result<(Vec<Saved>, Unplanned), SavedError> {
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
    let named = |path: &PathDocument<'_>| path.bytes().ok_or_else(|| SavedError::Content("a nameless file".to_owned()));
    let held_back = document.held_back.iter().map(named).collect::<Result<_, _>>()?;
    let left = document.left.iter().map(named).collect::<Result<_, _>>()?;
    let plan = Plan {
        site: name.ok_or_else(|| SavedError::Content("a site's name".to_owned()))?,
        layer: document.layer.map(LayerDocument::layer).transpose().map_err(SavedError::Content)?,
        basis: basis.ok_or_else(|| SavedError::Content("what it was made from".to_owned()))?,
        changes: Changes { held_back, left, ..changes.changes },
        rules: document.rules,
        counts: document.counts,
        urls: document.urls,
        operations,
        mode: document.mode,
        fallback_mode: document.fallback_mode,
        fallback: document.fallback,
        causes: document.causes,
        refused: None,
        notes: document.notes,
        batches,
    };
    let requests = document.requests.into_iter().map(SavedRequest::call).collect();
    let mark = document.mark.map(MarkDocument::marked);
    Ok(Saved {
        plan,
        base_urls: document.base_urls,
        output: document.output,
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

/// Returns the operations that no accepted receipt holds, and all of a site that failed before anything of it was sent; `None`
/// where it never was to be sent.
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
        Kind::Prefix => Prefix::restored(value).map(Operation::from),
        Kind::Tag => Tag::restored(value).map(Operation::from),
        Kind::Host => HostName::restored(value).map(Operation::from),
        Kind::Everything => (value == "*").then_some(Operation::Everything),
    };
    let wrong = || SavedError::Content(crate::display::shown(value.as_bytes()));
    let reasons = document.reasons.iter().map(|reason| changes.reason(reason)).collect::<Option<_>>();
    let (operation, reasons) = operation.zip(reasons).ok_or_else(wrong)?;
    Ok(PlannedOperation { operation, reasons, last: document.last })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::report::digest::Hasher;

    /// A document of one site with these files held back, with a digest that fits.
    fn document(schema: u32, held_back: &str) -> Vec<u8> {
        let site = format!(
            r#"{{"site": "www", "zone": null, "from": null, "to": null, "paths": {{"source": "-", "count": 1}},
            "counts": {{"added": 0, "modified": 1, "deleted": 0, "ignored": 0, "left": 0, "held_back": 1, "wasted": 0}}, "urls": 0,
            "mode": "purge", "fallback_mode": "purge", "fallback": null, "refused": null, "notes": [], "held_back": {held_back},
            "rules": [], "operations": [], "requests": []}}"#
        );
        let blank = format!(r#"{{"schema": {schema}, "digest": "", "unplanned": [], "sites": [{site}]}}"#);
        let mut hasher = Hasher::new();
        hasher.write_all(blank.as_bytes()).unwrap();
        blank.replacen(r#""digest": """#, &format!(r#""digest": "{}""#, hasher.finish()), 1).into_bytes()
    }

    #[test]
    fn a_plan_is_read_back_whole_or_not_at_all() {
        let (sites, _) = read(&document(1, r#"[{"path": "a.html"}, {"path_encoded": "caf%E9"}]"#)).unwrap();
        assert_eq!(sites[0].plan.changes.held_back, [Box::from(*b"a.html"), Box::from(*b"caf\xe9")]);
        for (document, want, hint) in [
            (
                document(1, r#"[{"path": "a.html"}, {}]"#),
                "a nameless file in the plan cannot be sent",
                "write it again",
            ),
            (document(2, "[]"), "the plan has schema 2, and this version knows 1", "the version that wrote it"),
            (document(1, "{}"), "this is no plan, or only a part of one", "pass it on as it is"),
            ([document(1, "[]"), vec![b'\n']].concat(), "the plan's digest does not fit", "pass it on as it is"),
        ] {
            let error = read(&document).unwrap_err();
            assert!(error.to_string().starts_with(want) && error.hint().contains(hint), "{error}; {}", error.hint());
        }
    }
}
