//! Receivers that are killed at random points of many deliveries, before an API that fails at times: in the end everything is purged.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::support::{
    Fault, HOOK_SECRET, PATIENCE, Place, Postgres, Receiver, Toxic, config, edge, kept, signed, try_raw, warm,
};

/// Deliveries, each of a file of its own.
const DELIVERIES: usize = 200;

/// One receiver is killed after about so many of them.
const BETWEEN_KILLS: usize = 25;

const HOOK: &str = "kind = \"hmac\"\nheader = \"X-Sig\"\nchanges = \"event\"\npaths = \"/changed\"\nid = \"/id\"\n";

/// Delivers to one receiver after the other, kills some of them at random moments, and starts them again. In the end each file is purged.
fn storm(replicas: usize, lines: &str, seed: u64) {
    let edge = edge();
    let urls: Vec<String> = (0..DELIVERIES).map(|i| format!("https://www.example.com/{i}.css")).collect();
    warm(&edge, &urls.iter().map(String::as_str).collect::<Vec<_>>());
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (under_way, highest) = (now.clone(), most.clone());
    let toxic = Toxic::before(&edge, move |number, _| {
        if number % 5 == 4 {
            return Fault::envelope(500, "", 1000, "Internal error");
        }
        highest.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let under_way = under_way.clone();
        Fault::pass_then(move || {
            under_way.fetch_sub(1, Ordering::SeqCst);
        })
    });
    let text = config(lines, HOOK);
    let places: Vec<Place> = (0..replicas).map(|_| Place::new(&text, &toxic.api_base())).collect();
    let mut receivers: Vec<Receiver> = places.iter().map(Place::start).collect();
    let mut dice = fastrand::Rng::with_seed(seed);
    let mut kills = 0;
    for number in 0..DELIVERIES {
        let body = format!(r#"{{"id":{number},"changed":["{number}.css"]}}"#);
        let signature = signed(HOOK_SECRET, &body);
        let request = format!(
            "POST /hooks/www HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-sig: {signature}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let start = Instant::now();
        // As a load balancer does: a sender whose delivery was not accepted delivers it again, elsewhere.
        let address = |dice: &mut fastrand::Rng, receivers: &[Receiver]| receivers[dice.usize(..replicas)].address();
        while try_raw(address(&mut dice, &receivers), request.as_bytes()).is_none_or(|reply| reply.status >= 300) {
            assert!(start.elapsed() < PATIENCE, "delivery {number} is not accepted");
        }
        if dice.usize(..BETWEEN_KILLS) == 0 {
            std::thread::sleep(Duration::from_millis(dice.u64(..300)));
            let one = dice.usize(..replicas);
            receivers[one].kill();
            receivers[one] = places[one].start();
            kills += 1;
        }
    }
    let start = Instant::now();
    while !kept(&edge).is_empty() {
        let left = kept(&edge);
        assert!(start.elapsed() < 2 * PATIENCE, "seed {seed}, {kills} kills: {left:?}\n{}", receivers[0].log());
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(kills > 1, "seed {seed}: nothing was killed");
    // A request of a receiver that was killed may still be under way at the API when the next one asks.
    let most = most.load(Ordering::SeqCst);
    assert!(most <= 2, "seed {seed}: {most} purges of one site at once");
}

#[test]
fn a_receiver_that_is_killed_again_and_again_loses_nothing_in_sqlite() {
    storm(1, "", 7);
}

#[test]
fn three_receivers_of_which_some_are_killed_lose_nothing_in_postgres() {
    let Some(postgres) = Postgres::start() else { return };
    storm(3, &format!("store = \"{}\"\n", postgres.url()), 11);
}
