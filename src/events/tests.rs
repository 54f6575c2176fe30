use serde_json::{Value, json};

use super::*;

fn s3(key: &str) -> Value {
    json!({ "eventVersion": "2.1", "eventName": "ObjectCreated:Put", "s3": { "bucket": { "name": "b" }, "object": { "key": key } } })
}

fn keys(all: &Notifications) -> Vec<String> {
    all.records.iter().map(|record| String::from_utf8_lossy(&record.keys[0]).into_owned()).collect()
}

fn faults(all: &Notifications) -> Vec<String> {
    all.faults.iter().map(ToString::to_string).collect()
}

#[test]
fn a_fault_names_its_place_and_the_others_go_on() {
    let text = |value: Value| value.to_string();
    let broken = json!({ "Records": [s3("a"), { "s3": {} }, s3("b"), s3("")] });
    for (document, want) in [
        (json!([s3("x"), 1]), &["record 2: it is no notification of a kind that is known"][..]),
        (broken.clone(), &["record 2: `s3.bucket.name` is missing, or no text", "record 4: its key is empty"]),
        (
            json!({ "Records": [s3("x"), { "body": "{" }, { "body": text(broken.clone()) }] }),
            &[
                "record 2, body: it is no JSON: EOF while parsing an object at line 1 column 1",
                "record 3, body, record 2: `s3.bucket.name` is missing, or no text",
                "record 3, body, record 4: its key is empty",
            ],
        ),
        (
            json!({ "Messages": [{ "Body": text(json!({ "Type": "Notification", "Message": text(broken) })) }] }),
            &[
                "message 1, body, Message, record 2: `s3.bucket.name` is missing, or no text",
                "message 1, body, Message, record 4: its key is empty",
            ],
        ),
        (json!({ "Records": 1 }), &["the document: `Records` is no list"]),
        (json!({}), &["the document: it is no notification of a kind that is known"]),
        (json!(null), &["the document: it is no notification of a kind that is known"]),
        (
            json!({ "Type": "SubscriptionConfirmation", "Message": "You have chosen to subscribe", "Token": "x" }),
            &["the document: SNS asks for its subscription to be confirmed, and sends no events before"],
        ),
        (json!({ "Records": [{ "Sns": {} }] }), &["record 1: `Message` is missing, or no text"]),
        (
            json!({ "Records": [{ "Sns": { "Message": "\"x\"" } }] }),
            &["record 1, Message: it is no notification of a kind that is known"],
        ),
        (
            json!({ "source": "aws.s3", "detail-type": "Object Created", "detail": { "bucket": { "name": "b" } } }),
            &["the document: `detail.object.key` is missing, or no text"],
        ),
    ] {
        assert_eq!(faults(&unwrapped(&document)), want, "{document}");
    }
    assert_eq!(keys(&read(b"x\n{\"Records\":[]}\n").unwrap()), [""; 0]);
    let lines = [text(s3("a")), "{\"cut".to_owned(), text(s3("b"))].join("\n");
    let read = read(lines.as_bytes()).unwrap();
    assert_eq!(keys(&read), ["a", "b"]);
    assert!(faults(&read)[0].starts_with("line 2: it is no JSON: "), "{:?}", faults(&read));
}

#[test]
fn what_is_wrapped_without_end_is_a_fault() {
    let mut value = s3("a");
    for _ in 0..DEEPEST_USED {
        value = json!([value]);
    }
    assert_eq!(keys(&unwrapped(&value)), ["a"]);
    for _ in 0..100 {
        value = json!([value]);
    }
    let all = unwrapped(&value);
    assert!(keys(&all).is_empty());
    assert!(faults(&all)[0].ends_with("it is wrapped more than 16 deep"), "{:?}", faults(&all));
    // Each layer escapes those in it.
    let mut body = s3("a").to_string();
    for _ in 0..9 {
        body = json!({ "body": body }).to_string();
    }
    assert_eq!(keys(&read(body.as_bytes()).unwrap()), ["a"]);
}

/// Lists inside each other that are still unwrapped.
const DEEPEST_USED: usize = unread::DEEPEST - 1;

#[test]
fn nothing_and_no_json_are_errors() {
    assert_eq!(read(b" \n"), Err(EventsError::Empty));
    assert!(matches!(read(b"<html>\n"), Err(EventsError::NotJson(_))));
    assert!(matches!(read(b"{\n \"Records\": [\n"), Err(EventsError::NotJson(_))));
    for empty in [&b"[]"[..], b"{\"Records\":[]}", b"{\"Messages\":[]}"] {
        assert_eq!(read(empty), Ok(Notifications::default()));
    }
}

#[test]
fn records_and_faults_know_the_message_that_they_came_in() {
    let body = |value: Value| value.to_string();
    let document = json!({ "Records": [
        { "messageId": "one", "eventSource": "aws:sqs", "body": body(json!({ "Records": [s3("a"), s3("b")] })) },
        { "messageId": "two", "eventSource": "aws:sqs", "body": "broken" },
        { "eventSource": "aws:sqs", "body": body(json!({ "Type": "Notification", "Message": body(s3("c")) })) },
    ] });
    let all = unwrapped(&document);
    assert_eq!(all.messages, [Some("one".to_owned()), Some("two".to_owned()), None]);
    assert_eq!(all.records.iter().map(|record| record.message).collect::<Vec<_>>(), [Some(0), Some(0), Some(2)]);
    assert_eq!(all.faults[0].message, Some(1));
    assert_eq!(unwrapped(&s3("a")).records[0].message, None);
}

#[test]
fn words_that_are_not_known_are_counted_and_their_records_kept() {
    let mut painted = s3("a");
    painted["eventName"] = json!("ObjectPainted:Blue");
    let mut newer = s3("b");
    newer["eventVersion"] = json!("3.0");
    let mut nameless = s3("c");
    nameless["eventName"] = Value::Null;
    let all = unwrapped(&json!([painted, painted, newer, nameless]));
    assert_eq!(keys(&all), ["a", "a", "b", "c"]);
    let unknown: Vec<(&str, usize)> = all.unknown.iter().map(|(word, n)| (&**word, *n)).collect();
    assert_eq!(unknown, [("events without a name", 1), ("the event ObjectPainted:Blue", 2), ("the version 3.0", 1)]);
}

#[test]
fn what_was_sent_and_is_empty_is_a_fault() {
    let none = "nothing is in it, not even a record";
    for (document, want) in [
        (json!({ "Records": [{ "messageId": "1", "body": "[]" }] }), format!("record 1, body: {none}")),
        (json!({ "Records": [{ "messageId": "1", "body": "{\"Records\":[]}" }] }), format!("record 1, body: {none}")),
        (json!({ "Messages": [{ "Body": { "Records": [] } }] }), format!("message 1, body: {none}")),
        (json!({ "Type": "Notification", "Message": "{\"Records\":[]}" }), format!("Message: {none}")),
        (json!([{ "Records": [] }]), format!("record 1: {none}")),
        (json!([[]]), format!("record 1: {none}")),
        (json!({ "Records": [{}] }), "record 1: it is no notification of a kind that is known".to_owned()),
        (json!({ "Records": null }), "the document: `Records` is no list".to_owned()),
        (
            json!({ "detail-type": "Object Created", "detail": {} }),
            "the document: `detail.bucket.name` is missing, or no text".to_owned(),
        ),
    ] {
        assert_eq!(faults(&unwrapped(&document)), [want], "{document}");
    }
}

#[test]
fn a_key_that_stands_twice_is_a_fault_wherever_it_stands() {
    let twice = "{\"eventName\":\"ObjectCreated:Put\",\"s3\":{\"bucket\":{\"name\":\"b\"},\"object\":{\"key\":\"a\",\"key\":\"b\"}}}";
    let why = "the key `key` stands twice in one object, and readers differ in which of them counts";
    let body = json!({ "Records": [{ "messageId": "1", "body": twice }] }).to_string();
    for (text, place) in [
        (twice.to_owned(), "the document".to_owned()),
        (format!("{{\"Records\":[{twice}]}}"), "the document".to_owned()),
        (body, "record 1, body".to_owned()),
        (format!("{}\n{twice}\n", s3("c")), "line 2".to_owned()),
    ] {
        let all = read(text.as_bytes()).unwrap();
        assert_eq!(faults(&all), [format!("{place}: {why}")], "{text}");
        assert_eq!(keys(&all).len(), usize::from(place == "line 2"), "{text}");
    }
}

#[test]
fn base64_is_read_in_either_alphabet_and_what_is_none_is_a_fault() {
    // `?` and `~` beside each other make `/` and `+` of the one alphabet.
    let text = json!({ "Records": [s3("???~~~>>>")] }).to_string();
    let standard = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &text);
    let url = standard.replace('+', "-").replace('/', "_");
    let lines = format!("{}\r\n{}", &standard[..40], &standard[40..]);
    for body in [&standard, &url, &lines, &url.trim_end_matches('=').to_owned()] {
        for document in [
            json!({ "Records": [{ "messageId": "1", "body": body }] }),
            json!({ "isBase64Encoded": true, "body": body }),
            json!({ "message": { "data": body, "messageId": "1" }, "subscription": "s" }),
            json!({ "specversion": "1.0", "type": "x", "data_base64": body }),
        ] {
            assert_eq!(keys(&unwrapped(&document)), ["???~~~>>>"], "{document}");
        }
    }
    for body in ["bm8ganNvbg==", "MTIz", "IngiCg==", ""] {
        assert_eq!(unwrapped(&json!({ "isBase64Encoded": true, "body": body })).faults.len(), 1, "{body}");
    }
}

#[test]
fn reads_and_calls_that_failed_are_no_changes() {
    let mut accessed = s3("a");
    accessed["eventName"] = json!("s3:ObjectAccessed:Get");
    let trail = |name: &str, error: Value| {
        json!({ "detail-type": "AWS API Call via CloudTrail", "detail": {
        "eventSource": "s3.amazonaws.com", "eventName": name, "errorCode": error,
        "requestParameters": { "bucketName": "b", "key": "a" },
    } })
    };
    let list = json!({ "eventVersion": "1.08", "eventSource": "s3.amazonaws.com", "eventName": "ListObjects", "requestParameters": { "bucketName": "b" } });
    let all = [
        accessed,
        trail("GetObject", Value::Null),
        trail("HeadObject", Value::Null),
        trail("UploadPart", Value::Null),
        trail("PutObject", json!("AccessDenied")),
        list,
    ];
    let read = unwrapped(&json!(all));
    assert_eq!((read.reads, read.records.len(), faults(&read)), (all.len(), 0, Vec::new()));
    assert!(read.unknown.is_empty());
}

/// A call to S3 as `CloudTrail` logs it, through `EventBridge`.
fn trail(name: &str, key: Option<&str>) -> Value {
    json!({ "version": "0", "source": "aws.s3", "detail-type": "AWS API Call via CloudTrail", "detail": {
        "eventVersion": "1.08", "eventSource": "s3.amazonaws.com", "eventName": name, "requestParameters": { "bucketName": "b", "key": key },
    } })
}

/// An event of Google's, through Eventarc.
fn google(name: &str) -> Value {
    json!({ "specversion": "1.0", "id": "1", "type": format!("google.cloud.storage.object.v1.{name}"),
        "source": "//storage.googleapis.com/projects/_/buckets/b", "subject": "objects/d/a+b.html", "data": { "bucket": "b", "name": "d/a+b.html" } })
}

/// An event of Azure's, in Event Grid's own schema.
fn grid(name: &str, subject: &str) -> Value {
    json!({ "topic": "/subscriptions/s/storageAccounts/x", "subject": subject, "eventType": format!("Microsoft.Storage.{name}"),
        "data": { "api": "PutBlob", "sourceUrl": "https://x.dfs.core.windows.net/$web/old.html", "destinationUrl": "https://x.dfs.core.windows.net/$web/new.html" }, "dataVersion": "" })
}

const BLOB: &str = "/blobServices/default/containers/$web/blobs/d/a.html";

/// Records in words, faults, and words that are not known.
fn told(document: &Value) -> (Vec<String>, Vec<String>, Vec<String>) {
    let all = unwrapped(document);
    let records = all.records.iter().map(|r| {
        let keys: Vec<String> = r.keys.iter().map(|key| String::from_utf8_lossy(key).into_owned()).collect();
        format!("{} {}{}", r.bucket, keys.join("|"), if r.removed { " removed" } else { "" })
    });
    (records.collect(), faults(&all), all.unknown.keys().cloned().collect())
}

#[test]
fn further_stores_are_read_as_they_write() {
    for (document, want) in [
        (trail("PutObject", Some("d/a.html")), &["b d/a.html"][..]),
        (trail("DeleteObject", Some("d/a b.html")), &["b d/a b.html removed"]),
        (json!({ "Records": [trail("CompleteMultipartUpload", Some("a"))["detail"]] }), &["b a"]),
        (google("finalized"), &["b d/a+b.html"]),
        (google("deleted"), &["b d/a+b.html removed"]),
        (json!([google("archived"), google("metadataUpdated")]), &["b d/a+b.html", "b d/a+b.html"]),
        (grid("BlobCreated", BLOB), &["$web d/a.html"]),
        (json!([grid("BlobDeleted", BLOB)]), &["$web d/a.html removed"]),
        (grid("BlobRenamed", BLOB), &["$web d/a.html", "$web old.html", "$web new.html"]),
        (
            json!({ "specversion": "1.0", "type": "Microsoft.Storage.BlobCreated", "source": "/x", "subject": BLOB, "data": {} }),
            &["$web d/a.html"],
        ),
        (
            json!({ "specversion": "1.0", "type": "google.cloud.pubsub.topic.v1.messagePublished", "data": { "message": {
            "attributes": { "eventType": "OBJECT_DELETE", "bucketId": "b", "objectId": "x" } } } }),
            &["b x removed"],
        ),
        (grid("DirectoryCreated", BLOB), &[]),
    ] {
        assert_eq!(
            told(&document),
            (want.iter().map(|one| (*one).to_owned()).collect(), Vec::new(), Vec::new()),
            "{document}"
        );
    }
}

#[test]
fn what_further_stores_do_not_say_is_a_fault_and_what_is_not_known_a_change() {
    for (document, want) in [
        (trail("PutObject", None), "`requestParameters.key` is missing"),
        (trail("DeleteObjects", None), "does not say which"),
        (grid("DirectoryDeleted", BLOB), "about a directory"),
        (grid("BlobCreated", "/blobServices/default"), "`subject` is missing"),
        (grid("BlobCreated", "/blobServices/default/containers/$web/blobs/"), "its key is empty"),
        (
            json!([{ "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "data": { "validationCode": "x" } }]),
            "to be confirmed",
        ),
        (
            json!({ "specversion": "1.0", "type": "google.cloud.storage.object.v1.finalized", "data": {} }),
            "`data.bucket` is missing",
        ),
        (json!({ "specversion": "1.0", "type": "x", "data": {} }), "no notification of a kind"),
    ] {
        let (records, faults, _) = told(&document);
        assert!(records.is_empty() && faults.len() == 1 && faults[0].contains(want), "{document}: {faults:?}");
    }
    let painted = told(&trail("PaintObject", Some("a")));
    assert_eq!((painted.0, painted.2), (vec!["b a".to_owned()], vec!["the event PaintObject".to_owned()]));
}
