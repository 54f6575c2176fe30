//! Variants: further cache keys of one URL, by its query string or by request headers.
//!
//! A rule lists what visitors may send, and each combination is a key of its own. A part that a visitor may also leave out (a query
//! string, an `Origin`, a language, a cookie) is left out in some of the combinations; the device and the country, which
//! Cloudflare itself adds, are in each. The header names are those that Cloudflare asks for in a purge
//! (<https://developers.cloudflare.com/cache/how-to/purge-cache/purge-cache-key/>).

use std::collections::BTreeMap;
use std::sync::Arc;

use url::Url;

use super::checked::{checked, checked_all};
use super::fault::{Fault, value};
use super::raw::{RawRule, Text};
use super::spanned::Spanned;
use super::word::one_of;
use crate::display::shown;
use crate::encoding::check_escapes;

/// Variants that one rule may ask for; each is one more operation for every URL.
const MOST_VARIANTS: usize = 1000;

/// Request headers of a cache key: names and values in the order in which they are sent; at least one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestHeaders(Vec<(Box<str>, Box<str>)>);

/// One further cache key of a URL: a query string, headers, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Without the `?`.
    pub query: Option<Box<str>>,
    /// Shared by all URLs that have them.
    pub headers: Option<Arc<RequestHeaders>>,
}

impl RequestHeaders {
    /// Headers that were written before; `None` where one cannot be sent, or there is none.
    #[must_use]
    pub fn restored<'h>(headers: impl IntoIterator<Item = (&'h str, &'h str)>) -> Option<RequestHeaders> {
        let header = |(name, text): (&str, &str)| {
            let sent = is_token(name) && header_value(text).is_ok();
            sent.then(|| (Box::from(name), Box::from(text)))
        };
        let headers = headers.into_iter().map(header).collect::<Option<Vec<_>>>()?;
        (!headers.is_empty()).then_some(RequestHeaders(headers))
    }

    /// Returns names and values.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }
}

impl std::fmt::Display for RequestHeaders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, (name, value)) in self.iter().enumerate() {
            write!(f, "{}{name}: {value}", if i > 0 { "; " } else { "" })?;
        }
        Ok(())
    }
}

/// As a map of names to values, in their order.
impl serde::Serialize for RequestHeaders {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

type Headers = Vec<(Box<str>, Box<str>)>;

/// The values of one list, as the headers that they mean; with an empty one where visitors may send none.
struct List {
    values: Vec<Headers>,
    optional: bool,
}

/// Returns all variants of a rule, each once; without the URL alone, which is purged anyway.
pub(super) fn variants(raw: &RawRule) -> Result<Vec<Variant>, Fault> {
    let header = |name: &'static str, values: Vec<String>, optional| List {
        values: values.into_iter().map(|value| vec![(Box::from(name), value.into_boxed_str())]).collect(),
        optional,
    };
    let lists = [
        header("Origin", checked_all(&raw.origins, origin)?, true),
        header("CF-Device-Type", checked_all(&raw.device_types, device_type)?, false),
        header("CF-IPCountry", checked_all(&raw.countries, country)?, false),
        header("Accept-Language", checked_all(&raw.languages, language)?, true),
        header("Cookie", checked_all(&raw.cookies, cookie)?, true),
        List { values: raw.headers.iter().map(headers).collect::<Result<_, _>>()?, optional: true },
    ];
    let queries = checked_all(&raw.queries, query)?;
    let count = lists
        .iter()
        .filter(|list| !list.values.is_empty())
        .fold(queries.len() + 1, |n, list| n.saturating_mul(list.values.len() + usize::from(list.optional)));
    if count > MOST_VARIANTS {
        let message = format!("the rule's lists make {count} cache keys of each URL, and {MOST_VARIANTS} are the most");
        return Err(
            Fault::new(message, "shorten them, or purge these files with `by = \"prefix\"`").at(raw.r#match.span())
        );
    }
    let mut variants: Vec<Variant> = Vec::new();
    for query in [None].into_iter().chain(queries.into_iter().map(Some)) {
        for headers in product(&lists) {
            let headers = (!headers.is_empty()).then(|| Arc::new(RequestHeaders(headers)));
            let variant = Variant { query: query.clone().map(String::into_boxed_str), headers };
            let plain = variant.query.is_none() && variant.headers.is_none();
            if !plain && !variants.contains(&variant) {
                variants.push(variant);
            }
        }
    }
    Ok(variants)
}

/// Returns every combination of one value of each list that has any.
fn product(lists: &[List]) -> Vec<Headers> {
    lists.iter().filter(|list| !list.values.is_empty()).fold(vec![Vec::new()], |combinations, list| {
        let none = list.optional.then(Vec::new);
        let values: Vec<&Headers> = none.iter().chain(&list.values).collect();
        combinations.iter().flat_map(|before| values.iter().map(move |value| [&before[..], value].concat())).collect()
    })
}

fn query(text: &str) -> Result<String, Fault> {
    let fault = |what: &str, hint: &str| Err(Fault::new(format!("{}: {what}", value(text)), hint));
    if let Some(rest) = text.strip_prefix('?') {
        return fault("the `?` is no part of a query string", &format!("write `{}`", value(rest)));
    }
    if text.is_empty() || text.contains('#') || !text.bytes().all(|b| b.is_ascii_graphic()) {
        return fault(
            "this is no query string",
            "write it as links have it, percent-encoded, like `utm_source=newsletter`",
        );
    }
    match check_escapes(text) {
        Ok(()) => Ok(text.to_owned()),
        Err(e) => fault(&e.to_string(), "write `%25` for a `%`"),
    }
}

/// Checks an origin, as browsers send it: scheme and host, and a port that is not the scheme's own.
fn origin(text: &str) -> Result<String, Fault> {
    // Browsers send it for a sandboxed frame or a file.
    if text == "null" {
        return Ok(text.to_owned());
    }
    let fault = || {
        let message = format!("{}: this is no origin", value(text));
        Fault::new(message, "write scheme and host, like `https://www.example.com`, with a port where links have one")
    };
    let url = Url::parse(text).map_err(|_| fault())?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if !matches!(url.scheme(), "http" | "https") || !bare || text.ends_with('/') || text.contains('@') {
        return Err(fault());
    }
    Ok(url.origin().ascii_serialization())
}

fn device_type(text: &str) -> Result<String, Fault> {
    let word = one_of("device_types", &[("mobile", "mobile"), ("desktop", "desktop"), ("tablet", "tablet")], text)?;
    Ok(word.to_owned())
}

/// Checks a country: two letters in capitals; `T1` is Tor and `XX` unknown.
fn country(text: &str) -> Result<String, Fault> {
    let bytes = text.as_bytes();
    if bytes.len() == 2 && bytes[0].is_ascii_alphabetic() && bytes[1].is_ascii_alphanumeric() {
        return Ok(text.to_ascii_uppercase());
    }
    Err(Fault::new(
        format!("{}: this is no country", shown(bytes)),
        "write the two letters of ISO 3166, like `ES`; `T1` is Tor, `XX` unknown",
    ))
}

/// Checks a language: the whole header, in the case in which visitors send it.
fn language(text: &str) -> Result<String, Fault> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-*,;=. ".contains(&b);
    if !text.is_empty() && text.trim() == text && text.bytes().all(fits) {
        return Ok(text.to_owned());
    }
    Err(Fault::new(
        format!("{}: this is no Accept-Language", value(text)),
        "write it in the very case that the cache key has, like `zh-CN`",
    ))
}

fn cookie(text: &str) -> Result<String, Fault> {
    // Cookies can be secrets: they are not repeated.
    let hint = "write `name=value`, like `theme=dark`; several of one request with `; ` between them";
    let pair = |pair: &str| pair.trim().split_once('=').is_some_and(|(name, _)| !name.is_empty() && is_token(name));
    if !text.split(';').all(pair) {
        return Err(Fault::new("this is no cookie", hint));
    }
    header_value(text).map_err(|_| Fault::new("a cookie is printable ASCII", hint))
}

/// Headers that have a key of their own, or that no cache key can be asked for by.
const ELSEWHERE: [(&str, &str); 9] = [
    ("origin", "list the origins in `origins`"),
    ("cf-device-type", "list the devices in `device_types`"),
    ("cf-ipcountry", "list the countries in `countries`"),
    ("accept-language", "list the languages in `languages`"),
    ("cookie", "list the cookies in `cookies`"),
    ("host", "list the hosts in `base_urls`"),
    ("content-length", "a request for a page has no body"),
    ("authorization", "a secret does not belong in the file"),
    ("proxy-authorization", "a secret does not belong in the file"),
];

/// Checks one entry of `headers`: those of one request.
fn headers(table: &Spanned<BTreeMap<Spanned<String>, Text>>) -> Result<Headers, Fault> {
    let mut headers: Headers = Vec::new();
    for (name, text) in table.get_ref() {
        let at = |fault: Fault| fault.at(name.span());
        if !is_token(name.get_ref()) {
            let hint = "a header's name is letters, digits and `-`, like `X-Device`";
            return Err(at(Fault::new("this is no header's name", hint)));
        }
        let lower = name.get_ref().to_ascii_lowercase();
        if let Some((header, hint)) = ELSEWHERE.iter().find(|(header, _)| *header == lower) {
            return Err(at(Fault::new(format!("`{header}` does not stand among `headers`"), *hint)));
        }
        if headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(&lower)) {
            return Err(at(Fault::new(
                format!("`{lower}` stands here twice"),
                "names of headers differ not by case alone",
            )));
        }
        headers.push((name.get_ref().as_str().into(), checked(text, header_value)?.into_boxed_str()));
    }
    if headers.is_empty() {
        let hint = "write `headers = [{ \"X-Device\" = \"tv\" }]`, one table for each request";
        return Err(Fault::new("the table names no header", hint).at(table.span()));
    }
    Ok(headers)
}

/// Checks the value of a header (RFC 9110, §5.5), as far as Cloudflare's JSON can carry it.
pub(super) fn header_value(text: &str) -> Result<String, Fault> {
    if text.is_empty() || text.trim() != text || !text.bytes().all(|b| b.is_ascii_graphic() || b == b' ') {
        // It may be a secret in the wrong place: it is not repeated.
        return Err(Fault::new(
            "this is no header's value",
            "it is printable ASCII, neither empty nor with spaces at its ends",
        ));
    }
    Ok(text.to_owned())
}

/// Returns true for a token of HTTP (RFC 9110, §5.6.2).
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}
