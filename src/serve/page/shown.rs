//! What somebody sees who was let in.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::request::Parts;
use http::{HeaderValue, StatusCode, header};

use super::planner::{PATIENCE, Planner, plan_of};
use super::{answers, marks};
use crate::config::{BaseUrl, Hook, HookOutput, Reaction, ServePage, Site};
use crate::report::receiver::{self, FrontPage, RunRow, SiteRow};
use crate::serve::answers::{Answered, later};
use crate::serve::drawn::plain;
use crate::serve::settings::{BY_PAGE, Settings};
use crate::serve::store::{Drawn, Listed, Store, StoreError, moment};

/// Runs that are listed, beside those that are not over.
const RUNS: i64 = 50;

/// How long the marks are read. Nobody waits longer for a page.
const MARKS: Duration = Duration::from_secs(2);

/// Shows the page itself.
pub(super) async fn front(
    (store, planner): (&Store, &Planner),
    settings: &Settings,
    may: &ServePage,
    token: String,
) -> Answered {
    // The future is large. In a box it takes memory only while the page is drawn.
    let Ok(front) = Box::pin(gathered((store, planner), settings, may, token)).await else {
        return later(StatusCode::SERVICE_UNAVAILABLE, 5);
    };
    answers::own(StatusCode::OK, receiver::front(&front))
}

async fn gathered(
    (store, planner): (&Store, &Planner),
    settings: &Settings,
    may: &ServePage,
    token: String,
) -> Result<FrontPage, StoreError> {
    let runs = store.recent(RUNS).await?.into_iter().map(run).collect();
    let is_served = |site: &&Site| settings.serve.hooks.iter().any(|hook| hook.site == site.name);
    let served: Vec<Site> = settings.config.sites.iter().filter(is_served).cloned().collect();
    let mut marks = marks(planner, settings, &served).await.into_iter();
    let mut sites = Vec::with_capacity(served.len());
    for site in served {
        let plan = store.page(&plan_of(site.name.as_str())).await?;
        sites.push(SiteRow {
            name: site.name.to_string(),
            urls: site.base_urls.iter().map(|url| BaseUrl::as_str(url).to_owned()).collect(),
            mark: marks.next().unwrap_or_else(|| marks::UNKNOWN.to_owned()),
            takes: settings.leading(site.name.as_str()).map(|hook| takes(&site, hook)),
            planned: plan.map(|plan| time(plan.made)),
        });
    }
    Ok(FrontPage { token, may_purge: may.purge, sites, runs, now: SystemTime::now() })
}

/// Reads the marks of sites on a thread of their own; none where that takes long.
async fn marks(planner: &Planner, settings: &Settings, sites: &[Site]) -> Vec<String> {
    let known = sites.iter().map(|site| (site.clone(), settings.marking(site.name.as_str()).cloned()));
    let known: Vec<(Site, Option<Hook>)> = known.collect();
    let ((clones, environment), config) = (planner.ground(), settings.config.clone());
    let read = tokio::task::spawn_blocking(move || {
        let mark = |(site, hook): (Site, Option<Hook>)| match hook {
            Some(hook) => marks::mark(&config, &site, &hook, &clones, &environment),
            None => "none, since nothing is compared".to_owned(),
        };
        known.into_iter().map(mark).collect()
    });
    tokio::time::timeout(MARKS, read).await.ok().and_then(Result::ok).unwrap_or_default()
}

/// Says what is compared, or purged, where somebody asks for it here.
fn takes(site: &Site, hook: &Hook) -> String {
    match (&hook.output, &site.branch) {
        (HookOutput::Repository { .. }, Some(branch)) => format!("the tip of {} in the repository", branch.as_str()),
        (HookOutput::Repository { .. }, None) => "the tip of the repository's own branch".to_owned(),
        (HookOutput::Dir(_), _) => "the directory as it is then".to_owned(),
        (HookOutput::Reaction(Reaction::Everything), _) => "everything in the cache".to_owned(),
        (HookOutput::Listed(_), _) => "the files of a deploy".to_owned(),
        (HookOutput::Reaction(Reaction::Site) | HookOutput::Event, _) => "all of the site's hosts".to_owned(),
    }
}

fn run(listed: Listed) -> RunRow {
    let Listed { run, deliveries, has_page } = listed;
    RunRow {
        by: if run.hook == BY_PAGE { "this page".to_owned() } else { run.hook },
        id: run.id,
        site: run.site,
        state: run.state,
        attempts: run.attempts,
        deliveries,
        created: time(run.created),
        ended: run.ended.map(time),
        report: run.report,
        has_page,
    }
}

/// Shows the page of a run.
pub(super) async fn report(store: &Store, parts: &Parts, run: &str) -> Answered {
    match store.page(run).await {
        Ok(Some(kept)) => kept.drawn.map_or_else(|| answers::empty(StatusCode::NOT_FOUND), |drawn| sent(parts, drawn)),
        Ok(None) => answers::empty(StatusCode::NOT_FOUND),
        Err(_) => later(StatusCode::SERVICE_UNAVAILABLE, 5),
    }
}

/// Shows the plan of a site, or that it is being made.
pub(super) async fn plan(store: &Store, parts: &Parts, site: &str) -> Answered {
    let kept = match store.page(&plan_of(site)).await {
        Ok(Some(kept)) => kept,
        Ok(None) => return answers::empty(StatusCode::NOT_FOUND),
        Err(_) => return later(StatusCode::SERVICE_UNAVAILABLE, 5),
    };
    match kept.drawn {
        Some(drawn) => sent(parts, drawn),
        // Whoever made it is gone; nothing more comes.
        None if kept.made < moment(SystemTime::now() - 2 * PATIENCE) => answers::empty(StatusCode::NOT_FOUND),
        None => answers::own(StatusCode::OK, receiver::waiting(site, time(kept.made))),
    }
}

/// Sends a page as it is kept, where the browser can unpack it. Nothing in it is a secret that a length could tell.
fn sent(parts: &Parts, drawn: Drawn) -> Answered {
    let takes = parts.headers.get(header::ACCEPT_ENCODING).and_then(|list| list.to_str().ok());
    if takes.is_some_and(|list| list.split(',').any(|one| one.trim().eq_ignore_ascii_case("gzip"))) {
        let mut answer = answers::page(StatusCode::OK, &drawn.policy, drawn.page);
        answer.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        return answer;
    }
    match plain(&drawn) {
        Ok(page) => answers::page(StatusCode::OK, &drawn.policy, page),
        Err(_) => answers::empty(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// Returns a moment as the stores have it.
fn time(moment: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(moment).unwrap_or_default())
}
