//! `[site.http_purge]`: a cache that takes purges as HTTP requests of its own, like Varnish or nginx.
//!
//! Such a cache understands the requests that its configuration names, so each request's shape is a key here. What the requests
//! look like on the wire is left to the provider.

use std::fmt;

use url::Url;

use super::checked::checked;
use super::fault::Fault;
use super::method::{ANOTHER_PATH, ANOTHER_URL, method_at};
use super::raw::{RawCall, RawHttpPurge, RawMethodAndHeader, RawTags, Text};
use super::spanned::Spanned;
use super::token_source::{TokenKeys, named_source};
use super::variant::{header_value, is_token};
use super::word::one_of;
use super::{Method, Mode, PurgeUrl, TokenSource, UrlPath};

/// `[site.http_purge]`.
#[derive(Debug, Clone)]
pub struct HttpPurge {
    /// Where each request goes; never empty, each once.
    pub endpoints: Vec<Endpoint>,
    /// The servers behind the name of an endpoint.
    pub addresses: Addresses,
    /// The method that removes one URL.
    pub method: Method,
    /// Where it is sent, in place of the URL itself.
    pub url: Option<PurgeUrl>,
    /// Headers of every request.
    pub headers: Vec<Header>,
    /// The token that opens it, where one does.
    pub token: Option<TokenHeader>,
    /// The fate of what is known to have changed.
    pub mode: Mode,
    /// The header that makes a removal a marking as stale.
    pub soft: Option<Header>,
    /// The request that removes everything below a directory, or under a host.
    pub ban: Option<Ban>,
    /// The request that removes everything with a tag.
    pub tags: Option<Tags>,
    /// The request that removes everything.
    pub everything: Option<Everything>,
}

/// The meaning of several addresses behind one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Addresses {
    /// A node each, all of which are asked.
    #[default]
    All,
    /// Ways to one cache, any of which will do.
    One,
}

/// A node: `http://10.0.0.7:6081`, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Endpoint(String);

/// A request header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// As it is sent.
    pub name: String,
    /// Printable ASCII.
    pub value: String,
}

/// A secret, and the header that it goes into.
#[derive(Debug, Clone)]
pub struct TokenHeader {
    /// Where it comes from.
    pub source: TokenSource,
    /// The header.
    pub header: String,
    /// The text before it there.
    pub prefix: String,
}

/// `ban`: the header holds a URL path, and whatever begins with it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ban {
    /// The method.
    pub method: Method,
    /// The header's name.
    pub header: String,
}

/// `tags`: the header holds a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tags {
    /// The method.
    pub method: Method,
    /// The header's name.
    pub header: String,
    /// The URL path that is asked, from `/`.
    pub path: String,
}

/// `everything`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Everything {
    /// The method.
    pub method: Method,
    /// The URL path that is asked, from `/`.
    pub path: String,
    /// A header, where it takes one.
    pub header: Option<Header>,
}

impl Endpoint {
    fn parse(text: &str) -> Result<Endpoint, Fault> {
        const HINT: &str =
            "write scheme, host and port of the cache, like `http://127.0.0.1:6081`; the site's host is sent as `Host`";
        // Nothing of it is repeated: it may hold a password.
        let fault = |what: &str| Err(Fault::new(format!("this is no endpoint: {what}"), HINT));
        let url = match Url::parse(text) {
            Ok(url) => url,
            Err(e) => return fault(&e.to_string()),
        };
        if !matches!(url.scheme(), "http" | "https") {
            return fault("the scheme is neither http nor https");
        }
        if !url.username().is_empty() || url.password().is_some() || text.contains('@') {
            return fault("it holds a user name or password, which never stands in the file (`token_env` says where)");
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            let hint = "write scheme, host and port alone, and the path as `url = \"/purge{path}\"`";
            return Err(Fault::new("this is no endpoint: it has a path", hint));
        }
        match url.host_str() {
            Some(host) if !host.is_empty() => {}
            _ => return fault("the host is missing"),
        }
        Ok(Endpoint(url.as_str().trim_end_matches('/').to_owned()))
    }

    /// Scheme, host, and the port where it is not the scheme's own.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Addresses {
    fn parse(text: &str) -> Result<Addresses, Fault> {
        one_of("addresses", &[("all", Addresses::All), ("one", Addresses::One)], text)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HttpPurge {
    /// True when a request for everything would reach both.
    #[must_use]
    pub fn shares_a_node(&self, other: &HttpPurge) -> bool {
        self.endpoints.iter().any(|endpoint| other.endpoints.contains(endpoint))
    }

    pub(super) fn checked(raw: &Spanned<RawHttpPurge>) -> Result<HttpPurge, Fault> {
        let (place, raw) = (raw.span(), raw.get_ref());
        let url = raw.url.as_ref().map(|text| checked(text, PurgeUrl::parse)).transpose()?;
        let method =
            raw.method.as_ref().map_or(Ok(Method::default()), |text| method_at(text, url.is_some(), ANOTHER_URL))?;
        let soft = raw.soft.as_ref().map(|soft| header(&soft.header, &soft.value)).transpose()?;
        let mode = raw.mode.as_ref().map_or(Ok(Mode::Purge), |mode| checked(mode, Mode::parse))?;
        if let (Some(text), Mode::Invalidate, None) = (&raw.mode, mode, &soft) {
            let hint = "say which header makes a removal a soft one, like `soft = { header = \"Fastly-Soft-Purge\", value = \"1\" }`";
            return Err(Fault::new("`mode = \"invalidate\"` takes a `soft`", hint).at(text.span()));
        }
        Ok(HttpPurge {
            addresses: raw.addresses.as_ref().map_or(Ok(Addresses::All), |text| checked(text, Addresses::parse))?,
            endpoints: endpoints(raw.endpoints.as_ref(), place)?,
            headers: raw.headers.iter().map(|(name, value)| fixed(name, value)).collect::<Result<_, _>>()?,
            token: token(raw)?,
            ban: raw.ban.as_ref().map(ban).transpose()?,
            tags: raw.tags.as_ref().map(tags).transpose()?,
            everything: raw.everything.as_ref().map(everything).transpose()?,
            method,
            url,
            mode,
            soft,
        })
    }
}

fn endpoints(raw: Option<&Spanned<Vec<Text>>>, place: std::ops::Range<usize>) -> Result<Vec<Endpoint>, Fault> {
    const HINT: &str = "write `endpoints = [\"http://127.0.0.1:6081\"]`, each node of the cache";
    let raw = raw.ok_or_else(|| Fault::new("`http_purge` takes `endpoints`", HINT).at(place))?;
    let mut endpoints = Vec::new();
    for text in raw.get_ref() {
        let endpoint = checked(text, Endpoint::parse)?;
        if !endpoints.contains(&endpoint) {
            endpoints.push(endpoint);
        }
    }
    if endpoints.is_empty() {
        return Err(Fault::new("`endpoints` is empty", HINT).at(raw.span()));
    }
    Ok(endpoints)
}

fn header_name(text: &str) -> Result<String, Fault> {
    const OURS: [&str; 5] = ["host", "content-length", "transfer-encoding", "connection", "te"];
    let hint = "a header's name is letters, digits and `-`, like `X-Ban-Prefix`";
    if !is_token(text) {
        return Err(Fault::new("this is no header's name", hint));
    }
    if OURS.contains(&text.to_ascii_lowercase().as_str()) {
        return Err(Fault::new(format!("`{text}` is set by each request itself"), "leave it out"));
    }
    Ok(text.to_owned())
}

fn header(name: &Text, value: &Text) -> Result<Header, Fault> {
    Ok(Header { name: checked(name, header_name)?, value: checked(value, header_value)? })
}

/// A header of every request. A secret that opens a cache does not stand in the file.
fn fixed(name: &Text, value: &Text) -> Result<Header, Fault> {
    const SECRET: [&str; 7] = ["auth", "cookie", "token", "secret", "password", "api-key", "fastly-key"];
    let lower = name.get_ref().to_ascii_lowercase();
    if SECRET.iter().any(|word| lower.contains(word)) {
        let hint = "say where it is with `token_env`, `token_command`, `token_file`, `token_ssm` or `token_secret`, and its header with `token_header`";
        return Err(Fault::new(format!("`{lower}`: a secret does not belong in the file"), hint).at(name.span()));
    }
    header(name, value)
}

fn token(raw: &RawHttpPurge) -> Result<Option<TokenHeader>, Fault> {
    let (command, file) = (&raw.token_command, &raw.token_file);
    let keys = TokenKeys { env: &raw.token_env, command, file, ssm: &raw.token_ssm, secret: &raw.token_secret };
    let Some(source) = named_source(&keys)? else {
        let alone = raw.token_header.as_ref().or(raw.token_prefix.as_ref());
        let hint = "name its source with `token_env`, `token_command`, `token_file`, `token_ssm` or `token_secret`";
        return alone.map_or(Ok(None), |text| {
            Err(Fault::new("it is not said where the token comes from", hint).at(text.span()))
        });
    };
    let header = raw.token_header.as_ref();
    let header = header.map_or(Ok("Authorization".to_owned()), |name| checked(name, header_name))?;
    let usual = if header.eq_ignore_ascii_case("authorization") { "Bearer " } else { "" };
    let prefix = match &raw.token_prefix {
        None => usual.to_owned(),
        // A space at its end is what it mostly has.
        Some(prefix) => checked(prefix, |text| header_value(&format!("{text}x")).map(|_| text.to_owned()))?,
    };
    Ok(Some(TokenHeader { source, header, prefix }))
}

fn ban(raw: &RawMethodAndHeader) -> Result<Ban, Fault> {
    Ok(Ban { method: method_at(&raw.method, false, "")?, header: checked(&raw.header, header_name)? })
}

/// A URL path of a request, canonical.
fn path(text: &str) -> Result<String, Fault> {
    UrlPath::parse(text).map(|path| format!("/{}", path.as_str()))
}

fn tags(raw: &RawTags) -> Result<Tags, Fault> {
    let path = raw.path.as_ref().map_or(Ok("/".to_owned()), |text| checked(text, path))?;
    Ok(Tags {
        method: method_at(&raw.method, path != "/", ANOTHER_PATH)?,
        header: checked(&raw.header, header_name)?,
        path,
    })
}

fn everything(raw: &RawCall) -> Result<Everything, Fault> {
    let header = match (&raw.header, &raw.value) {
        (None, None) => None,
        (Some(name), Some(value)) => Some(self::header(name, value)?),
        (Some(one), None) | (None, Some(one)) => {
            return Err(Fault::new("`header` and `value` stand together", "write both, or neither").at(one.span()));
        }
    };
    let path = checked(&raw.path, path)?;
    Ok(Everything { method: method_at(&raw.method, path != "/", ANOTHER_PATH)?, path, header })
}
