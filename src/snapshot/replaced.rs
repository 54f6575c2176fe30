//! Objects that stand in for others: `git replace` keeps them as refs below `refs/replace/`.
//!
//! git reads another commit, tree or blob in place of the one that is named, and libgit2 does not. Ids stay those that were
//! named, as git has it. A repository almost never has such refs, and then nothing is looked up.

use std::collections::HashMap;
use std::path::Path;

use git2::{Object, Oid};

use super::kept_trees::KeptTrees;

/// The directory of the refs. `GIT_REPLACE_REF_BASE` of another place is not honoured.
const REFS: &str = "refs/replace/";

/// Objects that are followed from one that stands in for another, as git follows them (`MAXREPLACEDEPTH` in its `replace-object.h`).
const DEEPEST: usize = 5;

/// The objects that others stand in for.
#[derive(Clone, Default)]
pub(super) struct Replaced(HashMap<Oid, Oid>);

/// The objects of a repository, as git reads them.
pub(super) struct Database<'r> {
    odb: git2::Odb<'r>,
    replaced: &'r Replaced,
    kept: Option<&'r KeptTrees>,
    /// Where the repository is, for who opens it once more.
    directory: &'r Path,
}

impl Replaced {
    /// Reads the refs of a repository.
    pub(super) fn of(repository: &git2::Repository) -> Result<Replaced, git2::Error> {
        if !may_have_some(repository) || !is_wanted(repository)? {
            return Ok(Replaced::default());
        }
        let mut replaced = HashMap::new();
        for found in repository.references_glob(&format!("{REFS}*"))? {
            let found = found?;
            // A ref whose name is no id replaces nothing; git passes over it too.
            let name = found.name().ok().and_then(|name| name.strip_prefix(REFS));
            let from = name.and_then(|name| Oid::from_str_ext(name, repository.object_format()).ok());
            replaced.extend(from.zip(found.target()));
        }
        Ok(Replaced(replaced))
    }

    /// Returns true where nothing is replaced.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the object that is read for one.
    pub(super) fn read_for(&self, id: Oid) -> Result<Oid, git2::Error> {
        let mut now = id;
        for _ in 0..=DEEPEST {
            match self.0.get(&now) {
                Some(other) => now = *other,
                None => return Ok(now),
            }
        }
        Err(git2::Error::from_str(&format!("the replacements of {id} lead to no end: `git replace -l` lists them")))
    }

    /// Returns the revision that a name with `~` and `^` behind it means, where parents may be replaced too; `None` where nothing is
    /// replaced, or the name is of another kind.
    pub(super) fn ancestor<'r>(
        &self,
        repository: &'r git2::Repository,
        spec: &str,
    ) -> Result<Option<Object<'r>>, git2::Error> {
        let Some(at) = spec.find(['~', '^']).filter(|_| !self.is_empty()) else { return Ok(None) };
        let Some(steps) = steps(&spec[at..]) else { return Ok(None) };
        let mut id = repository.revparse_single(&spec[..at])?.peel_to_commit()?.id();
        for parent in steps {
            if let Some(number) = parent.checked_sub(1) {
                id = repository.find_commit(self.read_for(id)?)?.parent_id(number)?;
            }
        }
        repository.find_object(id, None).map(Some)
    }
}

impl<'r> Database<'r> {
    pub(super) fn new(odb: git2::Odb<'r>, replaced: &'r Replaced, directory: &'r Path) -> Database<'r> {
        Database { odb, replaced, kept: None, directory }
    }

    /// Keeps trees there, for whoever reads them again.
    pub(super) fn keeping(self, kept: &'r KeptTrees) -> Database<'r> {
        Database { kept: Some(kept), ..self }
    }

    /// Returns where trees are kept.
    pub(super) fn kept(&self) -> Option<&'r KeptTrees> {
        self.kept
    }

    /// Returns where the repository is.
    pub(super) fn directory(&self) -> &'r Path {
        self.directory
    }

    /// Returns the objects that others stand in for.
    pub(super) fn replaced(&self) -> &'r Replaced {
        self.replaced
    }

    /// Reads an object, or the one that stands in for it.
    pub(super) fn read(&self, id: Oid) -> Result<git2::OdbObject<'_>, git2::Error> {
        self.odb.read(self.replaced.read_for(id)?)
    }

    /// Reads its size and kind.
    pub(super) fn read_header(&self, id: Oid) -> Result<(usize, git2::ObjectType), git2::Error> {
        self.odb.read_header(self.replaced.read_for(id)?)
    }
}

/// Takes `~2^2` apart: the number of the parent for each step, 0 for the revision itself; `None` where it is something else.
fn steps(text: &str) -> Option<Vec<usize>> {
    let mut steps = Vec::new();
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        let behind = &rest[sign.len_utf8()..];
        let (number, left) = behind.split_at(behind.find(|c: char| !c.is_ascii_digit()).unwrap_or(behind.len()));
        let number: usize = if number.is_empty() { 1 } else { number.parse().ok()? };
        match sign {
            '^' => steps.push(number),
            // No history is as long.
            '~' if number < 1 << 24 => steps.extend(std::iter::repeat_n(1, number)),
            _ => return None,
        }
        rest = left;
    }
    Some(steps)
}

/// Returns false where there is no such ref for sure: neither a directory nor a line of the packed ones.
fn may_have_some(repository: &git2::Repository) -> bool {
    let common = repository.commondir();
    common.join(REFS).exists()
        || std::fs::read(common.join("packed-refs"))
            .is_ok_and(|packed| memchr::memmem::find(&packed, REFS.as_bytes()).is_some())
}

/// Returns false where `core.useReplaceRefs` turns them off.
fn is_wanted(repository: &git2::Repository) -> Result<bool, git2::Error> {
    match repository.config()?.get_bool("core.useReplaceRefs") {
        Ok(is_wanted) => Ok(is_wanted),
        Err(e) if e.code() == git2::ErrorCode::NotFound => Ok(true),
        Err(e) => Err(e),
    }
}

#[cfg(test)]
mod tests {
    use super::steps;

    #[test]
    fn steps_back_are_counted_as_git_counts_them() {
        for (text, want) in [
            ("~", Some(vec![1])),
            ("~2", Some(vec![1, 1])),
            ("^", Some(vec![1])),
            ("^2~1", Some(vec![2, 1])),
            ("~0", Some(vec![])),
            ("^0", Some(vec![0])),
            ("^^", Some(vec![1, 1])),
            ("^{commit}", None),
            ("^{tree}", None),
            ("~1:a", None),
            ("~99999999999999999999", None),
            ("~1é", None),
        ] {
            assert_eq!(steps(text), want, "{text}");
        }
    }
}
