//! Which forms of a file answer on which host: a table.
//!
//! A form is listed where it answers with 200 or a redirect, whatever its status: while no such page exists it is a 404, which an edge
//! keeps. nginx, Apache, Caddy, Firebase, Cloudflare Pages and Workers assets were measured (`tests/serving/`); the others are as their
//! documents and third parties' observations say. A preset shrinks the generic superset, but for what a host alone has: the page on URLs
//! says what that is.

use crate::config::Form::{
    self, AsIndex as I, AsPage as P, Directory as D, DirectoryWithoutSlash as N, Exact as E, ExactSlash as Z,
    WithoutExtension as X, WithoutExtensionSlash as S,
};
use crate::config::HostPreset;

/// The forms of each kind of path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// `index.html` of the web root.
    pub root: &'static [Form],
    /// `d/index.html`.
    pub index: &'static [Form],
    /// `n.html`.
    pub page: &'static [Form],
    /// Any other file.
    pub other: &'static [Form],
    /// A directory that appears or vanishes.
    pub directory: &'static [Form],
    /// `.htm` counts like `.html`.
    pub htm: bool,
    /// The names of index files, as the host has them without a setting of one's own.
    pub index_names: &'static [&'static str],
    /// A name answers under each of its parts that end before a dot: `report.pdf.gz` under `/report` and `/report.pdf`.
    pub negotiates: bool,
    /// A directory without an index file lists its entries.
    pub lists: bool,
}

const HTML: &[&str] = &["index.html"];
/// As Debian installs Apache (`mods-available/dir.conf`).
const APACHE: &[&str] = &["index.html", "index.cgi", "index.pl", "index.php", "index.xhtml", "index.htm"];
/// As Debian's site of nginx has it (`sites-available/default`).
const NGINX: &[&str] = &["index.html", "index.htm", "index.nginx-debian.html"];
/// Caddy's `file_server` (<https://caddyserver.com/docs/caddyfile/directives/file_server>).
const CADDY: &[&str] = &["index.html", "index.txt"];

const fn preset(
    root: &'static [Form],
    index: &'static [Form],
    page: &'static [Form],
    directory: &'static [Form],
) -> Preset {
    let (index_names, negotiates, lists) = (HTML, false, false);
    Preset { root, index, page, other: &[E], directory, htm: false, index_names, negotiates, lists }
}

/// Returns the preset of a host.
#[must_use]
pub fn preset_of(host: HostPreset) -> Preset {
    match host {
        HostPreset::Generic => {
            let generic = preset(&[E, D, N, X], &[E, D, N, X], &[E, X, S], &[D, N]);
            Preset { htm: true, index_names: APACHE, lists: true, ..generic }
        }
        HostPreset::GithubPages | HostPreset::FirebaseClean => preset(&[E, D, N, X], &[E, D, N, X], &[E, X], &[]),
        HostPreset::Netlify | HostPreset::NetlifyPlain => {
            let netlify = preset(&[E, D, N, X], &[E, D, N, X], &[E, X, S], &[]);
            Preset { htm: true, index_names: &["index.html", "index.htm"], ..netlify }
        }
        HostPreset::GitlabPages
        | HostPreset::AzureStatic
        | HostPreset::Surge
        | HostPreset::Render
        | HostPreset::FirebaseCleanNoSlash
        | HostPreset::FirebaseCleanSlash
        // With 308 from all but one of them, which depends on the two settings.
        | HostPreset::VercelClean
        | HostPreset::VercelCleanNoSlash
        | HostPreset::VercelCleanSlash => preset(&[E, D, N, X], &[E, D, N, X], &[E, X, S], &[]),
        HostPreset::CloudflarePages => preset(&[E, D, X, S], &[E, D, N, X, S], &[E, X, S], &[]),
        HostPreset::WorkersAssets | HostPreset::WorkersAssetsForceSlash | HostPreset::WorkersAssetsDropSlash => {
            preset(&[E, D, X, S], &[E, D, N, X, S, P], &[E, X, S, I], &[])
        }
        HostPreset::WorkersAssetsNone => preset(&[E], &[E], &[E], &[]),
        HostPreset::Vercel => preset(&[E, D, N, X], &[E, D, N, X], &[E], &[]),
        HostPreset::S3Website
        | HostPreset::Firebase
        | HostPreset::FirebaseNoSlash
        | HostPreset::FirebaseSlash
        | HostPreset::Gcs => preset(&[E, D, N], &[E, D, N], &[E], &[]),
        HostPreset::S3Rest => preset(&[E, D], &[E], &[E], &[]),
        HostPreset::Nginx
        | HostPreset::NginxTryFiles
        | HostPreset::NginxTryFilesIndex
        | HostPreset::Apache
        | HostPreset::ApacheMultiviews
        | HostPreset::Caddy
        | HostPreset::CaddyTryFiles => of_server(host),
    }
}

/// Returns the preset of a server of one's own, as it is set up without further settings.
fn of_server(host: HostPreset) -> Preset {
    match host {
        HostPreset::NginxTryFilesIndex => {
            Preset { index_names: NGINX, ..preset(&[E, D, N, X], &[E, D, N, X], &[E, X], &[]) }
        }
        HostPreset::Nginx => Preset { index_names: NGINX, ..preset(&[E, D, N], &[E, D, N], &[E], &[D, N]) },
        HostPreset::NginxTryFiles => {
            Preset { index_names: NGINX, ..preset(&[E, D, N, X], &[E, D, N, X], &[E, X], &[D, N]) }
        }
        HostPreset::Apache => {
            Preset { index_names: APACHE, lists: true, ..preset(&[E, D, N], &[E, D, N], &[E], &[D, N]) }
        }
        HostPreset::ApacheMultiviews => {
            let apache = preset(&[E, D, N, X], &[E, D, N, X], &[E, X], &[D, N]);
            Preset { other: &[E, X], index_names: APACHE, lists: true, negotiates: true, ..apache }
        }
        HostPreset::Caddy => Preset { index_names: CADDY, ..preset(&[E, D, N], &[E, D, N], &[E], &[]) },
        // Caddy with `try_files`. It tries `index.html`; only the slash leaves `index.txt` to `file_server`, which also takes a slash off any file.
        _ => {
            let caddy = preset(&[E, D, N, X, Z], &[E, D, N, X, Z], &[E, X, Z], &[]);
            Preset { other: &[E, Z], index_names: CADDY, ..caddy }
        }
    }
}

/// Returns true for a host that answers in small letters, whatever the case of a file's name: Netlify redirects there, and Azure answers
/// in any case. The superset has that form, too.
pub(super) fn folds_case(host: HostPreset) -> bool {
    matches!(host, HostPreset::Generic | HostPreset::Netlify | HostPreset::NetlifyPlain | HostPreset::AzureStatic)
}
