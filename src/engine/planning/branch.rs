//! The revision that TO is where nobody names one: the tip of the site's `branch`, or what is checked out.
//!
//! The branch is looked for here, then among what was fetched from the remote, then at the remote itself. Its files are left
//! to others.

use crate::config::{BranchName, MarkStore, Site};
use crate::engine::error::{Error, PlanningError};
use crate::engine::ground::Ground;
use crate::snapshot::{Remote, RemoteError, Repository, Sources};

/// TO where neither the command nor the site says what it is.
const CHECKED_OUT: &str = "HEAD";

/// Returns what names the site's TO, as git resolves it.
pub(in crate::engine) fn default_to(ground: &Ground<'_>, site: &Site, sources: &mut Sources) -> Result<String, Error> {
    let Some(branch) = &site.branch else { return Ok(CHECKED_OUT.to_owned()) };
    let repository = sources.repository()?;
    // In full: a tag may be called like it.
    let local = format!("refs/heads/{branch}");
    if is_here(&repository, branch, &local)? {
        return Ok(local);
    }
    let remote = match &site.mark {
        MarkStore::Ref { push: Some(push) } => Remote::named(&repository, push),
        MarkStore::Ref { push: None } | MarkStore::File { .. } => Remote::usual(&repository),
    };
    let remote = remote.map_err(|e| nowhere(branch, &e.to_string()))?;
    let tracked = format!("refs/remotes/{}/{branch}", remote.name());
    if is_here(&repository, branch, &tracked)? {
        return Ok(tracked);
    }
    fetched(ground, &remote, branch, &local)
}

/// Returns true where the clone has the ref.
fn is_here(repository: &Repository, branch: &BranchName, name: &str) -> Result<bool, Error> {
    let found = repository.find_ref(name).map_err(|e| nowhere(branch, &e.to_string()))?;
    Ok(found.is_some_and(|id| repository.has(&id)))
}

/// Fetches the tip of the branch, alone where the clone is shallow; returns its full id.
fn fetched(ground: &Ground<'_>, remote: &Remote<'_>, branch: &BranchName, name: &str) -> Result<String, Error> {
    let failed = |e: RemoteError| Error::from(nowhere(branch, &e.to_string()));
    let listed = remote.refs(&[name.to_owned()]).map_err(failed)?;
    let found = listed.into_iter().find(|(known, _)| known == name);
    let Some((_, id)) = found else {
        return Err(nowhere(branch, &format!("{} has no such branch", remote.name())).into());
    };
    remote.fetch(&[name]).map_err(failed)?;
    let short = id.get(..10).unwrap_or(&id);
    ground.note(format!("the branch {branch} ({short}) was not in this clone, and is fetched from {}", remote.name()));
    Ok(id)
}

fn nowhere(branch: &BranchName, why: &str) -> PlanningError {
    PlanningError::NoBranch { branch: branch.to_string(), why: why.to_owned() }
}
