//! Patterns and targets with placeholders: `/blog/*` to `/posts/:splat`, `/blog/:path*` to `/posts/:path*`, `^p/(.*)$` to `in/$1`.

use super::page::{Filling, Gap, Page};

/// A part of a pattern or a target.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// A placeholder, by its name.
    Hole(String),
    /// A placeholder for one segment.
    Segment(String),
}

use Piece::{Hole, Segment, Text};

impl Piece {
    /// Returns the name of a placeholder.
    fn name(&self) -> Option<&str> {
        match self {
            Text(_) => None,
            Hole(name) | Segment(name) => Some(name),
        }
    }
}

/// The placeholder for a request's whole path.
const AS_ASKED: &str = "REQUEST_URI";

/// Returns the pages of a target, of an entry with this pattern; `None` for a target outside of the host.
pub(super) fn page(pattern: &str, target: &str) -> Option<Page> {
    if !target.starts_with('/') || target.starts_with("//") {
        return None;
    }
    let pieces = of_target(target.split(['?', '#']).next().unwrap_or_default());
    let request = of_pattern(pattern);
    Some(filled(&pieces, request.as_deref()))
}

/// Returns the pages of a target with `$1`, of a rule with a regular expression. The text that is asked about is a path below
/// `base`, and so is a target that does not begin with a slash.
pub(super) fn page_of_expression(expression: &str, target: &str, base: &str) -> Option<Page> {
    let target = target.split('?').next().unwrap_or_default();
    let target = target.strip_prefix("%{DOCUMENT_ROOT}").unwrap_or(target).replace('\\', "");
    let target = match target.strip_prefix("%{REQUEST_URI}").or(target.strip_prefix("%{REQUEST_FILENAME}")) {
        Some(rest) => format!("/${{{AS_ASKED}}}{rest}"),
        None if target.starts_with('/') => target,
        None => format!("{base}{}", target.strip_prefix("./").unwrap_or(&target)),
    };
    if target.starts_with("//") || target.contains("://") {
        return None;
    }
    let pieces = of_references(&target);
    let holes: Vec<&str> = pieces.iter().filter_map(Piece::name).collect();
    if holes == [AS_ASKED] {
        return Some(filled(&pieces, Some(&[Text("/".to_owned()), Hole(AS_ASKED.to_owned())])));
    }
    let request = of_expression(expression, base);
    let last = pieces.iter().rposition(|piece| piece.name() == Some("1"));
    let is_file_of_first = last.is_some_and(|at| {
        holes.first() == Some(&"1")
            && pieces[at + 1..].iter().all(|piece| !matches!(piece, Text(text) if text.contains('/')))
    });
    match beginning(expression, base).filter(|_| request.is_none() && is_file_of_first) {
        Some(below) => Some(page_with(&pieces, Filling::Beginning(below.into_bytes().into()))),
        None => Some(filled(&pieces, request.as_deref())),
    }
}

/// Puts a target and a pattern together.
fn filled(target: &[Piece], pattern: Option<&[Piece]>) -> Page {
    let of_target: Vec<&str> = target.iter().filter_map(Piece::name).collect();
    let holes: Vec<&Piece> = pattern.unwrap_or_default().iter().filter(|piece| piece.name().is_some()).collect();
    let filling = match (&of_target[..], &holes[..], pattern) {
        ([name], [hole], Some(pattern)) if hole.name() == Some(name) => {
            let (before, after) = around(pattern);
            let is_segment = matches!(hole, Segment(_));
            Filling::Between { before: decoded(&before), after: decoded(&after), is_segment }
        }
        _ => Filling::Unknown,
    };
    page_with(target, filling)
}

fn decoded(text: &str) -> Box<[u8]> {
    percent_encoding::percent_decode_str(text).collect()
}

/// Makes the page of a target, or the pages where it has placeholders.
fn page_with(target: &[Piece], filling: Filling) -> Page {
    let (before, after) = around(target);
    if target.iter().any(|piece| piece.name().is_some()) {
        Page::with_gap(&before, Gap { after: decoded(&after), filling })
    } else {
        Page::of_path(&before)
    }
}

/// Returns the text before the first placeholder and the text behind the last.
fn around(pieces: &[Piece]) -> (String, String) {
    let text = |piece: &Piece| if let Text(text) = piece { Some(text.clone()) } else { None };
    let before: String = pieces.iter().map_while(text).collect();
    let last = pieces.iter().rposition(|piece| piece.name().is_some()).map_or(pieces.len(), |at| at + 1);
    (before, pieces[last..].iter().filter_map(text).collect())
}

/// Takes a pattern apart; `None` for one that has more than placeholders.
fn of_pattern(pattern: &str) -> Option<Vec<Piece>> {
    let pattern = match pattern.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/*", |at| &rest[at..]),
        None => pattern,
    };
    let (mut pieces, mut rest, mut groups) = (Vec::new(), pattern, 0);
    while let Some(at) = rest.find([':', '*', '(', '+', '?', '{', '}', '[', ']', '\\', '|', '!', '@']) {
        push_text(&mut pieces, &rest[..at]);
        rest = &rest[at..];
        let behind = if let Some(behind) = rest.strip_prefix("(.*)") {
            groups += 1;
            pieces.push(Hole(groups.to_string()));
            behind
        } else if let Some(behind) = rest.strip_prefix('*') {
            pieces.push(Hole("splat".to_owned()));
            behind
        } else {
            let (name, is_segment, behind) = name_of(rest.strip_prefix(':')?)?;
            pieces.push(if is_segment { Segment(name) } else { Hole(name) });
            behind
        };
        rest = behind;
    }
    push_text(&mut pieces, rest);
    Some(pieces)
}

/// Takes a target apart: `:name`, with the sign for several segments behind it, and `$1`.
fn of_target(target: &str) -> Vec<Piece> {
    let (mut pieces, mut rest) = (Vec::new(), target);
    while let Some(at) = rest.find([':', '$']) {
        push_text(&mut pieces, &rest[..at]);
        let found = match rest.as_bytes()[at] {
            b':' => name_of(&rest[at + 1..]).map(|(name, _, behind)| (name, behind)),
            _ => digits_of(&rest[at + 1..]),
        };
        if let Some((name, behind)) = found {
            pieces.push(Hole(name));
            rest = behind;
        } else {
            push_text(&mut pieces, &rest[at..=at]);
            rest = &rest[at + 1..];
        }
    }
    push_text(&mut pieces, rest);
    pieces
}

/// Takes the target of a rule apart: `$1` is a group, and `%1`, `%{…}` and `${…}` are anything.
fn of_references(target: &str) -> Vec<Piece> {
    let (mut pieces, mut rest) = (Vec::new(), target);
    while let Some(at) = rest.find(['$', '%']) {
        push_text(&mut pieces, &rest[..at]);
        let (sign, behind) = (&rest[at..=at], &rest[at + 1..]);
        let (name, behind) = match (behind.strip_prefix('{').and_then(|inner| inner.split_once('}')), digits_of(behind))
        {
            (Some((inner, behind)), _) => (inner.to_owned(), behind),
            (None, Some((digits, behind))) if sign == "$" => (digits, behind),
            (None, Some((digits, behind))) => (format!("%{digits}"), behind),
            (None, None) => {
                push_text(&mut pieces, sign);
                rest = behind;
                continue;
            }
        };
        pieces.push(Hole(name));
        rest = behind;
    }
    push_text(&mut pieces, rest);
    pieces
}

/// Takes an expression apart that has one group and is literal around it; `None` for any other.
fn of_expression(expression: &str, base: &str) -> Option<Vec<Piece>> {
    let (before, rest) = literal(expression.strip_prefix('^')?);
    let (group, rest) = rest.strip_prefix('(')?.split_once(')')?;
    if group.starts_with('?') || group.contains('(') || group.ends_with('\\') {
        return None;
    }
    let (mut after, rest) = literal(rest);
    // A slash that may be there or not is in no file's name.
    match rest {
        "" | "$" => {}
        "?$" if after.ends_with('/') => _ = after.pop(),
        _ => return None,
    }
    let before = before.strip_prefix('/').unwrap_or(&before);
    Some(vec![Text(format!("{base}{before}")), Hole("1".to_owned()), Text(after)])
}

/// Returns the text before the first group of an expression, below `base`; `None` where that is not all literal.
fn beginning(expression: &str, base: &str) -> Option<String> {
    let (before, rest) = literal(expression.strip_prefix('^')?);
    rest.starts_with('(').then(|| format!("{base}{}", before.strip_prefix('/').unwrap_or(&before)))
}

/// Takes the literal beginning off an expression.
fn literal(expression: &str) -> (String, &str) {
    let (mut text, mut rest) = (String::new(), expression);
    while let Some(first) = rest.chars().next() {
        let behind = &rest[first.len_utf8()..];
        match (first, behind.chars().next()) {
            ('\\', Some(escaped)) if !escaped.is_ascii_alphanumeric() => {
                text.push(escaped);
                rest = &behind[escaped.len_utf8()..];
            }
            ('\\' | '.' | '[' | ']' | '(' | ')' | '*' | '+' | '?' | '{' | '}' | '^' | '$' | '|', _) => break,
            _ => {
                text.push(first);
                rest = behind;
            }
        }
    }
    (text, rest)
}

/// Takes the name of a placeholder off a text, with the sign behind it that says how many segments it is for.
fn name_of(text: &str) -> Option<(String, bool, &str)> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let behind = rest.strip_prefix(['*', '+']);
    (!name.is_empty()).then(|| (name.to_owned(), behind.is_none(), behind.unwrap_or(rest)))
}

/// Takes a number off a text.
fn digits_of(text: &str) -> Option<(String, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    (end > 0).then(|| (text[..end].to_owned(), &text[end..]))
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    match pieces.last_mut() {
        Some(Text(last)) => last.push_str(text),
        _ if text.is_empty() => {}
        _ => pieces.push(Text(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosting::page::Route;

    /// The requests that are answered with a file, by its path without the first slash.
    fn routes(page: Option<Page>, file: &str) -> String {
        let Some(page) = page else { return "no page".to_owned() };
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let word = |route: Route| match route {
            Route::Any => "any".to_owned(),
            Route::Path(path) => text(&path),
            Route::Below(path) => text(&path) + "*",
        };
        page.routes_of(file.as_bytes(), false).into_iter().map(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_file_tells_the_request_where_the_pattern_holds_one_placeholder() {
        for (pattern, target, file, want) in [
            ("/app/*", "/app/index.html", "app/index.html", "any"),
            ("/app/*", "/app/index.html", "app/other.html", ""),
            ("/app/*", "/app/index.html?x=1", "app/index.html", "any"),
            ("/a", "/caf%C3%A9.html", "caf\u{e9}.html", "any"),
            ("/a", "https://elsewhere.example/b", "b", "no page"),
            ("/a", "//elsewhere.example/b", "b", "no page"),
            ("/blog/*", "/posts/:splat", "posts/2020/a/", "/blog/2020/a/"),
            ("/blog/*", "/posts/:splat", "posts/", "/blog/ /blog"),
            ("/blog/*", "/posts/:splat", "blog/x", ""),
            ("/*", "/site/:splat", "site/x.css", "/x.css"),
            ("/*", "/site/:splat", "site/", "/"),
            ("/docs/*", "/:splat", "x.css", "/docs/x.css"),
            ("https://old.example.com/a/*", "/b/:splat", "b/x", "/a/x"),
            ("/blog/:slug", "/posts/:slug.html", "posts/a.html", "/blog/a"),
            ("/blog/:slug", "/posts/:slug.html", "posts/x/a.html", ""),
            ("/blog/:slug/print", "/print/:slug", "print/a", "/blog/a/print"),
            ("/blog/:path*", "/posts/:path*", "posts/x/a", "/blog/x/a"),
            ("/blog/(.*)", "/posts/$1", "posts/x/a", "/blog/x/a"),
            ("/:year/:slug", "/posts/:year-:slug", "posts/2020-a", "any"),
            ("/:year/:slug", "/posts/:year-:slug", "other/2020-a", ""),
            ("/((?!api/).*)", "/index.html", "index.html", "any"),
            ("/x/:a{-:b}?", "/y/:a", "y/z", "any"),
            ("/news/*", "/list", "list", "any"),
        ] {
            assert_eq!(routes(page(pattern, target), file), want, "{pattern} {target} {file}");
        }
    }

    #[test]
    fn a_file_tells_the_request_where_the_expression_holds_one_group() {
        for (expression, target, base, file, want) in [
            ("^pretty$", "a.html", "/", "a.html", "any"),
            ("^pretty$", "a.html", "/docs/", "docs/a.html", "any"),
            ("^pretty$", "./a.html", "/docs/", "docs/a.html", "any"),
            ("^pretty$", "/a.html", "/docs/", "a.html", "any"),
            (".", "index.html", "/", "index.html", "any"),
            ("^(.*)$", "index.php?/$1", "/", "index.php", "any"),
            ("^(.*)$", "$1.html", "/", "a/b.html", "/a/b"),
            (r"^([^.]+)$", "$1.html", "/", "a/b.html", "/a/b"),
            (r"^([^\.]+)/?$", "$1.html", "/docs/", "docs/b.html", "/docs/b"),
            ("^(.*)$", "%{REQUEST_FILENAME}.html", "/", "a/b.html", "/a/b"),
            (".*", "%{REQUEST_URI}/index.html", "/docs/", "docs/b/index.html", "/docs/b"),
            ("^(.*)$", "public/$1", "/", "public/x.css", "/x.css"),
            ("^p/(.*)$", "in/$1", "/", "in/y.html", "/p/y.html"),
            ("^p/(.*)$", "in/$1", "/", "p/y.html", ""),
            (r"^(.*)\.css$", r"$1\.css.gz", "/", "a/b.css.gz", "/a/b.css"),
            (r"^(.+)\.(\d+)\.(js|css)$", "$1.$3", "/", "css/main.css", "/css/*"),
            (r"^(.+)\.(\d+)\.(js|css)$", "$1.$3", "/", "main.css", "any"),
            ("^(en|de)/(.*)$", "$2", "/", "a.html", "any"),
            ("^([0-9]+)/x$", "%{DOCUMENT_ROOT}/cache/$1.html", "/", "cache/7.html", "/7/x"),
            ("^a$", "%{DOCUMENT_ROOT}/b.html", "/", "b.html", "any"),
            ("^a$", "https://%{HTTP_HOST}/b", "/", "b", "no page"),
            ("^a(/.*)?$", "/b$1", "/", "b/c", "/a/*"),
        ] {
            assert_eq!(
                routes(page_of_expression(expression, target, base), file),
                want,
                "{expression} {target} {base} {file}"
            );
        }
    }
}
