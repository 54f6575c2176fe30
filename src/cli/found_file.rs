//! Where the configuration is when no option names it.

use std::path::{Path, PathBuf};

use crate::config::FILE_NAME;

/// Returns the `purge.toml` in the directory or in the nearest one above it, up to the repository's top; where there is none, the
/// first place that was looked at.
pub(super) fn found_file(directory: Option<&Path>) -> PathBuf {
    let first = directory.map_or(PathBuf::from(FILE_NAME), |dir| dir.join(FILE_NAME));
    let Ok(start) = std::path::absolute(directory.unwrap_or(Path::new("."))) else { return first };
    for above in start.ancestors() {
        let file = above.join(FILE_NAME);
        if file.exists() {
            return if above == start { first } else { file };
        }
        if above.join(".git").exists() {
            break;
        }
    }
    first
}
