//! Two trees walked together, side by side in git's order.
//!
//! A tree without links of its own is walked over its raw bytes; subtrees with the same id are not opened, unless there
//! are links below. In a tree with links, what they lead to stands in their place, and everything is sorted again: a
//! link sorts as a file, and may lead to a directory.

use std::cmp::Ordering;
use std::rc::Rc;

use super::answering::{Answering, Sides};
use super::bounds::Bounds;
use super::cursor::Cursor;
use super::error::ChangesError;
use super::links::Links;
use super::noting::{Held, Noted, Noting};
use super::passing::Passing;
use super::real_directory::{RealDirectory, is_same};
use super::scan::Scan;
use super::side::{Met, Side};
use super::unchanged::Unchanged;
use super::volatile::Volatile;
use super::walked::Walked;
use super::{Change, Changes, Status};
use crate::config::{Rules, Symlinks};
use crate::snapshot::{EntryKind, ReadAhead, Snapshot, Tree};

/// A comparison under way.
pub(super) struct Walk<'s> {
    from: Side<'s>,
    to: Side<'s>,
    passing: Passing<'s>,
    links: Links<'s>,
    path: Vec<u8>,
    bounds: Bounds,
    ahead: ReadAhead,
    volatile: Option<Volatile<'s>>,
    answering: Answering<'s>,
    unchanged: Unchanged,
    walked: Walked,
    noting: Noting,
    changes: Changes,
}

impl<'s> Walk<'s> {
    pub(super) fn new(from: &'s Snapshot<'s>, to: &'s Snapshot<'s>, symlinks: Symlinks) -> Walk<'s> {
        Walk {
            from: Side::new(from),
            to: Side::new(to),
            passing: Passing::new(symlinks),
            links: Links::new(symlinks),
            path: Vec::with_capacity(256),
            bounds: Bounds::default(),
            ahead: ReadAhead::for_both(from, to),
            volatile: None,
            answering: Answering::default(),
            unchanged: Unchanged::default(),
            walked: Walked::default(),
            noting: Noting::default(),
            changes: Changes::default(),
        }
    }

    /// Takes files that differ only in what is volatile for unchanged.
    pub(super) fn holding_back(mut self, volatile: Option<Volatile<'s>>) -> Walk<'s> {
        self.volatile = volatile;
        self
    }

    /// Asks this for the links below equal trees.
    pub(super) fn knowing(mut self, scan: &'s Scan) -> Walk<'s> {
        self.passing.scan = Some(scan);
        self
    }

    /// Takes directories that hold nothing but what the rules ignore for absent.
    pub(super) fn ignoring(mut self, rules: &'s Rules) -> Walk<'s> {
        self.answering = Answering::ignoring(rules);
        self
    }

    /// Looks into no trees of TO but these.
    pub(super) fn only_into(mut self, trees: &'s Noted) -> Walk<'s> {
        self.passing.only = Some(trees);
        self
    }

    /// Walks from the web roots down; `None` is a side that has none.
    pub(super) fn run(mut self, from: Option<&[u8]>, to: Option<&[u8]>) -> Result<Changes, ChangesError> {
        // Equal roots are equal in their links too, except for those that lead out of them: a note names these.
        let same_revision = self.from.snapshot.name().id == self.to.snapshot.name().id;
        let told = || to.is_some_and(|root| from == to && !same_revision && self.passing.has_links(root));
        let is_walked = from != to || told();
        if is_walked {
            self.bounds.enter(false)?;
            self.trees(from.map(RealDirectory::root).as_ref(), to.map(RealDirectory::root).as_ref())?;
        }
        // A link that leads up is the same, and counts as changed.
        let has_loops = self.changes.follow_loops();
        let is_all = is_walked && !has_loops;
        self.unchanged.sort();
        self.changes.unchanged = Some(self.unchanged).filter(|_| is_all);
        self.walked.sort();
        self.changes.walked = Some(self.walked).filter(|_| is_all);
        // Of one revision nothing was looked for, and with links ignored neither. Other equal roots that are not walked hold none.
        let is_complete = self.passing.symlinks == Symlinks::Follow && (from != to || !same_revision);
        self.changes.noted = is_complete.then(|| self.noting.beside(self.passing.noted()));
        self.changes.odd_links.tidy();
        Ok(self.changes)
    }

    /// Walks two trees at the same path; `None` is a side that has no tree there.
    fn trees(&mut self, from: Option<&Rc<RealDirectory>>, to: Option<&Rc<RealDirectory>>) -> Result<(), ChangesError> {
        let first = self.changes.directories.len();
        match (from, to) {
            (None, Some(_)) => self.changes.meet_directory(first, &self.path, Status::Added),
            (Some(_), None) => self.changes.meet_directory(first, &self.path, Status::Deleted),
            _ => {}
        }
        self.from.open(from);
        self.to.open(to);
        let above = (self.answering.enter(), self.unchanged.enter(), self.noting.enter());
        self.opened(from, to)?;
        let here = self.answering.leave(above.0);
        self.unchanged.leave(&above.1, &self.path);
        self.noting.leave(above.2, to.map(|to| to.id()));
        // The web root is there with whatever lies in it.
        match (from.and(to).filter(|_| !self.path.is_empty()), here.from, here.to) {
            (Some(_), false, true) => self.changes.meet_directory(first, &self.path, Status::Added),
            (Some(_), true, false) => self.changes.meet_directory(first, &self.path, Status::Deleted),
            _ => {}
        }
        self.from.close();
        self.to.close();
        Ok(())
    }

    /// Reads the two trees and decides how they are walked.
    fn opened(&mut self, from: Option<&Rc<RealDirectory>>, to: Option<&Rc<RealDirectory>>) -> Result<(), ChangesError> {
        let read = self.read(from, to)?;
        let old = read[0].as_ref();
        // Often both are the same tree, below which is a link.
        let new = if is_same(from, to) { old } else { read[1].as_ref() };
        let have_links = self.have_links((from, old), (to, new))?;
        let is_ahead = self.passing.only.is_none() && self.ahead.begin(old, new);
        if have_links {
            self.resolved((from, old), (to, new))?;
        } else {
            self.entries(Cursor::new(from.map(|p| p.id()), old), Cursor::new(to.map(|p| p.id()), new))?;
        }
        if is_ahead {
            self.ahead.end();
        }
        Ok(())
    }

    /// Reads the trees of both sides; of two that are the same the first.
    fn read(
        &mut self,
        from: Option<&Rc<RealDirectory>>,
        to: Option<&Rc<RealDirectory>>,
    ) -> Result<[Option<Tree<'s>>; 2], ChangesError> {
        let to = to.filter(|_| !is_same(from, to));
        let ids = [from, to].map(|place| place.map(|place| place.id()));
        Ok(self.ahead.both([self.from.snapshot, self.to.snapshot], ids)?)
    }

    /// Returns true where a link is in one of the trees, and keeps the names of TO's that are asked for later.
    fn have_links(
        &mut self,
        (from, old): (Option<&Rc<RealDirectory>>, Option<&Tree<'_>>),
        (to, new): (Option<&Rc<RealDirectory>>, Option<&Tree<'_>>),
    ) -> Result<bool, ChangesError> {
        let after = match (to, new) {
            (Some(place), Some(tree)) => {
                self.walked.begin(&self.path);
                self.to.held(place.id(), tree, |kind, name| {
                    self.unchanged.meet_name(&self.path, kind, name);
                    self.walked.meet(kind, name);
                })?
            }
            _ => Held::default(),
        };
        self.noting.hold(after);
        match (from, old) {
            (Some(place), Some(tree)) if !is_same(from, to) => {
                Ok(self.from.held(place.id(), tree, |_, _| {})?.link || after.link)
            }
            _ => Ok(after.link),
        }
    }

    /// Walks two trees as they are.
    fn entries(&mut self, mut from: Cursor<'_>, mut to: Cursor<'_>) -> Result<(), ChangesError> {
        let (old_snapshot, new_snapshot) = (self.from.snapshot, self.to.snapshot);
        loop {
            let (old, new) = (from.first(old_snapshot)?, to.first(new_snapshot)?);
            let order = match (&old, &new) {
                (None, None) => return Ok(()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                // Equal mode, name and id in one comparison: most entries of most trees.
                (Some(old), Some(new)) if old.raw == new.raw => {
                    from.pass(*old);
                    to.pass(*new);
                    if old.kind == EntryKind::Tree {
                        self.both(&Met::plain(old), &Met::plain(new))?;
                    } else {
                        self.answering.meet(old.kind, (&mut self.path, old.name), Sides::BOTH);
                        self.keep(old.kind, old.name);
                    }
                    continue;
                }
                (Some(old), Some(new)) => old.order(new),
            };
            let old = old.filter(|_| order != Ordering::Greater);
            let new = new.filter(|_| order != Ordering::Less);
            old.map_or(Ok(()), |entry| from.take(entry, old_snapshot))?;
            new.map_or(Ok(()), |entry| to.take(entry, new_snapshot))?;
            self.pair(old.as_ref().map(Met::plain).as_ref(), new.as_ref().map(Met::plain).as_ref())?;
        }
    }

    /// Walks two trees with what their links lead to.
    fn resolved(
        &mut self,
        from: (Option<&Rc<RealDirectory>>, Option<&Tree<'_>>),
        to: (Option<&Rc<RealDirectory>>, Option<&Tree<'_>>),
    ) -> Result<(), ChangesError> {
        let mut meets = |side: &Side<'s>, (place, tree)| match (place, tree) {
            (Some(place), Some(tree)) => {
                side.meets(place, tree, &self.path, &mut self.links, &mut self.changes.odd_links)
            }
            _ => Ok(Vec::new()),
        };
        let mut old = meets(&self.from, from)?.into_iter().peekable();
        let mut new = meets(&self.to, to)?.into_iter().peekable();
        loop {
            let order = match (old.peek(), new.peek()) {
                (None, None) => return Ok(()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(old), Some(new)) => old.order(new),
            };
            let one = old.next_if(|_| order != Ordering::Greater);
            let two = new.next_if(|_| order != Ordering::Less);
            self.pair(one.as_ref(), two.as_ref())?;
        }
    }

    /// Compares the entries under a name, on one side or both: then trees on both, or on neither.
    fn pair(&mut self, old: Option<&Met<'_>>, new: Option<&Met<'_>>) -> Result<(), ChangesError> {
        for (met, side) in [(old, Sides::FROM), (new, Sides::TO)] {
            if let Some(met) = met {
                self.answering.meet(met.kind, (&mut self.path, met.name), side);
            }
        }
        match (old, new) {
            (Some(old), Some(new)) => self.both(old, new),
            (Some(met), None) | (None, Some(met)) if met.kind == EntryKind::Tree => self.below(old, new, met.name),
            (Some(old), None) => self.change(old.name, Status::Deleted, [old.kind, old.kind]),
            (None, Some(new)) => self.change(new.name, Status::Added, [new.kind, new.kind]),
            (None, None) => Ok(()),
        }
    }

    fn both(&mut self, old: &Met<'_>, new: &Met<'_>) -> Result<(), ChangesError> {
        let equal = old.kind == new.kind && old.id == new.id;
        if old.kind == EntryKind::Tree {
            if equal && !self.passing.has_links(&old.id) {
                self.noting.hold(self.passing.held(&old.id));
                self.keep(old.kind, old.name);
                return self.answering.pass(self.from.snapshot, &old.id, &[&self.path, old.name, b"/"].concat());
            }
            return self.below(Some(old), Some(new), old.name);
        }
        if equal {
            self.keep(old.kind, old.name);
            return Ok(());
        }
        if old.kind == EntryKind::File && new.kind == EntryKind::File && self.is_held_back(old, new) {
            self.keep(old.kind, old.name);
            self.changes.held_back.push([&self.path, old.name].concat().into_boxed_slice());
            return Ok(());
        }
        self.change(old.name, Status::Modified, [old.kind, new.kind])
    }

    /// Returns true when a file differs only in what is volatile.
    fn is_held_back(&mut self, old: &Met<'_>, new: &Met<'_>) -> bool {
        let path = [&self.path, old.name];
        self.volatile.as_mut().is_some_and(|volatile| volatile.same(&path.concat(), &old.id, &new.id))
    }

    /// Meets an entry that is the same on both sides.
    fn keep(&mut self, kind: EntryKind, name: &[u8]) {
        self.unchanged.meet(kind, &self.path, name, self.changes.paths.last().map(|change| &*change.path));
    }

    fn change(&mut self, name: &[u8], status: Status, kinds: [EntryKind; 2]) -> Result<(), ChangesError> {
        self.bounds.meet_path()?;
        let path = [&self.path, name].concat().into_boxed_slice();
        let leads_elsewhere = kinds.iter().any(|k| matches!(k, EntryKind::Link | EntryKind::Gitlink));
        self.changes.paths.push(Change { path, status, leads_elsewhere });
        Ok(())
    }

    /// Walks the directories of this name.
    fn below(&mut self, old: Option<&Met<'_>>, new: Option<&Met<'_>>, name: &[u8]) -> Result<(), ChangesError> {
        if self.passing.leaves_out(new) {
            return Ok(());
        }
        let (from, to) = (old.map(|met| self.from.place(met)), new.map(|met| self.to.place(met)));
        let by_link = old.iter().chain(&new).any(|met| met.place.is_some());
        let length = self.path.len();
        self.path.extend_from_slice(name);
        self.path.push(b'/');
        self.bounds.enter(by_link)?;
        self.trees(from.as_ref(), to.as_ref())?;
        self.bounds.leave(by_link);
        self.path.truncate(length);
        Ok(())
    }
}
