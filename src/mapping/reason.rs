//! Why an operation is in a plan: the change, the form, the spelling, the rule.

use super::last::{Later, goes_last};
use super::twins::Twin;
use crate::changes::{Changes, EntryChange, RewriteOf, Status};
use crate::config::{Form, RuleNumber, Scope};
use crate::display::{counted, grouped, shown};

/// The reason of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Somebody asked for it by hand.
    Asked,
    /// The changed path at this index of [`Changes::paths`] answers under it, in this form and spelling; a rule where it is one
    /// of the rule's variants, forms or prefixes.
    Path(u32, Form, Twin, Option<RuleNumber>),
    /// The directory at this index of [`Changes::directories`] appeared or vanished.
    Directory(u32, Form, Twin),
    /// The changed path at this index of [`Changes::paths`] bears on it, though it is another file's; by a rule's word, or
    /// since hosts read such files.
    SideEffect(u32, Scope, Option<RuleNumber>),
    /// The entry of a host's configuration at this index of [`Changes::entries`] bears on it.
    Entry(u32, Twin),
    /// The changed path at the first index, of [`Changes::paths`], is the answer under it, by the entry of a host's configuration at the
    /// second, of [`Changes::rewrites`].
    Rewrite(u32, u32, Twin),
    /// A rule makes it from the changed path at this index of [`Changes::paths`].
    Template(u32, Twin, RuleNumber),
    /// A rule names it, for so many changed paths, of which the first has this index in [`Changes::paths`].
    Rule(RuleNumber, u32, u32),
    /// The site's `always` names it.
    Always,
    /// So many URLs below it changed, and so many did not, where that is known.
    Cover(u32, Option<u32>),
}

impl Reason {
    /// Returns true when it is for a file that has to be purged after all others, or a rule says so.
    #[must_use]
    pub fn goes_last(&self, changes: &Changes, later: &Later) -> bool {
        match *self {
            Reason::Path(i, ..) | Reason::Rewrite(i, ..) => {
                goes_last(&changes.paths[i as usize].path) || later.has_path(i)
            }
            Reason::Template(.., rule) | Reason::Rule(rule, ..) => later.has_rule(rule),
            Reason::Asked
            | Reason::Directory(..)
            | Reason::SideEffect(..)
            | Reason::Entry(..)
            | Reason::Always
            | Reason::Cover(..) => false,
        }
    }

    /// Returns the same for a URL whose escapes are in small letters.
    pub(super) fn with_small_escapes(self) -> Reason {
        let small = |twin| Twin { small_escapes: true, ..twin };
        match self {
            Reason::Path(i, form, twin, rule) => Reason::Path(i, form, small(twin), rule),
            Reason::Directory(i, form, twin) => Reason::Directory(i, form, small(twin)),
            Reason::Entry(i, twin) => Reason::Entry(i, small(twin)),
            Reason::Rewrite(i, entry, twin) => Reason::Rewrite(i, entry, small(twin)),
            Reason::Template(i, twin, rule) => Reason::Template(i, small(twin), rule),
            Reason::Asked | Reason::SideEffect(..) | Reason::Rule(..) | Reason::Always | Reason::Cover(..) => self,
        }
    }

    /// Returns the rule behind it.
    #[must_use]
    pub fn rule(&self) -> Option<RuleNumber> {
        match *self {
            Reason::Path(.., rule) | Reason::SideEffect(.., rule) => rule,
            Reason::Template(.., rule) | Reason::Rule(rule, ..) => Some(rule),
            Reason::Asked
            | Reason::Directory(..)
            | Reason::Entry(..)
            | Reason::Rewrite(..)
            | Reason::Always
            | Reason::Cover(..) => None,
        }
    }

    /// Returns the reason in words, for people: `blog/index.html modified, as a directory`. `rules` are the names of the site's rules.
    #[must_use]
    pub fn text(&self, changes: &Changes, rules: &[String]) -> String {
        let path = |i: u32| {
            let change = &changes.paths[i as usize];
            format!("{} {}", shown(&change.path), change.status.word())
        };
        let by = |rule: Option<RuleNumber>| {
            let name = |rule: RuleNumber| rules.get(rule.index()).map_or("", String::as_str);
            rule.map_or(String::new(), |rule| format!(", rule {rule} ({})", shown(name(rule).as_bytes())))
        };
        match *self {
            Reason::Path(i, form, twin, rule) => {
                format!("{}{}{}{}", path(i), form.words(), twin.words(), by(rule))
            }
            Reason::Directory(i, _, twin) => {
                let directory = &changes.directories[i as usize];
                let verb = if directory.status == Status::Added { "appeared" } else { "vanished" };
                let name = shown(&[&directory.path, &b"/"[..]].concat());
                format!("directory {name} {verb}{}", twin.words())
            }
            Reason::SideEffect(i, scope, rule) => format!("{}{}{}", path(i), scope.words(), by(rule)),
            Reason::Entry(i, twin) => {
                let EntryChange { file, status, difference } = &changes.entries[i as usize];
                // Of a file that is not understood, all of it.
                let entry = Some(&*difference.entry).filter(|entry| !entry.is_empty());
                let entry = entry.map_or(String::new(), |entry| format!(": {}", shown(entry.as_bytes())));
                let scope = difference.scope.map_or("", Scope::words);
                format!("{} {}{scope}{entry}{}", shown(file), status.word(), twin.words())
            }
            Reason::Rewrite(i, entry, twin) => {
                format!("{}{}", path(i), changes.rewrites[entry as usize].words(twin))
            }
            Reason::Template(i, twin, rule) => format!("{}{}{}", path(i), twin.words(), by(Some(rule))),
            Reason::Rule(rule, first, 1) => format!("{}{}", path(first), by(Some(rule))),
            Reason::Rule(rule, first, n) => {
                format!("{} and {} more{}", path(first), grouped(n as usize - 1), by(Some(rule)))
            }
            Reason::Always => "always".to_owned(),
            Reason::Asked => "asked for".to_owned(),
            Reason::Cover(1, Some(0)) => "the one URL below it changed".to_owned(),
            Reason::Cover(n, Some(0)) => format!("all {} below it changed", counted(n as usize, "URL")),
            Reason::Cover(n, unchanged) => {
                let but = unchanged.map_or(String::new(), |n| format!(", and {} did not", grouped(n as usize)));
                format!("{} below it changed{but}", counted(n as usize, "URL"))
            }
        }
    }

    /// Says the same below a row that names the file or the entry, as far as that depends on the configuration of hosts: the entry that a
    /// file is the answer by, and nothing more than the spelling for an entry itself. `None` for every other reason.
    #[must_use]
    pub fn by_host(&self, changes: &Changes) -> Option<String> {
        let words = match *self {
            Reason::Rewrite(_, entry, twin) => changes.rewrites[entry as usize].words(twin),
            Reason::Entry(_, twin) => twin.words(),
            _ => return None,
        };
        Some(words.trim_start_matches(", ").to_owned())
    }
}

impl RewriteOf {
    /// Words that follow `… modified`.
    fn words(&self, twin: Twin) -> String {
        let (file, entry) = (shown(&self.file), shown(self.rewrite.entry.as_bytes()));
        let scope = self.rewrite.scope.map_or("", Scope::words);
        format!("{scope}, served by {file}: {entry}{}", twin.words())
    }
}
