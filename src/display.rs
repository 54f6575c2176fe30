//! How foreign text (paths, revisions, answers of a server) is shown to people.
//!
//! A path is bytes that somebody else chose. Shown raw it could start a new line, colour a terminal, or forge a
//! workflow command in a CI log (`::error …` at the start of a line, `##[…]` and `##vso[…]` anywhere in one).
//! [`shown`] makes any bytes safe to stand inside a line; where the text needs no help it stays as it is.
//! Encoding for URLs is left to [`crate::encoding`].

use std::fmt::Write as _;

/// Shows `bytes` inside one line: unchanged where that is safe, otherwise in double quotes with escapes
/// (`\n`, `\u{202e}`, `\xff` for a byte that is not UTF-8).
///
/// ```
/// assert_eq!(diffpurge::display::shown("blog/über.html".as_bytes()), "blog/über.html");
/// assert_eq!(diffpurge::display::shown(b"a\n::error::x"), r#""a\n::error::x""#);
/// ```
#[must_use]
pub fn shown(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    let mut escaped =
        bytes.is_empty() || bytes.starts_with(b"::") || bytes.first() == Some(&b' ') || bytes.last() == Some(&b' ');
    for chunk in bytes.utf8_chunks() {
        let mut previous = '\0';
        for c in chunk.valid().chars() {
            escaped |= push_char(&mut text, c, previous);
            previous = c;
        }
        for byte in chunk.invalid() {
            escaped = true;
            // Writing to a String cannot fail.
            let _infallible = write!(text, "\\x{byte:02x}");
        }
    }
    if escaped { format!("\"{text}\"") } else { text }
}

/// Appends `c`, escaped where it must be; true when it was. The second of two `#` is escaped: `##[` and `##vso[` are commands.
fn push_char(text: &mut String, c: char, previous: char) -> bool {
    let escape = c == '"' || c == '\\' || is_unseen(c);
    if escape {
        text.extend(c.escape_default());
    } else if c == '#' && previous == '#' {
        text.push_str("\\x23");
        return true;
    } else {
        text.push(c);
    }
    escape
}

/// Keeps a sentence with foreign parts on its line: control and invisible characters and the second of two `#` are
/// escaped, all else stays. For text that is shown in quotes of its own, [`shown`] is the better one.
#[must_use]
pub fn line(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut previous = '\0';
    for c in text.chars() {
        match c {
            '#' if previous == '#' => safe.push_str("\\x23"),
            c if is_unseen(c) => safe.extend(c.escape_default()),
            c => safe.push(c),
        }
        previous = c;
    }
    safe
}

/// Returns true for a character that shows nothing, commands a terminal, or turns the direction of what follows: control
/// characters, and Unicode's format characters and separators.
#[must_use]
pub fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{e0000}'..='\u{e007f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Writes bytes as hex digits, two for each.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a String cannot fail.
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

/// Counts things, `1 page`, `2 pages`: the noun's plural is the noun with an `s`.
#[must_use]
pub fn counted(n: usize, noun: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(n))
}

/// Groups digits by thousands: `12,345`.
#[must_use]
pub fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_cannot_leave_its_line_or_forge_a_command() {
        for (bytes, want) in [
            (&b"a b.html"[..], "a b.html"),
            ("e\u{301}.html".as_bytes(), "e\u{301}.html"),
            (b"", "\"\""),
            (b"a\r\nb", "\"a\\r\\nb\""),
            (b"\x1b[31mred", "\"\\u{1b}[31mred\""),
            (b"say \"hi\"", "\"say \\\"hi\\\"\""),
            (b"caf\xe9", "\"caf\\xe9\""),
            (b"::set-output::x", "\"::set-output::x\""),
            (b"x##[command]y", "\"x#\\x23[command]y\""),
            (b"##vso[task]", "\"#\\x23vso[task]\""),
            ("a\u{202e}b".as_bytes(), "\"a\\u{202e}b\""),
            (b" lead", "\" lead\""),
        ] {
            assert_eq!(shown(bytes), want);
        }
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (n, want) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(n), want);
        }
        assert_eq!(counted(1, "request"), "1 request");
        assert_eq!(counted(0, "URL"), "0 URLs");
    }
}
