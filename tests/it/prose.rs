//! Plain words, as CONTRIBUTING.md asks for them: short pages, short sentences in the README, and no turn that makes people read
//! a sentence twice.

use crate::docs::{pages, read};

/// The README's measures: what a reader takes in before the first try.
const README_BYTES: usize = 10 * 1024;
const README_LINES: usize = 200;
const README_WORDS: usize = 29;

/// The size of a page of the book.
const PAGE_BYTES: usize = 12 * 1024;

/// Turns that are no English, or make the reader guess.
const FORBIDDEN: &[&str] = &[
    "is told",
    "are told",
    "was told",
    "is had",
    "be had",
    "takes along",
    "take along",
    "taken along",
    "takes it along",
    "in the place of",
    "means to be",
];

/// Openings that hide the subject; a question may have them.
const OPENINGS: &[&str] = &["What ", "Who ", "Of which ", "Whose ", "Whoever ", "Whatever "];

/// The sentences of a page's paragraphs, list items and table cells; not those of headings and blocks.
fn sentences(page: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    let mut fenced = false;
    for line in page.lines().map(str::trim) {
        fenced ^= line.starts_with("```");
        let item = ["- ", "* ", "1. ", "2. ", "3. ", "4. ", "5. ", "6. ", "7. ", "8. "]
            .iter()
            .find_map(|i| line.strip_prefix(i));
        if fenced || line.is_empty() || line.starts_with(['#', '`', '<', '!']) {
            paragraphs.push(String::new());
        } else if line.starts_with('|') {
            paragraphs.extend(line.split('|').map(|cell| cell.trim().to_owned()));
            paragraphs.push(String::new());
        } else if let Some(item) = item {
            paragraphs.push(item.to_owned());
        } else {
            let last = paragraphs.last_mut().unwrap();
            *last = format!("{last} {line}");
        }
    }
    let mut sentences = Vec::new();
    for paragraph in paragraphs {
        let mut sentence: Vec<&str> = Vec::new();
        for word in paragraph.split_whitespace() {
            sentence.push(word);
            if word.trim_end_matches(['*', ')', '"']).ends_with(['.', '?', '!', ':']) {
                sentences.push(sentence.join(" "));
                sentence.clear();
            }
        }
        sentences.push(sentence.join(" "));
    }
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

#[test]
fn sentences_are_found() {
    let page = "# What now\n\nOne. Two is\nlonger.\n\n- What is it?\n\n| a. B | c |\n\n```sh\nWhat not\n```\n";
    assert_eq!(sentences(page), ["One.", "Two is longer.", "What is it?", "a.", "B", "c"]);
}

#[test]
fn the_readme_is_read_in_a_few_minutes() {
    let readme = read("README.md");
    assert!(readme.len() <= README_BYTES, "the README has {} bytes, more than {README_BYTES}", readme.len());
    assert!(readme.lines().count() <= README_LINES, "the README has {} lines", readme.lines().count());
    let longest = sentences(&readme).into_iter().max_by_key(|s| s.split_whitespace().count()).unwrap();
    let words = longest.split_whitespace().count();
    assert!(words <= README_WORDS, "a sentence of the README has {words} words: {longest}");
}

#[test]
fn every_page_is_short() {
    for (name, page) in pages() {
        assert!(page.len() <= PAGE_BYTES, "{} has {} bytes, more than {PAGE_BYTES}", name.display(), page.len());
    }
}

#[test]
fn every_sentence_begins_with_its_subject() {
    let mut hidden = Vec::new();
    for (name, page) in pages() {
        for sentence in sentences(&page) {
            let plain = sentence.trim_start_matches(['*', '"', '(']);
            if OPENINGS.iter().any(|opening| plain.starts_with(opening)) && !plain.contains('?') {
                hidden.push(format!("{}: {sentence}", name.display()));
            }
        }
    }
    assert!(hidden.is_empty(), "these sentences hide their subjects:\n{}", hidden.join("\n"));
}

#[test]
fn no_turn_has_to_be_read_twice() {
    let mut texts: Vec<_> = pages().into_iter().collect();
    for name in ["CONTRIBUTING.md", "CHANGELOG.md", "purge.toml.example", "examples/varnish.vcl", "examples/nginx.conf"]
    {
        texts.push((name.into(), read(name)));
    }
    let mut found = Vec::new();
    for (name, text) in texts {
        for (number, line) in text.lines().enumerate() {
            let lower = line.to_lowercase();
            // CONTRIBUTING.md quotes some of them.
            for turn in FORBIDDEN.iter().filter(|turn| lower.replace(&format!("\"{turn}\""), "").contains(**turn)) {
                found.push(format!("{}:{}: \"{turn}\"", name.display(), number + 1));
            }
        }
    }
    assert!(found.is_empty(), "say it more simply:\n{}", found.join("\n"));
}
