//! `diffpurge check`: each of its lines in every state, against an edge that answers look-ups, and never a purge.

use diffpurge::edge::{Access, Edge};
use serde_json::Value;

use crate::support::{Fault, Repo, TOKEN, Tool, Toxic, ZONE, diffpurge, edge, edge_with};

const SITE: &str = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n";

fn site(more: &str) -> Repo {
    Repo::of(&[("purge.toml", &format!("{SITE}{more}")), ("public/a.css", "1")])
}

fn check(repo: &Repo, edge: &Edge) -> Tool {
    diffpurge(["check"]).within(repo).against(edge)
}

/// Level and text (with the advice) of a run's line about a subject.
#[track_caller]
fn line(stdout: &str, subject: &str) -> (String, String) {
    let found = stdout.lines().filter_map(|l| l.strip_prefix("  ")?.split_once("  ")).find_map(|(level, rest)| {
        let text = rest.trim_start().strip_prefix(subject)?.trim_start();
        Some((level.trim().to_owned(), text.to_owned()))
    });
    found.unwrap_or_else(|| panic!("no line about {subject}:\n{stdout}"))
}

/// Asserts a line's level and a part of its text.
#[track_caller]
fn has(stdout: &str, subject: &str, level: &str, text: &str) {
    let (is, said) = line(stdout, subject);
    assert!(is == level && said.contains(text), "{subject} is {is:?}, {said:?}:\n{stdout}");
    assert_eq!(said.contains("; hint: "), level != "ok", "whatever is not well comes with advice: {said}");
}

#[test]
fn where_all_is_well_every_line_says_so_and_nothing_is_purged() {
    let edge = edge();
    let ran = check(&site("output = \"public\"\n"), &edge).run().exits(0);
    assert_eq!(ran.stdout.lines().next(), Some("www: 7 ok"));
    for (subject, text) in [
        ("config", "valid, with https://www.example.com/"),
        ("output", "public is in HEAD ("),
        ("credentials", "a token from CLOUDFLARE_API_TOKEN"),
        ("token", "active"),
        ("zone", "example.com covers www.example.com"),
        ("permission", "only a purge proves"),
        ("clock", "of the API's"),
    ] {
        has(&ran.stdout, subject, "ok", text);
    }
    assert_eq!((ran.stdout.lines().count(), ran.stderr.as_str()), (8, ""));
    assert_eq!(edge.recorded(), []);
    assert_eq!(edge.looked_up(), ["/user/tokens/verify".to_owned(), format!("/zones/{ZONE}")]);
    let brief = diffpurge(["check", "-q"]).within(&site("")).against(&edge).run().exits(0);
    assert_eq!(brief.stdout, "www: 7 ok\n", "what is well is left out");
}

#[test]
fn a_glob_that_matches_no_file_is_a_warning_with_the_one_that_was_meant() {
    let config = "output = \"public\"\nignore = [\"**/*.css\", \"*.woff2\"]\n[[site.rule]]\nmatch = [\"**\", \"fonts\"]\ntags = [\"t\"]\n";
    let repo = site(config);
    repo.file("public/fonts/a.woff2", "1").commit();
    let ran = check(&repo, &edge()).run().exits(0);
    for text in [
        "the glob *.woff2 of `ignore` matches no file of HEAD; hint: did you mean `**/*.woff2`?",
        "the glob fonts in `match` of rule 1 matches no file of HEAD; hint: did you mean `fonts/**`?",
    ] {
        assert!(ran.stdout.lines().any(|line| line.contains("warn") && line.ends_with(text)), "{}", ran.stdout);
    }
    assert_eq!(ran.stdout.matches("matches no file").count(), 2, "{}", ran.stdout);
}

#[test]
fn a_token_for_purges_alone_is_no_fault() {
    let edge = edge_with(Access { reads_zones: false, ..Access::default() });
    let ran = check(&site(""), &edge).run().exits(0);
    has(&ran.stdout, "token", "ok", "active");
    has(&ran.stdout, "zone", "warn", "cannot tell: HTTP 403, Unauthorized to access requested resource (code 9109)");
    has(&ran.stdout, "permission", "warn", "only a purge proves it");
    has(&ran.stdout, "clock", "ok", "of the API's");
}

#[test]
fn only_what_the_api_calls_disabled_or_expired_is_a_faulty_token() {
    for status in ["disabled", "expired"] {
        let edge = edge_with(Access { status, ..Access::default() });
        let ran = check(&site(""), &edge).run().exits(1);
        has(&ran.stdout, "token", "fail", status);
        has(&ran.stdout, "zone", "warn", "cannot tell: HTTP 403");
    }
}

/// The account that the edge's zone belongs to.
const ACCOUNT: &str = "01a7362d577a6c3019a474fd6f485823";

#[test]
fn an_accounts_token_is_verified_where_its_account_is_known() {
    let verify = format!("/accounts/{ACCOUNT}/tokens/verify");
    let edge = edge_with(Access { is_the_accounts: true, ..Access::default() });
    // The zone says whose it is.
    let ran = check(&site(""), &edge).run().exits(0);
    has(&ran.stdout, "token", "ok", "active, and its account's own");
    assert_eq!(edge.looked_up().last(), Some(&verify));
    let edge = edge_with(Access { is_the_accounts: true, reads_zones: false, ..Access::default() });
    let ran = check(&site(""), &edge).run().exits(0);
    has(&ran.stdout, "token", "warn", "cannot tell: HTTP 401, Invalid API Token (code 1000)");
    assert!(line(&ran.stdout, "token").1.contains("CLOUDFLARE_ACCOUNT_ID"), "{}", ran.stdout);
    let repo = site("");
    let ran = check(&repo, &edge).env("CLOUDFLARE_ACCOUNT_ID", ACCOUNT).run().exits(0);
    has(&ran.stdout, "token", "ok", "active, and its account's own");
    let table = format!("[site.cloudflare]\naccount_id = \"{ACCOUNT}\"\n");
    has(&check(&site(&table), &edge).run().exits(0).stdout, "token", "ok", "active, and its account's own");
    let repo = site(&table);
    let without_zone = check(&repo, &edge).env("CLOUDFLARE_ZONE_ID", "").run();
    has(&without_zone.stdout, "token", "ok", "active, and its account's own");
    // A user's token is not asked about there, and a variable that is no id is none.
    let edge = self::edge();
    let repo = site(&table);
    let tool = check(&repo, &edge).env("CLOUDFLARE_ACCOUNT_ID", "example.com");
    has(&tool.run().exits(0).stdout, "token", "ok", "active");
    assert!(!edge.looked_up().contains(&verify));
    let bad = table.replace(ACCOUNT, "tok-3n");
    check(&site(&bad), &edge)
        .run()
        .exits(2)
        .fails_with("this is not an account's id, but 6 characters", "32 hex digits");
    for status in ["disabled", "expired"] {
        let edge = edge_with(Access { is_the_accounts: true, reads_zones: false, status, ..Access::default() });
        has(&check(&site(&table), &edge).run().exits(1).stdout, "token", "fail", status);
    }
}

#[test]
fn a_token_that_the_api_refuses_is_a_fault() {
    let edge = edge();
    for (status, code, message, is_fault) in [
        (401, 1000, "Invalid API Token", true),
        (403, 9109, "Invalid access token", true),
        (403, 9109, "Unauthorized to access requested resource", true),
        (403, 10000, "Authentication error", false),
        (500, 0, "broken", false),
        (429, 971, "Please wait", false),
    ] {
        let toxic = Toxic::before_look_ups(&edge, move |_, _| Fault::envelope(status, "", code, message));
        let ran = diffpurge(["check"]).within(&site("")).through(&toxic).run().exits(i32::from(is_fault));
        let why = format!("HTTP {status}, {message} (code {code})");
        let (level, text) = if is_fault { ("fail", "the API refuses it: ") } else { ("warn", "cannot tell: ") };
        has(&ran.stdout, "token", level, &format!("{text}{why}"));
    }
    // One that is none of the account's either, which is known.
    let repo = site("");
    let edge = edge_with(Access { reads_zones: false, ..Access::default() });
    let tool = check(&repo, &edge).env("CLOUDFLARE_API_TOKEN", "another-token").env("CLOUDFLARE_ACCOUNT_ID", ACCOUNT);
    let ran = tool.run().exits(1);
    has(&ran.stdout, "token", "fail", "the API refuses it: HTTP 401, Invalid API Token (code 1000)");
    assert!(!format!("{ran:?}").contains("another-token"));
    // And a key.
    let toxic =
        Toxic::before_look_ups(&edge, |_, _| Fault::envelope(403, "", 9103, "Unknown X-Auth-Key or X-Auth-Email"));
    let tool = diffpurge(["check"]).within(&repo).through(&toxic).env("CLOUDFLARE_API_TOKEN", "");
    let ran = tool.env("CLOUDFLARE_EMAIL", "a@example.com").env("CLOUDFLARE_API_KEY", "a-key").run().exits(1);
    has(&ran.stdout, "key", "fail", "the API refuses it: HTTP 403, Unknown X-Auth-Key or X-Auth-Email (code 9103)");
}

#[test]
fn a_program_that_prints_the_token_is_run_only_when_that_is_asked_for() {
    use std::os::unix::fs::PermissionsExt as _;
    let edge = edge();
    let repo = site("[site.cloudflare]\ntoken_command = [\"./print\"]\n");
    repo.file("print", &format!("#!/bin/sh\ntouch was-run\necho {TOKEN}\n"));
    let program = repo.path().join("print");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let ran = check(&repo, &edge).run().exits(0);
    has(
        &ran.stdout,
        "credentials",
        "warn",
        "`token_command` (./print), which was not run; hint: `diffpurge check --credentials`",
    );
    assert!(!repo.path().join("was-run").exists() && edge.looked_up().is_empty());
    let ran = check(&repo, &edge).arguments(["--credentials"]).run().exits(0);
    has(&ran.stdout, "credentials", "ok", "a token from `token_command` (./print)");
    has(&ran.stdout, "token", "ok", "active");
    assert!(repo.path().join("was-run").exists());
}

#[test]
fn hosts_outside_of_the_zone_are_named() {
    let edge = edge();
    let rule = "[[site.rule]]\nmatch = [\"x\"]\nhosts = [\"img.example.net\"]\n";
    let two =
        SITE.replace("\"https://www.example.com/\"", "\"https://www.example.com/\", \"https://www.example.org/\"");
    let repo = Repo::of(&[("purge.toml", &format!("{two}{rule}"))]);
    let ran = check(&repo, &edge).run().exits(1);
    has(&ran.stdout, "zone", "fail", "img.example.net, www.example.org lie outside of example.com");
    let described = diffpurge(["check", "--base-url", "https://example.org/", "--zone-id", ZONE]).within(&repo);
    let ran = described.against(&edge).run().exits(1);
    has(&ran.stdout, "zone", "fail", "example.org lies outside of example.com");
}

#[test]
fn a_zone_id_that_is_missing_or_none_is_a_fault() {
    let edge = edge();
    let ran = check(&site(""), &edge).env("CLOUDFLARE_ZONE_ID", "f".repeat(32)).run().exits(1);
    has(&ran.stdout, "zone", "fail", "(code 7003); hint: check the zone id");
    let ran = check(&site(""), &edge).env("CLOUDFLARE_ZONE_ID", "").run().exits(1);
    has(&ran.stdout, "zone", "fail", "no zone id is known");
    has(&ran.stdout, "token", "ok", "active");
    has(&ran.stdout, "clock", "ok", "of the API's");
    check(&site(""), &edge).env("CLOUDFLARE_ZONE_ID", "x").run().exits(2).fails_with("not a zone id", "32 hex digits");
}

#[test]
fn credentials_that_cannot_be_had_are_a_fault_and_nothing_is_asked() {
    let edge = edge();
    for (lines, text) in [
        ("", "no API token: the environment variable CLOUDFLARE_API_TOKEN is set, and is empty"),
        ("token_file = \"none\"\n", "cannot read `token_file` (none): No such file"),
        ("token_command = [\"./none\"]\n", "cannot run `token_command` (./none): No such file"),
        ("token_command = [\"/bin/false\"]\n", "`token_command` (/bin/false) failed: exit status: 1"),
        ("token_file = \"purge.toml\"\n", "`token_file` (purge.toml) can be read by others"),
    ] {
        let repo = site(&format!("[site.cloudflare]\n{lines}"));
        let ran = check(&repo, &edge).arguments(["--credentials"]).env("CLOUDFLARE_API_TOKEN", "").run().exits(1);
        has(&ran.stdout, "credentials", "fail", text);
        assert_eq!(ran.stdout.lines().count(), 4, "{}", ran.stdout);
    }
    assert_eq!(edge.looked_up(), Vec::<String>::new());
}

#[test]
fn the_older_pair_is_a_doubt_and_has_no_status() {
    let edge = edge_with(Access { global_key: Some(("a@example.com", "a-global-key")), ..Access::default() });
    let repo = site("");
    let tool = check(&repo, &edge).env("CLOUDFLARE_API_TOKEN", "").env("CLOUDFLARE_EMAIL", "a@example.com");
    let ran = tool.env("CLOUDFLARE_API_KEY", "a-global-key").run().exits(0);
    has(&ran.stdout, "credentials", "warn", "CLOUDFLARE_API_KEY, which opens all");
    has(&ran.stdout, "zone", "ok", "example.com covers");
    assert!(!ran.stdout.contains("  token ") && !format!("{ran:?}").contains("a-global-key"), "{}", ran.stdout);
    assert_eq!(edge.looked_up(), [format!("/zones/{ZONE}")]);
}

#[test]
fn an_output_directory_that_is_not_in_head_is_a_doubt() {
    let edge = edge();
    has(
        &check(&site("output = \"dist\"\n"), &edge).run().exits(0).stdout,
        "output",
        "warn",
        "`output` dist is not in HEAD, so that no file of it was live",
    );
    has(&check(&site(""), &edge).run().exits(0).stdout, "output", "ok", "the whole tree is in HEAD (");
    let nowhere = tempfile::TempDir::new().unwrap();
    std::fs::write(nowhere.path().join("purge.toml"), SITE).unwrap();
    let ran = diffpurge(["check"]).within_directory(nowhere.path()).against(&edge).run().exits(0);
    has(&ran.stdout, "output", "warn", "cannot tell: ");
    let empty = Repo::new();
    empty.file("purge.toml", SITE);
    has(&check(&empty, &edge).run().exits(0).stdout, "output", "warn", "cannot tell: ");
}

#[test]
fn a_clock_that_is_off_is_a_doubt() {
    let edge = edge();
    for (date, text) in [
        ("date: Sat, 21 Nov 2015 11:00:00 GMT\r\n", "s ahead of the API's"),
        ("date: Sat, 21 Nov 2122 11:00:00 GMT\r\n", "s behind the API's"),
        ("date: soon\r\n", "cannot tell"),
        ("", "cannot tell"),
    ] {
        let toxic =
            Toxic::before_look_ups(&edge, move |_, _| Fault::envelope(403, date, 10000, "Authentication error"));
        let ran = diffpurge(["check"]).within(&site("")).through(&toxic).run().exits(0);
        has(&ran.stdout, "clock", "warn", text);
    }
}

#[test]
fn an_api_that_does_not_answer_is_a_fault() {
    let repo = site("");
    let ran = diffpurge(["check"]).within(&repo).against_address("http://127.0.0.1:1").run().exits(1);
    has(&ran.stdout, "token", "warn", "cannot tell: no connection");
    has(&ran.stdout, "zone", "fail", "the API does not answer: no connection");
    assert!(!ran.stdout.contains("clock"), "{}", ran.stdout);
    let tool = diffpurge(["check"]).within(&repo).against_address("http://api.example.com/");
    tool.run().exits(2).fails_with("over https only", "unset it");
}

#[test]
fn permissions_and_pauses_are_doubts() {
    let edge = edge_with(Access { permissions: vec!["#zone:read"], ..Access::default() });
    let ran = check(&site(""), &edge).run().exits(0);
    has(&ran.stdout, "permission", "warn", "lacks #cache_purge:edit");
    let body = r#"{"success":true,"errors":[],"result":{"name":"example.com","paused":true}}"#;
    let toxic = Toxic::before_look_ups(&edge, move |_, _| Fault::Answer(200, "", body.to_owned()));
    let ran = diffpurge(["check"]).within(&site("")).through(&toxic).run().exits(0);
    has(&ran.stdout, "zone", "warn", "example.com is paused");
}

#[test]
fn several_sites_are_asked_for_once_where_they_share_and_one_fault_counts() {
    let edge = edge();
    let other = SITE.replace("\"www\"", "\"blog\"").replace("www.", "blog.");
    let third = SITE.replace("\"www\"", "\"org\"").replace("www.example.com", "www.example.org");
    let repo = site(&format!("{other}{third}"));
    let ran = check(&repo, &edge).run().exits(1);
    let names: Vec<&str> = ran.stdout.lines().filter(|l| !l.starts_with(' ')).collect();
    assert_eq!(names, ["www: 7 ok", "blog: 7 ok", "org: 1 fail, 6 ok"]);
    assert_eq!(ran.stdout.matches("  fail  ").count(), 1);
    assert_eq!(edge.looked_up().len(), 2);
    diffpurge(["check", "-s", "www", "-s", "blog"]).within(&repo).against(&edge).run().exits(0);
}

#[test]
fn json_holds_the_same_and_a_faulty_configuration_is_the_usual_error() {
    let edge = edge_with(Access { reads_zones: false, ..Access::default() });
    let repo = site("");
    let ran = diffpurge(["check", "--format", "json"]).within(&repo).against(&edge).run().exits(0);
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&json["schema"], &json["checks"][0]["site"]), (&1.into(), &"www".into()));
    let findings = json["checks"][0]["findings"].as_array().unwrap();
    let human = check(&repo, &edge).run().stdout;
    for finding in findings {
        let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        let advice = if finding["advice"].is_null() { String::new() } else { format!("; hint: {}", text("advice")) };
        assert_eq!(line(&human, &text("subject")), (text("level"), format!("{}{advice}", text("text"))));
    }
    assert_eq!(findings.len(), 7);
    repo.file("purge.toml", &format!("{SITE}ignore = [\"/x\"]\n"));
    check(&repo, &edge).run().exits(2).fails_with("purge.toml:4:11: the glob /x matches nothing", "write `x`");
}

#[test]
fn no_answer_commands_a_runner_or_shows_the_token() {
    let edge = edge();
    let spelled = TOKEN.replace('t', "\\u0074");
    let forged = format!(r"x\n::error::forged ##[group] {spelled}\u001b[31m");
    for body in [
        format!(
            r#"{{"success":true,"errors":[],"result":{{"name":"{forged}","status":"{forged}","expires_on":"{forged}"}}}}"#
        ),
        format!(r#"{{"success":true,"errors":[],"result":{{"status":"active","expires_on":"{forged}"}}}}"#),
        format!(r#"{{"success":false,"errors":[{{"code":1,"message":"{} {forged}"}}]}}"#, "x".repeat(285)),
    ] {
        let toxic = Toxic::before_look_ups(&edge, move |_, _| Fault::Answer(200, "", body.clone()));
        for format in ["human", "json"] {
            let ran = diffpurge(["check", "--format", format]).within(&site("")).through(&toxic).run();
            for line in ran.stdout.lines().chain(ran.stderr.lines()) {
                let forged = line.trim_start().starts_with("::") || line.contains("##[") || line.contains('\u{1b}');
                assert!(!forged && !line.contains("ok-3n"), "{line:?}");
            }
        }
    }
}
