//! How many URLs of a mapping lie below each directory of the web root, and which files answer under none of them.
//!
//! So much tells which of the files that did not change keep their directory, and how far they have to be counted.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::elsewhere::directories;
use super::mapped::{Mapped, Mapping};
use super::operation::{Kind, without_scheme};
use super::urls::visit_urls_of_files;
use crate::changes::in_other_letters;
use crate::config::{Form, Site};

/// The URLs and prefixes of a mapping, counted.
pub struct UrlCounts<'m> {
    site: &'m Site,
    /// Sorted by text.
    urls: &'m [Mapped],
    /// The same.
    prefixes: Vec<&'m str>,
    below: OnceCell<HashMap<String, usize>>,
}

impl<'m> UrlCounts<'m> {
    /// Takes the URLs of a mapping, to be counted where somebody asks.
    #[must_use]
    pub fn of(mapping: &'m Mapping, site: &'m Site) -> UrlCounts<'m> {
        let (urls, others) =
            mapping.operations.split_at(mapping.operations.partition_point(|mapped| mapped.what.kind() == Kind::Url));
        let prefixes = others.iter().filter(|mapped| mapped.what.kind() == Kind::Prefix);
        UrlCounts { site, urls, prefixes: prefixes.map(|prefix| prefix.what.text()).collect(), below: OnceCell::new() }
    }

    /// Returns how many of them lie below a directory, at most: those of names in other letters count, too. The path has no slash at its
    /// end.
    #[must_use]
    pub fn below(&self, directory: &[u8]) -> usize {
        self.below.get_or_init(|| self.counted()).get(&key(directory)).copied().unwrap_or_default()
    }

    fn counted(&self) -> HashMap<String, usize> {
        let mut below: HashMap<String, usize> = HashMap::new();
        let is_beside = |one: &Mapped, other: &Mapped| directory_of(one.what.text()) == directory_of(other.what.text());
        let urls = self.urls.chunk_by(is_beside).map(|urls| (urls[0].what.text(), urls.len()));
        for (text, count) in urls.chain(self.prefixes.iter().map(|prefix| (*prefix, 1))) {
            for directory in directories(text, self.site) {
                let directory = key(&directory);
                let ends = directory.match_indices('/').map(|(slash, _)| slash);
                let root = (!directory.is_empty()).then_some(0);
                for end in ends.chain(root).chain([directory.len()]) {
                    if let Some(known) = below.get_mut(&directory[..end]) {
                        *known += count;
                    } else {
                        below.insert(directory[..end].to_owned(), count);
                    }
                }
            }
        }
        below
    }

    /// Returns which of these files have a URL below their directory, and have all such URLs beside the mapping: it has none of them, and
    /// no prefix that takes one along.
    #[must_use]
    pub fn are_beside(&self, files: &[Box<[u8]>]) -> Vec<bool> {
        let mut are_beside = vec![None; files.len()];
        visit_urls_of_files(files, self.site, |number, url, form| {
            // These lie in the directory above.
            if !matches!(form, Some(Form::DirectoryWithoutSlash | Form::AsPage) | None)
                && are_beside[number] != Some(false)
            {
                are_beside[number] = Some(!self.has(url));
            }
        });
        are_beside.iter().map(|is_beside| *is_beside == Some(true)).collect()
    }

    fn has(&self, url: &str) -> bool {
        self.urls.binary_search_by(|mapped| mapped.what.text().cmp(url)).is_ok()
            || !self.prefixes.is_empty() && self.is_covered(url)
    }

    /// Returns true where a prefix takes a URL along, or may: that of a name takes no longer name.
    fn is_covered(&self, url: &str) -> bool {
        let place = without_scheme(url);
        let mut ends = place.match_indices('/').flat_map(|(at, _)| [at, at + 1]).chain([place.len()]);
        ends.any(|end| self.prefixes.binary_search(&&place[..end]).is_ok())
    }
}

/// The part of a URL up to the slash before its name.
fn directory_of(text: &str) -> &str {
    let path = text.split_once('?').map_or(text, |(path, _)| path);
    path.rfind('/').map_or("", |slash| &path[..slash])
}

/// Returns the same text for all directories whose URLs may be the same.
fn key(directory: &[u8]) -> String {
    in_other_letters(directory, true)
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
        let counts = UrlCounts::of(&mapping, &site);
        let below = ["", "docs", "Docs", "docs/a", "docs/b"].map(|directory| counts.below(directory.as_bytes()));
        assert_eq!(below, [4, 3, 3, 2, 0], "{:?}", mapping.operations);
        let files = ["docs/a/1.css", "docs/x.css", "docs/y.css", "docs/z.css"].map(|path| Box::from(path.as_bytes()));
        assert_eq!(counts.are_beside(&files), [false, false, true, true]);
    }
}
