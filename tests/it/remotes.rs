//! The mark at a remote: clones that do not last, and do not even know what was before, purge what has to be.

use std::fs;

use crate::support::{Fault, Hosted, PASSWORD, Repo, Toxic, diffpurge, executable, recording_git};

const PUSH: &str = "[site.mark]\npush = \"origin\"\n";

/// A hosted site whose first revision is purged.
fn marked(hosted: Hosted) -> (Hosted, String) {
    let first = hosted.deploy(&[("x.css", "1"), ("y.css", "1")]);
    hosted.run(&hosted.site.repo, &["mark", "set", "HEAD"]).run().exits(0).says("(refs/diffpurge/www at origin)");
    assert_eq!(hosted.mark(), first);
    (hosted, first)
}

#[test]
fn in_a_clone_of_one_commit_purge_alone_does_the_right_thing() {
    for hosted in [Hosted::on_disk(PUSH), Hosted::over_http(PUSH)] {
        let (hosted, first) = marked(hosted);
        hosted.deploy(&[("y.css", "2")]);
        let second = hosted.deploy(&[("x.css", "2")]);
        let clone = hosted.shallow();
        assert_eq!(clone.git(&["rev-list", "--count", "HEAD"]), "1");
        let ran = hosted.run(&clone, &["purge"]).run().exits(0);
        let (a, b) = (&first[..10], &second[..10]);
        assert_eq!(ran.stderr, format!("note: {a} was not in this clone, and is fetched from origin\n"));
        ran.says(&format!("www: the mark ({a}) → HEAD ({b})"))
            .says("2 URLs in 1 request")
            .says("refs/diffpurge/www at origin");
        hosted.is_purged_up_to(&second);
        assert_eq!(clone.git(&["rev-list", "--count", "HEAD"]), "1", "still shallow");
        assert_eq!(clone.find("refs/diffpurge*/**"), "", "nothing is kept in the clone");
        hosted.run(&hosted.shallow(), &["purge"]).run().exits(0).says("nothing changed between the mark");
    }
}

#[test]
fn what_a_clone_that_is_gone_has_not_purged_the_next_one_does() {
    for hosted in [Hosted::on_disk(PUSH), Hosted::over_http(PUSH)] {
        let (hosted, first) = marked(hosted);
        let second = hosted.deploy(&[("x.css", "2")]);
        let toxic = Toxic::before(&hosted.site.live.edge, |_, _| Fault::refused());
        diffpurge(["purge"]).within(&hosted.shallow()).through(&toxic).run().exits(1);
        assert_eq!((hosted.mark(), hosted.open()), (first, vec![second]));
        hosted.site.live.expire("/x.css");
        let third = hosted.deploy(&[("x.css", "1"), ("y.css", "3")]);
        hosted.run(&hosted.shallow(), &["purge"]).run().exits(0).says("2 URLs in 1 request");
        hosted.is_purged_up_to(&third);
    }
}

#[test]
fn marks_at_a_remote_are_shown_set_and_cleared_there() {
    let (hosted, first) = marked(Hosted::over_http(PUSH));
    let clone = hosted.shallow();
    let shown = hosted.run(&clone, &["mark", "show"]).run().exits(0).stdout;
    let begins = format!(
        "www: {} of 2023-11-14 22:13 UTC (refs/diffpurge/www at origin)\n  for the whole tree as https://www.",
        &first[..10]
    );
    assert!(shown.starts_with(&begins), "{shown}");
    hosted.run(&clone, &["mark", "clear"]).run().exits(0).says("www: mark cleared (refs/diffpurge/www at origin)");
    assert_eq!(hosted.mark(), "");
    hosted.run(&clone, &["mark", "clear"]).run().exits(0);
    hosted.run(&clone, &["mark", "show"]).run().exits(0).says("www: no mark (refs/diffpurge/www at origin)");
    hosted.run(&clone, &["mark", "set", "HEAD"]).run().exits(0);
    hosted.run(&clone, &["mark", "set", "HEAD"]).run().exits(0);
    assert_eq!(hosted.mark(), first);
}

#[test]
fn of_two_clones_that_race_for_the_mark_the_loser_says_so() {
    for hosted in [Hosted::on_disk(PUSH), Hosted::over_http(PUSH)] {
        let (hosted, first) = marked(hosted);
        let second = hosted.deploy(&[("x.css", "2")]);
        let loser = hosted.shallow();
        let third = hosted.deploy(&[("y.css", "3")]);
        let winner = hosted.shallow();
        // The winner begins and ends while the loser sends.
        let base = hosted.site.live.edge.api_base();
        let directory = winner.path().to_owned();
        let toxic = Toxic::before(&hosted.site.live.edge, move |_, _| {
            let (directory, base) = (directory.clone(), base.clone());
            Fault::pass_then(move || {
                let tool = diffpurge(["purge"]).within_directory(&directory).against_address(&base);
                tool.run().exits(0).says("the mark is at HEAD");
            })
        });
        let ran = diffpurge(["purge"]).within(&loser).through(&toxic).run().exits(1).says("accepted: 1 URL");
        let lost = format!(
            "another run has moved the mark refs/diffpurge/www at origin meanwhile; it is {} now, and was {}",
            &third[..10],
            &first[..10]
        );
        ran.errs_with(&lost, "run it again: it compares with what the mark is now");
        assert_eq!(hosted.mark(), third);
        // The loser's revision was live: who comes next compares with it as well.
        hosted.run(&loser, &["purge", "--rollback"]).run().exits(0);
        hosted.site.live.serve("/y.css", Some("1"));
        assert_eq!(hosted.mark(), second);
        let fourth = hosted.deploy(&[("x.css", "4"), ("y.css", "4")]);
        hosted.run(&hosted.shallow(), &["purge"]).run().exits(0);
        hosted.is_purged_up_to(&fourth);
    }
}

#[test]
fn two_clones_that_purge_the_same_are_both_right() {
    let (hosted, _) = marked(Hosted::over_http(PUSH));
    hosted.deploy(&[("x.css", "2")]);
    let toxic = Toxic::before(&hosted.site.live.edge, |_, _| Fault::refused());
    // What it leaves open both will close.
    diffpurge(["purge"]).within(&hosted.shallow()).through(&toxic).run().exits(1);
    let third = hosted.deploy(&[("y.css", "3")]);
    let (one, other) = (hosted.shallow(), hosted.shallow());
    let (base, directory) = (hosted.site.live.edge.api_base(), other.path().to_owned());
    let toxic = Toxic::before(&hosted.site.live.edge, move |_, _| {
        let (directory, base) = (directory.clone(), base.clone());
        Fault::pass_then(move || {
            diffpurge(["purge"]).within_directory(&directory).against_address(&base).run().exits(0);
        })
    });
    let ran = diffpurge(["purge"]).within(&one).through(&toxic).run().exits(0);
    ran.says("the mark is at HEAD");
    hosted.is_purged_up_to(&third);
}

#[test]
fn a_remote_that_does_not_answer_is_not_no_mark() {
    let (on_disk, _) = marked(Hosted::on_disk(PUSH));
    let (over_http, _) = marked(Hosted::over_http(PUSH));
    let gone = on_disk.shallow();
    gone.git(&["remote", "set-url", "origin", "file:///nonexistent/site.git"]);
    let refused = over_http.shallow();
    refused.git(&["remote", "set-url", "origin", &format!("http://u:{PASSWORD}@127.0.0.1:9/site.git")]);
    let wrong = over_http.shallow();
    wrong.git(&["remote", "set-url", "origin", &over_http.url().replace(PASSWORD, "Wr0ng-pw")]);
    let nowhere = on_disk.shallow();
    nowhere.git(&["remote", "remove", "origin"]);
    for (clone, hosted, why) in [
        (gone, &on_disk, "does not appear to be a git repository"),
        (refused, &over_http, "unable to access 'http://127.0.0.1:9/site.git/'"),
        (wrong, &over_http, "Authentication failed for 'http://127.0.0.1:"),
        (nowhere, &on_disk, "the repository has no remote origin"),
    ] {
        for arguments in [&["purge"][..], &["plan"], &["mark", "show"], &["mark", "set", "HEAD"]] {
            let ran = hosted.run(&clone, arguments).run().exits(3);
            assert!(!ran.stderr.contains(PASSWORD) && !ran.stderr.contains("Wr0ng-pw"), "{}", ran.stderr);
            assert!(ran.stderr.contains(why), "{}", ran.stderr);
            let hint = if why.contains("has no remote") { "`git remote` lists the remotes" } else { "`git ls-remote`" };
            ran.fails_with("cannot read the mark refs/diffpurge/www at origin", hint);
        }
    }
    assert_eq!([on_disk, over_http].map(|hosted| hosted.site.live.edge.recorded().len()), [0, 0]);
}

#[test]
fn a_remote_that_takes_no_push_leaves_the_mark_and_the_next_run_covers_it() {
    for hosted in [Hosted::on_disk(PUSH), Hosted::over_http(PUSH)] {
        let (hosted, first) = marked(hosted);
        hosted.deploy(&[("x.css", "2")]);
        hosted.refuses_pushes("no such refs here");
        let clone = hosted.shallow();
        let ran = hosted.run(&clone, &["purge"]).run().exits(1).says("accepted: 1 URL in 1 request");
        assert!(!ran.stdout.contains("the mark is at") && !ran.stderr.contains(PASSWORD), "{ran:?}");
        assert!(ran.stderr.contains("caused by: `git push` failed: ! [remote rejected]"), "{}", ran.stderr);
        ran.says("accepted").stderr.lines().for_each(|line| assert!(!line.is_empty()));
        assert_eq!((hosted.mark(), hosted.open()), (first, vec![]));
        hosted.takes_pushes();
        let third = hosted.deploy(&[("y.css", "3")]);
        hosted.run(&hosted.shallow(), &["purge"]).run().exits(0).says("2 URLs in 1 request");
        hosted.is_purged_up_to(&third);
    }
}

#[test]
fn a_mark_whose_branch_is_gone_is_found_by_its_ref() {
    for hosted in [Hosted::on_disk(PUSH), Hosted::over_http(PUSH)] {
        let (hosted, first) = marked(hosted);
        // An orphan in its place; the mark alone keeps what was live.
        hosted.site.repo.git(&["checkout", "--quiet", "--orphan", "other"]);
        hosted.site.repo.git(&["update-ref", "-d", "refs/heads/main"]);
        let second = hosted.deploy(&[("x.css", "2")]);
        hosted.collects_garbage();
        let clone = hosted.shallow();
        hosted.run(&clone, &["purge"]).run().exits(0).says(&format!("the mark ({})", &first[..10]));
        hosted.is_purged_up_to(&second);
        // A branch with the mark's revision only, and that deleted.
        hosted.site.repo.git(&["push", "--quiet", "origin", "HEAD:refs/heads/pages"]);
        let third = hosted.deploy(&[("y.css", "3")]);
        hosted.site.repo.git(&["push", "--quiet", "origin", ":refs/heads/pages"]);
        hosted.run(&hosted.shallow(), &["purge"]).run().exits(0).says("1 URL in 1 request");
        hosted.is_purged_up_to(&third);
    }
}

#[test]
fn a_late_job_in_a_clone_of_one_commit_leaves_a_newer_mark() {
    let hosted = Hosted::on_disk(PUSH);
    hosted.site.repo.file("x.css", "1");
    let first = hosted.site.repo.commit_at(1_700_000_000);
    // Of a parent it could be told without dates.
    hosted.site.repo.commit_at(1_700_000_050);
    hosted.site.repo.file("x.css", "2");
    let second = hosted.site.repo.commit_at(1_700_000_100);
    hosted.site.repo.git(&["push", "--quiet", "origin", &format!("{first}:refs/heads/main")]);
    let late = hosted.shallow();
    hosted.site.repo.git(&["push", "--quiet", "origin", "HEAD:main"]);
    hosted.run(&hosted.shallow(), &["mark", "set", "HEAD"]).run().exits(0);
    let ran = hosted.run(&late, &["purge"]).run().exits(0);
    let note = format!(
        "HEAD is dated before what was last purged (the clone is too shallow to tell more), so the mark stays at {}",
        &second[..10]
    );
    ran.says(&note).says("~ x.css  ");
    assert_eq!((hosted.mark(), hosted.open()), (second, vec![first.clone()]));
    hosted.run(&late, &["purge", "--rollback"]).run().exits(0).says("the mark is at HEAD");
    assert_eq!((hosted.mark(), hosted.open()), (first, vec![]));
}

#[test]
fn no_hook_of_the_users_runs_and_no_configuration_of_theirs_is_in_the_way() {
    let (hosted, _) = marked(Hosted::on_disk(PUSH));
    let second = hosted.deploy(&[("x.css", "2")]);
    let clone = hosted.shallow();
    let ran = clone.path().join(".git/hook-ran");
    let hooks = clone.path().join(".git/my-hooks");
    clone.git(&["config", "core.hooksPath", hooks.to_str().unwrap()]);
    for name in ["pre-push", "reference-transaction", "post-checkout", "post-merge", "pre-auto-gc"] {
        for place in [&hooks, &clone.path().join(".git/hooks")] {
            executable(&place.join(name), &format!("touch {}; exit 1", ran.display()));
        }
    }
    for (key, value) in [
        ("push.followTags", "true"),
        ("push.gpgSign", "true"),
        ("push.recurseSubmodules", "on-demand"),
        ("fetch.recurseSubmodules", "true"),
        ("fetch.prune", "true"),
        ("remote.origin.tagOpt", "--tags"),
        ("remote.origin.mirror", "true"),
        ("push.default", "nothing"),
    ] {
        clone.git(&["config", key, value]);
    }
    hosted.run(&clone, &["purge"]).run().exits(0).says("the mark is at HEAD");
    assert!(!ran.exists());
    hosted.is_purged_up_to(&second);
    assert_eq!(
        clone.git(&["for-each-ref", "--format=%(refname)", "refs/remotes/origin/main"]),
        "refs/remotes/origin/main"
    );
}

#[test]
fn clones_of_other_kinds_find_the_mark_too() {
    for options in [
        &["--filter=blob:none"][..],
        &["--filter=tree:0"],
        &["--filter=blob:none", "--depth=1"],
        &["--mirror"],
        &["--bare"],
        &[],
    ] {
        let (hosted, _) = marked(Hosted::on_disk(PUSH));
        hosted.site.repo.link("link.css", "x.css");
        let second = hosted.deploy(&[("x.css", "2")]);
        let clone = Repo::clone_of(&hosted.url(), options);
        let config = hosted.site.repo.path().join("purge.toml");
        let ran = hosted.run(&clone, &["purge", "--config", config.to_str().unwrap()]).run();
        if options == ["--filter=tree:0"] {
            // What a filter left out is an error with its cure, never nothing.
            ran.exits(3).fails_with("cannot read the tree ", "`git fetch --refetch --no-filter`");
            assert_eq!(hosted.open(), [second]);
            continue;
        }
        ran.exits(0).says("~ x.css  ");
        hosted.is_purged_up_to(&second);
    }
}

#[test]
fn git_is_asked_once_for_all_sites() {
    let site =
        |name: &str| format!("[[site]]\nname = \"{name}\"\nbase_urls = [\"https://{name}.example.com/\"]\n{PUSH}");
    let hosted = Hosted::on_disk(&format!("{PUSH}{}{}", site("img"), site("blog")));
    hosted.deploy(&[("x.css", "1")]);
    hosted.run(&hosted.site.repo, &["mark", "set", "HEAD"]).run().exits(0);
    let second = hosted.deploy(&[("x.css", "2")]);
    let (directory, calls) = recording_git();
    let verbs = || {
        let calls = fs::read_to_string(&calls).unwrap();
        let verb = |line: &str| {
            ["ls-remote", "fetch", "push"].into_iter().find(|verb| line.contains(&format!(" {verb} "))).unwrap()
        };
        calls.lines().map(verb).collect::<Vec<_>>()
    };
    hosted.run(&hosted.shallow(), &["purge"]).env("PATH", directory.path()).run().exits(0);
    assert_eq!(verbs(), ["ls-remote", "fetch", "push", "push"]);
    for name in ["www", "img", "blog"] {
        assert_eq!(hosted.bare.find(&format!("refs/diffpurge/{name}")), second);
    }
    assert_eq!(hosted.bare.find("refs/diffpurge-open/**"), "");
    fs::write(&calls, "").unwrap();
    hosted.run(&hosted.shallow(), &["purge"]).env("PATH", directory.path()).run().exits(0).says("nothing changed");
    // What the marks say beside their revision has to be brought.
    assert_eq!(verbs(), ["ls-remote", "fetch"]);
    // One site that lost its race does not keep the others from moving.
    let third = hosted.deploy(&[("x.css", "3")]);
    let bare = hosted.bare.path().to_owned();
    let first = hosted.bare.git(&["rev-parse", "main~1"]);
    let toxic = Toxic::before(&hosted.site.live.edge, move |_, _| {
        let (bare, first) = (bare.clone(), first.clone());
        Fault::pass_then(move || {
            let moved =
                crate::support::git(&bare).args(["update-ref", "refs/diffpurge/img", &format!("{first}~1")]).status();
            assert!(moved.unwrap().success());
        })
    });
    let ran = diffpurge(["purge"]).within(&hosted.shallow()).through(&toxic).run().exits(1);
    ran.errs_with("site img: another run has moved the mark refs/diffpurge/img at origin meanwhile", "run it again");
    for name in ["www", "blog"] {
        assert_eq!(hosted.bare.find(&format!("refs/diffpurge/{name}")), third, "{name}");
    }
}

#[test]
fn what_many_runs_have_left_open_is_fetched_at_once() {
    let (hosted, first) = marked(Hosted::over_http(PUSH));
    let toxic = Toxic::before(&hosted.site.live.edge, |_, _| Fault::refused());
    let mut open: Vec<String> = ["2", "3", "4"]
        .iter()
        .map(|content| {
            let id = hosted.deploy(&[("x.css", content)]);
            diffpurge(["purge"]).within(&hosted.shallow()).through(&toxic).run().exits(1);
            id
        })
        .collect();
    open.sort_unstable();
    assert_eq!((hosted.mark(), hosted.open()), (first, open));
    let last = hosted.deploy(&[("x.css", "1")]);
    let (directory, calls) = recording_git();
    let ran = hosted.run(&hosted.shallow(), &["purge"]).env("PATH", directory.path()).run().exits(0);
    assert_eq!(ran.stderr, "note: 4 revisions were not in this clone, and are fetched from origin\n");
    assert_eq!(fs::read_to_string(calls).unwrap().matches(" fetch ").count(), 1);
    ran.says("note: 3 earlier runs were not completely purged").says("~ x.css  ");
    hosted.is_purged_up_to(&last);
}

#[test]
fn a_remote_with_a_relative_path_is_found_from_anywhere() {
    let (hosted, first) = marked(Hosted::on_disk(PUSH));
    let clone = Repo::clone_of(&hosted.url(), &[]);
    let bare = format!("../{}", hosted.bare.path().file_name().unwrap().display());
    clone.git(&["remote", "set-url", "origin", &bare]);
    clone.file("sub/a", "1");
    let shown = format!("www: {} of ", &first[..10]);
    let repository = clone.path().to_str().unwrap();
    diffpurge(["mark", "show"]).within_directory(&clone.path().join("sub")).run().exits(0).says(&shown);
    diffpurge(["-C", repository, "mark", "show"]).within_directory("/".as_ref()).run().exits(0).says(&shown);
    // As a hook of git's runs, with what git tells it.
    let hook = diffpurge(["mark", "show"]).within(&clone).env("GIT_DIR", ".git").env("GIT_WORK_TREE", ".");
    hook.env("GIT_INDEX_FILE", ".git/index").env("GIT_PREFIX", "sub/").run().exits(0).says(&shown);
}
