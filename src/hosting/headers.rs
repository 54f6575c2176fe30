//! `_headers`, as Netlify and Cloudflare read it: a path, and below it, indented, the headers of its answers.
//!
//! All blocks that match count, in their order where they name the same header.
//! <https://docs.netlify.com/manage/routing/headers/>, <https://developers.cloudflare.com/pages/configuration/headers/>

use super::difference::Reach;
use super::entry::Entry;
use super::pattern;

/// Reads the blocks of a file; a header without a path above it bears on all.
pub(super) fn entries(text: &[u8]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for (number, line) in (1..).zip(text.split(|b| *b == b'\n')) {
        let line = String::from_utf8_lossy(line);
        let said = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if said.is_empty() || said.starts_with('#') {
            continue;
        }
        let is_path = ["/", "https://", "http://"].iter().any(|start| said.starts_with(start));
        match entries.last_mut() {
            _ if is_path => entries.push(block(said, number)),
            Some(last) => {
                // The name of a header in any case is the same.
                let (name, value) = said.split_once(':').unwrap_or((&said, ""));
                last.said.extend(["\n", &name.trim_end().to_ascii_lowercase(), ": ", value.trim_start()]);
            }
            None => entries.push(Entry::on_all(said, number, "headers", Reach::Files([].into()))),
        }
    }
    // A path without headers says nothing.
    entries.retain(|entry| entry.is_all || entry.said.contains('\n'));
    entries
}

/// Makes the block of a path, which has no headers yet.
fn block(path: String, line: usize) -> Entry {
    match pattern::of_wildcards(path.as_bytes(), b"*:") {
        Some(reaches) => Entry::on(path, line, "headers", reaches),
        None => Entry::on_all(path, line, "headers", Reach::Files([].into())),
    }
}
