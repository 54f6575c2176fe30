//! A URL as a person pastes it: from the address bar of a browser, a chat or a list, in place of a changed file.
//!
//! It takes the form that cache keys have, exactly as plans write it. To which site it belongs is left to who has the sites.

use url::Host;

use crate::config::{BaseUrl, Site};
use crate::encoding::{UrlTextError, canonical_query, canonical_url_path};

/// Letters that are missing, wrong or one too many in a host that was still meant.
const MOST_SLIPS: usize = 2;

/// A host's shortest name of which a slip is told from another word.
const SHORTEST: usize = 8;

/// A URL as somebody typed it, in the form of cache keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedUrl {
    /// `https://`; `None` where it was left out.
    scheme: Option<&'static str>,
    /// The host's name, lower case, punycode.
    host: String,
    /// Host, port and path, in the form of cache keys.
    place: String,
    query: Option<String>,
    has_fragment: bool,
}

/// Why a text is no URL that can be purged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskedUrlError {
    /// There is nothing, as an unset variable leaves it.
    #[error("the URL is empty")]
    Empty,
    /// It begins with another scheme.
    #[error("the scheme is neither http nor https")]
    Scheme,
    /// It holds what may be a password, and is not repeated.
    #[error("a URL that is purged holds no user name or password")]
    Secret,
    /// Its host is none.
    #[error("its host is no host name")]
    Host,
    /// It holds a `*`, which is meant for a wildcard and would be sent as it is.
    #[error("a `*` stands for no other URLs")]
    Wildcard {
        /// What lies above it, as `--prefix` takes it; `None` where it is in the host.
        prefix: Option<String>,
    },
    /// Its path is that of no cache key.
    #[error(transparent)]
    Path(#[from] UrlTextError),
}

impl AskedUrlError {
    /// Returns the next thing to type.
    #[must_use]
    pub fn hint(&self) -> String {
        let hint = match self {
            AskedUrlError::Wildcard { prefix: Some(prefix) } => {
                return format!("`*` is no wildcard: `diffpurge purge --prefix {prefix}` purges everything below");
            }
            AskedUrlError::Wildcard { prefix: None } => "name each host: `--host www.example.com` purges all of it",
            AskedUrlError::Empty => {
                "the pipeline's variable is unset; nothing is not everything, which is `--everything`"
            }
            AskedUrlError::Scheme | AskedUrlError::Host => "write it like `https://www.example.com/blog/`",
            AskedUrlError::Secret => "leave out everything up to the `@`",
            AskedUrlError::Path(UrlTextError::BadEscape) => "write `%25` for a `%`",
            AskedUrlError::Path(UrlTextError::DotSegment | UrlTextError::EmptySegment | UrlTextError::Forbidden(_)) => {
                "write the path as the browser shows it, like `https://www.example.com/blog/`"
            }
        };
        hint.to_owned()
    }
}

impl AskedUrl {
    /// Reads what was typed.
    ///
    /// # Errors
    /// When it is no URL of a page.
    pub fn parse(typed: &str) -> Result<AskedUrl, AskedUrlError> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Err(AskedUrlError::Empty);
        }
        let (scheme, rest) = match split_scheme(typed) {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (Some("https://"), rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (Some("http://"), rest),
            Some(_) => return Err(AskedUrlError::Scheme),
            None => (None, typed),
        };
        let (rest, has_fragment) = rest.split_once('#').map_or((rest, false), |(rest, _)| (rest, true));
        let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query)));
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = authority_of(authority, scheme)?;
        let path = canonical_url_path(if path.is_empty() { "/" } else { path })?;
        if host.contains('*') {
            return Err(AskedUrlError::Wildcard { prefix: None });
        } else if path.contains('*') || query.is_some_and(|query| query.contains('*')) {
            let above = path.split('*').next().and_then(|above| above.rsplit_once('/')).map_or("", |(above, _)| above);
            return Err(AskedUrlError::Wildcard { prefix: Some(format!("{host}{port}{above}/")) });
        }
        let place = format!("{host}{port}{path}");
        if let Some(control) = query.and_then(|query| query.chars().find(|c| c.is_control())) {
            return Err(UrlTextError::Forbidden(control).into());
        }
        Ok(AskedUrl { scheme, host, place, query: query.map(canonical_query), has_fragment })
    }

    /// Returns the host's name.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// True when a fragment was typed, which no browser sends.
    #[must_use]
    pub fn has_fragment(&self) -> bool {
        self.has_fragment
    }

    /// Returns how much of it is the longest of a site's base URLs that it lies below; `None` where it lies below none.
    #[must_use]
    pub fn depth_in(&self, site: &Site) -> Option<usize> {
        let bases = site.base_urls.iter().filter(|base| self.is_below(base));
        bases.map(|base| base.without_scheme().len()).max()
    }

    /// Returns the nearest of a site's base URLs above it, where a scheme was typed that none of these has.
    #[must_use]
    pub fn base_of_another_scheme<'s>(&self, site: &'s Site) -> Option<&'s BaseUrl> {
        let is_other = |base: &&BaseUrl| self.scheme.is_some_and(|scheme| !base.as_str().starts_with(scheme));
        self.bases(site).first().copied().filter(is_other)
    }

    /// Returns the nearest of a site's base URLs above it: those with its scheme, where there are such.
    pub(super) fn bases<'s>(&self, site: &'s Site) -> Vec<&'s BaseUrl> {
        let depth = self.depth_in(site);
        let nearest = site.base_urls.iter().filter(|base| Some(base.without_scheme().len()) == depth);
        let nearest: Vec<&BaseUrl> = nearest.filter(|base| self.is_below(base)).collect();
        let of_scheme = |base: &&BaseUrl| self.scheme.is_some_and(|scheme| base.as_str().starts_with(scheme));
        let same: Vec<&BaseUrl> = nearest.iter().copied().filter(of_scheme).collect();
        if same.is_empty() { nearest } else { same }
    }

    /// Returns it with a base URL's scheme, without its query string.
    pub(super) fn plain(&self, base: &BaseUrl) -> String {
        let scheme = base.as_str().strip_suffix(base.without_scheme()).unwrap_or_default();
        [scheme, &self.place].concat()
    }

    /// Returns its query string.
    pub(super) fn query(&self) -> Option<&str> {
        self.query.as_deref()
    }

    /// Returns the bytes of its path below a base URL; none for the base URL without its slash.
    pub(super) fn path_below(&self, base: &BaseUrl) -> Vec<u8> {
        let below = self.place.strip_prefix(base.without_scheme()).unwrap_or_default();
        percent_encoding::percent_decode_str(below).collect()
    }

    fn is_below(&self, base: &BaseUrl) -> bool {
        let base = base.without_scheme();
        self.place.starts_with(base) || base.strip_suffix('/') == Some(&self.place)
    }
}

/// Splits a scheme off. What stands before a colon elsewhere is none: `www.example.com:8080`, `manifest:https://…`.
fn split_scheme(typed: &str) -> Option<(&str, &str)> {
    let is_of_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    typed.split_once("://").filter(|(scheme, _)| !scheme.is_empty() && scheme.chars().all(is_of_scheme))
}

/// Returns the host and, where it is not the usual one, `:` with the port.
fn authority_of(authority: &str, scheme: Option<&str>) -> Result<(String, String), AskedUrlError> {
    if authority.contains('@') {
        return Err(AskedUrlError::Secret);
    }
    let (host, port) = match authority.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')) {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    let usual = if scheme == Some("http://") { 80 } else { 443 };
    let port: Option<u16> = port.map(|port| port.parse().map_err(|_| AskedUrlError::Host)).transpose()?;
    let host = Host::parse(host).map_err(|_| AskedUrlError::Host)?.to_string();
    let port = port.filter(|port| *port != usual).map_or(String::new(), |port| format!(":{port}"));
    Ok((host, port))
}

/// Returns true for what can only be a URL: it has a scheme, or begins with the host of a site, or with one that is hardly another. A
/// branch of such a name is reached in full, as in `refs/heads/www.example.com`.
#[must_use]
pub fn is_url(word: &str, sites: &[Site]) -> bool {
    let word = word.trim();
    let end = word.find(['/', '?', '#']).unwrap_or(word.len());
    if split_scheme(word).is_some() {
        return true;
    }
    // A password before a host is told as one, and never looked up as a revision.
    let authority = word[..end].rsplit('@').next().unwrap_or_default();
    let is_of_host = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']' | '_');
    if !authority.chars().all(is_of_host) {
        return false;
    }
    let Ok((host, _)) = authority_of(authority, None) else { return false };
    let hosts = || sites.iter().flat_map(|site| &site.base_urls).map(BaseUrl::host);
    let is_near = |known: &str| known.len() >= SHORTEST && strsim::damerau_levenshtein(known, &host) <= MOST_SLIPS;
    hosts().any(|known| known == host || is_near(known))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn sites() -> Vec<Site> {
        let text = "[[site]]\nname = \"w\"\nbase_urls = [\"https://www.example.com/\", \"http://www.example.com/\"]\n\
                    [[site]]\nname = \"d\"\nbase_urls = [\"https://b\u{fc}cher.example:8443/docs/\"]\n";
        Config::parse(text, "").unwrap().sites
    }

    #[test]
    fn a_pasted_url_takes_the_form_of_cache_keys() {
        let sites = sites();
        for (typed, want) in [
            ("https://www.example.com/blog/", &["https://www.example.com/blog/"][..]),
            (" HTTPS://WWW.Example.COM:443/Blog/ ", &["https://www.example.com/Blog/"]),
            ("http://www.example.com:80/", &["http://www.example.com/"]),
            ("https://www.example.com", &["https://www.example.com/"]),
            ("www.example.com", &["https://www.example.com/", "http://www.example.com/"]),
            ("https://www.example.com/\u{fc}ber uns/#top", &["https://www.example.com/%C3%BCber%20uns/"]),
            ("https://www.example.com/%c3%bcber", &["https://www.example.com/%C3%BCber"]),
            ("https://www.example.com/blog/%2a", &["https://www.example.com/blog/%2A"]),
            ("https://www.example.com?a=b", &["https://www.example.com/?a=b"]),
            (
                "https://www.example.com/s?q=\u{fc} 'x'&r=%zz/../#f?g",
                &["https://www.example.com/s?q=%C3%BC%20%27x%27&r=%zz/../"],
            ),
            ("https://b\u{fc}cher.example:8443/docs", &["https://xn--bcher-kva.example:8443/docs"]),
            ("B\u{dc}CHER.example:8443/docs/a", &["https://xn--bcher-kva.example:8443/docs/a"]),
            ("http://b\u{fc}cher.example:8443/docs/a", &["https://xn--bcher-kva.example:8443/docs/a"]),
            ("https://b\u{fc}cher.example:8443/doc", &[]),
            ("https://www.example.com.evil.example/", &[]),
        ] {
            let url = AskedUrl::parse(typed).unwrap();
            let site = sites.iter().max_by_key(|site| url.depth_in(site)).unwrap();
            let query = url.query().map_or(String::new(), |query| format!("?{query}"));
            let found: Vec<String> = url.bases(site).iter().map(|base| url.plain(base) + &query).collect();
            assert_eq!(found, want, "{typed}");
            assert_eq!(url.has_fragment(), typed.contains('#'));
        }
        let http = AskedUrl::parse("http://b\u{fc}cher.example:8443/docs/").unwrap();
        let both = AskedUrl::parse("http://www.example.com/").unwrap();
        let base = http.base_of_another_scheme(&sites[1]).map(BaseUrl::as_str);
        assert_eq!(base, Some("https://xn--bcher-kva.example:8443/docs/"));
        assert_eq!(both.base_of_another_scheme(&sites[0]), None);
    }

    #[test]
    fn what_is_no_url_of_a_page_is_named_with_its_fault() {
        for (typed, want) in [
            ("", "empty"),
            (" ", "empty"),
            ("ftp://www.example.com/", "neither http nor https"),
            ("https://user:hunter2@www.example.com/", "user name or password"),
            ("https:///blog/", "no host name"),
            ("https://exa mple.com/", "no host name"),
            ("https://www.example.com:http/", "no host name"),
            ("https://www.example.com/a/../b", "segments"),
            ("https://www.example.com//a", "empty segment"),
            ("https://www.example.com/100%", "two hex digits"),
            ("https://www.example.com/a\\b", "cannot stand"),
            ("https://www.example.com/a\nb", "cannot stand"),
            ("https://www.example.com/?a\nb", "cannot stand"),
            ("https://www.example.com/blog/*", "no other URLs"),
            ("www.example.com/?*", "no other URLs"),
            ("https://*.example.com/", "no other URLs"),
        ] {
            let error = AskedUrl::parse(typed).unwrap_err();
            assert!(error.to_string().contains(want), "{typed}: {error}");
        }
    }

    #[test]
    fn a_word_is_a_url_by_its_scheme_or_by_the_host_of_a_site() {
        for (word, want) in [
            ("https://elsewhere.example/", true),
            ("ssh://git@host/x", true),
            ("www.example.com", true),
            ("WWW.example.com/blog/?a#b", true),
            ("www.example.com:8080/", true),
            ("www.exmaple.com/blog/", true),
            ("b\u{fc}cher.example/", true),
            ("me:hunter2@www.example.com/", true),
            ("other.example/", false),
            ("www.example.com~1", false),
            ("www.example.com^", false),
            ("git@github.com:x/y", false),
            ("HEAD~1", false),
            ("v1.2", false),
            ("www.example.com..v2", false),
            ("refs/heads/www.example.com", false),
            ("dir:public", false),
            ("manifest:https://x", false),
            ("", false),
        ] {
            assert_eq!(is_url(word, &sites()), want, "{word}");
        }
    }
}
