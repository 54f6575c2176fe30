//! `cover`: when a directory takes the place of its URLs, as a word or a table.
//!
//! It is read as whatever TOML has and judged here, since serde's own message about "one of these two shapes" names
//! neither. How directories are chosen is left to [`crate::plan`].

use toml::{Spanned, Value};

use super::fault::Fault;
use super::word::one_of;

/// When one prefix takes the place of the URLs below it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Cover {
    /// Never.
    Off,
    /// When all of them changed, and it is cheaper.
    #[default]
    Exact,
    /// When at most so many percent of them did not change, 1 to 100, and it is cheaper.
    Waste(u8),
}

const HINT: &str = "write `\"exact\"`, `\"off\"`, or `{ waste = 5 }` for up to 5 percent of unchanged URLs";

impl Cover {
    pub(super) fn parse(raw: &Spanned<Value>) -> Result<Cover, Fault> {
        let fault = |message: &str| Fault::new(message, HINT);
        let cover = match raw.get_ref() {
            Value::String(word) => one_of("cover", &[("exact", Cover::Exact), ("off", Cover::Off)], word)
                .map_err(|fault| Fault::new(fault.message, HINT)),
            Value::Table(table) if table.len() == 1 && table.contains_key("waste") => {
                let percent = table["waste"].as_integer().and_then(|n| u8::try_from(n).ok());
                let percent = percent.filter(|n| (1..=100).contains(n));
                percent.map(Cover::Waste).ok_or_else(|| fault("`waste` is a whole number of percent, 1 to 100"))
            }
            Value::Table(_) => Err(fault("the table of `cover` holds `waste` and nothing else")),
            _ => Err(fault("`cover` is a word or a table")),
        };
        cover.map_err(|fault| fault.at(raw.span()))
    }
}
