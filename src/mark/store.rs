//! A site's store, whichever kind it is, and the one push that serves many sites.

use std::path::PathBuf;
use std::rc::Rc;
use std::time::SystemTime;

use super::file::FileStore;
use super::listings::Listings;
use super::refs::RefStore;
use super::{Candidate, Destination, Mark, MarkError, Moment, Next, Record};
use super::{fetching, place};
use crate::config::{MarkStore, RemoteName, Site};
use crate::snapshot::{Remote, Repository, Snapshot, SnapshotError, Update};

/// Where one site's mark is kept.
pub struct Store {
    backing: Backing,
    /// The file whose lock is taken by who works on the mark.
    lock: PathBuf,
}

enum Backing {
    Ref(RefStore),
    File(FileStore),
}

impl Store {
    /// Returns the store of a site. The repository is only asked for where it is one; `caches` are the site's, from the
    /// origin outward.
    ///
    /// # Errors
    /// When there is no repository for a mark that is a ref.
    pub fn for_site(
        site: &Site,
        caches: Vec<Destination>,
        repository: impl FnOnce() -> Result<Rc<Repository>, SnapshotError>,
    ) -> Result<Store, MarkError> {
        let record = Record::of(site, caches);
        Ok(match &site.mark {
            MarkStore::Ref { push } => {
                let repository = repository()?;
                let lock = repository.common_directory().join("diffpurge").join(format!("{}.lock", site.name));
                Store { backing: Backing::Ref(RefStore::new(repository, push.clone(), record)), lock }
            }
            MarkStore::File { path, .. } => {
                place::check(path)?;
                let mut lock = path.clone().into_os_string();
                lock.push(".lock");
                Store { backing: Backing::File(FileStore::new(path, record)), lock: lock.into() }
            }
        })
    }

    /// As people read it: `refs/diffpurge/www at origin`, or a file's name.
    #[must_use]
    pub fn shown(&self) -> String {
        match &self.backing {
            Backing::Ref(store) => store.shown(),
            Backing::File(store) => store.shown(),
        }
    }

    /// Returns when the mark was written. A ref does not keep that: the same mark is the same object, whoever writes it.
    #[must_use]
    pub fn written(&self) -> Option<SystemTime> {
        match &self.backing {
            Backing::Ref(_) => None,
            Backing::File(store) => store.written(),
        }
    }

    /// Returns the record beside a TO that is purged completely.
    #[must_use]
    pub fn record(&self) -> &Record {
        match &self.backing {
            Backing::Ref(store) => &store.record,
            Backing::File(store) => &store.record,
        }
    }

    /// The file whose lock is taken by who works on the mark.
    #[must_use]
    pub fn lock(&self) -> &std::path::Path {
        &self.lock
    }

    /// The remote that the mark is at and the ref's name there, of a mark that is at one.
    #[must_use]
    pub fn at_remote(&self) -> Option<(&RemoteName, String)> {
        self.refs().and_then(|store| Some((store.remote.as_ref()?, store.name())))
    }

    /// Returns the mark that it holds. Of several marks of the site's name it is the one that is this site's.
    ///
    /// # Errors
    /// When that cannot be read; that there is nothing is no error.
    pub fn read(&mut self, listings: &mut Listings) -> Result<Mark, MarkError> {
        match &mut self.backing {
            Backing::Ref(store) => store.read(listings),
            Backing::File(store) => store.read(),
        }
    }

    /// Returns every mark of the site's name that can be the site's, where several can.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn candidates(&self, listings: &mut Listings) -> Result<Vec<Candidate>, MarkError> {
        match &self.backing {
            Backing::Ref(store) => store.candidates(listings),
            Backing::File(store) => store.candidates(),
        }
    }

    /// Returns the mark that it holds, for who will put something else in its place; a mark that cannot be read is nothing then.
    ///
    /// # Errors
    /// When a remote does not answer, or what is broken cannot be taken away.
    pub fn read_to_replace(&mut self, listings: &mut Listings) -> Result<Mark, MarkError> {
        match &mut self.backing {
            Backing::Ref(store) => {
                let held = store.read(listings);
                if held.is_ok() {
                    return held;
                }
                store.mend(listings)?;
                store.read(listings)
            }
            Backing::File(store) => store.read_to_replace(),
        }
    }

    /// Returns TO as it is noted while it is live and not purged completely.
    ///
    /// # Errors
    /// When the store does not hold such a snapshot.
    pub fn beside(&self, to: &Snapshot<'_>) -> Result<Moment, MarkError> {
        match &self.backing {
            Backing::Ref(store) => store.beside(self.revision(to)?, false),
            Backing::File(store) => Ok(store.beside(to, false)),
        }
    }

    /// Notes that a snapshot is live; gives what a remote has to be told. `moment` is what [`Store::beside`] made of it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn open(&self, mark: &Mark, to: &Snapshot<'_>, moment: &Moment) -> Result<Vec<Update>, MarkError> {
        match &self.backing {
            Backing::Ref(store) => store.open(mark, moment),
            Backing::File(store) => store.open(to, moment).map(|()| Vec::new()),
        }
    }

    /// Puts the mark where it belongs when all up to a snapshot was purged; gives what a remote has to be told.
    ///
    /// # Errors
    /// When it cannot be written, the store does not hold such a snapshot, or somebody else has moved the mark since it was read.
    pub fn settle(&self, mark: &Mark, to: &Snapshot<'_>, next: &Next) -> Result<Vec<Update>, MarkError> {
        match &self.backing {
            Backing::Ref(store) => store.settle(mark, self.revision(to)?, next),
            Backing::File(store) => store.settle(mark, to, next).map(|()| Vec::new()),
        }
    }

    /// Takes the mark away; gives what a remote has to be told. A file need not be readable for it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn clear(&mut self, listings: &mut Listings) -> Result<Vec<Update>, MarkError> {
        if let Backing::Ref(store) = &self.backing {
            store.mend(listings)?;
        }
        let mark = self.read_to_replace(listings)?;
        match &self.backing {
            Backing::Ref(store) => store.clear(&mark),
            Backing::File(store) => store.clear().map(|()| Vec::new()),
        }
    }

    fn refs(&self) -> Option<&RefStore> {
        match &self.backing {
            Backing::Ref(store) => Some(store),
            Backing::File(_) => None,
        }
    }

    fn revision<'s>(&self, snapshot: &'s Snapshot<'_>) -> Result<&'s str, MarkError> {
        let name = snapshot.name();
        if snapshot.is_revision() {
            return Ok(&name.id);
        }
        Err(MarkError::NoRevision { store: self.shown(), what: name.spec.clone() })
    }
}

/// Brings what marks at remotes point to, at once for all that are at the same; returns what a person may want to know of it.
#[must_use]
pub fn fetch<'s>(stores: impl Iterator<Item = &'s Store>, listings: &mut Listings) -> Vec<String> {
    fetching::fetch(&stores.filter_map(Store::refs).collect::<Vec<_>>(), listings)
}

/// Tells remotes what stores have given back: all sites of a remote at once, or one by one where that fails, so that the reason
/// is each one's own. The answers stand in the order of the stores.
#[must_use]
pub fn push(steps: &[(&Store, Vec<Update>)]) -> Vec<Result<(), MarkError>> {
    let mut results: Vec<Result<(), MarkError>> = steps.iter().map(|_| Ok(())).collect();
    let mut left: Vec<usize> = (0..steps.len()).filter(|i| !steps[*i].1.is_empty()).collect();
    while let Some(store) = left.first().and_then(|first| steps[*first].0.refs()) {
        let same = |i: &usize| steps[*i].0.refs().is_some_and(|other| other.remote == store.remote);
        let (group, others): (Vec<usize>, Vec<usize>) = left.iter().copied().partition(same);
        left = others;
        let Some(name) = &store.remote else { continue };
        let remote = match Remote::named(&store.repository, name) {
            Ok(remote) => remote,
            Err(e) => {
                for i in group {
                    results[i] = Err(MarkError::RemoteNotMoved { store: steps[i].0.shown(), source: e.clone() });
                }
                continue;
            }
        };
        let all: Vec<Update> = group.iter().flat_map(|i| steps[*i].1.iter().cloned()).collect();
        let together = remote.push(&all);
        for i in group.iter().copied().filter(|_| together.is_err()) {
            let (Some(store), updates) = (steps[i].0.refs(), &steps[i].1) else { continue };
            let alone = if group.len() == 1 { together.clone() } else { remote.push(updates) };
            results[i] = alone.or_else(|e| store.not_pushed(updates, &remote, e));
        }
    }
    results
}
