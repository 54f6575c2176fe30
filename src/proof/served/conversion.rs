//! The conversions that attributes ask a checkout for: `ident`, then line ends, then the encoding, as git itself goes about it.

use super::charset::Charset;
use super::ident;
use super::line_ends::LineEnds;
use crate::changes::Attributes;

/// The conversions of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Conversion {
    expands_id: bool,
    line_ends: LineEnds,
    /// The encodings that may be meant; none for UTF-8.
    charsets: Vec<Charset>,
}

/// A content after some of the conversions, and whether a checkout surely makes it.
type Made = (Vec<u8>, bool);

impl Conversion {
    /// Returns what attributes ask for.
    ///
    /// # Errors
    /// With the name of an encoding that is not known here.
    pub(super) fn of(attributes: &Attributes) -> Result<Conversion, String> {
        let charset = attributes.get("working-tree-encoding").filter(|name| !matches!(*name, "true" | "false"));
        let charsets = charset.map_or(Some(Vec::new()), Charset::named);
        Ok(Conversion {
            expands_id: attributes.get("ident") == Some("true"),
            line_ends: LineEnds::of(attributes),
            charsets: charsets.ok_or_else(|| charset.unwrap_or_default().to_owned())?,
        })
    }

    /// Returns true where a checkout may change nothing, whatever the content.
    pub(super) fn may_be_none(&self) -> bool {
        !self.expands_id && self.charsets.is_empty() && !matches!(self.line_ends, LineEnds::Crlf { .. })
    }

    /// Returns true where a checkout changes nothing anywhere.
    pub(super) fn is_none(&self) -> bool {
        self.may_be_none() && self.line_ends == LineEnds::Kept
    }

    /// Returns what a checkout may make of a blob, and whether it surely does. Programs that read git's data do not know all the
    /// conversions, so that each may also be left out.
    pub(super) fn made_of(&self, content: Vec<u8>, id: &str) -> Vec<Made> {
        let mut made = vec![(content, true)];
        if self.expands_id {
            made = step(made, |content| Vec::from_iter(ident::expanded(content, id)), true);
        }
        let crlf = |content: &[u8]| Vec::from_iter(self.line_ends.with_crlf(content));
        made = step(made, crlf, matches!(self.line_ends, LineEnds::Crlf { .. }));
        if !self.charsets.is_empty() {
            let encoded = |content: &[u8]| self.charsets.iter().filter_map(|set| set.encoded(content)).collect();
            made = step(made, encoded, true);
        }
        made
    }
}

/// Adds to some contents what a conversion makes of them. Where it makes something, and surely does, they are no more than possible.
fn step(made: Vec<Made>, convert: impl Fn(&[u8]) -> Vec<Vec<u8>>, is_sure: bool) -> Vec<Made> {
    let mut all = Vec::new();
    for (content, surely) in made {
        let converted = convert(&content);
        let is_replaced = is_sure && !converted.is_empty();
        all.extend(converted.into_iter().map(|content| (content, surely && is_sure)));
        all.push((content, surely && !is_replaced));
    }
    all
}
