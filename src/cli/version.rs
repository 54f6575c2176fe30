//! The answer to `diffpurge --version`: the version, the commit, the target, the features. `-V` gives the first alone.

/// The version and the facts of the build, one on a line. A build for development has no commit.
pub(super) const LONG: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    "\ncommit: ",
    env!("DIFFPURGE_COMMIT"),
    "\ntarget: ",
    env!("DIFFPURGE_TARGET"),
    "\nfeatures: ",
    env!("DIFFPURGE_FEATURES")
);
