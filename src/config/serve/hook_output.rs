//! `[[serve.hook]]`: where the changes are found that a delivery speaks of. Exactly one key says it.

use std::ops::Range;
use std::path::{Path, PathBuf};

use super::kind::HookKind;
use crate::config::checked::checked;
use crate::config::fault::Fault;
use crate::config::raw_serve::RawHook;
use crate::config::spanned::Spanned;
use crate::config::token_source::{TokenKeys, named_source};
use crate::config::word::one_of;
use crate::config::{MarkStore, Site, TokenSource};

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

/// A key and its place, of those that say where the changes are found.
type Typed = (&'static str, Range<usize>);

impl HookOutput {
    /// Returns where the changes of a hook are found.
    pub(super) fn checked(raw: &RawHook, kind: &HookKind, site: &Site) -> Result<HookOutput, Fault> {
        only_one(raw)?;
        if let Some(at) = &raw.repository {
            let revision = raw.revision.as_ref().map_or(Ok(Revision::Event), |text| checked(text, Revision::parse))?;
            return Ok(HookOutput::Repository { at: checked(at, repository)?, revision });
        }
        if let Some(dir) = &raw.dir {
            marked_in_a_file(site, "a directory").map_err(|fault| fault.at(dir.span()))?;
            return Ok(HookOutput::Dir(PathBuf::from(dir.get_ref())));
        }
        let (env, file) = (&raw.files_token_env, &raw.files_token_file);
        if let Some(token) = named_source(&TokenKeys { env, command: &None, file, ssm: &None, secret: &None })? {
            let at = env.as_ref().or(file.as_ref()).map_or(raw.path.span(), Spanned::span);
            return marked_in_a_file(site, "a list of files")
                .map(|()| HookOutput::Listed(token))
                .map_err(|fault| fault.at(at));
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

    /// Makes relative paths count from this directory, which is the configuration file's.
    pub(super) fn relative_to(&mut self, directory: &Path) {
        match self {
            HookOutput::Dir(dir) => *dir = directory.join(&*dir),
            HookOutput::Listed(token) => token.relative_to(directory),
            HookOutput::Repository { at, .. } if is_relative(at) => {
                *at = directory.join(&*at).to_string_lossy().into_owned();
            }
            HookOutput::Repository { .. } | HookOutput::Event | HookOutput::Reaction(_) => {}
        }
    }
}

/// Refuses a second key that says where the changes are found, and one that belongs to another.
fn only_one(raw: &RawHook) -> Result<(), Fault> {
    let keys = [
        ("repository", &raw.repository),
        ("dir", &raw.dir),
        ("files_token_env", &raw.files_token_env),
        ("files_token_file", &raw.files_token_file),
        ("changes", &raw.changes),
        ("reaction", &raw.reaction),
    ];
    let typed: Vec<Typed> = keys.into_iter().filter_map(|(key, text)| Some((key, text.as_ref()?.span()))).collect();
    if let [(first, _), (second, span), ..] = &typed[..] {
        let message = format!("`{first}` and `{second}` both say where the changes are found");
        return Err(Fault::new(message, "keep one of them").at(span.clone()));
    }
    if let (Some(revision), None) = (&raw.revision, &raw.repository) {
        return Err(Fault::new("`revision` is for a `repository`", "leave it out").at(revision.span()));
    }
    Ok(())
}

/// Refuses a mark in a ref for what is no revision.
fn marked_in_a_file(site: &Site, what: &str) -> Result<(), Fault> {
    if matches!(site.mark, MarkStore::File { .. }) {
        return Ok(());
    }
    let hint = "add [site.mark] with `store = \"file:www.mark\"`";
    Err(Fault::new(format!("{what} is no revision, and the site's mark is a ref"), hint))
}

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
