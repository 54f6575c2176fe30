//! The snapshot that a manifest is written of, with the web root in it.

use super::error::{Error, HardlyTheSite, PlanningError};
use super::planning::one_web_root;
use crate::config::{Config, OutputDir};
use crate::snapshot::{Hash, Source};

/// A snapshot that can be written down.
pub struct Listed {
    /// Where it is read from.
    pub source: Source,
    /// The web root in it.
    pub web_root: OutputDir,
}

/// Opens what was named. Of a revision the sites say where the web root is: `sites` is asked only then.
///
/// # Errors
/// When it cannot be read, or the web root is not in it: an empty manifest would say that nothing was live.
pub fn open<E: From<Error>>(
    spec: &str,
    directory: Option<&std::path::Path>,
    hash: Option<Hash>,
    sites: impl FnOnce() -> Result<Config, E>,
) -> Result<Listed, E> {
    let source = Source::open(spec, directory, hash).map_err(Error::from)?;
    let web_root = if source.is_revision() {
        let config = sites()?;
        one_web_root(&config, "a manifest").map_err(Error::from)?;
        config.sites.first().map(|site| site.output.clone()).unwrap_or_default()
    } else {
        OutputDir::default()
    };
    if source.snapshot(&web_root).map_err(Error::from)?.lacks_output() {
        let (output, what) = (web_root.as_str().to_owned(), spec.to_owned());
        let (pages, before, uncommitted) = (Vec::new(), None, None);
        let why = HardlyTheSite::NoOutput { output, what, pages, before, had_it: false, uncommitted };
        return Err(Error::from(PlanningError::from(why)).into());
    }
    Ok(Listed { source, web_root })
}
