//! The mapping of one path or URL, for each site of the run, without a plan.

use super::error::Error;
use super::ground::Ground;
use super::planning::default_to;
use crate::changes;
use crate::config::Site;
use crate::mapping;
use crate::report::explanation::{Explained, PathExplained, UrlExplained};
use crate::snapshot::Snapshot;

/// Explains a path or a URL, with the files of a revision: the site's own where none is named.
///
/// # Errors
/// When the revision cannot be read.
pub fn explain<'e>(ground: &Ground<'e>, what: &'e str, revision: Option<&str>) -> Result<Vec<Explained<'e>>, Error> {
    let mut sources = ground.sources();
    let mut all = Vec::new();
    for site in &ground.chosen.sites {
        let revision = revision.map_or_else(|| default_to(ground, site, &mut sources), |typed| Ok(typed.to_owned()))?;
        let source = sources.ends(&[], &revision)?.to;
        let to = source.snapshot(&site.output)?;
        let inventory = changes::all_paths(&to, site.symlinks)?;
        let explained = if what.contains("://") { of_url } else { of_path };
        all.push(explained(site, what, &to, &inventory));
    }
    Ok(all)
}

fn of_url<'e>(site: &'e Site, url: &'e str, to: &Snapshot<'_>, inventory: &[Box<[u8]>]) -> Explained<'e> {
    let files = mapping::behind(url, inventory, site);
    let (site, to, rules) = (site.name.as_str(), to.name().clone(), site.rules.names());
    Explained::Url(UrlExplained { site, url, to, files, rules })
}

fn of_path<'e>(site: &'e Site, typed: &'e str, to: &Snapshot<'_>, inventory: &[Box<[u8]>]) -> Explained<'e> {
    let exists = |path: &str| inventory.binary_search_by(|known| (**known).cmp(path.as_bytes())).is_ok();
    let typed = typed.trim_start_matches("./").trim_start_matches('/');
    // A path as the repository has it means the same file, unless the site has one of that very name.
    let in_output = typed.strip_prefix(site.output.as_str()).and_then(|rest| rest.strip_prefix('/'));
    let path = in_output.filter(|_| !exists(typed)).unwrap_or(typed);
    let explanation = mapping::explain(path.as_bytes(), site);
    let exists = exists(path);
    let (path, site, to, rules) = (path.as_bytes(), site.name.as_str(), to.name().clone(), site.rules.names());
    Explained::Path(PathExplained { site, path, to, exists, explanation, rules })
}
