//! From the words of a command line to their meaning.
//!
//! To make the options of all commands takes a tenth of the time of a small plan. So `plan` and `purge`, which run after each deploy,
//! are read by their own options alone. A line that these do not understand is read again by the whole command line: help,
//! errors and tips are left to it.

use std::ffi::OsString;

use clap::{Args as _, FromArgMatches as _, Parser as _};

use super::global::Global;
use super::plan::PlanArgs;
use super::purge::PurgeArgs;
use super::typed::{Cli, Command};

impl Cli {
    /// Reads a command line, the program's name first.
    ///
    /// # Errors
    /// When it cannot be understood, or asks for help.
    pub fn read(words: Vec<OsString>) -> Result<Cli, clap::Error> {
        match Cli::read_alone(&words) {
            Some(cli) => Ok(cli),
            None => Cli::try_parse_from(words),
        }
    }

    /// Reads a line of `plan` or `purge`, where that is no fault and no question.
    fn read_alone(words: &[OsString]) -> Option<Cli> {
        // Options may stand before the command. Where this word is one's value, the line is not understood.
        let name =
            words.iter().skip(1).find_map(|word| word.to_str().filter(|word| matches!(*word, "plan" | "purge")))?;
        let all = |command: clap::Command| {
            let program = Global::augment_args(clap::Command::new("diffpurge"));
            program.subcommand(command).try_get_matches_from(words).ok()
        };
        let (matches, is_plan) = match name {
            "plan" => (all(PlanArgs::augment_args(clap::Command::new("plan")))?, true),
            "purge" => (all(PurgeArgs::augment_args(clap::Command::new("purge")))?, false),
            _ => return None,
        };
        let (_, of_command) = matches.subcommand()?;
        let command = if is_plan {
            Command::Plan(PlanArgs::from_arg_matches(of_command).ok()?)
        } else {
            Command::Purge(Box::new(PurgeArgs::from_arg_matches(of_command).ok()?))
        };
        Some(Cli { global: Global::from_arg_matches(&matches).ok()?, command })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_alone_as_among_all_commands() {
        for line in [
            "plan",
            "plan A B",
            "plan A..B -s www --site docs -v",
            "plan --format urls --base-url https://a.example/ HEAD~1 HEAD -C there",
            "plan -q --color never --config x.toml --exit-code --no-mark",
            "plan --paths - -z",
            "plan -- A B",
            "-C there -c there.toml plan A B",
            "-v plan",
            "--site plan plan purge",
            "purge",
            "purge A B --verify --yes -C there -c there.toml",
            "purge --dry-run --format json --out plan.json",
            "purge https://a.example/x --prefix a.example/b/ --tag t --host a.example --yes",
            "purge --plan saved.json --retry-for 60 --allow-env GITHUB_TOKEN",
        ] {
            let words: Vec<OsString> = ["diffpurge"].into_iter().chain(line.split(' ')).map(OsString::from).collect();
            let alone = Cli::read_alone(&words).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(format!("{alone:?}"), format!("{:?}", Cli::try_parse_from(&words).unwrap()), "{line}");
        }
    }

    #[test]
    fn a_fault_a_question_and_another_command_are_left_to_the_whole_command_line() {
        for line in [
            "",
            "-v",
            "-C plan",
            "-C plan purge",
            "explain plan",
            "mark set purge",
            "plan --nonsense",
            "plan --help",
            "purge -h",
            "plan --format x",
            "explain x",
            "plan -v -q",
            "help plan",
        ] {
            let words: Vec<OsString> =
                ["diffpurge"].into_iter().chain(line.split_whitespace()).map(OsString::from).collect();
            assert!(Cli::read_alone(&words).is_none(), "{line}");
        }
    }
}
