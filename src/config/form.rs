//! The words for how files answer: forms of a URL, and the hosts that decide which of them do.

use toml::Spanned;

use super::checked::checked;
use super::fault::Fault;
use super::raw::Text;
use super::word::one_of;

/// How a file answers under a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Under its own path: `/d/index.html`, `/n.html`, `/x.css`.
    Exact,
    /// An index file, as its directory: `/d/`.
    Directory,
    /// An index file, as its directory without the slash: `/d`, often a redirect to `/d/`.
    DirectoryWithoutSlash,
    /// Without its extension: `/n`, `/d/index`.
    WithoutExtension,
    /// Without its extension, with a slash: `/n/`.
    WithoutExtensionSlash,
    /// Whatever lies below it. Not a form of a file, but what a link or submodule leads to.
    Below,
}

impl Form {
    pub(super) fn parse(text: &str) -> Result<Form, Fault> {
        let words = [
            ("exact", Form::Exact),
            ("directory", Form::Directory),
            ("directory-without-slash", Form::DirectoryWithoutSlash),
            ("without-extension", Form::WithoutExtension),
            ("without-extension-slash", Form::WithoutExtensionSlash),
        ];
        one_of("forms", &words, text)
    }

    /// Words that follow `… modified`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Form::Exact => "",
            Form::Directory => ", as a directory",
            Form::DirectoryWithoutSlash => ", as a directory, no slash",
            Form::WithoutExtension => ", no extension",
            Form::WithoutExtensionSlash => ", no extension, slash",
            Form::Below => ", and what it leads to",
        }
    }
}

/// Where the site is served, in the setting that decides its URLs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are those of the products; `HOSTS` and the README say their settings")]
pub enum Host {
    /// Not known: the superset of all of them.
    #[default]
    Generic,
    GithubPages,
    GitlabPages,
    Netlify,
    NetlifyPlain,
    CloudflarePages,
    WorkersAssets,
    WorkersAssetsForceSlash,
    WorkersAssetsDropSlash,
    WorkersAssetsNone,
    Vercel,
    VercelClean,
    VercelCleanNoSlash,
    VercelCleanSlash,
    S3Website,
    S3Rest,
    Firebase,
    FirebaseNoSlash,
    FirebaseSlash,
    FirebaseClean,
    FirebaseCleanNoSlash,
    FirebaseCleanSlash,
    AzureStatic,
    Gcs,
    Nginx,
    NginxTryFiles,
    NginxTryFilesIndex,
    Apache,
    ApacheMultiviews,
    Caddy,
    CaddyTryFiles,
    Surge,
    Render,
}

/// Every host with its name in the file.
pub const HOSTS: &[(&str, Host)] = &[
    ("generic", Host::Generic),
    ("github-pages", Host::GithubPages),
    ("gitlab-pages", Host::GitlabPages),
    ("netlify", Host::Netlify),
    ("netlify-plain", Host::NetlifyPlain),
    ("cloudflare-pages", Host::CloudflarePages),
    ("workers-assets", Host::WorkersAssets),
    ("workers-assets-force-slash", Host::WorkersAssetsForceSlash),
    ("workers-assets-drop-slash", Host::WorkersAssetsDropSlash),
    ("workers-assets-none", Host::WorkersAssetsNone),
    ("vercel", Host::Vercel),
    ("vercel-clean", Host::VercelClean),
    ("vercel-clean-no-slash", Host::VercelCleanNoSlash),
    ("vercel-clean-slash", Host::VercelCleanSlash),
    ("s3-website", Host::S3Website),
    ("s3-rest", Host::S3Rest),
    ("firebase", Host::Firebase),
    ("firebase-no-slash", Host::FirebaseNoSlash),
    ("firebase-slash", Host::FirebaseSlash),
    ("firebase-clean", Host::FirebaseClean),
    ("firebase-clean-no-slash", Host::FirebaseCleanNoSlash),
    ("firebase-clean-slash", Host::FirebaseCleanSlash),
    ("azure-static", Host::AzureStatic),
    ("gcs", Host::Gcs),
    ("nginx", Host::Nginx),
    ("nginx-try-files", Host::NginxTryFiles),
    ("nginx-try-files-index", Host::NginxTryFilesIndex),
    ("apache", Host::Apache),
    ("apache-multiviews", Host::ApacheMultiviews),
    ("caddy", Host::Caddy),
    ("caddy-try-files", Host::CaddyTryFiles),
    ("surge", Host::Surge),
    ("render", Host::Render),
];

impl Host {
    pub(super) fn parse(text: &str) -> Result<Host, Fault> {
        one_of("host", HOSTS, text)
    }
}

/// Reads a list of forms; an empty one is an error.
pub(super) fn forms(raw: &Spanned<Vec<Text>>) -> Result<Vec<Form>, Fault> {
    if raw.get_ref().is_empty() {
        return Err(Fault::new("`forms` is empty, so no file would have a URL", "leave it out for the host's forms")
            .at(raw.span()));
    }
    raw.get_ref().iter().map(|form| checked(form, Form::parse)).collect()
}
