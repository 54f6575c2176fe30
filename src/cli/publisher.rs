//! Prints the reports, and writes them wherever else they were asked for.

use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::error::Error;
use super::format::Format;
use super::github::in_github;
use super::output::Output;
use super::report_file::{ReportFile, is_link};
use super::rim::Rim;
use super::subject::Subject;
use super::unwritten::Unwritten;
use crate::engine::{Run, SiteRun};
use crate::report::plan::SiteReport;
use crate::report::{self, Detail, View};

/// Where a run's reports go.
pub(super) struct Publisher {
    format: Format,
    view: View,
    quiet: bool,
    out: Option<ReportFile>,
    page: Option<ReportFile>,
    summary: Option<PathBuf>,
    github: bool,
    github_summary: Option<PathBuf>,
    /// Sites without a plan, and why; they stand in the document too.
    pub(super) unplanned: Vec<(String, String)>,
}

impl Publisher {
    /// Finds out where reports go, and that they can be written there, before anything is sent.
    pub(super) fn new(rim: Rim<'_, '_>, subject: &Subject) -> Result<Publisher, Error> {
        let Rim { global, environment, .. } = rim;
        let out = subject.out.as_deref().map(|path| ReportFile::new(path, report::plan::is_document)).transpose()?;
        let page = subject.html.as_deref().map(|path| ReportFile::new(path, report::is_page)).transpose()?;
        if let Some(path) = &subject.summary {
            if path == Path::new("-") {
                return Err(Error::Unwritten(Unwritten::NoFile(path.clone())));
            }
            if is_link(path) {
                return Err(Error::Unwritten(Unwritten::Link(path.clone())));
            }
            let opened = OpenOptions::new().append(true).create(true).open(path);
            opened.map_err(|source| Error::Unwritten(Unwritten::Before(path.clone(), source)))?;
        }
        let github = in_github(environment);
        let github_summary = if github { environment.get("GITHUB_STEP_SUMMARY")?.map(PathBuf::from) } else { None };
        let summary = subject.summary.clone();
        Ok(Publisher {
            format: subject.format,
            view: rim.view(),
            quiet: global.quiet,
            out,
            page,
            summary,
            github,
            github_summary,
            unplanned: Vec::new(),
        })
    }

    /// Empties the files for the report: an earlier run's must not be taken for this one's, however this one ends.
    pub(super) fn begin(&self) -> Result<(), Error> {
        self.out.iter().chain(&self.page).try_for_each(ReportFile::begin)
    }

    /// Draws the sites of a run, where a page is to show them.
    pub(super) fn draw(&self, run: &mut Run) -> Result<(), Error> {
        if self.format == Format::Html || self.page.is_some() {
            run.sites.iter_mut().try_for_each(SiteRun::draw)?;
        }
        Ok(())
    }

    /// Shows the plans before they are sent; the formats for programs have them in the outcome.
    pub(super) fn announce(&self, output: &Output<'_>, reports: &[SiteReport<'_>]) -> io::Result<()> {
        if self.format == Format::Human { output.raw_result(|out| self.print(out, reports)) } else { Ok(()) }
    }

    /// Prints the plans.
    pub(super) fn plans(&self, output: &Output<'_>, reports: &[SiteReport<'_>]) -> Result<(), Error> {
        output.result(|out| self.print(out, reports))?;
        // A list is nothing but URLs or requests: the rest goes to stderr.
        let beside = match self.format {
            Format::Urls => report::plan::beside_urls,
            Format::Requests => report::plan::beside_requests,
            Format::Human | Format::Json | Format::Markdown | Format::Html => return Ok(()),
        };
        if !self.quiet {
            output.aside(|err| report::plan::all_beside(err, reports, self.view.detail, beside));
        }
        Ok(())
    }

    /// Prints what became of them; in the formats but `human`, the plans with it.
    pub(super) fn outcomes(&self, output: &Output<'_>, reports: &[SiteReport<'_>]) -> Result<(), Error> {
        output.result(|out| {
            if self.format != Format::Human {
                return self.print(out, reports);
            }
            let nothing_to_say = self.view.detail == Detail::Brief || reports.iter().all(|r| r.plan.is_empty());
            let gap = if nothing_to_say { Ok(()) } else { writeln!(out) };
            gap.and_then(|()| report::plan::all_outcomes(out, reports, self.view))
        })
    }

    fn print(&self, out: &mut dyn Write, reports: &[SiteReport<'_>]) -> io::Result<()> {
        match self.format {
            Format::Json => report::plan::json(out, reports, &self.unplanned),
            Format::Urls => reports.iter().try_for_each(|r| report::plan::urls(out, r)),
            Format::Requests => reports.iter().try_for_each(|r| report::plan::requests(out, r)),
            Format::Html => report::plan::html(out, reports, &self.unplanned),
            Format::Markdown => markdown(out, reports, self.view.detail),
            Format::Human => report::plan::all_human(out, reports, self.view),
        }
    }

    /// Writes `--out`, the summaries, and GitHub's annotations.
    pub(super) fn files(&self, output: &Output<'_>, reports: &[SiteReport<'_>]) -> Result<(), Error> {
        let cannot = |path: &PathBuf, source| Error::Unwritten(Unwritten::After(path.clone(), source));
        // One place that cannot be written is no reason to leave the others out: the first error is returned at the end.
        let document = self
            .out
            .as_ref()
            .map_or(Ok(()), |file| file.write(|out| report::plan::json(out, reports, &self.unplanned)));
        let page = self
            .page
            .as_ref()
            .map_or(Ok(()), |file| file.write(|out| report::plan::html(out, reports, &self.unplanned)));
        let summary =
            self.summary.as_ref().map_or(Ok(()), |path| summarise(path, reports).map_err(|e| cannot(path, e)));
        if let Some(Err(e)) = self.github_summary.as_deref().map(|path| summarise(path, reports)) {
            // Nobody asked for this one: the run is as good without it.
            output.aside(|err| writeln!(err, "warning: cannot write the job summary: {e}"));
        }
        if self.github {
            let mut lines = reports.iter().flat_map(report::plan::annotations);
            output.aside(|err| lines.try_for_each(|line| writeln!(err, "{line}")));
        }
        document.and(page).and(summary)
    }
}

fn summarise(path: &Path, reports: &[SiteReport<'_>]) -> io::Result<()> {
    let mut file = BufWriter::new(OpenOptions::new().append(true).create(true).open(path)?);
    markdown(&mut file, reports, Detail::Screenful).and_then(|()| file.flush())
}

/// Writes all sites, without their lists where these do not fit a comment.
fn markdown(out: &mut dyn Write, reports: &[SiteReport<'_>], detail: Detail) -> io::Result<()> {
    report::fitted(out, detail, |out, detail| report::plan::all_markdown(out, reports, detail))
}
