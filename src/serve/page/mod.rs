//! The page for people: who is let in, what they see, and what they may ask for.
//!
//! It purges nothing itself: it puts a run into the store as a delivery does. Nothing is shown or done without a session, and nothing
//! done without the token of one of its own forms. What the pages look like is left to [`crate::report::receiver`].

mod answers;
mod marks;
mod origin;
mod planner;
mod route;
mod session;
mod shown;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use http::StatusCode;
use http::request::Parts;
use hyper::body::Incoming;
use tokio::sync::Notify;
use url::form_urlencoded;

pub(super) use self::planner::Planner;
pub(super) use self::route::Route;

use self::planner::Begun;
use self::session::{LIFE, Session};
use crate::config::ServePage;
use crate::hook::{Deploy, Secrets};
use crate::serve::answers::{Answered, later};
use crate::serve::ids;
use crate::serve::intake::whole;
use crate::serve::limits::{Rates, Seat};
use crate::serve::settings::{BY_PAGE, Settings};
use crate::serve::store::{NewDelivery, Store, moment};

/// Bytes of a form.
const FORM: usize = 8 << 10;

/// Attempts to log in within a minute, from one of [`PARTS`].
const LOGINS: u32 = 10;

/// Parts of the internet that have attempts of their own: nobody keeps all others out, and there are never more counters.
const PARTS: u16 = 1024;

/// Purges and plans that are asked for within a minute.
const WISHES: u32 = 60;

/// The page.
pub(super) struct Page {
    pub(super) store: Arc<Store>,
    pub(super) rates: Arc<Rates>,
    /// Wakes who runs purges.
    pub(super) work: Arc<Notify>,
    pub(super) planner: Planner,
}

impl Page {
    /// Answers a request.
    pub(super) async fn answer(
        &self,
        settings: &Settings,
        (page, secrets): &(ServePage, Secrets),
        (route, parts): (Route<'_>, &Parts),
        body: Incoming,
        (from, seat): (IpAddr, &Seat),
    ) -> Answered {
        if route == Route::Login {
            return self.login(secrets, parts, body, (from, seat)).await;
        }
        let now = SystemTime::now();
        let session = origin::cookies(&parts.headers).find_map(|value| Session::of(secrets, value, now));
        let Some(session) = session else { return answers::outside(false) };
        seat.let_in();
        match route {
            Route::Login => answers::outside(false),
            Route::Front => shown::front((&self.store, &self.planner), settings, page, session.token()).await,
            Route::Report(run) => shown::report(&self.store, parts, run).await,
            Route::Plan(site) => shown::plan(&self.store, parts, site).await,
            Route::Logout | Route::MakePlan(_) | Route::Purge(_) => {
                let token = field(body, seat, "token").await;
                let is_ours = origin::is_own(&parts.headers) && token.is_some_and(|token| session.allows(&token));
                if !is_ours {
                    log(from, StatusCode::UNAUTHORIZED, "a form that is none of the page's");
                    return answers::outside(true);
                }
                self.wish(settings, page, (route, parts), from).await
            }
        }
    }

    /// Lets somebody in who has the secret.
    async fn login(&self, secrets: &Secrets, parts: &Parts, body: Incoming, (from, seat): (IpAddr, &Seat)) -> Answered {
        if let Err(wait) = self.rates.take(&format!("login {}", part(from)), LOGINS, Instant::now()) {
            log(from, StatusCode::TOO_MANY_REQUESTS, "too many attempts to log in");
            return later(StatusCode::TOO_MANY_REQUESTS, wait.as_secs().max(1));
        }
        let secret = if origin::is_own(&parts.headers) { field(body, seat, "secret").await } else { None };
        // A secret that was copied may have a line break at its end; none has one itself.
        let begun = secret
            .and_then(|secret| Session::begin(secrets, secret.trim().as_bytes(), SystemTime::now(), ids::chance()));
        let Some(session) = begun else {
            log(from, StatusCode::UNAUTHORIZED, "an attempt to log in");
            return answers::outside(true);
        };
        seat.let_in();
        log(from, StatusCode::SEE_OTHER, "logged in");
        let cookie = origin::set_cookie(&session.value(), LIFE.as_secs(), origin::is_secure(&parts.headers));
        answers::go("/", Some(&cookie))
    }

    /// Does what a form of the page asks for.
    async fn wish(
        &self,
        settings: &Settings,
        page: &ServePage,
        (route, parts): (Route<'_>, &Parts),
        from: IpAddr,
    ) -> Answered {
        let (site, is_plan) = match route {
            Route::MakePlan(site) => (site, true),
            Route::Purge(site) if page.purge => (site, false),
            Route::Logout => {
                log(from, StatusCode::SEE_OTHER, "logged out");
                return answers::go("/", Some(&origin::set_cookie("", 0, origin::is_secure(&parts.headers))));
            }
            _ => return answers::empty(StatusCode::NOT_FOUND),
        };
        let Some(hook) = settings.leading(site) else { return answers::empty(StatusCode::NOT_FOUND) };
        if let Err(wait) = self.rates.take(BY_PAGE, WISHES, Instant::now()) {
            return later(StatusCode::TOO_MANY_REQUESTS, wait.as_secs().max(1));
        }
        if !is_plan {
            return self.purge(site, from).await;
        }
        match Box::pin(self.planner.begin(settings.config.clone(), hook.clone())).await {
            Ok(Begun::Made) => {
                log(from, StatusCode::SEE_OTHER, &format!("plan of {site}"));
                answers::go(&format!("/sites/{site}/plan.html"), None)
            }
            Ok(Begun::Full) => later(StatusCode::SERVICE_UNAVAILABLE, 10),
            Err(_) => later(StatusCode::SERVICE_UNAVAILABLE, 5),
        }
    }

    /// Puts a run into the store, as a delivery does that names no revision.
    async fn purge(&self, site: &str, from: IpAddr) -> Answered {
        let Ok(deploy) = serde_json::to_string(&Deploy::default()) else {
            return answers::empty(StatusCode::INTERNAL_SERVER_ERROR);
        };
        let new = NewDelivery {
            hook: BY_PAGE.to_owned(),
            site: site.to_owned(),
            replay: None,
            deploy,
            received: moment(SystemTime::now()),
            gather: 0,
            run: ids::run(),
        };
        match self.store.accept(new).await {
            Ok(accepted) => {
                self.work.notify_one();
                log(from, StatusCode::SEE_OTHER, &format!("run {}", accepted.run));
                answers::go("/", None)
            }
            Err(error) => {
                log(from, StatusCode::SERVICE_UNAVAILABLE, &error.to_string());
                later(StatusCode::SERVICE_UNAVAILABLE, 5)
            }
        }
    }
}

/// Reads the one value of a field of a form.
async fn field(body: Incoming, seat: &Seat, name: &str) -> Option<String> {
    let body = whole(body, FORM, seat).await.ok()?;
    let mut values = form_urlencoded::parse(&body.bytes).filter(|(known, _)| known == name);
    let (value, None) = (values.next()?.1, values.next()) else { return None };
    Some(value.into_owned())
}

/// Returns the part of the internet that an address is in: those of one network are in the same.
fn part(from: IpAddr) -> u16 {
    let network = match from.to_canonical() {
        IpAddr::V4(address) => address.octets()[..3].to_vec(),
        IpAddr::V6(address) => address.octets()[..6].to_vec(),
    };
    let digest = ring::digest::digest(&ring::digest::SHA256, &network);
    let number = digest.as_ref().first_chunk().map_or(0, |bytes| u16::from_be_bytes(*bytes));
    number % PARTS
}

/// Writes the one line of what was asked for. No secret, no cookie and no token is in it.
fn log(from: IpAddr, status: StatusCode, what: &str) {
    tracing::info!(%from, status = status.as_u16(), what, "page");
}
