//! The mark in the repository: what was last purged completely, and how nothing is lost between one run and the next.

use std::collections::BTreeMap;
use std::path::Path;

use crate::support::{Fault, Ran, Repo, Site, Toxic, ZONE, diffpurge, kill, recording_git};

/// A site whose first revision is purged completely.
fn marked() -> (Site, String) {
    let site = Site::of("");
    let first = site.deploy(&[("x.css", "1"), ("y.css", "1"), ("z.css", "1")]);
    site.run(&["mark", "set", "HEAD"]).run().exits(0);
    (site, first)
}

/// The URLs of the last request that the edge accepted.
fn last(site: &Site) -> String {
    site.live.edge.recorded().last().map(|r| r.body.clone()).unwrap_or_default()
}

/// Every file below a directory, with its content.
fn files(directory: &Path) -> BTreeMap<std::path::PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        }
        all.insert(path.clone(), std::fs::read(&path).unwrap_or_default());
    }
    all
}

#[test]
fn the_first_purge_knows_no_base_and_sets_the_mark_with_which_the_next_one_compares() {
    let site = Site::of("");
    let first = site.deploy(&[("x.css", "1"), ("y.css", "1")]);
    let ran = site.run(&["purge"]).run().exits(0);
    let line = ran.stdout.lines().next().unwrap();
    assert_eq!(
        line,
        "www: BROAD PURGE: what was live before is not known (no mark refs/diffpurge/www yet, and no FROM is given): purging everything under www.example.com"
    );
    assert!(!ran.stdout.contains("0 paths"), "{}", ran.stdout);
    ran.says(&format!("www: the mark is at HEAD ({}), in refs/diffpurge/www", &first[..10]));
    site.is_purged_up_to(&first);
    let second = site.deploy(&[("x.css", "2")]);
    let ran = site.run(&["purge"]).run().exits(0);
    ran.says(&format!("www: the mark ({}) → HEAD ({})\n", &first[..10], &second[..10])).says("1 URL in 1 request");
    site.is_purged_up_to(&second);
    let ran = site.run(&["purge"]).run().exits(0);
    ran.says("www: nothing changed between the mark (");
    assert_eq!(site.live.edge.recorded().len(), 2);
    site.is_purged_up_to(&second);
}

#[test]
fn where_nothing_that_is_published_changed_the_mark_moves_all_the_same() {
    let site = Site::of("ignore = [\"*.map\"]\n");
    site.deploy(&[("x.css", "1")]);
    site.run(&["mark", "set", "HEAD"]).run().exits(0);
    let second = site.deploy(&[("x.map", "1")]);
    site.run(&["purge"]).env("CLOUDFLARE_API_TOKEN", "").run().exits(0).says("the mark is at HEAD");
    assert_eq!((site.mark(), site.open()), (second, vec![]));
}

#[test]
fn plans_and_dry_runs_write_nothing_into_the_repository() {
    let (site, first) = marked();
    site.repo.remove(".git/diffpurge");
    site.deploy(&[("x.css", "2")]);
    let before = files(site.repo.path());
    for arguments in [&["plan"][..], &["purge", "--dry-run"], &["plan", &first], &["mark", "show"], &["plan", "mark"]] {
        site.run(arguments).run().exits(0);
        assert_eq!(files(site.repo.path()), before, "{arguments:?}");
    }
    assert_eq!(site.live.edge.recorded(), []);
}

#[test]
fn what_changed_while_the_api_was_down_is_purged_by_the_next_run() {
    let (site, first) = marked();
    let second = site.deploy(&[("x.css", "2")]);
    site.fails_to_purge(&["purge"]);
    assert_eq!((site.mark(), site.open()), (first.clone(), vec![second.clone()]));
    assert_eq!(site.live.stale(), ["/x.css"]);
    let third = site.deploy(&[("y.css", "3")]);
    let ran = site.run(&["purge"]).run().exits(0);
    let (a, b, c) = (&first[..10], &second[..10], &third[..10]);
    ran.says(&format!("www: the mark ({a}) and {b}, not purged completely → HEAD ({c})"))
        .says("note: 1 earlier run was not completely purged, and what changed since is in the plan too");
    site.is_purged_up_to(&third);
}

#[test]
fn what_changed_before_a_run_was_cancelled_is_purged_by_the_next_run() {
    let (site, first) = marked();
    let second = site.deploy(&[("x.css", "2")]);
    let toxic = Toxic::before(&site.live.edge, |_, _| Fault::Hang);
    let child = diffpurge(["purge"]).within(&site.repo).through(&toxic).start();
    toxic.wait_for_a_hang();
    kill("-TERM", child.id());
    Ran::of(child).exits(1).says("NOT purged: 1 of 1 operation");
    assert_eq!((site.mark(), site.open()), (first, vec![second]));
    let third = site.deploy(&[("y.css", "3")]);
    site.run(&["purge"]).run().exits(0).says("2 URLs in 1 request");
    site.is_purged_up_to(&third);
}

#[test]
fn what_changed_and_changed_back_while_the_api_was_down_is_purged() {
    let (site, _) = marked();
    site.deploy(&[("x.css", "2")]);
    site.fails_to_purge(&["purge"]);
    site.live.expire("/x.css");
    let third = site.deploy(&[("x.css", "1")]);
    assert_eq!(site.live.stale(), ["/x.css"], "cached as it was in between");
    site.run(&["purge"]).run().exits(0).says("~ x.css  ");
    site.is_purged_up_to(&third);
}

#[test]
fn what_was_refused_before_anything_was_sent_was_live_too() {
    let no_token: &dyn Fn(&Site) = &|site| {
        site.run(&["purge"]).env("CLOUDFLARE_API_TOKEN", "").run().exits(2);
    };
    let policy: &dyn Fn(&Site) = &|site| {
        let config = std::fs::read_to_string(site.repo.path().join("purge.toml")).unwrap();
        site.repo.file("purge.toml", &format!("{config}[site.threshold]\nurls = 1\nthen = \"fail\"\n"));
        site.run(&["purge"]).run().exits(4);
        site.repo.file("purge.toml", &config);
    };
    let other_zone: &dyn Fn(&Site) = &|site| {
        let config = std::fs::read_to_string(site.repo.path().join("purge.toml")).unwrap();
        // With another base URL it would be another mark.
        let beyond = "[[site.rule]]\nmatch = [\"x.css\"]\nhosts = [\"www.example.org\"]\nscope = \"urls\"\n";
        site.repo.file("purge.toml", &format!("{config}{beyond}"));
        site.run(&["purge"]).run().exits(2);
        site.repo.file("purge.toml", &config);
    };
    // What a rule named that is gone is not known to the next run.
    for (refuse, want) in
        [(no_token, "2 URLs in 1 request"), (policy, "2 URLs in 1 request"), (other_zone, "1 host in 1 request")]
    {
        let (site, first) = marked();
        let second = site.deploy(&[("x.css", "2"), ("y.css", "2")]);
        refuse(&site);
        assert_eq!((site.mark(), site.open()), (first, vec![second]));
        site.live.expire("/x.css");
        let third = site.deploy(&[("x.css", "1")]);
        site.run(&["purge"]).run().exits(0).says(want);
        site.is_purged_up_to(&third);
    }
}

#[test]
fn two_revisions_by_hand_and_the_mark_are_all_covered() {
    let (site, _) = marked();
    let second = site.deploy(&[("x.css", "2")]);
    let third = site.deploy(&[("y.css", "3")]);
    let ran = site.run(&["purge", &second, &third]).run().exits(0);
    ran.says(&format!("www: {} and the mark (", &second[..10]))
        .says("note: the plan also holds what changed since the mark, the last complete purge");
    assert!(last(&site).contains("/x.css") && last(&site).contains("/y.css"), "{}", last(&site));
    site.is_purged_up_to(&third);
}

#[test]
fn without_its_mark_a_run_neither_covers_nor_moves_it() {
    let (site, first) = marked();
    let second = site.deploy(&[("x.css", "2")]);
    site.deploy(&[("y.css", "3")]);
    let ran = site.run(&["purge", &second, "HEAD", "--no-mark"]).run().exits(0);
    assert!(!ran.stdout.contains("the mark"), "{}", ran.stdout);
    assert!(!last(&site).contains("/x.css"), "{}", last(&site));
    assert_eq!((site.mark(), site.open()), (first, vec![]));
    let ran = site.run(&["plan", "--no-mark"]).run().exits(0);
    ran.says("www: BROAD PURGE: what was live before is not known (no mark is used, and no FROM is given)");
}

#[test]
fn an_older_revision_leaves_the_mark_unless_it_is_meant() {
    let (site, first) = marked();
    let second = site.deploy(&[("x.css", "2")]);
    site.run(&["purge"]).run().exits(0);
    site.repo.git(&["checkout", "--quiet", &first]);
    site.live.serve("/x.css", Some("1"));
    let ran = site.run(&["purge"]).run().exits(0);
    let note = format!(
        "note: HEAD is an ancestor of what was last purged, so the mark stays at {}, and the next run compares with both; `--rollback` moves it",
        &second[..10]
    );
    ran.says(&note).says("~ x.css  ");
    assert_eq!((site.mark(), site.open()), (second.clone(), vec![first.clone()]));
    let dry = site.run(&["purge", "--rollback", "--dry-run"]).run().exits(0);
    assert!(!dry.stdout.contains("the mark stays"), "{}", dry.stdout);
    for typed in [&["purge", "--rollback"][..], &["purge", &second, &first]] {
        site.run(&["mark", "set", &second]).run().exits(0);
        site.run(typed).run().exits(0).says("the mark is at");
        site.is_purged_up_to(&first);
    }
    site.repo.git(&["checkout", "--quiet", &second]);
    site.run(&["mark", "set", &second]).run().exits(0);
    site.repo.git(&["checkout", "--quiet", &first]);
    site.run(&["purge"]).run().exits(0);
    site.live.serve("/x.css", Some("2"));
    site.live.visit("/x.css");
    site.repo.git(&["checkout", "--quiet", &second]);
    let ran = site.run(&["purge"]).run().exits(0);
    ran.says(&format!("{}, not purged completely → HEAD", &first[..10]));
    site.is_purged_up_to(&second);
}

#[test]
fn a_late_run_does_not_close_a_newer_revision_that_was_not_purged() {
    let (site, first) = marked();
    let second = site.deploy(&[("y.css", "2")]);
    let third = site.deploy(&[("x.css", "2")]);
    site.fails_to_purge(&["purge"]);
    site.live.expire("/x.css");
    // The job of the push before comes late; the newer revision stays live.
    let late = site.run(&["purge", "mark", &second]).run().exits(0);
    late.says("is an ancestor of what was live since, so the mark stays at");
    assert_eq!(site.mark(), first);
    assert!(site.open().contains(&third), "{:?}", site.open());
    site.live.expire("/x.css");
    let fourth = site.deploy(&[("x.css", "1")]);
    site.run(&["purge"]).run().exits(0).says("~ x.css  ");
    site.is_purged_up_to(&fourth);
}

#[test]
fn tags_trees_and_branches_are_what_a_mark_can_be_at() {
    let (site, _) = marked();
    let second = site.deploy(&[("x.css", "2")]);
    site.repo.git(&["tag", "--annotate", "--message", "t", "v2"]);
    site.run(&["purge", "mark", "v2"]).run().exits(0).says("the mark is at v2");
    site.is_purged_up_to(&second);
    site.repo.git(&["branch", "pages"]);
    let third = site.deploy(&[("x.css", "3")]);
    site.run(&["purge", "mark", "main"]).run().exits(0).says("the mark is at main");
    site.is_purged_up_to(&third);
    site.deploy(&[("x.css", "4")]);
    let tree = site.repo.git(&["rev-parse", "HEAD^{tree}"]);
    site.run(&["purge", "mark", "HEAD^{tree}"]).run().exits(0);
    site.is_purged_up_to(&tree);
    let fifth = site.deploy(&[("x.css", "5")]);
    site.run(&["purge"]).run().exits(0).says("1 URL in 1 request");
    site.is_purged_up_to(&fifth);
    site.repo.git(&["gc", "--quiet", "--prune=now"]);
    site.repo.git(&["pack-refs", "--all"]);
    let sixth = site.deploy(&[("x.css", "6")]);
    site.run(&["purge"]).run().exits(0).says("1 URL in 1 request");
    site.is_purged_up_to(&sixth);
}

#[test]
fn every_kind_of_repository_keeps_its_mark() {
    let sha256 = Site::within(Repo::with(&["--object-format=sha256"]), "");
    sha256.deploy(&[("x.css", "1")]);
    sha256.run(&["mark", "set", "HEAD"]).run().exits(0);
    let second = sha256.deploy(&[("x.css", "2")]);
    sha256.fails_to_purge(&["purge"]);
    sha256.run(&["purge"]).run().exits(0);
    assert_eq!(second.len(), 64);
    sha256.is_purged_up_to(&second);

    // A worktree shares the marks and the lock of its repository.
    let (site, _) = marked();
    let second = site.deploy(&[("x.css", "2")]);
    let beside = tempfile::TempDir::new().unwrap();
    let tree = beside.path().join("tree");
    site.repo.git(&["worktree", "add", "--quiet", "--detach", tree.to_str().unwrap()]);
    let tool = diffpurge(["purge"]).within_directory(&tree).against(&site.live.edge);
    tool.run().exits(0).says("the mark is at HEAD");
    site.is_purged_up_to(&second);
    assert!(site.repo.path().join(".git/diffpurge/www.lock").exists());

    // A bare repository, as on a server, in its post-receive hook.
    let (site, first) = marked();
    let bare = Repo::clone_of(&site.repo.url(), &["--bare"]);
    let second = site.deploy(&[("x.css", "2")]);
    bare.git(&["fetch", "--quiet", "origin", "+main:main"]);
    bare.git(&["update-ref", "refs/diffpurge/www", &first]);
    let config = site.repo.path().join("purge.toml");
    let arguments = ["purge", "mark", "main", "--config", config.to_str().unwrap()];
    let tool = diffpurge(arguments).within(&bare).against(&site.live.edge);
    tool.env("GIT_DIR", ".").run().exits(0).says("the mark is at main");
    assert_eq!((bare.find("refs/diffpurge/www"), bare.find("refs/diffpurge-open/")), (second, String::new()));
    assert_eq!(site.live.stale(), Vec::<String>::new());
}

#[test]
fn a_mark_that_cannot_be_read_is_not_no_mark() {
    for name in ["refs/diffpurge/www", "refs/diffpurge-open/www/x"] {
        let (site, first) = marked();
        site.deploy(&[("x.css", "2")]);
        site.repo.file(format!(".git/{name}"), "no id\n");
        for arguments in [&["plan"][..], &["purge"], &["purge", &first, "HEAD"], &["mark", "show"]] {
            let ran = site.run(arguments).run().exits(3);
            ran.fails_with("cannot read the mark refs/diffpurge/www", "`diffpurge mark clear` takes it away");
        }
        assert_eq!(site.live.edge.recorded(), []);
        site.run(&["purge", &first, "HEAD", "--no-mark"]).run().exits(0);
        site.run(&["mark", "clear"]).run().exits(0);
        site.run(&["mark", "show"])
            .run()
            .exits(0)
            .says("www: no mark (refs/diffpurge/www)\n  for https://www.example.com/ in zone ");
        site.repo.file(format!(".git/{name}"), "no id\n");
        let third = site.deploy(&[("x.css", "3")]);
        site.run(&["mark", "set", "HEAD"]).run().exits(0);
        assert_eq!((site.mark(), site.open()), (third, vec![]));
    }
}

#[test]
fn a_mark_that_cannot_be_written_is_an_error_after_the_purge() {
    let (site, first) = marked();
    site.deploy(&[("x.css", "2")]);
    // git takes this file for somebody who works on the ref.
    site.repo.file(".git/refs/diffpurge/www.lock", "");
    let ran = site.run(&["purge"]).run().exits(1).says("accepted: 1 URL in 1 request");
    ran.errs_with("cannot move the mark refs/diffpurge/www", "The next run purges all this again");
    assert_eq!((site.mark(), site.open().len()), (first, 1));
    site.repo.remove(".git/refs/diffpurge/www.lock");
    // Nor can it be locked: a file stands in the place of the directory.
    site.repo.remove(".git/diffpurge").file(".git/diffpurge", "");
    let sent = site.live.edge.recorded().len();
    let ran = site.run(&["purge"]).run().exits(1);
    ran.fails_with("cannot lock the mark with ", "`--no-mark` goes without the mark");
    assert_eq!(site.live.edge.recorded().len(), sent);
}

#[test]
fn marks_are_shown_set_and_cleared_by_hand() {
    let (site, first) = marked();
    let second = site.deploy(&[("x.css", "2")]);
    site.fails_to_purge(&["purge"]);
    let (a, b) = (&first[..10], &second[..10]);
    let shown = site.run(&["mark", "show"]).run().exits(0).stdout;
    let whose = format!("  for the whole tree as https://www.example.com/ in zone {ZONE}\n");
    assert_eq!(
        shown,
        format!(
            "www: {a} of 2023-11-14 22:13 UTC (refs/diffpurge/www); live since, and not purged completely: {b}\n{whose}"
        )
    );
    let json = |site: &Site| -> serde_json::Value {
        serde_json::from_str(&site.run(&["mark", "show", "--format", "json"]).run().exits(0).stdout).unwrap()
    };
    let (store, committed) = ("refs/diffpurge/www", "2023-11-14T22:13:20Z");
    let caches = serde_json::json!([{"kind": "cloudflare", "zone": ZONE}]);
    let whose = serde_json::json!({"base_urls": ["https://www.example.com/"], "caches": caches, "output": ""});
    let with = |mark: serde_json::Value, output: serde_json::Value| {
        let mut all = mark.as_object().unwrap().clone();
        all.extend(whose.as_object().unwrap().clone());
        all.insert("output".to_owned(), output);
        serde_json::Value::Object(all)
    };
    let mark = serde_json::json!({"site": "www", "store": store, "mark": first, "revision": first, "open": [second], "committed": committed, "written": null});
    let mark = with(mark, "".into());
    assert_eq!(json(&site), serde_json::json!({"schema": 1, "marks": [mark]}));
    // A list of paths says nothing of what was live.
    site.run(&["purge", "--paths", "-"]).reading(b"x.css\n").run().exits(0);
    assert_eq!((site.mark(), site.open()), (first, vec![second.clone()]));
    let set = site.run(&["mark", "set", "HEAD"]).run().exits(0);
    assert_eq!(set.stdout, format!("www: mark set to HEAD ({b}) (refs/diffpurge/www)\n"));
    assert_eq!((site.mark(), site.open()), (second, vec![]));
    site.run(&["mark", "clear", "-q"]).run().exits(0);
    let mark = serde_json::json!({"site": "www", "store": store, "mark": null, "revision": null, "open": [], "committed": null, "written": null});
    let mark = with(mark, serde_json::Value::Null);
    assert_eq!(json(&site)["marks"], serde_json::json!([mark]));
    site.run(&["mark", "set", "no-such-branch"]).run().exits(3).fails_with("cannot find the revision", "rev-parse");
    site.run(&["mark", "set", ""]).run().exits(3);
    assert_eq!(site.mark(), "");
}

#[test]
fn each_site_has_a_mark_of_its_own() {
    let site = Site::of(
        "[[site]]\nname = \"img\"\nbase_urls = [\"https://img.example.com/\"]\n[site.cloudflare]\ntoken_env = \"OTHER\"\n",
    );
    let first = site.deploy(&[("x.css", "1")]);
    site.run(&["mark", "set", "HEAD"]).run().exits(0).says("img: mark set to HEAD (").says("www: mark set to HEAD (");
    let second = site.deploy(&[("x.css", "2")]);
    site.run(&["purge"]).run().exits(2).says("img: NOT purged").says("www: the mark is at HEAD");
    site.is_purged_up_to(&second);
    assert_eq!(site.repo.find("refs/diffpurge/img"), first);
    assert_eq!(site.repo.find("refs/diffpurge-open/img/"), second);
    site.run(&["purge"]).env("OTHER", crate::support::TOKEN).run().exits(0).says("www: nothing changed");
    assert_eq!(
        (site.repo.find("refs/diffpurge/img"), site.repo.find("refs/diffpurge-open/img/")),
        (second, String::new())
    );
}

#[test]
fn no_git_program_is_needed_for_a_mark_in_the_repository() {
    let (site, _) = marked();
    let second = site.deploy(&[("x.css", "2")]);
    let (directory, calls) = recording_git();
    for arguments in
        [&["plan"][..], &["purge"], &["mark", "show"], &["mark", "set", "HEAD"], &["plan", "HEAD~1", "HEAD"]]
    {
        site.run(arguments).env("PATH", directory.path()).run().exits(0);
    }
    assert_eq!(std::fs::read_to_string(calls).unwrap(), "");
    site.is_purged_up_to(&second);
}
