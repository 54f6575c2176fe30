//! A site that is built and not committed: its `output` lies on disk, its mark is a file. Looks go to the directory, and hints name it.

use std::fs;

use crate::support::{Site, diffpurge};

const FILED: &str = "[site.mark]\nstore = \"file:.git/www.mark\"\n";

/// A source that is committed, and a directory of pages that is not.
fn built(config: &str) -> Site {
    let site = Site::of(config);
    site.repo.remove("index.html").file(".gitignore", "/public\n").file("content/a.md", "a").file("hugo.toml", "x");
    site.repo.git(&["add", ".gitignore", "content", "hugo.toml", "purge.toml"]);
    site.repo.git(&["commit", "--quiet", "--message", "source"]);
    site.repo.file("public/index.html", "1").file("public/blog/a.css", "1");
    site
}

#[test]
fn a_check_looks_at_the_directory_that_is_built() {
    for output in ["output = \"public\"\n", ""] {
        let site = built(&format!("{output}{FILED}"));
        let ran = site.run(&["check"]).run().exits(0);
        ran.says("www: 7 ok").says("ok    output       dir:public is the web root");
        site.run(&["purge", "dir:public", "--yes"]).run().exits(0);
        site.run(&["check"]).run().exits(0).says("www: 7 ok");
    }
    // From elsewhere the directory is named as it is found from there.
    let site = built(&format!("output = \"public\"\n{FILED}"));
    let (elsewhere, there) = (tempfile::TempDir::new().unwrap(), site.repo.path().display().to_string());
    let ran = diffpurge(["-C", &there, "check"]).within_directory(elsewhere.path()).against(&site.live.edge).run();
    ran.exits(0).says(&format!("dir:{there}/public is the web root"));
}

#[test]
fn a_check_says_what_is_wrong_with_the_directory_that_is_built() {
    let site = built(&format!("output = \"public\"\n{FILED}"));
    site.run(&["mark", "set", "dir:public"]).run().exits(0);
    site.repo.remove("public").file("public/notes.md", "1");
    site.run(&["check"]).run().exits(1).says("fail  output       dir:public holds no index file, and the mark (");
    // Before a build there is nothing to look at.
    site.repo.remove("public");
    let hint = "if this site is not committed: build public first, then `diffpurge purge dir:public`; else ";
    site.run(&["check"]).run().exits(0).says("warn  output       `output` public is not in HEAD").says(hint);
}

#[test]
fn a_hint_names_the_command_that_was_typed_and_the_real_directory() {
    for output in ["output = \"public\"\n", ""] {
        let site = built(&format!("{output}{FILED}"));
        for arguments in [&["plan"][..], &["purge"], &["verify"], &["mark", "set", "HEAD"], &["purge", "--dry-run"]] {
            let command = if arguments[0] == "mark" { "mark set" } else { arguments[0] };
            let hint = format!("hint: if this site is not committed: `diffpurge {command} dir:public`; else ");
            let ran = site.run(arguments).run().exits(3);
            assert!(ran.stderr.contains(&hint), "{arguments:?}: {}", ran.stderr);
        }
    }
    // Where the mark cannot hold a directory, that comes first.
    let site = built("output = \"public\"\n");
    let hint =
        "if this site is not committed: `store = \"file:PATH\"` in [site.mark], then `diffpurge plan dir:public`";
    site.run(&["plan"]).run().exits(3).fails_with("`output` public is not in HEAD", hint);
    // Of several directories with pages none is meant more than the others.
    let site = built(FILED);
    site.repo.file("coverage/index.html", "1");
    site.run(&["plan"]).run().exits(3).fails_with("HEAD looks like the source", "`diffpurge plan dir:DIR`; else set");
}

#[test]
fn an_explanation_looks_at_the_directory_or_says_where_it_looked() {
    let site = built(&format!("output = \"public\"\n{FILED}"));
    let ran = site.run(&["explain", "blog/a.css"]).run().exits(0).says("blog/a.css is in dir:public (");
    assert_eq!(ran.stderr, "note: www: looked for in dir:public, since this site is not committed\n");
    site.run(&["explain", "https://www.example.com/"]).run().exits(0).says("1 file of dir:public (");
    site.run(&["explain", "--revision", "HEAD", "blog/a.css"]).run().exits(0).says("no such file in HEAD (");
    site.repo.remove("public");
    let ran = site.run(&["explain", "blog/a.css"]).run().exits(0).says("no such file in HEAD (");
    assert!(ran.stderr.contains("`--revision dir:public` looks at the directory on disk"), "{}", ran.stderr);
}

#[test]
fn an_explanation_takes_the_files_of_the_mark() {
    let site = built(&format!("output = \"public\"\n{FILED}"));
    let hint = "a first `diffpurge purge` or `diffpurge mark set` makes a mark";
    let ran = site.run(&["explain", "--revision", "mark", "blog/a.css"]).run().exits(3);
    ran.fails_with("there is no mark .git/www.mark yet", hint);
    site.run(&["mark", "set", "dir:public"]).run().exits(0);
    site.repo.remove("public");
    site.run(&["explain", "--revision", "mark", "blog/a.css"]).run().exits(0).says("blog/a.css is in mark (");
    // A mark that is a ref has its revision, with the web root that it was read with.
    let site = Site::of("output = \"public\"\n");
    site.deploy(&[("public/index.html", "1"), ("public/x.css", "1")]);
    site.run(&["mark", "set", "HEAD"]).run().exits(0);
    let text = fs::read_to_string(site.repo.path().join("purge.toml")).unwrap();
    site.repo.remove("public").file("dist/index.html", "1");
    site.repo.file("purge.toml", &text.replace("\"public\"", "\"dist\"")).commit();
    site.run(&["explain", "--revision", "mark", "x.css"]).run().exits(0).says("x.css is in mark (");
    let ran = site.run(&["plan", "HEAD", "mark"]).run().exits(3);
    ran.fails_with("cannot find the revision mark", "`mark` is a FROM, and no TO: `diffpurge plan mark");
}

#[test]
fn a_misspelt_file_is_told_with_the_one_that_was_meant() {
    let site = Site::of("");
    site.deploy(&[("blog/first-post.html", "1"), ("assets/style.css", "1"), ("a.css", "1")]);
    for (typed, meant) in [
        ("blog/frist-post.html", Some("blog/first-post.html")),
        ("style.css", Some("assets/style.css")),
        ("assets/Style.css", Some("assets/style.css")),
        ("no/such/thing.woff2", None),
    ] {
        let ran = site.run(&["explain", typed]).run().exits(0).says("no such file in HEAD (");
        let said = ran.stdout.lines().find_map(|line| line.strip_prefix("  note: did you mean "));
        assert_eq!(said.map(|said| said.trim_end_matches('?')), meant, "{typed}: {}", ran.stdout);
    }
}

#[test]
fn a_revision_before_the_first_commit_is_told_as_such() {
    let site = Site::of("");
    site.deploy(&[("x.css", "1")]);
    for spec in ["HEAD~1", "HEAD^", "HEAD~2", "main~1"] {
        let base = spec.split(['~', '^']).next().unwrap();
        let hint = format!("{base} has no such commit before it; `diffpurge plan empty {base}` shows all");
        site.run(&["plan", spec]).run().exits(3).fails_with(&format!("cannot find the revision {spec}"), &hint);
    }
    site.run(&["plan", "no-such~1"]).run().exits(3).fails_with("cannot find the revision", "is it fetched");
}

#[test]
fn a_directory_without_a_page_of_the_site_is_refused_and_moves_no_mark() {
    let site = built(&format!("output = \"public\"\n{FILED}"));
    site.run(&["mark", "set", "dir:public"]).run().exits(0);
    let mark = || fs::read(site.repo.path().join(".git/www.mark")).unwrap();
    let before = mark();
    let pages = "dir:content holds no index file, and the mark (";
    for command in ["plan", "purge"] {
        let ran = site.run(&[command, "dir:content"]).run().exits(3);
        ran.fails_with(pages, "name the directory that is built, like `dir:public`; `--allow-empty` purges all");
    }
    // Another name than the `output`, and signs of a source.
    site.repo.file("theme/package.json", "1").file("theme/src/a.js", "1");
    let hint = "name the directory that is built";
    site.run(&["plan", "dir:theme"]).run().exits(3).fails_with("dir:theme looks like the source of a site", hint);
    assert_eq!((site.live.edge.recorded(), mark() == before), (vec![], true));
    // The ways out.
    for arguments in [&["plan", "--allow-empty", "dir:content"][..], &["plan", "dir:public", "dir:content"]] {
        site.run(arguments).run().exits(0).says("- index.html");
    }
    site.run(&["purge", "--rollback", "dir:content"]).run().exits(0).says("- index.html");
    // The same of a revision whose `output` was set to a source.
    let site = Site::of("output = \"public\"\n");
    site.deploy(&[("public/index.html", "1"), ("src/a.md", "1")]);
    site.run(&["mark", "set", "HEAD"]).run().exits(0);
    let text = fs::read_to_string(site.repo.path().join("purge.toml")).unwrap();
    site.repo.file("purge.toml", &text.replace("\"public\"", "\"src\"")).commit();
    let hint = "set `output` to the directory that is served: public holds an index file; `--allow-empty`";
    site.run(&["purge"]).run().exits(3).fails_with("HEAD holds no index file, and the mark (", hint);
}

#[test]
fn a_rebuild_is_no_other_site() {
    let site = built(&format!("output = \"public\"\n{FILED}"));
    site.run(&["mark", "set", "dir:public"]).run().exits(0);
    let names = || (0..9).map(|i| format!("public/app.{i}a2b3c4d.js"));
    site.repo.files(names(), "1");
    site.run(&["purge", "dir:public"]).run().exits(0).says("9 added");
    // New hashes for all, a page that moves into a directory, a package's description beside the pages.
    names().for_each(|name| {
        site.repo.remove(name);
    });
    site.repo.files((0..9).map(|i| format!("public/app.{i}f9e8d7c.js")), "2").remove("public/index.html");
    site.repo.file("public/en/index.html", "1").file("public/package.json", "{}");
    site.run(&["purge", "dir:public"]).run().exits(0);
    // The home page goes, and most of the site stays.
    site.repo.remove("public/en").file("public/about.html", "1");
    site.run(&["purge", "dir:public"]).run().exits(0);
}
