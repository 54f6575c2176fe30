//! What is done with a site's URLs when its plan is accepted: they are asked for, what is stale is repaired, the edge is warmed.

use std::borrow::Cow;
use std::collections::HashSet;
use std::num::NonZero;
use std::rc::Rc;
use std::time::Instant;

use futures_util::future::join_all;

use super::repair::{again, repair};
use super::routes::Routes;
use crate::changes::{self, Changes};
use crate::config::{BaseUrl, Site};
use crate::engine::error::{DeliveryError, Error, PlanningError};
use crate::engine::ground::Ground;
use crate::engine::planning::{MOST_OPERATIONS, all_of, changed};
use crate::engine::run::{Run, SiteRun, layers};
use crate::mapping::{self, Judged, PublicUrl, Reason};
use crate::proof::{self, Door, Expected, Freshness, Paths, Proofs};
use crate::send::Http;
use crate::snapshot::{Ends, Hash, Snapshot, Source};

/// What is done with a site's URLs when its plan is accepted.
#[derive(Debug, Clone, Default)]
pub struct ProofOptions {
    /// They are asked for and compared with what should be there.
    pub verify: bool,
    /// What is stale is purged once more, and asked for again.
    pub repair: bool,
    /// At most so many are compared, some of each directory; `None` for all.
    pub sample: Option<NonZero<usize>>,
    /// Those that were not compared are asked for so that the edge has them.
    pub warm: Option<Warm>,
    /// Where they are asked for; `None` for where the hosts' names lead.
    pub door: Option<Door>,
}

/// How many URLs are asked for so that the edge has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warm {
    /// All.
    All,
    /// At most so many, the most important first.
    AtMost(NonZero<usize>),
}

impl ProofOptions {
    /// True when what is there has to be compared with what should be.
    #[must_use]
    pub fn compares(&self) -> bool {
        self.verify || self.repair
    }
}

/// What is asked for of one site.
pub(super) struct Asked {
    pub(super) expected: Vec<Expected>,
    pub(super) hash: Hash,
    /// How many there would be without a sample.
    pub(super) of: usize,
    /// The paths of TO.
    pub(super) there: Vec<Box<[u8]>>,
}

/// Refuses proof where nothing says what pages should be.
pub(super) fn can_be_proved(sites: &[SiteRun]) -> Result<(), DeliveryError> {
    // What was compared stands with the outermost layer of a site.
    let mut outermost = layers::ranges(sites).into_iter().filter_map(|range| sites[range].last());
    let none = outermost.find(|one| one.failed.is_none() && one.ends.is_none());
    none.map_or(Ok(()), |one| Err(DeliveryError::NothingToCompare(one.site.name.to_string())))
}

/// A site whose URLs are asked for.
pub(super) struct Prover {
    /// Its number.
    pub(super) site: usize,
    pub(super) http: Http,
    pub(super) urls: Vec<PublicUrl>,
    pub(super) asked: Option<Asked>,
}

/// Asks for the URLs of all sites of which everything was accepted, all at once, as far as that is wanted. `purged` is when the
/// purge began.
pub(super) fn prove(
    ground: &Ground<'_>,
    run: &mut Run,
    routes: &Routes,
    options: &ProofOptions,
    purged: Option<Instant>,
) -> Result<(), Error> {
    if !options.compares() && options.warm.is_none() {
        return Ok(());
    }
    let door = options.door.clone().unwrap_or(Door::Names);
    // Without a purge, whatever could be planned is asked for.
    let is_done = |one: &SiteRun| one.failed.is_none() && (purged.is_none() || one.is_accepted());
    let wanted = run.sites.iter().enumerate().filter(|(_, one)| is_done(one));
    let provers: Vec<Prover> = wanted.map(|(i, one)| Prover::find(i, one, &door, options)).collect::<Result<_, _>>()?;
    let answers = routes.runtime.block_on(join_all(provers.iter().map(|prover| async {
        let asked = prover.asked.as_ref()?;
        Some(proof::ask((&door, &prover.http), &asked.expected, asked.hash, purged).await)
    })));
    for (prover, answers) in provers.iter().zip(answers) {
        let of = prover.asked.as_ref().map_or(prover.urls.len(), |asked| asked.of);
        let mut proofs = Proofs { of, all: answers.unwrap_or_default(), ..Proofs::default() };
        let is_stale = options.repair && proofs.count(Freshness::Stale) > 0;
        if let Some(asked) = prover.asked.as_ref().filter(|_| is_stale) {
            let began = Instant::now();
            if repair(ground, &run.sites, routes, prover, &mut proofs) {
                again(routes, (&door, &prover.http), asked, (&mut proofs, began));
            }
        }
        run.sites[prover.site].proofs = Some(proofs);
    }
    if let Some(warm) = options.warm {
        let most = match warm {
            Warm::All => usize::MAX,
            Warm::AtMost(most) => most.get(),
        };
        self::warm(run, routes, &provers, &door, most);
    }
    Ok(())
}

/// Asks for at most so many URLs of each site that were not asked for yet, so that the edge has them.
fn warm(run: &mut Run, routes: &Routes, provers: &[Prover], door: &Door, most: usize) {
    let warmed = routes.runtime.block_on(join_all(provers.iter().map(|prover| {
        let proofs = run.sites[prover.site].proofs.as_ref();
        let asked: HashSet<&PublicUrl> = proofs.iter().flat_map(|p| &p.all).map(|proof| &proof.url).collect();
        let left: Vec<PublicUrl> = prover.urls.iter().filter(|url| !asked.contains(url)).take(most).cloned().collect();
        async move { proof::warm((door, &prover.http), &left).await }
    })));
    for (prover, warmed) in provers.iter().zip(warmed) {
        run.sites[prover.site].proofs.get_or_insert_default().warmed = Some(warmed);
    }
}

impl Prover {
    fn find(site: usize, one: &SiteRun, door: &Door, options: &ProofOptions) -> Result<Prover, Error> {
        let hosts: Vec<&str> = one.site.base_urls.iter().map(BaseUrl::host).collect();
        let urls = urls(one)?;
        let asked =
            if options.compares() { Some(asked(one, urls.clone(), options.sample.map(NonZero::get))?) } else { None };
        Ok(Prover { site, http: door.client(&hosts)?, urls, asked })
    }
}

/// The site's URLs that may have changed, the most important first: those of the plan where nothing says more.
fn urls(one: &SiteRun) -> Result<Vec<PublicUrl>, Error> {
    let (site, plan) = (&one.site, &one.plan);
    let mut urls: Vec<PublicUrl> =
        plan.operations.iter().filter_map(|planned| planned.operation.url().cloned()).collect();
    let mut first: HashSet<PublicUrl> = HashSet::new();
    if let Some(ends) = &one.ends {
        let to = ends.to.snapshot(&site.output)?;
        let (changes, inventory) = match changed(one, ends)? {
            Some(known) => {
                let inventory = known.and_deleted(changes::all_paths(&to, site.symlinks)?);
                (known, inventory)
            }
            None => (Cow::Owned(all_of(&to, site)?), Vec::new()),
        };
        let judged = mapping::judge(&changes, site);
        can_be_listed(&judged, site)?;
        let mapping = mapping::map(&judged, &inventory, site);
        for (url, reasons) in mapping.urls() {
            urls.push(url.clone());
            if reasons.contains(&Reason::Always) {
                first.insert(url.clone());
            }
        }
    }
    urls.sort_unstable();
    urls.dedup();
    proof::by_importance(&mut urls, |url| first.contains(url));
    Ok(urls)
}

/// Refuses what no memory holds, as where it is planned.
fn can_be_listed(judged: &Judged<'_>, site: &Site) -> Result<(), PlanningError> {
    let operations = mapping::estimate(judged, site);
    if operations > MOST_OPERATIONS { Err(PlanningError::TooManyOperations(operations)) } else { Ok(()) }
}

/// What is expected of at most so many of the URLs.
fn asked(one: &SiteRun, urls: Vec<PublicUrl>, sample: Option<usize>) -> Result<Asked, Error> {
    let none = Ends::nothing();
    let ends = one.ends.as_ref().unwrap_or(&none);
    let site = &one.site;
    let to = ends.to.snapshot(&site.output)?;
    let from = ends.from.iter().map(|from: &Rc<Source>| from.snapshot(&site.output));
    let from: Vec<Snapshot<'_>> = from.collect::<Result<_, _>>()?;
    let of = urls.len();
    let urls = match sample {
        Some(most) => proof::spread(urls, most, |url| url.as_str().as_bytes()),
        None => urls,
    };
    let there = changes::all_paths(&to, site.symlinks)?;
    let inventory = match changed(one, ends)? {
        Some(changes) => changes.and_deleted(there.clone()),
        None => there.clone(),
    };
    can_be_listed(&mapping::judge(&Changes::all_modified(inventory.clone()), site), site)?;
    let expected = proof::expect(urls, site, (&from, &to), Paths { there: &there, inventory: &inventory })?;
    Ok(Asked { expected, hash: to.hash(), of, there })
}
