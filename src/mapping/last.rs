//! The files that have to go last: those that make browsers ask for others.
//!
//! A new service worker, or the new home page, asks at once for the new assets. Were it purged before they are, a visitor
//! in between would get the old ones through it, and keep them.

/// File names of service workers: the usual one, Workbox's and the browsers' documents', Angular's, Firebase's.
const SERVICE_WORKERS: [&[u8]; 6] = [
    b"sw.js",
    b"service-worker.js",
    b"serviceworker.js",
    b"service_worker.js",
    b"ngsw-worker.js",
    b"firebase-messaging-sw.js",
];

/// Returns true for a service worker, and for the index of the web root.
#[must_use]
pub fn goes_last(path: &[u8]) -> bool {
    let name = path.rsplit(|&b| b == b'/').next().unwrap_or_default();
    SERVICE_WORKERS.contains(&name) || path == b"index.html" || path == b"index.htm"
}
