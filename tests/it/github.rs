//! In GitHub Actions: a job summary, annotations, and file names that cannot command the runner.

use crate::support::{Fault, Repo, Toxic, diffpurge, edge};

fn changed(path: &[u8]) -> Repo {
    let repo = Repo::of(&[("purge.toml", "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n")]);
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
