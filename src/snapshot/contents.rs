//! Which contents of a revision are needed though a clone has left them out: the targets of links, and what says how a host answers.

use git2::{ObjectType, TreeWalkMode, TreeWalkResult};

use super::error::{GitError, SnapshotError};
use super::repository::Repository;

/// The mode of a symbolic link in a tree.
const LINK: i32 = 0o120_000;

/// Files that a comparison reads beside the trees.
const READ: [&str; 10] = [
    "_headers",
    "_redirects",
    ".htaccess",
    ".gitattributes",
    "vercel.json",
    "now.json",
    "serve.json",
    "firebase.json",
    "netlify.toml",
    "staticwebapp.config.json",
];

impl Repository {
    /// Returns the ids of the contents that a comparison with a revision reads, and that are not here.
    ///
    /// # Errors
    /// When its trees cannot be read.
    pub(super) fn missing_contents(&self, id: &str) -> Result<Vec<String>, SnapshotError> {
        let unread = |e| SnapshotError::Open { dir: self.inner.path().display().to_string(), source: GitError(e) };
        let tree = self.inner.revparse_single(id).and_then(|object| object.peel_to_tree()).map_err(unread)?;
        let objects = self.inner.odb().map_err(unread)?;
        let mut missing = Vec::new();
        let walked = tree.walk(TreeWalkMode::PreOrder, |_, entry| {
            let is_read = || entry.name().is_ok_and(|name| READ.contains(&name));
            let is_needed = entry.kind() == Some(ObjectType::Blob) && (entry.filemode() == LINK || is_read());
            if is_needed && !objects.exists(entry.id()) {
                missing.push(entry.id().to_string());
            }
            TreeWalkResult::Ok
        });
        walked.map_err(unread)?;
        missing.sort_unstable();
        missing.dedup();
        Ok(missing)
    }
}
