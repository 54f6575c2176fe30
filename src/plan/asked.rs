//! The plan of what somebody asks for by hand, in place of a deploy: exactly that, whatever the site's threshold says of deploys.
//!
//! What the cache cannot be asked for goes upward, or is refused, as with any other plan.

use super::basis::{Asked, Basis};
use super::broad::whole_host;
use super::setting::Setting;
use super::{Plan, notes};
use crate::changes::Changes;
use crate::config::{BaseUrl, Cover, Site, Threshold};
use crate::mapping::{Mapped, Mapping, Operation, Reason};

impl Plan {
    /// Plans what was asked for of a site.
    #[must_use]
    pub fn asked(site: &Site, asked: Asked, changes: Changes, mut mapping: Mapping, setting: &Setting<'_>) -> Plan {
        mapping.operations = hosts_as_kept(site, std::mem::take(&mut mapping.operations), setting);
        if asked.everything {
            mapping.notes.extend(setting.hosts_with_everything(site));
        }
        if asked.everything || asked.hosts > 0 {
            mapping.notes.extend(setting.others_beside(site));
        }
        notes::unrepeated(&mut mapping.notes);
        let threshold = Threshold { urls: usize::MAX, percent: None, seconds: None, ..site.threshold };
        let site = Site { threshold, cover: Cover::Off, ..site.clone() };
        Plan::new(&site, Basis::Asked(asked), changes, mapping, setting)
    }

    /// True when it takes along far more than what is known to be stale: everything, whole hosts that no rule names, or all of a site of
    /// which it is not known what was live before.
    #[must_use]
    pub fn is_broad(&self) -> bool {
        let is_unknown = matches!(self.basis, Basis::Unknown { .. });
        let is_asked = matches!(self.basis, Basis::Asked(_));
        let mut operations = self.operations.iter().filter(|_| self.refused.is_none());
        operations.any(|planned| match &planned.operation {
            Operation::Everything => true,
            Operation::Host(_) => is_asked || planned.is_broad(),
            Operation::Prefix(prefix) => is_unknown || is_asked && prefix.is_whole_host(),
            Operation::Url(_) | Operation::Tag(_) => is_unknown,
        })
    }
}

/// Names hosts as the cache keeps them: with their ports, where it keeps these apart.
fn hosts_as_kept(site: &Site, operations: Vec<Mapped>, setting: &Setting<'_>) -> Vec<Mapped> {
    let mut all: Vec<Mapped> = Vec::with_capacity(operations.len());
    for mapped in operations {
        let host = if let Operation::Host(host) = &mapped.what { Some(host.clone()) } else { None };
        let Some(host) = host.filter(|_| mapped.reasons.contains(&Reason::Asked)) else {
            all.push(mapped);
            continue;
        };
        let bases = site.base_urls.iter().filter(|base| base.host() == host.as_str());
        let kept: Vec<Operation> = bases.map(|base: &BaseUrl| whole_host(&setting.capabilities, base)).collect();
        let kept = if kept.is_empty() { vec![mapped.what.clone()] } else { kept };
        all.extend(kept.into_iter().map(|what| Mapped { what, reasons: mapped.reasons.clone() }));
    }
    all.sort_by(|a, b| a.what.cmp(&b.what));
    all.dedup_by(|next, before| next.what == before.what);
    all
}
