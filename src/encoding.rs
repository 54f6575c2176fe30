//! Path bytes to the canonical text of a URL path, and back.
//!
//! A file's name is bytes; a cache key is ASCII. The canonical form is what browsers send and what Cloudflare's
//! "Normalize incoming URLs" leaves alone: unreserved and reserved characters stay, everything else becomes `%XX` in
//! upper-case hex, exactly once ([WHATWG URL, path percent-encode set](https://url.spec.whatwg.org/#path-percent-encode-set),
//! [RFC 3986 §2](https://www.rfc-editor.org/rfc/rfc3986#section-2), `|` and `^` encoded as Cloudflare does).
//! Nothing here goes through `Url::join`, which leaves `%` alone and resolves dots.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, percent_encode};

/// The bytes that become `%XX` in a path, beside control and non-ASCII bytes: whatever RFC 3986 does not call unreserved or
/// reserved, the two that would end the path (`#`, `?`), and the escape itself. `/` separates segments, and no name of a file holds
/// one.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The bytes that browsers escape in a query string
/// (<https://url.spec.whatwg.org/#special-query-percent-encode-set>).
const TYPED_QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'\'');

/// Why a text is not the path of a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UrlTextError {
    /// A `%` without two hex digits behind it.
    #[error("`%` is not followed by two hex digits")]
    BadEscape,
    /// A `.` or `..` segment, also as `%2e`.
    #[error("`.` and `..` segments are resolved by browsers, so no cache key holds them")]
    DotSegment,
    /// An empty segment, `//`.
    #[error("`//` is an empty segment")]
    EmptySegment,
    /// A character that ends or splits a path, or that browsers drop.
    #[error("`{0}` cannot stand in it")]
    Forbidden(char),
}

/// The encoders, by the reserved characters that they escape. Cloudflare neither escapes nor unescapes them, so each spelling of a
/// path that holds one is a cache key of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spelling {
    /// Browsers: no reserved character is escaped.
    Canonical,
    /// JavaScript's `encodeURI`, and most that make HTML of Markdown: `[` and `]` do not stay.
    Uri,
    /// JavaScript's `encodeURIComponent`: `!'()*` stay.
    Component,
    /// Go's `net/url`: `$&+,:;=@` stay.
    Go,
    /// Only unreserved characters stay, as in Python's `quote`.
    Strict,
    /// As browsers, with a blank as `+` and a plus as `%2B`: S3 takes a `+` in a path for a blank.
    Plus,
    /// The same, with only unreserved characters left: as forms are encoded.
    Form,
}

/// The same set and the brackets.
const URI: &AsciiSet = &PATH.add(b'[').add(b']');

/// The same set without what [`Spelling::Component`] keeps.
const COMPONENT: &AsciiSet =
    &PATH.add(b'$').add(b'&').add(b'+').add(b',').add(b':').add(b';').add(b'=').add(b'@').add(b'[').add(b']');

/// The same set without what [`Spelling::Go`] keeps.
const GO: &AsciiSet = &PATH.add(b'!').add(b'\'').add(b'(').add(b')').add(b'*').add(b'[').add(b']');

/// Everything but unreserved characters.
const STRICT: &AsciiSet = &COMPONENT.add(b'!').add(b'\'').add(b'(').add(b')').add(b'*');

/// The bytes that browsers escape, and the plus.
const PLUS: &AsciiSet = &PATH.add(b'+');

/// The bytes that `encodeURIComponent` escapes in a query string; a slash too, unless slashes stay there.
const QUERY: &AsciiSet = &COMPONENT.add(b'/');

/// The same for whoever keeps unreserved characters only.
const STRICT_QUERY: &AsciiSet = &STRICT.add(b'/');

impl Spelling {
    /// Those of reserved characters, the canonical one first.
    pub const ALL: [Spelling; 5] =
        [Spelling::Canonical, Spelling::Uri, Spelling::Component, Spelling::Go, Spelling::Strict];

    fn escaped(self) -> &'static AsciiSet {
        match self {
            Spelling::Canonical => PATH,
            Spelling::Plus => PLUS,
            Spelling::Uri => URI,
            Spelling::Component => COMPONENT,
            Spelling::Go => GO,
            Spelling::Strict | Spelling::Form => STRICT,
        }
    }
}

/// Returns true when a path is the same in each spelling: letters, digits, and little else.
#[must_use]
pub fn is_unreserved(path: &[u8]) -> bool {
    // `-./0123456789` stand beside each other. Without a way out, many bytes are looked at at once.
    let is_one = |b: u8| b.is_ascii_alphabetic() | matches!(b, b'-'..=b'9') | matches!(b, b'_' | b'~');
    path.iter().fold(true, |are, b| are & is_one(*b))
}

/// Returns true when a path holds a character that the spellings differ in.
#[must_use]
pub fn has_reserved(path: &[u8]) -> bool {
    path.iter().any(|b| matches!(b, b'!' | b'$' | b'&' | b'\''..=b',' | b':' | b';' | b'=' | b'@' | b'[' | b']'))
}

/// Appends the canonical form of a path's bytes to `out`; `/` separates segments and stays.
pub fn encode_path(path: &[u8], out: &mut String) {
    spell_path(path, Spelling::Canonical, out);
}

/// Appends a path's bytes to `out` in one of the spellings.
pub fn spell_path(path: &[u8], spelling: Spelling, out: &mut String) {
    let blank = matches!(spelling, Spelling::Plus | Spelling::Form);
    for text in percent_encode(path, spelling.escaped()) {
        out.push_str(if blank && text == "%20" { "+" } else { text });
    }
}

/// Appends a path's bytes to `out` in one of the spellings, with a plus as S3 wants it: `%2B`.
pub fn spell_path_for_s3(path: &[u8], spelling: Spelling, out: &mut String) {
    let start = out.len();
    spell_path(path, spelling, out);
    if path.contains(&b'+') && !matches!(spelling, Spelling::Plus | Spelling::Form) {
        let escaped = out[start..].replace('+', "%2B");
        out.truncate(start);
        out.push_str(&escaped);
    }
}

/// Appends a path's bytes to `out` as a value in a query string, in one of the spellings. Browsers' scripts write one with
/// `encodeURIComponent`, forms and Go with `+` for a blank. Slashes become `%2F` unless they stay.
pub fn spell_query(path: &[u8], spelling: Spelling, slashes_stay: bool, out: &mut String) {
    let escaped = match (spelling, slashes_stay) {
        (Spelling::Canonical | Spelling::Uri | Spelling::Component | Spelling::Plus, false) => QUERY,
        (Spelling::Canonical | Spelling::Uri | Spelling::Component | Spelling::Plus, true) => COMPONENT,
        (Spelling::Go | Spelling::Strict | Spelling::Form, false) => STRICT_QUERY,
        (Spelling::Go | Spelling::Strict | Spelling::Form, true) => STRICT,
    };
    for text in percent_encode(path, escaped) {
        out.push_str(if spelling == Spelling::Go && text == "%20" { "+" } else { text });
    }
}

/// Returns a text with the hex digits of its escapes in small letters, as some programs write them; `None` where it has none that
/// differ.
#[must_use]
pub fn with_small_escapes(text: &str) -> Option<String> {
    let mut small = String::with_capacity(text.len());
    let mut parts = text.split('%');
    small.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let is_escape = part.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let (digits, rest) = part.split_at(if is_escape { 2 } else { 0 });
        small.push('%');
        small.push_str(&digits.to_ascii_lowercase());
        small.push_str(rest);
    }
    (small != text).then_some(small)
}

/// Brings a URL path that a person wrote (`/über/`, `/%c3%bcber/`) to its canonical form, segment by segment. A URL may stand in it, as
/// services have it that fetch and change what it names: `/cdn-cgi/image/width=400/https://files.example.net/a.png`.
///
/// # Errors
/// When an escape is broken, or a segment is empty, `.` or `..`.
pub fn canonical_url_path(text: &str) -> Result<String, UrlTextError> {
    if let Some(c) = text.chars().find(|&c| c.is_control() || matches!(c, '\\' | '#' | '?')) {
        return Err(UrlTextError::Forbidden(c));
    }
    if has_empty_segment(text) {
        return Err(UrlTextError::EmptySegment);
    }
    let mut canonical = String::with_capacity(text.len());
    for (i, segment) in text.split('/').enumerate() {
        if i > 0 {
            canonical.push('/');
        }
        check_escapes(segment)?;
        if matches!(percent_decode_str(segment).collect::<Vec<u8>>().as_slice(), b"." | b"..") {
            return Err(UrlTextError::DotSegment);
        }
        push_canonical(segment, &mut canonical);
    }
    Ok(canonical)
}

/// Brings a query string that a person wrote to the form in which browsers send it: an escape stays as it was typed, also a broken one.
#[must_use]
pub fn canonical_query(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, TYPED_QUERY).to_string()
}

/// Returns true for `//`, unless it belongs to a URL in the path: behind a scheme, with a third slash where it has no host (`local:///a`).
fn has_empty_segment(path: &str) -> bool {
    let mut rest = path;
    while let Some((before, behind)) = rest.split_once("//") {
        let scheme = before.strip_suffix(':').map(|scheme| scheme.rsplit(|c: char| !is_of_scheme(c)).next());
        if scheme.flatten().is_none_or(|scheme| !scheme.starts_with(|c: char| c.is_ascii_alphabetic())) {
            return true;
        }
        rest = behind.strip_prefix('/').unwrap_or(behind);
        if rest.starts_with('/') {
            return true;
        }
    }
    false
}

/// Returns true for a character that a scheme may have (<https://www.rfc-editor.org/rfc/rfc3986#section-3.1>).
fn is_of_scheme(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')
}

/// Appends a segment as Cloudflare normalises it: an escaped unreserved character is decoded, a reserved one stays as it
/// was typed (`%2B` and `+` are two cache keys), all else is escaped in capitals.
fn push_canonical(segment: &str, out: &mut String) {
    let mut parts = segment.split('%');
    out.extend(percent_encode(parts.next().unwrap_or_default().as_bytes(), PATH));
    for part in parts {
        let (hex, rest) = part.split_at(2);
        match u8::from_str_radix(hex, 16) {
            Ok(byte) if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => out.push(byte as char),
            _ => {
                out.push('%');
                out.push_str(&hex.to_ascii_uppercase());
            }
        }
        out.extend(percent_encode(rest.as_bytes(), PATH));
    }
}

/// Checks that each `%` has two hex digits behind it.
pub(crate) fn check_escapes(text: &str) -> Result<(), UrlTextError> {
    let bytes = text.as_bytes();
    let broken =
        |i: usize| !(bytes.len() > i + 2 && bytes[i + 1].is_ascii_hexdigit() && bytes[i + 2].is_ascii_hexdigit());
    if (0..bytes.len()).any(|i| bytes[i] == b'%' && broken(i)) { Err(UrlTextError::BadEscape) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encoded(path: &[u8]) -> String {
        let mut out = String::new();
        encode_path(path, &mut out);
        out
    }

    #[test]
    fn letters_digits_and_five_marks_are_unreserved() {
        let are: Vec<u8> = (0..=255).filter(|byte| is_unreserved(&[*byte])).collect();
        assert_eq!(are, b"-./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~");
    }

    #[test]
    fn the_digits_of_escapes_are_made_small_and_nothing_else() {
        for (text, want) in [
            ("/%C3%BC/%41B%2f", Some("/%c3%bc/%41B%2f")),
            ("/%C3%bc", Some("/%c3%bc")),
            ("/a%20B", None),
            ("/%c3%bc", None),
            ("", None),
            // No escapes, and no half ones.
            ("/%ZZ%C", None),
            ("/%\u{fc}C3%AB", Some("/%\u{fc}C3%ab")),
        ] {
            assert_eq!(with_small_escapes(text).as_deref(), want, "{text}");
        }
    }

    #[test]
    fn every_kind_of_byte_has_its_canonical_form() {
        for (path, want) in [
            (&b"plain-file_1.2~x.html"[..], "plain-file_1.2~x.html"),
            (b"a b/c d.png", "a%20b/c%20d.png"),
            ("\u{fc}ber.html".as_bytes(), "%C3%BCber.html"),
            ("u\u{308}ber.html".as_bytes(), "u%CC%88ber.html"),
            (b"100%.html", "100%25.html"),
            (b"a%20b", "a%2520b"),
            (b"what?#x", "what%3F%23x"),
            (b"back\\slash", "back%5Cslash"),
            (b"[x]@2x!$&'()*+,;=:", "[x]@2x!$&'()*+,;=:"),
            (b"\"<>`{|}^", "%22%3C%3E%60%7B%7C%7D%5E"),
            (b"new\nline\x7f", "new%0Aline%7F"),
            (b"caf\xe9", "caf%E9"),
            (b"-rf", "-rf"),
            (b"...", "..."),
        ] {
            assert_eq!(encoded(path), want);
        }
    }

    #[test]
    fn reserved_characters_are_spelled_as_each_encoder_does() {
        for (path, want) in [
            ("[x].html", ["[x].html", "%5Bx%5D.html", "%5Bx%5D.html", "%5Bx%5D.html", "%5Bx%5D.html"]),
            ("logo@2x.png", ["logo@2x.png", "logo@2x.png", "logo%402x.png", "logo@2x.png", "logo%402x.png"]),
            (
                "a+b (1)!.css",
                [
                    "a+b%20(1)!.css",
                    "a+b%20(1)!.css",
                    "a%2Bb%20(1)!.css",
                    "a+b%20%281%29%21.css",
                    "a%2Bb%20%281%29%21.css",
                ],
            ),
            (
                "a$b,c;d=e:f&g'h*i",
                [
                    "a$b,c;d=e:f&g'h*i",
                    "a$b,c;d=e:f&g'h*i",
                    "a%24b%2Cc%3Bd%3De%3Af%26g'h*i",
                    "a$b,c;d=e:f&g%27h%2Ai",
                    "a%24b%2Cc%3Bd%3De%3Af%26g%27h%2Ai",
                ],
            ),
            ("[a](b)@c", ["[a](b)@c", "%5Ba%5D(b)@c", "%5Ba%5D(b)%40c", "%5Ba%5D%28b%29@c", "%5Ba%5D%28b%29%40c"]),
            ("plain-_.~", ["plain-_.~"; 5]),
        ] {
            let got = Spelling::ALL.map(|spelling| {
                let mut out = String::new();
                spell_path(path.as_bytes(), spelling, &mut out);
                out
            });
            assert_eq!(got, want);
            assert_eq!(has_reserved(path.as_bytes()), got[0] != got[4]);
        }
    }

    #[test]
    fn a_value_in_a_query_string_is_spelled_as_scripts_forms_and_programs_do() {
        for (path, slashes_stay, want) in [
            ("img/a b.png", false, ["img%2Fa%20b.png", "img%2Fa+b.png", "img%2Fa%20b.png"]),
            ("img/a b.png", true, ["img/a%20b.png", "img/a+b.png", "img/a%20b.png"]),
            (
                "a&b=c#d+(1)@2x",
                false,
                ["a%26b%3Dc%23d%2B(1)%402x", "a%26b%3Dc%23d%2B%281%29%402x", "a%26b%3Dc%23d%2B%281%29%402x"],
            ),
            ("\u{e9}%?", false, ["%C3%A9%25%3F"; 3]),
        ] {
            let got = [Spelling::Canonical, Spelling::Go, Spelling::Strict].map(|spelling| {
                let mut out = String::new();
                spell_query(path.as_bytes(), spelling, slashes_stay, &mut out);
                out
            });
            assert_eq!(got, want, "{path}");
        }
    }

    #[test]
    fn a_url_path_written_by_a_person_becomes_canonical() {
        for (text, want) in [
            ("/docs/", Ok("/docs/")),
            ("/\u{fc}/", Ok("/%C3%BC/")),
            ("/%c3%bc/", Ok("/%C3%BC/")),
            ("/a%2fb%41", Ok("/a%2FbA")),
            ("/a%2bb+c", Ok("/a%2Bb+c")),
            ("/%5bx%5d/[y]", Ok("/%5Bx%5D/[y]")),
            ("/a b%20c", Ok("/a%20b%20c")),
            ("/100%", Err(UrlTextError::BadEscape)),
            ("/%zz", Err(UrlTextError::BadEscape)),
            ("/a/../b", Err(UrlTextError::DotSegment)),
            ("/a/%2E%2e/b", Err(UrlTextError::DotSegment)),
            ("/a//b", Err(UrlTextError::EmptySegment)),
            ("/a?b", Err(UrlTextError::Forbidden('?'))),
            ("/image/w=400/https://files.example.net/a b.png", Ok("/image/w=400/https://files.example.net/a%20b.png")),
            ("/x/plain/local:///a.png@png", Ok("/x/plain/local:///a.png@png")),
            ("/x/http://a.example/http://b.example/", Ok("/x/http://a.example/http://b.example/")),
            ("/x,https://a.example/", Ok("/x,https://a.example/")),
            ("/https://a.example//b", Err(UrlTextError::EmptySegment)),
            ("/x/s3:////b", Err(UrlTextError::EmptySegment)),
            ("/x/://b", Err(UrlTextError::EmptySegment)),
            ("/x/1://b", Err(UrlTextError::EmptySegment)),
            ("//https://b", Err(UrlTextError::EmptySegment)),
            ("/https://a.example/../b", Err(UrlTextError::DotSegment)),
        ] {
            assert_eq!(canonical_url_path(text).as_deref(), want.as_ref().copied(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn decoding_an_encoded_path_gives_its_bytes_back(path in proptest::collection::vec(any::<u8>(), 0..60)) {
            let text = encoded(&path);
            prop_assert!(text.bytes().all(|b| b.is_ascii_graphic()));
            prop_assert_eq!(percent_decode_str(&text).collect::<Vec<u8>>(), path);
        }

        #[test]
        fn canonical_text_is_its_own_canonical_form(path in "[^/\\x00]{1,20}(/[^/\\x00]{1,20}){0,3}") {
            let text = encoded(path.as_bytes());
            prop_assume!(!path.split('/').any(|s| s == "." || s == ".."));
            prop_assert_eq!(canonical_url_path(&text), Ok(text.clone()));
        }
    }
}
