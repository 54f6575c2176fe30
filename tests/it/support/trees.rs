//! Made-up trees of files and links, committed without touching the disk.

use std::collections::BTreeMap;
use std::process::Stdio;

use proptest::prelude::*;

use super::{Repo, git};

/// What a path of a made-up tree is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    File(String),
    Link(String),
}

pub(crate) type Tree = BTreeMap<String, Node>;

/// Commits trees as `t0`, `t1`, … without touching the disk.
pub(crate) fn import(repo: &Repo, trees: &[&Tree]) {
    use std::io::Write as _;
    let mut child = git(repo.path()).args(["fast-import", "--quiet"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut stream = std::io::BufWriter::new(child.stdin.take().unwrap());
    for (i, tree) in trees.iter().enumerate() {
        let head = "committer a <a@example.com> 1700000000 +0000\ndata 1\nx\ndeleteall";
        writeln!(stream, "commit refs/heads/t{i}\n{head}").unwrap();
        for (path, node) in *tree {
            let (mode, data) = match node {
                Node::File(content) => ("100644", content),
                Node::Link(target) => ("120000", target),
            };
            writeln!(stream, "M {mode} inline {path}\ndata {}\n{data}", data.len()).unwrap();
        }
    }
    drop(stream);
    assert!(child.wait().unwrap().success());
}

/// Two trees, the second one a few edits away, so that much of it is equal.
pub(crate) fn two_trees() -> impl Strategy<Value = (Tree, Tree)> {
    let name = || prop_oneof![8 => "[a-c]", 2 => "[a-c]\\.html", 2 => "[a-c]-", 1 => "index\\.html"];
    let path = move || proptest::collection::vec(name(), 1..4).prop_map(|segments| segments.join("/"));
    let component = prop_oneof![6 => name(), 4 => Just("..".to_owned()), 1 => Just(".".to_owned())];
    let target = (proptest::collection::vec(component, 1..4), 0..24u8).prop_map(|(components, odd)| {
        let target = components.join("/");
        match odd {
            0 => format!("/{target}"),
            1 | 2 => format!("{target}/"),
            3 => target.replace('/', "//"),
            _ => target,
        }
    });
    let node = move || prop_oneof![1 => "[0-2]".prop_map(Node::File), 1 => target.clone().prop_map(Node::Link)];
    let edit = (path(), proptest::option::weighted(0.7, node()));
    let tree = proptest::collection::btree_map(path(), node(), 0..10);
    (tree, proptest::collection::vec(edit, 1..4)).prop_map(|(old, edits)| {
        let mut new = old.clone();
        for (path, node) in edits {
            new.remove(&path);
            new.extend(node.map(|node| (path, node)));
        }
        (without_files_above_others(old), without_files_above_others(new))
    })
}

/// A path cannot be both file and directory.
fn without_files_above_others(tree: Tree) -> Tree {
    let paths: Vec<String> = tree.keys().cloned().collect();
    let below = |path: &str| paths.iter().any(|other| other.starts_with(&format!("{path}/")));
    tree.into_iter().filter(|(path, _)| !below(path)).collect()
}
