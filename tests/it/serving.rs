//! The presets against what servers answered: tables measured from nginx, Caddy, Apache, Firebase's server and
//! Cloudflare's own handlers, over one site of 17 files (`tests/serving/`).

use std::collections::{BTreeMap, BTreeSet};

use diffpurge::changes::{Change, Changes, Status};
use diffpurge::config::{Config, HOST_PRESETS};
use diffpurge::mapping::{judge, map};

const SERVERS: &str = include_str!("../serving/nginx-caddy-apache.txt");
const CLOUDFLARE: &str = include_str!("../serving/cloudflare-pages-workers.txt");
const FIREBASE: &str = include_str!("../serving/firebase-superstatic-11.0.0.txt");
const FILES: &str = include_str!("../serving/site-files.txt");

/// Which preset a column of a table was measured for; the column of a single-page application has none.
const COLUMNS: &[(&str, &str, &str)] = &[
    ("nginx", SERVERS, "nginx default"),
    ("nginx-try-files", SERVERS, "nginx try $uri $uri/ $uri.html"),
    ("nginx-try-files-index", SERVERS, "nginx $uri $uri/index.html $uri.html"),
    ("caddy", SERVERS, "caddy"),
    ("caddy-try-files", SERVERS, "caddy try_files"),
    ("apache", SERVERS, "apache"),
    ("apache-multiviews", SERVERS, "apache MultiViews"),
    ("cloudflare-pages", CLOUDFLARE, "pages"),
    ("workers-assets", CLOUDFLARE, "auto-trailing-slash"),
    ("workers-assets-force-slash", CLOUDFLARE, "force-trailing-slash"),
    ("workers-assets-drop-slash", CLOUDFLARE, "drop-trailing-slash"),
    ("workers-assets-none", CLOUDFLARE, "none (not_found_handling=404-page)"),
    ("firebase", FIREBASE, "default"),
    ("firebase-clean", FIREBASE, "cleanUrls"),
    ("firebase-clean-no-slash", FIREBASE, "cleanUrls+ts=false"),
    ("firebase-clean-slash", FIREBASE, "cleanUrls+ts=true"),
    ("firebase-no-slash", FIREBASE, "ts=false"),
    ("firebase-slash", FIREBASE, "ts=true"),
];

/// What the tables call the start of a file's body.
const BODIES: &[(&str, &str)] = &[
    ("root", "index.html"),
    ("ai", "a/index.html"),
    ("b", "b.html"),
    ("both", "both.html"),
    ("bothi", "both/index.html"),
    ("css", "css/b.css"),
    ("png", "a b.png"),
    ("u", "\u{fc}n\u{ef}.html"),
    ("r", "README"),
    ("feed", "feed.xml"),
    ("xi", "x/index.xml"),
    ("nf", "404.html"),
    ("p", "p.html"),
    ("[x]", "[x].html"),
];

/// A column of a table: URL path to status and what was answered.
fn column<'t>(table: &'t str, name: &str) -> BTreeMap<&'t str, (u16, &'t str)> {
    let mut rows =
        table.lines().filter(|l| !l.starts_with('#')).map(|l| l.split(" | ").map(str::trim).collect::<Vec<_>>());
    let at = rows.next().unwrap().iter().position(|c| *c == name).unwrap_or_else(|| panic!("no column {name}"));
    let answer = |cell: &'t str| {
        let (status, what) = cell.split_once(' ').unwrap_or((cell, ""));
        (status.parse().unwrap(), what)
    };
    // Spellings that a browser or the CDN resolves before they are a key.
    let is_key = |url: &str| !["//", "..", "%2e", "%62"].iter().any(|odd| url.contains(odd)) && url.is_ascii();
    rows.map(|row| (row[0], answer(row[at]))).filter(|(url, _)| is_key(url)).collect()
}

/// The file that a URL answers with, directly or by a redirect.
fn file_behind<'t>(column: &BTreeMap<&'t str, (u16, &'t str)>, url: &str, hops: usize) -> Option<String> {
    let (status, what) = *column.get(url)?;
    match status {
        200 if what.starts_with('/') => Some(what[1..].to_owned()),
        // Encoded siblings are cut in the tables: they are the body of the URL that was asked for.
        200 if url.starts_with("/p.html") => Some(url[1..].to_owned()),
        200 => {
            let body = what.split(['\'', '"']).nth(1).unwrap();
            let file = BODIES.iter().find(|(b, _)| *b == body).unwrap_or_else(|| panic!("{url}: {what}"));
            Some(file.1.to_owned())
        }
        // A redirect from a file's own path is that file's, even where a sibling takes the URL that it leads to.
        301 | 302 | 307 | 308 if FILES.lines().any(|file| url.strip_prefix('/') == Some(file)) => {
            Some(url[1..].to_owned())
        }
        301 | 302 | 307 | 308 if hops > 0 => file_behind(column, what, hops - 1),
        _ => None,
    }
}

/// The URL paths that a preset lists for a file, in one or in all spellings.
fn listed(preset: &str, file: &str, spellings: &str) -> BTreeSet<String> {
    let text = format!(
        "[[site]]\nname = \"x\"\nbase_urls = [\"https://x.example/\"]\nhost = \"{preset}\"\nspellings = \"{spellings}\"\n"
    );
    let site = Config::parse(&text, "purge.toml").unwrap().sites.remove(0);
    let change = Change { path: file.as_bytes().into(), status: Status::Modified, leads_elsewhere: false };
    let mapping = map(&judge(&Changes { paths: vec![change], ..Changes::default() }, &site), &[], &site);
    mapping.urls().map(|(url, _)| url.as_str().strip_prefix("https://x.example").unwrap().to_owned()).collect()
}

#[test]
fn each_preset_lists_what_answers_and_nothing_else() {
    for (preset, table, name) in COLUMNS {
        let column = column(table, name);
        // The body of unknown URLs is not a file's own.
        for file in FILES.lines().filter(|f| *f != "404.html") {
            let answers: BTreeSet<String> = column
                .keys()
                .filter(|url| file_behind(&column, url, 3).as_deref() == Some(file))
                .map(|url| (*url).to_owned())
                .collect();
            let all = listed(preset, file, "all");
            let missed: Vec<&String> = answers.difference(&all).collect();
            assert!(missed.is_empty(), "{preset}: {file} answers under {missed:?}, which are not listed: {all:?}");
            // Workers assets redirect what browsers send for `[x]`; the browser's spelling is listed all the same.
            let bracketed = file.contains('[');
            for extra in listed(preset, file, "canonical").difference(&answers).filter(|_| !bracketed) {
                let shadowed = file_behind(&column, extra, 3).is_some();
                // Listed for the time when its sibling takes or gives back its URL.
                let for_its_sibling = ["workers-assets-force-slash", "workers-assets-drop-slash"].contains(preset);
                let unknown = column
                    .get(extra.as_str())
                    .is_none_or(|(status, to)| *status / 100 == 3 && !column.contains_key(to));
                assert!(
                    shadowed || for_its_sibling || unknown,
                    "{preset}: {extra} is listed for {file} and answers {:?}",
                    column[extra.as_str()]
                );
            }
        }
    }
}

#[test]
fn the_generic_superset_covers_every_server_but_multiviews_outside_of_pages() {
    for (preset, table, name) in COLUMNS {
        let column = column(table, name);
        for (url, file) in column.keys().filter_map(|url| Some((url, file_behind(&column, url, 3)?))) {
            let pages_only = *preset != "apache-multiviews" || file.contains(".html");
            let quirk = is_of_one_host(preset, url);
            assert!(
                !pages_only || quirk || listed("generic", &file, "all").contains(*url),
                "{preset}: {url} answers with {file}"
            );
        }
    }
}

/// Redirects that one host alone makes, so that the superset leaves them out, as the README says.
fn is_of_one_host(host: &str, url: &str) -> bool {
    match host {
        "caddy-try-files" => url.ends_with('/'),
        "cloudflare-pages" | "workers-assets" | "workers-assets-force-slash" | "workers-assets-drop-slash" => {
            url.ends_with("/index/")
                || url.ends_with("/index.html")
                || url.ends_with("/index")
                || [".html"].iter().any(|end| url.ends_with(end))
        }
        _ => false,
    }
}

#[test]
fn a_preset_only_shrinks_the_superset_but_for_redirects_of_one_host() {
    for (name, _) in HOST_PRESETS.iter().filter(|(name, _)| *name != "apache-multiviews") {
        for file in FILES.lines() {
            let further: Vec<String> =
                listed(name, file, "all").difference(&listed("generic", file, "all")).cloned().collect();
            assert!(further.iter().all(|url| is_of_one_host(name, url)), "{name}: {file}: {further:?}");
            assert!(!listed(name, file, "canonical").is_empty(), "{name}: {file} has no URL");
        }
    }
}

#[test]
fn index_txt_is_an_index_file_of_caddy_only_and_answers_without_its_name() {
    for host in ["caddy", "caddy-try-files"] {
        let of = |file: &str| {
            let urls = listed(host, file, "all").into_iter().filter(|url| !url.ends_with(".txt/"));
            urls.collect::<Vec<_>>()
        };
        assert_eq!(of("index.txt"), ["/", "/index.txt"], "{host}");
        assert_eq!(of("d/index.txt"), ["/d", "/d/", "/d/index.txt"], "{host}");
    }
    assert_eq!(Vec::from_iter(listed("generic", "d/index.txt", "all")), ["/d/index.txt"]);
}

#[test]
fn a_site_may_list_its_forms_itself_and_other_files_keep_their_path() {
    let text = "[[site]]\nname = \"x\"\nbase_urls = [\"https://x.example/\"]\nforms = [\"directory\", \"without-extension\"]\n";
    let site = Config::parse(text, "purge.toml").unwrap().sites.remove(0);
    let path = |p: &str| Change { path: p.as_bytes().into(), status: Status::Modified, leads_elsewhere: false };
    let paths = ["d/index.html", "index.html", "n.html", "x.css"].map(path).to_vec();
    let mapping = map(&judge(&Changes { paths, ..Changes::default() }, &site), &[], &site);
    let urls: Vec<&str> =
        mapping.urls().map(|(url, _)| url.as_str().strip_prefix("https://x.example").unwrap()).collect();
    assert_eq!(urls, ["/", "/d/", "/d/index", "/index", "/n", "/x.css"]);
}
