//! Whether a configuration may be carried out where somebody may have written it who may not write here.
//!
//! In a pull request of a fork the checkout is a stranger's, and with it `purge.toml`, which names servers and the variables that are
//! sent to them. There a configuration that the request changes is planned, and nothing is sent.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::error::{Error, ForkError};
use super::ground::{self, Ground};
use crate::ci::Fork;
use crate::config::{Cache, LARGEST, OutputDir, TokenSource};
use crate::display::shown;
use crate::input;
use crate::snapshot::{Content, Repository};

/// Refuses to send anything for a configuration that a fork's pull request changes. `file` is where it stands; `None` for one that was
/// typed.
///
/// # Errors
/// When it may not be sent, or the environment cannot be read.
pub fn vet(ground: &Ground<'_>, file: Option<&Path>) -> Result<(), Error> {
    let Some(file) = file else { return Ok(()) };
    let Some(Fork { system, bases }) = Fork::find(ground.environment, ground::event)? else { return Ok(()) };
    let runs = |cache: &Cache| matches!(cache.token_source(), Some(TokenSource::Command(_)));
    if let Some(site) = ground.all.iter().find(|site| site.caches().any(runs)) {
        return Err(ForkError::Runs { system, site: site.name.to_string() }.into());
    }
    let repository = ground.sources().repository()?;
    let Some(path) = inside(&repository, file) else { return Ok(()) };
    let name = shown(file.as_os_str().as_encoded_bytes());
    let now = input::read(file, LARGEST).map_err(|_| ForkError::Changed { system, file: name.clone() })?;
    let mut is_known = false;
    for base in bases.iter().filter(|base| repository.has(base)) {
        is_known = true;
        match at(&repository, base, &path)? {
            Content::Bytes(then) if then == now => return Ok(()),
            // The job made it: it is in neither of the two.
            Content::Absent if at(&repository, "HEAD", &path)? == Content::Absent => return Ok(()),
            Content::Bytes(_) | Content::Absent | Content::NotHere => {}
        }
    }
    if is_known {
        return Err(ForkError::Changed { system, file: name }.into());
    }
    let base = bases.into_iter().find(|base| crate::snapshot::is_full_id(base));
    Err(ForkError::Untold { system, file: name, base }.into())
}

/// Returns a file of a revision.
fn at(repository: &Repository, revision: &str, path: &Path) -> Result<Content, Error> {
    let snapshot = repository.one(revision, &OutputDir::default())?;
    let most = usize::try_from(LARGEST).unwrap_or(usize::MAX);
    // Git's own separator, whatever the system's is: under another name the file would look like one that is not there.
    let names: Vec<&[u8]> = path.iter().map(OsStr::as_encoded_bytes).collect();
    Ok(snapshot.content(&names.join(&b'/'), most)?)
}

/// Returns the path of a file inside the working directory, without a look at links; `None` where it lies elsewhere.
fn inside(repository: &Repository, file: &Path) -> Option<PathBuf> {
    let top = repository.top().canonicalize().ok()?;
    let directory = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = directory.canonicalize().ok()?.join(file.file_name()?);
    file.strip_prefix(top).ok().map(Path::to_owned)
}
