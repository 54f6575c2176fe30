//! The page for people over HTTP: who is let in, whose forms count, and what is said to everybody else.

use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

use crate::support::{
    Fault, HOOK_SECRET, PATIENCE, Place, Ran, Receiver, Reply, Site, Toxic, config, kept, signed, warm,
};

/// The secret of the page.
pub(super) const PAGE_SECRET: &str = "the-page-secret-of-the-tests";

/// The lines of a page, below `[serve]`.
pub(super) fn lines(purge: bool) -> String {
    format!("[serve.page]\nsecret_env = \"PAGE_SECRET\"\npurge = {purge}\n")
}

const HOOK: &str = "kind = \"hmac\"\nheader = \"X-Sig\"\nreaction = \"site\"\n";

/// A receiver whose purges are of no interest, with a page.
fn receiver(purge: bool) -> (Place, Receiver) {
    let place =
        Place::new(&config(&lines(purge), HOOK), "http://127.0.0.1:9/client/v4").env("PAGE_SECRET", PAGE_SECRET);
    let receiver = place.start();
    (place, receiver)
}

/// Somebody with a browser.
pub(super) struct Person<'r> {
    receiver: &'r Receiver,
    cookie: String,
    token: String,
}

/// The headers that a browser sends with a form of the page.
fn own(receiver: &Receiver) -> (String, String) {
    ("origin".to_owned(), format!("http://{}", receiver.address()))
}

/// Sends a form with these headers, and what the host is.
fn send(receiver: &Receiver, path: &str, headers: &[(&str, &str)], form: &str) -> Reply {
    let mut head = format!("POST {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", receiver.address());
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    let length = form.len();
    let head =
        format!("{head}content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n{form}");
    receiver.raw(head.as_bytes())
}

fn get(receiver: &Receiver, path: &str, cookie: &str) -> Reply {
    let head =
        format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncookie: other=1; diffpurge={cookie}\r\n\r\n");
    receiver.raw(head.as_bytes())
}

fn header<'h>(reply: &'h Reply, name: &str) -> Option<&'h str> {
    reply.head.lines().find_map(|line| {
        let (known, value) = line.split_once(": ")?;
        known.eq_ignore_ascii_case(name).then_some(value)
    })
}

fn token(page: &Reply) -> String {
    let (_, rest) = page.body.split_once("name=\"token\" value=\"").unwrap_or_else(|| panic!("{page:?}"));
    rest.split('"').next().unwrap().to_owned()
}

impl<'r> Person<'r> {
    #[track_caller]
    pub(super) fn logs_in(receiver: &'r Receiver) -> Person<'r> {
        let (name, origin) = own(receiver);
        let reply = send(receiver, "/login", &[(&name, &origin)], &format!("secret={PAGE_SECRET}"));
        assert_eq!((reply.status, header(&reply, "location")), (303, Some("/")), "{reply:?}");
        let cookie = header(&reply, "set-cookie").unwrap().split(';').next().unwrap();
        let cookie = cookie.strip_prefix("diffpurge=").unwrap().to_owned();
        let token = token(&get(receiver, "/", &cookie));
        Person { receiver, cookie, token }
    }

    /// The same person with the same cookie at another replica.
    pub(super) fn at(&self, receiver: &'r Receiver) -> Person<'r> {
        Person { receiver, cookie: self.cookie.clone(), token: self.token.clone() }
    }

    pub(super) fn get(&self, path: &str) -> Reply {
        get(self.receiver, path, &self.cookie)
    }

    pub(super) fn post(&self, path: &str) -> Reply {
        let (name, origin) = own(self.receiver);
        let cookie = format!("diffpurge={}", self.cookie);
        send(self.receiver, path, &[(&name, &origin), ("cookie", &cookie)], &format!("token={}", self.token))
    }

    /// Waits until a page holds some text.
    #[track_caller]
    pub(super) fn awaits(&self, path: &str, text: &str) -> Reply {
        let start = std::time::Instant::now();
        loop {
            let page = self.get(path);
            if page.body.contains(text) {
                return page;
            }
            assert!(start.elapsed() < PATIENCE, "no {text}: {page:?}\n{}", self.receiver.log());
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }
}

#[test]
fn without_a_page_in_the_file_there_is_none() {
    let place = Place::new(&config("", HOOK), "http://127.0.0.1:9/client/v4");
    let receiver = place.start();
    for path in ["/", "/login", "/sites/www/plan.html"] {
        assert_eq!(receiver.get(path, None), Reply { status: 404, ..receiver.get("/no-such-path", None) }, "{path}");
    }
    for path in ["/login", "/logout", "/sites/www/plan", "/sites/www/purge"] {
        assert_eq!(send(&receiver, path, &[], "secret=x").status, 404, "{path}");
    }
    assert_eq!(receiver.get("/runs/1.html", None).status, 401);
}

#[test]
fn a_page_needs_a_good_secret_of_its_own() {
    let place = |secret: &str| {
        Place::new(&config(&lines(false), HOOK), "http://127.0.0.1:9/client/v4").env("PAGE_SECRET", secret)
    };
    let fails = |place: &Place| {
        let mut command = place.command();
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        Ran::of(command.spawn().unwrap()).exits(2)
    };
    fails(&place("")).fails_with("the page has no secret: PAGE_SECRET is not set", "[serve.page]");
    fails(&place("15-bytes-long-x")).fails_with("the page: the secret has 15 bytes", "openssl rand -hex 32");
    fails(&place(&format!("{PAGE_SECRET}\n{HOOK_SECRET}"))).fails_with("a hook has the page's secret", "openssl");
    drop(place(PAGE_SECRET).start());
}

#[test]
fn who_has_no_session_sees_a_form_and_nothing_else() {
    let (_place, receiver) = receiver(true);
    let run = receiver.post("/hooks/www", &[("x-sig", &signed(HOOK_SECRET, "x"))], "x").run();
    let form = receiver.get("/", None);
    assert_eq!(form.status, 401);
    assert!(form.body.contains("action=\"/login\"") && !form.body.contains("www"), "{form:?}");
    for path in [format!("/runs/{run}.html"), "/runs/0.html".to_owned(), "/sites/www/plan.html".to_owned()] {
        assert_eq!(receiver.get(&path, None).body, form.body, "{path}");
        // The secret is for the form alone, and a hook's secret for its runs.
        assert_eq!(receiver.get(&path, Some(PAGE_SECRET)).body, form.body, "{path}");
        assert_eq!(receiver.get(&path, Some(HOOK_SECRET)).body, form.body, "{path}");
    }
    let (name, origin) = own(&receiver);
    for path in ["/sites/www/purge", "/sites/www/plan", "/sites/none/plan", "/logout"] {
        let reply = send(&receiver, path, &[(&name, &origin)], "token=x");
        assert_eq!((reply.status, &reply.body), (401, &form.body), "{path}");
    }
    for path in ["/login", "/logout", "/sites/www/plan", "/sites/www/purge", "/style.css", "/favicon.ico"] {
        assert_eq!(receiver.get(path, None).status, 404, "{path}");
    }
    assert!(receiver.logged("run").iter().all(|run| run["by"] == "delivery"), "{}", receiver.log());
}

#[test]
fn the_secret_alone_opens_a_session_and_attempts_are_counted() {
    let (_place, receiver) = receiver(false);
    let (name, origin) = own(&receiver);
    let log_in = |form: &str, headers: &[(&str, &str)]| send(&receiver, "/login", headers, form);
    let good = format!("secret={PAGE_SECRET}");
    let ours = [(name.as_str(), origin.as_str())];
    for (form, headers) in [
        ("secret=", &ours[..]),
        (&format!("secret={HOOK_SECRET}"), &ours),
        (&good[..good.len() - 1], &ours),
        (&format!("{good}&{good}"), &ours),
        ("", &ours),
        (&good, &[]),
        (&good, &[("origin", "https://evil.example")]),
        (&good, &[(&name, &origin), ("sec-fetch-site", "cross-site")]),
    ] {
        let reply = log_in(form, headers);
        assert_eq!((reply.status, header(&reply, "set-cookie")), (401, None), "{form} {headers:?}");
    }
    let reply = log_in(&good, &ours);
    assert_eq!(reply.status, 303);
    let cookie = header(&reply, "set-cookie").unwrap();
    assert!(cookie.ends_with("; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict"), "{cookie}");
    assert!(!cookie.contains(PAGE_SECRET), "{cookie}");
    let behind = log_in(&good, &[(name.as_str(), origin.as_str()), ("x-forwarded-proto", "https")]);
    assert!(header(&behind, "set-cookie").unwrap().ends_with("; Secure"), "{behind:?}");
    // Ten within a minute; the secret itself is asked for no more then.
    let next = log_in(&good, &ours);
    assert_eq!((next.status, header(&next, "set-cookie")), (429, None), "{next:?}");
    assert!(header(&next, "retry-after").is_some());
    let log = receiver.log();
    assert!(log.contains("an attempt to log in") && !log.contains(PAGE_SECRET), "{log}");
}

#[test]
fn a_cookie_that_is_forged_touched_or_over_opens_nothing() {
    let (_place, receiver) = receiver(false);
    let person = Person::logs_in(&receiver);
    // The same as the receiver makes, from its description: so the ends are the only difference.
    let sign = |key: &[u8], text: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text).as_ref().to_vec();
    let key = sign(PAGE_SECRET.as_bytes(), b"diffpurge: sessions of the page, 1");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let made = |key: &[u8], end: u64| {
        let plain = [&end.to_be_bytes()[..], &[9; 16]].concat();
        let tag = sign(key, &[b"session\0", &plain[..]].concat());
        URL_SAFE_NO_PAD.encode([plain, tag].concat())
    };
    let other = sign(HOOK_SECRET.as_bytes(), b"diffpurge: sessions of the page, 1");
    let status = |cookie: &str| get(&receiver, "/", cookie).status;
    assert_eq!((status(&person.cookie), status(&made(&key, now + 600))), (200, 200));
    for (cookie, why) in [
        (made(&key, now - 1), "it is over"),
        (made(&key, now + 13 * 3600), "it is longer than any"),
        (made(&other, now + 600), "it is of another secret"),
        (made(PAGE_SECRET.as_bytes(), now + 600), "its key is the secret itself"),
        (PAGE_SECRET.to_owned(), "it is the secret"),
        (person.token.clone(), "it is the token"),
        (person.cookie.replacen(|c: char| c.is_ascii_digit(), "x", 1), "it was touched"),
        (String::new(), "it is empty"),
    ] {
        assert_eq!(status(&cookie), 401, "{why}");
    }
    // Another page of the host cannot log anybody out by a cookie of the same name.
    assert_eq!(status(&format!("x; diffpurge={}", person.cookie)), 200);
}

#[test]
fn a_form_counts_with_the_token_of_its_session_and_from_this_page_alone() {
    let (_place, receiver) = receiver(true);
    let (one, other) = (Person::logs_in(&receiver), Person::logs_in(&receiver));
    let (name, origin) = own(&receiver);
    let cookie = format!("diffpurge={}", one.cookie);
    let good = format!("token={}", one.token);
    for path in ["/sites/www/purge", "/sites/www/plan", "/logout"] {
        for (headers, form) in [
            (&[("cookie", cookie.as_str()), (&name, &origin)][..], ""),
            (&[("cookie", &cookie), (&name, &origin)], "token="),
            (&[("cookie", &cookie), (&name, &origin)], &format!("token={}", other.token)),
            (&[("cookie", &cookie), (&name, &origin)], &format!("{good}&{good}")),
            (&[("cookie", &cookie)], &good),
            (&[("cookie", &cookie), ("origin", "https://evil.example")], &good),
            (&[("cookie", &cookie), ("origin", "null")], &good),
            (&[("cookie", &cookie), (&name, &origin), ("sec-fetch-site", "cross-site")], &good),
            (&[("cookie", &cookie), (&name, &origin), ("sec-fetch-site", "same-site")], &good),
        ] {
            let reply = send(&receiver, path, headers, form);
            assert_eq!((reply.status, header(&reply, "set-cookie")), (401, None), "{path} {headers:?} {form}");
        }
        assert_eq!(send(&receiver, path, &[("cookie", &cookie), (&name, &origin)], &"x".repeat(9000)).status, 401);
    }
    assert!(receiver.logged("run").is_empty() && one.get("/sites/www/plan.html").status == 404, "nothing was done");
    assert_eq!((one.post("/sites/none/purge").status, one.post("/sites/none/plan").status), (404, 404));
    let purge = one.post("/sites/www/purge");
    assert_eq!((purge.status, header(&purge, "location")), (303, Some("/")));
    let out = one.post("/logout");
    assert!(header(&out, "set-cookie").unwrap().starts_with("diffpurge=; Path=/; Max-Age=0; "), "{out:?}");
}

#[test]
fn each_answer_keeps_itself_to_itself() {
    let (_place, receiver) = receiver(true);
    let person = Person::logs_in(&receiver);
    person.post("/sites/www/plan");
    let plan = person.awaits("/sites/www/plan.html", "Plan for www");
    for reply in [receiver.get("/", None), person.get("/"), person.get("/runs/none.html"), plan.clone()] {
        for (name, value) in [
            ("cache-control", "no-store"),
            ("referrer-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(header(&reply, name), Some(value), "{reply:?}");
        }
    }
    let policy = |reply: &Reply| header(reply, "content-security-policy").unwrap().to_owned();
    let own = policy(&person.get("/"));
    assert!(
        own.starts_with("default-src 'none'; style-src 'sha256-") && own.contains("frame-ancestors 'none'"),
        "{own}"
    );
    assert!(!own.contains("script") && !own.contains("unsafe"), "{own}");
    assert!(!person.get("/").body.contains("<script"), "{:?}", person.get("/"));
    // A report has its script, and a place of its own.
    assert!(policy(&plan).contains("sandbox allow-scripts") && !policy(&plan).contains("unsafe"), "{}", policy(&plan));
}

#[test]
fn a_page_that_may_not_purge_shows_and_plans() {
    let site = Site::of("");
    let first = site.deploy(&[("a.css", "1"), ("b.css", "1")]);
    let place = Place::of(&site, &lines(false), "").env("PAGE_SECRET", PAGE_SECRET);
    let receiver = place.start();
    receiver.awaits(&receiver.deployed(&first, 1).run(), "done");
    // A visitor comes, and the edge keeps the page.
    site.live.visit("/a.css");
    let second = site.deploy(&[("a.css", "2")]);
    let person = Person::logs_in(&receiver);
    let page = person.get("/");
    assert!(page.body.contains(&first[..10]) && !page.body.contains("Purge now"), "{page:?}");
    assert!(page.body.contains("/hooks/www") && page.body.contains(">purged<"), "{page:?}");
    let before = site.live.edge.recorded().len();
    assert_eq!(person.post("/sites/www/purge").status, 404);
    let plan = person.post("/sites/www/plan");
    assert_eq!((plan.status, header(&plan, "location")), (303, Some("/sites/www/plan.html")));
    let plan = person.awaits("/sites/www/plan.html", "Plan for www");
    assert!(plan.body.contains("To be purged: 1 URL in 1 request") && plan.body.contains(&second[..10]), "{plan:?}");
    assert_eq!(site.live.edge.recorded().len(), before, "nothing was sent");
    assert_eq!(site.live.stale(), ["/a.css"]);
    // The delivery purges it all the same: the plan has moved nothing.
    receiver.awaits(&receiver.deployed(&second, 2).run(), "done");
    assert_eq!(site.live.stale(), Vec::<String>::new());
    assert!(person.get("/").body.contains(&second[..10]));
}

#[test]
fn a_purge_of_the_page_is_a_run_with_a_word_of_its_own_and_a_report() {
    let site = Site::of("");
    let first = site.deploy(&[("a.css", "1"), ("b.css", "1")]);
    let place = Place::of(&site, &lines(true), "").env("PAGE_SECRET", PAGE_SECRET);
    let receiver = place.start();
    let told = receiver.awaits(&receiver.deployed(&first, 1).run(), "done");
    assert_eq!((&told["by"], &told["report"]["requests"]), (&"delivery".into(), &1.into()), "{told:#}");
    site.live.visit("/a.css");
    site.deploy(&[("a.css", "2")]);
    assert_eq!(site.live.stale(), ["/a.css"]);
    let person = Person::logs_in(&receiver);
    assert_eq!(person.post("/sites/www/purge").status, 303);
    let page = person.awaits("/", "this page</td>");
    // The delivery's run is logged before.
    let start = std::time::Instant::now();
    while receiver.logged("run").len() < 2 {
        assert!(start.elapsed() < PATIENCE, "{}", receiver.log());
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let log = receiver.awaits_log("run");
    assert_eq!((&log["ended"], &log["deliveries"]), (&"done".into(), &1.into()), "{log:#} {page:?}");
    assert_eq!(log["by"], "page", "{log:#}");
    assert_eq!(site.live.stale(), Vec::<String>::new());
    let run = log["run"].as_str().unwrap();
    let report = person.get(&format!("/runs/{run}.html"));
    assert!(
        report.body.contains("Purge of www") && report.body.contains("https://www.example.com/a.css"),
        "{report:?}"
    );
    // The secret of a hook is for the runs of its deliveries.
    assert_eq!(receiver.get(&format!("/runs/{run}"), Some(HOOK_SECRET)).status, 404);
}

#[test]
fn clicks_do_not_stack_up() {
    let edge = crate::support::edge();
    let urls = ["https://www.example.com/a.css"];
    warm(&edge, &urls);
    let (reached, at_api) = std::sync::mpsc::channel();
    let (go_on, going_on) = std::sync::mpsc::channel::<()>();
    let (reached, going_on) = (std::sync::Mutex::new(reached), std::sync::Mutex::new(going_on));
    let toxic = Toxic::before(&edge, move |_, _| {
        reached.lock().unwrap().send(()).unwrap();
        // The test may be over.
        let _over = going_on.lock().unwrap().recv();
        Fault::Pass
    });
    let place = Place::new(&config(&lines(true), HOOK), &toxic.api_base()).env("PAGE_SECRET", PAGE_SECRET);
    let receiver = place.start();
    let person = Person::logs_in(&receiver);
    assert_eq!(person.post("/sites/www/purge").status, 303);
    at_api.recv().unwrap();
    for _ in 0..5 {
        assert_eq!((person.post("/sites/www/purge").status, person.post("/sites/www/plan").status), (303, 303));
    }
    let page = person.get("/");
    assert_eq!(page.body.matches("<span class=\"state").count(), 2, "one runs, and one waits: {page:?}");
    drop(go_on);
    let done = |body: &str| body.matches(">purged<").count() == 2;
    let start = std::time::Instant::now();
    while !done(&person.get("/").body) {
        assert!(start.elapsed() < PATIENCE, "{:?}", person.get("/"));
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(kept(&edge), Vec::<String>::new());
}

#[test]
fn what_went_wrong_is_shown_and_only_as_text() {
    let edge = crate::support::edge();
    let toxic =
        Toxic::before(&edge, |_, _| Fault::envelope(400, "", 1016, "no <script>alert(1)</script> \"'\u{202e} URL"));
    let place = Place::new(&config(&lines(true), HOOK), &toxic.api_base()).env("PAGE_SECRET", PAGE_SECRET);
    let receiver = place.start();
    let person = Person::logs_in(&receiver);
    person.post("/sites/www/purge");
    let page = person.awaits("/", "waits to be tried again, after 1 attempt");
    assert!(page.body.contains("no &#60;script&#62;alert(1)"), "{page:?}");
    assert!(!page.body.contains("<script") && !page.body.contains('\u{202e}'), "{page:?}");
}

#[test]
fn sessions_outlive_a_process_and_end_with_their_secret() {
    let (place, receiver) = receiver(false);
    let person = Person::logs_in(&receiver);
    let cookie = person.cookie.clone();
    drop(receiver);
    let receiver = place.start();
    assert_eq!(get(&receiver, "/", &cookie).status, 200);
    drop(receiver);
    let both = place.env("PAGE_SECRET", &format!("another-secret-of-the-page\n{PAGE_SECRET}"));
    let receiver = both.start();
    assert_eq!(get(&receiver, "/", &cookie).status, 200);
    drop(receiver);
    let receiver = both.env("PAGE_SECRET", "another-secret-of-the-page").start();
    assert_eq!(get(&receiver, "/", &cookie).status, 401);
}
