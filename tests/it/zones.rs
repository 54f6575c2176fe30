//! Before the first purge: hosts outside of the zone are refused where the token can read it, and only there.

use std::time::{Duration, Instant};

use diffpurge::edge::Access;

use crate::support::{Fault, Repo, TOKEN, Tool, Toxic, ZONE, diffpurge, edge, edge_with, kept, warm};

fn site(base_url: &str, more: &str) -> Repo {
    let repo = Repo::of(&[
        ("purge.toml", &format!("[[site]]\nname = \"www\"\nbase_urls = [\"{base_url}\"]\n{more}")),
        ("index.html", "1"),
    ]);
    repo.file("a.css", "1").commit();
    repo
}

fn purge(repo: &Repo, options: &[&str]) -> Tool {
    diffpurge([&["purge", "HEAD~1"], options].concat()).within(repo)
}

#[test]
fn a_host_outside_of_the_zone_is_refused_before_anything_is_sent() {
    let edge = edge();
    for (base_url, more, host) in [
        ("https://www.example.org/", "", "www.example.org lies"),
        ("https://notexample.com/", "", "notexample.com lies"),
        (
            "https://www.example.com/",
            "[[site.rule]]\nmatch = [\"x\"]\nhosts = [\"img.example.org\"]\n",
            "img.example.org lies",
        ),
        (
            "https://www.example.com/",
            "[[site.rule]]\nmatch = [\"x\"]\nprefixes = [\"img.example.org/a/\"]\n",
            "img.example.org lies",
        ),
        ("https://a.example.net/\", \"https://b.example.org/", "", "a.example.net and 1 other host lie"),
    ] {
        let repo = site(base_url, more);
        for format in ["human", "json"] {
            let ran = purge(&repo, &["--format", format]).against(&edge).run().exits(2);
            let error = format!("site www: {host} outside of the zone example.com, so nothing was sent");
            ran.fails_with(&error, "correct `base_urls` or the zone id");
        }
    }
    assert_eq!(edge.recorded(), []);
}

#[test]
fn one_site_outside_of_its_zone_is_left_out_and_the_others_go() {
    let edge = edge();
    let repo =
        site("https://www.example.com/", "[[site]]\nname = \"org\"\nbase_urls = [\"https://www.example.org/\"]\n");
    let ran = purge(&repo, &[]).against(&edge).run().exits(2).says("www: accepted: 1 URL in 1 request");
    ran.errs_with("site org: www.example.org lies outside", "zone id");
    assert_eq!((edge.recorded().len(), edge.looked_up().len()), (1, 1), "one zone is asked for once");
    purge(&repo, &["-s", "www"]).against(&edge).run().exits(0);
}

#[test]
fn a_token_that_cannot_read_zones_goes_on_and_says_so_on_request() {
    let edge = edge_with(Access { reads_zones: false, ..Access::default() });
    let repo = site("https://www.example.com/", "");
    warm(&edge, &["https://www.example.com/a.css"]);
    let ran = purge(&repo, &[]).against(&edge).run().exits(0).says("accepted: 1 URL");
    assert_eq!((ran.stderr.as_str(), kept(&edge).len()), ("", 0), "it is not said each time");
    let ran = purge(&repo, &["-v"]).against(&edge).run().exits(0);
    let note = "note: www: cannot tell whether www.example.com belongs to the zone: HTTP 403, Unauthorized to access requested resource (code 9109)";
    assert!(ran.stderr.lines().any(|line| line == note), "{}", ran.stderr);
    // The API itself refuses what lies outside.
    let foreign = site("https://www.example.org/", "");
    purge(&foreign, &[]).against(&edge).run().exits(1).says("refused: HTTP 400");
}

#[test]
fn whatever_else_the_zone_answers_the_purge_goes_on() {
    let edge = edge();
    let repo = site("https://www.example.org/", "");
    for fault in [
        Fault::envelope(404, "", 7003, "Could not route"),
        Fault::envelope(401, "", 1000, "Invalid API Token"),
        Fault::envelope(429, "retry-after: 300\r\n", 971, "slow down"),
        Fault::envelope(200, "", 1, "success is false"),
        Fault::Answer(200, "", "<html>".to_owned()),
        Fault::Answer(200, "", r#"{"success":true,"result":{"name":null}}"#.to_owned()),
        Fault::Answer(302, "location: http://127.0.0.1:1/\r\n", String::new()),
        Fault::Answer(500, "", String::new()),
        Fault::Reset,
    ] {
        let shown = format!("{fault:?}");
        let toxic = Toxic::before_look_ups(&edge, move |_, _| fault.clone());
        let ran = purge(&repo, &["-v"]).through(&toxic).run().exits(1).says("refused: HTTP 400");
        assert!(
            ran.stderr.contains("note: www: cannot tell whether www.example.org belongs"),
            "{shown}: {}",
            ran.stderr
        );
        assert_eq!(toxic.requests(), 1, "{shown}: asked once");
    }
}

#[test]
fn a_zone_that_does_not_answer_is_not_waited_for_long() {
    let edge = edge();
    let repo = site("https://www.example.com/", "");
    let toxic = Toxic::before_look_ups(&edge, |_, _| Fault::Hang);
    let start = Instant::now();
    let ran = purge(&repo, &["-v"]).through(&toxic).run().exits(0).says("accepted: 1 URL");
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    assert!(ran.stderr.contains(": no answer in time"), "{}", ran.stderr);
}

#[test]
fn a_zone_s_answer_cannot_command_a_runner_or_show_the_token() {
    let edge = edge();
    let repo = site("https://www.example.com/", "");
    let name = format!(r"x\n::error::forged ##[group] {}\u001b[31m", TOKEN.replace('t', "\\u0074"));
    let body = format!(r#"{{"success":true,"errors":[],"result":{{"name":"{name}"}}}}"#);
    let toxic = Toxic::before_look_ups(&edge, move |_, _| Fault::Answer(200, "", body.clone()));
    let ran = purge(&repo, &[]).through(&toxic).env("GITHUB_ACTIONS", "true").run().exits(2);
    for line in ran.stderr.lines() {
        assert!(!line.starts_with("::error::forged") && !line.contains("##[") && !line.contains('\u{1b}'), "{line}");
    }
    assert!(ran.stderr.contains("[token]"), "{}", ran.stderr);
}

#[test]
fn neither_a_plan_nor_a_purge_of_nothing_looks_anything_up() {
    let edge = edge();
    let repo = site("https://www.example.com/", "");
    diffpurge(["plan", "HEAD~1"]).within(&repo).against(&edge).run().exits(0);
    purge(&repo, &["--dry-run"]).against(&edge).run().exits(0);
    diffpurge(["purge", "HEAD"]).within(&repo).against(&edge).run().exits(0);
    assert_eq!(edge.looked_up(), Vec::<String>::new());
    purge(&repo, &[]).against(&edge).run().exits(0);
    assert_eq!(edge.looked_up(), [format!("/zones/{ZONE}")]);
}

#[test]
fn who_else_goes_with_everything_is_said_where_the_token_can_read_it() {
    let hosts = |names: &[&str]| names.iter().map(|name| format!("{name}.example.com")).collect::<Vec<_>>();
    let repo = site("https://www.example.com/", "[[site.rule]]\nmatch = [\"**\"]\nscope = \"everything\"\n");
    let end = "; `then = \"hosts\"` keeps to the site's hosts";
    for (names, reads_dns, want) in [
        (&["www", "shop"][..], true, Some("shop.example.com")),
        (
            &["www", "a", "b", "c", "d", "e", "f", "g"],
            true,
            Some("a.example.com, b.example.com, c.example.com, d.example.com, e.example.com and 2 other hosts"),
        ),
        (&["www"], true, None),
        (&["www", "shop"], false, None),
    ] {
        let edge = edge_with(Access { hosts: hosts(names), reads_dns, ..Access::default() });
        let ran = purge(&repo, &[]).against(&edge).run().exits(0).says("1 purge of everything");
        let want =
            want.map(|named| format!("warning: www: everything in the zone is purged, and with it {named}{end}\n"));
        assert_eq!(ran.stderr, want.unwrap_or_default(), "{names:?} {reads_dns}");
        assert_eq!(edge.recorded().len(), 1);
        let mut looked_up = edge.looked_up();
        looked_up.sort_unstable();
        assert_eq!(looked_up, [format!("/zones/{ZONE}"), format!("/zones/{ZONE}/dns_records")]);
    }
    // Whatever else is purged asks for no records.
    let edge = edge_with(Access { hosts: hosts(&["www", "shop"]), reads_dns: true, ..Access::default() });
    let ran = purge(&site("https://www.example.com/", ""), &[]).against(&edge).run().exits(0);
    assert_eq!((ran.stderr.as_str(), edge.looked_up()), ("", vec![format!("/zones/{ZONE}")]));
}

#[test]
fn a_list_of_hosts_cannot_command_a_runner_or_stop_the_purge() {
    let repo = site("https://www.example.com/", "[[site.rule]]\nmatch = [\"**\"]\nscope = \"everything\"\n");
    let name = format!(r"x\n::error::forged {}", TOKEN.replace('t', "\\u0074"));
    let forged = format!(r#"{{"success":true,"errors":[],"result":[{{"type":"A","proxied":true,"name":"{name}"}}]}}"#);
    for (fault, names_it) in [
        (Fault::Answer(200, "", forged), true),
        (Fault::Answer(200, "", "<html>".to_owned()), false),
        (Fault::envelope(403, "", 9109, "no"), false),
        (Fault::Answer(500, "", String::new()), false),
        (Fault::Reset, false),
    ] {
        let shown = format!("{fault:?}");
        let edge = edge();
        let toxic = Toxic::before_look_ups(&edge, move |_, _| fault.clone());
        let ran = purge(&repo, &[]).through(&toxic).run().exits(0).says("accepted: 1 purge of everything");
        assert_eq!(ran.stderr.contains("and with it"), names_it, "{shown}: {}", ran.stderr);
        assert!(
            !ran.stderr.lines().any(|line| line.starts_with("::error")) && !ran.stderr.contains(TOKEN),
            "{}",
            ran.stderr
        );
    }
}
