//! A hundred thousand URLs over networks that are more and less even, on a simulated clock, to the edge that counts its own way.

use std::cell::{Cell, RefCell};

use futures_util::future::join_all;

use super::*;
use crate::config::{CloudflarePlan, Config, Environment};
use crate::edge::Meter;
use crate::provider::Provider;

const URLS: u32 = 100_000;

/// The least time in which a request arrives, and its answer.
const WAY: Duration = Duration::from_millis(40);

/// TCP and TLS.
const CONNECTING: Duration = Duration::from_millis(120);

/// The requests under way at once, as in the sender.
const IN_FLIGHT: usize = 4;

/// What became of them.
struct Sent {
    /// When the last one started.
    end: Duration,
    refused: u32,
}

/// Sends them, where each way takes up to so much longer than the least.
async fn sent(plan: &str, price: CloudflarePlan, uneven: Duration) -> Sent {
    let text =
        format!("[[site]]\nname = \"x\"\nbase_urls = [\"https://x.example/\"]\n[site.cloudflare]\nplan = \"{plan}\"\n");
    let config = Config::parse(&text, "").unwrap();
    let capabilities = Provider::for_site(&config.sites[0], &Environment::default()).unwrap().capabilities();
    let size = capabilities.limits.urls.get();
    let (pacing, zero, began) = (Pacing::new(capabilities.pace), std::time::Instant::now(), Instant::now());
    let dice = RefCell::new(fastrand::Rng::with_seed(7));
    let way = || WAY + uneven.mul_f64(dice.borrow_mut().f64());
    let edge = RefCell::new(Meter::new(price, zero));
    let (waiting, refused, end) = (Cell::new(URLS as usize / size), Cell::new(0), Cell::new(Duration::ZERO));
    let is_warm = Cell::new(false);
    let one = async || {
        while waiting.get() > 0 {
            waiting.set(waiting.get() - 1);
            let started = loop {
                match pacing.start(Kind::Url, size) {
                    Ok(started) => break started,
                    Err(later) => tokio::time::sleep_until(later.at).await,
                }
            };
            end.set(began.elapsed());
            let connecting = if is_warm.get() { Duration::ZERO } else { CONNECTING };
            tokio::time::sleep(connecting + way()).await;
            if edge.borrow_mut().take_urls(size, zero + began.elapsed()).is_err() {
                refused.set(refused.get() + 1);
            }
            tokio::time::sleep(way()).await;
            is_warm.set(true);
            pacing.is_answered(started);
        }
    };
    join_all([(); IN_FLIGHT].map(|()| one())).await;
    Sent { end: end.get(), refused: refused.get() }
}

#[tokio::test(start_paused = true)]
async fn a_hundred_thousand_urls_take_little_longer_than_the_rates_allow_and_none_is_refused() {
    for (plan, price, a_second) in [
        ("free", CloudflarePlan::Free, 800),
        ("pro", CloudflarePlan::Pro, 1500),
        ("business", CloudflarePlan::Business, 1500),
        ("enterprise", CloudflarePlan::Enterprise, 3000),
    ] {
        // As many as fit a second go at once, and as many in each second that follows.
        let least = f64::from(URLS.div_ceil(a_second) - 1);
        for (uneven, most) in [(0, 1.013), (5, 1.02), (10, 1.021), (40, 1.05)] {
            let Sent { end, refused } = sent(plan, price, Duration::from_millis(uneven)).await;
            let ratio = end.as_secs_f64() / least;
            assert!(ratio <= most, "{plan} takes {end:?}, {ratio:.3} of the least, where ways differ by {uneven} ms");
            assert_eq!(refused, 0, "{plan}, where ways differ by {uneven} ms");
        }
    }
}
