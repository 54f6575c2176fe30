//! Trees that a comparison is about to need, read by a second thread.
//!
//! To read the trees is most of the work of a comparison. So where many directories differ, a thread with a handle of its own walks down the
//! same way, always a few trees ahead. It decides nothing: a tree that it did not read, or read in another order, is read by the comparison
//! itself, and so is one that it could not read.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering as Memory};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

use git2::Oid;

use super::objects::Objects;
use super::replaced::{Database, Replaced};
use super::{Entry, EntryKind, MalformedTree, Snapshot, SnapshotError, Tree};
use crate::two_threads::cores;

/// Directories that differ, from which on a second thread pays: its handle costs as much as some twenty trees.
const ENOUGH: usize = 32;

/// The most trees in one message: a message costs as much as a tree.
const IN_A_MESSAGE: usize = 32;

/// Messages that wait: some hundred kilobytes.
const WAITING: usize = 4;

/// The deepest directory that is read ahead; a comparison refuses one that lies deeper.
const DEEPEST: usize = 500;

/// A directory on the two sides, where it differs, as the raw ids of its trees.
type Pair = [Option<Box<[u8]>>; 2];

/// A tree: its raw id, and its bytes.
type Read = (Box<[u8]>, Box<[u8]>);

/// Directories beside each other, and the number of this task.
struct Task {
    number: usize,
    pairs: Vec<Pair>,
}

/// What was read of a task.
struct Message {
    task: usize,
    trees: Vec<Read>,
    is_last: bool,
}

/// The second thread, and what it has read.
pub struct ReadAhead {
    tasks: Option<Sender<Task>>,
    messages: Option<Receiver<Message>>,
    thread: Option<JoinHandle<()>>,
    /// The number of the newest task; the thread leaves older ones.
    newest: Arc<AtomicUsize>,
    /// The comparison is still below the directory of the newest task.
    is_below: bool,
    /// More of it is to come.
    goes_on: bool,
    ready: VecDeque<Read>,
    place: Option<(PathBuf, Replaced)>,
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
            is_below: false,
            goes_on: false,
            ready: VecDeque::new(),
            place,
        }
    }

    /// Begins to read what differs below two trees, if that is much, and there is a core for it; true where it did. [`ReadAhead::end`] then ends it.
    pub fn begin(&mut self, from: Option<&Tree<'_>>, to: Option<&Tree<'_>>) -> bool {
        let is_large = |tree: Option<&Tree<'_>>| tree.is_some_and(|tree| trees_in(tree).nth(ENOUGH - 1).is_some());
        if self.is_below || self.place.is_none() || !(is_large(from) || is_large(to)) {
            return false;
        }
        // One that is malformed is the comparison's to tell of.
        let Ok(pairs) = differing(from, to) else { return false };
        if pairs.len() < ENOUGH || cores() == 1 {
            return false;
        }
        let number = self.newest.fetch_add(1, Memory::Relaxed) + 1;
        let task = Task { number, pairs };
        self.is_below = self.tasks().is_some_and(|tasks| tasks.send(task).is_ok());
        self.goes_on = self.is_below;
        self.is_below
    }

    /// Leaves the directory with which it began.
    pub fn end(&mut self) {
        self.newest.fetch_add(1, Memory::Relaxed);
        (self.is_below, self.goes_on) = (false, false);
        self.ready.clear();
    }

    /// Returns the tree with this id, where it is the next that was read.
    pub fn take<'o>(&mut self, id: &[u8]) -> Option<Tree<'o>> {
        while self.goes_on && self.ready.is_empty() {
            self.receive();
        }
        let (_, bytes) = self.ready.pop_front_if(|(next, _)| **next == *id)?;
        Some(Tree::read_ahead(bytes, id.len()))
    }

    fn receive(&mut self) {
        let Some(message) = self.messages.as_ref().and_then(|messages| messages.recv().ok()) else {
            // The thread has met something that it cannot read.
            (self.goes_on, self.place) = (false, None);
            return;
        };
        if message.task == self.newest.load(Memory::Relaxed) {
            self.ready.extend(message.trees);
            self.goes_on = !message.is_last;
        }
    }

    fn tasks(&mut self) -> Option<&Sender<Task>> {
        if self.thread.is_none() {
            let (directory, replaced) = self.place.clone()?;
            let (tasks, to_do) = channel();
            let (done, messages) = sync_channel(WAITING);
            let newest = Arc::clone(&self.newest);
            let read = move || {
                // The comparison meets the same error, and tells of it.
                let _unread = read_all(&directory, &replaced, &to_do, &mut Messages::new(done, newest));
            };
            self.thread = std::thread::Builder::new().spawn(read).ok();
            (self.tasks, self.messages) = (Some(tasks), Some(messages));
        }
        self.tasks.as_ref()
    }
}

impl Drop for ReadAhead {
    fn drop(&mut self) {
        self.newest.fetch_add(1, Memory::Relaxed);
        (self.tasks, self.messages) = (None, None);
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

/// Why the thread ends: what it cannot read, or nobody wants.
struct Ended;

/// The messages of the thread.
struct Messages {
    done: SyncSender<Message>,
    newest: Arc<AtomicUsize>,
    task: usize,
    trees: Vec<Read>,
    /// Trees in the next message: few at first, since they are waited for.
    full: usize,
}

impl Messages {
    fn new(done: SyncSender<Message>, newest: Arc<AtomicUsize>) -> Messages {
        Messages { done, newest, task: 0, trees: Vec::new(), full: 1 }
    }

    fn is_wanted(&self) -> bool {
        self.newest.load(Memory::Relaxed) == self.task
    }

    fn add(&mut self, id: &[u8], tree: &Tree<'_>) -> Result<(), Ended> {
        self.trees.push((id.into(), tree.bytes().into()));
        if self.trees.len() < self.full {
            return Ok(());
        }
        self.full = (self.full * 2).min(IN_A_MESSAGE);
        self.send(false)
    }

    fn send(&mut self, is_last: bool) -> Result<(), Ended> {
        let trees = std::mem::take(&mut self.trees);
        self.done.send(Message { task: self.task, trees, is_last }).map_err(|_| Ended)
    }
}

fn read_all(
    directory: &Path,
    replaced: &Replaced,
    tasks: &Receiver<Task>,
    messages: &mut Messages,
) -> Result<(), Ended> {
    let repository = git2::Repository::open(directory).map_err(|_| Ended)?;
    let objects = Database::new(repository.odb().map_err(|_| Ended)?, replaced, directory);
    for task in tasks {
        (messages.task, messages.full) = (task.number, 1);
        for pair in &task.pairs {
            read_below(&objects, pair, 0, messages)?;
        }
        messages.send(true)?;
    }
    Ok(())
}

/// Reads the trees of a directory and of those below it, in the order of a comparison.
fn read_below(objects: &Database<'_>, pair: &Pair, depth: usize, messages: &mut Messages) -> Result<(), Ended> {
    if depth > DEEPEST {
        return Err(Ended);
    }
    if !messages.is_wanted() {
        return Ok(());
    }
    let mut read = |id: &Option<Box<[u8]>>| -> Result<Option<Tree<'_>>, Ended> {
        let Some(id) = id else { return Ok(None) };
        let object = Oid::from_bytes(id).and_then(|id| objects.read(id)).map_err(|_| Ended)?;
        let tree = Tree::of(object, id).map_err(|_| Ended)?;
        messages.add(id, &tree)?;
        Ok(Some(tree))
    };
    let (from, to) = (read(&pair[0])?, read(&pair[1])?);
    if [&from, &to].into_iter().flatten().any(|tree| trees_in(tree).next().is_some()) {
        for pair in &differing(from.as_ref(), to.as_ref()).map_err(|_| Ended)? {
            read_below(objects, pair, depth + 1, messages)?;
        }
    }
    Ok(())
}

/// Returns where the bytes of directories' modes stand in a tree; now and then there are none behind them.
fn trees_in<'t>(tree: &'t Tree<'_>) -> impl Iterator<Item = usize> + 't {
    memchr::memmem::find_iter(tree.bytes(), b"40000 ")
}

/// Returns the directories that differ, in the order in which they stand in the trees.
fn differing(from: Option<&Tree<'_>>, to: Option<&Tree<'_>>) -> Result<Vec<Pair>, MalformedTree> {
    let mut pairs = Vec::new();
    let mut sides = [from, to].map(|tree| tree.map_or((&[][..], 0), |tree| (tree.bytes(), tree.id_bytes())));
    loop {
        let [old, new] = [Entry::first(sides[0].0, sides[0].1)?, Entry::first(sides[1].0, sides[1].1)?];
        let order = match (&old, &new) {
            (None, None) => return Ok(pairs),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(old), Some(new)) if old.raw == new.raw => {
                let length = old.raw.len();
                for (bytes, _) in &mut sides {
                    *bytes = &bytes[length..];
                }
                continue;
            }
            (Some(old), Some(new)) => old.order(new),
        };
        let kept = [old.filter(|_| order != Ordering::Greater), new.filter(|_| order != Ordering::Less)];
        for ((bytes, _), entry) in sides.iter_mut().zip(&kept) {
            *bytes = &bytes[entry.map_or(0, |entry| entry.raw.len())..];
        }
        let pair = kept.map(|entry| entry.filter(|entry| entry.kind == EntryKind::Tree).map(|entry| entry.id.into()));
        if pair[0] != pair[1] {
            pairs.push(pair);
        }
    }
}

impl Snapshot<'_> {
    /// Returns the tree that was read ahead, or reads it.
    ///
    /// # Errors
    /// As [`Snapshot::tree`].
    pub fn tree_by(&self, ahead: &mut ReadAhead, id: &[u8]) -> Result<Tree<'_>, SnapshotError> {
        match ahead.take(id) {
            Some(tree) => Ok(tree),
            None => self.tree(id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::OutputDir;
    use crate::snapshot::Repository;

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
                if let Some(tree) = ahead.take(id) {
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
        let mut ahead = ReadAhead::for_both(&sides[0], &sides[1]);
        let pairs = differing(Some(&roots[0]), Some(&roots[1])).unwrap();
        for _ in 0..3 {
            // The first pair alone, and then the next task.
            let is_ahead = ahead.begin(Some(&roots[0]), Some(&roots[1]));
            let first = pairs[0][0].as_ref().unwrap();
            assert_eq!(ahead.take(first).is_some(), is_ahead);
            assert!(ahead.take(first).is_none(), "each tree once");
            ahead.end();
            assert!(ahead.take(pairs[0][1].as_ref().unwrap()).is_none());
        }
        std::fs::remove_file(place.path().join(".git/objects").join(&lost[..2]).join(&lost[2..])).unwrap();
        ahead.begin(Some(&roots[0]), Some(&roots[1]));
        // Nobody takes what comes before it, and it ends all the same.
        assert!(ahead.take(&[0; 20]).is_none());
        drop(ahead);
    }
}
