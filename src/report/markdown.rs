//! Markdown that foreign text cannot leave, and how much of a list a summary takes.

use crate::display::shown;

/// Entries of a list in a summary. GitHub takes 1 MiB a step; a reader takes fewer.
pub(super) const LISTED: usize = 200;

/// Makes a code span that holds any text: its fence is longer than any run of backticks inside.
pub(super) fn code(text: &str) -> String {
    let text = if text.contains(char::is_control) { shown(text.as_bytes()) } else { text.to_owned() };
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.is_empty() { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
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
