//! The job that `init --ci` prints: what it waits for, installs and builds, and what it says of a configuration that is there.

use super::*;

const URL: &str = "base_urls = [\"https://www.example.com/\"]\n";

/// What is printed for a system in a repository of these files.
#[track_caller]
fn job(system: &str, files: &[(&str, &str)]) -> String {
    let repo = Repo::of(files);
    repo.git(&["remote", "add", "origin", "https://git.example.com/ann/x.git"]);
    let ran = init(&repo, &["--ci", system]).run().exits(0);
    assert_eq!(ran.stderr, "");
    assert!(ran.stdout.lines().all(|line| line == line.trim_end()), "{}", ran.stdout);
    ran.stdout
}

/// The line that holds these words.
#[track_caller]
fn line<'t>(text: &'t str, words: &str) -> &'t str {
    let found: Vec<&str> = text.lines().filter(|line| line.contains(words)).collect();
    assert_eq!(found.len(), 1, "{words}:\n{text}");
    found[0].trim()
}

#[test]
fn what_the_configuration_lacks_stands_above_the_job() {
    let site = |name: &str, more: &str| format!("[[site]]\nname = \"{name}\"\n{URL}{more}");
    let index = ("index.html", PAGE);
    let of = |config: &str| job("github", &[index, ("purge.toml", config)]);
    for (config, want) in [
        (site("www", ""), "# purge.toml does not push the mark of www, and each run has a new clone. Add to it:"),
        (site("www", "[site.mark]\nstore = \"ref\"\n"), "# purge.toml does not push the mark of www, and"),
        (site("www", "[site.mark]\npush = \"\"\n"), "# purge.toml does not push the mark of www, and"),
        (
            format!("{}{}{}", site("a", ""), site("b", "[site.mark]\npush = \"origin\"\n"), site("c", "")),
            "# purge.toml does not push the mark of a, c, and",
        ),
    ] {
        let text = of(&config);
        assert!(
            text.contains(&format!("\n{want}")) && text.contains("\n#   [site.mark]\n#   push = \"origin\"\n"),
            "{text}"
        );
    }
    let pushed = of(&site("www", "[site.mark]\npush = \"upstream\"\n"));
    assert!(!pushed.contains("Add to it"), "{pushed}");
    line(&pushed, "a ref that is pushed to upstream");
    // None yet: what it will need.
    let none = job("github", &[index]);
    assert!(none.contains("# There is no purge.toml yet: `diffpurge init` writes one. This job needs in it:\n#   [site.mark]\n#   push"), "{none}");
    let jenkins = job("jenkins", &[index]);
    assert!(jenkins.contains("\n// There is no purge.toml yet") && !jenkins.contains("\n#"), "{jenkins}");
    // One that cannot be read is no reason to print something that may not fit.
    let repo = Repo::of(&[index, ("purge.toml", "[[site]]\nnme = 1\n")]);
    init(&repo, &["--ci", "github"]).run().exits(2).fails_with("nme", "name");
}

#[test]
fn a_mark_that_is_a_file_is_kept_where_the_configuration_has_it() {
    let config = |store: &str| format!("[[site]]\nname = \"www\"\n{URL}[site.mark]\nstore = \"{store}\"\n");
    let mkdocs = ("mkdocs.yml", "site_name: x\n");
    for (store, path) in [("file:.mark/www", ".mark"), ("file:./a/b/www.mark", "a/b"), ("file:www.mark", "www.mark*")] {
        let text = job("github", &[mkdocs, ("purge.toml", &config(store))]);
        assert_eq!(text.matches(&format!("path: {path}\n")).count(), 2, "{text}");
        assert!(!text.contains("Add to it") && text.contains("diffpurge purge dir:site"), "{text}");
        line(&job("gitlab", &[mkdocs, ("purge.toml", &config(store))]), &format!("paths: [{path}]"));
    }
    // A ref holds no directory, and a committed one needs no build.
    let text = job("github", &[mkdocs, ("purge.toml", &config("ref"))]);
    assert!(
        text.contains("# purge.toml keeps the mark of www as a ref, which holds no directory that is only built."),
        "{text}"
    );
    assert!(text.contains("#   store = \"file:.diffpurge/www.mark\"\n"), "{text}");
    let text = job("github", &[("index.html", PAGE), ("purge.toml", &config("file:.mark/www"))]);
    assert!(text.contains("- run: diffpurge purge\n") && !text.contains("build"), "{text}");
    // The output that is configured counts, and so does a branch.
    let output = format!("[[site]]\nname = \"www\"\n{URL}output = \"web\"\n[site.mark]\npush = \"origin\"\n");
    let text = job("github", &[mkdocs, ("web/a.txt", ""), ("purge.toml", &output)]);
    assert!(text.contains("- run: diffpurge purge\n"), "{text}");
    let branch = output.replace("output = \"web\"", "branch = \"gh-pages\"");
    assert!(job("github", &[mkdocs, ("purge.toml", &branch)]).contains("- run: diffpurge purge\n"));
    // A configuration above where somebody is, and one of another name.
    let repo = Repo::of(&[("index.html", PAGE), ("a/b.html", PAGE), ("purge.toml", &config("file:.mark/www"))]);
    let below = diffpurge(["init", "--ci", "github"]).within_directory(&repo.path().join("a")).run().exits(0);
    below.says("- run: diffpurge purge\n").says("path: .mark\n");
    repo.file("x/other.toml", &config("file:.mark/www"));
    let other = init(&repo, &["--ci", "github", "-c", "x/other.toml"]).run().exits(0);
    other.says("- run: diffpurge -c x/other.toml purge\n").says("path: x/.mark\n");
}

#[test]
fn the_job_waits_for_the_one_whose_steps_deploy() {
    let needs = |step: &str| {
        let text = format!(
            "on: push\njobs:\n  test:\n    steps:\n      - run: make test\n  ship-it:\n    needs: test\n    steps:\n{step}  later:\n    steps:\n      - run: echo done\n"
        );
        let text = job("github", &[("index.html", PAGE), (".github/workflows/site.yml", &text)]);
        assert!(text.starts_with("# For GitHub Actions, into .github/workflows/site.yml, below `jobs:`\n"), "{text}");
        line(&text, "needs:").to_owned()
    };
    for step in [
        "      - uses: peaceiris/actions-gh-pages@v4\n        with:\n          publish_dir: ./public\n",
        "      - id: deployment\n        uses: actions/deploy-pages@v4\n",
        "      - name: Deploy\n        uses: JamesIves/github-pages-deploy-action@v4\n        with:\n          folder: out\n",
        "      - uses: cloudflare/pages-action@v1\n        with:\n          apiToken: ${{ secrets.T }}\n          directory: dist\n",
        "      - uses: cloudflare/wrangler-action@v3\n        with:\n          apiToken: ${{ secrets.T }}\n",
        "      - uses: cloudflare/wrangler-action@v3\n        with:\n          command: pages deploy dist --project-name=x\n",
        "      - uses: jakejarvis/s3-sync-action@master\n",
        "      - uses: SamKirkland/FTP-Deploy-Action@v4.3.5\n",
        "      - run: npx wrangler pages deploy dist\n",
        "      - run: npx netlify-cli deploy --prod --dir=dist\n",
        "      - run: npx firebase-tools deploy --only hosting\n",
        "      - run: aws s3 sync public/ s3://bucket --delete\n",
        "      - run: |\n          aws s3 sync \\\n            --delete \\\n            public/ s3://bucket\n",
        "      - run: rsync -az --delete public/ web@www.example.com:/var/www\n",
        "      - run: vercel deploy --prebuilt --prod --token=${{ secrets.T }}\n",
        "      - run: gsutil -m rsync -r public gs://www.example.com\n",
        "      - run: gcloud storage rsync public gs://www.example.com\n",
        "      - run: azcopy sync public \"https://x.blob.core.windows.net/\\$web\"\n",
        "      - run: mkdocs gh-deploy --force\n",
    ] {
        assert_eq!(
            needs(step),
            "needs: ship-it                # the job that deploys: purge after it, never before",
            "{step}"
        );
    }
    // What only looks like it is asked about.
    for step in
        ["      - run: npm run deploy\n", "      - run: ./scripts/deploy.sh\n", "      - uses: acme/site-deploy@v1\n"]
    {
        assert!(needs(step).starts_with("needs: ship-it                # Is this the job that deploys?"), "{step}");
    }
    let untold = "on: push\njobs:\n  a:\n    steps:\n      - run: hugo\n  b:\n    steps:\n      - run: make\n";
    let text = job("github", &[("index.html", PAGE), (".github/workflows/a.yml", untold)]);
    assert!(line(&text, "needs:").starts_with("needs: deploy                 # Which job deploys?"), "{text}");
    let only = "on: push\njobs:\n  build:\n    steps:\n      - run: hugo\n";
    let text = job("github", &[("index.html", PAGE), (".github/workflows/a.yml", only)]);
    assert!(
        line(&text, "needs:").starts_with("needs: build                  # Is this the job that deploys?"),
        "{text}"
    );
}

#[test]
fn each_system_names_the_job_that_deploys_in_its_own_way() {
    let index = ("index.html", PAGE);
    let circle = "version: 2.1\njobs:\n  build:\n    steps: [checkout]\n  ship:\n    steps:\n      - run: aws s3 sync public s3://b\nworkflows:\n  main:\n    jobs:\n      - build\n      - ship\n";
    let text = job("circleci", &[index, (".circleci/config.yml", circle)]);
    assert!(line(&text, "requires:").starts_with("requires: [ship]        # the job that deploys"), "{text}");
    let azure = "jobs:\n- job: Build\n  steps: []\n- deployment: Ship\n  dependsOn: Build\n  strategy:\n    runOnce:\n      deploy:\n        steps:\n        - script: azcopy sync public \"https://x.blob.core.windows.net/x\"\n";
    let text = job("azure", &[index, ("azure-pipelines.yml", azure)]);
    assert!(line(&text, "dependsOn:").starts_with("dependsOn: Ship                 # the job that deploys"), "{text}");
    let semaphore = "blocks:\n  - name: Build\n    task:\n      jobs:\n        - name: x\n          commands: [make]\n  - name: \"Ship it\"\n    task:\n      jobs:\n        - name: y\n          commands:\n            - rsync -a public/ web@example.com:/srv\n";
    let text = job("semaphore", &[index, (".semaphore/semaphore.yml", semaphore)]);
    assert!(
        line(&text, "dependencies:").starts_with("dependencies: [\"Ship it\"]     # the job that deploys"),
        "{text}"
    );
    // GitLab's stage waits for all of them, and Forgejo runs what lies there for GitHub.
    let text = job("gitlab", &[index, (".gitlab-ci.yml", "pages:\n  script: [make]\n")]);
    assert!(text.contains("stage: .post") && !text.contains("needs:"), "{text}");
    let github = "on: push\njobs:\n  ship:\n    steps:\n      - run: rsync -a public/ web@example.com:/srv\n";
    for system in ["github", "forgejo", "gitea"] {
        let text = job(system, &[index, (".github/workflows/a.yml", github)]);
        assert!(line(&text, "needs:").starts_with("needs: ship "), "{text}");
    }
}

#[test]
fn a_workflow_that_pull_requests_start_too_does_not_purge_for_them() {
    let text = |on: &str| {
        let steps = "jobs:\n  a:\n    steps:\n      - uses: peaceiris/actions-gh-pages@v4\n";
        job("github", &[("index.html", PAGE), (".github/workflows/a.yml", &format!("on: {on}\n{steps}"))])
    };
    line(&text("[push, pull_request]"), "if: github.event_name != 'pull_request'");
    assert!(!text("push").contains("if:"));
    // One that nothing else starts deploys no site.
    assert!(line(&text("pull_request"), "needs:").starts_with("needs: deploy "));
}

#[test]
fn the_job_installs_diffpurge_and_builds_the_site_with_what_the_repository_names() {
    let next = ("next.config.js", "module.exports = { output: 'export' }");
    let package =
        ("package.json", "{ \"scripts\": { \"build\": \"next build\" }, \"dependencies\": { \"next\": \"15\" } }");
    for (system, files, image, install, build) in [
        (
            "github",
            &[("mkdocs.yml", ""), ("requirements.txt", "mkdocs\n")][..],
            "",
            "- run: cargo install --locked diffpurge",
            "- run: pip install -r requirements.txt && mkdocs build",
        ),
        (
            "github",
            &[("mkdocs.yml", ""), ("docs/requirements.txt", "mkdocs\n")],
            "",
            "- run: cargo install --locked diffpurge",
            "- run: pip install -r docs/requirements.txt && mkdocs build",
        ),
        ("gitlab", &[("mkdocs.yml", "")], "image: python:3", "- pip install diffpurge", "- mkdocs build"),
        (
            "gitlab",
            &[next, package, ("package-lock.json", "{}")],
            "image: node:22",
            "- npm i -g diffpurge",
            "- npm ci && npm run build",
        ),
        (
            "circleci",
            &[next, package, ("yarn.lock", "")],
            "- image: node:22",
            "- run: npm i -g diffpurge",
            "- run: yarn install --frozen-lockfile && npm run build",
        ),
        (
            "github",
            &[next, package, ("pnpm-lock.yaml", "")],
            "",
            "- run: cargo install --locked diffpurge",
            "- run: corepack enable && pnpm install --frozen-lockfile && npm run build",
        ),
        (
            "github",
            &[next, package],
            "",
            "- run: cargo install --locked diffpurge",
            "- run: npm install && npm run build",
        ),
        (
            "github",
            &[
                ("website/docusaurus.config.js", ""),
                ("website/package.json", "{}"),
                ("website/package-lock.json", "{}"),
            ],
            "",
            "- run: cargo install --locked diffpurge",
            "- run: (cd website && npm ci && npx docusaurus build)",
        ),
        (
            "github",
            &[("_config.yml", "title: x\n"), ("_posts/a.md", ""), ("Gemfile", "gem 'jekyll'\n")],
            "",
            "- run: cargo install --locked diffpurge",
            "- run: bundle install && bundle exec jekyll build   # needs Jekyll; or download what",
        ),
        (
            "gitlab",
            &[("hugo.toml", "")],
            "image: rust:1",
            "- cargo install --locked diffpurge",
            "- hugo                        # needs Hugo; or take",
        ),
        (
            "github",
            &[("docs/conf.py", "project = 'x'\n"), ("docs/Makefile", "BUILDDIR = _build\n")],
            "",
            "- run: cargo install --locked diffpurge",
            "- run: (cd docs && make html)",
        ),
        (
            "github",
            &[("docs/source/conf.py", "project = 'x'\n"), ("docs/Makefile", "BUILDDIR = build\n")],
            "",
            "- run: cargo install --locked diffpurge",
            "- run: (cd docs && make html)",
        ),
        (
            "github",
            &[("docs/conf.py", "project = 'x'\n")],
            "",
            "- run: cargo install --locked diffpurge",
            "- run: sphinx-build docs docs/_build/html",
        ),
        ("github", &[("index.html", PAGE)], "", "- run: cargo install --locked diffpurge", ""),
        ("gitlab", &[("index.html", PAGE)], "image: rust:1", "- cargo install --locked diffpurge", ""),
        ("forgejo", &[("index.html", PAGE)], "", "- run: npm i -g diffpurge", ""),
    ] {
        let text = job(system, files);
        let at = |words: &str| {
            text.lines().position(|line| line.trim().starts_with(words)).unwrap_or_else(|| panic!("{words}:\n{text}"))
        };
        if !image.is_empty() {
            at(image);
        }
        let purge = text.lines().position(|line| line.contains("diffpurge purge")).unwrap();
        assert!(at(install) < purge, "{text}");
        assert!(build.is_empty() || at(build) < purge, "{text}");
        assert!(line(&text, install.trim_start_matches("- ")).contains("   # ") || install.contains("npm"), "{text}");
    }
    // Its name is typed from where somebody is.
    let repo = Repo::of(&[("website/docusaurus.config.js", "module.exports = { url: 'https://www.example.com' }")]);
    init(&repo, &[]).run().exits(0).says("To see a plan: `(cd website && npx docusaurus build)`, then");
    let website = diffpurge(["init"]);
    repo.remove("purge.toml");
    website
        .within_directory(&repo.path().join("website"))
        .run()
        .exits(0)
        .says("To see a plan: `npx docusaurus build`, then");
}

#[test]
fn a_question_about_the_host_names_those_that_may_be_meant() {
    let asked = |files: &[(&str, &str)], begin: &str| {
        let repo = Repo::of(files);
        init(&repo, &["--base-url", "https://www.example.com/"]).run().exits(0);
        comment(&repo, begin)
    };
    let index = ("index.html", PAGE);
    let all = asked(&[index], "One of github-pages, ");
    assert!(
        ["netlify", "cloudflare-pages", "workers-assets", "s3-rest", "nginx"].iter().all(|host| all.contains(host)),
        "{all}"
    );
    for (step, hosts) in [
        (
            "      - run: aws s3 sync . s3://b\n",
            "Is it \"s3-website\" or \"s3-rest\"? .github/workflows/a.yml runs `aws s3 sync`.",
        ),
        ("      - run: gsutil rsync . gs://b\n", "Is it \"gcs\"? .github/workflows/a.yml runs `gsutil rsync`."),
        (
            "      - uses: jakejarvis/s3-sync-action@master\n",
            "Is it \"s3-website\" or \"s3-rest\"? .github/workflows/a.yml uses jakejarvis/s3-sync-action.",
        ),
    ] {
        let said = asked(&[index, (".github/workflows/a.yml", &workflow(step))], "Where is the site served?");
        assert!(said.contains(hosts), "{said}");
    }
    // A host's own file tells more than a workflow, and does not contradict it.
    let repo = Repo::of(&[
        index,
        ("firebase.json", "{ \"hosting\": { \"public\": \".\", \"cleanUrls\": true } }"),
        (".github/workflows/a.yml", &workflow("      - uses: FirebaseExtended/action-hosting-deploy@v0\n")),
    ]);
    init(&repo, &["--base-url", "https://www.example.com/"]).run().exits(0);
    assert_eq!(written(repo.path())[2..], ["output = \"\"", "host = \"firebase-clean\""]);
}

#[test]
fn the_job_builds_as_the_pipeline_does() {
    let build = |files: &[(&str, &str)], system: &str| {
        let text = job(system, files);
        let at = text.lines().position(|line| line.contains("diffpurge purge dir:")).unwrap();
        text.lines().nth(at - 1).unwrap().trim().to_owned()
    };
    let hugo = |step: &str| {
        let workflow = workflow(&format!(
            "{step}      - uses: peaceiris/actions-hugo@v3\n      - run: rsync -a public/ a@b.example:/srv\n"
        ));
        build(&[("hugo.toml", ""), (".github/workflows/a.yml", &workflow)], "github")
    };
    for (step, want) in [
        ("      - run: hugo --minify --gc\n", "- run: hugo --minify --gc   # needs Hugo;"),
        ("      - run: |\n          hugo mod get\n          hugo --gc\n", "- run: hugo --gc            # needs Hugo;"),
        ("      - run: hugo version && hugo --minify\n", "- run: hugo --minify        # needs Hugo;"),
        ("      - run: hugo --baseURL $URL\n", "- run: hugo   # needs Hugo;"),
        ("      - run: hugo server\n", "- run: hugo   # needs Hugo;"),
    ] {
        let found = hugo(step);
        let (code, comment) = found.split_once('#').unwrap();
        let (want, _) = want.split_once('#').unwrap();
        assert_eq!((code.trim_end(), comment.starts_with(" needs Hugo; ")), (want.trim_end(), true), "{step}{found}");
    }
    // GitLab's artefact is in another directory than the generator's own.
    let gitlab = |script: &str| {
        let pages = format!("pages:\n  script:\n    - {script}\n  artifacts:\n    paths: [public]\n");
        build(&[("mkdocs.yml", "site_name: x\n"), (".gitlab-ci.yml", &pages)], "gitlab")
    };
    assert!(gitlab("mkdocs build --site-dir public").starts_with("- mkdocs build --site-dir public"));
    assert!(!gitlab("mkdocs build --site-dir public").contains("has to fill"));
    assert!(gitlab("tox -e docs").contains("# has to fill public; or take"), "{}", gitlab("tox -e docs"));
}
