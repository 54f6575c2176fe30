//! How any bytes stand inside a line of text: whatever would break the line or is no UTF-8 becomes `\xHH`, and so does `\`.

/// Appends `bytes`, escaped where they must be.
pub(super) fn push(bytes: &[u8], line: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let escaped = |byte: u8, line: &mut Vec<u8>| {
        line.extend([b'\\', b'x', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
    };
    for chunk in bytes.utf8_chunks() {
        for &byte in chunk.valid().as_bytes() {
            if byte.is_ascii_control() || byte == b'\\' { escaped(byte, line) } else { line.push(byte) }
        }
        chunk.invalid().iter().for_each(|&byte| escaped(byte, line));
    }
}

/// Returns the bytes behind an escaped text; `None` for a `\` that begins no escape, a control character, or a byte that is no UTF-8.
pub(super) fn bytes(text: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok()?;
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split('\\');
    let plain = |part: &str| (!part.bytes().any(|byte| byte.is_ascii_control())).then(|| part.as_bytes().to_vec());
    bytes.extend(plain(parts.next()?)?);
    for part in parts {
        let hex = part.strip_prefix('x')?;
        let (digits, rest) = hex.split_at_checked(2)?;
        // A sign would be read as a number too.
        digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then_some(())?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend(plain(rest)?);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_stays_a_line() {
        for (raw, want) in [
            (&b"blog/index.html"[..], "blog/index.html"),
            ("\u{fc}ber uns.html".as_bytes(), "\u{fc}ber uns.html"),
            (b"new\nline\r\t\x00\x7f", "new\\x0aline\\x0d\\x09\\x00\\x7f"),
            (b"back\\slash\\x0a", "back\\x5cslash\\x5cx0a"),
            (b"caf\xe9", "caf\\xe9"),
        ] {
            let mut line = Vec::new();
            push(raw, &mut line);
            assert_eq!(line, want.as_bytes());
            assert_eq!(bytes(&line).as_deref(), Some(raw));
        }
        for bad in
            [&b"a\\"[..], b"\\x", b"\\x0", b"\\n", b"\\xg0", b"\\x+1", b"a\rb", b"caf\xe9", "\\x\u{e9}".as_bytes()]
        {
            assert_eq!(bytes(bad), None, "{}", String::from_utf8_lossy(bad));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_come_back(raw in proptest::collection::vec(any::<u8>(), 0..60)) {
            let mut line = Vec::new();
            push(&raw, &mut line);
            prop_assert!(std::str::from_utf8(&line).is_ok_and(|text| !text.contains(|c: char| c.is_ascii_control())));
            prop_assert_eq!(bytes(&line), Some(raw));
        }
    }
}
