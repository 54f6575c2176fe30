//! Cloudflare's purge API as the edge answers it: checks first, then the purge, then the envelope.
//!
//! Bodies, limits and the codes 1092 and 1134 are from Cloudflare's documents
//! (<https://developers.cloudflare.com/api/resources/cache/methods/purge/>); 1012, 1014, 7003 and 10000 are as users
//! report them. Assumptions, since no document settles them: two selectors in one body are refused, a bad URL refuses the
//! whole request with code 1000, and so does a host outside the zone.

use serde_json::{Map, Value, json};
use url::Url;

use super::cache::{Action, Cache, Key};
use super::loopback::{Response, response};

/// Items of one request, on every plan but Enterprise (500 URLs there).
pub(super) const MOST: usize = 100;

/// The task of a valid request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Selector {
    Urls(Vec<Key>),
    Prefixes(Vec<String>),
    Tags(Vec<String>),
    Hosts(Vec<String>),
    Everything,
}

/// An error of the envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: u32,
    pub(super) message: String,
}

impl Refusal {
    pub(super) fn new(status: u16, code: u32, message: impl Into<String>) -> Refusal {
        Refusal { status, code, message: message.into() }
    }
}

const ONE_OF: &str = r#"Request must contain one of "purge_everything", "files", "tags", "hosts" or "prefixes""#;
const ALONE: &str = r#"Request cannot contain "purge_everything" and any of "files", "tags", "hosts" or "prefixes""#;

/// Reads a body.
pub(super) fn selector(body: &[u8], zone_name: &str, most_urls: usize) -> Result<Selector, Refusal> {
    let shapeless = || Refusal::new(400, 1012, ONE_OF);
    let body: Map<String, Value> = serde_json::from_slice(body).map_err(|_| shapeless())?;
    let selectors: Vec<&str> = ["purge_everything", "files", "tags", "hosts", "prefixes"]
        .into_iter()
        .filter(|s| body.contains_key(*s))
        .collect();
    match selectors[..] {
        ["purge_everything"] if body["purge_everything"] == true => Ok(Selector::Everything),
        ["purge_everything", _, ..] => Err(Refusal::new(400, 1092, ALONE)),
        [one] if one != "purge_everything" => list(one, &body[one], zone_name, most_urls),
        _ => Err(shapeless()),
    }
}

fn list(name: &str, value: &Value, zone_name: &str, most_urls: usize) -> Result<Selector, Refusal> {
    let items =
        value.as_array().ok_or_else(|| Refusal::new(400, 1014, r#""files", "tags", or "hosts" must be an array"#))?;
    let most = if name == "files" { most_urls } else { MOST };
    if items.is_empty() {
        return Err(Refusal::new(400, 1012, ONE_OF));
    }
    if items.len() > most {
        return Err(Refusal::new(400, 1000, format!("too many {name}: {} of at most {most}", items.len())));
    }
    let texts = || {
        items
            .iter()
            .map(|item| item.as_str().map(str::to_owned).ok_or_else(|| Refusal::new(400, 1012, ONE_OF)))
            .collect::<Result<Vec<_>, _>>()
    };
    match name {
        "files" => items.iter().map(|item| file(item, zone_name)).collect::<Result<_, _>>().map(Selector::Urls),
        "hosts" => texts().map(Selector::Hosts),
        "prefixes" => {
            let prefixes = texts()?;
            match prefixes.iter().find(|p| p.contains("://") || p.contains(['?', '#']) || p.matches('/').count() > 31) {
                Some(bad) => {
                    Err(Refusal::new(400, 1000, format!("Unable to purge {bad}, which is an invalid prefix.")))
                }
                None => Ok(Selector::Prefixes(prefixes)),
            }
        }
        _ => texts().map(Selector::Tags),
    }
}

/// A URL, or an object with a URL and headers.
fn file(item: &Value, zone_name: &str) -> Result<Key, Refusal> {
    let url = item.as_str().or_else(|| item.get("url")?.as_str()).ok_or_else(|| Refusal::new(400, 1012, ONE_OF))?;
    let headers = match item.get("headers") {
        None => Map::new(),
        Some(Value::Object(headers)) if headers.values().all(Value::is_string) => headers.clone(),
        Some(_) => return Err(Refusal::new(400, 1000, "headers must be an object of strings")),
    };
    let invalid = || Refusal::new(400, 1000, format!("Unable to purge {url}, which is an invalid URL."));
    let parsed = Url::parse(url).map_err(|_| invalid())?;
    let host = parsed.host_str().filter(|_| matches!(parsed.scheme(), "http" | "https")).ok_or_else(invalid)?;
    if host != zone_name && !host.ends_with(&format!(".{zone_name}")) {
        return Err(invalid());
    }
    let origin = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("origin"))
        .and_then(|(_, v)| v.as_str())
        .unwrap_or_default();
    // Scheme and host in any case; the path as it was sent.
    let path = url.splitn(4, '/').nth(3).unwrap_or_default();
    let path = path.split('#').next().unwrap_or_default();
    let port = parsed.port().map(|p| format!(":{p}")).unwrap_or_default();
    Ok(Key { url: format!("{}://{host}{port}/{path}", parsed.scheme()), origin: origin.to_owned() })
}

impl Selector {
    /// How many URLs it takes from the budget; `None` for the other kinds, which take one token.
    pub(super) fn urls(&self) -> Option<usize> {
        match self {
            Selector::Urls(keys) => Some(keys.len()),
            _ => None,
        }
    }

    pub(super) fn apply(&self, action: Action, cache: &mut Cache) {
        match self {
            Selector::Urls(keys) => keys.iter().for_each(|key| cache.url(action, key)),
            Selector::Prefixes(prefixes) => prefixes.iter().for_each(|prefix| cache.prefix(action, prefix)),
            Selector::Tags(tags) => tags.iter().for_each(|tag| cache.tag(action, tag)),
            Selector::Hosts(hosts) => hosts.iter().for_each(|host| cache.host(action, host)),
            Selector::Everything => cache.everything(action),
        }
    }
}

/// Returns the task that a path below the API names, in this zone and environment.
pub(super) fn action(path: &str, zone: &str, environment: &str) -> Option<Action> {
    let rest = path.strip_prefix("/zones/")?.strip_prefix(zone)?;
    let rest = match rest.strip_prefix("/environments/") {
        Some(rest) => rest.strip_prefix(environment)?,
        None => rest,
    };
    match rest {
        "/purge_cache" => Some(Action::Purge),
        "/invalidate_cache" => Some(Action::Invalidate),
        _ => None,
    }
}

/// There is nothing under this path.
pub(super) fn no_route(path: &str) -> Refusal {
    Refusal::new(404, 7003, format!("Could not route to {path}, perhaps your object identifier is invalid?"))
}

/// The envelope of a purge's success.
pub(super) fn accepted(id: &str) -> Response {
    found(&json!({"id": id}))
}

/// The envelope of success.
pub(super) fn found(result: &Value) -> Response {
    envelope(200, &[], &json!({"errors": [], "messages": [], "result": result, "success": true}))
}

/// The envelope of failure.
pub(super) fn refused(refusal: &Refusal, headers: &[(&str, &str)]) -> Response {
    let error = json!({"code": refusal.code, "message": refusal.message});
    envelope(refusal.status, headers, &json!({"errors": [error], "messages": [], "result": null, "success": false}))
}

fn envelope(status: u16, headers: &[(&str, &str)], body: &Value) -> Response {
    let mut all = vec![("content-type", "application/json"), ("cf-ray", "0123456789abcdef-LOC")];
    all.extend(headers);
    response(status, &all, body.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_read_as_the_documents_say() {
        let key = |url: &str, origin: &str| Key { url: url.to_owned(), origin: origin.to_owned() };
        let refused = |code| Err::<Selector, u32>(code);
        let too_many = format!(r#"{{"hosts":[{}]}}"#, vec![r#""a.example.com""#; 101].join(","));
        for (body, want) in [
            (r#"{"purge_everything":true}"#, Ok(Selector::Everything)),
            (r#"{"purge_everything":false}"#, refused(1012)),
            (
                r#"{"files":["https://www.example.com/a"]}"#,
                Ok(Selector::Urls(vec![key("https://www.example.com/a", "")])),
            ),
            (
                r#"{"files":["HTTPS://WWW.example.com/A%20b"]}"#,
                Ok(Selector::Urls(vec![key("https://www.example.com/A%20b", "")])),
            ),
            (
                r#"{"files":[{"url":"https://example.com/f","headers":{"Origin":"https://o.example"}}]}"#,
                Ok(Selector::Urls(vec![key("https://example.com/f", "https://o.example")])),
            ),
            (r#"{"files":[{"headers":{}}]}"#, refused(1012)),
            (r#"{"files":[{"url":"https://example.com/f","headers":null}]}"#, refused(1000)),
            (r#"{"files":["/a"]}"#, refused(1000)),
            (r#"{"files":["https://other.example/a"]}"#, refused(1000)),
            (r#"{"files":["https://notexample.com/a"]}"#, refused(1000)),
            (r#"{"files":[]}"#, refused(1012)),
            (r#"{"files":"https://example.com/"}"#, refused(1014)),
            (r#"{"hosts":["www.example.com"]}"#, Ok(Selector::Hosts(vec!["www.example.com".to_owned()]))),
            (r#"{"prefixes":["www.example.com/a/"]}"#, Ok(Selector::Prefixes(vec!["www.example.com/a/".to_owned()]))),
            (r#"{"prefixes":["https://www.example.com/a/"]}"#, refused(1000)),
            (r#"{"tags":["blog"]}"#, Ok(Selector::Tags(vec!["blog".to_owned()]))),
            (r#"{"purge_everything":true,"files":["https://example.com/"]}"#, refused(1092)),
            (r#"{"hosts":["a"],"files":["https://example.com/"]}"#, refused(1012)),
            (too_many.as_str(), refused(1000)),
            ("{}", refused(1012)),
            ("", refused(1012)),
        ] {
            assert_eq!(selector(body.as_bytes(), "example.com", 100).map_err(|r| r.code), want, "{body}");
        }
    }
}
