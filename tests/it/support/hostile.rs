//! A site whose names break naive tools, in every shape that hosts treat in their own way, and the keys that we list for
//! its files.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;

use diffpurge::changes::{Change, Changes, Status};
use diffpurge::config::Config;
use diffpurge::mapping::{judge, map};

/// The site's files, as paths below its web root.
pub(crate) const FILES: &[&[u8]] = &[
    b"index.html",
    b"about.html",
    b"a/index.html",
    b"a/b/index.html",
    b"both.html",
    b"both/index.html",
    b"feed.xml",
    b"x/index.xml",
    b"t/index.txt",
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
    b"all[three](kinds)@once.html",
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

/// The site on disk. Each file says which one it is.
pub(crate) fn hostile_site() -> tempfile::TempDir {
    let root = tempfile::TempDir::new().unwrap();
    for file in FILES {
        let path = root.path().join(OsStr::from_bytes(file));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, [b"this is ", *file].concat()).unwrap();
    }
    root
}

/// The URL paths that we list when a file is modified, on a host, in one or in all spellings.
pub(crate) fn listed(host: &str, spellings: &str, file: &[u8]) -> BTreeSet<String> {
    let text = format!(
        "[[site]]\nname = \"x\"\nbase_urls = [\"https://x.example/\"]\nhost = \"{host}\"\nspellings = \"{spellings}\"\n"
    );
    let site = Config::parse(&text, "purge.toml").unwrap().sites.remove(0);
    let change = Change { path: file.into(), status: Status::Modified, leads_elsewhere: false };
    let changes = Changes { paths: vec![change], ..Changes::default() };
    map(&judge(&changes, &site), &[], &site)
        .urls()
        .map(|(url, _)| url.as_str().strip_prefix("https://x.example").unwrap().to_owned())
        .collect()
}
