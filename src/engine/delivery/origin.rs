//! Before anything is purged: waits until each site's origin serves what was deployed.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashSet;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::Instant;

use super::routes::Routes;
use crate::changes::{self, Change, Status};
use crate::config::{Form, Origin, Site};
use crate::display::counted;
use crate::encoding::encode_path;
use crate::engine::error::{DeliveryError, Error};
use crate::engine::ground::Ground;
use crate::engine::planning::{all_of, changed};
use crate::engine::run::{Run, SiteRun};
use crate::mapping;
use crate::plan::Basis;
use crate::proof::{self, Awaited, Checkout, Served, Versions, Want};
use crate::send::SecretHeader;
use crate::snapshot::{Ends, Hash, SnapshotError};

/// How often a line says that it still waits.
const TELL: Duration = Duration::from_secs(15);

impl Routes {
    /// Waits for the origins of all sites at once. A site whose origin is late is not purged, and says so.
    pub(super) fn wait_for_origins(&mut self, ground: &Ground<'_>, run: &mut Run) {
        let waits =
            run.sites.iter().map(|one| async { if one.is_sent() { wait_for(ground, one).await } else { Ok(()) } });
        let waited = self.runtime.block_on(join_all(waits));
        for (one, waited) in run.sites.iter_mut().zip(waited) {
            if let Err(error) = waited {
                one.failed = Some(error);
            }
        }
        self.hold_back(run);
    }
}

async fn wait_for(ground: &Ground<'_>, one: &SiteRun) -> Result<(), Error> {
    let site = &one.site;
    if matches!(one.plan.basis, Basis::Asked(_)) {
        // It is purged now, and no deploy is waited for.
        return Ok(());
    }
    if let Some((origin, ends)) = site.origin.origin.as_ref().zip(one.ends.as_ref()) {
        let secret = origin.secret.as_ref();
        let secret =
            secret.map(|(name, variable)| SecretHeader::find(ground.environment, name, variable)).transpose()?;
        let (awaited, hash) = awaited(ground, one, origin, ends)?;
        let last = Cell::new(None::<Instant>);
        let tell = |left: usize, open: usize| {
            if last.get().is_none_or(|last| last.elapsed() >= TELL) {
                last.set(Some(Instant::now()));
                let files = counted(left, "file");
                let open =
                    if open == 0 { String::new() } else { format!(", and {} to ask for", counted(open, "other")) };
                ground.note(format!("{}: waiting for the origin: {files} not there yet{open}", site.name));
            }
        };
        let waited = proof::wait(site, origin, (awaited, hash, secret.as_ref()), &tell).await?;
        waited.map_err(|late| DeliveryError::OriginLate { site: site.name.to_string(), late: Box::new(late) })?;
    } else if site.origin.origin.is_some() {
        ground.note(format!("{}: the origin is not asked, since nothing here says what it should serve", site.name));
    }
    // To sleep for no time is to sleep for up to a millisecond.
    if !site.origin.settle.is_zero() {
        tokio::time::sleep(site.origin.settle).await;
    }
    Ok(())
}

/// Returns what is asked for at an origin: all that came or went, and the content of some of what is there.
fn awaited(ground: &Ground<'_>, one: &SiteRun, origin: &Origin, ends: &Ends) -> Result<(Vec<Awaited>, Hash), Error> {
    let site = &one.site;
    let to = ends.to.snapshot(&site.output)?;
    let from = ends.from.iter().map(|from| from.snapshot(&site.output)).collect::<Result<Vec<_>, _>>()?;
    let before = from.iter().map(Checkout::of).collect::<Result<Vec<_>, _>>()?;
    let now = Checkout::of(&to)?;
    let changes = match changed(one, ends)? {
        Some(changes) => changes,
        // Any of it may be new.
        None => Cow::Owned(all_of(&to, site)?),
    };
    let judged = mapping::judge(&changes, site);
    let is_awaited = |(i, change): &(usize, &Change)| !change.leads_elsewhere && judged.purges(*i, site);
    let mut awaited: Vec<&Change> = changes.paths.iter().enumerate().filter(is_awaited).map(|(_, c)| c).collect();
    awaited.dedup_by(|next, before| next.path == before.path);
    let of = |status| awaited.iter().copied().filter(move |change: &&Change| change.status == status);
    let mut all = Vec::new();
    let mut push = |change: &Change, want: Want| {
        let url = url_of(site, origin, &change.path);
        all.extend(url.map(|url| Awaited { path: change.path.clone(), url, want }));
    };
    let newest = newest(ground, site, ends)?;
    let (new, old): (Vec<&Change>, Vec<&Change>) =
        of(Status::Modified).partition(|change| newest.contains(&change.path));
    let mut sample = proof::spread(new, origin.sample, |change| &change.path);
    sample.extend(proof::spread(old, origin.sample - sample.len(), |change| &change.path));
    // An origin that answers 200 for whatever there is not shows by its content alone that something is there.
    let added = proof::spread(of(Status::Added).collect(), origin.sample, |change| &change.path);
    let by_content: HashSet<&[u8]> = added.iter().map(|change| &*change.path).collect();
    for change in sample.iter().chain(&added) {
        let file = now.served(&change.path)?;
        // A path that is a file no more was modified into something else.
        if !file.is_empty() {
            push(change, Want::Content(Versions::new(file, was(&before, &change.path)?)));
        }
    }
    for change in of(Status::Added).filter(|change| !by_content.contains(&*change.path)) {
        let file = now.served(&change.path)?;
        if !file.is_empty() && !file.may_be_absent {
            push(change, Want::There);
        }
    }
    for change in of(Status::Deleted).filter(|_| origin.awaits_deleted) {
        push(change, Want::Gone(was(&before, &change.path)?));
    }
    one.tell_unsure(ground, &now.unsure());
    Ok((all, to.hash()))
}

/// Returns what a path may have been served with before.
fn was(before: &[Checkout<'_>], path: &[u8]) -> Result<Served, SnapshotError> {
    let mut was = Served::default();
    for checkout in before {
        was.add(&checkout.served(path)?);
    }
    Ok(was)
}

/// The paths that the last commit changed, which an origin can serve last; none where TO has no parent here.
fn newest(ground: &Ground<'_>, site: &Site, ends: &Ends) -> Result<HashSet<Box<[u8]>>, Error> {
    let mut sources = ground.sources();
    if !ends.to.is_revision() {
        return Ok(HashSet::new());
    }
    let parent = format!("{}^", ends.to.id());
    // A first commit has none, and a shallow clone's is not here.
    let Ok(before) = sources.ends(&[], &parent) else { return Ok(HashSet::new()) };
    let (before, to) = (before.to.snapshot(&site.output)?, ends.to.snapshot(&site.output)?);
    let changes = changes::compare(&before, &to, site.symlinks, &site.rules)?;
    Ok(changes.paths.into_iter().map(|change| change.path).collect())
}

/// Where a file is asked for: as its directory where it is an index and the site has that form, else by its own path. Files that
/// configure the host are served by none.
fn url_of(site: &Site, origin: &Origin, path: &[u8]) -> Option<String> {
    if mapping::is_host_configuration(path) {
        return None;
    }
    let answers = mapping::explain(path, site).answers;
    let has_directory =
        answers.iter().any(|answer| matches!(answer.reason, mapping::Reason::Path(_, Form::Directory, ..)));
    let end = path.iter().rposition(|b| *b == b'/').map_or(0, |at| at + 1);
    let asked = if has_directory { &path[..end] } else { path };
    let mut text = String::new();
    encode_path(asked, &mut text);
    Some(proof::url_at(site, origin, &text))
}
