//! Why a store of AWS gave no token, and what to type next. No value stands in it: neither the token nor a key of AWS.

use crate::config::StoredToken;

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum StoredError {
    /// A variable of the keys is not set.
    #[error("no AWS credentials for {token}: the environment variable {variable} is not set")]
    NoKeys {
        /// The token, as the configuration has it.
        token: String,
        /// The variable.
        variable: &'static str,
    },
    /// The variable's value can be no key.
    #[error("what {0} holds is no credential of AWS")]
    MalformedKeys(&'static str),
    /// It is not known which region is asked.
    #[error("no AWS region for {0}: neither AWS_REGION nor AWS_DEFAULT_REGION is set")]
    NoRegion(String),
    /// The variable's value is no region.
    #[error("{0} holds no region of AWS")]
    NoSuchRegion(&'static str),
    /// The variable that moves a store holds nothing that a request may be sent to.
    #[error("{variable} cannot be used: {what}")]
    Address {
        /// The variable.
        variable: &'static str,
        /// The fault.
        what: String,
    },
    /// The store has nothing of this name.
    #[error("AWS has no {token} in {region}{said}")]
    NotThere {
        /// The token, as the configuration has it.
        token: String,
        /// Where it was looked for.
        region: String,
        /// What AWS said, behind a colon.
        said: String,
    },
    /// The keys may not read it.
    #[error("AWS does not allow the reading of {token}{said}")]
    NotAllowed {
        /// The token, as the configuration has it.
        token: String,
        /// The permission that is needed.
        action: &'static str,
        /// What AWS said, behind a colon.
        said: String,
    },
    /// The keys were good for a while.
    #[error("the AWS credentials have expired{0}")]
    Expired(String),
    /// The keys, or the signature, are none that AWS knows.
    #[error("AWS does not take the credentials{0}")]
    WrongKeys(String),
    /// AWS refuses the request for another reason.
    #[error("AWS refuses {token}{said}")]
    Refused {
        /// The token, as the configuration has it.
        token: String,
        /// What AWS said, behind a colon.
        said: String,
    },
    /// No answer came, or none that is of use, as often as it was asked.
    #[error("cannot ask AWS for {token}: {why}")]
    Unreachable {
        /// The token, as the configuration has it.
        token: String,
        /// Why not.
        why: String,
    },
    /// An answer came that is none of AWS's.
    #[error("the answer for {token} is none of AWS's: {what}")]
    Foreign {
        /// The token, as the configuration has it.
        token: String,
        /// What it is.
        what: String,
    },
    /// The secret is no text.
    #[error("{0} is binary, and a token is text")]
    Binary(String),
    /// The secret holds several values.
    #[error("{token} holds JSON, and nothing says which of its keys is the token")]
    NoKey {
        /// The secret, as the configuration has it.
        token: String,
        /// Its name.
        name: String,
    },
    /// It does not hold the one that is named.
    #[error("{0} holds no text under that key")]
    NotUnderKey(String),
    /// It holds more than any token has.
    #[error("{0} holds more than 65536 bytes, which no token has")]
    TooLong(String),
    /// The run is to end.
    #[error("{0} was not asked for to the end: interrupted")]
    Interrupted(String),
}

impl StoredError {
    /// The next thing to type.
    #[must_use]
    pub fn hint(&self) -> String {
        const LOG_IN: &str = "log in to AWS again, in CI in a step before this one; `aws configure export-credentials --format env` prints the variables of a profile";
        match self {
            StoredError::NoKeys { variable, .. } => format!(
                "`export {variable}=…`; `eval \"$(aws configure export-credentials --format env)\"` sets those of a profile, a Lambda has its role's by itself"
            ),
            StoredError::MalformedKeys(_) | StoredError::Expired(_) => LOG_IN.to_owned(),
            StoredError::NoRegion(_) | StoredError::NoSuchRegion(_) => {
                "`export AWS_REGION=eu-central-1`, or name the token by its ARN, which holds the region".to_owned()
            }
            StoredError::Address { .. } => "unset it to use AWS's own address".to_owned(),
            StoredError::NotThere { .. } => {
                "correct the name or the region: AWS_REGION counts, and the one in an ARN before it".to_owned()
            }
            StoredError::NotAllowed { action, .. } => format!(
                "allow the role `{action}` for it, and `kms:Decrypt` for its key where that is a key of your own"
            ),
            StoredError::WrongKeys(_) => {
                "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN come from one login; a clock that is minutes off spoils signatures, too".to_owned()
            }
            StoredError::Refused { .. } => "is its name written as AWS has it?".to_owned(),
            StoredError::Unreachable { .. } => {
                "a function in a VPC reaches AWS's stores by an endpoint or a NAT gateway alone".to_owned()
            }
            StoredError::Foreign { .. } => "does a proxy answer in its place?".to_owned(),
            StoredError::Binary(_) => "store it as text".to_owned(),
            StoredError::NoKey { name, .. } => format!("name the key behind a `#`, like `token_secret = \"{name}#token\"`"),
            StoredError::NotUnderKey(_) => {
                "write the key behind the `#` as the secret has it; without a `#` the whole text is the token".to_owned()
            }
            StoredError::TooLong(_) => "it has to hold the token, and nothing else".to_owned(),
            StoredError::Interrupted(_) => "run it again".to_owned(),
        }
    }

    /// What AWS says where the token is not there.
    pub(super) fn of_code(code: &str, token: &StoredToken, region: &str, said: String) -> StoredError {
        let (name, action) = (token.to_string(), token.store().action());
        match code {
            "ParameterNotFound" | "ParameterVersionNotFound" | "ResourceNotFoundException" => {
                StoredError::NotThere { token: name, region: region.to_owned(), said }
            }
            "AccessDeniedException" | "AccessDenied" => StoredError::NotAllowed { token: name, action, said },
            "ExpiredTokenException" | "ExpiredToken" | "RequestExpired" => StoredError::Expired(said),
            "UnrecognizedClientException"
            | "InvalidSignatureException"
            | "SignatureDoesNotMatch"
            | "InvalidClientTokenId"
            | "InvalidAccessKeyId"
            | "AuthFailure"
            | "IncompleteSignature"
            | "IncompleteSignatureException"
            | "MissingAuthenticationToken"
            | "MissingAuthenticationTokenException" => StoredError::WrongKeys(said),
            _ => StoredError::Refused { token: name, said },
        }
    }
}
