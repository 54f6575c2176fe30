//! One site that is described on the command line, in place of a file.

/// What `--base-url`, `--output` and `--zone-id` say in place of a file.
#[derive(Debug, Clone, Copy)]
pub struct OneSite<'a> {
    /// The base URLs, as typed.
    pub base_urls: &'a [String],
    /// The web root inside a revision, as typed.
    pub output: Option<&'a str>,
    /// The zone, as typed.
    pub zone_id: Option<&'a str>,
}
