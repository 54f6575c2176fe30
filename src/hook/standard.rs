//! `kind = "standard"`: Standard Webhooks. The delivery's id and its time are signed with the body.
//!
//! A header lists signatures, so that a sender can change its secret without a gap; the hook may have several secrets for the same
//! reason. GitLab signs so too. (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>)

use std::time::{Duration, SystemTime};

use ring::hmac;

use super::delivery::Delivery;
use super::deploy::Deploy;
use super::pointed::told;
use super::secrets::{Secrets, one_of};
use super::signature::{from_base64, from_copied_base64, header};
use super::verdict::Verdict;
use crate::config::StandardHook;

/// Bytes that a signing key has at least: the specification's 192 bits.
pub(super) const SHORTEST_KEY: usize = 24;

/// The text before a signing key.
const PREFIX: &str = "whsec_";

/// The time by which a delivery may be old, or ahead.
const TOLERANCE: Duration = Duration::from_mins(5);

/// Signatures of a list that are looked at. A change of secrets makes two.
const MOST: usize = 16;

/// The longest id.
const LONGEST_ID: usize = 256;

/// A delivery that is signed.
#[derive(Debug)]
pub(super) struct Signed {
    pub(super) id: String,
    pub(super) at: SystemTime,
}

/// Judges a delivery.
pub(super) fn judge(hook: &StandardHook, secrets: &Secrets, delivery: &Delivery<'_>) -> Result<Verdict, Verdict> {
    let Signed { id, at } = signed(secrets, delivery)?;
    let told = told(&hook.told, delivery.body)?;
    Ok(Verdict::Deploy(Box::new(Deploy { id: Some(id), signed_at: Some(at), ..told })))
}

/// Checks signature and time of a delivery.
pub(super) fn signed(secrets: &Secrets, delivery: &Delivery<'_>) -> Result<Signed, Verdict> {
    let one = |name: &str| header(delivery.headers, name).ok_or(Verdict::Refused("it has no signature, id and time"));
    let (id, time, list) = (one("webhook-id")?, one("webhook-timestamp")?, one("webhook-signature")?);
    // Dots part what is signed: with one in the id, a body could give its beginning to the time.
    let is_id = (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic() && b != b'.');
    let is_time = (1..=12).contains(&time.len()) && time.bytes().all(|b| b.is_ascii_digit());
    let seconds = time.parse::<u64>().ok().filter(|_| is_id && is_time);
    let seconds = seconds.ok_or(Verdict::Refused("its id or its time is not written as it should be"))?;
    let message = [id.as_bytes(), b".", time.as_bytes(), b".", delivery.body].concat();
    let tags: Vec<hmac::Tag> = keys(secrets).map(|key| hmac::sign(&key, &message)).collect();
    let signatures = list.split(' ').take(MOST).filter_map(|one| from_base64(one.strip_prefix("v1,")?));
    // All are tried, so that the time does not tell which one holds.
    let holds = |signature: &Vec<u8>| one_of(tags.iter().map(AsRef::as_ref), signature);
    if signatures.filter(holds).count() == 0 {
        return Err(Verdict::Refused("the signature does not hold"));
    }
    // The clock of some systems ends before twelve digits do.
    let at = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
    let at = at.ok_or(Verdict::Refused("it is older than five minutes, or of the future"))?;
    let apart = delivery.now.duration_since(at).unwrap_or_else(|ahead| ahead.duration());
    if apart > TOLERANCE {
        return Err(Verdict::Refused("it is older than five minutes, or of the future"));
    }
    Ok(Signed { id: id.to_owned(), at })
}

/// Returns the signing keys among the secrets.
fn keys(secrets: &Secrets) -> impl Iterator<Item = hmac::Key> {
    secrets.bytes().filter_map(|secret| match Secret::read(secret) {
        Secret::Key(key) => Some(hmac::Key::new(hmac::HMAC_SHA256, &key)),
        Secret::Plain | Secret::Broken => None,
    })
}

/// A secret, read as a signing key.
#[derive(PartialEq, Eq)]
pub(super) enum Secret {
    /// It does not look like one.
    Plain,
    /// It is one.
    Key(Vec<u8>),
    /// It begins like one, and is no base64 or too short.
    Broken,
}

impl Secret {
    pub(super) fn read(secret: &[u8]) -> Secret {
        let Some(rest) = secret.strip_prefix(PREFIX.as_bytes()) else { return Secret::Plain };
        let key = str::from_utf8(rest).ok().and_then(from_copied_base64);
        key.filter(|key| key.len() >= SHORTEST_KEY).map_or(Secret::Broken, Secret::Key)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::hook::given::{self, ID, NOW, deploy, hook, ignored, judged_with, refused, secrets};
    use crate::hook::{Unfit, check};

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    const BODY: &str = r#"{"status":"done","to":"0123456789abcdef0123456789abcdef01234567"}"#;

    const LINES: &str = "kind = \"standard\"\nto = \"/to\"\nstatus = \"/status\"\nsuccess = [\"done\"]\n";

    fn signature(secret: &str, id: &str, time: &str, body: &str) -> String {
        let key = STANDARD.decode(secret.strip_prefix(PREFIX).unwrap()).unwrap();
        format!(
            "v1,{}",
            STANDARD.encode(given::hmac(hmac::HMAC_SHA256, &key, format!("{id}.{time}.{body}").as_bytes()))
        )
    }

    fn of(id: &str, time: &str, list: &str, body: &str) -> Verdict {
        let headers = [("webhook-id", id), ("webhook-timestamp", time), ("webhook-signature", list)];
        judged_with(&hook(LINES), &secrets(&[SECRET]), &headers, None, body.as_bytes())
    }

    #[test]
    #[allow(clippy::too_many_lines, reason = "a table is as long as its rows")]
    fn a_delivery_counts_whose_id_time_and_body_are_signed_and_no_other() {
        let time = NOW.to_string();
        let good = signature(SECRET, "msg_1", &time, BODY);
        let told = deploy(of("msg_1", &time, &good, BODY));
        assert_eq!((told.id.as_deref(), told.to.as_ref().unwrap().as_str()), (Some("msg_1"), ID));
        assert_eq!(told.signed_at, Some(SystemTime::UNIX_EPOCH + Duration::from_secs(NOW)));
        let bare = &good[3..];
        for (id, time, list, body) in [
            ("msg_2", &*time, &*good, BODY),
            ("MSG_1", &time, &good, BODY),
            ("msg_1 ", &time, &good, BODY),
            ("", &time, &good, BODY),
            ("msg_1", &(NOW - 1).to_string(), &good, BODY),
            ("msg_1", &format!("0{time}"), &good, BODY),
            ("msg_1", &format!("+{time}"), &good, BODY),
            ("msg_1", &format!("{time}.0"), &good, BODY),
            ("msg_1", "", &good, BODY),
            ("msg_1", "99999999999999999999", &good, BODY),
            ("msg_1", &time, bare, BODY),
            ("msg_1", &time, "", BODY),
            ("msg_1", &time, "v1,", BODY),
            ("msg_1", &time, &format!("V1,{bare}"), BODY),
            ("msg_1", &time, &format!("v1a,{bare}"), BODY),
            ("msg_1", &time, &format!("v1, {bare}"), BODY),
            ("msg_1", &time, &format!("v1={bare}"), BODY),
            ("msg_1", &time, &format!("v0,{bare} v2,{bare}"), BODY),
            ("msg_1", &time, bare.trim_end_matches('='), BODY),
            ("msg_1", &time, &good.to_uppercase(), BODY),
            ("msg_1", &time, good.trim_end_matches('='), BODY),
            ("msg_1", &time, &format!("{good},"), BODY),
            ("msg_1", &time, &good, &format!("{BODY} ")),
            ("msg_1", &time, &good, &BODY.replace("done", "Done")),
            ("msg_1", &time, &good, ""),
            ("msg_1", &time, &good, &format!("\u{feff}{BODY}")),
            ("msg_1", &time, &good, &format!("{BODY}\0")),
        ] {
            refused(of(id, time, list, body));
        }
        // The dots move, and the signed text stays the same.
        let list = signature(SECRET, "a", &time, &format!("{time}.{BODY}"));
        refused(of(&format!("a.{time}"), &time, &list, BODY));
        let headers = [("webhook-id", "msg_1"), ("webhook-timestamp", &time), ("webhook-signature", &good)];
        for twice in headers {
            refused(judged_with(
                &hook(LINES),
                &secrets(&[SECRET]),
                &[headers[0], headers[1], headers[2], twice],
                None,
                BODY.as_bytes(),
            ));
        }
        for missing in 0..3 {
            let mut headers = headers.to_vec();
            headers.remove(missing);
            refused(judged_with(&hook(LINES), &secrets(&[SECRET]), &headers, None, BODY.as_bytes()));
        }
    }

    #[test]
    fn a_delivery_of_another_time_is_refused_though_it_is_signed() {
        for (time, counts) in [
            (NOW - 300, true),
            (NOW - 301, false),
            (NOW + 300, true),
            (NOW + 301, false),
            (0, false),
            (999_999_999_999, false),
        ] {
            let time = time.to_string();
            let verdict = of("m", &time, &signature(SECRET, "m", &time, BODY), BODY);
            assert_eq!(matches!(verdict, Verdict::Deploy(_)), counts, "{time}: {verdict:?}");
        }
    }

    #[test]
    fn secrets_change_without_a_gap_on_either_side() {
        let (old, new) = (SECRET, "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
        let time = NOW.to_string();
        let by = |secret: &str| signature(secret, "m", &time, BODY);
        let of = |all: &[&str], list: &str| {
            let headers = [("webhook-id", "m"), ("webhook-timestamp", &*time), ("webhook-signature", list)];
            judged_with(&hook(LINES), &secrets(all), &headers, None, BODY.as_bytes())
        };
        for list in [
            format!("{} {}", by(old), by(new)),
            format!("v1a,AAAA  {}", by(new)),
            format!("{} v1,**** x", by(new)),
            by(new),
        ] {
            deploy(of(&[new], &list));
            deploy(of(&[old, new], &list));
        }
        refused(of(&[new], &by(old)));
        let far = format!("{}{}", "v1,AAAA ".repeat(16), by(new));
        refused(of(&[new], &far));
        // A text that is no key signs nothing: neither as it is, nor as an empty key.
        for no_key in [
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_AAAAAAAAAAAAAAAA",
            "whsec_!!!!!!!!!!!!!!!!!!!!",
            "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        ] {
            for key in [no_key.as_bytes(), b"", &no_key.as_bytes()[6..]] {
                let tag = given::hmac(hmac::HMAC_SHA256, key, format!("m.{time}.{BODY}").as_bytes());
                refused(of(&[no_key], &format!("v1,{}", STANDARD.encode(tag))));
            }
            assert_eq!(check(&hook(LINES).kind, &secrets(&[SECRET, no_key])), Err(Unfit), "{no_key}");
        }
        assert_eq!(check(&hook(LINES).kind, &secrets(&[old, new])), Ok(()));
        assert_eq!(check(&hook("kind = \"netlify\"\n").kind, &secrets(&["whsec_AAAAAAAAAAAAAAAA"])), Ok(()));
    }

    #[test]
    fn a_signed_body_means_what_its_pointers_say() {
        let time = NOW.to_string();
        let of = |body: &str| of("m", &time, &signature(SECRET, "m", &time, body), body);
        assert!(ignored(of(&BODY.replace("done", "started"))).contains("started"));
        assert!(ignored(of(&BODY.replace("0123", "main"))).contains("no full id"));
        assert!(ignored(of(&BODY.replacen('{', "{\"status\":\"failed\",", 1))).contains("twice"));
        for body in ["", "x", "[]", &format!("\u{feff}{BODY}"), &"{\"a\":".repeat(100_000)] {
            ignored(of(body));
        }
        let plain = hook("kind = \"standard\"\n");
        let list = signature(SECRET, "m", &time, "\0");
        let headers = [("webhook-id", "m"), ("webhook-timestamp", &*time), ("webhook-signature", &list)];
        assert_eq!(deploy(judged_with(&plain, &secrets(&[SECRET]), &headers, None, b"\0")).id.as_deref(), Some("m"));
    }
}
