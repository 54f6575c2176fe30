//! Values that are one of a few words.

use super::fault::Fault;

/// Letters that are missing, wrong or one too many in a word that was still meant.
const MOST_SLIPS: usize = 2;

/// Words that are all read at a glance: more of them hide the one that was meant.
const FEW: usize = 12;

/// Returns true where one is a part of the other, up to a `-` or to its end: `s3` of `s3-rest`, `netlify` of `netlify-cms`.
fn is_part(typed: &str, word: &str) -> bool {
    let begins = |long: &str, short: &str| {
        !short.is_empty() && long.strip_prefix(short).is_some_and(|rest| rest.starts_with(['-', '.', '_', ' ']))
    };
    begins(word, typed) || begins(typed, word)
}

/// Reads one of a few words. A word that is none of them is not repeated: it may be a secret in the wrong place.
pub(super) fn one_of<T: Copy>(key: &str, words: &[(&str, T)], text: &str) -> Result<T, Fault> {
    words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let near = known.iter().map(|word| (strsim::damerau_levenshtein(word, &text.to_lowercase()), word)).min();
        let small = text.to_lowercase();
        let parts: Vec<String> =
            known.iter().filter(|word| is_part(&small, word)).map(|word| format!("`{word}`")).collect();
        let hint = match near {
            _ if known.len() <= FEW => format!("write one of {}", known.join(", ")),
            Some((distance, near)) if distance <= MOST_SLIPS.min(near.len() / 2) => format!("did you mean `{near}`?"),
            _ if (1..=FEW).contains(&parts.len()) => format!("did you mean {}?", parts.join(" or ")),
            _ => format!("write one of {}", known.join(", ")),
        };
        Fault::new(format!("this is no value for `{key}`"), hint)
    })
}

#[cfg(test)]
mod tests {
    use crate::config::{HOST_PRESETS, HostPreset};

    #[test]
    fn a_host_that_was_nearly_named_is_named_and_else_all_are() {
        for (typed, hint) in [
            ("ngnix", "did you mean `nginx`?"),
            ("Netlify", "did you mean `netlify`?"),
            ("s3", "write `s3-website` for a bucket's website endpoint, or `s3-rest`"),
            ("github", "did you mean `github-pages`?"),
            ("GitHub", "did you mean `github-pages`?"),
            ("vercel-clean-url", "did you mean `vercel` or `vercel-clean`?"),
            ("caddy-server", "did you mean `caddy`?"),
            ("nginx 1.22", "did you mean `nginx`?"),
            ("geocities", "write one of generic, "),
            ("", "write one of generic, "),
        ] {
            let fault = HostPreset::parse(typed).unwrap_err();
            assert!(fault.hint.starts_with(hint), "{typed}: {}", fault.hint);
        }
        assert!(HOST_PRESETS.iter().all(|(name, _)| HostPreset::parse(name).is_ok()));
    }
}
