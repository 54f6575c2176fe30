//! The end of a receiver, by a signal or by a crash, and what its successor finds.

use std::time::Instant;

use crate::support::{Fault, HOOK_SECRET, Place, Site, Toxic, config, kill, signed};

/// An API whose first purge hangs, and the place of a receiver that uses it.
fn hanging(site: &Site, lines: &str) -> (Toxic, Place) {
    let toxic = Toxic::before(&site.live.edge, |number, _| if number == 0 { Fault::Hang } else { Fault::Pass });
    let hook = format!("repository = \"{}\"\n", site.repo.path().display());
    let place = Place::new(&config(lines, &hook), &toxic.api_base());
    (toxic, place)
}

#[test]
fn a_receiver_that_is_killed_in_the_middle_of_a_purge_goes_on_with_it() {
    let site = Site::of("");
    let first = site.deploy(&[("a.css", "1")]);
    let (toxic, place) = hanging(&site, "");
    let mut receiver = place.start();
    let run = receiver.deployed(&first, 1).run();
    toxic.wait_for_a_hang();
    let second = site.deploy(&[("a.css", "2")]);
    let next = receiver.deployed(&second, 2).run();
    receiver.kill();
    let receiver = place.start();
    receiver.awaits(&run, "done");
    receiver.awaits(&next, "done");
    assert_eq!(site.live.stale(), Vec::<String>::new());
    // What came before the crash is known after it.
    assert_eq!(receiver.deployed(&second, 2).status, 200);
}

#[test]
fn sigterm_hands_back_what_does_not_end_and_the_next_one_goes_on() {
    let site = Site::of("");
    let first = site.deploy(&[("a.css", "1")]);
    let (toxic, place) = hanging(&site, "grace = \"4s\"\n");
    let receiver = place.start();
    let run = receiver.deployed(&first, 1).run();
    toxic.wait_for_a_hang();
    let start = Instant::now();
    kill("-TERM", receiver.pid());
    let (status, log) = receiver.ended();
    assert!(status.success(), "{status}: {log}");
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
    assert!(log.contains("\"handed back\""), "{log}");
    let receiver = place.start();
    let told = receiver.awaits(&run, "done");
    assert_eq!(told["attempts"], 1, "{told:#}");
    assert_eq!(site.live.stale(), Vec::<String>::new());
}

#[test]
fn sigterm_lets_a_purge_end_that_ends_in_time() {
    let site = Site::of("");
    let first = site.deploy(&[("a.css", "1")]);
    let place = Place::of(&site, "grace = \"60s\"\n", "");
    let receiver = place.start();
    receiver.deployed(&first, 1);
    kill("-TERM", receiver.pid());
    let (status, _) = receiver.ended();
    assert!(status.success());
    let receiver = place.start();
    // Either it was purged before the end, or it is now.
    receiver.awaits(&receiver.deployed(&first, 1).run(), "done");
    assert_eq!(site.live.stale(), Vec::<String>::new());
}

#[test]
fn sighup_takes_a_good_configuration_and_keeps_the_old_one_over_a_bad_one() {
    let hook = "kind = \"hmac\"\nheader = \"X-Sig\"\nreaction = \"site\"\n";
    let place = Place::new(&config("", hook), "http://127.0.0.1:9/client/v4");
    let receiver = place.start();
    let file = place.path().join("purge.toml");
    let post = |path: &str| receiver.post(path, &[("x-sig", &signed(HOOK_SECRET, "x"))], "x").status;
    assert_eq!((post("/hooks/www"), post("/hooks/new")), (202, 404));
    std::fs::write(&file, "[[site]]\nnonsense = 1\n").unwrap();
    kill("-HUP", receiver.pid());
    let line = receiver.awaits_log("the old configuration stays");
    assert!(line["error"].as_str().unwrap().contains("nonsense"), "{line:#}");
    assert_eq!((post("/hooks/www"), post("/hooks/new")), (202, 404));
    std::fs::write(&file, config("", hook).replace("/hooks/www", "/hooks/new")).unwrap();
    kill("-HUP", receiver.pid());
    receiver.awaits_log("reloaded");
    assert_eq!((post("/hooks/www"), post("/hooks/new")), (404, 202));
}
