//! The body of a request, read within its size, its time and its room. Nobody has been let in yet, so nothing of it is looked at.

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
    pub(super) room: Option<OwnedSemaphorePermit>,
}

impl Whole {
    /// Takes room for a part of the body, and then the part. One permit is for all parts: a body may come byte by byte.
    async fn take(&mut self, part: &[u8], seat: &Seat) -> Result<(), StatusCode> {
        let more = seat.room(part.len()).await.ok_or(StatusCode::SERVICE_UNAVAILABLE)?;
        match &mut self.room {
            Some(room) => room.merge(more),
            None => self.room = Some(more),
        }
        self.bytes.extend_from_slice(part);
        Ok(())
    }
}

/// Reads a body.
pub(super) async fn whole(body: Incoming, largest: usize, seat: &Seat) -> Result<Whole, StatusCode> {
    if body.size_hint().lower() > largest as u64 {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let read = async {
        let mut body = Limited::new(body, largest);
        let mut whole = Whole { bytes: Vec::new(), room: None };
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| {
                let is_too_long = error.is::<LengthLimitError>();
                if is_too_long { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::BAD_REQUEST }
            })?;
            if let Some(part) = frame.data_ref() {
                whole.take(part, seat).await?;
            }
        }
        Ok(whole)
    };
    tokio::time::timeout(BODY, read).await.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::serve::limits::Connections;

    #[tokio::test]
    async fn a_body_that_comes_byte_by_byte_has_one_permit_for_all_of_it() {
        let connections = Arc::new(Connections::new(1, 100_000));
        let number = connections.begin().unwrap();
        let seat = Seat { connections, number };
        let mut whole = Whole { bytes: Vec::new(), room: None };
        for _ in 0..100_000 {
            whole.take(b"x", &seat).await.unwrap();
        }
        let Whole { bytes, room } = whole;
        assert_eq!((bytes.len(), room.as_ref().map(OwnedSemaphorePermit::num_permits)), (100_000, Some(100_000)));
        drop(room);
        assert!(seat.room(100_000).await.is_some(), "all of it is given back");
    }
}
