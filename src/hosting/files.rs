//! Which files hosts read as configuration, where they have to lie, and how far they bear: a table.

use super::readers::Readers;
use crate::config::{HostPreset, Scope};

/// A host that reads files of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reader {
    Netlify,
    Cloudflare,
    Vercel,
    Firebase,
    Azure,
    Apache,
    Nginx,
    Caddy,
    Render,
    /// One without a preset.
    Other,
}

use Reader::{Apache, Azure, Caddy, Cloudflare, Firebase, Netlify, Nginx, Other, Render, Vercel};

/// Where a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In the web root.
    Root,
    /// In the web root and in the directories above it, up to the top of the repository.
    RootAndAbove,
    /// In every directory, for all below it; and above the web root.
    Everywhere,
}

use Place::{Everywhere, Root, RootAndAbove};

/// The files, each with where it is read and by whom. Nobody else has to know their names.
const FILES: [(&[u8], Place, &[Reader]); 27] = [
    (b"_headers", RootAndAbove, &[Netlify, Cloudflare, Other]),
    (b"_redirects", RootAndAbove, &[Netlify, Cloudflare, Other]),
    // Cloudflare Pages: the code in front of the files, and the routes that it is asked for.
    (b"_worker.js", Root, &[Cloudflare]),
    (b"_routes.json", Root, &[Cloudflare]),
    (b"wrangler.toml", RootAndAbove, &[Cloudflare]),
    (b"wrangler.json", RootAndAbove, &[Cloudflare]),
    (b"wrangler.jsonc", RootAndAbove, &[Cloudflare]),
    (b"netlify.toml", RootAndAbove, &[Netlify]),
    (b"vercel.json", RootAndAbove, &[Vercel]),
    (b"now.json", RootAndAbove, &[Vercel]),
    (b"firebase.json", RootAndAbove, &[Firebase]),
    (b"superstatic.json", RootAndAbove, &[Firebase, Other]),
    (b"staticwebapp.config.json", RootAndAbove, &[Azure]),
    (b"web.config", Everywhere, &[Azure, Other]),
    (b".htaccess", Everywhere, &[Apache, Other]),
    (b"nginx.conf", RootAndAbove, &[Nginx]),
    (b"Caddyfile", RootAndAbove, &[Caddy]),
    (b"render.yaml", RootAndAbove, &[Render]),
    // Surge.
    (b"ROUTER", Root, &[Other]),
    (b"AUTH", Root, &[Other]),
    (b"CORS", Root, &[Other]),
    // `serve`, Heroku, Cloud Foundry, AWS Amplify, App Engine, EdgeOne.
    (b"serve.json", RootAndAbove, &[Other]),
    (b"static.json", RootAndAbove, &[Other]),
    (b"Staticfile", RootAndAbove, &[Other]),
    (b"customHttp.yml", RootAndAbove, &[Other]),
    (b"app.yaml", RootAndAbove, &[Other]),
    (b"edgeone.json", RootAndAbove, &[Other]),
];

/// The directory that Cloudflare Pages reads like `_worker.js` where the code is in several files.
const WORKER: &[u8] = b"_worker.js/";

/// The directories of code that hosts run in front of the files, in the web root or above it.
/// <https://developers.cloudflare.com/pages/functions/>, <https://docs.netlify.com/build/functions/get-started/>
pub const CODE: [(&str, &str); 3] = [("functions", ""), ("netlify", "functions"), ("netlify", "edge-functions")];

/// The extensions of such code. A directory of the web root may well have its name and hold pages.
const CODE_EXTENSIONS: [&[u8]; 9] = [b"js", b"mjs", b"cjs", b"jsx", b"ts", b"mts", b"cts", b"tsx", b"wasm"];

/// Returns who runs the code of a directory that a path lies in; the path is relative to the web root, or to a directory above it.
fn code(path: &[u8]) -> Option<&'static [Reader]> {
    let starts = |directory: &str| path.starts_with(directory.as_bytes());
    match () {
        () if starts("netlify/functions/") || starts("netlify/edge-functions/") => Some(&[Netlify]),
        () if starts("functions/") => Some(&[Cloudflare, Netlify]),
        () => None,
    }
}

/// Returns true for a file of code that a host may run in front of the others, in the web root.
#[must_use]
pub fn is_code(path: &[u8]) -> bool {
    if code(path).is_none() {
        return false;
    }
    let name = memchr::memrchr(b'/', path).map_or(path, |slash| &path[slash + 1..]);
    let dot = name.iter().rposition(|&b| b == b'.');
    dot.is_some_and(|dot| CODE_EXTENSIONS.contains(&&name[dot + 1..]))
}

/// The bytes that the names of these files begin with: most names are told apart by that.
const FIRST: [bool; 256] = {
    let mut first = [false; 256];
    let mut file = 0;
    while file < FILES.len() {
        first[FILES[file].0[0] as usize] = true;
        file += 1;
    }
    first[b'W' as usize] = true;
    first
};

/// Returns the entry of a name. IIS does not mind the case of `web.config`.
fn known(name: &[u8]) -> Option<(Place, &'static [Reader])> {
    if !name.first().is_some_and(|first| FIRST[usize::from(*first)]) {
        return None;
    }
    let is = |known: &[u8]| known == name || known == b"web.config" && known.eq_ignore_ascii_case(name);
    FILES.iter().find(|(known, ..)| is(known)).map(|(_, place, readers)| (*place, *readers))
}

/// Returns how far a configuration file bears, by its path relative to the web root; `None` for any other file.
#[must_use]
pub fn reach_of(path: &[u8]) -> Option<Scope> {
    let name_at = memchr::memrchr(b'/', path).map_or(0, |at| at + 1);
    let place = known(&path[name_at..]).map(|(place, _)| place);
    match (name_at, place) {
        (0, Some(_)) => Some(Scope::Site),
        (_, Some(Everywhere)) => Some(Scope::Subtree),
        _ => (path.starts_with(WORKER) || is_code(path)).then_some(Scope::Site),
    }
}

/// Returns true for the name of a file that hosts read in a directory above the web root.
#[must_use]
pub fn is_read_above(name: &[u8]) -> bool {
    known(name).is_some_and(|(place, _)| place != Root)
}

/// The names of the files whose entries are read, and may answer with other files of the site.
const WITH_REWRITES: [&[u8]; 9] = [
    b"_redirects",
    b"netlify.toml",
    b"vercel.json",
    b"now.json",
    b"serve.json",
    b"firebase.json",
    b"superstatic.json",
    b"staticwebapp.config.json",
    b".htaccess",
];

/// Returns true for the name of a file that may answer with other files of the site.
#[must_use]
pub fn has_rewrites(name: &[u8]) -> bool {
    WITH_REWRITES.contains(&name)
}

/// Returns true when a site's host may read a file, by its name alone. Where nobody says which host it is, each may be it.
#[must_use]
pub fn is_served_by(host: HostPreset, path: &[u8]) -> bool {
    let name = memchr::memrchr(b'/', path).map_or(path, |slash| &path[slash + 1..]);
    let mut below = path;
    while let Some(rest) = below.strip_prefix(b"../") {
        below = rest;
    }
    let Some(readers) = code(below).or(known(name).map(|(_, readers)| readers)) else { return false };
    match reader(host) {
        None => true,
        Some(one) => readers.contains(&one),
    }
}

/// Returns true when a site's host may be among those for which an entry counts.
#[must_use]
pub fn is_among(host: HostPreset, readers: Readers) -> bool {
    match (reader(host), readers) {
        (_, Readers::All) | (None, _) => true,
        (Some(one), Readers::AllButCloudflare) => one != Cloudflare,
        (Some(one), Readers::CloudflareAlone) => one == Cloudflare,
    }
}

/// Returns who serves a preset's sites; `None` where nobody knows. Those that read no file of a name that is known here are
/// [`Other`], as they may stand behind a server that does.
fn reader(host: HostPreset) -> Option<Reader> {
    match host {
        HostPreset::Generic => None,
        HostPreset::Netlify | HostPreset::NetlifyPlain => Some(Netlify),
        HostPreset::CloudflarePages
        | HostPreset::WorkersAssets
        | HostPreset::WorkersAssetsForceSlash
        | HostPreset::WorkersAssetsDropSlash
        | HostPreset::WorkersAssetsNone => Some(Cloudflare),
        HostPreset::Vercel
        | HostPreset::VercelClean
        | HostPreset::VercelCleanNoSlash
        | HostPreset::VercelCleanSlash => Some(Vercel),
        HostPreset::Firebase
        | HostPreset::FirebaseNoSlash
        | HostPreset::FirebaseSlash
        | HostPreset::FirebaseClean
        | HostPreset::FirebaseCleanNoSlash
        | HostPreset::FirebaseCleanSlash => Some(Firebase),
        HostPreset::AzureStatic => Some(Azure),
        HostPreset::Apache | HostPreset::ApacheMultiviews => Some(Apache),
        HostPreset::Nginx | HostPreset::NginxTryFiles | HostPreset::NginxTryFilesIndex => Some(Nginx),
        HostPreset::Caddy | HostPreset::CaddyTryFiles => Some(Caddy),
        HostPreset::Render => Some(Render),
        HostPreset::GithubPages
        | HostPreset::GitlabPages
        | HostPreset::S3Website
        | HostPreset::S3Rest
        | HostPreset::Gcs
        | HostPreset::Surge => Some(Other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configuration_is_known_where_hosts_read_it() {
        let (site, subtree) = (Some(Scope::Site), Some(Scope::Subtree));
        for (path, want, above) in [
            ("_headers", site, true),
            ("docs/_headers", None, true),
            ("_redirects", site, true),
            ("_worker.js", site, false),
            ("_worker.js/index.js", site, false),
            ("_worker.js/lib/a.js", site, false),
            ("_worker.mjs", None, false),
            ("functions/api/[id].ts", site, false),
            ("functions/index.html", None, false),
            ("docs/functions/a.js", None, false),
            ("netlify/edge-functions/geo.js", site, false),
            ("docs/_worker.js", None, false),
            ("_routes.json", site, false),
            ("wrangler.toml", site, true),
            ("wrangler.jsonc", site, true),
            ("netlify.toml", site, true),
            ("x/netlify.toml", None, true),
            ("vercel.json", site, true),
            ("now.json", site, true),
            ("firebase.json", site, true),
            ("Firebase.json", None, false),
            ("staticwebapp.config.json", site, true),
            ("web.config", site, true),
            ("Web.Config", site, true),
            ("docs/web.config", subtree, true),
            (".htaccess", site, true),
            ("docs/.htaccess", subtree, true),
            ("x.htaccess", None, false),
            ("serve.json", site, true),
            ("ROUTER", site, false),
            ("package.json", None, false),
            ("404.html", None, false),
        ] {
            assert_eq!(reach_of(path.as_bytes()), want, "{path}");
            let name = path.rsplit('/').next().unwrap();
            assert_eq!(is_read_above(name.as_bytes()), above, "{name}");
        }
    }

    #[test]
    fn a_host_that_is_known_reads_its_own_files() {
        for (host, file, want) in [
            (HostPreset::Generic, "../firebase.json", true),
            (HostPreset::Firebase, "../firebase.json", true),
            (HostPreset::FirebaseClean, "../../firebase.json", true),
            (HostPreset::Netlify, "../firebase.json", false),
            (HostPreset::Netlify, "../netlify.toml", true),
            (HostPreset::Netlify, "../_redirects", true),
            (HostPreset::VercelClean, "../now.json", true),
            (HostPreset::Nginx, "../vercel.json", false),
            (HostPreset::GithubPages, "../netlify.toml", false),
            (HostPreset::GithubPages, "../Caddyfile", false),
            (HostPreset::Generic, "../package.json", false),
            (HostPreset::Generic, "../functions/", true),
            (HostPreset::CloudflarePages, "../../functions/", true),
            (HostPreset::Netlify, "../netlify/edge-functions/", true),
            (HostPreset::CloudflarePages, "../netlify/functions/", false),
            (HostPreset::Apache, "functions/a.js", false),
        ] {
            assert_eq!(is_served_by(host, file.as_bytes()), want, "{host:?} {file}");
        }
    }
}
