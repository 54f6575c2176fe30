//! The selectors that a CDN takes in place of URLs: tags, host names and prefixes, each checked when it is made.

use url::Host;

use super::BaseUrl;
use super::error::ConfigError;
use super::fault::{Fault, value};
use crate::encoding::{canonical_url_path, with_small_escapes};

/// Characters of a tag (<https://developers.cloudflare.com/cache/how-to/purge-cache/purge-by-tags/>).
const LONGEST_TAG: usize = 1024;

/// Path separators that Cloudflare takes in a prefix
/// (<https://developers.cloudflare.com/cache/how-to/purge-cache/purge_by_prefix/>).
const MOST_SEPARATORS: usize = 31;

/// A cache tag, as the origin's `Cache-Tag` header gives it to responses: printable ASCII without spaces.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(Box<str>);

/// A host name as cache keys have it: lower case, punycode, without a port.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostName(Box<str>);

/// Everything below a directory: `www.example.com/docs/`, without a scheme; ends in `/` unless it is one file's URL.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix(Box<str>);

impl Tag {
    pub(super) fn parse(text: &str) -> Result<Tag, Fault> {
        let fault = |what: &str, hint: &str| Err(Fault::new(format!("{}: {what}", value(text)), hint));
        if text.is_empty() || text.len() > LONGEST_TAG {
            return fault("a tag has 1 to 1,024 characters", "write it as the origin's `Cache-Tag` header has it");
        }
        if let Some(c) = text.chars().find(|c| !c.is_ascii_graphic() || *c == ',') {
            let what = format!("`{}` cannot stand in a tag", c.escape_default());
            return fault(
                &what,
                "a tag is printable ASCII without spaces and commas; each stands in quotes of its own",
            );
        }
        Ok(Tag(text.into()))
    }

    /// Reads a tag that was typed behind an option.
    ///
    /// # Errors
    /// When it is none; the error names the option.
    pub fn typed(option: &str, text: &str) -> Result<Tag, ConfigError> {
        typed(option, text, Tag::parse)
    }

    /// Returns a tag that was written before; `None` where it is none.
    #[must_use]
    pub fn restored(text: &str) -> Option<Tag> {
        // Its fault is of no interest: nobody typed it.
        Tag::parse(text).ok()
    }

    /// Returns the tag's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl HostName {
    pub(super) fn parse(text: &str) -> Result<HostName, Fault> {
        let fault = |what: &str| {
            Fault::new(format!("{}: {what}", value(text)), "write a host name alone, like `www.example.com`")
        };
        if text.contains(['/', ':', '@', '?', '#', '*']) || text.trim() != text {
            return Err(fault("this is more than a host name"));
        }
        let host = Host::parse(text).map_err(|e| fault(&e.to_string()))?.to_string();
        Ok(HostName(host.into_boxed_str()))
    }

    /// Reads a host name that was typed behind an option.
    ///
    /// # Errors
    /// When it is none; the error names the option.
    pub fn typed(option: &str, text: &str) -> Result<HostName, ConfigError> {
        typed(option, text, HostName::parse)
    }

    /// Returns a host name that was written before; `None` where it is none, or not in the form of cache keys.
    #[must_use]
    pub fn restored(text: &str) -> Option<HostName> {
        HostName::parse(text).ok().filter(|host| host.as_str() == text)
    }

    /// Returns the host of a base URL.
    #[must_use]
    pub fn from_base_url(base: &BaseUrl) -> HostName {
        HostName(base.host().into())
    }

    /// Returns the name's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Prefix {
    pub(super) fn parse(text: &str) -> Result<Prefix, Fault> {
        let hint = "write host and directory, like `www.example.com/blog/`";
        let fault = |what: &str, hint: &str| Fault::new(format!("{}: {what}", value(text)), hint);
        if let Some((_, rest)) = text.split_once("://") {
            let slash = if rest.ends_with('/') { "" } else { "/" };
            return Err(fault("a prefix has no scheme", &format!("write `{}{slash}`", value(rest))));
        }
        if text.contains(['?', '#', '*']) {
            return Err(fault("a prefix has neither query string, fragment nor wildcard", hint));
        }
        let Some((host, path)) = text.split_once('/').filter(|(host, _)| !host.is_empty()) else {
            return Err(fault("a prefix is a host and a path", hint));
        };
        // A port is part of the URL; whether a prefix can hold one is not documented, so it is passed on as written.
        let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
        if port.is_some_and(|port| port.is_empty() || !port.bytes().all(|b| b.is_ascii_digit())) {
            return Err(fault("a port is a number", hint));
        }
        let name = HostName::parse(name).map_err(|_| fault("its host is no host name", hint))?;
        if !text.ends_with('/') {
            let what =
                "a prefix ends in `/`: whether another one takes `/blogroll` along with `/blog` is not documented";
            return Err(fault(what, &format!("write `{}/`", value(text))));
        }
        let path = canonical_url_path(&format!("/{path}")).map_err(|e| fault(&e.to_string(), hint))?;
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let prefix = format!("{}{port}{path}", name.as_str());
        if prefix.matches('/').count() > MOST_SEPARATORS {
            return Err(fault("a prefix has at most 31 separators", "name a directory above it"));
        }
        Ok(Prefix(prefix.into_boxed_str()))
    }

    /// Reads a prefix that was typed behind an option, perhaps pasted with its scheme.
    ///
    /// # Errors
    /// When it is none; the error names the option.
    pub fn typed(option: &str, text: &str) -> Result<Prefix, ConfigError> {
        let scheme = text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        let is_pasted = scheme.is_some_and(|scheme| matches!(&*scheme, "http" | "https"));
        let text = text.split_once("://").filter(|_| is_pasted).map_or(text, |(_, rest)| rest);
        typed(option, text, Prefix::parse)
    }

    /// True when everything under its host lies below it.
    #[must_use]
    pub fn is_whole_host(&self) -> bool {
        self.0.find('/') == Some(self.0.len() - 1)
    }

    /// Returns a prefix that was written before; `None` where it is none.
    #[must_use]
    pub fn restored(text: &str) -> Option<Prefix> {
        // One that is a file's URL does not end in a slash.
        let slash = if text.ends_with('/') { "" } else { "/" };
        Prefix::parse(&format!("{text}{slash}")).ok().map(|_| Prefix(text.into()))
    }

    /// Returns the prefix of a canonical path below a base URL; of its nearest ancestor that can be named where it is too deep.
    #[must_use]
    pub fn below(base: &BaseUrl, path: &str) -> Prefix {
        Prefix::widened([base.without_scheme(), path].concat())
    }

    /// Returns the prefix of a directory of canonical URLs, `www.example.com/docs/`; `None` where it is too deep to be one.
    #[must_use]
    pub fn directory(text: &str) -> Option<Prefix> {
        Prefix::names_directory(text).then(|| Prefix(text.into()))
    }

    /// Returns true for a directory of canonical URLs that can be a prefix.
    #[must_use]
    pub fn names_directory(text: &str) -> bool {
        let separators = text.bytes().filter(|b| *b == b'/').count();
        text.ends_with('/') && separators <= MOST_SEPARATORS
    }

    /// Returns the prefix that a URL is, as it stands behind the scheme.
    #[must_use]
    pub fn from_url(url: &str) -> Prefix {
        Prefix::widened(url.split_once("://").map_or(url, |(_, rest)| rest).to_owned())
    }

    /// Returns the same with the hex digits of its escapes in small letters; `None` where that is no other.
    #[must_use]
    pub fn with_small_escapes(&self) -> Option<Prefix> {
        with_small_escapes(&self.0).map(|text| Prefix(text.into()))
    }

    fn widened(mut text: String) -> Prefix {
        if let Some((end, _)) = text.match_indices('/').nth(MOST_SEPARATORS) {
            let ancestor = text[..end].rfind('/').map_or(end, |i| i + 1);
            text.truncate(ancestor);
        }
        Prefix(text.into_boxed_str())
    }

    /// Returns the host that it lies under.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.split(['/', ':']).next().unwrap_or_default()
    }

    /// Returns the prefix's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Reads what was typed behind an option. Nothing is an error of its own: an unset variable leaves it.
fn typed<T>(option: &str, text: &str, parse: impl Fn(&str) -> Result<T, Fault>) -> Result<T, ConfigError> {
    let hint = "the pipeline's variable is unset; nothing is not everything, which is `--everything`";
    let value = text.trim();
    let value = if value.is_empty() { Err(Fault::new("it is empty", hint)) } else { parse(value) };
    value.map_err(|fault| ConfigError::in_option(option, fault))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_take_the_form_that_the_cdn_keeps() {
        assert_eq!(Tag::parse("blog-2024").unwrap().as_str(), "blog-2024");
        assert_eq!(HostName::parse("WWW.Example.com").unwrap().as_str(), "www.example.com");
        assert_eq!(HostName::parse("b\u{fc}cher.example").unwrap().as_str(), "xn--bcher-kva.example");
        for (typed, want) in [
            ("www.example.com/", "www.example.com/"),
            ("WWW.example.com/Blog/", "www.example.com/Blog/"),
            ("b\u{fc}cher.example/\u{fc}/", "xn--bcher-kva.example/%C3%BC/"),
            ("127.0.0.1:8080/a/", "127.0.0.1:8080/a/"),
        ] {
            assert_eq!(Prefix::parse(typed).unwrap().as_str(), want);
        }
        assert_eq!(Prefix::parse("www.example.com:8080/a/").unwrap().host(), "www.example.com");
    }

    #[test]
    fn what_a_cdn_would_refuse_is_refused_here() {
        let long = "x".repeat(1025);
        for tag in ["", "a b", "a,b", "\u{e9}", "a\n", &long] {
            assert!(Tag::parse(tag).is_err(), "{tag}");
        }
        for host in ["", "a/b", "https://a.example", "a.example:80", "*.example.com", "a b", "user@a"] {
            assert!(HostName::parse(host).is_err(), "{host}");
        }
        let deep = format!("www.example.com/{}", "d/".repeat(31));
        for (prefix, hint) in [
            ("", "`www.example.com/blog/`"),
            ("www.example.com", "`www.example.com/blog/`"),
            ("/blog/", "`www.example.com/blog/`"),
            ("https://www.example.com/blog/", "write `www.example.com/blog/`"),
            ("www.example.com/blog", "write `www.example.com/blog/`"),
            ("www.example.com/?a/", "`www.example.com/blog/`"),
            ("www.example.com/a/../", "`www.example.com/blog/`"),
            ("www.example.com//", "`www.example.com/blog/`"),
            ("*.example.com/", "`www.example.com/blog/`"),
            ("www.example.com:x/", "`www.example.com/blog/`"),
            (&deep, "above it"),
        ] {
            let fault = Prefix::parse(prefix).unwrap_err();
            assert!(fault.hint.contains(hint), "{prefix}: {}", fault.hint);
        }
    }
}
