//! All that changed up to a plan's TO, for who looks at the files once more. A plan that was read from a file knows only what
//! stands in its operations.

use std::borrow::Cow;

use crate::changes::{self, Changes, Status};
use crate::config::Site;
use crate::engine::error::Error;
use crate::engine::run::SiteRun;
use crate::plan::Basis;
use crate::snapshot::{Ends, Snapshot};

/// Returns what changed; `None` where that is not known here, so that all of TO may have.
pub(in crate::engine) fn changed<'r>(one: &'r SiteRun, ends: &Ends) -> Result<Option<Cow<'r, Changes>>, Error> {
    let (site, plan) = (&one.site, &one.plan);
    if matches!(plan.basis, Basis::Unknown { .. }) {
        return Ok(None);
    }
    let (known, counts) = (&plan.changes, &plan.counts);
    let are_all =
        [(Status::Added, counts.added), (Status::Modified, counts.modified), (Status::Deleted, counts.deleted)];
    if are_all.into_iter().all(|(status, count)| known.count(status) == count) {
        return Ok(Some(Cow::Borrowed(known)));
    }
    if ends.from.is_empty() {
        // Each file has URLs of its own, unless they went into prefixes or a fallback.
        let are_urls = plan.operations.iter().all(|planned| planned.operation.url().is_some());
        return Ok(are_urls.then_some(Cow::Borrowed(known)));
    }
    let to = ends.to.snapshot(&site.output)?;
    let mut all = known.clone();
    for from in &ends.from {
        all = all.and(changes::compare(&from.snapshot(&site.output)?, &to, site.symlinks, &site.rules)?);
    }
    Ok(Some(Cow::Owned(all)))
}

/// Returns every path of a snapshot, as if it had been modified.
pub(in crate::engine) fn all_of(to: &Snapshot<'_>, site: &Site) -> Result<Changes, Error> {
    Ok(Changes::all_modified(changes::all_paths(to, site.symlinks)?))
}
