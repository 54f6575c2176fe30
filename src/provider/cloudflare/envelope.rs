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
}

impl Envelope {
    /// `None` when the body is no envelope at all.
    pub(super) fn read(body: &[u8]) -> Option<Envelope> {
        // A body that is not JSON is judged by its status; it never counts as success.
        let body: Value = serde_json::from_slice(body).ok()?;
        let success = body.get("success")?.as_bool()?;
        let error = |item: &Value| {
            let code = &item["code"];
            let code = code.as_i64().or_else(|| code.as_str()?.parse().ok()).unwrap_or(0);
            ApiError { code, message: item["message"].as_str().unwrap_or_default().to_owned() }
        };
        let errors = body["errors"].as_array().map_or(Vec::new(), |errors| errors.iter().map(error).collect());
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
    fn of(status: u16, errors: &[ApiError]) -> Refused {
        let has = |code: i64| errors.iter().find(|error| error.code == code);
        match (status, has(9109)) {
            (401, _) => Refused::Surely,
            (403, Some(error)) if error.message.starts_with("Unauthorized to access requested resource") => {
                Refused::Perhaps
            }
            (403, Some(_)) => Refused::Surely,
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
    let refusal = Refused::of(reply.status, errors);
    let no_result = || NoResult { why, codes: errors.iter().map(|e| e.code).collect(), refusal };
    if reply.status != 200 || !envelope.as_ref().is_some_and(|e| e.success) {
        return Err(no_result());
    }
    let mut body: Value = serde_json::from_slice(&reply.body).map_err(|_| no_result())?;
    Ok(body["result"].take())
}

/// Characters of a foreign answer that are shown.
const SHOWN: usize = 300;

pub(super) fn describe(status: u16, errors: &[ApiError], foreign: Option<&Vec<u8>>) -> String {
    let mut parts = vec![format!("HTTP {status}")];
    parts.extend(errors.iter().map(|e| format!("{} (code {})", shown(&cut(e.message.as_bytes())), e.code)));
    match foreign {
        Some(body) if !body.is_empty() => parts.push(shown(&cut(body))),
        None if errors.is_empty() => parts.push("`success` is not true".to_owned()),
        _ => {}
    }
    parts.join(", ")
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
