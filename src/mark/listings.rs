//! The refs of marks, of a repository and of its remotes: each is asked once for all sites of a run.

use std::collections::{BTreeMap, BTreeSet};

use super::names::{all_opens, directories, labels, patterns};
use crate::config::RemoteName;
use crate::snapshot::{GitError, Remote, RemoteError, Repository};

/// The refs of marks, as far as somebody has asked for them. It is of one repository.
#[derive(Default)]
pub struct Listings {
    here: Option<Here>,
    answers: Vec<(RemoteName, Answer)>,
}

/// The refs of the repository itself. None of them was read.
#[derive(Default)]
struct Here {
    refs: Refs,
    /// Directories in which nobody has looked yet: there is one for each mark that ever had something open.
    directories: BTreeSet<String>,
}

/// Refs by name, with the objects they point to; `None` for one that was not read.
pub(super) type Refs = BTreeMap<String, Option<String>>;

/// Why they are not known, where a remote does not say.
type Answer = Result<Refs, RemoteError>;

impl Listings {
    /// Returns the refs of the repository itself, with what is open of all marks of a site's name. They are listed the first time.
    pub(super) fn here(&mut self, repository: &Repository, site: &str) -> Result<&Refs, GitError> {
        let mut here = match self.here.take() {
            Some(here) => here,
            None => Here::list(repository)?,
        };
        let (first, others) = (all_opens(site), all_opens(&labels(site)));
        let labelled = here.directories.range(others.clone()..).take_while(|name| name.starts_with(&others));
        let wanted: Vec<String> = here.directories.get(&first).into_iter().chain(labelled).cloned().collect();
        for directory in wanted {
            here.directories.remove(&directory);
            here.look_in(repository, &format!("{directory}/"))?;
        }
        Ok(&self.here.insert(here).refs)
    }

    /// Lets the refs of the repository be listed again.
    pub(super) fn forget_here(&mut self) {
        self.here = None;
    }

    /// Returns what a remote says; it is asked the first time.
    pub(super) fn at(&mut self, repository: &Repository, remote: &RemoteName) -> &Answer {
        if let Some(known) = self.answers.iter().position(|(name, _)| name == remote) {
            return &self.answers[known].1;
        }
        let answer = Remote::named(repository, remote).and_then(|remote| remote.plain_refs(&patterns()));
        let answer = answer.map(|refs| refs.into_iter().map(|(name, object)| (name, Some(object))).collect());
        self.answers.push((remote.clone(), answer));
        &self.answers[self.answers.len() - 1].1
    }
}

impl Here {
    fn list(repository: &Repository) -> Result<Here, GitError> {
        let packed = repository.packed_names(&directories())?;
        let refs = packed.into_iter().map(|name| (name, None)).collect();
        let mut here = Here { refs, directories: BTreeSet::new() };
        for directory in directories() {
            here.look_in(repository, directory)?;
        }
        Ok(here)
    }

    fn look_in(&mut self, repository: &Repository, directory: &str) -> Result<(), GitError> {
        for (name, is_directory) in repository.files_in(directory)? {
            if is_directory {
                self.directories.insert(name);
            } else {
                self.refs.insert(name, None);
            }
        }
        Ok(())
    }
}
