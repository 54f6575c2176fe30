//! `diffpurge init`: what it finds in repositories as real generators leave them, the file that it writes, and the first plan.

use std::fs;
use std::path::Path;

use diffpurge::config::Config;

use crate::support::{Ran, Repo, Tool, diffpurge};

/// A page.
const PAGE: &str = "<!doctype html><title>a</title>";

/// A workflow of GitHub's with these steps.
fn workflow(steps: &str) -> String {
    format!(
        "name: deploy\non:\n  push:\n    branches: [main]\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v7\n{steps}"
    )
}

/// A repository as it is somewhere.
#[derive(Default)]
struct Example {
    /// Files that are committed.
    files: Vec<(&'static str, String)>,
    /// Files that are on disk alone.
    built: Vec<(&'static str, &'static str)>,
    /// A branch with these files.
    branch: Option<(&'static str, Vec<(&'static str, &'static str)>)>,
    remote: Option<&'static str>,
}

impl Example {
    fn of(files: &[(&'static str, &str)]) -> Example {
        let files = files.iter().map(|(path, text)| (*path, (*text).to_owned())).collect();
        Example { files, ..Example::default() }
    }

    fn built(self, files: &[(&'static str, &'static str)]) -> Example {
        Example { built: files.to_vec(), ..self }
    }

    fn on(self, branch: &'static str, files: &[(&'static str, &'static str)]) -> Example {
        Example { branch: Some((branch, files.to_vec())), ..self }
    }

    fn at(self, remote: &'static str) -> Example {
        Example { remote: Some(remote), ..self }
    }

    #[track_caller]
    fn repo(&self) -> Repo {
        let repo = Repo::new();
        if let Some((branch, files)) = &self.branch {
            repo.git(&["checkout", "--quiet", "--orphan", branch]);
            for (path, text) in files {
                repo.file(path, text);
            }
            repo.commit();
            repo.git(&["checkout", "--quiet", "--orphan", "main"]);
            repo.git(&["rm", "--quiet", "-r", "--force", "."]);
        }
        for (path, text) in &self.files {
            repo.file(path, text);
        }
        repo.commit();
        for (path, text) in &self.built {
            repo.file(path, text);
        }
        if let Some(remote) = self.remote {
            repo.git(&["remote", "add", "origin", remote]);
        }
        repo
    }
}

fn init(repo: &Repo, arguments: &[&str]) -> Tool {
    diffpurge([&["init"], arguments].concat()).within(repo)
}

/// Returns the lines of the file that was written which are no comments, but for what every file has.
#[track_caller]
fn written(directory: &Path) -> Vec<String> {
    let text = fs::read_to_string(directory.join("purge.toml")).unwrap();
    Config::parse(&text, "purge.toml").unwrap_or_else(|e| panic!("{e}\n{text}"));
    assert!(text.lines().count() < 40, "{text}");
    // Each guess has a question above it.
    let lines: Vec<&str> = text.lines().collect();
    for (above, line) in lines.iter().zip(&lines[1..]) {
        let is_guess =
            ["base_urls", "branch", "output", "host", "store", "push"].iter().any(|key| line.starts_with(key));
        let is_second = line.starts_with("output") && above.starts_with("branch");
        assert!(!is_guess || above.starts_with("# ") || is_second, "no question above {line}:\n{text}");
    }
    let is_usual = |line: &&str| {
        line.is_empty() || line.starts_with('#') || ["[[site]]", "[site.cloudflare]", "[site.mark]"].contains(line)
    };
    lines.into_iter().filter(|line| !is_usual(line)).map(str::to_owned).collect()
}

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

const DOCS: &str = "name = \"docs.example.com\"";
const DOCS_URL: &str = "base_urls = [\"https://docs.example.com/\"]";
const WWW: &str = "name = \"www.example.com\"";
const WWW_URL: &str = "base_urls = [\"https://www.example.com/\"]";

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
        .says("For GitHub Actions, into the workflow that deploys")
        .says("      - run: diffpurge purge\n");
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
    ran.says("output:  dist/, committed").says("https://www.example.com/about/");
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
    ran.says("site/, not built yet").says("Next: `mkdocs build`, then `diffpurge plan empty dir:site` shows");
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
    judged(&example, &[DOCS, DOCS_URL, "branch = \"gh-pages\"", "host = \"github-pages\""])
        .says("https://docs.example.com/1.0/ ");
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
    ran.says("https://www.example.com/about ");
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
    judged(&example, &[WWW, url, "output = \"docs\"", "host = \"github-pages\""]).says("site:    Hexo (_config.yml)");
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
        .says("keep .diffpurge/ in a bucket");
}

#[test]
fn a_plain_site_that_is_served_as_it_stands() {
    let example =
        Example::of(&[("index.html", PAGE), ("a.css", ""), ("CNAME", "www.example.com\n"), ("docs/index.html", PAGE)]);
    judged(&example, &[WWW, WWW_URL, "output = \"\"", "host = \"github-pages\""])
        .says("site:    files that are served as they stand")
        .says("output:  the whole repository");
}

/// The three sites of the stopwatch: a fresh clone, and no more than two commands to the plan of what a deploy changed, or of all that
/// is built. Each plan is compared with URLs that are written down here.
mod a_fresh_clone_needs_two_commands_at_most {
    use super::*;

    /// A remote with what was pushed to it.
    fn hosted(repo: &Repo, branches: &[&str]) -> Repo {
        let bare = Repo::with(&["--bare"]);
        repo.git(&["remote", "add", "origin", &bare.url()]);
        for branch in branches {
            repo.git(&["push", "--quiet", "origin", branch]);
        }
        bare
    }

    /// The URLs of a plan that is printed for people.
    fn urls(ran: &Ran) -> Vec<&str> {
        let first = |line: &'_ str| {
            line.strip_prefix("  https://").map(|_| line.split_whitespace().next().unwrap_or_default().len())
        };
        ran.stdout.lines().filter_map(|line| first(line).map(|length| &line[2..2 + length])).collect()
    }

    #[test]
    fn where_hugo_is_on_gh_pages() {
        let deploy = workflow(
            "      - run: hugo\n      - uses: peaceiris/actions-gh-pages@v4\n        with:\n          publish_dir: ./public\n",
        );
        let repo = Example::of(&[
            ("hugo.toml", "baseURL = 'https://www.example.com/'\n"),
            ("content/a.md", "# a\n"),
            (".github/workflows/a.yml", &deploy),
        ])
        .on("gh-pages", &[("index.html", PAGE), ("a/index.html", PAGE)])
        .repo();
        repo.git(&["checkout", "--quiet", "gh-pages"]);
        repo.file("a/index.html", "<title>b</title>");
        repo.commit();
        repo.git(&["checkout", "--quiet", "main"]);
        let bare = hosted(&repo, &["main", "gh-pages"]);
        let want = [
            "https://www.example.com/a",
            "https://www.example.com/a/",
            "https://www.example.com/a/index",
            "https://www.example.com/a/index.html",
        ];
        let clone = Repo::clone_of(&bare.url(), &[]);
        let ran = init(&clone, &[]).run().exits(0).says("→ refs/remotes/origin/gh-pages");
        assert_eq!(urls(&ran), want);
        assert_eq!(
            written(clone.path()),
            [WWW, WWW_URL, "branch = \"gh-pages\"", "host = \"github-pages\"", "push = \"origin\""]
        );
        // A clone of one branch alone has nothing of the other: it is fetched, and its history is not here.
        for options in [&["--depth=1"][..], &["--single-branch"]] {
            let clone = Repo::clone_of(&bare.url(), &[options, &["--branch=main"]].concat());
            let ran = init(&clone, &[]).run().exits(0);
            assert!(
                ran.stderr.contains("note: the branch gh-pages was not in this clone, and is fetched from origin"),
                "{}",
                ran.stderr
            );
            assert_eq!(written(clone.path())[2], "branch = \"gh-pages\"");
        }
        // Without its remote a shallow clone says so, and what the workflow names is written down.
        let clone = Repo::clone_of(&bare.url(), &["--depth=1", "--branch=main"]);
        clone.git(&["remote", "set-url", "origin", "/nonexistent/x.git"]);
        let ran = init(&clone, &[]).run().exits(0).says("Next: deploy to the branch gh-pages, then `diffpurge plan`");
        assert!(ran.stderr.contains("note: the remote's branches are not known"), "{}", ran.stderr);
        assert_eq!(written(clone.path())[2], "branch = \"gh-pages\"");
    }

    #[test]
    fn where_eleventy_is_committed() {
        let repo = Example::of(&[
            ("eleventy.config.js", "module.exports = function (config) {};\n"),
            ("package.json", "{ \"devDependencies\": { \"@11ty/eleventy\": \"3\" } }"),
            ("index.md", "# a\n"),
            ("CNAME", "www.example.com\n"),
            ("_site/index.html", PAGE),
            ("_site/about/index.html", PAGE),
        ])
        .repo();
        repo.file("_site/about/index.html", "<title>b</title>").file("index.md", "# b\n");
        repo.commit();
        let bare = hosted(&repo, &["main"]);
        let clone = Repo::clone_of(&bare.url(), &[]);
        let ran = init(&clone, &[]).run().exits(0).says("www.example.com: HEAD~1 (");
        let about = "https://www.example.com/about";
        assert_eq!(
            urls(&ran),
            [about, &format!("{about}/"), &format!("{about}/index"), &format!("{about}/index.html")]
        );
        // Where the last commit is of the source alone, there is no change to show: all of the site is.
        repo.file("index.md", "# c\n");
        repo.commit();
        repo.git(&["push", "--quiet", "origin", "main"]);
        let clone = Repo::clone_of(&bare.url(), &[]);
        init(&clone, &[]).run().exits(0).says("www.example.com: empty (4b825dc642) → HEAD (").says("2 added");
    }

    #[test]
    fn where_mkdocs_is_not_committed() {
        let repo = Example::of(&[
            ("mkdocs.yml", "site_name: x\nsite_url: https://docs.example.com/\n"),
            ("docs/index.md", "# a\n"),
            (".gitignore", "site/\n"),
        ])
        .repo();
        let clone = Repo::clone_of(&hosted(&repo, &["main"]).url(), &[]);
        let next = "Next: `mkdocs build`, then `diffpurge plan empty dir:site` shows";
        init(&clone, &[]).run().exits(0).says(next);
        clone.file("site/index.html", PAGE);
        let ran = diffpurge(["plan", "empty", "dir:site"]).within(&clone).run().exits(0);
        let docs = "https://docs.example.com/";
        assert_eq!(urls(&ran), [docs, &format!("{docs}index"), &format!("{docs}index.html")]);
        // Built before, one command is enough.
        clone.remove("purge.toml");
        assert_eq!(urls(&init(&clone, &[]).run().exits(0)).len(), 3);
    }
}

#[test]
fn nothing_is_written_over_a_configuration() {
    let repo = Repo::of(&[
        ("index.html", PAGE),
        ("CNAME", "www.example.com\n"),
        ("blog/a.html", PAGE),
        ("purge.toml", "# mine\n"),
    ]);
    let ran = init(&repo, &["--base-url", "https://www.example.com/"]).run().exits(2);
    ran.fails_with("purge.toml is there already", "`diffpurge init --config FILE` writes another");
    // That of the repository counts for its directories, too.
    let below = diffpurge(["init"]).within_directory(&repo.path().join("blog")).run().exits(2);
    below.fails_with("purge.toml is there already", "--config FILE");
    assert_eq!(fs::read_to_string(repo.path().join("purge.toml")).unwrap(), "# mine\n");
    init(&repo, &["--config", "purge.toml"]).run().exits(2).fails_with("purge.toml is there already", "--config FILE");
    init(&repo, &["--config", "other.toml"]).run().exits(0).says("other.toml is written");
    diffpurge(["plan", "-c", "other.toml", "empty", "HEAD"]).within(&repo).run().exits(0);
    init(&repo, &["--config", "no/such.toml"])
        .run()
        .exits(2)
        .fails_with("cannot write no/such.toml", "a directory that exists");
    init(&repo, &["--site", "www", "--config", "x.toml"])
        .run()
        .exits(2)
        .fails_with("`--site` does not apply", "leave it out");
    init(&repo, &["-C", "none"]).run().exits(2).fails_with("there is no such directory", "name the directory");
}

#[test]
fn an_address_that_no_file_says_has_to_be_typed() {
    for (files, why) in [
        (&[("index.html", PAGE)][..], "no file says which address the site has; nothing is written"),
        (
            &[("hugo.toml", "baseURL = 'https://example.org/'\n")],
            "`baseURL` in hugo.toml is https://example.org/, which is a template's",
        ),
        (
            &[("mkdocs.yml", "site_name: x\nsite_url: !ENV SITE_URL\n")],
            "`site_url` in mkdocs.yml is computed when the site is built",
        ),
        (
            &[("astro.config.mjs", "export default { site: process.env.SITE ?? 'https://www.example.com' }")],
            "`site` in astro.config.mjs is computed",
        ),
        (&[("pelicanconf.py", "SITEURL = 'http://localhost:8000'\n")], "which is this machine"),
        (
            &[(
                "docusaurus.config.js",
                "module.exports = { url: 'https://your-docusaurus-site.example.com', baseUrl: '/' };",
            )],
            "which is a template's",
        ),
        (
            &[("index.html", PAGE), ("package.json", "{ \"homepage\": \"https://github.com/ann/x#readme\" }")],
            "no file says",
        ),
        (&[("index.html", PAGE), ("CNAME", "not a name\n")], "no file says"),
        (
            &[(
                "hugo.toml",
                "[languages.de]\nbaseURL = 'https://a.test/'\n[languages.en]\nbaseURL = 'https://b.test/'\n",
            )],
            "hugo.toml gives each language an address",
        ),
        (&[("conf.py", "project = 'x'\n")], "no file says"),
    ] {
        let repo = Repo::of(files);
        let ran = init(&repo, &[]).run().exits(2);
        ran.fails_with(why, "`diffpurge init --base-url https://www.example.com/`");
        assert!(!repo.path().join("purge.toml").exists());
        init(&repo, &["--base-url", "https://a.test", "--base-url", "https://b.test/x"]).run().exits(0);
        let lines = written(repo.path());
        assert_eq!(lines[..2], ["name = \"a.test\"", "base_urls = [\"https://a.test/\", \"https://b.test/x/\"]"]);
    }
    let repo = Repo::of(&[("index.html", PAGE)]);
    init(&repo, &["--base-url", "www.example.com"])
        .run()
        .exits(2)
        .fails_with("a base URL is absolute", "`https://www.example.com`");
    assert!(!repo.path().join("purge.toml").exists());
}

#[test]
fn a_place_without_a_site_is_an_error_and_one_that_is_named_is_taken() {
    let repo = Repo::of(&[("src/main.c", ""), ("README.md", "")]);
    let url = ["--base-url", "https://www.example.com/"];
    init(&repo, &url).run().exits(2).fails_with("no site is found here", "`diffpurge init --output DIR`");
    init(&repo, &[&url[..], &["--output", "web/out"]].concat())
        .run()
        .exits(2)
        .fails_with("--output web/out: there is no such directory", "build the site");
    repo.file("web/out/a.txt", "");
    init(&repo, &[&url[..], &["--output", "web/out/"]].concat()).run().exits(0).says("dir:web/out");
    assert_eq!(written(repo.path())[2..], ["store = \"file:.diffpurge/www.example.com.mark\""]);
    repo.remove("purge.toml");
    repo.commit();
    init(&repo, &[&url[..], &["--output", "./web/out"]].concat()).run().exits(0).says("web/out/, committed");
    assert_eq!(written(repo.path())[2..], ["output = \"web/out\""]);
    // Outside of any repository a directory is all that there is.
    let plain = tempfile::TempDir::new().unwrap();
    fs::write(plain.path().join("index.html"), PAGE).unwrap();
    let ran = diffpurge([&["init"], &url[..]].concat()).within_directory(plain.path()).run().exits(0);
    ran.says("www.example.com: empty (4b825dc642) → dir:. (");
    assert_eq!(written(plain.path())[2..], ["store = \"file:.diffpurge/www.example.com.mark\""]);
    // Before the first commit, too.
    let repo = Repo::new();
    repo.file("public/index.html", PAGE).file("hugo.toml", "baseURL = 'https://www.example.com/'\n");
    init(&repo, &[]).run().exits(0).says("→ dir:public (");
}

#[test]
fn a_job_is_printed_alone_for_each_system() {
    let committed = Repo::of(&[("index.html", PAGE)]);
    let built = Repo::of(&[("mkdocs.yml", "site_name: x\n")]);
    let nothing = Repo::of(&[("a.c", "")]);
    for system in diffpurge::setup::SYSTEMS.iter().map(|system| system.word) {
        let of_committed = init(&committed, &["--ci", system]).run().exits(0);
        assert!(
            of_committed.stdout.contains("diffpurge purge") && !of_committed.stdout.contains("dir:"),
            "{}",
            of_committed.stdout
        );
        assert_eq!(init(&nothing, &["--ci", system]).run().exits(0).stdout, of_committed.stdout);
        let of_built =
            init(&built, &["--ci", system]).run().exits(0).says("diffpurge purge dir:site").says("mkdocs build");
        assert!(of_built.stdout.contains(".diffpurge") && of_built.stderr.is_empty(), "{}", of_built.stdout);
    }
    for repo in [&committed, &built, &nothing] {
        assert!(!repo.path().join("purge.toml").exists());
    }
    let ran = init(&committed, &["--ci", "travis"]).run().exits(2);
    assert!(ran.stderr.contains("github") && ran.stderr.contains("semaphore"), "{}", ran.stderr);
}
