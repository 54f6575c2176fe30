//! The event file of GitHub Actions and of those that are made like it: `before` of a push.
//!
//! The file holds the whole webhook, up to 25 MB of it
//! (<https://docs.github.com/webhooks/webhook-events-and-payloads>); all but one key is passed over while it is parsed.

use std::io;
use std::path::Path;

use serde::Deserialize;

use crate::display::shown;

/// The variable that names the file.
pub(super) const PATH: &str = "GITHUB_EVENT_PATH";

/// The part of a push event that is needed.
#[derive(Deserialize)]
struct Push {
    before: Option<String>,
}

/// Returns the tip before the push, as it stands there.
///
/// # Errors
/// In words, when the file cannot be read or does not hold it.
pub(super) fn before(path: &Path, read: impl FnOnce(&Path) -> io::Result<Vec<u8>>) -> Result<String, String> {
    let name = || shown(path.as_os_str().as_encoded_bytes());
    let bytes = read(path).map_err(|error| format!("the event file {} cannot be read: {error}", name()))?;
    let push: Push = serde_json::from_slice(&bytes)
        .map_err(|error| format!("the event file {} does not hold a push event: {error}", name()))?;
    push.before.ok_or_else(|| format!("the event file {} has no `before`", name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_from(bytes: &[u8]) -> Result<String, String> {
        before(Path::new("/event.json"), |_| Ok(bytes.to_vec()))
    }

    #[test]
    fn only_before_at_the_top_counts_and_all_else_is_passed_over() {
        let event = br#"{"ref": "main", "commits": [{"before": 1, "added": ["\u00fc"]}], "before": "a", "after": "b"}"#;
        assert_eq!(read_from(event).unwrap(), "a");
        for bytes in [&br#"{"head": {"before": "a"}}"#[..], br#"{"before": null}"#, b"{}"] {
            assert_eq!(read_from(bytes).unwrap_err(), "the event file /event.json has no `before`");
        }
    }

    #[test]
    fn a_file_that_holds_no_push_event_says_so() {
        for bytes in [&b""[..], b"{\"before\": \"a\"", b"\xff", b"[1]", b"null", b"{\"before\": 7}", b"{} {}"] {
            let why = read_from(bytes).unwrap_err();
            assert!(why.starts_with("the event file /event.json does not hold a push event: "), "{bytes:?}: {why}");
        }
        let why = before(Path::new("/a\nb"), |_| Err(io::ErrorKind::NotFound.into())).unwrap_err();
        assert_eq!(why, r#"the event file "/a\nb" cannot be read: entity not found"#);
    }
}
