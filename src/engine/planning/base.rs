//! What a site is compared with: what was typed, its mark, what was live since, or what the CI system says; or nothing of it.
//!
//! A commit that is not in this clone is fetched by its id. What cannot be had makes the base unknown, with the reason; it is
//! never taken for "nothing changed".

use std::rc::Rc;

use crate::ci::{Ci, Previous};
use crate::config::RemoteName;
use crate::display::shown;
use crate::engine::error::Error;
use crate::engine::ground::Ground;
use crate::engine::run::mark::SiteMark;
use crate::mark::{Mark, Moment};
use crate::plan::{Base, BaseOf};
use crate::snapshot::{Ends, Remote, Repository, SnapshotName, Source, Sources, is_full_id};

/// What one site is compared with.
pub(super) enum Found {
    /// Something; the sources stand in the order of `parts`.
    Known { ends: Ends, parts: Vec<Part>, of: BaseOf, notes: Vec<String> },
    /// Nobody knows, and why.
    Unknown { to: Rc<Source>, why: String, notes: Vec<String> },
}

/// What one of the sources is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// What was typed, or what the CI says.
    From,
    /// The mark.
    Mark,
    /// What was live since the mark.
    Open,
}

/// Who looks for bases, for all sites of a run.
pub(super) struct Seeker<'s> {
    pub(super) ground: &'s Ground<'s>,
    /// What the site was, as typed.
    pub(super) from: Option<&'s str>,
    /// What it is.
    pub(super) to: &'s str,
    pub(super) ci: Option<&'s Ci>,
    pub(super) sources: &'s mut Sources,
}

/// What a source may be fetched from.
#[derive(Clone, Copy)]
struct From<'f> {
    remote: Option<&'f RemoteName>,
    /// A ref there that names it.
    name: Option<&'f str>,
}

impl Seeker<'_> {
    /// Finds what a site is compared with; `mark` is its mark, where it has one that is to be used.
    pub(super) fn find(&mut self, mark: Option<&SiteMark>) -> Result<Found, Error> {
        let mut notes = Vec::new();
        let to = self.to.to_owned();
        let remote = mark.and_then(|mark| mark.store.at_remote());
        let at_remote = From { remote: remote.as_ref().map(|(remote, _)| *remote), name: None };
        if is_full_id(&to) {
            // Where it cannot be had, opening it says so.
            let _missing = self.bring(&to, at_remote);
        }
        let nothing = Mark::default();
        let held = mark.map_or(&nothing, |mark| &mark.held);
        let mut specs: Vec<(Part, String)> = Vec::new();
        let mut missing = None;
        if let Some(from) = self.from {
            if is_zeros(from) {
                let why = format!("{} is all zeros: there was no revision before this one", shown(from.as_bytes()));
                if held.at.is_some() { notes.push(format!("{why}; the mark is used")) } else { missing = Some(why) }
            } else {
                missing = self.missing(from, at_remote)?;
                specs.push((Part::From, from.to_owned()));
            }
        }
        let name = remote.as_ref().map(|(_, name)| name.as_str());
        self.bring_all(held, From { name, ..at_remote });
        let open = held.open.iter().map(|open| (Part::Open, open, None));
        for (part, moment, name) in held.at.iter().map(|at| (Part::Mark, at, name)).chain(open) {
            let from = From { name, ..at_remote };
            if missing.is_none() {
                missing = self.missing(&moment.spec, from)?.map(|why| format!("of the mark {why}"));
            }
            specs.push((part, moment.spec.clone()));
        }
        let is_given = matches!(specs.first(), Some((Part::From, _)));
        let mut of = if is_given { BaseOf::Given } else { BaseOf::Mark };
        if specs.iter().all(|(part, _)| *part == Part::Open) && missing.is_none() {
            let store = mark.map_or("no mark is used".to_owned(), |mark| format!("no mark {} yet", mark.store.shown()));
            match self.of_ci(at_remote)? {
                Ok((id, ci, note)) => {
                    of = ci;
                    specs.insert(0, (Part::From, id));
                    notes.push(format!("{}, {note}", mark.map_or("no mark is used", |_| "there is no mark")));
                }
                Err(why) => missing = Some(format!("{store}, {why}")),
            }
        }
        if let Some(why) = missing {
            let to = self.sources.ends(&[], &to)?.to;
            return Ok(Found::Unknown { to, why, notes });
        }
        let ends = self.sources.ends(&specs.iter().map(|(_, spec)| spec.as_str()).collect::<Vec<_>>(), &to)?;
        let parts = specs.into_iter().map(|(part, _)| part).collect();
        Ok(Found::Known { ends, parts, of, notes })
    }

    /// What the CI system says was live, with what that is; or why it does not help.
    fn of_ci(&mut self, from: From<'_>) -> Result<Result<(String, BaseOf, String), String>, Error> {
        let Some(ci) = self.ci else { return Ok(Err("and no FROM is given".to_owned())) };
        let (id, means, can_miss) = match &ci.previous {
            Previous::Known { id, means, can_miss } => (id, means, can_miss),
            Previous::Unknown(why) => return Ok(Err(format!("and {} does not help: {why}", ci.name))),
        };
        let to = self.to;
        if !Source::names_a_revision(to) {
            return Ok(Err(format!(
                "and what {} says is of revisions, which {} is not",
                ci.name,
                shown(to.as_bytes())
            )));
        }
        let is = self.sources.ends(&[], to)?.to.id();
        if ci.current.as_ref().is_some_and(|current| *current != is) {
            let (to, is) = (shown(to.as_bytes()), is.get(..10).unwrap_or(&is).to_owned());
            return Ok(Err(format!("and what {} says is of another revision than {to} ({is})", ci.name)));
        }
        if *id == is {
            return Ok(Err(format!("and the revision before that {} names is this one", ci.name)));
        }
        if let Some(why) = self.missing(id, from)? {
            return Ok(Err(format!("and of the revision that {} names {why}", ci.name)));
        }
        let note = format!("so FROM is {means}, as {} says; that can miss {can_miss}", ci.name);
        Ok(Ok((id.clone(), BaseOf::Ci { name: ci.name.to_owned(), means: (*means).to_owned() }, note)))
    }

    /// Why a snapshot that was named cannot be had; only for what is a full id, since anything else may be a slip. So is a full id
    /// where there is no repository at all.
    fn missing(&mut self, spec: &str, from: From<'_>) -> Result<Option<String>, Error> {
        if !is_full_id(spec) {
            return Ok(None);
        }
        let _there = self.sources.repository()?;
        Ok(self.bring(spec, from).err())
    }

    /// Fetches what several runs that failed have left open, and the mark, at once. What that does not bring is tried one by one,
    /// for the reason of each.
    fn bring_all(&mut self, held: &Mark, from: From<'_>) {
        let marked = held.at.iter().map(|at| (at, from.name));
        let moments = marked.chain(held.open.iter().map(|open| (open, None)));
        let moments: Vec<(&Moment, Option<&str>)> = moments.filter(|(moment, _)| is_full_id(&moment.spec)).collect();
        if moments.len() < 2 {
            return;
        }
        let Ok(repository) = self.sources.repository() else { return };
        let missing = moments.into_iter().filter(|(moment, _)| !repository.has(&moment.spec));
        let missing: Vec<&str> = missing.map(|(moment, name)| name.unwrap_or(&moment.spec)).collect();
        let remote = from.remote.map_or_else(|| Remote::usual(&repository), |name| Remote::named(&repository, name));
        let Some(remote) = remote.ok().filter(|_| missing.len() > 1) else { return };
        if remote.fetch(&missing).is_ok() {
            let (many, name) = (missing.len(), remote.name());
            self.ground.note(format!("{many} revisions were not in this clone, and are fetched from {name}"));
        }
    }

    /// Fetches an object that is not here.
    fn bring(&mut self, id: &str, from: From<'_>) -> Result<(), String> {
        let short = id.get(..10).unwrap_or(id);
        let gone = |why: String| {
            let line = self.ci.map_or(String::new(), |ci| format!(" ({})", ci.fetch));
            format!("{short} is not in this clone, and {why}{line}")
        };
        let repository: Rc<Repository> = self.sources.repository().map_err(|e| e.to_string())?;
        if repository.has(id) {
            return Ok(());
        }
        let remote = match from.remote {
            Some(name) => Remote::named(&repository, name),
            None => Remote::usual(&repository),
        };
        let remote = remote.map_err(|e| gone(e.to_string()))?;
        let mut failed = None;
        for what in from.name.into_iter().chain([id]) {
            failed = remote.fetch(&[what]).err();
            if repository.has(id) {
                self.ground.note(format!("{short} was not in this clone, and is fetched from {}", remote.name()));
                return Ok(());
            }
        }
        Err(gone(failed.map_or_else(|| format!("{} did not bring it", remote.name()), |e| e.to_string())))
    }
}

/// `000…0`, which CI systems say for "there was none".
fn is_zeros(spec: &str) -> bool {
    spec.len() >= 7 && spec.bytes().all(|b| b == b'0')
}

/// What a plan says of its base, from the names of what was compared.
pub(super) fn base(of: BaseOf, named: Vec<(Part, SnapshotName)>) -> Base {
    let mut base = Base { of, ..Base::default() };
    for (part, name) in named {
        match part {
            Part::Mark => base.mark = Some(name),
            Part::Open => base.open.push(name),
            Part::From => {}
        }
    }
    base
}
