//! What senders and people are answered. Who is not let in learns nothing: no reason, no name, nothing of the request.

use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Bytes;
use serde_json::{Value, json};

use super::settings::BY_PAGE;
use super::store::{Accepted, Run};

/// An answer with its whole body.
pub(super) type Answered = Response<Full<Bytes>>;

/// Returns an answer without a body.
pub(super) fn bare(status: StatusCode) -> Answered {
    let mut answer = Response::new(Full::new(Bytes::new()));
    *answer.status_mut() = status;
    answer
}

/// Returns an answer with a JSON document.
pub(super) fn document(status: StatusCode, document: &Value) -> Answered {
    let mut answer = Response::new(Full::new(Bytes::from(format!("{document}\n"))));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

/// Returns the answer to a challenge, which is the whole of what its sender waits for.
pub(super) fn challenge(text: String) -> Answered {
    let mut answer = Response::new(Full::new(Bytes::from(text)));
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

/// Returns the answer to a sender that asked whether it may deliver: it may, so many a minute.
pub(super) fn consent(origin: HeaderValue, rate: u32) -> Answered {
    let mut answer = bare(StatusCode::OK);
    answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
    answer.headers_mut().insert(HeaderName::from_static("webhook-allowed-origin"), origin);
    answer.headers_mut().insert(HeaderName::from_static("webhook-allowed-rate"), HeaderValue::from(rate));
    answer
}

/// Returns the answer for a sender that comes too often, or too early: it is asked to come again.
pub(super) fn later(status: StatusCode, seconds: u64) -> Answered {
    let mut answer = bare(status);
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    answer
}

/// Returns the answer for a delivery that is kept: 200 where it was known before, 202 where it is new.
pub(super) fn accepted(accepted: &Accepted) -> Answered {
    let status = if accepted.is_known { StatusCode::OK } else { StatusCode::ACCEPTED };
    document(status, &json!({ "run": accepted.run, "known": accepted.is_known }))
}

/// Returns what is told of a run.
pub(super) fn run(run: &Run) -> Value {
    let seconds = |milliseconds: i64| milliseconds.div_euclid(1000);
    json!({
        "run": run.id,
        "site": run.site,
        "by": if run.hook == BY_PAGE { BY_PAGE } else { "delivery" },
        "state": run.state,
        "attempts": run.attempts,
        "created": seconds(run.created),
        "ended": run.ended.map(seconds),
        "joined": run.joined,
        "report": run.report,
    })
}
