//! What is typed in place of two snapshots when something has to go now: URLs, hosts, prefixes, tags, everything.

#![allow(clippy::doc_markdown, reason = "these comments are the help that people read; it has no backticks")]

use clap::Args;

use super::completing;
use super::error::Error;
use super::mistyped::Mistyped;
use crate::config::Site;
use crate::engine::{Asked, These};
use crate::mapping::is_url;

/// The heading of these options in the help.
const HEADING: &str = "In an emergency, in place of FROM and TO";

/// Whatever is asked for by hand.
#[derive(Debug, Args, Clone)]
pub struct ByHand {
    /// In place of FROM and TO: purge these URLs, as a browser shows them. No deploy is compared, and no mark is read or moved
    #[arg(value_name = "URL")]
    pub urls: Vec<String>,
    /// With URLs: also their other forms (/a, /a.html, /a/index.html), and what the site's rules add
    #[arg(long, help_heading = HEADING, conflicts_with_all = ["paths", "events", "everything"])]
    pub forms: bool,
    /// Purge everything that the caches of the sites hold
    #[arg(long, help_heading = HEADING, conflicts_with_all = ["from", "paths", "events", "host", "prefix", "tag"])]
    pub everything: bool,
    /// Purge everything under this host of a site; repeatable
    #[arg(long, value_name = "HOST", help_heading = HEADING, add = completing::hosts(), conflicts_with_all = ["paths", "events"])]
    pub host: Vec<String>,
    /// Purge everything below this directory, like www.example.com/blog/; repeatable
    #[arg(long, value_name = "PREFIX", help_heading = HEADING, conflicts_with_all = ["paths", "events"])]
    pub prefix: Vec<String>,
    /// Purge everything with this cache tag; repeatable
    #[arg(long, value_name = "TAG", help_heading = HEADING, conflicts_with_all = ["paths", "events"])]
    pub tag: Vec<String>,
}

impl ByHand {
    /// Returns what is asked for, from the words where FROM and TO stand too; nothing where these are revisions.
    pub(super) fn read(&self, words: &[&String], sites: &[Site]) -> Result<Option<Asked>, Error> {
        if self.everything {
            return Ok(Some(Asked::Everything));
        }
        let has_options = !self.host.is_empty() || !self.prefix.is_empty() || !self.tag.is_empty();
        let is_url = |word: &&&String| is_url(word, sites);
        if !has_options && !words.iter().any(|word| is_url(&word)) {
            if self.forms {
                return Err(Error::Mistyped(Mistyped::FormsAlone));
            }
            // Two are FROM and TO.
            return words.get(2).map_or(Ok(None), |third| Err(Error::Mistyped(Mistyped::ThirdEnd((*third).clone()))));
        }
        // An empty word is told as an empty URL.
        if let Some(other) = words.iter().find(|word| !word.trim().is_empty() && !is_url(word)) {
            return Err(Error::Mistyped(Mistyped::NoUrl((*other).clone())));
        }
        if self.forms && words.is_empty() {
            return Err(Error::Mistyped(Mistyped::FormsAlone));
        }
        let urls = words.iter().map(|word| (*word).clone()).collect();
        let (prefixes, hosts, tags) = (self.prefix.clone(), self.host.clone(), self.tag.clone());
        Ok(Some(Asked::These(Box::new(These { urls, forms: self.forms, prefixes, hosts, tags }))))
    }
}
