//! The names of snapshots: a git revision, `dir:PATH`, `manifest:FILE`, `empty`.
//!
//! Only the text is looked at. Whether there is such a thing is left to [`super::source`].

use std::path::Path;

/// A name by its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spec<'t> {
    /// A revision, for git to resolve.
    Revision,
    /// A directory on disk.
    Directory(&'t Path),
    /// A manifest's file.
    Manifest(&'t Path),
    /// No file at all.
    Empty,
}

/// The prefix of a directory's name.
const DIRECTORY: &str = "dir:";

/// The prefix of a manifest's name.
const MANIFEST: &str = "manifest:";

/// The name of a site without files.
pub(super) const EMPTY: &str = "empty";

/// Returns true for what is named by a path, which may have dots in it as no revision may.
pub(super) fn is_path(spec: &str) -> bool {
    spec.starts_with(DIRECTORY) || spec.starts_with(MANIFEST)
}

impl<'t> Spec<'t> {
    /// Reads a name; `None` for `dir:` or `manifest:` alone, which name no path.
    pub(super) fn parse(spec: &'t str) -> Option<Spec<'t>> {
        let path = |path: &'t str| (!path.is_empty()).then_some(Path::new(path));
        if let Some(directory) = spec.strip_prefix(DIRECTORY) {
            path(directory).map(Spec::Directory)
        } else if let Some(file) = spec.strip_prefix(MANIFEST) {
            path(file).map(Spec::Manifest)
        } else if spec == EMPTY {
            Some(Spec::Empty)
        } else {
            Some(Spec::Revision)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_kind_of_snapshot_it_is() {
        for (spec, want) in [
            ("HEAD~1", Some(Spec::Revision)),
            ("dir:public", Some(Spec::Directory(Path::new("public")))),
            ("dir:../a:b", Some(Spec::Directory(Path::new("../a:b")))),
            ("manifest:live.gz", Some(Spec::Manifest(Path::new("live.gz")))),
            ("empty", Some(Spec::Empty)),
            ("refs/heads/empty", Some(Spec::Revision)),
            ("refs/heads/dir:public", Some(Spec::Revision)),
            ("Empty", Some(Spec::Revision)),
            ("dir:", None),
            ("manifest:", None),
        ] {
            assert_eq!(Spec::parse(spec), want, "{spec}");
        }
    }
}
