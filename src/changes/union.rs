//! The differences between TO and any of several moments before it.

use super::{Changes, Status};

impl Changes {
    /// Returns what differs from either of two snapshots; both lists are of one TO. A path that is new beside the one and modified
    /// beside the other is in it twice, as a change of either kind: rules may be for one of them.
    #[must_use]
    pub fn and(mut self, mut other: Changes) -> Changes {
        // What did not change beside the one may have changed beside the other.
        (self.unchanged, self.walked) = (None, None);
        self.noted = self.noted.or(other.noted.take());
        self.paths.append(&mut other.paths);
        // Mostly two sorted runs, which a stable sort merges.
        self.paths.sort_by(|a, b| a.path.cmp(&b.path).then(a.status.cmp(&b.status)));
        self.paths.dedup_by(|next, kept| {
            let same = next.path == kept.path && next.status == kept.status;
            kept.leads_elsewhere |= same && next.leads_elsewhere;
            same
        });
        self.directories.append(&mut other.directories);
        self.directories.sort_by(|a, b| a.path.cmp(&b.path));
        self.directories.dedup();
        self.held_back.append(&mut other.held_back);
        self.held_back.sort_unstable();
        self.held_back.dedup();
        let paths = &self.paths;
        self.held_back.retain(|path| paths.binary_search_by(|change| change.path.cmp(path)).is_err());
        self.entries.append(&mut other.entries);
        self.entries.sort_unstable();
        self.entries.dedup();
        self.rewrites.append(&mut other.rewrites);
        self.rewrites.sort_unstable();
        self.rewrites.dedup();
        self.configuration.append(&mut other.configuration);
        self.configuration.sort_unstable();
        self.configuration.dedup();
        // Both are of one TO: what took a place there took it for both.
        for (all, others) in [
            (&mut self.superseded, &mut other.superseded),
            (&mut self.listings, &mut other.listings),
            (&mut self.left, &mut other.left),
            (&mut self.unread, &mut other.unread),
            (&mut self.uncompared, &mut other.uncompared),
        ] {
            all.append(others);
            all.sort_unstable();
            all.dedup();
        }
        self.by_attributes.append(&mut other.by_attributes);
        self.by_attributes.sort_unstable();
        self.by_attributes.dedup();
        self.odd_links.append(other.odd_links);
        self
    }

    /// Returns how many paths differ in this way; one that does in two ways counts as modified.
    #[must_use]
    pub fn count(&self, status: Status) -> usize {
        let twice = |i: usize| self.paths.get(i + 1).is_some_and(|next| next.path == self.paths[i].path);
        let counts = |(i, change): &(usize, &super::Change)| change.status == status && !twice(*i);
        self.paths.iter().enumerate().filter(counts).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changes::{Change, DirectoryChange};

    fn changes(paths: &[(&str, Status)], directories: &[&str], held_back: &[&str]) -> Changes {
        let bytes = |text: &str| -> Box<[u8]> { text.as_bytes().into() };
        let change =
            |(path, status): &(&str, Status)| Change { path: bytes(path), status: *status, leads_elsewhere: false };
        let directory = |path: &&str| DirectoryChange { path: bytes(path), status: Status::Added };
        Changes {
            paths: paths.iter().map(change).collect(),
            directories: directories.iter().map(directory).collect(),
            held_back: held_back.iter().map(|path| bytes(path)).collect(),
            ..Changes::default()
        }
    }

    #[test]
    fn what_differs_from_either_is_listed_once_for_each_kind_of_change() {
        let one =
            changes(&[("a", Status::Added), ("c", Status::Deleted), ("d", Status::Modified)], &["x"], &["b", "e"]);
        let other =
            changes(&[("a", Status::Modified), ("b", Status::Modified), ("d", Status::Modified)], &["w", "x"], &["e"]);
        let both = one.clone().and(other.clone());
        let want = changes(
            &[
                ("a", Status::Added),
                ("a", Status::Modified),
                ("b", Status::Modified),
                ("c", Status::Deleted),
                ("d", Status::Modified),
            ],
            &["w", "x"],
            &["e"],
        );
        assert_eq!(both, want);
        assert_eq!(both, other.and(one));
        let count = |status| both.count(status);
        assert_eq!([count(Status::Added), count(Status::Modified), count(Status::Deleted)], [0, 3, 1]);
    }
}
