//! Values that are one of a few words.

use super::fault::Fault;

/// Reads one of a few words. A word that is none of them is not repeated: it may be a secret in the wrong place.
pub(super) fn one_of<T: Copy>(key: &str, words: &[(&str, T)], text: &str) -> Result<T, Fault> {
    words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        Fault::new(format!("this is no value for `{key}`"), format!("write one of {}", known.join(", ")))
    })
}
