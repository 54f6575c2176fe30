//! The files under `integrations`: each is what its platform takes, and its shell part plans and purges against the API that the other
//! tests have, in real checkouts.

mod linted;
mod platform;

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use diffpurge::edge::Edge;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::docs::{read, root};
use crate::install;
use crate::support::{Ran, Repo, TOKEN, ZONE, edge, required};
use platform::{Inputs, Platform};

const CONFIG: &str = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\noutput = \"public\"\nhost = \"nginx\"\n\
                      [[site]]\nname = \"other\"\nbase_urls = [\"https://other.example.com/\"]\noutput = \"public\"\n";

/// A repository whose last commit changes a stylesheet.
fn checkout() -> Repo {
    let repo = Repo::of(&[("site.toml", CONFIG), ("public/index.html", "1"), ("public/a.css", "1")]);
    repo.file("public/a.css", "2").commit();
    repo
}

/// A directory with nothing but the program.
fn program() -> TempDir {
    let place = TempDir::new().unwrap();
    symlink(env!("CARGO_BIN_EXE_diffpurge"), place.path().join("diffpurge")).unwrap();
    place
}

/// All of them with these inputs, Jenkins only where there is a Groovy.
fn platforms(inputs: Inputs<'_>) -> Vec<Platform> {
    let all = [platform::gitlab, platform::circleci, platform::buildkite, platform::woodpecker, platform::bitbucket];
    all.into_iter().map(|platform| platform(inputs)).chain(platform::jenkins(inputs)).collect()
}

/// The variables by which each system says where it is, as far as they are needed to find FROM.
fn said(name: &str, repo: &Repo) -> Vec<(&'static str, String)> {
    let (before, now) = (repo.git(&["rev-parse", "HEAD~1"]), repo.git(&["rev-parse", "HEAD"]));
    let plain = |pairs: &[(&'static str, &str)]| pairs.iter().map(|(n, v)| (*n, (*v).to_owned())).collect();
    match name {
        "gitlab" => plain(&[("GITLAB_CI", "true"), ("CI_COMMIT_SHA", &now), ("CI_COMMIT_BEFORE_SHA", &before)]),
        // The orb's own parameter says it.
        "circleci" => plain(&[("CIRCLECI", "true"), ("CIRCLE_SHA1", &now), ("DIFFPURGE_BASE_REVISION", &before)]),
        "jenkins" => plain(&[("JENKINS_URL", "u"), ("GIT_COMMIT", &now), ("GIT_PREVIOUS_SUCCESSFUL_COMMIT", &before)]),
        "woodpecker" => plain(&[
            ("CI", "woodpecker"),
            ("CI_COMMIT_SHA", &now),
            ("CI_PREV_COMMIT_SHA", &before),
            ("CI_PIPELINE_EVENT", "push"),
            ("CI_PREV_PIPELINE_EVENT", "push"),
            ("CI_PREV_PIPELINE_STATUS", "success"),
        ]),
        "buildkite" => plain(&[("BUILDKITE", "true"), ("BUILDKITE_COMMIT", &now)]),
        _ => plain(&[("BITBUCKET_BUILD_NUMBER", "1"), ("BITBUCKET_COMMIT", &now)]),
    }
}

fn run(platform: &Platform, repo: &Repo, path: &str, edge: &Edge) -> Ran {
    let home = TempDir::new().unwrap();
    let mut command = platform.in_checkout(repo.path(), home.path(), path);
    command.envs(said(platform.name, repo)).env("CLOUDFLARE_BASE_URL", edge.api_base());
    command.env("CLOUDFLARE_API_TOKEN", TOKEN).env("CLOUDFLARE_ZONE_ID", ZONE);
    let child = command.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::piped());
    Ran::of(child.stderr(std::process::Stdio::piped()).spawn().unwrap())
}

/// FROM, where the system does not say it.
fn args(name: &str) -> &'static str {
    if ["buildkite", "bitbucket"].contains(&name) { "--no-mark HEAD~1 HEAD" } else { "--no-mark" }
}

#[test]
fn every_platform_plans_what_changed_and_sends_nothing() {
    let program = program();
    let path = format!("{}:/usr/bin:/bin", program.path().display());
    for name in platforms(&[]).iter().map(|platform| platform.name) {
        // Woodpecker's file is a purge as it stands.
        let command: &[(&str, &str)] = if name == "woodpecker" { &[("command", "plan")] } else { &[] };
        let inputs = [&[("config", "site.toml"), ("sites", "www"), ("args", args(name))], command].concat();
        let platform = platforms(&inputs).into_iter().find(|platform| platform.name == name).unwrap();
        let (repo, edge) = (checkout(), edge());
        let ran = run(&platform, &repo, &path, &edge).exits(0).says("a.css");
        assert!(!ran.stdout.contains("other.example.com"), "{name}: {}", ran.stdout);
        assert!(edge.recorded().is_empty(), "{name}: `plan` is the default");
    }
}

#[test]
fn every_platform_installs_the_program_where_it_is_missing_and_purges() {
    let (releases, program) = (install::releases(), program());
    let place = releases.path().display().to_string();
    let installer = format!("file://{}", root().join("install.sh").display());
    for name in platforms(&[]).iter().map(|platform| platform.name) {
        let inputs = [
            ("command", "purge"),
            ("config", "site.toml"),
            ("sites", "www"),
            ("args", args(name)),
            ("releases", &place),
            ("installer", &installer),
        ];
        let platform = platforms(&inputs).into_iter().find(|platform| platform.name == name).unwrap();
        let in_image = if name == "bitbucket" { format!("{}:", program.path().display()) } else { String::new() };
        let (repo, edge) = (checkout(), edge());
        run(&platform, &repo, &format!("{in_image}/usr/bin:/bin"), &edge).exits(0).says("accepted: 1 URL");
        let sent: Vec<String> = edge.recorded().into_iter().map(|request| request.body).collect();
        assert_eq!(sent, [r#"{"files":["https://www.example.com/a.css"]}"#], "{name}");
    }
}

#[test]
fn a_failed_purge_fails_the_job_on_every_platform() {
    let program = program();
    let path = format!("{}:/usr/bin:/bin", program.path().display());
    for platform in platforms(&[("command", "purge"), ("config", "missing.toml")]) {
        let ran = run(&platform, &checkout(), &path, &edge());
        assert_eq!(ran.code, Some(2), "{}: {ran:?}", platform.name);
    }
}

#[test]
fn buildkite_purges_nothing_after_a_deploy_that_failed() {
    let edge = edge();
    let mut platform = platform::buildkite(&[("command", "purge"), ("config", "site.toml")]);
    platform.environment.push(("BUILDKITE_COMMAND_EXIT_STATUS".to_owned(), "1".to_owned()));
    run(&platform, &checkout(), "/usr/bin:/bin", &edge).exits(0).says("the command failed, so nothing is purged");
    assert!(edge.recorded().is_empty());
}

#[test]
fn an_option_that_is_not_there_is_refused() {
    let plugin: Value = serde_saphyr::from_str(&read("integrations/buildkite/plugin.yml")).unwrap();
    let judge = jsonschema::validator_for(&plugin["configuration"]).unwrap();
    assert!(judge.is_valid(&json!({"command": "purge"})) && !judge.is_valid(&json!({"comand": "purge"})));
    if let Some(platform) = platform::jenkins(&[("comand", "purge")]) {
        let ran = run(&platform, &checkout(), "/usr/bin:/bin", &edge()).exits(1);
        assert!(ran.stderr.contains("diffpurge has no option comand; its options are command, config"), "{ran:?}");
    }
}

#[test]
fn netlifys_plugin_plans_with_the_last_production_build_and_keeps_this_one() {
    let node = Command::new("node").arg("--version").output().is_ok_and(|ran| ran.status.success());
    if !required(node, "Node.js") {
        return;
    }
    let (program, cache, repo) = (program(), TempDir::new().unwrap(), checkout());
    let plugin = root().join("integrations/netlify/index.js");
    let deploy = |context: &str, program: &Path| -> Value {
        let mut command = Command::new("node");
        command.arg(root().join("tests/it/integrations/netlify.mjs")).arg(&plugin).arg("public").arg(cache.path());
        command.arg(json!({"program": program, "config": "site.toml"}).to_string()).current_dir(repo.path());
        command.env_clear().env("PATH", "/usr/bin:/bin").env("CONTEXT", context).env("NETLIFY", "true");
        let ran = command.output().unwrap();
        let said = String::from_utf8(ran.stderr).unwrap();
        // Netlify's machines begin with what the cache restores, and no more.
        let _not_there = std::fs::remove_dir_all(repo.path().join(".netlify"));
        serde_json::from_str(said.trim()).unwrap_or_else(|e| panic!("{e}: {said}"))
    };
    let at = program.path().join("diffpurge");
    let first = deploy("production", &at);
    assert_eq!(first.as_array().unwrap().len(), 1, "{first}");
    assert!(first[0]["status"]["summary"].as_str().unwrap().starts_with("No earlier build is known"), "{first}");
    repo.file("public/a.css", "3");
    for context in ["deploy-preview", "production"] {
        let planned = deploy(context, &at);
        let text = planned[0]["status"]["text"].as_str().unwrap_or_default();
        assert!(text.contains("~ a.css  1 URL") && !text.contains("index.html"), "{context}: {planned}");
    }
    let again = deploy("production", &at);
    assert!(!again[0]["status"]["text"].as_str().unwrap().contains("a.css"), "{again}");
    let missing = deploy("production", Path::new("/nonexistent/diffpurge"));
    assert!(missing[0]["why"].as_str().unwrap().contains("is the package diffpurge installed?"), "{missing}");
}

/// The lines that bring and run the program.
const SHARED: [&str; 9] = [
    "if ! command -v diffpurge >/dev/null; then",
    "installer=$(mktemp)",
    "curl --fail --silent --show-error --location --output \"$installer\" \"$DIFFPURGE_INSTALLER\"",
    "sh \"$installer\" --from \"$DIFFPURGE_RELEASES\" --version \"$DIFFPURGE_VERSION\" --to \"$HOME/.local/bin\"",
    "PATH=\"$HOME/.local/bin:$PATH\"",
    "set -- \"$DIFFPURGE_COMMAND\" --config \"$DIFFPURGE_CONFIG\"",
    "for site in $DIFFPURGE_SITES; do set -- \"$@\" --site \"$site\"; done",
    "for word in $DIFFPURGE_ARGS; do set -- \"$@\" \"$word\"; done",
    "diffpurge \"$@\"",
];

#[test]
fn the_files_say_the_same_and_name_the_version_of_this_repository() {
    let version = env!("CARGO_PKG_VERSION");
    for name in [
        "gitlab/template.yml",
        "circleci/orb.yml",
        "buildkite/hooks/post-command",
        "jenkins/vars/diffpurge.groovy",
        "woodpecker/purge.yaml",
    ] {
        let text = read(&format!("integrations/{name}"));
        for line in SHARED {
            assert!(text.lines().any(|own| own.trim() == line), "{name} lacks `{line}`");
        }
        assert!(text.contains(&format!("/v{version}/install.sh")), "{name} installs another version");
        assert_eq!(text.matches("0.1.0").count(), text.matches(version).count(), "{name} names another version");
    }
    let package: Value = serde_json::from_str(&read("integrations/netlify/package.json")).unwrap();
    assert_eq!(package["version"], version);
    assert!(read("integrations/bitbucket/pipe.yml").contains(&format!("bitbucket-pipe:{version}")));
    assert!(read("integrations/bitbucket/Dockerfile").contains(&format!("ARG VERSION={version}")));
}
