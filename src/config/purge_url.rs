//! `url` of `[site.http_purge]`: where a cache is asked to remove another URL, like nginx's `GET /purge{path}`.
//!
//! Each URL of a plan goes into it whole: a pattern that would lose the path or the query string of one is a fault, since two cache
//! keys would then be one request.

use url::{Position, Url};

use super::fault::{Fault, value};

/// A URL path with fields for the parts of a URL that is removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurgeUrl(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    /// A part of the URL, as it is or as a value of a query string.
    Field(Field, Place),
}

/// A part of the URL that is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    /// `https`.
    Scheme,
    /// With the port, where it has one.
    Host,
    /// The path, without a query string.
    Path,
    /// The query string with its `?`; nothing where there is none.
    Query,
    /// The path with its query string: `{path}` of a pattern without `{query}`.
    PathAndQuery,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Path,
    Query,
}

const HINT: &str = "the fields are `{path}`, `{query}`, `{host}` and `{scheme}`, as in `/purge{path}` or `/purge?url={scheme}://{host}{path}`";

impl PurgeUrl {
    pub(super) fn parse(text: &str) -> Result<PurgeUrl, Fault> {
        let fault = |what: &str| Fault::new(format!("{}: {what}", value(text)), HINT);
        let (parts, skeleton) = parts(text)?;
        let pattern = PurgeUrl(parts).whole(text)?;
        let sample = pattern.expand("https://h/p");
        let stays = Url::parse(&format!("http://h{sample}")).is_ok_and(|url| url[Position::BeforePath..] == *sample);
        if !sample.starts_with('/') {
            return Err(fault("it does not begin with `/`"));
        }
        if holds_a_secret(text) {
            let hint = "say where it is with `token_env`, and its header with `token_header`";
            return Err(Fault::new("a secret does not belong in the file", hint));
        }
        if !stays || skeleton.contains('#') {
            return Err(fault("an HTTP client cannot send it as it is"));
        }
        Ok(pattern)
    }

    /// Returns the pattern, if no part of a URL gets lost in it.
    fn whole(mut self, text: &str) -> Result<PurgeUrl, Fault> {
        let fault = |what: &str, hint: &str| Err(Fault::new(format!("{}: {what}", value(text)), hint));
        let place_of =
            |wanted: Field| self.0.iter().position(|part| matches!(part, Part::Field(field, _) if *field == wanted));
        let Some(path) = place_of(Field::Path) else {
            return fault("it lacks `{path}`, so that every URL would be the same request", HINT);
        };
        if let Some(query) = place_of(Field::Query) {
            let is_last = self.0[query + 1..].iter().all(|part| matches!(part, Part::Text(text) if text.is_empty()));
            if !is_last && self.0[query] == Part::Field(Field::Query, Place::Path) {
                return fault(
                    "`{query}` begins with `?`, so that nothing can follow it",
                    "put it last, or behind a `?`",
                );
            }
            return Ok(self);
        }
        let is_last = self.0[path + 1..].iter().all(|part| matches!(part, Part::Text(text) if text.is_empty()));
        if !is_last && self.0[path] == Part::Field(Field::Path, Place::Path) {
            return fault(
                "`{path}` holds the query string too, so that nothing can follow it",
                "put it last or behind a `?`, or add `{query}` at the end",
            );
        }
        for part in &mut self.0 {
            if let Part::Field(field @ Field::Path, _) = part {
                *field = Field::PathAndQuery;
            }
        }
        Ok(self)
    }

    /// Returns what is asked for to remove a URL, from `/`.
    #[must_use]
    pub fn expand(&self, url: &str) -> String {
        let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
        let (host, target) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
        let (path, query) = target.find('?').map_or((target, ""), |at| target.split_at(at));
        let mut expanded = String::with_capacity(url.len() + 16);
        for part in &self.0 {
            let (field, place) = match part {
                Part::Text(text) => {
                    expanded.push_str(text);
                    continue;
                }
                Part::Field(field, place) => (field, place),
            };
            let text = match field {
                Field::Scheme => scheme,
                Field::Host => host,
                Field::Path => path,
                Field::Query => query,
                Field::PathAndQuery => target,
            };
            match place {
                Place::Path => expanded.push_str(text),
                Place::Query => push_value(text, &mut expanded),
            }
        }
        expanded
    }
}

/// Returns true where a value that is typed, and no field, stands behind a name that secrets have.
fn holds_a_secret(text: &str) -> bool {
    const NAMES: [&str; 4] = ["token=", "secret=", "password=", "auth="];
    let lower = text.to_ascii_lowercase();
    let values = NAMES.iter().flat_map(|name| lower.match_indices(name).map(|(at, name)| &lower[at + name.len()..]));
    values.into_iter().any(|value| !value.is_empty() && !value.starts_with(['{', '&']))
}

/// Appends a text as a value of a query string, which gives it back when it is decoded once: its own escapes too.
fn push_value(text: &str, out: &mut String) {
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~' | '/' | ':') {
            out.push(c);
        } else {
            out.extend(percent_encoding::utf8_percent_encode(
                c.encode_utf8(&mut [0; 4]),
                percent_encoding::NON_ALPHANUMERIC,
            ));
        }
    }
}

/// Takes a pattern apart. The text that comes along is the pattern without its fields.
fn parts(text: &str) -> Result<(Vec<Part>, String), Fault> {
    let fault = |what: String| Fault::new(format!("{}: {what}", value(text)), HINT);
    let (mut parts, mut skeleton, mut rest) = (Vec::new(), String::new(), text);
    while let Some((literal, behind)) = rest.split_once('{') {
        let (name, behind) = behind.split_once('}').ok_or_else(|| fault("a brace is open".to_owned()))?;
        let field = match name {
            "path" => Field::Path,
            "query" => Field::Query,
            "host" => Field::Host,
            "scheme" => Field::Scheme,
            _ => return Err(fault(format!("`{{{name}}}` is no field"))),
        };
        skeleton.push_str(literal);
        let place = if skeleton.contains('?') { Place::Query } else { Place::Path };
        parts.extend([Part::Text(literal.to_owned()), Part::Field(field, place)]);
        rest = behind;
    }
    skeleton.push_str(rest);
    parts.push(Part::Text(rest.to_owned()));
    if skeleton.contains('}') {
        return Err(fault("a brace closes that was not open".to_owned()));
    }
    Ok((parts, skeleton))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_url_goes_into_the_pattern_whole() {
        const URL: &str = "https://www.example.com:8443/d/%C3%BC|~'+b.css?a=1&b=/";
        const PLAIN: &str = "https://www.example.com/a.css";
        for (pattern, url, want) in [
            ("/purge{path}", PLAIN, "/purge/a.css"),
            ("/purge{path}", URL, "/purge/d/%C3%BC|~'+b.css?a=1&b=/"),
            ("/purge{path}{query}", PLAIN, "/purge/a.css"),
            ("/purge{path}{query}", URL, "/purge/d/%C3%BC|~'+b.css?a=1&b=/"),
            ("/purge/{scheme}/{host}{path}", URL, "/purge/https/www.example.com:8443/d/%C3%BC|~'+b.css?a=1&b=/"),
            ("{path}", URL, "/d/%C3%BC|~'+b.css?a=1&b=/"),
            (
                "/purge?url={scheme}://{host}{path}",
                URL,
                "/purge?url=https://www.example.com:8443/d/%25C3%25BC%7C~%27%2Bb.css%3Fa%3D1%26b%3D/",
            ),
            ("/purge?u={path}&x=1", URL, "/purge?u=/d/%25C3%25BC%7C~%27%2Bb.css%3Fa%3D1%26b%3D/&x=1"),
            (
                "/purge?u={path}&q={query}&h={host}",
                URL,
                "/purge?u=/d/%25C3%25BC%7C~%27%2Bb.css&q=%3Fa%3D1%26b%3D/&h=www.example.com:8443",
            ),
            ("/purge?u={path}&q={query}", PLAIN, "/purge?u=/a.css&q="),
        ] {
            assert_eq!(PurgeUrl::parse(pattern).unwrap().expand(url), want, "{pattern}");
        }
    }

    #[test]
    fn a_pattern_that_loses_a_part_or_cannot_be_sent_is_a_fault() {
        for (pattern, why) in [
            ("", "lacks `{path}`"),
            ("/purge", "lacks `{path}`"),
            ("/purge{query}", "lacks `{path}`"),
            ("/purge/{file}", "`{file}` is no field"),
            ("/purge{path", "a brace is open"),
            ("/purge}{path}", "was not open"),
            ("purge{path}", "does not begin with `/`"),
            ("http://127.0.0.1/purge{path}", "does not begin with `/`"),
            ("/purge{path}/now", "nothing can follow it"),
            ("/purge{path}?x=1", "nothing can follow it"),
            ("/purge{path}{query}x", "nothing can follow it"),
            ("/a/../purge{path}", "cannot send it"),
            ("/purge#{path}", "cannot send it"),
            ("/p\u{fc}rge{path}", "cannot send it"),
            ("/purge {path}", "cannot send it"),
            ("/purge\n{path}", "cannot send it"),
            ("/purge?token=hunter2&u={path}", "a secret does not belong"),
        ] {
            let fault = PurgeUrl::parse(pattern).unwrap_err();
            assert!(fault.message.contains(why), "{pattern}: {}", fault.message);
        }
    }
}
