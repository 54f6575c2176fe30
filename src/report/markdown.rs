//! Markdown that foreign text cannot leave, and how much of a list a summary takes.

use std::io::{self, Write};

use super::detail::Detail;
use crate::display::{grouped, shown};

/// Entries of a list in a summary. GitHub takes 1 MiB a step; a reader takes fewer.
pub(super) const LISTED: usize = 200;

/// Characters of a comment on a pull request. GitHub takes 65,536, and whoever posts it may put something before it.
pub(super) const COMMENT: usize = 60_000;

/// Returns how many entries of a list are written.
pub(super) fn most(detail: Detail) -> usize {
    match detail {
        Detail::Brief => 0,
        Detail::Screenful => LISTED,
        Detail::Full => usize::MAX,
    }
}

/// Writes a list that is folded away under its summary, up to so many entries; nothing where none is to be written.
pub(super) fn folded(
    out: &mut dyn Write,
    summary: &str,
    entries: impl ExactSizeIterator<Item = String>,
    most: usize,
) -> io::Result<()> {
    let all = entries.len();
    if all == 0 || most == 0 {
        return Ok(());
    }
    writeln!(out, "<details><summary>{summary}</summary>\n")?;
    for entry in entries.take(most) {
        writeln!(out, "- {entry}")?;
    }
    if all > most {
        writeln!(out, "- and {} more", grouped(all - most))?;
    }
    writeln!(out, "\n</details>\n")
}

/// Writes the parts of a document so that it fits a comment: with their lists, or where that is too much without them. All of it
/// is written where all was asked for.
///
/// # Errors
/// When `out` cannot be written.
pub fn fitted(
    out: &mut dyn Write,
    detail: Detail,
    write: impl Fn(&mut dyn Write, Detail) -> io::Result<()>,
) -> io::Result<()> {
    let mut text = Vec::new();
    write(&mut text, detail)?;
    if detail == Detail::Screenful && text.len() > COMMENT {
        text.clear();
        write(&mut text, Detail::Brief)?;
    }
    out.write_all(&text)
}

/// Makes a code span that holds any text: its fence is longer than any run of backticks inside.
pub(super) fn code(text: &str) -> String {
    let text = if text.contains(char::is_control) { shown(text.as_bytes()) } else { text.to_owned() };
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.is_empty() { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Characters that Markdown gives a meaning to, as paths and globs hold them.
const MEANT: [char; 8] = ['*', '_', '<', '[', '`', '|', '~', '\\'];

/// Makes a text that holds paths a code span; any other stays as it is.
pub(super) fn plain(text: &str) -> String {
    if text.contains(MEANT) || text.contains('/') { code(text) } else { text.to_owned() }
}

/// Makes a text loud: in bold letters, or as a code span where it holds paths.
pub(super) fn loud(text: &str) -> String {
    if text.contains(MEANT) || text.contains('/') { code(text) } else { format!("**{text}**") }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_code_span_cannot_be_closed_from_inside() {
        for (text, want) in [
            ("a", "`a`"),
            ("a`b", "``a`b``"),
            ("``", "``` `` ```"),
            ("<script>", "`<script>`"),
            ("a\nb", "`\"a\\nb\"`"),
        ] {
            assert_eq!(super::code(text), want);
        }
    }
}
