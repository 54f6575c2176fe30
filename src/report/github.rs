//! GitHub Actions: annotations that stand at the top of a run.
//!
//! A workflow command is a line of the log; its text is escaped as the runner decodes it, so that no file name or answer
//! of a server can begin a command of its own
//! (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>).

/// Makes one `::error::` or `::warning::` line, without its line break.
#[must_use]
pub fn annotation(level: &str, message: &str) -> String {
    let message = message.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    format!("::{level} title=diffpurge::{message}")
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
