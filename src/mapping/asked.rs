//! From what somebody asks for by hand to the operations of a site: URLs, with their other forms where these are wanted, and whatever
//! names more than one URL.
//!
//! No file is looked at: a URL stands for each file that would answer under it. So its forms are those that [`super::map`] lists for
//! these files, with what the site's rules say of them.

use super::asked_url::AskedUrl;
use super::forms::Forms;
use super::operation::{Operation, PublicUrl};
use super::reason::Reason;
use super::{Mapped, Mapping, explain, judge_names, map};
use crate::changes::Changes;
use crate::config::Site;
use crate::display::counted;

/// Extensions that a page's URL may leave out.
const PAGES: [&str; 2] = [".html", ".htm"];

/// Extensions that no page's own name ends in: a URL with one of them is that file's. `js` is not among them: pages are about `node.js`.
const FILES: [&str; 24] = [
    "avif",
    "css",
    "eot",
    "gif",
    "gz",
    "htm",
    "html",
    "ico",
    "jpeg",
    "jpg",
    "json",
    "map",
    "mp4",
    "pdf",
    "png",
    "svg",
    "txt",
    "webmanifest",
    "webp",
    "woff",
    "woff2",
    "xml",
    "xsl",
    "zip",
];

/// Maps URLs that were asked for, and other operations beside them. With `forms`, the files that can be behind the URLs come back as
/// the changes that the reasons point into.
#[must_use]
pub fn map_asked(urls: &[AskedUrl], forms: bool, others: Vec<Operation>, site: &Site) -> (Changes, Mapping) {
    let mut found: Vec<(Operation, Reason)> = others.into_iter().map(|what| (what, Reason::Asked)).collect();
    let mut paths: Vec<Box<[u8]>> = Vec::new();
    let mut without = 0;
    for url in urls {
        for base in url.bases(site) {
            let text = url.plain(base);
            if forms {
                let behind = files(&url.path_below(base), &text, site);
                without += usize::from(behind.is_empty());
                paths.extend(behind);
            }
            let text = url.query().map_or(text.clone(), |query| [&text, "?", query].concat());
            found.push((Operation::Url(PublicUrl::plain(&text)), Reason::Asked));
        }
    }
    paths.sort_unstable();
    paths.dedup();
    let changes = Changes::all_modified(paths);
    // It is no deploy: what goes along with any change does not go along with this.
    let mut mapping = map(&judge_names(&changes, site), &[], &Site { always: Vec::new(), ..site.clone() });
    for Mapped { what, reasons } in std::mem::take(&mut mapping.operations) {
        found.extend(reasons.iter().map(|reason| (what.clone(), *reason)));
    }
    found.sort_unstable();
    found.dedup();
    for (what, reason) in found {
        match mapping.operations.last_mut().filter(|last| last.what == what) {
            Some(last) => last.reasons.push(reason),
            None => mapping.operations.push(Mapped { what, reasons: reason.into() }),
        }
    }
    if without > 0 {
        mapping
            .notes
            .push(format!("{} has no other form that is known: it is purged as it is", counted(without, "URL")));
    }
    (changes, mapping)
}

/// Returns the files that would answer under a URL, whose path below the base URL this is.
fn files(path: &[u8], url: &str, site: &Site) -> Vec<Box<[u8]>> {
    let forms = Forms::for_site(site);
    let stem = path.strip_suffix(b"/").unwrap_or(path);
    let mut all: Vec<Vec<u8>> = Vec::new();
    let slash: &[u8] = if stem.is_empty() { b"" } else { b"/" };
    let is_file = path == stem && FILES.iter().any(|extension| ends_in(path, extension));
    if !is_file {
        all.extend(forms.index_names().into_iter().map(|name| [stem, slash, name].concat()));
    }
    if !stem.is_empty() {
        all.push(stem.to_vec());
        all.extend(PAGES.iter().filter(|_| !is_file).map(|extension| [stem, extension.as_bytes()].concat()));
    }
    for extension in PAGES {
        // A page beside its directory, or in one of its own.
        let beside = stem.strip_suffix(extension.as_bytes()).filter(|directory| !directory.is_empty());
        let within = stem.strip_suffix(&b"/index"[..]).or(stem.strip_suffix(&b"/index.html"[..]));
        let index = |directory: &[u8]| [directory, b"/index", extension.as_bytes()].concat();
        all.extend(beside.map(index));
        all.extend(within.map(|page| [page, extension.as_bytes()].concat()));
    }
    let answers = |path: &[u8]| explain(path, site).answers.iter().any(|answer| purges(&answer.what, url));
    all.sort_unstable();
    all.dedup();
    all.into_iter().filter(|path| answers(path)).map(Vec::into_boxed_slice).collect()
}

/// True when a path ends in a dot and this extension, with something before them.
fn ends_in(path: &[u8], extension: &str) -> bool {
    let name = path.rsplit(|b| *b == b'/').next().unwrap_or_default();
    let before = name.len().checked_sub(extension.len() + 1).filter(|before| *before > 0);
    before.is_some_and(|at| name[at] == b'.' && name[at + 1..].eq_ignore_ascii_case(extension.as_bytes()))
}

/// True when an operation purges this URL.
fn purges(what: &Operation, url: &str) -> bool {
    match what {
        Operation::Url(known) => known.as_str() == url && known.headers().is_none(),
        Operation::Prefix(prefix) => url.split_once("://").is_some_and(|(_, rest)| rest.starts_with(prefix.as_str())),
        Operation::Tag(_) | Operation::Host(_) | Operation::Everything => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn listed(more: &str, typed: &str, forms: bool) -> Vec<String> {
        let text =
            format!("[[site]]\nname = \"w\"\nbase_urls = [\"https://e.example/\"]\nalways = [\"/s.xml\"]\n{more}");
        let site = Config::parse(&text, "").unwrap().sites.remove(0);
        let (_, mapping) = map_asked(&[AskedUrl::parse(typed).unwrap()], forms, Vec::new(), &site);
        mapping.operations.iter().map(|mapped| mapped.what.to_string().replace("https://e.example", "")).collect()
    }

    #[test]
    fn a_url_alone_is_itself_and_with_its_forms_whatever_its_files_answer_under() {
        let pages = "host = \"github-pages\"\n";
        let only = |forms: &str| format!("forms = [{forms}]\n");
        for (more, typed, want) in [
            (pages, "https://e.example/blog/", &["/blog", "/blog/", "/blog/index", "/blog/index.html"][..]),
            (pages, "https://e.example/", &["/", "/index", "/index.html"]),
            (pages, "https://e.example/blog/index.html", &["/blog", "/blog/", "/blog/index", "/blog/index.html"]),
            (pages, "https://e.example/x.css", &["/x.css"]),
            (&only("\"exact\", \"without-extension\""), "https://e.example/a", &["/a", "/a.htm", "/a.html"]),
            (&only("\"directory\", \"as-page\""), "https://e.example/a.html", &["/a.html", "/a/"]),
            // One that no file can have stays what it is.
            (&only("\"exact\""), "https://e.example/a/", &["/a/"]),
            ("ignore = [\"x.css\"]\n", "https://e.example/x.css", &["/x.css"]),
            (
                "host = \"s3-rest\"\n[[site.rule]]\nmatch = [\"*.css\"]\nqueries = [\"v=1\"]\ntags = [\"css\"]\n",
                "https://e.example/x.css?v=2#y",
                &["/x.css", "/x.css?v=1", "/x.css?v=2", "tag css"],
            ),
            (
                "host = \"s3-rest\"\n",
                "https://e.example/%c3%a9@.css",
                &["/%C3%A9%40.css", "/%C3%A9@.css", "/e%CC%81%40.css", "/e%CC%81@.css"],
            ),
        ] {
            let all = listed(more, typed, true);
            assert_eq!(all, want, "{more} {typed}");
            let alone = listed(more, typed, false);
            assert!(alone.len() == 1 && all.contains(&alone[0]), "{alone:?}");
        }
        let generic = listed("", "https://e.example/blog/", true);
        for form in ["/blog/", "/blog", "/blog/index.html", "/blog/index", "/blog.html"] {
            assert!(generic.iter().any(|known| known == form), "{form}: {generic:?}");
        }
    }
}
