//! The things that only the system's git can do: ask a remote, fetch from it, push to it, with the credentials that the user has set up.
//!
//! No hook of the user's runs, nobody is asked for a password, and git's own words come back when it fails. All else is read
//! through libgit2.

use std::io;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::own_config::Direction;
use super::repository::hash_from_now_on;
use super::{Repository, own_config};
use crate::child::{self, Bounds, ChildError, Ended};
use crate::config::RemoteName;
use crate::display::{line, shown};

/// How far git may go. A fetch of one commit of a large site over a slow line is a matter of minutes, more is a line that is dead. A
/// line of a remote's refs has a hundred bytes.
const BOUNDS: Bounds = Bounds { time: Duration::from_secs(300), bytes: 16 << 20 };

/// A remote of a repository.
pub struct Remote<'r> {
    repository: &'r Repository,
    name: RemoteName,
}

/// A ref at a remote that is to be moved, if it still is what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// Its full name.
    pub name: String,
    /// The object it pointed to, in hex; `None` where it was not there.
    pub was: Option<String>,
    /// The object it shall point to; `None` takes it away.
    pub id: Option<String>,
}

/// Why a remote could not be asked. Its text is git's own, without what could be a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RemoteError {
    /// git could not be started.
    #[error("the git program cannot be run: {0}")]
    Start(String),
    /// It took too long.
    #[error("`git {verb}` did not end within {} s", time.as_secs())]
    Late {
        /// The command that git was to run.
        verb: &'static str,
        /// How long it was waited for.
        time: Duration,
    },
    /// It failed, and said why.
    #[error("`git {0}` failed: {1}")]
    Failed(&'static str, String),
    /// It failed, and perhaps for want of a setting that only the repository holds.
    #[error("`git {verb}` failed: {why}; {left_out}")]
    Without {
        /// The command that git was to run.
        verb: &'static str,
        /// Its reason.
        why: String,
        /// The settings that it ran without, in words.
        left_out: String,
    },
    /// A ref there points to another ref.
    #[error("{0} is a symbolic ref to {1}")]
    Symbolic(String, String),
    /// There is no remote to ask.
    #[error("the repository has no remote {0}")]
    None(String),
}

impl RemoteError {
    /// Returns the next thing to type, where it is known.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        matches!(self, RemoteError::Without { .. }).then_some(
            "if those settings are yours, add `--trust-repository`; or keep them where only you can write, in `git config --global` or GIT_SSH_COMMAND",
        )
    }
}

impl<'r> Remote<'r> {
    /// Returns the remote with this name.
    ///
    /// # Errors
    /// When the repository has none.
    pub fn named(repository: &'r Repository, name: &RemoteName) -> Result<Remote<'r>, RemoteError> {
        let remotes = repository.remotes().map_err(|e| RemoteError::Failed("remote", e.to_string()))?;
        if remotes.iter().any(|remote| remote == name.as_str()) {
            return Ok(Remote { repository, name: name.clone() });
        }
        Err(RemoteError::None(shown(name.as_str().as_bytes())))
    }

    /// Returns the remote that a clone comes from: `origin`, or the only one.
    ///
    /// # Errors
    /// When there is none, or several and none is `origin`.
    pub fn usual(repository: &'r Repository) -> Result<Remote<'r>, RemoteError> {
        let remotes = repository.remotes().map_err(|e| RemoteError::Failed("remote", e.to_string()))?;
        let origin = remotes.iter().find(|name| *name == "origin");
        let only = if let [only] = &remotes[..] { Some(only) } else { None };
        let name = origin.or(only).and_then(|name| RemoteName::from_git(name));
        name.map(|name| Remote { repository, name }).ok_or_else(|| RemoteError::None("origin".to_owned()))
    }

    /// Returns its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Returns its refs that match one of the patterns, with the objects they point to.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn refs(&self, patterns: &[String]) -> Result<Vec<(String, String)>, RemoteError> {
        let mut arguments = vec!["--quiet", "--refs", self.name()];
        arguments.extend(patterns.iter().map(String::as_str));
        let listed = self.git("ls-remote", &[], &arguments)?;
        let pair = |line: &str| line.split_once('\t').map(|(id, name)| (name.to_owned(), id.to_owned()));
        listed.lines().map(|text| pair(text).ok_or_else(|| RemoteError::Failed("ls-remote", line(text)))).collect()
    }

    /// Returns the same of refs of which each is to point to an object itself.
    ///
    /// # Errors
    /// As [`Remote::refs`], or when one points to another ref.
    pub fn plain_refs(&self, patterns: &[String]) -> Result<Vec<(String, String)>, RemoteError> {
        let mut arguments = vec!["--quiet", "--refs", "--symref", self.name()];
        arguments.extend(patterns.iter().map(String::as_str));
        let listed = self.git("ls-remote", &[], &arguments)?;
        let mut refs = Vec::new();
        for text in listed.lines() {
            let Some((what, name)) = text.split_once('\t') else {
                return Err(RemoteError::Failed("ls-remote", line(text)));
            };
            if let Some(other) = what.strip_prefix("ref: ") {
                let [name, other] = [name, other].map(|name| shown(name.as_bytes()));
                return Err(RemoteError::Symbolic(name, other));
            }
            refs.push((name.to_owned(), what.to_owned()));
        }
        Ok(refs)
    }

    /// Brings commits, named by their full ids or by refs, with all that their trees hold; in a shallow clone with nothing before them.
    ///
    /// # Errors
    /// When the remote does not answer, or does not have one of them.
    pub fn fetch(&self, what: &[&str]) -> Result<(), RemoteError> {
        let configured = ["-c", "maintenance.auto=false", "-c", "gc.auto=0"];
        let mut arguments = vec!["--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
        // A clone that has its whole history keeps it whole.
        arguments.extend(self.repository.is_shallow().then_some("--depth=1"));
        arguments.push(self.name());
        arguments.extend(what);
        self.git("fetch", &configured, &arguments)?;
        hash_from_now_on();
        Ok(())
    }

    /// Brings what some refspecs or ids name, with an option of git's that says which contents come along.
    ///
    /// # Errors
    /// As [`Remote::fetch`].
    pub(super) fn fetch_with(&self, filter: &str, specs: &[&str]) -> Result<(), RemoteError> {
        let configured = ["-c", "maintenance.auto=false", "-c", "gc.auto=0"];
        let options = ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", filter, self.name()];
        self.git("fetch", &configured, &[&options[..], specs].concat())?;
        hash_from_now_on();
        Ok(())
    }

    /// Moves refs there, all or none, each only if it still is what it was.
    ///
    /// # Errors
    /// When the remote does not answer, or does not take them.
    pub fn push(&self, updates: &[Update]) -> Result<(), RemoteError> {
        let configured = ["-c", "push.followTags=false", "-c", "push.recurseSubmodules=no", "-c", "push.gpgSign=false"];
        let lease = |u: &Update| format!("--force-with-lease={}:{}", u.name, u.was.as_deref().unwrap_or_default());
        let leases: Vec<String> = updates.iter().map(lease).collect();
        let spec = |u: &Update| format!("{}:{}", u.id.as_deref().unwrap_or_default(), u.name);
        let specs: Vec<String> = updates.iter().map(spec).collect();
        // A mirror would be pushed whole, or not at all beside names.
        let mirror = format!("remote.{}.mirror=false", self.name());
        let configured = [&configured[..], &["-c", &mirror]].concat();
        let mut arguments = vec!["--quiet", "--atomic", "--no-verify"];
        arguments.extend(leases.iter().map(String::as_str));
        arguments.push(self.name());
        arguments.extend(specs.iter().map(String::as_str));
        self.git("push", &configured, &arguments).map(drop)
    }

    /// Runs a command of git in the repository with these settings, and gives its output.
    fn git(&self, verb: &'static str, settings: &[&str], arguments: &[&str]) -> Result<String, RemoteError> {
        let mut command = Command::new("git");
        command.arg("--git-dir").arg(self.repository.git_directory());
        // From where git would go by itself: a remote's path may be relative.
        command.current_dir(self.repository.top()).env_remove("GIT_WORK_TREE");
        // A hook of the user's has no business here, and no program that only the repository names.
        let own = &self.repository.own;
        let direction = if verb == "push" { Direction::To } else { Direction::From };
        command.args(own_config::ALWAYS).args(own.arguments()).args(settings);
        command.arg(verb).args(own.options(direction)).args(arguments);
        command.envs(own.variables().iter().copied());
        run_git(&mut command, verb, BOUNDS).map_err(|error| match (error, own.remark()) {
            (RemoteError::Failed(verb, why), Some(left_out)) => RemoteError::Without { verb, why, left_out },
            (error, _) => error,
        })
    }
}

/// Runs git to its end, asking nobody for a password, and gives its output.
pub(super) fn run_git(command: &mut Command, verb: &'static str, bounds: Bounds) -> Result<String, RemoteError> {
    command.env("GIT_TERMINAL_PROMPT", "0").env("GCM_INTERACTIVE", "never").env("LC_ALL", "C");
    let ended = child::run(command.stderr(Stdio::piped()), bounds).map_err(|error| match error {
        ChildError::Late(time) => RemoteError::Late { verb, time },
        ChildError::Start(e) if e.kind() == io::ErrorKind::NotFound => {
            RemoteError::Start("it is not installed".to_owned())
        }
        ChildError::Start(e) => RemoteError::Start(e.to_string()),
        error @ (ChildError::TooMuch(_) | ChildError::Lost(_)) => RemoteError::Failed(verb, error.to_string()),
    })?;
    if !ended.status.success() {
        return Err(RemoteError::Failed(verb, why(&ended)));
    }
    Ok(String::from_utf8_lossy(&ended.out).into_owned())
}

/// Finds the line in which git says why it failed; without its prefix, and without what could be a password.
fn why(ended: &Ended) -> String {
    /// Git's last words when another program has said why.
    const NO_REASON: [&str; 4] =
        ["Could not read from remote", "the remote end hung up", "unable to fork", "remote helper"];
    let err = String::from_utf8_lossy(&ended.err);
    let lines: Vec<&str> = err.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let said = |prefix: &str| lines.iter().position(|line| line.starts_with(prefix));
    let why = said("! ").or_else(|| {
        let fatal = said("fatal: ")?;
        let is_none = NO_REASON.iter().any(|text| lines[fatal]["fatal: ".len()..].starts_with(text));
        Some(if is_none { fatal.saturating_sub(1) } else { fatal })
    });
    let why = why.or_else(|| said("error: ")).map(|at| lines[at]).or(lines.last().copied());
    let plain = |why: &str| {
        ["fatal: ", "error: "].into_iter().fold(why, |why, p| why.strip_prefix(p).unwrap_or(why)).to_owned()
    };
    why.map_or_else(|| ended.status.to_string(), |why| line(&without_user(&plain(why))))
}

/// Takes the user and password of each URL out of a text.
fn without_user(text: &str) -> String {
    let mut clean = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        clean.push_str(before);
        clean.push_str("://");
        let end = after.find(|c: char| c.is_whitespace() || c == '\'').unwrap_or(after.len());
        let host = after[..end].find('/').unwrap_or(end);
        // A password with a slash in it makes no URL, but is one all the same.
        let is_cut = after[..host].rsplit_once(':').is_some_and(|(_, port)| port.bytes().any(|b| !b.is_ascii_digit()));
        let user = after[..host].rfind('@').or_else(|| if is_cut { after[..end].rfind('@') } else { None });
        rest = user.map_or(after, |at| &after[at + 1..]);
    }
    clean.push_str(rest);
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_a_url_is_not_repeated() {
        for (text, want) in [
            ("unable to access 'https://u:p@h.example/x': no", "unable to access 'https://h.example/x': no"),
            ("https://a:b@c@h/ and ssh://git@h:22/x", "https://h/ and ssh://h:22/x"),
            ("no URL, a@b", "no URL, a@b"),
            ("at 'https://u:p/w@h:8/x': no", "at 'https://h:8/x': no"),
            ("https://h:8/a@b", "https://h:8/a@b"),
            ("http://[::1]:8/a@b", "http://[::1]:8/a@b"),
            ("https://h/a@b", "https://h/a@b"),
        ] {
            assert_eq!(without_user(text), want);
        }
    }

    // The program is a script for a Unix shell.
    #[cfg(unix)]
    #[test]
    fn a_program_says_why_it_failed() {
        for (said, want) in [
            ("progress\nfatal: no such thing", "no such thing"),
            ("error: one\nfatal: other\nhint: x", "other"),
            (
                "ssh: Connection refused\nfatal: Could not read from remote repository.\n\nPlease",
                "ssh: Connection refused",
            ),
            ("error: cannot run ssh: No such file\nfatal: unable to fork", "cannot run ssh: No such file"),
            ("fatal: Could not read from remote repository.", "Could not read from remote repository."),
            ("To x\n ! [rejected] a -> b (stale info)\nerror: failed to push", "! [rejected] a -> b (stale info)"),
            ("error: atomic push failed", "atomic push failed"),
            ("something", "something"),
            ("", "exit status: 3"),
        ] {
            let mut command = Command::new("sh");
            command.args(["-c", "printf '%b' \"$0\" >&2; exit 3", said]).stderr(Stdio::piped());
            assert_eq!(why(&child::run(&mut command, BOUNDS).unwrap()), want);
        }
    }
}
