//! The columns that a text takes on a terminal: counted, kept to by wrapping between words, or by shortening in the middle.
//!
//! Pure: the width of the terminal is an argument. Styles take no column, CJK takes two, a combining mark none.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Stands for the part of a name that there is no room for.
const ELLIPSIS: char = '…';

/// The byte that begins a style. [`crate::display`] lets no foreign text bring one.
const ESCAPE: char = '\u{1b}';

/// Counts the columns of a text; styles in it take none.
pub(super) fn columns(text: &str) -> usize {
    let mut rest = text;
    let mut columns = 0;
    while let Some((before, style)) = rest.split_once(ESCAPE) {
        columns += before.width();
        rest = style.split_once('m').map_or("", |(_, after)| after);
    }
    columns + rest.width()
}

/// Appends blanks up to so many columns.
pub(super) fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

/// Shortens a name to so many columns, in its middle: its beginning says where it is, and its end which it is. A mark stays with
/// the character that it combines with. The name holds no styles.
pub(super) fn shortened(name: &str, width: usize) -> String {
    if name.width() <= width {
        return name.to_owned();
    }
    let room = width.saturating_sub(1);
    // The end gets the larger half.
    let end = from_end(name, room.div_ceil(2));
    let start = from_start(name, room - end.width().min(room));
    format!("{start}{ELLIPSIS}{end}")
}

/// Returns the longest beginning of at most so many columns.
fn from_start(name: &str, width: usize) -> &str {
    let mut columns = 0;
    for (at, c) in name.char_indices() {
        columns += c.width().unwrap_or(0);
        if columns > width {
            return &name[..at];
        }
    }
    name
}

/// Returns the longest end of at most so many columns that does not begin with a mark.
fn from_end(name: &str, width: usize) -> &str {
    let (mut columns, mut start) = (0, name.len());
    for (at, c) in name.char_indices().rev() {
        let wide = c.width().unwrap_or(0);
        columns += wide;
        if columns > width {
            break;
        }
        if wide > 0 {
            start = at;
        }
    }
    &name[start..]
}

/// Breaks a line between its words into lines of at most so many columns. All but the first are indented by `hang`. A word that is
/// wider than that, as a URL may be, stays whole.
pub(super) fn wrapped(line: &str, width: usize, hang: usize) -> Vec<String> {
    if columns(line) <= width {
        return vec![line.to_owned()];
    }
    let indent = line.len() - line.trim_start_matches(' ').len();
    let mut lines = Vec::new();
    let (mut current, mut taken) = (" ".repeat(indent), indent);
    let mut gap = 0;
    let mut is_first = true;
    for word in line[indent..].split(' ') {
        if word.is_empty() {
            gap += 1;
            continue;
        }
        let wide = columns(word);
        if !is_first && taken + gap + wide > width {
            lines.push(std::mem::replace(&mut current, " ".repeat(hang)));
            taken = hang;
        } else {
            current.push_str(&" ".repeat(gap));
            taken += gap;
        }
        current.push_str(word);
        (taken, gap, is_first) = (taken + wide, 1, false);
    }
    lines.push(current);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_those_of_a_terminal() {
        for (text, want) in [
            ("abc", 3),
            ("über", 4),
            ("u\u{308}ber", 4),
            ("日本語", 6),
            ("\u{1b}[1m日\u{1b}[0m", 2),
            ("\u{1b}[38;5;9mx", 1),
            ("", 0),
        ] {
            assert_eq!(columns(text), want, "{}", text.escape_default());
        }
        assert_eq!(padded("日", 4), "日  ");
        assert_eq!(padded("long", 2), "long");
    }

    #[test]
    fn a_name_is_shortened_in_its_middle_and_never_wider_than_asked() {
        for (name, width, want) in [
            ("docs/index.html", 15, "docs/index.html"),
            ("docs/guide/index.html", 15, "docs/gu…ex.html"),
            ("日本語/日本語.html", 12, "日本語….html"),
            ("aaaa\u{308}\u{308}bbbb", 5, "aa…bb"),
            ("abcdefgh", 1, "…"),
        ] {
            assert_eq!(shortened(name, width), want, "{name} {width}");
        }
        for name in [
            "docs/日本語/ページ/index.html",
            "u\u{308}u\u{308}u\u{308}u\u{308}u\u{308}u\u{308}.html",
            "한국어/안내.html",
        ] {
            for width in 1..40 {
                let short = shortened(name, width);
                assert!(columns(&short) <= width, "{short} is wider than {width}");
                let (_, end) = short.split_once(ELLIPSIS).unwrap_or(("", "x"));
                assert!(end.chars().next().is_none_or(|c| c.width() != Some(0)), "{short} begins its end with a mark");
            }
        }
    }

    #[test]
    fn lines_break_between_words_alone() {
        for (line, width, hang, want) in [
            ("  one two three", 9, 4, &["  one two", "    three"][..]),
            ("one  two", 8, 2, &["one  two"]),
            ("one  two", 7, 2, &["one", "  two"]),
            ("  https://www.example.com/long why", 10, 4, &["  https://www.example.com/long", "    why"]),
            ("日本 語", 5, 1, &["日本", " 語"]),
            ("", 5, 1, &[""]),
        ] {
            assert_eq!(wrapped(line, width, hang), want, "{line}");
        }
    }
}
