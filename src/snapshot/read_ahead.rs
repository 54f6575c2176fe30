//! Trees that a comparison is about to need, read by two threads.
//!
//! To read the trees is most of the work of a comparison. So where many directories differ, a thread with a handle of its own walks down the
//! same way. Each directory is read by the one that takes it first: the thread always takes the next, and so does the comparison while it would
//! wait for the thread. Nothing is decided here: a tree that nobody read, or read in another order, is read by the comparison itself, and so
//! is one that could not be read.

use std::collections::{HashMap, VecDeque};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::thread::JoinHandle;

use super::differing::{Read, differing, read_below, trees_in};
use super::objects::Objects;
use super::reader::{Message, Messages, Part, Task, WAITING, read_all};
use super::reading_order::ReadingOrder;
use super::replaced::Replaced;
use super::{Snapshot, SnapshotError, Tree};
use crate::two_threads::cores;

/// Directories that differ, from which on a second thread pays: its handle costs as much as some twenty trees.
const ENOUGH: usize = 32;

/// The most trees of one directory that the comparison reads before it is there, and the most such directories: a few megabytes.
const MOST_EARLY: (usize, usize) = (64, 16);

/// The trees of a directory, as far as they are here.
#[derive(Default)]
struct Arrived {
    trees: VecDeque<Read>,
    /// No more will come.
    is_whole: bool,
}

/// The directory in which a comparison is, below which it reads ahead.
struct Below {
    task: Task,
    /// The directories of the task that it has entered.
    entered: usize,
    arrived: HashMap<usize, Arrived>,
}

/// The second thread, and what was read.
pub struct ReadAhead {
    tasks: Option<Sender<Task>>,
    messages: Option<Receiver<Message>>,
    thread: Option<JoinHandle<()>>,
    /// The number of the newest task; the thread leaves older ones.
    newest: Arc<AtomicUsize>,
    below: Option<Below>,
    order: ReadingOrder,
    place: Option<(PathBuf, Replaced)>,
}

impl Below {
    /// Returns true where the next directory begins with this tree.
    fn begins(&self, id: &[u8]) -> bool {
        let first = self.task.pairs.get(self.entered).and_then(|pair| pair.iter().flatten().next());
        first.is_some_and(|first| **first == *id)
    }

    /// Enters the next directory.
    fn enter(&mut self) {
        self.leave();
        self.entered += 1;
    }

    fn leave(&mut self) {
        if let Some(here) = self.entered.checked_sub(1) {
            self.arrived.remove(&here);
        }
    }

    /// Returns the directory that was entered last, if anything of it is here.
    fn here(&mut self) -> Option<&mut Arrived> {
        self.arrived.get_mut(&self.entered.checked_sub(1)?)
    }

    /// Returns true where the next tree of the directory is still to come.
    fn waits(&mut self) -> bool {
        self.entered > 0 && self.here().is_none_or(|here| here.trees.is_empty() && !here.is_whole)
    }

    fn take(&mut self, id: &[u8]) -> Option<Box<[u8]>> {
        self.here()?.trees.pop_front_if(|(next, _)| **next == *id).map(|(_, bytes)| bytes)
    }

    fn add(&mut self, part: Part) {
        // What was left early is wanted by nobody.
        if part.pair + 1 >= self.entered {
            let arrived = self.arrived.entry(part.pair).or_default();
            arrived.trees.extend(part.trees);
            arrived.is_whole |= part.is_last;
        }
    }

    /// Reads a directory that nobody has taken; false where there is none, or enough wait already.
    fn read_one(&mut self, objects: &Objects<'_>, order: &mut ReadingOrder) -> bool {
        let Objects::Git(objects) = objects else { return false };
        let (most_trees, most) = MOST_EARLY;
        let Some((number, pair)) = (self.arrived.len() < most).then(|| self.task.claim()).flatten() else {
            return false;
        };
        let mut trees = Vec::new();
        let _end = read_below(objects, pair, order, &mut |tree| {
            trees.push(tree);
            if trees.len() < most_trees { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        self.add(Part { pair: number, trees, is_last: true });
        true
    }
}

impl ReadAhead {
    /// Gets ready to read for a comparison of two snapshots. Nothing is started where they do not lie in one repository.
    #[must_use]
    pub fn for_both(from: &Snapshot<'_>, to: &Snapshot<'_>) -> ReadAhead {
        let place = match (&from.objects, &to.objects) {
            (Objects::Git(one), Objects::Git(other)) if one.directory() == other.directory() => {
                Some((one.directory().to_owned(), one.replaced().clone()))
            }
            _ => None,
        };
        ReadAhead {
            tasks: None,
            messages: None,
            thread: None,
            newest: Arc::default(),
            below: None,
            order: ReadingOrder::default(),
            place,
        }
    }

    /// Begins to read what differs below two trees, if that is much, and there is a core for it; true where it did. [`ReadAhead::end`] then ends it.
    pub fn begin(&mut self, from: Option<&Tree<'_>>, to: Option<&Tree<'_>>) -> bool {
        let is_large = |tree: Option<&Tree<'_>>| tree.is_some_and(|tree| trees_in(tree).nth(ENOUGH - 1).is_some());
        if self.below.is_some() || self.place.is_none() || !(is_large(from) || is_large(to)) {
            return false;
        }
        // One that is malformed is the comparison's to tell of.
        let Ok(pairs) = differing(from, to) else { return false };
        if pairs.len() < ENOUGH || cores() == 1 {
            return false;
        }
        let number = self.newest.fetch_add(1, Ordering::Relaxed) + 1;
        let task = Task { number, pairs: pairs.into(), next: Arc::default() };
        if self.tasks().is_some_and(|tasks| tasks.send(task.clone()).is_ok()) {
            self.below = Some(Below { task, entered: 0, arrived: HashMap::new() });
        }
        self.below.is_some()
    }

    /// Leaves the directory with which it began.
    pub fn end(&mut self) {
        self.newest.fetch_add(1, Ordering::Relaxed);
        self.below = None;
    }

    /// Returns the trees with these raw ids of two snapshots, if they were read ahead, or reads them.
    ///
    /// # Errors
    /// As [`Snapshot::tree`].
    pub fn both<'s>(
        &mut self,
        snapshots: [&'s Snapshot<'s>; 2],
        ids: [Option<&[u8]>; 2],
    ) -> Result<[Option<Tree<'s>>; 2], SnapshotError> {
        let read = |side: usize| ids[side].map(|id| snapshots[side].tree(id)).transpose();
        match [0, 1].map(|side| self.take(ids[side]?, &snapshots[side].objects)) {
            [None, None] => self.order.read(read),
            [Some(from), None] => Ok([Some(from), read(1)?]),
            [None, Some(to)] => Ok([read(0)?, Some(to)]),
            ahead => Ok(ahead),
        }
    }

    /// Returns the tree with this id, where it is the next that was read; `objects` are the comparison's own.
    pub(super) fn take<'o>(&mut self, id: &[u8], objects: &Objects<'_>) -> Option<Tree<'o>> {
        let mut bytes = self.below.as_mut()?.take(id);
        if bytes.is_none() {
            let below = self.below.as_mut()?;
            if below.begins(id) {
                below.enter();
            }
            while self.below.as_mut()?.waits() {
                self.wait(objects);
            }
            bytes = self.below.as_mut()?.take(id);
        }
        bytes.map(|bytes| Tree::read_ahead(bytes, id.len()))
    }

    /// Goes on with what the thread has read, or reads itself, or waits.
    fn wait(&mut self, objects: &Objects<'_>) {
        let (Some(below), Some(messages)) = (&mut self.below, &self.messages) else { return };
        let message = match messages.try_recv() {
            Err(_) if below.read_one(objects, &mut self.order) => return,
            Err(_) => messages.recv().ok(),
            Ok(message) => Some(message),
        };
        match message {
            Some(message) if message.task == below.task.number => {
                message.parts.into_iter().for_each(|part| below.add(part));
            }
            Some(_) => {}
            // The thread could not be started well, or has ended.
            None => (self.below, self.place) = (None, None),
        }
    }

    fn tasks(&mut self) -> Option<&Sender<Task>> {
        if self.thread.is_none() {
            let (directory, replaced) = self.place.clone()?;
            let (tasks, to_do) = channel();
            let (done, messages) = sync_channel(WAITING);
            let newest = Arc::clone(&self.newest);
            let read = move || {
                // Whoever waits for it learns that nothing comes, and reads itself.
                let _ended = read_all(&directory, &replaced, &to_do, &mut Messages::new(done, newest));
            };
            self.thread = std::thread::Builder::new().spawn(read).ok();
            (self.tasks, self.messages) = (Some(tasks), Some(messages));
        }
        self.tasks.as_ref()
    }
}

impl Drop for ReadAhead {
    fn drop(&mut self) {
        self.newest.fetch_add(1, Ordering::Relaxed);
        (self.tasks, self.messages) = (None, None);
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use git2::Oid;

    use super::*;
    use crate::config::OutputDir;
    use crate::snapshot::Repository;
    use crate::snapshot::differing::Pair;

    /// A repository with two trees of so many directories, each with one below it; every third is the same in both.
    fn two_trees(place: &Path, directories: usize) -> [Oid; 2] {
        let repository = git2::Repository::init(place).unwrap();
        ["old", "new"].map(|side| {
            let tree = |name: &str, id: Oid, mode: i32| {
                let mut builder = repository.treebuilder(None).unwrap();
                builder.insert(name, id, mode).unwrap();
                builder.write().unwrap()
            };
            let mut top = repository.treebuilder(None).unwrap();
            for i in 0..directories {
                let content = if i % 3 == 0 { format!("{i}") } else { format!("{side} {i}") };
                let blob = repository.blob(content.as_bytes()).unwrap();
                let below = tree("below", tree("page", blob, 0o100_644), 0o040_000);
                top.insert(format!("d{i:03}"), below, 0o040_000).unwrap();
            }
            top.write().unwrap()
        })
    }

    /// Walks as a comparison does; returns how many trees it met, and how many of them were read ahead.
    fn walk(sides: [&Snapshot<'_>; 2], pair: &Pair, ahead: &mut ReadAhead) -> (usize, usize) {
        let (mut met, mut were_ahead) = (0, 0);
        let mut read = |side: &'_ Snapshot<'_>, id: &Option<Box<[u8]>>| {
            let bytes = id.as_ref().map(|id| {
                met += 1;
                let own = side.tree(id).unwrap().bytes().to_vec();
                if let Some(tree) = ahead.take(id, &side.objects) {
                    were_ahead += 1;
                    assert_eq!(tree.bytes(), own);
                }
                own
            });
            bytes.map(|bytes| Tree::read_ahead(bytes.into(), 20))
        };
        let trees = [read(sides[0], &pair[0]), read(sides[1], &pair[1])];
        let is_ahead = ahead.begin(trees[0].as_ref(), trees[1].as_ref());
        for pair in differing(trees[0].as_ref(), trees[1].as_ref()).unwrap() {
            let below = walk(sides, &pair, ahead);
            (met, were_ahead) = (met + below.0, were_ahead + below.1);
        }
        if is_ahead {
            ahead.end();
        }
        (met, were_ahead)
    }

    fn ids(trees: [Oid; 2]) -> Pair {
        trees.map(|id| Some(id.as_bytes().into()))
    }

    #[test]
    fn everything_below_a_directory_in_which_much_differs_is_read_ahead_in_order() {
        let place = tempfile::TempDir::new().unwrap();
        let trees = two_trees(place.path(), 90);
        let repository = Repository::open(Some(place.path())).unwrap();
        let sides = trees.map(|id| repository.one(&id.to_string(), &OutputDir::default()).unwrap());
        let mut ahead = ReadAhead::for_both(&sides[0], &sides[1]);
        let is_alone = cores() == 1;
        // The roots, then two trees on both sides for each of sixty directories; and all of it once more.
        for _ in 0..2 {
            let (met, were_ahead) = walk([&sides[0], &sides[1]], &ids(trees), &mut ahead);
            assert_eq!((met, were_ahead), (242, if is_alone { 0 } else { 240 }));
        }
    }

    #[test]
    fn directories_with_more_in_them_than_is_read_early_are_read_all_the_same() {
        let place = tempfile::TempDir::new().unwrap();
        let repository = git2::Repository::init(place.path()).unwrap();
        let many = 2 * MOST_EARLY.0;
        let trees = ["old", "new"].map(|side| {
            let file = |name: &str, content: String| {
                let mut builder = repository.treebuilder(None).unwrap();
                builder.insert(name, repository.blob(content.as_bytes()).unwrap(), 0o100_644).unwrap();
                builder
            };
            let below: Vec<Oid> = (0..many).map(|j| file("page", format!("{side} {j}")).write().unwrap()).collect();
            let mut top = repository.treebuilder(None).unwrap();
            for i in 0..ENOUGH {
                let mut directory = file("page", format!("{i}"));
                for (j, below) in below.iter().enumerate() {
                    directory.insert(format!("b{j:03}"), *below, 0o040_000).unwrap();
                }
                top.insert(format!("d{i:03}"), directory.write().unwrap(), 0o040_000).unwrap();
            }
            top.write().unwrap()
        });
        let repository = Repository::open(Some(place.path())).unwrap();
        let sides = trees.map(|id| repository.one(&id.to_string(), &OutputDir::default()).unwrap());
        let mut ahead = ReadAhead::for_both(&sides[0], &sides[1]);
        let (met, were_ahead) = walk([&sides[0], &sides[1]], &ids(trees), &mut ahead);
        assert_eq!(met, 2 * (1 + ENOUGH * (1 + many)));
        // As many as the thread has not reached before the comparison are cut.
        let least = if cores() == 1 { 0 } else { ENOUGH * MOST_EARLY.0 };
        assert!((least..met).contains(&were_ahead), "{were_ahead} of {met}");
    }

    #[test]
    fn for_a_few_directories_no_thread_is_started() {
        let place = tempfile::TempDir::new().unwrap();
        let trees = two_trees(place.path(), 45);
        let repository = Repository::open(Some(place.path())).unwrap();
        let sides = trees.map(|id| repository.one(&id.to_string(), &OutputDir::default()).unwrap());
        let mut ahead = ReadAhead::for_both(&sides[0], &sides[1]);
        assert_eq!(walk([&sides[0], &sides[1]], &ids(trees), &mut ahead), (122, 0));
        assert!(ahead.thread.is_none());
    }

    #[test]
    fn what_is_left_early_or_cannot_be_read_holds_nobody_up() {
        let place = tempfile::TempDir::new().unwrap();
        let trees = two_trees(place.path(), 900);
        let lost = {
            let repository = git2::Repository::open(place.path()).unwrap();
            repository.find_tree(trees[1]).unwrap().get_name("d500").unwrap().id().to_string()
        };
        let repository = Repository::open(Some(place.path())).unwrap();
        let sides = trees.map(|id| repository.one(&id.to_string(), &OutputDir::default()).unwrap());
        let roots = [0, 1].map(|i| sides[i].tree(trees[i].as_bytes()).unwrap());
        let (mut ahead, own) = (ReadAhead::for_both(&sides[0], &sides[1]), &sides[0].objects);
        let pairs = differing(Some(&roots[0]), Some(&roots[1])).unwrap();
        for _ in 0..3 {
            // The first pair alone, and then the next task.
            let is_ahead = ahead.begin(Some(&roots[0]), Some(&roots[1]));
            let first = pairs[0][0].as_ref().unwrap();
            assert_eq!(ahead.take(first, own).is_some(), is_ahead);
            assert!(ahead.take(first, own).is_none(), "each tree once");
            ahead.end();
            assert!(ahead.take(pairs[0][1].as_ref().unwrap(), own).is_none());
        }
        std::fs::remove_file(place.path().join(".git/objects").join(&lost[..2]).join(&lost[2..])).unwrap();
        ahead.begin(Some(&roots[0]), Some(&roots[1]));
        // Nobody takes what comes before it, and it ends all the same.
        assert!(ahead.take(&[0; 20], own).is_none());
        drop(ahead);
    }
}
