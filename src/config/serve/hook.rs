//! `[[serve.hook]]`: a path at which deliveries come in, how they are known to be genuine, and where the output that they speak of is.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::kind::HookKind;
use super::secret::secret;
use crate::config::checked::{checked, number};
use crate::config::fault::{Fault, value};
use crate::config::origin::duration;
use crate::config::raw_serve::RawHook;
use crate::config::spanned::Spanned;
use crate::config::token_source::{TokenKeys, named_source};
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

/// Where the changes are found that a delivery speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookOutput {
    /// In a git repository, of which a clone is kept.
    Repository {
        /// Its path or URL, as git takes it.
        at: String,
        /// Which revision is live.
        revision: Revision,
    },
    /// In a directory on disk.
    Dir(PathBuf),
    /// At Netlify, whose API lists the files of a deploy with their digests, for whoever has this token.
    Listed(TokenSource),
    /// In the delivery itself.
    Event,
    /// Nowhere: this is purged each time.
    Reaction(Reaction),
}

/// The revision that is live after a deploy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revision {
    /// The one that the delivery names; of one that names none, the branch's.
    Event,
    /// The site's branch as it is then.
    Branch,
}

/// The things that are purged where nobody knows what changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaction {
    /// The site's hosts.
    Site,
    /// Everything that its cache holds.
    Everything,
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
        let output = output(raw, &kind, site)?;
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
        match &mut self.output {
            HookOutput::Dir(dir) => *dir = directory.join(&*dir),
            HookOutput::Listed(token) => token.relative_to(directory),
            HookOutput::Repository { at, .. } if is_relative(at) => {
                *at = directory.join(&*at).to_string_lossy().into_owned();
            }
            HookOutput::Repository { .. } | HookOutput::Event | HookOutput::Reaction(_) => {}
        }
    }
}

/// Returns where the changes are found, of the keys of which exactly one is typed.
fn output(raw: &RawHook, kind: &HookKind, site: &Site) -> Result<HookOutput, Fault> {
    let keys = [
        ("repository", &raw.repository),
        ("dir", &raw.dir),
        ("files_token_env", &raw.files_token_env),
        ("files_token_file", &raw.files_token_file),
        ("changes", &raw.changes),
        ("reaction", &raw.reaction),
    ];
    let typed: Vec<(&str, std::ops::Range<usize>)> =
        keys.into_iter().filter_map(|(key, text)| Some((key, text.as_ref()?.span()))).collect();
    if let [(first, _), (second, span), ..] = &typed[..] {
        let message = format!("`{first}` and `{second}` both say where the changes are found");
        return Err(Fault::new(message, "keep one of them").at(span.clone()));
    }
    if let (Some(revision), None) = (&raw.revision, &raw.repository) {
        return Err(Fault::new("`revision` is for a `repository`", "leave it out").at(revision.span()));
    }
    if let Some(at) = &raw.repository {
        let revision = raw.revision.as_ref().map_or(Ok(Revision::Event), |text| checked(text, Revision::parse))?;
        return Ok(HookOutput::Repository { at: checked(at, repository)?, revision });
    }
    let is_marked_in_a_file = matches!(site.mark, MarkStore::File { .. });
    let no_revision = |what: &str| {
        let hint = "add [site.mark] with `store = \"file:www.mark\"`";
        Fault::new(format!("{what} is no revision, and the site's mark is a ref"), hint)
    };
    if let Some(dir) = &raw.dir {
        let output = is_marked_in_a_file.then(|| HookOutput::Dir(PathBuf::from(dir.get_ref())));
        return output.ok_or_else(|| no_revision("a directory").at(dir.span()));
    }
    if let Some(span) = raw.files_token_env.as_ref().or(raw.files_token_file.as_ref()).map(Spanned::span) {
        let (env, file) = (&raw.files_token_env, &raw.files_token_file);
        let keys = TokenKeys { env, command: &None, file, ssm: &None, secret: &None };
        let source = named_source(&keys)?.filter(|_| is_marked_in_a_file);
        return source.map(HookOutput::Listed).ok_or_else(|| no_revision("a list of files").at(span));
    }
    if let Some(changes) = &raw.changes {
        checked(changes, |text| one_of("changes", &[("event", ())], text))?;
        if !kind.can_name_changes() {
            let message = format!("a hook of the kind `{}` does not say which files changed", kind.word());
            let hint =
                "name a `repository`, a `dir` or a `reaction`; of the kind `hmac`, point to the list with `paths`";
            return Err(Fault::new(message, hint).at(changes.span()));
        }
        return Ok(HookOutput::Event);
    }
    if let Some(reaction) = &raw.reaction {
        return checked(reaction, Reaction::parse).map(HookOutput::Reaction);
    }
    let hint = "name a `repository` or a `dir`; where there is none, write `reaction = \"site\"`";
    Err(Fault::new("nothing says where the hook's changes are found", hint).at(raw.path.span()))
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

/// Checks a repository's path or URL: nothing that git takes for an option or for a command.
fn repository(text: &str) -> Result<String, Fault> {
    let fault = |message: &str, hint: &str| Err(Fault::new(message, hint));
    if text.is_empty() || text.starts_with('-') || text.contains(char::is_control) {
        return fault("this is no repository", "write a URL or a path, like `https://github.com/owner/site.git`");
    }
    if text.contains("::") {
        let hint = "write a URL or a path, like `https://github.com/owner/site.git`";
        return fault("this is a transport that runs a program, which is refused", hint);
    }
    let has_password = |rest: &str| {
        rest.split('/')
            .next()
            .is_some_and(|host| host.split('@').next().is_some_and(|user| host.contains('@') && user.contains(':')))
    };
    if text.split_once("://").is_some_and(|(_, rest)| has_password(rest)) {
        let hint = "leave it out, and let git's own configuration hold it: a credential helper, or a deploy key";
        return fault("the repository's URL holds a password, which does not belong in the file", hint);
    }
    Ok(text.to_owned())
}

/// Returns true for a path that does not begin at the root; `host:path` and URLs are none.
fn is_relative(at: &str) -> bool {
    let is_scp = at.find(':').is_some_and(|colon| !at[..colon].contains('/'));
    !at.contains("://") && !is_scp && !Path::new(at).is_absolute()
}

impl Revision {
    fn parse(text: &str) -> Result<Revision, Fault> {
        one_of("revision", &[("event", Revision::Event), ("branch", Revision::Branch)], text)
    }
}

impl Reaction {
    fn parse(text: &str) -> Result<Reaction, Fault> {
        one_of("reaction", &[("site", Reaction::Site), ("everything", Reaction::Everything)], text)
    }
}
