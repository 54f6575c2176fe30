//! `token_ssm` and `token_secret`: a token that AWS keeps, by its name or ARN.
//!
//! The key of a secret that holds JSON stands behind a `#`, which no name and no ARN can hold: so the whole is one text, and two sites
//! that write the same share what is asked. Asking is left to the sender.

use std::fmt;

use super::fault::Fault;

/// The longest name: an ARN of either store (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html>).
const LONGEST: usize = 2048;

/// A token that AWS keeps.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StoredToken {
    store: TokenStore,
    name: String,
    key: Option<String>,
}

/// Where AWS keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenStore {
    /// Parameter Store, of Systems Manager.
    Parameters,
    /// Secrets Manager.
    Secrets,
}

/// A region of AWS, like `eu-central-1`. It becomes a part of a host's name, and so holds nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region(String);

impl TokenStore {
    /// Returns the key of the configuration.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            TokenStore::Parameters => "token_ssm",
            TokenStore::Secrets => "token_secret",
        }
    }

    /// Returns the store's name in ARNs, host names and signatures.
    #[must_use]
    pub fn service(self) -> &'static str {
        match self {
            TokenStore::Parameters => "ssm",
            TokenStore::Secrets => "secretsmanager",
        }
    }

    /// Returns the permission that reading takes.
    #[must_use]
    pub fn action(self) -> &'static str {
        match self {
            TokenStore::Parameters => "ssm:GetParameter",
            TokenStore::Secrets => "secretsmanager:GetSecretValue",
        }
    }
}

impl StoredToken {
    /// Reads the value of `token_ssm` or `token_secret`.
    pub(super) fn parse(store: TokenStore, text: &str) -> Result<StoredToken, Fault> {
        let (what, example) = match store {
            TokenStore::Parameters => ("parameter", "token_ssm = \"/purge/cloudflare\""),
            TokenStore::Secrets => ("secret", "token_secret = \"purge/cloudflare#token\""),
        };
        let fault = |what: String, hint: String| Err(Fault::new(format!("`{}` {what}", store.key()), hint));
        let (name, key) = match (store, text.split_once('#')) {
            (TokenStore::Secrets, Some((name, key))) => (name, Some(key)),
            (TokenStore::Parameters | TokenStore::Secrets, _) => (text, None),
        };
        if looks_like_a_token(name) {
            let hint = format!("write the name of the {what} that holds it; if this is its name, write its ARN");
            return fault("looks like a token, which never stands in the file".to_owned(), hint);
        }
        let is_in_a_name = |b: u8| b.is_ascii_alphanumeric() || b"/_+=.@-:".contains(&b);
        if name.is_empty() || name.len() > LONGEST || !name.bytes().all(is_in_a_name) {
            return fault(format!("is no name of a {what}"), format!("write its name or its ARN, like `{example}`"));
        }
        if key.is_some_and(|key| key.is_empty() || key.len() > LONGEST || key.contains(char::is_control)) {
            let hint = format!("write the key that holds the token behind the `#`, like `{example}`");
            return fault("names no key behind the `#`".to_owned(), hint);
        }
        let token = StoredToken { store, name: name.to_owned(), key: key.map(str::to_owned) };
        if name.starts_with("arn:") && token.region().is_none() {
            let arn = format!("arn:aws:{}:REGION:ACCOUNT:{what}", store.service());
            return fault(
                format!("is no ARN of a {what}"),
                format!("copy it from AWS's console: it begins like `{arn}`"),
            );
        }
        Ok(token)
    }

    /// Returns where it is kept.
    #[must_use]
    pub fn store(&self) -> TokenStore {
        self.store
    }

    /// Returns its name or ARN.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the key of a secret that holds JSON.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// Returns the region of its ARN; `None` for a name.
    #[must_use]
    pub fn region(&self) -> Option<Region> {
        let mut parts = self.name.splitn(6, ':');
        let (arn, partition) = (parts.next()?, parts.next()?);
        let (service, region, account, rest) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let fits = arn == "arn" && partition.starts_with("aws") && service == self.store.service();
        let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        Region::parse(region).filter(|_| fits && is_account && !rest.is_empty())
    }
}

impl fmt::Display for StoredToken {
    /// Writes the key of the configuration, and what stands there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let behind = self.key.as_ref().map(|key| format!("#{key}")).unwrap_or_default();
        let text = format!("{}{behind}", self.name);
        write!(f, "`{}` ({})", self.store.key(), crate::display::shown(text.as_bytes()))
    }
}

impl Region {
    /// Reads a region; `None` for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Region> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let is_one = text.len() <= 32 && text.contains('-') && text.bytes().all(fits);
        (is_one && text.starts_with(|c: char| c.is_ascii_lowercase()) && !text.ends_with('-'))
            .then(|| Region(text.to_owned()))
    }

    /// The region, like `eu-central-1`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Returns true for what is no name that somebody chose. Cloudflare's tokens have digits and letters of both sizes, its keys are hex.
fn looks_like_a_token(text: &str) -> bool {
    let has = |kind: fn(&u8) -> bool| text.as_bytes().iter().any(kind);
    let is_mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    let is_one_word = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    text.len() >= 30 && is_one_word && (is_mixed || text.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:purge-AbCdEf";

    #[test]
    fn a_name_an_arn_and_a_key_are_told_apart() {
        let (ssm, secret) = (TokenStore::Parameters, TokenStore::Secrets);
        let keyed = format!("{SECRET}#api token");
        for (store, text, name, key, region) in [
            (ssm, "/purge/cloudflare", "/purge/cloudflare", None, None),
            (ssm, "token:3", "token:3", None, None),
            (ssm, "/aws/reference/secretsmanager/purge", "/aws/reference/secretsmanager/purge", None, None),
            (
                ssm,
                "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/purge",
                "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/purge",
                None,
                Some("cn-north-1"),
            ),
            (secret, "prod-website-cloudflare-api-token", "prod-website-cloudflare-api-token", None, None),
            (secret, "purge#token", "purge", Some("token"), None),
            (secret, "purge#a#b", "purge", Some("a#b"), None),
            (secret, SECRET, SECRET, None, Some("eu-central-1")),
            (secret, &keyed, SECRET, Some("api token"), Some("eu-central-1")),
        ] {
            let token = StoredToken::parse(store, text).unwrap_or_else(|fault| panic!("{text}: {}", fault.message));
            assert_eq!((token.name(), token.key()), (name, key), "{text}");
            assert_eq!(token.region().as_ref().map(Region::as_str), region, "{text}");
            assert!(token.to_string().starts_with(&format!("`{}` (", store.key())), "{token}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused_and_a_pasted_token_is_not_repeated() {
        let (ssm, secret) = (TokenStore::Parameters, TokenStore::Secrets);
        for (store, text, message) in [
            (ssm, "", "is no name of a parameter"),
            (ssm, "/purge token", "is no name of a parameter"),
            (ssm, "/purge#token", "is no name of a parameter"),
            (secret, "", "is no name of a secret"),
            (secret, "https://x/?y", "is no name of a secret"),
            (secret, "purge#", "names no key behind the `#`"),
            (secret, "purge#a\nb", "names no key behind the `#`"),
            (ssm, SECRET, "is no ARN of a parameter"),
            (secret, "arn:aws:ssm:eu-central-1:123456789012:parameter/x", "is no ARN of a secret"),
            (secret, "arn:aws:secretsmanager:evil.example/:123456789012:secret:x", "is no ARN of a secret"),
            (secret, "arn:aws:secretsmanager:eu-central-1:1234:secret:x", "is no ARN of a secret"),
            (ssm, "Sn3Zz0123456789abcdefABCDEF-uvwxyzUVW99x", "looks like a token"),
            (secret, "c2547eb745079dac9320b638f5e225cf483cc5cfdda41", "looks like a token"),
            (secret, "Sn3Zz0123456789abcdefABCDEF-uvwxyzUVW99x#key", "looks like a token"),
        ] {
            let fault = StoredToken::parse(store, text).unwrap_err();
            assert!(fault.message.contains(message), "{text}: {}", fault.message);
            assert!(!format!("{} {}", fault.message, fault.hint).contains("Sn3Zz"), "{text}");
        }
    }

    #[test]
    fn a_region_is_a_word_that_cannot_lead_elsewhere() {
        for good in ["eu-central-1", "us-gov-west-1", "cn-north-1", "us-iso-east-1"] {
            assert_eq!(Region::parse(good).as_ref().map(Region::as_str), Some(good));
        }
        for bad in [
            "",
            "us",
            "US-EAST-1",
            "us-east-1.evil.example",
            "us-east-1/",
            "us-east-1#",
            "-us-1",
            "us-",
            " us-east-1",
            "a@b-1",
        ] {
            assert_eq!(Region::parse(bad), None, "{bad}");
        }
    }
}
