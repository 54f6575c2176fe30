//! `kind = "netlify"`: which of Netlify's deploys count.

use super::names::names;
use crate::config::fault::Fault;
use crate::config::raw_serve::RawHook;

/// The keys of this kind.
pub(super) const KEYS: &[&str] = &["contexts", "files_token_env", "files_token_file"];

/// The context of the deploys that a site's visitors get.
const PRODUCTION: &str = "production";

/// The settings of a hook of Netlify's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetlifyHook {
    /// The contexts whose deploys count; never empty.
    pub contexts: Vec<String>,
}

impl NetlifyHook {
    pub(super) fn checked(raw: &RawHook) -> Result<NetlifyHook, Fault> {
        let contexts = names(raw.contexts.as_ref())?;
        match &raw.contexts {
            None => Ok(NetlifyHook { contexts: vec![PRODUCTION.to_owned()] }),
            Some(list) if contexts.is_empty() => {
                let hint = "name one, like `contexts = [\"production\"]`, or leave it out";
                Err(Fault::new("`contexts` is empty", hint).at(list.span()))
            }
            Some(_) => Ok(NetlifyHook { contexts }),
        }
    }
}
