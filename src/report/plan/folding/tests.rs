//! Which rows are opened, which are folded, and that they always add up.

use proptest::prelude::*;

use super::*;
use crate::mapping::Kind;
use crate::report::plan::rows::in_order;

/// Leaves of these paths in the order of the rows, each with two URLs; all are modified.
fn leaves(paths: &[&str]) -> Vec<Leaf> {
    let leaf = |(number, path): (usize, &&str)| {
        let mut kinds = Kinds::default();
        kinds.add(Kind::Url);
        kinds.add(Kind::Url);
        let owner = Owner::Path(u32::try_from(number).unwrap());
        Leaf { owner, path: path.as_bytes().into(), entry: None, status: Status::Modified, kinds, scope: None }
    };
    let mut leaves: Vec<Leaf> = paths.iter().enumerate().map(leaf).collect();
    leaves.sort_by(in_order);
    leaves
}

/// The rows as text: `blog/ 3`, `and 4`.
fn said(nodes: &[Node<'_>]) -> Vec<String> {
    let said = |node: &Node<'_>| match node {
        Node::Leaf(leaf) => leaf.label(),
        Node::Folded(folded) => format!("{} {}", String::from_utf8_lossy(folded.path), folded.sum.files),
        Node::More(sum) => format!("and {}", sum.files),
    };
    nodes.iter().map(said).collect()
}

#[test]
fn the_home_page_comes_first_and_files_before_the_directories_beside_them() {
    let all = leaves(&["a/z.html", "a/b/c.html", "z.css", "index.html", "a.css", "a/index.html", "index.d/x"]);
    let want = ["index.html", "a.css", "z.css", "a/index.html", "a/z.html", "a/b/c.html", "index.d/x"];
    assert_eq!(said(&fold(&all, 20)), want);
}

#[test]
fn what_takes_the_fewest_rows_is_opened_first_and_equals_together() {
    let all = leaves(&["i.html", "a/1", "a/2", "b/c/1", "b/c/2", "b/c/3", "d/e/f/1", "d/e/f/2"]);
    for (most, want) in [
        (8, &["i.html", "a/1", "a/2", "b/c/1", "b/c/2", "b/c/3", "d/e/f/1", "d/e/f/2"][..]),
        (7, &["i.html", "a/1", "a/2", "b/c/ 3", "d/e/f/1", "d/e/f/2"]),
        (6, &["i.html", "a/1", "a/2", "b/c/ 3", "d/e/f/1", "d/e/f/2"]),
        (5, &["i.html", "a/ 2", "b/c/ 3", "d/e/f/ 2"]),
        (4, &["i.html", "a/ 2", "b/c/ 3", "d/e/f/ 2"]),
        (3, &["i.html", "b/c/ 3", "and 4"]),
        (2, &["i.html", "and 7"]),
        (1, &["and 8"]),
    ] {
        assert_eq!(said(&fold(&all, most)), want, "{most}");
    }
}

#[test]
fn the_entries_of_one_file_are_folded_like_a_directory() {
    let mut all = leaves(&["_redirects", "_redirects", "_redirects", "a"]);
    for (number, leaf) in all.iter_mut().take(3).enumerate() {
        leaf.owner = Owner::Entry(u32::try_from(number).unwrap());
        leaf.entry = Some(format!("/{number}").into());
    }
    assert_eq!(said(&fold(&all, 9)), ["_redirects: /0", "_redirects: /1", "_redirects: /2", "a"]);
    let folded = fold(&all, 3);
    let Node::Folded(one) = &folded[0] else { panic!("{folded:?}") };
    assert_eq!((one.path, one.sum.entries, one.sum.kinds.total()), (&b"_redirects"[..], 3, 6));
}

proptest! {
    #[test]
    fn rows_fit_and_add_up_whatever_changed(
        paths in prop::collection::btree_set("[ab]{1,2}(/[abc]{1,2}){0,4}/?", 1..60), most in 1usize..30
    ) {
        let all = leaves(&paths.iter().map(String::as_str).collect::<Vec<_>>());
        let nodes = fold(&all, most);
        prop_assert!(nodes.len() <= most, "{:?}", said(&nodes));
        let mut sum = Sum::default();
        for node in &nodes {
            sum = sum.and(node.sum());
        }
        prop_assert_eq!((sum.files, sum.kinds.total()), (all.len(), 2 * all.len()));
    }
}
