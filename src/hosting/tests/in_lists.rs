//! The same for configuration in JSON and TOML.

use super::check;

#[test]
fn lists_in_json_and_toml_are_compared_entry_by_entry() {
    check(
        "vercel.json",
        &[
            (r#"{"redirects": []}"#, r#"{ "redirects" : [ ] , "git": {}}"#, &[]),
            (
                r#"{"redirects": [{"source": "/a", "destination": "/b"}]}"#,
                r#"{"redirects": [{"destination": "/b", "source": "/a"}]}"#,
                &[],
            ),
            ("{}", r#"{"redirects": [{"source": "/a", "destination": "/b"}]}"#, &["redirects /a: /a /a/"]),
            (
                "{}",
                r#"{"rewrites": [{"source": "/blog/:path*", "destination": "/b"}]}"#,
                &["rewrites /blog/:path*: /blog /blog/*"],
            ),
            ("{}", r#"{"headers": [{"source": "/(.*)", "headers": []}]}"#, &["headers /(.*) ALL: files in /"]),
            ("{}", r#"{"routes": [{"src": "/x/.*", "dest": "/y"}]}"#, &["routes /x/.*: /x/*"]),
            ("{}", r#"{"routes": [{"handle": "filesystem"}]}"#, &["routes without a pattern ALL: /*"]),
            ("{}", r#"{"cleanUrls": true}"#, &["cleanUrls ALL: files in /"]),
            (
                "{}",
                r#"{"redirects": [{"source": "/a", "has": [], "destination": "/b"}]}"#,
                &["redirects /a: /a /a/ /a/? /a?"],
            ),
            ("{}", "{", &["not understood"]),
        ],
    );
    check(
        "firebase.json",
        &[
            (r#"{"hosting": {}}"#, r#"{"hosting": {}, "firestore": {"rules": "x"}}"#, &[]),
            (r#"{"hosting": {}}"#, r#"{"hosting": {"predeploy": "make"}}"#, &[]),
            (
                r#"{"hosting": {}}"#,
                r#"{"hosting": {"redirects": [{"source": "/a{,/**}", "destination": "/"}]}}"#,
                &["redirects /a{,/**} ALL: /*"],
            ),
            (
                r#"{"hosting": {}}"#,
                r#"{"hosting": {"rewrites": [{"source": "/app/**", "destination": "/app.html"}]}}"#,
                &["rewrites /app/**: /app /app/*"],
            ),
            (
                r#"{"hosting": [{"target": "a"}]}"#,
                r#"{"hosting": [{"target": "a", "redirects": [{"source": "/x/@(y|z)", "destination": "/"}]}]}"#,
                &["a: redirects /x/@(y|z): /x/*"],
            ),
            (
                r#"{"hosting": {}}"#,
                r#"{"hosting": {"redirects": [{"regex": "^/a/.*", "destination": "/"}]}}"#,
                &["redirects ^/a/.*: /a/*"],
            ),
            (
                r#"{"hosting": {}}"#,
                r#"{"hosting": {"redirects": [{"regex": "/a/.*", "destination": "/"}]}}"#,
                &["redirects /a/.* ALL: /*"],
            ),
            (r#"{"hosting": {}}"#, r#"{"hosting": {"cleanUrls": true}}"#, &["cleanUrls ALL: files in /"]),
        ],
    );
    check(
        "netlify.toml",
        &[
            ("[build]\ncommand = \"a\"", "# x\n[build]\ncommand = \"b\"\n[dev]\nport = 1", &[]),
            ("", "[build]\npublish = \"x\"", &["build ALL: files in /"]),
            ("", "[[redirects]]\nfrom = \"/a/*\"\nto = \"/b\"", &["redirects /a/*: /a /a/*"]),
            (
                "[[redirects]]\nfrom = \"/a\"\nto = \"/b\"\n[[redirects]]\nfrom = \"/c\"\nto = \"/d\"",
                "[[redirects]]\nfrom = \"/c\"\nto = \"/d\"\n[[redirects]]\nto = \"/b\"\nfrom = \"/a\"",
                &[],
            ),
            ("", "[[headers]]\nfor = \"/x.js\"\n[headers.values]\nX = \"1\"", &["headers /x.js: /x.js"]),
            (
                "",
                "[context.production]\ncommand = \"x\"\n[[context.production.redirects]]\nfrom = \"/a\"\nto = \"/b\"",
                &["context.production: redirects /a: /a /a/"],
            ),
            ("", "x = {", &["not understood"]),
        ],
    );
    check(
        "staticwebapp.config.json",
        &[
            (r#"{"routes": []}"#, r#"{"routes": [{"route": "/a/*", "redirect": "/b"}]}"#, &["routes /a/*: /a /a/*"]),
            ("{}", r#"{"globalHeaders": {"X": "1"}}"#, &["globalHeaders ALL: files in /"]),
            (r#"{"platform": {"apiRuntime": "a"}}"#, r#"{"platform": {"apiRuntime": "b"}}"#, &[]),
        ],
    );
    check(
        "_routes.json",
        &[(r#"{"include": ["/*"]}"#, r#"{"include": ["/*"], "exclude": ["/a/*"]}"#, &["exclude /a/*: /a /a/*"])],
    );
    check("web.config", &[("<a/>", "<b/>", &["not understood"])]);
    check("_worker.js", &[("1", "2", &["not understood"])]);
}
