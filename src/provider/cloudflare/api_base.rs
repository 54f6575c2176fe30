//! Where the API answers: Cloudflare's own address, or a server on this machine for tests and the demo.

use crate::config::Environment;
use crate::provider::api_address::ApiAddress;
use crate::provider::target::ProviderError;

/// The variables that move the API, as Cloudflare's SDKs and its wrangler name them; the first that is set counts.
const VARIABLES: [&str; 2] = ["CLOUDFLARE_BASE_URL", "CLOUDFLARE_API_BASE_URL"];

/// Cloudflare's own address (<https://developers.cloudflare.com/api/>).
const OWN: &str = "https://api.cloudflare.com/client/v4";

/// The API's address without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ApiBase(ApiAddress);

/// The variable that moves the API, which holds no address that a token may be sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unusable {
    variable: &'static str,
    what: String,
}

impl From<Unusable> for ProviderError {
    fn from(Unusable { variable, what }: Unusable) -> ProviderError {
        ProviderError::Unusable { variable, what, hint: "unset it to use Cloudflare's own address" }
    }
}

impl ApiBase {
    /// Cloudflare's address, unless a variable moves it.
    ///
    /// # Errors
    /// When the variable holds anything but an https URL, or an http URL of this machine: a token never travels
    /// unencrypted.
    pub(super) fn from_environment(environment: &Environment) -> Result<ApiBase, Unusable> {
        for variable in VARIABLES {
            let unusable = |what: String| Unusable { variable, what };
            let value = environment.get(variable).map_err(|_| unusable("its value is no text".to_owned()))?;
            if let Some(value) = value {
                return ApiAddress::parse(value).map(ApiBase).map_err(unusable);
            }
        }
        // Its own address cannot be one that is refused.
        ApiAddress::parse(OWN).map(ApiBase).map_err(|what| Unusable { variable: VARIABLES[0], what })
    }

    /// True for the plain http that only this machine's servers are spoken to with.
    pub(super) fn is_on_this_machine(&self) -> bool {
        self.0.is_on_this_machine()
    }

    /// The address, without a trailing slash.
    pub(super) fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(pairs: &[(&str, &str)]) -> Result<ApiBase, Unusable> {
        ApiBase::from_environment(&pairs.iter().copied().collect())
    }

    #[test]
    fn the_api_moves_only_to_where_a_token_may_travel() {
        assert_eq!(base(&[]).unwrap().as_str(), "https://api.cloudflare.com/client/v4");
        for (value, want) in [
            ("http://127.0.0.1:8787/client/v4/", Some("http://127.0.0.1:8787/client/v4")),
            ("http://[::1]:1/", Some("http://[::1]:1")),
            ("http://localhost:1", Some("http://localhost:1")),
            ("https://proxy.example/cf", Some("https://proxy.example/cf")),
            ("http://proxy.example/cf", None),
            ("http://localhost.example/", None),
            ("ftp://127.0.0.1/", None),
            ("127.0.0.1:80", None),
            ("https://a:b@proxy.example/", None),
        ] {
            assert_eq!(base(&[("CLOUDFLARE_API_BASE_URL", value)]).ok().as_ref().map(ApiBase::as_str), want, "{value}");
        }
        let both =
            base(&[("CLOUDFLARE_BASE_URL", "http://127.0.0.1:1"), ("CLOUDFLARE_API_BASE_URL", "http://127.0.0.1:2")]);
        assert_eq!(both.unwrap().as_str(), "http://127.0.0.1:1");
    }
}
