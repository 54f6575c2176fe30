//! A list that is used up, item by item, and gives its memory back meanwhile: what is made of the items needs as much.

/// Items that are taken before the memory is given back once more: a few megabytes, at a few microseconds.
const GIVEN_BACK: usize = 1 << 16;

/// The items of a list, in their order.
pub struct UsedUp<T> {
    /// The next one is the last.
    left: Vec<T>,
}

impl<T> UsedUp<T> {
    /// Begins with the first.
    #[must_use]
    pub fn new(mut list: Vec<T>) -> UsedUp<T> {
        list.reverse();
        UsedUp { left: list }
    }

    /// Returns the item that comes next.
    pub(super) fn peek(&self) -> Option<&T> {
        self.left.last()
    }
}

impl<T> Iterator for UsedUp<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        let item = self.left.pop()?;
        if self.left.len().is_multiple_of(GIVEN_BACK) {
            self.left.shrink_to_fit();
        }
        Some(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left.len(), Some(self.left.len()))
    }
}

impl<T> ExactSizeIterator for UsedUp<T> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_items_come_in_order_and_the_memory_goes() {
        let mut used = UsedUp::new((0..2 * GIVEN_BACK).collect());
        assert_eq!((used.peek(), used.len()), (Some(&0), 2 * GIVEN_BACK));
        assert!(used.by_ref().take(GIVEN_BACK + 1).eq(0..=GIVEN_BACK));
        assert!(used.left.capacity() < 2 * GIVEN_BACK, "{}", used.left.capacity());
        assert!(used.eq(GIVEN_BACK + 1..2 * GIVEN_BACK));
    }
}
