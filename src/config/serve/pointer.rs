//! A JSON pointer (RFC 6901) to a value in the body of a delivery.

use crate::config::fault::{Fault, value};

/// A pointer, like `/deployment/sha`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer(String);

impl Pointer {
    pub(super) fn parse(text: &str) -> Result<Pointer, Fault> {
        let escapes_well = |part: &str| part.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
        if text.len() > 1 && text.starts_with('/') && escapes_well(text) {
            return Ok(Pointer(text.to_owned()));
        }
        let hint = "write the keys that lead to it, each behind a `/`: `/deployment/sha`";
        Err(Fault::new(format!("{} is no JSON pointer", value(text)), hint))
    }

    /// Returns the text of a value in a document; a number or a boolean as JSON writes it.
    #[must_use]
    pub fn text(&self, document: &serde_json::Value) -> Option<String> {
        match document.pointer(&self.0)? {
            serde_json::Value::String(text) => Some(text.clone()),
            one @ (serde_json::Value::Number(_) | serde_json::Value::Bool(_)) => Some(one.to_string()),
            _ => None,
        }
    }

    /// Returns a list of texts in a document; `None` where it is no such list.
    #[must_use]
    pub fn texts(&self, document: &serde_json::Value) -> Option<Vec<String>> {
        document.pointer(&self.0)?.as_array()?.iter().map(|one| one.as_str().map(str::to_owned)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_begins_with_a_slash_and_finds_texts_numbers_and_lists() {
        let document = serde_json::json!({ "a": { "b/c": "x", "n": 7, "l": ["p", "q"], "m": ["p", 1] } });
        for (text, want) in [("/a/b~1c", Some("x")), ("/a/n", Some("7")), ("/a/none", None), ("/a/l", None)] {
            assert_eq!(Pointer::parse(text).unwrap().text(&document).as_deref(), want, "{text}");
        }
        assert_eq!(Pointer::parse("/a/l").unwrap().texts(&document).unwrap(), ["p", "q"]);
        assert_eq!(Pointer::parse("/a/m").unwrap().texts(&document), None);
        for bad in ["", "/", "a/b", "$.a", "/a~2", "/a~"] {
            assert!(Pointer::parse(bad).unwrap_err().hint.contains("/deployment/sha"), "{bad}");
        }
    }
}
