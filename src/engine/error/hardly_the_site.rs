//! Why TO is hardly the site as it is served: the web root is not there, is empty, or is something else.
//!
//! A run that meets one of these sends nothing, and notes nothing as live: the next run would compare with it.

use super::row::{ExitStatus, Row};
use crate::display::shown;
use crate::snapshot::Source;

/// Why TO is hardly the site. `pages` are directories with an index file, which are likely to be what is served.
#[derive(Debug)]
#[allow(missing_docs, reason = "each variant's row says it")]
pub enum HardlyTheSite {
    /// The web root is not in the snapshot. `before` is what it is compared with.
    NoOutput {
        output: String,
        what: String,
        pages: Vec<String>,
        before: Option<String>,
        had_it: bool,
        uncommitted: Option<Box<Uncommitted>>,
    },
    /// The same, and the mark was read with another one: the setting was changed, or is a slip.
    OutputChanged { output: Box<str>, what: String, pages: Vec<String>, before: Box<str>, was: Box<str> },
    /// There is no file in the web root.
    NoFiles { what: String, pages: Vec<String>, had_some: bool },
    /// The web root is the whole tree, which is the source of a site, as these names tell.
    SourceForOutput { what: String, found: Vec<String>, pages: Vec<String>, uncommitted: Option<Box<Uncommitted>> },
    /// Not one path of the mark is in TO.
    NothingInCommon { what: String, mark: String },
    /// The mark has an index file, and TO has none anywhere.
    NoPages { what: String, mark: String, pages: Vec<String> },
}

/// What to type for a site that is built, and not committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uncommitted {
    /// The command that was typed, with the directory: `diffpurge plan dir:public`.
    pub command: String,
    /// The directory.
    pub directory: String,
    /// It is on disk.
    pub is_there: bool,
    /// The mark is kept in a file, which holds a directory too.
    pub is_filed: bool,
}

impl Uncommitted {
    /// Returns the beginning of a hint: `if this site is not committed: …; else `.
    fn first(&self) -> String {
        let Uncommitted { command, directory, .. } = self;
        let directory = shown(directory.as_bytes());
        match (self.is_filed, self.is_there) {
            (true, true) => format!("if this site is not committed: `{command}`; else "),
            (true, false) => format!("if this site is not committed: build {directory} first, then `{command}`; else "),
            (false, _) => format!(
                "if this site is not committed: `store = \"file:PATH\"` in [site.mark], then `{command}`; else "
            ),
        }
    }
}

/// Returns the beginning of a hint, where the site may be one that is not committed.
fn first(uncommitted: Option<&Uncommitted>) -> String {
    uncommitted.map_or(String::new(), Uncommitted::first)
}

/// How to find out what `output` should be.
const WHERE_OUTPUT_IS: &str =
    "`git ls-tree --name-only -r -d REVISION` lists the directories; set `output` to the one that is served";

/// The option that says that no file is meant.
const ON_PURPOSE: &str = "`--allow-empty` purges all that it had, if it is gone on purpose";

/// Names that tell that a tree is a site's source; more say nothing new.
const MOST_FOUND: usize = 4;

/// Joins the first of some names: `a`, `a and b`, `a, b and 3 more`.
fn joined(names: &[String], most: usize) -> String {
    let mut texts: Vec<String> = names.iter().take(most).map(|name| shown(name.as_bytes())).collect();
    if names.len() > most {
        texts.push(format!("{} more", names.len() - most));
    }
    match texts.pop() {
        Some(last) if !texts.is_empty() => format!("{} and {last}", texts.join(", ")),
        last => last.unwrap_or_default(),
    }
}

/// Says which directories hold an index file: `public holds an index file`.
fn told_of_pages(pages: &[String]) -> Option<String> {
    let hold = if pages.len() == 1 { "holds an index file" } else { "hold index files" };
    (!pages.is_empty()).then(|| format!("{} {hold}", joined(pages, pages.len())))
}

/// Says what `output` should be.
fn served(pages: &[String]) -> String {
    let hold = told_of_pages(pages);
    hold.map_or(WHERE_OUTPUT_IS.to_owned(), |hold| format!("set `output` to the directory that is served: {hold}"))
}

/// Says what should stand in the place of a source.
fn instead_of_source(what: &str, pages: &[String], uncommitted: Option<&Uncommitted>) -> String {
    let named = told_of_pages(pages).map_or(String::new(), |hold| format!(" ({hold})"));
    if Source::names_a_web_root(what) {
        return format!(
            "name the directory that is built{named}, like `dir:public`; `output = \"\"` says that this one is served"
        );
    }
    // Who keeps the mark in a file most likely builds what is served, and commits nothing of it.
    format!(
        "{}set `output` to the directory that is served{named}, or `branch` to the branch that holds it; `output = \"\"` means the whole tree",
        first(uncommitted)
    )
}

/// Says what to name in the place of what holds no page.
fn built(what: &str, pages: &[String]) -> String {
    if Source::names_a_web_root(what) {
        let named = told_of_pages(pages).map_or(String::new(), |hold| format!(" ({hold})"));
        return format!("name the directory that is built{named}, like `dir:public`");
    }
    served(pages)
}

impl HardlyTheSite {
    /// Returns the error's row.
    #[must_use]
    pub fn row(&self) -> Row {
        match self {
            HardlyTheSite::NoOutput { output, what, pages, before, had_it, uncommitted } => {
                let [output, what] = [output, what].map(|text| shown(text.as_bytes()));
                let text = match before.as_ref().map(|before| shown(before.as_bytes())) {
                    Some(before) if *had_it => format!("`output` {output} is not in {what}, and it is in {before}"),
                    Some(before) => format!("`output` {output} is neither in {before} nor in {what}"),
                    None => format!("`output` {output} is not in {what}, so that no file of it was live"),
                };
                let hint = format!("{}{}", first(uncommitted.as_deref()), served(pages));
                let hint = if *had_it { format!("{hint}; {ON_PURPOSE}") } else { hint };
                Row::new(ExitStatus::Unreadable, text, hint)
            }
            HardlyTheSite::OutputChanged { output, what, pages, before, was } => {
                let [output, what, before] = [output, &**what, before].map(|text| shown(text.as_bytes()));
                let whole = was.is_empty().then(|| "the whole tree".to_owned());
                let was = whole.unwrap_or_else(|| format!("`output` {}", shown(was.as_bytes())));
                let text = format!("`output` {output} is not in {what}, and the mark ({before}) was purged with {was}");
                Row::new(ExitStatus::Unreadable, text, served(pages))
            }
            HardlyTheSite::NoFiles { what, pages, had_some } => {
                let named = told_of_pages(pages).map_or(String::new(), |hold| format!(" ({hold})"));
                let hint = format!("was the site built? Name the directory or revision that holds it{named}");
                let hint = if *had_some { format!("{hint}; {ON_PURPOSE}") } else { hint };
                let text = format!("the web root in {} holds no file", shown(what.as_bytes()));
                Row::new(ExitStatus::Unreadable, text, hint)
            }
            HardlyTheSite::SourceForOutput { what, found, pages, uncommitted } => {
                let text = format!(
                    "{} looks like the source of a site, not like what is served: it holds {} and no index file, and `output` is not set",
                    shown(what.as_bytes()),
                    joined(found, MOST_FOUND)
                );
                Row::new(ExitStatus::Unreadable, text, instead_of_source(what, pages, uncommitted.as_deref()))
            }
            HardlyTheSite::NothingInCommon { what, mark } => Row::new(
                ExitStatus::Unreadable,
                format!("no path of the mark ({mark}) is in {}: they are hardly the same site", shown(what.as_bytes())),
                "set `branch` and `output` to what is served; if all of the site is new, `diffpurge purge --rollback` purges both",
            ),
            HardlyTheSite::NoPages { what, mark, pages } => Row::new(
                ExitStatus::Unreadable,
                format!(
                    "{} holds no index file, and the mark ({mark}) does: it is hardly the site that was built",
                    shown(what.as_bytes())
                ),
                format!("{}; {ON_PURPOSE}", built(what, pages)),
            ),
        }
    }
}
