//! Keys: the bytes that the text in a notification stands for, and the paths under which such an object answers.
//!
//! Each source encodes in its own way, and some do not say how. Where two readings are possible both are taken: one URL too many
//! costs a place in a request, one too few a stale page.

use percent_encoding::percent_decode;

/// How a source writes keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// As forms do: `+` is a space, `%2B` a plus (S3, also in SQS and SNS, and what speaks like it).
    Form,
    /// Not at all (Google).
    Plain,
    /// Not at all as far as is known: no document says so (`EventBridge`, R2).
    AssumedPlain,
}

/// Returns the keys that a text may stand for, each once; the likeliest first.
pub(super) fn keys(text: &str, encoding: Encoding) -> Vec<Box<[u8]>> {
    let (plain, decoded) = (text.as_bytes().into(), decoded(text));
    let both = |first: Box<[u8]>, second: Box<[u8]>| if first == second { vec![first] } else { vec![first, second] };
    match encoding {
        Encoding::Plain => vec![plain],
        Encoding::AssumedPlain => both(plain, decoded),
        // Stores that speak like S3 do not all encode like it.
        Encoding::Form if !is_encoded(text) => both(decoded, plain),
        Encoding::Form => vec![decoded],
    }
}

/// Decodes a text as forms are; an escape that is broken stays as it is. The bytes need not be UTF-8.
fn decoded(text: &str) -> Box<[u8]> {
    let spaced: Vec<u8> = text.bytes().map(|byte| if byte == b'+' { b' ' } else { byte }).collect();
    percent_decode(&spaced).collect::<Vec<u8>>().into_boxed_slice()
}

/// Returns false when a text holds what no encoder leaves: a space, a control or non-ASCII character, a `%` without two hex digits.
fn is_encoded(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic()) && crate::encoding::check_escapes(text).is_ok()
}

/// Returns the paths under which an object answers whose key is `key` below the web root. Browsers resolve `.` and `..` before they
/// ask, and Cloudflare may merge `//`. A key that ends in `/` is the object that answers under just that URL.
pub(super) fn paths(key: &[u8]) -> Vec<Box<[u8]>> {
    let mut resolved: Vec<&[u8]> = Vec::new();
    let mut segments = key.split(|&b| b == b'/').peekable();
    while let Some(segment) = segments.next() {
        match segment {
            b"." => {}
            b".." => drop(resolved.pop()),
            name => resolved.push(name),
        }
        if matches!(segment, b"." | b"..") && segments.peek().is_none() {
            resolved.push(b"");
        }
    }
    let exact = resolved.join(&b'/').into_boxed_slice();
    let last = resolved.len().saturating_sub(1);
    let merged = resolved.iter().enumerate().filter(|(i, name)| *i == last || !name.is_empty());
    let merged = merged.map(|(_, name)| *name).collect::<Vec<_>>().join(&b'/').into_boxed_slice();
    if merged == exact { vec![exact] } else { vec![exact, merged] }
}

/// Returns true when a key has a segment that no browser asks for.
pub(super) fn has_dots(key: &[u8]) -> bool {
    key.split(|&b| b == b'/').any(|segment| matches!(segment, b"." | b".."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(all: &[Box<[u8]>]) -> Vec<String> {
        all.iter().map(|one| crate::display::shown(one)).collect()
    }

    #[test]
    fn a_key_is_read_as_its_source_writes_it() {
        for (text, form, assumed) in [
            ("a/b.html", &["a/b.html"][..], &["a/b.html"][..]),
            ("red+flower.jpg", &["red flower.jpg"], &["red+flower.jpg", "red flower.jpg"]),
            ("c%2B%2B.html", &["c++.html"], &["c%2B%2B.html", "c++.html"]),
            ("a%2Fb%2fc", &["a/b/c"], &["a%2Fb%2fc", "a/b/c"]),
            ("caf%C3%A9", &["caf\u{e9}"], &["caf%C3%A9", "caf\u{e9}"]),
            ("caf%E9", &["\"caf\\xe9\""], &["caf%E9", "\"caf\\xe9\""]),
            ("100%25", &["100%"], &["100%25", "100%"]),
            ("100%2525", &["100%25"], &["100%2525", "100%25"]),
            // A text that no encoder writes is also taken as it is.
            ("100%", &["100%"], &["100%"]),
            ("a b+c", &["a b c", "a b+c"], &["a b+c", "a b c"]),
            ("\u{e9}%20x", &["\u{e9} x", "\u{e9}%20x"], &["\u{e9}%20x", "\u{e9} x"]),
            ("%zz+", &["\"%zz \"", "%zz+"], &["%zz+", "\"%zz \""]),
        ] {
            assert_eq!(shown(&keys(text, Encoding::Form)), form, "{text}");
            assert_eq!(shown(&keys(text, Encoding::AssumedPlain)), assumed, "{text}");
            assert_eq!(keys(text, Encoding::Plain), [text.as_bytes().into()], "{text}");
        }
    }

    #[test]
    fn an_object_answers_where_browsers_and_the_edge_look_for_it() {
        for (key, want) in [
            ("a/b.html", &["a/b.html"][..]),
            ("a/", &["a/"]),
            ("", &["\"\""]),
            ("/a", &["/a", "a"]),
            ("a//b", &["a//b", "a/b"]),
            ("a//", &["a//", "a/"]),
            ("/", &["/", "\"\""]),
            ("a/../b", &["b"]),
            ("./a/./b", &["a/b"]),
            ("../../a", &["a"]),
            ("a/b/..", &["a/"]),
            ("a/.", &["a/"]),
            ("..", &["\"\""]),
            ("a/...", &["a/..."]),
        ] {
            assert_eq!(shown(&paths(key.as_bytes())), want, "{key}");
        }
    }

    /// As S3 encodes: letters, digits, `-_.*` and `/` stay.
    fn as_s3_does(key: &[u8]) -> String {
        let encoded = key.iter().map(|&byte| match byte {
            b' ' => "+".to_owned(),
            b if b.is_ascii_alphanumeric() || b"-_.*/".contains(&b) => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        });
        encoded.collect()
    }

    proptest! {
        #[test]
        fn what_s3_encodes_is_decoded_to_the_same_bytes(key in proptest::collection::vec(any::<u8>(), 1..40)) {
            prop_assert_eq!(keys(&as_s3_does(&key), Encoding::Form), [key.into_boxed_slice()]);
        }

        #[test]
        fn the_bytes_of_a_plain_key_are_always_among_its_readings(key in ".{1,30}") {
            for encoding in [Encoding::Plain, Encoding::AssumedPlain] {
                prop_assert_eq!(&*keys(&key, encoding)[0], key.as_bytes());
            }
        }

        #[test]
        fn no_path_keeps_a_segment_that_browsers_resolve(key in "[a./]{0,20}") {
            for path in paths(key.as_bytes()) {
                prop_assert!(!has_dots(&path), "{}", crate::display::shown(&path));
            }
        }
    }
}
