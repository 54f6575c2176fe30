//! The words of a reason below the name of its file.

use crate::config::RuleNumber;
use crate::display::{counted, shown};
use crate::mapping::Reason;

/// Says a reason in words, where the path itself is said before: `as it is`, `no extension, rule 2 (blog/**)`. `rules` are the names
/// of the site's rules.
pub(super) fn how(reason: &Reason, rules: &[String]) -> String {
    let words = match reason {
        Reason::Path(_, form, twin, _) => [form.words(), &*twin.words()].concat(),
        Reason::Template(_, twin, _) | Reason::Entry(_, twin) | Reason::Rewrite(_, _, twin) => twin.words(),
        Reason::SideEffect(_, scope, _) => scope.words().to_owned(),
        Reason::Rule(_, _, n) if *n > 1 => format!(", and {} like it", counted(*n as usize - 1, "file")),
        Reason::Always => return "by `always`".to_owned(),
        Reason::Asked => return "asked for".to_owned(),
        Reason::Directory(_, _, twin) => [", its directory came or went", &*twin.words()].concat(),
        Reason::Rule(..) | Reason::Cover(..) => String::new(),
    };
    let name = |number: RuleNumber| rules.get(number.index()).map_or("", String::as_str);
    let by = reason.rule().map(|number| format!(", rule {number} ({})", shown(name(number).as_bytes())));
    let words = [words, by.unwrap_or_default()].concat();
    words.strip_prefix(", ").unwrap_or("as it is").to_owned()
}
