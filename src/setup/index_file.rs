//! The names of a directory's own page.

/// Names of a directory's own page on the usual servers: nginx, Apache, IIS, and those of static hosts.
const INDEX_FILES: [&str; 9] = [
    "index.html",
    "index.htm",
    "index.xhtml",
    "index.shtml",
    "index.php",
    "index.cgi",
    "default.html",
    "default.htm",
    "Default.htm",
];

/// Returns true for the name of a directory's own page.
#[must_use]
pub fn is_index(name: &str) -> bool {
    INDEX_FILES.contains(&name)
}
