//! Where the body of a delivery says what was deployed, for senders whose bodies diffpurge does not know: JSON pointers.

use super::pointer::Pointer;
use crate::config::checked::{checked, checked_all};
use crate::config::fault::Fault;
use crate::config::raw_serve::RawHook;

/// Where the body of a delivery says what was deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointed {
    /// The delivery's id, where it has one.
    pub id: Option<Pointer>,
    /// The revision that was live before.
    pub from: Option<Pointer>,
    /// The revision that is live now.
    pub to: Option<Pointer>,
    /// The list of changed paths.
    pub paths: Option<Pointer>,
    /// The status of the deploy, and the words of it that mean success.
    pub status: Option<(Pointer, Vec<String>)>,
}

impl Pointed {
    pub(super) fn checked(raw: &RawHook) -> Result<Pointed, Fault> {
        let pointer = |text: &Option<_>| text.as_ref().map(|text| checked(text, Pointer::parse)).transpose();
        Ok(Pointed {
            id: pointer(&raw.id)?,
            from: pointer(&raw.from)?,
            to: pointer(&raw.to)?,
            paths: pointer(&raw.paths)?,
            status: status(raw)?,
        })
    }
}

/// Returns where the status stands, and which words of it mean success.
fn status(raw: &RawHook) -> Result<Option<(Pointer, Vec<String>)>, Fault> {
    let (status, success) = match (&raw.status, &raw.success) {
        (None, None) => return Ok(None),
        (Some(status), Some(success)) if !success.get_ref().is_empty() => (status, success.get_ref()),
        (Some(status), _) => {
            let hint = "list the words, like `success = [\"success\"]`";
            return Err(Fault::new("nothing says which status means that the deploy is done", hint).at(status.span()));
        }
        (None, Some(success)) => {
            let hint = "point to it, like `status = \"/status\"`";
            return Err(Fault::new("nothing says where the status stands", hint).at(success.span()));
        }
    };
    Ok(Some((checked(status, Pointer::parse)?, checked_all(success, |word| Ok(word.to_owned()))?)))
}
