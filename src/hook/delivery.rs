//! A delivery as it came in: nothing of it is trusted.

use std::time::SystemTime;

use http::HeaderMap;

/// A delivery as it came in.
#[derive(Clone, Copy)]
pub struct Delivery<'d> {
    /// Its headers.
    pub headers: &'d HeaderMap,
    /// The text behind the `?` of its URL.
    pub query: Option<&'d str>,
    /// Its body, as it was sent.
    pub body: &'d [u8],
    /// When it came.
    pub now: SystemTime,
}
