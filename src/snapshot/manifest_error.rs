//! Why a file is no manifest, and how that is mended.

use std::io;
use std::path::PathBuf;

use crate::display::shown;

/// Why a file is no manifest.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// It cannot be read.
    #[error("cannot read the manifest {}", shown(.path.as_os_str().as_encoded_bytes()))]
    Unreadable {
        /// Its name.
        path: PathBuf,
        /// The system's word on it.
        source: io::Error,
    },
    /// It is another kind of file, or of a later version.
    #[error("{} is no manifest that can be read here: {what}", shown(.path.as_os_str().as_encoded_bytes()))]
    Foreign {
        /// Its name.
        path: PathBuf,
        /// Its first line.
        what: String,
    },
    /// A line of it is not in the format.
    #[error("{}, line {line}: {what}", shown(.path.as_os_str().as_encoded_bytes()))]
    Line {
        /// Its name.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// The fault.
        what: String,
    },
    /// It was cut off or edited.
    #[error("the manifest {} is not as it was written: {what}", shown(.path.as_os_str().as_encoded_bytes()))]
    Damaged {
        /// Its name.
        path: PathBuf,
        /// How that is known.
        what: &'static str,
    },
}

impl ManifestError {
    /// Returns true when there is no such file.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, ManifestError::Unreadable { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }

    /// Returns the next thing to type.
    pub(super) fn hint(&self) -> &'static str {
        match self {
            ManifestError::Unreadable { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                "on a first deploy name `empty`, for which every file is new; afterwards write it: `diffpurge manifest dir:public --out FILE`"
            }
            ManifestError::Unreadable { .. } => "name a file that `diffpurge manifest … --out FILE` wrote",
            _ => {
                "write it again from what is live: `diffpurge manifest dir:public --out FILE`; where that is gone, `empty` purges every file"
            }
        }
    }
}
