//! What a purge of a site lacks, as far as that shows before there is one: a zone, or a token where it is said to be.
//!
//! Nobody is asked, and no program is run. Whether the token opens the zone is left to [`super::check`].

use crate::config::{Environment, Site, StoredToken, TokenSource};
use crate::provider::Provider;
use crate::send::{Credentials, CredentialsError};

/// One thing that is lacking, and what to do.
#[derive(Debug, PartialEq, Eq)]
pub struct Lack {
    /// What is lacking, in words.
    pub text: String,
    /// The next thing to type.
    pub hint: String,
}

/// Returns what a purge of a site lacks.
#[must_use]
pub fn lacking(site: &Site, environment: &Environment) -> Vec<Lack> {
    let mut all = Vec::new();
    for layer in site.in_layers() {
        let provider = match Provider::for_site(&layer, environment) {
            Ok(provider) => provider,
            Err(error) => {
                all.push(Lack { text: error.to_string(), hint: error.hint().to_owned() });
                continue;
            }
        };
        if let Err(error) = provider.targets() {
            all.push(Lack { text: error.to_string(), hint: error.hint().to_owned() });
        }
        let keys =
            provider.keys().filter(|keys| matches!(keys.source, TokenSource::Variable(_) | TokenSource::File(_)));
        let nobody = |stored: &StoredToken| Err(CredentialsError::Elsewhere(stored.to_string()));
        if let Some(Err(error)) = keys.map(|keys| Credentials::find(environment, &keys, nobody)) {
            all.push(Lack { text: error.to_string(), hint: error.hint() });
        }
    }
    all
}
