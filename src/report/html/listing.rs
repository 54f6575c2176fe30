//! The list of a page as data for its script: each text as the length that it shares with the one before, and its rest.
//!
//! Sorted URLs share most of their letters, and reasons most of their words, so that five thousand take some hundred kilobytes.

use std::collections::HashMap;
use std::io;

use serde::Serialize;

use crate::report::json;

/// One thing that is purged.
pub(in crate::report) struct Row {
    pub(in crate::report) text: String,
    pub(in crate::report) kind: &'static str,
    pub(in crate::report) headers: Option<String>,
    /// Each reason: the number of its file, where it is about one, and the words behind the file's name.
    pub(in crate::report) reasons: Vec<(Option<usize>, String)>,
}

/// An answer that a visitor gets.
struct Answer {
    url: String,
    headers: Option<String>,
    verdict: &'static str,
    why: usize,
}

/// The data of one site's list.
#[derive(Default)]
pub(in crate::report) struct Listing {
    files: Vec<(String, &'static str)>,
    rows: Vec<Row>,
    receipts: Vec<(usize, usize, usize)>,
    answers: Vec<Answer>,
    words: Vec<String>,
    numbers: HashMap<String, usize>,
}

/// A text that is folded against the one before.
type Folded<T> = (usize, String, T);

/// One thing that is purged, as short as it can be: most are URLs without headers.
#[derive(Serialize)]
#[serde(untagged)]
enum Operation<'l> {
    Url(usize, String, Vec<(i64, usize)>),
    Other(usize, String, Vec<(i64, usize)>, &'static str, Option<&'l str>),
}

#[derive(Serialize)]
struct Document<'l> {
    files: Vec<(usize, String, &'static str)>,
    operations: Vec<Operation<'l>>,
    receipts: &'l [(usize, usize, usize)],
    proofs: Vec<(usize, String, Option<&'l str>, &'static str, usize)>,
    words: &'l [String],
}

impl Listing {
    /// Adds a file that reasons name, and its change in a word; they come in the order of their numbers.
    pub(in crate::report) fn file(&mut self, path: String, status: &'static str) {
        self.files.push((path, status));
    }

    /// Adds something that is purged.
    pub(in crate::report) fn row(&mut self, row: Row) {
        for (_, words) in &row.reasons {
            self.number(words);
        }
        self.rows.push(row);
    }

    /// Adds what became of a range of the rows.
    pub(in crate::report) fn receipt(&mut self, first: usize, count: usize, outcome: &str) {
        let number = self.number(outcome);
        self.receipts.push((first, count, number));
    }

    /// Adds what a visitor gets.
    pub(in crate::report) fn answer(&mut self, url: String, headers: Option<String>, verdict: &'static str, why: &str) {
        let why = self.number(why);
        self.answers.push(Answer { url, headers, verdict, why });
    }

    /// Returns how many rows there are: what is purged, or else what was asked for.
    pub(super) fn len(&self) -> usize {
        if self.rows.is_empty() { self.answers.len() } else { self.rows.len() }
    }

    fn number(&mut self, words: &str) -> usize {
        if let Some(number) = self.numbers.get(words) {
            return *number;
        }
        self.words.push(words.to_owned());
        self.numbers.insert(words.to_owned(), self.words.len() - 1);
        self.words.len() - 1
    }

    /// Writes the data as JSON that no element of the page can end.
    ///
    /// # Errors
    /// None that a text in memory brings.
    pub(super) fn data(&self) -> io::Result<String> {
        let number = |words: &String| self.numbers.get(words).copied().unwrap_or_default();
        let file = |file: Option<usize>| file.and_then(|file| i64::try_from(file).ok()).unwrap_or(-1);
        let reasons = |row: &Row| row.reasons.iter().map(|(of, words)| (file(*of), number(words))).collect();
        let rows = folded(self.rows.iter().map(|row| (row.text.as_str(), row)));
        let answers = folded(self.answers.iter().map(|answer| (answer.url.as_str(), answer)));
        let files = folded(self.files.iter().map(|(path, status)| (path.as_str(), *status)));
        let document = Document {
            files,
            operations: rows
                .into_iter()
                .map(|(shared, rest, row)| operation(shared, rest, row, reasons(row)))
                .collect(),
            receipts: &self.receipts,
            proofs: answers
                .into_iter()
                .map(|(shared, rest, one)| (shared, rest, one.headers.as_deref(), one.verdict, one.why))
                .collect(),
            words: &self.words,
        };
        let mut text = Vec::new();
        json::write_line(&mut text, &document)?;
        let text = String::from_utf8(text).map_err(io::Error::other)?;
        Ok(text.trim_end().replace('<', "\\u003c"))
    }
}

fn operation(shared: usize, rest: String, row: &Row, reasons: Vec<(i64, usize)>) -> Operation<'_> {
    match (row.kind, row.headers.as_deref()) {
        ("url", None) => Operation::Url(shared, rest, reasons),
        (kind, headers) => Operation::Other(shared, rest, reasons, kind, headers),
    }
}

/// Folds texts, each against the one before. Lengths are counted as scripts count them, in UTF-16.
fn folded<'t, T>(texts: impl Iterator<Item = (&'t str, T)>) -> Vec<Folded<T>> {
    let mut before = "";
    let fold = |(text, with): (&'t str, T)| {
        let shared: usize =
            text.chars().zip(before.chars()).take_while(|(one, other)| one == other).map(|(c, _)| c.len_utf8()).sum();
        before = text;
        (text[..shared].encode_utf16().count(), text[shared..].to_owned(), with)
    };
    texts.map(fold).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_folded_against_the_one_before_and_counted_as_scripts_do() {
        let texts = ["/a/\u{1f600}x", "/a/\u{1f600}y", "/b"];
        let folded: Vec<(usize, String)> =
            folded(texts.iter().map(|text| (*text, ()))).into_iter().map(|(n, rest, ())| (n, rest)).collect();
        assert_eq!(folded, [(0, "/a/\u{1f600}x".into()), (5, "y".into()), (1, "b".into())]);
    }

    #[test]
    fn no_text_ends_the_element_that_holds_the_data() {
        let mut listing = Listing::default();
        listing.file("</script><script>alert(1)</script>".to_owned(), "added");
        let reasons = vec![(Some(0), " added<!--".to_owned())];
        listing.row(Row { text: "https://e.example/<".to_owned(), kind: "url", headers: None, reasons });
        let data = listing.data().unwrap();
        assert!(!data.contains('<'), "{data}");
        assert!(serde_json::from_str::<serde_json::Value>(&data).is_ok());
    }
}
