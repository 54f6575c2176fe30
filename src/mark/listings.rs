//! The answers of remotes about marks: each is asked once for all sites of a run.

use super::names::patterns;
use crate::config::RemoteName;
use crate::snapshot::{Remote, RemoteError, Repository};

/// The answers of remotes about marks: each is asked once for all sites.
#[derive(Default)]
pub struct Listings {
    answers: Vec<(RemoteName, Answer)>,
}

/// Refs and the objects they point to, or why they are not known.
type Answer = Result<Vec<(String, String)>, RemoteError>;

impl Listings {
    /// Returns what a remote says; it is asked the first time.
    pub(super) fn answer(&mut self, repository: &Repository, remote: &RemoteName) -> &Answer {
        if let Some(known) = self.answers.iter().position(|(name, _)| name == remote) {
            return &self.answers[known].1;
        }
        let answer = Remote::named(repository, remote).and_then(|remote| remote.plain_refs(&patterns()));
        self.answers.push((remote.clone(), answer));
        &self.answers[self.answers.len() - 1].1
    }
}
