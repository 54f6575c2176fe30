//! Who was let in: a cookie that says until when, under a key made of the secret.
//!
//! Nothing is kept for it, so that every replica and every later process takes it, and a secret that is taken away ends all sessions
//! that began with it. Time and chance come in as values. The cookie is not the secret, and says nothing of it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

use crate::hook::Secrets;

/// How long somebody stays let in: a working day.
pub(super) const LIFE: Duration = Duration::from_secs(12 * 3600);

/// What the keys are for.
const PURPOSE: &[u8] = b"diffpurge: sessions of the page, 1";

/// Bytes of the end, and of chance.
const PLAIN: usize = 8 + 16;

/// A session.
#[derive(Debug)]
pub(super) struct Session {
    key: hmac::Key,
    /// Its end in seconds since 1970, and chance that tells it from others.
    plain: [u8; PLAIN],
}

impl Session {
    /// Begins one for who presents the secret.
    pub(super) fn begin(secrets: &Secrets, presented: &[u8], now: SystemTime, chance: [u8; 16]) -> Option<Session> {
        let key = secrets.key_of(presented, PURPOSE)?;
        let end = seconds(now).saturating_add(LIFE.as_secs());
        let mut plain = [0; PLAIN];
        plain[..8].copy_from_slice(&end.to_be_bytes());
        plain[8..].copy_from_slice(&chance);
        Some(Session { key, plain })
    }

    /// Returns the one that a cookie's value is of, where it is genuine and not over.
    pub(super) fn of(secrets: &Secrets, value: &str, now: SystemTime) -> Option<Session> {
        let bytes = URL_SAFE_NO_PAD.decode(value).ok()?;
        let (plain, tag) = bytes.split_first_chunk::<PLAIN>()?;
        // All are tried, so that the time does not tell which one holds.
        let genuine: Vec<hmac::Key> = secrets
            .keys_for(PURPOSE)
            .filter(|key| hmac::verify(key, &signed(b"session", plain), tag).is_ok())
            .collect();
        let end = u64::from_be_bytes(*plain.first_chunk()?);
        // One that lasts longer than any is not of a clock that can be believed.
        let lasts = (1..=LIFE.as_secs()).contains(&end.saturating_sub(seconds(now)));
        let key = genuine.into_iter().next().filter(|_| lasts)?;
        Some(Session { key, plain: *plain })
    }

    /// Returns the value of its cookie.
    pub(super) fn value(&self) -> String {
        let tag = hmac::sign(&self.key, &signed(b"session", &self.plain));
        URL_SAFE_NO_PAD.encode([&self.plain, tag.as_ref()].concat())
    }

    /// Returns what each form of its pages sends along.
    pub(super) fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.key, &signed(b"form", &self.plain)))
    }

    /// True for what a form of its pages sends along, compared in constant time.
    pub(super) fn allows(&self, token: &str) -> bool {
        let Ok(tag) = URL_SAFE_NO_PAD.decode(token) else { return false };
        hmac::verify(&self.key, &signed(b"form", &self.plain), &tag).is_ok()
    }
}

/// Returns what is signed: the cookie of a session is never the token of its forms.
fn signed(what: &[u8], plain: &[u8; PLAIN]) -> Vec<u8> {
    [what, b"\0", plain].concat()
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "the first secret of the page";
    const SECOND: &str = "the second secret of the page";

    fn secrets(all: &[&str]) -> Secrets {
        Secrets::new(all.iter().map(|one| (*one).to_owned().into()).collect()).unwrap()
    }

    fn now() -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_800_000_000)
    }

    fn begun(all: &[&str], presented: &str) -> Option<Session> {
        Session::begin(&secrets(all), presented.as_bytes(), now(), [7; 16])
    }

    #[test]
    fn a_session_begins_with_a_secret_and_no_other_text() {
        assert!(begun(&[FIRST, SECOND], FIRST).is_some() && begun(&[FIRST, SECOND], SECOND).is_some());
        for wrong in ["", " ", &FIRST[1..], &format!("{FIRST} "), "THE FIRST SECRET OF THE PAGE"] {
            assert!(begun(&[FIRST, SECOND], wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_session_ends_with_its_time_and_not_before() {
        let value = begun(&[FIRST], FIRST).unwrap().value();
        let holds = |at| Session::of(&secrets(&[FIRST]), &value, at).is_some();
        assert!(holds(now()) && holds(now() + LIFE - Duration::from_secs(1)));
        assert!(!holds(now() + LIFE) && !holds(now() + 2 * LIFE));
        assert!(!holds(now() - Duration::from_secs(1)) && !holds(UNIX_EPOCH), "it is of a later time");
    }

    #[test]
    fn another_process_takes_a_session_and_a_secret_that_is_gone_ends_it() {
        let value = begun(&[FIRST, SECOND], SECOND).unwrap().value();
        assert!(Session::of(&secrets(&[FIRST, SECOND]), &value, now()).is_some());
        assert!(Session::of(&secrets(&[SECOND]), &value, now()).is_some());
        assert!(Session::of(&secrets(&[FIRST]), &value, now()).is_none());
    }

    #[test]
    fn a_cookie_that_was_touched_anywhere_is_none() {
        let value = begun(&[FIRST], FIRST).unwrap().value();
        let bytes = URL_SAFE_NO_PAD.decode(&value).unwrap();
        let holds = |value: &str| Session::of(&secrets(&[FIRST]), value, now()).is_some();
        assert!(holds(&value));
        for at in 0..bytes.len() {
            let mut touched = bytes.clone();
            touched[at] ^= 1;
            assert!(!holds(&URL_SAFE_NO_PAD.encode(touched)), "byte {at}");
        }
        for end in 0..bytes.len() {
            assert!(!holds(&URL_SAFE_NO_PAD.encode(&bytes[..end])), "{end} bytes");
        }
        for other in ["", "=", FIRST, &format!("{value}="), &format!("{value}A"), &format!(" {value}")] {
            assert!(!holds(other), "{other}");
        }
        assert!(!value.contains(FIRST) && !String::from_utf8_lossy(&bytes).contains("first"));
    }

    #[test]
    fn a_token_is_of_one_session_and_no_cookie() {
        let one = begun(&[FIRST], FIRST).unwrap();
        let other = Session::begin(&secrets(&[FIRST]), FIRST.as_bytes(), now(), [8; 16]).unwrap();
        assert!(one.allows(&one.token()) && other.allows(&other.token()));
        assert!(!one.allows(&other.token()) && !one.allows("") && !one.allows(&one.value()));
        assert!(Session::of(&secrets(&[FIRST]), &one.token(), now()).is_none());
    }
}
