//! Lists of names that others gave: environments, branches, contexts.

use crate::config::checked::checked_all;
use crate::config::fault::Fault;
use crate::config::raw::Text;
use crate::config::spanned::Spanned;

/// Reads a list of names; empty where there is none.
pub(super) fn names(list: Option<&Spanned<Vec<Text>>>) -> Result<Vec<String>, Fault> {
    list.map_or(Ok(Vec::new()), |texts| checked_all(texts.get_ref(), name))
}

fn name(text: &str) -> Result<String, Fault> {
    if text.is_empty() {
        return Err(Fault::new("an empty text names nothing", "leave it out of the list"));
    }
    Ok(text.to_owned())
}
