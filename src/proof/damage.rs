//! Damage that nothing on the way does on purpose: a content that ends before its end, a page in place of a picture, and one in the
//! place of what is not found.

use super::resemblance::is_text;

/// The first bytes of what arrives as something else: what is compressed, which a server may send as an encoding, and text in UTF-16.
const ENCODED: [&[u8]; 4] = [b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xff\xfe", b"\xfe\xff"];

/// Marks of what servers run or fill in: PHP and includes.
const PROGRAMS: [&[u8]; 4] = [b"<?php", b"<?=", b"<!--#", b"<esi:"];

/// The ends of names whose content is never a page, where it is not here to be looked at.
const MEDIA: [&str; 24] = [
    "avif", "bin", "eot", "gif", "glb", "ico", "jpeg", "jpg", "mov", "mp3", "mp4", "ogg", "otf", "pdf", "png", "psd",
    "svg", "tiff", "ttf", "wasm", "wav", "webm", "webp", "woff",
];

/// Parts of names that error pages have.
const ERROR_PAGES: [&str; 5] = ["404", "410", "error", "not-found", "not_found"];

/// Returns true where an answer is a content that was cut off. Nothing that an edge may leave out at the end counts: white space, closing
/// tags, a comment.
pub(super) fn is_cut_off(answer: &[u8], content: &[u8]) -> bool {
    let Some(mut rest) = content.strip_prefix(answer).filter(|_| !answer.is_empty()) else { return false };
    if !is_text(content) {
        return !rest.is_empty();
    }
    loop {
        rest = rest.trim_ascii();
        match rest.strip_prefix(b"</").and_then(|tag| Some(&tag[memchr::memchr(b'>', tag)? + 1..])) {
            Some(behind) => rest = behind,
            None => break,
        }
    }
    let is_comment = [&b"/*"[..], b"//", b"<!--", b"#"].iter().any(|mark| rest.starts_with(mark));
    !rest.is_empty() && !is_comment
}

/// Returns true where an answer is a page, and the file behind the URL is none: `content` is the file's, where that is here.
pub(super) fn is_page_instead(answer: &[u8], url: &str, content: Option<&[u8]>) -> bool {
    let start = answer.trim_ascii_start();
    let begins = |mark: &[u8]| start.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark));
    let is_page = is_text(answer) && (begins(b"<!doctype html") || begins(b"<html"));
    let is_none = || match content {
        Some(content) => !is_text(content) && !ENCODED.iter().any(|mark| content.starts_with(mark)),
        None => is_media(url),
    };
    is_page && is_none()
}

/// Returns true where a server makes a page of a text, so that none of its words need be there.
pub(super) fn is_program(text: &[u8]) -> bool {
    PROGRAMS.iter().any(|mark| memchr::memmem::find(text, mark).is_some())
}

/// Returns true where a URL's name tells that no page is behind it.
fn is_media(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    let end = name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
    end.is_some_and(|end| MEDIA.contains(&end.trim_end_matches('2')))
}

/// Returns true for the URL of a page for what is not found, which may answer so, asked for by its own name.
pub(super) fn is_error_page(url: &str) -> bool {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let Some((_, path)) = url.split_once("://").and_then(|(_, rest)| rest.split_once('/')) else { return false };
    let path = path.strip_suffix("index.html").unwrap_or(path).trim_end_matches('/').to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or_default();
    ERROR_PAGES.iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_is_cut_off_where_something_is_missing_at_its_end() {
        for (answer, content, want) in [
            ("<p>one two</p>", "<p>one two</p>\n</body></html>\n", false),
            ("<p>one", "<p>one two</p></body></html>", true),
            ("<p>one two", "<p>one two</p>", false),
            ("a{b:c}", "a{b:c}\n/*# sourceMappingURL=a.css.map */\n", false),
            ("a{b:c}", "a{b:c}d{e:f}", true),
            ("", "a", false),
            ("a", "a", false),
            ("b", "a b", false),
            ("\0a", "\0a\n", true),
            ("\0a\n", "\0a\n", false),
        ] {
            assert_eq!(is_cut_off(answer.as_bytes(), content.as_bytes()), want, "{answer:?} of {content:?}");
        }
    }

    #[test]
    fn a_page_is_told_in_the_place_of_what_is_none() {
        let page = b" <!DOCTYPE html><title>x</title>";
        for (answer, url, content, want) in [
            (&page[..], "https://w.example/a.png", Some(&b"\x89PNG\0"[..]), true),
            (page, "https://w.example/a", Some(b"\0"), true),
            (page, "https://w.example/a.gz", Some(b"\x1f\x8b\0"), false),
            (page, "https://w.example/a.txt", Some(b"text"), false),
            (page, "https://w.example/a.WOFF2?x.y", None, true),
            (page, "https://w.example/a.php", None, false),
            (page, "https://w.example/a", None, false),
            (b"RIFF\0WEBP", "https://w.example/a.png", None, false),
            (b"<svg>", "https://w.example/a.svg", None, false),
        ] {
            assert_eq!(is_page_instead(answer, url, content), want, "{url}");
        }
    }

    #[test]
    fn an_error_page_is_known_by_its_name() {
        for (url, want) in [
            ("https://w.example/404.html", true),
            ("https://w.example/de/404/", true),
            ("https://w.example/de/404/index.html", true),
            ("https://w.example/not-found", true),
            ("https://w.example/Error.html", true),
            ("https://w.example/", false),
            ("https://error.example/", false),
            ("https://w.example/a.html?404", false),
            ("https://w.example/404/a.html", false),
        ] {
            assert_eq!(is_error_page(url), want, "{url}");
        }
    }
}
