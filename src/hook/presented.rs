//! A secret that a delivery presents as it is, where its sender cannot sign: as a bearer token, as the password of basic authentication,
//! or as `?secret=` in the URL that the sender was given.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::form_urlencoded;

use super::delivery::Delivery;
use super::secrets::Secrets;
use super::signature::header;
use super::verdict::Verdict;

/// The name that a secret has in a query.
const NAME: &str = "secret";

/// Refuses a delivery that presents none of the secrets.
pub(super) fn presents(secrets: &Secrets, delivery: &Delivery<'_>) -> Result<(), Verdict> {
    let (by_header, by_query) = (authorization(delivery).unwrap_or_default(), query(delivery).unwrap_or_default());
    // Both are tried, so that the time does not tell which one holds.
    if secrets.open_for(&by_header) | secrets.open_for(&by_query) {
        return Ok(());
    }
    Err(Verdict::Refused("it presents none of the hook's secrets"))
}

/// Returns the token of `Authorization: Bearer`.
pub(super) fn bearer<'d>(delivery: &Delivery<'d>) -> Option<&'d str> {
    let (scheme, token) = header(delivery.headers, "authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

/// Returns what `Authorization` presents: a token, or the password of a user of any name.
fn authorization(delivery: &Delivery<'_>) -> Option<Vec<u8>> {
    if let Some(token) = bearer(delivery) {
        return Some(token.as_bytes().to_vec());
    }
    let (scheme, pair) = header(delivery.headers, "authorization")?.split_once(' ')?;
    let pair = STANDARD.decode(pair).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let colon = pair.iter().position(|byte| *byte == b':')?;
    Some(pair[colon + 1..].to_vec())
}

/// Returns the one secret of the query; of two nobody says which holds.
fn query(delivery: &Delivery<'_>) -> Option<Vec<u8>> {
    let mut values = form_urlencoded::parse(delivery.query?.as_bytes()).filter(|(name, _)| name == NAME);
    let (value, None) = (values.next()?.1, values.next()) else { return None };
    Some(value.into_owned().into_bytes())
}
