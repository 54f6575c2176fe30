//! A URL path of the site, as `always` names it: canonical, under each base URL, perhaps with a query string.

use super::fault::{Fault, value};
use crate::encoding::{canonical_url_path, check_escapes};

/// The part of a URL behind a base URL: no leading `/`, canonical path, query string as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlPath(String);

impl UrlPath {
    pub(super) fn parse(text: &str) -> Result<UrlPath, Fault> {
        let fault = |what: &str, hint: &str| Fault::new(format!("{}: {what}", value(text)), hint);
        let path_part = text.split('?').next().unwrap_or_default();
        // Inside of a path a URL may stand: of what a service fetches, changes and serves.
        if path_part.contains("://") && !text.starts_with('/') {
            return Err(fault("this is a URL, not a URL path", "leave out scheme and host: `/sitemap.xml`"));
        }
        let Some(rest) = text.strip_prefix('/') else {
            return Err(fault("a URL path starts with `/`", &format!("write `/{}`", value(text))));
        };
        if rest.starts_with('/') {
            return Err(fault("`//` is an empty segment", "write one `/`"));
        }
        if path_part.contains('*') {
            return Err(fault("a URL path is no glob", "name each path, or use `[site.threshold]` for broader purges"));
        }
        if text.contains('#') {
            return Err(fault("fragments are never sent", "leave out everything from the `#`"));
        }
        let (path, query) = rest.split_once('?').map_or((rest, None), |(p, q)| (p, Some(q)));
        let mut canonical = canonical_url_path(path)
            .map_err(|e| fault(&e.to_string(), "write it as browsers show it, like `/sitemap.xml`"))?;
        if let Some(query) = query {
            check_escapes(query).map_err(|e| fault(&e.to_string(), "write `%25` for a `%`"))?;
            if !query.bytes().all(|b| b.is_ascii_graphic()) {
                return Err(fault(
                    "a query string is ASCII without spaces",
                    "percent-encode it as the site's links do",
                ));
            }
            canonical.push('?');
            canonical.push_str(query);
        }
        Ok(UrlPath(canonical))
    }

    /// Returns the text behind a base URL's trailing slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn url_paths_become_canonical_or_are_refused() {
        for (typed, want) in [
            ("/", ""),
            ("/sitemap.xml", "sitemap.xml"),
            ("/\u{fc}/", "%C3%BC/"),
            ("/s.json?v=1&x", "s.json?v=1&x"),
            ("/r?u=https://x/*", "r?u=https://x/*"),
            (
                "/cdn-cgi/image/width=400/https://files.example.net/a.png",
                "cdn-cgi/image/width=400/https://files.example.net/a.png",
            ),
            ("/fetch/http://x.example/\u{fc}?v=1", "fetch/http://x.example/%C3%BC?v=1"),
            ("/https://x.example", "https://x.example"),
        ] {
            assert_eq!(UrlPath::parse(typed).unwrap().as_str(), want);
        }
        for (typed, want) in [
            ("sitemap.xml", "starts with `/`"),
            ("https://x/", "not a URL path"),
            ("/*", "no glob"),
            ("/a#b", "fragments"),
            ("/a/../b", "segments"),
            ("//x", "empty segment"),
            ("//cdn.example/https://x/", "empty segment"),
            ("/a//https://x/", "empty segment"),
            ("/https://x//y", "empty segment"),
            ("/i/https://x/*", "no glob"),
            ("/i/https://x/../y", "segments"),
            ("http:/x", "starts with `/`"),
            ("/?q=\u{fc}", "ASCII"),
            ("/%", "hex digits"),
        ] {
            let fault = UrlPath::parse(typed).unwrap_err();
            assert!(fault.message.contains(want), "{typed}: {}", fault.message);
        }
    }
}
