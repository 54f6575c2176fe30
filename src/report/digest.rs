//! The document's digest of itself: it shows that a saved plan was cut off or edited after it was written.
//!
//! It is no signature: anybody who can write the file can write its digest. It covers every byte but its own digits, so a plan that
//! another program has formatted anew does not fit either.

use std::io::{self, Write};

use ring::digest::{Context, SHA256};

/// The text before the digits, which stands nowhere else in a document before them.
const KEY: &[u8] = b"\"digest\": \"";

/// The bytes from the document's start among which the key is looked for.
const WITHIN: usize = 512;

/// Takes bytes in and keeps their digest alone.
pub(super) struct Hasher(Context);

impl Hasher {
    pub(super) fn new() -> Hasher {
        Hasher(Context::new(&SHA256))
    }

    /// Returns `sha256:` and 64 hex digits.
    pub(super) fn finish(self) -> String {
        let hex: Vec<String> = self.0.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("sha256:{}", hex.concat())
    }
}

impl Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns true when a document's digest is that of its other bytes.
pub(super) fn fits(document: &[u8]) -> bool {
    let head = &document[..document.len().min(WITHIN)];
    let Some(start) = head.windows(KEY.len()).position(|w| w == KEY).map(|at| at + KEY.len()) else { return false };
    let Some(length) = document[start..].iter().position(|&b| b == b'"') else { return false };
    let (before, after) = (&document[..start], &document[start + length..]);
    let mut hasher = Hasher::new();
    hasher.0.update(before);
    hasher.0.update(after);
    hasher.finish().as_bytes() == &document[start..start + length]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_fits_until_a_byte_of_it_changes() {
        let blank = b"{\n  \"digest\": \"\",\n  \"a\": 1\n}\n";
        let mut hasher = Hasher::new();
        hasher.write_all(blank).unwrap();
        let document = String::from_utf8(blank.to_vec()).unwrap().replace("\"\"", &format!("\"{}\"", hasher.finish()));
        assert!(fits(document.as_bytes()));
        for bad in [document.replace('1', "2"), document[..document.len() - 1].to_owned(), document.replace("  ", " ")]
        {
            assert!(!fits(bad.as_bytes()), "{bad}");
        }
        assert!(!fits(b"") && !fits(b"{}") && !fits(blank) && !fits(b"\"digest\": \"sha"));
    }
}
