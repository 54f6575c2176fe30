//! `kind = "hmac"`: whatever signs the body of a delivery with a shared secret, and where the body says what was deployed.

use super::pointed::Pointed;
use crate::config::HeaderName;
use crate::config::checked::checked;
use crate::config::fault::Fault;
use crate::config::raw_serve::RawHook;
use crate::config::word::one_of;

/// The keys of this kind.
pub(super) const KEYS: &[&str] =
    &["header", "algorithm", "prefix", "encoding", "id", "from", "to", "paths", "status", "success"];

/// A hook whose body is signed with an HMAC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HmacHook {
    /// The header that holds the signature.
    pub header: HeaderName,
    /// The hash.
    pub algorithm: HmacAlgorithm,
    /// The text before the signature in its header.
    pub prefix: String,
    /// How the signature is written.
    pub encoding: HmacEncoding,
    /// Where the body says what was deployed.
    pub told: Pointed,
}

/// The hash of an HMAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum HmacAlgorithm {
    Sha256,
    Sha1,
    Sha512,
}

/// How an HMAC is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum HmacEncoding {
    Hex,
    Base64,
}

impl HmacHook {
    pub(super) fn checked(raw: &RawHook) -> Result<HmacHook, Fault> {
        let hint = "name it, like `header = \"X-Signature-256\"`";
        let header =
            raw.header.as_ref().ok_or_else(|| Fault::new("nothing says which header holds the signature", hint));
        let header = checked(header.map_err(|fault| fault.at(raw.kind.span()))?, HeaderName::parse)?;
        Ok(HmacHook {
            header,
            algorithm: raw
                .algorithm
                .as_ref()
                .map_or(Ok(HmacAlgorithm::Sha256), |a| checked(a, HmacAlgorithm::parse))?,
            prefix: raw.prefix.as_ref().map_or(Ok(String::new()), |prefix| checked(prefix, self::prefix))?,
            encoding: raw.encoding.as_ref().map_or(Ok(HmacEncoding::Hex), |e| checked(e, HmacEncoding::parse))?,
            told: Pointed::checked(raw)?,
        })
    }
}

fn prefix(text: &str) -> Result<String, Fault> {
    if text.len() <= 32 && text.bytes().all(|b| b.is_ascii_graphic() || b == b' ') {
        return Ok(text.to_owned());
    }
    Err(Fault::new("`prefix` is no text that stands before a signature", "write it like `prefix = \"sha256=\"`"))
}

impl HmacAlgorithm {
    fn parse(text: &str) -> Result<HmacAlgorithm, Fault> {
        let words =
            [("sha256", HmacAlgorithm::Sha256), ("sha1", HmacAlgorithm::Sha1), ("sha512", HmacAlgorithm::Sha512)];
        one_of("algorithm", &words, text)
    }
}

impl HmacEncoding {
    fn parse(text: &str) -> Result<HmacEncoding, Fault> {
        one_of("encoding", &[("hex", HmacEncoding::Hex), ("base64", HmacEncoding::Base64)], text)
    }
}
