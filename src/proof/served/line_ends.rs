//! Line ends in a checkout: which files get CR LF in place of LF, as git decides it (`convert.c`).

use crate::changes::Attributes;

/// The way that a checkout ends the lines of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineEnds {
    /// As they are.
    Kept,
    /// With CR LF; where `is_guessed`, only in what looks like text.
    Crlf { is_guessed: bool },
    /// As the system does that checks them out.
    Native { is_guessed: bool },
}

/// The bytes of a file by their kinds.
#[derive(Default)]
struct Counts {
    nul: usize,
    lone_cr: usize,
    lone_lf: usize,
    cr_lf: usize,
    printable: usize,
    other: usize,
}

impl LineEnds {
    /// Returns what attributes say (<https://git-scm.com/docs/gitattributes#_end_of_line_conversion>).
    pub(super) fn of(attributes: &Attributes) -> LineEnds {
        // `crlf` is the older name of `text`.
        let said = ["text", "crlf"].into_iter().filter_map(|name| attributes.get(name));
        let text = said.into_iter().find(|value| matches!(*value, "true" | "false" | "input" | "auto"));
        match (text, attributes.get("eol")) {
            (Some("false"), _) | (_, Some("lf")) | (Some("input"), None) => LineEnds::Kept,
            (text, Some("crlf")) => LineEnds::Crlf { is_guessed: text == Some("auto") },
            (Some(text @ ("auto" | "true")), _) => LineEnds::Native { is_guessed: text == "auto" },
            _ => LineEnds::Kept,
        }
    }

    /// Returns the content with CR LF where LF stood alone; `None` where nothing is converted.
    pub(super) fn with_crlf(self, content: &[u8]) -> Option<Vec<u8>> {
        let is_guessed = match self {
            LineEnds::Kept => return None,
            LineEnds::Crlf { is_guessed } | LineEnds::Native { is_guessed } => is_guessed,
        };
        let counts = Counts::of(content);
        if counts.lone_lf == 0 || is_guessed && (counts.lone_cr + counts.cr_lf > 0 || counts.are_binary()) {
            return None;
        }
        let mut converted = Vec::with_capacity(content.len() + counts.lone_lf);
        let mut last = 0;
        for byte in content {
            if *byte == b'\n' && last != b'\r' {
                converted.push(b'\r');
            }
            converted.push(*byte);
            last = *byte;
        }
        Some(converted)
    }
}

impl Counts {
    fn of(content: &[u8]) -> Counts {
        let mut counts = Counts::default();
        let mut bytes = content.iter().peekable();
        while let Some(byte) = bytes.next() {
            match byte {
                b'\r' if bytes.next_if_eq(&&b'\n').is_some() => counts.cr_lf += 1,
                b'\r' => counts.lone_cr += 1,
                b'\n' => counts.lone_lf += 1,
                0 => counts.nul += 1,
                b'\x08' | b'\t' | b'\x1b' | b'\x0c' => counts.printable += 1,
                127 | ..32 => counts.other += 1,
                _ => counts.printable += 1,
            }
        }
        // The end-of-file of DOS.
        if content.ends_with(b"\x1a") {
            counts.other -= 1;
        }
        counts
    }

    /// Returns true for what git takes for no text.
    fn are_binary(&self) -> bool {
        self.lone_cr > 0 || self.nul > 0 || self.printable / 128 < self.other
    }
}
