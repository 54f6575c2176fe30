//! Hosts' configuration files, in the web root, above it and beside it: a change of one bears on URLs of others.

use crate::support::{Repo, Tool, diffpurge};

const BASE: &str = "https://www.example.com/";

fn plan(repo: &Repo, arguments: &[&str]) -> Tool {
    diffpurge([&["plan", "HEAD~1", "--base-url", BASE], arguments].concat()).within(repo)
}

/// A site with two pages below `output`.
fn site(output: &str) -> Repo {
    let repo = Repo::new();
    repo.file(format!("{output}index.html"), "1").file(format!("{output}docs/a.html"), "1");
    repo.commit();
    repo
}

#[test]
fn configuration_that_is_not_understood_bears_on_the_whole_site_wherever_hosts_read_it() {
    let everywhere = ["netlify.toml", "vercel.json", "firebase.json", "staticwebapp.config.json", "web.config"];
    let above = everywhere.into_iter().chain(["now.json", "serve.json", "wrangler.toml", "Caddyfile", "nginx.conf"]);
    let inside = above.clone().chain(["_worker.js", "_worker.js/index.js", "_routes.json", "ROUTER"]);
    let above: Vec<String> = above.flat_map(|name| [name.to_owned(), format!("web/{name}")]).collect();
    let inside: Vec<String> = inside.map(|name| format!("web/public/{name}")).collect();
    for file in above.iter().chain(&inside) {
        let repo = site("web/public/");
        let said = file.strip_prefix("web/public/").map(str::to_owned);
        let said = said.unwrap_or_else(|| match file.strip_prefix("web/") {
            Some(name) => format!("../{name}"),
            None => format!("../../{file}"),
        });
        for (content, status) in [("{ not \"known", "+"), ("{ not \"known either", "~"), ("", "-")] {
            if content.is_empty() {
                repo.remove(file)
            } else {
                repo.file(file, content)
            };
            repo.commit();
            let ran = plan(&repo, &["--output", "web/public", "-v"]).run().exits(0);
            let ran = ran.says(&format!("  {status} {said}: all of it  ")).says("  bears on the whole site\n");
            for url in ["", "docs/a.html", "docs/a"] {
                let line = format!("      {BASE}{url}");
                assert!(ran.stdout.lines().any(|one| one == line), "{file} {status}: {url}: {}", ran.stdout);
            }
            ran.says("note: ").says(&format!("{said} may name routes that have no file"));
        }
    }
}

#[test]
fn configuration_of_another_place_or_host_does_not_bear_on_the_site() {
    for file in ["other/netlify.toml", "web/other/vercel.json", "_worker.js", "package.json", "web/app/firebase.json"] {
        let repo = site("web/public/");
        repo.file(file, "1").commit();
        plan(&repo, &["--output", "web/public"]).run().exits(0).says("nothing changed");
    }
    let repo = site("public/");
    for (host, file, bears) in [
        ("firebase", "firebase.json", true),
        ("netlify", "firebase.json", false),
        ("netlify", "netlify.toml", true),
        ("github-pages", "vercel.json", false),
        ("generic", "vercel.json", true),
    ] {
        let config = format!(
            "[[site]]\nname = \"www\"\nbase_urls = [\"{BASE}\"]\noutput = \"public\"\nhost = \"{host}\"\n\
             [[site.rule]]\nmatch = [\"**\"]\nscope = \"urls\"\n"
        );
        repo.file("purge.toml", &config).file(file, "1").commit();
        repo.file(file, "2").commit();
        let ran = diffpurge(["plan", "HEAD~1", "--format", "urls"]).within(&repo).run().exits(0);
        assert_eq!(!ran.stdout.is_empty(), bears, "{host} {file}: {}", ran.stdout);
    }
}

#[test]
fn a_rule_or_ignore_knows_better_about_configuration_in_the_web_root() {
    let rule = |rule: &str| {
        let config = format!("[[site]]\nname = \"www\"\nbase_urls = [\"{BASE}\"]\n{rule}");
        let repo = Repo::of(&[("purge.toml", &config), ("index.html", "1"), ("web.config", "1")]);
        repo.file("web.config", "2").commit();
        diffpurge(["plan", "HEAD~1", "--format", "urls"]).within(&repo).run().exits(0).stdout
    };
    assert!(rule("").contains("https://www.example.com/\n"));
    assert_eq!(rule("ignore = [\"web.config\"]\n"), "");
    let urls = "[[site.rule]]\nmatch = [\"web.config\"]\nscope = \"urls\"\n";
    assert_eq!(rule(urls), "https://www.example.com/web.config\n");
    assert_eq!(rule(&urls.replace("urls", "none")), "");
}

#[test]
fn configuration_above_the_web_root_stands_in_a_saved_plan_and_moves_with_the_mark() {
    let repo = site("public/");
    repo.file("netlify.toml", "1 = {").commit();
    let file = repo.path().join("p.json").display().to_string();
    let made = plan(&repo, &["--output", "public", "--out", &file]).run().exits(0).stdout;
    let shown = diffpurge(["purge", "--plan", &file, "--dry-run", "--base-url", BASE, "--output", "public"]);
    let shown = shown.within(&repo).run().exits(0).stdout;
    assert_eq!(shown, made);
    let json = plan(&repo, &["--output", "public", "--format", "json"]).run().exits(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let reason = &json["sites"][0]["operations"][0]["reasons"][0];
    assert_eq!((&reason["path"], &reason["scope"]), (&"../netlify.toml".into(), &"site".into()), "{reason}");
}

#[test]
fn configuration_above_the_web_root_that_cannot_be_compared_is_told() {
    let repo = site("public/");
    repo.file("netlify.toml", "1 = {").file("public/new.css", "1").commit();
    let config = |host: &str| {
        let text =
            format!("[[site]]\nname = \"www\"\nbase_urls = [\"{BASE}\"]\noutput = \"public\"\nhost = \"{host}\"\n");
        std::fs::write(repo.path().join("purge.toml"), text).unwrap();
    };
    let note = "../netlify.toml cannot be compared, since dir:public holds nothing above the web root";
    let run = |from: &str, to: &str| diffpurge(["plan", from, to]).within(&repo).run().exits(0).stdout;
    config("netlify");
    assert!(run("HEAD", "dir:public").contains(note), "{}", run("HEAD", "dir:public"));
    assert!(run("dir:public", "HEAD").contains(note));
    for (from, to) in [("empty", "HEAD"), ("HEAD~1", "HEAD"), ("dir:public", "dir:public")] {
        assert!(!run(from, to).contains("cannot be compared"), "{from} {to}");
    }
    // Another host reads other files.
    config("vercel");
    assert!(!run("HEAD", "dir:public").contains("cannot be compared"));
}

/// The URLs that a plan of an edit of a file purges, of a site with a page `a`, a stylesheet and three hundred posts.
fn edited(file: &str, old: &str, new: &str) -> Vec<String> {
    let config =
        format!("[[site]]\nname = \"www\"\nbase_urls = [\"{BASE}\"]\noutput = \"public\"\nforms = [\"exact\"]\n");
    let repo = Repo::of(&[("purge.toml", &config), ("public/a.html", "1"), ("public/css/a.css", "1")]);
    repo.files((0..300).map(|n| format!("public/posts/{n}.html")), "1");
    repo.file(file, old).commit();
    repo.file(file, new).commit();
    let json = diffpurge(["plan", "HEAD~1", "--format", "json"]).within(&repo).run().exits(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let text = |operation: &serde_json::Value| {
        let text = operation["value"].as_str().unwrap().replace(BASE, "/").replace("www.example.com/", "/");
        if operation["kind"] == "prefix" { text + "*" } else { text }
    };
    let own = format!("/{}", file.strip_prefix("public/").unwrap_or("purge"));
    let operations = json["sites"][0]["operations"].as_array().unwrap().iter().map(text);
    operations.filter(|text| *text != own).collect()
}

#[test]
fn one_entry_among_hundreds_of_urls_purges_what_it_matches_and_nothing_else() {
    for (file, old, new, want) in [
        ("public/.htaccess", "# 1\n", "# 2\nRedirect 301 /old /a.html\n", &["/old", "/old/*"][..]),
        ("public/.htaccess", "Redirect 301 /old /a.html\n", "  Redirect  301  /old /a.html # no comment here\n", &[]),
        (
            "public/.htaccess",
            "Redirect 301 /b /a.html\nRedirect 301 /c /a.html",
            "Redirect 301 /c /a.html\n\nRedirect 301 /b /a.html",
            &[],
        ),
        ("public/.htaccess", "", "<FilesMatch \"\\.css$\">\nHeader set X 1\n</FilesMatch>\n", &["/css/a.css"]),
        ("public/.htaccess", "", "ErrorDocument 404 /404.html\n", &[]),
        ("public/posts/.htaccess", "", "<Files 7.html>\nHeader set X 1\n</Files>\n", &["/posts/7.html"]),
        ("public/_redirects", "/x /y\n", "/x /y\n/old /a.html 301\n", &["/old", "/old/"]),
        ("public/_headers", "", "/css/*\n  X: 1\n", &["/css", "/css/*"]),
        (
            "public/vercel.json",
            "{}",
            "{\"redirects\": [{\"source\": \"/old\", \"destination\": \"/a\"}]}",
            &["/old", "/old/"],
        ),
        ("vercel.json", "{}", "{\"redirects\": [{\"source\": \"/old\", \"destination\": \"/a\"}]}", &["/old", "/old/"]),
        ("netlify.toml", "", "[[headers]]\nfor = \"/css/a.css\"\n[headers.values]\nX = \"1\"\n", &["/css/a.css"]),
        ("netlify.toml", "[build]\ncommand = \"make\"\n", "[build]\ncommand = \"make site\"\n", &[]),
        (
            "firebase.json",
            "{\"hosting\": {}}",
            "{\"hosting\": {\"rewrites\": [{\"source\": \"/app/**\", \"function\": \"f\"}]}}",
            &["/app", "/app/*"],
        ),
        (
            "staticwebapp.config.json",
            "{}",
            "{\"routes\": [{\"route\": \"/login\", \"rewrite\": \"/a.html\"}]}",
            &["/login", "/login/"],
        ),
    ] {
        let got: Vec<String> = edited(file, old, new).into_iter().filter(|text| text != "/posts/.htaccess").collect();
        let want: Vec<&str> = want.to_vec();
        // Apache has no comments behind a directive: the words are the redirect's.
        if new.contains("no comment here") {
            assert!(got.contains(&"/*".to_owned()), "{got:?}");
        } else {
            assert_eq!(got, want, "{file}\n{new}");
        }
    }
    assert!(edited("public/.htaccess", "", "Options -Indexes\n").contains(&"/*".to_owned()));
    assert!(edited("public/_redirects", "", "what is this\n").contains(&"/*".to_owned()));
    assert_eq!(edited("public/_headers", "", "/*\n  X: 1\n"), ["/*"], "all of a directory is one prefix");
}

#[test]
fn an_entry_is_the_reason_with_its_file_and_its_line() {
    let repo = site("");
    repo.file("_redirects", "/x /y\n").commit();
    repo.file("_redirects", "/x /y\n# news\n/old/*  /a 301\n").commit();
    let ran = plan(&repo, &["-v"]).run().exits(0);
    let ran = ran.says("www.example.com/old/*  _redirects modified: line 3 (/old/* /a 301)");
    assert!(!ran.stdout.contains("docs/a") && !ran.stdout.contains("note: _redirects"), "{}", ran.stdout);
    repo.file("_redirects", "/x /y\n# news\n/old/*  /a 301\nnonsense\n").commit();
    plan(&repo, &[])
        .run()
        .exits(0)
        .says("  www.example.com/*  _redirects modified, which bears on the whole site: line 4 (nonsense)\n");
    let file = repo.path().join("p.json").display().to_string();
    let made = plan(&repo, &["--out", &file]).run().exits(0).stdout;
    let shown =
        diffpurge(["purge", "--plan", &file, "--dry-run", "--base-url", BASE]).within(&repo).run().exits(0).stdout;
    assert_eq!(shown, made);
    repo.file(".htaccess", "ErrorDocument 404 /404.html\n").commit();
    plan(&repo, &[])
        .run()
        .exits(0)
        .says("note: .htaccess: line 1 (errordocument 404 /404.html) is the answer under unknown URLs");
}

#[test]
fn a_base_url_with_a_path_has_its_routes_below_it_however_they_are_written() {
    let repo = site("");
    repo.file("_redirects", "/old /new\n/docs/gone /new\n").commit();
    let urls = diffpurge(["plan", "HEAD~1", "--base-url", "https://www.example.com/docs/", "--format", "urls"]);
    let urls = urls.within(&repo).run().exits(0).stdout;
    for url in ["https://www.example.com/docs/old\n", "https://www.example.com/docs/gone\n"] {
        assert!(urls.contains(url), "{url}: {urls}");
    }
}

#[test]
fn code_in_front_of_the_files_bears_on_the_whole_site_where_its_host_runs_it() {
    for (host, output, file, said) in [
        ("generic", "public", "functions/api/a.js", Some("  + ../functions/: all of it  3 URLs")),
        ("cloudflare-pages", "web/public", "functions/a.ts", Some("  + ../../functions/: all of it  4 URLs")),
        ("cloudflare-pages", "web/public", "web/functions/a.ts", Some("  + ../functions/: all of it  4 URLs")),
        ("cloudflare-pages", "", "functions/a.ts", Some("  + functions/a.ts: all of it  5 URLs")),
        ("netlify", "public", "netlify/functions/a.mjs", Some("  + ../netlify/functions/: all of it  3 URLs")),
        ("netlify", "public", "netlify/edge-functions/a.ts", Some("  + ../netlify/edge-functions/: all of it  3 URLs")),
        ("generic", "public", "public/_worker.js/lib/a.js", Some("  + _worker.js/lib/a.js: all of it  3 URLs")),
        ("cloudflare-pages", "public", "netlify/functions/a.mjs", None),
        ("apache", "public", "functions/a.js", None),
        ("generic", "functions/public", "functions/a.js", None),
        ("generic", "public", "src/functions/a.js", None),
        ("generic", "public", "netlify/plugins/a.js", None),
    ] {
        let config =
            format!("[[site]]\nname = \"www\"\nbase_urls = [\"{BASE}\"]\noutput = \"{output}\"\nhost = \"{host}\"\n");
        let slash = if output.is_empty() { "" } else { "/" };
        let repo = Repo::of(&[("purge.toml", &config), (&format!("{output}{slash}index.html"), "1")]);
        repo.file(file, "1").commit();
        let ran = diffpurge(["plan", "HEAD~1"]).within(&repo).run().exits(0);
        match said {
            Some(said) => _ = ran.says(&format!("{said}  bears on the whole site\n")),
            None => _ = ran.says("nothing changed"),
        }
    }
    // Its own URL changed with it, for both reasons.
    let repo = Repo::of(&[("index.html", "1")]);
    repo.file("_worker.js", "1").commit();
    let why = "https://www.example.com/_worker.js  as it is; _worker.js added, which bears on the whole site\n";
    let ran = plan(&repo, &["-v"]).run().exits(0).says(why);
    // The others are there for the row above them alone.
    let others = ["", "index", "index.html"].map(|path| format!("      {BASE}{path}\n"));
    ran.says(&format!("  + _worker.js: all of it  3 URLs  bears on the whole site\n{}", others.concat()));
    // A section of the site may have such a name.
    let repo = Repo::of(&[("index.html", "1"), ("functions/index.html", "1"), ("functions/a.html", "1")]);
    repo.file("functions/a.html", "2").commit();
    let ran = plan(&repo, &[]).run().exits(0);
    assert!(!ran.stdout.contains("bears on the whole site"), "{}", ran.stdout);
    let config = format!("[[site]]\nname = \"www\"\nbase_urls = [\"{BASE}\"]\nhost = \"apache\"\n");
    let repo = Repo::of(&[("purge.toml", &config), ("index.html", "1"), ("functions/index.html", "1")]);
    repo.file("functions/a.js", "1").commit();
    let urls = diffpurge(["plan", "HEAD~1", "--format", "urls"]).within(&repo).run().exits(0).stdout;
    assert_eq!(urls, "https://www.example.com/functions/a.js\n");
}

#[test]
fn lines_that_cloudflare_does_not_read_bear_on_nothing_there() {
    let lines = |first: &str, last: &str| {
        let middle: Vec<String> = (0..1_999).map(|i| format!("/o{i} /n{i}\n")).collect();
        format!("{first}{}/last-but-one /x\n{last}", middle.concat())
    };
    let urls = |host: &str, old: &str, new: &str| -> Vec<String> {
        let config = format!("[[site]]\nname = \"www\"\nbase_urls = [\"{BASE}\"]\nhost = \"{host}\"\n");
        let repo = Repo::of(&[("purge.toml", &config), ("index.html", "1"), ("_redirects", old)]);
        repo.file("_redirects", new).commit();
        let urls = diffpurge(["plan", "HEAD~1", "--format", "urls"]).within(&repo).run().exits(0).stdout;
        urls.lines().map(|url| url.replace(BASE, "/")).filter(|url| url != "/_redirects").collect()
    };
    for (host, old, new, want) in [
        ("cloudflare-pages", lines("", ""), lines("", "/new /y\n"), &[][..]),
        ("netlify", lines("", ""), lines("", "/new /y\n"), &["/new", "/new/"]),
        ("generic", lines("", ""), lines("", "/new /y\n"), &["/new", "/new/"]),
        // A line at the top pushes the last one out.
        (
            "cloudflare-pages",
            lines("", ""),
            lines("/new /y\n", ""),
            &["/last-but-one", "/last-but-one/", "/new", "/new/"],
        ),
        ("netlify", lines("", ""), lines("/new /y\n", ""), &["/new", "/new/"]),
        ("generic", lines("", ""), lines("/new /y\n", ""), &["/last-but-one", "/last-but-one/", "/new", "/new/"]),
        (
            "cloudflare-pages",
            lines("/new /y\n", ""),
            lines("", ""),
            &["/last-but-one", "/last-but-one/", "/new", "/new/"],
        ),
    ] {
        assert_eq!(urls(host, &old, &new), want, "{host}");
    }
}
