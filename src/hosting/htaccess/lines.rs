//! The lines of Apache's configuration, and their words.
//!
//! A backslash at the end of a line joins the next one, also in a comment; words are parted by white space, unless quotes hold them
//! together (<https://httpd.apache.org/docs/2.4/configuring.html#syntax>).

/// One line that says something, with those that it is joined to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// From 1.
    pub(super) number: usize,
    pub(super) words: Vec<String>,
}

impl Line {
    /// Returns the first word, which is the directive, in small letters.
    pub(super) fn directive(&self) -> String {
        self.words.first().map(|word| word.to_ascii_lowercase()).unwrap_or_default()
    }

    /// Returns what it says; words stay apart, however they are quoted.
    pub(super) fn said(&self) -> String {
        let mut said = self.directive();
        for word in self.words.iter().skip(1) {
            said.push(' ');
            if word.is_empty() || word.contains(char::is_whitespace) {
                said.extend(["\"", word, "\""]);
            } else {
                said.push_str(word);
            }
        }
        said
    }

    /// Returns the words behind the directive.
    pub(super) fn arguments(&self) -> Vec<&str> {
        self.words.iter().skip(1).map(String::as_str).collect()
    }
}

/// Reads all lines that are neither empty nor comments.
pub(super) fn lines(text: &[u8]) -> Vec<Line> {
    let text = String::from_utf8_lossy(text);
    let mut found = Vec::new();
    let mut joined: Option<(usize, String)> = None;
    for (number, line) in (1..).zip(text.split('\n')) {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let (number, mut whole) = joined.take().unwrap_or((number, String::new()));
        if let Some(begun) = line.strip_suffix('\\') {
            whole.push_str(begun);
            joined = Some((number, whole));
            continue;
        }
        whole.push_str(line);
        found.extend(read(number, &whole));
    }
    found.extend(joined.and_then(|(number, whole)| read(number, &whole)));
    found
}

fn read(number: usize, text: &str) -> Option<Line> {
    let text = text.trim();
    (!text.is_empty() && !text.starts_with('#')).then(|| Line { number, words: words(text) })
}

/// Takes the words of a line apart. A section's `>` is a part of its last word.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let mut word = String::new();
        if matches!(first, '"' | '\'') {
            let mut chars = rest.char_indices().skip(1).peekable();
            let mut end = rest.len();
            while let Some((at, c)) = chars.next() {
                // A backslash keeps the quote, or another one, from meaning more.
                let escaped = (c == '\\').then(|| chars.next_if(|(_, n)| *n == first || *n == '\\')).flatten();
                if let Some((_, escaped)) = escaped {
                    word.push(escaped);
                } else if c == first {
                    end = at + 1;
                    break;
                } else {
                    word.push(c);
                }
            }
            rest = &rest[end..];
        } else {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            word.push_str(&rest[..end].replace("\\\\", "\\"));
            rest = &rest[end..];
        }
        words.push(word);
        rest = rest.trim_start();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_joined_and_their_words_parted_as_apache_does() {
        let text = "# a comment \\\nthat goes on\n\n  Redirect   301 \"/a b\" '/c'\r\nHeader set X \\\n  \"1 \\\"2\\\"\"\n<Files x>";
        let lines = lines(text.as_bytes());
        let said: Vec<(usize, String)> = lines.iter().map(|line| (line.number, line.said())).collect();
        let want = [
            (4, "redirect 301 \"/a b\" /c".to_owned()),
            (5, "header set X \"1 \"2\"\"".to_owned()),
            (7, "<files x>".to_owned()),
        ];
        assert_eq!(said, want);
    }
}
