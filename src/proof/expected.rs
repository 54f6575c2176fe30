//! The answer that a URL should give now, and the one that it gave before: by the blob ids of the files behind it.

use std::collections::HashMap;
use std::rc::Rc;

use crate::changes::Changes;
use crate::config::{Form, Site};
use crate::mapping::{self, PublicUrl, Reason, is_host_configuration};
use crate::snapshot::{Snapshot, SnapshotError};

/// The answers that are expected of one URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The URL, with the headers of its key.
    pub url: PublicUrl,
    /// The blob ids, in hex, of the files that may answer it now.
    pub fresh: Vec<String>,
    /// The blob ids of the files that answered it before and do not now.
    pub stale: Vec<String>,
    /// True when files were behind it, and none is any more.
    pub is_gone: bool,
    /// True when it is the path of a file itself or an index's directory, so that no server answers it with "not found".
    pub is_exact: bool,
    /// True when it is known that no file was behind it before.
    pub is_new: bool,
    /// The blob ids of the pages that hosting services for single-page apps answer with where there is nothing.
    pub instead: Rc<[String]>,
}

/// Paths of a site, sorted.
#[derive(Debug, Clone, Copy)]
pub struct Paths<'p> {
    /// The paths of TO.
    pub there: &'p [Box<[u8]>],
    /// The paths of both snapshots.
    pub inventory: &'p [Box<[u8]>],
}

/// The pages that hosting services for single-page apps answer with where there is nothing.
const INSTEAD: [&[u8]; 3] = [b"index.html", b"200.html", b"404.html"];

/// A file that can be behind a URL.
struct Behind {
    index: u32,
    is_exact: bool,
}

/// Says of each URL what it should answer. `from` holds the snapshots that were live before, as far as they are known.
///
/// # Errors
/// When a tree or a link's blob cannot be read.
pub fn expect(
    urls: Vec<PublicUrl>,
    site: &Site,
    (from, to): (&[Snapshot<'_>], &Snapshot<'_>),
    paths: Paths<'_>,
) -> Result<Vec<Expected>, SnapshotError> {
    let Paths { there, inventory } = paths;
    let changes = Changes::all_modified(inventory.to_vec());
    let mapping = mapping::map(&mapping::judge(&changes, site), &[], site);
    let mut files: HashMap<&str, Vec<Behind>> = HashMap::new();
    for (url, reasons) in mapping.urls().filter(|(url, _)| url.headers().is_none()) {
        let behind = reasons.iter().filter_map(|reason| match *reason {
            Reason::Path(index, form, twin, _) => {
                let is_exact = matches!(form, Form::Exact | Form::Directory) && !twin.is_of_some_hosts();
                Some(Behind { index, is_exact: is_exact && !is_host_configuration(&inventory[index as usize]) })
            }
            Reason::Directory(..)
            | Reason::SideEffect(..)
            | Reason::Entry(..)
            | Reason::Template(..)
            | Reason::Rule(..)
            | Reason::Always
            | Reason::Cover(..) => None,
        });
        files.insert(url.as_str(), behind.collect());
    }
    let mut instead = Vec::new();
    for snapshot in from.iter().chain([to]) {
        for page in INSTEAD {
            instead.extend(snapshot.file(page)?);
        }
    }
    let instead: Rc<[String]> = instead.into();
    let mut all = Vec::with_capacity(urls.len());
    for url in urls {
        let text = url.as_str().split('?').next().unwrap_or_default();
        let behind = files.get(text).map_or(&[][..], Vec::as_slice);
        let (mut fresh, mut stale, mut is_exact) = (Vec::new(), Vec::new(), false);
        for behind in behind {
            let path = &inventory[behind.index as usize];
            let now = to.file(path)?;
            is_exact |= behind.is_exact && now.is_some();
            fresh.extend(now);
            for from in from {
                stale.extend(from.file(path)?);
            }
        }
        let is_new = !from.is_empty() && stale.is_empty();
        stale.retain(|id| !fresh.contains(id));
        // What is there without a content that is known, as a link out of the web root, is not gone.
        let is_there = |behind: &Behind| there.binary_search(&inventory[behind.index as usize]).is_ok();
        let is_gone = !behind.is_empty() && !behind.iter().any(is_there);
        all.push(Expected { url, fresh, stale, is_gone, is_exact, is_new, instead: Rc::clone(&instead) });
    }
    Ok(all)
}
