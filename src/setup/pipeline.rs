//! The jobs in the file of a CI system: their names, the lines that are theirs, and how much tells that one of them deploys.
//!
//! The files are read by their lines, as far as their own formatting tells. What a line does is left to [`super::commands`].

use std::ops::Range;

/// The file of a CI system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pipeline {
    /// The word for the system.
    pub(super) system: &'static str,
    pub(super) file: String,
    pub(super) jobs: Vec<Seen>,
    /// A pull request starts it.
    pub(super) has_requests: bool,
    /// Nothing else starts it, so that it deploys no site.
    pub(super) is_of_requests_alone: bool,
}

/// A job as it is seen in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) name: String,
    /// Its lines, counted from 1.
    lines: Range<usize>,
    /// The jobs that it waits for.
    pub(super) needs: Vec<String>,
    pub(super) sign: Deploying,
}

/// How much tells that a job deploys, the surest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Deploying {
    /// Nothing.
    Untold,
    /// Its name.
    ByName,
    /// The name of a script that it runs.
    ByScript,
    /// An action or a command that is known for it.
    Surely,
}

/// A line with words in it.
struct Line<'t> {
    number: usize,
    indent: usize,
    text: &'t str,
}

/// The systems by their files.
const SYSTEMS: [(&str, &str); 12] = [
    (".github/", "github"),
    (".forgejo/", "forgejo"),
    (".gitea/", "gitea"),
    (".gitlab-ci.yml", "gitlab"),
    (".circleci/", "circleci"),
    (".woodpecker", "woodpecker"),
    (".drone.yml", "drone"),
    ("azure-pipelines.", "azure"),
    ("bitbucket-pipelines.yml", "bitbucket"),
    (".semaphore/", "semaphore"),
    (".buildkite/", "buildkite"),
    (".travis.yml", "travis"),
];

/// The top keys of GitLab's file that are no jobs: <https://docs.gitlab.com/ci/yaml/#global-keywords>
const NO_JOBS: [&str; 12] = [
    "stages",
    "default",
    "variables",
    "include",
    "workflow",
    "image",
    "services",
    "cache",
    "before_script",
    "after_script",
    "spec",
    "types",
];

/// Events beside which a pull request is only one of several.
const EVENTS: [&str; 10] = [
    "push",
    "release",
    "schedule",
    "workflow_dispatch",
    "workflow_call",
    "workflow_run",
    "repository_dispatch",
    "deployment",
    "page_build",
    "create",
];

fn lines(text: &str) -> Vec<Line<'_>> {
    let all = text.lines().enumerate().map(|(number, line)| {
        let text = line.trim_start();
        let bare = text.find(" #").map_or(text, |at| &text[..at]);
        Line { number: number + 1, indent: line.len() - text.len(), text: bare.trim_end() }
    });
    all.filter(|line| !line.text.is_empty() && !line.text.starts_with('#') && line.text != "---").collect()
}

/// Returns the key that a line begins with.
fn key(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_prefix('"') {
        let (key, rest) = rest.split_once('"')?;
        return rest.starts_with(':').then_some(key);
    }
    let key = text.strip_suffix(':').or_else(|| text.split_once(": ").map(|(key, _)| key))?;
    let key = key.trim_matches('\'');
    (!key.is_empty() && !key.starts_with(['-', '{', '['])).then_some(key)
}

/// Returns the value of a key in a line.
fn value<'t>(text: &'t str, keys: &[&str]) -> Option<&'t str> {
    let rest = text.trim_start_matches("- ").trim_start();
    keys.iter().find_map(|key| rest.strip_prefix(key)?.strip_prefix(':')).map(str::trim)
}

/// Returns where jobs begin, with their names, and where something else does.
fn starts(system: &str, lines: &[Line<'_>]) -> Vec<(usize, Option<String>)> {
    match system {
        "github" | "forgejo" | "gitea" | "circleci" => below_jobs(lines),
        "gitlab" => {
            let tops =
                lines.iter().filter(|line| line.indent == 0).filter_map(|line| Some((line.number, key(line.text)?)));
            let name = |name: &str| (!name.starts_with('.') && !NO_JOBS.contains(&name)).then(|| name.to_owned());
            tops.map(|(number, top)| (number, name(top))).collect()
        }
        "azure" => {
            let named = lines.iter().filter(|line| line.text.starts_with("- "));
            let named = named.filter_map(|line| Some((line.number, value(line.text, &["job", "deployment"])?)));
            named.map(|(number, name)| (number, (!name.is_empty()).then(|| name.to_owned()))).collect()
        }
        "semaphore" => blocks(lines),
        _ => Vec::new(),
    }
}

/// Returns the keys right below `jobs:`.
fn below_jobs(lines: &[Line<'_>]) -> Vec<(usize, Option<String>)> {
    let Some(at) = lines.iter().position(|line| line.indent == 0 && key(line.text) == Some("jobs")) else {
        return Vec::new();
    };
    let below = &lines[at + 1..];
    let end = below.iter().position(|line| line.indent == 0);
    let inner = &below[..end.unwrap_or(below.len())];
    let Some(indent) = inner.first().map(|line| line.indent) else { return Vec::new() };
    let tops = inner.iter().filter(|line| line.indent == indent);
    let mut starts: Vec<_> = tops.filter_map(|line| Some((line.number, Some(key(line.text)?.to_owned())))).collect();
    starts.extend(end.map(|end| (below[end].number, None)));
    starts
}

/// Returns the blocks of Semaphore's file.
fn blocks(lines: &[Line<'_>]) -> Vec<(usize, Option<String>)> {
    let Some(at) = lines.iter().position(|line| line.indent == 0 && key(line.text) == Some("blocks")) else {
        return Vec::new();
    };
    let named =
        |line: &Line<'_>| line.text.starts_with("- ").then(|| value(line.text, &["name"])).flatten().map(str::to_owned);
    let below = &lines[at + 1..];
    let Some(indent) = below.iter().find(|line| named(line).is_some()).map(|line| line.indent) else {
        return Vec::new();
    };
    let inner = below.iter().filter(|line| line.indent == indent);
    inner.filter_map(|line| Some((line.number, Some(named(line)?)))).collect()
}

/// Returns the names of the jobs that one waits for.
fn needed(lines: &[&Line<'_>]) -> Vec<String> {
    const KEYS: [&str; 3] = ["needs", "dependsOn", "dependencies"];
    let Some((at, said)) = lines.iter().enumerate().find_map(|(at, line)| Some((at, value(line.text, &KEYS)?))) else {
        return Vec::new();
    };
    let here = said.split([',', '[', ']']).map(str::to_owned);
    let indent = lines[at].indent;
    let items = lines[at + 1..].iter().take_while(|line| line.indent >= indent && line.text.starts_with("- "));
    let items = items.map(|line| value(line.text, &["job"]).unwrap_or(&line.text[2..]).to_owned());
    here.chain(items).map(|name| unquoted(&name).to_owned()).filter(|name| !name.is_empty()).collect()
}

fn unquoted(name: &str) -> &str {
    name.trim().trim_matches(['"', '\''])
}

/// Returns whether a pull request starts a workflow of GitHub's or its like, and whether nothing else does.
fn requests(lines: &[Line<'_>]) -> (bool, bool) {
    let Some(at) = lines.iter().position(|line| line.indent == 0 && key(line.text) == Some("on")) else {
        return (false, false);
    };
    let below = lines[at + 1..].iter().take_while(|line| line.indent > 0 || line.text.starts_with("- "));
    let indent = lines.get(at + 1).map_or(0, |line| line.indent);
    // Filters stand deeper, and may name anything.
    let events = below.filter(|line| line.indent == indent).map(|line| line.text);
    let events: Vec<&str> = std::iter::once(lines[at].text).chain(events).collect();
    let words = || events.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric() && c != '_'));
    let has_requests = words().any(|word| word.starts_with("pull_request"));
    (has_requests, has_requests && !words().any(|word| EVENTS.contains(&word)))
}

impl Pipeline {
    /// Reads a file.
    pub(super) fn read(file: &str, text: &str) -> Pipeline {
        let system = SYSTEMS.iter().find(|(sign, _)| file.starts_with(sign)).map_or("", |(_, system)| system);
        let lines = lines(text);
        let starts = starts(system, &lines);
        let end = text.lines().count() + 1;
        let mut jobs = Vec::new();
        for (at, (number, name)) in starts.iter().enumerate() {
            let Some(name) = name else { continue };
            let range = *number..starts.get(at + 1).map_or(end, |(next, _)| *next);
            let own: Vec<&Line<'_>> = lines.iter().filter(|line| range.contains(&line.number)).collect();
            let name = unquoted(name).to_owned();
            let sign = if is_named(&name) { Deploying::ByName } else { Deploying::Untold };
            jobs.push(Seen { name, lines: range, needs: needed(&own), sign });
        }
        let is_workflow = matches!(system, "github" | "forgejo" | "gitea");
        let (has_requests, is_of_requests_alone) = if is_workflow { requests(&lines) } else { (false, false) };
        Pipeline { system, file: file.to_owned(), jobs, has_requests, is_of_requests_alone }
    }

    /// Takes note of what tells that a job of this name deploys.
    pub(super) fn is_told(&mut self, name: &str, sign: Deploying) {
        self.jobs.iter_mut().filter(|job| job.name == name).for_each(|job| job.sign = job.sign.max(sign));
    }

    /// Takes note of what tells that the job of a line deploys.
    pub(super) fn tells(&mut self, line: usize, sign: Deploying) {
        if let Some(job) = self.jobs.iter_mut().find(|job| job.lines.contains(&line)) {
            job.sign = job.sign.max(sign);
        }
    }
}

/// Returns true for a name that says that a job deploys.
fn is_named(name: &str) -> bool {
    let small = name.to_lowercase();
    let parts = small.split(|c: char| !c.is_alphanumeric());
    parts.into_iter().any(|part| ["deploy", "publish", "pages", "release"].iter().any(|word| part.starts_with(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(file: &str, text: &str) -> Vec<(String, Vec<String>)> {
        Pipeline::read(file, text).jobs.into_iter().map(|job| (job.name, job.needs)).collect()
    }

    fn want(jobs: &[(&str, &[&str])]) -> Vec<(String, Vec<String>)> {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        jobs.iter().map(|(name, needs)| ((*name).to_owned(), owned(needs))).collect()
    }

    #[test]
    fn the_jobs_of_each_system_are_found() {
        for (file, text, jobs) in [
            (
                ".github/workflows/a.yml",
                "on: push\njobs:\n  build: # x\n    steps:\n      - run: |\n          jobs:\n  'ship-it':\n    needs: build\n    steps: []\n  last:\n    needs: [build, \"ship-it\"]\nenv:\n  deploy: 1\n",
                want(&[("build", &[]), ("ship-it", &["build"]), ("last", &["build", "ship-it"])]),
            ),
            (
                ".github/workflows/a.yml",
                "jobs:\n    a:\n        runs-on: x\n    b:\n        needs:\n            - a\n        steps: []\n",
                want(&[("a", &[]), ("b", &["a"])]),
            ),
            (
                ".gitlab-ci.yml",
                "image: x\nstages: [build, deploy]\n.base:\n  script: x\nbuild site:\n  script: [make]\npages:\n  needs: [\"build site\"]\n  script:\n    - echo\n\"deploy:prod\":\n  needs:\n  - job: pages\n",
                want(&[("build site", &[]), ("pages", &["build site"]), ("deploy:prod", &["pages"])]),
            ),
            (
                ".circleci/config.yml",
                "version: 2.1\njobs:\n  build:\n    steps: [checkout]\n  deploy:\n    steps: []\nworkflows:\n  main:\n    jobs:\n      - build\n",
                want(&[("build", &[]), ("deploy", &[])]),
            ),
            (
                "azure-pipelines.yml",
                "stages:\n- stage: a\n  jobs:\n  - job: Build\n    steps: []\n  - deployment: Ship\n    dependsOn: Build\n",
                want(&[("Build", &[]), ("Ship", &["Build"])]),
            ),
            (
                ".semaphore/semaphore.yml",
                "blocks:\n  - name: Build it\n    task:\n      jobs:\n        - name: x\n  - name: Deploy\n    dependencies: [\"Build it\"]\n",
                want(&[("Build it", &[]), ("Deploy", &["Build it"])]),
            ),
            ("bitbucket-pipelines.yml", "pipelines:\n  default:\n    - step:\n        name: x\n", want(&[])),
        ] {
            assert_eq!(named(file, text), jobs, "{text}");
        }
    }

    #[test]
    fn a_workflow_that_a_pull_request_alone_starts_is_known() {
        for (on, want) in [
            ("on: push", (false, false)),
            ("on: [push, pull_request]", (true, false)),
            ("on: pull_request", (true, true)),
            ("\"on\":\n  pull_request:\n    branches: [push]\n", (true, true)),
            ("on:\n  pull_request_target:\n    types: [opened]\n  push:\n    branches: [main]\n", (true, false)),
            ("on:\n- pull_request\n- workflow_dispatch\n", (true, false)),
            ("on:\n  push:\n    paths: [pull_request]\n", (false, false)),
        ] {
            let read =
                Pipeline::read(".github/workflows/a.yml", &format!("name: x\n{on}\njobs:\n  a:\n    steps: []\n"));
            assert_eq!((read.has_requests, read.is_of_requests_alone), want, "{on}");
        }
    }
}
