//! One site whose URLs are asked for: which they are, and what is expected of each.

use std::borrow::Cow;
use std::collections::HashSet;
use std::num::NonZero;
use std::rc::Rc;

use super::proof_options::ProofOptions;
use crate::changes::{self, Changes};
use crate::config::{BaseUrl, Site};
use crate::engine::error::{Error, PlanningError};
use crate::engine::planning::{MOST_OPERATIONS, all_of, changed};
use crate::engine::run::SiteRun;
use crate::mapping::{self, Judged, PublicUrl, Reason};
use crate::proof::{self, Door, Expected, Paths};
use crate::send::Http;
use crate::snapshot::{Ends, Hash, Snapshot, Source};
/// What is asked for of one site.
pub(super) struct Asked {
    pub(super) expected: Vec<Expected>,
    pub(super) hash: Hash,
    /// How many there would be without a sample.
    pub(super) of: usize,
    /// The paths of TO.
    pub(super) there: Vec<Box<[u8]>>,
}

/// A site whose URLs are asked for.
pub(super) struct Prover {
    /// Its number.
    pub(super) site: usize,
    pub(super) http: Http,
    pub(super) urls: Vec<PublicUrl>,
    pub(super) asked: Option<Asked>,
}

impl Prover {
    /// Finds the URLs of a site, and what is expected of them where they are compared.
    pub(super) fn find(site: usize, one: &SiteRun, door: &Door, options: &ProofOptions) -> Result<Prover, Error> {
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
