//! What to type in place of a word that other tools have, and this one has under another name: a tip below clap's own error.
//!
//! clap finds slips of a letter. A word that is right elsewhere is no slip, and what is nearest to it by its letters is mostly wrong.

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory as _};

use super::typed::Cli;

/// Options of other tools, without their dashes, and what to type here.
const OPTIONS: &[(&[&str], &str)] = &[
    (
        &["all", "purge-everything", "purge-all", "full", "purge_everything"],
        "`diffpurge purge --everything` purges all that the caches hold",
    ),
    (
        &["url", "urls", "file", "files", "page"],
        "a URL is typed as it is: `diffpurge purge https://www.example.com/page`",
    ),
    (&["hosts", "domain", "hostname"], "`--host www.example.com` purges a host, and is repeatable"),
    (
        &["prefixes", "path", "dir", "directory-prefix"],
        "`--prefix www.example.com/blog/` purges a directory, `--paths FILE` a list of files",
    ),
    (&["tags", "cache-tag", "surrogate-key"], "`--tag TAG` purges a cache tag, and is repeatable"),
    (&["json"], "write `--format json`"),
    (&["markdown", "md"], "write `--format markdown`"),
    (&["html-report", "report"], "`--html FILE` writes the page, `--out FILE` the JSON"),
    (
        &["dryrun", "dry", "n", "whatif", "what-if", "noop", "simulate", "preview"],
        "write `diffpurge plan`, or `diffpurge purge --dry-run`",
    ),
    (
        &["zone", "zoneid", "zone-name"],
        "write `zone_id` in [site.cloudflare], or set CLOUDFLARE_ZONE_ID; `--zone-id ID` goes with `--base-url`",
    ),
    (
        &["token", "api-token", "api-key", "key"],
        "a token is never typed: set CLOUDFLARE_API_TOKEN, or name its variable in `token_env`",
    ),
    (&["config-file", "conf", "cfg", "configuration"], "write `--config FILE`, or `-c FILE`"),
    (
        &["debug", "trace", "vv", "vvv", "log-level"],
        "write `--verbose`, or `-v`: it lists everything, and every request",
    ),
    (&["silent", "no-progress"], "write `--quiet`, or `-q`"),
    (&["no-color", "no-colour", "nocolor"], "write `--color never`, or set NO_COLOR"),
    (&["force", "f", "y", "assume-yes", "no-confirm"], "write `--yes`: nobody is asked before a broad purge"),
    (
        &["from", "since", "base", "before", "old"],
        "FROM is typed as it is: `diffpurge plan FROM TO`; left out, it is the site's mark",
    ),
    (
        &["to", "head", "after", "new", "rev", "ref", "commit", "branch"],
        "TO is typed as it is: `diffpurge plan FROM TO`",
    ),
    (
        &["repo", "repository", "cwd", "directory", "work-tree", "git-dir"],
        "write `-C DIR`, in front of the command or behind it",
    ),
    (&["site-name", "name", "only"], "write `--site NAME`, or `-s NAME`"),
    (&["check", "prove", "wait"], "`diffpurge purge --verify` asks for each URL once it is purged"),
];

/// Commands of other tools, and what to type here.
const COMMANDS: &[(&[&str], &str)] = &[
    (
        &["purge-all", "purge-everything", "purgeall", "flush", "flush-all", "clear", "clear-cache", "clean"],
        "`diffpurge purge --everything` purges all that the caches hold",
    ),
    (
        &["invalidate", "ban", "delete", "deploy", "sync", "apply", "run"],
        "`diffpurge purge` purges what a deploy changed",
    ),
    (
        &["status", "state", "info"],
        "`diffpurge mark show` says what was last purged, `diffpurge check` whether all belongs together",
    ),
    (
        &["diff", "preview", "dry-run", "dryrun", "list", "show", "changes"],
        "`diffpurge plan` shows what would be purged, and why",
    ),
    (
        &["doctor", "validate", "lint", "config", "login", "auth"],
        "`diffpurge check` looks at the configuration, the token and the zone",
    ),
    (&["prove", "test", "audit"], "`diffpurge verify` asks for the live URLs, and says whether each is fresh"),
    (&["why", "resolve", "map", "url", "urls"], "`diffpurge explain PATH` says which URLs a file has"),
    (&["setup", "new", "create", "configure"], "`diffpurge init` writes a purge.toml for this repository"),
    (&["reset", "forget", "unmark"], "`diffpurge mark clear` forgets what was last purged"),
    (&["completion"], "write `diffpurge completions SHELL`"),
    (&["version"], "write `diffpurge --version`"),
];

/// Puts a tip into an error, where a word of another tool was typed. clap's own guess by letters gives way to it.
#[must_use]
pub fn tipped(mut error: clap::Error) -> clap::Error {
    let (kind, rows, guess) = match error.kind() {
        ErrorKind::UnknownArgument => (ContextKind::InvalidArg, OPTIONS, ContextKind::SuggestedArg),
        ErrorKind::InvalidSubcommand => (ContextKind::InvalidSubcommand, COMMANDS, ContextKind::SuggestedSubcommand),
        _ => return error,
    };
    if kind == ContextKind::InvalidArg {
        // clap names a few options in its usage, and not those that somebody who mistypes one looks for.
        let _usage = error.remove(ContextKind::Usage);
    }
    let Some(ContextValue::String(typed)) = error.get(kind) else { return error };
    let of_another = || (kind == ContextKind::InvalidArg).then(|| of_another_command(typed)).flatten();
    let Some(tip) = of_another().or_else(|| tip(typed, rows)) else { return error };
    let tip = ContextValue::StyledStrs(vec![StyledStr::from(tip)]);
    // One of the two says what is meant.
    let _guess = error.remove(guess);
    let _others = error.remove(ContextKind::Suggested);
    let _before = error.insert(ContextKind::Suggested, tip);
    error
}

/// Names the commands that have an option which the typed one has not.
fn of_another_command(typed: &str) -> Option<String> {
    let long = typed.strip_prefix("--")?.split('=').next()?;
    let cli = Cli::command();
    let has_it = |command: &&Command| {
        command.get_arguments().any(|option| !option.is_hide_set() && option.get_long() == Some(long))
    };
    let commands: Vec<String> =
        cli.get_subcommands().filter(has_it).map(|command| format!("`diffpurge {}`", command.get_name())).collect();
    let (last, others) = commands.split_last()?;
    let names = if others.is_empty() { last.clone() } else { format!("{} and {last}", others.join(", ")) };
    Some(format!("`--{long}` is an option of {names}"))
}

/// Returns what to type in place of a word.
fn tip(typed: &str, rows: &[(&[&str], &str)]) -> Option<String> {
    if typed.contains("://") {
        return Some(
            "a URL is purged by its command: `diffpurge purge URL`; `diffpurge explain URL` says what is behind it"
                .to_owned(),
        );
    }
    let word = typed.trim_start_matches('-').split('=').next().unwrap_or_default().to_ascii_lowercase();
    rows.iter().find(|(words, _)| words.contains(&word.as_str())).map(|(_, tip)| (*tip).to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory as _;

    use super::{COMMANDS, Cli, OPTIONS};

    #[test]
    fn no_word_stands_twice_or_is_a_command_of_this_tool() {
        let cli = Cli::command();
        let commands: BTreeSet<&str> = cli.get_subcommands().map(clap::Command::get_name).collect();
        for rows in [OPTIONS, COMMANDS] {
            let words: Vec<&str> = rows.iter().flat_map(|(words, _)| *words).copied().collect();
            let distinct: BTreeSet<&str> = words.iter().copied().collect();
            assert_eq!(words.len(), distinct.len());
        }
        assert!(COMMANDS.iter().flat_map(|(words, _)| *words).all(|word| !commands.contains(word)));
    }
}
