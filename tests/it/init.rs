//! `diffpurge init`: what it finds in repositories as real generators leave them, the file that it writes, and the first plan.

mod examples;
mod guesses;
mod jobs;

use std::fs;
use std::path::Path;

use diffpurge::config::Config;

use crate::support::{Ran, Repo, Tool, diffpurge};

/// A page.
const PAGE: &str = "<!doctype html><title>a</title>";

/// A workflow of GitHub's with these steps.
fn workflow(steps: &str) -> String {
    format!(
        "name: deploy\non:\n  push:\n    branches: [main]\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v7\n{steps}"
    )
}

/// A repository as it is somewhere.
#[derive(Default)]
struct Example {
    /// Files that are committed.
    files: Vec<(&'static str, String)>,
    /// Files that are on disk alone.
    built: Vec<(&'static str, &'static str)>,
    /// A branch with these files.
    branch: Option<(&'static str, Vec<(&'static str, &'static str)>)>,
    remote: Option<&'static str>,
}

impl Example {
    fn of(files: &[(&'static str, &str)]) -> Example {
        let files = files.iter().map(|(path, text)| (*path, (*text).to_owned())).collect();
        Example { files, ..Example::default() }
    }

    fn built(self, files: &[(&'static str, &'static str)]) -> Example {
        Example { built: files.to_vec(), ..self }
    }

    fn on(self, branch: &'static str, files: &[(&'static str, &'static str)]) -> Example {
        Example { branch: Some((branch, files.to_vec())), ..self }
    }

    fn at(self, remote: &'static str) -> Example {
        Example { remote: Some(remote), ..self }
    }

    #[track_caller]
    fn repo(&self) -> Repo {
        let repo = Repo::new();
        if let Some((branch, files)) = &self.branch {
            repo.git(&["checkout", "--quiet", "--orphan", branch]);
            for (path, text) in files {
                repo.file(path, text);
            }
            repo.commit();
            repo.git(&["checkout", "--quiet", "--orphan", "main"]);
            repo.git(&["rm", "--quiet", "-r", "--force", "."]);
        }
        for (path, text) in &self.files {
            repo.file(path, text);
        }
        repo.commit();
        for (path, text) in &self.built {
            repo.file(path, text);
        }
        if let Some(remote) = self.remote {
            repo.git(&["remote", "add", "origin", remote]);
        }
        repo
    }
}

fn init(repo: &Repo, arguments: &[&str]) -> Tool {
    diffpurge([&["init"], arguments].concat()).within(repo)
}

/// Returns the lines of the file that was written which are no comments, but for what every file has.
#[track_caller]
fn written(directory: &Path) -> Vec<String> {
    let text = fs::read_to_string(directory.join("purge.toml")).unwrap();
    Config::parse(&text, "purge.toml").unwrap_or_else(|e| panic!("{e}\n{text}"));
    assert!(text.lines().count() < 40, "{text}");
    // Each guess has a question above it.
    let lines: Vec<&str> = text.lines().collect();
    for (above, line) in lines.iter().zip(&lines[1..]) {
        let is_guess =
            ["base_urls", "branch", "output", "host", "store", "push"].iter().any(|key| line.starts_with(key));
        let is_second = line.starts_with("output") && above.starts_with("branch");
        assert!(!is_guess || above.starts_with("# ") || is_second, "no question above {line}:\n{text}");
    }
    let is_usual = |line: &&str| {
        line.is_empty() || line.starts_with('#') || ["[[site]]", "[site.cloudflare]", "[site.mark]"].contains(line)
    };
    lines.into_iter().filter(|line| !is_usual(line)).map(str::to_owned).collect()
}

const DOCS: &str = "name = \"docs.example.com\"";
const DOCS_URL: &str = "base_urls = [\"https://docs.example.com/\"]";
const WWW: &str = "name = \"www.example.com\"";
const WWW_URL: &str = "base_urls = [\"https://www.example.com/\"]";

/// The three sites of the stopwatch: a fresh clone, and no more than two commands to the plan of what a deploy changed, or of all that
/// is built. Each plan is compared with URLs that are written down here.
mod a_fresh_clone_needs_two_commands_at_most {
    use super::*;

    /// A remote with what was pushed to it.
    fn hosted(repo: &Repo, branches: &[&str]) -> Repo {
        let bare = Repo::with(&["--bare"]);
        repo.git(&["remote", "add", "origin", &bare.url()]);
        for branch in branches {
            repo.git(&["push", "--quiet", "origin", branch]);
        }
        bare
    }

    /// The URLs of a plan that is printed for people.
    fn urls(ran: &Ran) -> Vec<&str> {
        let below =
            ran.stdout.lines().filter_map(|line| line.strip_prefix("      ").filter(|l| l.starts_with("https://")));
        below.map(|line| line.split_whitespace().next().unwrap_or_default()).collect()
    }

    #[test]
    fn where_hugo_is_on_gh_pages() {
        let deploy = workflow(
            "      - run: hugo\n      - uses: peaceiris/actions-gh-pages@v4\n        with:\n          publish_dir: ./public\n",
        );
        let repo = Example::of(&[
            ("hugo.toml", "baseURL = 'https://www.example.com/'\n"),
            ("content/a.md", "# a\n"),
            (".github/workflows/a.yml", &deploy),
        ])
        .on("gh-pages", &[("index.html", PAGE), ("a/index.html", PAGE)])
        .repo();
        repo.git(&["checkout", "--quiet", "gh-pages"]);
        repo.file("a/index.html", "<title>b</title>");
        repo.commit();
        repo.git(&["checkout", "--quiet", "main"]);
        let bare = hosted(&repo, &["main", "gh-pages"]);
        let want = [
            "https://www.example.com/a",
            "https://www.example.com/a/",
            "https://www.example.com/a/index",
            "https://www.example.com/a/index.html",
        ];
        let clone = Repo::clone_of(&bare.url(), &[]);
        let ran = init(&clone, &["-v"]).run().exits(0).says("→ refs/remotes/origin/gh-pages");
        assert_eq!(urls(&ran), want);
        assert_eq!(
            written(clone.path()),
            [WWW, WWW_URL, "branch = \"gh-pages\"", "host = \"github-pages\"", "push = \"origin\""]
        );
        // A clone of one branch alone has nothing of the other: it is fetched, and its history is not here.
        for options in [&["--depth=1"][..], &["--single-branch"]] {
            let clone = Repo::clone_of(&bare.url(), &[options, &["--branch=main"]].concat());
            let ran = init(&clone, &["-v"]).run().exits(0);
            assert!(
                ran.stderr.contains("note: the branch gh-pages was not in this clone, and is fetched from origin"),
                "{}",
                ran.stderr
            );
            assert_eq!(written(clone.path())[2], "branch = \"gh-pages\"");
        }
        // Without its remote a shallow clone says so, and what the workflow names is written down.
        let clone = Repo::clone_of(&bare.url(), &["--depth=1", "--branch=main"]);
        clone.git(&["remote", "set-url", "origin", "/nonexistent/x.git"]);
        let ran = init(&clone, &["-v"])
            .run()
            .exits(0)
            .says("To see a plan: deploy to the branch gh-pages, then `diffpurge plan`.");
        assert!(ran.stderr.contains("note: the remote's branches are not known"), "{}", ran.stderr);
        assert_eq!(written(clone.path())[2], "branch = \"gh-pages\"");
    }

    #[test]
    fn where_eleventy_is_committed() {
        let repo = Example::of(&[
            ("eleventy.config.js", "module.exports = function (config) {};\n"),
            ("package.json", "{ \"devDependencies\": { \"@11ty/eleventy\": \"3\" } }"),
            ("index.md", "# a\n"),
            ("CNAME", "www.example.com\n"),
            ("_site/index.html", PAGE),
            ("_site/about/index.html", PAGE),
        ])
        .repo();
        repo.file("_site/about/index.html", "<title>b</title>").file("index.md", "# b\n");
        repo.commit();
        let bare = hosted(&repo, &["main"]);
        let clone = Repo::clone_of(&bare.url(), &[]);
        let ran = init(&clone, &["-v"]).run().exits(0).says("www.example.com: HEAD~1 (");
        let about = "https://www.example.com/about";
        assert_eq!(
            urls(&ran),
            [about, &format!("{about}/"), &format!("{about}/index"), &format!("{about}/index.html")]
        );
        // Where the last commit is of the source alone, there is no change to show: all of the site is.
        repo.file("index.md", "# c\n");
        repo.commit();
        repo.git(&["push", "--quiet", "origin", "main"]);
        let clone = Repo::clone_of(&bare.url(), &[]);
        init(&clone, &["-v"]).run().exits(0).says("www.example.com: empty (4b825dc642) → HEAD (").says("2 added");
    }

    #[test]
    fn where_mkdocs_is_not_committed() {
        let repo = Example::of(&[
            ("mkdocs.yml", "site_name: x\nsite_url: https://docs.example.com/\n"),
            ("docs/index.md", "# a\n"),
            (".gitignore", "site/\n"),
        ])
        .repo();
        let clone = Repo::clone_of(&hosted(&repo, &["main"]).url(), &[]);
        let next = "To see a plan: `mkdocs build`, then `diffpurge plan empty dir:site`.";
        init(&clone, &["-v"]).run().exits(0).says(next);
        clone.file("site/index.html", PAGE);
        let ran = diffpurge(["plan", "-v", "empty", "dir:site"]).within(&clone).run().exits(0);
        let docs = "https://docs.example.com/";
        assert_eq!(urls(&ran), [docs, &format!("{docs}index"), &format!("{docs}index.html")]);
        // Built before, one command is enough.
        clone.remove("purge.toml");
        assert_eq!(urls(&init(&clone, &["-v"]).run().exits(0)).len(), 3);
    }
}

#[test]
fn nothing_is_written_over_a_configuration() {
    let repo = Repo::of(&[
        ("index.html", PAGE),
        ("CNAME", "www.example.com\n"),
        ("blog/a.html", PAGE),
        ("purge.toml", "# mine\n"),
    ]);
    let ran = init(&repo, &["--base-url", "https://www.example.com/"]).run().exits(2);
    ran.fails_with("purge.toml is there already", "`diffpurge init --config FILE` writes another");
    // That of the repository counts for its directories, too.
    let below = diffpurge(["init"]).within_directory(&repo.path().join("blog")).run().exits(2);
    below.fails_with("purge.toml is there already", "--config FILE");
    assert_eq!(fs::read_to_string(repo.path().join("purge.toml")).unwrap(), "# mine\n");
    init(&repo, &["--config", "purge.toml"]).run().exits(2).fails_with("purge.toml is there already", "--config FILE");
    init(&repo, &["--config", "other.toml"]).run().exits(0).says("other.toml is written");
    diffpurge(["plan", "-c", "other.toml", "empty", "HEAD"]).within(&repo).run().exits(0);
    init(&repo, &["--config", "no/such.toml"])
        .run()
        .exits(2)
        .fails_with("cannot write no/such.toml", "a directory that exists");
    init(&repo, &["--site", "www", "--config", "x.toml"])
        .run()
        .exits(2)
        .fails_with("`--site` does not apply", "leave it out");
    init(&repo, &["-C", "none"]).run().exits(2).fails_with("there is no such directory", "name the directory");
}

#[test]
fn an_address_that_no_file_says_has_to_be_typed() {
    for (files, why) in [
        (&[("index.html", PAGE)][..], "no file says which address the site has; nothing is written"),
        (
            &[("hugo.toml", "baseURL = 'https://example.org/'\n")],
            "`baseURL` in hugo.toml is https://example.org/, which is a template's",
        ),
        (
            &[("mkdocs.yml", "site_name: x\nsite_url: !ENV SITE_URL\n")],
            "`site_url` in mkdocs.yml is computed when the site is built",
        ),
        (
            &[("astro.config.mjs", "export default { site: process.env.SITE ?? 'https://www.example.com' }")],
            "`site` in astro.config.mjs is computed",
        ),
        (&[("pelicanconf.py", "SITEURL = 'http://localhost:8000'\n")], "which is this machine"),
        (
            &[(
                "docusaurus.config.js",
                "module.exports = { url: 'https://your-docusaurus-site.example.com', baseUrl: '/' };",
            )],
            "which is a template's",
        ),
        (
            &[("index.html", PAGE), ("package.json", "{ \"homepage\": \"https://github.com/ann/x#readme\" }")],
            "no file says",
        ),
        (&[("index.html", PAGE), ("CNAME", "not a name\n")], "no file says"),
        (
            &[(
                "hugo.toml",
                "[languages.de]\nbaseURL = 'https://a.test/'\n[languages.en]\nbaseURL = 'https://b.test/'\n",
            )],
            "hugo.toml gives each language an address",
        ),
        (&[("conf.py", "project = 'x'\n")], "no file says"),
    ] {
        let repo = Repo::of(files);
        let ran = init(&repo, &[]).run().exits(2);
        ran.fails_with(why, "`diffpurge init --base-url https://www.example.com/`");
        assert!(!repo.path().join("purge.toml").exists());
        init(&repo, &["--base-url", "https://a.test", "--base-url", "https://b.test/x"]).run().exits(0);
        let lines = written(repo.path());
        assert_eq!(lines[..2], ["name = \"a.test\"", "base_urls = [\"https://a.test/\", \"https://b.test/x/\"]"]);
    }
    let repo = Repo::of(&[("index.html", PAGE)]);
    init(&repo, &["--base-url", "www.example.com"])
        .run()
        .exits(2)
        .fails_with("a base URL is absolute", "`https://www.example.com`");
    assert!(!repo.path().join("purge.toml").exists());
}

#[test]
fn a_place_without_a_site_is_an_error_and_one_that_is_named_is_taken() {
    let repo = Repo::of(&[("src/main.c", ""), ("README.md", "")]);
    let url = ["--base-url", "https://www.example.com/"];
    init(&repo, &url).run().exits(2).fails_with("no site is found here", "`diffpurge init --output DIR`");
    init(&repo, &[&url[..], &["--output", "web/out"]].concat())
        .run()
        .exits(2)
        .fails_with("--output web/out: there is no such directory", "build the site");
    repo.file("web/out/a.txt", "");
    init(&repo, &[&url[..], &["--output", "web/out/"]].concat()).run().exits(0).says("dir:web/out");
    assert_eq!(written(repo.path())[2..], ["store = \"file:.diffpurge/www.example.com.mark\""]);
    repo.remove("purge.toml");
    repo.commit();
    init(&repo, &[&url[..], &["--output", "./web/out"]].concat()).run().exits(0).says("web/out/, committed");
    assert_eq!(written(repo.path())[2..], ["output = \"web/out\""]);
    // Outside of any repository a directory is all that there is.
    let plain = tempfile::TempDir::new().unwrap();
    fs::write(plain.path().join("index.html"), PAGE).unwrap();
    let ran = diffpurge([&["init"], &url[..]].concat()).within_directory(plain.path()).run().exits(0);
    ran.says("www.example.com: empty (4b825dc642) → dir:. (");
    assert_eq!(written(plain.path())[2..], ["store = \"file:.diffpurge/www.example.com.mark\""]);
    // Before the first commit, too.
    let repo = Repo::new();
    repo.file("public/index.html", PAGE).file("hugo.toml", "baseURL = 'https://www.example.com/'\n");
    init(&repo, &[]).run().exits(0).says("→ dir:public (");
}

#[test]
fn a_job_is_printed_alone_for_each_system() {
    let committed = Repo::of(&[("index.html", PAGE)]);
    let built = Repo::of(&[("mkdocs.yml", "site_name: x\n")]);
    let nothing = Repo::of(&[("a.c", "")]);
    for system in diffpurge::setup::SYSTEMS.iter().map(|system| system.word) {
        let of_committed = init(&committed, &["--ci", system]).run().exits(0);
        assert!(
            of_committed.stdout.contains("diffpurge purge") && !of_committed.stdout.contains("dir:"),
            "{}",
            of_committed.stdout
        );
        assert_eq!(init(&nothing, &["--ci", system]).run().exits(0).stdout, of_committed.stdout);
        let of_built =
            init(&built, &["--ci", system]).run().exits(0).says("diffpurge purge dir:site").says("mkdocs build");
        assert!(of_built.stdout.contains(".diffpurge") && of_built.stderr.is_empty(), "{}", of_built.stdout);
    }
    for repo in [&committed, &built, &nothing] {
        assert!(!repo.path().join("purge.toml").exists());
    }
    let ran = init(&committed, &["--ci", "travis"]).run().exits(2);
    assert!(ran.stderr.contains("github") && ran.stderr.contains("semaphore"), "{}", ran.stderr);
}

/// The one comment of a file that begins with these words.
#[track_caller]
fn comment(repo: &Repo, begin: &str) -> String {
    let text = fs::read_to_string(repo.path().join("purge.toml")).unwrap();
    let found: Vec<&str> = text.lines().filter(|line| line.starts_with(&format!("# {begin}"))).collect();
    assert_eq!(found.len(), 1, "{begin}:\n{text}");
    found[0].to_owned()
}

#[test]
fn a_directory_of_a_repository_has_a_configuration_of_its_own() {
    let repo = Repo::of(&[
        ("web/mkdocs.yml", "site_url: https://docs.example.com/\n"),
        ("web/docs/index.md", ""),
        ("web/docs/a/b.md", ""),
        ("lib/x.py", ""),
    ]);
    repo.file("web/site/index.html", PAGE);
    let ran = diffpurge(["init"]).within_directory(&repo.path().join("web")).run().exits(0);
    ran.says("After each deploy: `diffpurge purge dir:site`.").says("`diffpurge mark set dir:site` spares that.");
    let web = repo.path().join("web");
    assert_eq!(written(&web), [DOCS, DOCS_URL, "store = \"file:.diffpurge/docs.example.com.mark\""]);
    diffpurge(["plan", "dir:site"]).within_directory(&web).run().exits(0);
    let job = diffpurge(["init", "--ci", "github"]).within_directory(&web).run().exits(0);
    job.says("- run: diffpurge -c web/purge.toml purge dir:web/site\n").says("path: web/.diffpurge\n");
    fs::remove_file(web.join("purge.toml")).unwrap();
    // The same from outside: paths count from where somebody is.
    let outside = tempfile::TempDir::new().unwrap();
    let ran = diffpurge(["-C", web.to_str().unwrap(), "init"]).within_directory(outside.path()).run().exits(0);
    let typed = format!("dir:{}/site", web.display());
    ran.says(&format!("and type `diffpurge -C {} check`.", web.display()))
        .says(&format!("After each deploy: `diffpurge -C {} purge {typed}`.", web.display()));
    diffpurge(["-C", web.to_str().unwrap(), "plan", &typed]).within_directory(outside.path()).run().exits(0);
    fs::remove_file(web.join("purge.toml")).unwrap();
    // A directory below the source is of the same site.
    let below = web.join("docs/a");
    diffpurge(["init"]).within_directory(&below).run().exits(0).says("`diffpurge purge dir:../../site`");
    diffpurge(["plan", "dir:../../site"]).within_directory(&below).run().exits(0);
}

#[test]
fn a_bare_repository_is_looked_at_in_git() {
    let repo = Repo::of(&[("hugo.toml", "baseURL = 'https://www.example.com/'\n"), ("public/index.html", PAGE)]);
    let bare = Repo::clone_of(&repo.url(), &["--bare"]);
    let ran = diffpurge(["-C", bare.path().to_str().unwrap(), "init"]).run().exits(0);
    ran.says("output:  public/, committed").says("www.example.com: empty (4b825dc642) → HEAD");
    assert_eq!(written(bare.path()), [WWW, WWW_URL, "output = \"public\""]);
}

#[test]
fn on_a_terminal_the_address_is_asked_for() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let has_script = Command::new("script").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !crate::support::required(
        has_script.is_ok_and(|status| status.success()),
        "script (bsdutils), which makes a terminal",
    ) {
        return;
    }
    for (typed, code, base_url) in [
        ("docs.example.com\n", 0, Some(DOCS_URL)),
        ("https://docs.example.com/\n", 0, Some(DOCS_URL)),
        ("\n", 2, None),
        ("docs example com\n", 2, None),
    ] {
        let repo = Repo::of(&[("index.html", PAGE)]);
        let command = format!("{} init", env!("CARGO_BIN_EXE_diffpurge"));
        let mut script = Command::new("script");
        script.args(["--quiet", "--return", "--command", &command, "/dev/null"]).current_dir(repo.path());
        let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(typed.as_bytes()).unwrap();
        let ended = child.wait_with_output().unwrap();
        drop(input);
        let said = String::from_utf8_lossy(&ended.stdout).into_owned();
        assert_eq!(ended.status.code(), Some(code), "{typed}{said}");
        assert!(said.contains("Which address do visitors type? "), "{said}");
        assert_eq!(repo.path().join("purge.toml").exists(), base_url.is_some(), "{said}");
        if let Some(base_url) = base_url {
            assert_eq!(written(repo.path())[1], base_url);
        }
    }
}

#[test]
fn names_of_a_repository_cannot_leave_their_line() {
    let hostile = "x\"\n[[site]]\nname = \"y";
    let hugo = format!("baseURL = 'https://www.example.com/'\npublishDir = {hostile:?}\n");
    let repo = Repo::of(&[("hugo.toml", &hugo)]);
    repo.file(
        ".github/workflows/a\nhost = \"s3-rest\".yml",
        "jobs:\n  a:\n    steps:\n      - run: npx gh-pages -d x\n",
    );
    init(&repo, &[]).run().exits(0);
    assert_eq!(written(repo.path()), [WWW, WWW_URL, "branch = \"gh-pages\"", "host = \"github-pages\""]);
    let repo = Repo::of(&[("hugo.toml", &hugo)]);
    init(&repo, &[]).run().exits(0);
    assert_eq!(written(repo.path()), [WWW, WWW_URL, "store = \"file:.diffpurge/www.example.com.mark\""]);
}
