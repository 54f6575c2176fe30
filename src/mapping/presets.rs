//! Which forms of a file answer on which host: a table.
//!
//! A form is listed where it answers 200 or with a redirect that Cloudflare caches by default (301, 302), or where nobody
//! has verified that it does not. Redirects with 307 and 308 are not cached
//! (<https://developers.cloudflare.com/cache/how-to/configure-cache-status-code/#edge-ttl>). nginx, Apache, Caddy, Firebase,
//! Cloudflare Pages and Workers assets were measured (`tests/serving/`); the others are as their documents and third
//! parties' observations say. A preset only shrinks the generic superset.

use crate::config::Form::{
    self, Directory as D, DirectoryWithoutSlash as N, Exact as E, WithoutExtension as X, WithoutExtensionSlash as S,
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
    /// `index.txt`, where it is an index file; none where it is a file like any other.
    pub index_txt: &'static [Form],
}

const fn preset(
    root: &'static [Form],
    index: &'static [Form],
    page: &'static [Form],
    directory: &'static [Form],
) -> Preset {
    Preset { root, index, page, other: &[E], directory, htm: false, index_txt: &[] }
}

/// Returns the preset of a host.
#[must_use]
pub fn preset_of(host: HostPreset) -> Preset {
    match host {
        HostPreset::Generic => Preset { htm: true, ..preset(&[E, D, N, X], &[E, D, N, X], &[E, X, S], &[D, N]) },
        HostPreset::GithubPages | HostPreset::FirebaseClean | HostPreset::NginxTryFilesIndex => {
            preset(&[E, D, N, X], &[E, D, N, X], &[E, X], &[])
        }
        HostPreset::Netlify | HostPreset::NetlifyPlain => {
            Preset { htm: true, ..preset(&[E, D, N, X], &[E, D, N, X], &[E, X, S], &[]) }
        }
        HostPreset::GitlabPages
        | HostPreset::AzureStatic
        | HostPreset::Surge
        | HostPreset::Render
        | HostPreset::FirebaseCleanNoSlash
        | HostPreset::FirebaseCleanSlash => preset(&[E, D, N, X], &[E, D, N, X], &[E, X, S], &[]),
        HostPreset::CloudflarePages | HostPreset::WorkersAssets => preset(&[D], &[D], &[X], &[]),
        // `both.html` answers under its own path only while `both/index.html` takes `/both/` from it; below, the reverse.
        HostPreset::WorkersAssetsForceSlash => preset(&[D, S], &[D, S], &[S, E], &[]),
        HostPreset::WorkersAssetsDropSlash => preset(&[D], &[N, E], &[X], &[]),
        HostPreset::WorkersAssetsNone => preset(&[E], &[E], &[E], &[]),
        HostPreset::Vercel => preset(&[E, D, N, X], &[E, D, N, X], &[E], &[]),
        HostPreset::VercelClean => preset(&[D, N], &[D, N], &[X, S], &[]),
        HostPreset::VercelCleanNoSlash => preset(&[D, N], &[N], &[X], &[]),
        HostPreset::VercelCleanSlash => preset(&[D], &[D], &[S], &[]),
        HostPreset::S3Website
        | HostPreset::Firebase
        | HostPreset::FirebaseNoSlash
        | HostPreset::FirebaseSlash
        | HostPreset::Gcs => preset(&[E, D, N], &[E, D, N], &[E], &[]),
        HostPreset::S3Rest => preset(&[E, D], &[E], &[E], &[]),
        HostPreset::Nginx | HostPreset::Apache => preset(&[E, D, N], &[E, D, N], &[E], &[D, N]),
        HostPreset::NginxTryFiles => preset(&[E, D, N, X], &[E, D, N, X], &[E, X], &[D, N]),
        HostPreset::ApacheMultiviews => {
            Preset { other: &[E, X], ..preset(&[E, D, N, X], &[E, D, N, X], &[E, X], &[D, N]) }
        }
        HostPreset::Caddy => Preset { index_txt: &[E, D], ..preset(&[E, D], &[E, D], &[E], &[]) },
        // It tries `index.html`; only the slash leaves `index.txt` to `file_server`.
        HostPreset::CaddyTryFiles => {
            Preset { index_txt: &[E, D], ..preset(&[E, D, N, X], &[E, D, N, X], &[E, X], &[]) }
        }
    }
}
