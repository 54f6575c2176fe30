//! YAML, as far as its lines say `key: text`.

use super::table::{Settings, Value};

/// A key whose value stands in the lines below it.
struct Open {
    indent: usize,
    key: String,
}

/// Reads the keys of a YAML file. The number of an item of a list is that of its line.
pub(super) fn read(text: &str) -> Settings {
    let mut settings = Settings::default();
    let mut open: Vec<Open> = Vec::new();
    // Lines that are further in than this are of a block of text.
    let mut block: Option<usize> = None;
    for (number, line) in text.lines().enumerate() {
        let mut rest = line.trim_start();
        let mut indent = line.len() - rest.len();
        if rest.is_empty() || block.is_some_and(|block| indent > block) {
            continue;
        }
        block = None;
        if rest.starts_with('#') || rest == "---" {
            continue;
        }
        while let Some(item) = rest.strip_prefix("- ").or_else(|| (rest == "-").then_some("")) {
            // A list may stand as far in as its key.
            open.retain(|one| one.indent < indent || one.indent == indent && !one.key.starts_with('#'));
            open.push(Open { indent, key: format!("#{}", number + 1) });
            let inner = item.trim_start();
            indent += rest.len() - inner.len();
            rest = inner;
        }
        open.retain(|one| one.indent < indent);
        let Some((key, value)) = pair(rest) else { continue };
        let value = without_comment(value);
        if value.is_empty() {
            open.push(Open { indent, key: key.to_owned() });
            continue;
        }
        if value.starts_with(['|', '>']) {
            block = Some(indent);
        }
        let path = open.iter().map(|one| one.key.clone()).chain([key.to_owned()]).collect();
        settings.add(path, text_of(value));
    }
    settings
}

/// Splits `key: value`.
fn pair(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(": ").or_else(|| Some((line.strip_suffix(':')?, "")))?;
    let key = key.trim().trim_matches(['"', '\'']);
    (!key.is_empty() && !key.contains(['{', '[', '#'])).then_some((key, value.trim()))
}

/// Takes off what stands behind a ` #` that is in no quotes.
fn without_comment(value: &str) -> &str {
    if value.starts_with('#') {
        return "";
    }
    let quoted = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    let from = quoted.and_then(|quote| value[1..].find(quote)).map_or(0, |end| end + 2);
    value[from..].find(" #").map_or(value, |at| &value[..from + at]).trim_end()
}

fn text_of(value: &str) -> Value {
    if value.starts_with(['|', '>', '&', '*', '!', '{', '[', '%', '@', '`']) {
        return Value::Computed;
    }
    for quote in ['"', '\''] {
        if let Some(rest) = value.strip_prefix(quote) {
            let text = rest.strip_suffix(quote).filter(|text| !text.contains(['\\', quote]));
            return text.map_or(Value::Computed, Value::of);
        }
    }
    Value::of(value)
}
