//! Real servers as judges: every file of a site with hostile names is asked for under every spelling that somebody might
//! write, and whatever answers has to be in our list.

use std::collections::{BTreeMap, BTreeSet};

use diffpurge::display::shown;
use diffpurge::edge::normalised;

use crate::support::{FILES, Kind, WebServer, hostile_site, listed, required};

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
    // Browsers and the CDN resolve dot segments before there is a key.
    shapes.retain(|shape| !shape.split(|&b| b == b'/').any(|segment| matches!(segment, b"." | b"..")));
    shapes.iter().flat_map(|shape| spellings(shape)).map(|spelled| [b"/", &spelled[..]].concat()).collect()
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

/// Where the superset ends, as the README says.
fn is_beyond_generic(preset: &str, file: &[u8]) -> bool {
    match preset {
        "apache-multiviews" => !file.ends_with(b".html"),
        "caddy" | "caddy-try-files" => file.ends_with(b"/index.txt"),
        _ => false,
    }
}

/// Names that a server loses by a fault of its own: Caddy 2.6's `try_files` cuts a name that it found at `?`, and takes
/// `\` for an escape. They stay listed: another version may find them.
fn is_lost(preset: &str, file: &[u8]) -> bool {
    preset == "caddy-try-files" && file.iter().any(|b| matches!(b, b'?' | b'\\'))
}

/// Recall has to be total; over-purge, on the preset with canonical spellings, none.
fn judge(kind: Kind, preset: &str) {
    if !required(kind.program().is_some(), "nginx, apache2 and caddy (Debian: nginx-light, apache2-bin, caddy)") {
        return;
    }
    let root = hostile_site();
    let server = WebServer::start(kind, root.path());
    let answers = answers(&server);
    assert!(answers.len() > FILES.len(), "{preset}: only {} keys answer", answers.len());
    for (key, file) in &answers {
        for host in ["generic", preset] {
            assert!(
                (host == "generic" && is_beyond_generic(preset, file)) || listed(host, "all", file).contains(key),
                "{preset}: {key} answers with {}, and {host} does not list it",
                shown(file)
            );
        }
    }
    for file in FILES.iter().filter(|file| !is_lost(preset, file)) {
        let needless: Vec<String> =
            listed(preset, "canonical", file).into_iter().filter(|key| !answers.contains_key(key)).collect();
        let got: Vec<u16> = needless.iter().map(|key| server.get(key.as_bytes()).0).collect();
        assert!(needless.is_empty(), "{preset}: {needless:?} are listed for {}, and answer {got:?}", shown(file));
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

#[test]
fn whatever_caddy_answers_is_listed() {
    judge(Kind::Caddy(None), "caddy");
}

#[test]
fn whatever_caddy_answers_with_clean_urls_is_listed() {
    judge(Kind::Caddy(Some("{path} {path}.html {path}/index.html")), "caddy-try-files");
}
