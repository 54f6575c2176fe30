//! GitHub Actions: annotations that stand at the top of a run.
//!
//! A workflow command is a line of the log; what stands in it is escaped as the runner decodes it, so that no file
//! name or answer of a server can begin a command of its own
//! (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>).

use super::SiteReport;
use crate::display::{counted, grouped};

/// One `::error::` or `::warning::` line, without its line break.
#[must_use]
pub fn annotation(level: &str, message: &str) -> String {
    let message = message.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    format!("::{level} title=diffpurge::{message}")
}

/// The annotations of one site: an error where something was not purged, a warning where more was than had changed.
#[must_use]
pub fn annotations(site: &SiteReport<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(because) = &site.plan.fallback {
        lines.push(annotation("warning", &format!("{}: {because}", site.plan.title())));
    }
    lines.extend(site.warnings().iter().map(|w| annotation("warning", &format!("{}: {w}", site.plan.title()))));
    let (accepted, not) = site.accepted_and_not();
    if let Some(first) = site.failures().next() {
        let operations = &site.plan.operations[first.batch.operations()];
        let named = operations.first().map_or("", |p| p.operation.text());
        let total = counted(accepted + not, "operation");
        let why = first.why().unwrap_or_default();
        lines.push(annotation(
            "error",
            &format!("{}: {} of {total} not purged; {named}: {why}", site.plan.title(), grouped(not)),
        ));
    }
    lines
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_message_cannot_begin_a_command_of_its_own() {
        let line = super::annotation("error", "100% of a\r\n::set-env name=X::y");
        assert_eq!(line, "::error title=diffpurge::100%25 of a%0D%0A::set-env name=X::y");
        assert_eq!(line.lines().count(), 1);
    }
}
