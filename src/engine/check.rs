//! Do configuration, credentials, zone and hosts belong together? It looks, and purges nothing.
//!
//! Each thing is asked for once, also where sites share it. The meaning of an answer is the provider's judgement; what it looks like,
//! the report's.

use std::collections::HashMap;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::runtime::Runtime;

use super::delivery::PATIENCE;
use super::error::{DeliveryError, Error};
use super::ground::{self, Ground};
use super::planning::{default_to, doubt, looked_at, lost_mark};
use super::tried::{Said, tried};
use crate::changes;
use crate::ci::Ci;
use crate::config::{Environment, MarkStore, Site, StoredToken, TokenSource};
use crate::display::{counted, shown};
use crate::provider::{Answer, Finding, Keys, Knocked, Opened, Provider, Question};
use crate::report::check::CheckReport;
use crate::send::{self, Asking, Credentials, CredentialsError, Found, Http, Node, RetryPolicy, Sender, Stop};
use crate::snapshot::Source;

/// Checks each site of the run. A configuration may be anybody's, so that the program that it names for a token is run, and the store
/// asked, only with `with_credentials`.
///
/// # Errors
/// When nothing can be asked at all. The faults of a site stand in its findings.
pub fn check<'g>(ground: &Ground<'g>, with_credentials: bool) -> Result<Vec<CheckReport<'g>>, Error> {
    let runtime = send::runtime().map_err(DeliveryError::Runtime)?;
    let mut sources = ground.sources();
    let tried = tried(ground, &mut sources);
    let (environment, clock) = (ground.environment, ground.clock);
    let ci = Ci::find(environment, ground::event)?;
    let mut desk =
        Desk { environment, clock, with_credentials, runtime, unlocked: HashMap::new(), answers: HashMap::new() };
    let mut sites = Vec::with_capacity(ground.chosen.sites.len());
    for site in &ground.chosen.sites {
        let to = looked_at(ground, site, &mut sources).and_then(|to| Ok(sources.ends(&[], &to)?.to));
        let said = tried.get(site.name.as_str());
        let mut findings = vec![valid(site), output_directory(ground, site, to.as_ref(), said)];
        findings.extend(another_site(said));
        // A mark that is here was brought by somebody, who may take it away, too.
        let has_mark = said.is_some_and(|said| said.is_of_a_revision);
        let lost = lost_mark(site, ci.as_ref().filter(|_| !has_mark));
        findings.extend(lost.map(|(text, hint)| Finding::warn("mark", text, hint)));
        findings.extend(to.ok().into_iter().flat_map(|to| idle_globs(site, &to)));
        for cache in site.caches() {
            findings.extend(desk.check(site, &Provider::for_cache(cache, site, environment)?)?);
        }
        sites.push(CheckReport { site: site.name.as_str(), findings });
    }
    Ok(sites)
}

/// Checks each site as far as that needs no network; `to` is what is taken for the site in the place of its usual TO.
#[must_use]
pub fn check_offline<'g>(ground: &Ground<'g>, to: Option<&str>) -> Vec<CheckReport<'g>> {
    let mut sources = ground.sources();
    let mut look = |site: &'g Site| {
        let spec = to.map_or_else(|| default_to(ground, site, &mut sources), |to| Ok(to.to_owned()));
        let to = spec.and_then(|to| Ok(sources.ends(&[], &to)?.to));
        let mut findings = vec![valid(site), output_directory(ground, site, to.as_ref(), None)];
        findings.extend(to.ok().into_iter().flat_map(|to| idle_globs(site, &to)));
        CheckReport { site: site.name.as_str(), findings }
    };
    ground.chosen.sites.iter().map(&mut look).collect()
}

/// A configuration that is not valid has no sites to check: that is the usual error.
fn valid(site: &Site) -> Finding {
    let others = match site.base_urls.len() - 1 {
        0 => String::new(),
        n => format!(" and {}", counted(n, "other base URL")),
    };
    Finding::ok("config", format!("valid, with {}{others}", site.base_urls[0]))
}

/// Says whether what a purge takes for the web root is what is served.
fn output_directory(ground: &Ground<'_>, site: &Site, to: Result<&Rc<Source>, &Error>, said: Option<&Said>) -> Finding {
    const SUBJECT: &str = "output";
    let cannot_tell = |e: &Error| Finding::warn(SUBJECT, format!("cannot tell: {e}"), e.hint());
    let to = match to {
        Ok(to) => to,
        Err(e) => return cannot_tell(e),
    };
    let row = match (doubt(ground, site, to, &[], false), said.and_then(|said| said.refused.as_ref())) {
        (Err(e), _) => return cannot_tell(&e),
        // It knows the mark too.
        (Ok(_), Some(row)) => row.clone(),
        (Ok(Some(doubt)), None) => doubt.row(),
        (Ok(None), None) => {
            if to.is_web_root() {
                return Finding::ok(SUBJECT, format!("{} is the web root", shown(to.spec().as_bytes())));
            }
            let directory = match site.output.as_str() {
                "" => "the whole tree".to_owned(),
                directory => shown(directory.as_bytes()),
            };
            let (spec, id) = (shown(to.spec().as_bytes()), to.id());
            return Finding::ok(SUBJECT, format!("{directory} is in {spec} ({})", id.get(..10).unwrap_or(&id)));
        }
    };
    // A person who names a directory each time, or has paths and events, does not need what is checked out; one whose mark is of
    // a revision does.
    let is_there = to.snapshot(&site.output).is_ok_and(|to| !to.lacks_output());
    let is_compared = said.is_some_and(|said| said.is_of_a_revision || to.is_web_root() && said.refused.is_some());
    if is_compared || is_there && matches!(site.mark, MarkStore::Ref { .. }) {
        Finding::fail(SUBJECT, row.text, row.hint)
    } else {
        Finding::warn(SUBJECT, row.text, row.hint)
    }
}

/// Asks whether another site is meant than the last purge was of.
fn another_site(said: Option<&Said>) -> Option<Finding> {
    let text = said?.another.clone()?;
    Some(Finding::warn(
        "mark",
        text,
        "correct `base_urls` or the zone; a first `diffpurge purge` makes a mark of its own",
    ))
}

/// Globs that match no file of the site; nothing where its files cannot be listed, which the line above says.
fn idle_globs(site: &Site, to: &Source) -> Vec<Finding> {
    const SUBJECT: &str = "globs";
    let mut sighting = site.rules.sighting();
    let Some(files) = to.snapshot(&site.output).ok().filter(|to| to.root().is_some()) else {
        return Vec::new();
    };
    if sighting.is_over() {
        return Vec::new();
    }
    let paths = match changes::all_paths(&files, site.symlinks) {
        Ok(paths) => paths,
        Err(e) => return vec![Finding::warn(SUBJECT, format!("cannot tell: {e}"), e.hint())],
    };
    sighting.see(paths.iter().map(|path| &**path));
    let idle = sighting.idle(&site.output, &paths);
    let spec = shown(to.spec().as_bytes());
    idle.iter().map(|glob| Finding::warn(SUBJECT, format!("{} of {spec}", glob.text()), glob.advice())).collect()
}

/// The yield of a source of credentials.
struct Unlocked {
    opened: Opened,
    /// Why it gave nothing.
    finding: Option<Finding>,
    sender: Option<Sender>,
}

/// Asks, each question once.
struct Desk<'c> {
    environment: &'c Environment,
    clock: fn() -> SystemTime,
    with_credentials: bool,
    runtime: Runtime,
    /// By the source of a token; none is needed under `None`.
    unlocked: HashMap<Option<TokenSource>, Unlocked>,
    answers: HashMap<(Option<TokenSource>, Question), Answer>,
}

impl Desk<'_> {
    /// Judges a provider's credentials, servers and hosts, as far as it can be asked.
    fn check(&mut self, site: &Site, provider: &Provider) -> Result<Vec<Finding>, Error> {
        let keys = provider.keys();
        let source = keys.as_ref().map(|keys| keys.source.clone());
        if !self.unlocked.contains_key(&source) {
            let unlocked = self.unlock(provider, keys.as_ref())?;
            self.unlocked.insert(source.clone(), unlocked);
        }
        let Some(Unlocked { opened, finding, sender }) = self.unlocked.get(&source) else { return Ok(Vec::new()) };
        let mut findings: Vec<Finding> = finding.iter().cloned().collect();
        let mut answers = Vec::new();
        let mut questions = provider.questions(*opened);
        for is_first in [true, false] {
            for question in std::mem::take(&mut questions) {
                let key = (source.clone(), question);
                if !self.answers.contains_key(&key) {
                    let answer = ask(&self.runtime, sender.as_ref(), &key.1, self.clock)?;
                    self.answers.insert(key.clone(), answer);
                }
                answers.extend(self.answers.get(&key).cloned());
            }
            if is_first {
                questions = provider.further_questions(*opened, &answers);
            }
        }
        findings.extend(provider.findings(*opened, &answers, &site.hosts()));
        Ok(findings)
    }

    /// Gets what opens a provider.
    fn unlock(&self, provider: &Provider, keys: Option<&Keys>) -> Result<Unlocked, Error> {
        let connection = provider.connection()?;
        let Some(keys) = keys else { return Ok(Unlocked { opened: Opened::Unlocked, finding: None, sender: None }) };
        if let Some(finding) = not_got(&keys.source).filter(|_| !self.with_credentials) {
            return Ok(Unlocked { opened: Opened::NotAtAll, finding: Some(finding), sender: None });
        }
        let policy = RetryPolicy { deadline: PATIENCE, ..RetryPolicy::default() };
        let asking = Asking { environment: self.environment, policy, clock: self.clock, stop: Stop::Signal };
        let ask = |token: &StoredToken| self.runtime.block_on(send::stored(token, asking));
        let credentials = match Credentials::find(self.environment, keys, ask) {
            Ok(credentials) => credentials,
            Err(e) => {
                return Ok(Unlocked { opened: Opened::NotAtAll, finding: Some(no_credentials(&e)), sender: None });
            }
        };
        let opened = if credentials.older_keys().is_some() { Opened::ByOlderKeys } else { Opened::ByToken };
        let (http, pace) = (Http::through(connection)?, provider.capabilities().pace);
        let sender = Some(Sender::new(http, credentials, RetryPolicy::default(), pace));
        Ok(Unlocked { opened, finding: None, sender })
    }
}

/// The finding of a source that takes more than a look: a program that runs, or a store that is asked in the name of whoever is logged in.
fn not_got(source: &TokenSource) -> Option<Finding> {
    let (what, advice) = match source {
        TokenSource::Variable(_) | TokenSource::File(_) => return None,
        TokenSource::Command(_) => ("run", "`diffpurge check --credentials` runs it"),
        TokenSource::Stored(_) => ("asked for", "`diffpurge check --credentials` asks for it"),
    };
    Some(Finding::warn("credentials", format!("a token from {source}, which was not {what}"), advice))
}

fn no_credentials(error: &CredentialsError) -> Finding {
    let why = std::error::Error::source(error).map_or(String::new(), |source| format!(": {source}"));
    Finding::fail("credentials", format!("{error}{why}"), error.hint())
}

/// Finds the servers behind a name, as a purge does.
fn look_up(runtime: &Runtime, endpoint: &str) -> Result<Found, String> {
    let look_up = async { tokio::time::timeout(PATIENCE, send::addresses(endpoint, Duration::ZERO)).await };
    runtime.block_on(look_up).unwrap_or_else(|_| Err("no answer in time".to_owned()))
}

fn ask(
    runtime: &Runtime,
    sender: Option<&Sender>,
    question: &Question,
    clock: fn() -> SystemTime,
) -> Result<Answer, Error> {
    Ok(match question {
        Question::LookUp(look_up) => {
            let heard = match sender {
                Some(sender) => runtime.block_on(sender.look_up(look_up, PATIENCE)).map_err(|e| e.to_string()),
                None => Err("there are no credentials".to_owned()),
            };
            // A clock before 1970 is far enough off when it counts as 1970.
            let now = clock().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
            Answer::LookedUp(heard, now)
        }
        Question::Knock { base, host, connection, is_each_address } => {
            let found = if *is_each_address { look_up(runtime, base) } else { Ok(Found::of(vec![None])) };
            let found = match found {
                Ok(found) => found,
                Err(why) => return Ok(Answer::Knocked(vec![(base.clone(), Knocked::NotFound(why))])),
            };
            let several = found.addresses.len() + found.unreachable.len() > 1;
            let named = |address: Option<IpAddr>| {
                Node { endpoint: base.as_str().into(), address: address.filter(|_| several) }.to_string()
            };
            let mut knocked = Vec::with_capacity(found.addresses.len());
            for address in found.addresses {
                let http = match address {
                    Some(address) => Http::for_cache_at(base, address)?,
                    None => Http::through(*connection)?,
                };
                let answer = match runtime.block_on(http.knock(base, host, PATIENCE)) {
                    Ok(status) => Knocked::Answered(status),
                    Err(e) => Knocked::Silent(e.to_string()),
                };
                knocked.push((named(address.map(|address| address.ip())), answer));
            }
            knocked.extend(found.unreachable.into_iter().map(|ip| (named(Some(ip)), Knocked::NoRoute)));
            Answer::Knocked(knocked)
        }
    })
}
