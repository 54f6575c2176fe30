//! No circles among the files of a folder, kept by reading their sources.
//!
//! [`crate::layers`] holds the folders to one direction. Inside of a folder any order is fine, as long as there is one: of its
//! files, its subfolders and its `mod.rs`, none imports what imports it, be it through others. A name that a `mod.rs` passes on
//! (`pub use`) is taken from the file that defines it, and passing it on is no import.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::layers::{code, sources};

/// A module's path below the crate; that of `src/changes/walk.rs` is `changes`, `walk`.
type Module = Vec<String>;

/// One path that a file names.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Import {
    /// As it is written: `super`, `walk`, `Walk`.
    path: Vec<String>,
    /// Its name in the file, where a `use` at the top gives it one.
    name: Option<String>,
    /// The `use` has a visibility.
    is_passed_on: bool,
}

/// The imports of each file, by its module.
struct Tree(BTreeMap<Module, Vec<Import>>);

/// `changes/walk.rs` is `changes::walk`, and `changes/mod.rs` is `changes`.
fn module(file: &str) -> Module {
    let plain = file.trim_end_matches(".rs");
    plain.strip_suffix("/mod").unwrap_or(plain).split('/').map(str::to_owned).collect()
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Takes the tree of a `use` apart: `a::{b, c::D as E}` is `a::b` as `b`, and `a::c::D` as `E`.
fn taken_apart(tree: &str, before: &[&str], found: &mut Vec<(Vec<String>, String)>) {
    if let Some((head, group)) = tree.split_once('{') {
        let mut path = before.to_vec();
        path.extend(head.trim().split("::").filter(|part| !part.is_empty()));
        let (mut depth, mut start) = (0usize, 0);
        let group = &group[..group.rfind('}').unwrap_or(group.len())];
        for (at, c) in group.char_indices().chain([(group.len(), ',')]) {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    taken_apart(&group[start..at], &path, found);
                    start = at + 1;
                }
                _ => {}
            }
        }
        return;
    }
    let (path, name) = tree.split_once(" as ").map_or((tree, None), |(path, name)| (path, Some(name)));
    let path = path.trim();
    if !path.is_empty() {
        let mut path: Vec<String> = before.iter().copied().chain(path.split("::")).map(str::to_owned).collect();
        path.pop_if(|last| last == "self");
        let name = name.map_or_else(|| path.last().cloned().unwrap_or_default(), |name| name.trim().to_owned());
        found.push((path, name));
    }
}

/// Returns every path that a file names, in a `use` or elsewhere. `code` is without comments and tests.
fn imports(code: &str) -> Vec<Import> {
    let mut imports = Vec::new();
    let mut rest = String::new();
    let mut lines = code.lines();
    while let Some(line) = lines.next() {
        let visible = line.trim_start().strip_prefix("pub").map(|l| l.trim_start_matches(|c| c != ' ').trim_start());
        let plain = visible.unwrap_or(line.trim_start());
        let Some(tree) = plain.strip_prefix("use ") else {
            // `pub(in crate::snapshot)` imports nothing.
            rest.push_str(&line.replace("pub(in crate::", "pub("));
            rest.push('\n');
            continue;
        };
        let mut tree = tree.to_owned();
        while !tree.contains(';') {
            let Some(next) = lines.next() else { break };
            tree.push(' ');
            tree.push_str(next.trim());
        }
        let mut found = Vec::new();
        taken_apart(tree.split(';').next().unwrap(), &[], &mut found);
        let is_at_the_top = line.trim_start() == line;
        imports.extend(found.into_iter().map(|(path, name)| Import {
            path,
            name: is_at_the_top.then_some(name),
            is_passed_on: visible.is_some(),
        }));
    }
    imports.extend(paths(&rest).map(|path| Import { path, name: None, is_passed_on: false }));
    imports
}

/// Returns the paths of at least two parts that stand in the code.
fn paths(code: &str) -> impl Iterator<Item = Vec<String>> {
    code.split(|c: char| !is_part(c) && c != ':' && c != '.').filter_map(|word| {
        let path = word.trim_matches(':').split("::");
        let path: Vec<String> = path.map(|part| part.trim_matches(':').to_owned()).collect();
        (path.len() > 1 && !word.starts_with(['.', ':']) && path.iter().all(|part| !part.is_empty())).then_some(path)
    })
}

impl Tree {
    fn new<'f>(files: impl IntoIterator<Item = (&'f str, String)>) -> Tree {
        Tree(files.into_iter().map(|(file, code)| (module(file), imports(&code))).collect())
    }

    /// Returns true for a module of the crate, and for a folder without a file.
    fn has(&self, module: &[String]) -> bool {
        self.0.keys().any(|known| known.starts_with(module))
    }

    /// Returns the module that defines what a path in `from` names; `None` for what is not of the crate.
    fn resolve(&self, from: &[String], path: &[String], steps: usize) -> Option<Module> {
        let (first, rest) = path.split_first()?;
        let mut at = match first.as_str() {
            "crate" => Vec::new(),
            "self" => from.to_vec(),
            "super" => from[..from.len().saturating_sub(1)].to_vec(),
            _ => {
                let child = [from, std::slice::from_ref(first)].concat();
                if !self.has(&child) {
                    return None;
                }
                child
            }
        };
        for (i, name) in rest.iter().enumerate() {
            at.push(name.clone());
            if self.has(&at) {
                continue;
            }
            at.pop();
            let imports = self.0.get(&at).into_iter().flatten().filter(|_| steps > 0);
            for import in imports.filter(|import| import.name.is_some()) {
                if import.name.as_ref() == Some(name) {
                    let behind = [&import.path[..], &rest[i + 1..]].concat();
                    return self.resolve(&at, &behind, steps - 1).or(Some(at));
                }
            }
            break;
        }
        Some(at)
    }

    /// Returns for each folder which of its files and subfolders imports which other, and one path by which it does.
    fn ties(&self) -> BTreeMap<Module, BTreeMap<(String, String), String>> {
        let mut ties: BTreeMap<Module, BTreeMap<(String, String), String>> = BTreeMap::new();
        for (from, imports) in &self.0 {
            let is_folder = self.0.keys().any(|known| known != from && known.starts_with(from));
            for import in imports.iter().filter(|import| !(is_folder && import.is_passed_on)) {
                let Some(to) = self.resolve(from, &import.path, 9) else { continue };
                let depth = from.iter().zip(&to).take_while(|(one, two)| one == two).count();
                let part = |module: &Module| module.get(depth).cloned().unwrap_or_else(|| "mod".to_owned());
                let (one, two) = (part(from), part(&to));
                // At the root, the flow of the folders is kept elsewhere.
                if depth > 0 && one != two {
                    let folder = ties.entry(from[..depth].to_vec()).or_default();
                    folder.entry((one, two)).or_insert_with(|| import.path.join("::"));
                }
            }
        }
        ties
    }

    /// Returns the ties of all circles, one text for each folder that has any.
    fn circles(&self) -> BTreeMap<String, String> {
        let mut circles = BTreeMap::new();
        for (folder, ties) in self.ties() {
            let mut reached: BTreeSet<(String, String)> = ties.keys().cloned().collect();
            loop {
                let behind = |(a, b): &(String, String)| {
                    let next = reached.iter().filter(|(c, _)| c == b).map(|(_, d)| (a.clone(), d.clone()));
                    next.collect::<Vec<_>>()
                };
                let more: BTreeSet<_> =
                    reached.iter().flat_map(behind).filter(|pair| !reached.contains(pair)).collect();
                if more.is_empty() {
                    break;
                }
                reached.extend(more);
            }
            let goes_back = |(a, b): &(String, String)| reached.contains(&(b.clone(), a.clone()));
            let told = ties.iter().filter(|(pair, _)| goes_back(pair));
            let told: Vec<String> = told.map(|((a, b), path)| format!("{a} imports {b} ({path})")).collect();
            if !told.is_empty() {
                circles.insert(folder.join("/"), told.join(", "));
            }
        }
        circles
    }
}

#[test]
fn no_files_of_a_folder_import_each_other_in_a_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files: Vec<(String, String)> = sources()
        .into_iter()
        .map(|(_, path)| (path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned(), path))
        .filter(|(file, _)| !["lib.rs", "main.rs"].contains(&&**file) && !file.contains("/tests"))
        .map(|(file, path)| (file, code(&path)))
        .collect();
    let circles = Tree::new(files.iter().map(|(file, code)| (file.as_str(), code.clone()))).circles();
    let told: Vec<String> = circles.iter().map(|(folder, told)| format!("src/{folder}: {told}")).collect();
    assert!(told.is_empty(), "give what both need a file of its own, that both import:\n{}", told.join("\n"));
}

#[test]
fn a_circle_is_noticed_in_every_spelling() {
    for (files, want) in [
        (
            &[("x/a.rs", "use super::b::B;"), ("x/b.rs", "use crate::x::a::A;")][..],
            "a imports b (super::b::B), b imports a (crate::x::a::A)",
        ),
        (
            &[("x/a.rs", "use super::{b::{self, C}, d};"), ("x/b.rs", "fn f() { super::a::f() }")],
            "a imports b (super::b), b imports a (super::a::f)",
        ),
        // Through a third, and through what `mod.rs` passes on.
        (
            &[
                ("x/mod.rs", "mod a;\npub use self::a::{\n    A as One,\n    B,\n};\npub(super) use c::C;"),
                ("x/a.rs", "#[error(\"{}\", super::b::MOST)]"),
                ("x/b.rs", "use super::C;"),
                ("x/c.rs", "use crate::x::One;"),
            ],
            "a imports b (super::b::MOST), b imports c (super::C), c imports a (crate::x::One)",
        ),
        // A type of `mod.rs` itself, which uses the file.
        (
            &[
                ("x/mod.rs", "pub struct X;\nfn f() { a::f() }"),
                ("x/a.rs", "use super::X;"),
                ("x/b.rs", "use super::X;"),
            ],
            "a imports mod (super::X), mod imports a (a::f)",
        ),
        // A folder inside is one of the parts.
        (
            &[("x/y/a.rs", "use crate::x::b::B;"), ("x/y/mod.rs", "pub use a::A;"), ("x/b.rs", "use super::y::A;")],
            "b imports y (super::y::A), y imports b (crate::x::b::B)",
        ),
    ] {
        let tree =
            |files: &[(&'static str, &str)]| Tree::new(files.iter().map(|(file, code)| (*file, (*code).to_owned())));
        assert_eq!(tree(files).circles(), BTreeMap::from([("x".to_owned(), want.to_owned())]), "{files:?}");
        assert_eq!(tree(&files[1..]).circles(), BTreeMap::new(), "{files:?}");
    }
}

#[test]
fn what_is_no_import_makes_no_circle() {
    for files in [
        &[("x/mod.rs", "mod a;\npub use a::A;\npub struct X;"), ("x/a.rs", "use super::X;")][..],
        &[
            ("x/mod.rs", "pub(in crate::x::a) struct X;"),
            ("x/a.rs", "use super::X;\nuse std::fmt;\nlet b = c.b::<u8>();"),
        ],
        &[("x/a.rs", "use crate::y::b::B;"), ("y/b.rs", "use crate::x::c::C;"), ("x/c.rs", "pub struct C;")],
        &[("x/a.rs", "use super::b::B;"), ("x/b.rs", "use serde::a;\nlet a = Self::a();")],
    ] {
        let tree = Tree::new(files.iter().map(|(file, code)| (*file, (*code).to_owned())));
        assert_eq!(tree.circles(), BTreeMap::new(), "{files:?}");
    }
}
