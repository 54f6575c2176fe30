//! Encodings of text in a checkout (`working-tree-encoding`): git holds UTF-8, and writes what the attribute names.
//!
//! git leaves that to the system's `iconv`, which knows hundreds. Those that sites use are here.

/// An encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// Two or four bytes a unit, the least one first or last, with a mark of that order before all or without.
    Wide { bytes: usize, is_little: bool, is_marked: bool },
    /// One byte a character: those of Unicode up to this number, but for some.
    Narrow { most: u32, others: &'static [(u8, char)] },
}

/// The characters of windows-1252 in which it differs (<https://encoding.spec.whatwg.org/index-windows-1252.txt>).
const WINDOWS_1252: &[(u8, char)] = &[
    (0x80, '€'),
    (0x82, '‚'),
    (0x83, 'ƒ'),
    (0x84, '„'),
    (0x85, '…'),
    (0x86, '†'),
    (0x87, '‡'),
    (0x88, 'ˆ'),
    (0x89, '‰'),
    (0x8a, 'Š'),
    (0x8b, '‹'),
    (0x8c, 'Œ'),
    (0x8e, 'Ž'),
    (0x91, '‘'),
    (0x92, '’'),
    (0x93, '“'),
    (0x94, '”'),
    (0x95, '•'),
    (0x96, '–'),
    (0x97, '—'),
    (0x98, '˜'),
    (0x99, '™'),
    (0x9a, 'š'),
    (0x9b, '›'),
    (0x9c, 'œ'),
    (0x9e, 'ž'),
    (0x9f, 'Ÿ'),
];

/// The characters of ISO-8859-15 in which it differs.
const ISO_8859_15: &[(u8, char)] =
    &[(0xa4, '€'), (0xa6, 'Š'), (0xa8, 'š'), (0xb4, 'Ž'), (0xb8, 'ž'), (0xbc, 'Œ'), (0xbd, 'œ'), (0xbe, 'Ÿ')];

/// Characters that stand first in these tables' rows of Unicode, and are none of the encoding: the controls of ISO 8859 in windows-1252.
const CONTROLS: std::ops::RangeInclusive<u32> = 0x80..=0x9f;

impl Charset {
    /// Returns the encodings that a name may stand for: systems differ in the order of bytes where it names none. Empty for UTF-8, and
    /// `None` for a name that is not known here.
    pub(super) fn named(name: &str) -> Option<Vec<Charset>> {
        let upper = name.to_ascii_uppercase();
        let wide = |bytes, is_little, is_marked| Charset::Wide { bytes, is_little, is_marked };
        let narrow = |most, others| Some(vec![Charset::Narrow { most, others }]);
        // git itself reads `utf8` as `UTF-8`.
        let Some(utf) = upper.strip_prefix("UTF").map(|rest| rest.strip_prefix('-').unwrap_or(rest)) else {
            return match &*upper {
                "ISO-8859-1" | "ISO8859-1" | "ISO_8859-1" | "ISO88591" | "LATIN1" | "L1" => narrow(0xff, &[]),
                "ISO-8859-15" | "ISO8859-15" | "ISO_8859-15" | "ISO885915" | "LATIN-9" => narrow(0xff, ISO_8859_15),
                "WINDOWS-1252" | "CP1252" => narrow(0xff, WINDOWS_1252),
                "US-ASCII" | "ASCII" => narrow(0x7f, &[]),
                _ => None,
            };
        };
        let (bytes, order) = match utf.as_bytes() {
            b"8" => return Some(Vec::new()),
            [b'1', b'6', ..] => (2, &utf[2..]),
            [b'3', b'2', ..] => (4, &utf[2..]),
            _ => return None,
        };
        Some(match order {
            "" => vec![wide(bytes, true, true), wide(bytes, false, true)],
            "LE" => vec![wide(bytes, true, false)],
            "BE" => vec![wide(bytes, false, false)],
            "LE-BOM" if bytes == 2 => vec![wide(bytes, true, true)],
            "BE-BOM" if bytes == 2 => vec![wide(bytes, false, true)],
            _ => return None,
        })
    }

    /// Returns a text in this encoding; `None` for what is no UTF-8, or has other characters, which git leaves as it is.
    pub(super) fn encoded(self, content: &[u8]) -> Option<Vec<u8>> {
        let text = std::str::from_utf8(content).ok()?;
        match self {
            Charset::Wide { bytes, is_little, is_marked } => {
                let marked = is_marked.then_some('\u{feff}').into_iter().chain(text.chars());
                let mut encoded = Vec::with_capacity(bytes * (content.len() + 1));
                for character in marked {
                    let (mut pair, four) = ([0; 2], [u32::from(character)]);
                    let units: &mut dyn Iterator<Item = u32> = if bytes == 2 {
                        &mut character.encode_utf16(&mut pair).iter().map(|unit| u32::from(*unit))
                    } else {
                        &mut four.into_iter()
                    };
                    for unit in units {
                        let (first, last) = (unit.to_le_bytes(), unit.to_be_bytes());
                        encoded.extend_from_slice(if is_little { &first[..bytes] } else { &last[4 - bytes..] });
                    }
                }
                Some(encoded)
            }
            Charset::Narrow { most, others } => text.chars().map(|character| byte(character, most, others)).collect(),
        }
    }
}

/// Returns the byte of a character; `None` where the encoding has none.
fn byte(character: char, most: u32, others: &[(u8, char)]) -> Option<u8> {
    if let Some((byte, _)) = others.iter().find(|(_, other)| *other == character) {
        return Some(*byte);
    }
    let number = u32::from(character);
    let is_taken = others.iter().any(|(byte, _)| u32::from(*byte) == number)
        || others.first().is_some_and(|(first, _)| CONTROLS.contains(&u32::from(*first))) && CONTROLS.contains(&number);
    u8::try_from(number).ok().filter(|_| number <= most && !is_taken)
}
