//! The URLs of a site by the files behind them, for redirects: one form of a page leads to another, and to nothing else.

use std::collections::{HashMap, HashSet};

use percent_encoding::percent_decode_str;
use url::Url;

use super::paths::Paths;
use crate::config::Site;

/// Where a redirect leads, seen from the URL that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leads {
    /// To a form of the same file, or to the same path under another name of the site.
    Form(String),
    /// To a form of the same file that not every host answers, so that it has to be asked for.
    PerhapsForm(String),
    /// Back to where it was asked for.
    Itself,
    /// To what was a form of the same file, which is gone there.
    Gone(String),
    /// To another page that TO has.
    Page,
    /// To another path of the site, which nobody knows.
    Site,
    /// To another host, or nowhere.
    Away,
}

/// The URL paths of a site, decoded and below its base URLs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forms {
    /// The base URLs without their schemes.
    bases: Vec<String>,
    /// The files behind each path, and whether every host answers it with that file.
    files: HashMap<Vec<u8>, Vec<File>>,
    /// The directories of TO, without a slash.
    directories: HashSet<Vec<u8>>,
    /// The directories of before that are none any more.
    gone: HashSet<Vec<u8>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct File {
    pub(super) index: u32,
    pub(super) is_there: bool,
    pub(super) is_exact: bool,
}

impl Forms {
    /// Makes the forms of a site without any file.
    pub(super) fn new(site: &Site, Paths { there, inventory }: Paths<'_>) -> Forms {
        let bases = site.base_urls.iter().map(|base| base.without_scheme().to_owned()).collect();
        let directories = self::directories(there);
        let gone = self::directories(inventory).difference(&directories).cloned().collect();
        Forms { bases, files: HashMap::new(), directories, gone }
    }

    /// Returns true where a URL is that of a directory of TO, with a slash or without.
    pub(super) fn is_directory(&self, url: &str) -> bool {
        self.path(url).is_some_and(|path| self.directories.contains(without_slash(&path)))
    }

    /// Returns true where a URL is that of a directory of before that is none any more.
    pub(super) fn was_directory(&self, url: &str) -> bool {
        self.path(url).is_some_and(|path| self.gone.contains(without_slash(&path)))
    }

    /// Adds files behind a URL.
    pub(super) fn add(&mut self, url: &str, files: impl Iterator<Item = File>) {
        if let Some(path) = self.path(url) {
            self.files.entry(path).or_default().extend(files);
        }
    }

    /// Says where a redirect from `url` to `location` leads.
    #[must_use]
    pub fn leads(&self, url: &str, location: &str) -> Leads {
        let Ok(target) = Url::parse(url).and_then(|url| url.join(location)) else { return Leads::Away };
        let mut target = target;
        target.set_fragment(None);
        let (Some(from), Some(to)) = (self.path(url), self.path(target.as_str())) else { return Leads::Away };
        if from == to {
            let is_same = without_query(url) == without_query(target.as_str());
            return if is_same { Leads::Itself } else { Leads::Form(target.into()) };
        }
        let behind = |path: &[u8]| self.files.get(path).map_or(&[][..], Vec::as_slice);
        let shared = |is_there| {
            let mut files = behind(&to).iter().filter(move |file| file.is_there == is_there);
            files.find(|file| behind(&from).iter().any(|other| other.index == file.index))
        };
        let is_directory = to.strip_suffix(b"/").is_some_and(|to| to == from && self.directories.contains(to));
        match shared(true) {
            Some(File { is_exact: true, .. }) => return Leads::Form(target.into()),
            _ if is_directory => return Leads::Form(target.into()),
            Some(_) => return Leads::PerhapsForm(target.into()),
            None => {}
        }
        let is_page = behind(&to).iter().any(|file| file.is_there);
        if shared(false).is_some() || self.gone.contains(without_slash(&to)) {
            Leads::Gone(target.into())
        } else if is_page || to.strip_suffix(b"/").is_some_and(|to| self.directories.contains(to)) {
            Leads::Page
        } else {
            Leads::Site
        }
    }

    /// Returns the path of a URL below a base URL of the site, decoded, under whatever scheme; `None` for another host.
    fn path(&self, url: &str) -> Option<Vec<u8>> {
        let rest = without_query(url).split_once("://").map_or("", |(_, rest)| rest);
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let under = |base: &String| {
            let (base_host, base_path) = base.split_at(base.find('/').unwrap_or(base.len()));
            let below = path.strip_prefix(base_path)?;
            let name = |host: &str| host.split(':').next().unwrap_or_default().to_ascii_lowercase();
            (name(host) == name(base_host)).then_some(below)
        };
        // The longest base is the site's own directory.
        let below = self.bases.iter().filter_map(under).min_by_key(|below| below.len())?;
        Some(percent_decode_str(below).collect())
    }
}

/// Returns the directories of some paths, without their slashes.
fn directories(paths: &[Box<[u8]>]) -> HashSet<Vec<u8>> {
    // The root, where there is anything at all.
    let mut all: HashSet<Vec<u8>> = paths.first().map(|_| Vec::new()).into_iter().collect();
    for path in paths {
        for (at, _) in path.iter().enumerate().rev().filter(|(_, b)| **b == b'/') {
            // A directory that is known is known with all above it.
            if !all.insert(path[..at].to_vec()) {
                break;
            }
        }
    }
    all
}

fn without_slash(path: &[u8]) -> &[u8] {
    path.strip_suffix(b"/").unwrap_or(path)
}

fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn a_redirect_leads_to_a_form_of_the_same_file_or_it_does_not() {
        let site = "[[site]]\nname = \"w\"\nbase_urls = [\"https://w.example/\", \"https://www.w.example/\"]\n";
        let site = Config::parse(site, "").unwrap().sites.remove(0);
        let there: Vec<Box<[u8]>> = [&b"a/index.html"[..], b"img/x.png", b"n.html"].map(Box::from).to_vec();
        let mut forms = Forms::new(&site, Paths { there: &there, inventory: &there });
        let file = |index, is_there, is_exact| [File { index, is_there, is_exact }].into_iter();
        for (url, index, is_there, is_exact) in [
            ("a/", 0, true, true),
            ("a", 0, true, false),
            ("a/index.html", 0, true, true),
            ("img/x.png", 1, true, true),
            ("n.html", 2, true, true),
            ("n", 2, true, false),
            ("n/", 2, true, false),
            ("b", 3, true, true),
            ("b/", 4, false, true),
            ("b", 4, false, false),
        ] {
            forms.add(&format!("https://w.example/{url}"), file(index, is_there, is_exact));
        }
        let form = |url: &str| Leads::Form(url.to_owned());
        let perhaps = |url: &str| Leads::PerhapsForm(url.to_owned());
        for (url, location, want) in [
            ("a", "/a/", form("https://w.example/a/")),
            ("a", "/a", Leads::Itself),
            ("a", "//www.w.example/a", form("https://www.w.example/a")),
            ("a", "http://w.example/a", form("http://w.example/a")),
            ("a/index.html", "./", form("https://w.example/a/")),
            ("a", "https://parked.example/a/", Leads::Away),
            ("a", "https://w.example.evil/a/", Leads::Away),
            ("a", "mailto:x", Leads::Away),
            ("a", "/n.html", Leads::Page),
            ("img", "/img/", form("https://w.example/img/")),
            ("n.html", "/n", perhaps("https://w.example/n")),
            ("n", "/n.html", form("https://w.example/n.html")),
            ("b", "/b/", Leads::Gone("https://w.example/b/".to_owned())),
            ("a", "/elsewhere", Leads::Site),
        ] {
            assert_eq!(forms.leads(&format!("https://w.example/{url}"), location), want, "{url} {location}");
        }
    }
}
