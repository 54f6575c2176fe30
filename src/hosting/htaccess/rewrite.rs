//! `RewriteRule` with its conditions: which requests it is for, and where it sends them.
//!
//! In a directory's configuration the pattern is asked about the path below the directory.
//! <https://httpd.apache.org/docs/2.4/mod/mod_rewrite.html>

use super::lines::Line;
use crate::hosting::difference::Reach;
use crate::hosting::entry::Target;
use crate::hosting::page::Page;
use crate::hosting::{pattern, placeholders};

/// The word for the order of all that rewrites.
pub(super) const ORDER: &str = "rewrite";

/// The flags of a rule, as far as they count here.
#[derive(Default)]
struct Flags {
    any_case: bool,
    is_external: bool,
    status: Option<u16>,
}

/// The content of a rule.
pub(super) struct Rule {
    /// The URLs that it is for; `None` where it may be any.
    pub(super) reaches: Option<Vec<Reach>>,
    /// Where it sends them on to.
    pub(super) target: Option<Target>,
    /// The page, or the pages, of the site that it answers with.
    pub(super) page: Option<Page>,
    /// The error that it answers with.
    pub(super) status: Option<u16>,
}

/// Reads a rule with the conditions before it. `directory` is the URL path of the directory, with its slash.
pub(super) fn rule(line: &Line, conditions: &[Line], directory: &str) -> Rule {
    let read = match line.arguments()[..] {
        [pattern, substitution] => Some((pattern, substitution, Flags::default())),
        [pattern, substitution, flags] => self::flags(flags).map(|flags| (pattern, substitution, flags)),
        _ => None,
    };
    let Some((pattern, substitution, flags)) = read else {
        // One that is not understood is for anything, and may lead anywhere.
        let anywhere = Target { path: Vec::new(), is_whole: false };
        let page = substituted(line, directory);
        return Rule { reaches: None, target: Some(anywhere), page, status: None };
    };
    let is_plain = !pattern.starts_with('!') && !pattern.contains("${");
    let reaches = is_plain
        .then(|| pattern::of_expression(pattern.as_bytes(), directory.as_bytes(), flags.any_case))
        .flatten()
        .map(|reaches| if conditions.iter().any(asks_query) { with_queries(reaches) } else { reaches });
    let is_inside =
        !flags.is_external && flags.status.is_none() && substitution != "-" && !substitution.contains("://");
    let page = if is_inside { placeholders::page_of_expression(pattern, substitution, directory) } else { None };
    Rule { reaches, target: is_inside.then(|| target(substitution, directory)), page, status: flags.status }
}

/// Returns the page of a rule whose flags are not understood, unless it may be another host's.
fn substituted(line: &Line, directory: &str) -> Option<Page> {
    let [pattern, substitution, flags] = line.arguments()[..] else { return None };
    let flags = flags.trim_matches(['[', ']']).split(',').map(|flag| flag.split('=').next().unwrap_or_default().trim());
    let leaves = |flag: &str| {
        let leaving = ["p", "proxy", "r", "redirect", "f", "forbidden", "g", "gone"];
        leaving.iter().any(|known| known.eq_ignore_ascii_case(flag))
    };
    let is_inside = substitution != "-" && !substitution.contains("://") && !flags.into_iter().any(leaves);
    if is_inside { placeholders::page_of_expression(pattern, substitution, directory) } else { None }
}

/// Returns true for a condition on which a query string bears.
fn asks_query(condition: &Line) -> bool {
    condition.words.iter().any(|word| word.contains("QUERY_STRING") || word.contains("THE_REQUEST"))
}

/// Adds the same paths with whatever query string.
fn with_queries(reaches: Vec<Reach>) -> Vec<Reach> {
    let queries = |reach: &Reach| if let Reach::Path(path) = reach { Some(Reach::Queries(path.clone())) } else { None };
    let queries: Vec<Reach> = reaches.iter().filter_map(queries).collect();
    [reaches, queries].concat()
}

/// Reads the flags; nothing where one changes how other rules are asked, or is not known.
fn flags(text: &str) -> Option<Flags> {
    let mut flags = Flags::default();
    let list = text.strip_prefix('[')?.strip_suffix(']')?;
    for flag in list.split(',') {
        let (name, value) = flag.trim().split_once('=').unwrap_or((flag.trim(), ""));
        match &*name.to_ascii_lowercase() {
            "nc" | "nocase" => flags.any_case = true,
            "r" | "redirect" => match value.parse::<u16>() {
                Ok(status) if !(300..400).contains(&status) => flags.status = Some(status),
                Ok(_) => flags.is_external = true,
                Err(_) if matches!(value, "" | "permanent" | "temp" | "seeother") => flags.is_external = true,
                Err(_) => return None,
            },
            "f" | "forbidden" => flags.status = Some(403),
            "g" | "gone" => flags.status = Some(410),
            "l" | "last" | "end" | "qsa" | "qsappend" | "qsd" | "qsdiscard" | "qsl" | "ne" | "noescape" | "b"
            | "bnp" | "dpi" | "discardpath" | "pt" | "passthrough" | "t" | "type" | "e" | "env" | "co" | "cookie" => {}
            _ => return None,
        }
    }
    Some(flags)
}

/// Returns where a substitution leads inside of the host.
pub(super) fn target(substitution: &str, directory: &str) -> Target {
    let path = substitution.split('?').next().unwrap_or_default();
    let path = path.strip_prefix("./").unwrap_or(path);
    let path = if path.starts_with('/') { path.to_owned() } else { format!("{directory}{path}") };
    match path.find(['$', '%', '\\']) {
        Some(end) => Target { path: path.as_bytes()[..end].to_vec(), is_whole: false },
        None => Target { path: path.into_bytes(), is_whole: true },
    }
}
