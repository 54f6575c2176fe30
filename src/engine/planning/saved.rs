//! A plan that was written before, taken over to be sent as it was written.
//!
//! The configuration says who sends it (token, account), and has to be the one that it was made with: same sites, same zone,
//! same requests. The plan is sent as it was written, whatever it is. A mark moves for it only where [`super::following`] finds
//! that it still follows from its snapshots.

use std::rc::Rc;

use super::following::{Following, SavedSite};
use crate::config::{BaseUrl, Config, Environment, Site};
use crate::display::{counted, shown};
use crate::engine::error::{Error, SavedPlanError};
use crate::engine::ground::Ground;
use crate::engine::run::mark::{Meant, SiteMark};
use crate::engine::run::{MarkUse, Run, SiteRun, layers, marks};
use crate::mark::{Mark, Marked, Moment, Standing};
use crate::plan::{BaseOf, Basis, Batch, Plan, PlannedOperation};
use crate::provider::{Call, Provider};
use crate::report::plan::{Saved, Unplanned};
use crate::snapshot::{Ends, Hash, Source, Sources};

/// Takes over the plans of a document for the sites of the run.
pub(super) fn plans(
    ground: &Ground<'_>,
    (sites, unplanned): (Vec<Saved>, Unplanned),
    only_failed: bool,
    how: MarkUse,
) -> Result<Run, Error> {
    let named = ground.named;
    let is_wanted = |name: &str| named.is_empty() || named.iter().any(|site| site == name);
    if let Some((site, why)) = unplanned.into_iter().find(|(site, _)| is_wanted(site)) {
        return Err(SavedPlanError::Incomplete { site, why }.into());
    }
    let holds = |name: &String| sites.iter().any(|saved| saved.plan.site.as_str() == name);
    if let Some(missing) = named.iter().find(|name| !holds(name)) {
        return Err(SavedPlanError::Lacks(missing.clone()).into());
    }
    let (mut all, mut written) = (Vec::new(), Vec::new());
    for saved in sites.into_iter().filter(|saved| is_wanted(saved.plan.site.as_str())) {
        let site = site_of(ground.chosen, &saved)?;
        let mark = saved.mark.clone().filter(|_| how != MarkUse::None);
        // A plan of which only a part is sent has to follow as a whole.
        let operations = (only_failed && how != MarkUse::None).then(|| saved.plan.operations.clone());
        written.push(Written { mark, operations });
        let mut one = taken_over(saved, site, ground.environment, only_failed)?;
        one.plan.notes.extend(moved(ground, &one.plan));
        all.push(one);
    }
    open_marks(ground, &mut all, &written, how)?;
    let mut sources = ground.sources();
    for range in layers::ranges(&all) {
        // As where it is planned, what was compared stands with the outermost layer.
        let Some(one) = all[range].last_mut() else { continue };
        // A snapshot that is no longer here cannot be looked at; then there is less to prove.
        one.ends = same_to(&mut sources, &one.plan).ok().map(|to| {
            let from = same_from(&mut sources, &one.plan);
            Ends { from, to }
        });
    }
    Ok(Run { sites: all, ..Run::default() })
}

/// The parts of a document that say where a mark may move.
struct Written {
    /// The mark when the plan was made.
    mark: Option<Marked>,
    /// The operations, where the plan that is sent holds fewer.
    operations: Option<Vec<PlannedOperation>>,
}

/// Opens the marks of the sites whose plans were made with one. Each moves only if it still is what it was then, and the plan still
/// follows from its snapshots.
fn open_marks(ground: &Ground<'_>, all: &mut [SiteRun], written: &[Written], how: MarkUse) -> Result<(), Error> {
    let mut sources = ground.sources();
    let marked = all.iter().zip(written).filter(|(_, written)| written.mark.is_some());
    // A mark is of a site with all of its caches.
    let whole = |one: &SiteRun| ground.chosen.sites.iter().find(|site| site.name == one.site.name);
    let sites: Vec<&Site> = marked.filter_map(|(one, _)| whole(one)).collect();
    let mut opened = marks::open(ground, &sites, &mut sources, how).into_iter();
    for range in layers::ranges(all) {
        for number in range.clone() {
            let Some((was, mark)) = written[number].mark.as_ref().and_then(|was| Some((was, opened.next()?))) else {
                continue;
            };
            let mut mark = mark?;
            // Also where the mark stays: what is sent is for a TO that is live, and the next run has to know.
            let to = same_to(&mut sources, &all[number].plan);
            let is_as_it_was = is_as_it_was(&mark.held, was, &all[number].plan);
            // An earlier try at it has gone through, and nothing is left open.
            let is_done = |to: &Rc<Source>| mark.was_at(&to.id()) && mark.held.open.is_empty();
            if !is_as_it_was && to.as_ref().is_ok_and(is_done) {
                all[number].mark = Some(mark);
                continue;
            }
            let following = match &to {
                Ok(_) if is_as_it_was => {
                    follows(ground, &mut sources, &all[range.clone()], &written[range.clone()], &mark)
                }
                Ok(_) => Following::Untold("it is no longer what it was when the plan was made".to_owned()),
                Err(why) => Following::Untold(why.clone()),
            };
            let one = &mut all[number];
            if let Following::Differs { lacking: lacking @ 1.., .. } = following {
                one.lacking = lacking;
                let (site, lacks) = (&one.site.name, counted(lacking, "operation"));
                ground.warn(format!(
                    "site {site}: the plan in the file lacks {lacks}; `diffpurge purge` purges what is missing"
                ));
            }
            match (following, to) {
                (Following::Follows, Ok(to)) => direct(&mut mark, was, to, &one.plan.basis, &mut sources)?,
                (Following::Follows, Err(why)) => mark.leave_open(None, why),
                (Following::Differs { why, .. } | Following::Untold(why), to) => mark.leave_open(to.ok(), why),
            }
            one.plan
                .notes
                .extend(mark.stays_because().map(|why| format!("the mark {} stays: {why}", mark.store.shown())));
            one.mark = Some(mark);
        }
    }
    Ok(())
}

/// Looks whether the plans of one site still follow from their snapshots.
fn follows(
    ground: &Ground<'_>,
    sources: &mut Sources,
    all: &[SiteRun],
    written: &[Written],
    mark: &SiteMark,
) -> Following {
    let name = all.first().map(|one| &one.site.name);
    let site = ground.chosen.sites.iter().find(|site| Some(&site.name) == name);
    let Some(site) = site else { return Following::Untold("its site is not configured".to_owned()) };
    let plans = all.iter().map(|one| &one.plan).collect();
    let operations = written.iter().map(|one| one.operations.as_deref()).collect();
    SavedSite { site, plans, operations, mark }.follows(ground, sources)
}

/// Says where the mark of a plan that follows from its snapshots moves.
fn direct(
    mark: &mut SiteMark,
    was: &Marked,
    to: Rc<Source>,
    basis: &Basis,
    sources: &mut Sources,
) -> Result<(), Error> {
    if let Standing::Stays(why) = &was.standing {
        mark.stay(Some(to), why.clone());
        return Ok(());
    }
    // Where TO is older, the document would say that the mark stays, unless that was meant.
    let is_typed = matches!(basis, Basis::Snapshots { base, .. } if base.of == BaseOf::Given);
    let meant = if is_typed { Meant::Aside } else { Meant::Nothing };
    mark.direct(Rc::clone(&to), sources, meant)?;
    if mark.stays() {
        mark.move_to(to);
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
    // A snapshot without ids of its own was hashed as the other end.
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
    let site = sites.flat_map(Site::in_layers).find(same);
    Ok(site.ok_or_else(|| SavedPlanError::Site(saved.plan.title()))?)
}

/// Takes one plan over, if the configuration words its requests as the document does.
fn taken_over(saved: Saved, site: Site, environment: &Environment, only_failed: bool) -> Result<SiteRun, Error> {
    if let Some(refused) = saved.refused {
        return Err(SavedPlanError::Refused(refused).into());
    }
    same_site(&saved, &site)?;
    let provider = Provider::for_site(&site, environment)?;
    let configured = provider.destination();
    if let (Some(planned), Some(zone)) = (&saved.zone, &configured.id)
        && planned != zone
    {
        let (planned, zone) = (shown(planned.as_bytes()), zone.clone());
        return Err(SavedPlanError::Zone { site: site.name.to_string(), planned, zone }.into());
    }
    let as_planned = provider.with_id(saved.zone.as_deref())?;
    let limits = provider.capabilities().limits;
    // A request that says less than the plan would leave out what it does not say.
    let same = |(batch, call): (&Batch, &Call)| {
        batch.size() <= limits.for_kind(batch.kind())
            && as_planned.call(saved.plan.mode_of(batch), &saved.plan.items(batch)) == *call
    };
    if configured.nodes != saved.endpoints || !saved.plan.batches.iter().zip(&saved.requests).all(same) {
        return Err(SavedPlanError::Requests(site.name.to_string()).into());
    }
    let provider = if configured.id.is_some() { provider } else { as_planned };
    let plan = match (only_failed, saved.not_accepted) {
        (false, _) => saved.plan,
        (true, None) => return Err(SavedPlanError::WithoutReceipts.into()),
        (true, Some(operations)) => saved.plan.with_only(operations, limits),
    };
    Ok(SiteRun::planned(site, plan, provider))
}

/// Refuses a plan for other base URLs or another web root: what was added since is not in it, and the mark would say that it was.
fn same_site(saved: &Saved, site: &Site) -> Result<(), SavedPlanError> {
    if let Some(planned) = &saved.base_urls {
        let now: Vec<&str> = site.base_urls.iter().map(BaseUrl::as_str).collect();
        let added: Vec<String> =
            now.iter().filter(|url| !planned.iter().any(|p| p == *url)).map(|u| (*u).to_owned()).collect();
        let gone: Vec<String> = planned.iter().filter(|url| !now.contains(&url.as_str())).cloned().collect();
        if !added.is_empty() || !gone.is_empty() {
            let gone = gone.iter().map(|url| shown(url.as_bytes())).collect();
            return Err(SavedPlanError::BaseUrls { site: site.name.to_string(), added, gone });
        }
    }
    match &saved.output {
        Some(planned) if planned != site.output.as_str() => {
            let [planned, output] = [planned, site.output.as_str()].map(|output| shown(output.as_bytes()));
            Err(SavedPlanError::Output { site: site.name.to_string(), planned, output })
        }
        Some(_) | None => Ok(()),
    }
}

/// Returns the note for people when the plan's TO is no longer what its name means.
fn moved(ground: &Ground<'_>, plan: &Plan) -> Option<String> {
    let (Basis::Snapshots { to, .. } | Basis::Unknown { to, .. }) = &plan.basis else { return None };
    let (spec, short) = (shown(to.spec.as_bytes()), to.short_id());
    if to.spec == to.id {
        return None;
    }
    // A snapshot without ids of its own was hashed as the other end, and a manifest is as it is.
    let hash = Hash::of_id(&to.id);
    let now = Source::open(&to.spec, ground.directory, hash).map(|source| source.id());
    match now {
        Ok(id) if id == to.id => None,
        Ok(id) => Some(format!(
            "{spec} is {} now, and was {short} when the plan was made: what changed since is not in it",
            &id[..id.len().min(10)]
        )),
        Err(_) => Some(format!("whether {spec} still is {short} cannot be told here")),
    }
}
