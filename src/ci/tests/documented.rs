//! What each system sets for a push to `main`, as its documentation has it; the ids are made up.

use super::{A, B};

/// A push in one system.
pub(super) struct Documented {
    pub(super) name: &'static str,
    pub(super) variables: &'static [(&'static str, &'static str)],
    /// The variable whose value is the previous revision; none where there is none, or where it stands elsewhere.
    pub(super) previous: Option<&'static str>,
    pub(super) is_known: bool,
}

const fn known(
    name: &'static str,
    variables: &'static [(&'static str, &'static str)],
    previous: &'static str,
) -> Documented {
    Documented { name, variables, previous: Some(previous), is_known: true }
}

/// Its previous revision is not a variable's whole value.
const fn elsewhere(name: &'static str, variables: &'static [(&'static str, &'static str)]) -> Documented {
    Documented { name, variables, previous: None, is_known: true }
}

const fn silent(name: &'static str, variables: &'static [(&'static str, &'static str)]) -> Documented {
    Documented { name, variables, previous: None, is_known: false }
}

pub(super) const DOCUMENTED: &[Documented] = &[
    elsewhere(
        "Forgejo Actions",
        &[
            ("CI", "true"),
            ("FORGEJO_ACTIONS", "true"),
            ("GITEA_ACTIONS", "true"),
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", "push"),
            ("GITHUB_EVENT_PATH", "/event.json"),
            ("GITHUB_REF_NAME", "main"),
            ("GITHUB_SHA", B),
        ],
    ),
    elsewhere(
        "Gitea Actions",
        &[
            ("CI", "true"),
            ("GITEA_ACTIONS", "true"),
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", "push"),
            ("GITHUB_EVENT_PATH", "/event.json"),
            ("GITHUB_REF_NAME", "main"),
            ("GITHUB_SHA", B),
        ],
    ),
    elsewhere(
        "GitHub Actions",
        &[
            ("CI", "true"),
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", "push"),
            ("GITHUB_EVENT_PATH", "/event.json"),
            ("GITHUB_REF_NAME", "main"),
            ("GITHUB_SHA", B),
        ],
    ),
    known(
        "GitLab CI",
        &[
            ("CI", "true"),
            ("GITLAB_CI", "true"),
            ("CI_PIPELINE_SOURCE", "push"),
            ("CI_COMMIT_BRANCH", "main"),
            ("CI_COMMIT_SHA", B),
            ("CI_COMMIT_SHORT_SHA", "bbbbbbbb"),
            ("CI_COMMIT_BEFORE_SHA", A),
        ],
        "CI_COMMIT_BEFORE_SHA",
    ),
    known(
        "Jenkins",
        &[
            ("JENKINS_URL", "https://jenkins.example/"),
            ("BRANCH_NAME", "main"),
            ("GIT_COMMIT", B),
            ("GIT_PREVIOUS_COMMIT", "cccccccccccccccccccccccccccccccccccccccc"),
            ("GIT_PREVIOUS_SUCCESSFUL_COMMIT", A),
        ],
        "GIT_PREVIOUS_SUCCESSFUL_COMMIT",
    ),
    known(
        "Vercel",
        &[
            ("CI", "1"),
            ("VERCEL", "1"),
            ("VERCEL_ENV", "production"),
            ("VERCEL_GIT_COMMIT_REF", "main"),
            ("VERCEL_GIT_COMMIT_SHA", B),
            ("VERCEL_GIT_PREVIOUS_SHA", A),
        ],
        "VERCEL_GIT_PREVIOUS_SHA",
    ),
    known(
        "Netlify",
        &[
            ("CI", "true"),
            ("NETLIFY", "true"),
            ("CONTEXT", "production"),
            ("PULL_REQUEST", "false"),
            ("BRANCH", "main"),
            ("HEAD", "main"),
            ("COMMIT_REF", B),
            ("CACHED_COMMIT_REF", A),
        ],
        "CACHED_COMMIT_REF",
    ),
    known(
        "CircleCI",
        &[
            ("CI", "true"),
            ("CIRCLECI", "true"),
            ("CIRCLE_BRANCH", "main"),
            ("CIRCLE_SHA1", B),
            ("DIFFPURGE_BASE_REVISION", A),
        ],
        "DIFFPURGE_BASE_REVISION",
    ),
    silent(
        "Bitbucket Pipelines",
        &[("CI", "true"), ("BITBUCKET_BUILD_NUMBER", "7"), ("BITBUCKET_BRANCH", "main"), ("BITBUCKET_COMMIT", B)],
    ),
    silent(
        "Buildkite",
        &[("CI", "true"), ("BUILDKITE", "true"), ("BUILDKITE_BRANCH", "main"), ("BUILDKITE_COMMIT", B)],
    ),
    silent(
        "Cloudflare Pages",
        &[("CI", "true"), ("CF_PAGES", "1"), ("CF_PAGES_BRANCH", "main"), ("CF_PAGES_COMMIT_SHA", B)],
    ),
    silent(
        "Workers Builds",
        &[("CI", "true"), ("WORKERS_CI", "1"), ("WORKERS_CI_BRANCH", "main"), ("WORKERS_CI_COMMIT_SHA", B)],
    ),
    known(
        "AWS CodeBuild",
        &[
            ("CODEBUILD_BUILD_ID", "site:1"),
            ("CODEBUILD_RESOLVED_SOURCE_VERSION", B),
            ("CODEBUILD_WEBHOOK_EVENT", "PUSH"),
            ("CODEBUILD_WEBHOOK_HEAD_REF", "refs/heads/main"),
            ("CODEBUILD_WEBHOOK_PREV_COMMIT", A),
        ],
        "CODEBUILD_WEBHOOK_PREV_COMMIT",
    ),
    known(
        "Woodpecker",
        &[
            ("CI", "woodpecker"),
            // For plugins that were made for Drone.
            ("DRONE", "true"),
            ("DRONE_COMMIT_BEFORE", "cccccccccccccccccccccccccccccccccccccccc"),
            ("CI_COMMIT_BRANCH", "main"),
            ("CI_COMMIT_SHA", B),
            ("CI_PIPELINE_EVENT", "push"),
            ("CI_PREV_COMMIT_SHA", A),
            ("CI_PREV_PIPELINE_EVENT", "push"),
            ("CI_PREV_PIPELINE_STATUS", "success"),
        ],
        "CI_PREV_COMMIT_SHA",
    ),
    known(
        "Drone",
        &[
            ("CI", "true"),
            ("DRONE", "true"),
            ("DRONE_BUILD_EVENT", "push"),
            ("DRONE_BRANCH", "main"),
            ("DRONE_COMMIT_AFTER", B),
            ("DRONE_COMMIT_BEFORE", A),
            ("DRONE_COMMIT_SHA", B),
        ],
        "DRONE_COMMIT_BEFORE",
    ),
    elsewhere(
        "Semaphore",
        &[
            ("CI", "true"),
            ("SEMAPHORE", "true"),
            ("SEMAPHORE_GIT_BRANCH", "main"),
            (
                "SEMAPHORE_GIT_COMMIT_RANGE",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
            ),
            ("SEMAPHORE_GIT_REF_TYPE", "branch"),
            ("SEMAPHORE_GIT_SHA", B),
        ],
    ),
    known(
        "Buddy",
        &[
            ("CI", "true"),
            ("BUDDY", "true"),
            ("BUDDY_WORKSPACE_ID", "7"),
            ("BUDDY_EXECUTION_BRANCH", "main"),
            ("BUDDY_EXECUTION_PREVIOUS_REVISION", A),
            ("BUDDY_EXECUTION_REVISION", B),
        ],
        "BUDDY_EXECUTION_PREVIOUS_REVISION",
    ),
    silent("Render", &[("CI", "true"), ("RENDER", "true"), ("RENDER_GIT_BRANCH", "main"), ("RENDER_GIT_COMMIT", B)]),
];
