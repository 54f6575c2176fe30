//! One public web site, as validated types, with the small choices that are its own.

use std::collections::BTreeSet;

use super::fault::Fault;
use super::word::one_of;
use super::{
    BaseUrl, BranchName, Cache, Case, Cover, Events, Form, HostName, HostPreset, Layer, MappingDigest, MarkStore,
    OriginCheck, OutputDir, Prefix, Rules, SiteName, Threshold, UrlPath,
};

/// One public web site.
#[derive(Debug, Clone)]
pub struct Site {
    /// Its name, unique in the file.
    pub name: SiteName,
    /// Every changed file is purged under each of them; never empty.
    pub base_urls: Vec<BaseUrl>,
    /// The web root inside a revision.
    pub output: OutputDir,
    /// `output` was written down, be it as the whole tree.
    pub is_output_named: bool,
    /// The branch that TO is by default; `None` for what is checked out.
    pub branch: Option<BranchName>,
    /// The meaning of symbolic links in it.
    pub symlinks: Symlinks,
    /// Where it is served: decides the forms of a file.
    pub host_preset: HostPreset,
    /// The forms that files answer under, in place of the host's.
    pub forms: Option<Vec<Form>>,
    /// The names of files that answer for their directory, in place of the host's.
    pub index_names: Option<Vec<String>>,
    /// Whether case makes a difference; `None` for what the host does.
    pub case: Option<Case>,
    /// Which spellings of a path are purged.
    pub spellings: Spellings,
    /// The hex digits of escapes.
    pub escapes: Escapes,
    /// Which deleted files are purged.
    pub deleted: Deleted,
    /// Paths that are never purged, and what changes of others mean beyond the usual.
    pub rules: Rules,
    /// URL paths that are purged whenever anything is.
    pub always: Vec<UrlPath>,
    /// The cache in front of the site; of several, the one next to the origin.
    pub cache: Cache,
    /// Further caches in front of that one, from the origin outward.
    pub outer: Vec<Cache>,
    /// Which of several `cache` is, on a site that stands for one of them.
    pub layer: Option<Layer>,
    /// When a directory takes the place of its URLs.
    pub cover: Cover,
    /// The answer to an unknown base: when nobody knows what was live before.
    pub unknown_base: UnknownBase,
    /// The things that are awaited before it is purged.
    pub origin: OriginCheck,
    /// The digest that tells whether another configuration gives its files the same URLs.
    pub mapping: MappingDigest,
    /// Where it is written down what was last purged completely.
    pub mark: MarkStore,
    /// When listing URLs ends and a broader purge begins.
    pub threshold: Threshold,
    /// Where its files lie, for events about them.
    pub events: Events,
}

/// The fate of symbolic links on the way from a revision to the server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Symlinks {
    /// Their targets answer under their paths, whether the server follows them or the deploy flattened them.
    #[default]
    Follow,
    /// They are not published.
    Ignore,
}

/// Which cache keys a path stands for, where it holds reserved or non-ASCII characters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Spellings {
    /// The one that browsers send for the bytes that git holds.
    Canonical,
    /// Also the others that links may hold.
    #[default]
    All,
}

/// The hex digits of the escapes in a URL.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Escapes {
    /// Capitals, as browsers send them: `%C3`.
    #[default]
    Upper,
    /// Also small ones, as some programs do, which a cache keeps apart that does not decode: `%c3`.
    Both,
}

/// Which deleted files are purged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Deleted {
    /// All but those whose place another content hash has taken, and those in directories that a bundler owns.
    #[default]
    Superseded,
    /// All.
    All,
}

/// The purge of a site of which it is not known what was live before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum UnknownBase {
    /// The site's own hosts, and what its rules name beside them: a first run must not empty a zone that others share.
    #[default]
    Site,
    /// Everything in the zone, or in the cache.
    Everything,
    /// None: the run fails.
    Fail,
}

impl Site {
    /// Returns its caches, from the origin outward; at least one.
    pub fn caches(&self) -> impl Iterator<Item = &Cache> {
        [&self.cache].into_iter().chain(&self.outer)
    }

    /// Returns the site once for each of its caches, from the origin outward.
    #[must_use]
    pub fn in_layers(&self) -> Vec<Site> {
        let all: Vec<&Cache> = self.caches().collect();
        let one = |(number, cache): (usize, &&Cache)| {
            let layer = Layer { number, of: all.len(), cache: cache.name().to_owned() };
            let layer = (all.len() > 1).then_some(layer);
            Site { cache: (*cache).clone(), outer: Vec::new(), layer, ..self.clone() }
        };
        (1..).zip(&all).map(one).collect()
    }

    /// Returns every host that its purges may name, of its base URLs and of what its rules add: without ports, sorted, each once;
    /// at least one.
    #[must_use]
    pub fn hosts(&self) -> Vec<&str> {
        let rules = || self.rules.iter().map(|(_, rule)| rule);
        let base_urls = self.base_urls.iter().map(BaseUrl::host);
        let prefixes = rules().flat_map(|rule| &rule.prefixes).map(Prefix::host);
        let hosts = rules().flat_map(|rule| &rule.hosts).map(HostName::as_str);
        base_urls.chain(prefixes).chain(hosts).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

impl Spellings {
    pub(super) fn parse(text: &str) -> Result<Spellings, Fault> {
        one_of("spellings", &[("all", Spellings::All), ("canonical", Spellings::Canonical)], text)
    }
}

impl Escapes {
    pub(super) fn parse(text: &str) -> Result<Escapes, Fault> {
        one_of("escapes", &[("upper", Escapes::Upper), ("both", Escapes::Both)], text)
    }
}

impl Symlinks {
    pub(super) fn parse(text: &str) -> Result<Symlinks, Fault> {
        one_of("symlinks", &[("follow", Symlinks::Follow), ("ignore", Symlinks::Ignore)], text)
    }
}

impl Deleted {
    pub(super) fn parse(text: &str) -> Result<Deleted, Fault> {
        if text == "unfingerprinted" {
            let message = "`deleted = \"unfingerprinted\"` is called `\"superseded\"` now: a file is kept where another hash takes its place";
            return Err(Fault::new(message, "write `deleted = \"superseded\"`, or leave it out"));
        }
        one_of("deleted", &[("superseded", Deleted::Superseded), ("all", Deleted::All)], text)
    }
}

impl UnknownBase {
    pub(super) fn parse(text: &str) -> Result<UnknownBase, Fault> {
        use UnknownBase::{Everything, Fail, Site};
        if text == "fallback" {
            let message = "`unknown_base = \"fallback\"` is called `\"site\"` now: it purges the site's own hosts";
            return Err(Fault::new(message, "write `unknown_base = \"site\"`, or leave it out"));
        }
        one_of("unknown_base", &[("site", Site), ("everything", Everything), ("fail", Fail)], text)
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[test]
    fn hosts_come_from_base_urls_and_from_rules() {
        let text = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com:8443/a/\", \"https://www.example.com/b/\"]\n\
                    [[site.rule]]\nmatch = [\"**\"]\nprefixes = [\"img.example.com:8080/x/\"]\nhosts = [\"CDN.example.com\"]\n";
        let site = Config::parse(text, "purge.toml").unwrap().sites.remove(0);
        assert_eq!(site.hosts(), ["cdn.example.com", "img.example.com", "www.example.com"]);
    }
}
