//! A table of edges: what each does to the answers, what `verify` says of it, and with which exit code. Nothing wrong passes, and
//! nothing right fails.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;

use diffpurge::edge::{Handler, Loopback, Response, response};
use flate2::Compression;
use flate2::write::GzEncoder;
use ring::digest::{SHA256, digest};

use crate::support::{Repo, diffpurge};

const HOST: &str = "www.example.com";

/// An answer on its way through an edge.
#[derive(Clone, Default)]
struct Said {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

/// The site as it was and as it is, by URL path.
struct Pages {
    old: BTreeMap<String, Vec<u8>>,
    new: BTreeMap<String, Vec<u8>>,
}

/// A page that is no site's.
const PARKED: &str =
    "<!doctype html><title>Parked</title><p>This domain is for sale, ask the broker for his price today.";

type Edge = fn(&Pages, &str) -> Said;

fn said(status: u16, body: impl Into<Vec<u8>>) -> Said {
    Said { status, headers: Vec::new(), body: body.into() }
}

impl Said {
    fn with(mut self, name: &'static str, value: &str) -> Said {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Changes the text of a page, and of nothing else.
    fn page(mut self, change: impl Fn(&str) -> String) -> Said {
        if self.body.starts_with(b"<!doctype") {
            self.body = change(std::str::from_utf8(&self.body).unwrap()).into_bytes();
        }
        self
    }
}

/// Answers as a static host does.
fn served(files: &BTreeMap<String, Vec<u8>>, path: &str) -> Said {
    let path = percent_encoding::percent_decode_str(path.trim_start_matches('/')).decode_utf8_lossy().into_owned();
    let index = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.clone() };
    match files.get(&index) {
        Some(content) => said(200, content.clone()),
        None if files.contains_key(&format!("{path}/index.html")) => {
            said(301, "").with("location", &format!("/{path}/"))
        }
        None => said(404, "<h1>Not found</h1>"),
    }
}

fn new(pages: &Pages, path: &str) -> Said {
    served(&pages.new, path)
}

fn old(pages: &Pages, path: &str) -> Said {
    served(&pages.old, path)
}

/// A page of the site.
fn page(title: &str, text: &str) -> String {
    format!(
        "<!doctype html>\n<html>\n  <head>\n    <title>{title}</title>\n    <!-- made by hand -->\n  </head>\n  <body>\n    \
         <h1>{title}</h1>\n    <p>{text}</p>\n    <p>Write to <a href=\"mailto:me@example.com\">me@example.com</a>, or ring \
         the bell at the door of the house by the river.</p>\n  </body>\n</html>\n"
    )
}

/// A site in two commits, the second of which changes every file but one, adds one and deletes one.
fn site() -> (Repo, Pages) {
    let repo = Repo::new();
    let config = format!(
        "[[site]]\nname = \"www\"\nbase_urls = [\"https://{HOST}/\"]\noutput = \"public\"\nhost = \"nginx\"\nalways = [\"/api/status\"]\n"
    );
    repo.file("purge.toml", &config);
    let pages = |word: &str| {
        let text =
            |name: &str| format!("The {name} of the shop were {word} on the day that this page was written for you.");
        let mut files: BTreeMap<String, Vec<u8>> = ["Home", "Prices", "Hours", "People", "Places"]
            .iter()
            .map(|name| {
                let path =
                    if *name == "Home" { "index.html".to_owned() } else { format!("{}.html", name.to_lowercase()) };
                (path, page(name, &text(name)).into_bytes())
            })
            .collect();
        files.insert("blog/index.html".to_owned(), page("Blog", &text("posts")).into_bytes());
        files.insert("größe [1].html".to_owned(), page("Size", &text("sizes")).into_bytes());
        files.insert("app.css".to_owned(), format!("body {{ color: {word} }}\n").into_bytes());
        files.insert("logo.png".to_owned(), [&b"\x89PNG\r\n\x1a\n\0\0"[..], word.as_bytes()].concat());
        files.insert("empty.txt".to_owned(), Vec::new());
        files.insert("humans.txt".to_owned(), format!("Made of {word}\r\nby hand\r\n").into_bytes());
        files.insert("hero.jpg".to_owned(), [&b"\xff\xd8\xff\0"[..], word.as_bytes()].concat());
        files
    };
    let (mut before, mut after) = (pages("black"), pages("white"));
    before.insert(
        "gone.html".to_owned(),
        page("Gone", "This page will go away with the next deploy of the shop.").into(),
    );
    before.insert("about/index.html".to_owned(), page("About", "All about the shop, in a directory.").into());
    after.insert("added.html".to_owned(), page("Added", "This page came with the last deploy of the shop.").into());
    after.insert("about".to_owned(), b"All about the shop, in a file.".to_vec());
    // A checkout ends lines with CR LF, and puts the picture in the place of its pointer.
    repo.file(".gitattributes", "humans.txt text eol=crlf\n*.jpg filter=lfs -text\n");
    let root = repo.path().join("public");
    for files in [&before, &after] {
        if root.exists() {
            std::fs::remove_dir_all(&root).unwrap();
        }
        for (path, content) in files {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let is_in_lfs = path.extension().is_some_and(|end| end == "jpg");
            let held = if is_in_lfs { pointer(content) } else { content.clone() };
            std::fs::write(path, held).unwrap();
        }
        repo.commit();
    }
    (repo, Pages { old: before, new: after })
}

/// The pointer that git holds in the place of a file in LFS.
fn pointer(content: &[u8]) -> Vec<u8> {
    let sha256 = digest(&SHA256, content);
    let digits: Vec<String> = sha256.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let (digits, size) = (digits.concat(), content.len());
    format!("version https://git-lfs.github.com/spec/v1\noid sha256:{digits}\nsize {size}\n").into_bytes()
}

/// An edge that answers like this.
fn edge(pages: &Arc<Pages>, says: Edge) -> Loopback {
    let pages = Arc::clone(pages);
    let handler: Handler = Arc::new(move |request| {
        let Said { status, headers, body } = says(&pages, request.uri().path());
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer: Response = response(status, &headers, body);
        Box::pin(async move { answer })
    });
    Loopback::start(handler).unwrap()
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut compressed = GzEncoder::new(Vec::new(), Compression::default());
    compressed.write_all(body).unwrap();
    compressed.finish().unwrap()
}

/// One row: the edge, what it does, the word that `verify` must say, and its exit code with FROM and without.
struct Row(&'static str, Edge, &'static str, i32);

const RIGHT: &[Row] = &[
    Row("serves TO", new, "fresh", 0),
    Row("says that it hit", |p, u| new(p, u).with("cf-cache-status", "HIT").with("age", "7"), "fresh", 0),
    Row("compresses with gzip", |p, u| zipped(new(p, u)), "fresh", 0),
    Row("compresses with br", |p, u| brotli(new(p, u)), "fresh", 0),
    Row("compresses with zstd", |p, u| zstandard(new(p, u)), "fresh", 0),
    Row("hides e-mail addresses", |p, u| new(p, u).page(without_addresses), "rewritten", 0),
    Row("injects a beacon", |p, u| new(p, u).page(with_beacon), "rewritten", 0),
    Row("minifies HTML", |p, u| new(p, u).page(minified), "rewritten", 0),
    Row(
        "minifies, injects, hides",
        |p, u| new(p, u).page(|t| with_beacon(&minified(&without_addresses(t)))),
        "rewritten",
        0,
    ),
    Row(
        "loads scripts late",
        |p, u| new(p, u).page(|t| t.replace("</body>", "<script src=\"/rocket-loader.min.js\"></script></body>")),
        "rewritten",
        0,
    ),
    Row(
        "rewrites, and says when",
        |p, u| new(p, u).page(with_beacon).with("last-modified", "Wed, 15 Nov 2023 00:00:00 GMT"),
        "rewritten",
        0,
    ),
    Row("rewrites and compresses", |p, u| zipped(new(p, u).page(with_beacon)), "rewritten", 0),
    Row(
        "sends on to www",
        |p, u| if u == "/blog" { said(308, "").with("location", &format!("https://{HOST}/blog/")) } else { new(p, u) },
        "fresh",
        0,
    ),
    Row(
        "sends index files on",
        |p, u| if u.ends_with("/index.html") { said(301, "").with("location", "./") } else { new(p, u) },
        "fresh",
        0,
    ),
    Row("knows no twin and no other spelling", exact_spelling, "fresh", 0),
    Row("answers 410 for what is gone", |p, u| gone_as(p, u, 410), "fresh", 0),
    Row("answers 403 for what is gone", |p, u| gone_as(p, u, 403), "fresh", 0),
    Row(
        "answers the app for what there is not",
        |p, u| missing(p, u, |p| said(200, p.new["index.html"].clone())),
        "fresh",
        0,
    ),
    Row(
        "answers the app with a beacon",
        |p, u| missing(p, u, |p| said(200, p.new["index.html"].clone())).page(with_beacon),
        "fresh",
        0,
    ),
    Row(
        "tells of a year in the cache, and has TO",
        |p, u| new(p, u).with("age", "31536000").with("x-cache", "HIT"),
        "fresh",
        0,
    ),
    Row(
        "leaves out closing tags at the end",
        |p, u| new(p, u).page(|t| minified(t).replace("</body></html>", "")),
        "rewritten",
        0,
    ),
    Row("leaves out white space at the end", |p, u| new(p, u).page(|t| t.trim_end().to_owned()), "rewritten", 0),
    Row(
        "sends a directory to its index",
        |p, u| if u == "/blog/" { said(301, "").with("location", "/blog/index.html") } else { new(p, u) },
        "fresh",
        0,
    ),
    Row(
        "sends a directory to its index, and polishes it",
        |p, u| match u {
            "/blog/" => said(301, "").with("location", "/blog/index.html"),
            _ => new(p, u).page(with_beacon),
        },
        "rewritten",
        0,
    ),
    Row("serves pointers of LFS", |p, u| if u == "/hero.jpg" { pointed(new(p, u)) } else { new(p, u) }, "fresh", 0),
    Row(
        "serves lines as git holds them",
        |p, u| if u == "/humans.txt" { with_lf(new(p, u)) } else { new(p, u) },
        "fresh",
        0,
    ),
    Row(
        "rewrites a text with CR LF",
        |p, u| {
            let said = new(p, u);
            if u == "/humans.txt" { Said { body: [&said.body[..], b"\r\n"].concat(), ..said } } else { said }
        },
        "rewritten",
        0,
    ),
    Row(
        "polishes one picture of LFS",
        |p, u| if u == "/hero.jpg" { said(200, "RIFF\0WEBP").with("cf-polished", "ok") } else { new(p, u) },
        "unknown",
        0,
    ),
    Row(
        "polishes one picture",
        |p, u| if u == "/logo.png" { said(200, "RIFF\0WEBP").with("cf-polished", "ok") } else { new(p, u) },
        "unknown",
        0,
    ),
];

const WRONG: &[Row] = &[
    Row("serves FROM", old, "stale", 1),
    Row("serves FROM, a year old", |p, u| old(p, u).with("age", "31536000").with("cf-cache-status", "HIT"), "stale", 1),
    Row("serves FROM with a beacon", |p, u| old(p, u).page(with_beacon), "stale", 1),
    Row("serves FROM minified", |p, u| old(p, u).page(minified), "stale", 1),
    Row("serves FROM without addresses", |p, u| old(p, u).page(without_addresses), "stale", 1),
    Row("serves FROM gzipped", |p, u| zipped(old(p, u)), "stale", 1),
    Row("serves FROM for one page", |p, u| if u == "/prices.html" { old(p, u) } else { new(p, u) }, "stale", 1),
    Row(
        "rewrites FROM for one page",
        |p, u| if u == "/prices.html" { old(p, u).page(with_beacon) } else { new(p, u) },
        "stale",
        1,
    ),
    Row("serves FROM's picture of LFS", |p, u| if u == "/hero.jpg" { old(p, u) } else { new(p, u) }, "stale", 1),
    Row(
        "serves FROM's pointer of LFS",
        |p, u| if u == "/hero.jpg" { pointed(old(p, u)) } else { new(p, u) },
        "stale",
        1,
    ),
    Row("serves FROM's CR LF", |p, u| if u == "/humans.txt" { old(p, u) } else { new(p, u) }, "stale", 1),
    Row("serves FROM's LF", |p, u| if u == "/humans.txt" { with_lf(old(p, u)) } else { new(p, u) }, "stale", 1),
    Row("answers an empty picture of LFS", |p, u| if u == "/hero.jpg" { said(200, "") } else { new(p, u) }, "stale", 1),
    Row(
        "answers 404 for a picture of LFS",
        |p, u| if u == "/hero.jpg" { said(404, "") } else { new(p, u) },
        "unreachable",
        1,
    ),
    Row("answers 200 with nothing", |_, _| said(200, ""), "stale", 1),
    Row("answers 204", |_, _| said(204, ""), "stale", 1),
    Row(
        "answers a part",
        |p, u| {
            Said { status: 206, body: new(p, u).body[..0].to_vec(), ..said(206, "") }
                .with("content-range", "bytes 0-0/9")
        },
        "stale",
        1,
    ),
    Row("answers the whole as a part", |p, u| Said { status: 206, ..new(p, u) }, "stale", 1),
    Row(
        "answers another site's page",
        |_, _| {
            said(
                200,
                "<!doctype html><title>Parked</title><p>This domain is for sale, ask the broker for his price today.",
            )
        },
        "stale",
        1,
    ),
    Row("answers one empty page", |p, u| if u == "/hours.html" { said(200, "") } else { new(p, u) }, "stale", 1),
    Row(
        "answers one page of another site",
        |p, u| {
            if u == "/hours.html" {
                said(200, "<title>Parked</title> This domain is for sale, ask the broker for his price today.")
            } else {
                new(p, u)
            }
        },
        "stale",
        1,
    ),
    Row("answers the home page for all", |p, _| said(200, p.new["index.html"].clone()), "stale", 1),
    Row(
        "answers the home page with a beacon for all",
        |p, _| said(200, p.new["index.html"].clone()).page(with_beacon),
        "stale",
        1,
    ),
    Row("answers one page for all", |p, _| said(200, p.new["people.html"].clone()), "stale", 1),
    Row(
        "answers one page with a beacon for all",
        |p, _| said(200, p.new["people.html"].clone()).page(with_beacon),
        "stale",
        1,
    ),
    Row(
        "sends all to a parked domain",
        |_, u| said(302, "").with("location", &format!("https://parked.example{u}")),
        "stale",
        1,
    ),
    Row(
        "sends all to the same path of a parked domain",
        |_, u| said(301, "").with("location", &format!("//parked.example{u}")),
        "stale",
        1,
    ),
    Row(
        "sends one to a parked domain",
        |p, u| if u == "/prices.html" { said(301, "").with("location", "https://parked.example/") } else { new(p, u) },
        "stale",
        1,
    ),
    Row("sends all to the home page", |_, _| said(302, "").with("location", "/"), "stale", 1),
    Row("sends all to themselves", |_, u| said(302, "").with("location", u), "stale", 1),
    Row(
        "still sends a file to its directory",
        |p, u| if u == "/about" { said(301, "").with("location", "/about/") } else { new(p, u) },
        "stale",
        1,
    ),
    Row("redirects without saying where", |_, _| said(301, ""), "unreachable", 1),
    Row("says that nothing is there", |_, _| said(404, "not here"), "unreachable", 1),
    Row(
        "says that an added page is not there",
        |p, u| if u == "/added.html" { said(404, "not here") } else { new(p, u) },
        "stale",
        1,
    ),
    Row("says that all is gone", |_, _| said(410, ""), "unreachable", 1),
    Row("forbids all", |_, _| said(403, ""), "unreachable", 1),
    Row("challenges all", |p, u| Said { status: 403, ..new(p, u) }.with("cf-mitigated", "challenge"), "unreachable", 1),
    Row(
        "challenges with 200",
        |_, _| said(200, "<title>Just a moment</title>").with("cf-mitigated", "challenge"),
        "unreachable",
        1,
    ),
    Row(
        "sends a directory and its index to each other",
        |p, u| match u {
            "/blog/" => said(301, "").with("location", "/blog/index.html"),
            "/blog/index.html" => said(301, "").with("location", "/blog/"),
            _ => new(p, u),
        },
        "stale",
        1,
    ),
    Row(
        "sends a directory to an index that is not there",
        |p, u| match u {
            "/blog/" => said(301, "").with("location", "/blog/index.html"),
            "/blog/index.html" => said(404, ""),
            _ => new(p, u),
        },
        "stale",
        1,
    ),
    Row(
        "sends a directory to an old index",
        |p, u| match u {
            "/blog/" => said(301, "").with("location", "/blog/index.html"),
            "/blog/index.html" => old(p, u).page(with_beacon),
            _ => new(p, u),
        },
        "stale",
        1,
    ),
    Row("answers 404 with the right pages", |p, u| Said { status: 404, ..new(p, u) }, "unreachable", 1),
    Row(
        "answers 410 with one right page",
        |p, u| if u == "/hours.html" { Said { status: 410, ..new(p, u) } } else { new(p, u) },
        "unreachable",
        1,
    ),
    Row("answers 500 with the right pages", |p, u| Said { status: 500, ..new(p, u) }, "unreachable", 1),
    Row("cuts the end off pages", |p, u| new(p, u).page(|t| t[..t.len() * 4 / 5].to_owned()), "stale", 1),
    Row(
        "cuts the end off one page",
        |p, u| if u == "/hours.html" { new(p, u).page(|t| t[..t.len() * 9 / 10].to_owned()) } else { new(p, u) },
        "stale",
        1,
    ),
    Row(
        "cuts the end off a picture",
        |p, u| {
            let mut said = new(p, u);
            if u == "/logo.png" {
                said.body.pop();
            }
            said
        },
        "stale",
        1,
    ),
    Row(
        "cuts the end off minified pages",
        |p, u| {
            new(p, u).page(|t| {
                let t = minified(t);
                t[..t.len() * 3 / 4].to_owned()
            })
        },
        "unknown",
        1,
    ),
    Row(
        "swaps two pictures",
        |p, u| match u {
            "/logo.png" => new(p, "/hero.jpg"),
            "/hero.jpg" => new(p, "/logo.png"),
            _ => new(p, u),
        },
        "stale",
        1,
    ),
    Row("answers a picture for a short text", |p, u| new(p, if u == "/app.css" { "/logo.png" } else { u }), "stale", 1),
    Row(
        "answers a page for a picture",
        |p, u| if u == "/logo.png" { said(200, PARKED) } else { new(p, u) },
        "stale",
        1,
    ),
    Row(
        "answers a page for a picture of LFS",
        |p, u| if u == "/hero.jpg" { said(200, PARKED) } else { new(p, u) },
        "stale",
        1,
    ),
    Row(
        "answers a page for a short text",
        |p, u| if u == "/app.css" { said(200, PARKED) } else { new(p, u) },
        "stale",
        1,
    ),
    Row(
        "answers a page for an empty file",
        |p, u| if u == "/empty.txt" { said(200, PARKED) } else { new(p, u) },
        "stale",
        1,
    ),
    Row("answers 500", |_, _| said(500, "broken"), "unreachable", 1),
    Row("answers 503 for one", |p, u| if u == "/hours.html" { said(503, "") } else { new(p, u) }, "unreachable", 1),
    Row("answers 304", |_, _| said(304, ""), "unreachable", 1),
    Row("still has what is gone", |p, u| if u == "/gone.html" { old(p, u) } else { new(p, u) }, "stale", 1),
    Row(
        "still has what is gone, with a beacon",
        |p, u| if u == "/gone.html" { old(p, u).page(with_beacon) } else { new(p, u) },
        "stale",
        1,
    ),
    Row("turns all into noise", |_, u| said(200, format!("\0{u}")), "unknown", 1),
    Row("cuts pages in two", |p, u| new(p, u).page(|t| t[..t.len() / 3].to_owned()), "unknown", 1),
    Row("says that it compresses, and does not", |p, u| new(p, u).with("content-encoding", "gzip"), "unreachable", 1),
    Row(
        "serves a route that has expired",
        |p, u| if u == "/api/status" { said(200, "up").with("cf-cache-status", "UPDATING") } else { new(p, u) },
        "stale",
        1,
    ),
    Row(
        "swaps the pages",
        |p, u| {
            new(
                p,
                match u {
                    "/prices.html" => "/hours.html",
                    "/hours.html" => "/prices.html",
                    other => other,
                },
            )
            .page(with_beacon)
        },
        "stale",
        1,
    ),
];

/// A file by its own spelling alone, as a server does that knows no other.
fn exact_spelling(pages: &Pages, path: &str) -> Said {
    let mut canonical = String::new();
    diffpurge::encoding::encode_path(&percent_encoding::percent_decode_str(path).collect::<Vec<u8>>(), &mut canonical);
    if canonical == path { new(pages, path) } else { said(404, "not here") }
}

fn gone_as(pages: &Pages, path: &str, status: u16) -> Said {
    let said = new(pages, path);
    if said.status == 404 { Said { status, ..said } } else { said }
}

fn missing(pages: &Pages, path: &str, instead: fn(&Pages) -> Said) -> Said {
    let said = new(pages, path);
    if said.status == 404 && path != "/api/status" { instead(pages) } else { said }
}

fn with_beacon(text: &str) -> String {
    let beacon = "<script defer src=\"https://static.cloudflareinsights.com/beacon.min.js/v84a3\" data-cf-beacon='{\"token\":\"0a\"}'></script>";
    text.replace("</body>", &format!("{beacon}</body>"))
}

fn minified(text: &str) -> String {
    let text = text.replace("<!-- made by hand -->", "").replace("</p>", "").replace('"', "");
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace("> <", "><")
}

fn without_addresses(text: &str) -> String {
    let hidden = "<a href=\"/cdn-cgi/l/email-protection\" class=\"__cf_email__\" data-cfemail=\"0a676f4a\">[email&#160;protected]</a>";
    text.replace("<a href=\"mailto:me@example.com\">me@example.com</a>", hidden)
}

fn pointed(said: Said) -> Said {
    Said { body: pointer(&said.body), ..said }
}

fn with_lf(said: Said) -> Said {
    let body = said.body.into_iter().filter(|byte| *byte != b'\r').collect();
    Said { body, ..said }
}

fn zipped(said: Said) -> Said {
    if said.status == 200 { Said { body: gzip(&said.body), ..said }.with("content-encoding", "gzip") } else { said }
}

/// Brotli without compressing: meta-blocks of stored bytes (RFC 7932 §9.2).
fn brotli(said: Said) -> Said {
    if said.status != 200 || said.body.is_empty() {
        return said;
    }
    let mut body = Vec::new();
    let (mut bits, mut held) = (0_u64, 0);
    let mut put = |value: u64, count: u32, body: &mut Vec<u8>| {
        bits |= value << held;
        held += count;
        while held >= 8 {
            body.push((bits & 0xff) as u8);
            bits >>= 8;
            held -= 8;
        }
        held
    };
    // The window of 16 bits; no last block; four nibbles of length; not compressed.
    put(0, 1, &mut body);
    put(0, 1, &mut body);
    put(0, 2, &mut body);
    put(said.body.len() as u64 - 1, 16, &mut body);
    let held = put(1, 1, &mut body);
    put(0, (8 - held % 8) % 8, &mut body);
    body.extend_from_slice(&said.body);
    // The last block, empty.
    body.push(3);
    Said { body, ..said }.with("content-encoding", "br")
}

/// Zstandard without compressing: one raw block (RFC 8878 §3.1.1.2).
fn zstandard(said: Said) -> Said {
    if said.status != 200 {
        return said;
    }
    let size = u32::try_from(said.body.len()).unwrap();
    let mut body = vec![0x28, 0xb5, 0x2f, 0xfd, 0xa0];
    body.extend(size.to_le_bytes());
    body.extend(&(size << 3 | 1).to_le_bytes()[..3]);
    body.extend(&said.body);
    Said { body, ..said }.with("content-encoding", "zstd")
}

#[test]
fn nothing_wrong_passes_and_nothing_right_fails() {
    let (repo, pages) = site();
    let pages = Arc::new(pages);
    assert!(RIGHT.len() + WRONG.len() >= 40);
    let mut failures = String::new();
    for Row(does, says, word, code) in RIGHT.iter().chain(WRONG) {
        let edge = edge(&pages, *says);
        // Without FROM nobody asks for what is gone.
        let froms: &[&[&str]] = match *does {
            _ if does.starts_with("still has") => &[&["HEAD~1"]],
            // With FROM nobody asks for what is as it was.
            _ if does.ends_with("an empty file") => &[&[]],
            _ => &[&["HEAD~1"], &[]],
        };
        for from in froms {
            let door = format!("http://{}", edge.address());
            let ran = diffpurge([&["verify"], *from, &["--edge", &door, "-v"]].concat()).within(&repo).run();
            let tells = ran.stdout.lines().any(|line| line.starts_with(&format!("  {word} ")));
            if ran.code != Some(*code) || !tells {
                let (from, code) = (from.join(" "), ran.code.unwrap_or(-1));
                writeln!(failures, "an edge that {does} ({from}): {code}, not {word}\n{}", ran.stdout).unwrap();
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

/// Sends on to the same path of a host.
fn sent(host: &str, path: &str) -> Said {
    said(301, "").with("location", &format!("https://{host}{path}"))
}

/// Answers with this content, and that what is gone is not there.
fn of(path: &str, content: &str) -> Said {
    if path == "/a.txt" { said(200, content) } else { said(404, "not here") }
}

/// Answers by the host and the path.
type ByName = fn(&str, &str) -> Said;

/// An edge for two names of a site, which says of each where it sends to.
fn of_two_names(says: ByName) -> (Repo, Loopback) {
    let repo = Repo::new();
    repo.file(
        "purge.toml",
        "[[site]]\nname = \"www\"\nbase_urls = [\"https://example.com/\", \"https://www.example.com/\"]\noutput = \"public\"\nhost = \"nginx\"\n",
    );
    repo.file("public/gone.txt", "gone").file("public/a.txt", "one").commit();
    repo.remove("public/gone.txt").file("public/a.txt", "two").commit();
    let handler: Handler = Arc::new(move |request| {
        let host = request.headers().get("host").unwrap().to_str().unwrap().to_owned();
        let Said { status, headers, body } = says(&host, request.uri().path());
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer: Response = response(status, &headers, body);
        Box::pin(async move { answer })
    });
    (repo, Loopback::start(handler).unwrap())
}

#[test]
fn a_name_of_a_site_may_send_to_another_one_and_they_may_not_send_to_each_other() {
    let edges: [(ByName, i32, &str); 5] = [
        (
            |host, path| if host == "example.com" { sent("www.example.com", path) } else { of(path, "two") },
            0,
            "4 fresh",
        ),
        (|host, path| sent(if host == "example.com" { "www.example.com" } else { "example.com" }, path), 1, "4 stale"),
        (
            |host, path| if host == "example.com" { sent("www.example.com", path) } else { of(path, "one") },
            1,
            "2 fresh, 2 stale",
        ),
        (
            |host, path| if host == "example.com" { sent("www.example.com", path) } else { said(404, "not here") },
            1,
            "2 fresh, 1 unreachable, 1 stale",
        ),
        (
            |host, path| {
                if host == "example.com" {
                    sent("www.example.com", path)
                } else {
                    said(200, if path == "/a.txt" { "two" } else { "gone" })
                }
            },
            1,
            "2 fresh, 2 stale",
        ),
    ];
    for (says, code, found) in edges {
        let (repo, edge) = of_two_names(says);
        let door = format!("http://{}", edge.address());
        diffpurge(["verify", "HEAD~1", "--edge", &door]).within(&repo).run().exits(code).says(found);
    }
}
