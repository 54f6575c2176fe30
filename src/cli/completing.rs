//! What a shell may complete: sites of the configuration, branches and tags of the repository.
//!
//! The shell's script asks the program, since no script can know these. A question that cannot be answered (no configuration, no
//! repository) completes nothing, and says nothing: somebody is typing.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use super::found_file::found_file;
use crate::config::{BaseUrl, Config};
use crate::snapshot::Repository;

/// Where branches and tags lie, and how much of a ref's name is left out when one is typed.
const REFS: [&str; 3] = ["refs/heads/", "refs/tags/", "refs/remotes/"];

/// The words that stand for a snapshot beside revisions.
const WORDS: [&str; 2] = ["mark", "empty"];

/// Completes the names of sites.
pub(super) fn sites() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| {
        let config = configuration();
        candidates(typed, config.iter().flat_map(|config| &config.sites).map(|site| site.name.to_string()))
    })
}

/// Completes the hosts of the sites.
pub(super) fn hosts() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| {
        let config = configuration();
        let bases = config.iter().flat_map(|config| &config.sites).flat_map(|site| &site.base_urls);
        let mut hosts: Vec<String> = bases.map(BaseUrl::host).map(str::to_owned).collect();
        hosts.sort_unstable();
        hosts.dedup();
        candidates(typed, hosts)
    })
}

/// Completes branches, tags and the words beside them; of `A..B` both ends.
pub(super) fn revisions() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| {
        let before = typed.to_str().and_then(|text| text.rsplit_once("..")).map_or("", |(before, _)| before);
        let before = if before.is_empty() { String::new() } else { format!("{before}..") };
        let words = WORDS.into_iter().map(str::to_owned).filter(|_| before.is_empty());
        candidates(typed, names().into_iter().chain(words).map(|name| [&*before, &*name].concat()))
    })
}

/// Returns the names of branches and tags, as they are typed.
fn names() -> Vec<String> {
    let directory = option(&["-C"]).map(PathBuf::from);
    let Ok(repository) = Repository::open(directory.as_deref()) else { return Vec::new() };
    let below = |prefix: &&str| repository.names_of_refs(prefix).map(|names| (prefix.len(), names));
    let listed = REFS.iter().filter_map(|prefix| below(prefix).ok());
    let mut names: Vec<String> =
        listed.flat_map(|(cut, names)| names.into_iter().map(move |name| name[cut..].to_owned())).collect();
    names.retain(|name| !name.ends_with("/HEAD"));
    names.sort_unstable();
    names.dedup();
    names
}

/// Reads the configuration that the line so far means.
fn configuration() -> Option<Config> {
    let directory = option(&["-C"]).map(PathBuf::from);
    let file = option(&["-c", "--config"]).map_or_else(|| found_file(directory.as_deref()), PathBuf::from);
    Config::load(&file).ok()
}

/// Returns the value of an option in the line so far: the completer of another option does not get it.
fn option(names: &[&str]) -> Option<OsString> {
    let mut words = std::env::args_os().skip_while(|word| word != "--").skip(1);
    while let Some(word) = words.next() {
        if names.iter().any(|name| word == *name) {
            return words.next();
        }
        let value = names.iter().find_map(|name| {
            let rest = word.to_str()?.strip_prefix(name)?;
            if name.starts_with("--") { rest.strip_prefix('=') } else { Some(rest) }
        });
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            return Some(value.into());
        }
    }
    None
}

/// Keeps what begins as it was typed.
fn candidates(typed: &OsStr, all: impl IntoIterator<Item = String>) -> Vec<CompletionCandidate> {
    let typed = typed.to_str().unwrap_or_default();
    all.into_iter().filter(|name| name.starts_with(typed)).map(CompletionCandidate::new).collect()
}
