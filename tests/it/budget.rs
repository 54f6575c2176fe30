//! Fifty sites on one Free account, with a simulated clock: never above the documented rates, and not slower than these.

use std::time::Duration;

use diffpurge::config::{Config, Environment};
use diffpurge::mapping::Kind;
use diffpurge::plan::{Capabilities, Pace, Pacer, Stretch};
use diffpurge::provider::Provider;
use proptest::prelude::*;

/// Requests of one site under way at once, as in the sender.
const IN_FLIGHT: usize = 4;

/// How long the provider takes to answer.
const ROUND_TRIP: Duration = Duration::from_millis(80);

/// What a site has to send: requests of so many URLs each, then requests of other kinds.
#[derive(Debug, Clone)]
struct Site {
    urls: Vec<usize>,
    others: usize,
}

impl Site {
    fn requests(&self) -> Vec<(Kind, usize)> {
        let urls = self.urls.iter().map(|n| (Kind::Url, *n));
        urls.chain((0..self.others).map(|_| (Kind::Prefix, 1))).collect()
    }
}

fn capabilities(plan: &str) -> Capabilities {
    let text =
        format!("[[site]]\nname = \"x\"\nbase_urls = [\"https://x.example/\"]\n[site.cloudflare]\nplan = \"{plan}\"\n");
    let config = Config::parse(&text, "").unwrap();
    Provider::for_site(&config.sites[0], &Environment::default()).unwrap().capabilities()
}

fn free() -> Pace {
    capabilities("free").pace
}

/// When each request starts, if all sites send at once by one pacer, a few requests each: whoever may not start asks again when it may.
fn simulated(sites: &[Site], pace: Pace) -> Vec<(Duration, Kind, usize)> {
    let mut pacer = Pacer::new(pace);
    let mut queues: Vec<_> = sites.iter().map(|site| site.requests().into_iter().peekable()).collect();
    // Who may ask, and from when on.
    let mut free: Vec<(Duration, usize)> =
        (0..sites.len()).flat_map(|site| [(Duration::ZERO, site); IN_FLIGHT]).collect();
    let mut starts = Vec::new();
    while let Some(next) = free.iter().enumerate().min_by_key(|(_, at)| **at).map(|(i, _)| i) {
        let (now, site) = free.swap_remove(next);
        let Some((kind, urls)) = queues[site].peek().copied() else { continue };
        let start = pacer.earliest(now, kind, urls);
        if start > now {
            free.push((start, site));
            continue;
        }
        queues[site].next();
        pacer.spend(now, kind, urls);
        starts.push((now, kind, urls));
        free.push((now + ROUND_TRIP, site));
    }
    starts.sort_unstable_by_key(|(start, ..)| *start);
    starts
}

/// The most units that start in any window of this length.
fn most(starts: &[(Duration, f64)], window: Duration) -> f64 {
    let within = |from: Duration| starts.iter().filter(move |(at, _)| *at >= from && *at < from + window);
    starts.iter().map(|(from, _)| within(*from).map(|(_, units)| units).sum()).fold(0.0, f64::max)
}

#[expect(clippy::cast_precision_loss, reason = "counts of requests are small")]
fn judge(sites: &[Site]) -> Result<Vec<(Duration, Kind, usize)>, TestCaseError> {
    let starts = simulated(sites, free());
    let of = |kind: Kind| starts.iter().filter(move |(_, k, _)| *k == kind);
    let urls: Vec<(Duration, f64)> = of(Kind::Url).map(|(at, _, n)| (*at, *n as f64)).collect();
    let others: Vec<(Duration, f64)> = of(Kind::Prefix).map(|(at, ..)| (*at, 1.0)).collect();
    let all: Vec<(Duration, f64)> = starts.iter().map(|(at, ..)| (*at, 1.0)).collect();
    // Documented for Free: 800 URLs a second; 5 other requests a minute, 25 at once; 1,200 requests in 5 minutes.
    prop_assert!(most(&urls, Duration::from_secs(1)) <= 800.0);
    for minutes in [1u64, 5, 10] {
        let allowed = 25.0 + 5.0 * minutes as f64;
        prop_assert!(most(&others, Duration::from_secs(60 * minutes)) <= allowed);
    }
    prop_assert!(most(&all, Duration::from_secs(300)) <= 1200.0);
    Ok(starts)
}

/// The same, and that it takes no longer than each budget by itself would.
#[expect(clippy::cast_precision_loss, reason = "counts of requests are small")]
fn loses_no_time(sites: &[Site]) {
    let (pace, starts) = (free(), judge(sites).unwrap());
    let of = |kind: Kind| starts.iter().filter(move |(_, k, _)| *k == kind);
    let (urls, others) = (of(Kind::Url).map(|(.., n)| *n as f64).sum::<f64>(), of(Kind::Prefix).count() as f64);
    // What the rates allow at best, each budget by itself.
    let bound = |units: f64, burst: f64, rate: f64| ((units - burst) / rate).max(0.0);
    let stretches =
        |units: f64, most: Stretch| ((units / most.units).ceil() - 1.0).max(0.0) * most.length.as_secs_f64();
    let least = stretches(urls, pace.urls.in_any.unwrap())
        .max(bound(others, pace.others.burst, pace.others.per_second))
        .max(stretches(starts.len() as f64, pace.requests.in_any.unwrap()));
    let end = starts.last().map_or(0.0, |(at, ..)| at.as_secs_f64());
    assert!(end <= least * 1.05, "{end:.1} s, and {least:.1} s are possible");
}

#[test]
fn fifty_sites_on_one_account_keep_its_rates_and_lose_no_time() {
    let site = |i: usize| Site { urls: vec![100; 1 + i % 7], others: i % 3 };
    loses_no_time(&(0..50).map(site).collect::<Vec<_>>());
    // One that has only tags, and one that has only URLs, do not wait for each other.
    loses_no_time(&[Site { urls: Vec::new(), others: 40 }, Site { urls: vec![100; 200], others: 0 }]);
    // Most of a site's last requests are not full.
    loses_no_time(&(0..50).map(|i| Site { urls: vec![100, 100, 20 + i], others: 1 }).collect::<Vec<_>>());
}

proptest! {
    // Nothing is written into the source tree.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn any_sites_keep_the_rates_of_their_account(
        sites in proptest::collection::vec((proptest::collection::vec(1usize..=100, 0..8), 0usize..4), 1..50)
    ) {
        judge(&sites.into_iter().map(|(urls, others)| Site { urls, others }).collect::<Vec<_>>()).map(|_| ())?;
    }
}
