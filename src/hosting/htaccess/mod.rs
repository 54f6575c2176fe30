//! `.htaccess`: redirects, rewrites, error pages and headers of a directory and all below it.
//!
//! Directives that say which paths or files they are for bear on these; all others bear on everything below the directory, and so does
//! what is not understood. <https://httpd.apache.org/docs/2.4/mod/directives.html>

mod lines;
mod rewrite;
mod ties;

use std::borrow::Cow;

use self::lines::{Line, lines};
use self::ties::{tied, with_lists};
use crate::hosting::difference::Reach;
use crate::hosting::entry::Entry;
use crate::hosting::names::Names;
use crate::hosting::pattern;

pub(super) use self::ties::{index_pages, names_index, rewrites, take_all, take_lists, take_rules};

/// Sections in each other that are looked into; people write two or three. Each line is kept with all that are around it.
const DEEPEST: usize = 64;

/// The entries of one file, with what they need of each other.
struct Reading<'d> {
    /// The directory, relative to the web root: empty, or with its slash at the end.
    directory: &'d [u8],
    /// Its URL path, with slashes at both ends.
    url: String,
    entries: Vec<Entry>,
    /// The sections that are open, as they are written.
    context: Vec<String>,
    /// The files that the directives are for, by the innermost section that says so.
    names: Vec<Names>,
    /// The conditions of the next `RewriteRule`.
    conditions: Vec<Line>,
}

/// Reads the directives of a file; `None` where its sections do not fit each other.
pub(super) fn entries(text: &[u8], directory: &[u8]) -> Option<Vec<Entry>> {
    let url = format!("/{}", String::from_utf8_lossy(directory));
    let mut reading =
        Reading { directory, url, entries: Vec::new(), context: Vec::new(), names: Vec::new(), conditions: Vec::new() };
    let mut rest = lines(text).into_iter();
    while let Some(line) = rest.next() {
        let directive = line.directive();
        if directive.starts_with("</") {
            reading.close(&directive)?;
        } else if directive.starts_with('<') {
            reading.open(&line, &mut rest)?;
        } else {
            reading.directive(&line);
        }
    }
    // Conditions without a rule are an error to the server.
    for line in std::mem::take(&mut reading.conditions) {
        reading.all(&line, rewrite::ORDER);
    }
    reading.context.is_empty().then(|| tied(reading.entries, &reading.url))
}

impl Reading<'_> {
    fn everything(&self) -> Reach {
        Reach::Below(self.url.as_bytes().into())
    }

    /// Returns the text of a line, with the sections around it.
    fn said(&self, said: &str) -> String {
        self.context.iter().map(String::as_str).chain([said]).collect::<Vec<_>>().join("\n")
    }

    /// Adds a line that bears on everything, or on the files of the section around it.
    fn all(&mut self, line: &Line, order: impl Into<Cow<'static, str>>) {
        let said = self.said(&line.said());
        let entry = match self.names.last() {
            Some(names) => {
                let lists = (!line.directive().starts_with("header")).then(|| Reach::Listings(names.clone()));
                Entry::on(said, line.number, order, named(names).into_iter().chain(lists).collect())
            }
            None => Entry::on_all(said, line.number, order, self.everything()),
        };
        self.entries.push(Entry { shown: line.said(), ..entry });
    }

    fn on(&mut self, line: &Line, order: &'static str, reaches: Option<Vec<Reach>>, status: Option<u16>) {
        match reaches.filter(|_| self.names.is_empty()) {
            None => self.all(line, order),
            Some(reaches) => {
                let entry = Entry::on(self.said(&line.said()), line.number, order, reaches);
                self.entries.push(Entry { shown: line.said(), status, ..entry });
            }
        }
    }

    /// Opens a section, or takes one that is not looked into as a whole.
    fn open(&mut self, line: &Line, rest: &mut impl Iterator<Item = Line>) -> Option<()> {
        if self.context.len() >= DEEPEST {
            return None;
        }
        let name = line.directive().trim_start_matches('<').trim_end_matches('>').to_owned();
        let argument = line.words.last()?.strip_suffix('>')?.to_owned();
        let arguments: Vec<&str> = line.words.iter().skip(1).map(String::as_str).collect();
        let argument = if argument.is_empty() { arguments.iter().rev().nth(1).copied()? } else { &argument };
        let names = match (&*name, arguments.len()) {
            ("files", n) if n > 1 && arguments[0] == "~" => Names::of_expression(self.directory, argument.as_bytes()),
            ("files", _) => Names::of_wildcards(self.directory, argument.as_bytes()),
            ("filesmatch", _) => Names::of_expression(self.directory, argument.as_bytes()),
            ("ifmodule" | "ifdefine" | "ifversion", _) => {
                self.context.push(line.said());
                return Some(());
            }
            _ => None,
        };
        if let Some(names) = names {
            self.context.push(line.said());
            self.names.push(names);
            return Some(());
        }
        // The lines up to its end are one entry.
        let (mut depth, mut said) = (1, vec![line.said()]);
        for inner in rest {
            let directive = inner.directive();
            depth =
                if directive.starts_with("</") { depth - 1 } else { depth + usize::from(directive.starts_with('<')) };
            said.push(inner.said());
            if depth == 0 {
                let whole = self.said(&said.join("\n"));
                let entry = Entry::on_all(whole, line.number, "sections", self.everything());
                self.entries.push(Entry { shown: line.said(), ..entry });
                return Some(());
            }
        }
        None
    }

    fn close(&mut self, directive: &str) -> Option<()> {
        let open = self.context.pop()?;
        let name = directive.trim_start_matches("</").trim_end_matches('>').trim();
        let is_it = open.trim_start_matches('<').split([' ', '>']).next() == Some(name);
        if name.starts_with("files") {
            self.names.pop();
        }
        is_it.then_some(())
    }

    fn directive(&mut self, line: &Line) {
        let directive = line.directive();
        match &*directive {
            "redirect" | "redirectpermanent" | "redirecttemp" | "redirectmatch" => self.redirect(line, &directive),
            "rewritecond" => self.conditions.push(line.clone()),
            "rewriterule" => self.rule(line),
            "rewriteengine" => self.all(line, "rewriteengine"),
            "rewritebase" => self.all(line, "rewritebase"),
            "rewriteoptions" => self.all(line, "rewriteoptions"),
            "errordocument" => self.error_document(line),
            "header" => self.all(line, if self.names.is_empty() { "header" } else { "header of files" }),
            "addtype" | "addencoding" | "addcharset" | "addlanguage" | "addhandler" | "addoutputfilter"
            | "removetype" | "removeencoding" | "removehandler" | "removecharset" | "forcetype" => {
                self.all(line, "types");
            }
            "setenv" | "setenvif" | "setenvifnocase" | "setenvifexpr" | "browsermatch" | "browsermatchnocase"
            | "unsetenv" | "passenv" => self.all(line, "environment"),
            // Directives of different names do not mind each other's place.
            _ => self.all(line, directive),
        }
    }

    fn rule(&mut self, line: &Line) {
        let conditions = std::mem::take(&mut self.conditions);
        let said: Vec<String> = conditions.iter().chain([line]).map(Line::said).collect();
        let rule = rewrite::rule(line, &conditions, &self.url);
        let (said, number) = (self.said(&said.join("\n")), line.number);
        let entry = match rule.reaches.filter(|_| self.names.is_empty()) {
            None => Entry::on_all(said, number, rewrite::ORDER, self.everything()),
            Some(reaches) if rule.status.is_some() => Entry::on(said, number, rewrite::ORDER, with_lists(reaches)),
            Some(reaches) => Entry::on(said, number, rewrite::ORDER, reaches),
        };
        self.entries.push(Entry {
            shown: line.said(),
            target: rule.target,
            page: rule.page,
            status: rule.status,
            ..entry
        });
    }

    /// `Redirect` is for a path and all below it, `RedirectMatch` for what an expression matches.
    fn redirect(&mut self, line: &Line, directive: &str) {
        let arguments = line.arguments();
        let (status, path) = match (directive, &arguments[..]) {
            ("redirectpermanent", [path, _]) => (Some(301), *path),
            ("redirect" | "redirectmatch", [status, path, _]) => (status_of(status).filter(|s| *s / 100 == 3), *path),
            ("redirect" | "redirectmatch", [status, path]) if status_of(status).is_some() => {
                (status_of(status).filter(|s| *s / 100 != 3), *path)
            }
            ("redirect" | "redirectmatch" | "redirecttemp", [path, _]) => (Some(302), *path),
            _ => (None, ""),
        };
        let is_plain = status.is_some() && !line.said().contains("${");
        let reaches = if !is_plain {
            None
        } else if directive == "redirectmatch" {
            pattern::of_expression(path.as_bytes(), b"", false)
        } else {
            path.starts_with('/').then(|| path_and_below(path)).flatten()
        };
        // It bears on the directory at most.
        let reaches = reaches.filter(|reaches| {
            let holds = |reach: &Reach| matches!(reach, Reach::Below(below) if self.url.as_bytes().starts_with(below));
            !reaches.iter().any(holds)
        });
        let refused = status.filter(|status| *status >= 400);
        let reaches = reaches.map(|reaches| if refused.is_some() { with_lists(reaches) } else { reaches });
        self.on(line, "redirect", reaches, refused);
    }

    /// The page of an error is the answer under whatever URL has that error. Where nothing is found, these age out by themselves.
    fn error_document(&mut self, line: &Line) {
        let of_nothing_found = line.arguments().len() == 2 && line.arguments()[0] == "404";
        let reaches = of_nothing_found.then(Vec::new);
        self.on(line, "errordocument", reaches, None);
    }
}

/// The files of a section, and the one that it names, whether it is there or not.
fn named(names: &Names) -> Vec<Reach> {
    let one = names.path().map(|path| Reach::Path(path.into()));
    [Reach::Names(names.clone())].into_iter().chain(one).collect()
}

/// Returns a path and all below it; nothing for the web root.
fn path_and_below(path: &str) -> Option<Vec<Reach>> {
    let below = |path: &str| Reach::Below(path.as_bytes().into());
    match path.strip_suffix('/') {
        Some("") => None,
        Some(_) => Some(vec![below(path)]),
        None => Some(vec![Reach::Path(path.as_bytes().into()), below(&format!("{path}/"))]),
    }
}

/// Returns the status that a word means, as `Redirect` has it.
fn status_of(word: &str) -> Option<u16> {
    match &*word.to_ascii_lowercase() {
        "permanent" => Some(301),
        "temp" => Some(302),
        "seeother" => Some(303),
        "gone" => Some(410),
        number => number.parse().ok().filter(|status| (100..600).contains(status)),
    }
}
