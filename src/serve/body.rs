//! The body of a request, read within its size, its time and the room that all bodies share. What it says is left to who reads it.

use std::time::Duration;

use http::StatusCode;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use tokio::sync::OwnedSemaphorePermit;

use super::limits::Seat;

/// How long a body may take, from the end of the headers.
const BODY: Duration = Duration::from_secs(10);

/// A body, with the room that it takes.
pub(super) struct Whole {
    pub(super) bytes: Vec<u8>,
    _room: Vec<OwnedSemaphorePermit>,
}

/// Reads a body within its size and its time.
pub(super) async fn whole(body: Incoming, largest: usize, seat: &Seat) -> Result<Whole, StatusCode> {
    if body.size_hint().lower() > largest as u64 {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let read = async {
        let (mut body, mut bytes, mut room) = (Limited::new(body, largest), Vec::new(), Vec::new());
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| {
                let is_too_long = error.is::<LengthLimitError>();
                if is_too_long { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::BAD_REQUEST }
            })?;
            if let Some(data) = frame.data_ref() {
                room.push(seat.room(data.len()).await.ok_or(StatusCode::SERVICE_UNAVAILABLE)?);
                bytes.extend_from_slice(data);
            }
        }
        Ok(Whole { bytes, _room: room })
    };
    tokio::time::timeout(BODY, read).await.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT))
}
