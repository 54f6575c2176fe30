//! The notification itself, as each source writes it: name of the event, bucket and key.
//!
//! Only what is needed is looked at, and whatever else stands there may come and go.

use serde_json::{Map, Value};

use std::borrow::Cow;

use super::effect::{Effect, effect};
use super::key::Encoding;
use super::unread::What;

/// A notification's parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parts<'v> {
    /// The event; `None` where its name is not known.
    pub(super) effect: Option<Effect>,
    /// The event's name, where it has one.
    pub(super) name: Option<&'v str>,
    /// The version of the notification, where it has one.
    pub(super) version: Option<&'v str>,
    pub(super) bucket: Cow<'v, str>,
    pub(super) key: Cow<'v, str>,
    pub(super) encoding: Encoding,
}

/// Where the parts of a notification stand: JSON pointers, and what the last two are called.
struct Source {
    name: &'static str,
    version: &'static str,
    bucket: (&'static str, &'static str),
    key: (&'static str, &'static str),
    encoding: Encoding,
}

const S3: Source = Source {
    name: "/eventName",
    version: "/eventVersion",
    bucket: ("/s3/bucket/name", "s3.bucket.name"),
    key: ("/s3/object/key", "s3.object.key"),
    encoding: Encoding::Form,
};

const EVENT_BRIDGE: Source = Source {
    name: "/detail-type",
    version: "/version",
    bucket: ("/detail/bucket/name", "detail.bucket.name"),
    key: ("/detail/object/key", "detail.object.key"),
    encoding: Encoding::AssumedPlain,
};

const R2: Source = Source {
    name: "/action",
    version: "",
    bucket: ("/bucket", "bucket"),
    key: ("/object/key", "object.key"),
    encoding: Encoding::AssumedPlain,
};

const PUB_SUB: Source = Source {
    name: "/message/attributes/eventType",
    version: "",
    bucket: ("/message/attributes/bucketId", "message.attributes.bucketId"),
    key: ("/message/attributes/objectId", "message.attributes.objectId"),
    encoding: Encoding::Plain,
};

/// Google's, as `CloudEvents` of Eventarc.
const CLOUD_EVENT: Source = Source {
    name: "/type",
    version: "",
    bucket: ("/data/bucket", "data.bucket"),
    key: ("/data/name", "data.name"),
    encoding: Encoding::Plain,
};

/// The load of a notification of Google's: the object itself, without a word on what happened to it.
const RESOURCE: Source = Source {
    name: "/eventType",
    version: "",
    bucket: ("/bucket", "bucket"),
    key: ("/name", "name"),
    encoding: Encoding::Plain,
};

/// Returns the parts of a notification; `None` where the object is something else.
pub(super) fn parts<'v>(value: &'v Value, object: &Map<String, Value>) -> Option<Result<Parts<'v>, What>> {
    let text = |key: &str| object.get(key).and_then(Value::as_str);
    let source = if object.contains_key("s3") {
        S3
    } else if object.contains_key("detail-type") {
        EVENT_BRIDGE
    } else if object.contains_key("action") && object.contains_key("object") {
        R2
    } else if object.get("message").is_some_and(|message| message.get("attributes").is_some()) {
        PUB_SUB
    } else if text("type").is_some_and(|name| name.starts_with("google.cloud.storage.object.")) {
        CLOUD_EVENT
    } else if text("kind") == Some("storage#object") {
        RESOURCE
    } else {
        return None;
    };
    Some(source.parts(value))
}

/// Returns true for what S3 sends when notifications are set up.
pub(super) fn is_test(object: &Map<String, Value>) -> bool {
    object.get("Event").and_then(Value::as_str) == Some("s3:TestEvent")
}

/// Returns true for a version that is laid out as those that are known: the number before the dot tells.
pub(super) fn is_known_version(version: &str) -> bool {
    matches!(version.split('.').next(), Some("0" | "2"))
}

impl Source {
    fn parts<'v>(&self, value: &'v Value) -> Result<Parts<'v>, What> {
        let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str);
        let needed = |(pointer, name)| text(pointer).ok_or(What::Missing(name));
        let (bucket, key) = (needed(self.bucket)?, needed(self.key)?);
        if bucket.is_empty() {
            return Err(What::Missing(self.bucket.1));
        } else if key.is_empty() {
            return Err(What::EmptyKey);
        }
        let version = if self.version.is_empty() { None } else { text(self.version) };
        let name = text(self.name);
        let effect = effect(name.unwrap_or_default());
        Ok(Parts { name, effect, version, bucket: bucket.into(), key: key.into(), encoding: self.encoding })
    }
}
