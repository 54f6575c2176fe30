//! Files that are deployed with other bytes than git holds: the origin and the edge are held against what a checkout makes of them.
//!
//! git itself makes the checkouts, but for Git LFS, whose files are known by their SHA-256.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use diffpurge::edge::{Handler, Loopback, response};
use ring::digest::{SHA256, digest};

use crate::support::{Ran, Repo, Served, diffpurge, edge_before, git};

const HOST: &str = "www.example.com";

/// A site whose origin is asked, and given up at once.
fn site(origin: &Served) -> Repo {
    let repo = Repo::new();
    configured(&repo, origin);
    repo
}

fn configured(repo: &Repo, origin: &Served) {
    let config = format!(
        "[[site]]\nname = \"www\"\nbase_urls = [\"https://{HOST}/\"]\noutput = \"public\"\nhost = \"nginx\"\n\
         [site.origin]\nurl = \"{}\"\nwait = \"0s\"\nsample = 1000\n",
        origin.url()
    );
    repo.file("purge.toml", &config);
}

/// The files as git checks them out of a revision, in a directory of their own.
fn checked_out(repo: &Repo, revision: &str) -> tempfile::TempDir {
    let place = tempfile::TempDir::new().unwrap();
    let done = git(repo.path())
        .args(["clone", "--quiet", "--no-checkout", "."])
        .arg(place.path())
        .status()
        .and_then(|_| git(place.path()).args(["checkout", "--quiet", revision]).status());
    assert!(done.unwrap().success());
    place
}

/// Purges the last commit, with the origin serving this directory.
fn purges(repo: &Repo, origin: &Served, directory: &Path) -> Ran {
    origin.deploy(directory);
    let edge = edge_before(origin.address());
    diffpurge(["purge", "HEAD~1", "HEAD", "--no-mark"]).within(repo).against(&edge).run()
}

/// Verifies the last commit, with an edge that answers from this directory.
fn verifies(repo: &Repo, directory: &Path, arguments: &[&str]) -> Ran {
    let edge = Served::of(directory);
    let door = edge.url();
    // The way past the cache would say that whatever the edge gives is right.
    let config = fs::read_to_string(repo.path().join("purge.toml")).unwrap();
    fs::write(repo.path().join("alone.toml"), config.split("[site.origin]").next().unwrap()).unwrap();
    let typed = ["verify", "--config", "alone.toml", "--edge", &door, "-v"];
    diffpurge(typed).arguments(arguments).within(repo).run()
}

/// Attributes of a file, its content of before, and the one of now, as they are committed. Each is deployed with other bytes than git
/// holds, or could be taken for one that is.
const FILES: &[(&str, &str, &str, &str)] = &[
    ("plain.txt", "", "a\nb\n", "a\nc\n"),
    ("eol-crlf.txt", "eol=crlf", "a\nb\n", "a\nc\n"),
    ("text-crlf.txt", "text eol=crlf", "a\nb", "a\nc"),
    ("auto-crlf.txt", "text=auto eol=crlf", "a\nb\n", "a\nc\n"),
    ("auto-crlf.bin", "text=auto eol=crlf", "a\n\0b\n", "a\n\0c\n"),
    ("not-crlf.txt", "-text eol=crlf", "a\nb\n", "a\nc\n"),
    ("eol-lf.txt", "text eol=lf", "a\nb\n", "a\nc\n"),
    ("auto.txt", "text=auto", "a\nb\n", "a\nc\n"),
    ("older-name.txt", "crlf eol=crlf", "a\nb\n", "a\nc\n"),
    ("ident.txt", "ident", "$Id$ a\n", "$Id$ b\n"),
    ("ident-crlf.txt", "ident eol=crlf", "$Id: 1 $\na\n", "$Id: 1 $\nb\n"),
    ("ident-foreign.txt", "ident", "$Id: x 1 $ a\n", "$Id: x 1 $ b\n"),
    ("utf-16.txt", "working-tree-encoding=UTF-16", "a \u{e4} \u{1f600}\n", "b \u{e4} \u{1f600}\n"),
    ("utf-16le.txt", "working-tree-encoding=UTF-16LE", "a \u{e4}\n", "b \u{e4}\n"),
    ("utf-16be.txt", "working-tree-encoding=utf-16be", "a \u{e4}\n", "b \u{e4}\n"),
    ("utf-16-bom.txt", "working-tree-encoding=UTF-16LE-BOM eol=crlf", "a \u{e4}\n", "b \u{e4}\n"),
    ("utf-32.txt", "working-tree-encoding=UTF-32", "a \u{1f600}\n", "b \u{1f600}\n"),
    ("utf-8.txt", "working-tree-encoding=UTF-8", "a \u{e4}\n", "b \u{e4}\n"),
    ("latin-1.txt", "working-tree-encoding=ISO-8859-1", "a \u{e4}\n", "b \u{e4}\n"),
    ("windows.txt", "working-tree-encoding=windows-1252 eol=crlf", "a \u{20ac}\u{e4}\n", "b \u{20ac}\u{e4}\n"),
    ("latin-9.txt", "working-tree-encoding=ISO-8859-15", "a \u{20ac}\u{e4}\n", "b \u{20ac}\u{e4}\n"),
    ("not-lfs.png", "filter=lfs -text", "committed without LFS, one", "committed without LFS, two"),
    ("unset.txt", "-filter !eol", "a\nb\n", "a\nc\n"),
];

/// Commits the files twice, byte for byte: what is committed is not converted on its way into git.
fn commit_all(repo: &Repo) {
    let lines: Vec<String> = FILES.iter().map(|(name, attributes, ..)| format!("{name} {attributes}\n")).collect();
    let attributes = lines.concat();
    for now in [false, true] {
        repo.file("public/.gitattributes", &attributes);
        repo.git(&["add", "--all", "."]);
        for (name, _, before, after) in FILES {
            put(repo, name, if now { after } else { before });
        }
        repo.git(&["commit", "--quiet", "--message", "a commit"]);
    }
}

/// Puts a blob into the index under a path.
fn put(repo: &Repo, name: &str, content: &str) {
    let place = tempfile::NamedTempFile::new().unwrap();
    fs::write(place.path(), content).unwrap();
    let id = repo.git(&["hash-object", "-w", "--no-filters", place.path().to_str().unwrap()]);
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{id},public/{name}")]);
}

#[test]
fn what_git_checks_out_of_to_is_right_and_what_it_checks_out_of_from_is_not() {
    let origin = Served::of(tempfile::TempDir::new().unwrap().path());
    let repo = site(&origin);
    commit_all(&repo);
    let [before, now] = ["HEAD~1", "HEAD"].map(|revision| checked_out(&repo, revision));
    let public = |place: &tempfile::TempDir| place.path().join("public");
    purges(&repo, &origin, &public(&now)).exits(0);
    let count = FILES.len();
    let ran = purges(&repo, &origin, &public(&before)).exits(1);
    // A round is over when enough is wrong.
    assert!(ran.stderr.contains(" has another content ("), "{}", ran.stderr);
    verifies(&repo, &public(&now), &["HEAD~1"]).exits(0).says(&format!(" {count} fresh"));
    verifies(&repo, &public(&before), &["HEAD~1"]).exits(1).says(&format!(" {count} stale"));
    // Without FROM, the file's own history tells.
    // The list of attributes and the directory beside them.
    verifies(&repo, &public(&now), &[]).exits(0).says(&format!(" {} fresh", count + 2));
    verifies(&repo, &public(&before), &[]).exits(1).says(&format!(" {count} stale"));
    // One file that is left as it was is found among all others, each in its turn.
    for (name, ..) in FILES {
        fs::copy(public(&before).join(name), public(&now).join(format!("{name}.kept"))).unwrap();
        let (place, kept) = (public(&now).join(name), public(&now).join(format!("{name}.new")));
        fs::rename(&place, &kept).unwrap();
        fs::rename(public(&now).join(format!("{name}.kept")), &place).unwrap();
        let ran = purges(&repo, &origin, &public(&now)).exits(1);
        assert!(ran.stderr.contains(&format!(": {name} (")), "{name}: {}", ran.stderr);
        fs::rename(kept, place).unwrap();
    }
}

#[test]
fn a_host_that_serves_what_git_holds_and_one_that_ends_lines_its_own_way_are_right_too() {
    let origin = Served::of(tempfile::TempDir::new().unwrap().path());
    let repo = site(&origin);
    commit_all(&repo);
    let place = tempfile::TempDir::new().unwrap();
    for (name, attributes, _, after) in FILES {
        let content = if attributes.contains("auto") { after.replace('\n', "\r\n") } else { (*after).to_owned() };
        let is_binary = after.contains('\0');
        fs::write(place.path().join(name), if is_binary { after.as_bytes() } else { content.as_bytes() }).unwrap();
    }
    purges(&repo, &origin, place.path()).exits(0);
    verifies(&repo, place.path(), &["HEAD~1"]).exits(0).says(&format!(" {} fresh", FILES.len()));
    // The same of before.
    for (name, _, before, _) in FILES {
        fs::write(place.path().join(name), before).unwrap();
    }
    purges(&repo, &origin, place.path()).exits(1);
    verifies(&repo, place.path(), &["HEAD~1"]).exits(1).says(&format!(" {} stale", FILES.len()));
}

#[test]
fn a_file_whose_attributes_alone_have_changed_is_right_when_it_is_deployed_anew() {
    let origin = Served::of(tempfile::TempDir::new().unwrap().path());
    for (old, new) in [
        ("", "*.txt eol=crlf\n"),
        ("*.txt eol=crlf\n", ""),
        ("", "*.txt ident\n"),
        ("*.txt working-tree-encoding=UTF-16LE\n", "*.txt working-tree-encoding=UTF-16BE\n"),
        ("*.txt text=auto\n", "*.txt text=auto eol=crlf\n"),
    ] {
        let repo = site(&origin);
        repo.file(".gitattributes", old);
        repo.git(&["add", "--all", "."]);
        put(&repo, "a.txt", "$Id$\none\n");
        repo.git(&["commit", "--quiet", "--message", "a commit"]);
        repo.file(".gitattributes", new).git(&["add", ".gitattributes"]);
        repo.git(&["commit", "--quiet", "--message", "a commit"]);
        let [before, now] = ["HEAD~1", "HEAD"].map(|revision| checked_out(&repo, revision));
        purges(&repo, &origin, &now.path().join("public")).exits(0);
        let ran = purges(&repo, &origin, &before.path().join("public"));
        assert_eq!(ran.code, Some(1), "{old} {new}");
        verifies(&repo, &now.path().join("public"), &["HEAD~1"]).exits(0).says(" 1 fresh");
        let ran = verifies(&repo, &before.path().join("public"), &["HEAD~1"]);
        assert_eq!(ran.code, Some(1), "{old} {new}");
    }
}

/// The pointer by which Git LFS names a file.
fn pointer(content: &[u8]) -> String {
    let sha256: String =
        digest(&SHA256, content).as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    format!("version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {}\n", content.len())
}

/// A directory with one file, or none.
fn holding(name: &str, content: Option<&[u8]>) -> tempfile::TempDir {
    let place = tempfile::TempDir::new().unwrap();
    if let Some(content) = content {
        let path = place.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    place
}

const LFS: &str = "*.png filter=lfs diff=lfs merge=lfs -text\n";

/// The content that git holds of a picture, and the attributes, of a commit.
struct Held<'h>(&'h str, &'h [u8]);

/// A picture before and now, the contents that are right then, and those that are wrong.
type Case<'c> = (Held<'c>, Held<'c>, &'c [&'c [u8]], &'c [&'c [u8]]);

/// A site in two commits of one picture.
fn picture(origin: &Served, before: &Held<'_>, now: &Held<'_>) -> Repo {
    let repo = site(origin);
    for Held(attributes, content) in [before, now] {
        repo.file(".gitattributes", attributes).git(&["add", "--all", "."]);
        put(&repo, "hero.png", std::str::from_utf8(content).unwrap());
        repo.git(&["commit", "--quiet", "--allow-empty", "--message", "a commit"]);
    }
    repo
}

#[test]
fn the_file_that_an_lfs_pointer_names_is_awaited_and_no_other() {
    let origin = Served::of(tempfile::TempDir::new().unwrap().path());
    let [one, two] = ["one", "two"].map(|word| word.repeat(1000).into_bytes());
    let [first, second] = [&one, &two].map(|content| pointer(content));
    let (first, second) = (first.as_bytes(), second.as_bytes());
    let cases: &[Case<'_>] = &[
        // Both in LFS. A host that knows no LFS serves the pointers.
        (Held(LFS, first), Held(LFS, second), &[&two, second], &[&one, first, b"other", b""]),
        // A file that moves into LFS, with another content and with its own.
        (Held("", &one), Held(LFS, second), &[&two], &[&one, first]),
        (Held("", &one), Held(LFS, first), &[&one], &[&two]),
        // And out of it.
        (Held(LFS, first), Held("", &two), &[&two], &[&one, first, second]),
        // Without the attribute a pointer is a text, as in an older commit.
        (Held("", first), Held("", second), &[second], &[first, &one, &two]),
        (Held("", first), Held(LFS, first), &[&one], &[first, &two]),
        (Held(LFS, first), Held("", first), &[first], &[&one]),
        // Committed without LFS in spite of the attribute.
        (Held(LFS, &one), Held(LFS, &two), &[&two], &[&one, second]),
    ];
    for (i, (before, now, right, wrong)) in cases.iter().enumerate() {
        let repo = picture(&origin, before, now);
        for (contents, code) in [(right, 0), (wrong, 1)] {
            for content in *contents {
                let place = holding("hero.png", Some(content));
                let ran = purges(&repo, &origin, place.path());
                assert_eq!(ran.code, Some(code), "{i}: {} {}", String::from_utf8_lossy(content), ran.stderr);
                let ran = verifies(&repo, place.path(), &["HEAD~1"]);
                assert_eq!(ran.code, Some(code), "{i}: {} {}", String::from_utf8_lossy(content), ran.stdout);
            }
        }
    }
}

#[test]
fn an_lfs_file_that_is_gone_or_new_is_told_by_its_content_too() {
    let origin = Served::of(tempfile::TempDir::new().unwrap().path());
    let repo = site(&origin);
    let content = b"one".repeat(1000);
    repo.file("public/index.html", "app").file(".gitattributes", LFS).git(&["add", "--all", "."]);
    put(&repo, "hero.png", &pointer(&content));
    repo.git(&["commit", "--quiet", "--message", "a commit"]);
    repo.git(&["rm", "--quiet", "--cached", "public/hero.png"]);
    repo.git(&["commit", "--quiet", "--message", "a commit"]);
    // A host for single-page apps answers with the home page for what there is not.
    let app = |picture: Option<&[u8]>| {
        let place = holding("hero.png", picture);
        fs::write(place.path().join("index.html"), "app").unwrap();
        place
    };
    origin.behaves(crate::support::Manner::Fallback);
    purges(&repo, &origin, app(None).path()).exits(0);
    purges(&repo, &origin, app(Some(&content)).path()).exits(1);
    purges(&repo, &origin, app(Some(pointer(&content).as_bytes())).path()).exits(1);
    verifies(&repo, app(Some(&content)).path(), &["HEAD~1"]).exits(1).says(" 1 stale");
    repo.git(&["revert", "--no-edit", "HEAD"]);
    purges(&repo, &origin, app(Some(&content)).path()).exits(0);
    purges(&repo, &origin, app(None).path()).exits(1);
    verifies(&repo, app(Some(b"app")).path(), &["HEAD~1"]).exits(1).says(" 1 stale");
}

#[test]
fn an_lfs_file_is_asked_for_under_the_links_that_lead_to_it() {
    let origin = Served::of(tempfile::TempDir::new().unwrap().path());
    let repo = site(&origin);
    let [one, two] = ["one", "two"].map(|word| word.repeat(1000).into_bytes());
    // The attributes are those of the directory in which the file lies.
    repo.file("public/real/.gitattributes", LFS).link("public/stable", "real").git(&["add", "--all", "."]);
    for content in [&one, &two] {
        put(&repo, "real/hero.png", &pointer(content));
        repo.git(&["commit", "--quiet", "--message", "a commit"]);
    }
    let place = |real: &[u8], stable: &[u8]| {
        let place = holding("real/hero.png", Some(real));
        fs::create_dir(place.path().join("stable")).unwrap();
        fs::write(place.path().join("stable/hero.png"), stable).unwrap();
        place
    };
    purges(&repo, &origin, place(&two, &two).path()).exits(0);
    purges(&repo, &origin, place(&two, &one).path()).exits(1);
    verifies(&repo, place(&two, &two).path(), &["HEAD~1"]).exits(0).says(" 2 fresh");
    verifies(&repo, place(&two, &one).path(), &["HEAD~1"]).exits(1).says(" 1 fresh, 1 stale");
}

#[test]
fn a_long_lfs_file_is_compared_without_being_kept() {
    let origin = Served::of(tempfile::TempDir::new().unwrap().path());
    let [one, two] = [b'1', b'2'].map(|byte| vec![byte; 5 << 20]);
    let repo = picture(&origin, &Held(LFS, pointer(&one).as_bytes()), &Held(LFS, pointer(&two).as_bytes()));
    for (content, code) in [(&two, 0), (&one, 1)] {
        let place = holding("hero.png", Some(content));
        purges(&repo, &origin, place.path()).exits(code);
        verifies(&repo, place.path(), &["HEAD~1"]).exits(code);
    }
}

#[test]
fn files_whose_content_nobody_here_knows_are_compared_by_their_status_and_that_is_said_once() {
    let origin = Served::of(tempfile::TempDir::new().unwrap().path());
    for (attributes, why) in [
        ("*.txt filter=secret\n", "the filter secret makes its content"),
        ("*.txt working-tree-encoding=EUC-KR\n", "its encoding EUC-KR is not known here"),
        ("*.txt export-subst\n", "an archive fills in its content (`export-subst`)"),
        ("[[:alpha:]].txt eol=crlf\n", "a line of its `.gitattributes` cannot be read"),
    ] {
        let repo = site(&origin);
        for content in ["$Format:%H$ one two three four five six\n", "$Format:%H$ six five four three two one\n"] {
            repo.file(".gitattributes", attributes).git(&["add", "--all", "."]);
            put(&repo, "a.txt", content);
            put(&repo, "b.txt", content);
            repo.git(&["commit", "--quiet", "--message", "a commit"]);
        }
        let place = |content: &[u8]| {
            let place = holding("a.txt", Some(content));
            fs::write(place.path().join("b.txt"), [content, b"b"].concat()).unwrap();
            place
        };
        let note = format!("note: www: 2 files are compared by their status, the first for a.txt: {why}\n");
        let ran = purges(&repo, &origin, place(b"something else\n").path()).exits(0);
        assert!(ran.stderr.contains(&note), "{note} in {}", ran.stderr);
        let ran = verifies(&repo, place(b"something else\n").path(), &["HEAD~1"]).exits(0).says(" 2 fresh");
        assert!(ran.stderr.contains(&note), "{note} in {}", ran.stderr);
        // The two together say it once.
        origin.deploy(place(b"something else\n").path());
        let edge = edge_before(origin.address());
        let typed = ["purge", "HEAD~1", "HEAD", "--no-mark", "--verify", "--edge"].map(str::to_owned);
        let door = [format!("http://{}", edge.address())];
        let ran = diffpurge(typed.into_iter().chain(door)).within(&repo).against(&edge).run().exits(0);
        assert_eq!(ran.stderr.matches("compared by their status").count(), 1, "{}", ran.stderr);
        // Where git's own bytes of before are served, the old file is still there; and no answer is none.
        let old = place(b"$Format:%H$ one two three four five six\n");
        purges(&repo, &origin, old.path()).exits(1);
        verifies(&repo, old.path(), &["HEAD~1"]).exits(1).says(" stale");
        purges(&repo, &origin, place(b"").path()).exits(1);
        purges(&repo, &origin, holding("b.txt", None).path()).exits(1);
        verifies(&repo, holding("b.txt", None).path(), &["HEAD~1"]).exits(1);
    }
}

#[test]
fn one_content_for_several_files_that_nobody_knows_is_stale() {
    let origin = Served::of(tempfile::TempDir::new().unwrap().path());
    let repo = site(&origin);
    repo.file(".gitattributes", "*.bin filter=secret\n").git(&["add", "--all", "."]);
    for word in ["one", "two"] {
        for name in ["a.bin", "b.bin", "c.bin"] {
            put(&repo, name, &format!("\0{word} {name}"));
        }
        repo.git(&["commit", "--quiet", "--message", "a commit"]);
    }
    let handler: Handler = Arc::new(|_| Box::pin(async { response(200, &[], "parked") }));
    let edge = Loopback::start(handler).unwrap();
    let door = format!("http://{}", edge.address());
    let ran = diffpurge(["verify", "HEAD~1", "--edge", &door]).within(&repo).run().exits(1);
    ran.says("one and the same content answers for 3 different files of TO");
}

#[test]
fn a_blob_that_is_not_in_the_clone_or_is_too_long_to_be_converted_is_compared_by_its_status() {
    let origin = Served::of(tempfile::TempDir::new().unwrap().path());
    let repo = site(&origin);
    repo.file("public/.gitattributes", "*.txt eol=crlf\n").git(&["add", "--all", "."]);
    for word in ["one\n", "two\n"] {
        put(&repo, "long.txt", &word.repeat((9 << 20) / 4));
        repo.git(&["commit", "--quiet", "--message", "a commit"]);
    }
    let now = checked_out(&repo, "HEAD");
    let ran = purges(&repo, &origin, &now.path().join("public")).exits(0);
    assert!(ran.stderr.contains("1 file is compared by its status, long.txt: "), "{}", ran.stderr);
    let clone = Repo::clone_of(&repo.url(), &["--bare", "--filter=blob:none"]);
    fs::copy(repo.path().join("purge.toml"), clone.path().join("purge.toml")).unwrap();
    let ran = purges(&clone, &origin, &now.path().join("public"));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
}

#[test]
fn a_directory_is_compared_by_its_bytes_whatever_its_attributes_say() {
    let origin = Served::of(tempfile::TempDir::new().unwrap().path());
    let repo = site(&origin);
    repo.file("site/.gitattributes", "*.txt eol=crlf\n*.png filter=lfs\n");
    repo.file("site/a.txt", "a\nb\n").file("site/hero.png", &pointer(b"one"));
    let run = |place: &Path| {
        origin.deploy(place);
        let edge = edge_before(origin.address());
        diffpurge(["purge", "empty", "dir:site", "--no-mark"]).within(&repo).against(&edge).run()
    };
    run(&repo.path().join("site")).exits(0);
    repo.file("other/a.txt", "a\r\nb\r\n").file("other/hero.png", "one");
    run(&repo.path().join("other")).exits(1);
}

#[test]
fn what_an_archive_leaves_out_may_be_there_or_not_and_is_never_old() {
    let origin = Served::of(tempfile::TempDir::new().unwrap().path());
    for attributes in
        ["drafts export-ignore\n", "drafts/ export-ignore\n", "public export-ignore\n", "a.txt export-ignore\n"]
    {
        let repo = site(&origin);
        repo.file(".gitattributes", attributes).file("public/b.txt", "b").git(&["add", "--all", "."]);
        for word in ["one", "two"] {
            put(&repo, "drafts/a.txt", word);
            repo.git(&["commit", "--quiet", "--message", "a commit"]);
        }
        for (content, code) in
            [(None, 0), (Some(&b"two"[..]), 0), (Some(b"one"), 1), (Some(b"other"), 1), (Some(b""), 1)]
        {
            let place = holding("drafts/a.txt", content);
            let ran = purges(&repo, &origin, place.path());
            assert_eq!(ran.code, Some(code), "{attributes} {content:?} {}", ran.stderr);
            let ran = verifies(&repo, place.path(), &["HEAD~1"]);
            assert_eq!(ran.code, Some(code), "{attributes} {content:?} {}", ran.stdout);
        }
    }
}
