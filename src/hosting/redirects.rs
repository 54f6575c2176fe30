//! `_redirects`, as Netlify, Cloudflare and GitLab read it: a line for each redirect or rewrite, of which the first that matches
//! answers.
//!
//! <https://docs.netlify.com/manage/routing/redirects/overview/>,
//! <https://developers.cloudflare.com/pages/configuration/redirects/>

use super::difference::Reach;
use super::entry::Entry;
use super::limits;
use super::page::Page;
use super::pattern;
use super::placeholders;

/// Reads the lines of a file.
pub(super) fn entries(text: &[u8]) -> Vec<Entry> {
    let lines = (1..).zip(text.split(|b| *b == b'\n'));
    let mut entries: Vec<Entry> =
        lines.filter_map(|(number, line)| entry(number, &String::from_utf8_lossy(line))).collect();
    limits::mark(&mut entries);
    entries
}

/// Reads a line; nothing for one that is empty or a comment.
fn entry(number: usize, line: &str) -> Option<Entry> {
    // A `#` inside of a word is a fragment.
    let words: Vec<&str> = line.split_whitespace().take_while(|word| !word.starts_with('#')).collect();
    let from = words.first()?;
    let said = words.join(" ");
    let everything = Reach::Below(b"/"[..].into());
    let page = page(&words);
    let is_pattern = from.starts_with('/') || from.starts_with("http://") || from.starts_with("https://");
    let reaches = (is_pattern && words.len() > 1).then(|| pattern::of_wildcards(from.as_bytes(), b"*:")).flatten();
    let Some(mut reaches) = reaches else {
        return Some(Entry { page, ..Entry::on_all(said, number, "redirects", everything) });
    };
    if words[1..].first().is_some_and(is_parameter) {
        reaches.extend(with_queries(&reaches));
    }
    Some(Entry { page, ..Entry::on(said, number, "redirects", reaches) })
}

/// Returns true for `id=:id`, which asks for a query string.
fn is_parameter(word: &&str) -> bool {
    word.contains('=') && !word.starts_with('/') && !word.contains("://")
}

/// Returns the page that a line answers with, where it does not send visitors elsewhere.
fn page(words: &[&str]) -> Option<Page> {
    let [from, rest @ ..] = words else { return None };
    let mut rest = rest.iter().skip_while(|word| is_parameter(word));
    let (to, status) = (rest.next()?, rest.next()?);
    page_with_status(from, to, status.trim_end_matches('!').parse().ok())
}

/// Returns the page of a redirect that has a status, as Netlify has them: with 2xx it is a rewrite, and from 4xx on the page of an error.
pub(super) fn page_with_status(from: &str, to: &str, status: Option<u16>) -> Option<Page> {
    let page = placeholders::page(from, to)?;
    match status? {
        200..300 => Some(page),
        400.. => Some(page.of_errors()),
        _ => None,
    }
}

/// Returns the same paths with whatever query string.
pub(super) fn with_queries(reaches: &[Reach]) -> Vec<Reach> {
    let queries = |reach: &Reach| if let Reach::Path(path) = reach { Some(Reach::Queries(path.clone())) } else { None };
    reaches.iter().filter_map(queries).collect()
}
