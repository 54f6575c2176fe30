//! `diffpurge verify`, and what `purge` does after it has purged: asks for the URLs, repairs what is stale, warms the edge.

use std::borrow::Cow;
use std::collections::HashSet;
use std::num::NonZero;
use std::time::Instant;

use futures_util::future::join_all;

use super::changed::changed;
use super::comparison::MOST_OPERATIONS;
use super::marks::Access;
use super::origin::all_of;
use super::planning::{Purpose, plan_all};
use super::publish::broken_pipe_is_fine;
use super::repair::{again, repair};
use super::sending::{self, Postman};
use super::{Output, Planned, Sites, layers, saved};
use crate::changes::{self, Changes};
use crate::cli::{Global, ProofFormat, Proving, Subject, VerifyArgs};
use crate::config::{Environment, Site};
use crate::error::{Error, ExitStatus};
use crate::mapping::{self, Judged, PublicUrl, Reason};
use crate::proof::{self, Door, Expected, Freshness, Paths, Proofs};
use crate::report::proof::ProofReport;
use crate::report::{self, Detail};
use crate::send::{Http, RetryPolicy};
use crate::snapshot::{Ends, Snapshot, Source};

/// What is asked for of one site.
pub(super) struct Asked {
    pub(super) expected: Vec<Expected>,
    pub(super) hash: crate::snapshot::Hash,
    /// How many there would be without a sample.
    pub(super) of: usize,
    /// The paths of TO.
    pub(super) there: Vec<Box<[u8]>>,
}

/// Asks for the live URLs, and says of each what it is.
///
/// # Errors
/// When nothing can be asked for: the configuration, a snapshot or a plan cannot be read.
pub fn verify(
    global: &Global,
    args: &VerifyArgs,
    environment: &Environment,
    output: &mut Output<'_>,
) -> Result<ExitStatus, Error> {
    let mut sites = planned(global, args, environment, output)?;
    can_be_proved(&sites.planned)?;
    let mut postman = Postman::idle()?;
    if args.asking.repair {
        postman = sending::prepare(&mut sites.planned, RetryPolicy::default(), environment)?;
        postman.check_zones(global, &mut sites.planned, output)?;
        postman.hold_back(&mut sites.planned);
    }
    let all = vec![true; sites.planned.len()];
    let proving = Proving { verify: true, warm: None, asking: args.asking.clone() };
    prove(global, &proving, (&mut sites.planned, &postman, &all), None, (environment, output))?;
    let printed = print(global, args, &sites, output);
    let hold = sites.planned.iter().filter_map(|planned| planned.proofs.as_ref()).all(Proofs::hold);
    let status = sites.ends(printed, environment, output)?;
    Ok(if hold { status } else { ExitStatus::NotPurged })
}

/// The sites with what was compared; without FROM all of TO is asked for.
fn planned(
    global: &Global,
    args: &VerifyArgs,
    environment: &Environment,
    output: &mut Output<'_>,
) -> Result<Sites, Error> {
    let described = &args.described;
    if let Some(file) = &args.plan {
        let wanted = saved::Wanted { file, only_failed: false, no_mark: true, access: Access::Read };
        let planned = saved::plans(global, described, &wanted, environment, output)?;
        return Ok(Sites { planned, unplanned: Vec::new(), live: Vec::new(), unused: 0 });
    }
    // Beside nothing, every file of TO is new.
    let from = args.from.as_deref().or(Some("empty"));
    let subject = Subject::of(from, args.to.as_deref(), described.clone());
    let purpose = Purpose { access: Access::Read, rollback: true };
    plan_all(global, &subject, purpose, environment, output)
}

fn print(global: &Global, args: &VerifyArgs, sites: &Sites, output: &mut Output<'_>) -> Result<(), Error> {
    let detail = Detail::asked_for(global.verbose, global.quiet);
    let proved = sites.planned.iter().filter_map(|p| Some((p.site.name.as_str(), p.proofs.as_ref()?)));
    let all: Vec<ProofReport<'_>> = proved.map(|(site, proofs)| ProofReport { site, proofs }).collect();
    let printed = match args.format {
        ProofFormat::Json => report::proof::json(output.out, &all),
        ProofFormat::Human => all.iter().try_for_each(|one| report::proof::human(output.out, one, detail)),
        ProofFormat::Markdown => all.iter().try_for_each(|one| report::proof::markdown(output.out, one)),
    };
    printed.or_else(broken_pipe_is_fine)
}

/// Refuses proof where nothing says what pages should be.
pub(super) fn can_be_proved(planned: &[Planned]) -> Result<(), Error> {
    // What was compared stands with the outermost layer of a site.
    let mut outermost = layers::of_sites(planned).into_iter().filter_map(|range| planned[range].last());
    let none = outermost.find(|planned| planned.failed.is_none() && planned.ends.is_none());
    none.map_or(Ok(()), |planned| Err(Error::NothingToCompare(planned.site.name.to_string())))
}

/// A site whose URLs are asked for.
pub(super) struct Prover {
    /// Its number.
    pub(super) site: usize,
    pub(super) http: Http,
    pub(super) urls: Vec<PublicUrl>,
    pub(super) asked: Option<Asked>,
}

/// Asks for the URLs of all sites that are done, all at once, as far as that is wanted. `purged` is when the purge began.
pub(super) fn prove(
    global: &Global,
    proving: &Proving,
    (planned, postman, done): (&mut [Planned], &Postman, &[bool]),
    purged: Option<Instant>,
    (environment, output): (&Environment, &mut Output<'_>),
) -> Result<(), Error> {
    let door = proving.asking.edge.clone().unwrap_or(Door::Names);
    let is_done = |(i, one): &(usize, &Planned)| one.failed.is_none() && done[*i];
    let wanted = planned.iter().enumerate().filter(is_done);
    let wanted = wanted.filter(|_| proving.compares() || proving.warm.is_some());
    let provers: Result<Vec<Prover>, Error> = wanted.map(|(i, one)| Prover::of(i, one, &door, proving)).collect();
    let provers = provers?;
    let answers = postman.runtime.block_on(join_all(provers.iter().map(|prover| async {
        let asked = prover.asked.as_ref()?;
        Some(proof::ask((&door, &prover.http), &asked.expected, asked.hash, purged).await)
    })));
    for (prover, answers) in provers.iter().zip(answers) {
        let of = prover.asked.as_ref().map_or(prover.urls.len(), |asked| asked.of);
        let mut proofs = Proofs { of, all: answers.unwrap_or_default(), ..Proofs::default() };
        if let Some(asked) =
            prover.asked.as_ref().filter(|_| proving.asking.repair && proofs.count(Freshness::Stale) > 0)
        {
            let began = Instant::now();
            if repair(global, (planned, postman, prover), &mut proofs, environment, output)? {
                again(postman, (&door, &prover.http), asked, (&mut proofs, began));
            }
        }
        planned[prover.site].proofs = Some(proofs);
    }
    let Some(most) = proving.warm else { return Ok(()) };
    let warmed = postman.runtime.block_on(join_all(provers.iter().map(|prover| {
        let proofs = planned[prover.site].proofs.as_ref();
        let asked: HashSet<&PublicUrl> = proofs.iter().flat_map(|p| &p.all).map(|proof| &proof.url).collect();
        let left = prover.urls.iter().filter(|url| !asked.contains(url)).take(most.map_or(usize::MAX, NonZero::get));
        let left: Vec<PublicUrl> = left.cloned().collect();
        let door = &door;
        async move { proof::warm((door, &prover.http), &left).await }
    })));
    for (prover, warmed) in provers.iter().zip(warmed) {
        let proofs = planned[prover.site].proofs.get_or_insert_default();
        proofs.warmed = Some(warmed);
    }
    Ok(())
}

impl Prover {
    fn of(site: usize, planned: &Planned, door: &Door, proving: &Proving) -> Result<Prover, Error> {
        let hosts: Vec<&str> = planned.site.base_urls.iter().map(crate::config::BaseUrl::host).collect();
        let urls = urls(planned)?;
        let asked = if proving.compares() {
            Some(asked(planned, urls.clone(), proving.asking.sample.map(NonZero::get))?)
        } else {
            None
        };
        Ok(Prover { site, http: door.client(&hosts)?, urls, asked })
    }
}

/// The site's URLs that may have changed, the most important first: those of the plan where nothing says more.
fn urls(planned: &Planned) -> Result<Vec<PublicUrl>, Error> {
    let (site, plan) = (&planned.site, &planned.plan);
    let mut urls: Vec<PublicUrl> =
        plan.operations.iter().filter_map(|planned| planned.operation.url().cloned()).collect();
    let mut first: HashSet<PublicUrl> = HashSet::new();
    if let Some(ends) = &planned.ends {
        let to = ends.to.snapshot(&site.output)?;
        let (changes, inventory) = match changed(planned, ends)? {
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
fn can_be_listed(judged: &Judged<'_>, site: &Site) -> Result<(), Error> {
    let operations = mapping::estimate(judged, site);
    if operations > MOST_OPERATIONS { Err(Error::TooManyOperations(operations)) } else { Ok(()) }
}

/// What is expected of at most so many of the URLs.
fn asked(planned: &Planned, urls: Vec<PublicUrl>, sample: Option<usize>) -> Result<Asked, Error> {
    let none = Ends::nothing();
    let ends = planned.ends.as_ref().unwrap_or(&none);
    let site = &planned.site;
    let to = ends.to.snapshot(&site.output)?;
    let from = ends.from.iter().map(|from: &std::rc::Rc<Source>| from.snapshot(&site.output));
    let from: Vec<Snapshot<'_>> = from.collect::<Result<_, _>>()?;
    let of = urls.len();
    let urls = match sample {
        Some(most) => proof::spread(urls, most, |url| url.as_str().as_bytes()),
        None => urls,
    };
    let there = changes::all_paths(&to, site.symlinks)?;
    let inventory = match changed(planned, ends)? {
        Some(changes) => changes.and_deleted(there.clone()),
        None => there.clone(),
    };
    can_be_listed(&mapping::judge(&Changes::all_modified(inventory.clone()), site), site)?;
    let expected = proof::expect(urls, site, (&from, &to), Paths { there: &there, inventory: &inventory })?;
    Ok(Asked { expected, hash: to.hash(), of, there })
}
