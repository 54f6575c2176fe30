//! The JSON of a genuine body, and single values of it.
//!
//! A body in which a key stands twice is not taken: readers differ in which of the two holds, and the sender may be one of the others.

use serde_json::Value;

use super::deploy::RevisionId;
use super::verdict::Verdict;
use crate::display::shown;
use crate::events::Strict;

/// Reads a body that has to be JSON; `otherwise` says of one that is none what it is.
pub(super) fn json(body: &[u8], otherwise: &str) -> Result<Value, Verdict> {
    let strict: Strict = serde_json::from_slice(body).map_err(|_| Verdict::strange(otherwise))?;
    match strict.twice {
        None => Ok(strict.value),
        Some(key) => Err(Verdict::strange(&format!("the key {} stands twice in one object", shown(key.as_bytes())))),
    }
}

/// Returns a text of it.
pub(super) fn text<'v>(body: &'v Value, pointer: &'static str) -> Result<&'v str, Verdict> {
    body.pointer(pointer).and_then(Value::as_str).ok_or_else(|| Verdict::strange(&format!("there is no {pointer}")))
}

/// Returns a number of it that is an id.
pub(super) fn number(body: &Value, pointer: &'static str) -> Option<String> {
    body.pointer(pointer)?.as_u64().map(|id| id.to_string())
}

/// Returns the revision that it names.
pub(super) fn revision(body: &Value, pointer: &'static str) -> Result<RevisionId, Verdict> {
    RevisionId::parse(text(body, pointer)?).ok_or_else(|| Verdict::strange(&format!("{pointer} is no full id")))
}

/// Returns the revision that it names, or that there is none: nothing, `null` or an empty text.
pub(super) fn optional_revision(body: &Value, pointer: &'static str) -> Result<Option<RevisionId>, Verdict> {
    match body.pointer(pointer) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(_) => revision(body, pointer).map(Some),
    }
}

/// Refuses a value that is not the one that means success.
pub(super) fn is(body: &Value, pointer: &'static str, wanted: &str) -> Result<(), Verdict> {
    let found = text(body, pointer)?;
    if found == wanted {
        return Ok(());
    }
    Err(Verdict::ignored(format!("{pointer} is {}, and {wanted} is waited for", shown(found.as_bytes()))))
}

/// Refuses a name that is not in a list that has any.
pub(super) fn is_listed(list: &[String], what: &str, name: &str) -> Result<(), Verdict> {
    if list.is_empty() || list.iter().any(|one| one == name) {
        return Ok(());
    }
    Err(Verdict::ignored(format!("the {what} {} is not in the hook's list", shown(name.as_bytes()))))
}

/// Refuses a branch that does not count: of those that are listed, or the one that is the default of its repository.
pub(super) fn is_branch(list: &[String], body: &Value, default: &'static str, branch: &str) -> Result<(), Verdict> {
    if list.is_empty() {
        return is_listed(&[text(body, default)?.to_owned()], "branch", branch);
    }
    is_listed(list, "branch", branch)
}

/// Returns the platform's id of a deploy; `None` for a text that could be more than an id in a URL or a log.
pub(super) fn plain_id(text: &str) -> Option<String> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    ((1..=128).contains(&text.len()) && text.bytes().all(fits)).then(|| text.to_owned())
}
