//! The table: one row per CI system.
//!
//! The first row whose sign is in the environment counts. So who sets the variables of others stands before them:
//! Forgejo and Gitea before GitHub, Woodpecker before Drone; and GitHub before those whose machines it can run on.

use super::system::{Base, BaseSource, Condition, Sign, System};

/// The variable that we ask people to set in `CircleCI`, which has no variable for it. Ours, hence the name.
const OURS: &str = "DIFFPURGE_BASE_REVISION";

const ONLY_A_PUSH: &str = "only a push says what was there before it";
const A_REQUEST: &str = "a pull or merge request is not compared with what is live";
const TIP: &str = "the branch's tip before this push";
const RUNS: &str = "changes of earlier runs that were cancelled or failed";
const BUILT_AGAIN: &str = "as when a revision is built again";
const UNSHALLOW: &str = "run `git fetch --unshallow origin` before diffpurge";
const CHECKOUT: &str = "add `fetch-depth: 0` under `with:` of actions/checkout";

/// GitHub's, and of those that are made like it. Only in a push is `before` what was live: the event of a pull request
/// that got new commits has one too (<https://docs.github.com/webhooks/webhook-events-and-payloads#push>).
const PUSH_EVENT: Base = Base {
    source: BaseSource::PushEvent,
    conditions: &[Condition::Is { variable: "GITHUB_EVENT_NAME", value: "push", because: ONLY_A_PUSH }],
    means: TIP,
    can_miss: RUNS,
    absent: "as for the first push of a branch or tag",
    equal: "so that it does not say what was live before",
};

/// All systems, in the order in which they are looked for.
pub(super) const SYSTEMS: &[System] = &[
    // https://forgejo.org/docs/latest/user/actions/reference/. Its variables are there as GITHUB_*, too.
    System {
        name: "Forgejo Actions",
        sign: Sign::Is("FORGEJO_ACTIONS", "true"),
        current: "GITHUB_SHA",
        base: Some(PUSH_EVENT),
        fetch: CHECKOUT,
        loses_marks: true,
    },
    // https://github.com/go-gitea/gitea/issues/24038. Its variables are GITHUB's.
    System {
        name: "Gitea Actions",
        sign: Sign::Is("GITEA_ACTIONS", "true"),
        current: "GITHUB_SHA",
        base: Some(PUSH_EVENT),
        fetch: CHECKOUT,
        loses_marks: true,
    },
    // https://docs.github.com/actions/reference/workflows-and-actions/variables
    System {
        name: "GitHub Actions",
        sign: Sign::Is("GITHUB_ACTIONS", "true"),
        current: "GITHUB_SHA",
        base: Some(PUSH_EVENT),
        fetch: CHECKOUT,
        loses_marks: true,
    },
    // https://docs.gitlab.com/ci/variables/predefined_variables/
    System {
        name: "GitLab CI",
        sign: Sign::Is("GITLAB_CI", "true"),
        current: "CI_COMMIT_SHA",
        base: Some(Base {
            source: BaseSource::Variable("CI_COMMIT_BEFORE_SHA"),
            conditions: &[Condition::IsNot {
                variable: "CI_PIPELINE_SOURCE",
                values: &["merge_request_event", "external_pull_request_event"],
                because: A_REQUEST,
            }],
            means: TIP,
            can_miss: RUNS,
            absent: "as for the first pipeline of a branch or tag, a schedule, or one that was started by hand",
            equal: BUILT_AGAIN,
        }),
        fetch: "add `GIT_DEPTH: 0` under `variables:` of the job",
        loses_marks: true,
    },
    // https://github.com/jenkinsci/git-plugin#environment-variables. GIT_PREVIOUS_COMMIT is the last build whatever
    // became of it, and is not used. CHANGE_ID is set for pull requests in multibranch projects.
    System {
        name: "Jenkins",
        sign: Sign::Set("JENKINS_URL"),
        current: "GIT_COMMIT",
        base: Some(Base {
            source: BaseSource::Variable("GIT_PREVIOUS_SUCCESSFUL_COMMIT"),
            conditions: &[Condition::Unset { variable: "CHANGE_ID", because: A_REQUEST }],
            means: "the branch's last successful build",
            can_miss: "changes of builds that were successful, or unstable, without purging",
            absent: "as before a branch's first successful build, or when older builds were deleted",
            equal: BUILT_AGAIN,
        }),
        fetch: "turn off the shallow clone of the checkout (`shallow: false` in its `cloneOption`)",
        loses_marks: false,
    },
    // https://vercel.com/docs/environment-variables/system-environment-variables. Ten commits are cloned, and there is
    // no remote to fetch from.
    System {
        name: "Vercel",
        sign: Sign::Is("VERCEL", "1"),
        current: "VERCEL_GIT_COMMIT_SHA",
        base: Some(Base {
            source: BaseSource::Variable("VERCEL_GIT_PREVIOUS_SHA"),
            conditions: &[],
            means: "the last successful deployment of this project and branch",
            can_miss: "changes of deployments that were successful without purging",
            absent: "as for a branch's first deployment, and in projects without an Ignored Build Step",
            equal: BUILT_AGAIN,
        }),
        fetch: "add the environment variable `VERCEL_DEEP_CLONE=true` to the project",
        loses_marks: false,
    },
    // https://docs.netlify.com/configure-builds/environment-variables/. The clone is blobless, not shallow. One cache
    // serves all contexts: BuilderIO/agent-native#1147 on GitHub.
    System {
        name: "Netlify",
        sign: Sign::Is("NETLIFY", "true"),
        current: "COMMIT_REF",
        base: Some(Base {
            source: BaseSource::Variable("CACHED_COMMIT_REF"),
            conditions: &[Condition::IsNot { variable: "PULL_REQUEST", values: &["true"], because: A_REQUEST }],
            means: "the last commit that was built",
            can_miss: "what that build changed, where it was a preview or another branch's, or did not go live",
            absent: "as in a site's first build",
            equal: "as in a build without a cache",
        }),
        fetch: "run `git fetch origin \"$CACHED_COMMIT_REF\"` before diffpurge",
        loses_marks: false,
    },
    // https://circleci.com/docs/variables/. The base is a pipeline value, not a variable: people map it.
    System {
        name: "CircleCI",
        sign: Sign::Is("CIRCLECI", "true"),
        current: "CIRCLE_SHA1",
        base: Some(Base {
            source: BaseSource::Variable(OURS),
            conditions: &[],
            means: "the branch's pipeline before this one",
            can_miss: RUNS,
            absent: "as for a branch's first pipeline, one that was started by the API, \
                     or without `DIFFPURGE_BASE_REVISION: << pipeline.git.base_revision >>` under `environment:`",
            equal: BUILT_AGAIN,
        }),
        fetch: "add `method: full` under `checkout:`",
        loses_marks: true,
    },
    // https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/. The id had 12 characters in 2019
    // (https://jira.atlassian.com/browse/BCLOUD-19393).
    System {
        name: "Bitbucket Pipelines",
        sign: Sign::Set("BITBUCKET_BUILD_NUMBER"),
        current: "BITBUCKET_COMMIT",
        base: None,
        fetch: "add `depth: full` under `clone:`",
        loses_marks: true,
    },
    // https://buildkite.com/docs/pipelines/environment-variables. Can be `HEAD`, literally
    // (https://github.com/buildkite/agent/issues/456).
    System {
        name: "Buildkite",
        sign: Sign::Is("BUILDKITE", "true"),
        current: "BUILDKITE_COMMIT",
        base: None,
        fetch: "take `--depth` out of BUILDKITE_GIT_CLONE_FLAGS and BUILDKITE_GIT_FETCH_FLAGS",
        loses_marks: false,
    },
    // https://developers.cloudflare.com/pages/configuration/build-configuration/#environment-variables
    System {
        name: "Cloudflare Pages",
        sign: Sign::Is("CF_PAGES", "1"),
        current: "CF_PAGES_COMMIT_SHA",
        base: None,
        fetch: UNSHALLOW,
        loses_marks: false,
    },
    // https://developers.cloudflare.com/workers/ci-cd/builds/configuration/#default-variables
    System {
        name: "Workers Builds",
        sign: Sign::Is("WORKERS_CI", "1"),
        current: "WORKERS_CI_COMMIT_SHA",
        base: None,
        fetch: UNSHALLOW,
        loses_marks: false,
    },
    // https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html: only in builds of a webhook.
    System {
        name: "AWS CodeBuild",
        sign: Sign::Set("CODEBUILD_BUILD_ID"),
        current: "CODEBUILD_RESOLVED_SOURCE_VERSION",
        base: Some(Base {
            source: BaseSource::Variable("CODEBUILD_WEBHOOK_PREV_COMMIT"),
            conditions: &[Condition::Is { variable: "CODEBUILD_WEBHOOK_EVENT", value: "PUSH", because: ONLY_A_PUSH }],
            means: TIP,
            can_miss: RUNS,
            absent: "as for the first push of a branch",
            equal: BUILT_AGAIN,
        }),
        fetch: "set the source's Git clone depth to Full (`gitCloneDepth: 0`)",
        loses_marks: true,
    },
    // https://woodpecker-ci.org/docs/usage/environment. The previous pipeline is the branch's, whatever started it, and
    // a pull request's counts as its target's: GetPipelineLastBefore in server/store/datastore/pipeline.go.
    System {
        name: "Woodpecker",
        sign: Sign::Is("CI", "woodpecker"),
        current: "CI_COMMIT_SHA",
        base: Some(Base {
            source: BaseSource::Variable("CI_PREV_COMMIT_SHA"),
            conditions: &[
                Condition::Is { variable: "CI_PIPELINE_EVENT", value: "push", because: ONLY_A_PUSH },
                Condition::Is {
                    variable: "CI_PREV_PIPELINE_EVENT",
                    value: "push",
                    because: "what the previous pipeline built is live only if it was a push's",
                },
                Condition::Is {
                    variable: "CI_PREV_PIPELINE_STATUS",
                    value: "success",
                    because: "what the previous pipeline built is live only if it succeeded",
                },
            ],
            means: "the branch's previous pipeline, which succeeded",
            can_miss: "changes of pipelines before that one that were cancelled or failed",
            absent: "as for a branch's first pipeline",
            equal: BUILT_AGAIN,
        }),
        fetch: "add `partial: false` and `depth: 0` under `settings:` of the clone step",
        loses_marks: true,
    },
    // https://docs.drone.io/pipeline/environment/reference/. Empty for pull requests.
    System {
        name: "Drone",
        sign: Sign::Is("DRONE", "true"),
        current: "DRONE_COMMIT_SHA",
        base: Some(Base {
            source: BaseSource::Variable("DRONE_COMMIT_BEFORE"),
            conditions: &[Condition::Is { variable: "DRONE_BUILD_EVENT", value: "push", because: ONLY_A_PUSH }],
            means: TIP,
            can_miss: RUNS,
            absent: "as for the first push of a branch",
            equal: BUILT_AGAIN,
        }),
        fetch: "take `depth` out of `clone:`",
        loses_marks: true,
    },
    // https://docs.semaphoreci.com/ci-cd-environment/environment-variables/. Clones have 50 commits, and
    // SEMAPHORE_GIT_DEPTH, which goes to `git clone --depth`, cannot be 0.
    System {
        name: "Semaphore",
        sign: Sign::Is("SEMAPHORE", "true"),
        current: "SEMAPHORE_GIT_SHA",
        base: Some(Base {
            source: BaseSource::Range("SEMAPHORE_GIT_COMMIT_RANGE"),
            conditions: &[Condition::Is {
                variable: "SEMAPHORE_GIT_REF_TYPE",
                value: "branch",
                because: "only a push to a branch says what was there before it",
            }],
            means: TIP,
            can_miss: RUNS,
            absent: "as for the first push of a branch",
            equal: BUILT_AGAIN,
        }),
        fetch: "run `git fetch --unshallow origin` after `checkout`",
        loses_marks: true,
    },
    // https://buddy.works/docs/pipelines/environment-variables. The previous revision is seen in public scripts only.
    System {
        name: "Buddy",
        sign: Sign::Set("BUDDY_WORKSPACE_ID"),
        current: "BUDDY_EXECUTION_REVISION",
        base: Some(Base {
            source: BaseSource::Variable("BUDDY_EXECUTION_PREVIOUS_REVISION"),
            conditions: &[Condition::Unset { variable: "BUDDY_EXECUTION_PULL_REQUEST_ID", because: A_REQUEST }],
            means: "the pipeline's execution before this one",
            can_miss: RUNS,
            absent: "as for a pipeline's first execution",
            equal: BUILT_AGAIN,
        }),
        fetch: UNSHALLOW,
        loses_marks: false,
    },
    // https://render.com/docs/environment-variables
    System {
        name: "Render",
        sign: Sign::Is("RENDER", "true"),
        current: "RENDER_GIT_COMMIT",
        base: None,
        fetch: UNSHALLOW,
        loses_marks: false,
    },
];
