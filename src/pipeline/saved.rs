//! `purge --plan FILE`: a plan that was written before, sent as it was written.
//!
//! The configuration says who sends it (token, account), and has to be the one that it was made with: same sites, same zone,
//! same requests. Nothing is planned anew; of the repository only the revision's name is looked up.

use std::path::Path;
use std::rc::Rc;

use super::marks::{self, Access};
use super::{Output, Planned, configuration, layers};
use crate::cli::{Described, Global};
use crate::config::{Config, Environment, Site};
use crate::display::shown;
use crate::error::Error;
use crate::mark::{Mark, Marked, Moment, Outcome};
use crate::plan::{Basis, Batch, Plan};
use crate::provider::{Call, Provider};
use crate::report::{Saved, saved};
use crate::snapshot::{Ends, Hash, Source, Sources};

/// Which plans, and what is done with them.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'w> {
    pub(super) file: &'w Path,
    /// Only what was not accepted.
    pub(super) only_failed: bool,
    /// Marks are left alone.
    pub(super) no_mark: bool,
    pub(super) access: Access,
}

/// Reads the plans of a file.
pub(super) fn plans(
    global: &Global,
    described: &Described,
    wanted: &Wanted<'_>,
    environment: &Environment,
    output: &mut Output<'_>,
) -> Result<Vec<Planned>, Error> {
    let unreadable = |source| Error::PlanUnreadable { path: wanted.file.to_owned(), source };
    let document = std::fs::read(wanted.file).map_err(unreadable)?;
    let (sites, unplanned) = saved(&document)?;
    drop(document);
    let config = configuration(global, described, output)?.select(&global.site)?;
    let is_wanted = |name: &str| global.site.is_empty() || global.site.iter().any(|site| site == name);
    if let Some((site, why)) = unplanned.into_iter().find(|(site, _)| is_wanted(site)) {
        return Err(Error::PlanIncomplete { site, why });
    }
    let holds = |name: &String| sites.iter().any(|saved| saved.plan.site.as_str() == name);
    if let Some(missing) = global.site.iter().find(|name| !holds(name)) {
        return Err(Error::PlanLacks(missing.clone()));
    }
    let (mut all, mut marks) = (Vec::new(), Vec::new());
    for saved in sites.into_iter().filter(|saved| is_wanted(saved.plan.site.as_str())) {
        let site = site_of(&config, &saved)?;
        marks.push(saved.mark.clone().filter(|_| !wanted.no_mark));
        let mut planned = planned(saved, site, environment, wanted.only_failed)?;
        planned.plan.notes.extend(moved(global, &planned.plan));
        all.push(planned);
    }
    marked(global, &mut all, &marks, wanted.access, output)?;
    let mut sources = Sources::new(global.directory.as_deref());
    for range in layers::of_sites(&all) {
        // As where it is planned, what was compared stands with the outermost layer.
        let Some(planned) = all[range].last_mut() else { continue };
        // What is no longer here cannot be looked at; then there is less to prove.
        planned.ends = same_to(&mut sources, &planned.plan).ok().map(|to| {
            let from = same_from(&mut sources, &planned.plan);
            Ends { from, to }
        });
    }
    Ok(all)
}

/// Opens the marks of the sites whose plans were made with one. Each moves only if it still is what it was then.
fn marked(
    global: &Global,
    planned: &mut [Planned],
    marks: &[Option<Marked>],
    access: Access,
    output: &mut Output<'_>,
) -> Result<(), Error> {
    let mut sources = Sources::new(global.directory.as_deref());
    let sites: Vec<Site> = planned.iter().zip(marks).filter_map(|(p, m)| m.as_ref().map(|_| p.site.clone())).collect();
    let sites: Vec<&Site> = sites.iter().collect();
    let mut opened = marks::open(global, &sites, &mut sources, access, output).into_iter();
    for (planned, was) in planned.iter_mut().zip(marks) {
        let Some((was, opened)) = was.as_ref().and_then(|was| Some((was, opened.next()?))) else { continue };
        let mut mark = opened?;
        mark.stays = match &was.outcome {
            Outcome::Stays(why) => Some(why.clone()),
            _ if !is_as_it_was(&mark.mark, was, &planned.plan) => {
                Some("it is no longer what it was when the plan was made".to_owned())
            }
            _ => None,
        };
        // Also where the mark stays: what is sent is for a TO that is live, and the next run has to know.
        match same_to(&mut sources, &planned.plan) {
            Ok(to) => mark.to = Some(to),
            Err(why) => mark.stays = mark.stays.or(Some(why)),
        }
        planned
            .plan
            .notes
            .extend(mark.stays.as_ref().map(|why| format!("the mark {} stays: {why}", mark.store.shown())));
        planned.mark = Some(mark);
    }
    Ok(())
}

/// True when a mark is what it was when the plan was made, but for what an earlier try at the very plan has opened.
fn is_as_it_was(now: &Mark, was: &Marked, plan: &Plan) -> bool {
    let (Basis::Snapshots { to, .. } | Basis::Unknown { to, .. }) = &plan.basis else { return false };
    let known = |open: &Moment| was.open.contains(&open.id) || open.is(&to.id);
    now.at.as_ref().map(|at| &at.id) == was.was.as_ref() && now.open.iter().all(known)
}

/// The plan's FROM, if it still is here.
fn same_from(sources: &mut Sources, plan: &Plan) -> Vec<Rc<Source>> {
    let Basis::Snapshots { from, .. } = &plan.basis else { return Vec::new() };
    let spec = if Source::names_a_revision(&from.spec) { &from.id } else { &from.spec };
    // What had no ids of its own was hashed as the other end.
    let hash = Hash::of_id(&from.id).unwrap_or(Hash::Sha1);
    let source = sources.ends_hashed(&[], spec, hash).ok().map(|ends| ends.to);
    source.filter(|source| source.id() == from.id).into_iter().collect()
}

/// The plan's TO, if it still is here and the same.
fn same_to(sources: &mut Sources, plan: &Plan) -> Result<Rc<Source>, String> {
    let (Basis::Snapshots { to, .. } | Basis::Unknown { to, .. }) = &plan.basis else {
        return Err("the plan is made from a list".to_owned());
    };
    let spec = if Source::names_a_revision(&to.spec) { &to.id } else { &to.spec };
    let ends = match Hash::of_id(&to.id) {
        Some(hash) => sources.ends_hashed(&[], spec, hash),
        None => sources.ends(&[], spec),
    };
    let source = ends.map_err(|e| e.to_string())?.to;
    if source.id() == to.id {
        return Ok(source);
    }
    Err(format!("{} is no longer what it was when the plan was made", shown(to.spec.as_bytes())))
}

fn site_of(config: &Config, saved: &Saved) -> Result<Site, Error> {
    let name = &saved.plan.site;
    let sites = config.sites.iter().filter(|site| site.name == *name);
    let same = |site: &Site| site.layer == saved.plan.layer;
    sites.flat_map(Site::in_layers).find(same).ok_or_else(|| Error::PlanSite(saved.plan.title()))
}

fn planned(saved: Saved, site: Site, environment: &Environment, only_failed: bool) -> Result<Planned, Error> {
    if let Some(refused) = saved.refused {
        return Err(Error::PlanRefused(refused));
    }
    let provider = Provider::for_site(&site, environment)?;
    let configured = provider.destination();
    if let (Some(planned), Some(zone)) = (&saved.zone, &configured.id)
        && planned != zone
    {
        let (planned, zone) = (shown(planned.as_bytes()), zone.clone());
        return Err(Error::PlanZone { site: site.name.to_string(), planned, zone });
    }
    let as_planned = provider.with_id(saved.zone.as_deref())?;
    let limits = provider.capabilities().limits;
    // A request that says less than the plan would leave out what it does not say.
    let same = |(batch, call): (&Batch, &Call)| {
        batch.size() <= limits.for_kind(batch.kind())
            && as_planned.call(saved.plan.mode_of(batch), &saved.plan.items(batch)) == *call
    };
    if configured.nodes != saved.endpoints || !saved.plan.batches.iter().zip(&saved.requests).all(same) {
        return Err(Error::PlanRequests(site.name.to_string()));
    }
    let provider = if configured.id.is_some() { provider } else { as_planned };
    let plan = match (only_failed, saved.not_accepted) {
        (false, _) => saved.plan,
        (true, None) => return Err(Error::PlanWithoutReceipts),
        (true, Some(operations)) => saved.plan.with_only(operations, limits),
    };
    let (ends, proofs, mark) = (None, None, None);
    Ok(Planned { site, plan, provider, ends, proofs, mark, mark_failed: None, failed: None })
}

/// What a person should know when the plan's TO is no longer what its name means.
fn moved(global: &Global, plan: &Plan) -> Option<String> {
    let (Basis::Snapshots { to, .. } | Basis::Unknown { to, .. }) = &plan.basis else { return None };
    let (spec, short) = (shown(to.spec.as_bytes()), to.short_id());
    if to.spec == to.id {
        return None;
    }
    // What had no ids of its own was hashed as the other end, and a manifest is as it is.
    let hash = Hash::of_id(&to.id);
    let now = Source::open(&to.spec, global.directory.as_deref(), hash).map(|source| source.id());
    match now {
        Ok(id) if id == to.id => None,
        Ok(id) => Some(format!(
            "{spec} is {} now, and was {short} when the plan was made: what changed since is not in it",
            &id[..id.len().min(10)]
        )),
        Err(_) => Some(format!("whether {spec} still is {short} cannot be told here")),
    }
}
