//! The answer that a URL should give now, and the one that it gave before: by the contents of the files behind it.

use std::collections::HashMap;
use std::rc::Rc;

use super::forms::{File, Forms};
use super::paths::Paths;
use super::served::{Checkout, Served, Versions};
use crate::changes::Changes;
use crate::config::{Form, Site};
use crate::mapping::{self, Mapping, PublicUrl, Reason, Twin, is_host_configuration};
use crate::snapshot::SnapshotError;

/// The answers that are expected of one URL.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own, and any of them go together")]
pub struct Expected {
    /// The URL, with the headers of its key.
    pub url: PublicUrl,
    /// The contents of the files that may answer it now, and of those that answered it before and do not now.
    pub versions: Versions,
    /// True when files were behind it, and none is any more.
    pub is_gone: bool,
    /// True when it is the path of a file itself or an index's directory as browsers send it, so that no server answers it with "not
    /// found". No one promised to answer another spelling, or the NFC or NFD twin of a name.
    pub is_exact: bool,
    /// True when it is a directory of TO.
    pub is_directory: bool,
    /// True when it is known that no file was behind it before.
    pub is_new: bool,
    /// True when it is known what was behind it before, if anything was.
    pub is_known_before: bool,
    /// The pages that hosting services for single-page apps answer with where there is nothing.
    pub instead: Rc<Served>,
    /// The URLs of the site, for redirects.
    pub forms: Rc<Forms>,
}

/// The answers of before, beside those of FROM.
#[derive(Debug, Clone, Default)]
pub struct Older {
    /// The contents that each path had before.
    pub of: HashMap<Box<[u8]>, Served>,
    /// True when no other can have been there.
    pub is_all: bool,
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
    (from, to): (&[Checkout<'_>], &Checkout<'_>),
    (paths, older): (Paths<'_>, &Older),
) -> Result<Vec<Expected>, SnapshotError> {
    let Paths { there, inventory } = paths;
    let changes = Changes::all_modified(inventory.to_vec());
    let mapping = mapping::map(&mapping::judge(&changes, site), &[], site);
    let files = files(&mapping, inventory);
    let forms = forms(site, paths, &files);
    let instead = instead(from, to)?;
    let mut all = Vec::with_capacity(urls.len());
    for url in urls {
        let text = url.as_str().split('?').next().unwrap_or_default();
        let behind = files.get(text).map_or(&[][..], Vec::as_slice);
        let (mut now, mut before, mut is_exact) = (Served::default(), Served::default(), false);
        for behind in behind {
            let path = &inventory[behind.index as usize];
            let file = to.served(path)?;
            is_exact |= behind.is_exact && !file.is_empty();
            now.add(&file);
            for from in from {
                before.add(&from.served(path)?);
            }
            if let Some(served) = older.of.get(path) {
                before.add(served);
            }
        }
        let is_new = !from.is_empty() && before.is_empty();
        let is_known_before = older.is_all || !before.is_empty();
        let versions = Versions::new(now, before);
        // A file that is there without a content that is known, as a link out of the web root, is not gone.
        let is_there = |behind: &Behind| there.binary_search(&inventory[behind.index as usize]).is_ok();
        let is_directory = forms.is_directory(text);
        let was_there = !behind.is_empty() || forms.was_directory(text);
        let is_gone = was_there && !is_directory && !behind.iter().any(is_there);
        let (instead, forms) = (Rc::clone(&instead), Rc::clone(&forms));
        all.push(Expected { url, versions, is_gone, is_exact, is_directory, is_new, is_known_before, instead, forms });
    }
    Ok(all)
}

/// Returns the files behind each URL.
fn files<'m>(mapping: &'m Mapping, inventory: &[Box<[u8]>]) -> HashMap<&'m str, Vec<Behind>> {
    let mut files: HashMap<&str, Vec<Behind>> = HashMap::new();
    for (url, reasons) in mapping.urls().filter(|(url, _)| url.headers().is_none()) {
        let behind = reasons.iter().filter_map(|reason| match *reason {
            Reason::Path(index, form, twin, _) => {
                let is_exact = matches!(form, Form::Exact | Form::Directory) && twin == Twin::NONE;
                Some(Behind { index, is_exact: is_exact && !is_host_configuration(&inventory[index as usize]) })
            }
            Reason::Directory(..)
            | Reason::SideEffect(..)
            | Reason::Entry(..)
            | Reason::Rewrite(..)
            | Reason::Template(..)
            | Reason::Rule(..)
            | Reason::Always
            | Reason::Asked
            | Reason::Cover(..) => None,
        });
        files.insert(url.as_str(), behind.collect());
    }
    files
}

/// Returns the URLs of a site by the files behind them.
fn forms(site: &Site, paths: Paths<'_>, files: &HashMap<&str, Vec<Behind>>) -> Rc<Forms> {
    let mut forms = Forms::new(site, paths);
    for (url, behind) in files {
        let file = |behind: &Behind| {
            let is_there = paths.there.binary_search(&paths.inventory[behind.index as usize]).is_ok();
            File { index: behind.index, is_there, is_exact: behind.is_exact }
        };
        forms.add(url, behind.iter().map(file));
    }
    Rc::new(forms)
}

/// Returns the pages that hosting services answer with where there is nothing.
fn instead(from: &[Checkout<'_>], to: &Checkout<'_>) -> Result<Rc<Served>, SnapshotError> {
    let mut instead = Served::default();
    for checkout in from.iter().chain([to]) {
        for page in INSTEAD {
            instead.add(&checkout.served(page)?);
        }
    }
    Ok(instead.into())
}
