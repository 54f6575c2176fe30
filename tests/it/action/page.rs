//! The page about the action: its tables are those of `action.yml`. `DIFFPURGE_BLESS=1` writes them anew.

use serde_json::Value;

use super::runner::action;
use crate::docs::{read, root};

const PAGE: &str = "docs/src/ci/action.md";

/// The rows for the inputs, or for the outputs.
fn table(part: &str) -> String {
    let action = action();
    let defaults = part == "inputs";
    let head = if defaults {
        "| input | default | what it is |\n|---|---|---|\n"
    } else {
        "| output | what it is |\n|---|---|\n"
    };
    // As the file orders them, which a map does not.
    let text = read("action.yml");
    let (_, below) = text.split_once(&format!("\n{part}:\n")).unwrap();
    let end = below.find("\n\n").unwrap();
    let names = below[..end].lines().filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'));
    let names: Vec<&str> = names.filter(|name| !name.starts_with(' ')).collect();
    assert_eq!(names.len(), action[part].as_object().unwrap().len(), "{part}");
    let default = |entry: &Value| match entry["default"].as_str() {
        Some(value) if !value.is_empty() => format!(" `{value}` |"),
        _ => " |".to_owned(),
    };
    let row = |name: &&str| {
        let entry = &action[part][*name];
        let default = if defaults { default(entry) } else { String::new() };
        format!("| `{name}` |{default} {} |\n", entry["description"].as_str().expect("a description"))
    };
    names.iter().map(row).fold(head.to_owned(), |text, row| text + &row)
}

#[test]
fn the_page_names_every_input_and_output() {
    let page = read(PAGE);
    let mut blessed = page.clone();
    for part in ["inputs", "outputs"] {
        let begin = format!("<!-- action.yml: {part} -->\n");
        let (_, rest) = page.split_once(&begin).expect("the page has the table");
        let (shown, _) = rest.split_once("<!-- end -->").unwrap();
        blessed = blessed.replace(&format!("{begin}{shown}"), &format!("{begin}{}", table(part)));
    }
    if std::env::var_os("DIFFPURGE_BLESS").is_some() {
        std::fs::write(root().join(PAGE), &blessed).unwrap();
    } else {
        assert_eq!(page, blessed, "{PAGE} is outdated (DIFFPURGE_BLESS=1 writes it anew)");
    }
}
