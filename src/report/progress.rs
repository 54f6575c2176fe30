//! Progress while requests are under way: a bar on a terminal, plain lines elsewhere, on stderr.

use std::cell::Cell;
use std::io::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle as BarStyle};

use super::date::time_of_day;
use crate::display::{counted, grouped};
use crate::send::Event;

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgressStyle {
    /// Not at all.
    Hidden,
    /// A bar that redraws itself.
    Bar,
    /// A line for each thing worth knowing.
    Lines,
    /// A line for each request.
    EveryRequest,
}

/// The progress of a run, over all its sites.
pub struct Progress {
    style: ProgressStyle,
    bar: ProgressBar,
    total: usize,
    done: Cell<usize>,
    quarter: Cell<usize>,
    /// What was not purged stands in annotations too, which say it in the same place.
    is_annotated: bool,
}

/// Below this many operations, plain lines report no quarters: it is over before anybody reads.
const WORTH_QUARTERS: usize = 2000;

/// A pause from which people look at the clock, and ask whether anything is still going on.
const LONG: Duration = Duration::from_secs(10);

impl Progress {
    /// Begins to show progress over so many operations. A bar goes to the process's own stderr.
    #[must_use]
    pub fn new(style: ProgressStyle, total: usize) -> Progress {
        let bar = if style == ProgressStyle::Bar {
            let template =
                BarStyle::with_template("  {bar:32} {pos}/{len}  {msg}").unwrap_or_else(|_| BarStyle::default_bar());
            ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr()).with_style(template)
        } else {
            ProgressBar::hidden()
        };
        Progress { style, bar, total, done: Cell::new(0), quarter: Cell::new(0), is_annotated: false }
    }

    /// Leaves out what was not purged, which annotations say.
    #[must_use]
    pub fn beside_annotations(self, is_annotated: bool) -> Progress {
        Progress { is_annotated, ..self }
    }

    /// Shows an event of a site; lines go to `stderr`.
    pub fn show(&self, site: &str, event: &Event<'_>, stderr: &mut dyn Write) {
        match event {
            Event::Ended(receipt) => {
                self.done.set(self.done.get() + receipt.batch.size());
                self.bar.set_position(self.done.get() as u64);
                let held = counted(receipt.batch.size(), "operation");
                match receipt.why() {
                    Some(_) if self.is_annotated => {}
                    Some(why) => self.line(stderr, Some(site), &format!("{}: {held}: {why}", receipt.word())),
                    None if self.style == ProgressStyle::EveryRequest => {
                        self.line(stderr, Some(site), &format!("accepted: {held} in {:.2} s", receipt.seconds));
                    }
                    None => self.quarters(stderr),
                }
            }
            Event::Behind { is_asked, host, delay, until } => {
                let (seconds, when) = (delay.as_secs_f64(), at(*delay, *until));
                let why = if *is_asked {
                    format!("{host} asked another run with the same token to wait")
                } else {
                    "other runs with the same token have used the pace".to_owned()
                };
                self.line(stderr, Some(site), &format!("{why}: asking {host} in {seconds:.1} s at the earliest{when}"));
            }
            Event::Waiting { batch, host, attempt, delay, until, why } => {
                let (held, seconds) = (counted(batch.size(), "operation"), delay.as_secs_f64());
                let when = at(*delay, *until);
                let text =
                    format!("{why}: asking {host} again in {seconds:.1} s{when} (attempt {attempt}), for {held}");
                self.line(stderr, Some(site), &text);
            }
            Event::Halved { batch, why } => {
                self.line(
                    stderr,
                    Some(site),
                    &format!("{why}: looking for it among {}", counted(batch.size(), "operation")),
                );
            }
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn quarters(&self, stderr: &mut dyn Write) {
        let quarter = self.done.get() * 4 / self.total.max(1);
        if self.style == ProgressStyle::Lines && self.total >= WORTH_QUARTERS && quarter > self.quarter.replace(quarter)
        {
            self.line(stderr, None, &format!("{} of {} sent", grouped(self.done.get()), grouped(self.total)));
        }
    }

    fn line(&self, stderr: &mut dyn Write, site: Option<&str>, text: &str) {
        let text = &site.map_or_else(|| text.to_owned(), |site| format!("{site}: {text}"));
        match self.style {
            ProgressStyle::Hidden => {}
            ProgressStyle::Bar => self.bar.println(format!("  {text}")),
            ProgressStyle::Lines | ProgressStyle::EveryRequest => {
                // A closed stderr is no reason to stop a purge.
                let _closed = writeln!(stderr, "  {text}");
            }
        }
    }
}

/// The time of day at which a long pause ends.
fn at(delay: Duration, until: std::time::SystemTime) -> String {
    if delay < LONG { String::new() } else { format!(", at {}", time_of_day(until)) }
}
