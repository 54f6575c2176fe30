//! `[serve.page]`: the page for people at `/`, with a secret of its own. Without the table there is none.

use std::path::Path;

use super::secret::secret;
use crate::config::TokenSource;
use crate::config::fault::Fault;
use crate::config::raw_serve::RawPage;
use crate::config::spanned::Spanned;

/// The page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServePage {
    /// Where its secret is found.
    pub secret: TokenSource,
    /// It may purge, and not only show.
    pub purge: bool,
}

impl ServePage {
    pub(super) fn checked(raw: &Spanned<RawPage>) -> Result<ServePage, Fault> {
        let (span, raw) = (raw.span(), raw.get_ref());
        Ok(ServePage { secret: secret((&raw.secret_env, &raw.secret_file), "page", span)?, purge: raw.purge })
    }

    /// Makes relative paths count from this directory, which is the configuration file's.
    pub(super) fn relative_to(&mut self, directory: &Path) {
        self.secret.relative_to(directory);
    }
}
