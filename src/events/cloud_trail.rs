//! The log of `CloudTrail` of calls to S3, by itself or through `EventBridge`: who asked for what, with the call's own parameters.
//!
//! It logs reads too, and calls that failed: neither changes anything.
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html>)

use serde_json::Value;

use super::effect::Effect;
use super::key::Encoding;
use super::record::Parts;
use super::unread::What;

/// Calls that change what an object answers, and whether it is gone then.
const CALLS: [(&str, Effect); 12] = [
    ("PutObject", Effect::Written),
    ("CopyObject", Effect::Written),
    ("PostObject", Effect::Written),
    ("CompleteMultipartUpload", Effect::Written),
    ("RestoreObject", Effect::Written),
    ("PutObjectAcl", Effect::Written),
    ("PutObjectTagging", Effect::Written),
    ("DeleteObjectTagging", Effect::Written),
    ("RenameObject", Effect::Written),
    ("DeleteObject", Effect::Removed),
    ("LifecycleDeletion", Effect::Removed),
    ("ExpireObject", Effect::Removed),
];

/// Beginnings of the names of calls that leave all objects as they are: reads, parts of an upload that is not whole yet, locks.
const HARMLESS: [&str; 10] = [
    "Get",
    "Head",
    "List",
    "Select",
    "CreateMultipartUpload",
    "UploadPart",
    "AbortMultipartUpload",
    "PutObjectRetention",
    "PutObjectLegalHold",
    "CreateSession",
];

/// Returns the log's entry in a document: itself, or what `EventBridge` has wrapped.
pub(super) fn call(value: &Value) -> Option<&Value> {
    let is_call = |value: &&Value| {
        value.get("eventSource").and_then(Value::as_str) == Some("s3.amazonaws.com") && value.get("eventName").is_some()
    };
    Some(value).filter(is_call).or_else(|| value.get("detail").filter(is_call))
}

/// Returns the parts of an entry; `None` where the call changed nothing.
pub(super) fn parts(call: &Value) -> Result<Option<Parts<'_>>, What> {
    let text = |pointer: &str| call.pointer(pointer).and_then(Value::as_str);
    let name = text("/eventName");
    let is_harmless = |name: &str| HARMLESS.iter().any(|start| name.starts_with(start));
    if name.is_some_and(is_harmless) || text("/errorCode").is_some() {
        return Ok(None);
    } else if name == Some("DeleteObjects") && text("/requestParameters/key").is_none() {
        return Err(What::Several("DeleteObjects".to_owned()));
    }
    let bucket = text("/requestParameters/bucketName").filter(|bucket| !bucket.is_empty());
    let bucket = bucket.ok_or(What::Missing("requestParameters.bucketName"))?;
    let key = text("/requestParameters/key").ok_or(What::Missing("requestParameters.key"))?;
    if key.is_empty() {
        return Err(What::EmptyKey);
    }
    let effect = CALLS.iter().find(|(known, _)| Some(*known) == name).map(|(_, effect)| *effect);
    Ok(Some(Parts {
        name,
        effect,
        version: None,
        bucket: bucket.into(),
        key: key.into(),
        encoding: Encoding::AssumedPlain,
    }))
}
