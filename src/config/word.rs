//! Values that are one of a few words.

use super::fault::Fault;

/// Letters that are missing, wrong or one too many in a word that was still meant.
const MOST_SLIPS: usize = 2;

/// Words that are all read at a glance: more of them hide the one that was meant.
const FEW: usize = 12;

/// Reads one of a few words. A word that is none of them is not repeated: it may be a secret in the wrong place.
pub(super) fn one_of<T: Copy>(key: &str, words: &[(&str, T)], text: &str) -> Result<T, Fault> {
    words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let near = known.iter().map(|word| (strsim::damerau_levenshtein(word, &text.to_lowercase()), word)).min();
        let hint = match near {
            Some((distance, near)) if distance <= MOST_SLIPS.min(near.len() / 2) && known.len() > FEW => {
                format!("did you mean `{near}`?")
            }
            _ => format!("write one of {}", known.join(", ")),
        };
        Fault::new(format!("this is no value for `{key}`"), hint)
    })
}
