//! A page for people: it breaks lines where the terminal is narrow, and counts them.

use std::io::{self, Write};

use super::detail::Detail;
use super::view::View;
use super::width::wrapped;

/// A page that is being written.
pub(super) struct Page<'o> {
    out: &'o mut dyn Write,
    view: View,
    /// Lines that were written.
    pub(super) lines: usize,
}

impl<'o> Page<'o> {
    /// Begins a page.
    pub(super) fn new(out: &'o mut dyn Write, view: View) -> Page<'o> {
        Page { out, view, lines: 0 }
    }

    /// Returns the share of a list that is shown.
    pub(super) fn detail(&self) -> Detail {
        self.view.detail
    }

    /// Returns the columns that a line may take.
    pub(super) fn width(&self) -> Option<usize> {
        self.view.width()
    }

    /// Writes a line, on several where it is too wide; those after the first begin below its text, and a little further in.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn line(&mut self, line: &str) -> io::Result<()> {
        /// Columns that a continued line is further in than its beginning.
        const FURTHER: usize = 2;
        let indent = line.len() - line.trim_start_matches(' ').len();
        self.hanging(line, indent + FURTHER)
    }

    /// Writes a line, on several where it is too wide; those after the first begin at this column.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn hanging(&mut self, line: &str, hang: usize) -> io::Result<()> {
        let Some(width) = self.view.width() else { return self.whole(line) };
        wrapped(line, width, hang).iter().try_for_each(|line| self.whole(line))
    }

    /// Writes a line that fits, or has to stay whole.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn whole(&mut self, line: &str) -> io::Result<()> {
        self.lines += 1;
        writeln!(self.out, "{line}")
    }
}
