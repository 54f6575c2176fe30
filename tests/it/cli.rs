//! `diffpurge plan` in every format: what is printed, where, and with which exit code.

use crate::support::{Repo, ZONE, diffpurge};

/// A site with an addition, a modification, a deletion and an ignored path between its two commits.
fn site() -> Repo {
    let config = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\noutput = \"public\"\n\
                  ignore = [\"**/*.map\"]\nalways = [\"/sitemap.xml\"]\n";
    let repo = Repo::of(&[
        ("purge.toml", config),
        ("public/index.html", "1"),
        ("public/about.html", "1"),
        ("public/old.css", "1"),
        ("public/app.js.map", "1"),
        ("public/same.css", "1"),
    ]);
    repo.file("public/about.html", "2")
        .file("public/über.css", "1")
        .file("public/app.js.map", "2")
        .remove("public/old.css")
        .commit();
    repo
}

fn plan(repo: &Repo, options: &[&str]) -> crate::support::Tool {
    diffpurge([&["plan", "HEAD~1"], options].concat()).within(repo)
}

#[test]
fn the_human_plan_reads_at_a_glance() {
    let repo = site();
    let short = |spec: &str| repo.git(&["rev-parse", spec])[..10].to_owned();
    let (from, to) = (short("HEAD~1"), short("HEAD"));
    let ran = plan(&repo, &[]).run().exits(0);
    let want = format!(
        "www: HEAD~1 ({from}) → HEAD ({to})
  4 paths changed: 1 added, 2 modified, 1 deleted; 1 of them ignored; all else stays cached
  7 URLs in 1 request, at once

  ~ about.html  3 URLs
  - old.css     1 URL
  + über.css    2 URLs
    always      1 URL
"
    );
    assert_eq!(ran.stdout, want);
    assert_eq!(ran.stderr, "");
}

#[test]
fn nothing_changed_says_so_and_between_what() {
    let repo = site();
    let id = &repo.git(&["rev-parse", "HEAD"])[..10];
    for command in ["plan", "purge"] {
        let ran = diffpurge([command, "HEAD", "HEAD"]).within(&repo).run().exits(0);
        let mark = format!("www: the mark is at HEAD ({id}), in refs/diffpurge/www\n");
        let mark = if command == "purge" { mark } else { String::new() };
        assert_eq!(ran.stdout, format!("www: nothing changed between HEAD ({id}) and HEAD ({id})\n{mark}"));
    }
    diffpurge(["mark", "clear"]).within(&repo).run().exits(0);
    repo.file("public/app.js.map", "3").commit();
    plan(&repo, &[]).run().exits(0).says("nothing changed between").says("(1 changed path ignored)");
    for format in ["urls", "requests"] {
        let ran = plan(&repo, &["--format", format]).run().exits(0);
        assert_eq!(ran.stdout, "");
        assert!(ran.stderr.starts_with("note: www: nothing changed between "), "{}", ran.stderr);
        assert_eq!(plan(&repo, &["--format", format, "-q"]).run().exits(0).stderr, "");
    }
    assert_eq!(plan(&repo, &["--format", "requests"]).run().exits(0).stdout, "");
    plan(&repo, &["--format", "json"]).run().exits(0).says("\"operations\": []").says("\"requests\": []");
    plan(&repo, &["--format", "markdown"]).run().exits(0).says("Nothing changed");
}

#[test]
fn a_deleted_bundle_stays_cached_and_that_is_said() {
    let repo = Repo::of(&[("js/index.html", "1"), ("js/main-ES2ABC7Q.js", "1"), ("js/x.css", "1")]);
    repo.remove("js/main-ES2ABC7Q.js").commit();
    let options = ["--base-url", "https://www.example.com/"];
    let ran = plan(&repo, &options).run().exits(0);
    assert!(
        ran.stdout.contains("nothing to purge between")
            && ran.stdout.contains("(1 deleted file with a content hash in the name stays cached)"),
        "{}",
        ran.stdout
    );
    repo.file("js/x.css", "2").commit();
    let ran = diffpurge([&["plan", "HEAD~2", "-v"], &options[..]].concat()).within(&repo).run().exits(0);
    let said = "2 paths changed: 1 modified, 1 deleted; 1 deleted with a content hash in the name stay cached";
    assert!(ran.stdout.contains(said) && !ran.stdout.contains("com/js/main-ES2ABC7Q"), "{}", ran.stdout);
    ran.says("  deleted, and left cached for open tabs: js/main-ES2ABC7Q.js\n");
    repo.file("purge.toml", "[[site]]\nname = \"w\"\nbase_urls = [\"https://www.example.com/\"]\ndeleted = \"all\"\n");
    diffpurge(["plan", "HEAD~2"]).within(&repo).run().exits(0).says("- js/main-ES2ABC7Q.js  ");
}

#[test]
fn a_deleted_file_stays_cached_only_where_another_hash_of_it_stands_in_to() {
    let repo = Repo::new();
    // What went, what came, and what stays; each in a directory of its own.
    let cases: &[(&str, &[&str], &[&str], bool)] = &[
        ("app.3f2a1b4c.js", &["app.9d8c7b6a.js"], &[], true),
        ("kept.3f2a1b4c.js", &[], &["kept.9d8c7b6a.js"], true),
        ("index-DRf8L97S.css", &["index-abCdEfGh.css"], &[], true),
        ("logo-DRf8L97S.png", &["logo-Zx81kQ2p.png"], &[], true),
        ("widget.3f2a1b4c.js", &["other.9d8c7b6a.js"], &["widget.js"], false),
        ("photo-a1b2c3d4.jpg", &[], &["photo-b1c2d3e4.jpg", "photo-c1d2e3f4.jpg"], false),
        ("photo-Summer24.jpg", &["photo-winter.jpg"], &[], false),
        ("screenshot-iPhone12.png", &[], &["screenshot-iPhone13.png"], false),
    ];
    for (number, (went, _, stays, _)) in cases.iter().enumerate() {
        repo.files([*went].iter().chain(*stays).map(|name| format!("d{number}/{name}")), "1");
    }
    repo.commit();
    for (number, (went, came, ..)) in cases.iter().enumerate() {
        repo.files(came.iter().map(|name| format!("d{number}/{name}")), "2").remove(format!("d{number}/{went}"));
    }
    repo.commit();
    let plan = |format: &str| {
        let options = ["--base-url", "https://www.example.com/", "--format", format];
        diffpurge([&["plan", "HEAD~1", "HEAD"][..], &options].concat()).within(&repo).run().exits(0).stdout
    };
    let urls = plan("urls");
    let document: serde_json::Value = serde_json::from_str(&plan("json")).unwrap();
    let site = &document["sites"][0];
    let left: Vec<&str> = site["left"].as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap()).collect();
    for (number, (went, .., stays)) in cases.iter().enumerate() {
        let path = format!("d{number}/{went}");
        let is_purged = urls.lines().any(|url| url == format!("https://www.example.com/{path}"));
        assert_eq!((is_purged, left.contains(&path.as_str())), (!stays, *stays), "{path}: {urls}");
    }
    assert_eq!(site["counts"]["left"], left.len());
    assert!(plan("markdown").contains("deleted, and left cached for open tabs: 4 files"));
}

#[test]
fn urls_and_requests_are_nothing_else_and_the_same_every_time() {
    let repo = site();
    let urls = plan(&repo, &["--format", "urls"]).run().exits(0).stdout;
    let listed: Vec<&str> = urls.lines().collect();
    assert!(listed.is_sorted() && listed.len() == 7);
    let requests = plan(&repo, &["--format", "requests"]).run().exits(0).stdout;
    assert_eq!(
        requests,
        format!("{{\"files\":[{}]}}\n", listed.iter().map(|u| format!("\"{u}\"")).collect::<Vec<_>>().join(","))
    );
    for format in ["human", "json", "urls", "requests", "markdown"] {
        let run = || plan(&repo, &["--format", format]).run().exits(0).stdout;
        assert_eq!(run(), run(), "{format}");
        let dry = diffpurge(["purge", "HEAD~1", "--dry-run", "--format", format]).within(&repo).run().exits(0).stdout;
        assert_eq!(dry, run(), "{format}");
    }
}

#[test]
fn json_holds_all_of_it() {
    let repo = site();
    let ran = plan(&repo, &["--format", "json"]).env("CLOUDFLARE_ZONE_ID", ZONE).run().exits(0);
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(json["schema"], 1);
    let site = &json["sites"][0];
    assert_eq!(site["site"], "www");
    assert_eq!(site["from"]["revision"], "HEAD~1");
    assert_eq!(site["to"]["id"], repo.git(&["rev-parse", "HEAD"]));
    assert_eq!(
        site["counts"],
        serde_json::json!({"added": 1, "modified": 2, "deleted": 1, "ignored": 1, "left": 0, "held_back": 0, "wasted": 0})
    );
    assert_eq!(site["urls"], 7);
    assert_eq!(
        site["operations"][1],
        serde_json::json!({
            "kind": "url",
            "value": "https://www.example.com/about",
            "reasons": [{"path": "about.html", "status": "modified", "form": "without-extension"}]
        })
    );
    assert_eq!(site["operations"][5]["reasons"], serde_json::json!([{"always": true}]));
    assert_eq!(site["requests"][0]["path"], format!("/zones/{ZONE}/purge_cache"));
    assert_eq!(site["requests"][0]["body"]["files"].as_array().unwrap().len(), 7);
    let twin = serde_json::json!([{"path": "über.css", "status": "added", "form": "exact", "unicode": "nfd"}]);
    assert_eq!(site["operations"][6]["reasons"], twin);
    assert!(site.get("receipts").is_none());
}

#[test]
fn a_path_that_is_not_utf_8_is_given_encoded() {
    let repo = Repo::of(&[("index.html", "1")]);
    repo.file(b"caf\xe9.txt", "1").commit();
    let ran = plan(&repo, &["--base-url", "https://www.example.com/", "--format", "json"]).run().exits(0);
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(json["sites"][0]["operations"][0]["value"], "https://www.example.com/caf%E9.txt");
    assert_eq!(json["sites"][0]["operations"][0]["reasons"][0]["path_encoded"], "caf%E9.txt");
    plan(&repo, &["--base-url", "https://www.example.com/"]).run().exits(0).says("+ \"caf\\xe9.txt\"  ");
}

#[test]
fn a_long_list_is_cut_to_a_screenful_and_whole_with_v() {
    let repo = Repo::of(&[("index.html", "1")]);
    repo.files((0..60).map(|i| format!("{i:02}.css")), "1").commit();
    let run = |options: &[&str]| {
        plan(&repo, &[&["--base-url", "https://www.example.com/"], options].concat()).run().exits(0).stdout
    };
    let cut = run(&[]);
    assert!(cut.lines().count() == 24 && cut.contains("and 41 more (all with -v)  41 URLs"), "{cut}");
    assert_eq!(run(&["-v"]).matches("https://www.example.com/").count(), 60);
    assert_eq!(run(&["-q"]).matches("https://www.example.com/").count(), 0);
}

#[test]
fn exit_code_5_says_that_there_is_work() {
    let repo = site();
    plan(&repo, &["--exit-code"]).run().exits(5);
    diffpurge(["plan", "HEAD", "--exit-code"]).within(&repo).run().exits(0);
    diffpurge(["purge", "HEAD~1", "--dry-run", "--exit-code"]).within(&repo).run().exits(5);
    assert_eq!(diffpurge(["purge", "HEAD~1", "--exit-code"]).within(&repo).run().code, Some(2));
}

#[test]
fn out_and_summary_are_written_beside_what_is_printed() {
    let repo = site();
    let ran =
        plan(&repo, &["--out", "plan.json", "--summary", "summary.md"]).run().exits(0).says("7 URLs in 1 request");
    assert_eq!(ran.stderr, "");
    let json = plan(&repo, &["--format", "json"]).run().exits(0).stdout;
    assert_eq!(std::fs::read_to_string(repo.path().join("plan.json")).unwrap(), json);
    let markdown = plan(&repo, &["--format", "markdown"]).run().exits(0).stdout;
    assert_eq!(std::fs::read_to_string(repo.path().join("summary.md")).unwrap(), markdown);
    plan(&repo, &["--summary", "summary.md"]).run().exits(0);
    assert_eq!(
        std::fs::read_to_string(repo.path().join("summary.md")).unwrap(),
        markdown.repeat(2),
        "a summary is appended to"
    );
    for option in ["--out", "--summary"] {
        plan(&repo, &[option, "no/such"])
            .run()
            .exits(2)
            .fails_with("cannot write no/such; nothing was sent", "directory that exists");
    }
}

#[test]
fn colour_is_asked_for_or_left_out() {
    let repo = site();
    let run = |options: &[&str]| plan(&repo, options).run().exits(0).stdout;
    assert!(!run(&[]).contains('\u{1b}'), "no terminal, no colour");
    assert!(run(&["--color", "always"]).contains("\u{1b}[1mwww"));
    assert!(!run(&["--color", "never"]).contains('\u{1b}'));
    let ran = plan(&repo, &[]).env("NO_COLOR", "1").run().exits(0);
    assert!(!ran.stdout.contains('\u{1b}'));
}

#[test]
fn a_plan_needs_no_token_and_opens_no_connection() {
    let repo = site();
    // Nothing listens on port 1; and what would, is refused already.
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    for base in ["http://127.0.0.1:1", &base] {
        plan(&repo, &[]).env("CLOUDFLARE_BASE_URL", base).run().exits(0);
        diffpurge(["purge", "HEAD~1", "--dry-run"]).within(&repo).env("CLOUDFLARE_BASE_URL", base).run().exits(0);
        diffpurge(["purge", "HEAD"])
            .within(&repo)
            .env("CLOUDFLARE_BASE_URL", base)
            .run()
            .exits(0)
            .says("nothing changed");
    }
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn a_reader_that_has_read_enough_is_no_error() {
    use std::io::Read as _;
    let repo = Repo::of(&[("a", "1")]);
    repo.files((0..3000).map(|i| format!("{i:04}-{}.css", "x".repeat(60))), "1").commit();
    let mut child = plan(&repo, &["--base-url", "https://www.example.com/", "--format", "urls"]).start();
    child.stdout.take().unwrap().read_exact(&mut [0; 10]).unwrap();
    let ran = crate::support::Ran::of(child);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
}

#[test]
fn a_list_of_urls_that_is_not_all_of_the_plan_says_so() {
    let repo = site();
    repo.file(
        "purge.toml",
        "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n[site.threshold]\nurls = 1\n",
    );
    let ran = plan(&repo, &["--format", "urls"]).run().exits(0);
    assert_eq!(ran.stdout, "");
    assert!(
        ran.stderr.starts_with("note: www: the list of URLs is not all of the plan: 7 URLs changed"),
        "{}",
        ran.stderr
    );
}

#[test]
fn the_file_is_not_read_beside_a_base_url_and_that_is_said() {
    let repo = site();
    let ran = plan(&repo, &["--base-url", "https://other.example/", "--format", "urls"]).run().exits(0);
    assert!(ran.stdout.contains("https://other.example/public/about"));
    assert_eq!(ran.stderr, "note: purge.toml is not read, since --base-url describes the site\n");
}

#[test]
fn a_slip_in_where_something_is_says_what_it_is() {
    let site = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n";
    let repo = Repo::of(&[("purge.toml", site), ("public/a.css", "1")]);
    let run = |arguments: &[&str]| diffpurge(arguments).within(&repo).run();
    run(&["-C", "purge.toml", "plan"])
        .exits(2)
        .fails_with("-C purge.toml: this is a file", "and `-c` the file of a configuration");
    run(&["-C", "none", "plan"]).exits(2).fails_with("-C none: there is no such directory", "of the repository");
    let ran = run(&["plan", "HEAD", "--out", "none/plan.json"]).exits(2);
    assert!(!ran.stderr.contains(".diffpurge-"), "a name that nobody has heard of: {}", ran.stderr);
    ran.fails_with("cannot write none/plan.json; nothing was sent", "a directory that exists");
    run(&["plan", "HEAD", "dir:public/a.css"]).exits(3).fails_with("cannot read public/a.css", "`dir:public`");
}

#[test]
fn a_configuration_in_another_language_is_named() {
    let repo = Repo::new();
    for (file, text, language) in [
        ("a.yml", "site:\n  - name: www\n", "YAML"),
        ("b.toml", "# ours\n---\nsite: []\n", "YAML"),
        ("c.toml", "\"base_urls\":\n  - https://www.example.com/\n", "YAML"),
        ("d.toml", "- name: www\n", "YAML"),
        ("e.toml", "{\n  \"site\": []\n}\n", "JSON"),
        ("f.json", "[]", "JSON"),
    ] {
        repo.file(file, text);
        let ran = diffpurge(["plan", "-c", file]).within(&repo).run().exits(2);
        ran.fails_with(&format!("this is {language}, and the configuration is TOML"), "`[[site]]`");
    }
    // TOML that is wrong is no other language.
    for text in ["[[site]]\nname: \"www\"\n", "site = https://www.example.com/\n", "[site\n"] {
        repo.file("g.toml", text);
        let ran = diffpurge(["plan", "-c", "g.toml"]).within(&repo).run().exits(2);
        assert!(!ran.stderr.contains("YAML") && !ran.stderr.contains("JSON"), "{}", ran.stderr);
    }
}

#[test]
fn the_version_names_what_was_built_and_for_what() {
    let ran = diffpurge(["--version"]).run().exits(0);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines[0], format!("diffpurge {}", env!("CARGO_PKG_VERSION")));
    let named: Vec<&str> = lines[1..].iter().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(named, ["commit", "target", "features"]);
    let features = [("serve", cfg!(feature = "serve")), ("lambda", cfg!(feature = "lambda"))];
    let on: Vec<&str> = features.into_iter().filter(|(_, is_on)| *is_on).map(|(name, _)| name).collect();
    assert_eq!(lines[3], format!("features: {}", if on.is_empty() { "none".to_owned() } else { on.join(" ") }));
    assert!(lines[2].contains(std::env::consts::ARCH) && lines[2].contains(std::env::consts::OS), "{}", lines[2]);
    assert_eq!(diffpurge(["-V"]).run().exits(0).stdout.trim_end(), lines[0]);
}
