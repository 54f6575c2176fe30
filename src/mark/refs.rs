//! A mark that is a ref: `refs/diffpurge/<site>` in the repository, or at a remote.
//!
//! What was live without having been purged completely stands beside it, as `refs/diffpurge-open/<site>/<id>`.

use std::rc::Rc;

use super::listings::Listings;
use super::names::{OPEN, ref_of};
use super::{Mark, MarkError, Moment};
use crate::config::{RemoteName, SiteName};
use crate::snapshot::{Remote, RemoteError, Repository, Update};

/// The ref of one site.
pub(super) struct RefStore {
    pub(super) repository: Rc<Repository>,
    pub(super) remote: Option<RemoteName>,
    site: SiteName,
}

impl RefStore {
    pub(super) fn new(repository: Rc<Repository>, remote: Option<RemoteName>, site: &SiteName) -> RefStore {
        RefStore { repository, remote, site: site.clone() }
    }

    /// The ref's full name.
    pub(super) fn name(&self) -> String {
        ref_of(&self.site)
    }

    /// As people read it.
    pub(super) fn shown(&self) -> String {
        match &self.remote {
            Some(remote) => format!("{} at {}", self.name(), remote.as_str()),
            None => self.name(),
        }
    }

    fn opens(&self) -> String {
        format!("{OPEN}{}/", self.site)
    }

    pub(super) fn read(&self, listings: &mut Listings) -> Result<Mark, MarkError> {
        let (name, opens) = (self.name(), self.opens());
        let unreadable = |source| MarkError::Ref { store: self.shown(), source };
        let (at, open) = if let Some(remote) = &self.remote {
            let refs = listings.answer(&self.repository, remote);
            let refs = refs.as_ref().map_err(|e| MarkError::Remote { store: self.shown(), source: e.clone() })?;
            let id = |wanted: &str| refs.iter().find(|(name, _)| name == wanted).map(|(_, id)| id.clone());
            let open = refs.iter().filter(|(name, _)| name.starts_with(&opens)).map(|(_, id)| id.clone()).collect();
            (id(&name), open)
        } else {
            let at = self.repository.find_ref(&name).map_err(unreadable)?;
            let open = self.repository.refs_below(&opens).map_err(unreadable)?;
            (at, open.into_iter().map(|(_, id)| id).collect::<Vec<_>>())
        };
        let moment = |id: String| Moment { spec: id.clone(), revision: Some(id.clone()), id };
        Ok(Mark { at: at.map(moment), open: open.into_iter().map(moment).collect() })
    }

    /// Takes away what cannot be read, to begin anew. Nothing of a remote's: git there sees to its refs.
    pub(super) fn mend(&self) -> Result<(), MarkError> {
        if self.remote.is_some() {
            return Ok(());
        }
        let failed = |source| MarkError::RefNotMoved { store: self.shown(), source };
        self.repository.discard_broken_refs(&self.name(), &self.opens()).map_err(failed)
    }

    /// What has to be done to a remote so that `id` is open there; a local ref is made at once.
    pub(super) fn open(&self, mark: &Mark, id: &str) -> Result<Vec<Update>, MarkError> {
        if mark.open.iter().any(|open| open.id == id) {
            return Ok(Vec::new());
        }
        self.apply(vec![Update { name: format!("{}{id}", self.opens()), was: None, id: Some(id.to_owned()) }])
    }

    /// The same so that the mark is at `id`, and nothing is open.
    pub(super) fn complete(&self, mark: &Mark, id: &str) -> Result<Vec<Update>, MarkError> {
        let was = mark.at.as_ref().map(|at| at.id.clone());
        let elsewhere = was.as_deref() != Some(id);
        let moved = elsewhere.then(|| Update { name: self.name(), was, id: Some(id.to_owned()) });
        self.apply(moved.into_iter().chain(self.closed(mark)).collect())
    }

    /// The same so that there is no mark, and nothing is open.
    pub(super) fn clear(&self, mark: &Mark) -> Result<Vec<Update>, MarkError> {
        let gone = mark.at.as_ref().map(|at| Update { name: self.name(), was: Some(at.id.clone()), id: None });
        self.apply(gone.into_iter().chain(self.closed(mark)).collect())
    }

    fn closed(&self, mark: &Mark) -> impl Iterator<Item = Update> {
        let open = |open: &Moment| Update {
            name: format!("{}{}", self.opens(), open.id),
            was: Some(open.id.clone()),
            id: None,
        };
        mark.open.iter().map(open).collect::<Vec<_>>().into_iter()
    }

    /// Carries updates out where they concern the repository itself; gives back what concerns the remote.
    fn apply(&self, updates: Vec<Update>) -> Result<Vec<Update>, MarkError> {
        if self.remote.is_some() {
            return Ok(updates);
        }
        for update in updates {
            let failed = |source| MarkError::RefNotMoved { store: self.shown(), source };
            let is_mark = update.name == self.name();
            let done = match (&update.was, &update.id) {
                (was, Some(id)) => self.repository.move_ref(&update.name, was.as_deref(), id).map_err(failed)?,
                (Some(was), None) => self.repository.delete_ref(&update.name, was).map_err(failed)?,
                (None, None) => true,
            };
            // What is open is named by its id: if it is there already, or gone already, that is as good.
            if !done && is_mark {
                let now = self.repository.find_ref(&update.name).map_err(failed)?;
                // Somebody else has purged the very same.
                if now == update.id {
                    continue;
                }
                return Err(MarkError::Lost { store: self.shown(), was: update.was, now });
            }
        }
        Ok(Vec::new())
    }

    /// What a push of these updates that failed comes to: somebody else was first, git's own reason, or nothing where what was
    /// wanted is so by now.
    pub(super) fn not_pushed(
        &self,
        updates: &[Update],
        remote: &Remote<'_>,
        source: RemoteError,
    ) -> Result<(), MarkError> {
        let names: Vec<String> = updates.iter().map(|update| update.name.clone()).collect();
        let failed = |source| Err(MarkError::RemoteNotMoved { store: self.shown(), source });
        // A remote that does not answer either says nothing better.
        let Ok(refs) = remote.refs(&names) else { return failed(source) };
        let now = |name: &str| refs.iter().find(|(found, _)| found == name).map(|(_, id)| id.clone());
        let left: Vec<Update> = updates.iter().filter(|update| now(&update.name) != update.id).cloned().collect();
        if left.is_empty() {
            return Ok(());
        }
        // All or none was wanted; some was done by somebody else meanwhile.
        if left.len() < updates.len() && left.iter().all(|update| now(&update.name) == update.was) {
            return remote.push(&left).or_else(failed);
        }
        let mark = updates.iter().find(|update| update.name == self.name());
        match mark.map(|update| (update, now(&update.name))) {
            Some((update, now)) if now != update.was && now != update.id => {
                Err(MarkError::Lost { store: self.shown(), was: update.was.clone(), now })
            }
            _ => failed(source),
        }
    }
}
