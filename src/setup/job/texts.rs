//! The texts of the jobs. Words with an `@` stand for a repository's own: [`super::print`] has them all.
//!
//! Each job runs after the deploy: a purge before it lets the edge fetch the old page again. The comments name what each system does in
//! its own way.

/// <https://docs.gitlab.com/ci/yaml/>
pub(super) const GITLAB: &str = r#"purge:
  stage: .post                    # after the deploy
  image: @image
  resource_group: purge           # one at a time
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  before_script:                  # a job's own token may not push; MARK_TOKEN may (`write_repository`)
    - git remote set-url @remote "https://mark:$MARK_TOKEN@$CI_SERVER_HOST/$CI_PROJECT_PATH.git"
  script:
    - @install
    - @purge                      # CLOUDFLARE_API_TOKEN and CLOUDFLARE_ZONE_ID are variables of the project
"#;

pub(super) const GITLAB_FILE: &str = r"purge:
  stage: .post                    # after the deploy
  image: @image
  resource_group: purge           # one at a time: two would begin with the same mark
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  cache:
    key: diffpurge
    paths: [@marks]
    when: always                  # also of a job that failed: it has noted what is live
  script:
    - @install
    - @build                      # or take the artefact of @job
    - @purge                      # CLOUDFLARE_API_TOKEN and CLOUDFLARE_ZONE_ID are variables of the project
";

/// <https://support.atlassian.com/bitbucket-cloud/docs/push-back-to-your-repository/>
pub(super) const BITBUCKET: &str = r"    - step:
        name: Purge               # after the step that deploys
        image: @image
        concurrency-group: purge  # one at a time
        script:
          - @install
          - @purge                # the step may push the mark to @remote by itself
          # CLOUDFLARE_API_TOKEN (secured) and CLOUDFLARE_ZONE_ID are repository variables
";

/// A cache of Bitbucket's stays as it is for a week: <https://support.atlassian.com/bitbucket-cloud/docs/cache-dependencies/>
pub(super) const BITBUCKET_FILE: &str = r"    - step:
        name: Purge               # after the step that deploys
        image: @image
        concurrency-group: purge  # one at a time: two would begin with the same mark
        script:
          - @install
          # A cache stays as it is for a week here: keep @marks in a bucket of yours (S3 is an example).
          - aws s3 sync s3://YOUR-BUCKET/diffpurge @marks
          - @build                # or take the artefact of the step that built
          - @purge
        after-script:             # also of a step that failed: it has noted what is live
          - aws s3 sync --delete @marks s3://YOUR-BUCKET/diffpurge
          # CLOUDFLARE_API_TOKEN (secured) and CLOUDFLARE_ZONE_ID are repository variables
";

/// <https://circleci.com/docs/configuration-reference/>
pub(super) const CIRCLECI: &str = r"  purge:                          # below `jobs:`
    docker:
      - image: @image
    steps:
      - add_ssh_keys              # a deploy key that may write: the mark is pushed to @remote
      - checkout
      - run: @install
      - run: @purge               # CLOUDFLARE_API_TOKEN and CLOUDFLARE_ZONE_ID are variables of the project

# And in `workflows:`, below the `jobs:` of the one that deploys:
      - purge:
          requires: @list
";

/// A cache of `CircleCI`'s never changes, so that each run has one of its own.
pub(super) const CIRCLECI_FILE: &str = r"  purge:                          # below `jobs:`
    docker:
      - image: @image
    steps:
      - checkout
      - run: @install
      - restore_cache:
          keys: [diffpurge-]
      - run: @build               # or attach the workspace of @job
      - run: @purge               # CLOUDFLARE_API_TOKEN and CLOUDFLARE_ZONE_ID are variables of the project
      - save_cache:
          key: diffpurge-{{ epoch }}
          paths: [@marks]
          when: always            # also of a job that failed: it has noted what is live

# And in `workflows:`, below the `jobs:` of the one that deploys:
      - purge:
          requires: @list
          serial-group: purge     # one at a time: two would begin with the same mark
";

/// <https://www.jenkins.io/doc/book/pipeline/syntax/>
pub(super) const JENKINS: &str = r"stage('Purge') {                  // after the stage that deploys
  options { lock resource: 'purge' }   // one at a time (plugin Lockable Resources)
  environment {
    CLOUDFLARE_API_TOKEN = credentials('cloudflare-api-token')
    CLOUDFLARE_ZONE_ID = credentials('cloudflare-zone-id')
  }
  steps {
    withCredentials([gitUsernamePassword(credentialsId: 'git')]) {   // may push the mark to @remote
      sh '@install'
      sh '@purge'
    }
  }
}
";

pub(super) const JENKINS_FILE: &str = r#"stage('Purge') {                  // after the stage that deploys
  options { lock resource: 'purge' }   // one at a time (plugin Lockable Resources)
  environment {
    CLOUDFLARE_API_TOKEN = credentials('cloudflare-api-token')
    CLOUDFLARE_ZONE_ID = credentials('cloudflare-zone-id')
  }
  steps {                         // on one agent whose workspace stays: @marks lies there
    sh "@install"
    sh "@build"                   // or unstash what was built
    sh "@purge"
  }
}
"#;

/// <https://buildkite.com/docs/pipelines/configure/step-types/command-step>
pub(super) const BUILDKITE: &str = r#"  - wait                          # for the step that deploys
  - label: "Purge"
    commands:
      - @install
      - @purge                    # the agent's SSH key may push the mark to @remote
    concurrency: 1
    concurrency_group: purge
    # CLOUDFLARE_API_TOKEN and CLOUDFLARE_ZONE_ID come from the agent's secrets
"#;

pub(super) const BUILDKITE_FILE: &str = r#"  - wait                          # for the step that deploys
  - label: "Purge"
    commands:                     # on one agent whose checkout stays: @marks lies there, and `git clean` keeps what is ignored
      - @install
      - @build                    # or download the artefact of the step that built
      - @purge
    env:
      BUILDKITE_GIT_CLEAN_FLAGS: "-fd"
    concurrency: 1
    concurrency_group: purge
    # CLOUDFLARE_API_TOKEN and CLOUDFLARE_ZONE_ID come from the agent's secrets
"#;

/// <https://woodpecker-ci.org/docs/usage/workflow-syntax>
pub(super) const WOODPECKER: &str = r#"  - name: purge                   # after the step that deploys
    image: @image
    environment:
      CLOUDFLARE_API_TOKEN: { from_secret: cloudflare_api_token }
      CLOUDFLARE_ZONE_ID: { from_secret: cloudflare_zone_id }
      MARK_TOKEN: { from_secret: mark_token }   # may push the mark to @remote
    commands:
      - @install
      - git remote set-url @remote "https://mark:$MARK_TOKEN@YOUR-FORGE/$CI_REPO.git"
      - @purge
    when: { event: push, branch: main }
"#;

pub(super) const WOODPECKER_FILE: &str = r"  - name: purge                   # after the step that deploys
    image: @image
    volumes:
      - /var/lib/diffpurge:/woodpecker/mark      # a directory of the agent that stays: the repository has to be trusted
    environment:
      CLOUDFLARE_API_TOKEN: { from_secret: cloudflare_api_token }
      CLOUDFLARE_ZONE_ID: { from_secret: cloudflare_zone_id }
    commands:
      - @install
      - ln -sfn /woodpecker/mark @marks
      - @build                    # or use what an earlier step built
      - @purge
    when: { event: push, branch: main }
";

/// <https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/>
pub(super) const AZURE: &str = r"- job: Purge
  dependsOn: @needs
  steps:
    - checkout: self
      persistCredentials: true    # the build service may contribute: the mark is pushed to @remote
    - script: @install
    - script: @purge
      env:
        CLOUDFLARE_API_TOKEN: $(CLOUDFLARE_API_TOKEN)   # secret variables are handed on by name alone
        CLOUDFLARE_ZONE_ID: $(CLOUDFLARE_ZONE_ID)
";

/// A cache is saved at the end of a job that succeeded: <https://learn.microsoft.com/azure/devops/pipelines/release/caching>
pub(super) const AZURE_FILE: &str = r"- job: Purge
  dependsOn: @needs
  steps:
    - checkout: self
    - task: Cache@2               # each run has one of its own; it is saved when the job succeeds
      inputs:
        key: diffpurge | $(Build.BuildId)
        restoreKeys: diffpurge
        path: @marks
    - script: @install
    - script: @build              # or download what @job built
    - script: @purge
      env:
        CLOUDFLARE_API_TOKEN: $(CLOUDFLARE_API_TOKEN)   # secret variables are handed on by name alone
        CLOUDFLARE_ZONE_ID: $(CLOUDFLARE_ZONE_ID)
";

/// <https://docs.drone.io/pipeline/docker/overview/>
pub(super) const DRONE: &str = r#"  - name: purge                   # after the step that deploys
    image: @image
    environment:
      CLOUDFLARE_API_TOKEN: { from_secret: cloudflare_api_token }
      CLOUDFLARE_ZONE_ID: { from_secret: cloudflare_zone_id }
      MARK_TOKEN: { from_secret: mark_token }   # may push the mark to @remote
    commands:
      - @install
      - git remote set-url @remote "https://mark:$MARK_TOKEN@YOUR-FORGE/$DRONE_REPO.git"
      - @purge
    when: { event: [push], branch: [main] }
"#;

pub(super) const DRONE_FILE: &str = r"  - name: purge                   # after the step that deploys
    image: @image
    volumes:                      # with `volumes: [{ name: mark, host: { path: /var/lib/diffpurge } }]` of the pipeline
      - { name: mark, path: /mark }
    environment:
      CLOUDFLARE_API_TOKEN: { from_secret: cloudflare_api_token }
      CLOUDFLARE_ZONE_ID: { from_secret: cloudflare_zone_id }
    commands:
      - @install
      - ln -sfn /mark @marks
      - @build                    # or use what an earlier step built
      - @purge
    when: { event: [push], branch: [main] }
";

/// <https://docs.semaphoreci.com/reference/pipeline-yaml>
pub(super) const SEMAPHORE: &str = r"  - name: Purge
    dependencies: @list
    task:
      secrets:
        - name: cloudflare        # CLOUDFLARE_API_TOKEN and CLOUDFLARE_ZONE_ID, and an SSH key that may push to @remote
      jobs:
        - name: Purge
          commands:
            - checkout
            - @install
            - @purge
";

pub(super) const SEMAPHORE_FILE: &str = r"  - name: Purge
    dependencies: @list
    task:
      secrets:
        - name: cloudflare        # CLOUDFLARE_API_TOKEN and CLOUDFLARE_ZONE_ID
      jobs:
        - name: Purge
          commands:
            - checkout
            - @install
            - cache restore diffpurge
            - @build              # or restore what the block that deploys built
            - @purge
      epilogue:
        always:                   # also of a job that failed: it has noted what is live
          commands:
            - cache delete diffpurge
            - cache store diffpurge @marks
";
