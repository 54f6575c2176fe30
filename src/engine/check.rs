//! Do configuration, credentials, zone and hosts belong together? It looks, and purges nothing.
//!
//! Each thing is asked for once, also where sites share it. What an answer means is the provider's judgement; what it looks like,
//! the report's.

use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::runtime::Runtime;

use super::delivery::PATIENCE;
use super::error::{DeliveryError, Error, PlanningError, Row};
use super::ground::Ground;
use super::planning::{Planning, Subject, default_to, doubt, environment_zone, plan};
use super::run::{MarkUse, Unplanned};
use crate::config::{self, Cache, Environment, MarkStore, Site, TokenSource, ZoneId};
use crate::display::{counted, shown};
use crate::provider::{
    ApiBase, Cloudflare, Finding, LookUp, LookUpReply, TokenStatus, ZoneAnswer, clock, endpoint_answers, token, zone,
};
use crate::report::check::CheckReport;
use crate::send::{Credentials, CredentialsError, Http, RetryPolicy, Sender};
use crate::snapshot::{Range, Sources};

/// Checks each site of the run.
///
/// # Errors
/// When nothing can be asked at all. What is wrong with a site stands in its findings.
pub fn check<'g>(ground: &Ground<'g>) -> Result<Vec<CheckReport<'g>>, Error> {
    let zone = environment_zone(ground.environment)?;
    let base = ApiBase::from_environment(ground.environment)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(DeliveryError::Runtime)?;
    let (mut sources, refused) = (Sources::new(ground.directory), refused(ground));
    let (environment, clock) = (ground.environment, ground.clock);
    let mut desk = Desk { environment, clock, base, runtime, opened: HashMap::new(), zones: HashMap::new() };
    let mut sites = Vec::with_capacity(ground.chosen.sites.len());
    for site in &ground.chosen.sites {
        let mut findings = vec![valid(site), output_directory(ground, site, &mut sources, &refused)];
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

/// Says whether what a purge takes for the web root is what is served.
fn output_directory(ground: &Ground<'_>, site: &Site, sources: &mut Sources, refused: &Refused) -> Finding {
    const SUBJECT: &str = "output";
    let cannot_tell = |e: Error| Finding::warn(SUBJECT, format!("cannot tell: {e}"), e.hint());
    let to = default_to(ground, site, sources).and_then(|to| Ok(sources.ends(&[], &to)?.to));
    let to = match to {
        Ok(to) => to,
        Err(e) => return cannot_tell(e),
    };
    let row = match (doubt(site, &to, &[], false), refused.get(site.name.as_str())) {
        (Err(e), _) => return cannot_tell(e),
        (Ok(Some(doubt)), _) => doubt.row(),
        (Ok(None), Some(row)) => row.clone(),
        (Ok(None), None) => {
            let directory = match site.output.as_str() {
                "" => "the whole tree".to_owned(),
                directory => shown(directory.as_bytes()),
            };
            let (spec, id) = (shown(to.spec().as_bytes()), to.id());
            return Finding::ok(SUBJECT, format!("{directory} is in {spec} ({})", id.get(..10).unwrap_or(&id)));
        }
    };
    // Whoever names a directory each time, or has paths and events, does not need what is checked out.
    let is_there = to.snapshot(&site.output).is_ok_and(|to| !to.lacks_output());
    if is_there && matches!(site.mark, MarkStore::Ref { .. }) {
        Finding::fail(SUBJECT, row.text, row.hint)
    } else {
        Finding::warn(SUBJECT, row.text, row.hint)
    }
}

/// Sites whose mark and TO are hardly the same site, and what a purge would say of it.
type Refused = HashMap<String, Row>;

/// Compares each site with its mark, as a purge would.
fn refused(ground: &Ground<'_>) -> Refused {
    let range = Range { from: None, to: None, is_whole: false };
    let subject = Subject::Revisions { range, rollback: false, allow_empty: false };
    // Whatever else is wrong with it is the business of who plans.
    let Ok(run) = plan(ground, Planning { subject, marks: MarkUse::Read }) else { return Refused::new() };
    let of = |one: Unplanned| match one.error {
        Error::Planning(PlanningError::HardlyTheSite(why)) => Some((one.site.name.to_string(), why.row())),
        _ => None,
    };
    run.unplanned.into_iter().filter_map(of).collect()
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
