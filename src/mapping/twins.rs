//! The other keys of one and the same URL: reserved characters escaped or not, `é` composed or not.
//!
//! Which of them a visitor sends depends on who wrote the link. Git keeps the bytes that were committed; the twin of a
//! non-ASCII name lives in links that another system normalised. A path of plain letters has no twin and costs nothing
//! here.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

use super::forms::folds;
use crate::config::{HostPreset, Site, Spellings};
use crate::encoding::{Spelling, has_reserved, is_unreserved, spell_path, spell_path_for_s3};

/// How a spelling of a path differs from the bytes that git holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Twin {
    /// The form of non-ASCII characters.
    pub unicode: Unicode,
    /// The spelling of reserved ones.
    pub spelling: Spelling,
    /// It is in small letters, and the path is not.
    pub lower: bool,
    /// The hex digits of its escapes are small.
    pub small_escapes: bool,
}

/// The normal forms of Unicode (<https://www.unicode.org/reports/tr15/>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unicode {
    /// The bytes as git holds them.
    AsIs,
    /// Composed: `é` is one character.
    Nfc,
    /// Decomposed: `é` is `e` and an accent.
    Nfd,
}

impl Twin {
    /// The path as git holds it, as browsers send it.
    pub const NONE: Twin =
        Twin { unicode: Unicode::AsIs, spelling: Spelling::Canonical, lower: false, small_escapes: false };

    /// Words that follow a form.
    #[must_use]
    pub fn words(self) -> String {
        let lower = if self.lower { ", in small letters" } else { "" };
        let small = if self.small_escapes { ", escapes in small letters" } else { "" };
        [lower, self.spelling_words(), small].concat()
    }

    fn spelling_words(self) -> &'static str {
        match (self.unicode, self.spelling) {
            (Unicode::AsIs, Spelling::Canonical) => "",
            (Unicode::AsIs, Spelling::Uri) => ", escaped as by encodeURI",
            (Unicode::AsIs, Spelling::Component) => ", escaped as by encodeURIComponent",
            (Unicode::AsIs, Spelling::Go) => ", escaped as by Go",
            (Unicode::AsIs, Spelling::Strict) => ", escaped strictly",
            (Unicode::AsIs, Spelling::Plus) => ", a blank as +",
            (Unicode::AsIs, Spelling::Form) => ", escaped as by forms",
            (Unicode::Nfc, _) => ", composed (NFC)",
            (Unicode::Nfd, _) => ", decomposed (NFD)",
        }
    }
}

/// How a host takes `+` and a blank in a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blanks {
    /// `+` is a plus, and a blank `%20`.
    Plain,
    /// One of both ways, which is not known.
    Either,
    /// `+` is a blank, as S3 has it (<https://github.com/rust-lang/crates.io/issues/4891>).
    S3,
}

/// The settings that decide the keys of a site's paths.
#[derive(Debug, Clone, Copy)]
struct Keys {
    spellings: Spellings,
    blanks: Blanks,
    folds: bool,
}

impl Keys {
    fn of(site: &Site) -> Keys {
        let blanks = match site.host_preset {
            HostPreset::S3Website | HostPreset::S3Rest => Blanks::S3,
            HostPreset::Generic if site.spellings == Spellings::All => Blanks::Either,
            _ => Blanks::Plain,
        };
        Keys { spellings: site.spellings, blanks, folds: folds(site) }
    }

    /// Returns true where a path of plain letters has a text in small ones.
    fn has_small(self, path: &[u8]) -> bool {
        self.folds && path.iter().fold(false, |has, b| has | b.is_ascii_uppercase())
    }

    /// Returns true when a path can have more than one text, or one that is not the usual.
    fn has_twins(self, path: &[u8]) -> bool {
        let reserved =
            |b: &u8| matches!(b, b'!' | b'$' | b'&' | b'\''..=b',' | b':' | b';' | b'=' | b'@' | b'[' | b']');
        let all = self.spellings == Spellings::All;
        path.iter().any(|b| match b {
            b' ' => self.blanks != Blanks::Plain,
            b'+' => all || self.blanks == Blanks::S3,
            b'A'..=b'Z' => self.folds,
            0x80.. => all || self.folds,
            other => all && reserved(other),
        })
    }

    /// Returns the spellings of a path's bytes, the canonical one first.
    fn spellings(self, path: &[u8]) -> Vec<Spelling> {
        let mut all = vec![Spelling::Canonical];
        if self.spellings == Spellings::All && has_reserved(path) {
            all.extend(&Spelling::ALL[1..]);
        }
        if self.blanks != Blanks::Plain && path.contains(&b' ') {
            all.push(Spelling::Plus);
            all.extend((self.spellings == Spellings::All).then_some(Spelling::Form));
        }
        all
    }

    fn spell(self, path: &[u8], spelling: Spelling, text: &mut String) {
        if self.blanks == Blanks::S3 {
            spell_path_for_s3(path, spelling, text);
        } else {
            spell_path(path, spelling, text);
        }
    }

    /// Returns the distinct texts of a path, the canonical one first.
    fn texts(self, path: &[u8]) -> Vec<(Twin, String)> {
        let mut all: Vec<(Twin, String)> = Vec::new();
        let small = lowered(path).filter(|_| self.folds);
        for (lower, path) in [(false, Some(path)), (true, small.as_deref())] {
            let Some(path) = path else { continue };
            for (unicode, path) in normal_forms(path, self.spellings) {
                // One host has one way: what folds case takes `+` for a plus, and knows the bytes that git holds.
                let is_other = lower || unicode != Unicode::AsIs;
                if lower && unicode != Unicode::AsIs {
                    continue;
                }
                let blanks = if is_other && self.blanks == Blanks::Either { Blanks::Plain } else { self.blanks };
                for spelling in (Keys { blanks, ..self }).spellings(&path) {
                    let mut text = String::with_capacity(path.len() + 8);
                    self.spell(&path, spelling, &mut text);
                    if all.iter().all(|(_, known)| *known != text) {
                        all.push((Twin { unicode, spelling, lower, small_escapes: false }, text));
                    }
                }
            }
        }
        all
    }
}

/// Returns a path that is its own text, and has no other but in small letters.
fn plain(path: &[u8]) -> Option<&str> {
    if is_unreserved(path) { std::str::from_utf8(path).ok() } else { None }
}

/// Returns a path in small letters; `None` where it is so already.
fn lowered(path: &[u8]) -> Option<Vec<u8>> {
    let small = match std::str::from_utf8(path) {
        Ok(text) if !text.is_ascii() => text.to_lowercase().into_bytes(),
        _ => path.to_ascii_lowercase(),
    };
    (small != path).then_some(small)
}

/// Calls `visit` with each of the distinct texts of a path, the canonical one first. `text` is overwritten.
pub(super) fn each_twin(path: &[u8], site: &Site, text: &mut String, mut visit: impl FnMut(Twin, &str)) {
    let keys = Keys::of(site);
    if let Some(plain) = plain(path) {
        visit(Twin::NONE, plain);
        if keys.has_small(path) {
            text.clear();
            text.push_str(plain);
            text.make_ascii_lowercase();
            visit(Twin { lower: true, ..Twin::NONE }, text);
        }
    } else if keys.has_twins(path) {
        for (twin, text) in keys.texts(path) {
            visit(twin, &text);
        }
    } else {
        text.clear();
        spell_path(path, Spelling::Canonical, text);
        visit(Twin::NONE, text);
    }
}

/// Returns the distinct texts of a path, the canonical one first.
pub(super) fn twins(path: &[u8], site: &Site) -> Vec<(Twin, String)> {
    Keys::of(site).texts(path)
}

/// Returns the distinct texts that `write` makes of a path, the canonical one first; none where it says no. In a query string a blank is
/// spelled in several ways, too.
pub(super) fn twins_by(
    path: &[u8],
    spellings: Spellings,
    in_query: bool,
    write: impl Fn(&[u8], Spelling, &mut String) -> bool,
) -> Vec<(Twin, String)> {
    let mut all: Vec<(Twin, String)> = Vec::new();
    for (unicode, path) in normal_forms(path, spellings) {
        let is_spelled = has_reserved(&path) || in_query && path.contains(&b' ');
        let several = spellings == Spellings::All && is_spelled;
        for spelling in &Spelling::ALL[..if several { Spelling::ALL.len() } else { 1 }] {
            let mut text = String::with_capacity(path.len() + 8);
            if write(&path, *spelling, &mut text) && all.iter().all(|(_, known)| *known != text) {
                all.push((Twin { unicode, spelling: *spelling, lower: false, small_escapes: false }, text));
            }
        }
    }
    all
}

/// Returns the path, and what it becomes under NFC and NFD where that differs and all spellings are wanted.
fn normal_forms(path: &[u8], spellings: Spellings) -> Vec<(Unicode, Cow<'_, [u8]>)> {
    let mut forms = vec![(Unicode::AsIs, Cow::Borrowed(path))];
    if spellings == Spellings::Canonical {
        return forms;
    }
    // Bytes that are not UTF-8 have no normal form.
    if let Some(text) = std::str::from_utf8(path).ok().filter(|text| !text.is_ascii()) {
        for (unicode, form) in [(Unicode::Nfc, text.nfc().collect::<String>()), (Unicode::Nfd, text.nfd().collect())] {
            if form != text {
                forms.push((unicode, Cow::Owned(form.into_bytes())));
            }
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::Config;

    proptest! {
        #[test]
        fn the_short_way_finds_the_twins_that_the_long_one_does(
            path in "([a-bB._~/-]|[ +!\\{]|\u{e9}|e\u{301}){0,12}",
            host in prop::sample::select(vec!["generic", "nginx", "netlify", "s3-website", "caddy"]),
            spellings in prop::sample::select(vec!["canonical", "all"]),
        ) {
            let text = format!(
                "[[site]]\nname = \"w\"\nbase_urls = [\"https://a.example/\"]\nhost = \"{host}\"\nspellings = \"{spellings}\"\n"
            );
            let site = Config::parse(&text, "").unwrap().sites.remove(0);
            let mut found = Vec::new();
            each_twin(path.as_bytes(), &site, &mut String::new(), |twin, text| found.push((twin, text.to_owned())));
            prop_assert_eq!(found, twins(path.as_bytes(), &site));
        }
    }
}
