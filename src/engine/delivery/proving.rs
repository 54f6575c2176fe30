//! The proof of a purge, once a site's plan is accepted: its URLs are asked for, what is stale is repaired, the edge is warmed.

use std::collections::HashSet;
use std::time::Instant;

use futures_util::future::join_all;

use super::proof_options::{ProofOptions, Warm};
use super::prover::Prover;
use super::repair::{again, repair};
use super::routes::Routes;
use crate::engine::error::{DeliveryError, Error};
use crate::engine::ground::Ground;
use crate::engine::run::{Run, SiteRun, layers};
use crate::mapping::PublicUrl;
use crate::proof::{self, Door, Freshness, Proofs};

/// Refuses proof where nothing says what pages should be.
pub(super) fn can_be_proved(sites: &[SiteRun]) -> Result<(), DeliveryError> {
    // The comparison stands with the outermost layer of a site.
    let mut outermost = layers::ranges(sites).into_iter().filter_map(|range| sites[range].last());
    let none = outermost.find(|one| one.failed.is_none() && one.ends.is_none());
    none.map_or(Ok(()), |one| Err(DeliveryError::NothingToCompare(one.site.name.to_string())))
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
    let provers: Vec<Prover> = wanted.map(|one| Prover::find(ground, one, &door, options)).collect::<Result<_, _>>()?;
    let answers = provers.iter().map(|prover| async {
        let Some(asked) = &prover.asked else { return Ok(Vec::new()) };
        asked.prove((&door, &prover.http), &asked.expected, purged).await
    });
    let answers = routes.runtime.block_on(join_all(answers)).into_iter().collect::<Result<Vec<_>, Error>>()?;
    for (prover, answers) in provers.iter().zip(answers) {
        let of = prover.asked.as_ref().map_or(prover.urls.len(), |asked| asked.of);
        let mut proofs = Proofs { of, all: answers, ..Proofs::default() };
        let is_stale = options.repair && proofs.count(Freshness::Stale) > 0;
        if let Some(asked) = prover.asked.as_ref().filter(|_| is_stale) {
            let began = Instant::now();
            if repair(ground, &run.sites, routes, prover, &mut proofs) {
                again(routes, (&door, &prover.http), asked, (&mut proofs, began))?;
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
