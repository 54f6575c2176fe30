//! The one plan-maker: from what changed to a plan, wherever the changes come from.
//!
//! Judge, estimate, bound, map, plan. The changes are found by [`super::comparison`], or stand in a list or in events; what
//! a list does not say is taken at its widest.

use super::files::Files;
use super::idle_globs;
use super::share::Share;
use crate::changes::Changes;
use crate::config::{BaseUrl, Site, Threshold};
use crate::engine::error::{Error, PlanningError};
use crate::mapping::{self, Kind, Mapped, Reason};
use crate::plan::{Asked, Basis, Neighbour, Plan, Setting};
use crate::provider::Provider;
use crate::snapshot::SnapshotName;

/// Operations of one site that are planned: ten million take about 2 GiB, and hours to send.
pub(in crate::engine) const MOST_OPERATIONS: usize = 10_000_000;

/// A site with one of its caches, and what a plan for it depends on.
pub(super) struct Layered<'l> {
    pub(super) site: &'l Site,
    pub(super) provider: &'l Provider,
    pub(super) neighbours: &'l [Neighbour<'l>],
}

/// The material of a site's plans; the same for each of its caches.
#[derive(Clone)]
pub(super) struct Material {
    pub(super) what: What,
    /// The notes on it, for people.
    pub(super) notes: Vec<String>,
}

impl Material {
    /// Makes the material of which nothing is asked.
    pub(super) fn nothing() -> Material {
        Material { what: What::Asked(Box::default()), notes: Vec::new() }
    }

    /// Returns true where nothing differs that a URL could depend on, so that nothing is purged.
    pub(super) fn is_of_nothing(&self) -> bool {
        let What::Changes(known) = &self.what else { return false };
        let Changes { paths, directories, entries, .. } = &known.changes;
        paths.is_empty() && directories.is_empty() && entries.is_empty()
    }
}

/// The changes of a site, as far as they are known.
#[derive(Clone)]
pub(super) enum What {
    /// These.
    Changes(Box<Known>),
    /// It is asked for by hand.
    Asked(Box<Share>),
    /// Nobody knows what was live before TO, and why.
    Unknown { to: SnapshotName, why: String },
}

/// A site's changes, and what they were found from.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) basis: Basis,
    pub(super) changes: Changes,
    /// The site's files; `None` where nothing but the names of the changes is known.
    pub(super) files: Option<Files>,
    /// The base URLs that they are about, where these are not all.
    pub(super) base_urls: Option<Vec<BaseUrl>>,
}

/// Makes the plan of a site for one of its caches.
pub(super) fn make(layer: &Layered<'_>, material: Material) -> Result<Plan, Error> {
    let Layered { site, provider, neighbours } = *layer;
    let setting = Setting { capabilities: provider.capabilities(), inventory: None, neighbours };
    let mut notes = material.notes;
    let mut plan = match material.what {
        What::Unknown { to, why } => unknown(site, &to, &why, &setting)?,
        What::Asked(share) => asked(site, *share, &setting),
        What::Changes(mut changes) => match changes.base_urls.take() {
            Some(base_urls) => known(&Site { base_urls, ..site.clone() }, &setting, *changes)?,
            None => known(site, &setting, *changes)?,
        },
    };
    notes.append(&mut plan.notes);
    Ok(Plan { notes, ..plan })
}

/// Makes the plan of what changed.
fn known(site: &Site, setting: &Setting<'_>, known: Known) -> Result<Plan, Error> {
    let Known { basis, mut changes, files, .. } = known;
    if let (Some(files), Some(names)) = (&files, mapping::listing_index_names(site)) {
        changes = changes.listing_in(&files.to.snapshot(&files.output)?, files.symlinks, &names)?;
    }
    // Nobody asks for them any more, and there may be one for each page.
    changes.walked = None;
    let judged = if files.is_some() { mapping::judge(&changes, site) } else { mapping::judge_names(&changes, site) };
    let operations = mapping::estimate(&judged, site);
    if operations > MOST_OPERATIONS {
        return Ok(Plan::beyond(site, operations, basis, &changes, setting));
    }
    // The whole list of files is only made where one of the changes bears on all of them, or a prefix may save requests.
    let list = || files.as_ref().map(|files| files.list(&changes)).transpose();
    let mut all = if judged.needs_inventory() { list()? } else { None };
    let mut mapping = mapping::map(&judged, all.as_ref().map_or(&[][..], |all| &all.paths), site);
    drop(judged);
    // A share that is not reached for sure need not be known.
    let unjudged = match &files {
        Some(files) if all.is_none() && files.are_below_percent(site, &mapping)? => Some(without_percent(site)),
        _ => None,
    };
    let site = unjudged.as_ref().unwrap_or(site);
    let mut some = None;
    if let (None, Some(files)) = (&all, &files)
        && setting.wants_inventory(site, &mapping)
    {
        some = files.some_unchanged(site, &changes, &mapping)?;
        if some.is_none() {
            all = list()?;
        }
    }
    if let Some(files) = &files {
        mapping.notes.extend(idle_globs::notes(site, &changes, all.as_ref().map(|all| &all.paths[..]), files)?);
    }
    if files.is_none() && site.threshold.percent.is_some() {
        mapping.notes.push(no_share(&basis));
    }
    let setting = Setting { inventory: some.as_ref().or(all.as_ref()), ..*setting };
    Ok(Plan::new(site, basis, changes, mapping, &setting))
}

/// Returns the site with no threshold that is a share of it.
fn without_percent(site: &Site) -> Site {
    let threshold = Threshold { percent: None, ..site.threshold };
    Site { threshold, ..site.clone() }
}

/// Makes the plan of what is asked for by hand.
fn asked(site: &Site, share: Share, setting: &Setting<'_>) -> Plan {
    let Share { urls, forms, others } = share;
    let count = |kind: Kind| others.iter().filter(|operation| operation.kind() == kind).count();
    let numbers = (count(Kind::Prefix), count(Kind::Tag), count(Kind::Host), count(Kind::Everything));
    let (changes, mapping) = mapping::map_asked(&urls, forms, others, site);
    let is_asked = |mapped: &&Mapped| mapped.what.url().is_some() && mapped.reasons.contains(&Reason::Asked);
    let (prefixes, tags, hosts, everything) = numbers;
    let asked = Asked {
        // However often each was typed.
        urls: mapping.operations.iter().filter(is_asked).count(),
        forms,
        prefixes,
        tags,
        hosts,
        everything: everything > 0,
    };
    Plan::asked(site, asked, changes, mapping, setting)
}

/// Makes the plan where nobody knows what was live before.
fn unknown(site: &Site, to: &SnapshotName, why: &str, setting: &Setting<'_>) -> Result<Plan, Error> {
    let refused = || PlanningError::UnknownBase { why: why.to_owned() };
    Ok(Plan::unknown(site, why, to, setting).ok_or_else(refused)?)
}

/// Returns the note that a threshold as a share of the site cannot be judged.
fn no_share(basis: &Basis) -> String {
    let tells = match basis {
        Basis::Events { .. } => "events do not tell",
        Basis::Asked(_) | Basis::Paths { .. } | Basis::Snapshots { .. } | Basis::Unknown { .. } => {
            "a list of paths does not tell"
        }
    };
    format!("`percent` is not judged: {tells} how many URLs the site has")
}
