//! The page as people use it: a real browser logs in, looks, plans and purges, and the edge then serves what was deployed.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::page::{PAGE_SECRET, lines};
use crate::support::{Browser, Driven, PATIENCE, Place, Site, required};

/// Where pictures go that somebody wants to look at; nowhere otherwise.
fn pictures() -> Option<PathBuf> {
    std::env::var_os("DIFFPURGE_PICTURES").map(PathBuf::from)
}

/// Takes pictures of what is shown: light, dark, and as wide as a phone, where nothing may stick out.
fn pictured(browser: &mut Driven, name: &str) {
    for (size, scheme, of) in
        [((1000, 900), "light", "light"), ((1000, 900), "dark", "dark"), ((390, 844), "light", "phone")]
    {
        browser.looks(size, scheme);
        let wide = browser.evaluate("document.documentElement.scrollWidth");
        assert!(wide.as_u64().unwrap() <= u64::from(size.0), "{name} is {wide} wide at {}", size.0);
        if let Some(pictures) = pictures() {
            browser.picture(&Path::new(&pictures).join(format!("{name}-{of}.png")));
        }
    }
    browser.looks((1000, 900), "light");
}

#[test]
fn somebody_logs_in_sees_a_run_plans_and_purges_and_visitors_get_the_new_page() {
    if !required(Browser::program().is_some(), "Chromium") {
        return;
    }
    let site = Site::of("");
    let first = site.deploy(&[("a.css", "1"), ("b.css", "1")]);
    let place = Place::of(&site, &lines(true), "").env("PAGE_SECRET", PAGE_SECRET);
    let receiver = place.start();
    receiver.awaits(&receiver.deployed(&first, 1).run(), "done");
    site.live.visit("/a.css");
    let second = site.deploy(&[("a.css", "2")]);
    assert_eq!(site.live.stale(), ["/a.css"]);

    let mut browser = Driven::start();
    browser.open(&format!("http://{}/", receiver.address()));
    browser.types("Secret", "not-the-secret-of-the-page");
    browser.presses("Log in");
    browser.awaits_text("That did not work.");
    pictured(&mut browser, "login");
    browser.types("Secret", PAGE_SECRET);
    browser.presses("Log in");
    browser.awaits_text("The last runs");
    assert_eq!(browser.evaluate("document.cookie"), "", "no script reads the cookie");
    assert_eq!(browser.evaluate("document.querySelector('.runs .state').innerText"), "purged");
    assert_eq!(browser.evaluate("document.querySelectorAll('dd')[1].innerText"), first[..10]);

    browser.presses("Plan now");
    browser.awaits_text("To be purged: 1 URL in 1 request");
    browser.awaits_text("https://www.example.com/a.css");
    pictured(&mut browser, "plan");
    assert_eq!(site.live.stale(), ["/a.css"], "a plan sends nothing");
    // Its script filters, in a place where it can reach nothing.
    browser.evaluate("const q = document.querySelector('input[type=search]'); q.value = 'b.css'; q.dispatchEvent(new Event('input', { bubbles: true }))");
    browser.awaits_text("0 of 1 match.");

    browser.open(&format!("http://{}/", receiver.address()));
    browser.presses("Purge now");
    browser.awaits("[...document.querySelectorAll('.runs td')].some(one => one.innerText === 'this page')");
    // It is over when it stands among the last runs, and no page is on its way then.
    let is_over =
        "[...document.querySelectorAll('[aria-labelledby=runs] td')].some(one => one.innerText === 'this page')";
    let start = Instant::now();
    while browser.evaluate(is_over) != true {
        assert!(start.elapsed() < PATIENCE, "{}", receiver.log());
        browser.open(&format!("http://{}/", receiver.address()));
        browser.awaits_text("The last runs");
    }
    assert_eq!(browser.evaluate("document.querySelectorAll('dd')[1].innerText"), second[..10]);
    assert_eq!((site.live.stale(), site.live.visit("/a.css")), (Vec::new(), "2".to_owned()));
    pictured(&mut browser, "front");
    browser.presses("Report");
    browser.awaits_text("Accepted: 1 URL in 1 request");
    pictured(&mut browser, "report");

    browser.open(&format!("http://{}/", receiver.address()));
    browser.presses("Log out");
    browser.awaits("document.querySelector('input[type=password]')");
    assert!(receiver.logged("page").iter().any(|line| line["what"] == "logged out"), "{}", receiver.log());
}
