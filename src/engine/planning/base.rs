//! The base that a site is compared with: what was typed, its mark, what was live since, or what the CI system says; or nothing of it.
//!
//! A commit that is not in this clone is fetched by its id. One that cannot be fetched makes the base unknown, with the reason; it is
//! never taken for "nothing changed".

use std::rc::Rc;

use super::another::another;
use crate::ci::{Ci, Previous};
use crate::config::{MarkStore, OutputDir, RemoteName, Site};
use crate::display::{grouped, shown};
use crate::engine::error::Error;
use crate::engine::ground::Ground;
use crate::engine::run::mark::SiteMark;
use crate::mark::{Beside, Mark, Moment};
use crate::plan::{Base, BaseOf};
use crate::snapshot::{Ends, Remote, Repository, SnapshotName, Source, Sources, is_full_id};

/// The base of one site.
pub(super) enum Found {
    /// Something; the sources stand in the order of `parts`.
    Known { ends: Ends, parts: Vec<Part>, of: BaseOf, notes: Vec<String> },
    /// Nobody knows, and why.
    Unknown { to: Rc<Source>, why: String, notes: Vec<String> },
}

/// The part that one of the sources plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// It was typed, or the CI says it.
    From,
    /// The mark.
    Mark,
    /// It was live since the mark.
    Open,
}

/// The snapshots that TO is compared with.
struct Compared {
    part: Part,
    spec: String,
    /// The web root in it, where that is not where the site has it now.
    output: Option<OutputDir>,
}

impl Compared {
    fn at_its_output(&self, source: Rc<Source>) -> Rc<Source> {
        let elsewhere = self.output.as_ref().and_then(|output| source.with_output(output.clone()));
        elsewhere.map_or(source, Rc::new)
    }
}

/// Moments that are compared one by one: each takes its time, and more say little but that much went wrong.
const MOST_OPEN: usize = 100;

/// The name of a site without files.
const NOTHING: &str = "empty";

/// Looks for bases, for all sites of a run.
pub(super) struct Seeker<'s> {
    pub(super) ground: &'s Ground<'s>,
    /// FROM, as typed.
    pub(super) from: Option<&'s str>,
    /// TO, as typed.
    pub(super) to: &'s str,
    /// Its owner.
    pub(super) site: &'s Site,
    pub(super) ci: Option<&'s Ci>,
    pub(super) sources: &'s mut Sources,
}

/// The place that a source may be fetched from.
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
            // If it cannot be fetched, opening it says so.
            let _missing = self.bring(&to, at_remote);
        }
        let nothing = Mark::default();
        let held = mark.map_or(&nothing, |mark| &mark.held);
        let mut specs: Vec<Compared> = Vec::new();
        let mut missing = None;
        if let Some(from) = self.from {
            if is_zeros(from) {
                let why = format!("{} is all zeros: there was no revision before this one", shown(from.as_bytes()));
                if held.at.is_some() { notes.push(format!("{why}; the mark is used")) } else { missing = Some(why) }
            } else {
                missing = self.missing(from, at_remote)?;
                specs.push(Compared { part: Part::From, spec: from.to_owned(), output: None });
            }
        }
        let name = remote.as_ref().map(|(_, name)| name.as_str());
        let why_not = self.marked(held, From { name, ..at_remote }, &mut specs)?;
        missing = missing.or(why_not);
        let is_given = specs.first().is_some_and(|first| first.part == Part::From);
        let mut of = if is_given { BaseOf::Given } else { BaseOf::Mark };
        if specs.iter().all(|one| one.part == Part::Open) && missing.is_none() {
            match self.of_ci(at_remote)? {
                Ok((id, ci, note)) => {
                    of = ci;
                    specs.insert(0, Compared { part: Part::From, spec: id, output: None });
                    notes.push(format!("{}, {note}", mark.map_or("no mark is used", |_| "there is no mark")));
                }
                Err(why) => missing = Some(format!("{}, {why}", no_mark(mark))),
            }
        }
        notes.extend(mark.and_then(taken_over).or_else(|| mark.and_then(another)));
        let has_none = mark.is_some_and(|mark| mark.held.at.is_none() && mark.held.open.is_empty());
        let is_lost = has_none && self.from.is_none();
        notes.extend(lost_mark(self.site, self.ci.filter(|_| is_lost)).map(|(text, hint)| format!("{text}; {hint}")));
        if let Some(why) = missing {
            let to = self.sources.ends(&[], &to)?.to;
            return Ok(Found::Unknown { to, why, notes });
        }
        let ends = self.sources.ends(&specs.iter().map(|one| one.spec.as_str()).collect::<Vec<_>>(), &to)?;
        let from = ends.from.into_iter().zip(&specs).map(|(source, one)| one.at_its_output(source)).collect();
        let parts = specs.into_iter().map(|one| one.part).collect();
        Ok(Found::Known { ends: Ends { from, to: ends.to }, parts, of, notes })
    }

    /// Adds what a mark holds to what is compared; returns why that is not enough to know what is cached.
    fn marked(&mut self, held: &Mark, from: From<'_>, specs: &mut Vec<Compared>) -> Result<Option<String>, Error> {
        if held.open.len() > MOST_OPEN {
            return Ok(Some(format!("{} earlier runs are open beside the mark", grouped(held.open.len()))));
        }
        self.bring_all(held, from);
        let mut missing = None;
        let open = held.open.iter().map(|open| (Part::Open, open, None));
        for (part, moment, name) in held.at.iter().map(|at| (Part::Mark, at, from.name)).chain(open) {
            let from = From { name, ..from };
            if missing.is_none() {
                missing = self.missing(&moment.spec, from)?.map(|why| format!("of the mark {why}"));
            }
            let is_late = || format!("what the mark {} says beside its revision came too late", short(&moment.id));
            if missing.is_none() && !moment.is_read && self.is_annotated(&moment.spec)? {
                missing = Some(is_late());
            }
            let record = moment.record.as_ref();
            let differs = record.filter(|record| !self.site.mapping.lists_no_more_than(&record.mapping));
            // From nothing every file of TO is new, and so is each of its URLs.
            if let Some(record) = differs.filter(|_| self.from != Some(NOTHING)) {
                let since = self.site.mapping.since(&record.mapping);
                let mark = short(&moment.id);
                missing.get_or_insert_with(|| {
                    format!("since the mark {mark} {since}, and which URLs that bears on cannot be told")
                });
            }
            let output = record.and_then(|record| OutputDir::restored(&record.output));
            let output = output.filter(|output| *output != self.site.output);
            specs.push(Compared { part, spec: moment.spec.clone(), output });
        }
        Ok(missing)
    }

    /// True when an object that could not be looked at before says something beside its revision.
    fn is_annotated(&mut self, id: &str) -> Result<bool, Error> {
        let behind = self.sources.repository()?.annotated(id);
        // A source that cannot be looked at even now is named by whoever opens it.
        Ok(behind.is_ok_and(|behind| behind.is_some_and(|behind| behind.text.is_some())))
    }

    /// Returns the revision that was live as the CI system says, with its meaning; or why that does not help.
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

    /// Why a snapshot that was named cannot be found; only for what is a full id, since anything else may be a slip. So is a full id
    /// where there is no repository at all.
    fn missing(&mut self, spec: &str, from: From<'_>) -> Result<Option<String>, Error> {
        if !is_full_id(spec) {
            return Ok(None);
        }
        let _there = self.sources.repository()?;
        Ok(self.bring(spec, from).err())
    }

    /// Fetches what several runs that failed have left open, and the mark, at once. The rest is tried one by one,
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

/// Says that there is no mark, or that it is not used.
fn no_mark(mark: Option<&SiteMark>) -> String {
    let Some(mark) = mark else { return "no mark is used".to_owned() };
    let store = mark.store.shown();
    match &mark.held.beside {
        Some(other) => format!("no mark {store} yet ({} {})", other.store, of_another(mark, other)),
        None => format!("no mark {store} yet"),
    }
}

/// Says whose another mark of the site's name is, in the values that differ.
fn of_another(mark: &SiteMark, other: &Beside) -> String {
    let mine = &mark.store.record().identity;
    let Some(identity) = &other.identity else { return "is of another site".to_owned() };
    let [was, is] = identity.apart(mine).map(|text| shown(text.as_bytes()));
    format!("is {was}, and this site is {is}")
}

/// Says that a mark does not tell whose it is, where that is so.
fn taken_over(mark: &SiteMark) -> Option<String> {
    let says = match mark.held.at.as_ref().map(|at| &at.record) {
        Some(Some(_)) => "for which zone it is",
        Some(None) => "for which destination, base URLs and `output` it is, as one of an earlier version",
        None => "whose it is",
    };
    let store = mark.store.shown();
    mark.held.is_taken_over.then(|| format!("the mark {store} does not say {says}: it is taken for this site's"))
}

/// Says that a mark ends with the clone that a CI system made for this run, where that is so; with what keeps it.
pub(in crate::engine) fn lost_mark(site: &Site, ci: Option<&Ci>) -> Option<(String, String)> {
    let ci = ci.filter(|ci| ci.loses_marks && site.mark == MarkStore::Ref { push: None })?;
    let text = format!("the mark is kept in this clone alone, and the next run of {} has another one", ci.name);
    Some((text, "`push = \"origin\"` under `[site.mark]` keeps it at the remote".to_owned()))
}

fn short(id: &str) -> &str {
    id.get(..10).unwrap_or(id)
}

/// `000…0`, which CI systems say for "there was none".
fn is_zeros(spec: &str) -> bool {
    spec.len() >= 7 && spec.bytes().all(|b| b == b'0')
}

/// Returns a plan's words on its base, from the names of what was compared.
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
