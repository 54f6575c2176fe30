//! `diffpurge completions`: the script by which a shell asks this program for completions.

#![allow(clippy::doc_markdown, reason = "these comments are the help that people read; it has no backticks")]

use clap::{Args, ValueEnum};
use clap_complete::env::{Bash, Elvish, EnvCompleter, Fish, Powershell, Zsh};

use super::error::Failed;
use super::output::Output;
use crate::engine::ExitStatus;

/// The variable by which a shell's script asks. It is not clap's own `COMPLETE`, which may be somebody else's.
pub(super) const ASKED_BY: &str = "DIFFPURGE_COMPLETE";

/// The program's name, as it is completed and called.
pub(super) const NAME: &str = "diffpurge";

/// `diffpurge completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell that the script is for
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

/// A shell with completions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// In ~/.bashrc: source <(diffpurge completions bash)
    Bash,
    /// In ~/.zshrc, behind compinit: source <(diffpurge completions zsh)
    Zsh,
    /// In ~/.config/fish/config.fish: diffpurge completions fish | source
    Fish,
    /// In ~/.elvish/rc.elv: eval (diffpurge completions elvish | slurp)
    Elvish,
    /// In $PROFILE: diffpurge completions powershell | Out-String | Invoke-Expression
    Powershell,
}

impl Shell {
    fn completer(self) -> &'static dyn EnvCompleter {
        match self {
            Shell::Bash => &Bash,
            Shell::Zsh => &Zsh,
            Shell::Fish => &Fish,
            Shell::Elvish => &Elvish,
            Shell::Powershell => &Powershell,
        }
    }
}

/// Prints the script.
pub(super) fn run(args: &CompletionsArgs, output: &Output<'_>) -> Result<ExitStatus, Failed> {
    let completer = args.shell.completer();
    output.result(|out| {
        let mut script = Vec::new();
        completer.write_registration(ASKED_BY, NAME, NAME, NAME, &mut script)?;
        out.write_all(&script)
    })?;
    Ok(ExitStatus::Done)
}
