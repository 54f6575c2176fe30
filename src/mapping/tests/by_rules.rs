//! What rules make of changes: each word of a `[[site.rule]]`, alone and together.

use super::*;

/// A site with rules, and what it purges for some changed paths.
fn by_rules(rules: &str, paths: &[(&str, Status)]) -> Vec<String> {
    let paths: Vec<(&[u8], Status)> = paths.iter().map(|(path, status)| (path.as_bytes(), *status)).collect();
    let text = format!("forms = [\"exact\"]\nspellings = \"canonical\"\n{rules}");
    let said = said(&mapped(&changed(&paths), &site(&text)));
    said.iter().map(|what| what.replace("https://www.example.com", "")).collect()
}

#[test]
fn every_rule_that_matches_adds_what_it_says() {
    let rules = r#"
[[site.rule]]
match = ["blog/**"]
except = ["blog/drafts/**"]
also = ["/blog/", "/{dir}/feed.xml?v=2"]
tags = ["blog"]
[[site.rule]]
match = ["**/*.html"]
prefixes = ["img.example.com/blog/"]
hosts = ["Static.example.com"]
tags = ["blog", "pages"]
"#;
    let all = ["/blog/", "/blog/x/a.html", "/blog/x/feed.xml?v=2", "img.example.com/blog/*", "tag blog", "tag pages"];
    let with_host: Vec<&str> = all.iter().copied().chain(["host static.example.com"]).collect();
    assert_eq!(by_rules(rules, &[("blog/x/a.html", Status::Modified)]), with_host);
    assert_eq!(
        by_rules(rules, &[("blog/drafts/a.txt", Status::Modified), ("x.css", Status::Modified)]),
        ["/blog/drafts/a.txt", "/x.css"]
    );
}

#[test]
fn a_rule_is_for_its_kinds_of_change_only() {
    let rules = "[[site.rule]]\nmatch = [\"**\"]\non = [\"added\", \"deleted\"]\nalso = [\"/list/\"]\n";
    for (status, want) in [(Status::Added, 2), (Status::Modified, 1), (Status::Deleted, 2)] {
        assert_eq!(by_rules(rules, &[("x.css", status)]).len(), want, "{}", status.word());
    }
}

#[test]
fn variants_are_the_product_of_their_lists_with_what_visitors_may_leave_out() {
    let origins = "[[site.rule]]\nmatch = [\"*.css\"]\norigins = [\"https://A.example:443\"]\nqueries = [\"v=1\"]\n";
    assert_eq!(
        by_rules(origins, &[("x.css", Status::Modified)]),
        ["/x.css", "/x.css (Origin: https://a.example)", "/x.css?v=1", "/x.css?v=1 (Origin: https://a.example)"]
    );
    let devices = "[[site.rule]]\nmatch = [\"*\"]\ndevice_types = [\"mobile\", \"desktop\"]\ncountries = [\"es\"]\nlanguages = [\"zh-CN\"]\ncookies = [\"a=1\"]\n";
    let all = by_rules(devices, &[("x", Status::Modified)]);
    assert_eq!(
        all.len(),
        1 + 2 * 2 * 2,
        "the URL alone, and each device with and without language and cookie: {all:?}"
    );
    for (want, is) in [
        ("/x", true),
        ("/x (CF-Device-Type: mobile; CF-IPCountry: ES)", true),
        ("/x (CF-Device-Type: desktop; CF-IPCountry: ES; Accept-Language: zh-CN; Cookie: a=1)", true),
        ("/x (CF-Device-Type: mobile)", false),
        ("/x (Cookie: a=1)", false),
    ] {
        assert_eq!(all.iter().any(|one| one == want), is, "{want}: {all:?}");
    }
    let headers = "[[site.rule]]\nmatch = [\"*\"]\nheaders = [{ X-A = \"1\", X-B = \"2\" }, { X-A = \"3\" }]\nalso = [\"/y?q\"]\nqueries = [\"v\"]\n";
    assert_eq!(
        by_rules(headers, &[("x", Status::Added)]),
        [
            "/x",
            "/x (X-A: 1; X-B: 2)",
            "/x (X-A: 3)",
            "/x?v",
            "/x?v (X-A: 1; X-B: 2)",
            "/x?v (X-A: 3)",
            "/y?q",
            "/y?q (X-A: 1; X-B: 2)",
            "/y?q (X-A: 3)"
        ]
    );
}

#[test]
fn a_stated_scope_takes_the_place_of_what_is_known_about_the_file() {
    let scope = |glob: &str, word: &str| format!("[[site.rule]]\nmatch = [\"{glob}\"]\nscope = \"{word}\"\n");
    let one = |glob: &str, word: &str, path: &str| by_rules(&scope(glob, word), &[(path, Status::Modified)]);
    assert_eq!(one("_headers", "urls", "_headers"), ["/_headers"]);
    assert_eq!(one("_headers", "none", "_headers"), Vec::<String>::new());
    assert_eq!(one("**", "subtree", "d/404.html"), ["/d/404.html", "www.example.com/d/*"]);
    assert_eq!(one("404.html", "site", "404.html"), ["/404.html", "www.example.com/*"]);
    assert_eq!(one("x", "everything", "x"), ["/x", "everything in the zone"]);
    let both = [scope("**", "none"), scope("x", "site")].concat();
    assert_eq!(by_rules(&both, &[("x", Status::Modified)]), ["/x", "www.example.com/*"], "the widest counts");
    let tags = format!("{}tags = [\"t\"]\n", scope("**", "none"));
    assert_eq!(by_rules(&tags, &[("x", Status::Modified)]), ["tag t"]);
    let notes = |rules: &str| mapped(&changed(&[(b"_redirects", Status::Modified)]), &site(rules)).notes.len();
    assert_eq!((notes(""), notes(&scope("_redirects", "site"))), (1, 0));
}

#[test]
fn a_fingerprinted_file_stays_unless_a_rule_states_its_scope_and_rules_add_all_the_same() {
    let deleted = [("_nuxt/app.3f2a1b4c.js", Status::Deleted)];
    assert_eq!(by_rules("[[site.rule]]\nmatch = [\"_nuxt/**\"]\nalso = [\"/m.json\"]\n", &deleted), ["/m.json"]);
    assert_eq!(
        by_rules("[[site.rule]]\nmatch = [\"_nuxt/**\"]\nscope = \"urls\"\n", &deleted),
        ["/_nuxt/app.3f2a1b4c.js"]
    );
}

#[test]
fn a_rule_by_prefix_takes_every_variant_along_and_names_nothing_twice() {
    let rule = "[[site.rule]]\nmatch = [\"docs/**\"]\nby = \"prefix\"\n";
    let prefixes = |path: &[u8]| said(&mapped(&changed(&[(path, Status::Modified)]), &site(rule)));
    assert_eq!(prefixes(b"docs/a.html"), ["www.example.com/docs/a*", "www.example.com/docs/a.html*"]);
    assert_eq!(prefixes(b"docs/d/index.html"), ["www.example.com/docs/d*"]);
    assert_eq!(prefixes(b"x.css"), ["https://www.example.com/x.css"]);
}

#[test]
fn forms_of_a_rule_are_for_whatever_it_matches() {
    let rules = "[[site.rule]]\nmatch = [\"*.xml\", \"*.html\"]\nforms = [\"without-extension\"]\n";
    assert_eq!(by_rules(rules, &[("feed.xml", Status::Added), ("n.html", Status::Added)]), ["/feed", "/n"]);
}

#[test]
fn templates_are_spelled_like_the_path() {
    let rules = "[[site.rule]]\nmatch = [\"**\"]\nscope = \"none\"\nalso = [\"/amp/{stem}/\"]\n";
    let mapping =
        mapped(&changed(&["\u{e9}@2x.png", "...html"].map(|p| (p.as_bytes(), Status::Modified))), &site(rules));
    assert_eq!(url_paths(&mapping), ["/amp/%C3%A9%402x/", "/amp/%C3%A9@2x/", "/amp/e%CC%81%402x/", "/amp/e%CC%81@2x/"]);
}

#[test]
fn a_template_in_a_query_string_is_spelled_as_those_are() {
    let rules = "[[site.rule]]\nmatch = [\"**\"]\nscope = \"none\"\nalso = [\"/_next/image?url=%2F{path}&w=640\"]\n";
    let mapping =
        mapped(&changed(&["i/a b.png", "x@2x.png", "y.png"].map(|p| (p.as_bytes(), Status::Modified))), &site(rules));
    let want =
        ["i%2Fa%20b.png", "i%2Fa+b.png", "x%402x.png", "y.png"].map(|p| format!("/_next/image?url=%2F{p}&w=640"));
    assert_eq!(url_paths(&mapping), want);
    let canonical = [rules.replacen("[[", "spellings = \"canonical\"\n[[", 1).as_str()].concat();
    let mapping = mapped(&changed(&[(b"i/a b.png", Status::Modified)]), &site(&canonical));
    assert_eq!(url_paths(&mapping), ["/_next/image?url=%2Fi%2Fa%20b.png&w=640"]);
}

#[test]
fn a_url_may_stand_inside_of_a_path_that_a_rule_or_always_names() {
    let rules = "always = [\"/img/https://www.example.com/x.png\"]\n[[site.rule]]\nmatch = [\"*.png\"]\nalso = [\"/cdn-cgi/image/width=400/https://www.example.com/{path}\"]\n";
    let mapping = mapped(&changed(&[(b"a.png", Status::Modified)]), &site(rules));
    let want =
        ["/a.png", "/cdn-cgi/image/width=400/https://www.example.com/a.png", "/img/https://www.example.com/x.png"];
    assert_eq!(url_paths(&mapping), want);
}

#[test]
fn rules_are_in_the_reasons_and_a_thousand_paths_are_one_reason() {
    let rules =
        "[[site.rule]]\nmatch = [\"blog/*\", \"x\"]\ntags = [\"t\"]\nalso = [\"/{dir}/\"]\norigins = [\"null\"]\n";
    let paths: Vec<String> = (0..1000).map(|i| format!("blog/{i:03}.css")).collect();
    let list: Vec<(&[u8], Status)> = paths.iter().map(|p| (p.as_bytes(), Status::Modified)).collect();
    let (changes, site) = (changed(&list), site(rules));
    let mapping = mapped(&changes, &site);
    let why = |what: &str| {
        let found = mapping.operations.iter().find(|m| m.what.to_string().ends_with(what)).unwrap();
        found.reasons.iter().map(|r| r.text(&changes, &site.rules.names())).collect::<Vec<_>>()
    };
    assert_eq!(why("tag t"), ["blog/000.css modified and 999 more, rule 1 (blog/*, …)"]);
    assert_eq!(why("/007.css"), ["blog/007.css modified"]);
    assert_eq!(why("/007.css (Origin: null)"), ["blog/007.css modified, rule 1 (blog/*, …)"]);
    assert_eq!(why("/blog/").len(), 1000);
}

#[test]
fn files_that_a_side_effect_reaches_keep_their_rules() {
    let rules = "spellings = \"canonical\"\nignore = [\"*.map\"]\n[[site.rule]]\nmatch = [\"*.woff2\"]\norigins = [\"https://a.example\"]\n[[site.rule]]\nmatch = [\"*.txt\"]\nscope = \"none\"\n";
    let inventory: Vec<Box<[u8]>> = ["_headers", "f.woff2", "n.txt", "x.map"].map(|p| p.as_bytes().into()).to_vec();
    let (changes, site) = (changed(&[(b"_headers", Status::Modified)]), site(rules));
    let judged = judge(&changes, &site);
    assert!(judged.needs_inventory());
    let all = said(&map(&judged, &inventory, &site));
    let want =
        ["_headers", "f.woff2", "f.woff2 (Origin: https://a.example)"].map(|p| format!("https://www.example.com/{p}"));
    assert_eq!(all, want);
}

#[test]
fn a_rule_for_other_changes_takes_nothing_from_a_side_effect() {
    let rules = "spellings = \"canonical\"\nhost = \"nginx-try-files\"\n[[site.rule]]\nmatch = [\"a/**\"]\non = [\"added\"]\nscope = \"none\"\n[[site.rule]]\nmatch = [\"b/**\"]\non = [\"deleted\"]\nforms = [\"exact\"]\n";
    let inventory: Vec<Box<[u8]>> = ["_headers", "a/x.html", "b/x.html"].map(|p| p.as_bytes().into()).to_vec();
    let (changes, site) = (changed(&[(b"_headers", Status::Modified)]), site(rules));
    let mapping = map(&judge(&changes, &site), &inventory, &site);
    assert_eq!(url_paths(&mapping), ["/_headers", "/a/x", "/a/x.html", "/b/x", "/b/x.html"]);
}

#[test]
fn a_known_effect_on_the_whole_site_leaves_what_a_rule_states() {
    let rules = "spellings = \"canonical\"\n[[site.rule]]\nmatch = [\"docs/**\"]\nscope = \"subtree\"\n";
    let (changes, site) = (changed(&[(b"_headers", Status::Modified), (b"docs/x.css", Status::Modified)]), site(rules));
    let judged = judge(&changes, &site);
    assert!(judged.needs_inventory());
    let all = said(&map(&judged, &[], &site));
    assert!(all.contains(&"www.example.com/docs/*".to_owned()), "{all:?}");
}

#[test]
fn a_scope_takes_its_directory_without_the_slash_along() {
    let text = "[[site]]\nname = \"w\"\nbase_urls = [\"https://w.example/docs/\"]\n[[site.rule]]\nmatch = [\"p\"]\nscope = \"site\"\n[[site.rule]]\nmatch = [\"d/**\"]\nscope = \"subtree\"\n";
    let site = Config::parse(text, "purge.toml").unwrap().sites.remove(0);
    let urls = |path: &[u8]| said(&mapped(&changed(&[(path, Status::Modified)]), &site));
    assert!(urls(b"p").contains(&"https://w.example/docs".to_owned()), "{:?}", urls(b"p"));
    assert!(urls(b"d/x.css").contains(&"https://w.example/docs/d".to_owned()), "{:?}", urls(b"d/x.css"));
}

#[test]
fn a_directory_that_appears_has_the_variants_of_its_first_file() {
    let rules = "host = \"nginx\"\n[[site.rule]]\nmatch = [\"d/**\"]\norigins = [\"null\"]\n";
    let mut changes = changed(&[(b"d/x.css", Status::Added)]);
    changes.directories.push(DirectoryChange { path: b"d".as_slice().into(), status: Status::Added });
    let all = said(&mapped(&changes, &site(rules)));
    let base = "https://www.example.com";
    for want in ["/d", "/d (Origin: null)", "/d/", "/d/ (Origin: null)"] {
        assert!(all.contains(&format!("{base}{want}")), "{want}: {all:?}");
    }
}

#[test]
fn escapes_in_small_letters_are_keys_of_whatever_is_named_with_one() {
    const RULE: &str = "host = \"nginx\"\nalways = [\"/\u{e4}/?q=%C3%A4\", \"/plain%20/\"]\nescapes = \"both\"\n\
        [[site.rule]]\nmatch = [\"**\"]\nalso = [\"/i/{stem}?u={path}\", \"/\u{f6}/\"]\nprefixes = [\"img.example.com/\u{fc}/\"]\n\
        tags = [\"%C3\"]\nlanguages = [\"de\"]\n";
    let all = by_rules(RULE, &[("d\u{fc}/a%C3.css", Status::Modified)]);
    let both = |text: &str| [text.to_owned(), crate::encoding::with_small_escapes(text).unwrap()];
    let mut want = Vec::new();
    for path in ["/d%C3%BC/a%25C3.css", "/i/a%25C3?u=d%C3%BC%2Fa%25C3.css", "/%C3%B6/"] {
        for url in both(path) {
            want.extend([format!("{url} (Accept-Language: de)"), url]);
        }
    }
    want.extend(both("/%C3%A4/?q=%C3%A4"));
    want.extend(both("img.example.com/%C3%BC/*"));
    // A blank has no letters, and a tag is no URL.
    want.extend(["/plain%20/".to_owned(), "tag %C3".to_owned()]);
    let sorted = |mut all: Vec<String>| {
        all.sort();
        all
    };
    assert_eq!(sorted(all), sorted(want));
    let changes = changed(&["d\u{fc}.css"].map(|path| (path.as_bytes(), Status::Modified)));
    let mapping = mapped(&changes, &site("spellings = \"canonical\"\nescapes = \"both\"\n"));
    let words: Vec<String> = mapping.urls().map(|(_, reasons)| reasons[0].text(&changes, &[])).collect();
    assert_eq!(words, ["d\u{fc}.css modified", "d\u{fc}.css modified, escapes in small letters"]);
}
