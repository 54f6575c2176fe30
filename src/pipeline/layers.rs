//! A site's caches behind each other: planned apart, sent one after the other from the origin outward, failed together.
//!
//! An outer cache that is purged before the inner one refills itself with the inner one's old copy. So a layer is sent only when
//! the one before it was accepted everywhere; and when one cannot be sent at all, none is.

use std::future::Future;
use std::ops::Range;

use super::marks::SiteMark;
use super::{Planned, Sites};
use crate::config::{Config, Environment, Site};
use crate::error::Error;
use crate::plan::{Neighbour, Plan};
use crate::provider::{Destination, Provider};
use crate::send::Receipt;
use crate::snapshot::Ends;

/// A site with one of its caches, and what a plan for it depends on.
pub(super) struct Layered<'l> {
    pub(super) site: &'l Site,
    pub(super) provider: &'l Provider,
    pub(super) neighbours: &'l [Neighbour<'l>],
}

/// A site's plans, and what they were made with.
pub(super) struct Made {
    /// One for each layer, from the origin outward.
    pub(super) plans: Vec<Plan>,
    /// What was compared, where snapshots were.
    pub(super) ends: Option<Ends>,
    pub(super) mark: Option<SiteMark>,
}

/// A site without a plan.
pub(super) struct Unmade {
    pub(super) error: Box<Error>,
    /// Its mark, where that is known all the same.
    pub(super) mark: Option<Box<SiteMark>>,
}

impl From<Error> for Unmade {
    fn from(error: Error) -> Unmade {
        Unmade { error: Box::new(error), mark: None }
    }
}

/// The plans of some of all sites, as `plan` makes those of each, one for each layer. A site of which they cannot be made does
/// not stop the others. The mark, and what was compared, stand with the outermost layer, which is sent last.
pub(super) fn plans(
    all: &[Site],
    config: Config,
    environment: &Environment,
    mut plan: impl FnMut(&[Layered<'_>]) -> Result<Made, Unmade>,
) -> Result<Sites, Error> {
    // Who else goes with everything of a cache.
    let mut elsewhere: Vec<(&Site, Vec<Destination>)> = Vec::with_capacity(all.len());
    for site in all {
        let destination = |cache| Provider::for_cache(cache, site, environment).map(|provider| provider.destination());
        elsewhere.push((site, site.caches().map(destination).collect::<Result<_, _>>()?));
    }
    let mut sites = Sites { planned: Vec::new(), unplanned: Vec::new(), live: Vec::new(), unused: 0 };
    for site in config.sites {
        let name = site.name.to_string();
        let layers = site.in_layers();
        let made = layers.iter().map(|layer| Provider::for_site(layer, environment));
        let providers = made.collect::<Result<Vec<Provider>, _>>()?;
        let neighbours_of = |provider: &Provider| -> Vec<Neighbour<'_>> {
            let own = provider.destination();
            let others = elsewhere.iter().filter(|(other, _)| other.name != site.name);
            let shares = |there: &[Destination]| there.iter().any(|one| one.shares_all_with(&own));
            others.map(|(site, there)| Neighbour { site, shares_everything: shares(there) }).collect()
        };
        let neighbours: Vec<Vec<Neighbour<'_>>> = providers.iter().map(neighbours_of).collect();
        let layered = layers.iter().zip(&providers).zip(&neighbours);
        let layered: Vec<Layered<'_>> =
            layered.map(|((site, provider), neighbours)| Layered { site, provider, neighbours }).collect();
        match plan(&layered) {
            Ok(Made { plans, ends, mark }) => {
                let each = layers.into_iter().zip(providers).zip(plans);
                sites.planned.extend(each.map(|((site, provider), plan)| {
                    let (ends, proofs, mark, mark_failed, failed) = (None, None, None, None, None);
                    Planned { site, plan, provider, ends, proofs, mark, mark_failed, failed }
                }));
                if let Some(outermost) = sites.planned.last_mut() {
                    (outermost.ends, outermost.mark) = (ends, mark);
                }
            }
            Err(Unmade { error, mark }) => {
                sites.unplanned.push((name, *error));
                sites.live.extend(mark.map(|mark| (site, *mark)));
            }
        }
    }
    Ok(sites)
}

/// The plans of each site: they stand behind each other, from the origin outward.
pub(super) fn of_sites(planned: &[Planned]) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    for run in planned.chunk_by(|a, b| a.site.name == b.site.name) {
        ranges.push(start..start + run.len());
        start += run.len();
    }
    ranges
}

/// Where one layer of a site has failed before anything was sent, the others are not sent either.
pub(super) fn fail_together(planned: &mut [Planned]) {
    for range in of_sites(planned) {
        let layers = &mut planned[range];
        let Some(failed) = layers.iter().find(|layer| layer.failed.is_some()) else { continue };
        let (site, which) = (failed.site.name.to_string(), failed.plan.layer.as_ref().map(ToString::to_string));
        for layer in layers.iter_mut().filter(|layer| layer.failed.is_none()) {
            layer.failed = Some(Error::OtherLayer { site: site.clone(), layer: which.clone().unwrap_or_default() });
        }
    }
}

/// Sends the layers of a site in turn, as `send` does with one of them by its number; where one is not accepted everywhere, those
/// in front of it stay.
pub(super) async fn in_turn<F: Future<Output = Vec<Receipt>>>(
    planned: &[Planned],
    range: Range<usize>,
    send: impl Fn(usize) -> F,
) -> Vec<Vec<Receipt>> {
    let mut all = Vec::with_capacity(range.len());
    let mut stopped: Option<String> = None;
    for number in range {
        let plan = &planned[number].plan;
        if let Some(why) = &stopped {
            all.push(plan.batches.iter().map(|batch| Receipt::not_sent(batch.clone(), why)).collect());
            continue;
        }
        let receipts = send(number).await;
        if !receipts.iter().all(Receipt::is_accepted) {
            let layer = plan.layer.as_ref().map(ToString::to_string).unwrap_or_default();
            stopped =
                Some(format!("{layer}, was not accepted everywhere, and would refill this one with its old copies"));
        }
        all.push(receipts);
    }
    all
}
