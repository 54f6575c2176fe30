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
        let ran = init(&clone, &[])
            .run()
            .exits(0)
            .says("To see a plan: deploy to the branch gh-pages, then `diffpurge plan`.");
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
        let next = "To see a plan: `mkdocs build`, then `diffpurge plan empty dir:site`.";
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

/// The lines of a file that tell of an output and a host, from these files; `/` at an end is on disk alone.
#[track_caller]
fn lines_of(files: &[(&'static str, &'static str)]) -> Vec<String> {
    let (built, committed): (Vec<_>, Vec<_>) = files.iter().partition(|(path, _)| path.starts_with("+"));
    let repo = Repo::of(&committed);
    for (path, text) in built {
        repo.file(path.trim_start_matches('+'), text);
    }
    init(&repo, &["--base-url", "https://www.example.com/"]).run().exits(0);
    let store = "store = \"file:.diffpurge/www.example.com.mark\"";
    written(repo.path())[2..]
        .iter()
        .map(|line| if line == store { "a mark in a file".to_owned() } else { line.clone() })
        .collect()
}

/// The one comment of a file that begins with these words.
#[track_caller]
fn comment(repo: &Repo, begin: &str) -> String {
    let text = fs::read_to_string(repo.path().join("purge.toml")).unwrap();
    let found: Vec<&str> = text.lines().filter(|line| line.starts_with(&format!("# {begin}"))).collect();
    assert_eq!(found.len(), 1, "{begin}:\n{text}");
    found[0].to_owned()
}

#[test]
fn a_host_is_named_where_one_alone_is_told_of() {
    const INDEX: (&str, &str) = ("index.html", PAGE);
    const SITE: &str = "output = \"\"";
    for (file, want) in [
        (("netlify.toml", "[[headers]]\nfor = \"/*\"\n"), Some("netlify")),
        (("vercel.json", "{}"), Some("vercel")),
        (("vercel.json", "{ \"cleanUrls\": true }"), Some("vercel-clean")),
        (("vercel.json", "{ \"cleanUrls\": true, \"trailingSlash\": true }"), Some("vercel-clean-slash")),
        (("firebase.json", "{ \"hosting\": { \"public\": \".\" } }"), Some("firebase")),
        (
            ("firebase.json", "{ \"hosting\": { \"public\": \".\", \"trailingSlash\": false } }"),
            Some("firebase-no-slash"),
        ),
        (("firebase.json", "{ \"firestore\": { \"rules\": \"x\" } }"), None),
        (("staticwebapp.config.json", "{}"), Some("azure-static")),
        (("wrangler.toml", "name = \"x\"\npages_build_output_dir = \".\"\n"), Some("cloudflare-pages")),
        (("wrangler.jsonc", "{\n // c\n \"assets\": { \"directory\": \".\" } }"), Some("workers-assets")),
        (
            ("wrangler.toml", "[assets]\ndirectory = \".\"\nhtml_handling = \"drop-trailing-slash\"\n"),
            Some("workers-assets-drop-slash"),
        ),
        (("wrangler.toml", "main = \"a.js\"\n"), None),
        (("_redirects", "/a /b 301\n"), None),
        (("_redirects", "/a /b 301!\n"), Some("netlify")),
        (("_headers", "/*\n  X-A: b\n"), None),
        (("_routes.json", "{}"), Some("cloudflare-pages")),
        ((".htaccess", ""), Some("apache")),
        (("CNAME", "www.example.com"), Some("github-pages")),
        ((".nojekyll", ""), None),
        ((".gitlab-ci.yml", "pages:\n  script: [\"true\"]\n  publish: .\n"), Some("gitlab-pages")),
        ((".gitlab-ci.yml", "test:\n  script: [\"true\"]\n"), None),
    ] {
        let host = want.map(|word| format!("host = \"{word}\""));
        let want: Vec<String> = [SITE.to_owned()].into_iter().chain(host).collect();
        assert_eq!(lines_of(&[INDEX, file]), want, "{file:?}");
    }
    // Two hosts, or a file that two read, are a question.
    for (files, question) in [
        (
            &[INDEX, ("netlify.toml", ""), ("vercel.json", "{}")][..],
            "Is it \"netlify\" (netlify.toml) or \"vercel\" (vercel.json)?",
        ),
        (&[INDEX, ("_redirects", "/a /b\n")], "Is it \"netlify\" or \"cloudflare-pages\"? Both read _redirects."),
    ] {
        let repo = Repo::of(files);
        init(&repo, &["--base-url", "https://www.example.com/"]).run().exits(0);
        let comment = comment(&repo, "Where is the site served?");
        assert!(comment.contains(question), "{comment}");
    }
}

#[test]
fn the_ways_of_workflows_are_known() {
    let repo = |steps: &str| {
        Repo::of(&[("index.md", "# a\n"), ("dist/index.html", PAGE), (".github/workflows/a.yml", &workflow(steps))])
    };
    let plain = "output = \"dist\"";
    for (steps, want) in [
        (
            "      - uses: JamesIves/github-pages-deploy-action@v4\n        with: \n          branch: live-site\n          folder: dist\n",
            vec!["branch = \"live-site\"", "host = \"github-pages\""],
        ),
        (
            "      - uses: crazy-max/ghaction-github-pages@v4\n        with:\n          build_dir: dist\n",
            vec!["branch = \"gh-pages\"", "host = \"github-pages\""],
        ),
        ("      - run: npx gh-pages -d dist\n", vec!["branch = \"gh-pages\"", "host = \"github-pages\""]),
        (
            "      - uses: peaceiris/actions-gh-pages@v4\n        with:\n          external_repository: a/b\n          publish_dir: dist\n",
            vec![plain, "host = \"github-pages\""],
        ),
        (
            "      - uses: actions/upload-pages-artifact@v4\n        with: { path: dist }\n      - uses: actions/deploy-pages@v4\n",
            vec![plain, "host = \"github-pages\""],
        ),
        (
            "      - uses: cloudflare/pages-action@v1\n        with:\n          directory: dist\n",
            vec![plain, "host = \"cloudflare-pages\""],
        ),
        (
            "      - uses: cloudflare/wrangler-action@v3\n        with:\n          command: pages deploy dist --project-name=x\n",
            vec![plain, "host = \"cloudflare-pages\""],
        ),
        ("      - run: npx netlify deploy --prod --dir=dist\n", vec![plain, "host = \"netlify\""]),
        ("      - uses: FirebaseExtended/action-hosting-deploy@v0\n", vec![plain, "host = \"firebase\""]),
        (
            "      - uses: Azure/static-web-apps-deploy@v1\n        with:\n          output_location: \"dist\"\n",
            vec![plain, "host = \"azure-static\""],
        ),
        ("      # - uses: amondnet/vercel-action@v25\n      # - run: netlify deploy\n", vec![plain]),
    ] {
        let repo = repo(steps);
        init(&repo, &["--base-url", "https://www.example.com/"]).run().exits(0);
        assert_eq!(written(repo.path())[2..], want, "{steps}");
    }
    // The name of the site may stand in the workflow alone, and GitHub gives one to a repository without.
    let steps = "      - uses: peaceiris/actions-gh-pages@v4\n        with:\n          publish_dir: dist\n          cname: docs.example.com\n";
    let named = repo(steps);
    init(&named, &[]).run().exits(0);
    assert_eq!(written(named.path())[..2], [DOCS, DOCS_URL]);
    let github = repo("      - uses: actions/deploy-pages@v4\n");
    github.git(&["remote", "add", "origin", "git@github.com:Ann/x.git"]);
    init(&github, &[]).run().exits(0);
    assert_eq!(written(github.path())[..2], ["name = \"ann.github.io\"", "base_urls = [\"https://ann.github.io/x/\"]"]);
    let owner = Repo::of(&[("index.html", PAGE)]);
    owner.git(&["remote", "add", "origin", "https://github.com/ann/ann.github.io"]);
    init(&owner, &[]).run().exits(0);
    let lines = written(owner.path());
    assert_eq!(
        lines,
        [
            "name = \"ann.github.io\"",
            "base_urls = [\"https://ann.github.io/\"]",
            "output = \"\"",
            "host = \"github-pages\""
        ]
    );
}

#[test]
fn an_output_is_found_where_the_generator_was_told_to_write_it() {
    const BUILT: &str = "a mark in a file";
    for (files, want) in [
        (&[("hugo.yaml", "publishdir: docs\n"), ("docs/index.html", PAGE)][..], vec!["output = \"docs\""]),
        (
            &[
                ("config/_default/hugo.toml", "publishDir = 'out/www'\n"),
                ("content/a.md", ""),
                ("out/www/index.html", PAGE),
            ],
            vec!["output = \"out/www\""],
        ),
        (
            &[("_config.yml", "destination: ./docs\n"), ("_posts/a.md", ""), ("docs/index.html", PAGE)],
            vec!["output = \"docs\""],
        ),
        (
            &[
                (
                    "package.json",
                    "{ \"scripts\": { \"build\": \"eleventy --output=www\" }, \"devDependencies\": { \"@11ty/eleventy\": \"3\" } }",
                ),
                ("www/index.html", PAGE),
            ],
            vec!["output = \"www\""],
        ),
        (
            &[
                ("package.json", "{ \"scripts\": { \"build\": \"docusaurus build --out-dir dist\" } }"),
                ("docusaurus.config.js", ""),
                ("dist/index.html", PAGE),
            ],
            vec!["output = \"dist\""],
        ),
        (&[("mkdocs.yml", "site_dir: public\n"), ("docs/index.html", PAGE), ("+public/index.html", PAGE)], vec![BUILT]),
        (
            &[
                ("_config.yml", "public_dir: out\n"),
                ("package.json", "{\"dependencies\":{\"hexo\":\"8\"}}"),
                ("out/index.html", PAGE),
            ],
            vec!["output = \"out\""],
        ),
        (&[("pelicanconf.py", "OUTPUT_PATH = 'www'\n"), ("www/index.html", PAGE)], vec!["output = \"www\""]),
        (
            &[("docs/conf.py", "project = 'x'\n"), ("docs/_build/html/index.html", PAGE)],
            vec!["output = \"docs/_build/html\""],
        ),
        (
            &[("book.toml", "[build]\nbuild-dir = \"out\"\n"), ("src/SUMMARY.md", ""), ("out/index.html", PAGE)],
            vec!["output = \"out\""],
        ),
        (
            &[("config.toml", "base_url = 'https://a.test'\n"), ("content/_index.md", ""), ("public/index.html", PAGE)],
            vec!["output = \"public\""],
        ),
        (
            &[("zensical.toml", "[project]\nsite_name = 'x'\n"), ("docs/index.md", ""), ("site/index.html", PAGE)],
            vec!["output = \"site\""],
        ),
        (
            &[
                ("_quarto.yml", "project:\n  type: website\n  output-dir: docs\n"),
                ("index.qmd", ""),
                ("docs/index.html", PAGE),
            ],
            vec!["output = \"docs\""],
        ),
        (&[("nuxt.config.ts", ""), (".output/public/index.html", PAGE)], vec!["output = \".output/public\""]),
        (&[("svelte.config.js", ""), ("vite.config.js", ""), ("build/index.html", PAGE)], vec!["output = \"build\""]),
        (
            &[
                ("vite.config.ts", "export default { build: { outDir: 'www' } }"),
                ("index.html", PAGE),
                ("www/index.html", PAGE),
            ],
            vec!["output = \"www\""],
        ),
        (
            &[("docs/.vuepress/config.js", "module.exports = { dest: 'x' }"), ("docs/.vuepress/dist/index.html", PAGE)],
            vec!["output = \"docs/.vuepress/dist\""],
        ),
        // A host's file says it, too.
        (
            &[("a.md", ""), ("netlify.toml", "[build]\nbase = \"web\"\npublish = \"x\"\n"), ("web/x/index.html", PAGE)],
            vec!["output = \"web/x\"", "host = \"netlify\""],
        ),
        // By custom alone.
        (&[("a.md", ""), ("htdocs/index.html", PAGE)], vec!["output = \"htdocs\""]),
        (&[("a.md", ""), ("+dist/index.html", PAGE)], vec![BUILT]),
        // A directory that is copied from is none that is written.
        (&[("astro.config.mjs", ""), ("public/index.html", PAGE)], vec![BUILT]),
        (&[("mkdocs.yml", "site_name: x\n"), ("docs/index.html", PAGE)], vec![BUILT]),
    ] {
        assert_eq!(lines_of(files), want, "{files:?}");
    }
    let repo = Repo::of(&[("mkdocs.yml", "site_dir: /srv/www\n"), ("site/index.html", PAGE)]);
    repo.remove("site");
    repo.commit();
    init(&repo, &["--base-url", "https://www.example.com/"]).run().exits(0);
    comment(&repo, "`site_dir` in mkdocs.yml is /srv/www, which is not in the repository");
    let next = Repo::of(&[("next.config.js", "module.exports = {}"), ("package.json", "{}")]);
    init(&next, &["--base-url", "https://www.example.com/"]).run().exits(0);
    comment(&next, "Is the site exported?");
}

#[test]
fn a_branch_is_found_by_its_name_and_others_are_named() {
    for name in ["deploy", "pages", "asf-site"] {
        let example = Example::of(&[("hugo.toml", "baseURL = 'https://www.example.com/'\n")]);
        let repo = example.on(name, &[("index.html", PAGE), ("CNAME", "docs.example.com\n")]).repo();
        init(&repo, &[]).run().exits(0);
        let branch = format!("branch = \"{name}\"");
        assert_eq!(written(repo.path()), [DOCS, DOCS_URL, &branch, "host = \"github-pages\""]);
        comment(&repo, "Is this the address that visitors type? CNAME on ");
    }
    // A branch of another thing has no page, and one that is checked out is no other.
    let example = Example::of(&[("index.html", PAGE)]).on("deploy", &[("ansible.yml", "")]);
    let url = ["--base-url", "https://www.example.com/"];
    init(&example.repo(), &url).run().exits(0).says("output:  the whole repository");
    let repo = Example::of(&[("a.md", "")]).on("gh-pages", &[("index.html", PAGE)]).repo();
    repo.git(&["checkout", "--quiet", "gh-pages"]);
    init(&repo, &url).run().exits(0);
    assert_eq!(written(repo.path())[2..], ["output = \"\"", "host = \"github-pages\""]);
    // The one that the generator writes wins, and the other is asked about.
    let both = Example::of(&[("hugo.toml", ""), ("public/index.html", PAGE), ("docs/index.html", PAGE)]);
    let repo = both.on("gh-pages", &[("index.html", PAGE)]).repo();
    init(&repo, &url).run().exits(0);
    assert_eq!(written(repo.path())[2..], ["output = \"public\""]);
    assert_eq!(
        comment(&repo, "Or is it another?"),
        "# Or is it another? the branch gh-pages, docs/ may be the site, too."
    );
}

#[test]
fn a_directory_of_a_repository_has_a_configuration_of_its_own() {
    let repo = Repo::of(&[
        ("web/mkdocs.yml", "site_url: https://docs.example.com/\n"),
        ("web/docs/index.md", ""),
        ("web/docs/a/b.md", ""),
        ("lib/x.py", ""),
    ]);
    repo.file("web/site/index.html", PAGE);
    let ran = diffpurge(["init"]).within_directory(&repo.path().join("web")).run().exits(0);
    ran.says("After each deploy: `diffpurge purge dir:site`.");
    let web = repo.path().join("web");
    assert_eq!(written(&web), [DOCS, DOCS_URL, "store = \"file:.diffpurge/docs.example.com.mark\""]);
    diffpurge(["plan", "dir:site"]).within_directory(&web).run().exits(0);
    let job = diffpurge(["init", "--ci", "github"]).within_directory(&web).run().exits(0);
    job.says("- run: diffpurge -c web/purge.toml purge dir:web/site\n").says("path: web/.diffpurge\n");
    fs::remove_file(web.join("purge.toml")).unwrap();
    // The same from outside: paths count from where somebody is.
    let outside = tempfile::TempDir::new().unwrap();
    let ran = diffpurge(["-C", web.to_str().unwrap(), "init"]).within_directory(outside.path()).run().exits(0);
    let typed = format!("dir:{}/site", web.display());
    ran.says(&format!("After each deploy: `diffpurge purge {typed}`."));
    diffpurge(["-C", web.to_str().unwrap(), "plan", &typed]).within_directory(outside.path()).run().exits(0);
    fs::remove_file(web.join("purge.toml")).unwrap();
    // A directory below the source is of the same site.
    let below = web.join("docs/a");
    diffpurge(["init"]).within_directory(&below).run().exits(0).says("`diffpurge purge dir:../../site`");
    diffpurge(["plan", "dir:../../site"]).within_directory(&below).run().exits(0);
}

#[test]
fn a_bare_repository_is_looked_at_in_git() {
    let repo = Repo::of(&[("hugo.toml", "baseURL = 'https://www.example.com/'\n"), ("public/index.html", PAGE)]);
    let bare = Repo::clone_of(&repo.url(), &["--bare"]);
    let ran = diffpurge(["-C", bare.path().to_str().unwrap(), "init"]).run().exits(0);
    ran.says("output:  public/, committed").says("www.example.com: empty (4b825dc642) → HEAD");
    assert_eq!(written(bare.path()), [WWW, WWW_URL, "output = \"public\""]);
}

#[test]
fn on_a_terminal_the_address_is_asked_for() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let has_script = Command::new("script").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !crate::support::required(
        has_script.is_ok_and(|status| status.success()),
        "script (bsdutils), which makes a terminal",
    ) {
        return;
    }
    for (typed, code, base_url) in [
        ("docs.example.com\n", 0, Some(DOCS_URL)),
        ("https://docs.example.com/\n", 0, Some(DOCS_URL)),
        ("\n", 2, None),
        ("docs example com\n", 2, None),
    ] {
        let repo = Repo::of(&[("index.html", PAGE)]);
        let command = format!("{} init", env!("CARGO_BIN_EXE_diffpurge"));
        let mut script = Command::new("script");
        script.args(["--quiet", "--return", "--command", &command, "/dev/null"]).current_dir(repo.path());
        let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(typed.as_bytes()).unwrap();
        let ended = child.wait_with_output().unwrap();
        drop(input);
        let said = String::from_utf8_lossy(&ended.stdout).into_owned();
        assert_eq!(ended.status.code(), Some(code), "{typed}{said}");
        assert!(said.contains("Which address do visitors type? "), "{said}");
        assert_eq!(repo.path().join("purge.toml").exists(), base_url.is_some(), "{said}");
        if let Some(base_url) = base_url {
            assert_eq!(written(repo.path())[1], base_url);
        }
    }
}

#[test]
fn names_of_a_repository_cannot_leave_their_line() {
    let hostile = "x\"\n[[site]]\nname = \"y";
    let hugo = format!("baseURL = 'https://www.example.com/'\npublishDir = {hostile:?}\n");
    let repo = Repo::of(&[("hugo.toml", &hugo)]);
    repo.file(
        format!(".github/workflows/a\nhost = \"s3-rest\".yml"),
        "jobs:\n  a:\n    steps:\n      - run: npx gh-pages -d x\n",
    );
    init(&repo, &[]).run().exits(0);
    assert_eq!(written(repo.path()), [WWW, WWW_URL, "branch = \"gh-pages\"", "host = \"github-pages\""]);
    let repo = Repo::of(&[("hugo.toml", &hugo)]);
    init(&repo, &[]).run().exits(0);
    assert_eq!(written(repo.path()), [WWW, WWW_URL, "store = \"file:.diffpurge/www.example.com.mark\""]);
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
    init(&mike, &[]).run().exits(0).says("output:  the branch gh-pages").says("https://docs.example.com/1.0/");
    mike.remove("purge.toml");
    generate(&mike, "mike", &["deploy", "--update-aliases", "1.1", "latest"]);
    generate(&mike, "mike", &["set-default", "latest"]);
    init(&mike, &[])
        .run()
        .exits(0)
        .says("docs.example.com: refs/heads/gh-pages~1 (")
        .says("https://docs.example.com/ ");
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
    ran.says("docs.example.com: HEAD~1 (").says("1 path changed: 1 added").says("https://docs.example.com/about/ ");
    assert_eq!(written(eleventy.path()), [DOCS, DOCS_URL, "output = \"_site\""]);
}
