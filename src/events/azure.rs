//! The events of Azure's Event Grid about blobs, in its own schema or as `CloudEvents`.
//!
//! A container is the bucket (`$web` of a static site), and what stands behind `/blobs/` in the subject the key.
//! (<https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage>)

use serde_json::Value;

use super::effect::effect;
use super::key::Encoding;
use super::record::Parts;
use super::unread::What;

/// Returns the name of an event of Event Grid in either schema; `None` where the document is something else.
pub(super) fn name(value: &Value) -> Option<&str> {
    let names = ["eventType", "type"].iter().filter_map(|key| value.get(*key)?.as_str());
    names.into_iter().find(|name| name.starts_with("Microsoft.Storage.") || name.starts_with("Microsoft.EventGrid."))
}

/// Returns the parts of an event with this name: of a blob that was renamed, those of the name that it had too. None where nothing
/// changed.
pub(super) fn parts<'v>(value: &'v Value, name: &'v str) -> Result<Vec<Parts<'v>>, What> {
    match name {
        "Microsoft.EventGrid.SubscriptionValidationEvent" => return Err(What::Validation),
        "Microsoft.EventGrid.SubscriptionDeletedEvent" | "Microsoft.Storage.DirectoryCreated" => return Ok(Vec::new()),
        "Microsoft.Storage.DirectoryDeleted" | "Microsoft.Storage.DirectoryRenamed" => return Err(What::Directory),
        _ => {}
    }
    let subject = value.get("subject").and_then(Value::as_str).ok_or(What::Missing("subject"))?;
    let (_, path) = subject.split_once("/containers/").ok_or(What::Missing("subject"))?;
    let (bucket, key) = path.split_once("/blobs/").ok_or(What::Missing("subject"))?;
    if bucket.is_empty() {
        return Err(What::Missing("subject"));
    } else if key.is_empty() {
        return Err(What::EmptyKey);
    }
    let of = |key: &'v str, encoding| Parts {
        name: Some(name),
        effect: effect(name),
        version: None,
        bucket: bucket.into(),
        key: key.into(),
        encoding,
    };
    let mut all = vec![of(key, Encoding::AssumedPlain)];
    if name == "Microsoft.Storage.BlobRenamed" {
        for (pointer, missing) in
            [("/data/sourceUrl", "data.sourceUrl"), ("/data/destinationUrl", "data.destinationUrl")]
        {
            let url = value.pointer(pointer).and_then(Value::as_str).ok_or(What::Missing(missing))?;
            // `https://account.dfs.core.windows.net/container/path`; of another container it is another site's, or nobody's.
            let below = url.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map(|(_, path)| path);
            let below = below.ok_or(What::Missing(missing))?;
            let key = below.strip_prefix(bucket).and_then(|rest| rest.strip_prefix('/'));
            all.extend(key.filter(|key| !key.is_empty()).map(|key| of(key, Encoding::AssumedPlain)));
        }
    }
    Ok(all)
}
