//! Why a snapshot cannot be read, and how that is mended.

use std::path::Path;

use git2::ErrorCode;

use super::{DirectoryError, EntryKind, Hash, MalformedTree, ManifestError};
use crate::display::shown;

/// An error of libgit2, without its class and code.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.message())]
pub struct GitError(pub(super) git2::Error);

/// Why a snapshot cannot be read. Exit code 3.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// No repository there, or one that cannot be opened.
    #[error("cannot open the git repository at {}", shown(.dir.as_bytes()))]
    Open {
        /// Where it was looked for.
        dir: String,
        /// libgit2's word on it.
        source: GitError,
    },
    /// The revision does not exist here.
    #[error("cannot find the revision {}", shown(.spec.as_bytes()))]
    Revision {
        /// As typed.
        spec: String,
        /// The clone has no full history.
        shallow: bool,
        /// Nothing was ever committed.
        empty: bool,
        /// Another name that is here, and was probably meant.
        near: Option<String>,
        /// What to type where it was meant for what is purged by hand.
        by_hand: Option<Box<str>>,
        /// libgit2's word on it, where it is more than "not found".
        source: Option<GitError>,
    },
    /// The revision's object is missing or broken.
    #[error("cannot read the tree {tree} of {}", shown(.spec.as_bytes()))]
    Object {
        /// As typed.
        spec: String,
        /// The tree's id.
        tree: String,
        /// libgit2's word on it.
        source: GitError,
    },
    /// The blob of a symbolic link is missing or broken.
    #[error("cannot read the blob {blob} of {}, which says where a symbolic link leads", shown(.spec.as_bytes()))]
    Link {
        /// As typed.
        spec: String,
        /// The blob's id.
        blob: String,
        /// libgit2's word on it.
        source: GitError,
    },
    /// The tree is not in git's format.
    #[error("cannot read the tree {tree} of {}", shown(.spec.as_bytes()))]
    Malformed {
        /// As typed.
        spec: String,
        /// The tree's id.
        tree: String,
        /// The fault of it.
        source: MalformedTree,
    },
    /// `000…0`, which CI systems say for "there was none".
    #[error("{} is all zeros: there was no revision before this one", shown(.0.as_bytes()))]
    Zeros(String),
    /// The revision is a file.
    #[error("{} is neither a commit nor a tree", shown(.0.as_bytes()))]
    NotATree(String),
    /// A directory that is no snapshot.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// A file that is no manifest.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// `dir:` or `manifest:` alone, as an unset variable leaves it.
    #[error("{} names no path", shown(.0.as_bytes()))]
    NoPath(String),
    /// It was asked to be hashed in another way than it is.
    #[error("the ids of {} are {}", shown(.0.as_bytes()), .1.name())]
    Hash(String, Hash),
    /// The two ends are hashed in two ways, so that nothing in them compares.
    #[error("the ids of {} are {}, and those of {} are {}", shown(.from.0.as_bytes()), .from.1.name(), shown(.to.0.as_bytes()), .to.1.name())]
    TwoHashes {
        /// FROM as typed, and how it is hashed.
        from: (String, Hash),
        /// TO as typed, and how it is hashed.
        to: (String, Hash),
    },
    /// The output directory is something else.
    #[error("`output` {} is not a directory in {}: {segment} is {}", shown(.output.as_bytes()), shown(.spec.as_bytes()), .kind.words())]
    OutputNotADirectory {
        /// The configured directory.
        output: String,
        /// As typed.
        spec: String,
        /// The name in it that is no directory.
        segment: String,
        /// Its kind.
        kind: EntryKind,
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
    /// Returns the next thing to type.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            SnapshotError::Open { dir, source } if source.0.code() == ErrorCode::Owner => {
                format!("another user owns it: `git config --global --add safe.directory {}`", shown(dir.as_bytes()))
            }
            SnapshotError::Open { source, .. } if source.0.message().contains("refstorage") => {
                "its refs are a reftable, which is not read here: `git refs migrate --ref-format=files`".to_owned()
            }
            SnapshotError::Open { .. } => "run it inside the repository, or name it: `diffpurge -C DIR …`".to_owned(),
            SnapshotError::Revision { by_hand: Some(hint), .. } => hint.to_string(),
            SnapshotError::Revision { near: Some(near), .. } => format!("did you mean `{}`?", shown(near.as_bytes())),
            SnapshotError::Revision { empty: true, spec, .. } if spec.starts_with("HEAD") => {
                "the repository has no commit yet: commit the site, or compare what is on disk: `diffpurge plan empty dir:public`".to_owned()
            }
            SnapshotError::Revision { spec, shallow, .. } => hint_to_fetch(spec, *shallow),
            SnapshotError::Object { .. } | SnapshotError::Malformed { .. } => {
                "the clone lacks objects or is damaged: `git fsck` tells; `git fetch --refetch --no-filter` mends a partial clone"
                    .to_owned()
            }
            SnapshotError::Link { .. } => {
                "a blobless clone lacks it: `git fetch --refetch --no-filter` brings the blobs; or set `symlinks = \"ignore\"`, if links are not published"
                    .to_owned()
            }
            SnapshotError::Zeros(_) => {
                "this is a first deploy: name the revision that was live, or purge the zone by hand once".to_owned()
            }
            SnapshotError::NotATree(_) => "name a commit, a tag, a branch or a tree".to_owned(),
            SnapshotError::Directory(e) => e.hint().to_owned(),
            SnapshotError::Manifest(e) => e.hint().to_owned(),
            SnapshotError::NoPath(_) => "is the variable behind it unset? `dir:public`, `manifest:live.manifest`".to_owned(),
            SnapshotError::Hash(..) => "leave `--hash` out; only files on disk can be hashed in either way".to_owned(),
            SnapshotError::TwoHashes { from, to } => {
                let wanted = if super::spec::is_path(&from.0) { to.1 } else { from.1 };
                format!("write the manifest anew: `diffpurge manifest dir:public --hash {} --out FILE`", wanted.name())
            }
            SnapshotError::OutputNotADirectory { kind: EntryKind::Gitlink, output, .. } => {
                let output = shown(output.as_bytes());
                format!("compare inside the submodule: `diffpurge -C {output} -c FILE plan FROM TO`; in FILE, `output` counts from there")
            }
            SnapshotError::OutputNotADirectory { .. } | SnapshotError::OutputNowhere { .. } => {
                "`git ls-tree --name-only -r -d REVISION` lists the directories; set `output` to the one that is served"
                    .to_owned()
            }
        }
    }
}

/// Returns true for a name that tags of releases have: `v1.20`, `2024.11-rc1`.
fn is_version(spec: &str) -> bool {
    let digits = spec.strip_prefix('v').unwrap_or(spec);
    digits.contains('.')
        && digits.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b))
        && digits.starts_with(|c: char| c.is_ascii_digit())
}

/// Returns how a revision that is not here can be brought here.
fn hint_to_fetch(spec: &str, shallow: bool) -> String {
    let path = Path::new(spec);
    if path.is_dir() {
        return format!("a directory on disk is named `dir:{}`", shown(spec.as_bytes()));
    } else if path.is_file() {
        return format!("a manifest is named `manifest:{}`", shown(spec.as_bytes()));
    }
    if spec.contains("://") {
        let url = shown(spec.as_bytes());
        return format!(
            "a URL is no revision: `diffpurge purge {url}` purges it now, `diffpurge explain {url}` says what is behind it"
        );
    }
    // Whoever types `origin/gh-pages` has read of what is fetched, and not of where from.
    let branch = spec.strip_prefix("origin/").unwrap_or(spec);
    let is_id = spec.len() >= 40 && spec.bytes().all(|b| b.is_ascii_hexdigit());
    match (is_id, shallow) {
        (true, _) => format!("fetch it: `git fetch --depth=1 origin {spec}`; after a force-push it may be gone on the server too"),
        (false, true) if is_version(spec) => {
            format!("the clone is shallow, and has no tags: `git fetch --depth=1 origin tag {spec}`")
        }
        (false, true) if spec.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_-.".contains(&b)) => format!(
            "the clone is shallow and has one branch: `git fetch --depth=1 origin {branch}:refs/remotes/origin/{branch}`, and name it `origin/{branch}`"
        ),
        (false, true) => "the clone is shallow: `git fetch --unshallow`, or clone whole (GitHub: `fetch-depth: 0`, GitLab: `GIT_DEPTH: 0`)".to_owned(),
        (false, false) => format!("is it fetched, and spelled right? `git rev-parse --verify '{}^{{commit}}'` asks git", shown(spec.as_bytes())),
    }
}
