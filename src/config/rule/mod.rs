//! `[[site.rule]]`: globs, and what is purged beyond the usual when a path that they match changes.
//!
//! Every rule that matches adds what it says. Two of its words take something away: `scope` takes the place of what the
//! program knows about a file's side effects, and `forms` that of the host's forms. Which rules match a path is left to
//! [`rules`], what comes of it to the mapping.

mod automaton;
mod idle;
mod reach;
mod rules;

use crate::config::checked::{checked, checked_all};
use crate::config::fault::Fault;
use crate::config::form::forms;
use crate::config::globs::GlobText;
use crate::config::raw::{RawRule, Text};
use crate::config::selectors::{HostName, Prefix, Tag};
use crate::config::template::Also;
use crate::config::variant::{Variant, variants};
use crate::config::volatile::Volatile;
use crate::config::word::one_of;
use crate::config::{Form, globs};

pub use self::idle::{IdleGlob, Sighting};
pub use self::reach::Reach as GlobReach;
pub use self::rules::{Judgement, Matcher, RuleNumber, Rules};

/// One rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its globs as typed, to be recognised by.
    pub name: String,
    /// The globs of `match` and `except`.
    pub(in crate::config) matches: Vec<GlobText>,
    pub(in crate::config) except: Vec<GlobText>,
    /// The kinds of change that it is for.
    pub on: On,
    /// Forms in place of the host's.
    pub forms: Option<Vec<Form>>,
    /// Further URL paths, below each base URL.
    pub also: Vec<Also>,
    /// How far a change reaches, in place of what is known about the file.
    pub scope: Option<Scope>,
    /// How the path's own URLs are purged.
    pub by: By,
    /// It is purged when all others have been.
    pub last: bool,
    /// Tags that are purged.
    pub tags: Vec<Tag>,
    /// Prefixes that are purged.
    pub prefixes: Vec<Prefix>,
    /// Hosts that are purged.
    pub hosts: Vec<HostName>,
    /// Further cache keys of the rule's URLs.
    pub variants: Vec<Variant>,
    /// Parts of a file's content that do not count as a change.
    pub volatile: Option<Volatile>,
}

/// The kinds of change that a rule is for; at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct On {
    /// Paths that are new.
    pub added: bool,
    /// Paths whose content differs.
    pub modified: bool,
    /// Paths that are gone.
    pub deleted: bool,
}

/// How far a change reaches. A wider one comes later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Not even the path's own URLs.
    None,
    /// The path's own URLs.
    Urls,
    /// Every URL below its directory.
    Subtree,
    /// Every URL of the site.
    Site,
    /// The zone.
    Everything,
}

/// How a path's own URLs are purged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum By {
    /// Each as a URL.
    #[default]
    Url,
    /// Each as a prefix, which covers every query string and variant, and all that lies below it.
    Prefix,
}

impl Scope {
    fn parse(text: &str) -> Result<Scope, Fault> {
        use Scope::{Everything, None, Site, Subtree, Urls};
        let words = [("none", None), ("urls", Urls), ("subtree", Subtree), ("site", Site), ("everything", Everything)];
        one_of("scope", &words, text)
    }

    /// Words that follow `… modified`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Scope::None | Scope::Urls => "",
            Scope::Subtree => ", which bears on its directory",
            Scope::Site => ", which bears on the whole site",
            Scope::Everything => ", which bears on everything in the zone",
        }
    }
}

impl By {
    fn parse(text: &str) -> Result<By, Fault> {
        one_of("by", &[("url", By::Url), ("prefix", By::Prefix)], text)
    }
}

impl On {
    const ALL: On = On { added: true, modified: true, deleted: true };

    fn parse(words: &[Text]) -> Result<On, Fault> {
        let none = On { added: false, modified: false, deleted: false };
        words.iter().try_fold(none, |on, word| {
            let one = checked(word, |text| {
                let only = |added, modified, deleted| On { added, modified, deleted };
                let words = [
                    ("added", only(true, false, false)),
                    ("modified", only(false, true, false)),
                    ("deleted", only(false, false, true)),
                ];
                one_of("on", &words, text)
            })?;
            Ok(On {
                added: on.added || one.added,
                modified: on.modified || one.modified,
                deleted: on.deleted || one.deleted,
            })
        })
    }
}

/// Validates one rule.
pub(in crate::config) fn rule(raw: &RawRule) -> Result<Rule, Fault> {
    let globs = raw.r#match.get_ref();
    if globs.is_empty() {
        return Err(Fault::new(
            "`match` is empty, so the rule is for no file",
            "write `match = [\"**\"]` for every file",
        )
        .at(raw.r#match.span()));
    }
    let on = match &raw.on {
        None => On::ALL,
        Some(words) if words.get_ref().is_empty() => {
            let hint = "leave it out, or write `on = [\"added\", \"modified\", \"deleted\"]`";
            return Err(Fault::new("`on` is empty, so the rule is for no change", hint).at(words.span()));
        }
        Some(words) => On::parse(words.get_ref())?,
    };
    let rule = Rule {
        name: name(globs),
        matches: checked_all(globs, globs::of_match)?,
        except: checked_all(&raw.except, globs::of_except)?,
        on,
        forms: raw.forms.as_ref().map(forms).transpose()?,
        also: checked_all(&raw.also, Also::parse)?,
        scope: raw.scope.as_ref().map(|scope| checked(scope, Scope::parse)).transpose()?,
        by: raw.by.as_ref().map_or(Ok(By::default()), |by| checked(by, By::parse))?,
        last: raw.last,
        tags: checked_all(&raw.tags, Tag::parse)?,
        prefixes: checked_all(&raw.prefixes, Prefix::parse)?,
        hosts: checked_all(&raw.hosts, HostName::parse)?,
        variants: variants(raw)?,
        volatile: Volatile::parse(&raw.volatile)?,
    };
    if let Some(on) = raw.on.as_ref().filter(|_| rule.volatile.is_some() && !rule.on.modified) {
        let hint = "add \"modified\" to `on`, or leave `on` out";
        return Err(Fault::new("`volatile` is for modified files, and `on` leaves these out", hint).at(on.span()));
    }
    if rule.says_nothing() {
        return Err(Fault::new(
            "the rule matches files and says nothing about them",
            "add `also`, `scope`, `by`, `tags`, `origins` or another of its keys, or take the rule out",
        )
        .at(raw.r#match.span()));
    }
    Ok(rule)
}

/// Returns the rule's name: `blog/**`, or `blog/**, …`.
fn name(globs: &[Text]) -> String {
    let first = globs.first().map(|glob| glob.get_ref().as_str()).unwrap_or_default();
    if globs.len() > 1 { format!("{first}, …") } else { first.to_owned() }
}

impl Rule {
    fn says_nothing(&self) -> bool {
        self.forms.is_none()
            && self.also.is_empty()
            && self.scope.is_none()
            && self.by == By::Url
            && !self.last
            && self.tags.is_empty()
            && self.prefixes.is_empty()
            && self.hosts.is_empty()
            && self.variants.is_empty()
            && self.volatile.is_none()
    }
}
