//! One site's answer, as its report takes it.

use crate::mapping::{Behind, Explanation};
use crate::snapshot::SnapshotName;

/// One site's answer about a path or a URL.
#[derive(Debug)]
pub enum Explained<'e> {
    /// A path was typed.
    Path(PathExplained<'e>),
    /// A URL was typed.
    Url(UrlExplained<'e>),
}

/// One site's answer about a path.
#[derive(Debug)]
pub struct PathExplained<'e> {
    /// The site's name.
    pub site: &'e str,
    /// The path, relative to the web root.
    pub path: &'e [u8],
    /// The snapshot in which it was looked for.
    pub to: SnapshotName,
    /// True when it is there.
    pub exists: bool,
    /// Another file that is there, and was probably meant.
    pub near: Option<String>,
    /// The URLs, and the rules that say so.
    pub explanation: Explanation,
    /// The names of the site's rules.
    pub rules: Vec<String>,
}

/// One site's answer about a URL.
#[derive(Debug)]
pub struct UrlExplained<'e> {
    /// The site's name.
    pub site: &'e str,
    /// The URL as typed.
    pub url: &'e str,
    /// The snapshot in which its files were looked for.
    pub to: SnapshotName,
    /// The files; `None` when the URL is not the site's.
    pub files: Option<Vec<Behind>>,
    /// The names of the site's rules.
    pub rules: Vec<String>,
}
