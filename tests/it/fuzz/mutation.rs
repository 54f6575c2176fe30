//! Documents that are nearly right: valid ones with bytes flipped, cut, repeated, mixed, numbers made huge and brackets nested deep.

/// Numbers that overflow something.
const NUMBERS: &[&str] = &[
    "0",
    "-1",
    "255",
    "256",
    "65536",
    "2147483648",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999999999999999999999",
    "1e308",
    "1e999",
    "-1e999",
    "1e-999",
    "0.0000001",
    "-0",
    "007",
];

/// Texts that something could stumble over.
const TEXTS: &[&[u8]] = &[
    b"\0",
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"\r\n",
    b"\r",
    b"\n\n",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"\\",
    b"%",
    b"%00",
    b"%zz",
    b"..",
    b"/../",
    b"//",
    b"*",
    b"**/**/**/**/**",
    b"{a,b,{c,d}}",
    b"[!a-",
    b"(?",
    b"\"",
    b"'",
    b"\"\"\"",
    b"#",
    b"//",
    b"/*",
    b"\xe2\x80\xae",
    b"\xc2\x9b",
    b"\x1b[2J",
    b"null",
    b"true",
    b"NaN",
    b"Infinity",
    b"1970-01-01",
    b"9999-12-31T23:59:60Z",
    b"::1",
    b"[::1]:99999",
    b"\xf0\x9f\x92\xa9",
    b"a\xcc\x88",
    b"https://",
    b"https://u:p@h/",
    b"file:///",
    b"\t",
];

/// Brackets of the languages that are read, opened and closed.
const NESTED: &[(&str, &str)] = &[
    ("[", "]"),
    ("{\"a\":", "}"),
    ("{\"Message\":[", "]}"),
    ("[[a.b]]\n", ""),
    ("a.", ""),
    ("{a=", "}"),
    ("(", ")"),
    ("{\n", "}\n"),
    ("<IfModule x>\n", "</IfModule>\n"),
    ("<a>", "</a>"),
    ("- ", ""),
    ("{", "}"),
    ("\\", ""),
    ("/*", "*/"),
];

/// Bytes of a document beyond which it does not grow.
const LONGEST: usize = 1 << 20;

/// Makes documents from valid ones.
pub(super) struct Mutator {
    pub(super) dice: fastrand::Rng,
    corpus: Vec<Vec<u8>>,
}

impl Mutator {
    pub(super) fn new(seed: u64, corpus: Vec<Vec<u8>>) -> Mutator {
        assert!(!corpus.is_empty());
        Mutator { dice: fastrand::Rng::with_seed(seed), corpus }
    }

    /// A valid document.
    pub(super) fn valid(&mut self) -> Vec<u8> {
        let at = self.dice.usize(..self.corpus.len());
        self.corpus[at].clone()
    }

    /// A document that was valid before.
    pub(super) fn next(&mut self) -> Vec<u8> {
        let mut document = self.valid();
        for _ in 0..=self.dice.usize(..4) {
            self.mutate(&mut document);
            document.truncate(LONGEST);
        }
        document
    }

    /// A place in a text, and one behind it that is not far.
    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.dice.usize(..=length);
        let most = if self.dice.u8(..4) == 0 { length } else { length.min(start + 40) };
        start..self.dice.usize(start..=most.max(start))
    }

    fn mutate(&mut self, document: &mut Vec<u8>) {
        let range = self.range(document.len());
        match self.dice.u8(..12) {
            0 | 1 => {
                if let Some(byte) = document.get_mut(range.start) {
                    *byte ^= 1 << self.dice.u8(..8);
                }
            }
            2 => {
                document.splice(range, []);
            }
            3 => {
                let again = document[range.clone()].repeat(1 + self.dice.usize(..8));
                document.splice(range.end..range.end, again);
            }
            4 => document.truncate(range.start),
            5 | 6 => {
                let text = TEXTS[self.dice.usize(..TEXTS.len())];
                let end = if self.dice.bool() { range.start } else { range.end };
                document.splice(range.start..end, text.iter().copied());
            }
            7 => self.number(document),
            8 => {
                let other = self.valid();
                let part = self.range(other.len());
                document.splice(range, other[part].iter().copied());
            }
            9 => {
                let (open, close) = NESTED[self.dice.usize(..NESTED.len())];
                let depth = 1 << self.dice.usize(..16);
                let inner = document[range.clone()].to_vec();
                let close = if self.dice.bool() { close.repeat(depth) } else { String::new() };
                document.splice(range, [open.repeat(depth).as_bytes(), &inner, close.as_bytes()].concat());
            }
            10 => {
                let byte = self.dice.u8(..);
                let run = vec![byte; 1 << self.dice.usize(..17)];
                document.splice(range, run);
            }
            _ => {
                // Two lines change places.
                let mut lines: Vec<&[u8]> = document.split(|b| *b == b'\n').collect();
                let (one, other) = (self.dice.usize(..lines.len()), self.dice.usize(..lines.len()));
                lines.swap(one, other);
                *document = lines.join(&b'\n');
            }
        }
    }

    /// Puts another number in the place of one.
    fn number(&mut self, document: &mut Vec<u8>) {
        let digits: Vec<usize> = (0..document.len()).filter(|i| document[*i].is_ascii_digit()).collect();
        if digits.is_empty() {
            return;
        }
        let start = digits[self.dice.usize(..digits.len())];
        let end = document[start..].iter().position(|b| !b.is_ascii_digit()).map_or(document.len(), |n| start + n);
        let number = NUMBERS[self.dice.usize(..NUMBERS.len())];
        document.splice(start..end, number.bytes());
    }
}
