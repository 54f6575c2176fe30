//! Real servers as judges: every file of a site with hostile names is asked for under every spelling that somebody might
//! write, and whatever answers has to be in our list.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;

use diffpurge::changes::{Change, Changes, Status};
use diffpurge::config::Config;
use diffpurge::edge::normalised;
use diffpurge::mapping::map;

use crate::support::{Kind, WebServer, required};

/// Names that break naive tools, in every shape that hosts treat in their own way.
const FILES: &[&[u8]] = &[
    b"index.html",
    b"about.html",
    b"a/index.html",
    b"a/b/index.html",
    b"both.html",
    b"both/index.html",
    b"feed.xml",
    b"x/index.xml",
    b"README",
    b"css/site.css",
    b"sp ace/page one.html",
    b"sp ace/index.html",
    b"[x].html",
    b"[x]/index.html",
    b"logo@2x.css",
    b"100%.html",
    b"a%20b.html",
    b"what?.html",
    b"hash#tag.html",
    b"back\\slash.html",
    b"quo\"te.html",
    b"it's.html",
    b"(paren).html",
    b"bang!star*.html",
    b"plus+and&eq=.html",
    b"semi;comma,colon:.html",
    b"dollar$.html",
    b"tilde~under_.html",
    b"caret^pipe|.html",
    b"brace{}.html",
    b"angle<>.html",
    b"back`tick.html",
    b"-rf.html",
    b"dots...html",
    b"...html",
    b"new\nline.html",
    b"tab\t.html",
    b"\xc3\xbcn\xc3\xaf.html",
    b"e\xcc\x81t\xc3\xa9/index.html",
    b"\xe6\x97\xa5\xe6\x9c\xac.html",
    b"caf\xe9.html",
];

/// Escapes every byte for which `escape` says so; `/` stays.
fn escaped(path: &[u8], escape: impl Fn(u8) -> bool) -> Vec<u8> {
    path.iter().flat_map(|&b| if b != b'/' && escape(b) { format!("%{b:02X}").into_bytes() } else { vec![b] }).collect()
}

/// What a request line cannot hold, or what would end the path.
fn must(b: u8) -> bool {
    b <= b' ' || b == 0x7f || matches!(b, b'%' | b'?' | b'#')
}

/// Spellings of a path by people and programs that are not us: as raw as possible, as a browser, all but letters and
/// digits, with small hex digits, with each reserved character escaped alone.
fn spellings(path: &[u8]) -> BTreeSet<Vec<u8>> {
    let browser = |b: u8| must(b) || b >= 0x80 || b"\"<>`{}\\^|".contains(&b);
    let strict = |b: u8| !b.is_ascii_alphanumeric() && !b"-._~".contains(&b);
    let mut all: BTreeSet<Vec<u8>> = [escaped(path, must), escaped(path, browser), escaped(path, strict)].into();
    all.insert(escaped(path, |b| browser(b) || b"[]".contains(&b)));
    all.insert(escaped(path, |b| browser(b) || b"$&+,:;=@[]".contains(&b)));
    all.insert(escaped(path, |b| browser(b) || b"!'()*[]".contains(&b)));
    all.insert(escaped(path, strict).to_ascii_lowercase());
    all
}

/// URL paths that somebody may ask for because of a file: itself, its directory, without and with extensions and slashes.
fn candidates(path: &[u8]) -> BTreeSet<Vec<u8>> {
    let mut shapes: BTreeSet<Vec<u8>> = [path.to_vec(), [path, b"/"].concat(), [path, b".html"].concat()].into();
    let directory = path.iter().rposition(|&b| b == b'/').map_or(&b""[..], |i| &path[..=i]);
    shapes.extend([directory.to_vec(), directory.strip_suffix(b"/").unwrap_or_default().to_vec()]);
    if let Some(dot) = path.iter().rposition(|&b| b == b'.') {
        shapes.extend([path[..dot].to_vec(), [&path[..dot], b"/"].concat(), [&path[..dot], b".htm"].concat()]);
    }
    shapes.iter().flat_map(|shape| spellings(shape)).map(|spelled| [b"/", &spelled[..]].concat()).collect()
}

/// The keys that we list for a file, on a host.
fn listed(host: &str, spellings: &str, file: &[u8]) -> BTreeSet<String> {
    let text = format!(
        "[[site]]\nname = \"x\"\nbase_urls = [\"https://x.example/\"]\nhost = \"{host}\"\nspellings = \"{spellings}\"\n"
    );
    let site = Config::parse(&text, "purge.toml").unwrap().sites.remove(0);
    let change = Change { path: file.into(), status: Status::Modified, leads_elsewhere: false };
    let changes = Changes { paths: vec![change], ..Changes::default() };
    map(&changes, &[], &site)
        .urls
        .iter()
        .map(|u| u.what.as_str().strip_prefix("https://x.example").unwrap().to_owned())
        .collect()
}

/// Asks a server for everything; gives each answering key with its file. A redirect's file is the one that it leads to.
fn answers(server: &WebServer) -> BTreeMap<String, &'static [u8]> {
    let mut found = BTreeMap::new();
    for candidate in FILES.iter().flat_map(|file| candidates(file)).collect::<BTreeSet<_>>() {
        let (status, location, body) = server.get(&candidate);
        let body = if matches!(status, 301 | 302) { server.get(location.as_bytes()).2 } else { body };
        let file = FILES.iter().find(|file| body.strip_prefix(b"this is ") == Some(file));
        if let Some(file) = file.filter(|_| matches!(status, 200 | 301 | 302)) {
            // What the CDN makes of the request before it is a key.
            let ascii: String = candidate
                .iter()
                .map(|&b| if b.is_ascii_graphic() { (b as char).to_string() } else { format!("%{b:02X}") })
                .collect();
            found.insert(normalised(&ascii), *file);
        }
    }
    found
}

/// Recall has to be total; over-purge, on the preset with canonical spellings, none.
fn judge(kind: Kind, preset: &str) {
    if !required(kind.program().is_some(), "nginx and apache2 (Debian: nginx-light, apache2-bin)") {
        return;
    }
    let root = tempfile::TempDir::new().unwrap();
    for file in FILES {
        let path = root.path().join(OsStr::from_bytes(file));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, [b"this is ", *file].concat()).unwrap();
    }
    let server = WebServer::start(kind, root.path());
    let answers = answers(&server);
    assert!(answers.len() > FILES.len(), "{preset}: only {} keys answer", answers.len());
    for (key, file) in &answers {
        for host in ["generic", preset] {
            let multiviews = host == "generic" && preset == "apache-multiviews" && !file.ends_with(b".html");
            assert!(
                multiviews || listed(host, "all", file).contains(key),
                "{preset}: {key} answers with {file:?}, and {host} does not list it"
            );
        }
    }
    for file in FILES {
        let needless: Vec<String> =
            listed(preset, "canonical", file).into_iter().filter(|key| !answers.contains_key(key)).collect();
        let got: Vec<u16> = needless.iter().map(|key| server.get(key.as_bytes()).0).collect();
        assert!(needless.is_empty(), "{preset}: {needless:?} are listed for {file:?}, and answer {got:?}");
    }
}

#[test]
fn whatever_nginx_answers_is_listed() {
    judge(Kind::Nginx(None), "nginx");
}

#[test]
fn whatever_nginx_answers_with_clean_urls_is_listed() {
    judge(Kind::Nginx(Some("$uri $uri/ $uri.html")), "nginx-try-files");
}

#[test]
fn whatever_nginx_answers_with_index_files_tried_is_listed() {
    judge(Kind::Nginx(Some("$uri $uri/index.html $uri.html")), "nginx-try-files-index");
}

#[test]
fn whatever_apache_answers_is_listed() {
    judge(Kind::Apache("None"), "apache");
}

#[test]
fn whatever_apache_answers_with_multiviews_is_listed() {
    judge(Kind::Apache("MultiViews"), "apache-multiviews");
}
