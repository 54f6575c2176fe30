//! `kind = "hmac"`: whatever signs the body of a delivery with a shared secret, and where the body says what was deployed.

use super::pointer::Pointer;
use crate::config::HeaderName;
use crate::config::checked::{checked, checked_all};
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
    /// The delivery's id, where it has one.
    pub id: Option<Pointer>,
    /// The revision that was live before.
    pub from: Option<Pointer>,
    /// The revision that is live now.
    pub to: Option<Pointer>,
    /// The list of changed paths.
    pub paths: Option<Pointer>,
    /// The status of the deploy, and the words of it that mean success.
    pub status: Option<(Pointer, Vec<String>)>,
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
        let pointer = |text: &Option<_>| text.as_ref().map(|text| checked(text, Pointer::parse)).transpose();
        Ok(HmacHook {
            header,
            algorithm: raw
                .algorithm
                .as_ref()
                .map_or(Ok(HmacAlgorithm::Sha256), |a| checked(a, HmacAlgorithm::parse))?,
            prefix: raw.prefix.as_ref().map_or(Ok(String::new()), |prefix| checked(prefix, self::prefix))?,
            encoding: raw.encoding.as_ref().map_or(Ok(HmacEncoding::Hex), |e| checked(e, HmacEncoding::parse))?,
            id: pointer(&raw.id)?,
            from: pointer(&raw.from)?,
            to: pointer(&raw.to)?,
            paths: pointer(&raw.paths)?,
            status: status(raw)?,
        })
    }
}

fn prefix(text: &str) -> Result<String, Fault> {
    if text.len() <= 32 && text.bytes().all(|b| b.is_ascii_graphic() || b == b' ') {
        return Ok(text.to_owned());
    }
    Err(Fault::new("`prefix` is no text that stands before a signature", "write it like `prefix = \"sha256=\"`"))
}

/// Returns where the status stands, and which words of it mean success.
fn status(raw: &RawHook) -> Result<Option<(Pointer, Vec<String>)>, Fault> {
    let (status, success) = match (&raw.status, &raw.success) {
        (None, None) => return Ok(None),
        (Some(status), Some(success)) if !success.get_ref().is_empty() => (status, success.get_ref()),
        (Some(status), _) => {
            let hint = "list the words, like `success = [\"success\"]`";
            return Err(Fault::new("nothing says which status means that the deploy is done", hint).at(status.span()));
        }
        (None, Some(success)) => {
            let hint = "point to it, like `status = \"/status\"`";
            return Err(Fault::new("nothing says where the status stands", hint).at(success.span()));
        }
    };
    Ok(Some((checked(status, Pointer::parse)?, checked_all(success, |word| Ok(word.to_owned()))?)))
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
