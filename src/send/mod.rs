//! Sends a plan's batches and brings back a receipt for each: the only stage that touches the network.
//!
//! A few requests are in flight at once, paced to what the account may ask. Each batch goes its own way to its own end:
//! asked again while that may help, halved where one item spoils it, as long as few do, and not the reason that another is not sent, unless
//! nothing was accepted and the reason holds for all of them, or the provider asks to wait longer than the run will.

mod addresses;
mod credentials;
mod ending;
mod event;
mod fetch;
mod hook;
mod http;
mod interrupt;
mod lateness;
mod likeness;
mod load;
mod log;
mod look_up;
mod merging;
mod node;
mod pace_file;
mod pacing;
mod queue;
mod receipt;
mod retry;
mod roots;
mod runtime;
mod stored;
mod trip;

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::time::{Duration, SystemTime};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::watch;
use tokio::time::Instant;

pub use addresses::{Found, addresses};
pub use credentials::{Credentials, CredentialsError, SecretHeader, StoredText, secret};
pub use ending::{At, Ending};
pub use event::Event;
pub use fetch::Fetch;
pub use hook::{Hook, HookError, HookShape};
pub use http::{Http, HttpError, Page};
pub use interrupt::{Stop, end_on_signals, interrupted};
pub use merging::merged;
pub use node::Node;
pub use receipt::Receipt;
pub use retry::{DEADLINE, RetryPolicy, Tried, parse_retry_after};
pub use runtime::runtime;
pub use stored::{Asking, stored};

use self::load::Load;
use self::log::Log;
use self::pace_file::PaceFile;
use self::pacing::{Later, Pacing, Started};
use self::queue::Queue;
use self::trip::{Bearing, Step, Trip};
use crate::config::Environment;
use crate::plan::{Pace, Plan};
use crate::provider::{Provider, Refusal, Target, Verdict};

/// How long an interrupted run waits for answers that are under way.
const GRACE: Duration = Duration::from_secs(2);

/// The wait for other runs from which it is said.
const WORTH_SAYING: Duration = Duration::from_secs(5);

/// A run that goes on waiting for others says so once more after this.
const SAID_AGAIN: Duration = Duration::from_secs(30);

/// Sends on behalf of one account; keeps its pace over several plans.
pub struct Sender {
    http: Http,
    credentials: Credentials,
    policy: RetryPolicy,
    pacing: Pacing,
    /// When it was said last that the run waits for the sake of others.
    said_behind: Cell<Option<Instant>>,
}

/// A plan on its way to a provider.
#[derive(Clone, Copy)]
pub struct Shipment<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// Its provider, which makes requests of it.
    pub provider: &'p Provider,
    /// Where they go.
    pub target: &'p Target,
}

impl Sender {
    /// A sender with an unused budget.
    #[must_use]
    pub fn new(http: Http, credentials: Credentials, policy: RetryPolicy, pace: Pace) -> Sender {
        Sender { http, credentials, policy, pacing: Pacing::new(pace), said_behind: Cell::new(None) }
    }

    /// The same, which shares the pace of its account at a server with the other runs of this user, where there is a place to. Runs of
    /// another pace have another budget: Cloudflare counts the zones of each price plan by themselves
    /// (<https://developers.cloudflare.com/cache/how-to/purge-cache/>).
    #[must_use]
    pub fn sharing(self, environment: &Environment, target: &Target) -> Sender {
        let name = self.credentials.name_of(&target.base, &self.pacing.budget());
        let file = name.and_then(|name| PaceFile::open(environment, &name));
        Sender { pacing: self.pacing.by(file), ..self }
    }

    /// Returns true where it shares the pace of its account with other runs.
    #[must_use]
    pub fn shares(&self) -> bool {
        self.pacing.is_shared()
    }

    /// The same account by way of another client, with a budget of its own.
    #[must_use]
    pub fn by(&self, http: Http, pace: Pace) -> Sender {
        Sender::new(http, self.credentials.clone(), self.policy, pace)
    }

    /// Sends every batch of a plan, until `stop` resolves. The receipts hold each operation exactly once, sorted.
    pub async fn send(
        &self,
        shipment: Shipment<'_>,
        stop: impl Future<Output = ()>,
        watch: &dyn Fn(&Event<'_>),
    ) -> Vec<Receipt> {
        let (stopped, stopping) = watch::channel(false);
        let mut interruption = pin!(stop);
        let mut grace_end = None;
        let in_flight = shipment.provider.in_flight();
        let mut queue = Queue::new(&shipment.plan.batches, &shipment.plan.operations, in_flight);
        let mut flying = FuturesUnordered::new();
        loop {
            while flying.len() < in_flight
                && let Some(next) = queue.take()
            {
                flying.push(self.deliver(shipment, next, stopping.clone(), watch));
            }
            if flying.is_empty() {
                break;
            }
            tokio::select! {
                biased;
                () = &mut interruption, if grace_end.is_none() => {
                    grace_end = Some(Instant::now() + GRACE);
                    queue.close("interrupted");
                    stopped.send_replace(true);
                }
                Some(next) = flying.next() => queue.went_on(next, watch),
                () = tokio::time::sleep_until(grace_end.unwrap_or_else(Instant::now)), if grace_end.is_some() => break,
            }
        }
        queue.receipts()
    }

    /// Takes one load to its end, or to its parts.
    async fn deliver(
        &self,
        Shipment { plan, provider, target }: Shipment<'_>,
        (load, log): (Load, Log),
        mut stopping: watch::Receiver<bool>,
        watch: &dyn Fn(&Event<'_>),
    ) -> Step {
        let request = provider.request(target, plan.mode_of(load.batch()), &load.items(plan));
        let (kind, mut trip) = (load.kind(), Trip::new(load, log));
        let (mut from, mut failed) = (Instant::now(), None);
        loop {
            let started = match self.wait_for_turn(from, &trip.load, target, &mut stopping, watch).await {
                Ok(started) => started,
                Err((why, bearing)) => return trip.ends(without_turn(failed, why), bearing),
            };
            trip.starts();
            let verdict = match self.http.send(&request, &self.credentials, self.policy.timeout).await {
                Ok(reply) => {
                    self.pacing.is_answered(started);
                    provider.verdict(trip.answered(reply), kind)
                }
                Err(error) => without_answer(error),
            };
            let (after, throttled, why) = match verdict {
                Verdict::Accepted { id } => {
                    let id = id.map(|id| self.credentials.redact(&id));
                    return trip.ends(Ending::Accepted { id }, Bearing::Own);
                }
                Verdict::Split(refusal) => return trip.splits(self.credentials.redact(&refusal.why)),
                Verdict::Refused(r) => {
                    let bearing = if r.everywhere { Bearing::Doubt } else { Bearing::Own };
                    return trip
                        .ends(Ending::Refused { why: self.credentials.redact(&r.why), advice: r.advice }, bearing);
                }
                Verdict::Retry { after, throttled, why } => (after, throttled, self.credentials.redact(&why)),
            };
            let (attempts, elapsed) = (trip.log.attempts.get(), trip.log.elapsed());
            let tried = Tried { attempts, elapsed, throttled, retry_after: after };
            let delay = match self.policy.next_delay(tried, fastrand::f64()) {
                Ok(delay) => delay,
                Err(gave_up) => {
                    let bearing = if throttled && after.is_some() { Bearing::Stop } else { Bearing::Weak };
                    return trip.ends(Ending::GaveUp { why: format!("{why}; {gave_up}") }, bearing);
                }
            };
            let (host, until) = (target.host(), SystemTime::now() + delay);
            let batch = trip.load.batch();
            watch(&Event::Waiting { batch, host, attempt: attempts + 1, delay, until, why: &why });
            if throttled {
                self.pacing.hold(delay);
            }
            (from, failed) = (Instant::now() + delay, Some(why));
        }
    }

    /// Waits until `from`, and until the pace lets a load go; the error says why it does not go, and what that bears on.
    async fn wait_for_turn(
        &self,
        from: Instant,
        load: &Load,
        target: &Target,
        stopping: &mut watch::Receiver<bool>,
        watch: &dyn Fn(&Event<'_>),
    ) -> Result<Started, (String, Bearing)> {
        let mut next = from;
        loop {
            if !pause(next, stopping).await {
                return Err(("interrupted".to_owned(), Bearing::Own));
            }
            let Later { at, behind, held } = match self.pacing.start(load.kind(), load.size()) {
                Ok(started) => return Ok(started),
                Err(later) => later,
            };
            if held > self.policy.deadline {
                let why = format!("{} asked another run with the same token to wait", target.host());
                return Err((self.policy.beyond(&why, held), Bearing::Stop));
            }
            let now = Instant::now();
            if behind >= WORTH_SAYING && self.said_behind.get().is_none_or(|said| now - said >= SAID_AGAIN) {
                self.said_behind.set(Some(now));
                let delay = at.saturating_duration_since(now);
                let (is_asked, until) = (held >= behind, SystemTime::now() + delay);
                watch(&Event::Behind { is_asked, host: target.host(), delay, until });
            }
            next = at;
        }
    }
}

/// Returns the end of a load that may not go, or not again after it failed.
fn without_turn(failed: Option<String>, why: String) -> Ending {
    match failed {
        Some(failed) => Ending::GaveUp { why: format!("{failed}; {why}") },
        None => Ending::NotSent { why },
    }
}

/// Judges that no answer came: it never means that something was purged, for a cache may crash over it.
fn without_answer(error: HttpError) -> Verdict {
    match error {
        HttpError::Failed(_) | HttpError::Slow(_) => {
            Verdict::Retry { after: None, throttled: false, why: error.to_string() }
        }
        HttpError::Unsendable(why) => Verdict::Refused(Refusal { why, advice: None, everywhere: false }),
    }
}

/// Sleeps until `when`; false when the run is interrupted before.
async fn pause(when: Instant, stopping: &mut watch::Receiver<bool>) -> bool {
    if *stopping.borrow() {
        return false;
    }
    if when <= Instant::now() {
        return true;
    }
    tokio::select! {
        () = tokio::time::sleep_until(when) => true,
        _ = stopping.changed() => false,
    }
}
