//! An explanation for people.

use std::io::{self, Write};

use super::report::{Explained, PathExplained, UrlExplained};
use crate::config::{On, Scope};
use crate::display::{counted, line, shown};
use crate::mapping::Answer;
use crate::report::how::how;

/// Writes one site's answer.
///
/// # Errors
/// When `out` cannot be written.
pub fn human(out: &mut dyn Write, explained: &Explained<'_>) -> io::Result<()> {
    match explained {
        Explained::Path(path) => path.human(out),
        Explained::Url(url) => url.human(out),
    }
}

impl PathExplained<'_> {
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        let (path, revision) = (shown(self.path), shown(self.to.spec.as_bytes()));
        let id = self.to.short_id();
        if self.explanation.ignored {
            writeln!(out, "{}: {path} is ignored: nothing is purged for it", self.site)?;
        } else if self.explanation.answers.is_empty() {
            let there = if self.exists { "is" } else { "would be" };
            writeln!(out, "{}: {path} {there} in {revision} ({id}), and the rules give it no URL", self.site)?;
        } else if self.exists {
            writeln!(out, "{}: {path} is in {revision} ({id}), and answers under", self.site)?;
        } else {
            writeln!(out, "{}: no such file in {revision} ({id}); {path} would answer under", self.site)?;
        }
        self.list(out, &self.explanation.answers)?;
        if let Some(near) = &self.near {
            writeln!(out, "  note: did you mean {}?", shown(near.as_bytes()))?;
        }
        if !self.explanation.further.is_empty() {
            writeln!(out, "  and a change of it also purges")?;
            self.list(out, &self.explanation.further)?;
        }
        self.notes().iter().try_for_each(|note| writeln!(out, "  note: {note}"))
    }

    fn list(&self, out: &mut dyn Write, answers: &[Answer]) -> io::Result<()> {
        let labels: Vec<String> = answers.iter().map(|answer| line(&answer.what.to_string())).collect();
        let width = labels.iter().map(String::len).max().unwrap_or(0);
        for (answer, label) in answers.iter().zip(&labels) {
            writeln!(out, "  {label:width$}  {}", how(&answer.reason, &self.rules))?;
        }
        Ok(())
    }

    fn notes(&self) -> Vec<String> {
        let explanation = &self.explanation;
        let mut notes = Vec::new();
        match explanation.scope {
            Some((Scope::Site, None)) => {
                notes.push(
                    "a change of it purges every URL of the site, or those that its changed entries match".to_owned(),
                );
            }
            Some((Scope::Subtree, None)) => {
                notes.push(
                    "a change of it purges every URL below its directory, or those that its changed entries match"
                        .to_owned(),
                );
            }
            Some((Scope::None | Scope::Urls | Scope::Everything, None) | (_, Some(_))) | None => {}
        }
        for rule in &explanation.rules {
            if let Some(when) = only_when(rule.on) {
                notes.push(format!("rule {} ({}) is for it when {when}", rule.number, shown(rule.name.as_bytes())));
            }
        }
        if explanation.left_when_deleted {
            let why = "its name holds a content hash: when it is deleted and another takes its place, it stays cached";
            notes.push(format!("{why} (`deleted = \"all\"` purges it)"));
        }
        if explanation.last {
            notes.push("it is purged when all others have been".to_owned());
        }
        notes
    }
}

impl UrlExplained<'_> {
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        let (url, revision) = (shown(self.url.as_bytes()), shown(self.to.spec.as_bytes()));
        let Some(files) = &self.files else {
            return writeln!(out, "{}: {url} is below none of the site's base URLs", self.site);
        };
        let id = self.to.short_id();
        if files.is_empty() {
            return writeln!(out, "{}: no file of {revision} ({id}) is behind {url}", self.site);
        }
        writeln!(out, "{}: behind {url} can be {} of {revision} ({id})", self.site, counted(files.len(), "file"))?;
        for file in files {
            writeln!(out, "  - {}  {}", shown(&file.path), how(&file.reason, &self.rules))?;
        }
        // A rule that knows the query string has been found by it.
        if self.url.contains('?') && files.iter().all(|file| file.reason.rule().is_none()) {
            writeln!(
                out,
                "  note: with its query string it is a cache key of its own, which no purge of a URL list reaches"
            )?;
        }
        Ok(())
    }
}

/// Names the kinds of change that a rule is for, where these are not all.
fn only_when(on: On) -> Option<String> {
    let kinds = [(on.added, "added"), (on.modified, "modified"), (on.deleted, "deleted")];
    let words: Vec<&str> = kinds.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
    (words.len() < kinds.len()).then(|| words.join(" or "))
}
