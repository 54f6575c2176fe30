//! An address of an API that a variable of the environment names in place of the vendor's own: for tests, for the demo, and for private
//! endpoints. What goes there is a secret, so it goes over https, or to this machine.

use url::{Host, Url};

/// The address without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiAddress(String);

impl ApiAddress {
    /// Reads an https URL, or an http URL of this machine: a token never travels unencrypted.
    ///
    /// # Errors
    /// When it is anything else, in words.
    pub fn parse(text: &str) -> Result<ApiAddress, String> {
        let url = Url::parse(text).map_err(|e| e.to_string())?;
        let here = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => return Err("the host is missing".to_owned()),
        };
        match url.scheme() {
            "https" => {}
            "http" if here => {}
            _ => return Err("a token is sent over https only, except to this machine".to_owned()),
        }
        if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
            return Err("only scheme, host and path belong there".to_owned());
        }
        Ok(ApiAddress(url.as_str().trim_end_matches('/').to_owned()))
    }

    /// True for the plain http that only this machine's servers are spoken to with.
    #[must_use]
    pub fn is_on_this_machine(&self) -> bool {
        self.0.starts_with("http:")
    }

    /// The address, without a trailing slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
