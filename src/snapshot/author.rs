//! Writes commits into a repository of our own making: the demo's site, and sites in tests.
//!
//! The one place that writes to git; a user's repository never comes here. Time is an argument, so that the same files
//! give the same ids everywhere.

use std::path::Path;

use git2::{Repository, RepositoryInitOptions, Signature, Time};

/// A new repository whose every commit holds exactly the files of its working directory.
pub struct Author {
    repository: Repository,
}

impl Author {
    /// Makes a repository with a `main` branch in `dir`.
    ///
    /// # Errors
    /// When libgit2 cannot write there.
    pub fn init(dir: &Path) -> Result<Author, git2::Error> {
        let repository =
            Repository::init_opts(dir, RepositoryInitOptions::new().initial_head("main").external_template(false))?;
        Ok(Author { repository })
    }

    /// Commits the working directory as it is, at `seconds` since 1970 (UTC); gives the commit's id in hex.
    ///
    /// # Errors
    /// When a file cannot be read or an object not be written.
    pub fn commit(&self, message: &str, seconds: i64) -> Result<String, git2::Error> {
        let mut index = self.repository.index()?;
        index.add_all(["*"], git2::IndexAddOption::FORCE, None)?;
        index.update_all(["*"], None)?;
        index.write()?;
        let tree = self.repository.find_tree(index.write_tree()?)?;
        let who = Signature::new("diffpurge demo", "demo@example.com", &Time::new(seconds, 0))?;
        let parent = match self.repository.head() {
            Ok(head) => Some(head.peel_to_commit()?),
            Err(e) if e.code() == git2::ErrorCode::UnbornBranch => None,
            Err(e) => return Err(e),
        };
        let parents: Vec<_> = parent.iter().collect();
        let id = self.repository.commit(Some("HEAD"), &who, &who, message, &tree, &parents)?;
        Ok(id.to_string())
    }
}
