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
        for (content, status) in [("{ not \"known", "added"), ("{ not \"known either", "modified"), ("", "deleted")] {
            if content.is_empty() {
                repo.remove(file)
            } else {
                repo.file(file, content)
            };
            repo.commit();
            let ran = plan(&repo, &["--output", "web/public"]).run().exits(0);
            let ran = ran.says(&format!("{said} {status}, which bears on the whole site"));
            for url in ["", "docs/a.html", "docs/a"] {
                assert!(ran.stdout.contains(&format!("{BASE}{url} ")), "{file} {status}: {url}: {}", ran.stdout);
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
