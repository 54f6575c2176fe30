//! Which files hosts read as configuration, where they have to lie, and how far they bear: a table.

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

/// Returns the entry of a name. IIS does not mind the case of `web.config`.
fn known(name: &[u8]) -> Option<(Place, &'static [Reader])> {
    let is = |known: &[u8]| known == name || known == b"web.config" && known.eq_ignore_ascii_case(name);
    FILES.iter().find(|(known, ..)| is(known)).map(|(_, place, readers)| (*place, *readers))
}

/// Returns how far a configuration file bears, by its path relative to the web root; `None` for any other file.
#[must_use]
pub fn reach_of(path: &[u8]) -> Option<Scope> {
    let name_at = path.iter().rposition(|&b| b == b'/').map_or(0, |at| at + 1);
    let place = known(&path[name_at..]).map(|(place, _)| place);
    match (name_at, place) {
        (0, Some(_)) => Some(Scope::Site),
        (_, Some(Everywhere)) => Some(Scope::Subtree),
        _ => path.starts_with(WORKER).then_some(Scope::Site),
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
    let name = path.rsplit(|&b| b == b'/').next().unwrap_or_default();
    let Some((_, readers)) = known(name) else { return false };
    match reader(host) {
        None => true,
        Some(one) => readers.contains(&one),
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
        ] {
            assert_eq!(is_served_by(host, file.as_bytes()), want, "{host:?} {file}");
        }
    }
}
