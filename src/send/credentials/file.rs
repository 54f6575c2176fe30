//! `token_file`: a file that holds the token and that nobody but its owner can read.
//!
//! The permissions are those of the opened file. Where there are none of that kind (not Unix), they are not looked at.

use std::fs::{self, File};
use std::io::{self, Read as _};

use super::CredentialsError;
use crate::config::TokenFile;
use crate::display::shown;

/// Bytes that are read; a token has a few dozen.
const MOST: u64 = 64 << 10;

/// The content of the file.
pub(super) fn content(file: &TokenFile) -> Result<String, CredentialsError> {
    let path = || shown(file.path().as_os_str().as_encoded_bytes());
    let unreadable = |source| CredentialsError::Unreadable { path: path(), source };
    // Before it is opened: a pipe would be waited for.
    if !fs::metadata(file.path()).map_err(unreadable)?.is_file() {
        return Err(unreadable(io::Error::other("it is not a regular file")));
    }
    // A link may lead to where the configuration may not.
    if TokenFile::leads_to_another_system(&fs::canonicalize(file.path()).map_err(unreadable)?) {
        return Err(unreadable(io::Error::other("it leads to where another system keeps its secrets")));
    }
    let opened = File::open(file.path()).map_err(unreadable)?;
    if let Some(mode) = open_to_others(&opened).map_err(unreadable)? {
        return Err(CredentialsError::OpenToOthers { path: path(), mode });
    }
    let mut text = String::new();
    opened.take(MOST).read_to_string(&mut text).map_err(unreadable)?;
    Ok(text)
}

/// The permissions, when they let the group or everybody read.
#[cfg(unix)]
fn open_to_others(file: &File) -> io::Result<Option<u32>> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = file.metadata()?.permissions().mode() & 0o7777;
    Ok(Some(mode).filter(|mode| mode & 0o044 != 0))
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "on Unix it may fail")]
fn open_to_others(_: &File) -> io::Result<Option<u32>> {
    Ok(None)
}
