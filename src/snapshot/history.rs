//! Where one revision stands beside another in history, as far as a clone can tell.
//!
//! A shallow clone still knows the parents of each commit that it has, though it does not have them: a commit names them itself.
//! Where that does not tell, dates do, which are only as good as somebody's clock.

use std::collections::{HashMap, HashSet};

use git2::{Commit, ObjectType, Oid};

use super::Repository;
use super::age::Age;
use super::error::GitError;

/// Revisions of which each is looked for by itself: for more, one walk through the history is quicker.
const FEW: usize = 4;

impl Repository {
    /// Returns where the revision `id` stands beside `other`.
    ///
    /// # Errors
    /// When a commit on the way cannot be read.
    pub fn age(&self, id: &str, other: &str) -> Result<Age, GitError> {
        self.settled.age(id, other, || self.find_age(id, other))
    }

    fn find_age(&self, id: &str, other: &str) -> Result<Age, GitError> {
        let format = self.inner.object_format();
        let (id, other) = (Oid::from_str_ext(id, format)?, Oid::from_str_ext(other, format)?);
        if id == other {
            return Ok(Age::Same);
        }
        let commit = |id| self.inner.find_object(id, None).and_then(|object| object.peel_to_commit());
        let (Ok(one), Ok(two)) = (commit(id), commit(other)) else { return Ok(Age::Unknown) };
        let [date, other_date] = [&one, &two].map(|commit| commit.committer().when().seconds());
        if self.inner.is_shallow() {
            return Ok(match (self.comes_after(&one, &two), self.comes_after(&two, &one)) {
                (true, _) => Age::Descendant,
                (_, true) => Age::Ancestor,
                _ if date < other_date => Age::DatedBefore,
                _ => Age::DatedAfter,
            });
        }
        if self.inner.graph_descendant_of(one.id(), two.id())? {
            return Ok(Age::Descendant);
        }
        let is_below = self.inner.graph_descendant_of(two.id(), one.id())?;
        Ok(if is_below { Age::Ancestor } else { Age::Apart { is_later: date > other_date } })
    }

    /// Returns where the revision `id` stands beside each of `others`, in their order. Of many it takes one walk.
    ///
    /// # Errors
    /// As [`Repository::age`].
    pub fn ages(&self, id: &str, others: &[&str]) -> Result<Vec<Age>, GitError> {
        let mut known: HashMap<&str, Age> = HashMap::new();
        if others.len() > FEW && !self.inner.is_shallow() {
            let mut left: HashSet<&str> = others.iter().copied().collect();
            let mut walk = self.inner.revwalk()?;
            let start = self.inner.find_object(Oid::from_str_ext(id, self.inner.object_format())?, None)?;
            if start.kind() == Some(ObjectType::Commit) {
                walk.push(start.id())?;
            }
            for commit in walk {
                if left.is_empty() {
                    break;
                }
                let commit = commit?.to_string();
                if let Some(other) = left.take(commit.as_str()) {
                    known.insert(other, if commit == id { Age::Same } else { Age::Descendant });
                }
            }
        }
        others.iter().map(|other| known.get(other).map_or_else(|| self.age(id, other), |age| Ok(*age))).collect()
    }

    /// Returns true when it is certain that a commit descends from another, in a history that is cut off.
    fn comes_after(&self, commit: &Commit<'_>, other: &Commit<'_>) -> bool {
        let header = commit.raw_header_bytes();
        let parent = format!("parent {}", other.id());
        let names = |line: &[u8]| line == parent.as_bytes();
        // Where the walk meets the end of what is here, nothing is certain.
        header.split(|byte| *byte == b'\n').any(names)
            || self.inner.graph_descendant_of(commit.id(), other.id()).is_ok_and(|is| is)
    }
}
