//! Symbolic links: what a visitor meets under their paths is compared, judged by real directories.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use diffpurge::changes::{Changes, ChangesError, Status, all_paths, compare};
use diffpurge::config::{OutputDir, Rules, Symlinks};
use diffpurge::snapshot::Repository;
use proptest::prelude::*;
use tempfile::TempDir;

use crate::changes::{changes, directories, said};
use crate::support::{Node, Repo, Tool, Tree, diffpurge, git, import, two_trees};

const BASE: &str = "https://www.example.com/";

/// Commits, and says what differs from the commit before.
#[track_caller]
fn next(repo: &Repo) -> Changes {
    repo.commit();
    let changes = changes(repo, "HEAD~1", "HEAD", "");
    assert!(changes.paths.is_sorted_by(|a, b| (&a.path, a.status) < (&b.path, b.status)), "{:?}", said(&changes));
    changes
}

/// The same where it may be an error.
fn compared(repo: &Repo, symlinks: Symlinks) -> Result<Changes, ChangesError> {
    let repository = Repository::open(Some(repo.path())).unwrap();
    let output = OutputDir::default();
    let (from, to) = (repository.one("HEAD~1", &output).unwrap(), repository.one("HEAD", &output).unwrap());
    compare(&from, &to, symlinks, &Rules::default())
}

fn plan(repo: &Repo, arguments: &[&str]) -> Tool {
    diffpurge([&["plan", "HEAD~1", "--format", "urls"], arguments].concat()).within(repo)
}

fn nothing() -> Vec<String> {
    Vec::new()
}

#[test]
fn a_file_changes_under_every_path_that_leads_to_it() {
    let repo = Repo::of(&[("docs/a.css", "1"), ("docs/b.css", "1"), ("other/x", "1")]);
    repo.link("latest.css", "docs/a.css").link("docs/same.css", "./a.css").link("other/up.css", "../docs//a.css");
    repo.commit();
    repo.file("docs/a.css", "2");
    assert_eq!(
        said(&next(&repo)),
        ["modified docs/a.css", "modified docs/same.css", "modified latest.css", "modified other/up.css"]
    );
    repo.remove("latest.css").link("latest.css", "docs/b.css");
    assert_eq!(said(&next(&repo)), ["modified latest.css"]);
    repo.remove("latest.css").link("latest.css", "other/../docs/b.css");
    assert_eq!(said(&next(&repo)), nothing(), "another way to the same file");
}

#[test]
fn a_directory_lists_its_entries_under_every_path_that_leads_to_it() {
    let config = format!("[[site]]\nname = \"www\"\nbase_urls = [\"{BASE}\"]\n");
    let repo = Repo::of(&[("purge.toml", &config), ("v/d/a.css", "1"), ("v/e/index.html", "1"), ("v/e/b.css", "1")]);
    repo.link("stable", "v").commit();
    repo.file("v/d/a.css", "2").file("v/e/b.css", "2").commit();
    let ran = plan(&repo, &[]).run().exits(0);
    let files = ["stable/d/", "stable/d/a.css", "stable/e/b.css", "v/d/", "v/d/a.css", "v/e/b.css"];
    assert_eq!(ran.stdout.lines().collect::<Vec<_>>(), files.map(|file| format!("{BASE}{file}")));
}

#[test]
fn an_index_file_that_is_a_link_to_nothing_or_to_what_is_not_known_leaves_the_list_of_its_directory() {
    for (target, more, lists) in [
        ("../i", "symlinks = \"ignore\"\n", true),
        ("../i/x", "", true),
        ("index.html", "", true),
        ("../nowhere", "", true),
        ("../../out", "", true),
        ("../i", "", false),
    ] {
        let config = format!("[[site]]\nname = \"www\"\nbase_urls = [\"{BASE}\"]\n{more}");
        let repo = Repo::of(&[("purge.toml", &config), ("i", "1"), ("d/x.css", "1")]);
        repo.link("d/index.html", target).commit();
        repo.file("d/x.css", "2").commit();
        let ran = plan(&repo, &[]).run().exits(0);
        let want = [lists.then_some("d/"), Some("d/x.css")].into_iter().flatten().map(|file| format!("{BASE}{file}"));
        assert_eq!(ran.stdout.lines().collect::<Vec<_>>(), want.collect::<Vec<_>>(), "{target}");
    }
}

#[test]
fn a_directory_changes_under_every_path_that_leads_to_it() {
    let repo = Repo::of(&[("v1/a", "1"), ("v1/d/b", "1"), ("v2/a", "2"), ("v2/d/b", "1"), ("v2/d/c", "1")]);
    repo.link("stable", "v1").link("v.html", "v1/a").commit();
    repo.file("v1/d/b", "2");
    assert_eq!(said(&next(&repo)), ["modified stable/d/b", "modified v1/d/b"]);
    repo.file("v1/d/b", "1").commit();
    repo.remove("stable").link("stable", "v2");
    assert_eq!(said(&next(&repo)), ["modified stable/a", "added stable/d/c"]);
    repo.remove("stable").file("stable/a", "2");
    let flattened = next(&repo);
    assert_eq!(said(&flattened), ["deleted stable/d/b", "deleted stable/d/c"]);
    assert_eq!(directories(&flattened), ["deleted stable/d/"]);
    repo.remove("stable").link("stable", "v1/a");
    let file = next(&repo);
    assert_eq!(
        (said(&file), directories(&file)),
        (vec!["added stable".to_owned(), "deleted stable/a".to_owned()], vec!["deleted stable/".to_owned()])
    );
    repo.remove("stable");
    assert_eq!(said(&next(&repo)), ["deleted stable"]);
}

#[test]
fn paths_through_links_stand_where_a_directory_would() {
    let files = ["d-.html", "d.html", "d0.html", "e", "v/x"].map(|path| (path, "1"));
    let repo = Repo::of(&files);
    repo.link("d", "v");
    let added = next(&repo);
    assert_eq!((said(&added), directories(&added)), (vec!["added d/x".to_owned()], vec!["added d/".to_owned()]));
    for path in ["d-.html", "d.html", "d0.html", "v/x"] {
        repo.file(path, "2");
    }
    let modified = ["modified d-.html", "modified d.html", "modified d/x", "modified d0.html", "modified v/x"];
    assert_eq!(said(&next(&repo)), modified);
}

#[test]
fn up_is_up_from_where_a_directory_really_lies() {
    let repo = Repo::of(&[("real/deep/x", "1"), ("real/target", "1"), ("target", "1"), ("a/target", "1")]);
    repo.link("real/deep/up", "../target").link("a/in", "../real/deep").commit();
    repo.file("real/target", "2");
    assert_eq!(said(&next(&repo)), ["modified a/in/up", "modified real/deep/up", "modified real/target"]);
    repo.file("a/target", "2").file("target", "2");
    assert_eq!(said(&next(&repo)), ["modified a/target", "modified target"]);
    // `a/in/..` is `real`, whatever the path looks like.
    repo.link("a/out", "in/../target").commit();
    repo.file("real/target", "3");
    assert_eq!(said(&next(&repo)).len(), 4);
}

#[test]
fn forty_links_are_followed_and_one_more_is_not() {
    let repo = Repo::of(&[("l00", "1")]);
    for i in 1..=41 {
        repo.link(&format!("l{i:02}"), &format!("l{:02}", i - 1));
    }
    repo.commit();
    repo.file("l00", "2");
    let changes = next(&repo);
    assert_eq!((changes.paths.len(), &*changes.paths[40].path), (41, &b"l40"[..]));
    assert_eq!(changes.odd_links.endless, [Box::from(&b"l41"[..])]);
    if cfg!(target_os = "linux") {
        assert!(fs::read(repo.path().join("l40")).is_ok() && fs::read(repo.path().join("l41")).is_err(), "as here");
    }
}

#[test]
fn a_link_that_leads_to_nothing_here_leads_elsewhere_and_one_through_a_file_is_not_there() {
    let repo = Repo::of(&[("file", "1"), ("d/x", "1")]);
    let links =
        [("gone", "no/such"), ("slash", "file/"), ("dot", "file/."), ("through", "file/../file"), ("d/up", "../nope")];
    for (name, target) in links {
        repo.link(name, target);
    }
    let dangling = next(&repo);
    assert_eq!(said(&dangling), ["added d/up", "added gone"]);
    assert!(dangling.paths.iter().all(|change| change.leads_elsewhere));
    let note = "symbolic links that lead to what is not in the snapshot are not followed, and what changes there is not \
                seen: d/up, gone";
    assert_eq!(dangling.odd_links.notes(|_| true), [note]);
    repo.file("nope", "1").file("no/such", "1").file("file", "2");
    assert_eq!(said(&next(&repo)), ["modified d/up", "modified file", "modified gone", "added no/such", "added nope"]);
    repo.remove("nope").file("nope/x", "1");
    assert_eq!(said(&next(&repo)), ["deleted d/up", "added d/up/x", "deleted nope", "added nope/x"]);
    repo.remove("nope");
    assert_eq!(said(&next(&repo)), ["added d/up", "deleted d/up/x", "deleted nope/x"]);
}

#[test]
fn what_a_link_leads_to_outside_of_git_changes_with_the_link() {
    let annex = |key: &str| format!(".git/annex/objects/x1/{key}/{key}");
    let repo = Repo::of(&[("index.html", "1")]);
    repo.link("video.mp4", &annex("one")).link("current", "releases/1");
    assert_eq!(said(&next(&repo)), ["added current", "added video.mp4"]);
    repo.remove("video.mp4").link("video.mp4", &annex("two")).remove("current").link("current", "releases/2");
    assert_eq!(said(&next(&repo)), ["modified current", "modified video.mp4"]);
    let ran = plan(&repo, &["--base-url", BASE]).run().exits(0);
    for url in ["https://www.example.com/current\n", "https://www.example.com/video.mp4\n"] {
        assert!(ran.stdout.contains(url), "{}", ran.stdout);
    }
    let ran = diffpurge(["plan", "HEAD~1", "--base-url", BASE]).within(&repo).run().exits(0);
    ran.says("www.example.com/current/*").says("lead to what is not in the snapshot").says(": current, video.mp4\n");
    // Another way to say the same is no change, and `.` and `//` are none.
    repo.remove("current").link("current", "./releases//2/.").file("index.html", "2");
    assert_eq!(said(&next(&repo)), ["modified index.html"]);
    repo.remove("current").link("current", "index.html").remove("video.mp4");
    assert_eq!(said(&next(&repo)), ["modified current", "deleted video.mp4"]);
    // A link to a link that leads nowhere leads nowhere.
    repo.link("chain", "far").link("far", "away/1");
    assert_eq!(said(&next(&repo)), ["added chain", "added far"]);
    repo.remove("far").link("far", "away/2");
    assert_eq!(said(&next(&repo)), ["modified chain", "modified far"]);
}

#[test]
fn a_directory_answers_from_its_first_file_on_whatever_else_lies_in_it() {
    type Fill = fn(&Repo) -> &Repo;
    let empty: [(&str, Fill); 6] = [
        ("dangling", |repo| repo.link("docs/a", "nowhere")),
        ("outside", |repo| repo.link("docs/a", "/srv/a")),
        ("endless and dangling", |repo| repo.link("docs/a", "nowhere").link("docs/on", "on")),
        ("ignored", |repo| repo.file("docs/a.map", "1")),
        ("ignored below", |repo| repo.file("docs/deep/a.map", "1")),
        ("beside a directory", |repo| repo.file("x/keep", "1").link("docs/a", "nowhere")),
    ];
    let ignore = "ignore = [\"**/*.map\", \"purge.toml\"]\n";
    let config = format!("[[site]]\nname = \"w\"\nbase_urls = [\"{BASE}\"]\nhost = \"nginx\"\n{ignore}");
    for (name, fill) in empty {
        let repo = Repo::of(&[("purge.toml", &config), ("index.html", "1"), ("docs/.map", "1")]);
        fill(&repo);
        repo.commit();
        repo.file("docs/b.css", "1").commit();
        let urls = plan(&repo, &[]).run().exits(0).stdout;
        assert_eq!(
            urls, "https://www.example.com/docs\nhttps://www.example.com/docs/\nhttps://www.example.com/docs/b.css\n",
            "{name}"
        );
        repo.file("docs/c.css", "1").commit();
        assert_eq!(plan(&repo, &[]).run().exits(0).stdout, "https://www.example.com/docs/c.css\n", "{name}: one more");
        repo.remove("docs/b.css").remove("docs/c.css").commit();
        let gone = plan(&repo, &[]).run().exits(0).stdout;
        assert!(gone.starts_with("https://www.example.com/docs\nhttps://www.example.com/docs/\n"), "{name}: {gone}");
    }
    let links = config.replace("ignore =", "symlinks = \"ignore\"\nignore =");
    let repo = Repo::of(&[("purge.toml", &links), ("index.html", "1")]);
    repo.file("docs/.map", "1").link("docs/a.css", "../index.html").commit();
    repo.file("docs/b.css", "1").commit();
    assert_eq!(plan(&repo, &[]).run().exits(0).stdout.lines().count(), 3, "a link that is not published is no file");
    // A link that led nowhere, and now to a file.
    let repo = Repo::of(&[("purge.toml", &config), ("x/a.css", "1"), ("docs/.map", "1")]);
    repo.link("docs/a.css", "../late/a.css").commit();
    repo.file("late/a.css", "1").commit();
    let urls = plan(&repo, &[]).run().exits(0).stdout;
    assert!(urls.contains("https://www.example.com/docs/\nhttps://www.example.com/docs/a.css\n"), "{urls}");
}

#[test]
fn a_target_that_no_system_makes_a_link_of_is_nowhere_and_a_nul_ends_it() {
    use std::io::Write as _;
    let repo = Repo::of(&[("file", "1")]);
    let add = |name: &str, target: &[u8]| {
        let mut command = git(repo.path());
        command.args(["hash-object", "-w", "--stdin"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(target).unwrap();
        let id = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
        repo.git(&["update-index", "--add", "--cacheinfo", &format!("120000,{},{name}", id.trim())]);
    };
    add("empty", b"");
    add("long", &[&b"./".repeat(2046)[..], b"file"].concat());
    add("longest", &[&b"./".repeat(2045)[..], b".file", b"\0"].concat());
    add("nul", b"file\0x");
    add("right", &[&b"./".repeat(2045)[..], b"file"].concat());
    repo.git(&["commit", "-q", "-m", "links"]);
    assert_eq!(said(&changes(&repo, "HEAD~1", "HEAD", "")), ["added nul", "added right"]);
}

#[test]
fn a_link_out_of_the_root_is_one_path_that_leads_elsewhere_and_noted() {
    let repo = Repo::of(&[("site/d/x", "1"), ("src/x", "1"), ("site/y", "1")]);
    for (name, target) in [("abs", "/srv/x"), ("up", "../src"), ("d/climb", "../../site/d"), ("chain", "up/x")] {
        repo.link(&format!("site/{name}"), target);
    }
    repo.commit();
    let site = |changes: &Changes| (said(changes), changes.paths.iter().all(|c| c.leads_elsewhere));
    let added = changes(&repo, "HEAD~1", "HEAD", "site");
    assert_eq!(site(&added), (["abs", "chain", "d/climb", "up"].map(|p| format!("added {p}")).to_vec(), true));
    let note = "note: symbolic links that lead out of `output` are not followed, and what changes there is not seen: \
                abs, chain, d/climb and 1 more\n";
    repo.file("src/x", "2").file("site/y", "2").commit();
    assert_eq!(said(&changes(&repo, "HEAD~1", "HEAD", "site")), ["modified y"]);
    diffpurge(["plan", "HEAD~1", "--base-url", BASE, "--output", "site"]).within(&repo).run().exits(0).says(note);
    repo.remove("site/up").link("site/up", "../other").commit();
    assert_eq!(
        site(&changes(&repo, "HEAD~1", "HEAD", "site")),
        (["chain", "up"].map(|p| format!("modified {p}")).to_vec(), true)
    );
    let whole = changes(&repo, "HEAD~3", "HEAD~2", "");
    assert_eq!(said(&whole), ["added site/abs", "added site/chain", "added site/d/climb", "added site/up/x"]);
    // What is never purged is not worth a note.
    let config = "[[site]]\nname = \"w\"\nbase_urls = [\"https://w.example/\"]\noutput = \"site\"\n\
                  ignore = [\"{abs,up,chain}\", \"d/*\"]\n";
    repo.file("purge.toml", config);
    let ran = diffpurge(["plan", "HEAD~1"]).within(&repo).run().exits(0);
    assert!(!ran.stdout.contains("note:"), "{}", ran.stdout);
}

#[test]
fn a_link_to_a_directory_above_itself_is_not_followed_and_one_prefix_when_that_changes() {
    let repo = Repo::of(&[("a/x", "1"), ("a/y", "1"), ("b/x", "1")]);
    repo.link("a/self", ".").link("b/other", "../a").commit();
    repo.file("a/x", "2");
    let modified = next(&repo);
    assert_eq!(said(&modified), ["modified a/self", "modified a/x", "modified b/other/self", "modified b/other/x"]);
    assert_eq!(modified.paths.iter().map(|c| c.leads_elsewhere).collect::<Vec<_>>(), [true, false, true, false]);
    assert_eq!(modified.odd_links.upward, [Box::from(&b"a/self"[..]), Box::from(&b"b/other/self"[..])]);
    let urls = plan(&repo, &["--base-url", BASE]).run().exits(0).stdout;
    assert!(urls.lines().any(|l| l == "https://www.example.com/a/self"), "{urls}");
    diffpurge(["plan", "HEAD~1", "--base-url", BASE])
        .within(&repo)
        .run()
        .exits(0)
        .says("www.example.com/a/self/*")
        .says("note: symbolic links that lead to a directory they lie in are not followed");
    repo.file("b/x", "2");
    assert_eq!(said(&next(&repo)), ["modified b/x"], "nothing below `a` changed");
}

#[test]
fn links_that_lead_to_themselves_are_absent_and_noted() {
    let repo = Repo::of(&[("x", "1"), ("d/y", "1")]);
    repo.link("me", "me").link("one", "two").link("two", "one").link("d/far", "../one/x");
    let changes = next(&repo);
    assert_eq!(said(&changes), nothing());
    let notes = changes.odd_links.notes(|_| true);
    assert_eq!(notes, ["symbolic links that never come to an end count as absent: d/far, me, one and 1 more"]);
    repo.remove("one").file("one", "1");
    assert_eq!(said(&next(&repo)), ["added one", "added two"]);
}

/// Directories that hold links to each of the others.
fn mutual(count: usize) -> Repo {
    let repo = Repo::of(&[("x", "1")]);
    for i in 0..count {
        repo.file(format!("d{i}/x"), "1");
        for other in (0..count).filter(|&other| other != i) {
            repo.link(&format!("d{i}/to{other}"), &format!("../d{other}"));
        }
    }
    repo.commit();
    repo
}

#[test]
fn directories_that_lead_to_each_other_are_listed_each_way_once() {
    let repo = mutual(3);
    repo.file("d0/x", "2");
    let modified = said(&next(&repo));
    let want: Vec<String> =
        ["d0/x", "d1/to0/x", "d1/to2/to0/x", "d2/to0/x", "d2/to1/to0/x"].map(|p| format!("modified {p}")).to_vec();
    assert_eq!(modified.into_iter().filter(|p| p.ends_with("/x")).collect::<Vec<_>>(), want);
}

#[test]
fn more_ways_than_can_be_listed_are_an_error_and_never_a_hang() {
    let repo = mutual(10);
    repo.file("d0/x", "2").commit();
    let error = compared(&repo, Symlinks::Follow).unwrap_err();
    assert_eq!(error.to_string(), "symbolic links lead to each other in more ways than can be listed");
    assert_eq!(said(&compared(&repo, Symlinks::Ignore).unwrap()), ["modified d0/x"]);
    plan(&repo, &["--base-url", BASE]).run().exits(3).fails_with("symbolic links lead", "`symlinks = \"ignore\"`");
}

#[test]
fn a_link_to_a_submodule_leads_elsewhere_as_the_submodule_does() {
    let repo = Repo::of(&[("a", "1")]);
    let put = |commit: &str| {
        repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},sub")]);
        repo.git(&["commit", "-q", "-m", "sub"]);
        changes(&repo, "HEAD~1", "HEAD", "")
    };
    repo.link("to", "sub").link("into", "sub/page");
    repo.git(&["add", "to", "into"]);
    let (one, two) = (repo.git(&["rev-parse", "HEAD"]), "1234567890".repeat(4));
    assert_eq!(said(&put(&one)), ["added into", "added sub", "added to"]);
    let modified = put(&two);
    assert_eq!(said(&modified), ["modified into", "modified sub", "modified to"]);
    assert!(modified.paths.iter().all(|c| c.leads_elsewhere));
    repo.remove("into").link("into", "sub/other");
    repo.git(&["add", "into"]);
    assert_eq!(said(&put(&two)), ["modified into"]);
}

#[test]
fn links_that_are_not_published_are_as_if_not_there() {
    let config =
        "[[site]]\nname = \"w\"\nbase_urls = [\"https://w.example/\"]\noutput = \"site\"\nsymlinks = \"ignore\"\n";
    let repo = Repo::of(&[("purge.toml", config), ("site/d/index.html", "1"), ("site/d/x.css", "1")]);
    repo.link("site/l", "d").link("site/out", "/x").link("site/d/me", "me").commit();
    repo.file("site/d/x.css", "2").remove("site/out").link("site/out", "/y").commit();
    assert_eq!(plan(&repo, &[]).run().exits(0).stdout, "https://w.example/d/x.css\n");
    let ran = diffpurge(["explain", "l/x.css"]).within(&repo).run().exits(0).says("no such file");
    assert_eq!(ran.stdout.matches("note:").count(), 1, "{}", ran.stdout);
    ran.says("note: did you mean d/x.css?");
    repo.file("purge.toml", &config.replace("ignore", "follow"));
    assert_eq!(plan(&repo, &["-q"]).run().exits(0).stdout.lines().filter(|l| l.contains("x.css")).count(), 2);
}

#[test]
fn a_path_through_a_link_is_explained_and_part_of_every_list() {
    let repo = Repo::of(&[("v1/page.html", "1"), ("_headers", "1")]);
    repo.link("stable", "v1").commit();
    let explain = |what: &str| diffpurge(["explain", what, "--base-url", BASE]).within(&repo).run().exits(0);
    explain("stable/page.html").says("stable/page.html is in HEAD (");
    explain("https://www.example.com/stable/page").says("can be 1 file of HEAD").says("  - stable/page.html");
    explain("stable").says("no such file");
    repo.file("_headers", "2").commit();
    let urls = plan(&repo, &["--base-url", BASE]).run().exits(0).stdout;
    assert!(urls.contains("https://www.example.com/stable/page.html\n"), "{urls}");
}

#[test]
fn a_link_that_cannot_be_read_is_an_error_and_the_hint_mends_it() {
    let repo = Repo::of(&[("d/index.html", "1"), ("d/x.css", "1")]);
    repo.link("l", "d").commit();
    repo.file("d/x.css", "2").commit();
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    let elsewhere = TempDir::new().unwrap();
    let clone = elsewhere.path().join("clone");
    let from = format!("file://{}", repo.path().display());
    let run = |command: &mut std::process::Command| assert!(command.status().unwrap().success());
    run(git(repo.path()).args(["clone", "--quiet", "--bare", "--filter=blob:none", &from]).arg(&clone));
    let directory = clone.to_str().unwrap();
    let plan = || plan(&repo, &["--base-url", BASE, "-C", directory]).run();
    let error = format!("cannot read the blob {} of HEAD", repo.git(&["rev-parse", "HEAD:l"]));
    plan().exits(3).fails_with(&error, "`git fetch --refetch --no-filter`");
    run(git(&clone).args(["fetch", "--quiet", "--refetch", "--no-filter"]));
    assert_eq!(plan().exits(0).stdout, format!("{BASE}d/x.css\n{BASE}l/x.css\n"));
}

#[test]
fn one_link_to_another_directory_of_6000_files_is_6000_urls_and_the_lists_of_its_60_directories() {
    let config =
        format!("[[site]]\nname = \"w\"\nbase_urls = [\"{BASE}\"]\ncover = \"off\"\n[site.threshold]\nurls = 10000\n");
    let repo = Repo::with(&["--bare"]);
    let name = |i: usize| format!("d{:02}/f{:02}.css", i / 100, i % 100);
    let tree = |version: &str| {
        let file = |v: &str, i: usize| (format!("{v}/{}", name(i)), Node::File(format!("{v} {i}")));
        let mut tree: Tree = (0..6000).flat_map(|i| [file("v1", i), file("v2", i)]).collect();
        tree.insert("stable".to_owned(), Node::Link(version.to_owned()));
        tree
    };
    import(&repo, &[&tree("v1"), &tree("v2")]);
    repo.file("purge.toml", &config);
    let ran = diffpurge(["plan", "t0", "t1", "--format", "urls"]).within(&repo).run().exits(0);
    let lists = (0..60).map(|directory| format!("{BASE}stable/d{directory:02}/"));
    let mut want: Vec<String> = (0..6000).map(|i| format!("{BASE}stable/{}", name(i))).chain(lists).collect();
    want.sort();
    assert_eq!(ran.stdout.lines().collect::<Vec<_>>(), want);
}

/// A directory of real files, as a visitor meets it.
#[derive(Default)]
struct Visited {
    /// What each path answers with.
    answers: BTreeMap<String, Answer>,
    directories: BTreeSet<String>,
    outside: BTreeSet<String>,
    missing: BTreeSet<String>,
    upward: BTreeSet<String>,
    loops: Loops,
    endless: BTreeSet<String>,
}

#[derive(Debug, PartialEq)]
enum Answer {
    Content(Vec<u8>),
    /// A path out of the root.
    Outside(PathBuf),
    /// A path in the root that is not there.
    Missing(PathBuf),
    /// All that is in a directory above.
    Upward(BTreeMap<PathBuf, Vec<u8>>),
}

/// The directories, by their paths, that links lead up to.
type Loops = BTreeSet<(String, String)>;

impl Visited {
    /// True when a file is below a directory.
    fn answers_below(&self, directory: &str) -> bool {
        let below =
            |path: &str| directory.is_empty() || path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'));
        self.answers.iter().any(|(path, answer)| matches!(answer, Answer::Content(_)) && below(path))
    }

    fn of(root: &Path) -> Visited {
        let mut visited = Visited::default();
        visited.visit(root, root, "", &[]);
        visited
    }

    /// Visits a directory that really is at `here`, under `path`; `above` are those on the way down.
    fn visit(&mut self, root: &Path, here: &Path, path: &str, above: &[PathBuf]) {
        self.directories.insert(path.trim_end_matches('/').to_owned());
        let above = [above, &[here.to_owned()]].concat();
        for entry in fs::read_dir(here).unwrap() {
            let entry = entry.unwrap();
            let path = format!("{path}{}", entry.file_name().to_str().unwrap());
            let is_link = entry.file_type().unwrap().is_symlink();
            if let Some(Way::Out(target)) = is_link.then(|| way(root, &entry.path())).flatten() {
                self.outside.insert(path.clone());
                self.answers.insert(path, Answer::Outside(target));
                continue;
            }
            let real = match fs::canonicalize(entry.path()) {
                Ok(real) => real,
                Err(e) => {
                    // ELOOP: on Linux; on macOS and the BSDs.
                    if matches!(e.raw_os_error(), Some(40 | 62)) {
                        self.endless.insert(path);
                    } else if let Some(Way::Missing(target)) = way(root, &entry.path()) {
                        self.missing.insert(path.clone());
                        self.answers.insert(path, Answer::Missing(target));
                    }
                    continue;
                }
            };
            assert!(real.starts_with(root), "{} leads to {}", entry.path().display(), real.display());
            if real.is_file() {
                self.answers.insert(path, Answer::Content(fs::read(real).unwrap()));
            } else if is_link && above.contains(&real) {
                self.upward.insert(path.clone());
                let depth = above.iter().position(|one| *one == real).unwrap();
                let directory: String = path.split_inclusive('/').take(depth).collect();
                self.loops.insert((path.clone(), directory));
                let mut all = BTreeMap::new();
                gather(&real, &real, &mut all);
                self.answers.insert(path, Answer::Upward(all));
            } else {
                self.visit(root, &real, &format!("{path}/"), &above);
            }
        }
    }
}

/// Where a link leads that does not lead to what is there.
enum Way {
    /// Out of the root.
    Out(PathBuf),
    /// To a path in the root that is not there.
    Missing(PathBuf),
}

/// The path by which a link leaves `root`, or that is not there, if it does; the system cannot say, for nothing need be there.
fn way(root: &Path, link: &Path) -> Option<Way> {
    let mut here = link.parent().unwrap().to_owned();
    let mut rest = vec![link.file_name().unwrap().to_owned()];
    for _ in 0..1000 {
        let next = rest.pop()?;
        if next == ".." && here == root {
            return Some(Way::Out(Path::new("..").join(rest.iter().rev().collect::<PathBuf>())));
        }
        let there = here.join(&next);
        match fs::read_link(&there) {
            Ok(target) if target.is_absolute() => {
                return Some(Way::Out(target.join(rest.iter().rev().collect::<PathBuf>())));
            }
            Ok(target) => rest.extend(target.components().rev().map(|c| c.as_os_str().to_owned())),
            Err(_) if there.is_dir() => here = fs::canonicalize(there).unwrap(),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let there = there.strip_prefix(root).unwrap().join(rest.iter().rev().collect::<PathBuf>());
                return Some(Way::Missing(there));
            }
            Err(_) => return None,
        }
    }
    None
}

/// All files and links below a directory, with what they hold.
fn gather(top: &Path, here: &Path, all: &mut BTreeMap<PathBuf, Vec<u8>>) {
    use std::os::unix::ffi::OsStrExt as _;
    for entry in fs::read_dir(here).unwrap() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            gather(top, &entry.path(), all);
            continue;
        }
        let held = if kind.is_symlink() {
            [b"->", fs::read_link(entry.path()).unwrap().as_os_str().as_bytes()].concat()
        } else {
            fs::read(entry.path()).unwrap()
        };
        all.insert(entry.path().strip_prefix(top).unwrap().to_owned(), held);
    }
}

/// Has git write the tree of a revision into a directory.
fn check_out(repo: &Repo, revision: &str) -> TempDir {
    let directory = TempDir::new().unwrap();
    let mut command = git(repo.path());
    command.env("GIT_INDEX_FILE", directory.path().with_extension("index")).arg("--work-tree").arg(directory.path());
    assert!(command.args(["read-tree", "-u", "--reset", revision]).status().unwrap().success());
    fs::remove_file(directory.path().with_extension("index")).unwrap();
    directory
}

fn texts(paths: &[Box<[u8]>]) -> BTreeSet<String> {
    paths.iter().map(|p| String::from_utf8(p.to_vec()).unwrap()).collect()
}

#[test]
fn a_link_upward_changes_with_what_other_links_in_its_directory_lead_to() {
    let repo = Repo::of(&[("other/page.html", "1"), ("d/x/keep", "1")]);
    repo.link("d/l", "../other").link("d/x/up", "..").commit();
    repo.file("other/page.html", "2").commit();
    assert_eq!(
        said(&changes(&repo, "HEAD~1", "HEAD", "")),
        ["modified d/l/page.html", "modified d/x/up", "modified other/page.html"]
    );
}

#[test]
fn a_link_out_of_the_web_root_that_is_written_otherwise_leads_to_the_same() {
    for (old, new, is_same) in [
        ("..", "../", true),
        ("../x", ".././/x/", true),
        ("/x/y", "//x/./y", true),
        ("../x", "../y", false),
        ("/x", "../x", false),
    ] {
        let repo = Repo::of(&[("index.html", "1")]);
        repo.link("a", old).commit();
        repo.remove("a").link("a", new);
        let want: &[&str] = if is_same { &[] } else { &["modified a"] };
        assert_eq!(said(&next(&repo)), want, "{old} and {new}");
    }
}

#[test]
fn a_link_out_of_the_output_is_told_also_when_nothing_else_changed() {
    let config = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\noutput = \"public\"\n";
    let repo = Repo::of(&[("purge.toml", config), ("shared/x.css", "1"), ("public/a.css", "1")]);
    repo.link("public/shared", "../shared").commit();
    repo.file("shared/x.css", "2").commit();
    let ran = diffpurge(["plan", "HEAD~1"]).within(&repo).run().exits(0);
    ran.says("nothing changed between").says("note: symbolic links that lead out of `output`");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_two_trees_with_links_differ_as_their_files_on_disk_do((old, new) in two_trees()) {
        let repo = Repo::with(&["--bare"]);
        import(&repo, &[&old, &new]);
        let visit = |revision| {
            let directory = check_out(&repo, revision);
            Visited::of(&fs::canonicalize(directory.path()).unwrap())
        };
        let (before, after) = (visit("t0"), visit("t1"));
        let got = changes(&repo, "t0", "t1", "");
        let mut want = Vec::new();
        for path in before.answers.keys().chain(after.answers.keys()).collect::<BTreeSet<_>>() {
            let answers = [before.answers.get(path), after.answers.get(path)];
            let status = match answers {
                [Some(a), Some(b)] if a == b => continue,
                [Some(_), Some(_)] => "modified",
                [_, None] => "deleted",
                [None, _] => "added",
            };
            let known = answers.iter().flatten().all(|answer| matches!(answer, Answer::Content(_)));
            want.push((path.clone(), format!("{status} {path}"), !known));
        }
        // A link upward leads to all that changed there, by whatever way.
        let loops: Loops = before.loops.union(&after.loops).cloned().collect();
        loop {
            let more: Vec<_> = loops.iter()
                .filter(|(link, directory)| want.iter().all(|(path, ..)| path != link) && want.iter().any(|(path, ..)| path.starts_with(directory)))
                .map(|(link, _)| (link.clone(), format!("modified {link}"), true))
                .collect();
            if more.is_empty() {
                break;
            }
            want.extend(more.into_iter().take(1));
            want.sort();
        }
        let want: Vec<(String, bool)> = want.into_iter().map(|(_, said, elsewhere)| (said, elsewhere)).collect();
        let changed: Vec<(String, bool)> = said(&got).into_iter().zip(got.paths.iter().map(|c| c.leads_elsewhere)).collect();
        prop_assert_eq!(changed, want);
        let of = |status: Status| got.directories.iter().filter(|d| d.status == status).map(|d| String::from_utf8(d.path.to_vec()).unwrap()).collect::<BTreeSet<_>>();
        // It appears with its first file, too, where nothing but links to elsewhere lay in it.
        let appeared = |before: &Visited, after: &Visited| {
            let is_new = |directory: &&String| {
                let answers_now = || after.answers_below(directory) && !before.answers_below(directory);
                !before.directories.contains(*directory) || (!directory.is_empty() && answers_now())
            };
            after.directories.iter().filter(is_new).cloned().collect::<BTreeSet<_>>()
        };
        prop_assert_eq!(of(Status::Added), appeared(&before, &after));
        prop_assert_eq!(of(Status::Deleted), appeared(&after, &before));
        if old != new {
            for (got, before, after) in [
                (&got.odd_links.outside, &before.outside, &after.outside),
                (&got.odd_links.missing, &before.missing, &after.missing),
                (&got.odd_links.upward, &before.upward, &after.upward),
                (&got.odd_links.endless, &before.endless, &after.endless),
            ] {
                prop_assert_eq!(texts(got), before.union(after).cloned().collect());
            }
        }
        let repository = Repository::open(Some(repo.path())).unwrap();
        let listed = all_paths(&repository.one("t1", &OutputDir::default()).unwrap(), Symlinks::Follow).unwrap();
        prop_assert_eq!(texts(&listed), after.answers.keys().cloned().collect());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_was_met_on_the_way_tells_as_much_as_another_look_at_each_directory((old, new) in two_trees()) {
        let repo = Repo::with(&["--bare"]);
        import(&repo, &[&old, &new]);
        let repository = Repository::open(Some(repo.path())).unwrap();
        let output = OutputDir::default();
        let (from, to) = (repository.one("t0", &output).unwrap(), repository.one("t1", &output).unwrap());
        let changes = compare(&from, &to, Symlinks::Follow, &Rules::default()).unwrap();
        let looked = Changes { walked: None, ..changes.clone() };
        let listings = |changes: Changes| changes.listing_in(&to, Symlinks::Follow, &[b"index.html".to_vec()]).unwrap().listings;
        prop_assert_eq!(listings(changes), listings(looked));
    }
}
