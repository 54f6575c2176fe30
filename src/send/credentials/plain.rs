//! The form that tokens and keys have.

/// One word without quotes and the characters that escapes begin with; tokens have letters, digits, `-` and `_`.
pub(super) fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b'\\' | b'%' | b'&'))
}
