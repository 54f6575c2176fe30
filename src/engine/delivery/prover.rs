//! One site whose URLs are asked for: which they are, and what is expected of each.

use std::borrow::Cow;
use std::collections::HashSet;
use std::num::NonZero;
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime};

use super::history::History;
use super::proof_options::ProofOptions;
use crate::changes::{self, Changes};
use crate::config::{BaseUrl, Site};
use crate::engine::error::{Error, PlanningError};
use crate::engine::ground::Ground;
use crate::engine::planning::{MOST_OPERATIONS, all_of, changed};
use crate::engine::run::SiteRun;
use crate::mapping::{self, Judged, PublicUrl, Reason};
use crate::proof::{self, Checkout, Door, Evidence, Expected, Past, Paths, Proof, Question, Times};
use crate::send::{Http, SecretHeader};
use crate::snapshot::{Ends, Hash, Snapshot, Source};

/// The URLs of one site that are asked for.
pub(super) struct Asked {
    pub(super) expected: Vec<Expected>,
    pub(super) hash: Hash,
    /// How many there would be without a sample.
    pub(super) of: usize,
    /// The paths of TO.
    pub(super) there: Vec<Box<[u8]>>,
    /// Since TO was committed.
    deployed: Option<Duration>,
    /// A content that was made before this is not TO's.
    made_after: Option<SystemTime>,
    /// Where contents are found.
    sources: Vec<Rc<Source>>,
    site: Site,
    secret: Option<SecretHeader>,
}

/// The time that a site is built in before it is committed: its files are that much older at most.
const BUILDING: Duration = Duration::from_secs(24 * 60 * 60);

/// Bytes of a file that is compared by its words, as many as are kept of an answer.
const COMPARED: usize = 1 << 20;

impl Asked {
    /// Asks for some of the URLs. `purged` is when the purge began.
    ///
    /// # Errors
    /// When the origin cannot be asked for want of TLS.
    pub(super) async fn prove(
        &self,
        through: (&Door, &Http),
        expected: &[Expected],
        purged: Option<Instant>,
    ) -> Result<Vec<Proof>, Error> {
        let (past, contents) = (self.past()?, |id: &str| self.content(id));
        let evidence = Evidence { hash: self.hash, times: self.times(purged), contents: &contents };
        Ok(proof::ask(Question { through, expected, evidence, past: past.as_ref() }).await)
    }

    /// Returns the moments that answers are held against, for a purge that began then.
    fn times(&self, purged: Option<Instant>) -> Times {
        Times { purged: purged.map(|purged| purged.elapsed()), deployed: self.deployed, made_after: self.made_after }
    }

    /// Returns the content of a file by its blob id. One that is not here is no evidence, and the answer is unknown without it.
    fn content(&self, id: &str) -> Option<Vec<u8>> {
        let digits = |at| u8::from_str_radix(id.get(at..at + 2)?, 16).ok();
        let id: Vec<u8> = (0..id.len()).step_by(2).map(digits).collect::<Option<_>>()?;
        let found = |source: &Rc<Source>| source.snapshot(&self.site.output).ok()?.blob(&id, COMPARED);
        self.sources.iter().find_map(found)
    }

    /// Returns the way past the cache, where the site's origin is named.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    fn past(&self) -> Result<Option<Past<'_>>, Error> {
        let origin = self.site.origin.origin.as_ref();
        let to = |origin| Past::to(&self.site, origin, (self.hash, self.secret.as_ref()));
        Ok(origin.map(to).transpose()?)
    }
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
    pub(super) fn find(
        ground: &Ground<'_>,
        (site, one): (usize, &SiteRun),
        door: &Door,
        options: &ProofOptions,
    ) -> Result<Prover, Error> {
        let hosts: Vec<&str> = one.site.base_urls.iter().map(BaseUrl::host).collect();
        let urls = urls(one)?;
        let most = options.sample.map(NonZero::get);
        let asked = if options.compares() { Some(asked(ground, one, urls.clone(), most)?) } else { None };
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

/// Returns the expectations of at most so many of the URLs.
fn asked(ground: &Ground<'_>, one: &SiteRun, urls: Vec<PublicUrl>, sample: Option<usize>) -> Result<Asked, Error> {
    let none = Ends::nothing();
    let ends = one.ends.as_ref().unwrap_or(&none);
    let site = &one.site;
    let to = ends.to.snapshot(&site.output)?;
    let from = ends.from.iter().map(|from: &Rc<Source>| from.snapshot(&site.output));
    let mut from: Vec<Snapshot<'_>> = from.collect::<Result<_, _>>()?;
    if ends.from.first().is_some_and(|first| first.is_nothing()) {
        // A mark that is at TO says nothing of what was there before.
        from.retain(|from| from.tree_id() != to.tree_id());
    }
    let before = from.iter().map(Checkout::of).collect::<Result<Vec<_>, _>>()?;
    let now = Checkout::of(&to)?;
    let of = urls.len();
    let urls = match sample {
        Some(most) => proof::spread(urls, most, |url| url.as_str().as_bytes()),
        None => urls,
    };
    let there = changes::all_paths(&to, site.symlinks)?;
    let changed = changed(one, ends)?;
    let inventory = changed.as_ref().map_or_else(|| there.clone(), |changes| changes.and_deleted(there.clone()));
    can_be_listed(&mapping::judge(&Changes::all_modified(inventory.clone()), site), site)?;
    let older = History::of(ground, one, (ends, &to), changed.as_deref())?;
    let paths = Paths { there: &there, inventory: &inventory };
    let expected = proof::expect(urls, site, (&before, &now), (paths, &older.older))?;
    one.tell_unsure(ground, &now.unsure());
    let secret = site.origin.origin.as_ref().and_then(|origin| origin.secret.as_ref());
    let secret = secret.map(|(name, variable)| SecretHeader::find(ground.environment, name, variable)).transpose()?;
    let sources = ends.from.iter().chain([&ends.to]).map(Rc::clone).collect();
    let committed = ends.to.committed();
    let made_after = older.before.or_else(|| committed?.checked_sub(BUILDING));
    // A commit of tomorrow is as good as one of now.
    let deployed = committed.map(|committed| committed.elapsed().unwrap_or_default());
    let (hash, site) = (to.hash(), site.clone());
    Ok(Asked { expected, hash, of, there, deployed, made_after, sources, site, secret })
}
