//! A pull request of a fork, and a configuration that names other systems' secrets: they are planned, and nothing is sent.

use std::path::Path;

use crate::support::{Ran, Repo, Tool, diffpurge, edge};

const CONFIG: &str = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n";

/// A repository with a base, and a request above it that changes a page.
fn requested() -> (Repo, String) {
    let repo = Repo::of(&[("purge.toml", CONFIG), ("index.html", "1"), ("a.css", "1")]);
    let base = repo.git(&["rev-parse", "HEAD"]);
    repo.file("a.css", "2").commit();
    (repo, base)
}

/// In GitHub Actions for a pull request.
fn in_request(tool: Tool, repo: &Repo, event: &str, head: &str, base: &str) -> Tool {
    let sha = repo.git(&["rev-parse", "HEAD"]);
    let payload = format!(
        r#"{{"pull_request": {{"head": {{"sha": "{sha}", "repo": {head}}}, "base": {{"sha": "{base}", "repo": {{"full_name": "o/site"}}}}}}}}"#
    );
    repo.file(".git/event.json", &payload);
    let path = repo.path().join(".git/event.json");
    tool.env("GITHUB_ACTIONS", "true").env("GITHUB_EVENT_NAME", event).env("GITHUB_EVENT_PATH", path)
}

const FORK: &str = r#"{"full_name": "other/site"}"#;
const OWN: &str = r#"{"full_name": "o/site"}"#;

#[test]
fn what_a_forks_request_changes_in_the_configuration_is_only_planned() {
    let (repo, base) = requested();
    let evil = format!("{CONFIG}[site.http_purge]\nendpoints = [\"http://127.0.0.1:9/\"]\ntoken_env = \"T\"\n");
    repo.file("purge.toml", &evil).commit();
    let edge = edge();
    let run = |arguments: &[&str], head: &str| -> Ran {
        let tool = diffpurge(arguments.iter().copied()).within(&repo).against(&edge).env("T", "x");
        in_request(tool, &repo, "pull_request", head, &base).run()
    };
    for head in [FORK, "null"] {
        for arguments in
            [&["purge", "HEAD~1"][..], &["verify", "HEAD~1"], &["check"], &["mark", "set", "HEAD"], &["mark", "clear"]]
        {
            run(arguments, head).exits(4).fails_with(
                "GitHub Actions runs this for a pull request of a fork, which changes purge.toml; nothing was sent",
                "`diffpurge plan` shows what it would purge",
            );
        }
        for arguments in
            [&["plan", "HEAD~1"][..], &["purge", "HEAD~1", "--dry-run"], &["mark", "show"], &["explain", "a.css"]]
        {
            run(arguments, head).exits(0);
        }
    }
    assert_eq!(repo.find("refs/diffpurge/www"), "");
    // A request of the repository itself is as good as a push.
    assert_eq!(run(&["purge", "HEAD~1", "--retry-for", "0"], OWN).code, Some(1));
}

#[test]
fn a_configuration_that_the_request_leaves_alone_is_carried_out() {
    let (repo, base) = requested();
    let edge = edge();
    let purge = |arguments: &[&str]| {
        let tool = diffpurge(["purge", "HEAD~1", "--no-mark"].iter().chain(arguments)).within(&repo).against(&edge);
        in_request(tool, &repo, "pull_request_target", FORK, &base).run()
    };
    purge(&[]).exits(0).says("accepted: 1 URL");
    // One that the job makes is in no commit, and one of another place is not the request's.
    let made = "made.toml";
    repo.file(made, CONFIG);
    purge(&["-c", made]).exits(0);
    let outside = tempfile::TempDir::new().unwrap();
    let elsewhere = outside.path().join("purge.toml");
    std::fs::write(&elsewhere, CONFIG).unwrap();
    purge(&["-c", elsewhere.to_str().unwrap()]).exits(0);
    purge(&["--base-url", "https://www.example.com/"]).exits(0);
    // A file of the request's own is.
    repo.file("other.toml", CONFIG).commit();
    purge(&["-c", "other.toml"]).exits(4).fails_with("which changes other.toml", "after the merge");
    // So is one that is changed and not committed, and one that became a link.
    repo.file("purge.toml", &format!("{CONFIG}always = [\"/x\"]\n"));
    purge(&[]).exits(4);
    repo.remove("purge.toml").link("purge.toml", elsewhere.to_str().unwrap());
    std::fs::write(&elsewhere, format!("{CONFIG}always = [\"/x\"]\n")).unwrap();
    purge(&[]).exits(4);
}

#[test]
fn where_the_base_is_not_in_the_clone_nothing_is_sent() {
    let (repo, base) = requested();
    repo.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let clone = Repo::clone_of(&repo.url(), &["--depth=1"]);
    let edge = edge();
    let purge = || {
        let tool = diffpurge(["purge", "empty", "HEAD", "--no-mark"]).within(&clone).against(&edge);
        in_request(tool, &clone, "pull_request", FORK, &base).run()
    };
    let fetch = format!("`git fetch --depth=1 origin {base}`");
    purge().exits(4).fails_with("this clone does not show whether that changes purge.toml; nothing was sent", &fetch);
    assert!(edge.recorded().is_empty());
    clone.git(&["fetch", "--quiet", "--depth=1", "origin", &base]);
    purge().exits(0);
}

#[test]
fn other_systems_and_programs_are_no_way_around_it() {
    let (repo, base) = requested();
    let edge = edge();
    repo.file("purge.toml", &format!("{CONFIG}always = [\"/x\"]\n")).commit();
    let gitlab = |source: &str| {
        let tool = diffpurge(["purge", "HEAD~1", "--no-mark"]).within(&repo).against(&edge).env("GITLAB_CI", "true");
        let tool = tool.env("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", source).env("CI_MERGE_REQUEST_PROJECT_ID", "1");
        tool.env("CI_MERGE_REQUEST_DIFF_BASE_SHA", &base).run()
    };
    gitlab("2")
        .exits(4)
        .fails_with("GitLab CI runs this for a pull request of a fork, which changes purge.toml", "plan");
    gitlab("1").exits(0);
    // A program may be the request's, though the line that names it is not.
    let runs = format!("{CONFIG}[site.cloudflare]\ntoken_command = [\"sh\", \"./token.sh\"]\n");
    let repo = Repo::of(&[("purge.toml", &runs), ("token.sh", "echo x")]);
    let base = repo.git(&["rev-parse", "HEAD"]);
    let ran = repo.path().join(".git/ran");
    repo.file("token.sh", &format!("touch {}", ran.display())).commit();
    let tool = diffpurge(["purge", "HEAD~1", "--no-mark"]).within(&repo).against(&edge);
    let refused = in_request(tool, &repo, "pull_request", FORK, &base).run().exits(4);
    refused.fails_with("`token_command` of the site www runs a program; nothing was sent", "`token_env`");
    assert!(!ran.exists());
}

#[test]
fn another_systems_secret_is_sent_to_no_server_that_the_configuration_names() {
    let seen = crate::support::edge();
    let endpoint = format!("http://{}/", seen.address());
    let table =
        format!("{CONFIG}[site.http_purge]\nendpoints = [\"{endpoint}\"]\ntoken_env = \"AWS_SECRET_ACCESS_KEY\"\n");
    let repo = Repo::of(&[("purge.toml", &table), ("a.css", "1")]);
    repo.file("a.css", "2").commit();
    let run = |arguments: &[&str]| {
        diffpurge(arguments.iter().copied()).within(&repo).env("AWS_SECRET_ACCESS_KEY", "s3cret-of-aws").run()
    };
    for arguments in [&["purge", "HEAD~1"][..], &["plan", "HEAD~1"], &["check"], &["verify", "HEAD~1"]] {
        let ran = run(arguments).exits(2);
        assert!(!ran.stderr.contains("s3cret"), "{}", ran.stderr);
        ran.fails_with("AWS_SECRET_ACCESS_KEY is a variable of AWS", "`--allow-env AWS_SECRET_ACCESS_KEY`");
    }
    assert!(seen.recorded().is_empty());
    run(&["plan", "HEAD~1", "--no-mark", "--allow-env", "GITHUB_TOKEN", "--allow-env", "AWS_SECRET_ACCESS_KEY"])
        .exits(0);
}

#[test]
fn a_token_file_that_is_a_link_to_another_systems_secret_is_not_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = tempfile::TempDir::new().unwrap();
    let secret = home.path().join(".git-credentials");
    std::fs::write(&secret, "https://u:s3cret@example.com\n").unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    let config = format!("{CONFIG}[site.cloudflare]\ntoken_file = \"token\"\n");
    let repo = Repo::of(&[("purge.toml", &config), ("a.css", "1")]);
    repo.link("token", secret.to_str().unwrap()).file("a.css", "2").commit();
    let edge = edge();
    let ran = diffpurge(["purge", "HEAD~1", "--no-mark"]).within(&repo).against(&edge).run().exits(2);
    assert!(ran.stderr.contains("where another system keeps its secrets") && !ran.stderr.contains("s3cret"), "{ran:?}");
    assert!(edge.recorded().is_empty() && Path::new(&secret).exists());
}
