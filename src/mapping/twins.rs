//! The other keys of one and the same URL: reserved characters escaped or not, `é` composed or not.
//!
//! Which of them a visitor sends depends on who wrote the link. Git keeps the bytes that were committed; the twin of a
//! non-ASCII name lives in links that another system normalised. A path of plain letters has no twin and costs nothing
//! here.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

use crate::config::Spellings;
use crate::encoding::{Spelling, has_reserved, spell_path};

/// How a spelling of a path differs from the bytes that git holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Twin {
    /// The form of non-ASCII characters.
    pub unicode: Unicode,
    /// The spelling of reserved ones.
    pub spelling: Spelling,
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
    pub const NONE: Twin = Twin { unicode: Unicode::AsIs, spelling: Spelling::Canonical };

    /// Words that follow a form.
    #[must_use]
    pub fn words(self) -> &'static str {
        match (self.unicode, self.spelling) {
            (Unicode::AsIs, Spelling::Canonical) => "",
            (Unicode::AsIs, Spelling::Uri) => ", escaped as by encodeURI",
            (Unicode::AsIs, Spelling::Component) => ", escaped as by encodeURIComponent",
            (Unicode::AsIs, Spelling::Go) => ", escaped as by Go",
            (Unicode::AsIs, Spelling::Strict) => ", escaped strictly",
            (Unicode::Nfc, _) => ", composed (NFC)",
            (Unicode::Nfd, _) => ", decomposed (NFD)",
        }
    }
}

/// Returns true when a path can have more than one text.
fn has_twins(path: &[u8], spellings: Spellings) -> bool {
    spellings != Spellings::Canonical && (!path.is_ascii() || has_reserved(path))
}

/// Calls `visit` with each of the distinct texts of a path, the canonical one first. `text` is overwritten.
pub(super) fn each_twin(path: &[u8], spellings: Spellings, text: &mut String, mut visit: impl FnMut(Twin, &str)) {
    if has_twins(path, spellings) {
        for (twin, text) in twins(path, spellings) {
            visit(twin, &text);
        }
    } else {
        text.clear();
        spell_path(path, Spelling::Canonical, text);
        visit(Twin::NONE, text);
    }
}

/// Returns the distinct texts of a path, the canonical one first.
pub(super) fn twins(path: &[u8], spellings: Spellings) -> Vec<(Twin, String)> {
    twins_by(path, spellings, false, |path, spelling, text| {
        spell_path(path, spelling, text);
        true
    })
}

/// Returns the distinct texts that `write` makes of a path, the canonical one first; none where it says no. In a query string a blank
/// and a slash are spelled in several ways too.
pub(super) fn twins_by(
    path: &[u8],
    spellings: Spellings,
    in_query: bool,
    write: impl Fn(&[u8], Spelling, &mut String) -> bool,
) -> Vec<(Twin, String)> {
    let spelled = |path: &[u8], spelling| {
        let mut text = String::with_capacity(path.len() + 8);
        write(path, spelling, &mut text).then_some(text)
    };
    let mut all: Vec<(Twin, String)> =
        spelled(path, Spelling::Canonical).map(|text| (Twin::NONE, text)).into_iter().collect();
    let is_spelled = |path: &[u8]| has_reserved(path) || in_query && path.contains(&b' ');
    if !has_twins(path, spellings) && (spellings == Spellings::Canonical || !is_spelled(path)) {
        return all;
    }
    for (unicode, path) in normal_forms(path) {
        for spelling in Spelling::ALL {
            if spelling != Spelling::Canonical && !is_spelled(&path) {
                continue;
            }
            let Some(text) = spelled(&path, spelling) else { continue };
            if all.iter().all(|(_, known)| *known != text) {
                all.push((Twin { unicode, spelling }, text));
            }
        }
    }
    all
}

/// Returns the path, and what it becomes under NFC and NFD where that differs.
fn normal_forms(path: &[u8]) -> Vec<(Unicode, Cow<'_, [u8]>)> {
    let mut forms = vec![(Unicode::AsIs, Cow::Borrowed(path))];
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
