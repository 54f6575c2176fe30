//! GitHub Actions, as far as the command line has to know that it runs there.

use crate::config::Environment;

/// True where the log is that of GitHub Actions.
pub(super) fn in_github(environment: &Environment) -> bool {
    matches!(environment.get("GITHUB_ACTIONS"), Ok(Some("true")))
}
