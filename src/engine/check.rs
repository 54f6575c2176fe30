//! Do configuration, credentials, zone and hosts belong together? It looks, and purges nothing.
//!
//! Each thing is asked for once, also where sites share it. What an answer means is the provider's judgement; what it looks like,
//! the report's.

use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::runtime::Runtime;

use super::delivery::PATIENCE;
use super::error::{DeliveryError, Error};
use super::ground::Ground;
use super::planning::environment_zone;
use crate::changes;
use crate::config::{self, Cache, Environment, Site, TokenSource, ZoneId};
use crate::display::{counted, shown};
use crate::provider::{
    ApiBase, Cloudflare, Finding, LookUp, LookUpReply, TokenStatus, ZoneAnswer, clock, endpoint_answers, token, zone,
};
use crate::report::check::CheckReport;
use crate::send::{Credentials, CredentialsError, Http, RetryPolicy, Sender};
use crate::snapshot::Repository;

/// Checks each site of the run.
///
/// # Errors
/// When nothing can be asked at all. What is wrong with a site stands in its findings.
pub fn check<'g>(ground: &Ground<'g>) -> Result<Vec<CheckReport<'g>>, Error> {
    let zone = environment_zone(ground.environment)?;
    let base = ApiBase::from_environment(ground.environment)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(DeliveryError::Runtime)?;
    let repository = Repository::open(ground.directory).map_err(Error::from);
    let (environment, clock) = (ground.environment, ground.clock);
    let mut desk = Desk { environment, clock, base, runtime, opened: HashMap::new(), zones: HashMap::new() };
    let mut sites = Vec::with_capacity(ground.chosen.sites.len());
    for site in &ground.chosen.sites {
        let mut findings = vec![valid(site), output_directory(site, repository.as_ref())];
        findings.extend(repository.as_ref().ok().into_iter().flat_map(|repository| idle_globs(site, repository)));
        for cache in site.caches() {
            findings.extend(match cache {
                Cache::Cloudflare(cloudflare) => {
                    desk.check(site, cloudflare, cloudflare.zone_id.as_ref().or(zone.as_ref()))?
                }
                Cache::HttpPurge(cache) => desk.nodes(site, cache)?,
            });
        }
        sites.push(CheckReport { site: site.name.as_str(), findings });
    }
    Ok(sites)
}

/// A configuration that is not valid has no sites to check: that is the usual error.
fn valid(site: &Site) -> Finding {
    let others = match site.base_urls.len() - 1 {
        0 => String::new(),
        n => format!(" and {}", counted(n, "other base URL")),
    };
    Finding::ok("config", format!("valid, with {}{others}", site.base_urls[0]))
}

fn output_directory(site: &Site, repository: Result<&Repository, &Error>) -> Finding {
    const SUBJECT: &str = "output";
    let cannot_tell = |why: String, hint: String| Finding::warn(SUBJECT, format!("cannot tell: {why}"), hint);
    let repository = match repository {
        Ok(repository) => repository,
        Err(e) => return cannot_tell(e.to_string(), e.hint()),
    };
    match repository.one("HEAD", &site.output) {
        Err(e) => cannot_tell(e.to_string(), e.hint()),
        Ok(head) => {
            let directory = match site.output.as_str() {
                "" => "the whole tree".to_owned(),
                directory => shown(directory.as_bytes()),
            };
            let id = head.name().short_id();
            if head.root().is_some() {
                return Finding::ok(SUBJECT, format!("{directory} is in HEAD ({id})"));
            }
            let advice = "correct `output`, or name the revisions that hold the site's output";
            Finding::warn(SUBJECT, format!("{directory} is not in HEAD ({id})"), advice)
        }
    }
}

/// Globs that match no file of the site; nothing where its files cannot be listed, which the line above says.
fn idle_globs(site: &Site, repository: &Repository) -> Vec<Finding> {
    const SUBJECT: &str = "globs";
    let mut sighting = site.rules.sighting();
    let Some(head) = repository.one("HEAD", &site.output).ok().filter(|head| head.root().is_some()) else {
        return Vec::new();
    };
    if sighting.is_over() {
        return Vec::new();
    }
    match changes::all_paths(&head, site.symlinks) {
        Ok(paths) => {
            sighting.see(paths.iter().map(|path| &**path));
            let idle = sighting.idle(&site.output, &paths);
            idle.iter().map(|glob| Finding::warn(SUBJECT, format!("{} of HEAD", glob.text()), glob.advice())).collect()
        }
        Err(e) => vec![Finding::warn(SUBJECT, format!("cannot tell: {e}"), e.hint())],
    }
}

/// An answer, or why there was none, and when: in seconds since 1970.
struct Heard {
    reply: Result<LookUpReply, String>,
    now: u64,
}

/// What a source of credentials gave.
struct Opened {
    finding: Finding,
    sender: Option<Sender>,
    /// What is said of the token; nothing of a key, which has no status.
    status: Option<Heard>,
}

/// Asks the API, each question once.
struct Desk<'c> {
    environment: &'c Environment,
    clock: fn() -> SystemTime,
    base: ApiBase,
    runtime: Runtime,
    opened: HashMap<&'c TokenSource, Opened>,
    zones: HashMap<(&'c TokenSource, ZoneId), Heard>,
}

impl<'c> Desk<'c> {
    /// What credentials, token, zone, permission and clock are like, as far as it can be asked.
    fn check(
        &mut self,
        site: &'c Site,
        cloudflare: &'c config::Cloudflare,
        zone_id: Option<&ZoneId>,
    ) -> Result<Vec<Finding>, Error> {
        let source = &cloudflare.token;
        if !self.opened.contains_key(source) {
            let opened = self.open(cloudflare)?;
            self.opened.insert(source, opened);
        }
        let Some(Opened { finding, sender, status }) = self.opened.get(source) else { return Ok(Vec::new()) };
        let mut findings = vec![finding.clone()];
        let heard = match (zone_id, sender) {
            (Some(id), Some(sender)) => {
                let ask = || hear(&self.runtime, sender, &LookUp::zone(&self.base, id), self.clock);
                Some(&*self.zones.entry((source, id.clone())).or_insert_with(ask))
            }
            _ => None,
        };
        let answer = heard.map(|heard| ZoneAnswer::of(heard.reply.as_ref().map_err(Clone::clone)));
        if let Some(status) = status {
            let status = TokenStatus::of(status.reply.as_ref().map_err(Clone::clone));
            findings.push(token(&status, answer.as_ref()));
        }
        match &answer {
            Some(answer) => findings.extend(zone(answer, &site.hosts())),
            None if zone_id.is_none() => {
                let row = DeliveryError::NoZone(site.name.to_string()).row();
                findings.push(Finding::fail("zone", "no zone id is known", row.hint));
            }
            None => {}
        }
        let answered = |heard: &&Heard| heard.reply.is_ok();
        let dated = heard.filter(answered).or(status.as_ref().filter(answered));
        findings.extend(dated.and_then(|heard| Some(clock(heard.reply.as_ref().ok()?.date, heard.now))));
        Ok(findings)
    }

    /// Whether each node of a cache answers, and whether there is a token where one is named.
    fn nodes(&self, site: &Site, cache: &config::HttpPurge) -> Result<Vec<Finding>, Error> {
        let mut findings = Vec::new();
        if let Some(token) = &cache.token {
            findings.push(match Credentials::find(self.environment, &token.source) {
                Ok(_) => Finding::ok(CREDENTIALS, format!("a token from {}, for {}", token.source, token.header)),
                Err(e) => no_credentials(&e),
            });
        }
        let http = Http::for_caches()?;
        let host = site.hosts().first().copied().unwrap_or_default();
        for endpoint in &cache.endpoints {
            let answer = self.runtime.block_on(http.knock(endpoint.as_str(), host, PATIENCE));
            findings.push(endpoint_answers(endpoint.as_str(), answer.map_err(|e| e.to_string())));
        }
        Ok(findings)
    }

    /// Gets the credentials, and asks what the token is like.
    fn open(&self, cloudflare: &config::Cloudflare) -> Result<Opened, Error> {
        let credentials = match Credentials::find(self.environment, &cloudflare.token) {
            Ok(credentials) => credentials,
            Err(e) => return Ok(Opened { finding: no_credentials(&e), sender: None, status: None }),
        };
        let is_a_key = credentials.are_a_global_key();
        let finding = if is_a_key {
            let advice = "a token in CLOUDFLARE_API_TOKEN with the one permission Zone > Cache Purge is safer";
            Finding::warn(CREDENTIALS, "CLOUDFLARE_API_KEY, which opens all that its user may do", advice)
        } else {
            Finding::ok(CREDENTIALS, format!("a token from {}", cloudflare.token))
        };
        let http = if self.base.is_on_this_machine() { Http::local() } else { Http::new() }?;
        let pace = Cloudflare::new(cloudflare).pace();
        let sender = Sender::new(http, credentials, RetryPolicy::default(), pace);
        let status = (!is_a_key).then(|| hear(&self.runtime, &sender, &LookUp::token(&self.base), self.clock));
        Ok(Opened { finding, sender: Some(sender), status })
    }
}

const CREDENTIALS: &str = "credentials";

fn no_credentials(error: &CredentialsError) -> Finding {
    let why = std::error::Error::source(error).map_or(String::new(), |source| format!(": {source}"));
    Finding::fail(CREDENTIALS, format!("{error}{why}"), error.hint())
}

fn hear(runtime: &Runtime, sender: &Sender, look_up: &LookUp, clock: fn() -> SystemTime) -> Heard {
    let reply = runtime.block_on(sender.look_up(look_up, PATIENCE)).map_err(|e| e.to_string());
    // A clock before 1970 is far enough off when it counts as 1970.
    let now = clock().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Heard { reply, now }
}
