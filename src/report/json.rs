//! The door through which every JSON leaves: its schema number, its layout, its escaping, its last line break.
//!
//! The contents of a document are left to the folders beside.

use std::io::{self, BufWriter, Write};

use serde::{Serialize, Serializer};

use crate::display::is_unseen;

/// The version of the documents' shapes; keys may be added within a version.
pub(super) const SCHEMA: u32 = 1;

/// Bytes of a document that are written, or hashed, at once.
const BLOCK: usize = 1 << 16;

/// The value of a document's key `schema`: [`SCHEMA`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Schema;

impl Serialize for Schema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(SCHEMA)
    }
}

/// Writes a document over several lines, as it is made.
///
/// # Errors
/// When `out` cannot be written.
pub(super) fn write(out: &mut dyn Write, document: &impl Serialize) -> io::Result<()> {
    // serde writes a few bytes at a time.
    let mut block = BufWriter::with_capacity(BLOCK, out);
    let mut out = Harmless { out: &mut block, previous: '\0' };
    serde_json::to_writer_pretty(&mut out, document)?;
    out.write_all(b"\n")?;
    block.flush()
}

/// Writes a value on a line of its own.
///
/// # Errors
/// When `out` cannot be written.
pub(super) fn write_line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    let mut out = Harmless { out, previous: '\0' };
    serde_json::to_writer(&mut out, value)?;
    out.write_all(b"\n")
}

/// Escapes what a terminal or a CI runner would take for a command or would not show, and which JSON lets pass: the second of two
/// `#`, since `##[…]` commands a runner anywhere in a line, and characters that nobody sees. It is the same JSON, since these
/// stand in strings only. Each write is whole characters, as serde's are.
struct Harmless<'w> {
    out: &'w mut dyn Write,
    previous: char,
}

impl Write for Harmless<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Most writes are a few letters, or the layout.
        let is_odd = |byte: u8| byte == b'#' || !(byte == b'\n' || (b' '..=b'~').contains(&byte));
        if let Some(last) = bytes.last()
            && !bytes.iter().fold(false, |odd, byte| odd | is_odd(*byte))
        {
            self.previous = char::from(*last);
            self.out.write_all(bytes)?;
            return Ok(bytes.len());
        }
        let text = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        let mut start = 0;
        for (at, c) in text.char_indices() {
            // The layout's line breaks stand between strings; those in strings are escaped by now.
            let is_harmful = (c == '#' && self.previous == '#') || (is_unseen(c) && c != '\n');
            self.previous = c;
            if is_harmful {
                self.out.write_all(&bytes[start..at])?;
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(self.out, "\\u{unit:04x}")?;
                }
                start = at + c.len_utf8();
            }
        }
        self.out.write_all(&bytes[start..])?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_number_signs_follow_each_other_wherever_the_writes_end() {
        for parts in [vec!["a##[x]"], vec!["a#", "#[x]"], vec!["a", "#", "#", "[x]"], vec!["a#", "", "#[x]"]] {
            let mut text = Vec::new();
            let mut out = Harmless { out: &mut text, previous: '\0' };
            for part in parts {
                out.write_all(part.as_bytes()).unwrap();
            }
            assert_eq!(String::from_utf8(text).unwrap(), "a#\\u0023[x]");
        }
        let mut text = Vec::new();
        Harmless { out: &mut text, previous: '\0' }.write_all(b"####x# #").unwrap();
        assert!(!String::from_utf8(text).unwrap().contains("##"));
    }

    #[test]
    fn no_character_that_nobody_sees_stands_in_a_document() {
        for c in [
            '\u{7f}',
            '\u{85}',
            '\u{9b}',
            '\u{ad}',
            '\u{200b}',
            '\u{2028}',
            '\u{202e}',
            '\u{2066}',
            '\u{feff}',
            '\u{e0001}',
        ] {
            let value = format!("é{c}日\n{c}");
            let mut text = Vec::new();
            write_line(&mut text, &value).unwrap();
            let text = String::from_utf8(text).unwrap();
            assert!(!text.trim_end().chars().any(is_unseen) && text.starts_with("\"é\\u"), "{}", text.escape_default());
            assert_eq!(serde_json::from_str::<String>(&text).unwrap(), value);
        }
    }

    #[test]
    fn documents_and_lines_are_escaped_alike_and_end_with_a_line_break() {
        #[derive(Serialize)]
        struct Document<'d> {
            schema: Schema,
            text: &'d str,
        }
        let document = Document { schema: Schema, text: "a##[x]" };
        let (mut pretty, mut compact) = (Vec::new(), Vec::new());
        write(&mut pretty, &document).unwrap();
        write_line(&mut compact, &document).unwrap();
        assert_eq!(String::from_utf8(pretty).unwrap(), "{\n  \"schema\": 1,\n  \"text\": \"a#\\u0023[x]\"\n}\n");
        assert_eq!(String::from_utf8(compact).unwrap(), "{\"schema\":1,\"text\":\"a#\\u0023[x]\"}\n");
    }

    #[test]
    fn no_other_file_writes_a_document() {
        let mut directories = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        while let Some(directory) = directories.pop() {
            for entry in std::fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    directories.push(path);
                } else if !path.ends_with("report/json.rs") {
                    let code = std::fs::read_to_string(&path).unwrap();
                    for written in ["serde_json::to_writer", "serde_json::to_string_pretty", "u0023"] {
                        assert!(!code.contains(written), "{} has a door of its own for JSON", path.display());
                    }
                }
            }
        }
    }
}
