//! `[[serve.hook]]`: a path at which deliveries come in, how they are known to be genuine, and where the output that they speak of is.

use std::path::Path;
use std::time::Duration;

use super::hook_output::HookOutput;
use super::kind::HookKind;
use super::secret::secret;
use crate::config::checked::{checked, number};
use crate::config::fault::{Fault, value};
use crate::config::origin::duration;
use crate::config::raw_serve::RawHook;
use crate::config::spanned::Spanned;
use crate::config::word::one_of;
use crate::config::{MarkStore, Site, SiteName, TokenSource};
use crate::display::shown;

/// A hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// Where its deliveries come in, from `/`.
    pub path: String,
    /// Its kind.
    pub kind: HookKind,
    /// The site that is purged.
    pub site: SiteName,
    /// Where its secret is found.
    pub secret: TokenSource,
    /// Where the changes are found.
    pub output: HookOutput,
    /// What the sender is answered.
    pub answer: Answer,
    /// Bytes of a body that are read.
    pub largest: usize,
    /// Deliveries that are taken within a minute.
    pub rate: u32,
}

/// What the sender is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// 202, once the delivery is kept.
    Accept,
    /// The outcome, where it comes within this time.
    Wait(Duration),
}

/// Bytes of a body by default.
const LARGEST: usize = 1 << 20;

/// MiB of a body at most: GitHub sends no more (<https://docs.github.com/en/webhooks/webhook-events-and-payloads>).
const MOST_MIB: usize = 25;

/// Deliveries within a minute by default. A busy platform sends a few for each deploy.
const RATE: u32 = 600;

/// How long an outcome is waited for by default: under the 30 seconds after which most senders give up.
const WITHIN: Duration = Duration::from_secs(25);

/// The longest that an outcome is waited for.
const LONGEST: Duration = Duration::from_secs(15 * 60);

impl Hook {
    pub(super) fn checked(raw: &RawHook, sites: &[Site]) -> Result<Hook, Fault> {
        let kind = HookKind::checked(raw)?;
        let site = sites.iter().find(|site| site.name.as_str() == raw.site.get_ref());
        let site = site.ok_or_else(|| {
            let known: Vec<&str> = sites.iter().map(|site| site.name.as_str()).collect();
            let message = format!("no site is called {}", shown(raw.site.get_ref().as_bytes()));
            Fault::new(message, format!("the file has: {}", known.join(", "))).at(raw.site.span())
        })?;
        if kind.can_be_early() && site.origin.origin.is_none() && site.origin.settle.is_zero() {
            let message = "a push comes before its deploy, and the site waits for nothing";
            let hint = "let it wait in [site.origin], or take `events = [\"deployment_status\"]`";
            return Err(Fault::new(message, hint).at(raw.events.as_ref().map_or(raw.kind.span(), Spanned::span)));
        }
        let output = HookOutput::checked(raw, &kind, site)?;
        let largest = number("largest", "a number of MiB", raw.largest.as_ref(), MOST_MIB, 1)?;
        let rate = number("rate", "a number of deliveries a minute", raw.rate.as_ref(), 1_000_000, 600)?;
        Ok(Hook {
            path: checked(&raw.path, path)?,
            kind,
            site: site.name.clone(),
            secret: secret((&raw.secret_env, &raw.secret_file), "hook", raw.path.span())?,
            output,
            answer: answer(raw)?,
            largest: largest.map_or(LARGEST, |mib| mib << 20),
            rate: rate.and_then(|rate| u32::try_from(rate).ok()).unwrap_or(RATE),
        })
    }

    /// True where the mark of its site is in a clone that only one process has.
    pub(super) fn marks_alone(&self, sites: &[Site]) -> bool {
        let own = |site: &&Site| site.name == self.site && matches!(site.mark, MarkStore::Ref { push: None });
        matches!(self.output, HookOutput::Repository { .. }) && sites.iter().any(|site| own(&site))
    }

    /// Makes relative paths count from this directory, which is the configuration file's.
    pub(super) fn relative_to(&mut self, directory: &Path) {
        self.kind.relative_to(directory);
        self.secret.relative_to(directory);
        self.output.relative_to(directory);
    }
}

fn answer(raw: &RawHook) -> Result<Answer, Fault> {
    let waits = |text: &str| one_of("answer", &[("accept", false), ("wait", true)], text);
    match (raw.answer.as_ref().map_or(Ok(false), |text| checked(text, waits))?, &raw.within) {
        (false, None) => Ok(Answer::Accept),
        (true, None) => Ok(Answer::Wait(WITHIN)),
        (true, Some(within)) => {
            let within = checked(within, |text| {
                let time = duration(text)?;
                let fits = !time.is_zero() && time <= LONGEST;
                let fault = || Fault::new(format!("{text} is no time for a sender"), "write 1s to 15m, like `25s`");
                fits.then_some(time).ok_or_else(fault)
            })?;
            Ok(Answer::Wait(within))
        }
        (false, Some(within)) => {
            let hint = "leave it out, or write `answer = \"wait\"`";
            Err(Fault::new("`within` is for an answer that is waited for", hint).at(within.span()))
        }
    }
}

/// Checks the path of a URL: from `/`, nothing that a client or a proxy would write in another way.
fn path(text: &str) -> Result<String, Fault> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
    let fault = |hint: &str| Err(Fault::new(format!("{} is no path of a hook", value(text)), hint));
    if !text.starts_with('/') || text.len() > 200 || !text.bytes().all(fits) {
        return fault("write letters, digits, `-`, `.`, `_`, `~` and `/`, like `path = \"/hooks/www\"`");
    }
    if text.split('/').skip(1).any(|part| matches!(part, "" | "." | "..")) {
        return fault("leave out empty, `.` and `..` segments, like `path = \"/hooks/www\"`");
    }
    if OWN.iter().any(|own| text == *own || text.starts_with(&format!("{own}/"))) {
        return fault("diffpurge answers there itself; write another, like `path = \"/hooks/www\"`");
    }
    Ok(text.to_owned())
}

/// The paths at which the receiver answers itself.
const OWN: [&str; 7] = ["/runs", "/sites", "/login", "/logout", "/healthz", "/readyz", "/metrics"];
