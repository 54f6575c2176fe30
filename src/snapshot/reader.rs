//! The thread that reads trees for a comparison: what it is asked for, and what it sends back.
//!
//! It takes one directory after the other, as long as somebody wants them. Which are wanted, and what becomes of those that it does not
//! read, is left to [`super::read_ahead`].

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender};

use super::differing::{Pair, Read, read_below};
use super::reading_order::ReadingOrder;
use super::replaced::{Database, Replaced};

/// The most trees in one message: a message costs as much as a tree.
const IN_A_MESSAGE: usize = 32;

/// Messages that wait: some hundred kilobytes.
pub(super) const WAITING: usize = 4;

/// Directories beside each other, which two threads share.
#[derive(Clone)]
pub(super) struct Task {
    pub(super) number: usize,
    pub(super) pairs: Arc<[Pair]>,
    /// The next one that nobody has taken.
    pub(super) next: Arc<AtomicUsize>,
}

/// Trees that were read of some directories.
pub(super) struct Message {
    pub(super) task: usize,
    pub(super) parts: Vec<Part>,
}

/// Trees of one directory and of those below it.
pub(super) struct Part {
    pub(super) pair: usize,
    pub(super) trees: Vec<Read>,
    pub(super) is_last: bool,
}

impl Task {
    /// Takes the next directory, if one is left.
    pub(super) fn claim(&self) -> Option<(usize, &Pair)> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.pairs.get(number).map(|pair| (number, pair))
    }
}

/// The messages of the thread.
pub(super) struct Messages {
    done: SyncSender<Message>,
    newest: Arc<AtomicUsize>,
    task: usize,
    parts: Vec<Part>,
    trees: usize,
    /// Trees in the next message: few at first, since they are waited for.
    full: usize,
}

impl Messages {
    pub(super) fn new(done: SyncSender<Message>, newest: Arc<AtomicUsize>) -> Messages {
        Messages { done, newest, task: 0, parts: Vec::new(), trees: 0, full: 1 }
    }

    fn is_wanted(&self) -> bool {
        self.newest.load(Ordering::Relaxed) == self.task
    }

    /// Adds a tree; ends where nobody wants more.
    fn add(&mut self, pair: usize, tree: Read) -> ControlFlow<()> {
        match self.parts.last_mut().filter(|part| part.pair == pair) {
            Some(part) => part.trees.push(tree),
            None => self.parts.push(Part { pair, trees: vec![tree], is_last: false }),
        }
        self.trees += 1;
        if !self.is_wanted() {
            return ControlFlow::Break(());
        }
        if self.trees < self.full {
            return ControlFlow::Continue(());
        }
        self.full = (self.full * 2).min(IN_A_MESSAGE);
        self.send()
    }

    /// Says that a directory has been read.
    fn end(&mut self, pair: usize) {
        match self.parts.last_mut().filter(|part| part.pair == pair) {
            Some(part) => part.is_last = true,
            None => self.parts.push(Part { pair, trees: Vec::new(), is_last: true }),
        }
    }

    fn send(&mut self) -> ControlFlow<()> {
        let (parts, task) = (std::mem::take(&mut self.parts), self.task);
        self.trees = 0;
        self.done.send(Message { task, parts }).map_or(ControlFlow::Break(()), ControlFlow::Continue)
    }
}

/// Reads for one task after the other; `None` where there is no repository, or nobody waits any longer.
pub(super) fn read_all(
    directory: &Path,
    replaced: &Replaced,
    tasks: &Receiver<Task>,
    messages: &mut Messages,
) -> Option<()> {
    let repository = git2::Repository::open(directory).ok()?;
    let objects = Database::new(repository.odb().ok()?, replaced, directory);
    let mut order = ReadingOrder::default();
    for task in tasks {
        (messages.task, messages.full) = (task.number, 1);
        while let Some((number, pair)) = messages.is_wanted().then(|| task.claim()).flatten() {
            let _read_as_far_as_it_can_be =
                read_below(&objects, pair, &mut order, &mut |tree| messages.add(number, tree));
            messages.end(number);
        }
        messages.send().continue_value()?;
    }
    Some(())
}
