//! `kind = "github"`: which of GitHub's events mean that a deploy is done.

use super::names::names;
use crate::config::checked::checked_all;
use crate::config::fault::Fault;
use crate::config::raw_serve::RawHook;
use crate::config::word::one_of;

/// The keys of this kind.
pub(super) const KEYS: &[&str] = &["events", "environments", "branches", "workflows"];

/// The settings of a hook of GitHub's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GithubHook {
    /// The events that are reacted to.
    pub events: Vec<GithubEvent>,
    /// The environments whose deployments count; all when there are none.
    pub environments: Vec<String>,
    /// The branches whose pushes and workflows count; the repository's default branch when there are none.
    pub branches: Vec<String>,
    /// The workflows that count, by name or by file; all when there are none.
    pub workflows: Vec<String>,
}

/// An event of GitHub's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are called as GitHub calls them")]
pub enum GithubEvent {
    DeploymentStatus,
    PageBuild,
    WorkflowRun,
    Push,
}

/// The events by the names that GitHub gives them in `X-GitHub-Event`.
const EVENTS: [(&str, GithubEvent); 4] = [
    ("deployment_status", GithubEvent::DeploymentStatus),
    ("page_build", GithubEvent::PageBuild),
    ("workflow_run", GithubEvent::WorkflowRun),
    ("push", GithubEvent::Push),
];

impl GithubHook {
    pub(super) fn checked(raw: &RawHook) -> Result<GithubHook, Fault> {
        let events = match &raw.events {
            None => vec![GithubEvent::DeploymentStatus, GithubEvent::PageBuild],
            Some(events) if events.get_ref().is_empty() => {
                let hint = "name one, like `events = [\"deployment_status\"]`, or leave it out";
                return Err(Fault::new("`events` is empty", hint).at(events.span()));
            }
            Some(events) => checked_all(events.get_ref(), |text| one_of("events", &EVENTS, text))?,
        };
        let (environments, branches) = (names(raw.environments.as_ref())?, names(raw.branches.as_ref())?);
        Ok(GithubHook { events, environments, branches, workflows: names(raw.workflows.as_ref())? })
    }

    pub(super) fn takes_pushes(&self) -> bool {
        self.events.contains(&GithubEvent::Push)
    }
}

impl GithubEvent {
    /// Returns the event that GitHub calls so, where it can mean a deploy.
    #[must_use]
    pub fn named(name: &str) -> Option<GithubEvent> {
        EVENTS.iter().find(|(word, _)| *word == name).map(|(_, event)| *event)
    }
}
