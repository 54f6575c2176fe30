//! Every way to name a revision, every kind of repository, and every way in which there is none.

use crate::support::{Repo, Tool, diffpurge, git};

fn plan(repo: &Repo, revisions: &[&str]) -> Tool {
    let mut arguments = vec!["plan", "--format", "urls", "--base-url", "https://www.example.com/"];
    arguments.extend(revisions);
    diffpurge(arguments).within(repo)
}

fn two_commits() -> Repo {
    let repo = Repo::of(&[("index.html", "1"), ("a.css", "1"), ("public/b.css", "1")]);
    repo.file("a.css", "2").commit();
    repo
}

const CHANGED: &str = "https://www.example.com/a.css\n";

#[test]
fn a_revision_is_whatever_git_understands() {
    let repo = two_commits();
    let first = repo.git(&["rev-parse", "HEAD~1"]);
    repo.git(&["tag", "-a", "-m", "annotated", "v1.0", "HEAD~1"]);
    repo.git(&["tag", "-a", "-m", "a tag of a tag", "v1.1", "v1.0"]);
    repo.git(&["branch", "old/branch", "HEAD~1"]);
    for from in [
        &first,
        &first[..9],
        "HEAD~1",
        "HEAD^",
        "@~",
        "v1.0",
        "v1.1",
        "v1.0^{}",
        "old/branch",
        "HEAD@{1}",
        "main~1",
        "HEAD~1^{tree}",
    ] {
        assert_eq!(plan(&repo, &[from]).run().exits(0).stdout, CHANGED, "{from}");
        assert_eq!(plan(&repo, &[from, "HEAD"]).run().exits(0).stdout, CHANGED, "{from} HEAD");
        assert_eq!(plan(&repo, &[&format!("{from}..main")]).run().exits(0).stdout, CHANGED, "{from}..main");
    }
    assert_eq!(plan(&repo, &["HEAD:public", "HEAD:public"]).run().exits(0).stdout, "");
}

#[test]
fn bare_repositories_worktrees_and_subdirectories_work_alike() {
    let repo = two_commits();
    let elsewhere = tempfile::TempDir::new().unwrap();
    let path = |name: &str| elsewhere.path().join(name).to_str().unwrap().to_owned();
    repo.git(&["clone", "--quiet", "--bare", ".", &path("bare.git")]);
    repo.git(&["worktree", "add", "--quiet", "--detach", &path("tree")]);
    for directory in [path("bare.git"), path("tree"), repo.path().join("public").to_str().unwrap().to_owned()] {
        assert_eq!(plan(&repo, &["-C", &directory, "HEAD~1"]).run().exits(0).stdout, CHANGED, "{directory}");
        let tool = diffpurge(["plan", "HEAD~1", "--format", "urls", "--base-url", "https://www.example.com/"]);
        assert_eq!(tool.within_directory(directory.as_ref()).run().exits(0).stdout, CHANGED, "{directory}");
    }
    let tool = plan(&repo, &["HEAD~1"]).within_directory(elsewhere.path()).env("GIT_DIR", path("bare.git"));
    assert_eq!(tool.run().exits(0).stdout, CHANGED);
}

#[test]
fn clones_without_blobs_are_enough() {
    let repo = two_commits();
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    let elsewhere = tempfile::TempDir::new().unwrap();
    let clone = elsewhere.path().join("clone");
    let from = format!("file://{}", repo.path().display());
    let done = git(repo.path())
        .args(["clone", "--quiet", "--bare", "--filter=blob:none", &from])
        .arg(&clone)
        .status()
        .unwrap();
    assert!(done.success());
    assert_eq!(plan(&repo, &["-C", clone.to_str().unwrap(), "HEAD~1"]).run().exits(0).stdout, CHANGED);
}

#[test]
fn sha_256_repositories_work() {
    let repo = Repo::with(&["--object-format=sha256"]);
    repo.file("index.html", "1").file("a.css", "1").commit();
    repo.file("a.css", "2").commit();
    assert_eq!(plan(&repo, &["HEAD~1"]).run().exits(0).stdout, CHANGED);
}

#[test]
fn a_revision_that_is_not_there_is_an_error_with_the_way_out() {
    let repo = two_commits();
    plan(&repo, &["v9"])
        .run()
        .exits(3)
        .fails_with("cannot find the revision v9", "git rev-parse --verify 'v9^{commit}'");
    let gone = "deadbeef".repeat(5);
    plan(&repo, &["HEAD~1", &gone])
        .run()
        .exits(3)
        .fails_with(&gone, &format!("git fetch --depth=1 origin {gone}`; after a force-push"));
    plan(&repo, &["HEAD~1", "nope"]).run().exits(3).fails_with("cannot find the revision nope", "git rev-parse");
    plan(&repo, &["HEAD~7"]).run().exits(3).fails_with("HEAD~7", "`diffpurge plan empty HEAD`");
    let zeros = "0".repeat(40);
    plan(&repo, &["HEAD~1", &zeros]).run().exits(3).fails_with("all zeros", "first deploy");
    plan(&repo, &["HEAD:a.css"]).run().exits(3).fails_with("neither a commit nor a tree", "name a commit");
    plan(&repo, &["HEAD~1\n::error::x"]).run().exits(3).fails_with("\"HEAD~1\\n::error::x\"", "git rev-parse");
}

#[test]
fn in_a_shallow_clone_an_id_is_fetched_and_for_a_name_the_hint_is_to_fetch() {
    let repo = two_commits();
    let first = repo.git(&["rev-parse", "HEAD~1"]);
    let elsewhere = tempfile::TempDir::new().unwrap();
    let clone = elsewhere.path().join("clone");
    let from = format!("file://{}", repo.path().display());
    assert!(git(repo.path()).args(["clone", "--quiet", "--depth=1", &from]).arg(&clone).status().unwrap().success());
    let ran = plan(&repo, &["-C", clone.to_str().unwrap(), "HEAD~1"]).run().exits(3);
    ran.fails_with("cannot find the revision HEAD~1", "git fetch --unshallow");
    let ran = plan(&repo, &["-C", clone.to_str().unwrap(), &first]).run().exits(0);
    assert_eq!(ran.stdout, CHANGED);
    assert_eq!(ran.stderr, format!("note: {} was not in this clone, and is fetched from origin\n", &first[..10]));
}

#[test]
fn empty_ends_are_said_and_nothing_is_guessed() {
    let repo = two_commits();
    plan(&repo, &["", "HEAD"]).run().exits(2).fails_with("FROM is empty", "variable is unset");
    plan(&repo, &["HEAD~1", ""]).run().exits(2).fails_with("TO is empty", "leave TO");
    plan(&repo, &["HEAD~1.."]).run().exits(2).fails_with("TO is empty", "compare with HEAD");
    plan(&repo, &["..HEAD"]).run().exits(2).fails_with("FROM is empty", "variable is unset");
    plan(&repo, &["HEAD~1...HEAD"]).run().exits(2).fails_with("merge base", "`HEAD~1..HEAD`");
    plan(&repo, &["HEAD~1..HEAD", "HEAD"]).run().exits(2).fails_with("third", "A..B");
}

#[test]
fn an_output_that_is_nowhere_or_a_file_is_an_error() {
    let repo = two_commits();
    let with = |output: &str| plan(&repo, &["HEAD~1", "--output", output]).run();
    with("pulbic").exits(3).fails_with("`output` pulbic is neither in HEAD~1 nor in HEAD", "git ls-tree");
    with("a.css").exits(3).fails_with("not a directory", "git ls-tree");
    with("public").exits(0);
}

#[test]
fn an_output_that_one_revision_lacks_and_two_equal_revisions_are_worth_a_note() {
    let repo = two_commits();
    repo.git(&["mv", "public", "dist"]);
    repo.commit();
    let tool = |revisions: [&str; 2]| {
        diffpurge(["plan", revisions[0], revisions[1], "--base-url", "https://x.example", "--output", "public"])
            .within(&repo)
            .run()
    };
    let gone = tool(["HEAD~1", "HEAD"]).exits(3);
    gone.fails_with("`output` public is not in HEAD, and it is in HEAD~1", "`--allow-empty` purges all that it had");
    let on_purpose =
        ["plan", "HEAD~1", "HEAD", "--base-url", "https://x.example", "--output", "public", "--allow-empty"];
    let gone = diffpurge(on_purpose).within(&repo).run().exits(0);
    gone.says("note: `output` public is not in HEAD: every file of it counts as deleted");
    tool(["HEAD", "HEAD~1"]).exits(0).says("note: `output` public is not in HEAD: every file of it is new");
    let same = repo.git(&["rev-parse", "HEAD~1"]);
    tool([&same, "HEAD~1"])
        .exits(0)
        .says("nothing changed")
        .says("note: FROM and TO are the same; was one of the pipeline's variables empty?");
    let ran = tool(["HEAD~1", "HEAD~1"]).exits(0);
    assert!(!ran.stdout.contains("note:"), "{}", ran.stdout);
}

#[test]
fn changes_that_are_not_committed_are_worth_a_note_where_nothing_changed() {
    let repo = two_commits();
    repo.file("public/b.css", "2").commit();
    let said = "note: public has changes that are not committed, and no plan of a revision sees them";
    let tool = |revisions: &[&str]| {
        let options = ["--base-url", "https://x.example", "--output", "public"];
        diffpurge([&["plan"], revisions, &options].concat()).within(&repo).run().exits(0)
    };
    let is_silent = |revisions: &[&str]| {
        let ran = tool(revisions);
        assert!(!ran.stdout.contains("not committed"), "{}", ran.stdout);
    };
    repo.file("beside.css", "1").file("public2/new.css", "1");
    is_silent(&["HEAD", "HEAD"]);
    repo.file("public/new/page.css", "1");
    tool(&["HEAD", "HEAD"]).says("nothing changed").says(said);
    // Another revision than what is checked out is compared as ever, and so is one with changes of its own.
    is_silent(&["HEAD~1", "HEAD~1"]);
    is_silent(&["HEAD~1", "HEAD"]);
    repo.git(&["add", "public"]);
    tool(&["HEAD", "HEAD"]).says(said);
    repo.commit();
    is_silent(&["HEAD", "HEAD"]);
    repo.remove("public/new");
    tool(&["HEAD", "HEAD"]).says(said);
}

#[test]
fn of_several_sites_those_with_changes_that_are_not_committed_are_named_where_nothing_changed_in_any() {
    let site = |name: &str, output: &str| {
        format!(
            "[[site]]\nname = \"{name}\"\nbase_urls = [\"https://{name}.example.com/\"]\noutput = \"{output}\"\nignore = [\"*.map\"]\n"
        )
    };
    let sites = [("all", ""), ("a", "sites/a"), ("ab", "sites/ab"), ("b", "sites/b"), ("c", "sites/c")];
    let config: String = sites.map(|(name, output)| site(name, output)).concat();
    let pages = ["sites/a/index.html", "sites/ab/index.html", "sites/b/index.html", "sites/c/index.html"];
    let repo = Repo::of(&pages.map(|path| (path, "1")));
    repo.file("purge.toml", &config).commit();
    let noted = |revisions: [&str; 2]| {
        let ran = diffpurge([&["plan"], &revisions[..]].concat()).within(&repo).run().exits(0);
        let mut site = "";
        let mut noted = Vec::new();
        for line in ran.stdout.lines() {
            match line.split_once(": ") {
                Some((name, _)) if !line.starts_with(' ') => site = name,
                _ if line.contains("has changes that are not committed") => noted.push(site.to_owned()),
                _ => {}
            }
        }
        noted
    };
    assert!(noted(["HEAD", "HEAD"]).is_empty());
    repo.file("sites/ab/new.html", "1").file("sites/b/app.map", "1").file("sites/c/new/page.html", "1");
    assert_eq!(noted(["HEAD", "HEAD"]), ["ab", "c"]);
    repo.file("sites/b/index.html", "2");
    assert_eq!(noted(["HEAD", "HEAD"]), ["all", "ab", "b", "c"]);
    // Who sees a change has not forgotten to commit.
    repo.git(&["commit", "-qm", "b", "sites/b/index.html"]);
    assert!(noted(["HEAD~1", "HEAD"]).is_empty());
    assert_eq!(noted(["HEAD", "HEAD"]), ["ab", "c"]);
}

#[test]
fn no_repository_is_an_error() {
    let elsewhere = tempfile::TempDir::new().unwrap();
    let tool =
        diffpurge(["plan", "HEAD~1", "--base-url", "https://www.example.com/"]).within_directory(elsewhere.path());
    let error = format!("cannot open the git repository at {}", elsewhere.path().display());
    tool.run().exits(3).fails_with(&error, "diffpurge -C DIR");
}

#[test]
fn an_output_that_is_no_directory_is_said_to_be_what_it_is() {
    let repo = Repo::of(&[("a.css", "1"), ("file", "1"), ("deep/file", "1")]);
    repo.link("link", "deep").commit();
    let commit = repo.git(&["rev-parse", "HEAD"]);
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},sub")]);
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},deep/sub")]);
    repo.git(&["commit", "-q", "-m", "submodules"]);
    for (output, what, hint) in [
        ("sub", "sub is a submodule", "`diffpurge -C sub -c FILE plan FROM TO`"),
        ("deep/sub", "sub is a submodule", "`diffpurge -C deep/sub -c FILE plan FROM TO`"),
        ("link", "link is a symbolic link", "git ls-tree"),
        ("deep/file", "file is a file", "git ls-tree"),
        ("file/x", "file is a file", "git ls-tree"),
    ] {
        let error = format!("error: `output` {output} is not a directory in HEAD: {what}");
        plan(&repo, &["HEAD", "HEAD", "--output", output]).run().exits(3).fails_with(&error, hint);
    }
}

#[test]
fn a_repository_with_a_reftable_says_how_it_is_read() {
    let repo = two_commits();
    repo.git(&["config", "core.repositoryFormatVersion", "1"]);
    // As `git init --ref-format=reftable` writes it.
    repo.git(&["config", "extensions.refStorage", "reftable"]);
    let error = "cannot open the git repository";
    plan(&repo, &["HEAD~1"]).run().exits(3).fails_with(error, "`git refs migrate --ref-format=files`");
}

#[test]
fn a_revision_that_is_not_here_leads_to_the_one_that_was_meant() {
    let repo = two_commits();
    repo.git(&["update-ref", "refs/remotes/origin/gh-pages", "HEAD~1"]);
    repo.git(&["remote", "add", "origin", "."]);
    repo.git(&["tag", "v1.2"]);
    for (spec, hint) in [
        ("gh-pages", "did you mean `origin/gh-pages`?"),
        ("master", "did you mean `main`?"),
        ("origin/main", "did you mean `main`?"),
        ("gh-pagse", "did you mean `origin/gh-pages`?"),
        ("origin/gh-page", "did you mean `origin/gh-pages`?"),
        ("mian", "did you mean `main`?"),
        ("mains", "did you mean `main`?"),
        ("v1.20", "did you mean `v1.2`?"),
    ] {
        plan(&repo, &[spec]).run().exits(3).fails_with(&format!("cannot find the revision {spec}"), hint);
    }
    // A URL in place of a revision leads to where it belongs.
    let verify =
        diffpurge(["verify", "https://www.example.com/", "--base-url", "https://www.example.com/"]).within(&repo);
    let hint = "a URL is no revision: `diffpurge purge https://www.example.com/` purges it now";
    verify.run().exits(3).fails_with("cannot find the revision https://www.example.com/", hint);
    // A step back from the remote's branch is not what was typed.
    repo.git(&["update-ref", "refs/remotes/origin/HEAD", "HEAD"]);
    repo.git(&["checkout", "--quiet", "HEAD~1"]);
    plan(&repo, &["HEAD~1"])
        .run()
        .exits(3)
        .fails_with("cannot find the revision HEAD~1", "`diffpurge plan empty HEAD`");
    repo.git(&["checkout", "--quiet", "main"]);
    let elsewhere = tempfile::TempDir::new().unwrap();
    let clone = elsewhere.path().join("clone");
    let from = format!("file://{}", repo.path().display());
    assert!(git(repo.path()).args(["clone", "--quiet", "--depth=1", &from]).arg(&clone).status().unwrap().success());
    for (spec, hint) in [
        (
            "gh-pages",
            "`git fetch --depth=1 origin gh-pages:refs/remotes/origin/gh-pages`, and name it `origin/gh-pages`",
        ),
        (
            "origin/gh-pages",
            "`git fetch --depth=1 origin gh-pages:refs/remotes/origin/gh-pages`, and name it `origin/gh-pages`",
        ),
        ("v2.0", "`git fetch --depth=1 origin tag v2.0`"),
        ("2024.11-rc1", "`git fetch --depth=1 origin tag 2024.11-rc1`"),
    ] {
        let ran = plan(&repo, &["-C", clone.to_str().unwrap(), spec]).run().exits(3);
        ran.fails_with(&format!("cannot find the revision {spec}"), hint);
    }
    let empty = Repo::new();
    empty.file("purge.toml", "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n");
    diffpurge(["plan"]).within(&empty).run().exits(3).fails_with("cannot find the revision HEAD", "no commit yet");
}
