//! Is the web root of TO what is served? The tree of a site's source in its place, an `output` that is not there and a build
//! that left nothing look like a site whose files have all changed.
//!
//! Only the names in a few directories are looked at. Whether somebody means it is for the options of a run to say.

use std::collections::VecDeque;
use std::path::Path;
use std::rc::Rc;

use super::built::uncommitted;
use crate::config::{OutputDir, Site};
use crate::engine::error::{Error, HardlyTheSite};
use crate::engine::ground::Ground;
use crate::setup::{is_index, matters_to_signs, source_signs};
use crate::snapshot::{EntryKind, Snapshot, SnapshotError, Source, is_full_id};

/// Directories that are looked through for an index file: a hint is worth no walk through a large repository.
const MOST_DIRECTORIES: usize = 400;

/// Hex digits of an id that people are shown.
const SHORT: usize = 10;

/// Directories with an index file that a hint names.
const MOST_NAMED: usize = 4;

/// Returns why what the site takes for its web root in TO is hardly what is served, if so. `before` is what it is compared with:
/// where that had files, a TO without any may be meant, as `allow_empty` says.
pub(in crate::engine) fn doubt(
    ground: &Ground<'_>,
    site: &Site,
    to: &Source,
    before: &[Rc<Source>],
    allow_empty: bool,
) -> Result<Option<HardlyTheSite>, Error> {
    let snapshot = to.snapshot(&site.output)?;
    let (what, output) = (to.spec().to_owned(), site.output.as_str().to_owned());
    let glance = match snapshot.root() {
        // Its names say nothing more where the configuration names it.
        Some(_) if is_output(site, to) && !snapshot.holds_nothing()? => return Ok(None),
        Some(root) => Glance::at(&snapshot, root)?,
        None if snapshot.lacks_output() => Glance { is_empty: true, ..Glance::default() },
        // `empty` is nothing on purpose.
        None => return Ok(None),
    };
    if glance.is_empty {
        let with_files = first_with_files(site, before)?;
        let had_it = with_files.is_some();
        if had_it && allow_empty {
            return Ok(None);
        }
        let pages = with_pages(to)?;
        if !snapshot.lacks_output() {
            return Ok(Some(HardlyTheSite::NoFiles { what, pages, had_some: had_it }));
        }
        let before = match with_files {
            Some((before, was)) if was != output => {
                let [output, before, was] = [output, before, was].map(String::into_boxed_str);
                return Ok(Some(HardlyTheSite::OutputChanged { output, what, pages, before, was }));
            }
            with_files => with_files.map(|(before, _)| before),
        }
        .or_else(|| before.first().map(|source| source.spec().to_owned()));
        let uncommitted = uncommitted(ground, site, &snapshot);
        return Ok(Some(HardlyTheSite::NoOutput { output, what, pages, before, had_it, uncommitted }));
    }
    let is_settled = is_output(site, to) || glance.has_index;
    let found = if is_settled { Vec::new() } else { source_signs(&glance.may_be_signs) };
    if found.is_empty() {
        return Ok(None);
    }
    let uncommitted = uncommitted(ground, site, &snapshot);
    Ok(Some(HardlyTheSite::SourceForOutput { what, found, pages: with_pages(to)?, uncommitted }))
}

/// Returns true where the configuration says that this is the web root. Of a directory on disk it does where that is called like it.
fn is_output(site: &Site, to: &Source) -> bool {
    let output = site.output.as_str();
    let directory = to.spec().strip_prefix("dir:").map(|path| path.trim_end_matches('/'));
    let is_other = directory.is_some_and(|path| !output.is_empty() && !Path::new(path).ends_with(output));
    site.is_output_named && !is_other
}

/// Returns true where what is compared with has an index file, and TO has none in any of its directories. Where that cannot be told at
/// a glance, it is not so.
pub(super) fn lost_its_pages(from: &Snapshot<'_>, to: &Snapshot<'_>) -> Result<bool, SnapshotError> {
    // `empty` is nothing on purpose.
    Ok(to.root().is_some()
        && from.root() != to.root()
        && has_index(to)? == Some(false)
        && has_index(from)? == Some(true))
}

/// Returns whether one of its directories has an index file; `None` where there are too many, or links may lead to more.
fn has_index(snapshot: &Snapshot<'_>) -> Result<Option<bool>, SnapshotError> {
    let mut open: VecDeque<Vec<u8>> = snapshot.root().map(<[u8]>::to_vec).into_iter().collect();
    let (mut looked_at, mut leads_on) = (0, false);
    while let Some(id) = open.pop_front() {
        looked_at += 1;
        if looked_at > MOST_DIRECTORIES {
            return Ok(None);
        }
        let tree = snapshot.tree(&id)?;
        for entry in tree.entries() {
            let entry = entry.map_err(|e| snapshot.malformed(&id, e))?;
            match entry.kind {
                _ if names_index(entry.name) => return Ok(Some(true)),
                EntryKind::Tree => open.push_back(entry.id.to_vec()),
                EntryKind::Link | EntryKind::Gitlink => leads_on = true,
                EntryKind::File => {}
            }
        }
    }
    Ok((!leads_on).then_some(false))
}

/// Returns the name of the first of these in which the site had files, and its web root there.
fn first_with_files(site: &Site, sources: &[Rc<Source>]) -> Result<Option<(String, String)>, Error> {
    for source in sources {
        let snapshot = source.snapshot(&site.output)?;
        if let Some(root) = snapshot.root()
            && !snapshot.tree(root)?.bytes().is_empty()
        {
            let spec = source.spec();
            let name = if is_full_id(spec) { spec[..SHORT].to_owned() } else { spec.to_owned() };
            // What is no revision is a web root by itself, whatever `output` is.
            let output = if snapshot.is_revision() { snapshot.output() } else { site.output.as_str().to_owned() };
            return Ok(Some((name, output)));
        }
    }
    Ok(None)
}

fn names_index(name: &[u8]) -> bool {
    std::str::from_utf8(name).is_ok_and(is_index)
}

/// A directory, as far as its names tell what it is.
#[derive(Default)]
struct Glance {
    is_empty: bool,
    has_index: bool,
    /// Its entries that may be signs of a source.
    may_be_signs: Vec<(EntryKind, String)>,
}

impl Glance {
    fn at(snapshot: &Snapshot<'_>, tree: &[u8]) -> Result<Glance, SnapshotError> {
        let object = snapshot.tree(tree)?;
        let mut all = Glance { is_empty: object.bytes().is_empty(), ..Glance::default() };
        for entry in object.entries() {
            let entry = entry.map_err(|e| snapshot.malformed(tree, e))?;
            all.has_index |= names_index(entry.name);
            if matters_to_signs(entry.kind, entry.name) {
                all.may_be_signs.push((entry.kind, String::from_utf8_lossy(entry.name).into_owned()));
            }
        }
        Ok(all)
    }
}

/// An entry of a directory, by its name as far as that is text.
struct Named {
    kind: EntryKind,
    name: String,
    id: Vec<u8>,
}

/// Returns the entries of a directory.
fn entries(snapshot: &Snapshot<'_>, tree: &[u8]) -> Result<Vec<Named>, SnapshotError> {
    let object = snapshot.tree(tree)?;
    let mut all = Vec::new();
    for entry in object.entries() {
        let entry = entry.map_err(|e| snapshot.malformed(tree, e))?;
        let name = String::from_utf8_lossy(entry.name).into_owned();
        all.push(Named { kind: entry.kind, name, id: entry.id.to_vec() });
    }
    Ok(all)
}

/// Returns the directories nearest to the top that hold an index file, which are likely to be what is served.
pub(super) fn with_pages(to: &Source) -> Result<Vec<String>, Error> {
    let whole = to.snapshot(&OutputDir::default())?;
    let mut found = Vec::new();
    let mut open: VecDeque<(String, Vec<u8>)> = VecDeque::new();
    open.extend(whole.root().map(|root| (String::new(), root.to_vec())));
    let mut looked_at = 0;
    while let Some((path, id)) = open.pop_front() {
        looked_at += 1;
        if looked_at > MOST_DIRECTORIES || found.len() == MOST_NAMED {
            break;
        }
        let entries = entries(&whole, &id)?;
        if !path.is_empty() && entries.iter().any(|entry| is_index(&entry.name)) {
            found.push(path);
            continue;
        }
        for Named { name, id, .. } in
            entries.into_iter().filter(|e| e.kind == EntryKind::Tree && e.name != "node_modules")
        {
            open.push_back((if path.is_empty() { name } else { format!("{path}/{name}") }, id));
        }
    }
    Ok(found)
}
