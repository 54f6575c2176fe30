//! The refs of marks, of a repository and of its remotes: each is asked once for all sites of a run.

use std::collections::{BTreeMap, BTreeSet};

use super::names::{all_opens, directories, labels, patterns};
use crate::config::RemoteName;
use crate::snapshot::{GitError, PackedState, Remote, RemoteError, Repository};

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
    /// What is open of each mark, where nobody has looked yet: there is a directory for each that ever had something open.
    directories: BTreeSet<String>,
    /// The state of the packed refs when these were listed.
    packed: PackedState,
}

/// Refs by name, with the objects they point to; `None` for one that was not read.
pub(super) type Refs = BTreeMap<String, Option<String>>;

/// Why they are not known, where a remote does not say.
type Answer = Result<Refs, RemoteError>;

impl Listings {
    /// Returns the refs of the repository itself, with what is open of all marks of a site's name. They are listed the first time.
    pub(super) fn here(&mut self, repository: &Repository, site: &str) -> Result<&Refs, GitError> {
        let (first, others) = (all_opens(site), all_opens(&labels(site)));
        let mut here = match self.here.take() {
            Some(here) => here,
            None => Here::begun(repository)?.with_packed(repository)?,
        };
        let labelled = here.directories.range(others.clone()..).take_while(|name| name.starts_with(&others));
        let wanted: Vec<String> = here.directories.get(&first).into_iter().chain(labelled).cloned().collect();
        here.look_in(repository, &wanted)?;
        if !wanted.is_empty() && repository.packed_state() != here.packed {
            // What is not in a directory any more may have been packed after the packed ones were listed.
            here = Here::begun(repository)?;
            let all: Vec<String> = here.directories.iter().cloned().collect();
            here.look_in(repository, &all)?;
            here = here.with_packed(repository)?;
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
    /// Lists those that have files of their own. The packed ones come last, since git packs a ref before it deletes its file.
    fn begun(repository: &Repository) -> Result<Here, GitError> {
        let mut here = Here::default();
        let [marks, open] = directories();
        // A ref of that name leaves no room for marks; whoever writes one says so.
        if !repository.common_directory().join(marks.trim_end_matches('/')).is_file() {
            here.add_files(repository, marks)?;
        }
        here.directories = repository.files_in(open)?.into_iter().map(|(name, _)| name).collect();
        Ok(here)
    }

    fn with_packed(mut self, repository: &Repository) -> Result<Here, GitError> {
        self.packed = repository.packed_state();
        self.refs.extend(repository.packed_names(&directories())?.into_iter().map(|name| (name, None)));
        Ok(self)
    }

    /// Adds what is open in some of the directories.
    fn look_in(&mut self, repository: &Repository, directories: &[String]) -> Result<(), GitError> {
        for directory in directories {
            self.directories.remove(directory);
            self.add_files(repository, &format!("{directory}/"))?;
        }
        Ok(())
    }

    fn add_files(&mut self, repository: &Repository, directory: &str) -> Result<(), GitError> {
        let files = repository.files_in(directory)?.into_iter().filter(|(_, is_directory)| !is_directory);
        self.refs.extend(files.map(|(name, _)| (name, None)));
        Ok(())
    }
}
