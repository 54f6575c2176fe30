//! The things that every command has at hand: the options of all commands, the environment, and where it writes.

use super::global::Global;
use super::output::Output;
use crate::config::Environment;
use crate::report::View;

/// The things that every command has at hand.
#[derive(Clone, Copy)]
pub(super) struct Rim<'r, 'o> {
    /// The options of every command.
    pub(super) global: &'r Global,
    /// The command that was typed: `plan`, `mark set`.
    pub(super) command: &'r str,
    /// The variables of the process.
    pub(super) environment: &'r Environment,
    /// Where the result goes, and everything else.
    pub(super) output: &'r Output<'o>,
}

impl Rim<'_, '_> {
    /// Returns the view of the person who reads the result.
    pub(super) fn view(&self) -> View {
        View::new(self.global.detail(), self.output.width())
    }
}
