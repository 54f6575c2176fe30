//! `--paths`: what a list of changed paths purges, and which lists are refused.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Repo, Tool, diffpurge, edge, kept, required, warm};

const SITE: &str = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\noutput = \"public\"\n";

/// A place without a repository, with this configuration.
fn place(config: &str) -> TempDir {
    let place = TempDir::new().unwrap();
    fs::write(place.path().join("purge.toml"), [SITE, config].concat()).unwrap();
    place
}

fn run(place: &TempDir, command: &str, list: &[u8], more: &[&str]) -> Tool {
    diffpurge([&[command, "--paths", "-"], more].concat()).within_directory(place.path()).reading(list)
}

#[test]
fn every_url_of_each_path_is_evicted_and_nothing_else() {
    let edge = edge();
    let url = |path: &str| format!("https://www.example.com/{path}");
    let keys = ["blog/", "blog", "app.3f2a1b4c.js", "caf%C3%A9", "other/", "about"].map(url);
    warm(&edge, &keys.each_ref().map(String::as_str));
    let list = "blog/index.html\nblog/\n./app.3f2a1b4c.js\r\ncaf\u{e9}.html\nblog/index.html\n";
    let ran = run(&place(""), "purge", list.as_bytes(), &[]).against(&edge).run().exits(0);
    let ran =
        ran.says("www: 3 paths from standard input\n  3 paths named, and taken for modified; all else stays cached\n");
    let ran = ran.says("note: 1 directory in the list passed over: the files in them are listed themselves");
    ran.says("~ blog/index.html  4 URLs").says("~ app.3f2a1b4c.js  ").says("accepted: 11 URLs in 1 request");
    assert_eq!(kept(&edge), ["about", "other/"].map(url));
}

#[test]
fn a_list_means_what_the_same_changes_between_revisions_mean() {
    let config =
        "ignore = [\"*.map\"]\nalways = [\"/sitemap.xml\"]\n[[site.rule]]\nmatch = [\"blog/**\"]\ntags = [\"blog\"]\n";
    let files = ["blog/a.html", "x.css.map", "[x].html", "index.html", "deep/er/y z.png"];
    let repo = Repo::of(&[("purge.toml", &[SITE, config].concat())]);
    let write = |content: &str| {
        repo.files(files.iter().map(|file| format!("public/{file}")), content).file("z.map", content).commit();
    };
    write("1");
    write("2");
    let operations = |arguments: &[&str], list: &str| {
        let ran = diffpurge([arguments, &["--format", "json"]].concat()).within(&repo).reading(list.as_bytes()).run();
        let mut document: Value = serde_json::from_str(&ran.exits(0).stdout).unwrap();
        (document["sites"][0]["operations"].take(), document["sites"][0]["counts"].take())
    };
    let compared = operations(&["plan", "HEAD~1"], "");
    assert_eq!(compared.1["ignored"], 1);
    assert_eq!(operations(&["plan", "--paths", "-"], &files.join("\n")), compared);
    assert_eq!(operations(&["plan", "--paths", "-", "-z"], &files.join("\0")), compared);
    fs::write(repo.path().join("list"), files.join("\r\n")).unwrap();
    assert_eq!(operations(&["plan", "--paths", "list"], ""), compared);
}

#[test]
fn an_empty_list_is_nothing_to_purge_said_aloud() {
    let place = place("");
    let edge = edge();
    let ran = run(&place, "purge", b"", &[]).against(&edge).run().exits(0);
    assert_eq!(ran.stdout, "www: nothing to purge: 0 paths from standard input\n");
    run(&place, "plan", b"blog/\n./\n", &["--exit-code"]).run().exits(0).says("2 directories in the list passed over");
    let ran = run(&place, "plan", b"", &["--format", "urls"]).run().exits(0);
    assert_eq!((&*ran.stdout, &*ran.stderr), ("", "note: www: nothing to purge: 0 paths from standard input\n"));
    run(&place, "plan", b"a", &["--exit-code"]).run().exits(5);
    assert!(edge.recorded().is_empty());
}

#[test]
fn a_list_that_cannot_be_meant_is_refused_as_a_whole() {
    let place = place("");
    let refused = |list: &[u8], more: &[&str], error: &str, hint: &str| {
        run(&place, "purge", list, more).run().exits(2).fails_with(error, hint);
    };
    refused(
        b"a\n../b\n",
        &[],
        "cannot use the list of paths -\ncaused by: line 2, ../b: a path with",
        "below the web root",
    );
    refused(b"/srv/www/a\n", &[], "line 1, /srv/www/a: it begins with `/`", "below the web root");
    refused(b"a\n\nb\n", &[], "line 2: it is empty", "variable empty");
    refused(b"a//b\n", &[], "`//` is an empty name", "variable empty");
    refused(b"deleting a\n", &[], "rsync's word", "--out-format='%o %n'");
    refused(b"a\0b\0", &[], "it holds a NUL", "with `-z`");
    refused(b"a\nb\n", &["-z"], "there is no NUL in the list", "leave `-z` out");
    refused(b"M\tpublic/a.html\n", &[], "a line with a status or with columns", "git diff --name-only");
    refused(b" M a.html\n?? b.html\n", &[], "a line with a status or with columns", "git diff --name-only");
    refused(b"M\0a.html\0", &["-z"], "a status stands before each path", "git diff --name-only");
    refused(b"[\"a.html\",\"b.html\"]\n", &[], "it is JSON, and not a list of paths", "jq -r");
    refused(b"a.html b.html\n", &[], "several paths on one line", "one path on each line");
    refused(b"https://www.example.com/a\n", &[], "it is a URL", "below the web root");
    refused(b"\"caf\\u00e9\"\n", &[], "not as git writes them", "-z");
    refused(b"a\0../b\0", &["-z"], "path 2, ../b", "below the web root");
    let missing = diffpurge(["plan", "--paths", "missing"]).within_directory(place.path());
    missing.run().exits(2).fails_with("cannot read the list of paths missing", "standard input");
    for with in [&["HEAD~1"][..], &["HEAD~1", "HEAD"], &["--plan", "x"]] {
        assert_eq!(run(&place, "purge", b"a", with).run().code, Some(2), "{with:?}");
    }
    assert_eq!(diffpurge(["plan", "HEAD~1", "-z"]).within_directory(place.path()).run().code, Some(2));
}

#[test]
fn a_file_that_bears_on_others_purges_all_that_lies_there() {
    let operations = |list: &str, config: &str| {
        let ran = run(&place(config), "plan", list.as_bytes(), &["--format", "json"]).run().exits(0);
        let document: Value = serde_json::from_str(&ran.stdout).unwrap();
        let site = &document["sites"][0];
        let prefixes = site["operations"].as_array().unwrap().iter().filter(|one| one["kind"] != "url");
        let prefixes: Vec<String> = prefixes.map(|one| one["value"].as_str().unwrap().to_owned()).collect();
        (prefixes.join(" "), site["notes"].as_array().unwrap().iter().map(ToString::to_string).collect::<String>())
    };
    for (path, want, note) in [
        ("_headers", "www.example.com/", "everything of the site is purged"),
        (".nojekyll", "www.example.com/", "everything of the site is purged"),
        ("docs/.htaccess", "www.example.com/docs/", "everything below its directory is purged"),
        ("docs/_headers", "", ""),
    ] {
        let (prefixes, notes) = operations(path, "");
        assert_eq!(prefixes, want, "{path}");
        assert!(notes.contains(note), "{path}: {notes}");
    }
    let rule = "[[site.rule]]\nmatch = [\"_headers\"]\nscope = \"urls\"\n";
    assert_eq!(operations("_headers", rule).0, "", "a rule knows better");
}

#[test]
fn a_rule_for_some_kinds_of_change_is_for_all_that_a_list_names() {
    for on in ["added", "deleted", "modified"] {
        let rule = format!("[[site.rule]]\nmatch = [\"*.css\"]\non = [\"{on}\"]\ntags = [\"styles\"]\n");
        run(&place(&rule), "plan", b"a.css", &[]).run().exits(0).says("tag styles");
    }
}

#[test]
fn a_list_is_of_one_web_root() {
    let other = "[[site]]\nname = \"docs\"\nbase_urls = [\"https://docs.example.com/\"]\noutput = \"docs\"\n";
    let place = place(other);
    run(&place, "plan", b"a", &[]).run().exits(2).fails_with("a list of paths is one web root", "--site");
    run(&place, "plan", b"a", &["--site", "docs", "-v"]).run().exits(0).says("https://docs.example.com/a");
}

#[test]
fn a_plan_of_a_list_is_saved_sent_and_described_by_its_schema() {
    let place = place("");
    let edge = edge();
    run(&place, "plan", b"a.html\nb.css\n", &["--out", "plan.json"]).run().exits(0);
    let document: Value = serde_json::from_slice(&fs::read(place.path().join("plan.json")).unwrap()).unwrap();
    let schema = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/plan.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    let site = &document["sites"][0];
    assert_eq!((&site["from"], &site["to"]), (&Value::Null, &Value::Null));
    assert_eq!(site["paths"], json!({ "source": "-", "count": 2 }));
    schema.validate(&document).unwrap();
    for (key, value) in [("paths", Value::Null), ("from", json!({ "revision": "A", "id": "0".repeat(40) }))] {
        let mut bad = document.clone();
        bad["sites"][0][key] = value;
        assert!(!schema.is_valid(&bad), "{key}");
    }
    let purge = diffpurge(["purge", "--plan", "plan.json", "--out", "report.json"]).within_directory(place.path());
    let ran = purge.against(&edge).run().exits(0).says("www: 2 paths from standard input").says("accepted: 4 URLs");
    assert!(!ran.stdout.contains("note:"), "{}", ran.stdout);
    schema.validate(&serde_json::from_slice(&fs::read(place.path().join("report.json")).unwrap()).unwrap()).unwrap();
    let summary = run(&place, "plan", b"a.css", &["--format", "markdown"]).run().exits(0);
    summary.says("`1 path from standard input`").says("- 1 path named, and taken for modified");
}

/// What git prints in a repository: `git diff --name-only` of its last commit, with these options.
fn diffed(repo: &Repo, options: &[&str]) -> Vec<u8> {
    let arguments = [&["diff", "--name-only"], options, &["HEAD~1", "HEAD"]].concat();
    let done = crate::support::git(repo.path()).args(arguments).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    done.stdout
}

#[test]
fn what_git_prints_is_a_list_whatever_the_names_are_and_wherever_the_web_root_lies() {
    let names = ["caf\u{e9}.css", "tab\there.css", "quote\".css", "back\\slash.css", "new\nline.css", "plain.css"];
    for output in ["", "public/", "site/public/"] {
        let repo = Repo::new();
        let write = |content: &str| {
            repo.files(names.iter().map(|name| format!("{output}{name}")), content);
            repo.file(format!("{output}caf\u{e9}/gone.css"), content);
            repo.file(format!("{output}caf\u{e9}/stays.css"), "1").commit();
        };
        write("1");
        repo.remove(format!("{output}caf\u{e9}/gone.css"));
        repo.files(names.iter().map(|name| format!("{output}{name}")), "2").commit();
        let config = SITE.replace("output = \"public\"", &format!("output = \"{output}\"\nspellings = \"canonical\""));
        repo.file("purge.toml", &config);
        let of = |arguments: &[&str], list: &[u8]| {
            let arguments = [arguments, &["--format", "urls"]].concat();
            diffpurge(arguments).within(&repo).reading(list).run().exits(0).stdout
        };
        let compared = of(&["plan", "HEAD~1", "HEAD"], b"");
        // The lists that two directories make of their entries, too.
        assert_eq!(compared.lines().count(), 9, "{compared}");
        assert_eq!(of(&["plan", "--paths", "-"], &diffed(&repo, &[])), compared, "{output}");
        assert_eq!(of(&["plan", "--paths", "-", "-z"], &diffed(&repo, &["-z"])), compared, "{output}");
    }
}

#[test]
fn paths_from_the_top_of_the_repository_are_mapped_and_those_of_no_tree_are_told() {
    let repo = Repo::of(&[
        ("purge.toml", SITE),
        ("public/news/index.html", "1"),
        ("src/main.md", "1"),
        ("public/old.css", "1"),
    ]);
    repo.remove("public/old.css").commit();
    let plan = |list: &[u8]| diffpurge(["plan", "-v", "--paths", "-"]).within(&repo).reading(list).run().exits(0);
    let ran = plan(b"public/news/index.html\npublic/old.css\n");
    let moved = "note: 2 paths in the list begin with `output`, as git writes them: public/news/index.html is news/index.html below the web root";
    ran.says("https://www.example.com/news/ ").says("https://www.example.com/old.css ").says(moved);
    let ran = plan(b"news/index.html\nold.css\n");
    assert!(!ran.stdout.contains("note:"), "{}", ran.stdout);
    let ran = plan(b"src/main.md\nnews/index.html\n");
    ran.says("note: 1 path in the list is in no tree that is known here (HEAD, HEAD~1, the working directory below public): src/main.md");
    // Nobody knows of it: then it is taken either way.
    let ran = plan(b"public/long-gone.css\n");
    let ran = ran.says("https://www.example.com/long-gone.css ").says("https://www.example.com/public/long-gone.css ");
    ran.says("is in no tree that is known here");
    // The others tell.
    let ran = plan(b"public/long-gone.css\npublic/news/index.html\n");
    assert!(!ran.stdout.contains("https://www.example.com/public/"), "{}", ran.stdout);
    // A web root with a directory of its own name.
    repo.file("public/public/x.css", "1").file("public/x.css", "1").file("public/public/y.css", "1").commit();
    let ran = plan(b"public/x.css\npublic/y.css\n").says("https://www.example.com/x.css ");
    let ran = ran.says("https://www.example.com/public/x.css ").says("https://www.example.com/public/y.css ");
    assert!(!ran.stdout.contains("https://www.example.com/y.css"), "{}", ran.stdout);
}

#[test]
fn what_is_built_and_not_committed_is_a_known_tree_too() {
    let repo = Repo::of(&[("purge.toml", SITE)]);
    repo.file("public/a.css", "1");
    let ran = diffpurge(["plan", "--paths", "-"]).within(&repo).reading(b"a.css\n").run().exits(0);
    assert!(!ran.stdout.contains("note:"), "{}", ran.stdout);
    let ran = diffpurge(["plan", "-v", "--paths", "-"]).within(&repo).reading(b"public/a.css\n").run().exits(0);
    ran.says("https://www.example.com/a.css ").says("begins with `output`");
}

#[test]
fn what_rsync_prints_is_a_list() {
    if !required(Path::new("/usr/bin/rsync").exists(), "rsync") {
        return;
    }
    let place = place("");
    let [here, there] = ["here", "there"].map(|name| place.path().join(name));
    let write = |path: &str, content: &str| {
        fs::create_dir_all(here.join(path).parent().unwrap()).unwrap();
        fs::write(here.join(path), content).unwrap();
    };
    let rsync = |options: &[&str]| {
        let mut command = Command::new("/usr/bin/rsync");
        command.env_clear().args(options).arg(format!("{}/", here.display())).arg(&there);
        let done = command.output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        done.stdout
    };
    for name in ["blog/a.html", "same.css", "gone.css", "old/x.css"] {
        write(name, "1");
    }
    rsync(&["-a"]);
    write("blog/a.html", "a new one");
    write("caf\u{e9}.css", "1");
    fs::remove_dir_all(here.join("old")).unwrap();
    fs::remove_file(here.join("gone.css")).unwrap();
    let printed = rsync(&["-a", "--delete", "--8-bit-output", "--out-format=%o %n"]);
    let words: Vec<&[u8]> = printed.split_inclusive(|&byte| byte == b'\n').collect();
    let list: Vec<u8> =
        words.iter().flat_map(|line| &line[line.iter().position(|&b| b == b' ').unwrap() + 1..]).copied().collect();
    let ran = run(&place, "plan", &list, &["--format", "urls"]).run().exits(0);
    let urls = ["blog/a", "blog/a.html", "blog/a/", "caf%C3%A9.css", "cafe%CC%81.css", "gone.css", "old/x.css"];
    let urls: Vec<String> = urls.iter().map(|path| format!("https://www.example.com/{path}\n")).collect();
    let mut printed: Vec<&str> = ran.stdout.split_inclusive('\n').collect();
    printed.sort_unstable();
    assert_eq!(printed, urls);
    write("new\nline", "1");
    let escaped = rsync(&["-a", "--out-format=%n"]);
    run(&place, "plan", &escaped, &[]).run().exits(2).fails_with("as rsync escapes it", "-z");
}
