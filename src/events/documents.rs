//! A text's JSON documents: one, several behind each other, or one on each line.
//!
//! A text that cannot be read ends with its line, so that one line that was cut does not spoil the others.

use serde_json::{Deserializer, Value};

use super::strict::Strict;

/// A document, or lines that are none.
pub(super) struct Document {
    /// Its first line, from 1.
    pub(super) first: usize,
    /// Its last line.
    pub(super) last: usize,
    /// Its content, or why it cannot be read.
    pub(super) value: Result<Value, String>,
    /// A key that stands twice in an object of it.
    pub(super) twice: Option<String>,
}

/// The documents of a text, one after the other; lines behind each other that cannot be read are one.
pub(super) struct Documents<'t> {
    text: &'t [u8],
    at: usize,
    /// The line that `at` is in.
    line: usize,
}

impl<'t> Documents<'t> {
    pub(super) fn new(text: &'t [u8]) -> Documents<'t> {
        // A mark that some editors put before UTF-8 text.
        Documents { text: text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text), at: 0, line: 1 }
    }

    fn advance(&mut self, bytes: usize) {
        self.line += lines(&self.text[self.at..self.at + bytes]);
        self.at += bytes;
    }

    /// Returns the next document, or one line that is none.
    fn document(&mut self) -> Option<Document> {
        self.advance(self.text[self.at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count());
        let rest = &self.text[self.at..];
        let mut stream = Deserializer::from_slice(rest).into_iter::<Strict>();
        let read = stream.next()?.map_err(|error| error.to_string());
        let end = stream.byte_offset();
        let (value, twice) = read.map_or_else(|why| (Err(why), None), |read| (Ok(read.value), read.twice));
        let value = value.and_then(|value| whole(value, &rest[end..]));
        let length = match &value {
            Ok(_) => end,
            Err(_) => memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1),
        };
        let (first, last) = (self.line, self.line + lines(rest[..length].trim_ascii_end()));
        self.advance(length);
        Some(Document { first, last, value, twice })
    }
}

impl Iterator for Documents<'_> {
    type Item = Document;

    fn next(&mut self) -> Option<Document> {
        let mut document = self.document()?;
        while document.value.is_err() {
            let (at, line) = (self.at, self.line);
            match self.document() {
                Some(next) if next.value.is_err() => document.last = next.last,
                // It is read again for whoever asks next.
                _ => {
                    (self.at, self.line) = (at, line);
                    break;
                }
            }
        }
        Some(document)
    }
}

/// Returns the value, if it is whole: a text or a number is only a document where its line ends: else it is a part of one that was cut.
fn whole(value: Value, rest: &[u8]) -> Result<Value, String> {
    let ends = || rest.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r')).is_none_or(|byte| *byte == b'\n');
    if value.is_object() || value.is_array() || ends() {
        Ok(value)
    } else {
        Err("it is a part of something".to_owned())
    }
}

fn lines(text: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', text).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn documents_are_found_however_they_follow_each_other() {
        for (text, want) in [
            ("", &[][..]),
            (" \r\n\t", &[]),
            ("{}", &["1-1 {}"]),
            ("\u{feff}\n[1,\n2]\n", &["2-3 [1,2]"]),
            ("{}\n{}\n", &["1-1 {}", "2-2 {}"]),
            ("{}{}\r\n\r\n[]", &["1-1 {}", "1-1 {}", "3-3 []"]),
            ("{\n \"a\": 1\n}\n{\n}\n", &["1-3 {\"a\":1}", "4-5 {}"]),
            ("{}\n{\"a\n{}\n", &["1-1 {}", "2-2 broken", "3-3 {}"]),
            ("{}\nx\ny\n\n{}", &["1-1 {}", "2-3 broken", "5-5 {}"]),
            ("{} x\n{}", &["1-1 {}", "1-1 broken", "2-2 {}"]),
            ("{\n\"a\": [\n", &["1-2 broken"]),
            ("{}\n\"{}\"\n", &["1-1 {}", "2-2 \"{}\""]),
            ("[{},\n{},\n", &["1-1 broken", "2-2 {}", "2-2 broken"]),
        ] {
            let found = Documents::new(text.as_bytes()).map(|document| {
                let value = document.value.as_ref().map_or("broken".to_owned(), ToString::to_string);
                format!("{}-{} {value}", document.first, document.last)
            });
            assert_eq!(found.collect::<Vec<_>>(), want, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn documents_follow_each_other_to_the_end_of_any_text(lines in proptest::collection::vec("[]{}\\[\",:a1 ]{0,6}", 0..12)) {
            let text = lines.join("\n");
            let found: Vec<Document> = Documents::new(text.as_bytes()).collect();
            let last = found.iter().map(|document| document.last).max().unwrap_or(1);
            prop_assert!(last <= lines.len().max(1));
            prop_assert_eq!(found.is_empty(), text.trim().is_empty());
            prop_assert!(found.windows(2).all(|pair| pair[0].last <= pair[1].first));
        }
    }
}
