//! The text that stands where a revision's id is expected.

/// Lengths of a full id in hex digits: SHA-1 and SHA-256.
const LENGTHS: [usize; 2] = [40, 64];

/// A value that should be a full id.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Id<'t> {
    /// It is, in lower case.
    Full(String),
    /// Nothing, or empty.
    Absent,
    /// Git's null id: there was no revision.
    Zeros,
    /// An abbreviation, a name such as `HEAD`, or no id at all: what it stands for depends on the clone.
    Other(&'t str),
}

impl<'t> Id<'t> {
    pub(super) fn parse(value: Option<&'t str>) -> Id<'t> {
        match value {
            None | Some("") => Id::Absent,
            Some(text) if text.bytes().all(|b| b == b'0') => Id::Zeros,
            Some(text) if LENGTHS.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit()) => {
                Id::Full(text.to_ascii_lowercase())
            }
            Some(text) => Id::Other(text),
        }
    }
}

/// Returns the id in lower case when it is a full one, and one of a revision.
pub(super) fn full_id(text: &str) -> Option<String> {
    match Id::parse(Some(text)) {
        Id::Full(id) => Some(id),
        Id::Absent | Id::Zeros | Id::Other(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_forty_or_sixty_four_hex_digits_are_a_full_id() {
        for (value, want) in [
            (None, Id::Absent),
            (Some(""), Id::Absent),
            (Some("0000000000000000000000000000000000000000"), Id::Zeros),
            (Some("0000000000000000000000000000000000000000000000000000000000000000"), Id::Zeros),
            (Some("000000000000"), Id::Zeros),
            (Some("HEAD"), Id::Other("HEAD")),
            (Some("0a1b2c3d4e5f"), Id::Other("0a1b2c3d4e5f")),
            (Some(" "), Id::Other(" ")),
            (Some("-0a1b2c3d4e5f60718293a4b5c6d7e8f9012345"), Id::Other("-0a1b2c3d4e5f60718293a4b5c6d7e8f9012345")),
            (Some("0a1b2c3d4e5f60718293a4b5c6d7e8f90123456g"), Id::Other("0a1b2c3d4e5f60718293a4b5c6d7e8f90123456g")),
            (
                Some("0a1b2c3d4e5f60718293a4b5c6d7e8f901234567\n"),
                Id::Other("0a1b2c3d4e5f60718293a4b5c6d7e8f901234567\n"),
            ),
            (
                Some("0A1b2c3d4e5f60718293a4b5c6d7e8f901234567"),
                Id::Full("0a1b2c3d4e5f60718293a4b5c6d7e8f901234567".to_owned()),
            ),
            (
                Some("0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9"),
                Id::Full("0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9".to_owned()),
            ),
        ] {
            assert_eq!(Id::parse(value), want, "{value:?}");
        }
    }
}
