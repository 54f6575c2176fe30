//! What goes wrong between the tool and an API, over real HTTP. After each fault it is known what was accepted, the
//! exit code is right, and nothing that is printed holds the token (every run checks that).

use std::process::Command;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use diffpurge::changes::compare;
use diffpurge::config::{Config, Environment};
use diffpurge::edge::Edge;
use diffpurge::mapping::{judge, map};
use diffpurge::plan::{Plan, Setting};
use diffpurge::provider::Provider;
use diffpurge::send::{Credentials, Http, Receipt, RetryPolicy, Sender, Shipment};
use diffpurge::snapshot::Repository;

use crate::support::{Fault, Ran, Repo, TOKEN, Tool, Toxic, ZONE, diffpurge, edge, kept, warm};

/// A site of `n` files, all of which changed.
fn site(n: usize) -> Repo {
    let repo = Repo::of(&[
        ("purge.toml", "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n"),
        ("index.html", "1"),
    ]);
    let paths = || (0..n).map(|i| format!("{i:03}.css"));
    repo.files(paths(), "1").commit();
    repo.files(paths(), "2").commit();
    repo
}

/// An edge that keeps all of the site.
fn warmed(n: usize) -> Edge {
    let edge = edge();
    let urls: Vec<String> = (0..n).map(|i| format!("https://www.example.com/{i:03}.css")).collect();
    warm(&edge, &urls.iter().map(String::as_str).collect::<Vec<_>>());
    edge
}

fn purge(repo: &Repo, options: &[&str]) -> Tool {
    diffpurge([&["purge", "HEAD~1"], options].concat()).within(repo)
}

#[test]
fn throttled_requests_wait_as_asked_and_then_go() {
    let (repo, edge) = (site(150), warmed(150));
    // Of the two, which go at once, the one with the hundred URLs.
    let throttled = |n: usize, body: &str| {
        let is_it = n < 2 && body.contains("/000.css");
        if is_it { Fault::envelope(429, "retry-after: 1\r\n", 1134, "rate limit reached") } else { Fault::Pass }
    };
    let toxic = Toxic::before(&edge, throttled);
    let start = Instant::now();
    let ran = purge(&repo, &[]).through(&toxic).run().exits(0).says("accepted: 150 URLs in 2 requests");
    assert!(start.elapsed() >= Duration::from_secs(1));
    let host = toxic.api_base().split('/').nth(2).unwrap().to_owned();
    let said = format!(
        "www: HTTP 429, rate limit reached (code 1134): asking {host} again in 1.0 s (attempt 2), for 100 operations"
    );
    assert!(ran.stderr.contains(&said), "{}", ran.stderr);
    assert_eq!((kept(&edge), toxic.requests()), (Vec::<String>::new(), 3));
}

#[test]
fn a_wait_beyond_what_the_user_allows_is_not_waited() {
    let (repo, edge) = (site(1), warmed(1));
    let toxic = Toxic::before(&edge, |_, _| Fault::envelope(429, "retry-after: 300\r\n", 971, "slow down"));
    let start = Instant::now();
    let ran = purge(&repo, &["--retry-for", "60"]).through(&toxic).run().exits(1).says("NOT purged: 1 of 1 operation");
    assert!(start.elapsed() < Duration::from_secs(30));
    assert!(ran.stdout.contains("; it asks to wait 300 s, and `--retry-for` is 60 s"), "{}", ran.stdout);
    assert_eq!(toxic.requests(), 1);
}

#[test]
fn a_server_that_stumbles_is_asked_again() {
    for fault in [
        Fault::Answer(500, "", "oops".to_owned()),
        Fault::Answer(503, "retry-after: 0\r\n", String::new()),
        Fault::Reset,
    ] {
        let (repo, edge) = (site(1), warmed(1));
        let first = fault.clone();
        let toxic = Toxic::before(&edge, move |n, _| if n == 0 { first.clone() } else { Fault::Pass });
        purge(&repo, &[]).through(&toxic).run().exits(0).says("accepted: 1 URL in 1 request");
        assert_eq!((kept(&edge).len(), toxic.requests()), (0, 2), "{fault:?}");
    }
}

#[test]
fn a_server_that_stays_down_is_given_up_and_the_others_are_not_stopped() {
    let (repo, edge) = (site(250), warmed(250));
    // The batch of the middle hundred never gets through.
    let toxic = Toxic::before(&edge, |_, body| {
        if body.contains("/150.css") { Fault::Answer(502, "", "<html>bad gateway".to_owned()) } else { Fault::Pass }
    });
    let ran = purge(&repo, &["--retry-for", "1"]).through(&toxic).run().exits(1);
    let ran = ran
        .says("NOT purged: 100 of 250 operations")
        .says("accepted: 150 operations in 2 requests")
        .says("gave-up: HTTP 502");
    assert!(ran.stdout.contains("https://www.example.com/100.css"), "{}", ran.stdout);
    let left: Vec<String> = (100..200).map(|i| format!("https://www.example.com/{i:03}.css")).collect();
    assert_eq!(kept(&edge), left);
}

#[test]
fn silence_is_no_answer_and_asked_again_until_the_time_is_up() {
    let (repo, edge) = (site(1), warmed(1));
    let toxic = Toxic::before(&edge, |_, _| Fault::Hang);
    let policy = RetryPolicy { timeout: ms(150), base: ms(10), deadline: ms(400), ..RetryPolicy::default() };
    let receipts = send(&repo, &toxic, policy);
    assert_eq!((receipts.len(), receipts[0].word(), receipts[0].status), (1, "gave-up", None));
    assert!(receipts[0].why().unwrap().starts_with("no answer in time; "), "{:?}", receipts[0]);
    assert_eq!(usize::try_from(receipts[0].attempts).unwrap(), toxic.requests());
    assert!((1..=4).contains(&receipts[0].attempts), "{:?}", receipts[0]);
}

#[test]
fn a_server_that_is_down_is_not_asked_for_every_batch() {
    let (repo, edge) = (site(2000), edge());
    let toxic = Toxic::before(&edge, |_, _| Fault::Answer(503, "", String::new()));
    let ran = purge(&repo, &["--retry-for", "0"])
        .through(&toxic)
        .run()
        .exits(1)
        .says("NOT purged: 2,000 of 2,000 operations");
    assert!(ran.stdout.contains("not-sent: the server did not answer any request"), "{}", ran.stdout);
    assert!(toxic.requests() <= 8, "{} requests", toxic.requests());
}

#[test]
fn a_wait_that_is_too_long_holds_every_batch_back() {
    let (repo, edge) = (site(2000), edge());
    let toxic = Toxic::before(&edge, |_, _| Fault::envelope(429, "retry-after: 600\r\n", 1134, "slow down"));
    let ran = purge(&repo, &[])
        .through(&toxic)
        .run()
        .exits(1)
        .says("not-sent: the API asks to wait longer than `--retry-for`");
    assert!(ran.stdout.lines().count() < 50 && toxic.requests() <= 4, "{} requests", toxic.requests());
}

/// Sends the site's plan as the binary does, with a policy of the test's own.
fn send(repo: &Repo, toxic: &Toxic, policy: RetryPolicy) -> Vec<Receipt> {
    let text = std::fs::read_to_string(repo.path().join("purge.toml")).unwrap();
    let site = Config::parse(&text, "purge.toml").unwrap().sites.remove(0);
    let repository = Repository::open(Some(repo.path())).unwrap();
    let (from, to) = (repository.one("HEAD~1", &site.output).unwrap(), repository.one("HEAD", &site.output).unwrap());
    let changes = compare(&from, &to, site.symlinks, &site.rules).unwrap();
    let mapping = map(&judge(&changes, &site), &[], &site);
    let environment: Environment = [
        ("CLOUDFLARE_BASE_URL", toxic.api_base()),
        ("CLOUDFLARE_API_TOKEN", TOKEN.to_owned()),
        ("CLOUDFLARE_ZONE_ID", ZONE.to_owned()),
    ]
    .into_iter()
    .collect();
    let provider = Provider::for_site(&site, &environment).unwrap();
    let setting = Setting { capabilities: provider.capabilities(), inventory: None, neighbours: &[] };
    let plan = Plan::new(&site, (from.name(), to.name()), changes, mapping, &setting);
    let credentials = Credentials::find(&environment, &provider.keys().unwrap(), |stored| panic!("{stored}")).unwrap();
    let sender = Sender::new(Http::local().unwrap(), credentials, policy, provider.capabilities().pace);
    let target = provider.targets().unwrap().remove(0);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let shipment = Shipment { plan: &plan, provider: &provider, target: &target };
    runtime.block_on(sender.send(shipment, std::future::pending(), &|_| {}))
}

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

#[test]
fn nobody_listening_is_an_error_of_the_connection() {
    let repo = site(1);
    let tool = purge(&repo, &["--retry-for", "0"]).against_address("http://127.0.0.1:1");
    tool.run().exits(1).says("NOT purged: 1 of 1 operation").says("gave-up: no connection: ");
}

#[test]
fn service_workers_and_the_home_page_wait_for_all_the_others() {
    let (repo, edge) = (site(250), edge());
    repo.file("sw.js", "2").file("index.html", "2").commit();
    let last = Arc::new(Mutex::new(Vec::new()));
    let seen = last.clone();
    let stumble = move |n: usize, body: &str| {
        seen.lock().unwrap().push(body.contains("/sw.js\"") && body.contains("https://www.example.com/\""));
        if n == 0 { Fault::Answer(503, "retry-after: 1\r\n", String::new()) } else { Fault::Pass }
    };
    let toxic = Toxic::before(&edge, stumble);
    let tool = diffpurge(["purge", "HEAD~2", "--format", "json"]).within(&repo).through(&toxic);
    tool.run().exits(0);
    // The first request is asked again after a second; the last one comes behind even that.
    assert_eq!(*last.lock().unwrap(), [false, false, false, true]);
}

#[test]
fn success_false_with_status_200_is_no_success() {
    let (repo, edge) = (site(1), warmed(1));
    let toxic = Toxic::before(&edge, |_, _| Fault::envelope(200, "", 1234, "not today"));
    purge(&repo, &[]).through(&toxic).run().exits(1).says("refused: HTTP 200, not today (code 1234)");
    assert_eq!((kept(&edge).len(), toxic.requests()), (1, 1));
}

#[test]
fn one_bad_url_among_a_hundred_is_found_and_named_and_the_rest_are_purged() {
    let (repo, edge) = (site(100), warmed(100));
    let bad = |_: usize, body: &str| {
        if body.contains("/042.css") {
            Fault::envelope(400, "", 1000, "Unable to purge https://www.example.com/042.css, which is an invalid URL.")
        } else {
            Fault::Pass
        }
    };
    let toxic = Toxic::before(&edge, bad);
    let ran = purge(&repo, &[])
        .through(&toxic)
        .run()
        .exits(1)
        .says("NOT purged: 1 of 100 operations")
        .says("accepted: 99 operations");
    assert!(
        ran.stdout.contains("refused: HTTP 400, Unable to purge https://www.example.com/042.css"),
        "{}",
        ran.stdout
    );
    assert_eq!(kept(&edge), ["https://www.example.com/042.css"]);
    assert!(toxic.requests() <= 15, "halving 100 takes at most 2 × 7 + 1 requests, not {}", toxic.requests());
}

#[test]
fn when_every_request_is_refused_the_search_for_one_bad_url_ends_soon() {
    let (repo, edge) = (site(1000), edge());
    let toxic = Toxic::before(&edge, |_, _| Fault::envelope(400, "", 4711, "something else is wrong"));
    let ran = purge(&repo, &[]).through(&toxic).run().exits(1).says("NOT purged: 1,000 of 1,000 operations");
    assert!(ran.stdout.contains("not-sent: every request so far was refused"), "{}", ran.stdout);
    assert!(toxic.requests() <= 30, "{} requests", toxic.requests());
}

#[test]
fn a_wrong_token_is_refused_once_and_not_for_each_batch() {
    let (repo, edge) = (site(1000), edge());
    let tool = purge(&repo, &[]).against(&edge).env("CLOUDFLARE_API_TOKEN", "another-token");
    let ran = tool
        .run()
        .exits(1)
        .says("NOT purged: 1,000 of 1,000 operations")
        .says("HTTP 403, Authentication error (code 10000)");
    assert!(ran.stdout.contains("hint: check the token: it needs the permission Zone > Cache Purge"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("another-token") && !ran.stderr.contains("another-token"));
    assert!(edge.recorded().len() <= 4, "what holds for one batch holds for all");
}

#[test]
fn a_page_of_somebody_else_is_not_taken_for_a_word_on_the_token() {
    let edge = warmed(150);
    let repo = site(150);
    let page = "<!DOCTYPE html>\n<html><head><title>Attention Required! | Cloudflare</title></head></html>";
    let toxic = Toxic::before(&edge, move |_, _| Fault::Answer(403, "", page.to_owned()));
    let ran = purge(&repo, &[]).through(&toxic).run().exits(1);
    let ran = ran.says("refused: HTTP 403, an HTML page titled Attention Required! | Cloudflare\n");
    let ran = ran.says("hint: this is not the API's answer, but a firewall's or a proxy's on the way");
    assert!(!ran.stdout.contains("check the token"), "{}", ran.stdout);
    let looks = Toxic::before_look_ups(&edge, move |_, _| Fault::Answer(403, "", page.to_owned()));
    let ran = diffpurge(["check"]).within(&repo).through(&looks).run().exits(1);
    ran.says("warn  token        cannot tell: HTTP 403, an HTML page")
        .says("fail  zone         HTTP 403, an HTML page");
}

#[test]
fn the_errors_behind_an_error_are_shown() {
    let edge = warmed(1);
    let body = r#"{"success":false,"errors":[{"code":6003,"message":"Invalid request headers","error_chain":[{"code":6111,"message":"Invalid format for Authorization header"}]}],"messages":[],"result":null}"#;
    let toxic = Toxic::before(&edge, move |_, _| Fault::Answer(400, "", body.to_owned()));
    let ran = purge(&site(1), &[]).through(&toxic).run().exits(1);
    let ran = ran.says("Invalid request headers (code 6003): Invalid format for Authorization header (code 6111)");
    ran.says("hint: the token is malformed");
    for (status, code, message) in [(401, 1000, "Invalid API Token"), (403, 9109, "Invalid access token")] {
        let toxic = Toxic::before(&edge, move |_, _| Fault::envelope(status, "", code, message));
        let ran = purge(&site(1), &[]).through(&toxic).run().exits(1);
        ran.says("hint: the API does not take this token for one: copy it again");
    }
}

#[test]
fn a_wrong_zone_is_said_to_be_one() {
    let (repo, edge) = (site(1), edge());
    let tool = purge(&repo, &[]).against(&edge).env("CLOUDFLARE_ZONE_ID", "f".repeat(32));
    tool.run().exits(1).says("(code 7003)").says("hint: check the zone id");
}

#[test]
fn a_refusal_of_one_batch_after_another_was_accepted_stops_nothing() {
    let (repo, edge) = (site(500), warmed(500));
    // The third batch is answered when the fifth comes: with four in flight, one of the others was accepted by then.
    let fifth = Arc::new((Mutex::new(false), Condvar::new()));
    let flaky = move |_: usize, body: &str| {
        let (came, told) = &*fifth;
        if body.contains("/450.css") {
            *came.lock().unwrap() = true;
            told.notify_all();
        }
        if !body.contains("/250.css") {
            return Fault::Pass;
        }
        drop(told.wait_while(came.lock().unwrap(), |came| !*came).unwrap());
        Fault::envelope(401, "", 10000, "Authentication error")
    };
    let toxic = Toxic::before(&edge, flaky);
    purge(&repo, &[])
        .through(&toxic)
        .run()
        .exits(1)
        .says("NOT purged: 100 of 500 operations")
        .says("accepted: 400 operations");
    assert_eq!(kept(&edge).len(), 100);
}

#[test]
fn a_server_that_repeats_the_token_does_not_get_it_printed() {
    let (repo, edge) = (site(1), edge());
    let toxic = Toxic::before(&edge, |_, _| Fault::envelope(403, "", 9109, &format!("Invalid access token {TOKEN}")));
    purge(&repo, &["-v"]).through(&toxic).run().exits(1).says("Invalid access token [token] (code 9109)");
}

#[test]
fn a_server_that_hides_the_token_in_ids_or_long_texts_does_not_get_it_printed_either() {
    let (repo, edge) = (site(1), edge());
    let ray: &'static str = Box::leak(format!("cf-ray: {TOKEN}\r\n").into_boxed_str());
    let accepted = format!(r#"{{"success":true,"result":{{"id":"{TOKEN}"}}}}"#);
    let long = format!("{} Bearer {TOKEN}", "x".repeat(285));
    let spelled = TOKEN.replace('t', "\\u0074");
    let in_an_id = format!(r#"{{"success":true,"result":{{"id":"{spelled}"}}}}"#);
    for answer in [
        Fault::Answer(200, ray, accepted),
        Fault::Answer(200, ray, in_an_id),
        Fault::Answer(502, ray, long.clone()),
        Fault::envelope(400, "", 1, &long),
        Fault::Answer(400, "", format!(r#"{{"success":false,"errors":[{{"code":1,"message":"{spelled}"}}]}}"#)),
    ] {
        let toxic = Toxic::before(&edge, move |_, _| answer.clone());
        let ran = purge(&repo, &["-v", "--format", "json", "--retry-for", "0"]).through(&toxic).run();
        assert!(!format!("{ran:?}").contains(&TOKEN[..12]), "{ran:?}");
    }
}

#[test]
fn a_redirect_is_never_followed_with_the_token() {
    let (repo, edge) = (site(1), edge());
    let elsewhere = Toxic::before(&edge, |_, _| Fault::Pass);
    let location: &'static str = Box::leak(format!("location: {}\r\n", elsewhere.api_base()).into_boxed_str());
    let toxic = Toxic::before(&edge, move |_, _| Fault::Answer(307, location, String::new()));
    purge(&repo, &[]).through(&toxic).run().exits(1).says("HTTP 307").says("redirects are never followed");
    assert_eq!(elsewhere.requests(), 0);
}

#[test]
fn an_answer_that_forges_commands_or_lines_is_shown_as_text() {
    let (repo, edge) = (site(1), edge());
    let toxic =
        Toxic::before(&edge, |_, _| Fault::Answer(400, "", "x\r\n::error::forged ##[command]\u{1b}[31m".to_owned()));
    let ran = purge(&repo, &[]).through(&toxic).env("GITHUB_ACTIONS", "true").run().exits(1);
    for line in ran.stdout.lines().chain(ran.stderr.lines()) {
        assert!(
            !line.trim_start().starts_with("::error::forged") && !line.contains("##[") && !line.contains('\u{1b}'),
            "{line:?}"
        );
    }
}

#[test]
fn interrupted_it_says_what_was_accepted_and_exits_1() {
    let (repo, edge) = (site(700), warmed(700));
    // Two batches pass, the third hangs: the run is in the middle of it.
    let toxic = Toxic::before(&edge, |n, _| if n < 2 { Fault::Pass } else { Fault::Hang });
    let child = purge(&repo, &[]).through(&toxic).start();
    (0..4).for_each(|_| toxic.wait_for_a_hang());
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let start = Instant::now();
    let ran = Ran::of(child)
        .exits(1)
        .says("NOT purged: 500 of 700 operations")
        .says("accepted: 200 operations in 2 requests");
    assert!(start.elapsed() < Duration::from_secs(20));
    assert!(
        ran.stdout.contains("unanswered: interrupted before the answer came")
            && ran.stdout.contains("not-sent: interrupted"),
        "{}",
        ran.stdout
    );
    assert_eq!(kept(&edge).len(), 500);
}

#[test]
fn interrupted_with_two_sites_under_way_it_reports_on_both() {
    let text = "[[site]]\nname = \"a\"\nbase_urls = [\"https://a.example.com/\"]\n[[site]]\nname = \"b\"\nbase_urls = [\"https://b.example.com/\"]\n";
    let (repo, edge) = (site(3), edge());
    repo.file("purge.toml", text);
    let toxic = Toxic::before(&edge, |_, _| Fault::Hang);
    let child = purge(&repo, &["--out", "report.json"]).through(&toxic).start();
    toxic.wait_for_a_hang();
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    let ran = Ran::of(child).exits(1).says("a: NOT purged: 3 of 3 operations").says("b: NOT purged: 3 of 3 operations");
    assert!(ran.stdout.contains("unanswered: "), "{}", ran.stdout);
    let json: serde_json::Value =
        serde_json::from_slice(&std::fs::read(repo.path().join("report.json")).unwrap()).unwrap();
    // Both were on their way; the second may have been stopped before its first request.
    let outcome = |site: usize| json["sites"][site]["receipts"][0]["outcome"].as_str().unwrap().to_owned();
    assert!([outcome(0), outcome(1)].contains(&"unanswered".to_owned()), "{json}");
    assert!([outcome(0), outcome(1)].iter().all(|word| ["unanswered", "not-sent"].contains(&word.as_str())), "{json}");
}

#[test]
fn asked_twice_to_end_it_ends_at_once() {
    use std::os::unix::process::ExitStatusExt as _;
    let (repo, edge) = (site(1), edge());
    let toxic = Toxic::before(&edge, |_, _| Fault::Hang);
    let mut child = purge(&repo, &[]).through(&toxic).start();
    toxic.wait_for_a_hang();
    let pid = child.id().to_string();
    let kill = || Command::new("kill").args(["-INT", &pid]).status().unwrap();
    // The second one is only told apart from the first once that was heard: ask until it is gone.
    let start = Instant::now();
    let status = loop {
        assert!(start.elapsed() < Duration::from_secs(20));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        kill();
    };
    assert_eq!(status.signal(), Some(2), "by the signal, without a report");
}

#[test]
fn after_a_failure_the_same_command_finishes_the_job() {
    let (repo, edge) = (site(150), warmed(150));
    let toxic = Toxic::before(&edge, |_, body| if body.contains("/120.css") { Fault::Reset } else { Fault::Pass });
    purge(&repo, &["--retry-for", "0"]).through(&toxic).run().exits(1);
    assert_eq!(kept(&edge).len(), 50);
    purge(&repo, &[]).against(&edge).run().exits(0);
    assert_eq!(kept(&edge).len(), 0);
    assert!(edge.recorded().iter().all(|r| r.path.contains(ZONE)));
}
