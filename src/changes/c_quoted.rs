//! Names in quotes, as git prints those that are not plain ASCII (`core.quotePath`): C strings with octal escapes.
//!
//! `"caf\303\251.html"` is `café.html`. Any other text between quotes was quoted by somebody else, in a way that is not known here.

/// Returns the bytes of a name that git has quoted; `None` where the quotes are not git's.
pub(super) fn decoded(entry: &[u8]) -> Option<Vec<u8>> {
    let mut rest = entry.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let mut name = Vec::with_capacity(rest.len());
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        match byte {
            b'"' => return None,
            b'\\' => name.push(escape(&mut rest)?),
            byte => name.push(byte),
        }
    }
    Some(name)
}

/// Takes what stands behind a backslash, as git writes it (`quote.c`); `None` for what it never writes.
fn escape(rest: &mut &[u8]) -> Option<u8> {
    let (&letter, behind) = rest.split_first()?;
    let plain = match letter {
        b'a' => 0x07,
        b'b' => 0x08,
        b't' => b'\t',
        b'n' => b'\n',
        b'v' => 0x0b,
        b'f' => 0x0c,
        b'r' => b'\r',
        b'"' | b'\\' => letter,
        _ => return octal(rest),
    };
    *rest = behind;
    Some(plain)
}

/// Takes three octal digits.
fn octal(rest: &mut &[u8]) -> Option<u8> {
    let (digits, behind) = rest.split_at_checked(3)?;
    let value = digits.iter().try_fold(0u32, |value, digit| match digit {
        b'0'..=b'7' => Some(value * 8 + u32::from(digit - b'0')),
        _ => None,
    })?;
    *rest = behind;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_quotes_is_decoded_and_nothing_else_is() {
        for (entry, want) in [
            (&b"\"caf\\303\\251.html\""[..], Some("caf\u{e9}.html".as_bytes())),
            (b"\"\"", Some(b"")),
            (b"\"a b\"", Some(b"a b")),
            (b"\"caf\\351\"", Some(b"caf\xe9")),
            ("\"\u{e9}\\t\"".as_bytes(), Some("\u{e9}\t".as_bytes())),
            (b"\"\\a\\b\\t\\n\\v\\f\\r\\\"\\\\\"", Some(b"\x07\x08\t\n\x0b\x0c\r\"\\")),
            (b"\"\\000\"", Some(b"\0")),
            (b"\"a", None),
            (b"a\"", None),
            (b"\"", None),
            (b"\"a\",", None),
            (b"\"a\"b\"", None),
            (b"\"a\\\"", None),
            (b"\"a\\x41\"", None),
            (b"\"a\\u00e9\"", None),
            (b"\"a\\18\"", None),
            (b"\"a\\777\"", None),
            (b"\"a\\1\"", None),
        ] {
            assert_eq!(decoded(entry).as_deref(), want, "{}", crate::display::shown(entry));
        }
    }
}
