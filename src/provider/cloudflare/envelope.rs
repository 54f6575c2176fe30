//! The envelope that each of the API's answers comes in, and its words for people.

use serde_json::Value;

use crate::display::shown;
use crate::provider::look_up::LookUpReply;

/// The parts of an answer's envelope that matter. Its other parts may be missing, null or of another type: they decide nothing.
pub(super) struct Envelope {
    pub(super) success: bool,
    pub(super) errors: Vec<ApiError>,
    pub(super) id: Option<String>,
}

pub(super) struct ApiError {
    pub(super) code: i64,
    message: String,
    /// The errors behind it, which say more: "Invalid request headers" is for want of a token, or for one that is malformed.
    chain: Vec<ApiError>,
}

impl ApiError {
    /// Reads an error, and what is behind it down to a depth.
    fn read(item: &Value, depth: usize) -> ApiError {
        let code = &item["code"];
        let code = code.as_i64().or_else(|| code.as_str()?.parse().ok()).unwrap_or(0);
        let behind = item["error_chain"].as_array().map_or(&[][..], Vec::as_slice).iter().take(MOST_BEHIND);
        let chain = if depth == 0 { Vec::new() } else { behind.map(|item| ApiError::read(item, depth - 1)).collect() };
        ApiError { code, message: item["message"].as_str().unwrap_or_default().to_owned(), chain }
    }

    /// Returns its words, and those behind it.
    fn words(&self) -> String {
        let own = format!("{} (code {})", shown(&cut(self.message.as_bytes())), self.code);
        let behind = self.chain.iter().map(ApiError::words);
        [own].into_iter().chain(behind).collect::<Vec<_>>().join(": ")
    }
}

/// How deep, and how many on each level, the errors behind one are shown: they come one behind the other, and are few.
const DEPTH: usize = 3;
const MOST_BEHIND: usize = 3;

impl Envelope {
    /// `None` when the body is no envelope at all.
    pub(super) fn read(body: &[u8]) -> Option<Envelope> {
        // A body that is not JSON is judged by its status; it never counts as success.
        let body: Value = serde_json::from_slice(body).ok()?;
        let success = body.get("success")?.as_bool()?;
        let errors = body["errors"].as_array().map_or(&[][..], Vec::as_slice);
        let errors = errors.iter().map(|item| ApiError::read(item, DEPTH)).collect();
        let plain = |id: &&str| id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let id = body["result"]["id"].as_str().filter(plain).map(str::to_owned);
        Some(Envelope { success, errors, id })
    }
}

/// Why an answer holds no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NoResult {
    /// With status and code.
    pub(super) why: String,
    /// The codes of its errors.
    pub(super) codes: Vec<i64>,
    /// Whether it is the credentials that are refused.
    pub(super) refusal: Refused,
    /// It is no answer of the API at all.
    pub(super) is_foreign: bool,
    /// A server is in trouble, and may be out of it soon.
    pub(super) may_pass: bool,
}

/// Whether an answer refuses the credentials themselves, and not only what they ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// It does.
    Surely,
    /// It does, or a permission is missing: both have the code 9109.
    Perhaps,
    /// It does not.
    No,
}

impl Refused {
    /// Judges an answer that holds no result. All of it are reports of users: 401; 403 with 9103, which is for a key, or with 9109, whose
    /// words tell a bad token from a permission that is missing.
    pub(super) fn of(status: u16, errors: &[ApiError]) -> Refused {
        let has = |code: i64| errors.iter().find(|error| error.code == code);
        match (status, has(9109)) {
            (403, Some(error)) if error.message.starts_with("Unauthorized to access requested resource") => {
                Refused::Perhaps
            }
            (401, _) | (403, Some(_)) => Refused::Surely,
            (403, None) if has(9103).is_some() => Refused::Surely,
            _ => Refused::No,
        }
    }
}

/// Returns the envelope's `result`, which only a success has.
pub(super) fn result(reply: &LookUpReply) -> Result<Value, NoResult> {
    let envelope = Envelope::read(&reply.body);
    let errors = envelope.as_ref().map_or(&[][..], |e| &e.errors);
    let why = describe(reply.status, errors, envelope.is_none().then_some(&reply.body));
    let is_foreign = envelope.is_none() && !reply.body.trim_ascii().is_empty();
    let refusal = if is_foreign { Refused::No } else { Refused::of(reply.status, errors) };
    let codes = || errors.iter().map(|e| e.code).collect();
    let no_result = || NoResult { why, codes: codes(), refusal, is_foreign, may_pass: reply.status >= 500 };
    if reply.status != 200 || !envelope.as_ref().is_some_and(|e| e.success) {
        return Err(no_result());
    }
    let mut body: Value = serde_json::from_slice(&reply.body).map_err(|_| no_result())?;
    Ok(body["result"].take())
}

/// The next thing to do where the API cannot read the token.
pub(super) const MALFORMED: &str =
    "the token is malformed: is it a Global API Key, has it white space in it, or was a part of it lost?";

/// The next thing to do where something else than the API answered.
pub(super) const FOREIGN: &str = "this is not the API's answer, but a firewall's or a proxy's on the way, whatever the token is: check HTTPS_PROXY and CLOUDFLARE_BASE_URL, or run it from another address";

/// Characters of a foreign answer that are shown.
const SHOWN: usize = 300;

pub(super) fn describe(status: u16, errors: &[ApiError], foreign: Option<&Vec<u8>>) -> String {
    let mut parts = vec![format!("HTTP {status}")];
    parts.extend(errors.iter().map(ApiError::words));
    match foreign {
        Some(body) if is_page(body) => parts.push(page(body)),
        Some(body) if !body.is_empty() => parts.push(shown(&cut(body))),
        None if errors.is_empty() => parts.push("`success` is not true".to_owned()),
        _ => {}
    }
    parts.join(", ")
}

/// Returns true for an HTML page, which is somebody else's answer: a firewall's, a proxy's, a captive portal's.
pub(super) fn is_page(body: &[u8]) -> bool {
    let start = body.trim_ascii_start();
    let begins = |with: &str| start.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with.as_bytes()));
    ["<!doctype", "<html", "<head", "<body"].into_iter().any(begins)
}

/// Says that it is one, with its title.
fn page(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let lower = text.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|at| Some(at + lower[at..].find('>')? + 1));
    let title = title.and_then(|from| Some(&text[from..from + lower[from..].find("</title")?]));
    match title.map(str::trim).filter(|title| !title.is_empty()) {
        Some(title) => format!("an HTML page titled {}", shown(&cut(title.as_bytes()))),
        None => "an HTML page".to_owned(),
    }
}

fn cut(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= SHOWN {
        line.into_bytes()
    } else {
        line.chars().take(SHOWN).chain(['…']).collect::<String>().into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_errors_behind_an_error_are_shown_and_not_without_end() {
        let said = |errors: &str| {
            let body = format!(r#"{{"success":false,"errors":{errors},"result":null}}"#);
            describe(400, &Envelope::read(body.as_bytes()).unwrap().errors, None)
        };
        let chain = r#"[{"code":6003,"message":"Invalid request headers","error_chain":[{"code":6103,"message":"Invalid format for X-Auth-Key header"}]}]"#;
        assert_eq!(
            said(chain),
            "HTTP 400, Invalid request headers (code 6003): Invalid format for X-Auth-Key header (code 6103)"
        );
        for none in ["null", "7", "[]", "{}"] {
            assert_eq!(said(&format!(r#"[{{"code":1,"message":"a","error_chain":{none}}}]"#)), "HTTP 400, a (code 1)");
        }
        let mut deep = r#"{"code":1,"message":"deep"}"#.to_owned();
        for _ in 0..40 {
            deep =
                format!(r#"{{"code":1,"message":"x","error_chain":[{deep},{deep_end}]}}"#, deep_end = r#"{"code":2}"#);
        }
        assert!(said(&format!("[{deep}]")).len() < 300);
    }

    #[test]
    fn a_page_is_named_by_its_title() {
        for (body, want) in [
            (
                "<!DOCTYPE html>\n<html><head><title>Attention\n Required! | Cloudflare</title>",
                "an HTML page titled Attention Required! | Cloudflare",
            ),
            (" <HTML><TITLE class=x>a \u{1b}[31m##[b]</TITLE>", r#"an HTML page titled "a \u{1b}[31m#\x23[b]""#),
            ("<html><title></title>", "an HTML page"),
            ("<html><title>open", "an HTML page"),
            ("<body>x", "an HTML page"),
            ("<?xml version=\"1.0\"?>", r#""<?xml version=\"1.0\"?>""#),
            ("no <html>", "no <html>"),
        ] {
            assert_eq!(describe(403, &[], Some(&body.as_bytes().to_vec())), format!("HTTP 403, {want}"), "{body}");
        }
    }
}
