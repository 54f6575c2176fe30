//! What a purge writes down of a site's trees: the next comparison reads no tree in which nothing of note lies, and finds the same.

use std::fs;
use std::path::PathBuf;

use diffpurge::changes::{Changes, noted_in};
use diffpurge::config::OutputDir;
use diffpurge::snapshot::Repository;
use proptest::prelude::*;

use crate::changes::changes;
use crate::support::{Node, Repo, Tree, diffpurge, edge, import, two_trees};

/// Plans and purges against an edge that accepts all; what the second purge reads of the first is what is tested.
fn purges(repo: &Repo, edge: &diffpurge::edge::Edge) {
    diffpurge(["purge"]).within(repo).against(edge).run().exits(0);
}

#[test]
fn a_purge_writes_down_which_trees_hold_links_and_the_next_one_reads_no_other_tree() {
    let config = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n";
    let repo = Repo::of(&[("purge.toml", config), ("0.css", "1"), ("index.html", "1"), ("a/b/c/x.css", "1")]);
    // One file of a directory tells that it answers, so that nothing is read for that.
    repo.file("d/0.css", "1").file("d/e/0.css", "1").file("a/b/0.css", "1");
    repo.link("d/e/l", "../../a/b").commit();
    let edge = edge();
    // The first one compares with nothing.
    purges(&repo, &edge);
    repo.file("index.html", "2").commit();
    purges(&repo, &edge);
    let kept = fs::read_dir(repo.path().join(".git/diffpurge/trees")).unwrap().map(|one| one.unwrap().path());
    let files: Vec<PathBuf> = kept.collect();
    assert_eq!(files.len(), 1);
    let text = fs::read_to_string(&files[0]).unwrap();
    let root = repo.git(&["rev-parse", "HEAD^{tree}"]);
    let holding = ["HEAD^{tree}", "HEAD:d", "HEAD:d/e"].map(|tree| repo.git(&["rev-parse", tree]).trim().to_owned());
    assert_eq!(text.lines().nth(3), Some(&*format!("root {}", root.trim())), "the web root is the whole revision");
    let mut listed: Vec<&str> = text.lines().skip(4).collect();
    let mut want: Vec<String> = holding.iter().map(|tree| format!("link {tree}")).collect();
    listed.sort_unstable();
    want.sort_unstable();
    assert_eq!(
        (listed, files[0].file_name().unwrap().to_str()),
        (want.iter().map(String::as_str).collect(), Some(root.trim()))
    );

    // Nothing below `a/b/c` has to be read to know that it holds no link: its tree may even be gone.
    let plan = || diffpurge(["plan", "--no-mark", "HEAD~1"]).within(&repo).run();
    repo.file("index.html", "3").commit();
    let with = plan().exits(0).stdout;
    let tree = repo.git(&["rev-parse", "HEAD:a/b/c"]);
    let object = repo.path().join(".git/objects").join(&tree[..2]).join(tree[2..].trim());
    let aside = repo.path().join("aside");
    fs::rename(&object, &aside).unwrap();
    assert_eq!(plan().exits(0).stdout, with);
    // Without the file it has to be read, and so with one that somebody has changed.
    fs::write(&files[0], text.replace("version 3", "version 4")).unwrap();
    plan().exits(3);
    fs::remove_file(&files[0]).unwrap();
    plan().exits(3);
    fs::rename(&aside, &object).unwrap();
    assert_eq!(plan().exits(0).stdout, with);
}

#[test]
fn a_site_that_did_not_change_is_not_read_at_all_once_it_was_purged() {
    let site = |name: &str| {
        let url = format!("base_urls = [\"https://{name}.example.com/\"]");
        format!("[[site]]\nname = \"{name}\"\noutput = \"sites/{name}\"\n{url}\n")
    };
    let names = ["a", "b", "c"];
    let repo = Repo::of(&[("purge.toml", &names.map(site).concat())]);
    for name in names {
        repo.file(format!("sites/{name}/index.html"), name).file(format!("sites/{name}/x/y/0.css"), name);
    }
    repo.link("sites/b/x/l", "y").commit();
    let edge = edge();
    // The first one compares with nothing.
    purges(&repo, &edge);
    repo.file("sites/a/index.html", "2").commit();
    purges(&repo, &edge);
    let known = fs::read_to_string(
        repo.path().join(".git/diffpurge/trees").join(repo.git(&["rev-parse", "HEAD^{tree}"]).trim()),
    );
    let id = |path: &str| repo.git(&["rev-parse", &format!("HEAD:sites/{path}")]).trim().to_owned();
    let mut roots = names.map(|name| format!("root {}", id(name)));
    let mut linked = ["b", "b/x"].map(|path| format!("link {}", id(path)));
    roots.sort_unstable();
    linked.sort_unstable();
    let known = known.unwrap();
    assert_eq!(known.lines().skip(3).collect::<Vec<_>>(), [&roots[..], &linked[..]].concat());
    repo.file("sites/a/index.html", "3").commit();
    let plan = || diffpurge(["plan", "--format", "urls"]).within(&repo).run().exits(0).stdout;
    let with = plan();
    assert!(with.contains("https://a.example.com/") && !with.contains("https://b.example.com/"), "{with}");
    // That of `b` holds a link, which may lead to something that changed, so that it is looked through for those.
    let trees = ["HEAD:sites/c", "HEAD:sites/c/x", "HEAD:sites/c/x/y", "HEAD:sites/a/x/y"];
    for tree in trees.map(|tree| repo.git(&["rev-parse", tree])) {
        fs::remove_file(repo.path().join(".git/objects").join(&tree[..2]).join(tree[2..].trim())).unwrap();
    }
    assert_eq!(plan(), with);
    // A site alone knows what was written down for all.
    assert_eq!(diffpurge(["plan", "--format", "urls", "--site", "a"]).within(&repo).run().exits(0).stdout, with);
    // Where that is not known, the trees are missed.
    fs::remove_dir_all(repo.path().join(".git/diffpurge/trees")).unwrap();
    diffpurge(["plan", "--format", "urls"]).within(&repo).run().exits(3);
}

#[test]
fn an_apache_site_is_not_listed_for_the_htaccess_files_in_its_directories() {
    let config = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n";
    let repo = Repo::of(&[("purge.toml", config), ("index.html", "1"), ("a/b/0.css", "1"), ("c/d/0.css", "2")]);
    repo.file(".htaccess", "ErrorDocument 404 /404.html\n").file("e/f/.htaccess", "RewriteEngine On\n").commit();
    let edge = edge();
    purges(&repo, &edge);
    repo.file("e/f/.htaccess", "RewriteEngine On\nRewriteRule ^pretty$ /index.html [L]\n").commit();
    purges(&repo, &edge);
    let known = repo.path().join(".git/diffpurge/trees").join(repo.git(&["rev-parse", "HEAD^{tree}"]).trim());
    let id = |path: &str| repo.git(&["rev-parse", path]).trim().to_owned();
    let mut holding = ["HEAD^{tree}", "HEAD:e", "HEAD:e/f"].map(|path| format!("configuration {}", id(path)));
    holding.sort_unstable();
    let text = fs::read_to_string(&known).unwrap();
    assert_eq!(text.lines().skip(4).collect::<Vec<_>>(), holding, "the trees of before are forgotten");

    repo.file("index.html", "2").commit();
    let plan = || diffpurge(["plan", "--format", "urls"]).within(&repo).run();
    let with = plan().exits(0).stdout;
    assert!(with.contains("https://www.example.com/e/f/pretty"), "{with}");
    for tree in ["HEAD:a", "HEAD:a/b", "HEAD:c/d"].map(id) {
        fs::remove_file(repo.path().join(".git/objects").join(&tree[..2]).join(&tree[2..])).unwrap();
    }
    assert_eq!(plan().exits(0).stdout, with);
    fs::remove_file(known).unwrap();
    plan().exits(3);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_is_known_of_an_earlier_root_changes_no_plan((old, new) in two_trees(), (last, _) in two_trees()) {
        let repo = Repo::with(&["--bare"]);
        import(&repo, &[&old, &new, &last]);
        let repository = Repository::open(Some(repo.path())).unwrap();
        let at = |revision| repository.one(revision, &OutputDir::default()).unwrap();
        let compared = |from, to| changes(&repo, from, to, "");
        let fresh = compared("t1", "t2");
        let of_new = compared("t0", "t1").noted;
        let everything = compared("t2", "t1").noted;
        if let (Some(noted), Some(same)) = (&of_new, &everything) {
            let trees = noted_in(&at("t1"), noted).unwrap();
            // However TO was met, its trees with something of note are the same.
            prop_assert_eq!(&trees, &noted_in(&at("t1"), same).unwrap());
            at("t1").learn_noted_trees(&trees);
            repository.remember_trees().unwrap();
            let read = Repository::open(Some(repo.path())).unwrap();
            let read = read.one("t1", &OutputDir::default()).unwrap().noted_trees();
            prop_assert_eq!(read.as_deref(), Some(&trees));
            let known = compared("t1", "t2");
            if let (Some(noted), Some(known)) = (&fresh.noted, &known.noted) {
                prop_assert_eq!(noted_in(&at("t2"), noted).unwrap(), noted_in(&at("t2"), known).unwrap());
            }
            prop_assert_eq!(Changes { noted: None, ..known }, Changes { noted: None, ..fresh });
        }
    }

    #[test]
    fn every_configuration_file_below_one_in_the_root_is_found_whatever_is_known(
        (mut old, mut new) in two_trees(),
        htaccess in proptest::collection::vec(("[a-c](/[a-c]){0,2}", any::<[bool; 2]>()), 0..4),
        links in 0..3usize,
    ) {
        for tree in [&mut old, &mut new] {
            thin_out(tree, links);
            tree.insert(".htaccess".to_owned(), rewrite("root"));
            // So that something changed whatever else did.
            tree.insert("zz".to_owned(), Node::File("1".to_owned()));
        }
        new.insert("zz".to_owned(), Node::File("2".to_owned()));
        for (directory, is_in) in &htaccess {
            for (tree, _) in [&mut old, &mut new].into_iter().zip(is_in).filter(|(_, is_in)| **is_in) {
                if !tree.keys().any(|path| format!("{directory}/").starts_with(&format!("{path}/"))) {
                    tree.insert(format!("{directory}/.htaccess"), rewrite(directory));
                }
            }
        }
        let repo = Repo::with(&["--bare"]);
        import(&repo, &[&old, &new, &Tree::new()]);
        // Beside nothing, every directory is walked.
        let all = changes(&repo, "t2", "t1", "").rewrites;
        let compared = || changes(&repo, "t0", "t1", "").rewrites;
        prop_assert_eq!(&compared(), &all);
        let repository = Repository::open(Some(repo.path())).unwrap();
        let at = repository.one("t0", &OutputDir::default()).unwrap();
        at.learn_noted_trees(&noted_in(&at, &changes(&repo, "t2", "t0", "").noted.unwrap()).unwrap());
        repository.remember_trees().unwrap();
        prop_assert_eq!(&compared(), &all);
    }
}

/// A file that answers with another one under a name of its own.
fn rewrite(name: &str) -> Node {
    Node::File(format!("RewriteEngine On\nRewriteRule ^of-{}$ /zz [L]\n", name.replace('/', "-")))
}

/// Leaves a tree this many links.
fn thin_out(tree: &mut Tree, links: usize) {
    let all: Vec<String> =
        tree.iter().filter(|(_, node)| matches!(node, Node::Link(_))).map(|(path, _)| path.clone()).collect();
    for path in all.iter().skip(links) {
        tree.insert(path.clone(), Node::File("link".to_owned()));
    }
}
