//! `diffpurge explain`, for people and for programs.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::config::Form;
use crate::display::{counted, shown};
use crate::encoding::{Spelling, encode_path};
use crate::mapping::{Behind, Explanation, Scope, Twin, Unicode};
use crate::snapshot::SnapshotName;

/// One site's answer about a path.
pub struct PathExplained<'e> {
    /// The site's name.
    pub site: &'e str,
    /// The path, relative to the web root.
    pub path: &'e [u8],
    /// Where it was looked for.
    pub to: &'e SnapshotName,
    /// It is there.
    pub exists: bool,
    /// What is done about it.
    pub explanation: Explanation,
}

/// One site's answer about a URL.
pub struct UrlExplained<'e> {
    /// The site's name.
    pub site: &'e str,
    /// The URL as typed.
    pub url: &'e str,
    /// Where its files were looked for.
    pub to: &'e SnapshotName,
    /// The files; `None` when the URL is not the site's.
    pub files: Option<Vec<Behind>>,
}

/// The word for a form and a twin, where nothing else is said before it.
fn how(form: Form, twin: Twin) -> String {
    let words = [form.words(), twin.words()].concat();
    words.strip_prefix(", ").unwrap_or("as it is").to_owned()
}

impl PathExplained<'_> {
    /// Writes it for people.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        let (path, revision) = (shown(self.path), shown(self.to.spec.as_bytes()));
        let id = self.to.short_id();
        if self.explanation.ignored {
            writeln!(out, "{}: {path} is ignored: nothing is purged for it", self.site)?;
        } else if self.exists {
            writeln!(out, "{}: {path} is in {revision} ({id}), and answers under", self.site)?;
        } else {
            writeln!(out, "{}: no such file in {revision} ({id}); {path} would answer under", self.site)?;
        }
        let width = self.explanation.answers.iter().map(|a| a.url.as_str().len()).max().unwrap_or(0);
        for answer in &self.explanation.answers {
            writeln!(out, "  {:width$}  {}", answer.url.as_str(), how(answer.form, answer.twin))?;
        }
        self.notes().iter().try_for_each(|note| writeln!(out, "  note: {note}"))
    }

    fn notes(&self) -> Vec<&'static str> {
        let explanation = &self.explanation;
        let mut notes = Vec::new();
        match explanation.scope.filter(|_| !explanation.ignored) {
            Some(Scope::Site) => notes.push("a change of it purges every URL of the site"),
            Some(Scope::Subtree) => notes.push("a change of it purges every URL below its directory"),
            None => {}
        }
        if explanation.left_when_deleted {
            notes.push(
                "its name holds a content hash: when it is deleted, it stays cached (`deleted = \"all\"` purges it)",
            );
        }
        if explanation.last {
            notes.push("it is purged when all others have been");
        }
        notes
    }

    /// The same for programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let explanation = &self.explanation;
        let url = |a: &crate::mapping::Answer| with_twin(json!({ "url": a.url.as_str(), "form": a.form }), a.twin);
        json!({
            "site": self.site,
            "path": String::from_utf8_lossy(self.path),
            "revision": { "revision": self.to.spec, "id": self.to.id },
            "exists": self.exists,
            "ignored": explanation.ignored,
            "left_when_deleted": explanation.left_when_deleted,
            "last": explanation.last,
            "scope": explanation.scope,
            "urls": explanation.answers.iter().map(url).collect::<Vec<_>>(),
        })
    }
}

impl UrlExplained<'_> {
    /// Writes it for people.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn human(&self, out: &mut dyn Write) -> io::Result<()> {
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
            writeln!(out, "  - {}  {}", shown(&file.path), how(file.form, file.twin))?;
        }
        if self.url.contains('?') {
            writeln!(
                out,
                "  note: with its query string it is a cache key of its own, which no purge of a URL list reaches"
            )?;
        }
        Ok(())
    }

    /// The same for programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let file = |b: &Behind| {
            let mut file = json!({ "form": b.form });
            if let Ok(path) = std::str::from_utf8(&b.path) {
                file["path"] = json!(path);
            } else {
                let mut encoded = String::new();
                encode_path(&b.path, &mut encoded);
                file["path_encoded"] = json!(encoded);
            }
            with_twin(file, b.twin)
        };
        json!({
            "site": self.site,
            "url": self.url,
            "revision": { "revision": self.to.spec, "id": self.to.id },
            "is_of_site": self.files.is_some(),
            "files": self.files.iter().flatten().map(file).collect::<Vec<_>>(),
        })
    }
}

/// Adds a twin where it is one.
fn with_twin(mut value: Value, twin: Twin) -> Value {
    if twin.spelling != Spelling::Canonical {
        value["spelling"] = json!(twin.spelling);
    }
    if twin.unicode != Unicode::AsIs {
        value["unicode"] = json!(twin.unicode);
    }
    value
}
