//! The words for how files answer: forms of a URL, and the hosts that decide which of them do.

use super::checked::checked;
use super::fault::Fault;
use super::other_names::other_name;
use super::raw::Text;
use super::spanned::Spanned;
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
    /// With a slash behind it, as some servers take off: `/x.css/`.
    ExactSlash,
    /// An index file, as a page beside its directory: `/d.html`.
    AsPage,
    /// A page, as the index file of a directory: `/n/index.html`, `/n/index`.
    AsIndex,
    /// Any file, in the list that its directory makes of its entries: `/d/`.
    Listing,
    /// Everything below it. It is no form of a file, but that of a link's or submodule's target.
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
            ("exact-slash", Form::ExactSlash),
            ("as-page", Form::AsPage),
            ("as-index", Form::AsIndex),
            ("listing", Form::Listing),
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
            Form::ExactSlash => ", slash",
            Form::AsPage => ", as a page",
            Form::AsIndex => ", as an index file",
            Form::Listing => ", listed in its directory",
            Form::Below => ", and what it leads to",
        }
    }
}

/// Where the site is served, in the setting that decides its URLs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[allow(
    missing_docs,
    reason = "the names are those of the products; `HOST_PRESETS` and the documentation say their settings"
)]
pub enum HostPreset {
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
pub const HOST_PRESETS: &[(&str, HostPreset)] = &[
    ("generic", HostPreset::Generic),
    ("github-pages", HostPreset::GithubPages),
    ("gitlab-pages", HostPreset::GitlabPages),
    ("netlify", HostPreset::Netlify),
    ("netlify-plain", HostPreset::NetlifyPlain),
    ("cloudflare-pages", HostPreset::CloudflarePages),
    ("workers-assets", HostPreset::WorkersAssets),
    ("workers-assets-force-slash", HostPreset::WorkersAssetsForceSlash),
    ("workers-assets-drop-slash", HostPreset::WorkersAssetsDropSlash),
    ("workers-assets-none", HostPreset::WorkersAssetsNone),
    ("vercel", HostPreset::Vercel),
    ("vercel-clean", HostPreset::VercelClean),
    ("vercel-clean-no-slash", HostPreset::VercelCleanNoSlash),
    ("vercel-clean-slash", HostPreset::VercelCleanSlash),
    ("s3-website", HostPreset::S3Website),
    ("s3-rest", HostPreset::S3Rest),
    ("firebase", HostPreset::Firebase),
    ("firebase-no-slash", HostPreset::FirebaseNoSlash),
    ("firebase-slash", HostPreset::FirebaseSlash),
    ("firebase-clean", HostPreset::FirebaseClean),
    ("firebase-clean-no-slash", HostPreset::FirebaseCleanNoSlash),
    ("firebase-clean-slash", HostPreset::FirebaseCleanSlash),
    ("azure-static", HostPreset::AzureStatic),
    ("gcs", HostPreset::Gcs),
    ("nginx", HostPreset::Nginx),
    ("nginx-try-files", HostPreset::NginxTryFiles),
    ("nginx-try-files-index", HostPreset::NginxTryFilesIndex),
    ("apache", HostPreset::Apache),
    ("apache-multiviews", HostPreset::ApacheMultiviews),
    ("caddy", HostPreset::Caddy),
    ("caddy-try-files", HostPreset::CaddyTryFiles),
    ("surge", HostPreset::Surge),
    ("render", HostPreset::Render),
];

impl HostPreset {
    pub(super) fn parse(text: &str) -> Result<HostPreset, Fault> {
        one_of("host", HOST_PRESETS, text).map_err(|fault| match other_name(text) {
            Some(hint) => Fault { hint: hint.to_owned(), ..fault },
            None => fault,
        })
    }
}

/// Whether case makes a difference to the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// Each spelling of a path is another file, or none.
    Sensitive,
    /// A file answers in any case.
    Insensitive,
}

impl Case {
    pub(super) fn parse(text: &str) -> Result<Case, Fault> {
        one_of("case", &[("sensitive", Case::Sensitive), ("insensitive", Case::Insensitive)], text)
    }
}

/// Reads the names of index files; an empty list is an error.
pub(super) fn index_names(raw: &Spanned<Vec<Text>>) -> Result<Vec<String>, Fault> {
    if raw.get_ref().is_empty() {
        return Err(Fault::new(
            "`index_names` is empty, so no file would answer for its directory",
            "leave it out for the host's names",
        )
        .at(raw.span()));
    }
    let name = |text: &str| {
        if text.is_empty() || text.contains(['/', '*', '?']) || matches!(text, "." | "..") || text.trim() != text {
            let message = format!("{} is no file's name", crate::display::shown(text.as_bytes()));
            return Err(Fault::new(message, "write the name alone, like `index.html`"));
        }
        Ok(text.to_owned())
    };
    raw.get_ref().iter().map(|text| checked(text, name)).collect()
}

/// Reads a list of forms; an empty one is an error.
pub(super) fn forms(raw: &Spanned<Vec<Text>>) -> Result<Vec<Form>, Fault> {
    if raw.get_ref().is_empty() {
        return Err(Fault::new("`forms` is empty, so no file would have a URL", "leave it out for the host's forms")
            .at(raw.span()));
    }
    raw.get_ref().iter().map(|form| checked(form, Form::parse)).collect()
}
