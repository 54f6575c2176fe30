//! One invocation of an AWS Lambda: `purge --events`, with the event as it was delivered, and an answer to whom it came from.
//!
//! Of a batch of SQS messages those are handed back of which something was not purged, so that only these come again; any other event
//! fails as a whole. Whatever is to be said stands in one JSON value for the log. The runtime API is left to the binary.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::events::Told;
use super::layers::{Layered, Made, plans};
use super::open::open_messages;
use super::{Output, Planned, Sites, sending};
use crate::cli::{Color, Global};
use crate::config::{Config, Environment};
use crate::display::counted;
use crate::error::Error;
use crate::events::{Notifications, unwrapped};
use crate::send::{DEADLINE, Receipt, RetryPolicy};

/// Before the time is up: two seconds that sending takes to end, and one for the answer.
const MARGIN: Duration = Duration::from_secs(3);

/// Reasons that the log holds for each site: a refusal that is the same for all is one.
const REASONS: usize = 5;

/// What is asked.
pub struct Invocation<'i> {
    /// The event, as it was delivered.
    pub event: &'i Value,
    /// Its id, for the log.
    pub id: &'i str,
    /// How long it may take.
    pub time: Duration,
    /// The sites.
    pub config: &'i Config,
    /// Where the token is, and the zone of sites that name none.
    pub environment: &'i Environment,
}

/// What became of it.
pub struct Invoked {
    /// The answer, or why the event has to be delivered again.
    pub answer: Result<Value, String>,
    /// One JSON object for the log; it holds no secret.
    pub log: Value,
}

/// A run that is over.
struct Run {
    told: Told,
    sites: Sites,
    /// Of each planned site.
    receipts: Vec<Vec<Receipt>>,
    /// What else was said.
    said: String,
}

/// Purges what an event tells.
#[must_use]
pub fn invoked(invocation: &Invocation<'_>) -> Invoked {
    let start = Instant::now();
    let notifications = unwrapped(invocation.event);
    let is_batch = is_batch_of_sqs(invocation.event);
    let mut log = json!({
        "request_id": invocation.id,
        "messages": notifications.messages.len(),
        "records": notifications.records.len(),
    });
    let answer = match run(invocation, notifications) {
        Ok(run) => {
            log["unused"] = json!(run.told.unused());
            log["sites"] = run.sites.planned.iter().zip(&run.receipts).map(|(p, r)| site(p, r)).collect();
            log["unplanned"] =
                run.sites.without_plan().iter().map(|(site, why)| json!({ "site": site, "why": why })).collect();
            log["said"] = run.said.lines().collect();
            if is_batch { run.handed_back(&invocation.config.sites) } else { run.as_a_whole() }
        }
        Err(error) => {
            log["hint"] = json!(error.hint());
            Err(error.to_string())
        }
    };
    let failed = answer.as_ref().map_or(0, |answer| answer["batchItemFailures"].as_array().map_or(0, Vec::len));
    log["handed_back"] = json!(failed);
    log["error"] = json!(answer.as_ref().err());
    log["level"] = json!(if answer.is_err() || failed > 0 { "error" } else { "info" });
    log["seconds"] = json!(start.elapsed().as_secs_f64());
    Invoked { answer, log }
}

/// True for what Lambda makes of messages of a queue.
fn is_batch_of_sqs(event: &Value) -> bool {
    let of_sqs = |record: &Value| record["eventSource"] == "aws:sqs";
    event["Records"].as_array().is_some_and(|records| !records.is_empty() && records.iter().all(of_sqs))
}

fn run(invocation: &Invocation<'_>, notifications: Notifications) -> Result<Run, Error> {
    let Invocation { config, environment, .. } = *invocation;
    let ends = tokio::time::Instant::now() + invocation.time.saturating_sub(MARGIN);
    let global = quiet();
    let (mut nothing, mut said) = (Vec::new(), Vec::new());
    let mut output = Output { out: &mut nothing, err: &mut said };
    let told = Told::of("the event".to_owned(), notifications, &config.sites);
    told.say(config, (false, false), &mut output)?;
    let mut sites = plans(&config.sites, config.clone(), environment, |layers| {
        let plan = |layer: &Layered<'_>| told.plan(layer.site, layer.provider, layer.neighbours);
        let plans = layers.iter().map(plan).collect::<Result<Vec<_>, Error>>()?;
        Ok(Made { plans, ends: None, mark: None })
    })?;
    sites.refuse();
    let deadline = DEADLINE.min(invocation.time);
    let policy = RetryPolicy { deadline, ..RetryPolicy::default() };
    let mut postman = sending::prepare(&mut sites.planned, policy, environment)?;
    postman.warn_of_global_keys(&mut output)?;
    postman.check_zones(&global, &mut sites.planned, &mut output)?;
    postman.until = Some(ends);
    postman.wait_for_origins(&global, &mut sites.planned, environment, &mut output);
    let receipts = postman.send(&global, &sites.planned, environment, &mut output);
    Ok(Run { told, sites, receipts, said: String::from_utf8_lossy(&said).into_owned() })
}

/// The options of a run that nobody watches.
fn quiet() -> Global {
    Global { config: None, site: Vec::new(), directory: None, verbose: false, quiet: true, color: Color::Never }
}

impl Run {
    /// The messages that have to come again.
    fn handed_back(&self, all: &[crate::config::Site]) -> Result<Value, String> {
        let notifications = &self.told.notifications;
        let faults = notifications.faults.iter().map(|fault| fault.message);
        let strange = |bucket: &String| self.told.strangers.contains_key(bucket);
        let strangers =
            notifications.records.iter().filter(|record| strange(&record.bucket)).map(|record| record.message);
        let mut again: BTreeSet<usize> =
            faults.chain(strangers).collect::<Option<_>>().ok_or("a record is in no message")?;
        for site in all {
            let layers = self.sites.planned.iter().zip(&self.receipts).filter(|(p, _)| p.site.name == site.name);
            let layers: Vec<_> = layers.collect();
            if layers.is_empty() {
                again.extend(open_messages(site, notifications, None));
            }
            for layer in layers {
                again.extend(open_messages(site, notifications, Some(layer)));
            }
        }
        let ids: BTreeSet<&str> = again
            .iter()
            .map(|index| notifications.messages[*index].as_deref())
            .collect::<Option<_>>()
            .ok_or("a message has no `messageId`")?;
        let failures: Vec<Value> = ids.into_iter().map(|id| json!({ "itemIdentifier": id })).collect();
        Ok(json!({ "batchItemFailures": failures }))
    }

    /// Nothing to say when all went well; else the event has to come again.
    fn as_a_whole(&self) -> Result<Value, String> {
        let mut wrong = Vec::new();
        if self.told.unused() > 0 {
            wrong.push(format!("{} could not be used", counted(self.told.unused(), "record")));
        }
        wrong.extend(self.sites.unplanned.iter().map(|(site, error)| format!("site {site}: {error}")));
        for (planned, receipts) in self.sites.planned.iter().zip(&self.receipts) {
            let report = planned.report(Some(receipts));
            let (accepted, not) = report.accepted_and_not();
            if let Some(why) = &report.failed {
                wrong.push(format!("site {}: {why}", planned.site.name));
            } else if not > 0 {
                let all = counted(accepted + not, "operation");
                wrong.push(format!("site {}: {not} of {all} not accepted", planned.site.name));
            }
        }
        if wrong.is_empty() { Ok(Value::Null) } else { Err(wrong.join("; ")) }
    }
}

/// A site's part of the log.
fn site(planned: &Planned, receipts: &Vec<Receipt>) -> Value {
    let report = planned.report(Some(receipts));
    let (accepted, not) = report.accepted_and_not();
    let failures = report.failures_by_reason();
    let reasons = failures.iter().map(|failure| failure.why.to_owned()).chain(report.failed.clone()).take(REASONS);
    json!({
        "site": planned.site.name.as_str(),
        "paths": planned.plan.counts.total(),
        "operations": planned.plan.operations.len(),
        "accepted": accepted,
        "not_accepted": not,
        "requests": receipts.len(),
        "fallback": planned.plan.fallback,
        "notes": planned.plan.notes,
        "why": reasons.collect::<Vec<_>>(),
    })
}
