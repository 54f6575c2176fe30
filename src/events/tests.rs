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
