//! `kind = "gitlab"`: which of GitLab's events mean that a deploy is done.

use super::names::names;
use crate::config::checked::checked_all;
use crate::config::fault::Fault;
use crate::config::raw_serve::RawHook;
use crate::config::word::one_of;

/// The keys of this kind.
pub(super) const KEYS: &[&str] = &["events", "environments", "branches"];

/// The settings of a hook of GitLab's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitlabHook {
    /// The events that are reacted to.
    pub events: Vec<GitlabEvent>,
    /// The environments whose deployments count; all when there are none.
    pub environments: Vec<String>,
    /// The branches whose pipelines count; the project's default branch when there are none.
    pub branches: Vec<String>,
}

/// An event of GitLab's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are called as GitLab calls them")]
pub enum GitlabEvent {
    Deployment,
    Pipeline,
}

/// The events by the names that GitLab gives them in `object_kind`.
const EVENTS: [(&str, GitlabEvent); 2] = [("deployment", GitlabEvent::Deployment), ("pipeline", GitlabEvent::Pipeline)];

impl GitlabHook {
    pub(super) fn checked(raw: &RawHook) -> Result<GitlabHook, Fault> {
        let events = match &raw.events {
            None => vec![GitlabEvent::Deployment],
            Some(events) if events.get_ref().is_empty() => {
                let hint = "name one, like `events = [\"deployment\"]`, or leave it out";
                return Err(Fault::new("`events` is empty", hint).at(events.span()));
            }
            Some(events) => checked_all(events.get_ref(), |text| one_of("events", &EVENTS, text))?,
        };
        let (environments, branches) = (names(raw.environments.as_ref())?, names(raw.branches.as_ref())?);
        Ok(GitlabHook { events, environments, branches })
    }
}

impl GitlabEvent {
    /// Returns the event that GitLab calls so, where it can mean a deploy.
    #[must_use]
    pub fn named(name: &str) -> Option<GitlabEvent> {
        EVENTS.iter().find(|(word, _)| *word == name).map(|(_, event)| *event)
    }
}
