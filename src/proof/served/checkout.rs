//! A checkout of a snapshot: the contents that its files may be served with, by their paths.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use super::Served;
use super::conversion::Conversion;
use super::pointer;
use crate::changes::{Attributes, FileAttributes};
use crate::display::shown;
use crate::snapshot::{ContentId, Snapshot, SnapshotError};

/// Bytes of a file that is converted; a text of a site that is longer is rare, and a dozen of it are held at once.
const LARGEST: usize = 8 << 20;

/// A checkout of a snapshot.
pub struct Checkout<'s> {
    snapshot: &'s Snapshot<'s>,
    attributes: FileAttributes<'s>,
    /// The contents of blobs with these attributes: most URLs are forms of a file that was asked for already.
    known: RefCell<HashMap<(Vec<u8>, Attributes), Served>>,
    /// The files that were asked for and whose content nobody knows, with the reason.
    unsure: RefCell<BTreeMap<Vec<u8>, String>>,
}

impl<'s> Checkout<'s> {
    /// Makes one.
    ///
    /// # Errors
    /// When a tree cannot be read.
    pub fn of(snapshot: &'s Snapshot<'s>) -> Result<Checkout<'s>, SnapshotError> {
        let attributes = FileAttributes::new(snapshot)?;
        Ok(Checkout { snapshot, attributes, known: RefCell::default(), unsure: RefCell::default() })
    }

    /// Returns its snapshot.
    #[must_use]
    pub fn snapshot(&self) -> &'s Snapshot<'s> {
        self.snapshot
    }

    /// Returns what the file that answers under a path may be served with; nothing where there is none.
    ///
    /// # Errors
    /// When a tree or a link's blob cannot be read.
    pub fn served(&self, path: &[u8]) -> Result<Served, SnapshotError> {
        let Some(file) = self.snapshot.located(path)? else { return Ok(Served::default()) };
        let attributes = self.attributes.of(&file.path)?;
        let may_be_absent = self.attributes.leave_out(&file.path)?;
        if attributes.is_empty() {
            return Ok(Served { may_be_absent, ..Served::blob(file.hex()) });
        }
        let key = (file.id.clone(), attributes);
        let known = self.known.borrow().get(&key).cloned();
        let served = known.unwrap_or_else(|| self.made(&file.id, file.hex(), &key.1));
        if let Some(why) = &served.unsure {
            self.unsure.borrow_mut().insert(path.to_vec(), why.clone());
        }
        self.known.borrow_mut().insert(key, served.clone());
        Ok(Served { may_be_absent, ..served })
    }

    /// Returns the files that were asked for and whose content nobody knows, with the reason.
    #[must_use]
    pub fn unsure(&self) -> BTreeMap<Vec<u8>, String> {
        self.unsure.borrow().clone()
    }

    /// Returns what a blob with these attributes may be served as.
    fn made(&self, raw: &[u8], id: String, attributes: &Attributes) -> Served {
        let unsure = |why: String| Served {
            surely: Vec::new(),
            perhaps: vec![ContentId::Blob(id.clone())],
            texts: vec![id.clone()],
            unsure: Some(why),
            may_be_absent: false,
        };
        if attributes.are_unread() {
            return unsure("a line of its `.gitattributes` cannot be read".to_owned());
        }
        match attributes.get("filter").filter(|name| !matches!(*name, "true" | "false")) {
            Some("lfs") => match self.snapshot.blob(raw, pointer::LONGEST) {
                Some(content) => {
                    if let Some(file) = pointer::named(&content) {
                        let perhaps = vec![ContentId::Blob(id)];
                        return Served { surely: vec![file], perhaps, ..Served::default() };
                    } else if pointer::is_extended(&content) {
                        return unsure("extensions of Git LFS make its content".to_owned());
                    }
                }
                // A file that is longer than a pointer is one that was committed without LFS.
                None if self.snapshot.blob_size(raw).is_none() => {
                    return unsure("its LFS pointer is not here".to_owned());
                }
                None => {}
            },
            Some(name) => return unsure(format!("the filter {} makes its content", shown(name.as_bytes()))),
            None => {}
        }
        let conversion = match Conversion::of(attributes) {
            Ok(conversion) => conversion,
            Err(name) => return unsure(format!("its encoding {} is not known here", shown(name.as_bytes()))),
        };
        let is_filled_in = attributes.get("export-subst") == Some("true");
        if conversion.is_none() && !is_filled_in {
            return Served::blob(id);
        }
        match self.snapshot.blob(raw, LARGEST) {
            Some(content) => self.converted(content, &id, &conversion, is_filled_in),
            None if conversion.may_be_none() => Served::blob(id),
            None => unsure(format!("its content is not here to be converted, or longer than {} MiB", LARGEST >> 20)),
        }
    }

    /// Returns what the content of a blob may be served as.
    fn converted(&self, content: Vec<u8>, id: &str, conversion: &Conversion, is_filled_in: bool) -> Served {
        let is_filled_in = is_filled_in && memchr::memmem::find(&content, b"$Format:").is_some();
        let mut served = Served { texts: vec![id.to_owned()], ..Served::default() };
        for (content, surely) in conversion.made_of(content, id) {
            let made = ContentId::Blob(self.snapshot.hash().blob_id(&content));
            let these = if surely { &mut served.surely } else { &mut served.perhaps };
            if !these.contains(&made) {
                these.push(made);
            }
        }
        served.perhaps.retain(|made| !served.surely.contains(made));
        served.unsure = is_filled_in.then(|| "an archive fills in its content (`export-subst`)".to_owned());
        served
    }
}
