//! One request, from its first line to its answer: the path, the limits, the signature, the store.
//!
//! Nothing is parsed before the signature holds over the raw bytes. How connections come in is left to [`super::listener`].

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use http::request::Parts;
use http::{Method, Request, StatusCode, header};
use hyper::body::Incoming;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};

use super::answers::{self, Answered};
use super::intake::whole;
use super::limits::{Rates, Seat};
use super::listener::Answers;
use super::page::{Page, Route};
use super::refusals::Refusals;
use super::sender::sender;
use super::settings::Settings;
use super::store::{Accepted, NewDelivery, Run, Store, moment};
use crate::config::{Answer, Hook, HookKind};
use crate::hook::{self, Delivery, Deploy, Secrets, Verdict};

/// Bytes of a body above which it is judged beside the queue of events, since that takes milliseconds.
const LARGE: usize = 256 << 10;

/// Large bodies that are judged at once. What JSON says takes many times its bytes in memory.
pub(super) const LARGE_AT_ONCE: usize = 2;

/// How often a run is looked at whose end is waited for: another replica may have it.
const LOOK: Duration = Duration::from_millis(250);

/// Milliseconds for which deliveries are gathered that follow another run of the site closely.
const GATHER: i64 = 1500;

/// What all requests share.
pub(super) struct Door {
    pub(super) settings: watch::Receiver<Arc<Settings>>,
    pub(super) store: Arc<Store>,
    pub(super) rates: Arc<Rates>,
    pub(super) refusals: Refusals,
    /// Lets so many large bodies be judged at once.
    pub(super) large: Semaphore,
    /// Wakes who runs purges.
    pub(super) work: Arc<Notify>,
    pub(super) figures: Arc<super::figures::Figures>,
    /// The page for people.
    pub(super) page: Page,
}

impl Answers for Door {
    async fn answer(self: Arc<Door>, request: Request<Incoming>, peer: IpAddr, seat: Seat) -> Answered {
        let (parts, body) = request.into_parts();
        let settings = self.settings.borrow().clone();
        let from = sender(&settings, &parts, peer);
        if let (Some(shared), Some(route)) = (settings.page(), Route::of(&parts.method, parts.uri.path())) {
            return self.page.answer(&settings, shared, (route, &parts), body, (from, &seat)).await;
        }
        match parts.uri.path().strip_prefix("/runs/") {
            Some(id) if parts.method == Method::GET => return self.look(&settings, &parts, id).await,
            Some(_) | None => {}
        }
        let Some((hook, secrets)) = settings.hook(parts.uri.path()) else {
            return self.nowhere(from, "no hook has the path of this request");
        };
        match parts.method {
            Method::POST => self.deliver((hook, secrets), &parts, body, (from, &seat)).await,
            Method::OPTIONS => self.consent(hook, secrets, &parts, from),
            _ => self.nowhere(from, "a hook takes POST alone"),
        }
    }
}

impl Door {
    /// Takes a delivery.
    async fn deliver(
        &self,
        (hook, secrets): (&Hook, &Secrets),
        parts: &Parts,
        body: Incoming,
        (from, seat): (IpAddr, &Seat),
    ) -> Answered {
        let body = match whole(body, hook.largest, seat).await {
            Ok(body) => body,
            Err(status) => return self.refuse(hook, from, status, "its body was not read"),
        };
        let verdict = self.judged(hook, secrets, parts, &body.bytes).await;
        if !matches!(verdict, Verdict::Refused(_)) {
            seat.let_in();
        }
        // Its text takes room until it is kept.
        let room = body.room;
        match verdict {
            Verdict::Deploy(deploy) => self.keep(hook, from, deploy, room).await,
            other => self.say(hook, from, other),
        }
    }

    /// Answers whether a sender may deliver, where the hook's kind has it ask before the first delivery.
    fn consent(&self, hook: &Hook, secrets: &Secrets, parts: &Parts, from: IpAddr) -> Answered {
        let (headers, query) = (&parts.headers, parts.uri.query());
        let asked = Delivery { headers, query, body: &[], now: SystemTime::now() };
        match hook::consent(&hook.kind, secrets, &asked) {
            None => answers::bare(StatusCode::NOT_FOUND),
            Some(Ok(origin)) => {
                self.log(hook, from, StatusCode::OK, "it asked whether it may deliver");
                answers::consent(origin, hook.rate)
            }
            Some(Err(verdict)) => self.say(hook, from, verdict),
        }
    }

    /// Says what a verdict says, where nothing is kept for it.
    fn say(&self, hook: &Hook, from: IpAddr, verdict: Verdict) -> Answered {
        match verdict {
            Verdict::Refused(why) => self.refuse(hook, from, StatusCode::UNAUTHORIZED, why),
            Verdict::Ignored(why) => {
                self.log(hook, from, StatusCode::OK, &why);
                answers::document(StatusCode::OK, &serde_json::json!({ "ignored": why }))
            }
            // A store's events would come again for days, and say the same.
            Verdict::Strange(why) => {
                let is_again = matches!(hook.kind, HookKind::Events(_));
                let status = if is_again { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
                self.figures.delivery(&hook.path, status.as_u16());
                let (kind, hook) = (hook.kind.word(), hook.path.as_str());
                tracing::warn!(hook, kind, %from, status = status.as_u16(), what = why, "delivery");
                answers::document(status, &serde_json::json!({ "unusable": why }))
            }
            Verdict::Challenge(answer) => {
                self.log(hook, from, StatusCode::OK, "it was a challenge");
                answers::challenge(answer)
            }
            // Nobody comes here with one.
            Verdict::Deploy(_) => answers::bare(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    /// Keeps a deploy, and answers as the hook says.
    async fn keep(
        &self,
        hook: &Hook,
        from: IpAddr,
        deploy: Box<Deploy>,
        room: Option<OwnedSemaphorePermit>,
    ) -> Answered {
        if let Err(wait) = self.rates.take(&hook.path, hook.rate, Instant::now()) {
            self.log(hook, from, StatusCode::TOO_MANY_REQUESTS, "the hook's rate is used up");
            return answers::later(StatusCode::TOO_MANY_REQUESTS, wait.as_secs().max(1));
        }
        let Ok(text) = serde_json::to_string(&deploy) else {
            return answers::bare(StatusCode::INTERNAL_SERVER_ERROR);
        };
        let replay = deploy.id;
        let new = NewDelivery {
            hook: hook.path.clone(),
            site: hook.site.to_string(),
            replay,
            deploy: text,
            received: moment(SystemTime::now()),
            gather: GATHER,
            run: super::ids::run(),
        };
        let kept = self.store.accept(new).await;
        drop(room);
        let accepted = match kept {
            Ok(accepted) => accepted,
            Err(error) => {
                self.log(hook, from, StatusCode::SERVICE_UNAVAILABLE, &error.to_string());
                return answers::later(StatusCode::SERVICE_UNAVAILABLE, 5);
            }
        };
        self.work.notify_one();
        let status = if accepted.is_known { StatusCode::OK } else { StatusCode::ACCEPTED };
        self.log(hook, from, status, &format!("run {}", accepted.run));
        match hook.answer {
            Answer::Accept => answers::accepted(&accepted),
            Answer::Wait(within) => self.outcome(&accepted, within).await,
        }
    }

    /// Waits for the end of the attempt that takes a delivery along, and answers with its report; 202 where it takes longer.
    async fn outcome(&self, accepted: &Accepted, within: Duration) -> Answered {
        let end = tokio::time::Instant::now() + within;
        // The attempt that takes this delivery along is the one that begins, or is under way.
        let mut before = None;
        loop {
            if let Some(run) = self.final_run(&accepted.run).await {
                let before = *before.get_or_insert(run.attempts - i64::from(run.is_under_way()));
                if run.is_over() || (run.attempts > before && !run.is_under_way()) {
                    let status = if run.state == "done" { StatusCode::OK } else { StatusCode::BAD_GATEWAY };
                    return answers::document(status, &answers::run(&run));
                }
            }
            if tokio::time::Instant::now() + LOOK > end {
                return self.late(accepted);
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Answers where the outcome did not come in time: the delivery is kept, unless it is kept in memory alone.
    fn late(&self, accepted: &Accepted) -> Answered {
        if self.store.lasts() {
            return answers::accepted(accepted);
        }
        answers::later(StatusCode::SERVICE_UNAVAILABLE, 30)
    }

    /// Returns a run, or the one that took its deliveries.
    async fn final_run(&self, id: &str) -> Option<Run> {
        let mut run = self.store.run(id).await.ok()??;
        while let Some(joined) = run.joined.take() {
            run = self.store.run(&joined).await.ok()??;
        }
        Some(run)
    }

    /// Tells of a run to who has the secret of its hook.
    async fn look(&self, settings: &Settings, parts: &Parts, id: &str) -> Answered {
        let presented =
            parts.headers.get(header::AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
        let opens = |secrets: &Secrets| presented.is_some_and(|presented| secrets.open_for(presented));
        // All are tried: whether the run is there shows only to who may see one.
        if settings.secrets().filter(|secrets| opens(secrets)).count() == 0 {
            return answers::bare(StatusCode::UNAUTHORIZED);
        }
        let Ok(run) = self.store.run(id).await else {
            return answers::later(StatusCode::SERVICE_UNAVAILABLE, 5);
        };
        let run = run.filter(|run| settings.hook(&run.hook).is_some_and(|(_, secrets)| opens(secrets)));
        run.map_or_else(
            || answers::bare(StatusCode::NOT_FOUND),
            |run| answers::document(StatusCode::OK, &answers::run(&run)),
        )
    }

    /// Judges a delivery; a large one beside the queue of events, and few at once.
    async fn judged(&self, hook: &Hook, secrets: &Secrets, parts: &Parts, body: &[u8]) -> Verdict {
        let judge = || {
            let (headers, query) = (&parts.headers, parts.uri.query());
            hook::judge(&hook.kind, secrets, &Delivery { headers, query, body, now: SystemTime::now() })
        };
        if body.len() < LARGE {
            return judge();
        }
        let _turn = self.large.acquire().await;
        tokio::task::block_in_place(judge)
    }

    /// Refuses a request that was not let in. A flood of them is told in part, and counted whole.
    fn refuse(&self, hook: &Hook, from: IpAddr, status: StatusCode, why: &str) -> Answered {
        if self.has_a_line() {
            self.log(hook, from, status, why);
        } else {
            self.figures.delivery(&hook.path, status.as_u16());
        }
        answers::bare(status)
    }

    /// Answers a request that leads to no hook. Its path may hold a secret, and is not told.
    fn nowhere(&self, from: IpAddr, what: &str) -> Answered {
        let status = StatusCode::NOT_FOUND;
        if self.has_a_line() {
            tracing::info!(%from, status = status.as_u16(), what, "request");
        }
        answers::bare(status)
    }

    /// Returns true where the log has a line for one more refusal, and writes how many went without.
    fn has_a_line(&self) -> bool {
        let untold = self.refusals.next(Instant::now());
        if let Some(untold @ 1..) = untold {
            tracing::warn!(untold, "refusals that have no line of their own");
        }
        untold.is_some()
    }

    /// Writes the one line of a delivery.
    fn log(&self, hook: &Hook, from: IpAddr, status: StatusCode, what: &str) {
        self.figures.delivery(&hook.path, status.as_u16());
        let (kind, status, hook) = (hook.kind.word(), status.as_u16(), hook.path.as_str());
        tracing::info!(hook, kind, %from, status, what, "delivery");
    }
}
