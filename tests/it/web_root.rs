//! The right end of a comparison: TO is the site as it is served, or the run says why it hardly is, and sends nothing.

use std::fs;

use crate::support::{Hosted, Ran, Repo, Site, diffpurge};

/// A plan of a repository without a configuration.
fn plan(repo: &Repo, arguments: &[&str]) -> Ran {
    let site = ["--base-url", "https://www.example.com/"];
    diffpurge([&["plan"], arguments, &site].concat()).within(repo).run()
}

/// A repository of two commits with these files and an index in `public`.
fn source(files: &[&str]) -> Repo {
    let repo = Repo::new();
    for content in ["1", "2"] {
        repo.files(files.iter().map(|file| (*file).to_owned()), content);
        repo.commit();
    }
    repo
}

#[test]
fn one_argument_that_is_no_revision_is_what_the_site_is() {
    let site = Site::of("[site.mark]\nstore = \"file:.git/www.mark\"\n");
    site.deploy(&[("x.css", "1"), ("y.css", "1")]);
    site.run(&["mark", "set", "HEAD"]).run().exits(0);
    let built = tempfile::TempDir::new().unwrap();
    fs::write(built.path().join("x.css"), "2").unwrap();
    fs::copy(site.repo.path().join("purge.toml"), built.path().join("purge.toml")).unwrap();
    let directory = format!("dir:{}", built.path().display());
    let manifest = built.path().join("../built.manifest");
    let written = ["manifest", &directory, "--out", manifest.to_str().unwrap()];
    site.run(&written).run().exits(0);
    let listed = format!("manifest:{}", manifest.display());
    for (arguments, status) in [
        (&["plan", &directory][..], "~ x.css  "),
        (&["plan", &directory], "- y.css  "),
        (&["purge", "--dry-run", &directory], "~ x.css  "),
        (&["plan", "mark", &directory], "~ x.css  "),
        (&["plan", &listed], "~ x.css  "),
        (&["plan", "empty"], "- x.css  "),
        (&["plan", &directory, "HEAD"], "+ y.css  "),
        (&["plan", "empty", "HEAD"], "+ x.css  "),
        // One revision is what the site was, as ever.
        (&["plan", "HEAD"], "nothing changed"),
    ] {
        site.run(arguments).run().exits(0).says(status);
    }
    fs::remove_file(manifest).unwrap();
    site.run(&["plan", "dir:"]).run().exits(3).fails_with("dir: names no path", "unset");
    // Without a mark it is the site all the same.
    site.run(&["plan", &directory, "--no-mark"]).run().exits(0).says("what was live before is not known");
}

#[test]
fn a_source_in_the_place_of_the_output_is_refused_and_moves_no_mark() {
    for (files, found) in [
        (
            &["hugo.toml", "layouts/baseof.html", "content/a.md"][..],
            "it holds hugo.toml and layouts/ and no index file",
        ),
        (&["config.toml", "content/a.md"], "it holds config.toml and no index file"),
        (
            &["_config.yml", "_posts/2024-01-01-hello.md", "index.md"],
            "it holds _config.yml and _posts/ and no index file",
        ),
        (&["package.json", "src/index.html"], "it holds package.json and no index file"),
        (&["mkdocs.yml", "docs/index.md"], "it holds mkdocs.yml and no index file"),
        (&["conf.py", "index.rst"], "it holds conf.py and no index file"),
        (&["astro.config.mjs", "src/pages/index.astro"], "it holds astro.config.mjs and no index file"),
        (&["docusaurus.config.ts", "docs/a.md"], "it holds docusaurus.config.ts and no index file"),
        (&["eleventy.config.js", "a.njk"], "it holds eleventy.config.js and no index file"),
        (&["Cargo.toml", "src/main.rs"], "it holds Cargo.toml and no index file"),
    ] {
        let repo = source(files);
        for arguments in [&["HEAD~1", "HEAD"][..], &["HEAD~1"], &[], &["--no-mark"], &["empty", "HEAD"]] {
            plan(&repo, arguments).exits(3).fails_with(found, "`output = \"\"` means the whole tree");
        }
        plan(&repo, &["HEAD~1", "--output", ""]).exits(0).says("modified");
    }
    // A site that is served as it stands may have a package.json too.
    for files in [&["package.json", "index.html"][..], &["Makefile", "index.htm"], &["a.css"], &["hugo.toml/x"]] {
        plan(&source(files), &["HEAD~1"]).exits(0).says("modified");
    }
    let site = Site::of("");
    site.repo.remove("index.html");
    let first = site.deploy(&[("x.css", "1")]);
    site.run(&["mark", "set", "HEAD"]).run().exits(0);
    site.deploy(&[("hugo.toml", "1"), ("public/index.html", "1")]);
    let ran = site.run(&["purge"]).run().exits(3);
    ran.fails_with("HEAD looks like the source of a site", "(public holds an index file)");
    assert_eq!((site.live.edge.recorded(), site.mark(), site.open()), (vec![], first, vec![]));
    let check = site.run(&["check"]).run().exits(1);
    check.says("fail  output       HEAD looks like the source of a site");
    site.run(&["mark", "set", "HEAD"]).run().exits(3).fails_with("HEAD looks like the source", "`branch`");
}

#[test]
fn an_output_that_is_not_there_is_refused_with_the_directories_that_hold_pages() {
    let site = Site::of("output = \"pubilc\"\n");
    let first = site.deploy(&[("public/index.html", "1"), ("docs/site/index.htm", "1"), ("docs/x.md", "1")]);
    let second = site.deploy(&[("public/index.html", "2")]);
    let hint = "set `output` to the directory that is served: public and docs/site hold index files";
    for arguments in [&["plan"][..], &["purge"], &["plan", "--no-mark"], &["purge", "--allow-empty"], &["verify"]] {
        let ran = site.run(arguments).run().exits(3);
        ran.fails_with("`output` pubilc is ", hint);
    }
    for arguments in [&["plan", "HEAD~1"][..], &["purge", &first, &second]] {
        site.run(arguments).run().exits(3).fails_with("`output` pubilc is neither in ", hint);
    }
    assert_eq!((site.live.edge.recorded(), site.mark(), site.open()), (vec![], String::new(), vec![]));
}

#[test]
fn a_slip_in_an_output_is_told_with_what_the_mark_was_purged_with() {
    let site = Site::of("output = \"public\"\n");
    let first = site.deploy(&[("public/index.html", "1")]);
    site.run(&["mark", "set", "HEAD"]).run().exits(0);
    let text = fs::read_to_string(site.repo.path().join("purge.toml")).unwrap();
    site.repo.file("purge.toml", &text.replace("\"public\"", "\"publik\""));
    let said =
        format!("`output` publik is not in HEAD, and the mark ({}) was purged with `output` public", &first[..10]);
    let hint = "set `output` to the directory that is served: public holds an index file";
    for command in ["plan", "purge"] {
        site.run(&[command]).run().exits(3).fails_with(&said, hint);
    }
    site.run(&["check"]).run().exits(1).says(&format!("  fail  output       {said}"));
    assert_eq!((site.live.edge.recorded(), site.mark(), site.open()), (vec![], first, vec![]));
}

#[test]
fn a_source_with_its_mark_in_a_file_is_first_told_how_a_directory_is_purged() {
    let site = Site::of("[site.mark]\nstore = \"file:.git/www.mark\"\n");
    site.repo.remove("index.html");
    site.deploy(&[("hugo.toml", "1"), ("layouts/a.html", "1")]);
    let hint = "if this site is not committed: `diffpurge purge dir:DIR`; else set `output` to";
    site.run(&["purge"]).run().exits(3).fails_with("HEAD looks like the source of a site", hint);
    site.run(&["check"]).run().exits(0).says("  warn  output       HEAD looks like the source").says(hint);
}

#[test]
fn a_site_that_is_gone_is_purged_only_where_that_is_meant() {
    let site = Site::of("output = \"public\"\n");
    let first = site.deploy(&[("public/x.css", "1"), ("y.css", "1")]);
    site.run(&["mark", "set", "HEAD"]).run().exits(0);
    site.repo.remove("public");
    let second = site.repo.commit();
    for arguments in [&["plan"][..], &["purge"], &["purge", &first, &second]] {
        let ran = site.run(arguments).run().exits(3);
        ran.fails_with(
            "`output` public is not in ",
            "`--allow-empty` purges all that it had, if it is gone on purpose",
        );
    }
    assert_eq!((site.live.edge.recorded(), site.mark(), site.open()), (vec![], first, vec![]));
    site.run(&["purge", "--allow-empty"]).run().exits(0).says("- x.css  ").says("the mark is at HEAD");
    assert_eq!((site.mark(), site.open()), (second, vec![]));
}

#[test]
fn a_build_that_left_nothing_is_no_site() {
    let site = Site::of("[site.mark]\nstore = \"file:.git/www.mark\"\n");
    site.deploy(&[("x.css", "1")]);
    let built = tempfile::TempDir::new().unwrap();
    let directory = format!("dir:{}", built.path().display());
    for set_up in [false, true] {
        if set_up {
            site.run(&["mark", "set", "HEAD"]).run().exits(0);
        }
        for arguments in [&["plan", &directory][..], &["purge", "mark", &directory]] {
            site.run(arguments).run().exits(3).fails_with("holds no file", "was the site built?");
        }
    }
    assert_eq!(site.live.edge.recorded(), []);
    site.run(&["plan", &directory, "--allow-empty"]).run().exits(0).says("- x.css  ");
    site.run(&["plan", "empty"]).run().exits(0).says("- x.css  ");
}

#[test]
fn a_mark_and_a_revision_without_a_common_path_are_hardly_one_site() {
    let site = Site::of("");
    site.repo.remove("purge.toml").remove("index.html");
    let config = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n";
    site.repo.file(".git/purge.toml", config);
    let run = |arguments: &[&str]| site.run(&[arguments, &["--config", ".git/purge.toml"]].concat()).run();
    site.repo.files((0..9).map(|i| format!("{i}.css")), "1");
    let first = site.repo.commit();
    run(&["mark", "set", "HEAD"]).exits(0);
    for i in 0..9 {
        site.repo.remove(format!("{i}.css"));
    }
    site.repo.files((0..9).map(|i| format!("src/{i}.rs")), "1");
    let second = site.repo.commit();
    for arguments in [&["plan"][..], &["purge"], &["purge", "mark", "HEAD"]] {
        run(arguments).exits(3).fails_with("they are hardly the same site", "--rollback");
    }
    run(&["check"]).exits(1).says("fail  output       no path of the mark (");
    assert_eq!((site.live.edge.recorded(), site.mark(), site.open()), (vec![], first.clone(), vec![]));
    run(&["plan", &first]).exits(0).says("9 added, 9 deleted");
    // A handful of files may well all be new.
    run(&["purge", "--rollback"]).exits(0).says("the mark is at HEAD");
    assert_eq!(site.mark(), second);
    for i in 0..9 {
        site.repo.remove(format!("src/{i}.rs"));
    }
    site.repo.file("new.css", "1").commit();
    run(&["purge"]).exits(0).says("1 added, 9 deleted");
}

/// A site whose source is on `main`, and whose output is on `gh-pages`; gives the output's first commit.
fn with_branch(config: &str) -> (Hosted, String) {
    let hosted = Hosted::on_disk(&format!("branch = \"gh-pages\"\n{config}"));
    hosted.site.repo.remove("index.html");
    hosted.deploy(&[("hugo.toml", "1"), ("layouts/baseof.html", "1")]);
    hosted.site.repo.git(&["checkout", "--quiet", "--orphan", "gh-pages"]);
    hosted.site.repo.git(&["rm", "--quiet", "-r", "--cached", "."]);
    for name in ["hugo.toml", "layouts", "purge.toml"] {
        hosted.site.repo.remove(name);
    }
    let first = published(&hosted, &[("index.html", "1"), ("x.css", "1")]);
    (hosted, first)
}

/// Puts files live on the branch of the output.
fn published(hosted: &Hosted, files: &[(&str, &str)]) -> String {
    let id = hosted.site.deploy(files);
    hosted.site.repo.git(&["push", "--quiet", "--force", "origin", "HEAD:gh-pages"]);
    id
}

#[test]
fn a_branch_holds_the_output_also_in_a_clone_of_one_commit_of_another() {
    let (hosted, first) = with_branch("[site.mark]\npush = \"origin\"\n");
    let run = |arguments: &[&str]| hosted.run(&hosted.shallow(), arguments).run();
    let ran = run(&["purge"]).exits(0).says("what was live before is not known");
    let note =
        format!("note: the branch gh-pages ({}) was not in this clone, and is fetched from origin\n", &first[..10]);
    assert!(ran.stderr.contains(&note), "{}", ran.stderr);
    hosted.is_purged_up_to(&first);
    let second = published(&hosted, &[("x.css", "2")]);
    run(&["check"]).exits(0).says("ok    output       the whole tree is in ");
    let clone = hosted.shallow();
    hosted.run(&clone, &["purge"]).run().exits(0).says("~ x.css  ").says("1 URL in 1 request");
    assert_eq!(clone.git(&["rev-list", "--count", "--all"]), "1", "the clone of the source is as shallow as it was");
    hosted.is_purged_up_to(&second);
    // What is typed is what is meant.
    run(&["plan", "mark", "HEAD"]).exits(3).fails_with("HEAD looks like the source of a site", "`branch`");
}

#[test]
fn a_branch_is_looked_for_here_before_it_is_asked_for() {
    let (hosted, first) = with_branch("");
    // The author's clone has it as a branch of its own.
    hosted.site.repo.git(&["worktree", "add", "--quiet", "--detach", ".git/source", "main"]);
    let at_main = |repo: &Repo, arguments: &[&str]| hosted.run(repo, arguments).run();
    let clone = Repo::clone_of(&hosted.url(), &["--branch=main"]);
    let remote = format!("refs/remotes/origin/gh-pages ({})", &first[..10]);
    at_main(&clone, &["plan", "--no-mark"]).exits(0).says(&remote);
    clone.git(&["branch", "--quiet", "gh-pages", "origin/gh-pages"]);
    // A tag of the same name is another thing.
    clone.git(&["tag", "gh-pages", "main"]);
    at_main(&clone, &["plan", "--no-mark"]).exits(0).says(&format!("refs/heads/gh-pages ({})", &first[..10]));
    let single = Repo::clone_of(&hosted.url(), &["--branch=main", "--single-branch"]);
    at_main(&single, &["plan", "--no-mark"]).exits(0).says(&first[..10]);
    hosted.bare.git(&["branch", "-D", "gh-pages"]);
    let single = Repo::clone_of(&hosted.url(), &["--branch=main", "--single-branch"]);
    let ran = at_main(&single, &["plan"]).exits(3);
    ran.fails_with("cannot find the branch gh-pages: origin has no such branch", "`git ls-remote --heads origin`");
    single.git(&["remote", "remove", "origin"]);
    at_main(&single, &["plan"])
        .exits(3)
        .fails_with("cannot find the branch gh-pages: the repository has no remote", "`branch`");
}

#[test]
fn a_source_directory_in_the_place_of_a_build_is_refused_too() {
    let place = tempfile::TempDir::new().unwrap();
    fs::write(place.path().join("package.json"), "{}").unwrap();
    fs::create_dir(place.path().join("dist")).unwrap();
    fs::write(place.path().join("dist/index.html"), "1").unwrap();
    let plan = |arguments: &[&str]| {
        let site = ["--base-url", "https://www.example.com/"];
        diffpurge([&["plan", "empty"], arguments, &site].concat()).within_directory(place.path()).run()
    };
    let hint = "name the directory that is built (dist holds an index file), like `dir:public`";
    plan(&["dir:."]).exits(3).fails_with("dir:. looks like the source of a site", hint);
    plan(&["dir:dist"]).exits(0).says("+ index.html  ");
    plan(&["dir:.", "--output", ""]).exits(0).says("+ package.json  ");
}

#[test]
fn what_is_explained_is_the_sites_own_branch() {
    let (hosted, first) = with_branch("");
    let clone = Repo::clone_of(&hosted.url(), &["--branch=main"]);
    let explained = hosted.run(&clone, &["explain", "x.css"]).run().exits(0);
    explained.says(&format!("x.css is in refs/remotes/origin/gh-pages ({})", &first[..10]));
    hosted.run(&clone, &["explain", "x.css", "--revision", "HEAD"]).run().exits(0).says("no such file in HEAD");
}
