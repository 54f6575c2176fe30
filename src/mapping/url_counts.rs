//! How many URLs of a mapping lie below each directory of the web root, and how many files answer under none of them.
//!
//! So much tells how far the files that did not change have to be counted, where some of them may go along with their directory.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization as _;

use super::elsewhere::directories;
use super::mapped::{Mapped, Mapping};
use super::operation::Kind;
use super::urls::visit_urls_of_files;
use crate::config::Site;

/// The URLs of a mapping, counted.
pub struct UrlCounts<'m> {
    site: &'m Site,
    /// Sorted by text.
    urls: &'m [Mapped],
    below: HashMap<String, usize>,
}

impl<'m> UrlCounts<'m> {
    /// Counts the URLs of a mapping. `None` where it has prefixes, too: what they take along is in no list.
    #[must_use]
    pub fn of(mapping: &'m Mapping, site: &'m Site) -> Option<UrlCounts<'m>> {
        let (urls, others) =
            mapping.operations.split_at(mapping.operations.partition_point(|mapped| mapped.what.kind() == Kind::Url));
        if others.iter().any(|mapped| mapped.what.kind() == Kind::Prefix) {
            return None;
        }
        let mut below: HashMap<String, usize> = HashMap::new();
        for beside in urls.chunk_by(|one, other| directory_of(one) == directory_of(other)) {
            for directory in directories(beside[0].what.text(), site) {
                let directory = key(&directory);
                let ends = directory.match_indices('/').map(|(slash, _)| slash);
                let root = (!directory.is_empty()).then_some(0);
                for end in ends.chain(root).chain([directory.len()]) {
                    if let Some(count) = below.get_mut(&directory[..end]) {
                        *count += beside.len();
                    } else {
                        below.insert(directory[..end].to_owned(), beside.len());
                    }
                }
            }
        }
        Some(UrlCounts { site, urls, below })
    }

    /// Returns how many URLs lie below a directory, at most: those of names in other letters count, too. The path has no slash at its end.
    #[must_use]
    pub fn below(&self, directory: &[u8]) -> usize {
        self.below.get(&key(directory)).copied().unwrap_or_default()
    }

    /// Returns which of these files answer under their own path, and under none of the URLs.
    #[must_use]
    pub fn without(&self, files: &[Box<[u8]>]) -> Vec<bool> {
        let mut is_without = vec![None; files.len()];
        visit_urls_of_files(files, self.site, |number, url, is_exact| {
            if is_exact && is_without[number] != Some(false) {
                is_without[number] = Some(self.urls.binary_search_by(|mapped| mapped.what.text().cmp(url)).is_err());
            }
        });
        is_without.iter().map(|is_without| *is_without == Some(true)).collect()
    }
}

/// The part of a URL up to the slash before its name.
fn directory_of(url: &Mapped) -> &str {
    let text = url.what.text();
    let path = text.split_once('?').map_or(text, |(path, _)| path);
    path.rfind('/').map_or("", |slash| &path[..slash])
}

/// Returns the same text for all directories whose URLs may be the same.
fn key(directory: &[u8]) -> String {
    let text = String::from_utf8_lossy(directory);
    if text.is_ascii() {
        return text.to_ascii_lowercase().replace('+', " ");
    }
    text.nfc().collect::<String>().to_lowercase().replace('+', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changes::{Change, Changes, Status};
    use crate::config::Config;
    use crate::mapping::{judge, map};

    #[test]
    fn urls_are_counted_below_each_directory_and_files_that_have_none_of_them() {
        let text = "[[site]]\nname = \"w\"\nbase_urls = [\"https://a.example/b%20c/\"]\nforms = [\"exact\"]\n\
                    always = [\"/docs/x.css\"]\ncase = \"sensitive\"\n";
        let site = Config::parse(text, "").unwrap().sites.remove(0);
        let change =
            |path: &str| Change { path: path.as_bytes().into(), status: Status::Modified, leads_elsewhere: false };
        let changes =
            Changes { paths: ["docs/a/1.css", "docs/a/2.css", "index.css"].map(change).into(), ..Changes::default() };
        let mapping = map(&judge(&changes, &site), &[], &site);
        let counts = UrlCounts::of(&mapping, &site).unwrap();
        let below = ["", "docs", "Docs", "docs/a", "docs/b"].map(|directory| counts.below(directory.as_bytes()));
        assert_eq!(below, [4, 3, 3, 2, 0], "{:?}", mapping.operations);
        let files = ["docs/a/1.css", "docs/x.css", "docs/y.css", "docs/z.css"].map(|path| Box::from(path.as_bytes()));
        assert_eq!(counts.without(&files), [false, false, true, true]);
    }
}
