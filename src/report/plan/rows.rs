//! The rows of a plan for people: one for each changed file with its operations, and those for what is no file of the site.
//!
//! Each operation stands in exactly one row, so that the rows add up to the plan: in that of the first file that it is for. Which rows
//! there is room for is left to [`super::folding`].

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::kinds::Kinds;
use crate::changes::Status;
use crate::config::{RuleNumber, Scope};
use crate::display::shown;
use crate::mapping::{Kind, Reason};
use crate::plan::{Plan, PlannedOperation};

/// The thing that an operation is there for. Indices are those of the plan's changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    /// A changed file.
    Path(u32),
    /// A directory that appeared or vanished.
    Directory(u32),
    /// An entry of a host's configuration.
    Entry(u32),
    /// A rule that names it.
    Rule(RuleNumber),
    /// The site's `always`.
    Always,
}

/// The row of a path: a file, a directory that appeared or vanished, or an entry of a host's configuration.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) owner: Owner,
    /// A directory ends in a slash.
    pub(super) path: Box<[u8]>,
    /// The entry of the file.
    pub(super) entry: Option<Box<str>>,
    pub(super) status: Status,
    pub(super) kinds: Kinds,
    /// The scope, where the change bears on other files' URLs.
    pub(super) scope: Option<Scope>,
}

/// The rows of a plan.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// Operations that stand for themselves: directories that are purged whole, tags, hosts, everything.
    pub(super) alone: Vec<usize>,
    /// In the order in which they are shown.
    pub(super) leaves: Vec<Leaf>,
    /// Rules and `always`.
    pub(super) named: Vec<(Owner, Kinds)>,
}

/// Returns the thing that an operation is there for; `None` where it stands for itself: what is no URL has a row of its own, unless it
/// is one file's by a rule, as many are.
pub(super) fn owner(planned: &PlannedOperation) -> Option<Owner> {
    let owner = planned.reasons.iter().filter_map(of).min();
    match planned.operation.kind() {
        Kind::Url => owner,
        Kind::Prefix | Kind::Tag => {
            let is_by_rule = planned.reasons.iter().any(|reason| reason.rule().is_some());
            owner.filter(|owner| is_by_rule && matches!(owner, Owner::Path(_)))
        }
        Kind::Host | Kind::Everything => None,
    }
}

/// Returns the thing that a reason names.
pub(super) fn of(reason: &Reason) -> Option<Owner> {
    match *reason {
        Reason::Path(i, ..) | Reason::Rewrite(i, ..) | Reason::SideEffect(i, ..) | Reason::Template(i, ..) => {
            Some(Owner::Path(i))
        }
        Reason::Directory(i, ..) => Some(Owner::Directory(i)),
        Reason::Entry(i, _) => Some(Owner::Entry(i)),
        Reason::Rule(rule, ..) => Some(Owner::Rule(rule)),
        Reason::Always => Some(Owner::Always),
        Reason::Asked | Reason::Cover(..) => None,
    }
}

impl Rows {
    /// Makes the rows of a plan.
    pub(super) fn of(plan: &Plan) -> Rows {
        let mut rows = Rows::default();
        let mut counted: BTreeMap<Owner, (Kinds, Option<Scope>)> = BTreeMap::new();
        for (number, planned) in plan.operations.iter().enumerate() {
            let Some(owner) = owner(planned) else {
                rows.alone.push(number);
                continue;
            };
            counted.entry(owner).or_default().0.add(planned.operation.kind());
            // A file or an entry whose URLs are those of another has a row too.
            for also in
                planned.reasons.iter().filter_map(of).filter(|also| matches!(also, Owner::Path(_) | Owner::Entry(_)))
            {
                counted.entry(also).or_default();
            }
            for reason in &planned.reasons {
                if let Reason::SideEffect(i, scope, _) = reason {
                    counted.entry(Owner::Path(*i)).or_default().1 = Some(*scope);
                }
            }
        }
        for (owner, (kinds, scope)) in counted {
            match leaf(plan, owner, kinds, scope) {
                Some(leaf) => rows.leaves.push(leaf),
                None => rows.named.push((owner, kinds)),
            }
        }
        rows.leaves.sort_by(in_order);
        rows
    }
}

/// Makes the row of a path; `None` for what is no path.
fn leaf(plan: &Plan, owner: Owner, kinds: Kinds, scope: Option<Scope>) -> Option<Leaf> {
    let changes = &plan.changes;
    let (path, entry, status, scope) = match owner {
        Owner::Path(i) => {
            let change = &changes.paths[i as usize];
            (change.path.clone(), None, change.status, scope)
        }
        Owner::Directory(i) => {
            let directory = &changes.directories[i as usize];
            ([&directory.path, &b"/"[..]].concat().into(), None, directory.status, None)
        }
        Owner::Entry(i) => {
            let entry = &changes.entries[i as usize];
            (entry.file.clone(), Some(entry.difference.entry.clone()), entry.status, entry.difference.scope)
        }
        Owner::Rule(_) | Owner::Always => return None,
    };
    Some(Leaf { owner, path, entry, status, kinds, scope })
}

/// The order of the rows: the home page, then by directory, the files of a directory before the directories in it.
pub(super) fn in_order(one: &Leaf, other: &Leaf) -> Ordering {
    let is_home = |leaf: &Leaf| {
        !matches!(leaf.owner, Owner::Entry(_)) && leaf.path.starts_with(b"index.") && !leaf.path.contains(&b'/')
    };
    let key = |leaf: &Leaf| !is_home(leaf);
    key(one)
        .cmp(&key(other))
        .then_with(|| by_directory(&one.path, &other.path))
        .then_with(|| one.entry.cmp(&other.entry))
}

fn by_directory(one: &[u8], other: &[u8]) -> Ordering {
    let (mut ones, mut others) = (one.split(|b| *b == b'/').peekable(), other.split(|b| *b == b'/').peekable());
    loop {
        match (ones.next(), others.next()) {
            (Some(a), Some(b)) => {
                let is_file = [ones.peek().is_none(), others.peek().is_none()];
                let order = is_file[1].cmp(&is_file[0]).then_with(|| a.cmp(b));
                if order != Ordering::Equal {
                    return order;
                }
            }
            (a, b) => return a.is_some().cmp(&b.is_some()),
        }
    }
}

impl Leaf {
    /// Names it: `blog/index.html`, `_redirects: /old /new`.
    pub(super) fn label(&self) -> String {
        let entry = match self.entry.as_deref() {
            None => String::new(),
            Some("") => ": all of it".to_owned(),
            Some(entry) => format!(": {}", shown(entry.as_bytes())),
        };
        format!("{}{entry}", shown(&self.path))
    }
}
