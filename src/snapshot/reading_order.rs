//! Which of a directory's two trees is read first: the one that git keeps as a difference from the other.
//!
//! To read such a tree is to read the other one too, which is at hand then; the other way round that one is inflated twice. In a pack that
//! was fetched the new tree is mostly the difference, and after `git gc` the old one. No library says which, so both ways are tried on
//! the first directories, and the quicker one stays. Nothing but time depends on it.

use std::time::{Duration, Instant};

use super::tree::Tree;

/// Directories on which each way is tried.
const TRIES: u32 = 4;

/// Bytes of both trees from which on the time tells.
const TELLING: usize = 1 << 10;

/// The old tree, or the new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum First {
    From,
    To,
}

/// What both ways took so far.
#[derive(Debug, Default)]
pub(super) struct ReadingOrder {
    from_first: Way,
    to_first: Way,
}

/// One way: the times that it was tried, and the least picoseconds that a byte took. A slow time may have any reason.
#[derive(Debug, Default)]
struct Way {
    tries: u32,
    least: Option<u128>,
}

impl ReadingOrder {
    /// Reads the old tree and the new one, by their numbers 0 and 1.
    pub(super) fn read<'t, E>(
        &mut self,
        mut read: impl FnMut(usize) -> Result<Option<Tree<'t>>, E>,
    ) -> Result<[Option<Tree<'t>>; 2], E> {
        let (first, began) = (self.next(), Instant::now());
        let trees = match first {
            First::From => {
                let from = read(0)?;
                [from, read(1)?]
            }
            First::To => {
                let to = read(1)?;
                [read(0)?, to]
            }
        };
        if let [Some(from), Some(to)] = &trees {
            self.took(first, began.elapsed(), from.bytes().len() + to.bytes().len());
        }
        Ok(trees)
    }

    /// Returns the way that is tried next, or the quicker one once both were.
    fn next(&self) -> First {
        let (from, to) = (&self.from_first, &self.to_first);
        let is_known = from.tries >= TRIES && to.tries >= TRIES;
        let to_first = if is_known { to.least <= from.least } else { to.tries <= from.tries };
        if to_first { First::To } else { First::From }
    }

    /// Takes note of the time that a way took for so many bytes.
    fn took(&mut self, first: First, time: Duration, bytes: usize) {
        let way = match first {
            First::From => &mut self.from_first,
            First::To => &mut self.to_first,
        };
        if bytes >= TELLING && way.tries < TRIES {
            let of_a_byte = time.as_nanos() * 1000 / bytes as u128;
            way.least = Some(way.least.map_or(of_a_byte, |least| least.min(of_a_byte)));
            way.tries += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tells what each directory took until the order is known, and returns it.
    fn after(takes: impl Fn(First, u32) -> (u64, usize)) -> First {
        let mut order = ReadingOrder::default();
        for number in 0..2 * TRIES {
            let first = order.next();
            let (micros, bytes) = takes(first, number);
            order.took(first, Duration::from_micros(micros), bytes);
        }
        order.next()
    }

    #[test]
    fn both_ways_are_tried_in_turn_and_the_quicker_one_stays() {
        for quick in [First::From, First::To] {
            let takes = |first, number| {
                // A larger directory takes longer, and now and then the system is busy.
                let factor = u64::from(number % 3) + 1;
                let once = if first == quick { 20 } else { 38 };
                let busy = if number == 1 || number == 2 { 500 } else { 0 };
                (once * factor + busy, 4000 * usize::try_from(factor).unwrap())
            };
            assert_eq!(after(takes), quick);
        }
    }

    #[test]
    fn small_directories_tell_nothing() {
        let mut order = ReadingOrder::default();
        for _ in 0..100 {
            assert_eq!(order.next(), First::To);
            order.took(First::To, Duration::from_micros(1), TELLING - 1);
        }
    }
}
