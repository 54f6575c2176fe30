//! Why a mark cannot be read or moved. "There is none" is not among it.

use std::io;
use std::path::{Path, PathBuf};

use crate::display::shown;
use crate::snapshot::{GitError, ManifestError, ManifestWriteError, RemoteError, SnapshotError};

/// Why a mark cannot be read or moved.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each variant's text says it")]
pub enum MarkError {
    #[error("cannot read the mark {store}, so that it is not known what was last purged")]
    Ref { store: String, source: GitError },
    #[error("cannot read the mark {store}, so that it is not known what was last purged")]
    Remote { store: String, source: RemoteError },
    #[error("cannot read the mark {store}, so that it is not known what was last purged")]
    Directory { store: String, source: io::Error },
    #[error("cannot read the mark {store}, so that it is not known what was last purged")]
    Manifest { store: String, source: ManifestError },
    #[error("cannot read what the mark {store} says beside its revision")]
    Record { store: String, source: serde_json::Error },
    #[error("site {site}: no zone id is known, and {marks} marks could be the site's")]
    Several { site: String, marks: usize },
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    #[error("the mark {store} is a git ref, which holds a revision, and {} is none", shown(.what.as_bytes()))]
    NoRevision { store: String, what: String },
    #[error("cannot lock the mark with {}", shown(.path.as_os_str().as_encoded_bytes()))]
    Lock { path: PathBuf, source: io::Error },
    #[error("another run works on the mark: {holder} holds {}", shown(.path.as_os_str().as_encoded_bytes()))]
    Held { path: PathBuf, holder: String },
    #[error("another run has moved the mark {store} meanwhile; it is {} now, and was {}", short(.now.as_deref()), short(.was.as_deref()))]
    Lost { store: String, was: Option<String>, now: Option<String> },
    #[error("the mark {store} is a link, and no mark is read or written through one")]
    Link { store: String },
    #[error("{} is a link that leads out of the repository{}, and no mark is kept there", shown(.link.as_os_str().as_encoded_bytes()), leading_to(.leads_to.as_deref()))]
    Elsewhere { link: PathBuf, leads_to: Option<PathBuf> },
    #[error("two sites keep their marks in one file, under two names: the lock {} is this run's already", shown(.path.as_os_str().as_encoded_bytes()))]
    Twice { path: PathBuf },
    #[error("cannot move the mark {store}")]
    RefNotMoved { store: String, source: GitError },
    #[error("cannot move the mark {store}")]
    RemoteNotMoved { store: String, source: RemoteError },
    #[error("cannot move the mark {store}")]
    FileNotMoved { store: String, source: io::Error },
}

/// The kinds of trouble with a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It cannot be read, so that nothing is planned.
    Unreadable,
    /// It cannot hold what it is to hold.
    Unfit,
    /// It cannot be locked.
    Locked,
    /// It could not be moved: whatever it is for has been done.
    NotMoved,
}

/// An id as people read it.
fn short(id: Option<&str>) -> String {
    id.map_or_else(|| "not there".to_owned(), |id| id.chars().take(10).collect())
}

/// The place that a link leads to, behind what it does.
fn leading_to(path: Option<&Path>) -> String {
    path.map_or_else(String::new, |path| format!(" to {}", shown(path.as_os_str().as_encoded_bytes())))
}

impl MarkError {
    /// From what went wrong with writing a manifest.
    pub(super) fn of_write(store: &str, error: ManifestWriteError) -> MarkError {
        match error {
            ManifestWriteError::Snapshot(error) => MarkError::Snapshot(error),
            ManifestWriteError::Io(source) => MarkError::FileNotMoved { store: store.to_owned(), source },
        }
    }

    /// Returns what kind of trouble it is.
    #[must_use]
    pub fn trouble(&self) -> Trouble {
        match self {
            MarkError::Ref { .. }
            | MarkError::Remote { .. }
            | MarkError::Directory { .. }
            | MarkError::Manifest { .. }
            | MarkError::Record { .. }
            | MarkError::Link { .. }
            | MarkError::Snapshot(_) => Trouble::Unreadable,
            MarkError::NoRevision { .. }
            | MarkError::Several { .. }
            | MarkError::Elsewhere { .. }
            | MarkError::Twice { .. } => Trouble::Unfit,
            MarkError::Lock { .. } | MarkError::Held { .. } => Trouble::Locked,
            MarkError::Lost { .. }
            | MarkError::RefNotMoved { .. }
            | MarkError::RemoteNotMoved { .. }
            | MarkError::FileNotMoved { .. } => Trouble::NotMoved,
        }
    }

    /// The next thing to type.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            MarkError::Snapshot(error) => error.hint(),
            MarkError::Remote { source: RemoteError::None(_), .. }
            | MarkError::RemoteNotMoved { source: RemoteError::None(_), .. } => {
                "`git remote` lists the remotes: set `push` in [site.mark] to one of them; `--no-mark` with FROM goes without the mark".to_owned()
            }
            MarkError::Remote { source, .. } | MarkError::RemoteNotMoved { source, .. } if source.hint().is_some() => {
                source.hint().unwrap_or_default().to_owned()
            }
            MarkError::Remote { .. } => {
                "can this job fetch from it (`git ls-remote`)? `--no-mark` with FROM goes without the mark".to_owned()
            }
            MarkError::Several { .. } => "set `zone_id` in [site.cloudflare], or CLOUDFLARE_ZONE_ID".to_owned(),
            MarkError::Ref { .. }
            | MarkError::Directory { .. }
            | MarkError::Manifest { .. }
            | MarkError::Record { .. } => {
                "`diffpurge mark clear` takes it away, and the next run purges all of the site; `--no-mark` with FROM goes without it".to_owned()
            }
            MarkError::Link { .. } => {
                "name the file that it leads to in `store` of [site.mark]; `diffpurge mark clear` takes the link away".to_owned()
            }
            MarkError::Elsewhere { .. } => {
                "if the mark is meant to be there, name that place itself in `store` of [site.mark]; or remove the link".to_owned()
            }
            MarkError::Twice { .. } => "give each site a file of its own in `store` of [site.mark]".to_owned(),
            MarkError::NoRevision { .. } => "write `store = \"file:PATH\"` in [site.mark]".to_owned(),
            MarkError::Lock { .. } => "may this user write there? `--no-mark` goes without the mark".to_owned(),
            MarkError::Held { .. } => "leave `--no-wait` out to wait for it".to_owned(),
            MarkError::Lost { .. } => "run it again: it compares with what the mark is now".to_owned(),
            MarkError::RemoteNotMoved { .. } => {
                "may this job push to it (GitHub Actions: `permissions: contents: write`)? The next run purges all this again".to_owned()
            }
            MarkError::RefNotMoved { .. } | MarkError::FileNotMoved { .. } => {
                "may this user write there? The next run purges all this again".to_owned()
            }
        }
    }
}
