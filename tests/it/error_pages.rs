//! The pages about errors hold what the program says: each message and hint on them stands in the code, and each error of the code
//! stands on them.

use std::path::Path;

use crate::docs::{pages, root};

/// Modules whose errors are causes of others, or the programmer's: no page lists them.
const INNER: &[&str] =
    &["src/encoding.rs", "src/child.rs", "src/send/http.rs", "src/snapshot/tree.rs", "src/snapshot/manifest/write.rs"];

/// The code files below a folder, without their tests.
fn code(folder: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            files.extend(code(&path));
        } else if path.extension().is_some_and(|ext| ext == "rs") && !path.ends_with("tests.rs") {
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            let text = std::fs::read_to_string(&path).unwrap();
            files.push((name, text.split("#[cfg(test)]").next().unwrap().to_owned()));
        }
    }
    files
}

/// The text literal that code begins with: as people read it, with `…` where a value goes in, and what is behind it.
fn literal(code: &str) -> Option<(String, &str)> {
    let body = code.strip_prefix('"')?;
    let (mut text, mut chars) = (String::new(), body.char_indices());
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((text, &body[at + 1..])),
            '\\' => match chars.next()?.1 {
                '\n' => {
                    let rest = body[at + 2..].trim_start();
                    let skipped = body.len() - rest.len() - at - 2;
                    for _ in 0..skipped {
                        chars.next();
                    }
                }
                'n' => text.push(' '),
                other => text.push(other),
            },
            '{' if body[at..].starts_with("{{") => text.push(chars.next()?.1),
            '}' if body[at..].starts_with("}}") => text.push(chars.next()?.1),
            '{' => {
                let inner = body[at + 1..].split('}').next()?;
                // A glob like `{css,js}` stands for itself.
                if inner.contains([',', ' ']) {
                    text.push('{');
                } else {
                    text.push('…');
                    for _ in 0..=inner.chars().count() {
                        chars.next();
                    }
                }
            }
            c => text.push(c),
        }
    }
    None
}

/// All text literals of some code. A quote in a comment or a character literal ends none: those are skipped.
fn literals(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line_start in code.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line))
    }) {
        let (start, line) = line_start;
        if line.trim_start().starts_with("//") {
            continue;
        }
        for (at, _) in line.match_indices('"') {
            found.extend(literal(&code[start + at..]).map(|(text, _)| text));
        }
    }
    found
}

/// The rows of the tables on the pages about errors.
fn rows() -> Vec<(String, Vec<String>)> {
    let pages = pages().into_iter().filter(|(name, _)| name.to_string_lossy().contains("reference/errors"));
    let mut rows = Vec::new();
    for (name, page) in pages {
        for line in page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| message")) {
            let cells = line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect();
            rows.push((name.display().to_string(), cells));
        }
    }
    rows
}

/// Cells that say where the hint stands, and no hint.
fn is_a_reference(cell: &str) -> bool {
    cell.is_empty()
        || cell.parse::<u8>().is_ok()
        || ["the same", "as in ", "the rows below", "the variable's own hint"].iter().any(|word| cell.starts_with(word))
}

#[test]
fn every_message_on_the_pages_is_the_programs() {
    let said: Vec<String> = code(&root().join("src")).iter().flat_map(|(_, text)| literals(text)).collect();
    let mut invented = Vec::new();
    let rows = rows();
    let cells = rows.iter().flat_map(|(page, cells)| cells.iter().map(move |cell| (page, cell)));
    let cells: Vec<_> = cells.filter(|(_, cell)| !is_a_reference(cell)).collect();
    for (page, cell) in &cells {
        let text = cell.split(" (exit code").next().unwrap();
        if !said.iter().any(|literal| literal.contains(text)) {
            invented.push(format!("{page}: {text}"));
        }
    }
    assert!(cells.len() > 150, "only {} messages and hints were compared", cells.len());
    assert!(invented.is_empty(), "no error of the program says\n{}", invented.join("\n"));
}

#[test]
fn every_error_of_the_program_is_on_the_pages() {
    let said: Vec<String> =
        rows().into_iter().map(|(_, cells)| cells[0].split(" (exit code").next().unwrap().to_owned()).collect();
    let mut missing = Vec::new();
    let mut errors = 0;
    for (name, text) in code(&root().join("src")) {
        if INNER.contains(&name.as_str()) {
            continue;
        }
        for opening in ["#[error(", "Row::new(", "usage("] {
            for (at, _) in text.match_indices(opening) {
                let mut rest = text[at + opening.len()..].trim_start();
                // A row begins with its exit status; its text may be built.
                if opening == "Row::new(" {
                    rest = rest.split_once(',').map_or("", |(_, rest)| rest.trim_start());
                }
                rest = rest.strip_prefix("format!(").unwrap_or(rest).trim_start();
                let Some((error, _)) =
                    literal(rest).filter(|(text, _)| text.chars().filter(|c| c.is_alphabetic()).count() > 4)
                else {
                    continue;
                };
                errors += 1;
                if !said.contains(&error) {
                    missing.push(format!("{name}: {error}"));
                }
            }
        }
    }
    assert!(errors > 80, "only {errors} errors were found");
    assert!(missing.is_empty(), "docs/src/reference/errors*.md lack\n{}", missing.join("\n"));
}
