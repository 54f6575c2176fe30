//! `kind = "events"`: notifications of an object store over HTTPS.
//!
//! The sender presents the hook's secret; where a token of Pub/Sub is asked for, that too. Event Grid asks first whether somebody is
//! there who knows the secret, by an event or, with the schema of `CloudEvents`, by OPTIONS; it is answered. Amazon SNS asks for an address to be opened, and no address out of a delivery ever is:
//! that is left to a person. What the notifications say is left to [`crate::events`], and which of it is the site's to the engine.

use http::HeaderValue;
use serde_json::{Value, json};

use super::body::{self, plain_id};
use super::delivery::Delivery;
use super::deploy::Deploy;
use super::presented::{bearer, presents};
use super::push_token;
use super::secrets::Secrets;
use super::signature::{digest, header};
use super::verdict::Verdict;
use crate::config::EventsHook;
use crate::events::{Notifications, Unread, What, unwrapped};

/// Judges a delivery.
pub(super) fn judge(hook: &EventsHook, secrets: &Secrets, delivery: &Delivery<'_>) -> Result<Verdict, Verdict> {
    is_genuine(hook, secrets, delivery)?;
    let body = without_ways_out(body::json(delivery.body, "it is no JSON")?);
    if let Some(event) = handshake(&body) {
        let code = event.pointer("/data/validationCode").and_then(Value::as_str).and_then(plain_id);
        let code = code.ok_or_else(|| Verdict::strange("Event Grid's validation code is none"))?;
        return Ok(Verdict::Challenge(json!({ "validationResponse": code }).to_string()));
    }
    tells_something(&unwrapped(&body))?;
    Ok(Verdict::Deploy(Box::new(Deploy { id: id(&body), events: Some(body), ..Deploy::default() })))
}

/// Judges a request by OPTIONS, as senders of `CloudEvents` make it: the origin that may deliver. It goes to the URL that was registered,
/// so the secret is in it. The address that may come with it is left alone.
/// (<https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md#4-abuse-protection>)
pub(super) fn consent(hook: &EventsHook, secrets: &Secrets, asked: &Delivery<'_>) -> Result<HeaderValue, Verdict> {
    is_genuine(hook, secrets, asked)?;
    let origin = header(asked.headers, "webhook-request-origin").filter(|name| is_host(name));
    let origin = origin.and_then(|name| HeaderValue::from_str(name).ok());
    origin.ok_or_else(|| Verdict::strange("WebHook-Request-Origin names no host"))
}

/// True for the name of a host: it stands in the answer.
fn is_host(name: &str) -> bool {
    (1..=253).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
}

/// Checks the secret, and the token where one is asked for.
fn is_genuine(hook: &EventsHook, secrets: &Secrets, delivery: &Delivery<'_>) -> Result<(), Verdict> {
    presents(secrets, delivery)?;
    hook.token.as_ref().map_or(Ok(()), |token| push_token::is_of(token, secrets.keys(), bearer(delivery), delivery.now))
}

/// Takes out of a message of SNS what nobody reads: whoever has its addresses can end the subscription.
fn without_ways_out(mut body: Value) -> Value {
    if let Some(object) = body.as_object_mut().filter(|object| object.contains_key("TopicArn")) {
        object.retain(|key, _| ["Type", "MessageId", "TopicArn", "Message"].contains(&key.as_str()));
    }
    body
}

/// Returns the one event of a body.
fn alone(body: &Value) -> Option<&Value> {
    match body {
        Value::Array(list) => list.first().filter(|_| list.len() == 1),
        one => Some(one),
    }
}

/// Returns the event by which Event Grid asks for its code to be repeated. The address beside the code is left alone.
/// (<https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema>)
fn handshake(body: &Value) -> Option<&Value> {
    let named = |event: &&Value| {
        event.get("eventType").is_some_and(|name| name == "Microsoft.EventGrid.SubscriptionValidationEvent")
    };
    alone(body).filter(named)
}

/// Refuses notifications that tell nothing. What could be read only in part is handed on: the run then fails where people see it.
fn tells_something(told: &Notifications) -> Result<(), Verdict> {
    let is_nothing = |fault: &Unread| matches!(fault.what, What::NotKnown | What::NotJson(_) | What::Validation);
    let asks = |fault: &&Unread| fault.what == What::Confirmation;
    if !told.records.is_empty() {
        return Ok(());
    }
    if told.faults.iter().any(|fault| asks(&fault)) {
        let hint =
            "SNS asks for its subscription to be confirmed: open its SubscribeURL yourself, if the topic is yours";
        return Err(Verdict::ignored(hint));
    }
    match told.faults.first() {
        Some(fault) if told.faults.iter().all(is_nothing) => Err(Verdict::strange(&fault.to_string())),
        Some(_) => Ok(()),
        None if told.tests > 0 => Err(Verdict::ignored("it only tells that notifications are set up")),
        None => Err(Verdict::ignored("it is about no object that changed")),
    }
}

/// Returns the id that tells an event from every other, where its sender gives it one. Two equal notifications without one may be two
/// changes, and then each counts.
fn id(body: &Value) -> Option<String> {
    let one = alone(body)?;
    let text = |pointer: &str| one.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
    let named = if let Some(message) = text("/message/messageId") {
        ("pubsub", text("/subscription").unwrap_or_default(), message)
    } else if text("/Type") == Some("Notification") {
        ("sns", text("/TopicArn").unwrap_or_default(), text("/MessageId")?)
    } else if text("/detail-type").is_some() {
        ("eventbridge", text("/account").unwrap_or_default(), text("/id")?)
    } else if text("/specversion").is_some() {
        ("cloudevents", text("/source")?, text("/id")?)
    } else if text("/eventType").is_some() {
        ("eventgrid", text("/topic")?, text("/id")?)
    } else {
        return None;
    };
    Some(digest(json!([named.0, named.1, named.2]).to_string().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hook::given::{self, SECRET, deploy, hook, ignored, judged, judged_with, read, refused, secrets};

    const LINES: &str = "kind = \"events\"\nchanges = \"event\"\n";

    const BEARER: (&str, &str) = ("authorization", "Bearer It's a Secret to Everybody");

    fn of(body: &str) -> Verdict {
        judged(&hook(LINES), &[BEARER], body.as_bytes())
    }

    const S3: &str = r#"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventTime":"2026-01-01T00:00:00.000Z","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":{"key":"p/a.jpg","size":1024,"sequencer":"0055AED6DCD90281E5"}}}]}"#;

    const BRIDGE: &str = r#"{"version":"0","id":"17793124-05d4","detail-type":"Object Created","source":"aws.s3","account":"1","detail":{"bucket":{"name":"b"},"object":{"key":"p/a.html","size":5},"reason":"PutObject"}}"#;

    const R2: &str = r#"{"account":"3f4b","action":"PutObject","bucket":"b","object":{"key":"p/n","size":1,"eTag":"c8"},"eventTime":"2026-01-01T00:00:00Z"}"#;

    const PUBSUB: &str = r#"{"message":{"data":"e30=","attributes":{"eventType":"OBJECT_FINALIZE","bucketId":"b","objectId":"p/x","objectGeneration":"1","payloadFormat":"JSON_API_V1"},"messageId":"11","publishTime":"2026-01-01T00:00:00Z"},"subscription":"projects/p/subscriptions/s","deliveryAttempt":1}"#;

    const GRID: &str = r#"[{"id":"831e1650","topic":"/subscriptions/x","subject":"/blobServices/default/containers/b/blobs/p/a.txt","eventType":"Microsoft.Storage.BlobCreated","eventTime":"2026-01-01T00:00:00Z","data":{"url":"https://a.blob.core.windows.net/b/p/a.txt"}}]"#;

    const ASKED: &str = r#"[{"id":"2d1781af","topic":"/subscriptions/x","subject":"","data":{"validationCode":"512d38b6-c7b8-40c8-89fe-f46f9e9622b6","validationUrl":"https://rp.example.net/v?id=1"},"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","eventTime":"2026-01-01T00:00:00Z"}]"#;

    #[test]
    fn notifications_of_every_store_are_handed_on_as_they_came() {
        let sns =
            format!(r#"{{"Type":"Notification","MessageId":"m1","TopicArn":"arn:x","Message":{}}}"#, Value::from(S3));
        for (text, has_id) in [(S3, false), (BRIDGE, true), (R2, false), (PUBSUB, true), (GRID, true), (&sns, true)] {
            let told = deploy(of(text));
            assert_eq!(told.events.as_ref().unwrap(), &serde_json::from_str::<Value>(text).unwrap());
            assert_eq!(told.id.is_some(), has_id, "{text}");
            assert_eq!(deploy(of(text)).id, told.id);
            assert!(told.to.is_none() && told.paths.is_none());
        }
        let signed = sns.replacen(
            '{',
            "{\"UnsubscribeURL\":\"https://sns.example.com/?Action=Unsubscribe\",\"Signature\":\"x\",",
            1,
        );
        assert_eq!(deploy(of(&signed)), deploy(of(&sns)));
        // Delivered again, with another count of attempts, it is the same; another message is another.
        let again = PUBSUB.replace("\"deliveryAttempt\":1", "\"deliveryAttempt\":2");
        assert_eq!(deploy(of(&again)).id, deploy(of(PUBSUB)).id);
        assert_ne!(deploy(of(&PUBSUB.replace("\"11\"", "\"12\""))).id, deploy(of(PUBSUB)).id);
        assert_ne!(deploy(of(&BRIDGE.replace("17793124", "17793125"))).id, deploy(of(BRIDGE)).id);
        let two = format!("[{R2},{R2}]");
        assert_eq!(deploy(of(&two)).id, None);
    }

    #[test]
    fn event_grid_hears_its_code_from_those_alone_who_were_told_the_secret() {
        let Verdict::Challenge(answer) = of(ASKED) else { panic!("no challenge") };
        assert_eq!(answer, r#"{"validationResponse":"512d38b6-c7b8-40c8-89fe-f46f9e9622b6"}"#);
        for (headers, query) in [
            (vec![], None),
            (vec![("authorization", "Bearer x")], None),
            (vec![("aeg-event-type", "SubscriptionValidation")], Some("secret=x")),
        ] {
            refused(judged_with(&hook(LINES), &secrets(&[SECRET]), &headers, query, ASKED.as_bytes()));
        }
        for code in ["<script>", "", "a b", "a\\u0000", "a\\nb", &"a".repeat(200)] {
            let text = ASKED.replace("512d38b6-c7b8-40c8-89fe-f46f9e9622b6", code);
            assert!(ignored(of(&text)).contains("validation code"), "{code}");
        }
        // Among others it is none, and its address is never contacted.
        let among = format!("[{},{}]", &ASKED[1..ASKED.len() - 1], &GRID[1..GRID.len() - 1]);
        deploy(of(&among));
        assert!(matches!(of(&ASKED[1..ASKED.len() - 1]), Verdict::Challenge(_)));
        assert!(ignored(of(&ASKED.replace("Microsoft.Event", "microsoft.Event"))).contains("not as it should be"));
    }

    #[test]
    fn a_sender_of_cloudevents_may_deliver_where_it_asks_with_the_secret() {
        let hook = hook(LINES);
        let secrets = secrets(&[SECRET]);
        let asked = |list: &[(&'static str, &str)], query: Option<&str>| {
            let now = std::time::SystemTime::UNIX_EPOCH;
            let (headers, body) = (&given::headers(list), &[][..]);
            crate::hook::consent(&hook.kind, &secrets, &Delivery { headers, query, body, now }).unwrap()
        };
        let (query, name) = (Some("secret=It%27s+a+Secret+to+Everybody"), "webhook-request-origin");
        let callback = ("webhook-request-callback", "https://rp.example.net/v?id=1");
        assert_eq!(asked(&[(name, "eventgrid.azure.net"), callback], query).unwrap(), "eventgrid.azure.net");
        assert_eq!(asked(&[BEARER, (name, "eventgrid.azure.net")], None).unwrap(), "eventgrid.azure.net");
        refused(asked(&[(name, "eventgrid.azure.net")], None).unwrap_err());
        refused(asked(&[(name, "eventgrid.azure.net")], Some("secret=x")).unwrap_err());
        for origin in ["", "*", "a b", "a,b", "https://x", "a;b", "ä", &"a".repeat(254)] {
            assert!(ignored(asked(&[(name, origin)], query).unwrap_err()).contains("names no host"), "{origin}");
        }
        assert!(ignored(asked(&[(name, "a"), (name, "b")], query).unwrap_err()).contains("names no host"));
        assert!(ignored(asked(&[], query).unwrap_err()).contains("names no host"));
        // Where Google's token is asked for too, nobody else may deliver.
        let token = given::hook(&format!("{LINES}audience = \"https://h.example/e\"\nemail = \"p@x.example\"\n"));
        let headers = given::headers(&[(name, "eventgrid.azure.net")]);
        let asked = Delivery { headers: &headers, query, body: &[], now: std::time::SystemTime::UNIX_EPOCH };
        refused(crate::hook::consent(&token.kind, &secrets, &asked).unwrap().unwrap_err());
        assert!(crate::hook::consent(&given::hook("kind = \"netlify\"\n").kind, &secrets, &asked).is_none());
    }

    #[test]
    fn a_subscription_of_sns_is_never_confirmed() {
        for kind in ["SubscriptionConfirmation", "UnsubscribeConfirmation"] {
            let text = format!(
                r#"{{"Type":"{kind}","MessageId":"m","Token":"t","TopicArn":"arn:aws:sns:x","Message":"You have chosen","SubscribeURL":"https://sns.example.com/?Action=ConfirmSubscription","Signature":"x"}}"#
            );
            let why = ignored(of(&text));
            assert!(why.contains("SubscribeURL yourself") && !why.contains("sns.example.com"), "{why}");
        }
    }

    #[test]
    fn a_body_that_tells_nothing_is_ignored_and_one_that_is_read_in_part_is_not() {
        for text in [
            "",
            "null",
            "[]",
            "{}",
            "7",
            "\"x\"",
            "{\"a\":1}",
            "x",
            "\u{feff}[]",
            &format!("{S3}\0"),
            &format!("\u{feff}{S3}"),
            &format!("{S3}\n{S3}"),
            &S3.replacen("\"key\"", "\"key\":\"p/b.jpg\",\"key\"", 1),
            &"[".repeat(1 << 20),
            &"x".repeat(1 << 20),
            &S3.replace("Created:Put", "Accessed:Get").replace("Object", "s3:Object"),
            r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2014-10-13T15:57:02.089Z","Bucket":"b"}"#,
        ] {
            let verdict = of(text);
            if matches!(verdict, Verdict::Deploy(_)) {
                panic!("{}", &text[..text.len().min(200)]);
            }
            assert!(ignored(verdict).len() < 400);
        }
        let half = format!("[{R2},{{\"a\":1}}]");
        deploy(of(&half));
        deploy(of(&GRID.replace("BlobCreated", "DirectoryDeleted")));
    }

    #[test]
    fn a_secret_is_asked_for_in_one_of_three_places() {
        let by = |headers: &[(&'static str, &str)], query: Option<&str>| {
            judged_with(&hook(LINES), &secrets(&[SECRET]), headers, query, S3.as_bytes())
        };
        deploy(by(&[], Some("secret=It%27s%20a%20Secret%20to%20Everybody")));
        deploy(by(&[("authorization", "Basic dTpJdCdzIGEgU2VjcmV0IHRvIEV2ZXJ5Ym9keQ==")], None));
        refused(by(&[BEARER, BEARER], None));
        refused(by(&[("authorization", "Bearer  It's a Secret to Everybody")], None));
        refused(by(&[("authorization", "Bearer it's a secret to everybody")], None));
        refused(by(&[("proxy-authorization", BEARER.1)], None));
        refused(by(&[], Some("")));
    }

    #[test]
    fn a_token_of_googles_is_asked_for_with_all_that_pins_it() {
        let both = format!("{LINES}audience = \"https://h.example/e\"\nemail = \"p@x.iam.gserviceaccount.com\"\n");
        for (lines, want) in [
            (format!("{LINES}audience = \"x\"\n"), "`email` is missing"),
            (format!("{LINES}email = \"x\"\n"), "`audience` is missing"),
            (format!("{LINES}keys_file = \"x\"\n"), "`audience` is missing"),
            (format!("{both}keys_file = \"x\"\nkeys_url = \"https://x/\"\n"), "both say where"),
            (format!("{both}keys_file = \"\"\n"), "no path"),
            (format!("{both}keys_url = \"http://x.example/\"\n"), "https://"),
            (format!("{both}keys_url = \"file:///x\"\n"), "https://"),
            (format!("{both}keys_url = \"https://u:p@x.example/\"\n"), "user"),
            (format!("{both}keys_url = \"keys\"\n"), "JSON Web Key Set"),
            (format!("{LINES}audience = \"\"\nemail = \"x\"\n"), "`audience` is no text"),
            (format!("{LINES}header = \"x\"\n"), "no key of a hook of the kind `events`"),
        ] {
            let error = read(&lines).unwrap_err();
            assert!(error.contains(want), "{lines}\n{error}");
        }
        for lines in [
            both.clone(),
            format!("{both}keys_url = \"http://127.0.0.1:1/k\"\n"),
            format!("{both}keys_file = \"keys.json\"\n"),
        ] {
            let hook = hook(&lines);
            let query = Some("secret=It%27s+a+Secret+to+Everybody");
            assert_eq!(refused(judged_with(&hook, &secrets(&[SECRET]), &[], query, S3.as_bytes())), "it has no token");
            assert_eq!(
                refused(judged_with(&hook, &secrets(&[SECRET]), &[BEARER], None, S3.as_bytes())),
                "its token is not written as it should be"
            );
            // No key is known, so nobody signed it.
            assert_eq!(
                refused(judged_with(
                    &hook,
                    &secrets(&[SECRET]),
                    &[("authorization", "Bearer e30.e30.AAAA")],
                    query,
                    S3.as_bytes()
                )),
                "none of the known keys signed its token"
            );
        }
    }
}
