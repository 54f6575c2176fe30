//! The forms of a path: every URL under which web hosts answer with a file.
//!
//! The generic superset: it covers each host that was measured (nginx, Apache, Caddy, GitHub Pages, Netlify,
//! Cloudflare Pages and Workers, Vercel, S3, Firebase, …), with or without "clean URLs". A form that does not answer on
//! the user's host costs one URL in a request; a form left out costs a stale page.

/// How a file answers under a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
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
    /// Whatever lies below it.
    Below,
}

impl Form {
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

/// One form: a part of the path, and whether a slash follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spelled<'p> {
    /// Bytes of the path, relative to the web root. Empty is the root itself: as a directory the base URL, and without its
    /// slash the base URL without it, where that is a URL.
    pub path: &'p [u8],
    /// A slash follows that is not in the path.
    pub slash: bool,
    /// Which form this is.
    pub form: Form,
}

const fn spelled(path: &[u8], slash: bool, form: Form) -> Spelled<'_> {
    Spelled { path, slash, form }
}

/// The forms of a file; the exact one is always the first.
#[must_use]
pub fn forms(path: &[u8]) -> Vec<Spelled<'_>> {
    let mut all = vec![spelled(path, false, Form::Exact)];
    let name_at = path.iter().rposition(|&b| b == b'/').map_or(0, |i| i + 1);
    let name = &path[name_at..];
    let Some(stem) = name.strip_suffix(b".html").or_else(|| name.strip_suffix(b".htm")).filter(|stem| !stem.is_empty())
    else {
        return all;
    };
    let without_extension = &path[..name_at + stem.len()];
    if stem == b"index" {
        let directory = &path[..name_at];
        all.push(spelled(directory, false, Form::Directory));
        let without_slash = directory.strip_suffix(b"/").unwrap_or_default();
        all.push(spelled(without_slash, false, Form::DirectoryWithoutSlash));
        all.push(spelled(without_extension, false, Form::WithoutExtension));
    } else {
        all.push(spelled(without_extension, false, Form::WithoutExtension));
        all.push(spelled(without_extension, true, Form::WithoutExtensionSlash));
    }
    all
}

/// The forms of a directory that appeared or vanished: `/d` and `/d/` answer 301 or 403 while it exists, 404 when not.
pub(super) fn of_directory(path: &[u8]) -> Vec<Spelled<'_>> {
    let slash = !path.is_empty();
    vec![spelled(path, slash, Form::Directory), spelled(path, false, Form::DirectoryWithoutSlash)]
}
