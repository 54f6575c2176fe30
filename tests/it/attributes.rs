//! `.gitattributes` that change how files are deployed: those files count as changed, though git holds the same bytes.

use crate::changes::{changes, said};
use crate::support::{Repo, diffpurge};

const ALL: [&str; 4] = ["a.txt", "css/a.css", "css/deep/b.css", "{x}.txt"];

/// The paths that count as changed when the text of `.gitattributes` at a place changes, but for that file.
#[track_caller]
fn changed(place: &str, old: &str, new: &str, output: &str) -> Vec<String> {
    let repo = Repo::new();
    for path in ALL {
        repo.file(format!("web/public/{path}"), "1");
    }
    for (text, _) in [(old, 0), (new, 1)] {
        if text.is_empty() && repo.path().join(place).join(".gitattributes").exists() {
            repo.remove(format!("{place}.gitattributes"));
        } else if !text.is_empty() {
            repo.file(format!("{place}.gitattributes"), text);
        }
        repo.commit();
    }
    let said = said(&changes(&repo, "HEAD~1", "HEAD", output));
    said.into_iter().filter(|line| !line.ends_with(".gitattributes")).collect()
}

#[test]
fn files_that_are_deployed_in_another_way_count_as_changed() {
    let all = ALL.map(|path| format!("modified {path}"));
    let [txt, css, deep, braces] = all.each_ref().map(String::as_str);
    for (old, new, want) in [
        ("", "*.txt text eol=crlf\n", &[txt, braces][..]),
        ("*.txt text eol=crlf\n", "", &[txt, braces]),
        ("*.txt eol=lf\n", "*.txt   eol=crlf # no comment\n", &[txt, braces]),
        ("*.txt eol=crlf\n", "# a comment\n\n*.txt  eol=crlf\n", &[]),
        ("", "* text=auto\n", &[]),
        ("* eol=crlf\n", "* eol=crlf\n*.css binary\n", &[css, deep]),
        ("* eol=crlf\n", "* eol=crlf\n*.css -text\n", &[css, deep]),
        ("", "*.css linguist-vendored diff=css\n", &[]),
        ("", "css/* export-ignore\n", &[css, deep]),
        ("", "css export-ignore\n", &[css, deep]),
        ("", "css/ export-ignore\n", &[css, deep]),
        ("", "css/*.css filter=lfs\n", &[css]),
        ("", "/css/*.css filter=lfs\n", &[css]),
        ("", "css/**/*.css filter=lfs\n", &[css, deep]),
        ("", "deep/b.css filter=lfs\n", &[]),
        ("", "b.css ident\n", &[deep]),
        ("", "*.txt -eol -filter -ident\n", &[]),
        ("", "{x}.txt export-subst\n", &[braces]),
        ("", "{a,b}.txt export-subst\n", &[]),
        ("", "[!a].txt export-subst\n", &[]),
        ("", "[a].txt working-tree-encoding=ISO-8859-1\n", &[txt]),
        ("*.css filter=a\n", "*.css filter=b\n*.css !filter\n", &[css, deep]),
        ("*.css filter=a\n", "*.css filter=b\n*.css filter=a\n", &[]),
        // A name for several attributes is given at the top of a repository alone.
        ("", "[attr]kept filter=lfs\n*.txt kept\n", &[]),
        ("", "\"a.txt\" filter=x\n", &[txt]),
        ("", "\"a\\056txt\" filter=x\n", &[txt]),
        ("", "\"a.txt filter=x\n", &[]),
        ("", "[[:alpha:]].txt filter=x\n", &[txt, css, deep, braces]),
        ("", "# caf\u{e9}\n", &[]),
        ("", "!a.txt filter=x\n", &[]),
    ] {
        assert_eq!(changed("web/public/", old, new, "web/public"), want, "{old} {new}");
    }
}

#[test]
fn attributes_are_known_above_the_web_root_and_in_its_directories() {
    let css = ["modified css/a.css", "modified css/deep/b.css"];
    for (place, text, want) in [
        ("", "*.css eol=crlf\n", &css[..]),
        ("", "web/public/css/** eol=crlf\n", &css),
        ("web/", "public/css/*.css eol=crlf\n", &css[..1]),
        ("", "css/*.css eol=crlf\n", &[]),
        ("web/public/css/", "*.css eol=crlf\n", &css),
        ("web/public/css/deep/", "/b.css eol=crlf\n", &css[1..]),
        ("other/", "*.css eol=crlf\n", &[]),
        ("", "[attr]kept eol=crlf\n*.css kept\n", &css),
        ("", "[attr]kept eol=crlf\n*.css kept\n*.css -kept\n", &[]),
        ("", "[attr]kept eol=crlf\n[attr]held kept\n*.css held\nb.css -eol\n", &css[..1]),
    ] {
        assert_eq!(changed(place, "", text, "web/public"), want, "{place} {text}");
    }
    for text in ["web export-ignore\n", "public/ export-ignore\n", "web/public export-ignore\n"] {
        assert_eq!(changed("", "", text, "web/public").len(), 4, "{text}");
    }
}

#[test]
fn a_file_that_counts_for_its_attributes_is_purged_under_its_links_too_and_noted() {
    let config = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\nignore = [\"purge.toml\", \".gitattributes\"]\n";
    let repo = Repo::of(&[("purge.toml", config), ("v1/index.html", "home"), ("v1/a.txt", "1"), ("v1/b.css", "2")]);
    repo.link("stable", "v1").commit();
    repo.file(".gitattributes", "v1/*.txt eol=crlf\n").commit();
    let urls = diffpurge(["plan", "HEAD~1", "--format", "urls"]).within(&repo).run().exits(0).stdout;
    assert_eq!(urls, "https://www.example.com/stable/a.txt\nhttps://www.example.com/v1/a.txt\n");
    let ran = diffpurge(["plan", "HEAD~1"]).within(&repo).run().exits(0);
    ran.says("note: `.gitattributes` say otherwise than before how files are deployed")
        .says("2 files, the first is stable/a.txt");
}

#[test]
fn patterns_match_the_paths_that_git_says_they_match() {
    for pattern in [
        "*.txt",
        "a.txt",
        "/a.txt",
        "b.css",
        "css/b.css",
        "css/*.css",
        "css/**",
        "**/b.css",
        "**/deep/*",
        "deep/*.css",
        "css/*/b.css",
        "*",
        "*.c?s",
        "[ab].*",
        "[!a].*",
        "[a-c].css",
        "[a{]*",
        "[{]x*",
        "\\{x}.txt",
        "{x}.txt",
        "*}.txt",
        "\"a.txt\"",
        "\"css/a.css\"",
        "css/",
        "css",
        "web/public/a.txt",
        "**",
        "/**/a.css",
        "*/a.css",
        "css/**/b.css",
        "css\\/a.css",
        "a.*",
        ".txt",
        "*a.txt",
        "*s/a.css",
    ] {
        let changed = changed("web/public/", "", &format!("{pattern} eol=crlf\n"), "web/public");
        let repo = Repo::new();
        for path in ALL {
            repo.file(format!("web/public/{path}"), "1");
        }
        repo.file("web/public/.gitattributes", &format!("{pattern} eol=crlf\n")).commit();
        let paths = ALL.map(|path| format!("web/public/{path}"));
        let asked = ["check-attr", "eol", "--"].into_iter().chain(paths.iter().map(String::as_str)).collect::<Vec<_>>();
        let told = repo.git(&asked);
        let path = |line: &str| {
            line.strip_suffix(": eol: crlf").map(|line| line.trim_matches('"').replace("web/public/", "modified "))
        };
        let want: Vec<String> = told.lines().filter_map(path).collect();
        assert_eq!(changed, want, "{pattern}: {told}");
    }
}

#[test]
fn a_hostile_list_of_attributes_is_read_within_bounds() {
    let repo = Repo::of(&[
        ("purge.toml", "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n"),
        ("a.txt", "1"),
    ]);
    // Names that stand for names, and globs that each would take a compiler.
    let names = (0..30_000).map(|i| format!("[attr]n{i} n{}\n", i + 1)).collect::<Vec<_>>().concat();
    let globs = (0..20_000).map(|i| format!("*a?{i}* eol=lf\n")).collect::<Vec<_>>().concat();
    repo.file(".gitattributes", &format!("{names}* n0\n{globs}")).commit();
    let start = std::time::Instant::now();
    let ran = diffpurge(["plan", "HEAD~1", "--format", "urls"]).within(&repo).run().exits(0);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    ran.says("https://www.example.com/a.txt\n");
}
