//! The names of events: what happened to an object.
//!
//! A name that is not known is no reason to leave a page stale: its object is purged, and the name is reported. Only what is known to leave
//! the object as it was, such as a read, is no change.

/// The meaning of an event for its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// It was written, or something else that may change an answer.
    Written,
    /// It is gone.
    Removed,
    /// It is what it was.
    None,
}

/// Beginnings of the names of what leaves an object as it was: reads, as `MinIO` sends them to the same subscribers
/// (<https://min.io/docs/minio/linux/administration/monitoring/bucket-notifications.html>), and what is about buckets.
const OF_READS: [&str; 5] =
    ["ObjectAccessed:", "BucketCreated:", "ObjectCreated:PutRetention", "ObjectCreated:PutLegalHold", "Scanner:"];

/// Beginnings of the names of S3, and whether the object is gone then. Tags, access and storage class can decide whether an object is
/// shown, so each of them counts. (`notification-how-to-event-types-and-destinations.html` in Amazon's user guide.)
const OF_S3: [(&str, bool); 10] = [
    ("ObjectCreated:", false),
    ("ObjectRemoved:", true),
    ("ObjectRestore:", false),
    ("ReducedRedundancyLostObject", true),
    ("LifecycleExpiration:", true),
    ("LifecycleTransition", false),
    ("IntelligentTiering", false),
    ("ObjectTagging:", false),
    ("ObjectAcl:", false),
    ("Replication:", false),
];

/// Whole names of `EventBridge`, R2 and Google. At Google an archived object is gone, or has a newer one in its place.
const OTHERS: [(&str, bool); 28] = [
    ("Object Created", false),
    ("Object Deleted", true),
    ("Object Restore Initiated", false),
    ("Object Restore Completed", false),
    ("Object Restore Expired", false),
    ("Object Storage Class Changed", false),
    ("Object Access Tier Changed", false),
    ("Object ACL Updated", false),
    ("Object Tags Added", false),
    ("Object Tags Deleted", false),
    ("PutObject", false),
    ("CopyObject", false),
    ("CompleteMultipartUpload", false),
    ("DeleteObject", true),
    ("LifecycleDeletion", true),
    ("OBJECT_FINALIZE", false),
    ("OBJECT_METADATA_UPDATE", false),
    ("OBJECT_DELETE", true),
    ("OBJECT_ARCHIVE", false),
    ("google.cloud.storage.object.v1.finalized", false),
    ("google.cloud.storage.object.v1.metadataUpdated", false),
    ("google.cloud.storage.object.v1.archived", false),
    ("google.cloud.storage.object.v1.deleted", true),
    ("Microsoft.Storage.BlobCreated", false),
    ("Microsoft.Storage.BlobDeleted", true),
    ("Microsoft.Storage.BlobRenamed", false),
    ("Microsoft.Storage.BlobTierChanged", false),
    ("Microsoft.Storage.BlobPropertiesUpdated", false),
];

/// Returns what an event means for its object; `None` where its name is not known.
pub(super) fn effect(name: &str) -> Option<Effect> {
    let of_s3 = name.strip_prefix("s3:").unwrap_or(name);
    if OF_READS.iter().any(|start| of_s3.starts_with(start)) {
        return Some(Effect::None);
    }
    removes(name).map(|removed| if removed { Effect::Removed } else { Effect::Written })
}

/// Tells whether the object is gone; `None` where the name is not known.
fn removes(name: &str) -> Option<bool> {
    // MinIO writes the configuration's name for it, with `s3:`.
    let of_s3 = name.strip_prefix("s3:").unwrap_or(name);
    let found = OF_S3.iter().find(|(start, _)| of_s3.starts_with(start));
    found.or_else(|| OTHERS.iter().find(|(known, _)| *known == name)).map(|(_, removed)| *removed)
}

#[cfg(test)]
mod tests {
    use super::{Effect, effect, removes};

    #[test]
    fn reads_are_no_changes() {
        for (name, want) in [
            ("ObjectAccessed:Get", Some(Effect::None)),
            ("s3:ObjectAccessed:Head", Some(Effect::None)),
            ("s3:ObjectAccessed:GetRetention", Some(Effect::None)),
            ("s3:BucketCreated:*", Some(Effect::None)),
            ("s3:ObjectCreated:PutTagging", Some(Effect::Written)),
            ("ObjectRemoved:Delete", Some(Effect::Removed)),
            ("google.cloud.storage.object.v1.deleted", Some(Effect::Removed)),
            ("Microsoft.Storage.BlobCreated", Some(Effect::Written)),
            ("ObjectAccess", None),
            ("", None),
        ] {
            assert_eq!(effect(name), want, "{name}");
        }
    }

    #[test]
    fn names_of_every_source_are_known() {
        for (name, want) in [
            ("ObjectCreated:Put", Some(false)),
            ("s3:ObjectCreated:CompleteMultipartUpload", Some(false)),
            ("ObjectRemoved:DeleteMarkerCreated", Some(true)),
            ("ObjectRestore:Completed", Some(false)),
            ("LifecycleExpiration:Delete", Some(true)),
            ("Object Deleted", Some(true)),
            ("DeleteObject", Some(true)),
            ("CopyObject", Some(false)),
            ("OBJECT_DELETE", Some(true)),
            ("ObjectPainted:Blue", None),
            ("Object Painted", None),
            ("PutObjectLater", None),
            ("", None),
        ] {
            assert_eq!(removes(name), want, "{name}");
        }
    }
}
