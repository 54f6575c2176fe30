//! `[site.mark]`: where it is written down what was last purged completely.

use std::path::{Component, Path, PathBuf};

use super::checked::checked;
use super::fault::Fault;
use super::raw::RawMark;
use crate::display::shown;

/// Where a site's mark is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MarkStore {
    /// In the repository, as `refs/diffpurge/<site>`; it holds a revision.
    Ref {
        /// The remote whose ref counts, for clones that do not last.
        push: Option<RemoteName>,
    },
    /// In a manifest, which holds any snapshot.
    File {
        /// The manifest; once loaded, relative to the current directory.
        path: PathBuf,
    },
}

impl Default for MarkStore {
    fn default() -> Self {
        MarkStore::Ref { push: None }
    }
}

/// The name of a git remote; nothing that git could take for an option, and no URL, which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RemoteName(String);

/// The prefix of a file's name.
const FILE: &str = "file:";

impl MarkStore {
    pub(super) fn from_raw(raw: &RawMark) -> Result<MarkStore, Fault> {
        let push = match &raw.push {
            Some(push) if push.get_ref().is_empty() => None,
            Some(push) => Some(checked(push, RemoteName::parse)?),
            None => None,
        };
        let store = raw.store.as_ref().map_or(Ok(None), |store| checked(store, file))?;
        match (store, push) {
            (Some(path), None) => Ok(MarkStore::File { path }),
            (Some(_), Some(_)) => {
                let fault =
                    Fault::new("`push` is for a mark that is a ref", "leave it out, or write `store = \"ref\"`");
                Err(raw.push.as_ref().map_or(fault.clone(), |push| fault.at(push.span())))
            }
            (None, push) => Ok(MarkStore::Ref { push }),
        }
    }

    /// Paths in the configuration count from its directory.
    pub(super) fn relative_to(&mut self, directory: &Path) {
        if let MarkStore::File { path } = self {
            *path = directory.join(&*path);
        }
    }

    /// Returns the file that it is kept in, without detours in its path.
    pub(super) fn file(&self) -> Option<PathBuf> {
        let MarkStore::File { path } = self else { return None };
        let mut plain = PathBuf::new();
        for part in path.components() {
            match part {
                Component::CurDir => {}
                Component::ParentDir if plain.file_name().is_some() => {
                    plain.pop();
                }
                _ => plain.push(part),
            }
        }
        Some(plain)
    }
}

/// Returns the path of `file:PATH`; nothing for `ref`.
fn file(text: &str) -> Result<Option<PathBuf>, Fault> {
    match text.strip_prefix(FILE) {
        Some(path) if stands_beside(path) => {
            let hint = "give it another name, for example `store = \"file:.cache/www.mark\"`";
            Err(Fault::new(format!("{} is kept for what stands beside a mark", shown(path.as_bytes())), hint))
        }
        Some(path) if !path.is_empty() => Ok(Some(PathBuf::from(path))),
        None if text == "ref" => Ok(None),
        _ => {
            let hint = "write `ref`, or `file:` and a path, for example `store = \"file:.cache/www.mark\"`";
            Err(Fault::new(format!("{} is no store for a mark", shown(text.as_bytes())), hint))
        }
    }
}

/// Returns true for the names of files that stand beside a mark: its lock, what is open, and the mark of another destination.
fn stands_beside(path: &str) -> bool {
    let name = path.strip_suffix(".gz").unwrap_or(path);
    let ends_in_digits =
        |(_, digits): (&str, &str), n| digits.len() == n && digits.bytes().all(|b| b.is_ascii_hexdigit());
    name.to_ascii_lowercase().ends_with(".lock")
        || name.rsplit_once(".open-").is_some_and(|parts| ends_in_digits(parts, 16))
        || name.rsplit_once(".at-").is_some_and(|parts| ends_in_digits(parts, 12))
}

impl RemoteName {
    fn parse(text: &str) -> Result<RemoteName, Fault> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/');
        if text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(fits) && !text.contains("..") {
            return Ok(RemoteName(text.to_owned()));
        }
        // It may be a URL with a password in it: it is not repeated.
        Err(Fault::new("this is not the name of a remote", "`git remote` lists them, for example `push = \"origin\"`"))
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name that a repository has it by; `None` for one that is not fit to be passed on.
    #[must_use]
    pub fn from_git(text: &str) -> Option<RemoteName> {
        // Its fault is of no interest: nobody typed it here.
        RemoteName::parse(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_mark_has_the_name_of_what_stands_beside_another() {
        for bad in ["www.lock", "a/www.open-0123456789abcdef", "www.mark.open-0123456789abcdef.gz", "w.at-0123456789ab"]
        {
            assert!(file(&format!("file:{bad}")).unwrap_err().message.contains("beside a mark"), "{bad}");
        }
        for good in ["www", "www.open-eu", "www.open-", "www.at-home", "www.locked", "a.lock/www"] {
            assert_eq!(file(&format!("file:{good}")).unwrap(), Some(PathBuf::from(good)));
        }
    }
}
