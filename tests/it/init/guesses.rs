//! Each thing that `init` guesses: the host, the output, the branch, and the reasons that it gives.

use super::*;

/// The lines of a file that tell of an output and a host, from these files; one that begins with `+` is on disk alone.
#[track_caller]
fn lines_of(files: &[(&'static str, &'static str)]) -> Vec<String> {
    let (built, committed): (Vec<_>, Vec<_>) = files.iter().partition(|(path, _)| path.starts_with('+'));
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
        (
            ("firebase.json", "{ \"hosting\": [{ \"public\": \".\", \"cleanUrls\": true }, { \"public\": \"b\" }] }"),
            None,
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
        // Pages may lie further down.
        (&[("hugo.toml", ""), ("public/en/index.html", PAGE)], vec!["output = \"public\""]),
        (&[("mkdocs.yml", ""), ("+site/de/index.html", PAGE)], vec![BUILT]),
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
    // One that GitHub builds holds a source, unless it says that it is none.
    for (more, want) in
        [(("a.txt", ""), "output:  docs/, committed"), ((".nojekyll", ""), "output:  the branch gh-pages")]
    {
        let example = Example::of(&[("docs/index.html", PAGE)]);
        let branch = [("index.html", PAGE), ("_config.yml", ""), ("_layouts/a.html", ""), more];
        init(&example.on("gh-pages", &branch).repo(), &["--base-url", "https://www.example.com/"])
            .run()
            .exits(0)
            .says(want);
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
fn the_reason_of_a_guess_stands_above_it() {
    for (files, begin, want) in [
        (
            &[
                ("mkdocs.yml", "\u{feff}site_url: https://docs.example.com/x/\r\nsite_name: x\r\n"),
                ("docs/CNAME", "\u{feff}docs.example.com\r\n"),
            ][..],
            "Is this the address",
            "docs/CNAME and mkdocs.yml say so.",
        ),
        (
            &[("mkdocs.yml", "site_url: https://old.example.com/\n"), ("docs/CNAME", "docs.example.com\n")],
            "Is this the address",
            "docs/CNAME says so, though mkdocs.yml says https://old.example.com/.",
        ),
        (
            &[("index.html", PAGE), ("package.json", "{\"homepage\": \"https://docs.example.com/a?b#c\"}")],
            "Is this the address",
            "`homepage` in package.json says so.",
        ),
        (
            &[("CNAME", "a.test"), ("netlify.toml", "[build]\npublish = \"x\""), ("x/index.html", PAGE)],
            "Is this the directory",
            "netlify.toml names it, and it is committed.",
        ),
        (
            &[("CNAME", "a.test"), ("vercel.json", "{}"), ("index.html", PAGE)],
            "Is this where",
            "There is a vercel.json.",
        ),
        (&[("CNAME", "a.test"), ("hugo.toml", "")], "Is public/ the directory", "Hugo writes it. It is not committed."),
        (
            &[("CNAME", "a.test"), ("hugo.toml", "publishDir = 'x'")],
            "Is x/ the directory",
            "hugo.toml says so. It is not committed.",
        ),
    ] {
        let repo = Repo::of(files);
        init(&repo, &[]).run().exits(0);
        let found = comment(&repo, begin);
        assert!(found.contains(want), "{found}");
    }
}

#[test]
fn a_directory_that_git_ignores_is_only_built() {
    let url = ["--base-url", "https://www.example.com/"];
    let repo = |ignore: &'static str, files: &[(&'static str, &'static str)]| {
        let repo = Repo::new();
        repo.file("hugo.toml", "");
        for (path, text) in files {
            repo.file(path, text);
        }
        repo.commit();
        repo.file(".gitignore", ignore).commit();
        repo
    };
    let store = "store = \"file:.diffpurge/www.example.com.mark\"";
    // A file of it is committed: to keep the directory, or from a time before it was ignored.
    for ignore in ["public/\n", "/public\n", "public/*\n!public/.gitkeep\n", "**/public/**\n", "# x\n*\n!*.toml\n"] {
        for kept in [("public/.gitkeep", ""), ("public/index.html", PAGE)] {
            let repo = repo(ignore, &[kept]);
            let ran = init(&repo, &url).run().exits(0);
            assert_eq!(written(repo.path())[2..], [store], "{ignore}{kept:?}\n{}", ran.stdout);
            ran.says("output:  public/, ").says(", not committed");
            comment(&repo, "Is public/ the directory that is served? Hugo writes it, and git ignores it.");
        }
    }
    let old = repo("public/\n", &[("public/index.html", PAGE)]);
    init(&old, &url).run().exits(0);
    comment(&old, "Or is it another? public/ as it is committed, though git ignores it may be the site, too.");
    // A directory by custom, too; and rules that are not in .gitignore.
    let custom = Repo::of(&[("a.md", ""), ("dist/index.html", PAGE), (".gitignore", "dist\n")]);
    init(&custom, &url).run().exits(0).says("output:  dist/, built, not committed");
    let custom = Repo::of(&[("a.md", ""), ("dist/index.html", PAGE)]);
    custom.file(".git/info/exclude", "dist/\n.diffpurge/\n");
    init(&custom, &url).run().exits(0).says("output:  dist/, built, not committed");
    let text = fs::read_to_string(custom.path().join("purge.toml")).unwrap();
    assert!(!text.contains("Is .diffpurge/ in .gitignore?"), "{text}");
    // One that git does not ignore may be committed one day, and a person who names it knows.
    let fresh = Repo::of(&[("hugo.toml", "")]);
    fresh.file("public/index.html", PAGE);
    init(&fresh, &url).run().exits(0);
    comment(
        &fresh,
        "Is public/ the directory that is served? Hugo writes it. It is not committed. Will you commit it?",
    );
    comment(&fresh, "Is .diffpurge/ in .gitignore?");
    let named = repo("public/\n", &[("public/index.html", PAGE)]);
    init(&named, &[&url[..], &["--output", "public"]].concat()).run().exits(0).says("output:  public/, committed");
}

#[test]
fn editors_find_the_schema_by_the_first_line() {
    let repo = Repo::of(&[("index.html", PAGE)]);
    init(&repo, &["--base-url", "https://www.example.com/"]).run().exits(0);
    let want = "#:schema https://raw.githubusercontent.com/diffpurge/diffpurge/main/docs/purge.schema.json";
    let example = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/purge.toml.example")).unwrap();
    let text = fs::read_to_string(repo.path().join("purge.toml")).unwrap();
    for text in [text, example] {
        assert_eq!(text.lines().next(), Some(want));
    }
}
