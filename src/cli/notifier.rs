//! Tells a hook what became of a purge, once it is over. A hook that does not hear is a warning, and changes nothing.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use super::error::{Error, Failed};
use super::rim::Rim;
use crate::display::line;
use crate::engine::ExitStatus;
use crate::report::outcome::{self, OutcomeReport, SiteOutcome};
use crate::send::{self, Hook, HookShape, HttpError};

/// The variable that holds the URL where no option does, so that no list of processes shows it.
const VARIABLE: &str = "DIFFPURGE_NOTIFY";

/// A hook's URL as it was typed: shown to nobody.
#[derive(Clone)]
pub struct HookText(String);

impl FromStr for HookText {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<HookText, Infallible> {
        Ok(HookText(text.to_owned()))
    }
}

impl fmt::Debug for HookText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HookText(…)")
    }
}

/// Tells a hook, where there is one.
pub(super) struct Notifier {
    hook: Option<Hook>,
}

impl Notifier {
    /// Makes one of the option or the variable; one that tells nobody for a dry run, or where there is neither.
    pub(super) fn new(rim: Rim<'_, '_>, typed: Option<&HookText>, dry_run: bool) -> Result<Notifier, Error> {
        let (source, text) = match typed {
            Some(HookText(text)) => ("--notify", Some(text.as_str())),
            None => ("$DIFFPURGE_NOTIFY", rim.environment.get(VARIABLE)?),
        };
        let hook = text.filter(|_| !dry_run).map(Hook::parse).transpose();
        Ok(Notifier { hook: hook.map_err(|fault| Error::NoHook(source, fault))? })
    }

    /// Tells it how a run ended.
    pub(super) fn tell(&self, rim: Rim<'_, '_>, sites: Vec<SiteOutcome>, ended: &Result<ExitStatus, Failed>) {
        let Some(hook) = &self.hook else { return };
        let errors = ended.as_ref().err().map_or(&[][..], |failed| &failed.errors);
        let status = match ended {
            Ok(status) => *status,
            Err(_) => errors.last().map_or(ExitStatus::NotPurged, |error| error.row().status),
        };
        let report = OutcomeReport {
            status: word(status, &sites),
            sites,
            errors: errors.iter().map(|error| line(&error.row().text)).collect(),
        };
        if let Err(why) = post(hook, &report) {
            rim.output.aside(|err| writeln!(err, "warning: cannot notify {hook}: {}", line(&why.to_string())));
        }
    }
}

/// Says in one word how a run ended.
fn word(status: ExitStatus, sites: &[SiteOutcome]) -> &'static str {
    match status {
        ExitStatus::Done | ExitStatus::Work if sites.iter().all(SiteOutcome::is_nothing) => "nothing",
        ExitStatus::Done | ExitStatus::Work => "purged",
        ExitStatus::Refused => "refused",
        ExitStatus::NotPurged | ExitStatus::Usage | ExitStatus::Unreadable => "failed",
    }
}

fn post(hook: &Hook, report: &OutcomeReport) -> Result<(), HttpError> {
    let body = match hook.shape() {
        HookShape::Slack => outcome::slack(report),
        HookShape::Discord => outcome::discord(report),
        HookShape::Teams => outcome::teams(report),
        HookShape::Document => outcome::json(report).map_err(|e| HttpError::new(e.to_string()))?,
    };
    let runtime = send::runtime().map_err(|e| HttpError::new(e.to_string()))?;
    runtime.block_on(hook.post(body))
}
