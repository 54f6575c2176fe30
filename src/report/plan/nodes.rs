//! The answers of a cache's nodes, added up for each; and what is odd about them.

use super::site::SiteReport;
use crate::display::grouped;
use crate::mapping::Kind;
use crate::send::Node;

/// The answers of one node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tally {
    node: Node,
    /// Operations that it carried out.
    done: usize,
    /// URLs and tags that it did not have.
    absent: usize,
    /// Operations that it did not accept.
    failed: usize,
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts = [(self.done, "purged"), (self.absent, "not cached"), (self.failed, "failed")];
        let parts = parts.into_iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts.map(|(count, word)| format!("{} {word}", grouped(count))).collect();
        write!(f, "{}: {}", self.node, parts.join(", "))
    }
}

impl SiteReport<'_> {
    /// Returns the answers of each node; none where a plan goes to an API, or was not sent.
    pub(super) fn tallies(&self) -> Vec<Tally> {
        let mut tallies: Vec<Tally> = Vec::new();
        for receipt in self.receipts.unwrap_or_default() {
            for (number, at) in receipt.at.iter().enumerate() {
                if tallies.len() <= number {
                    tallies.push(Tally { node: at.node.clone(), done: 0, absent: 0, failed: 0 });
                }
                let tally = &mut tallies[number];
                let count = match (at.why.is_none(), at.status) {
                    (false, _) => &mut tally.failed,
                    (true, Some(status)) if self.provider.was_not_cached(status) => &mut tally.absent,
                    (true, _) => &mut tally.done,
                };
                *count += receipt.batch.size();
            }
        }
        tallies
    }

    /// Says what may be wrong though all was accepted.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let knows = |tally: &Tally| tally.absent < 2 || tally.done + tally.failed > 0;
        let tallies = self.tallies();
        // Behind one name stand caches of one making, and one server with two addresses has nothing left at the second.
        let is_known =
            |odd: &Tally| tallies.iter().any(|tally| tally.node.endpoint == odd.node.endpoint && tally.done > 0);
        let odd = tallies.iter().filter(|tally| !knows(tally) && !is_known(tally));
        let first = self.plan.operations.iter().find(|planned| planned.operation.kind() == Kind::Url);
        let host = first.map(|planned| planned.operation.text().split(['/']).nth(2).unwrap_or_default());
        let host = host.unwrap_or_default();
        let warn = |Tally { node, absent, .. }: &Tally| {
            let all = grouped(*absent);
            format!(
                "{node} had none of the {all} cached: is `{host}` the host under which it keeps them, and does it know purges? One for another host, or one that it passes on, is answered alike"
            )
        };
        odd.map(warn).collect()
    }
}
