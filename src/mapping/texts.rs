//! The texts of URLs, many in one block of memory.
//!
//! The forms of a page begin alike: `…/a/index.html` holds `…/a/` and `…/a`. So a text that begins the one written before it takes no
//! memory at all. Nothing is written to a block once a URL points into it. Which URLs there are is left to [`super::gathering`].

use std::sync::Arc;

use crate::config::RequestHeaders;

/// Bytes of a block: some hundred URLs, and next to nothing is lost at its end.
const BLOCK: usize = 1 << 15;

/// Headers of keys that a block can tell apart.
const MOST_HEADERS: usize = u8::MAX as usize;

/// Texts before the one at hand of which it may be a beginning: those of one form below each of a few base URLs.
const LOOKED_AT: usize = 4;

/// A block that is written.
#[derive(Debug)]
struct Block {
    text: Box<str>,
    headers: Box<[Arc<RequestHeaders>]>,
}

/// A place in a block. A block with several texts is no longer than [`BLOCK`], and no URL is as long as 4 GB.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    length: u32,
    start: u16,
    /// The number of its headers in the block, from 1; 0 for none.
    headers: u8,
    _kind: Always,
}

/// A byte that has one value: the other kinds of operation are told by another one, and take no room of their own.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
enum Always {
    Url,
}

/// The text of a URL in its block, with the headers of its key.
#[derive(Debug, Clone)]
pub(super) struct Text {
    block: Arc<Block>,
    place: Place,
}

/// A block that is being written.
#[derive(Default)]
pub(super) struct Texts {
    text: String,
    headers: Vec<Arc<RequestHeaders>>,
    /// The texts of the same path, of which the next one may be a beginning.
    of_path: Vec<Place>,
}

impl Place {
    fn of(self, text: &str) -> &str {
        &text[usize::from(self.start)..][..self.length as usize]
    }
}

impl Text {
    /// Makes a block of one text.
    pub(super) fn alone(text: &str, headers: Option<&Arc<RequestHeaders>>) -> Text {
        let mut texts = Texts::default();
        let place = texts.write(&[text], headers);
        texts.end().at(place)
    }

    pub(super) fn as_str(&self) -> &str {
        self.place.of(&self.block.text)
    }

    pub(super) fn headers(&self) -> Option<&Arc<RequestHeaders>> {
        usize::from(self.place.headers).checked_sub(1).map(|number| &self.block.headers[number])
    }
}

impl Texts {
    /// Returns true where a text of these parts has no room in the block.
    pub(super) fn is_full_for(&self, parts: &[&str]) -> bool {
        let bytes: usize = parts.iter().map(|part| part.len()).sum();
        !self.text.is_empty() && (self.text.len() + bytes > BLOCK || self.headers.len() == MOST_HEADERS)
    }

    /// Says that the texts to come are of another path.
    pub(super) fn next_path(&mut self) {
        self.of_path.clear();
    }

    /// Writes a text that is in parts.
    pub(super) fn write(&mut self, parts: &[&str], headers: Option<&Arc<RequestHeaders>>) -> Place {
        let headers = headers.map_or(0, |headers| self.number(headers));
        let length = parts.iter().map(|part| part.len()).sum::<usize>();
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        let mut known = self.of_path.iter().rev().take(LOOKED_AT);
        if let Some(known) = known.find(|place| begins(place.of(&self.text), parts)) {
            return Place { length, headers, ..*known };
        }
        let start = u16::try_from(self.text.len()).unwrap_or(u16::MAX);
        let place = Place { length, start, headers, _kind: Always::Url };
        self.text.extend(parts.iter().copied());
        self.of_path.push(place);
        place
    }

    /// Returns the number of headers in this block. The keys of most URLs have them in the same order.
    fn number(&mut self, headers: &Arc<RequestHeaders>) -> u8 {
        let known = self.headers.iter().position(|known| Arc::ptr_eq(known, headers));
        let index = known.unwrap_or_else(|| {
            self.headers.push(Arc::clone(headers));
            self.headers.len() - 1
        });
        u8::try_from(index + 1).unwrap_or(u8::MAX)
    }

    /// Ends the block, and begins with the next.
    pub(super) fn end(&mut self) -> Written {
        self.of_path.clear();
        let next = if self.text.capacity() < BLOCK { String::new() } else { String::with_capacity(BLOCK) };
        let text = std::mem::replace(&mut self.text, next).into_boxed_str();
        Written(Arc::new(Block { text, headers: std::mem::take(&mut self.headers).into() }))
    }
}

/// A block to which nothing more is written.
pub(super) struct Written(Arc<Block>);

impl Written {
    /// Returns a text of it.
    pub(super) fn at(&self, place: Place) -> Text {
        Text { block: Arc::clone(&self.0), place }
    }
}

/// Returns true where a text begins with these parts.
fn begins(text: &str, parts: &[&str]) -> bool {
    parts.iter().try_fold(text, |rest, part| rest.strip_prefix(part)).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_begins_one_of_the_same_path_takes_no_memory() {
        let mut texts = Texts::default();
        let base = "https://a.example/";
        let all = [["d/index.html", ""], ["d/", ""], ["d", ""], ["d", "/"], ["d/i", "x"]];
        let places = all.map(|[path, suffix]| texts.write(&[base, path, suffix], None));
        texts.next_path();
        let other = texts.write(&[base, "d"], None);
        let block = texts.end();
        assert_eq!(&*block.0.text, "https://a.example/d/index.htmlhttps://a.example/d/ixhttps://a.example/d");
        for (place, [path, suffix]) in places.into_iter().zip(all) {
            assert_eq!(block.at(place).as_str(), [base, path, suffix].concat());
        }
        assert_eq!(block.at(other).as_str(), "https://a.example/d");
    }

    #[test]
    fn each_text_has_its_own_headers() {
        let headers = |value| RequestHeaders::restored([("origin", value)]).map(Arc::new);
        let (one, two) = (headers("1"), headers("2"));
        let mut texts = Texts::default();
        let all = [&None, &one, &two, &one];
        let places = all.map(|headers| texts.write(&["https://a.example/"], headers.as_ref()));
        let block = texts.end();
        assert_eq!(block.0.headers.len(), 2);
        for (place, headers) in places.into_iter().zip(all) {
            assert_eq!(block.at(place).headers(), headers.as_ref());
        }
        assert_eq!(size_of::<Text>(), 16);
    }

    #[test]
    fn a_block_is_full_before_a_place_in_it_has_no_number() {
        let mut texts = Texts::default();
        let long = "x".repeat(3 * BLOCK);
        assert!(!texts.is_full_for(&[&long]), "a text of any length has a block");
        texts.write(&["a"], None);
        assert!(texts.is_full_for(&[&long]) && !texts.is_full_for(&["a", "b"]));
        assert_eq!(Text::alone(&long, None).as_str(), long);
    }
}
