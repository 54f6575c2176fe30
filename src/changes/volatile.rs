//! Pages that differ only in what the site calls volatile: a build's time stamp, a nonce.
//!
//! The only place where the content of files is read, and only for modified files that a rule with `volatile` matches. In
//! doubt a file has changed: a blob that is missing (a partial clone), too large, or that nothing is left of.

use crate::config::{Lasting, Matcher, RuleNumber, Rules};
use crate::snapshot::Snapshot;

/// Bytes of a file that are compared; a larger one counts as changed. Pages are far smaller, and an expression that begins in many
/// places and ends in few takes a time that grows with the square.
const LARGEST: usize = 2 << 20;

/// Compares files but for their volatile parts.
pub(super) struct Volatile<'s> {
    from: &'s Snapshot<'s>,
    to: &'s Snapshot<'s>,
    rules: &'s Rules,
    matcher: Matcher<'s>,
}

impl<'s> Volatile<'s> {
    /// `None` where no rule calls anything volatile.
    pub(super) fn between(from: &'s Snapshot<'s>, to: &'s Snapshot<'s>, rules: &'s Rules) -> Option<Volatile<'s>> {
        let any = rules.iter().any(|(_, rule)| rule.volatile.is_some() && rule.on.modified);
        any.then(|| Volatile { from, to, rules, matcher: rules.matcher() })
    }

    /// Returns true when two versions of a path are the same but for what its rules call volatile.
    pub(super) fn same(&mut self, path: &[u8], old: &[u8], new: &[u8]) -> bool {
        let rules = self.rules;
        let applies = |rule: &&RuleNumber| rules.get(**rule).volatile.is_some() && rules.get(**rule).on.modified;
        let judgement = self.matcher.judge(path);
        let numbers: Vec<RuleNumber> = judgement.rules.iter().filter(applies).copied().collect();
        if numbers.is_empty() {
            return false;
        }
        let (Some(old), Some(new)) = (self.from.blob(old, LARGEST), self.to.blob(new, LARGEST)) else { return false };
        let volatile = || numbers.iter().filter_map(|number| rules.get(*number).volatile.as_ref());
        let (old, new) = (Lasting::of(&old, volatile()), Lasting::of(&new, volatile()));
        !new.is_empty() && old == new
    }
}
