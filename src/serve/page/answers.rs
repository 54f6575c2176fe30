//! The answers of the page, with the headers that keep it to itself: no script, no frame, no copy, no word to other sites.

use http::{HeaderName, HeaderValue, StatusCode, header};
use hyper::body::Bytes;

use crate::report::receiver;
use crate::serve::answers::{Answered, bare};

/// What each answer says of itself. The origin is told to this host alone: without it, nobody could tell whose form comes.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::VARY, "Cookie"),
];

/// Adds the headers that all have.
fn guarded(mut answer: Answered) -> Answered {
    for (name, value) in HEADERS {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

/// Returns an answer without a body.
pub(super) fn empty(status: StatusCode) -> Answered {
    guarded(bare(status))
}

/// Returns a page that may do in a browser what a policy says.
pub(super) fn page(status: StatusCode, policy: &str, body: impl Into<Bytes>) -> Answered {
    let mut answer = guarded(bare(status));
    let Ok(policy) = HeaderValue::from_str(policy) else { return empty(StatusCode::INTERNAL_SERVER_ERROR) };
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    *answer.body_mut() = body.into().into();
    answer
}

/// Returns a page of the receiver's own.
pub(super) fn own(status: StatusCode, page: std::io::Result<String>) -> Answered {
    page.map_or_else(|_| empty(StatusCode::INTERNAL_SERVER_ERROR), |page| self::page(status, &receiver::policy(), page))
}

/// Returns the answer for who is not let in: the same, whatever was asked for.
pub(super) fn outside(is_refused: bool) -> Answered {
    own(StatusCode::UNAUTHORIZED, receiver::login(is_refused))
}

/// Returns the answer to a form: go there, and do not send it again. It may set the cookie.
pub(super) fn go(to: &str, cookie: Option<&str>) -> Answered {
    let mut answer = guarded(bare(StatusCode::SEE_OTHER));
    let headers = answer.headers_mut();
    let (Ok(to), Ok(cookie)) = (HeaderValue::from_str(to), cookie.map(HeaderValue::from_str).transpose()) else {
        return empty(StatusCode::INTERNAL_SERVER_ERROR);
    };
    headers.insert(header::LOCATION, to);
    cookie.map(|cookie| headers.insert(header::SET_COOKIE, cookie));
    answer
}
