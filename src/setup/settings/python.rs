//! Python, as far as a line says `NAME = "text"`.

use super::table::{Settings, Value};

/// Reads the names that lines give a value. The last line counts, and one in a block is computed.
pub(super) fn read(text: &str) -> Settings {
    let mut settings = Settings::default();
    for line in text.lines() {
        let Some((name, value)) = line.split_once('=') else { continue };
        let plain = name.trim();
        let is_name = !plain.is_empty() && plain.chars().all(|c| c.is_alphanumeric() || c == '_');
        if !is_name || value.starts_with('=') {
            continue;
        }
        let value = if name.starts_with(char::is_whitespace) { Value::Computed } else { text_of(value.trim()) };
        settings.forget(plain);
        settings.add(vec![plain.to_owned()], value);
    }
    settings
}

/// Returns the text of a literal that is alone on its line.
fn text_of(value: &str) -> Value {
    let value = value.strip_prefix(['r', 'u']).filter(|rest| rest.starts_with(['"', '\''])).unwrap_or(value);
    let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) else { return Value::Computed };
    let Some((text, rest)) = value[1..].split_once(quote) else { return Value::Computed };
    let rest = rest.trim();
    if (rest.is_empty() || rest.starts_with('#')) && !text.contains('\\') { Value::of(text) } else { Value::Computed }
}
