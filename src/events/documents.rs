//! A text's JSON documents: one, several behind each other, or one on each line.
//!
//! What cannot be read ends with its line, so that one line that was cut does not take the others along.

use serde_json::{Deserializer, Value};

/// A document, or lines that are none.
pub(super) struct Document {
    /// Its first line, from 1.
    pub(super) first: usize,
    /// Its last line.
    pub(super) last: usize,
    /// What it holds, or why it cannot be read.
    pub(super) value: Result<Value, String>,
}

/// All documents; none where there is only white space. Lines behind each other that cannot be read are one.
pub(super) fn documents(text: &[u8]) -> Vec<Document> {
    // A mark that some editors put before UTF-8 text.
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let mut all: Vec<Document> = Vec::new();
    let (mut at, mut line) = (0, 1);
    loop {
        let blank = text[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        line += lines(&text[at..at + blank]);
        at += blank;
        if at == text.len() {
            return all;
        }
        let mut stream = Deserializer::from_slice(&text[at..]).into_iter::<Value>();
        // There is something but white space.
        let read = stream.next().unwrap_or(Ok(Value::Null)).map_err(|error| error.to_string());
        let read = read.and_then(|value| whole(value, &text[at + stream.byte_offset()..]));
        let length = match &read {
            Ok(_) => stream.byte_offset().max(1),
            Err(_) => memchr::memchr(b'\n', &text[at..]).map_or(text.len() - at, |end| end + 1),
        };
        let taken = &text[at..at + length];
        let (first, last) = (line, line + lines(taken.trim_ascii_end()));
        at += length;
        line += lines(taken);
        match (read, all.last_mut()) {
            (Ok(value), _) => all.push(Document { first, last, value: Ok(value) }),
            (Err(_), Some(before)) if before.value.is_err() => before.last = last,
            (Err(why), _) => all.push(Document { first, last, value: Err(why) }),
        }
    }
}

/// A text or a number is only a document where its line ends: else it is a part of one that was cut.
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
            let found = documents(text.as_bytes());
            let found = found.iter().map(|document| {
                let value = document.value.as_ref().map_or("broken".to_owned(), ToString::to_string);
                format!("{}-{} {value}", document.first, document.last)
            });
            assert_eq!(found.collect::<Vec<_>>(), want, "{text:?}");
        }
    }
}
