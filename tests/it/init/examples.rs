//! A repository of each generator, as it is somewhere, and those that real generators make.

use super::*;

/// Runs `init` in an example, and returns what it says beside the file's lines.
#[track_caller]
fn judged(example: &Example, want: &[&str]) -> Ran {
    let repo = example.repo();
    let ran = init(&repo, &[]).run().exits(0);
    assert_eq!(written(repo.path()), want, "\n{}", ran.stdout);
    assert_eq!(ran.stderr, "");
    // It is what the other commands read.
    if ran.stdout.contains("\n  ok    output") {
        let to: Vec<&str> =
            ran.stdout.lines().filter_map(|line| line.strip_prefix("After each deploy: `diffpurge purge")).collect();
        let to = to[0].trim_end_matches("`.").trim();
        let branch = example.branch.as_ref().map_or("HEAD", |(branch, _)| *branch);
        let plan = diffpurge(["plan", "--no-mark", "empty", if to.is_empty() { branch } else { to }])
            .within(&repo)
            .run()
            .exits(0);
        let title = plan.stdout.split(':').next().unwrap().to_owned();
        assert!(ran.stdout.contains(&format!("\n{title}: ")), "the plan is of {title}:\n{}", ran.stdout);
    }
    ran
}

#[test]
fn hugo_on_a_branch_of_github_pages() {
    let deploy = workflow(
        "      - run: hugo --minify\n      - uses: peaceiris/actions-gh-pages@v4\n        with:\n          github_token: ${{ secrets.GITHUB_TOKEN }}\n          publish_dir: ./public\n",
    );
    let example = Example::of(&[
        ("hugo.toml", "baseURL = 'https://www.example.com/'\nlanguageCode = 'en-us'\ntitle = 'x'\ntheme = 'y'\n"),
        ("content/posts/a.md", "# a\n"),
        ("archetypes/default.md", "+++\n+++\n"),
        ("static/robots.txt", "User-agent: *\n"),
        (".gitignore", "public/\n"),
        (".github/workflows/deploy.yml", &deploy),
    ]);
    let example = example.on("gh-pages", &[("index.html", PAGE), ("posts/a/index.html", PAGE), (".nojekyll", "")]);
    judged(&example, &[WWW, WWW_URL, "branch = \"gh-pages\"", "host = \"github-pages\""])
        .says("site:    Hugo (hugo.toml)")
        .says("www.example.com: empty (4b825dc642) → refs/heads/gh-pages")
        .says("For GitHub Actions, into .github/workflows/deploy.yml, below `jobs:`:")
        .says("    needs: deploy ")
        .says("      - run: diffpurge purge\n");
    // The job waits for the one that deploys, by its name.
    let renamed = deploy.replace("  deploy:\n", "  publish-it:\n");
    let files =
        example.files.into_iter().map(|(path, text)| (path, if text == deploy { renamed.clone() } else { text }));
    let example = Example { files: files.collect(), ..example };
    let ran = init(&example.repo(), &["--ci", "github"]).run().exits(0);
    ran.says("    needs: publish-it             # the job that deploys");
    // A job that builds is not one that deploys, and two that deploy are asked about.
    let two = |first: &str, second: &str| {
        let job = |name: &str, step: &str| format!("  {name}:\n    steps:\n      - uses: {step}\n");
        let text = format!("jobs:\n{}{}", job("make", first), job("ship", second));
        let repo = Repo::of(&[("index.html", PAGE), (".github/workflows/a.yml", &text)]);
        init(&repo, &["--ci", "github"]).run().exits(0)
    };
    two("actions/upload-pages-artifact@v4", "actions/deploy-pages@v4").says("    needs: ship ");
    two("actions/deploy-pages@v4", "nwtgck/actions-netlify@v3")
        .says("    needs: [make, ship]           # Do all of these");
}

#[test]
fn jekyll_that_is_built_and_not_committed() {
    let example = Example::of(&[
        ("_config.yml", "title: x\nurl: \"\" # the base hostname & protocol for your site\nbaseurl: \"\"\n"),
        ("_posts/2024-01-01-hello.md", "---\n---\n"),
        ("index.html", "---\nlayout: home\n---\n"),
        ("Gemfile", "gem 'jekyll'\n"),
        ("CNAME", "docs.example.com\n"),
        (".gitignore", "_site\n.diffpurge/\n"),
    ]);
    let example = example.built(&[("_site/index.html", PAGE), ("_site/CNAME", "docs.example.com\n")]);
    let ran = judged(
        &example,
        &[DOCS, DOCS_URL, "host = \"github-pages\"", "store = \"file:.diffpurge/docs.example.com.mark\""],
    );
    ran.says("docs.example.com: empty (4b825dc642) → dir:_site")
        .says("After each deploy: `diffpurge purge dir:_site`.");
}

#[test]
fn eleventy_that_is_committed() {
    let example = Example::of(&[
        (
            "eleventy.config.js",
            "export default function (eleventyConfig) {\n  eleventyConfig.addPassthroughCopy(\"css\");\n  return { dir: { input: \"src\", output: \"dist\" } };\n}\n",
        ),
        (
            "package.json",
            "{\n  \"name\": \"x\",\n  \"homepage\": \"https://www.example.com\",\n  \"devDependencies\": { \"@11ty/eleventy\": \"^3.0.0\" }\n}\n",
        ),
        ("netlify.toml", "[build]\n  publish = \"dist\"\n  command = \"npm run build\"\n"),
        ("src/index.md", "# a\n"),
        ("dist/index.html", PAGE),
        ("dist/about/index.html", PAGE),
    ]);
    let ran = judged(&example, &[WWW, WWW_URL, "output = \"dist\"", "host = \"netlify\""]);
    ran.says("output:  dist/, committed").says("+ about/index.html  ");
}

#[test]
fn astro_on_vercel() {
    let example = Example::of(&[
        (
            "astro.config.mjs",
            "// @ts-check\nimport { defineConfig } from 'astro/config';\nimport sitemap from '@astrojs/sitemap';\n\n// https://astro.build/config\nexport default defineConfig({\n  site: 'https://www.example.com',\n  base: '/docs',\n  integrations: [sitemap()],\n});\n",
        ),
        (
            "package.json",
            "{ \"scripts\": { \"build\": \"astro build\" }, \"dependencies\": { \"astro\": \"^5.0.0\" } }",
        ),
        ("vercel.json", "{ \"cleanUrls\": true, \"trailingSlash\": false }"),
        ("src/pages/index.astro", "---\n---\n"),
        // It is copied into the output, and is none.
        ("public/index.html", PAGE),
        (".gitignore", "dist/\nnode_modules/\n"),
    ]);
    let example = example.built(&[("dist/index.html", PAGE), ("node_modules/x/index.html", PAGE)]);
    let url = "base_urls = [\"https://www.example.com/docs/\"]";
    let store = "store = \"file:.diffpurge/www.example.com.mark\"";
    judged(&example, &[WWW, url, "host = \"vercel-clean-no-slash\"", store])
        .says("site:    Astro (astro.config.mjs)")
        .says("→ dir:dist");
}

#[test]
fn docusaurus_in_a_directory_of_a_repository_and_on_github_pages() {
    let deploy = workflow(
        "      - run: npm ci && npm run build\n        working-directory: website\n      - uses: actions/upload-pages-artifact@v4\n        with:\n          path: website/build\n      - uses: actions/deploy-pages@v4\n",
    );
    let config = "import type {Config} from '@docusaurus/types';\n\nconst config: Config = {\n  title: 'x',\n  url: 'https://docs.example.com',\n  // Set the /<baseUrl>/ pathname under which your site is served\n  baseUrl: '/',\n  themeConfig: {\n    navbar: { items: [{ label: 'x', href: 'https://github.com/x' }] },\n  },\n};\n\nexport default config;\n";
    let example = Example::of(&[
        ("Cargo.toml", "[package]\n"),
        ("src/main.rs", ""),
        ("website/docusaurus.config.ts", config),
        ("website/package.json", "{ \"dependencies\": { \"@docusaurus/core\": \"3.9.0\" } }"),
        ("website/static/CNAME", "docs.example.com"),
        (".github/workflows/pages.yaml", &deploy),
    ]);
    let example = example.built(&[("website/build/index.html", PAGE)]).at("git@github.com:ann/x.git");
    let store = "store = \"file:.diffpurge/docs.example.com.mark\"";
    let ran = judged(&example, &[DOCS, DOCS_URL, "host = \"github-pages\"", store]);
    ran.says("site:    Docusaurus (website/docusaurus.config.ts)")
        .says("      - run: diffpurge purge dir:website/build\n");
}

#[test]
fn vitepress_in_docs_and_on_cloudflare_pages() {
    let example = Example::of(&[
        ("package.json", "{ \"devDependencies\": { \"vite\": \"^7\", \"vitepress\": \"^1.6.0\" } }"),
        ("vite.config.ts", "export default {}\n"),
        (
            "docs/.vitepress/config.mts",
            "import { defineConfig } from 'vitepress'\n\nexport default defineConfig({\n  title: 'x',\n  sitemap: {\n    hostname: 'https://docs.example.com'\n  }\n})\n",
        ),
        ("docs/index.md", "# a\n"),
        ("wrangler.toml", "name = \"x\"\npages_build_output_dir = \"./docs/.vitepress/dist\"\n"),
        (".gitlab-ci.yml", "stages: [build]\nbuild:\n  script:\n    - npm run build\n"),
    ]);
    let example = example.built(&[("docs/.vitepress/dist/index.html", PAGE)]);
    let store = "store = \"file:.diffpurge/docs.example.com.mark\"";
    let ran = judged(&example, &[DOCS, DOCS_URL, "host = \"cloudflare-pages\"", store]);
    ran.says("site:    VitePress (docs/.vitepress)")
        .says("For GitLab CI, into .gitlab-ci.yml:")
        .says("    - diffpurge purge dir:docs/.vitepress/dist ");
}

#[test]
fn mkdocs_that_is_built_and_not_committed() {
    let example = Example::of(&[
        ("mkdocs.yml", "site_name: My Docs\nsite_url: https://docs.example.com/\nplugins:\n  - search\n"),
        ("docs/index.md", "# a\n"),
        (".gitignore", "/site/\n/.diffpurge/\n"),
    ]);
    let store = "store = \"file:.diffpurge/docs.example.com.mark\"";
    let ran = judged(&example, &[DOCS, DOCS_URL, store]);
    ran.says("site/, not built yet").says("To see a plan: `mkdocs build`, then `diffpurge plan empty dir:site`.");
}

#[test]
fn mike_with_a_directory_for_each_version() {
    let deploy =
        workflow("      - run: pip install mkdocs mike\n      - run: mike deploy --push --update-aliases 1.1 latest\n");
    let example = Example::of(&[
        ("mkdocs.yml", "site_name: x\nsite_url: https://docs.example.com/\nextra:\n  version:\n    provider: mike\n"),
        ("docs/index.md", "# a\n"),
        ("docs/CNAME", "docs.example.com\n"),
        (".github/workflows/docs.yml", &deploy),
    ]);
    let versions = "[{\"version\": \"1.0\", \"title\": \"1.0\", \"aliases\": [\"latest\"]}]";
    let example = example.on("gh-pages", &[("versions.json", versions), ("1.0/index.html", PAGE), (".nojekyll", "")]);
    judged(&example, &[DOCS, DOCS_URL, "branch = \"gh-pages\"", "host = \"github-pages\""]).says("+ 1.0/index.html  ");
    // Without a workflow the branch itself tells.
    let example = Example {
        files: example.files.into_iter().filter(|(path, _)| !path.starts_with(".github")).collect(),
        ..example
    };
    judged(&example, &[DOCS, DOCS_URL, "branch = \"gh-pages\"", "host = \"github-pages\""]);
}

#[test]
fn sphinx_in_the_docs_of_a_package() {
    let example = Example::of(&[
        ("pyproject.toml", "[project]\nname = \"x\"\n"),
        ("docs/Makefile", "SPHINXBUILD   ?= sphinx-build\nSOURCEDIR     = source\nBUILDDIR      = build\n"),
        (
            "docs/source/conf.py",
            "project = 'x'\nextensions = []\nhtml_theme = 'alabaster'\nhtml_baseurl = 'https://docs.example.com/en/'  # canonical\n",
        ),
        ("docs/source/index.rst", "x\n=\n"),
    ]);
    let example =
        example.built(&[("docs/build/html/index.html", PAGE), ("docs/build/html/_sources/index.rst.txt", "x")]);
    let url = "base_urls = [\"https://docs.example.com/en/\"]";
    let store = "store = \"file:.diffpurge/docs.example.com.mark\"";
    judged(&example, &[DOCS, url, store])
        .says("site:    Sphinx (docs/source/conf.py)")
        .says("After each deploy: `diffpurge purge dir:docs/build/html`.");
}

#[test]
fn next_that_is_exported_to_firebase() {
    let example = Example::of(&[
        (
            "next.config.ts",
            "const nextConfig = { output: 'export', images: { unoptimized: true } };\nexport default nextConfig;\n",
        ),
        ("package.json", "{ \"homepage\": \"https://www.example.com/\", \"dependencies\": { \"next\": \"16\" } }"),
        (
            "firebase.json",
            "{\n  \"hosting\": {\n    \"public\": \"out\",\n    \"cleanUrls\": true,\n    \"ignore\": [\"firebase.json\", \"**/.*\"]\n  }\n}\n",
        ),
        ("app/page.tsx", ""),
        ("public/favicon.ico", ""),
    ]);
    let example = example.built(&[("out/index.html", PAGE), ("out/about.html", PAGE)]);
    let store = "store = \"file:.diffpurge/www.example.com.mark\"";
    let ran = judged(&example, &[WWW, WWW_URL, "host = \"firebase-clean\"", store]);
    ran.says("+ about.html  ");
}

#[test]
fn gatsby_that_is_committed() {
    let example = Example::of(&[
        (
            "gatsby-config.js",
            "module.exports = {\n  siteMetadata: {\n    title: `x`,\n    siteUrl: `https://www.example.com`,\n  },\n  plugins: [],\n}\n",
        ),
        ("package.json", "{ \"dependencies\": { \"gatsby\": \"^5\" } }"),
        ("public/index.html", PAGE),
        ("public/page-data/app-data.json", "{}"),
        ("Jenkinsfile", "pipeline {}\n"),
    ]);
    let ran = judged(
        &example.at("https://git.example.com/x.git"),
        &[WWW, WWW_URL, "output = \"public\"", "push = \"origin\""],
    );
    ran.says("For Jenkins, into the Jenkinsfile").says("      sh 'diffpurge purge'\n");
}

#[test]
fn hexo_whose_configuration_is_called_as_jekylls() {
    let example = Example::of(&[
        (
            "_config.yml",
            "# Hexo Configuration\ntitle: Hexo\nurl: https://www.example.com/blog\nroot: /blog/\npublic_dir: docs\n",
        ),
        ("package.json", "{ \"dependencies\": { \"hexo\": \"^8.0.0\" } }"),
        ("scaffolds/post.md", ""),
        ("source/_posts/hello.md", ""),
        ("docs/index.html", PAGE),
        ("docs/.nojekyll", ""),
    ]);
    let url = "base_urls = [\"https://www.example.com/blog/\"]";
    judged(&example, &[WWW, url, "output = \"docs\""]).says("site:    Hexo (_config.yml)");
}

#[test]
fn pelican_with_a_configuration_to_publish_with() {
    let example = Example::of(&[
        ("pelicanconf.py", "AUTHOR = 'a'\nSITENAME = 'x'\nSITEURL = \"\"\nPATH = 'content'\n"),
        (
            "publishconf.py",
            "import os\nimport sys\nsys.path.append(os.curdir)\nfrom pelicanconf import *\n\nSITEURL = \"https://www.example.com\"\nRELATIVE_URLS = False\n",
        ),
        ("content/a.md", "Title: a\n"),
        ("bitbucket-pipelines.yml", "pipelines:\n  default: []\n"),
    ]);
    let example = example.built(&[("output/index.html", PAGE), ("output/.htaccess", "")]);
    let store = "store = \"file:.diffpurge/www.example.com.mark\"";
    judged(&example, &[WWW, WWW_URL, "host = \"apache\"", store])
        .says("For Bitbucket Pipelines")
        .says("keep .diffpurge in a bucket");
}

#[test]
fn a_plain_site_that_is_served_as_it_stands() {
    let example =
        Example::of(&[("index.html", PAGE), ("a.css", ""), ("CNAME", "www.example.com\n"), ("docs/index.html", PAGE)]);
    judged(&example, &[WWW, WWW_URL, "output = \"\"", "host = \"github-pages\""])
        .says("site:    files that are served as they stand")
        .says("output:  the whole repository");
}

/// Runs a real generator in a repository.
#[track_caller]
fn generate(repo: &Repo, program: &str, arguments: &[&str]) {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
    let programs = [target.join("generators/bin"), target.join("generators-node/node_modules/.bin")];
    let system = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(programs.into_iter().chain(std::env::split_paths(&system))).unwrap();
    let mut command = std::process::Command::new("env");
    command
        .arg(program)
        .args(arguments)
        .current_dir(repo.path())
        .env_clear()
        .env("PATH", path)
        .env("HOME", repo.path());
    for name in ["GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"] {
        command.env(name, "a@example.com");
    }
    let done = command.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{program} {arguments:?}:\n{out}{err}");
}

#[test]
fn the_sites_of_real_generators_are_found() {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
    let are_there =
        ["generators/bin/mike", "generators/bin/sphinx-build", "generators-node/node_modules/.bin/eleventy"]
            .iter()
            .all(|program| target.join(program).exists());
    if !crate::support::required(
        are_there,
        "MkDocs, mike, Sphinx, Pelican and Eleventy in target/ (.ci/run installs them)",
    ) {
        return;
    }
    let url = ["--base-url", "https://docs.example.com/"];
    let mark = "store = \"file:.diffpurge/docs.example.com.mark\"";

    let mkdocs = Repo::new();
    generate(&mkdocs, "mkdocs", &["new", "--quiet", "."]);
    mkdocs.commit();
    generate(&mkdocs, "mkdocs", &["build", "--quiet"]);
    init(&mkdocs, &url).run().exits(0).says("site:    MkDocs (mkdocs.yml)").says("→ dir:site (");
    assert_eq!(written(mkdocs.path()), [DOCS, DOCS_URL, mark]);

    let mike = Repo::new();
    generate(&mike, "mkdocs", &["new", "--quiet", "."]);
    mike.file("mkdocs.yml", "site_name: x\nsite_url: https://docs.example.com/\n");
    mike.commit();
    generate(&mike, "mike", &["deploy", "1.0", "latest"]);
    init(&mike, &[]).run().exits(0).says("output:  the branch gh-pages").says("  + 1.0/   ");
    mike.remove("purge.toml");
    generate(&mike, "mike", &["deploy", "--update-aliases", "1.1", "latest"]);
    generate(&mike, "mike", &["set-default", "latest"]);
    init(&mike, &[]).run().exits(0).says("docs.example.com: refs/heads/gh-pages~1 (").says("index.html  ");
    assert_eq!(written(mike.path()), [DOCS, DOCS_URL, "branch = \"gh-pages\"", "host = \"github-pages\""]);

    for (layout, directory) in [("--sep", "docs/build/html"), ("--no-sep", "docs/_build/html")] {
        let sphinx = Repo::new();
        generate(&sphinx, "sphinx-quickstart", &["--quiet", layout, "--project", "x", "--author", "a", "docs"]);
        sphinx.commit();
        generate(&sphinx, "make", &["-C", "docs", "html"]);
        let ran = init(&sphinx, &url).run().exits(0);
        ran.says("site:    Sphinx (docs/").says(&format!("→ dir:{directory} ("));
    }

    let pelican = Repo::of(&[
        ("pelicanconf.py", "SITENAME = 'x'\nSITEURL = ''\nTIMEZONE = 'UTC'\n"),
        ("content/a.md", "Title: a\nDate: 2024-01-01\n\na\n"),
    ]);
    generate(&pelican, "pelican", &["content", "--quiet"]);
    init(&pelican, &url).run().exits(0).says("site:    Pelican (pelicanconf.py)").says("→ dir:output (");

    let eleventy =
        Repo::of(&[("index.md", "# a\n"), ("package.json", "{\"devDependencies\":{\"@11ty/eleventy\":\"3\"}}")]);
    generate(&eleventy, "eleventy", &[]);
    eleventy.commit();
    eleventy.file("about.md", "# b\n");
    generate(&eleventy, "eleventy", &[]);
    eleventy.commit();
    let ran = init(&eleventy, &url).run().exits(0).says("site:    Eleventy (@11ty/eleventy in package.json)");
    ran.says("docs.example.com: HEAD~1 (").says("1 path changed: 1 added").says("+ about/index.html  ");
    assert_eq!(written(eleventy.path()), [DOCS, DOCS_URL, "output = \"_site\""]);
}
