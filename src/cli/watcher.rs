//! Watches a run for a person at a terminal or a CI's log: notes and progress on stderr, the plans before they are sent.

use std::cell::RefCell;
use std::io::{self, IsTerminal as _};

use super::consent::Consent;
use super::github::in_github;
use super::global::Global;
use super::output::Output;
use super::publisher::Publisher;
use super::rim::Rim;
use crate::config::Environment;
use crate::display::line;
use crate::engine::{Listener, Notice};
use crate::report::plan::SiteReport;
use crate::report::{Progress, ProgressStyle, annotation};
use crate::send::Event;

/// Watches a run for a terminal.
pub(super) struct Watcher<'w, 'o> {
    output: &'w Output<'o>,
    /// Shows the plans before they are sent, where the command does that.
    publisher: Option<&'w Publisher>,
    /// Who is asked about plans that are broad.
    consent: Consent,
    style: ProgressStyle,
    quiet: bool,
    verbose: bool,
    in_github: bool,
    progress: RefCell<Option<Progress>>,
}

impl<'w, 'o> Watcher<'w, 'o> {
    /// Makes one that shows no plans.
    pub(super) fn new(Rim { global, environment, output, .. }: Rim<'w, 'o>) -> Watcher<'w, 'o> {
        Watcher {
            output,
            publisher: None,
            consent: Consent::Given,
            style: style(global, environment),
            quiet: global.quiet,
            verbose: global.verbose,
            in_github: in_github(environment),
            progress: RefCell::new(None),
        }
    }

    /// Shows the plans before they are sent, and asks about those that are broad.
    pub(super) fn showing(mut self, publisher: &'w Publisher, consent: Consent) -> Watcher<'w, 'o> {
        self.publisher = Some(publisher);
        self.consent = consent;
        self
    }
}

impl Listener for Watcher<'_, '_> {
    fn hear(&self, notice: &Notice) {
        let (word, text) = match notice {
            Notice::Note(_) if self.quiet => return,
            Notice::Detail(_) if !self.verbose => return,
            Notice::Note(text) | Notice::Detail(text) => ("note", line(text)),
            Notice::Warning(text) | Notice::Fault(text) => ("warning", line(text)),
        };
        self.output.aside(|err| writeln!(err, "{word}: {text}"));
        if let (true, Notice::Fault(text)) = (self.in_github, notice) {
            self.output.aside(|err| writeln!(err, "{}", annotation("warning", text)));
        }
    }

    fn ready(&self, sites: &[SiteReport<'_>]) -> io::Result<()> {
        self.publisher.map_or(Ok(()), |publisher| publisher.announce(self.output, sites))
    }

    fn agrees(&self, sites: &[SiteReport<'_>]) -> bool {
        self.consent.asks(self.output, sites)
    }

    fn sending(&self, operations: usize) {
        *self.progress.borrow_mut() = Some(Progress::new(self.style, operations).beside_annotations(self.in_github));
    }

    fn sent(&self, title: &str, event: &Event<'_>) {
        if let Some(progress) = &*self.progress.borrow() {
            self.output.aside(|err| {
                progress.show(title, event, err);
                Ok(())
            });
        }
    }

    fn done(&self) {
        if let Some(progress) = self.progress.borrow_mut().take() {
            progress.finish();
        }
    }
}

fn style(global: &Global, environment: &Environment) -> ProgressStyle {
    if global.quiet {
        ProgressStyle::Hidden
    } else if global.verbose {
        ProgressStyle::EveryRequest
    } else if io::stderr().is_terminal() && !environment.has("CI") {
        ProgressStyle::Bar
    } else {
        ProgressStyle::Lines
    }
}
