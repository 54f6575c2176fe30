//! `also` of a rule: URL paths that depend on the file that changed, or do not.

use super::UrlPath;
use super::fault::{Fault, value};
use crate::encoding::{Spelling, canonical_url_path, spell_path, spell_query};

/// One entry of `also`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Also {
    /// The same URL path for every file.
    Path(UrlPath),
    /// One with fields.
    Template(UrlTemplate),
}

/// A URL path with fields for parts of the changed file's path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlTemplate(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// Canonical text.
    Text(String),
    Field(Field, Place),
}

/// Where a field stands, which decides how its bytes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In the path.
    Path,
    /// In a value of the query string: a slash is `%2F` there, unless one stands before the field in the same value.
    Query { slashes_stay: bool },
}

/// A part of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    /// Its directory, without a slash at the end; empty in the web root.
    Dir,
    /// Its name without the last extension.
    Stem,
    /// The whole path.
    Path,
}

const HINT: &str = "the fields are `{dir}`, `{stem}` and `{path}`; `%7B` and `%7D` stand for the braces themselves";

impl Also {
    pub(super) fn parse(text: &str) -> Result<Also, Fault> {
        if !text.contains(['{', '}']) {
            return UrlPath::parse(text).map(Also::Path);
        }
        let shown_text = value(text);
        let mut parts = Vec::new();
        let mut skeleton = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((literal, behind)) = rest.split_once('{') {
            let (name, behind) =
                behind.split_once('}').ok_or_else(|| Fault::new(format!("{shown_text}: a brace is open"), HINT))?;
            let field = Field::parse(name)
                .ok_or_else(|| Fault::new(format!("{shown_text}: `{{{name}}}` is no field"), HINT))?;
            skeleton.push_str(literal);
            parts.extend([Part::Text(literal.to_owned()), Part::Field(field, Place::behind(&skeleton))]);
            skeleton.push('x');
            rest = behind;
        }
        skeleton.push_str(rest);
        parts.push(Part::Text(rest.to_owned()));
        if skeleton.contains('}') {
            return Err(Fault::new(format!("{shown_text}: a brace closes that was not open"), HINT));
        }
        // With a plain word in each field it has to be a URL path; then each text between them is one as well.
        UrlPath::parse(&skeleton)?;
        let mut in_query = false;
        for part in &mut parts {
            let Part::Text(text) = part else { continue };
            // A query string stays as it is typed.
            let (path, query) = match text.split_once('?') {
                _ if in_query => continue,
                None => (&**text, None),
                Some((path, query)) => (path, Some(query)),
            };
            in_query = query.is_some();
            let path = canonical_url_path(path).map_err(|e| Fault::new(format!("{shown_text}: {e}"), HINT))?;
            *text = query.map_or(path.clone(), |query| format!("{path}?{query}"));
        }
        if let Some(Part::Text(first)) = parts.first_mut() {
            first.remove(0);
        }
        Ok(Also::Template(UrlTemplate(parts)))
    }
}

impl Field {
    fn parse(name: &str) -> Option<Field> {
        [("dir", Field::Dir), ("stem", Field::Stem), ("path", Field::Path)]
            .into_iter()
            .find(|(known, _)| *known == name)
            .map(|(_, field)| field)
    }

    fn part_of(self, path: &[u8]) -> &[u8] {
        let name_at = path.iter().rposition(|&b| b == b'/').map_or(0, |i| i + 1);
        match self {
            Field::Path => path,
            Field::Dir => &path[..name_at.saturating_sub(1)],
            Field::Stem => {
                let name = &path[name_at..];
                let end = name.iter().rposition(|&b| b == b'.').filter(|&dot| dot > 0).unwrap_or(name.len());
                &name[..end]
            }
        }
    }
}

impl Place {
    /// Returns the place of a field that stands behind a text.
    fn behind(text: &str) -> Place {
        match text.split_once('?') {
            None => Place::Path,
            Some((_, query)) => {
                let value = query.rsplit(['&', '=', ';']).next().unwrap_or_default();
                Place::Query { slashes_stay: value.contains('/') }
            }
        }
    }
}

impl UrlTemplate {
    /// Returns true when a field stands in the query string, where a blank has two spellings.
    #[must_use]
    pub fn has_query_field(&self) -> bool {
        self.0.iter().any(|part| matches!(part, Part::Field(_, Place::Query { .. })))
    }

    /// Returns the URL path for a file, without a leading `/`, its fields in one of the spellings. `None` when it would hold a `.` or `..`
    /// segment, which no cache key does.
    #[must_use]
    pub fn expand(&self, path: &[u8], spelling: Spelling) -> Option<String> {
        let mut text = String::new();
        for part in &self.0 {
            match part {
                Part::Field(field, Place::Path) => spell_path(field.part_of(path), spelling, &mut text),
                Part::Field(field, Place::Query { slashes_stay }) => {
                    spell_query(field.part_of(path), spelling, *slashes_stay, &mut text);
                }
                // An empty `{dir}` removes the slash behind it, too.
                Part::Text(literal) if text.is_empty() || text.ends_with('/') => {
                    text.push_str(literal.strip_prefix('/').unwrap_or(literal));
                }
                Part::Text(literal) => text.push_str(literal),
            }
        }
        let path = text.split('?').next().unwrap_or_default();
        (!path.split('/').any(|segment| matches!(segment, "." | ".."))).then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_filled_from_the_changed_path() {
        for (template, path, want) in [
            ("/{dir}/feed.xml", "blog/2024/a.html", Some("blog/2024/feed.xml")),
            ("/{dir}/feed.xml", "a.html", Some("feed.xml")),
            ("/amp/{path}", "blog/a b.html", Some("amp/blog/a%20b.html")),
            ("/x/{dir}/{stem}/", "blog/a.b.html", Some("x/blog/a.b/")),
            ("/x/{dir}/{stem}/", "a.html", Some("x/a/")),
            ("/{stem}.json?v=1", "100%.html", Some("100%25.json?v=1")),
            ("/\u{fc}/{stem}", ".html", Some("%C3%BC/.html")),
            ("/{dir}", "a.html", Some("")),
            ("/{stem}/", "...html", None),
            (
                "/img/w=400/https://www.example.com/{path}",
                "a/b c.png",
                Some("img/w=400/https://www.example.com/a/b%20c.png"),
            ),
            ("/i/https://x.example/{dir}/s/{stem}.webp", "a.png", Some("i/https://x.example/s/a.webp")),
            (
                "/_next/image?url=%2F{path}&w=640&q=75",
                "img/a b.png",
                Some("_next/image?url=%2Fimg%2Fa%20b.png&w=640&q=75"),
            ),
            ("/x?p={path}", "a/b.png", Some("x?p=a%2Fb.png")),
            ("/x?p=/{path}&q={stem}", "a/b.png", Some("x?p=/a/b.png&q=b")),
            ("/x?u=https://www.example.com/{path}", "a/b&c.png", Some("x?u=https://www.example.com/a/b%26c.png")),
            ("/{dir}/t?f={stem}&d={dir}", "a/b/c.png", Some("a/b/t?f=c&d=a%2Fb")),
            ("/t?f=..%2F{path}", "...png", Some("t?f=..%2F...png")),
        ] {
            let Also::Template(also) = Also::parse(template).unwrap() else { panic!("{template}") };
            assert_eq!(also.expand(path.as_bytes(), Spelling::Canonical).as_deref(), want, "{template} for {path}");
        }
        assert!(matches!(Also::parse("/feed.xml").unwrap(), Also::Path(path) if path.as_str() == "feed.xml"));
    }

    #[test]
    fn a_template_that_cannot_be_filled_is_refused() {
        for (template, want) in [
            ("/{name}.html", "`{name}` is no field"),
            ("/{dir/x", "a brace is open"),
            ("/dir}/x", "closes that was not open"),
            ("/{}", "is no field"),
            ("{dir}/x", "starts with `/`"),
            ("/x?p={name}", "`{name}` is no field"),
            ("/x?p={path", "a brace is open"),
            ("/x?p=%2{path}", "two hex digits"),
            ("/x?p=\u{fc}{path}", "ASCII"),
            ("/x//{path}", "empty segment"),
            ("https://x.example/{path}", "not a URL path"),
            ("/%{dir}", "two hex digits"),
            ("/a/../{dir}", "segments"),
        ] {
            let fault = Also::parse(template).unwrap_err();
            assert!(fault.message.contains(want), "{template}: {}", fault.message);
        }
    }
}
