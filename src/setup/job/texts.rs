//! The texts of the jobs. `@purge`, `@build`, `@deploy` and `@remote` stand for a repository's own.
//!
//! Each wants `diffpurge` on the `PATH`, and runs after the deploy: a purge before it lets the edge fetch the old page again. The
//! comments name what each system does in its own way.

/// <https://docs.github.com/actions/writing-workflows>
pub(super) const GITHUB: &str = r"  purge:
    needs: @deploy                 # the job that deploys: purge after it, never before
    runs-on: ubuntu-latest
    concurrency: purge            # one at a time
    permissions:
      contents: write             # the mark is a ref, pushed to @remote
    steps:
      - uses: actions/checkout@v7
      - run: @purge
        env:
          CLOUDFLARE_API_TOKEN: ${{ secrets.CLOUDFLARE_API_TOKEN }}
          CLOUDFLARE_ZONE_ID: ${{ vars.CLOUDFLARE_ZONE_ID }}
";

/// A cache of GitHub's never changes, so that each run has one of its own.
pub(super) const GITHUB_FILE: &str = r"  purge:
    needs: @deploy                 # the job that deploys: purge after it, never before
    runs-on: ubuntu-latest
    concurrency: purge            # one at a time: two would begin with the same mark
    steps:
      - uses: actions/checkout@v7
      - uses: actions/cache/restore@v5
        with:
          path: .diffpurge
          key: diffpurge-${{ github.run_id }}-${{ github.run_attempt }}
          restore-keys: diffpurge-
      - run: @build   # or download what the job `@deploy` built
      - run: @purge
        env:
          CLOUDFLARE_API_TOKEN: ${{ secrets.CLOUDFLARE_API_TOKEN }}
          CLOUDFLARE_ZONE_ID: ${{ vars.CLOUDFLARE_ZONE_ID }}
      - uses: actions/cache/save@v5
        if: always()              # also of a run that failed: it has noted what is live
        with:
          path: .diffpurge
          key: diffpurge-${{ github.run_id }}-${{ github.run_attempt }}
";

/// <https://docs.gitlab.com/ci/yaml/>
pub(super) const GITLAB: &str = r#"purge:
  stage: .post                    # after the deploy
  resource_group: purge           # one at a time
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  before_script:                  # a job's own token may not push; MARK_TOKEN may (`write_repository`)
    - git remote set-url @remote "https://mark:$MARK_TOKEN@$CI_SERVER_HOST/$CI_PROJECT_PATH.git"
  script:
    - @purge                      # CLOUDFLARE_API_TOKEN and CLOUDFLARE_ZONE_ID are variables of the project
"#;

pub(super) const GITLAB_FILE: &str = r"purge:
  stage: .post                    # after the deploy
  resource_group: purge           # one at a time: two would begin with the same mark
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  cache:
    key: diffpurge
    paths: [.diffpurge/]
    when: always                  # also of a job that failed: it has noted what is live
  script:
    - @build                      # or take the artefact of the job that built
    - @purge                      # CLOUDFLARE_API_TOKEN and CLOUDFLARE_ZONE_ID are variables of the project
";

/// <https://support.atlassian.com/bitbucket-cloud/docs/push-back-to-your-repository/>
pub(super) const BITBUCKET: &str = r"    - step:
        name: Purge               # after the step that deploys
        concurrency-group: purge  # one at a time
        script:
          - @purge                # the step may push the mark to @remote by itself
          # CLOUDFLARE_API_TOKEN (secured) and CLOUDFLARE_ZONE_ID are repository variables
";

/// A cache of Bitbucket's stays as it is for a week: <https://support.atlassian.com/bitbucket-cloud/docs/cache-dependencies/>
pub(super) const BITBUCKET_FILE: &str = r"    - step:
        name: Purge               # after the step that deploys
        concurrency-group: purge  # one at a time: two would begin with the same mark
        script:
          # A cache stays as it is for a week here: keep .diffpurge/ in a bucket of yours (S3 is an example).
          - aws s3 sync s3://YOUR-BUCKET/diffpurge .diffpurge
          - @build                # or take the artefact of the step that built
          - @purge
        after-script:             # also of a step that failed: it has noted what is live
          - aws s3 sync --delete .diffpurge s3://YOUR-BUCKET/diffpurge
          # CLOUDFLARE_API_TOKEN (secured) and CLOUDFLARE_ZONE_ID are repository variables
";

/// <https://circleci.com/docs/configuration-reference/>
pub(super) const CIRCLECI: &str = r"  purge:                          # in `workflows`: requires the job that deploys
    docker:
      - image: cimg/base:stable
    steps:
      - add_ssh_keys              # a deploy key that may write: the mark is pushed to @remote
      - checkout
      - run: @purge               # CLOUDFLARE_API_TOKEN and CLOUDFLARE_ZONE_ID are variables of the project
";

/// A cache of `CircleCI`'s never changes, so that each run has one of its own.
pub(super) const CIRCLECI_FILE: &str = r"  purge:                          # in `workflows`: requires the job that deploys, with `serial-group: purge`
    docker:
      - image: cimg/base:stable
    steps:
      - checkout
      - restore_cache:
          keys: [diffpurge-]
      - run: @build               # or attach the workspace of the job that built
      - run: @purge               # CLOUDFLARE_API_TOKEN and CLOUDFLARE_ZONE_ID are variables of the project
      - save_cache:
          key: diffpurge-{{ epoch }}
          paths: [.diffpurge]
          when: always            # also of a job that failed: it has noted what is live
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
  steps {                         // on one agent whose workspace stays: .diffpurge/ lies there
    sh "@build"                   // or unstash what was built
    sh "@purge"
  }
}
"#;

/// <https://buildkite.com/docs/pipelines/configure/step-types/command-step>
pub(super) const BUILDKITE: &str = r#"  - wait                          # for the step that deploys
  - label: "Purge"
    command: @purge               # the agent's SSH key may push the mark to @remote
    concurrency: 1
    concurrency_group: purge
    # CLOUDFLARE_API_TOKEN and CLOUDFLARE_ZONE_ID come from the agent's secrets
"#;

pub(super) const BUILDKITE_FILE: &str = r#"  - wait                          # for the step that deploys
  - label: "Purge"
    commands:                     # on one agent whose checkout stays: .diffpurge/ lies there, and `git clean` keeps what is ignored
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
    image: YOUR-IMAGE             # with git and diffpurge
    environment:
      CLOUDFLARE_API_TOKEN: { from_secret: cloudflare_api_token }
      CLOUDFLARE_ZONE_ID: { from_secret: cloudflare_zone_id }
      MARK_TOKEN: { from_secret: mark_token }   # may push the mark to @remote
    commands:
      - git remote set-url @remote "https://mark:$MARK_TOKEN@YOUR-FORGE/$CI_REPO.git"
      - @purge
    when: { event: push, branch: main }
"#;

pub(super) const WOODPECKER_FILE: &str = r"  - name: purge                   # after the step that deploys
    image: YOUR-IMAGE             # with diffpurge and the generator
    volumes:
      - /var/lib/diffpurge:/woodpecker/mark      # a directory of the agent that stays: the repository has to be trusted
    environment:
      CLOUDFLARE_API_TOKEN: { from_secret: cloudflare_api_token }
      CLOUDFLARE_ZONE_ID: { from_secret: cloudflare_zone_id }
    commands:
      - ln -sfn /woodpecker/mark .diffpurge
      - @build                    # or use what an earlier step built
      - @purge
    when: { event: push, branch: main }
";

/// <https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/>
pub(super) const AZURE: &str = r"- job: Purge
  dependsOn: Deploy               # the job that deploys: purge after it, never before
  steps:
    - checkout: self
      persistCredentials: true    # the build service may contribute: the mark is pushed to @remote
    - script: @purge
      env:
        CLOUDFLARE_API_TOKEN: $(CLOUDFLARE_API_TOKEN)   # secret variables are handed on by name alone
        CLOUDFLARE_ZONE_ID: $(CLOUDFLARE_ZONE_ID)
";

/// A cache is saved at the end of a job that succeeded: <https://learn.microsoft.com/azure/devops/pipelines/release/caching>
pub(super) const AZURE_FILE: &str = r"- job: Purge
  dependsOn: Deploy               # the job that deploys: purge after it, never before
  steps:
    - checkout: self
    - task: Cache@2               # each run has one of its own; it is saved when the job succeeds
      inputs:
        key: diffpurge | $(Build.BuildId)
        restoreKeys: diffpurge
        path: .diffpurge
    - script: @build              # or download what the job that deploys built
    - script: @purge
      env:
        CLOUDFLARE_API_TOKEN: $(CLOUDFLARE_API_TOKEN)   # secret variables are handed on by name alone
        CLOUDFLARE_ZONE_ID: $(CLOUDFLARE_ZONE_ID)
";

/// <https://forgejo.org/docs/latest/user/actions/reference/>; a job's own token may push.
pub(super) const FORGEJO: &str = r"  purge:
    needs: @deploy                 # the job that deploys: purge after it, never before
    runs-on: docker               # a label of your runner
    steps:
      - uses: actions/checkout@v4
      - run: @purge               # the job's token may push the mark to @remote
        env:
          CLOUDFLARE_API_TOKEN: ${{ secrets.CLOUDFLARE_API_TOKEN }}
          CLOUDFLARE_ZONE_ID: ${{ vars.CLOUDFLARE_ZONE_ID }}
";

pub(super) const FORGEJO_FILE: &str = r"  purge:
    needs: @deploy                 # the job that deploys: purge after it, never before
    runs-on: docker               # a label of your runner
    steps:
      - uses: actions/checkout@v4
      - uses: actions/cache/restore@v4
        with:
          path: .diffpurge
          key: diffpurge-${{ github.run_id }}
          restore-keys: diffpurge-
      - run: @build               # or download what the job `@deploy` built
      - run: @purge
        env:
          CLOUDFLARE_API_TOKEN: ${{ secrets.CLOUDFLARE_API_TOKEN }}
          CLOUDFLARE_ZONE_ID: ${{ vars.CLOUDFLARE_ZONE_ID }}
      - uses: actions/cache/save@v4
        if: always()              # also of a run that failed: it has noted what is live
        with:
          path: .diffpurge
          key: diffpurge-${{ github.run_id }}
";

/// <https://docs.drone.io/pipeline/docker/overview/>
pub(super) const DRONE: &str = r#"  - name: purge                   # after the step that deploys
    image: YOUR-IMAGE             # with git and diffpurge
    environment:
      CLOUDFLARE_API_TOKEN: { from_secret: cloudflare_api_token }
      CLOUDFLARE_ZONE_ID: { from_secret: cloudflare_zone_id }
      MARK_TOKEN: { from_secret: mark_token }   # may push the mark to @remote
    commands:
      - git remote set-url @remote "https://mark:$MARK_TOKEN@YOUR-FORGE/$DRONE_REPO.git"
      - @purge
    when: { event: [push], branch: [main] }
"#;

pub(super) const DRONE_FILE: &str = r"  - name: purge                   # after the step that deploys
    image: YOUR-IMAGE             # with diffpurge and the generator
    volumes:                      # with `volumes: [{ name: mark, host: { path: /var/lib/diffpurge } }]` of the pipeline
      - { name: mark, path: /mark }
    environment:
      CLOUDFLARE_API_TOKEN: { from_secret: cloudflare_api_token }
      CLOUDFLARE_ZONE_ID: { from_secret: cloudflare_zone_id }
    commands:
      - ln -sfn /mark .diffpurge
      - @build                    # or use what an earlier step built
      - @purge
    when: { event: [push], branch: [main] }
";

/// <https://docs.semaphoreci.com/reference/pipeline-yaml>
pub(super) const SEMAPHORE: &str = r"  - name: Purge
    dependencies: [Deploy]        # the block that deploys: purge after it, never before
    task:
      secrets:
        - name: cloudflare        # CLOUDFLARE_API_TOKEN and CLOUDFLARE_ZONE_ID, and an SSH key that may push to @remote
      jobs:
        - name: Purge
          commands:
            - checkout
            - @purge
";

pub(super) const SEMAPHORE_FILE: &str = r"  - name: Purge
    dependencies: [Deploy]        # the block that deploys: purge after it, never before
    task:
      secrets:
        - name: cloudflare        # CLOUDFLARE_API_TOKEN and CLOUDFLARE_ZONE_ID
      jobs:
        - name: Purge
          commands:
            - checkout
            - cache restore diffpurge
            - @build              # or restore what the block that deploys built
            - @purge
      epilogue:
        always:                   # also of a job that failed: it has noted what is live
          commands:
            - cache delete diffpurge
            - cache store diffpurge .diffpurge
";
