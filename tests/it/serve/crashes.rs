//! Receivers of which one is killed every second, under load and before an API that fails at times: nothing that was accepted is lost,
//! and in the end visitors get the last content.
//!
//! `DIFFPURGE_STORM` is the length in seconds; a minute is the real thing.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use diffpurge::config::CloudflarePlan;

use crate::support::{Fault, HOOK_SECRET, Live, PATIENCE, Place, Postgres, Receiver, Toxic, config, signed, try_raw};

/// Pages, of which each delivery changes one.
const PAGES: usize = 50;

/// Senders at once.
const SENDERS: usize = 3;

const HOOK: &str =
    "kind = \"hmac\"\nheader = \"X-Sig\"\nchanges = \"event\"\npaths = \"/changed\"\nid = \"/id\"\nrate = 1000000\n";

fn length() -> Duration {
    let seconds = std::env::var("DIFFPURGE_STORM").map_or(10, |seconds| seconds.parse().expect("a number of seconds"));
    Duration::from_secs(seconds)
}

/// What is under way at the API, and what became of it.
#[derive(Default)]
struct Api {
    now: AtomicUsize,
    most: AtomicUsize,
    purges: AtomicUsize,
    failures: AtomicUsize,
}

impl Api {
    /// An API that fails at every fifth purge.
    fn before(self: &Arc<Api>, live: &Live) -> Toxic {
        let api = self.clone();
        Toxic::before(&live.edge, move |number, _| {
            api.most.fetch_max(api.now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            if number % 5 == 4 {
                api.now.fetch_sub(1, Ordering::SeqCst);
                api.failures.fetch_add(1, Ordering::SeqCst);
                return Fault::envelope(500, "", 1000, "Internal error");
            }
            let api = api.clone();
            Fault::pass_then(move || {
                api.purges.fetch_add(1, Ordering::SeqCst);
                api.now.fetch_sub(1, Ordering::SeqCst);
            })
        })
    }
}

/// Receivers, and where they are at this moment.
struct Receivers {
    places: Vec<Place>,
    running: Vec<Mutex<Receiver>>,
    addresses: Vec<RwLock<SocketAddr>>,
}

impl Receivers {
    fn start(places: Vec<Place>) -> Receivers {
        let running: Vec<Receiver> = places.iter().map(Place::start).collect();
        let addresses = running.iter().map(|receiver| RwLock::new(receiver.address())).collect();
        Receivers { places, running: running.into_iter().map(Mutex::new).collect(), addresses }
    }

    /// Where one listens, or did until it was killed.
    fn address(&self, one: usize) -> SocketAddr {
        *self.addresses[one].read().unwrap()
    }

    /// Kills one as a power cut does, and starts it again.
    fn kill(&self, one: usize) {
        let mut running = self.running[one].lock().unwrap();
        running.kill();
        *running = self.places[one].start();
        *self.addresses[one].write().unwrap() = running.address();
    }
}

/// Changes one page after the other, and delivers each change until somebody has accepted it, as a load balancer's sender does.
fn sends(number: usize, live: &Live, receivers: &Receivers, over: &AtomicBool) -> (usize, usize) {
    let mut dice = fastrand::Rng::with_seed(number as u64);
    let (mut accepted, mut again) = (0, 0);
    while !over.load(Ordering::SeqCst) {
        let page = SENDERS * dice.usize(..PAGES / SENDERS) + number;
        live.serve(&format!("/{page}.css"), Some(&format!("{accepted}")));
        let body = format!(r#"{{"id":"{number}-{accepted}","changed":["{page}.css"]}}"#);
        let signature = signed(HOOK_SECRET, &body);
        let request = format!(
            "POST /hooks/www HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-sig: {signature}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let start = Instant::now();
        loop {
            let one = dice.usize(..receivers.places.len());
            if try_raw(receivers.address(one), request.as_bytes()).is_some_and(|reply| reply.status < 300) {
                break;
            }
            again += 1;
            thread::sleep(Duration::from_millis(5));
            assert!(start.elapsed() < PATIENCE, "delivery {body} is not accepted");
        }
        accepted += 1;
        // A visitor comes by, before the purge or after it.
        live.visit(&format!("/{page}.css"));
    }
    (accepted, again)
}

/// Delivers for the length of a storm, kills one receiver each second, and waits until visitors get what is live.
fn storm(what: &str, replicas: usize, lines: &str) -> usize {
    let live = Live::on(CloudflarePlan::Free);
    for page in 0..PAGES {
        live.serve(&format!("/{page}.css"), Some("first"));
        live.visit(&format!("/{page}.css"));
    }
    let api = Arc::new(Api::default());
    let toxic = api.before(&live);
    let text = config(lines, HOOK);
    let places = (0..replicas).map(|_| Place::new(&text, &toxic.api_base())).collect();
    let receivers = Receivers::start(places);
    let (over, sent) = (AtomicBool::new(false), Mutex::new((0, 0)));
    let mut kills = 0;
    thread::scope(|scope| {
        for number in 0..SENDERS {
            let (live, receivers, over, sent) = (&live, &receivers, &over, &sent);
            scope.spawn(move || {
                let (accepted, again) = sends(number, live, receivers, over);
                let mut sent = sent.lock().unwrap();
                *sent = (sent.0 + accepted, sent.1 + again);
            });
        }
        let (start, mut dice) = (Instant::now(), fastrand::Rng::with_seed(7));
        while start.elapsed() < length() {
            thread::sleep(Duration::from_millis(1000));
            receivers.kill(dice.usize(..replicas));
            kills += 1;
        }
        over.store(true, Ordering::SeqCst);
    });
    let start = Instant::now();
    while !live.stale().is_empty() {
        let log = receivers.running[0].lock().unwrap().log();
        assert!(start.elapsed() < 2 * PATIENCE, "{what}: {:?}\n{log}", live.stale());
        thread::sleep(Duration::from_millis(50));
    }
    let (accepted, again) = sent.into_inner().unwrap();
    let count = |number: &AtomicUsize| number.load(Ordering::SeqCst);
    let told = format!(
        "{what}: {kills} kills, {accepted} deliveries accepted, {again} delivered again, {} purges, {} failed, at most {} at once, \
         fresh {:?} after the last\n",
        count(&api.purges),
        count(&api.failures),
        count(&api.most),
        start.elapsed()
    );
    let _written = std::io::Write::write_all(&mut std::io::stderr(), told.as_bytes());
    assert!(kills > 1 && accepted > kills, "{told}");
    count(&api.most)
}

#[test]
fn a_receiver_that_is_killed_every_second_loses_nothing_in_sqlite() {
    // A request of the one that was killed may still be under way at the API when its successor asks.
    assert!(storm("SQLite", 1, "") <= 2);
}

#[test]
fn three_receivers_of_which_one_is_killed_every_second_lose_nothing_in_postgres() {
    let Some(postgres) = Postgres::start() else { return };
    // Nobody takes over a run before its lease is over.
    assert_eq!(storm("Postgres", 3, &format!("store = \"{}\"\n", postgres.url())), 1, "purges at once");
    assert_eq!(
        postgres.ask("SELECT count(*) FROM deliveries d JOIN runs r ON d.run = r.id WHERE r.state = 'failed'"),
        "0"
    );
}
