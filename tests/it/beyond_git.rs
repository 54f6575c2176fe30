//! Directories, manifests and `empty` in place of revisions: they compare as git does, and what cannot be read is an error.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use diffpurge::config::OutputDir;
use diffpurge::snapshot::{Hash, Source, write_manifest};
use proptest::prelude::*;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{FILES, Repo, Tool, diffpurge, edge, kept, required, warm};

const CONFIG: &str = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\noutput = \"public\"\n";

/// The id of a directory's or manifest's web root.
fn id_of(spec: &str, hash: Hash) -> String {
    Source::open(spec, None, Some(hash)).unwrap().id()
}

fn dir(path: &Path) -> String {
    format!("dir:{}", path.display())
}

/// What may stand in a name, so that order, escapes and encodings are hard.
fn name() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => Just(&b"a"[..]), 4 => Just(&b"b"[..]), 2 => Just(&b"."[..]), 2 => Just(&b"-"[..]), 2 => Just(&b"0"[..]),
        1 => Just(&b" "[..]), 1 => Just(&b"\n"[..]), 1 => Just(&b"\t"[..]), 1 => Just(&b"\\x41"[..]),
        1 => Just(&b"\xff"[..]), 1 => Just("\u{e9}".as_bytes()),
    ];
    proptest::collection::vec(piece, 1..3)
        .prop_map(|pieces| pieces.concat())
        .prop_filter("no name of a file", |name| !matches!(&name[..], b"." | b".."))
}

/// The names on the way to it, what it is, and its content or target.
type MadeUp = (Vec<Vec<u8>>, u8, Vec<u8>);

/// Files, executables, links and empty directories, at random.
fn entries() -> impl Strategy<Value = Vec<MadeUp>> {
    let path = proptest::collection::vec(name(), 1..4);
    proptest::collection::vec((path, 0u8..5, proptest::collection::vec(any::<u8>(), 0..40)), 0..14)
}

/// Makes what can be made of them: of two that stand in each other's way, the first.
fn make(root: &Path, entries: &[MadeUp]) {
    for (segments, kind, content) in entries {
        let path = root.join(OsStr::from_bytes(&segments.join(&b'/')));
        if fs::symlink_metadata(&path).is_ok() || fs::create_dir_all(path.parent().unwrap()).is_err() {
            continue;
        }
        match kind {
            0 => {
                let mut target: Vec<u8> = content.iter().copied().filter(|byte| *byte != 0).collect();
                target.push(b'x');
                symlink(OsStr::from_bytes(&target), path).unwrap();
            }
            1 => fs::create_dir(path).unwrap(),
            _ => {
                fs::write(&path, content).unwrap();
                let mode = if *kind == 2 { 0o755 } else { 0o640 };
                fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
            }
        }
    }
}

/// Judges a directory, and a manifest of it, by git.
fn same_as_git(entries: &[MadeUp], format: &str, hash: Hash) {
    let repo = Repo::with(&[format]);
    make(repo.path(), entries);
    repo.git(&["add", "--all", "--force", "."]);
    let tree = repo.git(&["write-tree"]);
    assert_eq!(id_of(&dir(repo.path()), hash), tree);
    let file = TempDir::new().unwrap();
    let file = file.path().join("manifest");
    let source = Source::open(&tree, Some(repo.path()), None).unwrap();
    let mut text = Vec::new();
    write_manifest(&source.snapshot(&OutputDir::default()).unwrap(), &mut text, None).unwrap();
    fs::write(&file, &text).unwrap();
    let of_git = format!("manifest:{}", file.display());
    assert_eq!(id_of(&of_git, hash), tree);
    let source = Source::open(&dir(repo.path()), None, Some(hash)).unwrap();
    let mut again = Vec::new();
    write_manifest(&source.snapshot(&OutputDir::default()).unwrap(), &mut again, None).unwrap();
    // They differ in the name of the revision, and so in their digests.
    let files = |text: Vec<u8>| -> Vec<String> {
        let text = String::from_utf8(text).unwrap();
        text.lines().skip(1).filter(|line| !line.starts_with("end ")).map(str::to_owned).collect()
    };
    assert!(text.starts_with(format!("diffpurge manifest 1 {} {tree}\n", hash.name()).as_bytes()));
    assert!(again.starts_with(format!("diffpurge manifest 1 {}\n", hash.name()).as_bytes()));
    assert_eq!(files(again), files(text));
}

proptest! {
    // Nothing is written into the source tree.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn a_directory_and_its_manifest_have_the_id_that_git_gives_to_the_same_files(entries in entries()) {
        same_as_git(&entries, "--object-format=sha1", Hash::Sha1);
        same_as_git(&entries, "--object-format=sha256", Hash::Sha256);
    }
}

#[test]
fn names_that_break_naive_tools_have_the_id_that_git_gives_them() {
    let entries: Vec<_> = FILES
        .iter()
        .map(|file| (file.split(|byte| *byte == b'/').map(<[u8]>::to_vec).collect(), 3, file.to_vec()))
        .collect();
    same_as_git(&entries, "--object-format=sha1", Hash::Sha1);
}

/// A site of two commits with files of every kind, and each of them as a directory and a manifest, beside the repository.
struct Site {
    repo: Repo,
    beside: TempDir,
}

impl Site {
    fn new(format: &str) -> Site {
        let repo = Repo::with(&[format]);
        repo.file("purge.toml", CONFIG);
        for name in ["index.html", "same.css", "gone.html", "old/only.html", "new.d/x", "turns", "caf\u{e9} [x].html"] {
            repo.file(format!("public/{name}"), "1");
        }
        repo.link("public/latest", "old").link("public/to-page", "index.html").commit();
        repo.file("public/index.html", "2").file("public/caf\u{e9} [x].html", "2").file("public/fresh/a.html", "1");
        repo.remove("public/gone.html").remove("public/old").remove("public/turns").file("public/turns/in.css", "1");
        repo.remove("public/latest").link("public/latest", "fresh").commit();
        let site = Site { repo, beside: TempDir::new().unwrap() };
        for (revision, name) in [("HEAD~1", "old"), ("HEAD", "new")] {
            let at = site.beside.path().join(name);
            site.repo.git(&["worktree", "add", "--quiet", "--detach", at.to_str().unwrap(), revision]);
            let manifest = site.beside.path().join(format!("{name}.manifest.gz"));
            let (dir, manifest) = (format!("dir:{name}/public"), manifest.to_str().unwrap().to_owned());
            let hash = format.rsplit('=').next().unwrap();
            site.run(&["manifest", &dir, "--hash", hash, "--out", &manifest]).run().exits(0);
        }
        site
    }

    fn run(&self, arguments: &[&str]) -> Tool {
        let repo = self.repo.path().to_str().unwrap();
        let config = format!("{repo}/purge.toml");
        diffpurge([&["-C", repo, "-c", &config], arguments].concat()).within_directory(self.beside.path())
    }

    /// What is purged between two snapshots, and why.
    fn plan(&self, from: &str, to: &str) -> (Value, Value, Value) {
        let ran = self.run(&["plan", from, to, "--format", "json"]).run().exits(0);
        let mut document: Value = serde_json::from_str(&ran.stdout).unwrap();
        let mut take = |key: &str| document["sites"][0][key].take();
        (take("operations"), take("counts"), take("notes"))
    }
}

#[test]
fn every_pair_of_kinds_compares_as_git_does() {
    for format in ["--object-format=sha1", "--object-format=sha256"] {
        let site = Site::new(format);
        let forth = site.plan("HEAD~1", "HEAD");
        let back = site.plan("HEAD", "HEAD~1");
        assert!(forth.0.as_array().unwrap().len() > 20 && forth != back);
        let [old, new] =
            ["old", "new"].map(|name| [format!("dir:{name}/public"), format!("manifest:{name}.manifest.gz")]);
        let [old, new] =
            [(old, "HEAD~1"), (new, "HEAD")].map(|(two, revision)| [two.to_vec(), vec![revision.to_owned()]].concat());
        for (one, other) in old.iter().flat_map(|one| new.iter().map(move |other| (one, other))) {
            if format.ends_with("sha256") && one.starts_with("dir:") && other.starts_with("dir:") {
                continue; // Both are hashed by SHA-1, which is the same again.
            }
            assert_eq!(site.plan(one, other), forth, "{one} {other}");
            assert_eq!(site.plan(other, one), back, "{other} {one}");
        }
        for one in old.iter().skip(1).chain(&old[..1]) {
            let ran = site.run(&["plan", "HEAD~1", one]).run().exits(0);
            ran.says("nothing changed between HEAD~1");
        }
    }
}

#[test]
fn a_site_that_is_not_in_git_needs_no_repository() {
    let place = TempDir::new().unwrap();
    let at = |name: &str| place.path().join(name);
    fs::create_dir_all(at("public/blog")).unwrap();
    fs::write(at("public/blog/index.html"), "1").unwrap();
    fs::write(at("public/a.css"), "1").unwrap();
    let run = |arguments: &[&str]| {
        let site = ["--base-url", "https://www.example.com/"];
        diffpurge([arguments, &site].concat()).within_directory(place.path())
    };
    let ran =
        run(&["plan", "empty", "dir:public"]).run().exits(0).says("www.example.com: empty (4b825dc642) → dir:public (");
    ran.says("2 paths changed: 2 added").says("+ blog/index.html  4 URLs");
    let manifest = diffpurge(["manifest", "dir:public", "--out", "live.manifest"]).within_directory(place.path());
    let ran = manifest.run().exits(0);
    assert!(ran.stdout.is_empty() && ran.stderr.contains("2 files, written to live.manifest"), "{ran:?}");
    fs::write(at("public/a.css"), "2").unwrap();
    let edge = edge();
    warm(&edge, &["https://www.example.com/a.css", "https://www.example.com/blog/"]);
    let ran = run(&["purge", "manifest:live.manifest", "dir:public"]).against(&edge).run().exits(0);
    ran.says("1 path changed: 1 modified").says("accepted: 2 URLs in 1 request");
    assert_eq!(kept(&edge), ["https://www.example.com/blog/"]);
    run(&["explain", "blog/index.html", "--revision", "dir:public"])
        .run()
        .exits(0)
        .says("blog/index.html is in dir:public (");
    run(&["explain", "x", "--revision", "empty"]).run().exits(0).says("no such file in empty (");
    run(&["plan", "dir:public", "empty"]).run().exits(0).says("2 deleted");
    run(&["plan", "empty", "empty"]).run().exits(0).says("nothing changed between empty");
    // Alone it is TO, which a mark that is a ref cannot hold.
    run(&["plan", "dir:public"]).run().exits(2).fails_with("a git ref, which holds a revision", "file:PATH");
    run(&["plan", "dir:public", "--no-mark"]).run().exits(0).says("(no mark is used, and no FROM is given)");
}

#[test]
fn a_branch_that_is_called_like_a_kind_is_named_in_full() {
    let site = Site::new("--object-format=sha1");
    site.repo.git(&["branch", "empty", "HEAD~1"]);
    assert_eq!(site.plan("refs/heads/empty", "HEAD"), site.plan("HEAD~1", "HEAD"));
    assert_ne!(site.plan("empty", "HEAD"), site.plan("HEAD~1", "HEAD"));
}

#[test]
fn what_git_leaves_out_of_a_directory_is_left_out() {
    let place = TempDir::new().unwrap();
    let clean = id_of(&dir(place.path()), Hash::Sha1);
    assert_eq!(clean, "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
    fs::create_dir_all(place.path().join("a/.git/objects")).unwrap();
    fs::write(place.path().join("a/.git/HEAD"), "x").unwrap();
    fs::create_dir_all(place.path().join("empty/inside")).unwrap();
    fs::write(place.path().join(".git"), "gitdir: elsewhere").unwrap();
    assert_eq!(id_of(&dir(place.path()), Hash::Sha1), clean);
}

/// A directory with one file, and a manifest of it.
fn one_file() -> TempDir {
    let place = TempDir::new().unwrap();
    fs::create_dir(place.path().join("public")).unwrap();
    fs::write(place.path().join("public/a.css"), "1").unwrap();
    diffpurge(["manifest", "dir:public", "--out", "live"]).within_directory(place.path()).run().exits(0);
    place
}

fn plan_in(place: &TempDir, from: &str, to: &str) -> Tool {
    diffpurge(["plan", from, to, "--base-url", "https://www.example.com/"]).within_directory(place.path())
}

#[test]
fn a_directory_that_cannot_be_read_as_a_whole_is_an_error() {
    let place = one_file();
    let fails = |error: &str, hint: &str| {
        plan_in(&place, "manifest:live", "dir:public").run().exits(3).fails_with(error, hint);
    };
    plan_in(&place, "manifest:live", "dir:pulbic").run().exits(3).fails_with("cannot read pulbic", "current directory");
    plan_in(&place, "manifest:live", "dir:live")
        .run()
        .exits(3)
        .fails_with("cannot read live", "`dir:` names the directory that is served, like `dir:public`; a list");
    plan_in(&place, "manifest:live", "dir:").run().exits(3).fails_with("dir: names no path", "unset");
    let odd = place.path().join("public/odd");
    assert!(Command::new("mkfifo").arg(&odd).status().unwrap().success());
    fails("public/odd is a named pipe, and no file of a site", "remove it");
    let ran = diffpurge(["manifest", "dir:public", "--out", "live"]).within_directory(place.path()).run();
    let before = fs::read(place.path().join("live")).unwrap();
    ran.exits(3).fails_with("named pipe", "remove it");
    assert_eq!(
        fs::read(place.path().join("live")).unwrap(),
        before,
        "a manifest that was not written anew is as it was"
    );
    fs::remove_file(&odd).unwrap();
    let socket = std::os::unix::net::UnixListener::bind(&odd).unwrap();
    fails("public/odd is a socket", "remove it");
    drop(socket);
    fs::remove_file(&odd).unwrap();
    // The kernel makes its content up while it is read: it is not as large as it says.
    if required(Path::new("/proc/sys/kernel/ostype").exists(), "Linux's /proc") {
        let site = dir(Path::new("/proc/sys/kernel/random"));
        plan_in(&place, "empty", &site).run().exits(3).errs_with("/proc/sys/kernel/random/", "");
    }
}

#[test]
fn a_file_that_may_not_be_read_is_an_error() {
    let place = one_file();
    // Root may read everything: then the run is another user's, who has to reach the program.
    let program = place.path().join("program");
    // Not written by this process: a test that starts a program at that moment would keep it open, and nobody could run it.
    let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_diffpurge")).arg(&program).status().unwrap();
    assert!(copied.success());
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let run = || {
        let mut command = Command::new(&program);
        command.args(["plan", "manifest:live", "dir:public", "--base-url", "https://www.example.com/"]);
        command.current_dir(place.path()).env_clear();
        if is_root(place.path()) {
            std::os::unix::process::CommandExt::uid(&mut command, 65534);
        }
        let done = command.output().unwrap();
        (done.status.code(), String::from_utf8(done.stderr).unwrap())
    };
    let (code, stderr) = run();
    assert_eq!((code, &*stderr), (Some(0), ""));
    for (name, mode) in [("public/a.css", 0o000), ("public/sub", 0o000)] {
        let path = place.path().join(name);
        if name.ends_with("sub") {
            fs::create_dir(&path).unwrap();
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let (code, stderr) = run();
        assert_eq!(code, Some(3), "{stderr}");
        assert!(
            stderr.starts_with(&format!("error: cannot read {name}")) && stderr.contains("\ncaused by: "),
            "{stderr}"
        );
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

/// True when this process may read what nobody may.
fn is_root(place: &Path) -> bool {
    let closed = place.join("closed");
    fs::write(&closed, "").unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    fs::read(&closed).is_ok()
}

#[test]
fn a_manifest_that_is_missing_damaged_or_foreign_is_an_error() {
    let place = one_file();
    let fails = |error: &str, hint: &str| {
        plan_in(&place, "manifest:live", "dir:public").run().exits(3).fails_with(error, hint);
    };
    plan_in(&place, "manifest:gone", "dir:public")
        .run()
        .exits(3)
        .fails_with("cannot read the manifest gone", "name `empty`");
    plan_in(&place, "manifest:", "dir:public").run().exits(3).fails_with("manifest: names no path", "unset");
    let live = place.path().join("live");
    let whole = fs::read_to_string(&live).unwrap();
    fs::write(&live, whole.replace("a.css", "../a.css")).unwrap();
    fails("live, line 2: ../a.css has `.` or `..` in it", "diffpurge manifest dir:public --out FILE");
    fs::write(&live, whole.replace("a.css", "b.css")).unwrap();
    fails("its digest does not fit", "write it again");
    let (cut, _) = whole.split_once("end").unwrap();
    fs::write(&live, cut).unwrap();
    fails("its last line is missing", "write it again");
    fs::write(&live, b"\x1f\x8b\x08garbage").unwrap();
    fails("cannot read the manifest live", "name a file");
    fs::write(&live, "").unwrap();
    fails("live is no manifest", "write it again");
}

#[test]
fn what_is_hashed_in_two_ways_is_not_compared() {
    let site = Site::new("--object-format=sha256");
    let sha1 = site.beside.path().join("sha1");
    site.run(&["manifest", "dir:old/public", "--out", sha1.to_str().unwrap()]).run().exits(0);
    let ran = site.run(&["plan", "manifest:sha1", "HEAD"]).run().exits(3);
    ran.fails_with("the ids of manifest:sha1 are sha1, and those of HEAD are sha256", "--hash sha256");
    let ran = site.run(&["manifest", "HEAD", "--hash", "sha1"]).run().exits(3);
    ran.fails_with("the ids of HEAD are sha256", "leave `--hash` out");
}

#[test]
fn one_web_root_is_not_compared_with_several() {
    let other = "[[site]]\nname = \"docs\"\nbase_urls = [\"https://docs.example.com/\"]\noutput = \"docs\"\n";
    let repo = Repo::of(&[("purge.toml", &format!("{CONFIG}{other}")), ("public/a", "1"), ("docs/b", "1")]);
    let run = |arguments: &[&str]| diffpurge(arguments).within(&repo).run();
    let ran = run(&["plan", "HEAD", "dir:public"]).exits(2);
    ran.fails_with("dir:public is one web root, and the sites www and docs have two", "--site");
    run(&["plan", "HEAD", "dir:public", "--site", "www"]).exits(0).says("nothing changed");
    run(&["plan", "empty", "HEAD"]).exits(0).says("docs: empty");
    run(&["plan", "HEAD", "public"]).exits(3).fails_with("cannot find the revision public", "named `dir:public`");
    run(&["plan", "purge.toml", "HEAD"]).exits(3).fails_with("purge.toml", "named `manifest:purge.toml`");
    run(&["manifest", "HEAD"]).exits(2).fails_with("a manifest is one web root", "--site");
    let ran = run(&["manifest", "HEAD", "--site", "docs"]).exits(0);
    let head = repo.git(&["rev-parse", "HEAD"]);
    assert!(ran.stdout.starts_with(&format!("diffpurge manifest 1 sha1 {head}\n100644 ")), "{}", ran.stdout);
    assert!(ran.stdout.contains(" b\nend 1 sha256:"), "{}", ran.stdout);
    let ran = diffpurge(["manifest", "HEAD", "--base-url", "https://x.example", "--output", "pulbic", "-q"])
        .within(&repo)
        .run();
    ran.exits(3).errs_with("`output` pulbic is not in HEAD", "git ls-tree");
}

#[test]
fn volatile_parts_of_files_on_disk_are_left_out_and_a_manifest_has_none() {
    let rule = "[[site.rule]]\nmatch = [\"*.html\"]\nvolatile = ['<!-- .*? -->']\n";
    let repo = Repo::of(&[("purge.toml", &format!("{CONFIG}{rule}")), ("public/a.html", "x<!-- 1 -->")]);
    let run = |arguments: &[&str]| diffpurge(arguments).within(&repo).run().exits(0);
    run(&["manifest", "HEAD", "--out", "live"]);
    repo.file("public/a.html", "x<!-- 2 -->");
    run(&["plan", "HEAD", "dir:public"]).says("1 file differs only in what is volatile");
    run(&["plan", "manifest:live", "dir:public"]).says("1 path changed: 1 modified");
}

#[test]
fn a_saved_plan_of_a_directory_is_sent_and_says_what_changed_since() {
    let place = one_file();
    let edge = edge();
    fs::write(place.path().join("public/a.css"), "2").unwrap();
    let site = ["--base-url", "https://www.example.com/"];
    let run = |arguments: &[&str]| {
        diffpurge([arguments, &site].concat()).within_directory(place.path()).against(&edge).run().exits(0)
    };
    run(&["plan", "manifest:live", "dir:public", "--out", "plan.json"]);
    let ran = run(&["purge", "--plan", "plan.json"]).says("accepted: 2 URLs");
    assert!(!ran.stdout.contains("note:"), "{}", ran.stdout);
    fs::write(place.path().join("public/b.css"), "2").unwrap();
    run(&["purge", "--plan", "plan.json"]).says("note: dir:public is ").says("what changed since is not in it");
    let document: Value = serde_json::from_slice(&fs::read(place.path().join("plan.json")).unwrap()).unwrap();
    let names: BTreeSet<&str> =
        ["from", "to"].map(|end| document["sites"][0][end]["revision"].as_str().unwrap()).into();
    assert_eq!(names, BTreeSet::from(["dir:public", "manifest:live"]));
}

#[test]
fn a_compressed_manifest_is_known_by_its_content_and_a_cut_one_is_an_error() {
    let place = one_file();
    let at = |name: &str| place.path().join(name);
    let write = |out: &str| diffpurge(["manifest", "manifest:live", "--out", out]).within_directory(place.path()).run();
    write("live.gz").exits(0);
    let compressed = fs::read(at("live.gz")).unwrap();
    assert!(compressed.starts_with(b"\x1f\x8b"));
    fs::write(at("other"), &compressed).unwrap();
    plan_in(&place, "manifest:other", "dir:public").run().exits(0).says("nothing changed");
    for cut in [compressed.len() / 2, compressed.len() - 1] {
        fs::write(at("other"), &compressed[..cut]).unwrap();
        plan_in(&place, "manifest:other", "dir:public")
            .run()
            .exits(3)
            .fails_with("cannot read the manifest other", "name a");
    }
    write("missing/live").exits(2).fails_with("cannot write missing/live", "a directory that exists");
    let left: BTreeSet<_> = fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["live", "live.gz", "other", "public"].map(Into::into).into(), "nothing is left beside them");
}
