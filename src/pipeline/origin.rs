//! Before anything is purged: waits until each site's origin serves what was deployed.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::Instant;

use super::sending::Postman;
use super::{Output, Planned};
use crate::changes::{self, Change, Status};
use crate::cli::Global;
use crate::config::{Environment, Form, Origin, Site};
use crate::encoding::encode_path;
use crate::error::Error;
use crate::proof::{self, Awaited, Want};
use crate::send::SecretHeader;
use crate::snapshot::{Ends, Hash, Sources};

/// How often a person is told that it still waits.
const TELL: Duration = Duration::from_secs(15);

impl Postman {
    /// Waits for the origins of all sites at once. A site whose origin is late is not purged, and says so.
    pub(super) fn wait_for_origins(
        &mut self,
        global: &Global,
        planned: &mut [Planned],
        environment: &Environment,
        output: &mut Output<'_>,
    ) {
        let err = RefCell::new(output);
        // A stderr that is gone is no reason not to wait.
        let told = |text: &str| drop(writeln!(err.borrow_mut().err, "{text}"));
        let waits = planned.iter().map(|planned| async {
            let is_sent = planned.failed.is_none() && !planned.plan.is_empty();
            if is_sent { wait_for(global, planned, environment, &told).await } else { Ok(()) }
        });
        let waited = self.runtime.block_on(join_all(waits));
        for (planned, waited) in planned.iter_mut().zip(waited) {
            if let Err(error) = waited {
                planned.failed = Some(error);
            }
        }
        self.hold_back(planned);
    }
}

async fn wait_for(
    global: &Global,
    planned: &Planned,
    environment: &Environment,
    told: &dyn Fn(&str),
) -> Result<(), Error> {
    let site = &planned.site;
    if let Some((origin, ends)) = site.origin.origin.as_ref().zip(planned.ends.as_ref()) {
        let secret = origin.secret.as_ref();
        let secret = secret.map(|(name, variable)| SecretHeader::find(environment, name, variable)).transpose()?;
        let (awaited, hash) = awaited(global, planned, origin, ends)?;
        let last = Cell::new(None::<Instant>);
        let tell = |left: usize| {
            if !global.quiet && last.get().is_none_or(|last| last.elapsed() >= TELL) {
                last.set(Some(Instant::now()));
                let files = crate::display::counted(left, "file");
                told(&format!("note: {}: waiting for the origin: {files} not there yet", site.name));
            }
        };
        let waited = proof::wait(site, origin, (awaited, hash, secret.as_ref()), &tell).await?;
        waited.map_err(|late| Error::OriginLate { site: site.name.to_string(), late: Box::new(late) })?;
    }
    tokio::time::sleep(site.origin.settle).await;
    Ok(())
}

/// What is asked for at an origin: all that came or went, and some of what changed.
fn awaited(global: &Global, planned: &Planned, origin: &Origin, ends: &Ends) -> Result<(Vec<Awaited>, Hash), Error> {
    let site = &planned.site;
    let to = ends.to.snapshot(&site.output)?;
    let mut matcher = site.rules.matcher();
    let changes = &planned.plan.changes.paths;
    let mut changes: Vec<&Change> =
        changes.iter().filter(|change| !change.leads_elsewhere && !matcher.judge(&change.path).ignored).collect();
    changes.dedup_by(|next, before| next.path == before.path);
    let (modified, others): (Vec<&Change>, Vec<&Change>) =
        changes.into_iter().partition(|change| change.status == Status::Modified);
    let newest = newest(global, site, ends)?;
    let (mut new, old): (Vec<&Change>, Vec<&Change>) =
        modified.into_iter().partition(|change| newest.contains(&change.path));
    new = proof::spread(new, origin.sample, |change| &change.path);
    let rest = origin.sample - new.len();
    new.extend(proof::spread(old, rest, |change| &change.path));
    let mut all = Vec::new();
    for change in new {
        // What is a file no more was modified into something else.
        let Some(id) = to.file(&change.path)? else { continue };
        let id = id.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        all.extend(url_of(site, origin, &change.path).map(|url| Awaited {
            path: change.path.clone(),
            url,
            want: Want::Content(id),
        }));
    }
    for change in others {
        let want = if change.status == Status::Added { Want::There } else { Want::Gone };
        let file = to.file(&change.path)?;
        if file.is_some() == (want == Want::There) {
            all.extend(url_of(site, origin, &change.path).map(|url| Awaited { path: change.path.clone(), url, want }));
        }
    }
    Ok((all, to.hash()))
}

/// The paths that the last commit changed, which an origin can serve last; none where TO has no parent here.
fn newest(global: &Global, site: &Site, ends: &Ends) -> Result<HashSet<Box<[u8]>>, Error> {
    let mut sources = Sources::new(global.directory.as_deref());
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
    if crate::mapping::is_host_configuration(path) {
        return None;
    }
    let answers = crate::mapping::explain(path, site).answers;
    let has_directory =
        answers.iter().any(|answer| matches!(answer.reason, crate::mapping::Reason::Path(_, Form::Directory, ..)));
    let end = path.iter().rposition(|b| *b == b'/').map_or(0, |at| at + 1);
    let asked = if has_directory { &path[..end] } else { path };
    let mut text = String::new();
    encode_path(asked, &mut text);
    Some(proof::url_at(site, origin, &text))
}
