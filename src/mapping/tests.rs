//! Tables that read as documentation of the mapping, and its invariants.

mod by_rules;
mod on_hosts;

use std::collections::HashSet;

use proptest::prelude::*;

use super::*;
use crate::changes::{Change, Status};
use crate::config::{Config, Form};

fn site(extra: &str) -> Site {
    let text = format!("[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n{extra}");
    Config::parse(&text, "purge.toml").unwrap().sites.remove(0)
}

fn changed(paths: &[(&[u8], Status)]) -> Changes {
    let mut paths: Vec<Change> =
        paths.iter().map(|(p, status)| Change { path: (*p).into(), status: *status, leads_elsewhere: false }).collect();
    paths.sort_by(|a, b| a.path.cmp(&b.path));
    Changes { paths, ..Changes::default() }
}

fn mapped(changes: &Changes, site: &Site) -> Mapping {
    map(&judge(changes, site), &[], site)
}

fn url_paths(mapping: &Mapping) -> Vec<&str> {
    mapping.urls().map(|(url, _)| url.as_str().strip_prefix("https://www.example.com").unwrap()).collect()
}

/// Whatever is purged, in words.
fn said(mapping: &Mapping) -> Vec<String> {
    mapping.operations.iter().map(|mapped| mapped.what.to_string()).collect()
}

#[test]
fn a_file_answers_under_each_of_its_forms() {
    for (path, want) in [
        (&b"index.html"[..], &["/", "/index", "/index.html"][..]),
        (b"index.htm", &["/", "/index", "/index.htm"]),
        (b"d/index.html", &["/d", "/d/", "/d/index", "/d/index.html"]),
        (b"a/b/index.html", &["/a/b", "/a/b/", "/a/b/index", "/a/b/index.html"]),
        (b"n.html", &["/n", "/n.html", "/n/"]),
        (b"d/n.htm", &["/d/n", "/d/n.htm", "/d/n/"]),
        (b"404.html", &["/404", "/404.html", "/404/"]),
        (b"reindex.html", &["/reindex", "/reindex.html", "/reindex/"]),
        (b"a/index.xml", &["/a/index.xml"]),
        (b"x.css", &["/x.css"]),
        (b"x.html.gz", &["/x.html.gz"]),
        (b"README", &["/README", "/readme"]),
        (b".html", &["/.html"]),
        (b"d/.html", &["/d/.html"]),
        (b"N.HTML", &["/N.HTML", "/n.html"]),
        (
            b"Docs/Web/index.html",
            &[
                "/Docs/Web",
                "/Docs/Web/",
                "/Docs/Web/index",
                "/Docs/Web/index.html",
                "/docs/web",
                "/docs/web/",
                "/docs/web/index",
                "/docs/web/index.html",
            ],
        ),
        (b"d/index.xhtml", &["/d", "/d/", "/d/index.xhtml"]),
        (b"index.php", &["/", "/index.php"]),
        (b"...html", &["/...html"]),
        (b"d/..html", &["/d/..html"]),
        (b"....html", &["/...", "/....html", "/.../"]),
    ] {
        for status in [Status::Added, Status::Modified, Status::Deleted] {
            let mapping = mapped(&changed(&[(path, status)]), &site(""));
            assert_eq!(url_paths(&mapping), want, "{}", crate::display::shown(path));
        }
    }
}

#[test]
fn a_url_of_two_files_is_one_url_with_both_reasons() {
    let changes = changed(&[(b"both.html", Status::Deleted), (b"both/index.html", Status::Added)]);
    let mapping = mapped(&changes, &site(""));
    let (_, reasons) = mapping.urls().find(|(url, _)| url.as_str().ends_with("/both/")).unwrap();
    let reasons: Vec<String> = reasons.iter().map(|r| r.text(&changes, &[])).collect();
    assert_eq!(reasons, ["both.html deleted, no extension, slash", "both/index.html added, as a directory"]);
}

#[test]
fn canonical_spellings_are_enough_on_request_and_others_say_whose_they_are() {
    let changes = changed(&[(b"\xc3\xbc@2x.css", Status::Modified)]);
    let canonical = mapped(&changes, &site("spellings = \"canonical\"\n"));
    assert_eq!(url_paths(&canonical), ["/%C3%BC@2x.css"]);
    let all = mapped(&changes, &site(""));
    let said: Vec<(&str, String)> =
        url_paths(&all).into_iter().zip(all.urls().map(|(_, reasons)| reasons[0].text(&changes, &[]))).collect();
    let name = "\u{fc}@2x.css modified";
    assert_eq!(
        said,
        [
            ("/%C3%BC%402x.css", format!("{name}, escaped as by encodeURIComponent")),
            ("/%C3%BC@2x.css", name.to_owned()),
            ("/u%CC%88%402x.css", format!("{name}, decomposed (NFD)")),
            ("/u%CC%88@2x.css", format!("{name}, decomposed (NFD)")),
        ]
    );
}

#[test]
fn of_fingerprinted_files_only_deletions_are_left_alone() {
    let (hashed, next): (&[u8], &[u8]) = (b"js/app.3f2a1b4c.js", b"js/app.9d8c7b6a.js");
    for (status, extra, want) in [
        (Status::Deleted, "", (1, 1)),
        (Status::Deleted, "deleted = \"superseded\"\n", (1, 1)),
        (Status::Deleted, "deleted = \"all\"\n", (2, 0)),
        (Status::Added, "", (2, 0)),
        (Status::Modified, "", (2, 0)),
    ] {
        let changes = changed(&[(hashed, status), (next, Status::Added)]).superseding();
        let mapping = mapped(&changes, &site(extra));
        assert_eq!((mapping.urls().count(), mapping.left.len()), want, "{} {extra}", status.word());
    }
    // A hash in the name alone keeps nothing: the file may be somebody's photograph.
    for (path, left) in [
        ("js/app.3f2a1b4c.js", 0),
        ("screenshot-iPhone12.png", 0),
        ("photo-Summer24.jpg", 0),
        ("passport-a1b2c3d4.jpg", 0),
        ("uploads/3f2a1b4c-1b2c-4d5e-8f9a-0b1c2d3e4f5a.jpg", 0),
        ("_next/static/chunks/4bd1b696-1a2b3c4d5e6f7a8b.js", 1),
        ("docs/_astro/logo.DRf8L97S.webp", 1),
        ("main-ES2ABC7Q.js", 1),
        ("assets/guide.md.DZ3xa8fQ.lean.js", 1),
    ] {
        let mapping = mapped(&changed(&[(path.as_bytes(), Status::Deleted)]).superseding(), &site(""));
        let is_purged = url_paths(&mapping).contains(&format!("/{path}").as_str());
        assert_eq!((mapping.left.len(), is_purged), (left, left == 0), "{path}");
    }
    let mapping = mapped(&changed(&[(b"js/app.js", Status::Deleted)]), &site("always = [\"/s.xml\"]\n"));
    assert_eq!(url_paths(&mapping), ["/js/app.js", "/s.xml"]);
}

#[test]
fn ignored_paths_are_counted_and_map_to_nothing_not_even_always() {
    let site = site("ignore = [\"**/*.map\"]\nalways = [\"/sitemap.xml\"]\n");
    let mapping = mapped(&changed(&[(b"js/x.js.map", Status::Modified)]), &site);
    assert_eq!((mapping.urls().count(), mapping.ignored), (0, 1));
    let mapping = mapped(&changed(&[(b"js/x.js.map", Status::Modified), (b"js/x.js", Status::Modified)]), &site);
    assert_eq!(url_paths(&mapping), ["/js/x.js", "/sitemap.xml"]);
}

#[test]
fn every_base_url_gets_every_form() {
    let text = "[[site]]\nname = \"w\"\nbase_urls = [\"https://a.example/\", \"http://b.example:8080/docs\"]\nalways = [\"/s.xml\"]\n";
    let site = Config::parse(text, "purge.toml").unwrap().sites.remove(0);
    let mapping = mapped(&changed(&[(b"x.css", Status::Modified)]), &site);
    let urls: Vec<&str> = mapping.urls().map(|(url, _)| url.as_str()).collect();
    assert_eq!(
        urls,
        [
            "http://b.example:8080/docs/s.xml",
            "http://b.example:8080/docs/x.css",
            "https://a.example/s.xml",
            "https://a.example/x.css"
        ]
    );
}

#[test]
fn the_root_of_a_base_url_with_a_path_answers_without_its_slash_too() {
    let text = "[[site]]\nname = \"w\"\nbase_urls = [\"https://a.example/docs\", \"https://b.example\"]\n";
    let site = Config::parse(text, "purge.toml").unwrap().sites.remove(0);
    let mapping = mapped(&changed(&[(b"index.html", Status::Modified)]), &site);
    let urls: Vec<&str> = mapping.urls().map(|(url, _)| url.as_str()).collect();
    let a = [
        "https://a.example/docs",
        "https://a.example/docs/",
        "https://a.example/docs/index",
        "https://a.example/docs/index.html",
    ];
    assert_eq!(urls[..4], a);
    assert_eq!(urls[4..], ["https://b.example/", "https://b.example/index", "https://b.example/index.html"]);
}

#[test]
fn what_a_link_or_submodule_leads_to_is_a_prefix() {
    let changes = Changes {
        paths: vec![Change { path: b"sub mod".as_slice().into(), status: Status::Modified, leads_elsewhere: true }],
        ..Changes::default()
    };
    let mapping = mapped(&changes, &site(""));
    assert_eq!(url_paths(&mapping), ["/sub%20mod", "/sub+mod"]);
    let prefixes: Vec<String> = said(&mapping).split_off(2);
    assert_eq!(prefixes, ["www.example.com/sub%20mod/*", "www.example.com/sub+mod/*"]);
    for (depth, separators) in [(30, 31), (31, 31), (40, 31)] {
        let path = vec!["d"; depth].join("/").into_bytes();
        let change = Change { path: path.into(), status: Status::Added, leads_elsewhere: true };
        let mapping = mapped(&Changes { paths: vec![change], ..Changes::default() }, &site(""));
        let prefix = mapping.operations.last().unwrap().what.text();
        assert_eq!((prefix.matches('/').count(), prefix.ends_with("/d/")), (separators, true), "{depth}");
    }
}

#[test]
fn a_directory_that_appears_or_vanishes_changes_its_own_urls() {
    let mut changes =
        changed(&[(b"d.html", Status::Added), (b"d/x.css", Status::Added), (b"e/x.map", Status::Deleted)]);
    for (path, status) in [(&b"d"[..], Status::Added), (b"e", Status::Deleted)] {
        changes.directories.push(DirectoryChange { path: path.into(), status });
    }
    let mapping = mapped(&changes, &site("ignore = [\"**/*.map\"]\n"));
    assert_eq!(url_paths(&mapping), ["/d", "/d.html", "/d/", "/d/x.css"]);
    let root = Changes {
        directories: vec![DirectoryChange { path: [].into(), status: Status::Added }],
        ..changed(&[(b"x.css", Status::Added)])
    };
    assert_eq!(url_paths(&mapped(&root, &site(""))), ["/", "/x.css"]);
}

#[test]
fn the_urls_of_a_site_are_those_that_a_change_of_every_file_means() {
    let paths: Vec<Box<[u8]>> =
        ["index.html", "a b/index.html", "a b/\u{fc}@2x.html", "n.html", "n/index.html", "x.css", "d/y.css", "d/z.map"]
            .map(|path| path.as_bytes().into())
            .to_vec();
    let rules = "[[site.rule]]\nmatch = [\"d/**\"]\nforms = [\"directory\", \"exact\"]\nalso = [\"/{dir}/feed.xml\", \"/list/\"]\n";
    let small = format!("escapes = \"both\"\n{rules}");
    for extra in [
        "",
        "spellings = \"canonical\"\nhost = \"nginx\"\n",
        "forms = [\"exact\"]\n",
        "escapes = \"both\"\n",
        &small,
        rules,
    ] {
        let text = format!(
            "[[site]]\nname = \"w\"\nbase_urls = [\"https://a.example/docs/\", \"http://b.example/\"]\n{extra}"
        );
        let site = Config::parse(&text, "purge.toml").unwrap().sites.remove(0);
        let changes = changed(&paths.iter().map(|path| (&**path, Status::Modified)).collect::<Vec<_>>());
        let mapping = mapped(&changes, &site);
        let mut visited = Vec::new();
        visit_urls(&paths, &site, |url| visited.push(url.to_owned()));
        let visited: HashSet<&str> = visited.iter().map(String::as_str).collect();
        assert_eq!(visited, mapping.urls().map(|(url, _)| url.as_str()).collect(), "{extra}");
    }
}

proptest! {
    #[test]
    fn every_url_is_listed_once_sorted_with_a_reason(
        paths in proptest::collection::btree_set("(([a-c]|index|\u{fc}| |%)(\\.html?|\\.css)?/){0,2}([a-c]|index|\u{fc}| |%)(\\.html?|\\.css)?", 0..30)
    ) {
        let list: Vec<(&[u8], Status)> = paths.iter().map(|p| (p.as_bytes(), Status::Modified)).collect();
        let changes = changed(&list);
        let mapping = mapped(&changes, &site("always = [\"/a\"]\n"));
        prop_assert!(mapping.operations.windows(2).all(|pair| pair[0].what < pair[1].what));
        prop_assert!(mapping.operations.iter().all(|m| !m.reasons.is_empty()));
        let reasoned: HashSet<u32> = mapping.operations.iter().flat_map(|m| &m.reasons).filter_map(|r| match r { Reason::Path(i, ..) => Some(*i), _ => None }).collect();
        prop_assert_eq!(reasoned.len(), paths.len(), "each path is behind some URL");
        prop_assert_eq!(mapped(&changes, &site("always = [\"/a\"]\n")), mapping);
    }
}
