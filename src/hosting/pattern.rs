//! The paths that a pattern can match: those that begin as it does.
//!
//! A pattern is read up to its first character that is not itself. Up to there all that it matches is the same, so that a path, or
//! everything below a directory, holds it. Where nothing is left of it, it may match anything.

use super::difference::Reach;

/// The text that may stand behind the beginning of an expression so that it is a path, or what is below it.
const AND_BELOW: [&[u8]; 5] = [b"(/.*)?$", b"(?:/.*)?$", b"(/|$)", b"(?:/|$)", b"(/|$)(.*)"];

/// Returns the URLs that a regular expression can match; `None` where it may be any. The text that it is asked about is a path below
/// `base`, without that. `any_case` is for expressions that do not mind the case of letters.
pub(super) fn of_expression(expression: &[u8], base: &[u8], any_case: bool) -> Option<Vec<Reach>> {
    let mut rest = expression.strip_prefix(b"^")?;
    if has_choice(rest) {
        return None;
    }
    if base.ends_with(b"/") {
        // A path below a directory never begins with a slash.
        rest = rest.strip_prefix(b"/?").or(rest.strip_prefix(b"/")).unwrap_or(rest);
    }
    let mut path = base.to_vec();
    while let Some((&byte, behind)) = rest.split_first() {
        let (literal, behind) = match byte {
            b'\\' => match behind.split_first() {
                Some((escaped, behind)) if !escaped.is_ascii_alphanumeric() => (*escaped, behind),
                _ => break,
            },
            b'?' | b'*' | b'{' if path.len() > base.len() => {
                let last = path.pop();
                if rest == b"?$" && last == Some(b'/') {
                    return paths(&path, base);
                }
                break;
            }
            b'.' | b'[' | b']' | b'(' | b')' | b'*' | b'+' | b'?' | b'{' | b'}' | b'^' | b'$' | b'|' => break,
            byte => (byte, behind),
        };
        if any_case && literal.is_ascii_alphabetic() {
            return below(&path, base);
        }
        path.push(literal);
        rest = behind;
    }
    if rest == b"$" {
        return Some(vec![Reach::Path(path.into())]);
    }
    if AND_BELOW.contains(&rest) && path.len() > base.len() && !path.ends_with(b"/") {
        return Some(vec![Reach::Path(path.clone().into()), Reach::Below([&path, &b"/"[..]].concat().into())]);
    }
    below(&path, base)
}

/// Returns true when an expression has a `|` outside of parentheses and classes, so that its beginning is only one of several.
fn has_choice(expression: &[u8]) -> bool {
    let (mut depth, mut in_class, mut escaped) = (0i32, false, false);
    for byte in expression {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b']' => in_class = false,
            _ if in_class => {}
            b'[' => in_class = true,
            b'(' => depth += 1,
            b')' => depth -= 1,
            b'|' if depth == 0 => return true,
            _ => {}
        }
    }
    false
}

/// A path with and without its slash.
fn paths(path: &[u8], base: &[u8]) -> Option<Vec<Reach>> {
    let with = [path, b"/"].concat();
    (path.len() > base.len()).then(|| vec![Reach::Path(path.into()), Reach::Path(with.into())])
}

/// Everything below the last directory of a beginning; `None` where that is the base itself.
fn below(path: &[u8], base: &[u8]) -> Option<Vec<Reach>> {
    let end = path.iter().rposition(|&b| b == b'/').map_or(0, |at| at + 1);
    (end > base.len().max(1)).then(|| vec![Reach::Below(path[..end].into())])
}

/// Returns the URLs that a pattern with wildcards can match; `None` where it may be any. `special` are the characters that are not
/// themselves. Hosts that have such patterns mind no slash at the end, and most decode them.
pub(super) fn of_wildcards(pattern: &[u8], special: &[u8]) -> Option<Vec<Reach>> {
    let pattern = without_host(pattern);
    if pattern.starts_with(b"!") {
        return None;
    }
    let end = pattern.iter().position(|b| special.contains(b)).unwrap_or(pattern.len());
    let (literal, is_whole) = (&pattern[..end], end == pattern.len());
    let mut path: Vec<u8> = percent_encoding::percent_decode(literal).collect();
    if !path.starts_with(b"/") {
        path.insert(0, b'/');
    }
    if !is_whole {
        let end = path.iter().rposition(|&b| b == b'/').map_or(0, |at| at + 1);
        let mut reaches = below(&path, b"/")?;
        let rest = &pattern[literal.len()..];
        let is_any = matches!(rest, b"*" | b"**" | b"(.*)") || rest.starts_with(b":") && !rest.contains(&b'/');
        if end == path.len() && is_any {
            // `/blog/*` is for `/blog`, too.
            reaches.push(Reach::Path(path[..end - 1].into()));
        }
        return Some(reaches);
    }
    let bare = path.strip_suffix(b"/").filter(|bare| !bare.is_empty()).unwrap_or(&path).to_vec();
    let has_extension = bare.rsplit(|b| *b == b'/').next().is_some_and(|name| name.contains(&b'.'));
    let mut reaches = vec![Reach::Path(bare.clone().into())];
    if path == b"/" {
        reaches.push(Reach::Path(b"/index.html"[..].into()));
    } else if !has_extension || path.ends_with(b"/") {
        reaches.push(Reach::Path([&bare, &b"/"[..]].concat().into()));
    }
    Some(reaches)
}

/// Returns the path of a URL, or a path as it is.
fn without_host(pattern: &[u8]) -> &[u8] {
    let rest = [&b"https://"[..], b"http://", b"//"].iter().find_map(|scheme| pattern.strip_prefix(*scheme));
    rest.map_or(pattern, |rest| rest.iter().position(|&b| b == b'/').map_or(b"/*", |at| &rest[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(reaches: Option<Vec<Reach>>) -> String {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let word = |reach: &Reach| match reach {
            Reach::Path(path) => text(path),
            Reach::Queries(path) => text(path) + "?",
            Reach::Below(path) => text(path) + "*",
            Reach::Names(_) | Reach::Listings(_) | Reach::Files(_) => "files".to_owned(),
        };
        reaches.map_or("all".to_owned(), |reaches| reaches.iter().map(word).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn an_expression_matches_below_its_literal_beginning() {
        for (expression, base, want) in [
            (r"^/old\.html$", "", "/old.html"),
            ("^/old$", "", "/old"),
            ("^/old/?$", "", "/old /old/"),
            ("^/old/(.*)$", "", "/old/*"),
            ("^/old/", "", "/old/*"),
            ("^/old(/.*)?$", "", "/old /old/*"),
            ("^/old(/.*)?", "", "all"),
            ("^/old", "", "all"),
            ("^/a/old", "", "/a/*"),
            ("^/a/ol?d$", "", "/a/*"),
            ("^/a/b+c$", "", "/a/*"),
            ("^/a/b*$", "", "/a/*"),
            ("^/a/[bc]/d$", "", "/a/*"),
            (r"^/a/\d+$", "", "/a/*"),
            ("^/a/x|^/b", "", "all"),
            ("^/a/(x|y)$", "", "/a/*"),
            ("^/a/[|]$", "", "/a/*"),
            ("^/a/.$", "", "/a/*"),
            ("/old$", "", "all"),
            ("(.*)", "", "all"),
            ("^(.*)$", "/", "all"),
            ("^$", "/", "/"),
            ("^old$", "/docs/", "/docs/old"),
            ("^old/(.*)", "/docs/", "/docs/old/*"),
            ("^/?old/(.*)", "/", "/old/*"),
            ("^/old$", "/", "/old"),
            ("^o(.*)", "/docs/", "all"),
            ("^x?$", "/", "all"),
        ] {
            assert_eq!(said(of_expression(expression.as_bytes(), base.as_bytes(), false)), want, "{expression} {base}");
        }
        assert_eq!(said(of_expression(b"^/2020/Old$", b"", true)), "/2020/*");
        assert_eq!(said(of_expression(b"^/old$", b"", true)), "all");
        assert_eq!(said(of_expression(b"^/1/?$", b"", true)), "/1 /1/");
    }

    #[test]
    fn wildcards_match_below_the_directory_before_them() {
        for (pattern, want) in [
            ("/old", "/old /old/"),
            ("/old/", "/old /old/"),
            ("/old.html", "/old.html"),
            ("/a%20b", "/a b /a b/"),
            ("/", "/ /index.html"),
            ("/*", "all"),
            ("/blog/*", "/blog/* /blog"),
            ("/blog/:year/x", "/blog/*"),
            ("/blog/:path", "/blog/* /blog"),
            ("/blog/x*", "/blog/*"),
            ("/*.js", "all"),
            ("/static/*.js", "/static/*"),
            ("https://blog.example.com/old", "/old /old/"),
            ("https://blog.example.com", "all"),
            ("old", "/old /old/"),
            ("!/a", "all"),
        ] {
            assert_eq!(said(of_wildcards(pattern.as_bytes(), b"*:")), want, "{pattern}");
        }
    }
}
