//! Everything that was found out about a repository, put together.

use super::address::{self, Address};
use super::build::{self, Build};
use super::deploy::{self, Deploy};
use super::error::SetupError;
use super::host::{self, Host};
use super::job::System;
use super::pipeline::Pipeline;
use super::place::{Located, Place};
use super::project::{self, Project};
use super::search::Search;
use super::sight::Sight;
use super::workflow;
use crate::config::{Config, OneSite};
use crate::display::shown;

/// Everything that was found out about a repository.
pub(super) struct Findings {
    pub(super) project: Option<Project>,
    pub(super) located: Located,
    pub(super) host: Host,
    pub(super) systems: Vec<&'static System>,
    pub(super) deploys: Vec<Deploy>,
    pub(super) pipelines: Vec<Pipeline>,
    pub(super) build: Option<Build>,
}

pub(super) fn find(sight: &Sight<'_>, output: Option<&str>) -> Result<Findings, SetupError> {
    let project = project::find(sight.source, &sight.here)?;
    let at = project.as_ref().map_or("", |project| &project.at);
    let mut deploys = deploy::of_hosts(sight.source, &["", &sight.here, at])?;
    let told = workflow::read(sight.source, &workflow::files(sight.source)?)?;
    deploys.extend(told.deploys);
    let search = Search { sight, project: project.as_ref(), deploys: &deploys };
    let located = search.find(output)?;
    let host = host::find(sight, project.as_ref(), &located.place, &deploys)?;
    let systems = System::of(sight.source)?;
    let build = project.as_ref().map(|project| build::find(sight.source, project, &told.lines)).transpose()?;
    Ok(Findings { project, located, host, systems, deploys, pipelines: told.pipelines, build })
}

impl Findings {
    /// Returns the base URLs, and why they are taken for the site's where nobody typed them.
    pub(super) fn addresses(
        &self,
        sight: &Sight<'_>,
        typed: &[String],
    ) -> Result<(Vec<String>, Option<String>), SetupError> {
        if !typed.is_empty() {
            return Ok((typed.to_vec(), None));
        }
        let (project, place) = (self.project.as_ref(), &self.located.place);
        let is_github = matches!(&self.host, Host::Known { word, .. } if *word == "github-pages");
        let search = address::Search { sight, project, deploys: &self.deploys, place, is_github };
        let Address { url, because } = search.find()?.map_err(SetupError::NoAddress)?;
        let urls = vec![url];
        match Config::one_site(OneSite { base_urls: &urls, output: None, zone_id: None }) {
            Ok(_) => Ok((urls, Some(format!("{because}.")))),
            Err(_) => Err(SetupError::NoAddress(vec![format!(
                "{because} {}, which is no address",
                shown(urls[0].as_bytes())
            )])),
        }
    }

    /// Returns the directory that is typed as TO: relative to where somebody is.
    pub(super) fn typed_directory(&self, sight: &Sight<'_>) -> Option<String> {
        let Place::Built { directory, .. } = &self.located.place else { return None };
        Some(way(&sight.here, directory))
    }
}

/// Returns the path that leads from one directory to another, both from the repository's top; `.` where they are the same.
pub(super) fn way(here: &str, there: &str) -> String {
    let parts = |path: &str| path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let (here, there) = (parts(here), parts(there));
    let shared = here.iter().zip(&there).take_while(|(one, two)| one == two).count();
    let up = here[shared..].iter().map(|_| "..".to_owned());
    let way = up.chain(there[shared..].iter().cloned()).collect::<Vec<_>>().join("/");
    if way.is_empty() { ".".to_owned() } else { way }
}
