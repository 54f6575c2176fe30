//! A site's base URL, in the form that cache keys have: canonical, absolute, with a trailing slash.
//!
//! The `url` crate judges scheme and host (lower case, punycode, default port); the path is checked as it was typed,
//! since a parser would silently resolve `..` and turn `\` into `/`.

use std::fmt;

use url::Url;

use super::fault::Fault;
use crate::display::shown;
use crate::encoding::canonical_url_path;

const EXAMPLE: &str = "write it like `https://www.example.com/` or `https://www.example.com/docs/`";

/// `https://www.example.com/docs/`: scheme http or https, host, perhaps a port, a canonical path that ends in `/`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BaseUrl {
    text: String,
    host: String,
    scheme_and_slashes: usize,
}

/// Characters of no base URL, and what to do about each.
const STRANGE: [(char, &str, &str); 2] = [
    ('#', "a base URL has no fragment", "leave out everything from the `#`"),
    ('\\', "a base URL holds no backslash", "write `/`"),
];

impl BaseUrl {
    pub(super) fn parse(text: &str) -> Result<BaseUrl, Fault> {
        let fault = |what: &str, hint: &str| Fault::new(format!("{}: {what}", shown(text.as_bytes())), hint);
        if text
            .split("://")
            .nth(1)
            .unwrap_or(text)
            .split(['/', '?', '#', '\\'])
            .next()
            .is_some_and(|authority| authority.contains('@'))
        {
            // It may hold a password: it is not repeated.
            return Err(Fault::new("a base URL holds no user name or password", EXAMPLE));
        }
        if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(fault("a base URL holds no white space", EXAMPLE));
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            let hint = format!("write `https://{}`", shown(text.trim_start_matches('/').as_bytes()));
            return Err(fault("a base URL is absolute", if text.is_empty() { EXAMPLE } else { &hint }));
        };
        if !["http", "https"].contains(&scheme.to_ascii_lowercase().as_str()) {
            return Err(fault("the scheme is neither http nor https", EXAMPLE));
        }
        if let Some((_, query)) = rest.split_once('?') {
            return Err(fault(
                &format!("a base URL has no query string (`?{}`)", shown(query.as_bytes())),
                "leave out everything from the `?`",
            ));
        }
        if let Some((_, what, hint)) = STRANGE.iter().find(|(strange, ..)| rest.contains(*strange)) {
            return Err(fault(what, hint));
        }
        if rest.is_empty() || rest.starts_with('/') {
            return Err(fault("the host is missing", EXAMPLE));
        }
        let path = rest.find('/').map_or("/", |i| &rest[i..]);
        let path = canonical_url_path(path).map_err(|e| fault(&e.to_string(), EXAMPLE))?;
        let url = Url::parse(text).map_err(|e| fault(&e.to_string(), EXAMPLE))?;
        let host = url.host_str().filter(|h| !h.is_empty()).ok_or_else(|| fault("the host is missing", EXAMPLE))?;
        checked(host, url.scheme()).map_err(|(what, hint)| fault(what, &hint))?;
        let port = url.port().map(|p| format!(":{p}")).unwrap_or_default();
        let path = path.strip_suffix('/').unwrap_or(&path);
        let text = format!("{}://{host}{port}{path}/", url.scheme());
        Ok(BaseUrl { text, host: host.to_owned(), scheme_and_slashes: url.scheme().len() + 3 })
    }

    /// Returns the whole URL; ends in `/`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the host's name without a port, lower case, punycode.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Returns the URL without its last slash, where it has a path: `https://www.example.com/docs`.
    #[must_use]
    pub fn without_slash(&self) -> Option<&str> {
        let text = self.text.strip_suffix('/')?;
        text[self.scheme_and_slashes..].contains('/').then_some(text)
    }

    /// Returns the URL behind `https://`: host, port and path.
    #[must_use]
    pub fn without_scheme(&self) -> &str {
        &self.text[self.scheme_and_slashes..]
    }
}

/// Makes sure that a host is one name, or an address. The parser lets pass whatever a URL may hold.
fn checked(host: &str, scheme: &str) -> Result<(), (&'static str, String)> {
    if let Some(name) = host.strip_suffix('.') {
        let what = "the host ends in a dot, and browsers keep that apart from the one without";
        return Err((what, format!("write it without: `{scheme}://{name}`")));
    }
    if host.contains('*') {
        return Err(("a base URL is one host, not a pattern", "name each host in `base_urls`".to_owned()));
    }
    let is_label =
        |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if !host.starts_with('[') && !host.split('.').all(is_label) {
        let hint = "name each address by itself: `[\"https://a.example/\", \"https://b.example/\"]`";
        return Err(("this is no host's name", hint.to_owned()));
    }
    Ok(())
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_takes_the_form_of_cache_keys() {
        for (typed, want, host) in [
            ("https://www.example.com/", "https://www.example.com/", "www.example.com"),
            ("https://www.example.com", "https://www.example.com/", "www.example.com"),
            ("https://www.example.com/docs", "https://www.example.com/docs/", "www.example.com"),
            ("HTTPS://WWW.Example.COM:443/Docs/", "https://www.example.com/Docs/", "www.example.com"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/", "127.0.0.1"),
            ("https://b\u{fc}cher.example/\u{fc}/", "https://xn--bcher-kva.example/%C3%BC/", "xn--bcher-kva.example"),
            ("https://example.com/%c3%bc/", "https://example.com/%C3%BC/", "example.com"),
            ("https://my_site.example.com/", "https://my_site.example.com/", "my_site.example.com"),
            ("https://[::1]:8080/", "https://[::1]:8080/", "[::1]"),
        ] {
            let url = BaseUrl::parse(typed).unwrap();
            assert_eq!((url.as_str(), url.host()), (want, host), "{typed}");
        }
        assert_eq!(BaseUrl::parse("https://example.com/docs").unwrap().without_scheme(), "example.com/docs/");
    }

    #[test]
    fn what_is_no_base_url_is_named_with_its_fault() {
        for (typed, want) in [
            ("", "absolute"),
            ("www.example.com", "absolute"),
            ("/docs/", "absolute"),
            ("ftp://example.com/", "neither http nor https"),
            ("https://example.com/?a=1", "query string"),
            ("https://example.com/#top", "fragment"),
            ("https://example.com/a/../b/", "segments"),
            ("https://example.com/a/%2e%2e/b/", "segments"),
            ("https://example.com//a/", "empty segment"),
            ("https://example.com/100%/", "two hex digits"),
            ("https://example.com\\a", "backslash"),
            ("https://exa mple.com/", "white space"),
            ("https:///", "host is missing"),
            ("https:///www.example.com/", "host is missing"),
            ("https://user:hunter2@example.com/?a=1", "user name or password"),
            ("ftp://user:hunter2@example.com/", "user name or password"),
            ("user:hunter2@example.com", "user name or password"),
            ("https://*.example.com/", "not a pattern"),
            ("https://example.com,www.example.com/", "no host's name"),
            ("https://exa;mple.com/", "no host's name"),
            ("https://www..example.com/", "no host's name"),
            ("https://.example.com/", "no host's name"),
            ("https://user:hunter2@example.com/", "user name or password"),
        ] {
            let fault = BaseUrl::parse(typed).unwrap_err();
            assert!(fault.message.contains(want), "{typed}: {}", fault.message);
            assert!(!fault.message.contains("hunter2"));
        }
    }
}
