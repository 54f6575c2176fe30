//! A git repository: opened once, asked for snapshots.
//!
//! Bare repositories, worktrees, SHA-1 and SHA-256 all open alike. libgit2 resolves the revisions, so no git program
//! is needed.

use std::io;
use std::path::Path;
use std::rc::Rc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use git2::{ErrorCode, Object, ObjectType};

use super::error::{GitError, SnapshotError};
use super::hash::Hash;
use super::kept_trees::KeptTrees;
use super::noted_trees::TreeMemory;
use super::objects::Objects;
use super::own_config::OwnConfig;
use super::replaced::{Database, Replaced};
use super::settled::Settled;
use super::web_roots::WebRoots;
use super::{MalformedTree, Snapshot, SnapshotName};
use crate::config::OutputDir;

/// Extensions of a repository that libgit2 would refuse and that cannot hurt here: a partial clone only lacks blobs,
/// and a link's that is missed is an error of its own.
const HARMLESS_EXTENSIONS: &[&str] = &["partialclone"];

/// Bytes of a pack that are mapped at once, and of all packs together. Left to itself libgit2 keeps whatever a comparison has touched, which
/// is most of the memory of a large one; git's trees lie near each other in a pack, so that hardly any part is mapped twice.
const WINDOW: usize = 4 << 20;
const MAPPED: usize = 64 << 20;

/// An opened repository.
pub struct Repository {
    pub(super) inner: Rc<git2::Repository>,
    replaced: Replaced,
    web_roots: WebRoots,
    kept: KeptTrees,
    /// What stays so, whatever is fetched.
    pub(super) settled: Settled,
    /// Which trees are noted.
    trees: Option<TreeMemory>,
    /// The settings of its own that git is run without.
    pub(super) own: OwnConfig,
}

/// Lets every object be hashed again that is read from now on: what a fetch has brought may stand beside what somebody put there
/// under an id that is not its own.
pub(super) fn hash_from_now_on() {
    git2::opts::strict_hash_verification(true);
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
            reason = "process-wide settings of libgit2, set once before any repository is opened, behind a lock"
        )]
        // SAFETY: no other thread is inside libgit2: every use of it goes through `Repository::open`, which waits for this.
        // An error means that the list could not be allocated; opening a partial clone then fails with its own message. The sizes
        // cannot fail.
        let _unchanged_on_error = unsafe {
            (
                git2::opts::set_extensions(HARMLESS_EXTENSIONS),
                git2::opts::set_mwindow_size(WINDOW),
                git2::opts::set_mwindow_mapped_limit(MAPPED),
            )
        };
    });
}

/// True in a process that ends soon.
static STAY_OPEN: AtomicBool = AtomicBool::new(false);

impl Repository {
    /// Lets each repository that is opened from now on stay open until the process ends: to close one takes a sixth of the time of a
    /// small plan, and the system does it anyway.
    pub fn stay_open() {
        STAY_OPEN.store(true, Ordering::Relaxed);
    }

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
            SnapshotError::Open { dir: dir.display().to_string(), source: GitError(source) }
        })?;
        let unread =
            |e: git2::Error| SnapshotError::Open { dir: inner.path().display().to_string(), source: GitError(e) };
        let (replaced, own) = (Replaced::of(&inner).map_err(unread)?, OwnConfig::of(&inner).map_err(unread)?);
        let (web_roots, kept) = (WebRoots::default(), KeptTrees::default());
        let trees = TreeMemory::of(&inner, !replaced.is_empty());
        let inner = Rc::new(inner);
        if STAY_OPEN.load(Ordering::Relaxed) {
            std::mem::forget(Rc::clone(&inner));
        }
        Ok(Repository { inner, replaced, web_roots, kept, settled: Settled::default(), trees, own })
    }

    /// Lets the repository's own configuration name programs that git runs.
    #[must_use]
    pub fn trusted(self) -> Repository {
        Repository { own: OwnConfig::default(), ..self }
    }

    /// Does the same; `None` where there is no repository at all.
    ///
    /// # Errors
    /// When there is one that cannot be opened.
    pub fn find(dir: Option<&Path>) -> Result<Option<Repository>, SnapshotError> {
        match Repository::open(dir) {
            Ok(repository) => Ok(Some(repository)),
            Err(SnapshotError::Open { source, .. }) if source.0.code() == ErrorCode::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// Returns how its ids are made.
    #[must_use]
    pub fn hash(&self) -> Hash {
        match self.inner.object_format() {
            git2::ObjectFormat::Sha256 => Hash::Sha256,
            git2::ObjectFormat::Sha1 => Hash::Sha1,
        }
    }

    /// Returns the snapshot of a site in one revision; empty when the output directory is not in it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn one(&self, spec: &str, output: &OutputDir) -> Result<Snapshot<'_>, SnapshotError> {
        self.at(spec, &self.id_of(spec)?, output)
    }

    /// Returns when the commit with this full id was made; `None` for a tree, which has no time.
    #[must_use]
    pub fn committed(&self, id: &str) -> Option<SystemTime> {
        // The caller has read it already; without a time nothing is held against it.
        let commit = self.inner.find_commit(git2::Oid::from_str_ext(id, self.inner.object_format()).ok()?).ok()?;
        UNIX_EPOCH.checked_add(Duration::from_secs(u64::try_from(commit.time().seconds()).ok()?))
    }

    /// Returns the full id of the commit or tree that a revision names now, in hex.
    ///
    /// # Errors
    /// When it is not here.
    pub fn id_of(&self, spec: &str) -> Result<String, SnapshotError> {
        self.resolve(spec).map(|(id, _)| id)
    }

    /// Returns true where git leaves out what has this path, by `.gitignore` and the rules beside it; one that ends in `/` is a
    /// directory's. What is committed all the same is left to others.
    ///
    /// # Errors
    /// When the rules cannot be read.
    pub fn ignores(&self, path: &str) -> Result<bool, GitError> {
        self.inner.is_path_ignored(path).map_err(GitError)
    }

    /// Returns true where a revision has a file with this path.
    #[must_use]
    pub fn has_file(&self, revision: &str, path: &str) -> bool {
        let found = self.inner.revparse_single(&format!("{revision}:{path}"));
        found.is_ok_and(|object| object.kind() == Some(ObjectType::Blob))
    }

    /// Returns the snapshot of a site in the commit or tree with this full id, which people call `spec`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn at(&self, spec: &str, id: &str, output: &OutputDir) -> Result<Snapshot<'_>, SnapshotError> {
        let objects = self
            .inner
            .odb()
            .map_err(|e| SnapshotError::Open { dir: self.inner.path().display().to_string(), source: GitError(e) })?;
        let objects = Objects::Git(Database::new(objects, &self.replaced, self.inner.path()).keeping(&self.kept));
        let name = SnapshotName { spec: spec.to_owned(), id: id.to_owned() };
        let mut snapshot = Snapshot { name, root: None, above: Vec::new(), objects, memory: self.trees.as_ref() };
        let found = self.web_roots.get(id, output.as_str(), || {
            let (id, tree) = self.web_roots.tree(id, || self.resolve(id))?;
            WebRoots::down(&snapshot, id, tree, output)
        })?;
        (snapshot.name.id, snapshot.root, snapshot.above) = (found.id, found.root, found.above);
        Ok(snapshot)
    }

    /// Writes down which trees are noted, as far as that was learnt, for the next run.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn remember_trees(&self) -> io::Result<()> {
        self.trees.as_ref().map_or(Ok(()), TreeMemory::write)
    }

    /// Returns a branch that was probably meant by a name that is none here. A count from a revision (`HEAD~1`) is no name.
    fn near(&self, name: &str) -> Option<String> {
        if name == "HEAD" || name.contains(['~', '^', ':', '@', '{']) {
            return None;
        }
        let is_there = |candidate: &String| self.inner.revparse_single(candidate).is_ok();
        let remotes = self.inner.remotes().ok();
        let names = remotes.iter().flat_map(|names| names.iter().flatten().flatten());
        let at_remote = names.map(|remote| format!("{remote}/{name}")).find(is_there);
        let other = match name {
            "master" => Some("main"),
            "main" => Some("master"),
            _ => None,
        };
        let local = name.split_once('/').map(|(_, branch)| branch.to_owned());
        at_remote
            .or_else(|| other.map(str::to_owned).filter(is_there))
            .or_else(|| local.filter(is_there))
            .or_else(|| self.misspelt(name))
    }

    /// Returns the branch or tag whose name a slip or two turn into this one. An id is no slip of a name.
    fn misspelt(&self, name: &str) -> Option<String> {
        /// Refs that are looked at: a repository may have a hundred thousand.
        const MOST: usize = 10_000;
        let most_slips = (name.chars().count() / 3).min(2);
        let mut refs = self.inner.references().ok()?;
        let known = refs.names().flatten().take(MOST).filter_map(|full| {
            let short = full.strip_prefix("refs/")?;
            let (kind, short) = short.split_once('/')?;
            let own = if kind == "remotes" { short.split_once('/')?.1 } else { short };
            let distance = strsim::damerau_levenshtein(own, name).min(strsim::damerau_levenshtein(short, name));
            let is_branch = matches!(kind, "heads" | "tags" | "remotes") && own != "HEAD";
            (is_branch && distance <= most_slips).then(|| (distance, short.to_owned()))
        });
        known.min().map(|(_, short)| short)
    }

    /// Returns the id of the commit or tree behind `spec`, and the raw id of its tree.
    fn resolve(&self, spec: &str) -> Result<(String, Vec<u8>), SnapshotError> {
        if spec.len() >= 7 && spec.bytes().all(|b| b == b'0') {
            return Err(SnapshotError::Zeros(spec.to_owned()));
        }
        let missing = |e: git2::Error| {
            let source = (e.code() != ErrorCode::NotFound).then_some(GitError(e));
            let (shallow, near) = (self.inner.is_shallow(), self.near(spec));
            let is_unborn = self.inner.head().is_err_and(|e| e.code() == ErrorCode::UnbornBranch);
            let empty = is_unborn && self.inner.references().is_ok_and(|mut refs| refs.names().next().is_none());
            SnapshotError::Revision { spec: spec.to_owned(), shallow, empty, near, by_hand: None, source }
        };
        let object = match self.replaced.ancestor(&self.inner, spec).map_err(missing)? {
            Some(object) => object,
            None => self.inner.revparse_single(spec).map_err(missing)?,
        };
        let named: Object<'_> = match object.peel(ObjectType::Commit) {
            Ok(commit) => commit,
            Err(_) if object.kind() == Some(ObjectType::Blob) => return Err(SnapshotError::NotATree(spec.to_owned())),
            Err(_) => object,
        };
        // A commit's tree need not be here, as in a treeless clone: who reads it says so.
        let tree = match named.as_commit() {
            Some(commit) if self.replaced.is_empty() => commit.tree_id(),
            Some(commit) => {
                let instead = self.replaced.read_for(commit.id()).and_then(|id| self.inner.find_commit(id));
                instead.map_err(missing)?.tree_id()
            }
            None => named.peel_to_tree().map_err(missing)?.id(),
        };
        Ok((named.id().to_string(), tree.as_bytes().to_vec()))
    }
}

impl Snapshot<'_> {
    /// Returns the error for a tree of this snapshot that is not in git's format.
    #[must_use]
    pub fn malformed(&self, tree: &[u8], source: MalformedTree) -> SnapshotError {
        SnapshotError::Malformed { spec: self.name.spec.clone(), tree: super::hex(tree), source }
    }
}
