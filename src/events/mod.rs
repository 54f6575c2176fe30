//! The words of object stores about their objects: notifications, in whatever they were wrapped on the way.
//!
//! Bytes in, [`Notifications`] out: each object that was written or removed, with its bucket, and what could not be read, with
//! its place. S3 (and what speaks like it), also in SQS, SNS, or SNS in SQS; `EventBridge`, with `CloudTrail`'s too; R2's queue messages; Google's Pub/Sub
//! and `CloudEvents`; Azure's Event Grid.
//! Nothing that is not understood is dropped. The share of a site in it is found by [`share`]; URLs are left to [`crate::mapping`].

mod azure;
mod cloud_trail;
mod documents;
mod effect;
mod error;
mod key;
mod notifications;
mod record;
mod share;
mod strict;
mod trail;
mod unread;
mod wrapping;

use serde_json::Value;

use self::documents::Documents;
use self::trail::{Step, Trail};
use self::wrapping::Unwrapping;

pub(crate) use self::strict::Strict;

pub use self::error::EventsError;
pub use self::notifications::{Notifications, Record};
pub use self::share::{Share, is_bucket_of, share};
pub use self::unread::{Unread, What};

/// Reads one JSON document, several behind each other, or one on each line. A line that cannot be read is a fault; the others are
/// read.
///
/// # Errors
/// When there is nothing in it, or no JSON at all.
pub fn read(text: &[u8]) -> Result<Notifications, EventsError> {
    let mut documents = Documents::new(text).peekable();
    let first = documents.next().ok_or(EventsError::Empty)?;
    let alone = documents.peek().is_none();
    let (mut all, mut any, mut first_fault) = (Unwrapping::default(), false, None);
    for document in std::iter::once(first).chain(documents) {
        let place = if alone { Trail::top() } else { Trail::from_step(Step::Lines(document.first, document.last)) };
        any |= document.value.is_ok();
        match document.value {
            Ok(value) => all.once(&value, document.twice, &place),
            Err(why) => {
                first_fault.get_or_insert_with(|| why.clone());
                all.fault(&place, What::NotJson(why));
            }
        }
    }
    match first_fault.filter(|_| !any) {
        Some(why) => Err(EventsError::NotJson(why)),
        None => Ok(all.notifications),
    }
}

/// Reads a document that was parsed already.
#[must_use]
pub fn unwrapped(document: &Value) -> Notifications {
    let mut all = Unwrapping::default();
    all.value(document, &Trail::top());
    all.notifications
}

#[cfg(test)]
mod tests;
