//! One row of the table: how a CI system is recognised, and where it says which revisions.
//!
//! A row is data. The faults that values can have are the same for all systems, and are judged in one place.

use std::io;
use std::path::Path;

use super::event;
use super::id::{Id, full_id};
use crate::config::{Environment, EnvironmentError};
use crate::display::shown;

/// A CI system.
pub(super) struct System {
    /// As people call it.
    pub(super) name: &'static str,
    pub(super) sign: Sign,
    /// The variable that holds the revision that is being deployed.
    pub(super) current: &'static str,
    /// Where it says what was before; none where it does not.
    pub(super) base: Option<Base>,
    /// The lines to add to its pipeline so that the base is in the clone, as the words of a hint.
    pub(super) fetch: &'static str,
    /// As [`super::Ci`] has it.
    pub(super) loses_marks: bool,
}

/// The sign of a system.
pub(super) enum Sign {
    /// This variable has a value.
    Set(&'static str),
    /// This variable has this value.
    Is(&'static str, &'static str),
}

/// The previous revision.
pub(super) struct Base {
    pub(super) source: BaseSource,
    /// Conditions for it to be a base; the first that does not is the reason.
    pub(super) conditions: &'static [Condition],
    /// Its meaning, with an article: "the branch's tip before this push".
    pub(super) means: &'static str,
    /// Which changes are not in a comparison with it.
    pub(super) can_miss: &'static str,
    /// When it is not set or all zeros, as the end of a sentence: "as for …".
    pub(super) absent: &'static str,
    /// When it is the current revision, likewise.
    pub(super) equal: &'static str,
}

/// Where the previous revision stands.
pub(super) enum BaseSource {
    /// In this variable.
    Variable(&'static str),
    /// In this variable, as `previous...current`.
    Range(&'static str),
    /// In `before` of the push event, in the file that `$GITHUB_EVENT_PATH` names.
    PushEvent,
}

/// A condition, and its reason.
pub(super) enum Condition {
    Is { variable: &'static str, value: &'static str, because: &'static str },
    IsNot { variable: &'static str, values: &'static [&'static str], because: &'static str },
    Unset { variable: &'static str, because: &'static str },
}

/// Why there is no previous revision.
pub(super) enum Stop {
    /// In words; the run goes on without a base.
    Unknown(String),
    Environment(EnvironmentError),
}

impl From<EnvironmentError> for Stop {
    fn from(error: EnvironmentError) -> Stop {
        Stop::Environment(error)
    }
}

impl Sign {
    pub(super) fn is_in(&self, environment: &Environment) -> Result<bool, EnvironmentError> {
        match *self {
            Sign::Set(variable) => Ok(environment.has(variable)),
            Sign::Is(variable, value) => Ok(environment.get(variable)? == Some(value)),
        }
    }
}

impl System {
    /// Returns the revision that is being deployed; none when it is no full id, as Buildkite's literal `HEAD`.
    pub(super) fn current(&self, environment: &Environment) -> Result<Option<String>, EnvironmentError> {
        Ok(environment.get(self.current)?.and_then(full_id))
    }

    /// Returns the previous revision, and what it is.
    pub(super) fn previous(
        &self,
        environment: &Environment,
        read: impl FnOnce(&Path) -> io::Result<Vec<u8>>,
        current: Option<&str>,
    ) -> Result<(String, &Base), Stop> {
        let Some(base) = &self.base else {
            return Err(Stop::Unknown(format!("{} does not say which revision was live before", self.name)));
        };
        for condition in base.conditions {
            condition.check(environment)?;
        }
        let (value, called) = base.source.value(environment, read, current)?;
        let why = match Id::parse(value.as_deref()) {
            Id::Full(id) if Some(&*id) == current => {
                format!("{called} is the revision that is being deployed, {}", base.equal)
            }
            Id::Full(id) => return Ok((id, base)),
            Id::Absent => format!("{called} is not set, {}", base.absent),
            Id::Zeros => format!("{called} is all zeros, {}", base.absent),
            Id::Other(text) => format!("{called} is {}, which is not a full id", shown(text.as_bytes())),
        };
        Err(Stop::Unknown(why))
    }
}

impl Condition {
    fn check(&self, environment: &Environment) -> Result<(), Stop> {
        let (variable, holds, because) = match *self {
            Condition::Is { variable, value, because } => {
                (variable, environment.get(variable)? == Some(value), because)
            }
            Condition::IsNot { variable, values, because } => {
                (variable, !environment.get(variable)?.is_some_and(|v| values.contains(&v)), because)
            }
            Condition::Unset { variable, because } => (variable, !environment.has(variable), because),
        };
        if holds {
            return Ok(());
        }
        let is = environment.get(variable)?.map_or_else(|| "not set".to_owned(), |v| shown(v.as_bytes()));
        Err(Stop::Unknown(format!("{variable} is {is}: {because}")))
    }
}

impl BaseSource {
    /// Returns what stands there, and how to call it in a sentence.
    fn value(
        &self,
        environment: &Environment,
        read: impl FnOnce(&Path) -> io::Result<Vec<u8>>,
        current: Option<&str>,
    ) -> Result<(Option<String>, String), Stop> {
        match *self {
            BaseSource::Variable(variable) => Ok((environment.get(variable)?.map(str::to_owned), variable.to_owned())),
            BaseSource::Range(variable) => {
                let Some(range) = environment.get(variable)? else { return Ok((None, variable.to_owned())) };
                let wrong =
                    |what: &str| Stop::Unknown(format!("{variable} is {}, which {what}", shown(range.as_bytes())));
                let (start, end) = range.split_once("...").ok_or_else(|| wrong("is not a range of two ids"))?;
                let end = full_id(end).ok_or_else(|| wrong("is not a range of two ids"))?;
                if Some(&*end) != current {
                    return Err(wrong("does not end at the revision that is being deployed"));
                }
                Ok((Some(start.to_owned()), format!("the start of {variable}")))
            }
            BaseSource::PushEvent => {
                let path = environment.get(event::PATH)?;
                let path = path.ok_or_else(|| Stop::Unknown(format!("{} is not set", event::PATH)))?;
                let before = event::before(Path::new(path), read).map_err(Stop::Unknown)?;
                Ok((Some(before), "`before` in the push event".to_owned()))
            }
        }
    }
}
