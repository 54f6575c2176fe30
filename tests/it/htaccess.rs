//! Edits of `.htaccess`, with a real Apache as judge: whatever it answers otherwise afterwards has to be in the plan.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::Value;

use crate::support::{Kind, Repo, WebServer, diffpurge, required};

const BASE: &str = "https://www.example.com";

const FILES: [&str; 14] = [
    "index.html",
    "a.html",
    "b.html",
    "old.html",
    "404.html",
    "gone.html",
    "style.css",
    "docs/index.html",
    "docs/a.html",
    "docs/old/c.html",
    "docs/style.css",
    "old/x.html",
    "files/only.txt",
    "in/y.html",
];

/// Paths that have no file, beside all that a file or a directive has.
const ROUTES: [&str; 16] = [
    "/nope",
    "/docs/nope",
    "/old",
    "/old/",
    "/old/nope",
    "/new",
    "/new/x",
    "/pretty",
    "/docs/pretty",
    "/docs/p/a.html",
    "/p/y.html",
    "/p/nope",
    "/files/nope",
    "/docs/new",
    "/docs/old/nope",
    "/x.php",
];

/// One directive, or a section.
fn directive() -> impl Strategy<Value = String> {
    let path = || {
        prop::sample::select(vec![
            "/old",
            "/old/",
            "/old.html",
            "/a.html",
            "/new",
            "/docs",
            "/docs/",
            "/docs/a.html",
            "/docs/old",
            "/docs/new",
            "/pretty",
            "/gone.html",
            "/index.html",
            "/files/",
            "/in/y.html",
            "/x.php",
        ])
    };
    let status = prop::sample::select(vec!["", "301 ", "302 ", "permanent ", "seeother "]);
    let gone = prop::sample::select(vec!["gone", "404", "403", "410"]);
    let target = || prop::sample::select(vec!["/b.html", "https://elsewhere.example/", "/docs/a.html"]);
    let redirect = (status, path(), target()).prop_map(|(s, p, t)| format!("Redirect {s}{p} {t}"));
    let refusal = (gone, path()).prop_map(|(s, p)| format!("Redirect {s} {p}"));
    let expressions = [
        "^/old/(.*)$",
        "^/docs/old(/.*)?$",
        "^/new/?$",
        r"^/x\.php$",
        r"\.php$",
        "^/(old|new)$",
        "^/docs/p",
        "/pretty$",
    ];
    let by_expression =
        (prop::sample::select(expressions.to_vec()), target()).prop_map(|(e, t)| format!("RedirectMatch 301 {e} {t}"));
    let patterns = [
        "^pretty$",
        "^p/(.*)$",
        "^old/(.*)$",
        "^new/?$",
        r"^(.*)\.php$",
        "^a.html$",
        "^docs/pretty$",
        "^$",
        "^index.html$",
        "^b.html$",
        "^in/",
    ];
    let rule = (
        prop::option::weighted(
            0.3,
            prop::sample::select(vec![
                "RewriteCond %{REQUEST_FILENAME} !-f\n",
                "RewriteCond %{QUERY_STRING} ^x=1$\n",
                "RewriteCond %{HTTP_HOST} ^www\n",
            ]),
        ),
        prop::sample::select(patterns.to_vec()),
        prop::sample::select(vec!["a.html", "in/y.html", "in/$1", "/docs/a.html", "/b.html", "-", "pretty"]),
        prop::sample::select(vec!["", " [L]", " [R=301,L]", " [R,NC]", " [G]", " [F]", " [END]", " [L,NC]"]),
    )
        .prop_map(|(condition, pattern, to, flags)| {
            format!("{}RewriteRule {pattern} {to}{flags}", condition.unwrap_or_default())
        });
    let header = || {
        (prop::sample::select(vec!["", "always "]), 0..3u8).prop_map(|(when, n)| format!("Header {when}set X-Test {n}"))
    };
    let of_file = (
        prop::sample::select(vec![
            "Files \"a.html\"",
            "Files style.css",
            "Files \"*.css\"",
            "FilesMatch \"\\.(css|txt)$\"",
            "Files ~ \"^a\"",
            "Files only.txt",
            "Files gone.html",
        ]),
        header(),
    )
        .prop_map(|(section, header)| format!("<{section}>\n  {header}\n</{}>", section.split(' ').next().unwrap()));
    let document = (
        prop::sample::select(vec!["404", "403", "410"]),
        prop::sample::select(vec!["/404.html", "/gone.html", "nothing", "/pretty"]),
    )
        .prop_map(|(status, document)| format!("ErrorDocument {status} {document}"));
    let other = prop::sample::select(vec![
        "Options -Indexes",
        "Options +Indexes",
        "DirectoryIndex b.html a.html",
        "DirectorySlash Off",
        "AddType text/plain .html",
        "# a comment",
        "SetEnvIf Request_URI \"^/docs\" X=1",
        "<IfModule mod_headers.c>\nHeader set X-If 1\n</IfModule>",
        "<If \"%{REQUEST_URI} =~ /old/\">\nHeader set X-If 2\n</If>",
        "Nonsense",
    ])
    .prop_map(str::to_owned);
    prop_oneof![
        5 => redirect, 2 => refusal, 3 => by_expression, 6 => rule, 1 => header(), 3 => of_file, 2 => document, 1 => other,
        2 => Just("RewriteEngine On".to_owned()),
    ]
}

/// Two versions of a file: directives, and a few that come, go or move.
fn versions() -> impl Strategy<Value = (String, String)> {
    let lines = prop::collection::vec(directive(), 0..7);
    let edit = (any::<prop::sample::Index>(), prop::option::weighted(0.7, directive()), any::<prop::sample::Index>());
    (any::<bool>(), lines, prop::collection::vec(edit, 1..3)).prop_map(|(rewrites, mut old, edits)| {
        if rewrites {
            old.insert(0, "RewriteEngine On".to_owned());
        }
        let mut new = old.clone();
        for (at, added, to) in edits {
            let moved = if new.is_empty() { None } else { Some(new.remove(at.index(new.len()))) };
            // A line is replaced, or moved, or beside a new one.
            if let Some(line) = added.or(moved) {
                new.insert(to.index(new.len() + 1), line);
            }
        }
        (old.join("\n"), new.join("\n"))
    })
}

/// Every URL that somebody may ask for.
fn universe() -> BTreeSet<String> {
    let mut all: BTreeSet<String> = ROUTES.iter().map(|route| (*route).to_owned()).collect();
    for file in FILES {
        all.extend([format!("/{file}"), format!("/{file}/below")]);
        all.extend(
            file.match_indices('/').flat_map(|(at, _)| [format!("/{}", &file[..at]), format!("/{}/", &file[..at])]),
        );
    }
    all.insert("/".to_owned());
    all
}

/// What a plan purges: URLs, and beginnings of URLs.
struct Purged {
    urls: BTreeSet<String>,
    prefixes: Vec<String>,
}

impl Purged {
    fn of(repo: &Repo) -> Purged {
        let ran = diffpurge(["plan", "HEAD~1", "--format", "json"]).within(repo).run().exits(0);
        let plan: Value = serde_json::from_str(&ran.stdout).unwrap();
        let operations = plan["sites"][0]["operations"].as_array().unwrap().clone();
        let of_kind = |kind: &str| {
            let all = operations.iter().filter(|o| o["kind"] == kind).map(|o| o["value"].as_str().unwrap().to_owned());
            all.collect::<Vec<_>>()
        };
        Purged { urls: of_kind("url").into_iter().collect(), prefixes: of_kind("prefix") }
    }

    fn holds(&self, path: &str) -> bool {
        let url = format!("{BASE}{path}");
        let prefix = url.strip_prefix("https://").unwrap();
        self.urls.contains(&url) || self.prefixes.iter().any(|known| prefix.starts_with(known))
    }
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

fn cases() -> u32 {
    std::env::var("HTACCESS_PAIRS").ok().and_then(|n| n.parse().ok()).unwrap_or(30)
}

/// A site of some pages in the working directory of a repository, which Apache serves.
fn site() -> Repo {
    let config =
        format!("[[site]]\nname = \"www\"\nbase_urls = [\"{BASE}/\"]\nhost = \"apache\"\nignore = [\"purge.toml\"]\n");
    let repo = Repo::of(&[("purge.toml", &config)]);
    for file in FILES {
        repo.file(file, &format!("this is {file}"));
    }
    repo.commit();
    repo
}

/// Puts a text into a directory's `.htaccess`, and commits it.
fn put(repo: &Repo, place: &str, text: &str) {
    repo.file(format!("{place}.htaccess"), text).commit();
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures, for who runs it with --nocapture")]
fn whatever_apache_answers_otherwise_after_an_edit_is_in_the_plan() {
    if !required(Kind::ApacheOverrides.program().is_some(), "apache2 (Debian: apache2-bin)") {
        return;
    }
    let repo = site();
    let server = WebServer::start(Kind::ApacheOverrides, repo.path());
    let universe = universe();
    let figures = std::cell::Cell::new([0usize; 3]);
    let config = ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let places = prop::sample::select(vec!["", "", "docs/"]);
    let ran = runner.run(&(places, versions(), versions()), |(place, (old, new), (beside, _))| {
        for other in ["", "docs/"] {
            // Every other time the other directory has something of its own.
            put(&repo, other, if beside.len() % 2 == 0 { "" } else { &beside });
        }
        put(&repo, place, &old);
        let ask = || universe.iter().map(|path| server.answer(path)).collect::<Vec<_>>();
        let before = ask();
        put(&repo, place, &new);
        let after = ask();
        let purged = Purged::of(&repo);
        let mut kept = 0;
        for ((path, before), after) in universe.iter().zip(&before).zip(&after) {
            let holds = purged.holds(path);
            kept += usize::from(!holds);
            // The body of what is not found ages out by itself.
            let is_unknown = status(before) == "404" && status(after) == "404";
            prop_assert!(
                before == after || is_unknown || holds,
                "{place}.htaccess\n--- beside\n{beside}\n--- old\n{old}\n--- new\n{new}\n--- {path} answered\n{before}\n--- and answers\n{after}"
            );
        }
        let [pairs, urls, all] = figures.get();
        figures.set([pairs + 1, urls + kept, all + universe.len()]);
        Ok(())
    });
    if let Err(error) = ran {
        panic!("{error}");
    }
    let [pairs, kept, all] = figures.get();
    println!("{pairs} pairs: {kept} of {all} URLs are kept ({} %)", 100 * kept / all.max(1));
    assert!(kept * 4 > all, "much of a site stays: {kept} of {all}");
}

#[test]
fn whatever_apache_answers_otherwise_after_a_page_changed_is_in_the_plan() {
    if !required(Kind::ApacheOverrides.program().is_some(), "apache2 (Debian: apache2-bin)") {
        return;
    }
    let repo = site();
    let server = WebServer::start(Kind::ApacheOverrides, repo.path());
    let universe = universe();
    let config = ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let files = prop::sample::select(FILES.to_vec());
    let number = std::cell::Cell::new(0usize);
    let ran = runner.run(&(files, versions(), versions()), |(file, (root, _), (below, _))| {
        put(&repo, "", &root);
        put(&repo, "docs/", if root.len() % 2 == 0 { "" } else { &below });
        let ask = || universe.iter().map(|path| server.answer(path)).collect::<Vec<_>>();
        let before = ask();
        number.set(number.get() + 1);
        repo.file(file, &format!("this is {file}, {}", number.get())).commit();
        let after = ask();
        let purged = Purged::of(&repo);
        for ((path, before), after) in universe.iter().zip(&before).zip(&after) {
            // The page of an error ages out by itself: of what is not found, and of directories that are not listed.
            let ages_out = |answer| status(answer) == "404" || status(answer) == "403" && path.ends_with('/');
            let is_unknown = ages_out(before) && status(before) == status(after);
            prop_assert!(
                before == after || is_unknown || purged.holds(path),
                "{file} changed\n--- .htaccess\n{root}\n--- docs/.htaccess\n{below}\n--- {path} answered\n{before}\n--- and answers\n{after}"
            );
        }
        Ok(())
    });
    if let Err(error) = ran {
        panic!("{error}");
    }
}
