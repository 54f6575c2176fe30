//! Takes a secret out of a foreign text, also where the text spells it with escapes.
//!
//! A text is redacted before it is parsed or cut: JSON's escapes would come undone later, and a part of a secret could no
//! longer be told from other text. So each character of the secret is also found as JSON, URLs, HTML and most
//! programming languages escape it, escaped again or not.

/// The text with `word` in place of each `secret`, which is ASCII and holds no character that escapes begin with.
pub(super) fn redact(text: &str, secret: &str, word: &str) -> String {
    let (bytes, mut clean, mut from, mut at) = (text.as_bytes(), String::with_capacity(text.len()), 0, 0);
    while at < bytes.len() {
        match spelled(&bytes[at..], secret.as_bytes()) {
            // A match begins and ends at ASCII characters, so at characters of the text.
            Some(length) if length > 0 => {
                clean.push_str(&text[from..at]);
                clean.push_str(word);
                at += length;
                from = at;
            }
            _ => at += 1,
        }
    }
    clean.push_str(&text[from..]);
    clean
}

/// How many bytes at the start of `text` spell the whole secret.
fn spelled(text: &[u8], secret: &[u8]) -> Option<usize> {
    secret.iter().try_fold(0, |at, &wanted| Some(at + character(&text[at..], wanted)?))
}

/// How many bytes at the start of `text` spell one character.
fn character(text: &[u8], wanted: u8) -> Option<usize> {
    match text {
        [first, ..] if *first == wanted => Some(1),
        [b'\\', ..] => {
            let slashes = text.iter().take_while(|b| **b == b'\\').count();
            backslashed(&text[slashes..], wanted).map(|length| slashes + length)
        }
        [b'%', rest @ ..] => {
            // `%2574` is `%74`, escaped again.
            let again = 2 * rest.chunks(2).take_while(|pair| *pair == b"25").count();
            hex(rest.get(again..again + 2)?, wanted).then_some(1 + again + 2)
        }
        [b'&', b'#', rest @ ..] => entity(rest, wanted).map(|length| 2 + length),
        _ => None,
    }
}

/// The text behind backslashes: `u0074`, `u{74}`, `U00000074`, `x74`, or the character itself.
fn backslashed(text: &[u8], wanted: u8) -> Option<usize> {
    match text {
        [b'u' | b'x', b'{', rest @ ..] => {
            let end = rest.iter().take(8).position(|b| *b == b'}')?;
            hex(&rest[..end], wanted).then_some(2 + end + 1)
        }
        [b'u', rest @ ..] if hex(rest.get(..4)?, wanted) => Some(5),
        [b'U', rest @ ..] if hex(rest.get(..8)?, wanted) => Some(9),
        [b'x', rest @ ..] if hex(rest.get(..2)?, wanted) => Some(3),
        [first, ..] if *first == wanted => Some(1),
        _ => None,
    }
}

/// The text behind `&#`: `116;`, `x74;`, the semicolon being often left out.
fn entity(text: &[u8], wanted: u8) -> Option<usize> {
    let (radix, prefix) = if matches!(text.first(), Some(b'x' | b'X')) { (16, 1) } else { (10, 0) };
    let digits = text[prefix..].iter().take(8).take_while(|b| char::from(**b).is_digit(radix)).count();
    let number = std::str::from_utf8(&text[prefix..prefix + digits]).ok()?;
    let is_it = u32::from_str_radix(number, radix) == Ok(u32::from(wanted));
    let semicolon = usize::from(text.get(prefix + digits) == Some(&b';'));
    is_it.then_some(prefix + digits + semicolon)
}

fn hex(digits: &[u8], wanted: u8) -> bool {
    std::str::from_utf8(digits).is_ok_and(|digits| u32::from_str_radix(digits, 16) == Ok(u32::from(wanted)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_secret_is_found_in_every_spelling() {
        for (text, want) in [
            ("Bearer to-k, to-k", "Bearer [token], [token]"),
            (r"\u0074o-k", "[token]"),
            (r"\u0074\u006F\u002d\u006b!", "[token]!"),
            (r"\\u0074o\-k", "[token]"),
            (r"\x74o-\u{6b}", "[token]"),
            (r"\U00000074o-k", "[token]"),
            ("%74o%2dk %2574o-k %252574o-k", "[token] [token] [token]"),
            ("&#116;o&#x2D;k &#0116o-k", "[token] [token]"),
            (r#"{"message":"bad \"to-k\""}"#, r#"{"message":"bad \"[token]\""}"#),
            ("ü to-k ü", "ü [token] ü"),
            ("to- k, t0-k, TO-K, \\u0074", "to- k, t0-k, TO-K, \\u0074"),
            ("\\", "\\"),
            ("%7", "%7"),
            ("%25", "%25"),
            ("&#", "&#"),
            ("\\u{", "\\u{"),
            ("", ""),
        ] {
            assert_eq!(redact(text, "to-k", "[token]"), want, "{text}");
        }
    }

    fn spelling(c: char, how: u8) -> String {
        let byte = c as u32;
        match how % 8 {
            0 => format!("\\u{byte:04x}"),
            1 => format!("\\\\u{byte:04X}"),
            2 => format!("%{byte:02X}"),
            3 => format!("&#{byte};"),
            4 => format!("&#x{byte:x};"),
            5 => format!("\\x{byte:02x}"),
            _ => c.to_string(),
        }
    }

    proptest! {
        #[test]
        fn however_each_character_is_spelled_nothing_is_left(
            secret in "[A-Za-z0-9_.~+/=:#!-]{6,40}", how in proptest::collection::vec(any::<u8>(), 40), before in "[^a-z]{0,9}"
        ) {
            let spelled: String = secret.chars().zip(&how).map(|(c, how)| spelling(c, *how)).collect();
            let text = format!("{before} {spelled}.");
            let clean = redact(&text, &secret, "[token]");
            prop_assert!(clean.ends_with(" [token]."), "{} became {}", text, clean);
        }

        #[test]
        fn a_text_without_the_secret_stays_as_it_is(text in "\\PC{0,60}") {
            prop_assert_eq!(redact(&text, "s3cret-token", "[token]"), text);
        }
    }
}
