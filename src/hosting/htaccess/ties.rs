//! The ties between entries of one file by their requests: error pages, index files, lists of directories, and whether rules are
//! asked at all.

use super::rewrite;
use crate::hosting::difference::Reach;
use crate::hosting::entry::Entry;
use crate::hosting::page;

/// Ties entries to each other that bear on each other's requests.
pub(super) fn tied(mut entries: Vec<Entry>, url: &str) -> Vec<Entry> {
    let rules = entries.iter().filter(|entry| entry.order == rewrite::ORDER);
    let is_all = rules.clone().any(|entry| entry.is_all);
    let of_rules: Vec<Reach> = rules.flat_map(|entry| entry.reaches.clone()).collect();
    let answering: Vec<Entry> = entries.iter().filter(|entry| answers(entry)).cloned().collect();
    let pages: Vec<Page> = entries.iter().filter_map(|entry| page(entry, &entries)).collect();
    if names_index(&entries) {
        take_lists(&mut entries);
    }
    for entry in &mut entries {
        // Whether, and below which path, rules are asked bears on all of their requests.
        if matches!(&*entry.order, "rewriteengine" | "rewritebase") && !is_all {
            entry.reaches.clone_from(&of_rules);
            entry.is_all = false;
        }
        if is_of_files(entry) && !is_of_success(entry) {
            // It bears on redirects and refusals of paths with such names, too, be there a file or not.
            let meeting = answering.iter().filter(|other| entry.meets(other));
            let reaches: Vec<Reach> = meeting.flat_map(|other| other.reaches.clone()).collect();
            entry.reaches.extend(reaches);
        }
        let of_status = |page: &&Page| entry.status.is_some_and(|status| status.to_string() == page.status);
        if let Some(page) = pages.iter().find(of_status).filter(|page| page.document.starts_with('/')) {
            entry.target = Some(rewrite::target(&page.document, url));
            entry.page = Some(page::Page::of_path(&page.document));
        }
        if entry.order == "errordocument" {
            let document = entry.shown.split(' ').nth(2).filter(|document| document.starts_with('/'));
            entry.page = document.map(|document| page::Page::of_path(document).of_errors());
        }
        if entry.order == "errordocument" && entry.reaches.is_empty() {
            entry.reaches = pages.iter().find(|page| page.status == "404").map_or(Vec::new(), |p| p.reaches.clone());
        }
    }
    entries
}

/// Returns true for an entry that answers itself, with a redirect or an error.
fn answers(entry: &Entry) -> bool {
    let is_flag =
        |flag: &str| matches!(&*flag.to_ascii_lowercase(), "r" | "redirect" | "f" | "forbidden" | "g" | "gone");
    let sends_away = || entry.shown.contains("://") || entry.shown.split(['[', ']', ',', '=']).any(is_flag);
    match &*entry.order {
        "redirect" => !is_of_files(entry),
        rewrite::ORDER => sends_away(),
        _ => false,
    }
}

/// Returns true for what stands in a section of files.
fn is_of_files(entry: &Entry) -> bool {
    entry.reaches.iter().any(|reach| matches!(reach, Reach::Names(_)))
}

/// Returns true for a header of answers that are no errors: redirects and refusals do not get it.
fn is_of_success(entry: &Entry) -> bool {
    entry.order.starts_with("header") && !entry.shown.starts_with("header always ")
}

/// The page of an error.
struct Page {
    status: String,
    document: String,
    /// The URLs of entries that answer with the error.
    reaches: Vec<Reach>,
}

/// Makes every rule of a file bear on everything, where the other version of the file has none: a directory with rules of its own takes
/// none from those above it.
pub(in crate::hosting) fn take_all(entries: &mut [Entry], directory: &[u8]) {
    let everything = Reach::Below([b"/", directory].concat().into());
    for entry in entries.iter_mut().filter(|entry| entry.order.starts_with("rewrite")) {
        (entry.is_all, entry.reaches) = (true, vec![everything.clone()]);
    }
}

/// Makes what turns rules on or off bear on the requests of rules in directories below, which take it over.
pub(in crate::hosting) fn take_rules(entries: &mut [Entry], below: &[Entry]) {
    let rules = below.iter().filter(|entry| entry.order == rewrite::ORDER);
    let reaches: Vec<Reach> = rules.flat_map(|rule| rule.reaches.iter().cloned()).collect();
    for entry in entries.iter_mut().filter(|entry| entry.order == "rewriteengine" && !entry.is_all) {
        entry
            .reaches
            .extend(reaches.iter().filter(|reach| !entry.reaches.contains(reach)).cloned().collect::<Vec<_>>());
    }
}

/// Returns true when a file says which names index files have: any file may be the one that its directory answers with.
pub(in crate::hosting) fn names_index(entries: &[Entry]) -> bool {
    entries.iter().any(|entry| entry.order == "directoryindex")
}

/// Returns the pages that answer for directories, where an entry names index files; `directory` is the file's own.
pub(in crate::hosting) fn index_pages(entry: &Entry, directory: &[u8]) -> Vec<page::Page> {
    let names = entry.shown.split(' ').skip(1).filter(|name| !name.contains('/'));
    let pages = names.map(|name| page::Page::of_directories(directory, name));
    if entry.order == "directoryindex" { pages.collect() } else { Vec::new() }
}

/// Makes every entry bear on the directories of its files, too.
pub(in crate::hosting) fn take_lists(entries: &mut [Entry]) {
    for entry in entries.iter_mut().filter(|entry| !entry.is_all) {
        entry.reaches = with_lists(std::mem::take(&mut entry.reaches));
    }
}

/// Returns true when a directive of a file is about rewriting.
pub(in crate::hosting) fn rewrites(entries: &[Entry]) -> bool {
    entries.iter().any(|entry| entry.order.starts_with("rewrite"))
}

/// Returns the page that an entry names.
fn page(entry: &Entry, all: &[Entry]) -> Option<Page> {
    let words: Vec<&str> = entry.shown.split(' ').collect();
    let (status, document) = (words.get(1)?, words.get(2)?);
    let answers = all.iter().filter(|other| other.status.is_some_and(|s| s.to_string() == **status));
    let reaches = answers.flat_map(|other| other.reaches.clone()).collect();
    let page = Page { status: (*status).to_owned(), document: (*document).to_owned(), reaches };
    (entry.order == "errordocument").then_some(page)
}

/// Adds the directories in which some paths lie: a list of what is in them leaves out what is refused.
pub(super) fn with_lists(mut reaches: Vec<Reach>) -> Vec<Reach> {
    let above = |reach: &Reach| match reach {
        Reach::Path(path) | Reach::Below(path) => {
            let path = path.strip_suffix(b"/").unwrap_or(path);
            let end = path.iter().rposition(|&b| b == b'/').map_or(0, |at| at + 1);
            Some(Reach::Path(path[..end].into()))
        }
        Reach::Names(names) => Some(Reach::Listings(names.clone())),
        Reach::Queries(_) | Reach::Listings(_) | Reach::Files(_) => None,
    };
    let lists: Vec<Reach> = reaches.iter().filter_map(above).collect();
    for list in lists {
        if !reaches.contains(&list) && !matches!(&list, Reach::Path(path) if path.is_empty()) {
            reaches.push(list);
        }
    }
    reaches
}
