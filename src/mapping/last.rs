//! The files that have to go last: those that make browsers ask for others.
//!
//! A new service worker, or the new home page, asks at once for the new assets. Were it purged before they are, a visitor
//! in between would get the old ones through it, and keep them. A rule names further ones with `last = true`.

use super::judged::Judged;
use crate::config::{RuleNumber, Site};

/// File names of service workers, and of the lists of files that they fetch: the usual ones, Workbox's and the browsers' documents',
/// Angular's, Blazor's, Flutter's, Firebase's, `OneSignal`'s, `PWABuilder`'s.
const SERVICE_WORKERS: [&[u8]; 15] = [
    b"sw.js",
    b"sw.mjs",
    b"service-worker.js",
    b"service-worker.mjs",
    b"serviceworker.js",
    b"service_worker.js",
    b"ngsw-worker.js",
    b"ngsw.json",
    b"service-worker-assets.js",
    b"blazor.boot.json",
    b"flutter_service_worker.js",
    b"flutter_bootstrap.js",
    b"firebase-messaging-sw.js",
    b"OneSignalSDKWorker.js",
    b"pwabuilder-sw.js",
];

/// Returns true for a service worker, for the list of what one fetches, and for the index of the web root.
#[must_use]
pub fn goes_last(path: &[u8]) -> bool {
    // Most files are told apart by their end.
    let is_script = path.ends_with(b"js") || path.ends_with(b".json");
    let name = || memchr::memrchr(b'/', path).map_or(path, |slash| &path[slash + 1..]);
    is_script && SERVICE_WORKERS.contains(&name()) || path == b"index.html" || path == b"index.htm"
}

/// The paths and rules that go last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Later {
    /// The indexes of changed paths in [`crate::changes::Changes::paths`], sorted.
    paths: Vec<u32>,
    /// The rules that say so, sorted: what they add goes last as well.
    rules: Vec<RuleNumber>,
}

impl Later {
    /// Finds them.
    pub(super) fn find(judged: &Judged<'_>, site: &Site) -> Later {
        let rules: Vec<RuleNumber> =
            site.rules.iter().filter(|(_, rule)| rule.last).map(|(number, _)| number).collect();
        if rules.is_empty() {
            return Later::default();
        }
        let has_one = |i: &u32| judged.rules(*i).iter().any(|rule| rules.contains(rule));
        let paths = (0u32..).take(judged.changes.paths.len()).filter(has_one).collect();
        Later { paths, rules }
    }

    /// Returns true for a changed path, by its index.
    pub(super) fn has_path(&self, index: u32) -> bool {
        self.paths.binary_search(&index).is_ok()
    }

    /// Returns true for a rule.
    pub(super) fn has_rule(&self, rule: RuleNumber) -> bool {
        self.rules.contains(&rule)
    }
}

#[cfg(test)]
mod tests {
    use super::{SERVICE_WORKERS, goes_last};

    #[test]
    fn service_workers_and_their_lists_go_last_wherever_they_lie() {
        for path in [
            "sw.js",
            "app/sw.js",
            "service-worker.js",
            "ngsw-worker.js",
            "ngsw.json",
            "docs/ngsw.json",
            "service-worker-assets.js",
            "_framework/blazor.boot.json",
            "flutter_service_worker.js",
            "flutter_bootstrap.js",
            "index.html",
            "index.htm",
        ] {
            assert!(goes_last(path.as_bytes()), "{path}");
        }
        assert!(SERVICE_WORKERS.iter().all(|name| goes_last(name) && goes_last(&[b"d/", *name].concat())));
        for path in
            ["d/index.html", "my-sw.js", "sw.js.map", "ngsw.json.txt", "flutter.js", "boot.json", "manifest.json"]
        {
            assert!(!goes_last(path.as_bytes()), "{path}");
        }
    }
}
