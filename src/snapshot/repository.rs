//! A git repository: opened once, asked for snapshots.
//!
//! Bare repositories, worktrees, SHA-1 and SHA-256 all open alike. libgit2 resolves the revisions, so no git program
//! is needed.

use std::path::Path;
use std::sync::OnceLock;

use git2::{ErrorCode, Object, ObjectType};

use super::{EntryKind, MalformedTree, Snapshot, SnapshotName, Tree};
use crate::config::OutputDir;
use crate::display::shown;

/// Extensions of a repository that libgit2 would refuse and that cannot hurt here: a partial clone only lacks blobs,
/// and blobs are not read.
const HARMLESS_EXTENSIONS: &[&str] = &["partialclone"];

/// An opened repository.
pub struct Repository {
    inner: git2::Repository,
}

/// Why a snapshot cannot be read. Exit code 3.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// No repository there, or one that cannot be opened.
    #[error("cannot open the git repository at {}", shown(.dir.as_bytes()))]
    Open {
        /// Where it was looked for.
        dir: String,
        /// libgit2's word on it.
        source: git2::Error,
    },
    /// The revision does not exist here.
    #[error("cannot find the revision {}", shown(.spec.as_bytes()))]
    Revision {
        /// As typed.
        spec: String,
        /// The clone has no full history.
        shallow: bool,
        /// libgit2's word on it.
        source: git2::Error,
    },
    /// The revision's object is missing or broken.
    #[error("cannot read the tree {tree} of {}", shown(.spec.as_bytes()))]
    Object {
        /// As typed.
        spec: String,
        /// The tree's id.
        tree: String,
        /// libgit2's word on it.
        source: git2::Error,
    },
    /// The tree is not in git's format.
    #[error("cannot read the tree {tree} of {}", shown(.spec.as_bytes()))]
    Malformed {
        /// As typed.
        spec: String,
        /// The tree's id.
        tree: String,
        /// What is wrong with it.
        source: MalformedTree,
    },
    /// `000…0`, which CI systems say for "there was none".
    #[error("{} is all zeros: there was no revision before this one", shown(.0.as_bytes()))]
    Zeros(String),
    /// The revision is a file.
    #[error("{} is neither a commit nor a tree", shown(.0.as_bytes()))]
    NotATree(String),
    /// The output directory is something else.
    #[error("`output` {} is not a directory in {}", shown(.output.as_bytes()), shown(.spec.as_bytes()))]
    OutputNotADirectory {
        /// The configured directory.
        output: String,
        /// As typed.
        spec: String,
    },
    /// The output directory is in neither revision: a slip in the configuration, not an empty site.
    #[error("`output` {} is neither in {} nor in {}", shown(.output.as_bytes()), shown(.from.as_bytes()), shown(.to.as_bytes()))]
    OutputNowhere {
        /// The configured directory.
        output: String,
        /// FROM as typed.
        from: String,
        /// TO as typed.
        to: String,
    },
}

impl SnapshotError {
    /// The next thing to type.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            SnapshotError::Open { dir, source } if source.code() == ErrorCode::Owner => {
                format!("another user owns it: `git config --global --add safe.directory {}`", shown(dir.as_bytes()))
            }
            SnapshotError::Open { .. } => "run it inside the repository, or name it: `diffpurge -C DIR …`".to_owned(),
            SnapshotError::Revision { spec, shallow: true, .. } => {
                let spec = shown(spec.as_bytes());
                format!(
                    "the clone is shallow: fetch it with `git fetch --depth=1 origin {spec}`, or check out with `fetch-depth: 0`"
                )
            }
            SnapshotError::Revision { .. } => {
                "`git rev-parse --verify REVISION` tells whether git knows it; is it fetched?".to_owned()
            }
            SnapshotError::Object { .. } | SnapshotError::Malformed { .. } => {
                "the clone lacks objects or is damaged: `git fsck` tells; `git fetch --refetch` mends a partial clone"
                    .to_owned()
            }
            SnapshotError::Zeros(_) => {
                "this is a first deploy: name the revision that was live, or purge the zone by hand once".to_owned()
            }
            SnapshotError::NotATree(_) => "name a commit, a tag, a branch or a tree".to_owned(),
            SnapshotError::OutputNotADirectory { .. } | SnapshotError::OutputNowhere { .. } => {
                "`git ls-tree --name-only -r -d REVISION` lists the directories; set `output` to the one that is served"
                    .to_owned()
            }
        }
    }
}

/// Sets libgit2's process-wide options, once.
fn start() {
    static STARTED: OnceLock<()> = OnceLock::new();
    STARTED.get_or_init(|| {
        // git does not hash again what it reads either; each tree is read once, so a cache only costs.
        git2::opts::strict_hash_verification(false);
        git2::opts::enable_caching(false);
        #[expect(
            unsafe_code,
            reason = "a process-wide setting of libgit2, set once before any repository is opened, behind a lock"
        )]
        // SAFETY: no other thread is inside libgit2: every use of it goes through `Repository::open`, which waits for this.
        // An error means that the list could not be allocated; opening a partial clone then fails with its own message.
        let _unchanged_on_error = unsafe { git2::opts::set_extensions(HARMLESS_EXTENSIONS) };
    });
}

impl Repository {
    /// Opens the repository that holds `dir`; without one, what `GIT_DIR` names or the current directory lies in.
    ///
    /// # Errors
    /// When there is none, or it belongs to somebody else, or libgit2 cannot read its format.
    pub fn open(dir: Option<&Path>) -> Result<Repository, SnapshotError> {
        start();
        let opened = match dir {
            Some(dir) => git2::Repository::discover(dir),
            None => git2::Repository::open_from_env(),
        };
        let inner = opened.map_err(|source| {
            let dir = dir.unwrap_or(Path::new("."));
            // Whole, so that a hint with it can be pasted anywhere.
            let dir = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
            SnapshotError::Open { dir: dir.display().to_string(), source }
        })?;
        Ok(Repository { inner })
    }

    /// The two snapshots of a site.
    ///
    /// # Errors
    /// When one cannot be read, or the output directory is in neither.
    pub fn snapshots(
        &self,
        range: &super::Range,
        output: &OutputDir,
    ) -> Result<(Snapshot<'_>, Snapshot<'_>), SnapshotError> {
        let from = self.snapshot(&range.from, output)?;
        let to = self.snapshot(&range.to, output)?;
        if from.root.is_none() && to.root.is_none() {
            let output = output.as_str().to_owned();
            return Err(SnapshotError::OutputNowhere { output, from: range.from.clone(), to: range.to.clone() });
        }
        Ok((from, to))
    }

    fn snapshot(&self, spec: &str, output: &OutputDir) -> Result<Snapshot<'_>, SnapshotError> {
        let (id, tree) = self.resolve(spec)?;
        let name = SnapshotName { spec: spec.to_owned(), id };
        let objects = self
            .inner
            .odb()
            .map_err(|source| SnapshotError::Open { dir: self.inner.path().display().to_string(), source })?;
        let mut snapshot = Snapshot { name, root: Some(tree), objects };
        for segment in output.as_str().split('/').filter(|s| !s.is_empty()) {
            snapshot.root = match snapshot.root.take() {
                Some(tree) => snapshot.subtree(&tree, segment, output)?,
                None => None,
            };
        }
        Ok(snapshot)
    }

    /// The id of the commit or tree behind `spec`, and the raw id of its tree.
    fn resolve(&self, spec: &str) -> Result<(String, Vec<u8>), SnapshotError> {
        if spec.len() >= 7 && spec.bytes().all(|b| b == b'0') {
            return Err(SnapshotError::Zeros(spec.to_owned()));
        }
        let missing =
            |source| SnapshotError::Revision { spec: spec.to_owned(), shallow: self.inner.is_shallow(), source };
        let object = self.inner.revparse_single(spec).map_err(missing)?;
        let named: Object<'_> = match object.peel(ObjectType::Commit) {
            Ok(commit) => commit,
            Err(_) if object.kind() == Some(ObjectType::Blob) => return Err(SnapshotError::NotATree(spec.to_owned())),
            Err(_) => object,
        };
        let tree = named.peel_to_tree().map_err(missing)?;
        Ok((named.id().to_string(), tree.id().as_bytes().to_vec()))
    }
}

impl Snapshot<'_> {
    /// The raw id of the directory `segment` of `tree`; `None` when there is nothing of that name.
    fn subtree(&self, tree: &[u8], segment: &str, output: &OutputDir) -> Result<Option<Vec<u8>>, SnapshotError> {
        let object = self.tree(tree)?;
        match self.find(&object, tree, segment)? {
            None => Ok(None),
            Some((EntryKind::Tree, id)) => Ok(Some(id)),
            Some(_) => Err(SnapshotError::OutputNotADirectory {
                output: output.as_str().to_owned(),
                spec: self.name.spec.clone(),
            }),
        }
    }

    fn find(&self, object: &Tree<'_>, tree: &[u8], name: &str) -> Result<Option<(EntryKind, Vec<u8>)>, SnapshotError> {
        let entry = object.find(name.as_bytes()).map_err(|source| self.malformed(tree, source))?;
        Ok(entry.map(|e| (e.kind, e.id.to_vec())))
    }

    /// The error for a tree of this snapshot that is not in git's format.
    #[must_use]
    pub fn malformed(&self, tree: &[u8], source: MalformedTree) -> SnapshotError {
        let tree = git2::Oid::from_bytes(tree).map_or_else(|_| "?".to_owned(), |id| id.to_string());
        SnapshotError::Malformed { spec: self.name.spec.clone(), tree, source }
    }
}
