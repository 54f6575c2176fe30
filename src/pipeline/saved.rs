//! `purge --plan FILE`: a plan that was written before, sent as it was written.
//!
//! The configuration says who sends it (token, account), and has to be the one that it was made with: same sites, same zone,
//! same requests. Nothing is planned anew; of the repository only the revision's name is looked up.

use std::path::Path;

use super::planning::environment_zone;
use super::{Output, Planned, configuration};
use crate::cli::{Described, Global};
use crate::config::{Config, Environment, Site, ZoneId};
use crate::display::shown;
use crate::error::Error;
use crate::plan::{Basis, Batch, Plan};
use crate::provider::Cloudflare;
use crate::report::{Saved, saved};
use crate::snapshot::{Hash, Source};

/// Reads the plans of a file; with `only_failed` what of them was not accepted.
pub(super) fn plans(
    global: &Global,
    described: &Described,
    (file, only_failed): (&Path, bool),
    environment: &Environment,
    output: &mut Output<'_>,
) -> Result<Vec<Planned>, Error> {
    let document = std::fs::read(file).map_err(|source| Error::PlanUnreadable { path: file.to_owned(), source })?;
    let (sites, unplanned) = saved(&document)?;
    drop(document);
    let config = configuration(global, described, output)?.select(&global.site)?;
    let environment_zone = environment_zone(environment)?;
    let is_wanted = |name: &str| global.site.is_empty() || global.site.iter().any(|site| site == name);
    if let Some((site, why)) = unplanned.into_iter().find(|(site, _)| is_wanted(site)) {
        return Err(Error::PlanIncomplete { site, why });
    }
    let holds = |name: &String| sites.iter().any(|saved| saved.plan.site.as_str() == name);
    if let Some(missing) = global.site.iter().find(|name| !holds(name)) {
        return Err(Error::PlanLacks(missing.clone()));
    }
    let wanted = |saved: &Saved| is_wanted(saved.plan.site.as_str());
    sites
        .into_iter()
        .filter(wanted)
        .map(|saved| {
            let site = site_of(&config, &saved)?;
            let mut planned = planned(saved, site, environment_zone.as_ref(), only_failed)?;
            planned.plan.notes.extend(moved(global, &planned.plan));
            Ok(planned)
        })
        .collect()
}

fn site_of(config: &Config, saved: &Saved) -> Result<Site, Error> {
    let name = &saved.plan.site;
    config.sites.iter().find(|site| site.name == *name).cloned().ok_or_else(|| Error::PlanSite(name.to_string()))
}

fn planned(saved: Saved, site: Site, zone: Option<&ZoneId>, only_failed: bool) -> Result<Planned, Error> {
    if let Some(refused) = saved.refused {
        return Err(Error::PlanRefused(refused));
    }
    let configured = site.cloudflare.zone_id.as_ref().or(zone);
    let zone = match (&saved.zone, configured) {
        (Some(planned), Some(zone)) if planned != zone.as_str() => {
            let (planned, zone) = (shown(planned.as_bytes()), zone.as_str().to_owned());
            return Err(Error::PlanZone { site: site.name.to_string(), planned, zone });
        }
        (_, Some(zone)) => Some(zone.clone()),
        (Some(planned), None) => Some(ZoneId::from_variable("plan", planned)?),
        (None, None) => None,
    };
    let provider = Cloudflare::new(&site.cloudflare);
    let planned_zone = saved.zone.as_deref().unwrap_or("{zone_id}");
    let same = |(batch, (path, body)): (&Batch, &(String, Vec<u8>))| {
        *path == provider.path(planned_zone, saved.plan.mode_of(batch))
            && provider.body(&saved.plan.items(batch)) == *body
    };
    if !saved.plan.batches.iter().zip(&saved.requests).all(same) {
        return Err(Error::PlanRequests(site.name.to_string()));
    }
    let plan = match (only_failed, saved.not_accepted) {
        (false, _) => saved.plan,
        (true, None) => return Err(Error::PlanWithoutReceipts),
        (true, Some(operations)) => saved.plan.with_only(operations, provider.limits()),
    };
    Ok(Planned { site, plan, provider, zone, failed: None })
}

/// What a person should know when the plan's TO is no longer what its name means.
fn moved(global: &Global, plan: &Plan) -> Option<String> {
    let Basis::Snapshots { to, .. } = &plan.basis else { return None };
    let (spec, short) = (shown(to.spec.as_bytes()), to.short_id());
    if to.spec == to.id {
        return None;
    }
    // What had no ids of its own was hashed as the other end, and a manifest is as it is.
    let hash = Hash::of_id(&to.id);
    let now = Source::open(&to.spec, global.directory.as_deref(), hash).and_then(|source| source.id());
    match now {
        Ok(id) if id == to.id => None,
        Ok(id) => Some(format!(
            "{spec} is {} now, and was {short} when the plan was made: what changed since is not in it",
            &id[..id.len().min(10)]
        )),
        Err(_) => Some(format!("whether {spec} still is {short} cannot be told here")),
    }
}
