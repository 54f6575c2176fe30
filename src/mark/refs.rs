//! A mark that is a ref: `refs/diffpurge/<site>` in the repository, or at a remote.
//!
//! It points to an annotated revision, which says whose the mark is and how its files got their URLs; in an earlier version to the
//! revision itself. A revision that was live without having been purged completely stands beside it, as `refs/diffpurge-open/<site>/<id>`.

use std::rc::Rc;

use super::listings::{Listings, Refs};
use super::moment::{Candidate, Held, Mark, Moment, Next};
use super::names::{all_opens, label, labelled, labels, mark, opens};
use super::{MarkError, Record};
use crate::config::RemoteName;
use crate::snapshot::{GitError, Remote, RemoteError, Repository, Update};

/// Returns the refs whose names begin so.
fn below(refs: &Refs, beginning: String) -> impl Iterator<Item = (&String, &Option<String>)> {
    refs.range(beginning.clone()..).take_while(move |(name, _)| name.starts_with(&beginning))
}

/// The ref of one site.
pub(super) struct RefStore {
    pub(super) repository: Rc<Repository>,
    pub(super) remote: Option<RemoteName>,
    /// The record beside TO.
    pub(super) record: Record,
    /// The site's name, with or without a digest; known once the mark was read.
    label: String,
}

impl RefStore {
    pub(super) fn new(repository: Rc<Repository>, remote: Option<RemoteName>, record: Record) -> RefStore {
        let label = record.identity.site.clone();
        RefStore { repository, remote, record, label }
    }

    /// The ref's full name.
    pub(super) fn name(&self) -> String {
        mark(&self.label)
    }

    /// As people read it.
    pub(super) fn shown(&self) -> String {
        match &self.remote {
            Some(remote) => format!("{} at {}", self.name(), remote.as_str()),
            None => self.name(),
        }
    }

    fn unreadable(&self, source: GitError) -> MarkError {
        MarkError::Ref { store: self.shown(), source }
    }

    /// The refs of all marks of the site's name, with the objects they point to.
    pub(super) fn of_name<'l>(&self, refs: &'l Refs) -> impl Iterator<Item = (&'l str, &'l str)> {
        let site = &self.record.identity.site;
        let others = labels(site);
        let first = refs.get_key_value(&mark(site)).into_iter().chain(below(refs, opens(site)));
        let all = first.chain(below(refs, mark(&others))).chain(below(refs, all_opens(&others)));
        all.filter_map(|(name, object)| Some((&**name, object.as_deref()?)))
    }

    /// The refs under one label.
    fn held(&self, label: &str, listings: &mut Listings) -> Result<Held, MarkError> {
        let (name, refs) = (mark(label), self.refs(listings)?);
        let at = refs.get_key_value(&name).map(|(name, object)| self.moment(name, object.as_deref())).transpose()?;
        let open = below(refs, opens(label)).map(|(name, object)| self.moment(name, object.as_deref()));
        Ok(Held { at: at.flatten(), open: open.filter_map(Result::transpose).collect::<Result<_, _>>()? })
    }

    /// The refs of marks where this one is kept.
    fn refs<'l>(&self, listings: &'l mut Listings) -> Result<&'l Refs, MarkError> {
        match &self.remote {
            Some(remote) => {
                let refs = listings.at(&self.repository, remote);
                refs.as_ref().map_err(|e| MarkError::Remote { store: self.shown(), source: e.clone() })
            }
            None => listings.here(&self.repository, &self.record.identity.site).map_err(|e| self.unreadable(e)),
        }
    }

    /// Returns the moment that a ref points to; `None` where it is gone by now.
    fn moment(&self, place: &str, object: Option<&str>) -> Result<Option<Moment>, MarkError> {
        let object = match object {
            Some(object) => Some(object.to_owned()),
            None => self.repository.plain_ref(place).map_err(|e| self.unreadable(e))?,
        };
        object.map(|object| self.moment_of(place.to_owned(), object)).transpose()
    }

    fn moment_of(&self, place: String, object: String) -> Result<Moment, MarkError> {
        let Some(behind) = self.repository.annotated(&object).map_err(|e| self.unreadable(e))? else {
            let (id, record) = (object.clone(), None);
            return Ok(Moment {
                spec: id.clone(),
                revision: Some(id.clone()),
                id,
                record,
                is_read: false,
                place,
                object,
            });
        };
        let record = behind.text.as_deref().map(Record::read).transpose();
        let record = record.map_err(|source| MarkError::Record { store: self.shown(), source })?;
        let id = behind.revision;
        Ok(Moment { spec: id.clone(), revision: Some(id.clone()), id, record, is_read: true, place, object })
    }

    /// The labels of the marks of this site's name that are not the first.
    fn others(&self, listings: &mut Listings) -> Result<Vec<String>, MarkError> {
        let begin = labels(&self.record.identity.site);
        let refs = self.refs(listings)?;
        let names = below(refs, mark(&begin)).chain(below(refs, all_opens(&begin))).map(|(name, _)| name);
        let mut others: Vec<String> = names.filter_map(|name| label(name)).map(str::to_owned).collect();
        others.sort_unstable();
        others.dedup();
        Ok(others)
    }

    /// Finds the mark of this site among those of its name, and reads it.
    pub(super) fn read(&mut self, listings: &mut Listings) -> Result<Mark, MarkError> {
        let mine = self.record.identity.clone();
        let own = labelled(&mine);
        if !mine.is_whole() {
            return self.read_any(listings, own);
        }
        let held = self.held(&own, listings)?;
        if !held.is_empty() {
            self.label = own;
            return Ok(held.mark());
        }
        let first = self.held(&mine.site, listings)?;
        if first.fits(&mine) {
            self.label.clone_from(&mine.site);
            return Ok(first.mark());
        }
        self.label = own;
        Ok(first.beside(mark(&mine.site)))
    }

    /// Reads the mark where the destination is not known: the only one that can be it, which then says what it is.
    fn read_any(&mut self, listings: &mut Listings, own: String) -> Result<Mark, MarkError> {
        let mine = self.record.identity.clone();
        let labels = [vec![mine.site.clone()], self.others(listings)?].concat();
        let mut found: Vec<(String, Held)> = Vec::new();
        let mut taken = None;
        for label in labels {
            let held = self.held(&label, listings)?;
            taken = taken.or((label == mine.site && !held.fits(&mine)).then(|| held.beside(mark(&label))));
            if held.fits(&mine) && !held.is_empty() {
                found.push((label, held));
            }
        }
        if found.len() > 1 {
            return Err(MarkError::Several { site: mine.site, marks: found.len() });
        }
        let Some((label, held)) = found.pop() else {
            self.label = if taken.is_some() { own } else { mine.site };
            return Ok(taken.unwrap_or_default());
        };
        self.label = label;
        if let Some(record) = held.record() {
            self.record.identity = record.identity.clone();
        }
        let mark = held.mark();
        Ok(Mark { is_taken_over: mark.is_taken_over && mark.at.as_ref().is_none_or(|at| at.record.is_none()), ..mark })
    }

    /// Returns every mark of the site's name that can be the site's, where its destination is not known.
    pub(super) fn candidates(&self, listings: &mut Listings) -> Result<Vec<Candidate>, MarkError> {
        let mine = &self.record.identity;
        let mut found = Vec::new();
        for label in [vec![mine.site.clone()], self.others(listings)?].concat() {
            let held = self.held(&label, listings)?;
            if held.fits(mine) && !held.is_empty() {
                let at = self.remote.as_ref().map_or(String::new(), |remote| format!(" at {}", remote.as_str()));
                found.push(held.candidate(format!("{}{at}", mark(&label)), mine));
            }
        }
        Ok(found)
    }

    /// Takes away what cannot be read, to begin anew: of this mark and of the first of the site's name, and of all where it is not known
    /// which is the site's. Nothing of a remote's: git there sees to its refs.
    pub(super) fn mend(&self, listings: &mut Listings) -> Result<(), MarkError> {
        if self.remote.is_some() {
            return Ok(());
        }
        let failed = |source| MarkError::RefNotMoved { store: self.shown(), source };
        let identity = &self.record.identity;
        let others = if identity.is_whole() { vec![labelled(identity)] } else { self.others(listings)? };
        for label in [vec![identity.site.clone()], others].concat() {
            self.repository.discard_broken_refs(&mark(&label), &opens(&label)).map_err(failed)?;
        }
        listings.forget_here();
        Ok(())
    }

    /// TO as it stands beside the mark while it is open.
    pub(super) fn beside(&self, id: &str, is_purged: bool) -> Result<Moment, MarkError> {
        let record = Record { purged: is_purged, ..self.record.clone() };
        let object = self.annotated(id, &record)?;
        let (id, place) = (id.to_owned(), format!("{}{object}", opens(&self.label)));
        let revision = Some(id.clone());
        Ok(Moment { spec: id.clone(), id, revision, record: Some(record), is_read: true, place, object })
    }

    fn annotated(&self, id: &str, record: &Record) -> Result<String, MarkError> {
        let text = record.text().map_err(|source| MarkError::Record { store: self.shown(), source })?;
        let failed = |source| MarkError::RefNotMoved { store: self.shown(), source };
        self.repository.annotate(id, &text).map_err(failed)
    }

    /// Returns the updates of a remote by which TO is open there; a local ref is made at once.
    pub(super) fn open(&self, mark: &Mark, moment: &Moment) -> Result<Vec<Update>, MarkError> {
        if mark.open.iter().any(|open| open.object == moment.object) {
            return Ok(Vec::new());
        }
        self.apply(vec![Update { name: moment.place.clone(), was: None, id: Some(moment.object.clone()) }])
    }

    /// The same so that the mark is where it is to be when all was accepted.
    pub(super) fn settle(&self, held: &Mark, id: &str, next: &Next) -> Result<Vec<Update>, MarkError> {
        let mut open: Vec<Moment> = next.kept.iter().filter_map(|i| held.open.get(*i)).cloned().collect();
        let at = if next.stays {
            open.push(self.beside(id, true)?);
            held.at.as_ref().map(|at| at.object.clone())
        } else {
            Some(self.annotated(id, &self.record)?)
        };
        if let Some(was) = held.at.as_ref().filter(|_| next.keeps_mark) {
            open.push(Moment { place: format!("{}{}", opens(&self.label), was.object), ..was.clone() });
        }
        self.apply(self.changes(held, at, &open))
    }

    /// The same so that there is no mark, and nothing is open.
    pub(super) fn clear(&self, held: &Mark) -> Result<Vec<Update>, MarkError> {
        self.apply(self.changes(held, None, &[]))
    }

    /// Returns the updates from the refs that are held to those that are to be: an open one comes first, and goes last.
    fn changes(&self, held: &Mark, at: Option<String>, open: &[Moment]) -> Vec<Update> {
        let was = held.at.as_ref().map(|at| at.object.clone());
        let is_held = |moment: &&Moment| held.open.iter().any(|known| known.place == moment.place);
        let new = open.iter().filter(|moment| !is_held(moment));
        let new = new.map(|m| Update { name: m.place.clone(), was: None, id: Some(m.object.clone()) });
        let moved = (was != at).then(|| Update { name: self.name(), was, id: at });
        let gone = held.open.iter().filter(|known| !open.iter().any(|moment| moment.place == known.place));
        let gone = gone.map(|m| Update { name: m.place.clone(), was: Some(m.object.clone()), id: None });
        new.chain(moved).chain(gone).collect()
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
            // An open moment is named by its id: if it is there already, or gone already, that is as good.
            if !done && is_mark {
                let now = self.repository.plain_ref(&update.name).map_err(failed)?;
                // Somebody else has purged the very same.
                if now == update.id {
                    continue;
                }
                return Err(self.lost(update.was.as_deref(), now.as_deref()));
            }
        }
        Ok(Vec::new())
    }

    /// Somebody else has moved the mark; people know it by its revision.
    fn lost(&self, was: Option<&str>, now: Option<&str>) -> MarkError {
        let revision = |object: &str| match self.repository.annotated(object) {
            Ok(Some(behind)) => behind.revision,
            // Its object was never brought here.
            Ok(None) | Err(_) => object.to_owned(),
        };
        MarkError::Lost { store: self.shown(), was: was.map(revision), now: now.map(revision) }
    }

    /// Returns the meaning of a push of these updates that failed: somebody else was first, git's own reason, or nothing where what was
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
                // For its revision. If that cannot be read, the id of its object is named.
                let _brought = remote.fetch(&[&update.name]);
                Err(self.lost(update.was.as_deref(), now.as_deref()))
            }
            _ => failed(source),
        }
    }
}
