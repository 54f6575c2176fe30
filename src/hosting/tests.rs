//! Tables of configuration files, old and new, with exactly what differs.

mod in_lists;

use super::*;

/// What differs: the entry, and the URLs that it bears on.
fn said(file: &str, old: &str, new: &str) -> Vec<String> {
    let (directory, name) =
        file.rsplit_once('/').map_or(("", file), |(_, name)| file.split_at(file.len() - name.len()));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let reach = |reach: &Reach| match reach {
        Reach::Path(path) => text(path),
        Reach::Queries(path) => text(path) + "?",
        Reach::Below(path) => text(path) + "*",
        Reach::Names(names) => format!("names in /{}", text(&names.directory)),
        Reach::Listings(names) => format!("lists of names in /{}", text(&names.directory)),
        Reach::Files(directory) => format!("files in /{}", text(directory)),
    };
    let Some(all) =
        differences(name.as_bytes(), directory.as_bytes(), (Some(old.as_bytes()), Some(new.as_bytes())), &[])
    else {
        return vec!["not understood".to_owned()];
    };
    let words = |difference: &Difference| {
        let mut reaches: Vec<String> = difference.reaches.iter().map(reach).collect();
        reaches.sort_unstable();
        let all = if difference.scope.is_some() { " ALL" } else { "" };
        format!("{}{all}: {}", difference.entry, reaches.join(" "))
    };
    all.iter().map(words).collect()
}

#[test]
fn a_file_that_nobody_has_written_by_hand_is_not_looked_into() {
    let nested = "<IfModule x>\n".repeat(100_000);
    assert_eq!(said(".htaccess", "", &nested), ["not understood"]);
    let closed = format!("{}Redirect /a /b\n{}", "<IfModule x>\n".repeat(65), "</IfModule>\n".repeat(65));
    assert_eq!(said(".htaccess", "", &closed), ["not understood"]);
    let lines = (0..50_000).map(|n| format!("/{n} /{}\n", n + 1)).collect::<Vec<_>>().concat();
    assert_eq!(said("_redirects", "", &lines), ["not understood"]);
    // One of so many is found all the same.
    assert_eq!(said("_redirects", &lines, &format!("{lines}/x https://e.example/\n")).len(), 1);
}

#[track_caller]
fn check(file: &str, table: &[(&str, &str, &[&str])]) {
    for (old, new, want) in table {
        assert_eq!(said(file, old, new), *want, "{file}\n--- old\n{old}\n--- new\n{new}");
    }
}

#[test]
fn redirects_bear_on_what_they_match() {
    check(
        "_redirects",
        &[
            ("/a /b", "# why\n/a    /b\n\n", &[]),
            ("/a /b # because", "/a /b", &[]),
            ("/a /b", "/a /c", &["gone: line 1 (/a /b): /a /a/", "line 1 (/a /c): /a /a/"]),
            ("", "/x.html /y 302", &["line 1 (/x.html /y 302): /x.html"]),
            ("/a /b\n/c /d", "/c /d\n/a /b", &[]),
            (
                "/a/* /b\n/a/x /d",
                "/a/x /d\n/a/* /b",
                &["moved: line 1 (/a/x /d): /a/x /a/x/", "moved: line 2 (/a/* /b): /a /a/*"],
            ),
            ("/a/x /1\n/b/x /2\n/c/x /3", "/c/x /3\n/b/x /2\n/a/x /1", &[]),
            ("", "/news/* /blog/:splat 301", &["line 1 (/news/* /blog/:splat 301): /news /news/*"]),
            ("", "/news/:year/:id /n", &["line 1 (/news/:year/:id /n): /news/*"]),
            ("", "/* /index.html 200", &["line 1 (/* /index.html 200) ALL: /*"]),
            ("", "/store id=:id /s/:id 301", &["line 1 (/store id=:id /s/:id 301): /store /store/ /store/? /store?"]),
            ("", "https://old.example.com/a/* /b", &["line 1 (https://old.example.com/a/* /b): /a /a/*"]),
            ("", "nonsense", &["line 1 (nonsense) ALL: /*"]),
            ("", "/ /en 302 Language=en", &["line 1 (/ /en 302 Language=en): / /index.html"]),
            ("/a /b\n/a /b", "/a /b", &["gone: line 2 (/a /b): /a /a/"]),
        ],
    );
}

#[test]
fn headers_bear_on_the_paths_of_their_blocks() {
    check(
        "_headers",
        &[
            ("/a\n  X: 1", "/a\n\tx:   1\n# end", &[]),
            ("/a\n  X: 1", "/a\n  X: 2", &["gone: line 1 (/a): /a /a/", "line 1 (/a): /a /a/"]),
            ("/a\n X: 1\n/b\n Y: 1", "/b\n Y: 1\n/a\n X: 1", &[]),
            (
                "/a/*\n X: 1\n/a/b\n X: 2",
                "/a/b\n X: 2\n/a/*\n X: 1",
                &["moved: line 1 (/a/b): /a/b /a/b/", "moved: line 3 (/a/*): /a /a/*"],
            ),
            ("/a\n X: 1", "/a\n X: 1\n/*\n X: 1", &["line 3 (/*) ALL: /a /a/ files in /"]),
            ("", "/a", &[]),
            ("", "X: 1", &["line 1 (X: 1) ALL: files in /"]),
            ("", "/assets/*.css\n  X: 1", &["line 1 (/assets/*.css): /assets/*"]),
        ],
    );
}

#[test]
fn directives_bear_on_the_paths_and_files_that_they_name() {
    check(
        ".htaccess",
        &[
            ("Redirect /a /b", "# x\n  redirect   \"/a\"  '/b'\n", &[]),
            ("", "Redirect 301 /a /b", &["line 1 (redirect 301 /a /b): /a /a/*"]),
            ("", "Redirect gone /a.html", &["line 1 (redirect gone /a.html): / /a.html /a.html/*"]),
            ("", "Redirect /d/ /e/", &["line 1 (redirect /d/ /e/): /d/*"]),
            ("", "RedirectPermanent /a /b", &["line 1 (redirectpermanent /a /b): /a /a/*"]),
            ("", "Redirect 301 / https://new.example/", &["line 1 (redirect 301 / https://new.example/) ALL: /*"]),
            ("", "Redirect 999 /a /b", &["line 1 (redirect 999 /a /b) ALL: /*"]),
            ("", "Redirect 301 /a", &["line 1 (redirect 301 /a) ALL: /*"]),
            ("", "RedirectMatch 301 ^/a/(.*)$ /b/$1", &["line 1 (redirectmatch 301 ^/a/(.*)$ /b/$1): /a/*"]),
            ("", r"RedirectMatch \.php$ /", &[r"line 1 (redirectmatch \.php$ /) ALL: /*"]),
            ("Redirect /a /b\nRedirect /c /d", "Redirect /c /d\nRedirect /a /b", &[]),
            (
                "Redirect /a /b\nRedirect /a/c /d",
                "Redirect /a/c /d\nRedirect /a /b",
                &["moved: line 1 (redirect /a/c /d): /a/c /a/c/*", "moved: line 2 (redirect /a /b): /a /a/*"],
            ),
            ("Redirect /a /b\nOptions -Indexes", "Options -Indexes\nRedirect /a /b", &[]),
            (
                "Options -Indexes",
                "Options +Indexes",
                &["gone: line 1 (options -Indexes) ALL: /*", "line 1 (options +Indexes) ALL: /*"],
            ),
            (
                "RewriteEngine On",
                "RewriteEngine On\nRewriteRule ^a$ /b [R=301,L]",
                &["line 2 (rewriterule ^a$ /b [R=301,L]): /a"],
            ),
            (
                "",
                "RewriteEngine On\nRewriteRule ^a/(.*)$ /b/$1 [R]",
                &["line 1 (rewriteengine On): /a/*", "line 2 (rewriterule ^a/(.*)$ /b/$1 [R]): /a/*"],
            ),
            ("", "RewriteRule (.*) index.php [L]", &["line 1 (rewriterule (.*) index.php [L]) ALL: /*"]),
            ("", "RewriteRule ^a$ b [N]", &["line 1 (rewriterule ^a$ b [N]) ALL: /*"]),
            (
                "RewriteCond %{HTTPS} on\nRewriteRule ^a$ b",
                "RewriteCond %{HTTPS} off\nRewriteRule ^a$ b",
                &["gone: line 2 (rewriterule ^a$ b): /a", "line 2 (rewriterule ^a$ b): /a"],
            ),
            (
                "",
                "RewriteCond %{QUERY_STRING} ^x=1$\nRewriteRule ^a$ /b [R]",
                &["line 2 (rewriterule ^a$ /b [R]): /a /a?"],
            ),
            // A rule that sends requests on to what changes is asked for these, too.
            (
                "RewriteRule ^pretty$ x.html",
                "RewriteRule ^pretty$ x.html\nRedirect /x.html /y",
                &["line 2 (redirect /x.html /y): /pretty /x.html /x.html/*"],
            ),
            (
                "RewriteRule ^p/(.*)$ in/$1\nRewriteRule ^q$ p/x",
                "RewriteRule ^p/(.*)$ in/$1\nRewriteRule ^q$ p/x\nRedirect /in/a /y",
                &["line 3 (redirect /in/a /y): /in/a /in/a/* /p/* /q"],
            ),
            ("", "<Files \"x.html\">\nHeader set X 1\n</Files>", &["line 2 (header set X 1): /x.html names in /"]),
            (
                "",
                "<FilesMatch \"\\.(css|js)$\">\nHeader set X 1\n</FilesMatch>",
                &["line 2 (header set X 1): names in /"],
            ),
            // Any file may be what its directory answers with.
            (
                "DirectoryIndex a.html",
                "DirectoryIndex a.html\nRedirect /d/a.html /b",
                &["line 2 (redirect /d/a.html /b): /d/ /d/a.html /d/a.html/*"],
            ),
            ("", "<FilesMatch \"(?!x)\">\nHeader set X 1\n</FilesMatch>", &["line 1 (<filesmatch (?!x) >) ALL: /*"]),
            (
                "<IfModule a>\nRedirect /a /b\n</IfModule>",
                "Redirect /a /b",
                &["gone: line 2 (redirect /a /b): /a /a/*", "line 1 (redirect /a /b): /a /a/*"],
            ),
            ("", "<RequireAll>\nRequire all granted\n</RequireAll>", &["line 1 (<requireall>) ALL: /*"]),
            ("", "<IfModule a>\nRedirect /a /b", &["not understood"]),
            ("", "ErrorDocument 404 /404.html", &["line 1 (errordocument 404 /404.html): "]),
            ("", "ErrorDocument 403 /no.html", &["line 1 (errordocument 403 /no.html) ALL: /*"]),
            (
                "Redirect 404 /x",
                "Redirect 404 /x\nErrorDocument 404 /404.html",
                &["line 2 (errordocument 404 /404.html): / /x /x/*"],
            ),
            (
                "Header set X 1",
                "Header set X 2",
                &["gone: line 1 (header set X 1) ALL: /*", "line 1 (header set X 2) ALL: /*"],
            ),
        ],
    );
    check(
        "docs/.htaccess",
        &[
            ("", "Redirect /docs/a /b", &["line 1 (redirect /docs/a /b): /docs/a /docs/a/*"]),
            ("", "Redirect / /b", &["line 1 (redirect / /b) ALL: /docs/*"]),
            ("", "RewriteRule ^a$ /b [R]", &["line 1 (rewriterule ^a$ /b [R]) ALL: /docs/*"]),
            (
                "RewriteEngine On",
                "RewriteEngine On\nRewriteRule ^a$ /b [R]",
                &["line 2 (rewriterule ^a$ /b [R]): /docs/a"],
            ),
            ("", "<Files a.css>\nHeader set X 1\n</Files>", &["line 2 (header set X 1): /docs/a.css names in /docs/"]),
        ],
    );
}

#[test]
fn a_rule_in_another_directory_sends_requests_on_to_what_changes() {
    let beside = [(b"".as_slice().into(), b"RewriteRule ^pretty$ docs/a.html".to_vec())];
    let new = b"<Files a.html>\nHeader set X 1\n</Files>";
    let found = differences(b".htaccess", b"docs/", (None, Some(new)), &beside).unwrap();
    assert!(found[0].reaches.contains(&Reach::Path(b"/pretty"[..].into())), "{found:?}");
    let index = [(b"".as_slice().into(), b"DirectoryIndex a.html".to_vec())];
    let found = differences(b".htaccess", b"docs/", (None, Some(b"Redirect /docs/a.html /b")), &index).unwrap();
    assert!(found[0].reaches.contains(&Reach::Path(b"/docs/"[..].into())), "{found:?}");
}

#[test]
fn a_rule_that_sends_requests_of_any_beginning_on_to_what_changes_is_asked_for() {
    let rules = br"RewriteEngine On
RewriteRule ^(.*)\.php$ /docs/a.html [L,NC]";
    let beside = [(b"".as_slice().into(), rules.to_vec())];
    let versions = (Some(&b""[..]), Some(&b"AddType text/plain .html"[..]));
    let found = differences(b".htaccess", b"docs/", versions, &beside).unwrap();
    assert!(found[0].reaches.contains(&Reach::Below(b"/"[..].into())), "{found:?}");
}

#[test]
fn rules_of_directories_below_are_turned_on_and_off_with_those_above() {
    let beside = [(b"docs/".as_slice().into(), br"RewriteRule ^a\.html$ /b.html [R=301,L]".to_vec())];
    let versions = (Some(&b"RewriteEngine On"[..]), Some(&b"RewriteRule ^pretty$ a.html"[..]));
    let found = differences(b".htaccess", b"", versions, &beside).unwrap();
    let docs = Reach::Path(b"/docs/a.html"[..].into());
    assert!(found.iter().any(|one| one.entry.contains("rewriteengine") && one.reaches.contains(&docs)), "{found:?}");
}

#[test]
fn a_file_that_is_no_text_is_not_understood() {
    for name in [&b"_redirects"[..], b"_headers", b".htaccess", b"netlify.toml", b"vercel.json"] {
        let differ = (Some(&b"/caf\xe9 /a"[..]), Some(&b"/caf\xe8 /a"[..]));
        assert_eq!(differences(name, b"", differ, &[]), None);
    }
}
