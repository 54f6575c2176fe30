//! The mapping of one path or URL, for each site of the run, without a plan.

use std::rc::Rc;

use super::error::{Error, PlanningError};
use super::ground::Ground;
use super::planning::looked_at;
use super::run::{MarkUse, marks};
use crate::changes;
use crate::config::{OutputDir, Site};
use crate::display::shown;
use crate::mapping;
use crate::report::explanation::{Explained, PathExplained, UrlExplained};
use crate::snapshot::{MARK, SnapshotName, Source, Sources};

/// Paths that differ from a misspelt one by more than one character in so many are hardly meant.
const ALIKE: usize = 3;

/// Explains a path or a URL, with the files of a revision: the site's own where none is named, those of its mark for `mark`.
///
/// # Errors
/// When the revision cannot be read, or there is no mark.
pub fn explain<'e>(ground: &Ground<'e>, what: &'e str, revision: Option<&str>) -> Result<Vec<Explained<'e>>, Error> {
    let mut sources = ground.sources();
    let mut all = Vec::new();
    for site in &ground.chosen.sites {
        let source = match revision {
            Some(MARK) => marked(ground, site, &mut sources)?,
            Some(typed) => sources.ends(&[], typed)?.to,
            None => usual(ground, site, &mut sources)?,
        };
        let to = source.snapshot(&site.output)?;
        let mut name = to.name().clone();
        if revision == Some(MARK) {
            MARK.clone_into(&mut name.spec);
        }
        let inventory = changes::all_paths(&to, site.symlinks)?;
        let explained = if what.contains("://") { of_url } else { of_path };
        all.push(explained(site, what, name, &inventory));
    }
    Ok(all)
}

/// Opens what the site is where nobody names a revision. That its web root is not in it is told, since no file is found there.
fn usual(ground: &Ground<'_>, site: &Site, sources: &mut Sources) -> Result<Rc<Source>, Error> {
    let spec = looked_at(ground, site, sources)?;
    let source = sources.ends(&[], &spec)?.to;
    let shown_spec = shown(spec.as_bytes());
    if source.is_web_root() {
        ground.note(format!("{}: looked for in {shown_spec}, since this site is not committed", site.name));
    } else if source.snapshot(&site.output)?.lacks_output() {
        let output = shown(site.output.as_str().as_bytes());
        ground.warn(format!(
            "{}: `output` {output} is not in {shown_spec}: `--revision dir:{output}` looks at the directory on disk",
            site.name
        ));
    }
    Ok(source)
}

/// Opens the snapshot that the site's mark is at, with the web root that it was read with.
fn marked(ground: &Ground<'_>, site: &Site, sources: &mut Sources) -> Result<Rc<Source>, Error> {
    let opened = marks::open(ground, &[site], sources, MarkUse::Read).pop().transpose()?;
    let Some(at) = opened.as_ref().and_then(|mark| mark.held.at.as_ref()) else {
        let store = opened.map_or(String::new(), |mark| mark.store.shown());
        return Err(PlanningError::NoMark { store }.into());
    };
    let source = sources.ends(&[], &at.spec)?.to;
    let output = at.record.as_ref().and_then(|record| OutputDir::restored(&record.output));
    Ok(output.and_then(|output| source.with_output(output)).map_or(source, Rc::new))
}

fn of_url<'e>(site: &'e Site, url: &'e str, to: SnapshotName, inventory: &[Box<[u8]>]) -> Explained<'e> {
    let files = mapping::behind(url, inventory, site);
    let (site, rules) = (site.name.as_str(), site.rules.names());
    Explained::Url(UrlExplained { site, url, to, files, rules })
}

fn of_path<'e>(site: &'e Site, typed: &'e str, to: SnapshotName, inventory: &[Box<[u8]>]) -> Explained<'e> {
    let exists = |path: &str| inventory.binary_search_by(|known| (**known).cmp(path.as_bytes())).is_ok();
    let typed = typed.trim_start_matches("./").trim_start_matches('/');
    // A path as the repository has it means the same file, unless the site has one of that very name.
    let in_output = typed.strip_prefix(site.output.as_str()).and_then(|rest| rest.strip_prefix('/'));
    let path = in_output.filter(|_| !exists(typed)).unwrap_or(typed);
    let explanation = mapping::explain(path.as_bytes(), site);
    let exists = exists(path);
    let near = if exists || explanation.ignored { None } else { near(path, inventory) };
    let (path, site, rules) = (path.as_bytes(), site.name.as_str(), site.rules.names());
    Explained::Path(PathExplained { site, path, to, exists, near, explanation, rules })
}

/// Returns the file that was probably meant: one of the same name elsewhere, or one that is spelt almost alike.
fn near(path: &str, inventory: &[Box<[u8]>]) -> Option<String> {
    let known = || inventory.iter().filter_map(|known| std::str::from_utf8(known).ok());
    let name = |path: &str| path.rsplit('/').next().map(str::to_lowercase);
    let most = path.chars().count() / ALIKE;
    let lengths = |known: &str| known.chars().count().abs_diff(path.chars().count());
    let alike = known().filter(|known| lengths(known) <= most);
    let alike = alike.map(|known| (strsim::damerau_levenshtein(known, path), known));
    let alike = alike.filter(|(distance, _)| *distance <= most).min();
    let mut same_name = known().filter(|known| name(known) == name(path));
    let first = same_name.next().filter(|_| same_name.next().is_none());
    // One of a whole name, unless a slip of a character or two explains it better.
    match (alike, first) {
        (Some((1..=2, known)), _) | (_, Some(known)) | (Some((_, known)), None) => Some(known.to_owned()),
        (None, None) => None,
    }
}
