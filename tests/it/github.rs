//! In GitHub Actions: a job summary, annotations, and file names that cannot command the runner.

use diffpurge::edge::{Entry, Key};

use crate::support::{Fault, Repo, Served, Toxic, diffpurge, edge, edge_before};

fn changed(path: &[u8]) -> Repo {
    let repo = Repo::of(&[
        ("purge.toml", "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n"),
        ("index.html", "1"),
    ]);
    repo.file(path, "1").commit();
    repo
}

#[test]
fn the_summary_is_appended_where_the_runner_says() {
    let repo = changed(b"a.css");
    let summary = repo.path().join("summary");
    let run = |actions: &str| {
        let tool = diffpurge(["plan", "HEAD~1"]).within(&repo).env("GITHUB_STEP_SUMMARY", &summary);
        tool.env("GITHUB_ACTIONS", actions).run().exits(0)
    };
    run("");
    assert!(!summary.exists(), "outside Actions nothing is written");
    assert_eq!(run("true").stderr, "");
    let text = std::fs::read_to_string(&summary).unwrap();
    assert!(
        text.starts_with("### Purge of www\n") && text.contains("- `https://www.example.com/a.css`: `a.css added`"),
        "{text}"
    );
}

#[test]
fn a_summary_that_cannot_be_written_is_a_warning() {
    let repo = changed(b"a.css");
    let tool = diffpurge(["plan", "HEAD~1"]).within(&repo).env("GITHUB_STEP_SUMMARY", "/nonexistent/summary");
    let ran = tool.env("GITHUB_ACTIONS", "true").run().exits(0).says("+ a.css  ");
    assert!(ran.stderr.starts_with("warning: cannot write the job summary: "), "{}", ran.stderr);
}

#[test]
fn a_fallback_warns_and_a_failure_is_an_error_at_the_top_of_the_run() {
    let edge = edge();
    let repo = changed(b"a.css");
    let toxic = Toxic::before(&edge, |_, _| Fault::envelope(403, "", 10000, "100% wrong"));
    let ran = diffpurge(["purge", "HEAD~1"]).within(&repo).through(&toxic).env("GITHUB_ACTIONS", "true").run().exits(1);
    let want = "::error title=diffpurge::www: 1 of 1 operation not purged; https://www.example.com/a.css: HTTP 403, 100%25 wrong (code 10000)";
    assert!(ran.stderr.lines().any(|l| l == want), "{}", ran.stderr);
    repo.file(
        "purge.toml",
        "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n[site.threshold]\nurls = 1\n",
    );
    repo.file("b.css", "1").commit();
    let ran = diffpurge(["plan", "HEAD~2"]).within(&repo).env("GITHUB_ACTIONS", "true").run().exits(0);
    assert!(ran.stderr.starts_with("::warning title=diffpurge::www: 3 URLs changed"), "{}", ran.stderr);
    let ran = diffpurge(["plan", "nope"]).within(&repo).env("GITHUB_ACTIONS", "true").run().exits(3);
    assert!(ran.stderr.contains("\n::error title=diffpurge::cannot find the revision nope\n"), "{}", ran.stderr);
}

#[test]
fn a_run_that_fails_before_it_sends_says_so_in_the_summary() {
    let repo = changed(b"a.css");
    let summary = repo.path().join("summary");
    let tool = diffpurge(["purge", "nope"]).within(&repo).env("GITHUB_STEP_SUMMARY", &summary);
    tool.env("GITHUB_ACTIONS", "true").run().exits(3);
    let text = std::fs::read_to_string(&summary).unwrap();
    assert!(
        text.starts_with("### diffpurge: nothing was purged\n\n    error: cannot find the revision nope"),
        "{text}"
    );
    assert!(text.contains("    hint: is it fetched, and spelled right?"), "{text}");
}

#[test]
fn no_text_of_the_configuration_can_command_the_runner() {
    let repo = changed(b"a.css");
    let cache = "[site.http_purge]\nendpoints = [\"http://127.0.0.1:9\"]\n";
    let rule = "[[site.rule]]\nmatch = [\"**\"]\nheaders = [{ \"X-Key\" = \"##[error]`forged\" }]\n";
    let head = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n";
    repo.file("purge.toml", &[head, cache, rule].concat());
    let asks = ["verify", "HEAD~1", "--edge", "127.0.0.1:9"];
    let commands: [(&[&str], &[&str]); 3] = [
        (&["plan", "HEAD~1", "-v"], &["human", "markdown", "requests", "json"]),
        (&asks, &["human", "markdown", "json"]),
        (&["explain", "a.css"], &["human", "json"]),
    ];
    for (command, formats) in commands {
        for format in formats {
            let ran = diffpurge([command, &["--format", format]].concat()).within(&repo).run();
            let printed = [ran.stdout, ran.stderr].concat();
            assert!(printed.contains("[error]`forged") && !printed.contains("##["), "{command:?} {format}: {printed}");
        }
    }
}

#[test]
fn no_file_name_can_command_the_runner() {
    for name in [
        &b"::error::forged"[..],
        b"x\n::set-output name=a::b",
        b"x\r::warning::y",
        b"##[error]forged",
        b"##vso[task.setvariable variable=a]b",
        b"x\n##[group]y",
        b"  ::notice::spaced",
        b"`::stop-commands::x`",
    ] {
        let repo = changed(name);
        for format in ["human", "markdown", "urls", "requests", "json"] {
            let ran = diffpurge(["plan", "HEAD~1", "--format", format])
                .within(&repo)
                .env("GITHUB_ACTIONS", "true")
                .run()
                .exits(0);
            for line in ran.stdout.lines().chain(ran.stderr.lines()) {
                assert!(!line.trim_start().starts_with("::"), "{format}: {line:?}");
                assert!(!line.contains("##[") && !line.contains("##vso["), "{format}: {line:?}");
            }
        }
    }
}

#[test]
fn the_stale_urls_of_a_proof_are_warnings_at_the_top_of_the_run_as_many_as_are_shown() {
    let config =
        "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\noutput = \"public\"\nhost = \"nginx\"\n";
    let repo = Repo::of(&[("purge.toml", config)]);
    for content in ["old", "new"] {
        repo.files((0..30).map(|page| format!("public/{page:02}.html")), content).commit();
    }
    let served = Served::of(&repo.path().join("public"));
    for (stale, want) in [(3, 3), (10, 10), (12, 10)] {
        let edge = edge_before(served.address());
        for page in 0..stale {
            let key = Key { url: format!("https://www.example.com/{page:02}.html"), origin: String::new() };
            let (headers, stored) = (vec![], std::time::Instant::now());
            edge.keep(key, Entry { status: 200, headers, body: "old".into(), stored, stale: false });
        }
        let door = format!("http://{}", edge.address());
        let verify = diffpurge(["verify", "HEAD~1", "HEAD", "--edge", &door, "--format", "markdown"]).within(&repo);
        let ran = verify.env("GITHUB_ACTIONS", "true").run().exits(1);
        let warnings: Vec<&str> = ran.stderr.lines().filter(|line| line.starts_with("::warning ")).collect();
        assert_eq!(warnings.len(), want, "{}", ran.stderr);
        let first = "::warning title=diffpurge::www: https://www.example.com/00.html is stale: the content is what was there before";
        assert_eq!(warnings[0], first);
        let more = warnings.last().unwrap().ends_with("www: 3 more URLs are stale");
        assert_eq!((more, ran.stdout.contains("<details><summary>")), (stale > 10, stale > 10), "{}", ran.stdout);
        assert_eq!(ran.stdout.matches("- **stale** ").count(), stale, "{}", ran.stdout);
        let quiet = diffpurge(["verify", "HEAD~1", "HEAD", "--edge", &door]).within(&repo).run().exits(1);
        assert!(!quiet.stderr.contains("::warning"), "{}", quiet.stderr);
    }
}

#[test]
fn the_markdown_fits_a_comment_whatever_a_deploy_changed() {
    let site = |name: &str| {
        format!("[[site]]\nname = \"{name}\"\nbase_urls = [\"https://{name}.example.com/\"]\ncover = \"off\"\n")
    };
    let config: String = ["a", "b", "c"].map(site).concat();
    let repo = Repo::of(&[("purge.toml", &config)]);
    let directory = "a-directory-with-a-rather-long-name/".repeat(2);
    repo.files((0..400).map(|page| format!("{directory}{page:03}.css")), "1").commit();
    let plan = |more: &[&str]| diffpurge([&["plan", "HEAD~1", "--format", "markdown"], more].concat()).within(&repo);
    let text = plan(&["-s", "a"]).run().exits(0).stdout;
    assert!(text.contains("<details><summary>") && text.contains("- and ") && text.len() < 65_536, "{}", text.len());
    let text = plan(&[]).run().exits(0).stdout;
    assert!(text.matches("### Purge of ").count() == 3 && text.len() < 65_536, "{}", text.len());
    assert!(plan(&["-v"]).run().exits(0).stdout.len() > 65_536, "all of it is all of it");
}
