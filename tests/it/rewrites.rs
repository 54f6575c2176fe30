//! Rewrites that did not change, and whose file did: the URLs that they are for have the new answer.

use serde_json::Value;

use crate::support::{Repo, diffpurge};

const BASE: &str = "https://www.example.com/";

/// A site with pages, an application and posts, in `public`, on a host.
fn site(host: &str, rules: &str) -> Repo {
    let config = format!(
        "[[site]]\nname = \"www\"\nbase_urls = [\"{BASE}\"]\noutput = \"public\"\nhost = \"{host}\"\nforms = [\"exact\"]\n\
         spellings = \"canonical\"\n{rules}"
    );
    let repo = Repo::of(&[("purge.toml", &config)]);
    let files =
        ["index.html", "a.html", "404.html", "app/index.html", "posts/x.html", "posts/y/index.html", "css/main.css"];
    repo.files(files.map(|file| format!("public/{file}")), "1");
    repo
}

/// All that a plan purges beside the file's own path, and its notes.
fn changed(repo: &Repo, file: &str) -> (Vec<String>, Vec<String>) {
    repo.commit();
    repo.file(format!("public/{file}"), "2").commit();
    let json = diffpurge(["plan", "HEAD~1", "--format", "json"]).within(repo).run().exits(0).stdout;
    let json: Value = serde_json::from_str(&json).unwrap();
    let text = |operation: &Value| {
        let text = operation["value"].as_str().unwrap().replace(BASE, "/").replace("www.example.com/", "/");
        if operation["kind"] == "prefix" { text + "*" } else { text }
    };
    let plan = &json["sites"][0];
    let operations = plan["operations"].as_array().unwrap().iter().map(text);
    let notes = plan["notes"].as_array().unwrap().iter().map(|note| note.as_str().unwrap().to_owned()).collect();
    (operations.filter(|text| *text != format!("/{file}")).collect(), notes)
}

#[track_caller]
fn check(file: &str, table: &[(&str, &str, &[&str])]) {
    let mut differences = Vec::new();
    for (content, changes, want) in table {
        let repo = site("generic", "");
        repo.file(file, content);
        let (got, notes) = changed(&repo, changes);
        if got != *want {
            differences.push(format!("{content}\n{changes} changed\n  got {got:?}\n want {want:?}\n{notes:?}\n"));
        }
    }
    assert!(differences.is_empty(), "{file}\n{}", differences.join("\n"));
}

#[test]
fn a_line_of_redirects_that_rewrites_to_a_changed_file_is_purged() {
    check(
        "public/_redirects",
        &[
            ("/app/* /app/index.html 200", "app/index.html", &["/app", "/app/*"]),
            ("/app/* /app/index.html 200", "a.html", &[]),
            ("/app/* /app/index.html 200!", "app/index.html", &["/app", "/app/*"]),
            ("/app/* /app/ 200", "app/index.html", &["/app", "/app/*"]),
            ("/app/* /app 200", "app/index.html", &["/app", "/app/*"]),
            ("/app/* /app/index.html", "app/index.html", &[]),
            ("/app/* /app/index.html 301", "app/index.html", &[]),
            ("/login /a.html 200", "a.html", &["/login", "/login/"]),
            ("/login /a 200", "a.html", &["/login", "/login/"]),
            ("/login /a.html?x=1 200", "a.html", &["/login", "/login/"]),
            ("/login /a.html 200 Country=de", "a.html", &["/login", "/login/"]),
            ("/store id=:id /a.html 200", "a.html", &["/store*"]),
            ("/login https://elsewhere.example/a.html 200", "a.html", &[]),
            ("# /login /a.html 200", "a.html", &[]),
            ("/* /index.html 200", "index.html", &["/*"]),
            ("/* /index.html 200", "a.html", &[]),
            ("/blog/* /posts/:splat 200", "posts/x.html", &["/blog/x", "/blog/x.html", "/blog/x/"]),
            (
                "/blog/* /posts/:splat 200",
                "posts/y/index.html",
                &["/blog/y", "/blog/y/", "/blog/y/index", "/blog/y/index.html"],
            ),
            ("/blog/* /posts/:splat 200", "a.html", &[]),
            ("/blog/:slug /posts/:slug.html 200", "posts/x.html", &["/blog/x"]),
            ("/:lang/blog/:slug /posts/:slug.html 200", "posts/x.html", &["/*"]),
            ("/:lang/blog/:slug /posts/:slug.html 200", "a.html", &[]),
            ("/gone /a.html 404", "a.html", &["/gone", "/gone/"]),
            ("/en/* /a.html 404", "a.html", &[]),
        ],
    );
}

#[test]
fn an_entry_of_a_list_that_rewrites_to_a_changed_file_is_purged() {
    let rewrite =
        |source: &str, to: &str| format!(r#"{{"rewrites": [{{"source": "{source}", "destination": "{to}"}}]}}"#);
    let app = rewrite("/app/:path*", "/app/index.html");
    for file in ["vercel.json", "public/now.json", "public/serve.json", "public/superstatic.json"] {
        check(file, &[(&app, "app/index.html", &["/app", "/app/*"])]);
    }
    {
        check(
            "public/vercel.json",
            &[
                (&app, "app/index.html", &["/app", "/app/*"]),
                (&rewrite("/app/(.*)", "/app/index.html"), "app/index.html", &["/app", "/app/*"]),
                (&rewrite("/login", "/a"), "a.html", &["/login", "/login/"]),
                (&rewrite("/login", "https://elsewhere.example/a.html"), "a.html", &[]),
                (&rewrite("/(.*)", "/index.html"), "index.html", &["/*"]),
                (&rewrite("/((?!api/).*)", "/index.html"), "index.html", &["/*"]),
                (&rewrite("/blog/:slug", "/posts/:slug.html"), "posts/x.html", &["/blog/x"]),
                (r#"{"redirects": [{"source": "/x", "destination": "/a.html"}]}"#, "a.html", &[]),
                (r#"{"routes": [{"src": "/app/.*", "dest": "/app/index.html"}]}"#, "app/index.html", &["/app/*"]),
                (r#"{"routes": [{"src": "/blog/(.*)", "dest": "/posts/$1.html"}]}"#, "posts/x.html", &["/blog/x"]),
                (r#"{"routes": [{"src": "/x", "dest": "/a.html", "status": 301}]}"#, "a.html", &[]),
            ],
        );
    }
    check(
        "firebase.json",
        &[
            (
                r#"{"hosting": {"rewrites": [{"source": "/app/**", "destination": "/app/index.html"}]}}"#,
                "app/index.html",
                &["/app", "/app/*"],
            ),
            (r#"{"hosting": {"rewrites": [{"source": "**", "destination": "/index.html"}]}}"#, "index.html", &["/*"]),
            (r#"{"hosting": {"rewrites": [{"regex": "^/in/.*", "destination": "/a.html"}]}}"#, "a.html", &["/in/*"]),
            (
                r#"{"hosting": [{"target": "x", "rewrites": [{"source": "/l", "destination": "/a.html"}]}]}"#,
                "a.html",
                &["/l", "/l/"],
            ),
            (r#"{"hosting": {"rewrites": [{"source": "/app/**", "function": "f"}]}}"#, "app/index.html", &[]),
        ],
    );
    {
        check(
            "netlify.toml",
            &[
                (
                    "[[redirects]]\nfrom = \"/app/*\"\nto = \"/app/index.html\"\nstatus = 200\n",
                    "app/index.html",
                    &["/app", "/app/*"],
                ),
                ("[[redirects]]\nfrom = \"/app/*\"\nto = \"/app/index.html\"\n", "app/index.html", &[]),
                ("[[redirects]]\nfrom = \"/old\"\nto = \"/a.html\"\nstatus = 302\n", "a.html", &[]),
                ("[[redirects]]\nfrom = \"/*\"\nto = \"/index.html\"\nstatus = 200\n", "index.html", &["/*"]),
                ("[[redirects]]\nfrom = \"/*\"\nto = \"/404.html\"\nstatus = 404\n", "404.html", &[]),
            ],
        );
    }
    check(
        "staticwebapp.config.json",
        &[
            (r#"{"routes": [{"route": "/login", "rewrite": "/a.html"}]}"#, "a.html", &["/login", "/login/"]),
            (
                r#"{"routes": [{"route": "/app/*", "rewrite": "/app/index.html"}]}"#,
                "app/index.html",
                &["/app", "/app/*"],
            ),
            (r#"{"routes": [{"route": "/app/*", "redirect": "/app/index.html"}]}"#, "app/index.html", &[]),
            (r#"{"navigationFallback": {"rewrite": "/index.html", "exclude": ["/css/*"]}}"#, "index.html", &["/*"]),
            (r#"{"navigationFallback": {"rewrite": "/index.html"}}"#, "a.html", &[]),
            (r#"{"responseOverrides": {"404": {"rewrite": "/a.html"}}}"#, "a.html", &[]),
        ],
    );
}

#[test]
fn a_directive_that_answers_with_a_changed_file_is_purged() {
    let on = |rule: &str| format!("RewriteEngine On\n{rule}\n");
    check(
        "public/.htaccess",
        &[
            (&on("RewriteRule ^pretty$ a.html"), "a.html", &["/pretty"]),
            (&on("RewriteRule ^pretty$ a.html [L]"), "app/index.html", &[]),
            (&on("RewriteRule ^pretty$ /a.html [R=301]"), "a.html", &[]),
            (&on("RewriteRule ^app/ app/index.html [L]"), "app/index.html", &["/app/*"]),
            (&on("RewriteRule ^blog/(.*)$ posts/$1.html"), "posts/x.html", &["/blog/x"]),
            (&on("RewriteRule ^([^.]+)$ $1.html [L]"), "posts/x.html", &["/posts/x"]),
            (&on("RewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule . /index.html [L]"), "index.html", &["/*"]),
            (&on("RewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule . /index.html [L]"), "a.html", &[]),
            (&on("RewriteRule ^index\\.html$ - [L]"), "index.html", &[]),
            (&on("RewriteRule ^a$ a.html [N]"), "a.html", &["/*"]),
            (&on("RewriteRule ^a$ a.html [N]"), "css/main.css", &[]),
            (&on("RewriteRule ^(.+)\\.(\\d+)\\.(js|css)$ $1.$3 [L]"), "css/main.css", &["/css/*"]),
            ("DirectoryIndex a.html", "a.html", &["/"]),
            ("DirectoryIndex x.html y.html", "posts/x.html", &["/posts/"]),
            ("Redirect 403 /secret\nErrorDocument 403 /a.html", "a.html", &["/", "/secret", "/secret/*"]),
            ("ErrorDocument 404 /a.html", "a.html", &[]),
        ],
    );
    check(
        "public/posts/.htaccess",
        &[
            (&on("RewriteRule ^pretty$ x.html"), "posts/x.html", &["/posts/pretty"]),
            (&on("RewriteRule ^pretty$ /a.html"), "posts/y/index.html", &[]),
            (&on("RewriteRule . x.html"), "posts/x.html", &["/posts", "/posts/*"]),
        ],
    );
}

#[test]
fn a_rule_for_the_file_or_for_the_configuration_knows_better() {
    let rule = |file: &str, scope: &str| format!("[[site.rule]]\nmatch = [\"{file}\"]\nscope = \"{scope}\"\n");
    for (host, rules, want) in [
        ("generic", String::new(), &["/*"][..]),
        ("netlify", String::new(), &["/*"]),
        ("cloudflare-pages", String::new(), &["/*"]),
        ("generic", rule("index.html", "urls"), &[]),
        ("generic", rule("_redirects", "urls"), &[]),
        ("generic", rule("_redirects", "none"), &[]),
        ("generic", rule("_redirects", "everything"), &["/*"]),
        ("generic", "ignore = [\"_redirects\"]\n".to_owned(), &[]),
        // Others read no such file.
        ("apache", String::new(), &[]),
        ("vercel", String::new(), &[]),
    ] {
        let repo = site(host, &rules);
        repo.file("public/_redirects", "/* /index.html 200\n");
        let (got, notes) = changed(&repo, "index.html");
        assert_eq!(got, want, "{host} {rules}: {notes:?}");
        assert_eq!(
            notes.iter().any(|note| note.starts_with("index.html is also the answer")),
            !want.is_empty(),
            "{notes:?}"
        );
    }
}

#[test]
fn a_rewrite_is_the_reason_also_in_a_saved_plan() {
    let repo = site("netlify", "");
    repo.file("public/_redirects", "# the application\n/app/* /app/index.html 200\n/in/* /posts/:splat 200\n").commit();
    repo.file("public/app/index.html", "2").file("public/posts/x.html", "2").commit();
    let file = repo.path().join("p.json").display().to_string();
    let made = diffpurge(["plan", "HEAD~1", "-v", "--out", &file]).within(&repo).run().exits(0);
    let made = made.says("app/index.html modified, served by _redirects: line 2 (/app/* /app/index.html 200)");
    let by = "served by _redirects: line 3 (/in/* /posts/:splat 200)\n";
    let urls = ["in/x          ", "in/x.html     "].map(|path| format!("      https://www.example.com/{path}{by}"));
    let made = made.says(&format!("\n  ~ posts/x.html  4 URLs\n{}", urls.concat()));
    let shown = diffpurge(["purge", "--plan", &file, "--dry-run", "-v"]).within(&repo).run().exits(0).stdout;
    assert_eq!(shown, made.stdout);
    let json = diffpurge(["plan", "HEAD~1", "--format", "json"]).within(&repo).run().exits(0).stdout;
    let schema = serde_json::from_str(include_str!("../../docs/plan.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let document: Value = serde_json::from_str(&json).unwrap();
    assert!(schema.is_valid(&document), "{document:#}");
    assert!(json.contains(r#""file": {"#), "{json}");
}

#[test]
fn a_page_of_errors_under_another_name_is_told_and_ages_out() {
    for (file, content) in [
        ("public/.htaccess", "ErrorDocument 404 /a.html\n"),
        ("public/_redirects", "/en/* /a.html 404\n"),
        ("public/staticwebapp.config.json", r#"{"responseOverrides": {"404": {"rewrite": "/a.html"}}}"#),
    ] {
        let repo = site("generic", "");
        repo.file(file, content);
        let (got, notes) = changed(&repo, "a.html");
        assert_eq!(got, [""; 0], "{file}");
        assert!(notes.iter().any(|note| note.starts_with("a.html is also the answer under unknown URLs")), "{notes:?}");
    }
}

#[test]
fn a_rewrite_that_is_added_or_gone_or_whose_file_comes_or_goes_is_purged() {
    for (before, after) in [
        (&[("app.html", "1")][..], &[("app.html", "2")][..]),
        (&[], &[("app.html", "1")]),
        (&[("app.html", "1")], &[("app.html", "")]),
    ] {
        let repo = site("generic", "");
        repo.file("public/_redirects", "/in/* /app.html 200\n");
        let put = |files: &[(&str, &str)]| {
            for (file, content) in files {
                if content.is_empty() {
                    repo.remove(format!("public/{file}"))
                } else {
                    repo.file(format!("public/{file}"), content)
                };
            }
            repo.commit();
        };
        put(before);
        put(after);
        let urls = diffpurge(["plan", "HEAD~1"]).within(&repo).run().exits(0).stdout;
        assert!(urls.contains("www.example.com/in/*"), "{urls}");
    }
}

#[test]
fn rules_of_other_directories_and_base_urls_with_a_path_are_minded() {
    let repo = site("apache", "");
    repo.file("public/.htaccess", "# nothing\n")
        .file("public/posts/.htaccess", "RewriteEngine On\nRewriteRule ^p$ /a.html\n");
    assert_eq!(changed(&repo, "a.html").0, ["/posts/p"]);
    let repo = Repo::of(&[("app.html", "1"), ("_redirects", "/docs/in/* /docs/app.html 200\n/to/* /app.html 200\n")]);
    repo.file("app.html", "2").commit();
    let ran = diffpurge(["plan", "HEAD~1", "--base-url", "https://www.example.com/docs/"]).within(&repo).run().exits(0);
    ran.says("www.example.com/docs/in/*").says("www.example.com/docs/to/*");
}
