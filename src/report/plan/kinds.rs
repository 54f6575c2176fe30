//! Operations counted by kind, and in words.

use std::ops::AddAssign;

use crate::display::grouped;
use crate::mapping::Kind;
use crate::plan::PlannedOperation;

/// The number of operations of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Kinds {
    urls: usize,
    prefixes: usize,
    tags: usize,
    hosts: usize,
    everything: usize,
}

impl Kinds {
    /// Counts operations.
    pub(super) fn of(operations: &[PlannedOperation]) -> Kinds {
        let mut kinds = Kinds::default();
        for planned in operations {
            kinds.add(planned.operation.kind());
        }
        kinds
    }

    /// Counts one more.
    pub(super) fn add(&mut self, kind: Kind) {
        *match kind {
            Kind::Url => &mut self.urls,
            Kind::Prefix => &mut self.prefixes,
            Kind::Tag => &mut self.tags,
            Kind::Host => &mut self.hosts,
            Kind::Everything => &mut self.everything,
        } += 1;
    }

    /// Counts them all.
    pub(super) fn total(&self) -> usize {
        self.urls + self.prefixes + self.tags + self.hosts + self.everything
    }

    /// True for operations that take along what did not change.
    pub(super) fn are_broad(&self) -> bool {
        self.hosts + self.everything > 0
    }
}

impl AddAssign for Kinds {
    fn add_assign(&mut self, other: Kinds) {
        self.urls += other.urls;
        self.prefixes += other.prefixes;
        self.tags += other.tags;
        self.hosts += other.hosts;
        self.everything += other.everything;
    }
}

/// `31 URLs, 1 prefix`.
impl std::fmt::Display for Kinds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kinds = [
            (self.urls, "URL", "URLs"),
            (self.prefixes, "prefix", "prefixes"),
            (self.tags, "tag", "tags"),
            (self.hosts, "host", "hosts"),
            (self.everything, "purge of everything", "purges of everything"),
        ];
        let said: Vec<String> = kinds
            .into_iter()
            .filter(|(n, ..)| *n > 0)
            .map(|(n, one, many)| format!("{} {}", grouped(n), if n == 1 { one } else { many }))
            .collect();
        f.write_str(&said.join(", "))
    }
}
