//! The plan that purges once more what is still stale: by URL, and by prefix, which also clears keys that nobody listed.

use super::expressing::can;
use super::{Basis, Batch, Counts, Limits, Plan, Planned, in_order};
use crate::changes::Changes;
use crate::config::{Mode, Prefix, Site};
use crate::mapping::{Kind, Operation, PublicUrl};

impl Plan {
    /// Plans to purge these URLs of a site, with all of their variants; `basis` is that of the plan before.
    #[must_use]
    pub fn repair<'u>(
        site: &Site,
        basis: &Basis,
        urls: impl IntoIterator<Item = &'u PublicUrl>,
        limits: Limits,
    ) -> Plan {
        let mut operations: Vec<Operation> = Vec::new();
        for url in urls {
            let text = url.as_str().split('?').next().unwrap_or_default();
            let base = site.base_urls.iter().find(|base| text.starts_with(base.as_str()));
            // A cache that knows no prefixes is asked for the URLs alone.
            let base = base.filter(|_| can(site, Kind::Prefix));
            operations.extend(base.map(|base| Operation::Prefix(Prefix::below(base, &text[base.as_str().len()..]))));
            operations.push(Operation::Url(url.clone()));
        }
        operations.sort_unstable();
        operations.dedup();
        let mut operations: Vec<Planned> = operations.into_iter().map(Planned::broad).collect();
        in_order(&mut operations);
        Plan {
            site: site.name.clone(),
            layer: site.layer.clone(),
            basis: basis.clone(),
            changes: Changes::default(),
            rules: Vec::new(),
            counts: Counts::default(),
            urls: operations.len(),
            batches: Batch::all(&operations, limits, false),
            operations,
            // Whatever was tried before has left something stale.
            mode: Mode::Purge,
            fallback_mode: Mode::Purge,
            fallback: None,
            refused: None,
            notes: Vec::new(),
        }
    }
}
