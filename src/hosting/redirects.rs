//! `_redirects`, as Netlify, Cloudflare and GitLab read it: a line for each redirect or rewrite, of which the first that matches
//! answers.
//!
//! <https://docs.netlify.com/manage/routing/redirects/overview/>,
//! <https://developers.cloudflare.com/pages/configuration/redirects/>

use super::difference::Reach;
use super::entry::Entry;
use super::pattern;

/// Reads the lines of a file.
pub(super) fn entries(text: &[u8]) -> Vec<Entry> {
    let lines = (1..).zip(text.split(|b| *b == b'\n'));
    lines.filter_map(|(number, line)| entry(number, &String::from_utf8_lossy(line))).collect()
}

/// Reads a line; nothing for one that is empty or a comment.
fn entry(number: usize, line: &str) -> Option<Entry> {
    // A `#` inside of a word is a fragment.
    let words: Vec<&str> = line.split_whitespace().take_while(|word| !word.starts_with('#')).collect();
    let from = words.first()?;
    let said = words.join(" ");
    let everything = Reach::Below(b"/"[..].into());
    let is_pattern = from.starts_with('/') || from.starts_with("http://") || from.starts_with("https://");
    let reaches = (is_pattern && words.len() > 1).then(|| pattern::of_wildcards(from.as_bytes(), b"*:")).flatten();
    let Some(mut reaches) = reaches else { return Some(Entry::on_all(said, number, "redirects", everything)) };
    let is_parameter = |word: &&str| word.contains('=') && !word.starts_with('/') && !word.contains("://");
    if words[1..].first().is_some_and(is_parameter) {
        reaches.extend(with_queries(&reaches));
    }
    Some(Entry::on(said, number, "redirects", reaches))
}

/// Returns the same paths with whatever query string.
pub(super) fn with_queries(reaches: &[Reach]) -> Vec<Reach> {
    let queries = |reach: &Reach| if let Reach::Path(path) = reach { Some(Reach::Queries(path.clone())) } else { None };
    reaches.iter().filter_map(queries).collect()
}
