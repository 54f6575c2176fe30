//! The settings in a repository's own configuration that name a program, and the settings that git is run with in their place.
//!
//! A clone is data until git reads its `.git/config`: `core.sshCommand`, a credential helper or `remote.origin.uploadpack` are
//! commands. They count where the user's or the system's configuration holds them, and are left out where the repository's own
//! does. Everything else of it counts, also the header with a password that `actions/checkout` writes there. Running git is left to
//! [`super::remote`].

use git2::ConfigLevel;

use crate::display::shown;

/// The arguments that git is run with wherever it is run: no hook, no watcher of files, and no transport that is a command.
pub(super) const ALWAYS: [&str; 6] =
    ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "protocol.ext.allow=never"];

/// The variable that git takes a command for `git://` from before it looks at `core.gitProxy`, whose first value counts.
const GIT_PROXY: &str = "GIT_PROXY_COMMAND";

/// The variable that keeps git from fetching what a partial clone lacks while it does something else (git 2.45 and later).
const NO_LAZY_FETCH: &str = "GIT_NO_LAZY_FETCH";

/// The settings that git is run with in place of the repository's own.
#[derive(Default)]
pub(super) struct OwnConfig {
    /// `name=value`, each for a `-c`.
    settings: Vec<String>,
    /// Options behind git's command: the command that they are for, and the option.
    options: Vec<(Direction, String)>,
    /// Variables of the environment.
    variables: Vec<(&'static str, &'static str)>,
    /// The names of those that are left out, for people.
    left_out: Vec<String>,
}

/// The direction in which git talks to a remote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// It asks, or brings.
    From,
    /// It pushes.
    To,
}

/// The thing that takes the place of a setting.
enum Instead {
    /// The user's or the system's value of it, or else this one.
    Value(&'static str),
    /// The helpers that the user and the system name. A repository's own stand behind these in one list.
    Helpers,
    /// The environment's variable.
    Variable,
    /// An option with the user's value, or else this one: of the settings the first counts.
    Option(Direction, &'static str, &'static str),
}

/// Returns what takes the place of a setting that names a program, or a file that git would write.
/// Documented at <https://git-scm.com/docs/git-config>.
fn instead(name: &str) -> Option<Instead> {
    let of_remote = |key: &str| name.starts_with("remote.") && name.ends_with(key);
    match name {
        "core.sshcommand" => Some(Instead::Value("ssh")),
        "core.askpass" => Some(Instead::Value("")),
        // A command of the shell, which gets the other repository as its argument and prints nothing.
        "core.alternaterefscommand" => Some(Instead::Value("true")),
        "core.gitproxy" => Some(Instead::Variable),
        _ if name.starts_with("credential.") && name.ends_with(".helper") => Some(Instead::Helpers),
        _ if of_remote(".uploadpack") => Some(Instead::Option(Direction::From, "--upload-pack", "git-upload-pack")),
        _ if of_remote(".receivepack") => Some(Instead::Option(Direction::To, "--receive-pack", "git-receive-pack")),
        // No helper has an empty name, so that git fails.
        _ if of_remote(".vcs") => Some(Instead::Value("")),
        _ if name.starts_with("hook.") && name.ends_with(".command") => Some(Instead::Value("true")),
        // The file of cookies is written again then, whichever it is.
        _ if name.starts_with("http.") && name.ends_with(".savecookies") => Some(Instead::Value("false")),
        _ => None,
    }
}

impl OwnConfig {
    /// Reads the configuration of a repository.
    pub(super) fn of(repository: &git2::Repository) -> Result<OwnConfig, git2::Error> {
        let config = repository.config()?;
        let (mut own, mut trusted) = (Vec::new(), Vec::new());
        config.entries(None)?.for_each(|entry| {
            let (Ok(name), value) = (entry.name(), entry.value().unwrap_or_default()) else { return };
            if matches!(entry.level(), ConfigLevel::Local | ConfigLevel::Worktree | ConfigLevel::App) {
                own.push(name.to_owned());
            } else {
                trusted.push((name.to_owned(), value.to_owned()));
            }
        })?;
        own.sort_unstable();
        own.dedup();
        // The content of such a file is not seen here.
        let is_hidden = own.iter().any(|name| name.starts_with("includeif.hasconfig:"));
        if is_hidden {
            own.extend(["core.sshcommand", "core.askpass", "credential.helper", "core.gitproxy"].map(str::to_owned));
            let remotes = repository.remotes()?;
            for remote in remotes.iter().filter_map(Result::ok).flatten() {
                own.extend([format!("remote.{remote}.uploadpack"), format!("remote.{remote}.receivepack")]);
            }
        }
        Ok(OwnConfig::without(own, &trusted))
    }

    /// Leaves those of `own` out that name programs; `trusted` are the user's and the system's, in the order of git.
    fn without(own: Vec<String>, trusted: &[(String, String)]) -> OwnConfig {
        let mut config = OwnConfig::default();
        let mut helpers = false;
        let users = |name: &str, value: &'static str| {
            let known = trusted.iter().rev().find(|(known, _)| known == name);
            known.map_or(value.to_owned(), |(_, value)| value.clone())
        };
        for name in own {
            match instead(&name) {
                None => continue,
                Some(Instead::Value(value)) => config.settings.push(format!("{name}={}", users(&name, value))),
                Some(Instead::Option(direction, option, value)) => {
                    config.options.push((direction, format!("{option}={}", users(&name, value))));
                    // A partial clone fetches by the way, and would do so with the setting.
                    config.variables.push((NO_LAZY_FETCH, "1"));
                }
                Some(Instead::Variable) => config.variables.push((GIT_PROXY, "")),
                Some(Instead::Helpers) => helpers = true,
            }
            config.left_out.push(name);
        }
        if helpers {
            // An empty one takes all back that stand before it.
            config.settings.push("credential.helper=".to_owned());
            let of_user = trusted.iter().filter(|(name, _)| matches!(instead(name), Some(Instead::Helpers)));
            config.settings.extend(of_user.map(|(name, value)| format!("{name}={value}")));
        }
        config
    }

    /// Returns the arguments of git.
    pub(super) fn arguments(&self) -> impl Iterator<Item = &str> {
        self.settings.iter().flat_map(|setting| ["-c", setting.as_str()])
    }

    /// Returns the options behind a command of that direction.
    pub(super) fn options(&self, direction: Direction) -> impl Iterator<Item = &str> {
        self.options.iter().filter(move |(other, _)| *other == direction).map(|(_, option)| option.as_str())
    }

    /// Returns the variables of its environment.
    pub(super) fn variables(&self) -> &[(&'static str, &'static str)] {
        &self.variables
    }

    /// Says which settings are left out, where some are: a failure of git may be for want of them.
    pub(super) fn remark(&self) -> Option<String> {
        let names: Vec<String> = self.left_out.iter().map(|name| format!("`{}`", shown(name.as_bytes()))).collect();
        let (is, them) = if names.len() == 1 { ("is", "it") } else { ("are", "them") };
        let names = Some(names.join(", ")).filter(|names| !names.is_empty())?;
        Some(format!("{names} in the repository's own configuration {is} not used: `--trust-repository` uses {them}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(own: &[&str], trusted: &[(&str, &str)]) -> OwnConfig {
        let trusted: Vec<_> = trusted.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        OwnConfig::without(own.iter().map(|name| (*name).to_owned()).collect(), &trusted)
    }

    #[test]
    fn programs_of_the_repository_are_left_out_and_the_users_are_not() {
        let config = without(
            &[
                "core.sshcommand",
                "credential.https://example.com.helper",
                "http.https://github.com/.extraheader",
                "remote.origin.uploadpack",
                "remote.origin.url",
            ],
            &[
                ("core.sshcommand", "ssh -i key"),
                ("credential.helper", "store"),
                ("credential.https://a.b.helper", "c"),
            ],
        );
        let arguments: Vec<&str> = config.arguments().filter(|argument| *argument != "-c").collect();
        assert_eq!(
            arguments,
            [
                "core.sshcommand=ssh -i key",
                "credential.helper=",
                "credential.helper=store",
                "credential.https://a.b.helper=c",
            ]
        );
        assert_eq!(config.options(Direction::From).collect::<Vec<_>>(), ["--upload-pack=git-upload-pack"]);
        assert_eq!(config.options(Direction::To).count(), 0);
        assert!(
            config.remark().unwrap().contains("`core.sshcommand`, `credential.https://example.com.helper`, `remote.")
        );
    }

    #[test]
    fn a_repository_that_names_no_program_is_run_as_it_is() {
        let config = without(
            &["core.bare", "http.https://github.com/.extraheader", "remote.origin.url", "user.name"],
            &[("core.sshcommand", "mine"), ("credential.helper", "store")],
        );
        assert_eq!((config.arguments().count(), config.variables().len(), config.remark()), (0, 0, None));
    }

    #[test]
    fn a_setting_that_only_the_environment_overrides_is_taken_from_there() {
        assert_eq!(without(&["core.gitproxy"], &[]).variables(), [(GIT_PROXY, "")]);
    }
}
