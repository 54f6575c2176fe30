//! The ways to hosts that the files of CI systems tell of: the actions and commands that are known for it.

use std::collections::BTreeMap;

use super::deploy::Deploy;
use super::files::{Files, Unreadable, joined};
use super::settings::{self, Settings, Value};
use crate::snapshot::EntryKind;

/// A step of a workflow: what it uses, and with what.
#[derive(Default)]
struct Step {
    /// The job that it is of.
    job: Option<String>,
    uses: String,
    with: BTreeMap<String, String>,
}

/// An action that deploys.
struct Action {
    /// Its name, in lower case.
    name: &'static str,
    host: Option<&'static str>,
    /// It makes what another action deploys.
    only_builds: bool,
    /// The input that names the branch, with its default.
    branch: Option<(&'static str, &'static str)>,
    /// The inputs that name the directory.
    directory: &'static [&'static str],
    /// Its default.
    usual: Option<&'static str>,
    /// The input that holds the name of the site.
    cname: Option<&'static str>,
    /// The input that names another repository.
    elsewhere: Option<&'static str>,
}

const PLAIN: Action = Action {
    name: "",
    host: None,
    only_builds: false,
    branch: None,
    directory: &[],
    usual: None,
    cname: None,
    elsewhere: None,
};

const PAGES: Option<&str> = Some("github-pages");

/// Each as its own README describes it.
const ACTIONS: [Action; 12] = [
    Action {
        name: "actions/upload-pages-artifact",
        host: PAGES,
        only_builds: true,
        directory: &["path"],
        usual: Some("_site"),
        ..PLAIN
    },
    Action { name: "actions/deploy-pages", host: PAGES, ..PLAIN },
    Action {
        name: "actions/jekyll-build-pages",
        host: PAGES,
        only_builds: true,
        directory: &["destination"],
        usual: Some("_site"),
        ..PLAIN
    },
    Action {
        name: "peaceiris/actions-gh-pages",
        host: PAGES,
        only_builds: false,
        branch: Some(("publish_branch", "gh-pages")),
        directory: &["publish_dir"],
        usual: Some("public"),
        cname: Some("cname"),
        elsewhere: Some("external_repository"),
    },
    Action {
        name: "jamesives/github-pages-deploy-action",
        host: PAGES,
        branch: Some(("branch", "gh-pages")),
        directory: &["folder"],
        elsewhere: Some("repository-name"),
        ..PLAIN
    },
    Action {
        name: "crazy-max/ghaction-github-pages",
        host: PAGES,
        only_builds: false,
        branch: Some(("target_branch", "gh-pages")),
        directory: &["build_dir"],
        usual: Some("public"),
        cname: Some("fqdn"),
        elsewhere: Some("repo"),
    },
    Action { name: "cloudflare/pages-action", host: Some("cloudflare-pages"), directory: &["directory"], ..PLAIN },
    Action { name: "nwtgck/actions-netlify", host: Some("netlify"), directory: &["publish-dir"], ..PLAIN },
    Action { name: "netlify/actions/cli", host: Some("netlify"), ..PLAIN },
    Action { name: "amondnet/vercel-action", host: Some("vercel"), ..PLAIN },
    Action { name: "firebaseextended/action-hosting-deploy", host: Some("firebase"), ..PLAIN },
    Action {
        name: "azure/static-web-apps-deploy",
        host: Some("azure-static"),
        directory: &["output_location"],
        ..PLAIN
    },
];

/// Commands that put a site on a branch of GitHub Pages.
const TO_A_BRANCH: [&str; 5] = ["mkdocs gh-deploy", "mike deploy", "ghp-import", "npx gh-pages", "hexo deploy"];

/// Commands that bring a directory to a host; the directory is the word behind them, where it names one.
const TO_A_HOST: [(&str, &str); 4] = [
    ("wrangler pages deploy", "cloudflare-pages"),
    ("pages deploy", "cloudflare-pages"),
    ("netlify deploy", "netlify"),
    ("surge", "surge"),
];

/// Reads what all CI systems of a repository tell. `paths` are their files.
pub(super) fn read(source: &dyn Files, paths: &[String]) -> Result<Vec<Deploy>, Unreadable> {
    let mut deploys = Vec::new();
    for path in paths {
        let Some(text) = source.text(path)? else { continue };
        let settings = settings::read(path, &text);
        for step in steps(&settings) {
            deploys.extend(of_step(&step, path));
        }
        if path.ends_with(".gitlab-ci.yml") {
            deploys.extend(of_gitlab(&settings, path));
        }
        let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
        deploys.extend(lines.filter_map(|line| of_command(line, path)));
    }
    Ok(deploys)
}

/// Returns the workflows of GitHub and of those that are made like it, and the files of the other systems, that are there.
pub(super) fn files(source: &dyn Files) -> Result<Vec<String>, Unreadable> {
    let mut found = Vec::new();
    for directory in
        [".github/workflows", ".forgejo/workflows", ".gitea/workflows", ".woodpecker", ".circleci", ".buildkite"]
    {
        for (kind, name) in source.list(directory)? {
            if kind == EntryKind::File && matches!(name.rsplit_once('.'), Some((_, "yml" | "yaml"))) {
                found.push(joined(directory, &name));
            }
        }
    }
    let of_the_top = [
        ".gitlab-ci.yml",
        ".travis.yml",
        ".woodpecker.yml",
        ".drone.yml",
        "bitbucket-pipelines.yml",
        "azure-pipelines.yml",
    ];
    for (kind, name) in source.list("")? {
        if kind == EntryKind::File && of_the_top.contains(&name.as_str()) {
            found.push(name);
        }
    }
    Ok(found)
}

/// Returns the steps of a workflow that use an action.
fn steps(settings: &Settings) -> Vec<Step> {
    let mut steps: BTreeMap<Vec<String>, Step> = BTreeMap::new();
    for (path, value) in settings.iter() {
        let Value::Text(text) = value else { continue };
        let Some(item) = path.iter().rposition(|key| key.starts_with('#')) else { continue };
        let step = steps.entry(path[..=item].to_vec()).or_default();
        if let [jobs, job, ..] = &path[..item]
            && jobs == "jobs"
        {
            step.job = Some(job.clone());
        }
        match &path[item + 1..] {
            [key] if key == "uses" => step.uses.clone_from(text),
            [with, key] if with == "with" => drop(step.with.insert(key.clone(), text.clone())),
            _ => {}
        }
    }
    steps.into_values().filter(|step| !step.uses.is_empty()).collect()
}

fn of_step(step: &Step, file: &str) -> Option<Deploy> {
    let name = step.uses.split('@').next().unwrap_or_default().to_lowercase();
    let does = Some(format!("uses {}", step.uses.split('@').next().unwrap_or_default()));
    if name == "cloudflare/wrangler-action" {
        let job = step.job.clone();
        return of_command(step.with.get("command")?, file).map(|deploy| Deploy { job, ..deploy });
    }
    let action = ACTIONS.iter().find(|action| action.name == name)?;
    let given = |key: &str| step.with.get(key).filter(|text| !text.is_empty());
    if action.elsewhere.is_some_and(|key| given(key).is_some()) {
        let job = step.job.clone();
        return Some(Deploy { host: action.host, job, file: file.to_owned(), does, ..Deploy::default() });
    }
    let directory = action.directory.iter().find_map(|key| given(key)).map(String::as_str).or(action.usual);
    Some(Deploy {
        host: action.host,
        branch: action.branch.map(|(key, usual)| given(key).map_or(usual, String::as_str).to_owned()),
        directory: directory.map(|directory| joined("", directory)),
        name: action.cname.and_then(given).cloned(),
        job: step.job.clone().filter(|_| !action.only_builds),
        file: file.to_owned(),
        does,
    })
}

/// Returns what a command brings where.
fn of_command(line: &str, file: &str) -> Option<Deploy> {
    let is_word =
        |at: usize| line[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '-' && c != '/');
    let found = |command: &str| line.find(command).filter(|at| is_word(*at)).map(|at| at + command.len());
    if let Some(command) = TO_A_BRANCH.iter().find(|command| found(command).is_some()) {
        let does = Some(format!("runs `{command}`"));
        let branch = Some("gh-pages".to_owned());
        return Some(Deploy { host: PAGES, branch, file: file.to_owned(), does, ..Deploy::default() });
    }
    let (command, host) =
        TO_A_HOST.iter().find(|(command, _)| found(command).is_some_and(|end| line[end..].starts_with(' ')))?;
    let behind = line[found(command)?..].split_whitespace().next()?;
    let directory = (!behind.starts_with('-')).then(|| joined("", behind.trim_matches(['"', '\'', '`'])));
    Some(Deploy {
        host: Some(*host),
        directory,
        file: file.to_owned(),
        does: Some(format!("runs `{command}`")),
        ..Deploy::default()
    })
}

/// Returns the job `pages` of GitLab, whose artefact is the site.
fn of_gitlab(settings: &Settings, file: &str) -> Option<Deploy> {
    settings.iter().find(|(path, _)| path.first().is_some_and(|key| key == "pages"))?;
    let said = ["pages.publish", "pages.pages.publish"].iter().find_map(|key| match settings.get(key) {
        Some(Value::Text(directory)) => Some(directory),
        _ => None,
    });
    let directory = Some(joined("", said.as_deref().unwrap_or("public")));
    Some(Deploy {
        host: Some("gitlab-pages"),
        directory,
        file: file.to_owned(),
        does: Some("has a job `pages`".to_owned()),
        ..Deploy::default()
    })
}
