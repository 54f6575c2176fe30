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

/// Asks a server for all that somebody might ask for, and for all that we list; gives each answering key with its file. A
/// redirect's file is the one that it leads to.
fn answers(server: &WebServer, listed: impl Iterator<Item = String>) -> BTreeMap<String, &'static [u8]> {
    let mut found = BTreeMap::new();
    let candidates = FILES.iter().flat_map(|file| candidates(file)).chain(listed.map(String::into_bytes));
    for candidate in candidates.collect::<BTreeSet<_>>() {
        let (status, location, body) = server.get(&candidate);
        let of = |body: &[u8]| FILES.iter().find(|file| body.strip_prefix(b"this is ") == Some(file));
        let file = if matches!(status, 301 | 302 | 307 | 308) {
            // Caddy writes names into `Location` as they are: where that leads nowhere, the other one with the slash is meant.
            let other = candidate.strip_suffix(b"/").map_or_else(|| [&candidate, &b"/"[..]].concat(), <[u8]>::to_vec);
            of(&server.get(location.as_bytes()).2).or_else(|| of(&server.get(&other).2))
        } else {
            of(&body)
        };
        if let Some(file) = file.filter(|_| matches!(status, 200 | 301 | 302 | 307 | 308)) {
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

/// Where the superset ends, as the page says.
fn is_beyond_generic(preset: &str, file: &[u8], key: &str) -> bool {
    match preset {
        "apache-multiviews" => !file.ends_with(b".html") || file.split(|byte| *byte == b'.').count() > 2,
        // It takes a slash off any file that it finds.
        "caddy-try-files" if key.ends_with('/') => true,
        "caddy" | "caddy-try-files" => file.ends_with(b"/index.txt"),
        _ => false,
    }
}

/// Names that a server loses by a fault of its own: Caddy 2.6's `try_files` cuts a name that it found at `?`, and takes
/// `\` for an escape. They stay listed, since another version may find them, and out of the figures.
fn is_lost(preset: &str, file: &[u8]) -> bool {
    preset == "caddy-try-files" && file.iter().any(|b| matches!(b, b'?' | b'\\'))
}

/// What the page says of it.
const LEFT_OUT: &str = " (without two names, with `?` and `\\`, that Caddy 2.6 loses)";

/// Recall has to be total; over-purge, on the preset with canonical spellings, none. The row of the page about hosts holds the figures.
#[expect(clippy::print_stdout, reason = "the figures, for who runs it with --nocapture")]
fn judge(kind: Kind, preset: &str) {
    if !required(kind.program().is_some(), "nginx, apache2 and caddy (Debian: nginx-light, apache2-bin, caddy)") {
        return;
    }
    let root = hostile_site();
    let server = WebServer::start(kind, root.path());
    let files: Vec<&[u8]> = FILES.iter().copied().filter(|file| !is_lost(preset, file)).collect();
    let all = |host, spellings| files.iter().flat_map(|file| listed(host, spellings, file)).collect::<BTreeSet<_>>();
    let lists = [all("generic", "all"), all(preset, "all"), all(preset, "canonical")];
    let mut answers = answers(&server, lists.iter().flatten().cloned());
    assert!(answers.len() > FILES.len(), "{preset}: only {} keys answer", answers.len());
    for (key, file) in &answers {
        for host in ["generic", preset] {
            assert!(
                (host == "generic" && is_beyond_generic(preset, file, key)) || listed(host, "all", file).contains(key),
                "{preset}: {key} answers with {}, and {host} does not list it",
                shown(file)
            );
        }
    }
    answers.retain(|_, file| !is_lost(preset, file));
    let needless =
        lists.each_ref().map(|list| list.iter().filter(|key| !answers.contains_key(*key)).collect::<Vec<_>>());
    let got: Vec<u16> = needless[2].iter().map(|key| server.get(key.as_bytes()).0).collect();
    assert!(got.is_empty(), "{preset}: {:?} are listed, and answer {got:?}", needless[2]);
    let [generic, host, canonical] = [0, 1, 2].map(|i| format!("{}, {}", lists[i].len(), needless[i].len()));
    let left_out = if files.len() == FILES.len() { "" } else { LEFT_OUT };
    let row = format!("| `{preset}`{left_out} | {} | {generic} | {host} | {canonical} |", answers.len());
    println!("{row}");
    let page = include_str!("../../docs/src/hosts.md");
    assert!(page.contains(&format!("a site of {} files with hostile names", FILES.len())), "the page counts the files");
    assert!(page.lines().any(|line| line == row), "the page's row of figures for {preset} has to be\n{row}");
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
