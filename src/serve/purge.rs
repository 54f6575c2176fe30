//! One run of the engine for deliveries that were accepted, and the report of it.
//!
//! The engine blocks, so this is for a thread of its own. The newest delivery says what is live; paths and events of all are taken
//! together, since none of them speaks for another.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use serde_json::{Value, json};
use tokio::sync::watch;

use super::drawn::drawn;
use super::listing::{Listing, ListingError};
use super::live::{Live, before};
use super::store::Drawn;
use crate::changes::{self, Named};
use crate::config::{Config, Environment, Hook, HookOutput, Reaction, Revision, Site};
use crate::display::{hex, line};
use crate::engine::{self, Asked, Delivery, Ground, MarkUse, Planning, ProofOptions, Scribe, SiteRun, Subject, These};
use crate::events;
use crate::hook::{Deploy, nul_separated};
use crate::report;
use crate::report::outcome::{self, OutcomeReport, SiteOutcome};
use crate::send::{DEADLINE, Stop};
use crate::snapshot::{KeptClone, KeptCloneError, Range, Repository};

/// A purge that is to be made.
pub(super) struct Purge {
    pub(super) config: Arc<Config>,
    pub(super) environment: Environment,
    pub(super) hook: Hook,
    /// The deploys that it is for, the oldest first.
    pub(super) deploys: Vec<Deploy>,
    /// There were more of them than can be read.
    pub(super) is_cut: bool,
    /// Where clones are kept.
    pub(super) clones: PathBuf,
    /// Turns true when the sending is to end.
    pub(super) stop: watch::Receiver<bool>,
    /// What became of it is drawn as a page, too.
    pub(super) is_drawn: bool,
}

/// What became of a purge.
pub(super) struct Purged {
    /// The report, as `--notify` posts it.
    pub(super) report: Value,
    /// All was purged.
    pub(super) is_complete: bool,
    /// In one line, for the log.
    pub(super) told: String,
    /// Records of the deliveries that could not be used.
    pub(super) unused: usize,
    /// The report as a page, where one was asked for.
    pub(super) drawn: Option<Drawn>,
}

/// What is made: a plan that is looked at, or a purge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Aim {
    Plan,
    Purge,
}

/// A run, and what else went wrong.
type Made = (engine::Run, Vec<String>);

/// The source of a plan.
struct Source {
    subject: Subject,
    /// Where the repository is.
    directory: Option<PathBuf>,
    /// Why it is not up to what the newest delivery names.
    lacks: Option<KeptCloneError>,
}

impl From<Subject> for Source {
    fn from(subject: Subject) -> Source {
        Source { subject, directory: None, lacks: None }
    }
}

/// Why there is nothing to plan.
#[derive(Debug, thiserror::Error)]
enum Unplannable {
    #[error(transparent)]
    Engine(#[from] engine::Error),
    #[error("the site {0} is no longer in the configuration")]
    NoSite(String),
    #[error("the clone of the repository is not up to date: {0}")]
    Clone(#[from] KeptCloneError),
    #[error("the files of the deploy are not known: {0}")]
    Listing(#[from] ListingError),
    #[error("the paths of the delivery cannot be used: {0}")]
    Paths(#[from] changes::NamedError),
    #[error("the delivery says nothing of what changed")]
    NothingSaid,
}

impl Purge {
    /// Makes it.
    pub(super) fn run(&self) -> Purged {
        let scribe = Scribe::default();
        let made = self.make(&scribe, Aim::Purge);
        let drawn = if self.is_drawn { self.page(&made) } else { None };
        let mut purged = match made {
            Ok((run, failed)) => over(run, failed),
            Err(error) => {
                told(&OutcomeReport { status: "failed", sites: Vec::new(), errors: vec![line(&error.to_string())] })
            }
        };
        purged.drawn = drawn;
        let mut said = scribe.said();
        if self.is_cut && self.hook.output == HookOutput::Event {
            said.push("the deliveries name more than one run reads: the site's hosts are purged".to_owned());
        }
        if purged.unused > 0 {
            purged.report["unused"] = json!(purged.unused);
            let unused = crate::display::counted(purged.unused, "record");
            purged.told = format!("{}; {unused} could not be used: {}", purged.told, line(&said.join("; ")));
        }
        if !said.is_empty() {
            purged.report["warnings"] = json!(said);
        }
        purged
    }

    /// Plans what it would send, and draws that. Nothing is sent, and the mark stays.
    pub(super) fn plan(&self) -> Option<Drawn> {
        self.page(&self.make(&Scribe::default(), Aim::Plan))
    }

    /// Draws what was planned or purged, or why that could not be.
    fn page(&self, made: &Result<Made, Unplannable>) -> Option<Drawn> {
        drawn(|out| match made {
            Ok((run, _)) => {
                let reports: Vec<_> = run.sites.iter().map(SiteRun::report).collect();
                report::plan::html(out, &reports, &run.without_plan())
            }
            Err(error) => report::plan::html(out, &[], &[(self.hook.site.to_string(), error.to_string())]),
        })
    }

    fn make(&self, scribe: &Scribe, aim: Aim) -> Result<Made, Unplannable> {
        let site = self.config.sites.iter().find(|site| site.name == self.hook.site);
        let site = site.ok_or_else(|| Unplannable::NoSite(self.hook.site.to_string()))?;
        let chosen = Config { sites: vec![site.clone()], serve: None };
        let Source { subject, directory, lacks } = self.source(site, aim)?;
        let marks = self.marks(aim);
        let ground = Ground {
            all: &self.config.sites,
            chosen: &chosen,
            named: &[],
            command: "serve",
            is_described: false,
            directory: directory.as_deref(),
            is_trusted: false,
            environment: &self.environment,
            listener: scribe,
            clock: SystemTime::now,
        };
        let mut run = engine::plan(&ground, Planning { subject, marks })?;
        let lacks = match lacks {
            // What was purged already is newer.
            Some(why) if run.goes_back() => return Err(why.into()),
            lacks => lacks.map(|why| format!("{why}; the deploy before it is purged")),
        };
        if self.is_drawn {
            // A page without the drawing is better than none.
            run.sites.iter_mut().for_each(|one| drop(one.draw()));
        }
        if aim == Aim::Plan {
            run.refuse();
            return Ok((run, Vec::from_iter(lacks)));
        }
        let stop = Stop::Word(self.stop.clone());
        let delivery = Delivery { retry_for: DEADLINE, stop, proof: ProofOptions::default() };
        let failed = engine::deliver(&ground, &mut run, &delivery).err();
        Ok((run, failed.map(|error| error.to_string()).into_iter().chain(lacks).collect()))
    }

    /// Returns what is done with the mark.
    fn marks(&self, aim: Aim) -> MarkUse {
        match (&self.hook.output, aim) {
            (HookOutput::Event | HookOutput::Reaction(_), _) => MarkUse::None,
            (_, Aim::Plan) => MarkUse::Read,
            (_, Aim::Purge) => MarkUse::Write { wait: true },
        }
    }

    /// Returns the source of the plan.
    fn source(&self, site: &Site, aim: Aim) -> Result<Source, Unplannable> {
        let up_to = |range| Subject::Revisions { range, rollback: false, allow_empty: false };
        let web_root = |to| Source::from(up_to(Range { from: None, to: Some(to), is_whole: false }));
        match &self.hook.output {
            HookOutput::Repository { at, revision } => {
                let clone = KeptClone::open(&self.clones.join(directory_of(at)), at)?;
                // A plan has a ref of its own, so that no run fails because one is being made. No site's name begins with `+`.
                let seen = match aim {
                    Aim::Purge => site.name.to_string(),
                    Aim::Plan => format!("+plan+{}", site.name),
                };
                let deploys = if *revision == Revision::Event { &self.deploys[..] } else { &[] };
                let Live { id, lacks } = Live::bring(&clone, deploys, site.branch.as_ref(), &seen)?;
                let range = Range { from: self.from(site, &clone)?, to: Some(id), is_whole: false };
                Ok(Source { directory: Some(clone.directory().to_owned()), lacks, ..Source::from(up_to(range)) })
            }
            HookOutput::Dir(dir) => Ok(web_root(format!("dir:{}", dir.display()))),
            HookOutput::Listed(token) => {
                let deploy = self.deploys.last().and_then(|deploy| deploy.deploy.as_deref());
                // A site has one run at a time.
                let file = self.clones.join(format!("{}.manifest", site.name));
                let listing = Listing { environment: &self.environment, token };
                listing.save(deploy.ok_or(Unplannable::NothingSaid)?, &file)?;
                Ok(web_root(format!("manifest:{}", file.display())))
            }
            HookOutput::Event if !self.is_cut => Ok(self.told()?.into()),
            HookOutput::Reaction(Reaction::Everything) => Ok(Subject::Asked(Asked::Everything).into()),
            // Nobody knows any more what all of them named.
            HookOutput::Event | HookOutput::Reaction(Reaction::Site) => {
                let hosts = site.hosts().into_iter().map(str::to_owned).collect();
                Ok(Subject::Asked(Asked::These(Box::new(These { hosts, ..These::default() }))).into())
            }
        }
    }

    /// Returns the FROM of a sender's, which counts where nothing was purged yet: the mark knows better.
    fn from(&self, site: &Site, clone: &KeptClone) -> Result<Option<String>, Unplannable> {
        let repository = Repository::open(Some(clone.directory())).map_err(engine::Error::from)?;
        let is_marked = repository.id_of(&crate::mark::ref_of(&site.name)).is_ok();
        Ok(before(&self.deploys).filter(|_| !is_marked).map(|id| id.as_str().to_owned()))
    }

    /// Takes what all deliveries say together.
    fn told(&self) -> Result<Subject, Unplannable> {
        let source = format!("the deliveries to {}", self.hook.path);
        let documents: Vec<Value> = self.deploys.iter().filter_map(|deploy| deploy.events.clone()).collect();
        if !documents.is_empty() {
            let notifications = events::unwrapped(&Value::Array(documents));
            return Ok(Subject::Events { source, notifications });
        }
        let lists: Vec<&Vec<String>> = self.deploys.iter().filter_map(|deploy| deploy.paths.as_ref()).collect();
        if lists.is_empty() {
            return Err(Unplannable::NothingSaid);
        }
        // Each was judged for itself at the door, and together they could look like a list of another kind.
        let lists = lists.into_iter().map(|paths| changes::named(&nul_separated(paths), true));
        let named = Named::of_all(lists.collect::<Result<_, _>>()?);
        Ok(Subject::Paths { source, named: Box::new(named) })
    }
}

/// Returns the name of a clone's directory: of one repository always the same, and of two never.
pub(super) fn directory_of(at: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, at.as_bytes());
    let hex = hex(&digest.as_ref()[..12]);
    let name = Path::new(at).file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(40).collect();
    format!("{name}-{hex}.git")
}

fn over(mut run: engine::Run, failed: Vec<String>) -> Purged {
    // To try again makes none of them usable: the warnings tell which they are, and what there is to do.
    let unused = std::mem::take(&mut run.unused);
    let sites: Vec<SiteOutcome> = run.sites.iter().map(|one| SiteOutcome::of(&SiteRun::report(one))).collect();
    let is_complete = failed.is_empty() && run.unplanned.is_empty() && run.is_complete();
    let is_nothing = sites.iter().all(SiteOutcome::is_nothing);
    let requests: usize = run.sites.iter().map(|one| one.receipts.as_ref().map_or(0, Vec::len)).sum();
    let errors = run.into_errors().into_iter().map(|error| error.to_string()).chain(failed);
    let errors: Vec<String> = errors.map(|error| line(&error)).collect();
    // A mark that did not move is an error though all was accepted: the next run would compare with what is gone.
    let is_complete = is_complete && errors.is_empty();
    let status = match (is_complete, is_nothing) {
        (false, _) => "failed",
        (true, true) => "nothing",
        (true, false) => "purged",
    };
    let mut purged = told(&OutcomeReport { status, sites, errors });
    purged.report["requests"] = json!(requests);
    purged.unused = unused;
    purged
}

fn told(report: &OutcomeReport) -> Purged {
    let is_complete = matches!(report.status, "purged" | "nothing");
    let document = outcome::json(report).and_then(|text| serde_json::from_slice(&text));
    let report = document.unwrap_or_else(|error| json!({ "status": report.status, "errors": [error.to_string()] }));
    let told = report["text"].as_str().unwrap_or_default().replace('\n', "; ");
    Purged { report, is_complete, told, unused: 0, drawn: None }
}
