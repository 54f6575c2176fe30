//! One variable set otherwise than in the documented push, and what is said of it then.

use super::A;

/// System, variable, its value (`None` unsets it), and how the reason goes on after the variable's name.
pub(super) const TRAPS: &[(&str, &str, Option<&str>, &str)] = &[
    (
        "GitHub Actions",
        "GITHUB_EVENT_NAME",
        Some("workflow_dispatch"),
        "is workflow_dispatch: only a push says what was there before it",
    ),
    (
        "GitHub Actions",
        "GITHUB_EVENT_NAME",
        Some("deployment_status"),
        "is deployment_status: only a push says what was there before it",
    ),
    // When it got new commits, its event has a `before` as well.
    (
        "GitHub Actions",
        "GITHUB_EVENT_NAME",
        Some("pull_request"),
        "is pull_request: only a push says what was there before it",
    ),
    ("GitHub Actions", "GITHUB_EVENT_NAME", None, "is not set: only a push says what was there before it"),
    ("GitHub Actions", "GITHUB_EVENT_PATH", None, "is not set"),
    (
        "Forgejo Actions",
        "GITHUB_EVENT_NAME",
        Some("schedule"),
        "is schedule: only a push says what was there before it",
    ),
    ("Gitea Actions", "GITHUB_EVENT_NAME", Some("schedule"), "is schedule: only a push says what was there before it"),
    (
        "GitLab CI",
        "CI_PIPELINE_SOURCE",
        Some("merge_request_event"),
        "is merge_request_event: a pull or merge request is not compared with what is live",
    ),
    ("Jenkins", "CHANGE_ID", Some("12"), "is 12: a pull or merge request is not compared with what is live"),
    ("Netlify", "PULL_REQUEST", Some("true"), "is true: a pull or merge request is not compared with what is live"),
    ("AWS CodeBuild", "CODEBUILD_WEBHOOK_EVENT", None, "is not set: only a push says what was there before it"),
    (
        "AWS CodeBuild",
        "CODEBUILD_WEBHOOK_EVENT",
        Some("PULL_REQUEST_MERGED"),
        "is PULL_REQUEST_MERGED: only a push says what was there before it",
    ),
    (
        "Woodpecker",
        "CI_PIPELINE_EVENT",
        Some("pull_request"),
        "is pull_request: only a push says what was there before it",
    ),
    (
        "Woodpecker",
        "CI_PREV_PIPELINE_STATUS",
        Some("failure"),
        "is failure: what the previous pipeline built is live only if it succeeded",
    ),
    (
        "Woodpecker",
        "CI_PREV_PIPELINE_STATUS",
        None,
        "is not set: what the previous pipeline built is live only if it succeeded",
    ),
    // Of a pull request onto the branch: it ran on commits that were never live.
    (
        "Woodpecker",
        "CI_PREV_PIPELINE_EVENT",
        Some("pull_request"),
        "is pull_request: what the previous pipeline built is live only if it was a push's",
    ),
    ("Drone", "DRONE_BUILD_EVENT", Some("promote"), "is promote: only a push says what was there before it"),
    ("Drone", "DRONE_BUILD_EVENT", Some("pull_request"), "is pull_request: only a push says what was there before it"),
    (
        "Semaphore",
        "SEMAPHORE_GIT_REF_TYPE",
        Some("pull-request"),
        "is pull-request: only a push to a branch says what was there before it",
    ),
    ("Semaphore", "SEMAPHORE_GIT_COMMIT_RANGE", Some(""), "is not set, as for the first push of a branch"),
    (
        "Semaphore",
        "SEMAPHORE_GIT_COMMIT_RANGE",
        Some("aaaaaaaa...bbbbbbbb"),
        "is aaaaaaaa...bbbbbbbb, which is not a range of two ids",
    ),
    (
        "Semaphore",
        "SEMAPHORE_GIT_COMMIT_RANGE",
        Some(A),
        "is aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, which is not a range of two ids",
    ),
    (
        "Buddy",
        "BUDDY_EXECUTION_PULL_REQUEST_ID",
        Some("pull/7"),
        "is pull/7: a pull or merge request is not compared with what is live",
    ),
];
