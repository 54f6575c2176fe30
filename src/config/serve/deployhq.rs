//! `kind = "deployhq"`: whose deploys count, and the key that signs them.
//!
//! `DeployHQ` signs the deliveries of all its customers with one key, so a signature alone says nothing of whose deploy it was. The
//! project and the server have to be named here, and a delivery has to present the hook's secret as well.

use super::rsa_key::RsaKey;
use crate::config::HeaderName;
use crate::config::checked::checked;
use crate::config::fault::Fault;
use crate::config::raw::Text;
use crate::config::raw_serve::RawHook;
use crate::display::shown;

/// The keys of this kind.
pub(super) const KEYS: &[&str] = &["project", "server", "header", "public_key"];

/// The public key that `DeployHQ` documents: 1024 bits of RSA, for all its customers
/// (<https://www.deployhq.com/support/integrations/http-post>).
const DOCUMENTED: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDXJcP2N6NtcN26Q8nVaidXOA0wRxWK2HQTblIaQdGRDjqTvhrSlFuV5N4jz7w/\
    w8uskP20G7ZQ+CkHwIXrWk76KZJnpdoOHPO6AqRmEFgV5Q6Y1CR77mvnT9O21hTnfzfyyiAdQC2oO8M9/jeLRPTAqmkGxdQa8iepUz4BwrrHmwIDAQAB";

/// The settings of a hook of `DeployHQ`'s.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeployHqHook {
    /// The project's permalink.
    pub project: String,
    /// The server's identifier.
    pub server: String,
    /// The header that holds the signature of a body that is JSON; `None` where the body is a form that holds it.
    pub header: Option<HeaderName>,
    /// The key that signs.
    pub key: RsaKey,
}

impl DeployHqHook {
    pub(super) fn checked(raw: &RawHook) -> Result<DeployHqHook, Fault> {
        let pinned = |key: &str, of: &str, example: &str, text: &Option<Text>| {
            let hint =
                format!("all customers of DeployHQ share one signing key: write {of}, like `{key} = \"{example}\"`");
            let text = text.as_ref().ok_or_else(|| Fault::new(format!("`{key}` is missing"), hint.clone()))?;
            checked(text, |text| {
                name(text).ok_or_else(|| Fault::new(format!("{} names none", shown(text.as_bytes())), hint))
            })
        };
        let key = raw.public_key.as_ref();
        Ok(DeployHqHook {
            project: pinned("project", "the project's permalink", "my-site", &raw.project)?,
            server: pinned("server", "the server's identifier", "11111111-2222-3333-4444-555555555555", &raw.server)?,
            header: raw.header.as_ref().map(|header| checked(header, HeaderName::parse)).transpose()?,
            key: key.map_or_else(|| RsaKey::parse(DOCUMENTED), |key| checked(key, RsaKey::parse))?,
        })
    }
}

/// Reads a permalink or an identifier.
fn name(text: &str) -> Option<String> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    ((1..=128).contains(&text.len()) && text.bytes().all(fits)).then(|| text.to_owned())
}
