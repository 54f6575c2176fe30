//! Real servers before and after a deploy: whatever they answer differently then is in the plan of the matching preset.
//!
//! Everything is asked that somebody may ask because of a file, of both versions of a site. The bodies of unknown URLs are left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::support::{Kind, Repo, WebServer, diffpurge, required};

/// What there is before the deploy and after it: a path, and its content in both.
const SITE: &[(&str, &str, &str)] = &[
    ("index.html", "1", "2"),
    ("same.html", "1", "1"),
    ("about.html", "1", "2"),
    ("added.html", "", "2"),
    ("gone.html", "1", ""),
    ("docs/index.html", "1", "2"),
    ("docs/same.css", "1", "1"),
    ("new/index.html", "", "2"),
    ("new/x.css", "", "2"),
    ("old/index.html", "1", ""),
    ("turned/index.html", "1", ""),
    ("turned/stays.css", "1", "1"),
    ("filled/index.html", "", "2"),
    ("filled/stays.css", "1", "1"),
    ("files/a.txt", "1", "2"),
    ("files/b.txt", "1", ""),
    ("files/c.txt", "", "2"),
    ("files/deep/x.txt", "1", "1"),
    ("files/further/x.txt", "", "2"),
    ("listed/changed.txt", "1", "22"),
    ("kept/index.html", "1", "1"),
    ("kept/x.css", "1", "2"),
    ("xh/index.xhtml", "1", "2"),
    ("xh2/index.xhtml", "", "2"),
    ("hm/index.htm", "1", "2"),
    ("hm2/index.htm", "1", ""),
    ("txt/index.txt", "1", "2"),
    ("both.html", "1", ""),
    ("both/index.html", "1", "1"),
    ("pair.html", "1", "1"),
    ("pair/index.html", "", "2"),
    ("feed.xml", "1", "2"),
    ("README", "1", "2"),
    ("new.css", "", "2"),
    ("sp ace/page one.html", "", "2"),
    ("plus+and.html", "1", "2"),
    ("Cap/Page.html", "1", "2"),
    ("lang/index.html.de", "1", "2"),
    ("lang/team.de.html", "1", "2"),
    ("lang/jobs.html.de", "", "2"),
    ("report.pdf.gz", "1", ""),
    ("a.min.css", "1", "2"),
];

/// URL paths that somebody may ask for because of a file.
fn candidates(path: &str) -> BTreeSet<String> {
    let mut all: BTreeSet<String> = [path.to_owned(), format!("{path}/"), format!("{path}.html")].into();
    for (at, _) in path.match_indices('/') {
        all.extend([&path[..at], &path[..=at]].map(str::to_owned));
        all.extend(["index", "index/", "index.html", "index.htm"].map(|name| format!("{}{name}", &path[..=at])));
        all.insert(format!("{}.html", &path[..at]));
    }
    for (at, _) in path.match_indices('.').filter(|(at, _)| *at > 0) {
        all.extend(["", "/", "/index", "/index.html", ".html"].map(|end| format!("{}{end}", &path[..at])));
    }
    all.extend(["", "index", "index.html"].map(str::to_owned));
    let upper: Vec<String> = all.iter().map(|path| path.to_lowercase()).collect();
    all.extend(upper);
    all.iter().map(|path| format!("/{}", path.replace(' ', "%20"))).collect()
}

/// Writes one version of the site: the first or the second.
fn write(root: &Path, second: bool) {
    for (path, before, after) in SITE {
        let (file, content) = (root.join(path), if second { after } else { before });
        if content.is_empty() {
            if file.exists() {
                fs::remove_file(&file).unwrap();
                // As git and deploy tools do it: a directory without files is none.
                let _not_empty = fs::remove_dir(file.parent().unwrap());
            }
        } else {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, format!("{path} {content}")).unwrap();
        }
    }
}

/// Answers by URL: status, place and body.
type Answers = BTreeMap<String, (u16, String, Vec<u8>)>;

/// Asks for all of it; of what is not there, the status alone.
fn asked(server: &WebServer, urls: &BTreeSet<String>) -> Answers {
    let answer = |url: &String| {
        let (status, location, body) = server.get(url.as_bytes());
        let unknown = matches!(status, 404);
        (url.clone(), if unknown { (status, String::new(), Vec::new()) } else { (status, location, body) })
    };
    urls.iter().map(answer).collect()
}

#[expect(clippy::print_stdout, reason = "the figures, for who runs it with --nocapture")]
fn judge(kind: Kind, host: &str) {
    if !required(kind.program().is_some(), "nginx, apache2 and caddy (Debian: nginx-light, apache2-bin, caddy)") {
        return;
    }
    let repo = Repo::new();
    let config = format!(
        "[[site]]\nname = \"w\"\nbase_urls = [\"https://w.example/\"]\noutput = \"p\"\nhost = \"{host}\"\nspellings = \"canonical\"\n"
    );
    repo.file("purge.toml", &config);
    let root = repo.path().join("p");
    write(&root, false);
    repo.commit();
    let server = WebServer::start(kind, &root);
    let urls: BTreeSet<String> = SITE.iter().flat_map(|(path, ..)| candidates(path)).collect();
    let before = asked(&server, &urls);
    write(&root, true);
    repo.commit();
    let after = asked(&server, &urls);
    let changed: BTreeSet<&String> = urls.iter().filter(|url| before[*url] != after[*url]).collect();
    let ran = diffpurge(["plan", "HEAD~1", "HEAD", "--format", "urls"]).within(&repo).run().exits(0);
    let planned: BTreeSet<String> =
        ran.stdout.lines().map(|url| url.strip_prefix("https://w.example").unwrap().to_owned()).collect();
    let stale: Vec<&String> = changed.iter().copied().filter(|url| !planned.contains(*url)).collect();
    let told: Vec<String> = stale.iter().map(|url| format!("{url} {} → {}", before[*url].0, after[*url].0)).collect();
    assert!(stale.is_empty(), "{host}: stale after the purge: {told:?}");
    let answers = |url: &String| after.get(url).is_some_and(|answer| answer.0 < 400);
    let beyond: Vec<&String> = planned.iter().filter(|url| !changed.contains(url) && answers(url)).collect();
    let named = beyond.iter().map(|url| url.as_str()).collect::<Vec<_>>().join(" ");
    println!("{host}: {} answers changed, {} URLs purged, beyond them: {named}", changed.len(), planned.len());
    // The redirect of a directory stays when its index file is modified, and so does a list of names, sizes and minutes. A page and a
    // directory of one name hide each other.
    let is_shared = |url: &str| matches!(url, "/pair" | "/both" | "/pair/" | "/both/");
    let is_list = |url: &str| String::from_utf8_lossy(&after[url].2).contains("Index of /");
    let may = |url: &str| is_shared(url) || is_list(url) || after[url].0 / 100 == 3;
    let needless: Vec<&&String> = beyond.iter().filter(|url| !may(url.as_str())).collect();
    assert!(needless.is_empty(), "{host}: {needless:?} did not change");
}

#[test]
fn nothing_is_stale_on_nginx() {
    judge(Kind::Nginx(None), "nginx");
    judge(Kind::Nginx(Some("$uri $uri/ $uri.html")), "nginx-try-files");
    judge(Kind::Nginx(Some("$uri $uri/index.html $uri.html")), "nginx-try-files-index");
}

#[test]
fn nothing_is_stale_on_apache() {
    judge(Kind::Apache("None"), "apache");
    judge(Kind::Apache("MultiViews"), "apache-multiviews");
}

#[test]
fn nothing_is_stale_on_apache_as_debian_installs_it() {
    judge(Kind::DebianApache, "apache");
}

#[test]
fn nothing_is_stale_on_caddy() {
    judge(Kind::Caddy(None), "caddy");
    judge(Kind::Caddy(Some("{path} {path}.html {path}/index.html")), "caddy-try-files");
}
