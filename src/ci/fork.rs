//! Whether the commit under test is a pull request of a fork: somebody wrote it who may not write here.
//!
//! Such a job is run for everybody who opens a request, and what it checks out is theirs. Only the systems that tell are here;
//! Woodpecker, Drone and Bitbucket do not say where a request comes from. The consequence is left to others.

use std::io;
use std::path::Path;

use serde::Deserialize;

use super::event::PATH;
use super::system::Sign;
use crate::config::{Environment, EnvironmentError};

/// A pull request of a fork.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fork {
    /// The system that says so.
    pub system: &'static str,
    /// Revisions of the repository itself that the request is compared with; full ids, perhaps none.
    pub bases: Vec<String>,
}

/// Where a system says it.
enum Tells {
    /// In the event's file.
    Event,
    /// These two variables are set and differ.
    Differ(&'static str, &'static str),
    /// These two variables hold URLs or names of two repositories.
    Repositories(&'static str, &'static str),
    /// This variable is set.
    Set(&'static str),
    /// This variable has this value.
    Is(&'static str, &'static str),
}

/// How a system says it.
struct Row {
    system: &'static str,
    sign: Sign,
    tells: Tells,
    /// Variables that hold a revision of the repository itself then.
    bases: &'static [&'static str],
}

/// All that say it.
const ROWS: &[Row] = &[
    // https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows; Forgejo and Gitea are alike.
    Row { system: "Forgejo Actions", sign: Sign::Is("FORGEJO_ACTIONS", "true"), tells: Tells::Event, bases: &[] },
    Row { system: "Gitea Actions", sign: Sign::Is("GITEA_ACTIONS", "true"), tells: Tells::Event, bases: &[] },
    Row { system: "GitHub Actions", sign: Sign::Set("GITHUB_EVENT_NAME"), tells: Tells::Event, bases: &[] },
    // https://docs.gitlab.com/ci/variables/predefined_variables/
    Row {
        system: "GitLab CI",
        sign: Sign::Is("GITLAB_CI", "true"),
        tells: Tells::Differ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "CI_MERGE_REQUEST_PROJECT_ID"),
        bases: &["CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "CI_MERGE_REQUEST_DIFF_BASE_SHA"],
    },
    Row {
        system: "GitLab CI",
        sign: Sign::Is("GITLAB_CI", "true"),
        tells: Tells::Repositories(
            "CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY",
            "CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY",
        ),
        bases: &["CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA"],
    },
    // https://learn.microsoft.com/azure/devops/pipelines/build/variables
    Row {
        system: "Azure Pipelines",
        sign: Sign::Is("TF_BUILD", "True"),
        tells: Tells::Is("SYSTEM_PULLREQUEST_ISFORK", "True"),
        bases: &[],
    },
    // https://circleci.com/docs/reference/variables/: "only available on forked PRs".
    Row { system: "CircleCI", sign: Sign::Is("CIRCLECI", "true"), tells: Tells::Set("CIRCLE_PR_REPONAME"), bases: &[] },
    // https://github.com/jenkinsci/branch-api-plugin: set where the request comes from a fork.
    Row { system: "Jenkins", sign: Sign::Set("JENKINS_URL"), tells: Tells::Set("CHANGE_FORK"), bases: &[] },
    // https://buildkite.com/docs/pipelines/configure/environment-variables
    Row {
        system: "Buildkite",
        sign: Sign::Is("BUILDKITE", "true"),
        tells: Tells::Repositories("BUILDKITE_PULL_REQUEST_REPO", "BUILDKITE_REPO"),
        bases: &[],
    },
    // https://docs.semaphoreci.com/reference/env-vars
    Row {
        system: "Semaphore",
        sign: Sign::Is("SEMAPHORE", "true"),
        tells: Tells::Repositories("SEMAPHORE_GIT_PR_SLUG", "SEMAPHORE_GIT_REPO_SLUG"),
        bases: &[],
    },
    // https://docs.travis-ci.com/user/environment-variables/
    Row {
        system: "Travis CI",
        sign: Sign::Is("TRAVIS", "true"),
        tells: Tells::Repositories("TRAVIS_PULL_REQUEST_SLUG", "TRAVIS_REPO_SLUG"),
        bases: &[],
    },
    // https://www.appveyor.com/docs/environment-variables/
    Row {
        system: "AppVeyor",
        sign: Sign::Set("APPVEYOR"),
        tells: Tells::Repositories("APPVEYOR_PULL_REQUEST_HEAD_REPO_NAME", "APPVEYOR_REPO_NAME"),
        bases: &[],
    },
];

impl Fork {
    /// Finds out whether the job is one for a fork's pull request; none where no system says so. `read` gives the bytes of the
    /// event's file.
    ///
    /// # Errors
    /// When a variable that says it is not UTF-8.
    pub fn find(
        environment: &Environment,
        read: impl FnOnce(&Path) -> io::Result<Vec<u8>>,
    ) -> Result<Option<Fork>, EnvironmentError> {
        let mut read = Some(read);
        for row in ROWS {
            if !row.sign.is_in(environment)? {
                continue;
            }
            let mut bases = Vec::new();
            for variable in row.bases {
                bases.extend(environment.get(variable)?.map(str::to_owned));
            }
            let is_fork = match row.tells {
                Tells::Event => match read.take() {
                    Some(read) => of_event(environment, read)?.is_some_and(|found| {
                        bases = found;
                        true
                    }),
                    None => false,
                },
                Tells::Differ(one, other) => {
                    environment.has(one) && environment.has(other) && environment.get(one)? != environment.get(other)?
                }
                Tells::Repositories(one, other) => match (environment.get(one)?, environment.get(other)?) {
                    (Some(one), Some(other)) => slug(one) != slug(other),
                    _ => false,
                },
                Tells::Set(variable) => environment.has(variable),
                Tells::Is(variable, value) => {
                    environment.get(variable)?.is_some_and(|is| is.eq_ignore_ascii_case(value))
                }
            };
            if is_fork {
                return Ok(Some(Fork { system: row.system, bases }));
            }
        }
        Ok(None)
    }
}

/// Returns owner and name of a repository, whichever URL it is named by.
fn slug(repository: &str) -> String {
    let plain = repository.trim_end_matches('/').trim_end_matches(".git").to_ascii_lowercase();
    let parts: Vec<&str> = plain.rsplit(['/', ':']).take(2).collect();
    parts.join("/")
}

/// The part of an event that says whose commit it is about.
#[derive(Deserialize)]
struct Event {
    pull_request: Option<PullRequest>,
    workflow_run: Option<WorkflowRun>,
    issue: Option<Issue>,
    repository: Option<Repository>,
}

#[derive(Deserialize)]
struct PullRequest {
    head: End,
    base: End,
}

#[derive(Deserialize)]
struct End {
    sha: String,
    /// Null where the fork was deleted.
    repo: Option<Repository>,
}

#[derive(Deserialize)]
struct Repository {
    full_name: String,
}

#[derive(Deserialize)]
struct WorkflowRun {
    head_repository: Option<Repository>,
}

/// An issue, or a pull request, which has a part of its own here.
#[derive(Deserialize)]
struct Issue {
    pull_request: Option<serde::de::IgnoredAny>,
}

/// Returns the revisions of the repository itself where the event is about a fork's commit, or does not say whose it is about.
fn of_event(
    environment: &Environment,
    read: impl FnOnce(&Path) -> io::Result<Vec<u8>>,
) -> Result<Option<Vec<String>>, EnvironmentError> {
    let Some(name) = environment.get("GITHUB_EVENT_NAME")? else { return Ok(None) };
    let is_request = name.starts_with("pull_request");
    if !is_request && !matches!(name, "workflow_run" | "issue_comment") {
        return Ok(None);
    }
    // By default the default branch is checked out, or the base of the request.
    let own = if name == "pull_request" { None } else { environment.get("GITHUB_SHA")?.map(str::to_owned) };
    let untold = Ok(Some(own.iter().cloned().collect()));
    let Some(path) = environment.get(PATH)? else { return untold };
    let Ok(bytes) = read(Path::new(path)) else { return untold };
    // As a whole: a text that is no JSON in a part that nobody asks for says nothing either.
    let whole = serde_json::from_slice::<serde_json::Value>(&bytes);
    let Ok(event) = whole.and_then(serde_json::from_value::<Event>) else { return untold };
    let same = |one: &Option<Repository>, other: &Option<Repository>| match (one, other) {
        (Some(one), Some(other)) => one.full_name.eq_ignore_ascii_case(&other.full_name),
        _ => false,
    };
    if is_request {
        let Some(PullRequest { head, base }) = event.pull_request else { return untold };
        let is_own = same(&head.repo, &base.repo);
        return Ok((!is_own).then(|| own.into_iter().chain([base.sha]).collect()));
    }
    if name == "workflow_run" {
        let head = event.workflow_run.and_then(|run| run.head_repository);
        return if same(&head, &event.repository) { Ok(None) } else { untold };
    }
    // A comment does not say whose the request is.
    if event.issue.is_some_and(|issue| issue.pull_request.is_none()) { Ok(None) } else { untold }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variables: &[(&str, &str)], event: Option<&str>) -> Option<Vec<String>> {
        let environment = variables.iter().copied().collect();
        let read = |_: &Path| event.map(|event| event.as_bytes().to_vec()).ok_or(io::ErrorKind::NotFound.into());
        Fork::find(&environment, read).unwrap().map(|fork| fork.bases)
    }

    fn request(head: &str, base: &str) -> String {
        let end = |repo: &str, sha: &str| format!(r#"{{"sha": "{sha}", "ref": "x", "repo": {repo}}}"#);
        format!(r#"{{"action": "opened", "pull_request": {{"head": {}, "base": {}}}}}"#, end(head, "h"), end(base, "b"))
    }

    const OWN: &str = r#"{"full_name": "Owner/site", "fork": false}"#;
    const FORK: &str = r#"{"full_name": "other/site", "fork": true}"#;

    #[test]
    fn a_request_of_a_fork_is_told_from_one_of_the_repository_itself() {
        let event = |name: &str, event: &str| {
            let variables = [("GITHUB_EVENT_NAME", name), ("GITHUB_EVENT_PATH", "/e"), ("GITHUB_SHA", "s")];
            found(&variables, Some(event))
        };
        let some = |bases: &[&str]| Some(bases.iter().map(|base| (*base).to_owned()).collect::<Vec<_>>());
        for (name, text, want) in [
            ("pull_request", request(FORK, OWN), some(&["b"])),
            ("pull_request", request("null", OWN), some(&["b"])),
            ("pull_request_target", request(FORK, OWN), some(&["s", "b"])),
            ("pull_request_review", request(FORK, OWN), some(&["s", "b"])),
            ("pull_request", request(OWN, r#"{"full_name": "owner/Site"}"#), None),
            ("pull_request", "{".to_owned(), some(&[])),
            ("pull_request", "{}".to_owned(), some(&[])),
            ("push", request(FORK, OWN), None),
            (
                "workflow_run",
                format!(r#"{{"workflow_run": {{"head_repository": {FORK}}}, "repository": {OWN}}}"#),
                some(&["s"]),
            ),
            ("workflow_run", format!(r#"{{"workflow_run": {{"head_repository": {OWN}}}, "repository": {OWN}}}"#), None),
            ("issue_comment", r#"{"issue": {"pull_request": {"url": "u"}}}"#.to_owned(), some(&["s"])),
            ("issue_comment", r#"{"issue": {"number": 1}}"#.to_owned(), None),
        ] {
            assert_eq!(event(name, &text), want, "{name} {text}");
        }
        // An event that cannot be read says nothing for anybody.
        assert_eq!(found(&[("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_EVENT_PATH", "/e")], None), some(&[]));
        assert_eq!(found(&[("GITHUB_EVENT_NAME", "pull_request")], None), some(&[]));
    }

    #[test]
    #[allow(clippy::too_many_lines, reason = "a table is as long as its rows")]
    fn each_system_tells_it_in_its_own_way() {
        for (variables, is_fork) in [
            (
                &[
                    ("GITLAB_CI", "true"),
                    ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "2"),
                    ("CI_MERGE_REQUEST_PROJECT_ID", "1"),
                ][..],
                true,
            ),
            (
                &[
                    ("GITLAB_CI", "true"),
                    ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "1"),
                    ("CI_MERGE_REQUEST_PROJECT_ID", "1"),
                ],
                false,
            ),
            (&[("GITLAB_CI", "true"), ("CI_MERGE_REQUEST_PROJECT_ID", "1")], false),
            (&[("TF_BUILD", "True"), ("SYSTEM_PULLREQUEST_ISFORK", "True")], true),
            (&[("TF_BUILD", "True"), ("SYSTEM_PULLREQUEST_ISFORK", "False")], false),
            (&[("CIRCLECI", "true"), ("CIRCLE_PR_REPONAME", "site")], true),
            (&[("CIRCLECI", "true"), ("CIRCLE_PULL_REQUEST", "https://github.com/o/site/pull/1")], false),
            (&[("JENKINS_URL", "u"), ("CHANGE_FORK", "other")], true),
            (&[("JENKINS_URL", "u"), ("CHANGE_ID", "1")], false),
            (
                &[
                    ("BUILDKITE", "true"),
                    ("BUILDKITE_PULL_REQUEST_REPO", "git://github.com/other/site.git"),
                    ("BUILDKITE_REPO", "git@github.com:o/site.git"),
                ],
                true,
            ),
            (
                &[
                    ("BUILDKITE", "true"),
                    ("BUILDKITE_PULL_REQUEST_REPO", "git://github.com/O/site.git"),
                    ("BUILDKITE_REPO", "git@github.com:o/site.git"),
                ],
                false,
            ),
            (
                &[
                    ("SEMAPHORE", "true"),
                    ("SEMAPHORE_GIT_PR_SLUG", "other/site"),
                    ("SEMAPHORE_GIT_REPO_SLUG", "o/site"),
                ],
                true,
            ),
            (&[("CIRCLE_PR_REPONAME", "site"), ("CHANGE_FORK", "other")], false),
        ] {
            assert_eq!(found(variables, None).is_some(), is_fork, "{variables:?}");
        }
    }
}
