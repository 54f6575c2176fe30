//! The plan that purges once more what is still stale: by URL, and by prefix where that clears nothing but keys that nobody listed.

use super::Plan;
use super::basis::Basis;
use super::batch::Batch;
use super::capabilities::Capabilities;
use super::counts::Counts;
use super::planned::{PlannedOperation, in_order};
use crate::changes::Changes;
use crate::config::{Mode, Prefix, Site};
use crate::mapping::{Kind, Operation, PublicUrl};

impl Plan {
    /// Plans to purge these URLs of a site. `is_alone` says of a URL without its query string that nothing of the site lies below
    /// it but itself: only then a prefix goes along, which takes all variants with it, and never for the home page, whose prefix
    /// is the site. `basis` is that of the plan before.
    #[must_use]
    pub fn repair<'u>(
        site: &Site,
        basis: &Basis,
        urls: impl IntoIterator<Item = &'u PublicUrl>,
        is_alone: impl Fn(&str) -> bool,
        able: &Capabilities,
    ) -> Plan {
        let mut operations: Vec<Operation> = Vec::new();
        for url in urls {
            let text = url.as_str().split('?').next().unwrap_or_default();
            let is_home = site.base_urls.iter().any(|base| base.as_str() == text || base.without_slash() == Some(text));
            let prefix = Prefix::from_url(text);
            // One that had to be shortened would cover others, too.
            let is_whole = text.ends_with(prefix.as_str());
            // A cache that knows no prefixes is asked for the URLs alone.
            if able.can(Kind::Prefix) && !is_home && is_whole && is_alone(text) {
                operations.push(Operation::from(prefix));
            }
            operations.push(Operation::Url(url.clone()));
        }
        operations.sort_unstable();
        operations.dedup();
        let mut operations: Vec<PlannedOperation> = operations.into_iter().map(PlannedOperation::broad).collect();
        in_order(&mut operations);
        Plan {
            site: site.name.clone(),
            layer: site.layer.clone(),
            basis: basis.clone(),
            changes: Changes::default(),
            rules: Vec::new(),
            counts: Counts::default(),
            urls: operations.len(),
            batches: Batch::all(&operations, able.limits, false),
            operations,
            // Each earlier try has left something stale.
            mode: Mode::Purge,
            fallback_mode: Mode::Purge,
            fallback: None,
            causes: Vec::new(),
            refused: None,
            notes: Vec::new(),
        }
    }
}
