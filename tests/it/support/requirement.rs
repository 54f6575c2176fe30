//! What a test needs beyond Rust and git: it runs when it is there, says so aloud when not, and is required in CI.

/// True when `have` is; otherwise the test is skipped with a loud line, or fails when `DIFFPURGE_TESTS=all`.
pub(crate) fn required(have: bool, what: &str) -> bool {
    if !have {
        assert!(
            std::env::var("DIFFPURGE_TESTS").as_deref() != Ok("all"),
            "DIFFPURGE_TESTS=all, and this is missing: {what}"
        );
        let line = format!("\n======== SKIPPED, for want of: {what} ========\n");
        // Past the harness's capture, so that it is seen.
        let _written = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
    }
    have
}
