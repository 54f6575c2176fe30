//! The comparison of two snapshots, judged by git itself and by brute force.

use std::collections::{BTreeMap, BTreeSet};

use diffpurge::changes::{Changes, Noted, Status, compare};
use diffpurge::config::Config;
use diffpurge::snapshot::Repository;
use proptest::prelude::*;

use crate::support::{Repo, git};

#[track_caller]
pub(crate) fn changes(repo: &Repo, from: &str, to: &str, output: &str) -> Changes {
    let text = format!("[[site]]\nname = \"x\"\nbase_urls = [\"https://x.example/\"]\noutput = \"{output}\"\n");
    let site = Config::parse(&text, "purge.toml").unwrap().sites.remove(0);
    let repository = Repository::open(Some(repo.path())).unwrap();
    let (from, to) = (repository.one(from, &site.output).unwrap(), repository.one(to, &site.output).unwrap());
    compare(&from, &to, site.symlinks, &site.rules).unwrap()
}

pub(crate) fn said(changes: &Changes) -> Vec<String> {
    changes.paths.iter().map(|c| format!("{} {}", c.status.word(), String::from_utf8_lossy(&c.path))).collect()
}

pub(crate) fn directories(changes: &Changes) -> Vec<String> {
    changes.directories.iter().map(|d| format!("{} {}/", d.status.word(), String::from_utf8_lossy(&d.path))).collect()
}

#[test]
fn a_rename_is_a_deletion_and_an_addition() {
    let repo = Repo::of(&[("a/old.html", "same content, long enough to be found similar"), ("keep", "")]);
    repo.git(&["mv", "a/old.html", "a/new.html"]);
    repo.commit();
    assert_eq!(said(&changes(&repo, "HEAD~1", "HEAD", "")), ["added a/new.html", "deleted a/old.html"]);
}

#[test]
fn a_rename_in_case_only_is_two_paths() {
    let repo = Repo::of(&[("About.html", "x")]);
    repo.git(&["mv", "About.html", "about.html"]);
    repo.commit();
    assert_eq!(said(&changes(&repo, "HEAD~1", "HEAD", "")), ["deleted About.html", "added about.html"]);
}

#[test]
fn a_mode_alone_is_no_change_and_a_type_is() {
    let repo = Repo::of(&[("run.sh", "x"), ("target", "x"), ("link", "target")]);
    repo.git(&["update-index", "--chmod=+x", "run.sh"]);
    repo.git(&["commit", "-q", "-m", "mode"]);
    assert_eq!(said(&changes(&repo, "HEAD~1", "HEAD", "")), Vec::<String>::new());
    // A link's blob holds its target: the same id as the file that held the same text.
    repo.remove("link").link("link", "target").commit();
    assert_eq!(said(&changes(&repo, "HEAD~1", "HEAD", "")), ["modified link"]);
    repo.remove("link").file("link", "x").commit();
    assert_eq!(said(&changes(&repo, "HEAD~1", "HEAD", "")), Vec::<String>::new(), "it answered with the same before");
}

#[test]
fn a_file_that_becomes_a_directory_is_both() {
    let repo = Repo::of(&[("d", "file"), ("d.html", "x")]);
    repo.remove("d").file("d/index.html", "x").commit();
    let there = changes(&repo, "HEAD~1", "HEAD", "");
    assert_eq!(said(&there), ["deleted d", "added d/index.html"]);
    assert_eq!(directories(&there), ["added d/"]);
    assert_eq!(directories(&changes(&repo, "HEAD", "HEAD~1", "")), ["deleted d/"]);
}

#[test]
fn a_submodule_is_one_path_that_leads_elsewhere() {
    let other = Repo::of(&[("x", "1")]);
    let repo = Repo::of(&[("a", "1")]);
    repo.git(&["submodule", "--quiet", "add", other.path().to_str().unwrap(), "sub"]);
    repo.commit();
    let changes = changes(&repo, "HEAD~1", "HEAD", "");
    assert_eq!(said(&changes), ["added .gitmodules", "added sub"]);
    assert!(changes.paths[1].leads_elsewhere);
}

#[test]
fn paths_are_relative_to_the_output_and_others_do_not_count() {
    let repo = Repo::of(&[("public/site/a", "1"), ("src/a", "1")]);
    repo.file("public/site/a", "2").file("src/a", "2").commit();
    assert_eq!(said(&changes(&repo, "HEAD~1", "HEAD", "public/site")), ["modified a"]);
    repo.file("src/a", "3").commit();
    // It is known by now that nothing of note lies there.
    let nothing = Changes { noted: Some(Noted::default()), ..Changes::default() };
    assert_eq!(changes(&repo, "HEAD~1", "HEAD", "public/site"), nothing);
}

#[test]
fn an_output_that_one_side_lacks_is_an_empty_tree() {
    let repo = Repo::of(&[("src/a", "1")]);
    repo.file("public/x/a", "1").commit();
    let added = changes(&repo, "HEAD~1", "HEAD", "public");
    assert_eq!(
        (said(&added), directories(&added)),
        (vec!["added x/a".to_owned()], vec!["added /".to_owned(), "added x/".to_owned()])
    );
    assert_eq!(said(&changes(&repo, "HEAD", "HEAD~1", "public")), ["deleted x/a"]);
}

#[test]
fn names_of_any_bytes_come_through() {
    let names: [&[u8]; 9] =
        [b"a b", b"new\nline", b"tab\t", b"quo\"te", b"back\\slash", b"caf\xe9", b"-rf", b"100%", b"::error::x"];
    let repo = Repo::of(&[("keep", "")]);
    for name in names {
        repo.file(name, "1");
    }
    repo.commit();
    let mut want: Vec<&[u8]> = names.to_vec();
    want.sort_unstable();
    let got: Vec<Box<[u8]>> = changes(&repo, "HEAD~1", "HEAD", "").paths.into_iter().map(|c| c.path).collect();
    assert_eq!(got.iter().map(AsRef::as_ref).collect::<Vec<&[u8]>>(), want);
}

#[test]
fn sha_256_repositories_compare_like_others_also_packed() {
    let repo = Repo::with(&["--object-format=sha256"]);
    repo.file("d/a", "1").file("b", "1").commit();
    repo.file("d/a", "2").commit();
    repo.git(&["gc", "--quiet"]);
    assert_eq!(said(&changes(&repo, "HEAD~1", "HEAD", "")), ["modified d/a"]);
}

#[test]
fn a_missing_tree_is_an_error_and_never_no_change() {
    let repo = Repo::of(&[("d/a", "1")]);
    repo.file("d/a", "2").commit();
    let tree = repo.git(&["rev-parse", "HEAD:d"]);
    repo.remove(format!(".git/objects/{}/{}", &tree[..2], &tree[2..]));
    let repository = Repository::open(Some(repo.path())).unwrap();
    let site =
        Config::parse("[[site]]\nname = \"x\"\nbase_urls = [\"https://x.example/\"]\n", "").unwrap().sites.remove(0);
    let (from, to) = (repository.one("HEAD~1", &site.output).unwrap(), repository.one("HEAD", &site.output).unwrap());
    assert_eq!(
        compare(&from, &to, site.symlinks, &site.rules).unwrap_err().to_string(),
        format!("cannot read the tree {tree} of HEAD")
    );
}

#[test]
fn trees_that_git_would_not_write_are_errors_or_read_as_git_reads_them() {
    use std::io::Write as _;
    let repo = Repo::of(&[("d/x.css", "1"), ("z", "1")]);
    let id = |spec: &str| repo.git(&["rev-parse", spec]);
    let (old, blob) = (id("HEAD:d"), id("HEAD:z"));
    repo.file("d/x.css", "2").commit();
    let new = id("HEAD:d");
    let raw = |id: &str| (0..20).map(|i| u8::from_str_radix(&id[2 * i..2 * i + 2], 16).unwrap()).collect::<Vec<u8>>();
    let tree = |entries: &[(&str, &str, &str)]| {
        let bytes: Vec<u8> = entries
            .iter()
            .flat_map(|(mode, name, id)| [format!("{mode} {name}\0").into_bytes(), raw(id)].concat())
            .collect();
        let mut command = git(repo.path());
        command.args(["hash-object", "-t", "tree", "-w", "--stdin", "--literally"]);
        let mut child =
            command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(&bytes).unwrap();
        String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap().trim().to_owned()
    };
    // Permission bits on a directory: a directory all the same.
    let odd = |id: &str| tree(&[("40755", "d", id), ("100644", "z", &blob)]);
    assert_eq!(said(&changes(&repo, &odd(&old), &odd(&new), "")), ["modified d/x.css"]);
    let compared = |to: &str| -> Result<Changes, String> {
        let repository = Repository::open(Some(repo.path())).unwrap();
        let site = Config::parse("[[site]]\nname = \"x\"\nbase_urls = [\"https://x.example/\"]\n", "")
            .unwrap()
            .sites
            .remove(0);
        let one = |spec: &str| repository.one(spec, &site.output).map_err(|e| e.to_string());
        let (from, to) = (one("HEAD")?, one(to)?);
        compare(&from, &to, site.symlinks, &site.rules).map_err(|e| e.to_string())
    };
    for broken in [
        tree(&[("100644", "z", &blob), ("40000", "d", &new)]),
        tree(&[("100644", "a", &blob), ("100644", "a", &new)]),
        tree(&[("644", "a", &blob)]),
        tree(&[("1a0644", "a", &blob)]),
    ] {
        let error = compared(&broken).unwrap_err();
        assert!(
            error.starts_with("cannot read the tree ") || error.starts_with("cannot find the revision "),
            "{error}"
        );
    }
}

#[test]
fn directories_without_end_are_an_error() {
    let repo = Repo::of(&[("x", "1")]);
    let path = vec!["d"; 300].join("/");
    let tree = |depth: usize| BTreeMap::from([(format!("{}/x", &path[..2 * depth - 1]), 1u8)]);
    let beside = BTreeMap::from([("y".to_owned(), 1), (format!("{path}/x"), 1)]);
    import(&repo, &[&BTreeMap::new(), &tree(256), &tree(300), &beside, &tree(257)]);
    assert_eq!(said(&changes(&repo, "t2", "t3", "")), ["added y"], "none that are equal are walked");
    assert_eq!(changes(&repo, "t0", "t1", "").directories.len(), 256);
    let repository = Repository::open(Some(repo.path())).unwrap();
    let site =
        Config::parse("[[site]]\nname = \"x\"\nbase_urls = [\"https://x.example/\"]\n", "").unwrap().sites.remove(0);
    for revision in ["t2", "t4"] {
        let (from, to) = (repository.one("t0", &site.output).unwrap(), repository.one(revision, &site.output).unwrap());
        assert_eq!(
            compare(&from, &to, site.symlinks, &site.rules).unwrap_err().to_string(),
            "directories are nested more than 256 deep"
        );
    }
}

/// A tree as a map: path to content; paths that would be both file and directory are left out.
fn tree() -> impl Strategy<Value = BTreeMap<String, u8>> {
    let name = prop_oneof!["[a-c]", "[a-c]\\.html", "[a-c]-[a-c]", "[a-c]0"];
    let path = proptest::collection::vec(name, 1..4).prop_map(|segments| segments.join("/"));
    proptest::collection::btree_map(path, 0u8..3, 0..12).prop_map(|files| {
        let paths: BTreeSet<String> = files.keys().cloned().collect();
        let below = |path: &str| paths.iter().any(|other| other.starts_with(&format!("{path}/")));
        files.into_iter().filter(|(path, _)| !below(path)).collect()
    })
}

/// Commits a tree without touching the disk.
fn import(repo: &Repo, trees: &[&BTreeMap<String, u8>]) {
    use std::io::Write as _;
    let mut child =
        git(repo.path()).args(["fast-import", "--quiet"]).stdin(std::process::Stdio::piped()).spawn().unwrap();
    let mut stream = child.stdin.take().unwrap();
    for (i, tree) in trees.iter().enumerate() {
        writeln!(stream, "commit refs/heads/t{i}\ncommitter a <a@example.com> 1700000000 +0000\ndata 1\nx\ndeleteall")
            .unwrap();
        for (path, content) in *tree {
            writeln!(stream, "M 100644 inline {path}\ndata 1\n{content}").unwrap();
        }
    }
    drop(stream);
    assert!(child.wait().unwrap().success());
}

fn directories_of(tree: &BTreeMap<String, u8>) -> BTreeSet<String> {
    let ancestors = |path: &str| path.match_indices('/').map(|(at, _)| path[..at].to_owned()).collect::<Vec<_>>();
    tree.keys().flat_map(|path| ancestors(path)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_two_trees_differ_as_brute_force_and_git_say(old in tree(), new in tree()) {
        let repo = Repo::with(&["--bare"]);
        import(&repo, &[&old, &new]);
        let got = changes(&repo, "t0", "t1", "");
        let mut want: Vec<String> = Vec::new();
        for path in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
            match (old.get(path), new.get(path)) {
                (Some(a), Some(b)) if a != b => want.push(format!("modified {path}")),
                (Some(_), None) => want.push(format!("deleted {path}")),
                (None, Some(_)) => want.push(format!("added {path}")),
                _ => {}
            }
        }
        prop_assert_eq!(said(&got), want);
        let git_says = repo.git(&["diff-tree", "-r", "--no-renames", "--name-only", "t0", "t1"]);
        prop_assert_eq!(got.paths.len(), git_says.lines().count());
        let (before, after) = (directories_of(&old), directories_of(&new));
        let of = |status: Status| got.directories.iter().filter(|d| d.status == status).map(|d| String::from_utf8(d.path.to_vec()).unwrap()).collect::<BTreeSet<_>>();
        prop_assert_eq!(of(Status::Added), after.difference(&before).cloned().collect());
        prop_assert_eq!(of(Status::Deleted), before.difference(&after).cloned().collect());
    }
}
