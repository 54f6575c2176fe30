//! One invocation of an AWS Lambda, a door to the engine: the event as it was delivered is purged, and answered to whom it came from.
//!
//! Of a batch of SQS messages those are handed back of which something was not purged, so that only these come again; any other event
//! fails as a whole. All that is to be said stands in one JSON value for the log. The runtime API is left to the binary.

mod messages;

use std::collections::BTreeSet;
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};

use self::messages::open_messages;
use crate::config::{Config, Environment, Site};
use crate::display::counted;
use crate::engine::{self, Delivery, Ground, MarkUse, Planning, ProofOptions, Scribe, SiteRun, Subject};
use crate::events::{Notifications, is_bucket_of, unwrapped};
use crate::send::{DEADLINE, Stop};

/// Before the time is up: two seconds that sending takes to end, and one for the answer.
const MARGIN: Duration = Duration::from_secs(3);

/// Reasons that the log holds for each site: a refusal that is the same for all is one.
const REASONS: usize = 5;

/// The question.
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

/// The outcome.
pub struct Invoked {
    /// The answer, or why the event has to be delivered again.
    pub answer: Result<Value, String>,
    /// One JSON object for the log; it holds no secret.
    pub log: Value,
}

/// A run that is over.
struct Over {
    run: engine::Run,
    notifications: Notifications,
    /// Further notes.
    said: Vec<String>,
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
        Ok(over) => {
            log["unused"] = json!(over.run.unused);
            log["sites"] = over.run.sites.iter().map(site).collect();
            log["unplanned"] =
                over.run.without_plan().iter().map(|(site, why)| json!({ "site": site, "why": why })).collect();
            log["said"] = json!(over.said);
            if is_batch { over.handed_back(&invocation.config.sites) } else { over.as_a_whole() }
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

fn run(invocation: &Invocation<'_>, notifications: Notifications) -> Result<Over, engine::Error> {
    let Invocation { config, environment, .. } = *invocation;
    let ends = tokio::time::Instant::now() + invocation.time.saturating_sub(MARGIN);
    let scribe = Scribe::default();
    let ground = Ground {
        all: &config.sites,
        chosen: config,
        named: &[],
        command: "purge",
        is_described: false,
        directory: None,
        is_trusted: false,
        environment,
        listener: &scribe,
        clock: SystemTime::now,
    };
    let subject = Subject::Events { source: "the event".to_owned(), notifications: notifications.clone() };
    let mut run = engine::plan(&ground, Planning { subject, marks: MarkUse::None })?;
    let retry_for = DEADLINE.min(invocation.time);
    let delivery = Delivery { retry_for, stop: Stop::SignalOrAt(ends), proof: ProofOptions::default() };
    engine::deliver(&ground, &mut run, &delivery)?;
    Ok(Over { run, notifications, said: scribe.said().into_iter().map(|text| format!("warning: {text}")).collect() })
}

impl Over {
    /// Returns the messages that have to come again.
    fn handed_back(&self, all: &[Site]) -> Result<Value, String> {
        let notifications = &self.notifications;
        let faults = notifications.faults.iter().map(|fault| fault.message);
        let strange = |bucket: &str| !all.iter().any(|site| is_bucket_of(site, bucket));
        let strangers = notifications.records.iter().filter(|r| strange(&r.bucket)).map(|record| record.message);
        let mut again: BTreeSet<usize> =
            faults.chain(strangers).collect::<Option<_>>().ok_or("a record is in no message")?;
        for site in all {
            let layers: Vec<&SiteRun> = self.run.sites.iter().filter(|one| one.site.name == site.name).collect();
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

    /// Returns nothing to say when all went well; else the event has to come again.
    fn as_a_whole(&self) -> Result<Value, String> {
        let mut wrong = Vec::new();
        if self.run.unused > 0 {
            wrong.push(format!("{} could not be used", counted(self.run.unused, "record")));
        }
        wrong.extend(self.run.without_plan().iter().map(|(site, error)| format!("site {site}: {error}")));
        for one in self.run.sites.iter().filter(|one| !one.is_accepted()) {
            let report = one.report();
            let (accepted, not) = report.accepted_and_not();
            wrong.push(match &report.failed {
                Some(why) => format!("site {}: {why}", one.site.name),
                None => {
                    format!("site {}: {not} of {} not accepted", one.site.name, counted(accepted + not, "operation"))
                }
            });
        }
        if wrong.is_empty() { Ok(Value::Null) } else { Err(wrong.join("; ")) }
    }
}

/// Returns a site's part of the log.
fn site(one: &SiteRun) -> Value {
    let report = one.report();
    let (accepted, not) = report.accepted_and_not();
    let failures = report.failures_by_reason();
    let reasons = failures.iter().map(|failure| failure.why.to_owned()).chain(report.failed.clone()).take(REASONS);
    json!({
        "site": one.site.name.as_str(),
        "paths": one.plan.counts.total(),
        "operations": one.plan.operations.len(),
        "accepted": accepted,
        "not_accepted": not,
        "requests": one.receipts.as_ref().map_or(0, Vec::len),
        "fallback": one.plan.fallback,
        "notes": one.plan.notes,
        "why": reasons.collect::<Vec<_>>(),
    })
}
