//! When something broader takes the place of URLs: directories that changed whole (`cover`), and all of it above
//! `[site.threshold]`.
//!
//! `cover` is read as whatever TOML has and judged here, since serde's own message about "one of these two shapes" names
//! neither. How directories are chosen, and what a fallback sends, is left to [`crate::plan`].

use toml::Value;

use super::Mode;
use super::fault::Fault;
use super::spanned::Spanned;
use super::word::one_of;

/// `[site.threshold]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    /// More URL operations than this fall back.
    pub urls: usize,
    /// More of the site's URLs than this fall back: percent, 1 to 100.
    pub percent: Option<usize>,
    /// A plan that takes longer than this falls back: seconds at the account's pace.
    pub seconds: Option<usize>,
    /// The purge that is made then.
    pub then: Fallback,
    /// The fate of a fallback's operations, if the configuration names it apart.
    pub mode: Option<Mode>,
}

/// The purge that takes the place of a list of URLs that is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// The smallest step that is within the threshold: directories, then hosts, then everything.
    Narrowest,
    /// The site's base URLs as prefixes.
    Prefixes,
    /// Everything under the site's hosts.
    Hosts,
    /// Everything in the zone, or in the cache.
    Everything,
    /// Nothing: the run is refused.
    Fail,
}

impl Fallback {
    pub(super) fn parse(text: &str) -> Result<Fallback, Fault> {
        use Fallback::{Everything, Fail, Hosts, Narrowest, Prefixes};
        let words = [
            ("narrowest", Narrowest),
            ("prefixes", Prefixes),
            ("hosts", Hosts),
            ("everything", Everything),
            ("fail", Fail),
        ];
        one_of("then", &words, text)
    }
}

impl Default for Threshold {
    /// 5,000 URLs are 50 requests and about seven seconds on the Free plan; more is rarely a normal deploy.
    fn default() -> Self {
        Threshold { urls: 5000, percent: None, seconds: None, then: Fallback::Everything, mode: None }
    }
}

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
