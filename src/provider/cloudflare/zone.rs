//! The API's word on a zone: its name, and whether a site's hosts lie in it.
//!
//! A token for purges alone may not read zones, and should not have to: where the API does not tell, nothing is wrong, and
//! it is said that it cannot be told. Assumptions, since no document settles them: such a token gets 403 or 404; the codes
//! 7000 and 7003 mean that the id is none (reports of users), and 6003 that the credentials are malformed (likewise).

use super::envelope::{FOREIGN, MALFORMED, NoResult, Refused, result};
use crate::config::AccountId;
use crate::display::shown;
use crate::provider::finding::Finding;
use crate::provider::look_up::{Belonging, Heard};
use crate::provider::verdict::Refusal;

/// A zone, as far as it matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Zone {
    /// Its name, in lower case: `example.com`.
    pub(super) name: String,
    /// The permissions of its *user*, by an old list (`#cache_purge:edit`); a token may do less.
    pub(super) permissions: Option<Vec<String>>,
    /// Why Cloudflare caches nothing for it, in a word.
    pub(super) asleep: Option<&'static str>,
    /// The account that it belongs to.
    pub(super) account: Option<AccountId>,
}

/// The knowledge of a zone after the API was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ZoneAnswer {
    /// This.
    Known(Zone),
    /// Nothing, and that need not be a fault; in words.
    Hidden(String),
    /// Something else than the API answered; in words.
    Foreign(String),
    /// Nothing, since it refuses the credentials, surely or perhaps; in words.
    Refused(String, Refused),
    /// It cannot be right: a purge would get the same answer.
    Wrong(Refusal),
    /// There was no answer; in words.
    Silence(String),
}

const SUBJECT: &str = "zone";

impl Zone {
    /// True when a host is the zone's name or lies below it.
    fn covers(&self, host: &str) -> bool {
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        host.strip_suffix(&self.name).is_some_and(|below| below.is_empty() || below.ends_with('.'))
    }
}

impl ZoneAnswer {
    /// Judges an answer, or the words on why there was none.
    pub(super) fn judged(heard: &Heard) -> ZoneAnswer {
        let reply = match heard {
            Ok(reply) => reply,
            Err(why) => return ZoneAnswer::Silence(why.clone()),
        };
        let result = match result(reply) {
            Ok(result) => result,
            Err(no) => return ZoneAnswer::without_result(no),
        };
        let name = result["name"].as_str().map(|name| name.trim_end_matches('.').to_ascii_lowercase());
        let Some(name) = name.filter(|name| !name.is_empty()) else {
            return ZoneAnswer::Hidden(format!("HTTP {}, an answer without a name", reply.status));
        };
        let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        let permissions = result["permissions"].as_array().map(|all| all.iter().filter_map(text).collect());
        let asleep = match result["status"].as_str() {
            _ if result["paused"] == true => Some("paused"),
            Some("initializing" | "pending") => Some("not active yet"),
            Some("moved") => Some("moved away"),
            _ => None,
        };
        let account = result["account"]["id"].as_str().and_then(AccountId::restored);
        ZoneAnswer::Known(Zone { name, permissions, asleep, account })
    }

    fn without_result(NoResult { why, codes, refusal, is_foreign, may_pass }: NoResult) -> ZoneAnswer {
        let advice = if codes.contains(&6003) {
            MALFORMED
        } else if codes.iter().any(|code| [7000, 7003].contains(code)) {
            "check the zone id: 32 hex digits, on the zone's Overview page under API"
        } else if is_foreign && !may_pass {
            return ZoneAnswer::Foreign(why);
        } else if refusal == Refused::No {
            return ZoneAnswer::Hidden(why);
        } else {
            return ZoneAnswer::Refused(why, refusal);
        };
        ZoneAnswer::Wrong(Refusal { why, advice: Some(advice), everywhere: true })
    }

    /// Returns the hosts that a known zone does not cover, in their order.
    fn outside<'h>(&self, hosts: &[&'h str]) -> Vec<&'h str> {
        match self {
            ZoneAnswer::Known(zone) => hosts.iter().copied().filter(|host| !zone.covers(host)).collect(),
            ZoneAnswer::Hidden(_)
            | ZoneAnswer::Foreign(_)
            | ZoneAnswer::Refused(..)
            | ZoneAnswer::Wrong(_)
            | ZoneAnswer::Silence(_) => Vec::new(),
        }
    }

    /// Says whether hosts lie in the zone. An id that is wrong is no answer either: the purge will be told the same.
    pub(super) fn belongs(&self, hosts: &[&str]) -> Belonging {
        match self {
            ZoneAnswer::Known(zone) => {
                let outside: Vec<String> = self.outside(hosts).into_iter().map(str::to_owned).collect();
                if outside.is_empty() {
                    Belonging::Inside
                } else {
                    Belonging::Outside { hosts: outside, of: zone.name.clone() }
                }
            }
            ZoneAnswer::Wrong(refusal) => Belonging::Unknown(refusal.why.clone()),
            ZoneAnswer::Hidden(why)
            | ZoneAnswer::Foreign(why)
            | ZoneAnswer::Refused(why, _)
            | ZoneAnswer::Silence(why) => Belonging::Unknown(why.clone()),
        }
    }
}

/// Whether the zone is there and all hosts of a site lie in it; and whether the credentials may purge it, as far as that can be
/// told without a purge.
pub(super) fn zone(answer: &ZoneAnswer, hosts: &[&str]) -> [Finding; 2] {
    [belonging(answer, hosts), permission(answer)]
}

fn belonging(answer: &ZoneAnswer, hosts: &[&str]) -> Finding {
    let zone = match answer {
        ZoneAnswer::Known(zone) => zone,
        ZoneAnswer::Hidden(why) | ZoneAnswer::Refused(why, _) => {
            let advice = "a token for purges alone cannot read zones, and need not; with Zone > Zone > Read too, hosts are checked before each purge";
            return Finding::warn(SUBJECT, format!("cannot tell: {why}"), advice);
        }
        ZoneAnswer::Foreign(why) => return Finding::fail(SUBJECT, why.clone(), FOREIGN),
        ZoneAnswer::Wrong(refusal) => {
            return Finding::fail(SUBJECT, refusal.why.clone(), refusal.advice.unwrap_or_default());
        }
        ZoneAnswer::Silence(why) => {
            let advice = "can the API be reached from here? CLOUDFLARE_BASE_URL and the proxy variables move it";
            return Finding::fail(SUBJECT, format!("the API does not answer: {why}"), advice);
        }
    };
    let name = shown(zone.name.as_bytes());
    let outside = answer.outside(hosts);
    if !outside.is_empty() {
        let text = format!("{} {} outside of {name}", list(&outside), if outside.len() == 1 { "lies" } else { "lie" });
        return Finding::fail(SUBJECT, text, "correct `base_urls`, or the zone id");
    }
    match zone.asleep {
        Some(how) => Finding::warn(
            SUBJECT,
            format!("{name} is {how}"),
            "Cloudflare caches nothing for it until it is active: see its Overview page",
        ),
        None => Finding::ok(SUBJECT, format!("{name} covers {}", list(hosts))),
    }
}

/// The old list is that of the user, so that it proves nothing of a token; where it lacks the permission, a token of this user
/// hardly has it.
fn permission(answer: &ZoneAnswer) -> Finding {
    const SUBJECT: &str = "permission";
    const ADVICE: &str =
        "only a purge proves it: the token needs Zone > Cache Purge (dash.cloudflare.com/profile/api-tokens)";
    let permissions = if let ZoneAnswer::Known(zone) = answer { zone.permissions.as_deref() } else { None };
    match permissions {
        Some(all) if all.iter().any(|p| p == "#cache_purge:edit") => {
            Finding::ok(SUBJECT, "its user may purge this zone; whether the credentials may, only a purge proves")
        }
        Some(_) => Finding::warn(SUBJECT, "the zone's list of permissions lacks #cache_purge:edit", ADVICE),
        None => Finding::warn(SUBJECT, "cannot tell whether the credentials may purge", ADVICE),
    }
}

/// `a.example, b.example and 3 more`.
fn list(hosts: &[&str]) -> String {
    /// Hosts that fit a line.
    const NAMED: usize = 5;
    let named = hosts[..hosts.len().min(NAMED)].join(", ");
    if hosts.len() > NAMED { format!("{named} and {} more", hosts.len() - NAMED) } else { named }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::finding::Level;
    use crate::provider::look_up::LookUpReply;

    fn answer(status: u16, body: &str) -> ZoneAnswer {
        ZoneAnswer::judged(&Ok(LookUpReply { status, date: None, body: body.as_bytes().to_vec() }))
    }

    fn named(name: &str) -> Zone {
        Zone { name: name.to_owned(), permissions: None, asleep: None, account: None }
    }

    #[test]
    fn a_zone_covers_its_name_and_what_lies_below() {
        for (zone, host, want) in [
            ("example.com", "example.com", true),
            ("example.com", "www.example.com", true),
            ("example.com", "a.b.example.com", true),
            ("example.com", "WWW.Example.COM.", true),
            ("example.com", "notexample.com", false),
            ("example.com", "example.com.evil.example", false),
            ("example.com", "example.org", false),
            ("example.com", "com", false),
            ("example.com", "", false),
            ("shop.example.com", "example.com", false),
            ("shop.example.com", "www.example.com", false),
            ("xn--bcher-kva.example", "www.xn--bcher-kva.example", true),
            ("example.com", "192.0.2.1", false),
        ] {
            assert_eq!(named(zone).covers(host), want, "{host} in {zone}");
        }
    }

    #[test]
    fn every_answer_about_a_zone_has_its_verdict() {
        let ok = |result: &str| format!(r#"{{"success":true,"errors":[],"messages":[],"result":{result}}}"#);
        let no = |code: i64| {
            format!(r#"{{"success":false,"errors":[{{"code":{code},"message":"no"}}],"messages":[],"result":null}}"#)
        };
        let (fail, warn) = (Level::Fail, Level::Warn);
        for (status, body, level, text) in [
            (200, ok(r#"{"name":"example.com"}"#), Level::Ok, "example.com covers www.example.com"),
            (200, ok(r#"{"name":"Example.COM."}"#), Level::Ok, "example.com covers www.example.com"),
            (200, ok(r#"{"name":"example.org"}"#), fail, "www.example.com lies outside of example.org"),
            (200, ok(r#"{"name":"example.com","paused":true}"#), warn, "example.com is paused"),
            (200, ok(r#"{"name":"example.com","status":"pending"}"#), warn, "example.com is not active yet"),
            (200, ok(r#"{"name":"example.com","status":"moved"}"#), warn, "example.com is moved away"),
            (200, ok(r#"{"name":"example.com","status":"active","paused":false}"#), Level::Ok, "covers"),
            (200, ok(r#"{"name":"x\n::error::.com"}"#), fail, r#"outside of "x\n::error::.com""#),
            (200, ok(r#"{"name":""}"#), warn, "cannot tell: HTTP 200, an answer without a name"),
            (200, ok(r#"{"name":7}"#), warn, "an answer without a name"),
            (200, ok("null"), warn, "an answer without a name"),
            (200, no(1), warn, "cannot tell: HTTP 200, no (code 1)"),
            (200, "<html>".to_owned(), fail, "HTTP 200, an HTML page"),
            (403, "<html><title>Blocked</title>".to_owned(), fail, "HTTP 403, an HTML page titled Blocked"),
            (502, "<html>".to_owned(), warn, "cannot tell: HTTP 502, an HTML page"),
            (200, String::new(), warn, "cannot tell: HTTP 200"),
            (302, String::new(), warn, "cannot tell: HTTP 302"),
            (400, no(6003), fail, "HTTP 400, no (code 6003)"),
            (401, no(1000), warn, "cannot tell: HTTP 401, no (code 1000)"),
            (403, no(9109), warn, "cannot tell: HTTP 403, no (code 9109)"),
            (403, no(10000), warn, "cannot tell: HTTP 403, no (code 10000)"),
            (404, no(7003), fail, "HTTP 404, no (code 7003)"),
            (404, no(1001), warn, "cannot tell: HTTP 404, no (code 1001)"),
            (404, String::new(), warn, "cannot tell: HTTP 404"),
            (429, no(971), warn, "cannot tell: HTTP 429"),
            (500, String::new(), warn, "cannot tell: HTTP 500"),
        ] {
            let [finding, _] = zone(&answer(status, &body), &["www.example.com"]);
            assert_eq!(finding.level, level, "{status} {body}: {finding:?}");
            assert!(finding.text.contains(text), "{status} {body}: {}", finding.text);
            assert_eq!(finding.advice.is_some(), level != Level::Ok);
            assert!(!finding.text.contains('\n'));
        }
        let [finding, _] = zone(&ZoneAnswer::judged(&Err("no connection".to_owned())), &["www.example.com"]);
        assert_eq!((finding.level, finding.text.as_str()), (fail, "the API does not answer: no connection"));
    }

    #[test]
    fn all_hosts_outside_are_named_up_to_a_line() {
        let hosts: Vec<String> = (0..8).map(|i| format!("{i}.example.org")).collect();
        let mut hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
        hosts.push("www.example.com");
        let known = ZoneAnswer::Known(named("example.com"));
        assert_eq!(known.outside(&hosts), hosts[..8]);
        let [finding, _] = zone(&known, &hosts);
        assert!(finding.text.starts_with("0.example.org, 1.example.org, ") && finding.text.contains(" and 3 more lie"));
        assert_eq!(ZoneAnswer::Hidden(String::new()).outside(&hosts), Vec::<&str>::new(), "cannot tell is no fault");
    }

    #[test]
    fn permissions_are_never_taken_for_a_proof() {
        let with = |permissions: Option<Vec<String>>| {
            let [_, finding] = zone(&ZoneAnswer::Known(Zone { permissions, ..named("example.com") }), &[]);
            finding
        };
        let may = with(Some(vec!["#zone:read".to_owned(), "#cache_purge:edit".to_owned()]));
        assert_eq!(may.level, Level::Ok);
        assert!(may.text.contains("only a purge proves"));
        for finding in [with(Some(vec!["#zone:read".to_owned()])), with(Some(Vec::new())), with(None)] {
            assert_eq!(finding.level, Level::Warn);
            assert!(finding.advice.unwrap().contains("only a purge proves it"));
        }
        let [_, finding] = zone(&ZoneAnswer::Hidden("HTTP 403".to_owned()), &[]);
        assert_eq!(finding.level, Level::Warn);
    }
}
