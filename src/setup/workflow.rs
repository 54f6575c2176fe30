//! The files of CI systems: which there are, the ways to hosts that their steps tell of, and their jobs.
//!
//! The actions that are known are in [`super::actions`], the commands in [`super::commands`].

use super::actions;
use super::commands;
use super::deploy::Deploy;
use super::files::{Files, Unreadable, joined};
use super::pipeline::{Deploying, Pipeline};
use super::settings::{self, Settings, Value};
use crate::snapshot::EntryKind;

/// What the files of all CI systems tell.
#[derive(Default)]
pub(super) struct Told {
    pub(super) deploys: Vec<Deploy>,
    pub(super) pipelines: Vec<Pipeline>,
    /// The lines of their scripts.
    pub(super) lines: Vec<String>,
}

/// Parts of the names of actions that are not in the table and deploy something.
const DEPLOYING: [&str; 12] = [
    "deploy",
    "gh-pages",
    "github-pages",
    "s3-sync",
    "sync-s3",
    "rsync",
    "ftp",
    "scp",
    "netlify",
    "vercel",
    "firebase",
    "surge",
];

/// Parts of those that do not, although they are called so.
const NOT_DEPLOYING: [&str; 6] = ["upload-pages", "configure", "deployment", "setup", "build-pages", "comment"];

/// Reads what all CI systems of a repository tell. `paths` are their files.
pub(super) fn read(source: &dyn Files, paths: &[String]) -> Result<Told, Unreadable> {
    let mut told = Told::default();
    for path in paths {
        let Some(text) = source.text(path)? else { continue };
        let settings = settings::read(path, &text);
        let mut pipeline = Pipeline::read(path, &text);
        for step in actions::steps(&settings) {
            match step.deploy(path) {
                Some((deploy, deploys)) => {
                    told.deploys.push(deploy);
                    pipeline.tells(step.line, if deploys { Deploying::Surely } else { Deploying::Untold });
                }
                None if is_called_deploying(step.action()) => pipeline.tells(step.line, Deploying::ByScript),
                None => {}
            }
        }
        if path.ends_with(".gitlab-ci.yml") {
            of_gitlab(&settings, path, &mut pipeline, &mut told.deploys);
        }
        for (number, line) in commands_of(&text) {
            if let Some(deploy) = commands::deploy(&line, path) {
                told.deploys.push(deploy);
                pipeline.tells(number, Deploying::Surely);
            } else if commands::is_called_deploy(&line) {
                pipeline.tells(number, Deploying::ByScript);
            }
            told.lines.push(line);
        }
        told.pipelines.push(pipeline);
    }
    Ok(told)
}

/// Returns the lines of a text with their numbers; a line that goes on in the next is one with it.
fn commands_of(text: &str) -> Vec<(usize, String)> {
    let mut whole: Vec<(usize, String)> = Vec::new();
    let mut goes_on = false;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        let bare = line.strip_suffix('\\').unwrap_or(line);
        if let Some((_, before)) = whole.last_mut().filter(|_| goes_on) {
            before.push(' ');
            before.push_str(bare);
        } else {
            let keys = ["run:", "script:", "command:", "- run:", "- script:", "- command:"];
            let command = keys.iter().find_map(|key| bare.strip_prefix(key)).unwrap_or(bare);
            whole.push((number + 1, command.trim().to_owned()));
        }
        goes_on = line.ends_with('\\');
    }
    whole
}

fn is_called_deploying(action: &str) -> bool {
    let name = action.to_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    has(&DEPLOYING) && !has(&NOT_DEPLOYING)
}

/// Returns the workflows of GitHub and of those that are made like it, and the files of the other systems, that are there.
pub(super) fn files(source: &dyn Files) -> Result<Vec<String>, Unreadable> {
    let mut found = Vec::new();
    for directory in [
        ".github/workflows",
        ".forgejo/workflows",
        ".gitea/workflows",
        ".woodpecker",
        ".circleci",
        ".buildkite",
        ".semaphore",
    ] {
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
        ".woodpecker.yaml",
        ".drone.yml",
        "bitbucket-pipelines.yml",
        "azure-pipelines.yml",
        "azure-pipelines.yaml",
    ];
    for (kind, name) in source.list("")? {
        if kind == EntryKind::File && of_the_top.contains(&name.as_str()) {
            found.push(name);
        }
    }
    Ok(found)
}

/// Finds the jobs of GitLab whose artefact is the site: `pages`, and those that say so <https://docs.gitlab.com/ci/yaml/#pages>.
fn of_gitlab(settings: &Settings, file: &str, pipeline: &mut Pipeline, deploys: &mut Vec<Deploy>) {
    let jobs = pipeline.jobs.iter().map(|job| job.name.clone());
    let is_its = |name: &String| {
        let says = |value: Option<Value>| value.is_some_and(|value| value != Value::Text("false".to_owned()));
        let below = |path: &[String]| matches!(path, [job, pages, _] if job == name && pages == "pages");
        name == "pages" || says(settings.get(&format!("{name}.pages"))) || settings.iter().any(|(path, _)| below(path))
    };
    for job in jobs.filter(is_its).collect::<Vec<_>>() {
        let said = [format!("{job}.publish"), format!("{job}.pages.publish")];
        let said = said.iter().find_map(|key| match settings.get(key) {
            Some(Value::Text(directory)) => Some(directory),
            _ => None,
        });
        deploys.push(Deploy {
            host: Some("gitlab-pages"),
            directory: Some(joined("", said.as_deref().unwrap_or("public"))),
            file: file.to_owned(),
            does: Some(format!("has a job `{job}`")),
            ..Deploy::default()
        });
        pipeline.is_told(&job, Deploying::Surely);
    }
}
