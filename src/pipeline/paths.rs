//! `--paths`: a plan from a list of changed paths, without any snapshot.
//!
//! What a list does not say is taken at its widest: rules are for every kind of change, and a file that bears on others purges
//! all that lies there, since there is no list of files.

use std::io::Read as _;
use std::path::Path;

use crate::changes::{Named, named};
use crate::config::Site;
use crate::display::grouped;
use crate::error::Error;
use crate::mapping;
use crate::plan::{Basis, Neighbour, Plan, Setting};
use crate::provider::Provider;

/// A list that was read, once for all sites.
pub(super) struct List {
    source: String,
    named: Named,
}

impl List {
    /// Reads the list in a file, or from standard input where it is called `-`.
    pub(super) fn read(path: &Path, nul: bool) -> Result<List, Error> {
        let unreadable = |source| Error::PathsUnreadable { path: path.to_owned(), source };
        let mut list = Vec::new();
        if path == Path::new("-") {
            std::io::stdin().read_to_end(&mut list).map_err(unreadable)?;
        } else {
            list = std::fs::read(path).map_err(unreadable)?;
        }
        let named = named(&list, nul).map_err(|source| Error::Paths { path: path.to_owned(), source })?;
        Ok(List { source: path.display().to_string(), named })
    }

    /// One site's plan.
    pub(super) fn plan(&self, site: &Site, provider: &Provider, neighbours: &[Neighbour<'_>]) -> Plan {
        let changes = self.named.changes.clone();
        let mut mapping = mapping::map(&mapping::judge_names(&changes, site), &[], site);
        if self.named.directories > 0 {
            let directories = match self.named.directories {
                1 => "1 directory".to_owned(),
                n => format!("{} directories", grouped(n)),
            };
            mapping
                .notes
                .insert(0, format!("{directories} in the list passed over: the files in them are listed themselves"));
        }
        if site.threshold.percent.is_some() {
            mapping
                .notes
                .push("`percent` is not judged: a list of paths does not tell how many URLs the site has".to_owned());
        }
        let basis = Basis::Paths { source: self.source.clone(), count: changes.paths.len() };
        let setting = Setting { capabilities: provider.capabilities(), inventory: None, neighbours };
        Plan::new(site, basis, changes, mapping, &setting)
    }
}
