//! Why `diffpurge init` does not begin.

use std::path::PathBuf;

use crate::display::shown;
use crate::engine::{ExitStatus, Row};

/// Why `diffpurge init` does not begin.
#[derive(Debug)]
pub enum InitError {
    /// There is a configuration already.
    Configured(PathBuf),
    /// A site is named, and `init` names it itself.
    Site,
}

impl InitError {
    /// Returns the error's row.
    pub(super) fn row(&self) -> Row {
        match self {
            InitError::Configured(path) => Row::new(
                ExitStatus::Usage,
                format!(
                    "{} is there already, and `init` writes over no file",
                    shown(path.as_os_str().as_encoded_bytes())
                ),
                "`diffpurge check` looks at it; `diffpurge init --config FILE` writes another",
            ),
            InitError::Site => Row::new(
                ExitStatus::Usage,
                "`init` names the site by its address: `--site` does not apply",
                "leave it out; the name is a line of the file that is written",
            ),
        }
    }
}
