//! The operations that can be asked of a provider: URLs, prefixes, tags, hosts, everything.
//!
//! The mapping finds them, the plan chooses among them, a provider words them. Only the mapping makes a URL.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::texts::Text;
use crate::config::{HostName, Prefix, RequestHeaders, Tag};

/// One cache key: a URL, absolute, canonical, ASCII, and perhaps request headers.
#[derive(Debug, Clone)]
pub struct PublicUrl(Text);

/// One thing to ask of the provider. A large plan holds millions of URLs and few others, so these stand apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// One URL.
    Url(PublicUrl),
    /// Everything below a directory.
    Prefix(Box<Prefix>),
    /// Everything with a tag.
    Tag(Box<Tag>),
    /// Everything under a host name.
    Host(Box<HostName>),
    /// Everything in the zone.
    Everything,
}

/// The kinds of operation; a request holds one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// [`Operation::Url`].
    Url,
    /// [`Operation::Prefix`].
    Prefix,
    /// [`Operation::Tag`].
    Tag,
    /// [`Operation::Host`].
    Host,
    /// [`Operation::Everything`].
    Everything,
}

impl PublicUrl {
    pub(super) fn of(text: Text) -> PublicUrl {
        PublicUrl(text)
    }

    pub(super) fn plain(text: &str) -> PublicUrl {
        PublicUrl(Text::alone(text, None))
    }

    /// Returns a URL that was written before, with the headers of its key; `None` where it cannot be sent.
    #[must_use]
    pub fn restored<'h>(text: &str, headers: impl IntoIterator<Item = (&'h str, &'h str)>) -> Option<PublicUrl> {
        let (scheme, rest) = text.split_once("://")?;
        let is_url = matches!(scheme, "http" | "https") && !rest.starts_with('/') && rest.contains('/');
        if !is_url || !text.bytes().all(|b| b.is_ascii_graphic() && b != b'#') {
            return None;
        }
        let mut headers = headers.into_iter().peekable();
        let headers = match headers.peek() {
            None => None,
            Some(_) => Some(Arc::new(RequestHeaders::restored(headers)?)),
        };
        Some(PublicUrl(Text::alone(text, headers.as_ref())))
    }

    /// Returns the URL's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Returns the request headers that are part of the key.
    #[must_use]
    pub fn headers(&self) -> Option<&RequestHeaders> {
        self.0.headers().map(|headers| &**headers)
    }
}

/// A URL is its text and its headers, wherever these stand.
impl PartialEq for PublicUrl {
    fn eq(&self, other: &PublicUrl) -> bool {
        self.as_str() == other.as_str() && self.headers() == other.headers()
    }
}

impl Eq for PublicUrl {}

impl PartialOrd for PublicUrl {
    fn partial_cmp(&self, other: &PublicUrl) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PublicUrl {
    fn cmp(&self, other: &PublicUrl) -> Ordering {
        self.as_str().cmp(other.as_str()).then_with(|| self.headers().cmp(&other.headers()))
    }
}

impl Hash for PublicUrl {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
        self.headers().hash(state);
    }
}

impl std::fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())?;
        self.headers().map_or(Ok(()), |headers| write!(f, " ({headers})"))
    }
}

impl From<Prefix> for Operation {
    fn from(prefix: Prefix) -> Operation {
        Operation::Prefix(Box::new(prefix))
    }
}

impl From<Tag> for Operation {
    fn from(tag: Tag) -> Operation {
        Operation::Tag(Box::new(tag))
    }
}

impl From<HostName> for Operation {
    fn from(host: HostName) -> Operation {
        Operation::Host(Box::new(host))
    }
}

impl Operation {
    /// Returns its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Operation::Url(_) => Kind::Url,
            Operation::Prefix(_) => Kind::Prefix,
            Operation::Tag(_) => Kind::Tag,
            Operation::Host(_) => Kind::Host,
            Operation::Everything => Kind::Everything,
        }
    }

    /// Returns the URL without headers, prefix, tag or host; `*` for everything.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Operation::Url(url) => url.as_str(),
            Operation::Prefix(prefix) => prefix.as_str(),
            Operation::Tag(tag) => tag.as_str(),
            Operation::Host(host) => host.as_str(),
            Operation::Everything => "*",
        }
    }

    /// Returns the text that a prefix is compared with: that of a URL without its scheme, and else the whole.
    #[must_use]
    pub fn place(&self) -> &str {
        match self {
            Operation::Url(url) => without_scheme(url.as_str()),
            other => other.text(),
        }
    }

    /// Returns the URL, with the headers of its key.
    #[must_use]
    pub fn url(&self) -> Option<&PublicUrl> {
        if let Operation::Url(url) = self { Some(url) } else { None }
    }
}

/// For people, on one line.
impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Operation::Url(url) => url.fmt(f),
            Operation::Prefix(prefix) => write!(f, "{}*", prefix.as_str()),
            Operation::Tag(tag) => write!(f, "tag {}", tag.as_str()),
            Operation::Host(host) => write!(f, "host {}", host.as_str()),
            Operation::Everything => f.write_str("everything in the zone"),
        }
    }
}

/// Returns a URL without its scheme; a text that has none as it is.
#[must_use]
pub fn without_scheme(url: &str) -> &str {
    let colon = memchr::memchr(b':', url.as_bytes());
    colon.and_then(|colon| url[colon..].strip_prefix("://")).unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_takes_no_more_room_than_a_url() {
        assert_eq!((size_of::<PublicUrl>(), size_of::<Operation>()), (16, 16));
    }
}
