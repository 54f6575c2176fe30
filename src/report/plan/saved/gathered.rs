//! The changes of a plan that is read back: those that its reasons are about, each once, in the order in which they are met.

use std::collections::{BTreeMap, HashMap};

use crate::changes::{Change, Changes, DirectoryChange, EntryChange, RewriteOf, Status};
use crate::hosting::{Difference, Readers, Rewrite};
use crate::mapping::Reason;
use crate::report::plan::document::ReasonDocument;

/// The changes, and where each stands among them.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) changes: Changes,
    paths: HashMap<(Box<[u8]>, Status), u32>,
    directories: HashMap<(Box<[u8]>, Status), u32>,
    entries: BTreeMap<EntryChange, u32>,
    rewrites: BTreeMap<RewriteOf, u32>,
}

impl Gathered {
    /// Makes a reason, and keeps its change; `None` for one that says too little.
    pub(super) fn reason(&mut self, document: &ReasonDocument<'_>) -> Option<Reason> {
        if document.always {
            return Some(Reason::Always);
        }
        if document.asked {
            return Some(Reason::Asked);
        }
        if let Some(changed) = document.changed {
            return Some(Reason::Cover(changed, document.unchanged));
        }
        let (path, status, twin) = (document.path.bytes()?, document.status?, document.twin());
        if document.directory {
            return Some(Reason::Directory(self.directory(path, status)?, document.form?, twin));
        }
        if let (Some(entry), Some(file)) = (&document.entry, &document.file) {
            let rewrite = Rewrite {
                entry: (**entry).into(),
                scope: document.scope,
                reaches: Vec::new(),
                page: None,
                readers: Readers::All,
            };
            let entry = self.rewrite(RewriteOf { file: file.bytes()?, rewrite })?;
            return Some(Reason::Rewrite(self.path(path, status)?, entry, twin));
        }
        if let Some(entry) = &document.entry {
            let difference = Difference { entry: (**entry).into(), scope: document.scope, ..Difference::default() };
            return Some(Reason::Entry(self.entry(EntryChange { file: path, status, difference })?, twin));
        }
        let index = self.path(path, status)?;
        Some(match (document.form, document.scope, document.rule, document.paths) {
            (Some(form), None, rule, None) => Reason::Path(index, form, twin, rule),
            (None, Some(scope), rule, None) => Reason::SideEffect(index, scope, rule),
            (None, None, Some(rule), Some(paths @ 1..)) => Reason::Rule(rule, index, paths),
            (None, None, Some(rule), None) => Reason::Template(index, twin, rule),
            _ => return None,
        })
    }

    fn path(&mut self, path: Box<[u8]>, status: Status) -> Option<u32> {
        let next = u32::try_from(self.changes.paths.len()).ok()?;
        Some(*self.paths.entry((path, status)).or_insert_with_key(|(path, status)| {
            self.changes.paths.push(Change { path: path.clone(), status: *status, leads_elsewhere: false });
            next
        }))
    }

    fn entry(&mut self, entry: EntryChange) -> Option<u32> {
        let next = u32::try_from(self.changes.entries.len()).ok()?;
        Some(*self.entries.entry(entry).or_insert_with_key(|entry| {
            self.changes.entries.push(entry.clone());
            next
        }))
    }

    fn rewrite(&mut self, rewrite: RewriteOf) -> Option<u32> {
        let next = u32::try_from(self.changes.rewrites.len()).ok()?;
        Some(*self.rewrites.entry(rewrite).or_insert_with_key(|rewrite| {
            self.changes.rewrites.push(rewrite.clone());
            next
        }))
    }

    fn directory(&mut self, path: Box<[u8]>, status: Status) -> Option<u32> {
        let next = u32::try_from(self.changes.directories.len()).ok()?;
        Some(*self.directories.entry((path, status)).or_insert_with_key(|(path, status)| {
            self.changes.directories.push(DirectoryChange { path: path.clone(), status: *status });
            next
        }))
    }
}
