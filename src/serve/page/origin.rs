//! Where a request came from, as its browser says: from this page or from another, over TLS or not.
//!
//! Browsers alone are believed, and only where a page cannot make them lie: `Origin`, `Sec-Fetch-Site` and the cookies.

use http::HeaderMap;
use http::header;

/// The cookie's name.
const COOKIE: &str = "diffpurge";

/// Returns the one value of a header; one that stands there twice counts as none.
fn one<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let (value, None) = (values.next()?, values.next()) else { return None };
    value.to_str().ok()
}

/// True for a form that a page of ours sent. What a browser says of the site counts first: behind a proxy that writes another `Host` it
/// still knows. One that does not say it, as over plain HTTP, says the origin at least.
pub(super) fn is_own(headers: &HeaderMap) -> bool {
    if headers.contains_key("sec-fetch-site") {
        return one(headers, "sec-fetch-site") == Some("same-origin");
    }
    let origin = one(headers, "origin").and_then(|origin| {
        origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://")).filter(|host| !host.is_empty())
    });
    let hosts = [one(headers, "host"), one(headers, "x-forwarded-host")];
    origin.is_some_and(|origin| hosts.into_iter().flatten().any(|host| host.eq_ignore_ascii_case(origin)))
}

/// True where the browser speaks TLS: it says so itself as it logs in, and a proxy in front says so of each request. Without TLS a
/// browser would not keep a cookie that asks for it.
pub(super) fn is_secure(headers: &HeaderMap) -> bool {
    let proxy = one(headers, "x-forwarded-proto").and_then(|list| list.split(',').next());
    proxy.is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("https"))
        || one(headers, "origin").is_some_and(|origin| origin.starts_with("https://"))
}

/// Returns the values of all cookies of our name: another page of the host may have set one, too.
pub(super) fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lists = headers.get_all(header::COOKIE).iter().filter_map(|list| list.to_str().ok());
    let pairs = lists.flat_map(|list| list.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}

/// Returns the header that sets the cookie for some seconds; for none, it takes it away.
pub(super) fn set_cookie(value: &str, seconds: u64, is_secure: bool) -> String {
    let secure = if is_secure { "; Secure" } else { "" };
    format!("{COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};

    fn headers(list: &[(&'static str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in list {
            map.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        map
    }

    #[test]
    fn a_form_of_another_page_is_known() {
        let host = ("host", "hooks.example.com");
        for own in [
            &[host, ("sec-fetch-site", "same-origin")][..],
            &[host, ("origin", "https://hooks.example.com")],
            &[host, ("origin", "http://HOOKS.example.com")],
            &[("host", "127.0.0.1:8787"), ("origin", "http://127.0.0.1:8787")],
            &[("host", "inside"), ("x-forwarded-host", "hooks.example.com"), ("origin", "https://hooks.example.com")],
            &[("host", "inside"), ("origin", "https://hooks.example.com"), ("sec-fetch-site", "same-origin")],
        ] {
            assert!(is_own(&headers(own)), "{own:?}");
        }
        for other in [
            &[host][..],
            &[host, ("origin", "null")],
            &[host, ("origin", "https://evil.example")],
            &[host, ("origin", "https://hooks.example.com.evil.example")],
            &[host, ("origin", "https://hooks.example.com:8443")],
            &[host, ("origin", "hooks.example.com")],
            &[("origin", "https://")],
            &[("host", ""), ("origin", "https://")],
            &[host, ("origin", "https://hooks.example.com"), ("origin", "https://evil.example")],
            &[host, ("origin", "https://hooks.example.com"), ("sec-fetch-site", "cross-site")],
            &[host, ("origin", "https://hooks.example.com"), ("sec-fetch-site", "same-site")],
            &[host, ("origin", "https://hooks.example.com"), ("sec-fetch-site", "none")],
            &[host, ("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
        ] {
            assert!(!is_own(&headers(other)), "{other:?}");
        }
    }

    #[test]
    fn a_cookie_asks_for_tls_wherever_the_browser_speaks_it() {
        for secure in [
            &[("x-forwarded-proto", "https")][..],
            &[("x-forwarded-proto", "HTTPS, http")],
            &[("origin", "https://hooks.example.com")],
        ] {
            assert!(is_secure(&headers(secure)), "{secure:?}");
        }
        for plain in [
            &[][..],
            &[("origin", "http://127.0.0.1:8787")],
            &[("x-forwarded-proto", "http"), ("origin", "http://hooks.example.com")],
        ] {
            assert!(!is_secure(&headers(plain)), "{plain:?}");
        }
        assert_eq!(set_cookie("v", 9, true), "diffpurge=v; Path=/; Max-Age=9; HttpOnly; SameSite=Strict; Secure");
        assert!(!set_cookie("v", 9, false).contains("Secure"));
    }

    #[test]
    fn all_cookies_of_the_name_are_found_and_no_other() {
        let given =
            headers(&[("cookie", "a=1; diffpurge=one;diffpurge=two"), ("cookie", "xdiffpurge=3; diffpurge=b=c")]);
        assert_eq!(cookies(&given).collect::<Vec<_>>(), ["one", "two", "b=c"]);
    }
}
