//! From the configuration to the plans of its sites: which snapshots are compared, what differs, what that means.
//!
//! Everything before anything is shown or sent. A site that cannot be planned does not stop the others; what is wrong with
//! the run as a whole does.

use std::collections::VecDeque;

use super::comparison::Comparison;
use super::events::Told;
use super::layers::{Layered, Made, Unmade, plans};
use super::marks::{self, Access, SiteMark};
use super::paths::List;
use super::{Output, Sites, configuration};
use crate::ci::Ci;
use crate::cli::{Global, Subject};
use crate::config::{Config, Environment, Site};
use crate::error::Error;
use crate::snapshot::{Range, Source, Sources};

/// What a run does with its marks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Purpose {
    pub(super) access: Access,
    /// TO may be older than a mark, which then goes back to it.
    pub(super) rollback: bool,
}

/// Everything up to the plan, for each site.
pub(super) fn plan_all(
    global: &Global,
    subject: &Subject,
    purpose: Purpose,
    environment: &Environment,
    output: &mut Output<'_>,
) -> Result<Sites, Error> {
    let config = configuration(global, &subject.described, output)?;
    let all = config.sites.clone();
    let config = config.select(&global.site)?;
    let mut basis = Compared::of(global, subject, purpose, (&all, &config), environment)?;
    let mut unused = 0;
    if let Compared::Events(told) = &basis {
        let in_github = environment.get("GITHUB_ACTIONS")? == Some("true");
        told.say(&config, (global.quiet, in_github), output)?;
        unused = told.unused();
    }
    let mut marks = basis.marks(global, &config, subject.no_mark, purpose.access, output);
    let sites = plans(&all, config, environment, |layers| {
        let mut mark = marks.pop_front().flatten().transpose().map_err(Unmade::from)?;
        let mut ends = None;
        let mut plan = |layer: &Layered<'_>| match &mut basis {
            Compared::Paths(list) => Ok(list.plan(layer.site, layer.provider, layer.neighbours)),
            Compared::Events(told) => told.plan(layer.site, layer.provider, layer.neighbours),
            Compared::Snapshots(compared) => {
                let (plan, compared) = compared.plan(global, layer, mark.as_mut(), output)?;
                ends = Some(compared);
                Ok(plan)
            }
        };
        match layers.iter().map(&mut plan).collect::<Result<Vec<_>, Error>>() {
            Ok(plans) => Ok(Made { plans, ends, mark }),
            Err(error) => Err(Unmade { error: Box::new(error), mark: mark.map(Box::new) }),
        }
    })?;
    Ok(Sites { unused, ..sites })
}

/// What the plans of a run are made from.
enum Compared {
    Snapshots(Box<Comparison>),
    Paths(List),
    Events(Told),
}

impl Compared {
    /// Reads what was named, once for all sites.
    fn of(
        global: &Global,
        subject: &Subject,
        purpose: Purpose,
        (all, config): (&[Site], &Config),
        environment: &Environment,
    ) -> Result<Compared, Error> {
        if let Some(file) = &subject.events {
            return Ok(Compared::Events(Told::read(file, all)?));
        }
        if let Some(list) = &subject.paths {
            one_web_root(config, "a list of paths")?;
            return Ok(Compared::Paths(List::read(list, subject.nul)?));
        }
        let range = Range::parse(subject.from.as_deref(), subject.to.as_deref())?;
        for spec in range.from.iter().chain([&range.to]).filter(|spec| Source::names_a_web_root(spec)) {
            one_web_root(config, spec)?;
        }
        let ci = Ci::find(environment, |path| std::fs::read(path))?;
        let mut sources = Sources::new(global.directory.as_deref());
        let cache = config.sites.iter().find_map(|site| site.mark.cache());
        // A dry run writes nothing.
        if let Some(cache) = cache.filter(|_| purpose.access != Access::Read) {
            sources.remember(cache);
        }
        let rollback = purpose.rollback || range.is_whole;
        Ok(Compared::Snapshots(Box::new(Comparison { range, ci, sources, rollback, has_said: false })))
    }

    /// The marks of all sites, in their order; none for those that go without.
    fn marks(
        &mut self,
        global: &Global,
        config: &Config,
        none: bool,
        access: Access,
        output: &mut Output<'_>,
    ) -> VecDeque<Option<Result<SiteMark, Error>>> {
        let Compared::Snapshots(compared) = self else { return VecDeque::new() };
        let (from, to) = (compared.range.from.is_some(), &compared.range.to);
        let is_used = |site: &&Site| !none && marks::holds(site, to);
        let used: Vec<&Site> = config.sites.iter().filter(is_used).collect();
        let mut opened = marks::open(global, &used, &mut compared.sources, access, output).into_iter();
        // With a FROM, a mark that cannot hold TO is left alone.
        let none_holds = !none && !from;
        let mark_of = |site: &Site| {
            if is_used(&site) { opened.next() } else { none_holds.then(|| Err(marks::holds_no(site, to).into())) }
        };
        config.sites.iter().map(mark_of).collect()
    }
}

/// Checks that what is one web root is compared for sites that have one and the same.
pub(super) fn one_web_root(config: &Config, what: &str) -> Result<(), Error> {
    let mut sites = config.sites.iter();
    let Some(first) = sites.next() else { return Ok(()) };
    match sites.find(|site| site.output != first.output) {
        None => Ok(()),
        Some(other) => {
            Err(Error::OneWebRoot { what: what.to_owned(), one: first.name.to_string(), other: other.name.to_string() })
        }
    }
}
