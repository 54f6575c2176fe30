//! The hosts for which an entry counts, where its place in the file decides that.

/// The hosts for which an entry counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Readers {
    /// All that read its file.
    #[default]
    All,
    /// All but Cloudflare, for which it lies beyond a limit.
    AllButCloudflare,
    /// Cloudflare alone, for which it has come within the limits, or gone beyond.
    CloudflareAlone,
}
