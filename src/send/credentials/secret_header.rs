//! A header whose value lets requests to an origin in. Shown to nobody.

use reqwest::header::{HeaderName, HeaderValue};

use super::CredentialsError;
use super::redaction::redact;
use crate::config::{self, EnvName, Environment};

/// A header with a secret value.
#[derive(Debug, Clone)]
pub struct SecretHeader {
    name: HeaderName,
    value: HeaderValue,
}

impl SecretHeader {
    /// Reads the value from the environment.
    ///
    /// # Errors
    /// When it is missing, or cannot be a header's value.
    pub fn find(
        environment: &Environment,
        name: &config::HeaderName,
        variable: &EnvName,
    ) -> Result<SecretHeader, CredentialsError> {
        let value = environment.get(variable.as_str())?.map(str::trim).filter(|value| !value.is_empty());
        let value = value.ok_or_else(|| {
            let missing = CredentialsError::MissingHeader;
            let why = if environment.is_blank(variable.as_str()) { CredentialsError::BlankHeader } else { missing };
            why(variable.as_str().to_owned())
        })?;
        let malformed = || CredentialsError::MalformedHeader(variable.as_str().to_owned());
        let name = HeaderName::try_from(name.as_str()).map_err(|_| malformed())?;
        let mut value = HeaderValue::try_from(value).map_err(|_| malformed())?;
        value.set_sensitive(true);
        Ok(SecretHeader { name, value })
    }

    /// A foreign text without the value, whole or its last word, which is what `Bearer …` hides.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let Ok(value) = self.value.to_str() else { return text.to_owned() };
        let last = value.rsplit(' ').next().unwrap_or(value);
        [value, last].into_iter().fold(text.to_owned(), |text, secret| redact(&text, secret, "[secret]"))
    }

    /// The header; no log of the client shows its value.
    pub(in crate::send) fn header(&self) -> (HeaderName, HeaderValue) {
        (self.name.clone(), self.value.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn the_value_is_never_shown() {
        let site = "[[site]]\nname = \"w\"\nbase_urls = [\"https://w.example/\"]\n[site.origin]\nurl = \"https://o.example/\"\nheader = \"X-Key\"\ntoken_env = \"KEY\"\n";
        let site = Config::parse(site, "").unwrap().sites.remove(0);
        let (name, variable) = site.origin.origin.unwrap().secret.unwrap();
        let find = |value: &str| SecretHeader::find(&[("KEY", value)].into_iter().collect(), &name, &variable);
        let header = find(" s3cret ").unwrap();
        assert_eq!((header.header().0.as_str(), header.header().1.to_str().unwrap()), ("x-key", "s3cret"));
        assert!(!format!("{header:?}").contains("s3cret"));
        assert_eq!(find("Bearer s3cret").unwrap().redact("/?k=%733cret"), "/?k=[secret]");
        for bad in ["s3cret\nx", "", " "] {
            let error = find(bad).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("s3cret"), "{bad}");
        }
    }
}
