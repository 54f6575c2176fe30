//! The demo's site, twice: what was live, what is deployed, and what visitors ask for.
//!
//! Small, but with everything that goes wrong elsewhere: directories asked for with and without their slash, clean URLs,
//! a rename, a deletion, a name with a space and an umlaut, and a page that a visitor asked for before it existed.

use std::fs;
use std::io;
use std::path::Path;

/// One file: its path, its content in the first and in the second revision (`None`: not there), and the URL paths that
/// visitors ask for because of it.
struct File {
    path: &'static str,
    first: Option<&'static str>,
    second: Option<&'static str>,
    asked: &'static [&'static str],
}

const fn same(path: &'static str, content: &'static str, asked: &'static [&'static str]) -> File {
    File { path, first: Some(content), second: Some(content), asked }
}

const FILES: &[File] = &[
    File {
        path: "index.html",
        first: Some("<h1>Home</h1>"),
        second: Some("<h1>Home</h1><p>New: a post"),
        asked: &["/", "/index.html"],
    },
    same("404.html", "<h1>Not here</h1>", &["/nowhere"]),
    same("about.html", "<h1>About</h1>", &["/about", "/about.html"]),
    File {
        path: "blog/index.html",
        first: Some("<h1>Blog</h1>"),
        second: Some("<h1>Blog</h1><li>umlauts"),
        asked: &["/blog/", "/blog", "/blog/index.html"],
    },
    same("blog/hello/index.html", "<h1>Hello</h1>", &["/blog/hello/", "/blog/hello", "/blog/hello/index.html"]),
    same("blog/second/index.html", "<h1>Second</h1>", &["/blog/second/", "/blog/second"]),
    File {
        path: "blog/umlauts/index.html",
        first: None,
        second: Some("<h1>Umlauts</h1>"),
        asked: &["/blog/umlauts/", "/blog/umlauts"],
    },
    same("docs/index.html", "<h1>Docs</h1>", &["/docs/", "/docs"]),
    same("docs/install.html", "<h1>Install</h1>", &["/docs/install", "/docs/install.html"]),
    File {
        path: "docs/old-guide.html",
        first: Some("<h1>Guide</h1>"),
        second: None,
        asked: &["/docs/old-guide", "/docs/old-guide.html"],
    },
    File {
        path: "docs/guide.html",
        first: None,
        second: Some("<h1>Guide</h1>"),
        asked: &["/docs/guide", "/docs/guide.html"],
    },
    File {
        path: "docs/Grüße aus Köln.html",
        first: Some("<h1>Grüße</h1>"),
        second: Some("<h1>Viele Grüße</h1>"),
        asked: &["/docs/Gr%C3%BC%C3%9Fe%20aus%20K%C3%B6ln", "/docs/Gr%C3%BC%C3%9Fe%20aus%20K%C3%B6ln.html"],
    },
    File {
        path: "news/2019.html",
        first: Some("<h1>2019</h1>"),
        second: None,
        asked: &["/news/2019", "/news/2019.html"],
    },
    File {
        path: "assets/app.css",
        first: Some("body{color:black}"),
        second: Some("body{color:navy}"),
        asked: &["/assets/app.css"],
    },
    same("assets/app.js", "console.log('hello')", &["/assets/app.js"]),
    same("assets/logo@2x.svg", "<svg/>", &["/assets/logo@2x.svg"]),
    same("robots.txt", "User-agent: *", &["/robots.txt"]),
    File {
        path: "sitemap.xml",
        first: Some("<urlset/>"),
        second: Some("<urlset><url/></urlset>"),
        asked: &["/sitemap.xml"],
    },
];

/// Pages that never change, as most pages of most sites.
const CHAPTERS: usize = 20;

/// A revision of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Revision {
    First,
    Second,
}

/// Writes a revision into `root` and removes what it does not have.
pub(super) fn write(root: &Path, revision: Revision) -> io::Result<()> {
    for file in FILES {
        let content = if revision == Revision::First { file.first } else { file.second };
        let path = root.join(file.path);
        match content {
            Some(content) => put(&path, content)?,
            None if path.exists() => {
                fs::remove_file(&path)?;
                // Only an empty directory goes, as git does it.
                let _not_empty = path.parent().map(fs::remove_dir);
            }
            None => {}
        }
    }
    (1..=CHAPTERS).try_for_each(|n| put(&root.join(format!("book/chapter-{n}.html")), &format!("<h1>Chapter {n}</h1>")))
}

fn put(path: &Path, content: &str) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(path, content)
}

/// Every URL path that visitors ask for, whether it answers or not. Written down, not computed: it has to find out
/// whether the tool's own list is complete.
pub(super) fn asked() -> Vec<String> {
    let named = FILES.iter().flat_map(|file| file.asked).map(|path| (*path).to_owned());
    let chapters = (1..=CHAPTERS).flat_map(|n| [format!("/book/chapter-{n}"), format!("/book/chapter-{n}.html")]);
    named.chain(chapters).collect()
}
