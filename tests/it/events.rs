//! `--events`: what an object store says about its objects, in every wrapping, and what is purged for it.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use diffpurge::config::CloudflarePlan;
use diffpurge::edge::{Edge, Settings};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Tool, ZONE, diffpurge, edge, kept, notification, s3, s3_named, sqs, warm};

const SITE: &str = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n";

/// What most of these tests have: a bucket of which one directory is published, and one URL for each path.
const BUCKET: &str = "spellings = \"canonical\"\n[site.events]\nbucket = \"my-bucket\"\nprefix = \"site/\"\n";

/// A place without a repository, with this configuration.
fn place(config: &str) -> TempDir {
    let place = TempDir::new().unwrap();
    fs::write(place.path().join("purge.toml"), [SITE, config].concat()).unwrap();
    place
}

fn run(place: &TempDir, command: &str, events: &str, more: &[&str]) -> Tool {
    diffpurge([&[command, "--events", "-"], more].concat()).within_directory(place.path()).reading(events.as_bytes())
}

/// The URLs of a plan, without the site's.
#[track_caller]
fn urls(config: &str, events: &str) -> Vec<String> {
    let ran = run(&place(config), "plan", events, &["--format", "urls"]).run().exits(0);
    let mut urls: Vec<String> =
        ran.stdout.lines().map(|url| url.strip_prefix("https://www.example.com/").unwrap().to_owned()).collect();
    urls.sort_unstable();
    urls
}

fn records(all: &[Value]) -> Value {
    json!({ "Records": all })
}

#[test]
fn every_wrapping_of_s3_means_the_same() {
    let (red, gone) =
        (s3("my-bucket", "site/red+flower.jpg"), s3_named("ObjectRemoved:Delete", "my-bucket", "site/a%2Bb.css"));
    let both = records(&[red.clone(), gone.clone()]);
    let text = both.to_string();
    let [one, other] = [red, gone].map(|record| records(&[record]));
    let sns = notification(&text);
    let of_lambda = json!({
        "EventSource": "aws:sns", "EventVersion": "1.0",
        "EventSubscriptionArn": "arn:aws:sns:us-west-2:123456789012:MyTopic:21be56ed-a058-49f5-8c98-aedd2564c486", "Sns": sns
    });
    let received = json!({
        "MessageId": "3b4e5f21", "ReceiptHandle": "AQEB", "MD5OfBody": "098f6bcd4621d373cade4e832627b4f6", "Body": text
    });
    for (wrapping, events) in [
        ("S3", both.to_string()),
        ("S3 in lines that people read", serde_json::to_string_pretty(&both).unwrap()),
        ("records alone", both["Records"].to_string()),
        ("SQS", records(&[sqs("1", &one.to_string()), sqs("2", &other.to_string())]).to_string()),
        ("SQS, both in one message", records(&[sqs("1", &text)]).to_string()),
        ("a message of SQS", sqs("1", &text).to_string()),
        (
            "what `aws sqs receive-message` prints",
            serde_json::to_string_pretty(&json!({ "Messages": [received] })).unwrap(),
        ),
        ("one of these messages", received.to_string()),
        (
            "the bodies that `jq .Messages[].Body` prints",
            format!("{}\n{}\n", json!(one.to_string()), json!(other.to_string())),
        ),
        ("SNS", records(std::slice::from_ref(&of_lambda)).to_string()),
        ("SNS to an endpoint", sns.to_string()),
        ("SNS in SQS", records(&[sqs("1", &sns.to_string())]).to_string()),
        ("an array of documents", json!([one, other]).to_string()),
        ("a document on each line", format!("{one}\r\n\n{other}\n")),
        ("documents of different kinds", format!("{}\n{of_lambda}{}", sqs("1", &one.to_string()), json!([other]))),
        ("each twice", format!("{both}\n{both}\n{}", records(&[sqs("1", &text), sqs("1", &text)]))),
    ] {
        assert_eq!(urls(BUCKET, &events), ["a+b.css", "red%20flower.jpg"], "{wrapping}");
    }
}

#[test]
fn other_stores_are_read_as_they_write() {
    let event_bridge = |kind: &str, key: &str| {
        json!({
            "version": "0", "id": "17793124-05d4-b198-2fde-7ededc63b103", "detail-type": kind, "source": "aws.s3",
            "account": "111122223333", "time": "2021-11-12T00:00:00Z", "region": "ca-central-1",
            "resources": ["arn:aws:s3:::my-bucket"],
            "detail": {
                "version": "0", "bucket": { "name": "my-bucket" },
                "object": { "key": key, "size": 5, "etag": "b1946ac92492d2347c6235b4d2611184", "version-id": "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e", "sequencer": "617f08299329d189" },
                "request-id": "N4N7GDK58NMKJ12R", "requester": "123456789012", "source-ip-address": "1.2.3.4", "reason": "PutObject"
            }
        })
    };
    let r2 = |action: &str, key: &str| {
        json!({
            "account": "3f4b7e3dcab231cbfdaa90a6a28bd548", "action": action, "bucket": "my-bucket",
            "object": { "key": key, "size": 65536, "eTag": "c846ff7a18f28c2e262116d6e8719ef0" },
            "eventTime": "2024-05-24T19:36:44.379Z", "copySource": { "bucket": "my-bucket", "object": "my-original-object" }
        })
    };
    let pub_sub = |event: &str, key: &str| {
        json!({
            "message": {
                "data": "e30=", "messageId": "136969346945", "publishTime": "2021-02-26T19:13:55.749Z",
                "attributes": {
                    "eventType": event, "bucketId": "my-bucket", "objectId": key, "objectGeneration": "1549821372",
                    "payloadFormat": "JSON_API_V1", "notificationConfig": "projects/_/buckets/my-bucket/notificationConfigs/1"
                }
            },
            "subscription": "projects/myproject/subscriptions/mysubscription"
        })
    };
    let base64 = |value: &Value| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, value.to_string());
    let pulled = |body: Value| {
        json!({ "success": true, "errors": [], "messages": [], "result": { "message_backlog_count": 1, "messages": [
            { "body": body, "id": "b01b5594f784d0165c2985833f5660dd", "timestamp_ms": 1_689_615_013_586_u64, "attempts": 1,
              "metadata": { "CF-Content-Type": "json" }, "lease_id": "eyJhbGciOiJkaXIi" }
        ] } })
    };
    let put = r2("CompleteMultipartUpload", "site/a.css");
    let batch = json!({ "queue": "q", "messages": [{ "id": "1", "timestamp": "2024", "attempts": 1, "body": put }] });
    for (source, events, want) in [
        ("EventBridge", event_bridge("Object Created", "site/a.css"), &["a.css"][..]),
        ("EventBridge, deleted", event_bridge("Object Deleted", "site/a.css"), &["a.css"]),
        (
            "EventBridge in SQS",
            records(&[sqs("1", &event_bridge("Object Created", "site/a.css").to_string())]),
            &["a.css"],
        ),
        // Whether keys are encoded here no document says: both readings are purged.
        ("EventBridge, a plus", event_bridge("Object Created", "site/a+b c.css"), &["a%20b%20c.css", "a+b%20c.css"]),
        (
            "EventBridge, an escape",
            event_bridge("Object Created", "site/a%2Bb.css"),
            &["a%252Bb.css", "a%252bb.css", "a+b.css"],
        ),
        ("R2", put.clone(), &["a.css"]),
        (
            "R2, deleted",
            json!({ "action": "DeleteObject", "bucket": "my-bucket", "object": { "key": "site/a.css" } }),
            &["a.css"],
        ),
        ("R2 in a consumer's batch", batch, &["a.css"]),
        ("R2 pulled", pulled(json!(base64(&put))), &["a.css"]),
        ("R2 pulled as text", pulled(json!(put.to_string())), &["a.css"]),
        ("R2, a plus", r2("PutObject", "site/a+b.css"), &["a%20b.css", "a+b.css"]),
        ("R2, an accent", r2("CopyObject", "site/\u{e9}.css"), &["%C3%A9.css"]),
        ("Pub/Sub", pub_sub("OBJECT_FINALIZE", "site/a+b%2B.css"), &["a+b%252B.css", "a+b%252b.css"]),
        (
            "Pub/Sub pulled",
            json!([{ "ackId": "x", "message": pub_sub("OBJECT_DELETE", "site/a.css")["message"] }]),
            &["a.css"],
        ),
        (
            "MinIO",
            json!({ "EventName": "s3:ObjectCreated:Put", "Key": "my-bucket/site/d/a.css",
                    "Records": [s3_named("s3:ObjectCreated:Put", "my-bucket", "site%2Fd%2Fa.css")] }),
            &["d/a.css"],
        ),
    ] {
        assert_eq!(urls(BUCKET, &events.to_string()), want, "{source}");
        let silent = run(&place(BUCKET), "plan", &events.to_string(), &[]).run().exits(0);
        assert_eq!(silent.stderr, "", "{source}");
    }
}

#[test]
fn keys_become_the_urls_under_which_they_answer() {
    for (key, want) in [
        ("site/index.html", &["", "index", "index.html"][..]),
        ("site/blog/index.html", &["blog", "blog/", "blog/index", "blog/index.html"]),
        ("site/c%2B%2B.css", &["c++.css"]),
        ("site/%C3%BC.css", &["%C3%BC.css"]),
        ("site/caf%E9.css", &["caf%E9.css"]),
        ("site/100%25.css", &["100%25.css"]),
        ("site%2Fd%2Fx.css", &["d/x.css"]),
        // Objects that stand for a folder.
        ("site/blog/", &["blog/"]),
        ("site/", &[""]),
        // What browsers ask for, and what the edge may make of it.
        ("site//a.css", &["/a.css", "a.css"]),
        ("site/d//a.css", &["d//a.css", "d/a.css"]),
        ("site/d/../a.css", &["a.css"]),
        ("site/../../a.css", &["a.css"]),
        // A store that does not encode.
        ("site/a b+c.css", &["a%20b%20c.css", "a%20b+c.css"]),
    ] {
        assert_eq!(urls(BUCKET, &s3("my-bucket", key).to_string()), want, "{key}");
    }
}

#[test]
fn what_was_written_or_removed_is_evicted_and_nothing_else() {
    let edge = edge();
    let url = |path: &str| format!("https://www.example.com/{path}");
    let all =
        ["blog/", "old.css", "red%20flower.jpg", "main-ES2ABC7Q.js", "new.3f2a1b4c.js", "other", "x.map"].map(url);
    warm(&edge, &all.each_ref().map(String::as_str));
    let removed = |key| s3_named("ObjectRemoved:DeleteMarkerCreated", "my-bucket", key);
    let events = records(&[
        s3("my-bucket", "site/blog/index.html"),
        s3("my-bucket", "site/red+flower.jpg"),
        removed("site/old.css"),
        removed("site/main-ES2ABC7Q.js"),
        removed("site/new.3f2a1b4c.js"),
        s3("my-bucket", "site/new.3f2a1b4c.js"),
        s3("my-bucket", "site/x.map"),
        s3("my-bucket", "drafts/other"),
    ]);
    let config = format!("ignore = [\"*.map\"]\n{BUCKET}");
    let ran = run(&place(&config), "purge", &events.to_string(), &[]).against(&edge).run().exits(0);
    ran.says("www: 6 paths in 8 events from standard input\n")
        .says("  6 paths: 4 written, 2 removed; 1 of them ignored; 1 deleted with a content hash in the name stay cached; all else stays cached too\n")
        .says("note: 1 record passed over, outside of `prefix` site/\n")
        .says("~ blog/index.html  4 URLs")
        .says("- old.css  ")
        .says("accepted: 7 URLs in 1 request");
    // Old pages in open tabs ask for a removed file whose name is its content; one that was written too is purged.
    assert_eq!(kept(&edge), ["main-ES2ABC7Q.js", "other", "x.map"].map(url));
}

#[test]
fn rules_and_filters_apply_as_for_any_path() {
    let events = |keys: &[&str]| records(&keys.iter().map(|key| s3("my-bucket", key)).collect::<Vec<_>>()).to_string();
    let keys = ["site/a.html", "site/a.css", "site/a.css.map", "site/A.HTM", "site/LICENSE", "other/a.html"];
    let more = |more: &str| format!("{BUCKET}{more}");
    let html = more("include_extensions = [\"html\", \"htm\"]\n");
    assert_eq!(urls(&html, &events(&keys)), ["A.HTM", "a", "a.htm", "a.html", "a/"]);
    let no_maps = more("exclude_extensions = [\"map\", \"html\"]\n");
    assert_eq!(urls(&no_maps, &events(&keys)), ["A.HTM", "LICENSE", "a.css", "a.htm", "license"]);
    let ran = run(&place(&no_maps), "plan", &events(&keys), &[]).run().exits(0);
    ran.says("note: 1 record passed over, outside of").says("note: 2 records left out by extension\n");
    for on in ["added", "modified", "deleted"] {
        let rule = more(&format!("[[site.rule]]\nmatch = [\"*.css\"]\non = [\"{on}\"]\ntags = [\"styles\"]\n"));
        run(&place(&rule), "plan", &events(&keys), &[]).run().exits(0).says("tag styles");
    }
    let headers = run(&place(BUCKET), "plan", &events(&["site/_headers"]), &[]).run().exits(0);
    headers.says("www.example.com/*").says("everything of the site is purged");
}

#[test]
fn a_bucket_called_like_a_host_is_behind_that_host() {
    let by_host =
        "[[site]]\nname = \"docs\"\nbase_urls = [\"https://docs.example.com/v1/\", \"https://example.com/\"]\n";
    let place = place(by_host);
    let plan = |bucket: &str, key: &str| {
        let ran = run(&place, "plan", &s3(bucket, key).to_string(), &["--format", "urls"]).run().exits(0);
        ran.stdout.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(plan("www.example.com", "a.css"), ["https://www.example.com/a.css"]);
    // The key is the whole path of the URL.
    assert_eq!(plan("docs.example.com", "v1/a.css"), ["https://docs.example.com/v1/a.css"]);
    assert_eq!(plan("docs.example.com", "v2/a.css"), [""; 0]);
    assert_eq!(plan("example.com", "a.css"), ["https://example.com/a.css"]);
    let both = records(&[s3("docs.example.com", "v1/a.css"), s3("example.com", "b.css")]);
    let ran = run(&place, "plan", &both.to_string(), &["-v"]).run().exits(0);
    ran.says("note: records of several buckets")
        .says("https://example.com/a.css")
        .says("https://docs.example.com/v1/b.css");
    let described = ["--base-url", "https://assets.example.com/"];
    let of = |bucket| {
        diffpurge([&["plan", "--events", "-", "-q"], &described[..]].concat())
            .reading(s3(bucket, "a.css").to_string().as_bytes())
    };
    of("assets.example.com").run().exits(0).says("1 URL in 1 request");
    assert!(of("my-bucket").run().exits(1).stderr.contains("the bucket my-bucket, which is no site's"));
}

#[test]
fn sites_share_a_bucket_by_prefix() {
    let docs = "[[site]]\nname = \"docs\"\nbase_urls = [\"https://docs.example.com/\"]\n[site.events]\nbucket = \"my-bucket\"\nprefix = \"site/docs/\"\n";
    let place = place(&format!("{BUCKET}{docs}"));
    let events = records(&[s3("my-bucket", "site/docs/a.css"), s3("my-bucket", "site/b.css")]).to_string();
    let ran = run(&place, "plan", &events, &["-v"]).run().exits(0);
    let ran =
        ran.says("www: 2 paths in 2 events").says("docs: 1 path in 2 events").says("https://docs.example.com/a.css");
    let ran = ran
        .says("https://www.example.com/docs/a.css")
        .says("note: 1 record passed over, outside of `prefix` site/docs/");
    assert!(!ran.stdout.contains("https://docs.example.com/b.css"), "{}", ran.stdout);
    let ran = run(&place, "plan", &events, &["--site", "docs"]).run().exits(0);
    assert!(!ran.stdout.contains("www.example.com"), "{}", ran.stdout);
    let others = self::place(&format!("{BUCKET}{}", docs.replace("my-bucket", "other")));
    let ran = run(&others, "plan", &events, &["--site", "docs"]).run().exits(0);
    assert_eq!(ran.stderr, "note: 2 records of sites that `--site` leaves out\n");
}

#[test]
fn a_bucket_that_is_no_sites_fails_the_run_and_stops_nothing() {
    let edge = edge();
    warm(&edge, &["https://www.example.com/a.css"]);
    let events = records(&[s3("my-bucket", "site/a.css"), s3("strange", "a"), s3("strange", "b"), s3("x\ny", "c")]);
    let place = place(BUCKET);
    let ran = run(&place, "purge", &events.to_string(), &["--out", "report.json"]).against(&edge).run().exits(1);
    assert_eq!(
        ran.stderr.lines().filter(|line| line.starts_with("warning: ")).collect::<Vec<_>>(),
        [
            "warning: 2 records are about the bucket strange, which is no site's: name it in [site.events]",
            "warning: 1 record is about the bucket \"x\\ny\", which is no site's: name it in [site.events]"
        ]
    );
    ran.says("note: 3 records could not be used: what that is about is not in the plan").says("accepted: 1 URL");
    assert_eq!(kept(&edge), [""; 0]);
    let report: Value = serde_json::from_slice(&fs::read(place.path().join("report.json")).unwrap()).unwrap();
    assert_eq!(report["sites"][0]["events"], json!({ "source": "-", "records": 1, "paths": 1, "unused": 3 }));
    let alone = run(&place, "plan", &s3("strange", "a").to_string(), &["--exit-code"]).run().exits(1);
    alone.says("www: nothing to purge: 0 paths in 0 events from standard input");
}

#[test]
fn a_broken_record_is_named_and_the_others_are_purged() {
    let edge = edge();
    let all = ["https://www.example.com/a.css", "https://www.example.com/b.css", "https://www.example.com/c.css"];
    warm(&edge, &all);
    let broken = records(&[
        s3("my-bucket", "site/b.css"),
        s3("my-bucket", ""),
        json!({ "s3": { "bucket": { "name": "my-bucket" } } }),
    ]);
    let events = records(&[
        sqs("1", &records(&[s3("my-bucket", "site/a.css")]).to_string()),
        sqs("2", "not JSON \u{1b}[31m"),
        sqs("3", &broken.to_string()),
    ]);
    let lines = format!("{events}\n{{\"cut off\n{}\n", s3("my-bucket", "site/c.css"));
    let ran = run(&place(BUCKET), "purge", &lines, &[]).against(&edge).env("GITHUB_ACTIONS", "true").run().exits(1);
    let warned: Vec<&str> = ran.stderr.lines().filter_map(|line| line.strip_prefix("warning: ")).collect();
    assert_eq!(
        warned[1..3],
        [
            "line 1, record 3, body, record 2: its key is empty",
            "line 1, record 3, body, record 3: `s3.object.key` is missing, or no text"
        ]
    );
    assert!(warned[0].starts_with("line 1, record 2, body: it is no JSON"), "{warned:?}");
    assert!(warned[3].starts_with("line 2: it is no JSON"), "{warned:?}");
    assert!(
        ran.stderr.contains("\n::warning title=diffpurge::line 1, record 3, body, record 2: its key is empty\n"),
        "{}",
        ran.stderr
    );
    ran.says("3 paths in 3 events").says("note: 4 records could not be used");
    assert_eq!(kept(&edge), [""; 0]);
    let many = records(&vec![json!({}); 30]);
    let ran = run(&place(BUCKET), "plan", &many.to_string(), &[]).run().exits(1);
    assert_eq!(ran.stderr.lines().count(), 21);
    assert!(ran.stderr.ends_with("warning: and 10 that cannot be read\n"), "{}", ran.stderr);
}

#[test]
fn an_event_that_is_not_known_is_purged_and_told() {
    let events = records(&[
        s3_named("ObjectPainted:Blue", "my-bucket", "site/a.css"),
        s3_named("ObjectRestore:Completed", "my-bucket", "site/b.css"),
    ]);
    let ran = run(&place(BUCKET), "plan", &events.to_string(), &["-v"]).run().exits(0);
    assert_eq!(ran.stderr, "warning: the event ObjectPainted:Blue is not known, and is taken for a change: 1 record\n");
    ran.says("https://www.example.com/a.css").says("https://www.example.com/b.css");
}

#[test]
fn a_read_is_no_change_and_what_was_cut_on_its_way_never_ends_with_0() {
    let accessed = records(&[s3_named("s3:ObjectAccessed:Get", "my-bucket", "site/a.css")]).to_string();
    let ran = run(&place(BUCKET), "purge", &accessed, &[]).run().exits(0);
    assert_eq!(ran.stderr, "note: 1 record of what changes nothing, such as a read\n");
    assert_eq!(ran.stdout, "www: nothing to purge: 0 paths in 0 events from standard input\n");
    let twice = s3("my-bucket", "site/a.css").to_string().replace("\"key\":", "\"key\":\"site/b.css\",\"key\":");
    for (events, error) in [
        (records(&[sqs("1", "{\"Records\":[]}")]).to_string(), "record 1, body: nothing is in it, not even a record"),
        (records(&[sqs("1", &twice)]).to_string(), "record 1, body: the key `key` stands twice in one object"),
        (twice.clone(), "the document: the key `key` stands twice in one object"),
    ] {
        let ran = run(&place(BUCKET), "purge", &events, &[]).run().exits(1);
        assert!(ran.stderr.contains(error), "{}", ran.stderr);
    }
}

#[test]
fn a_test_event_alone_is_nothing_to_do_said_aloud() {
    let test = json!({
        "Service": "Amazon S3", "Event": "s3:TestEvent", "Time": "2014-10-13T15:57:02.089Z", "Bucket": "bucketname",
        "RequestId": "5582815E1AEA5ADF", "HostId": "8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR+YstdA6Knx4Ip8EXAMPLE"
    });
    for events in [test.to_string(), records(&[sqs("1", &notification(&test.to_string()).to_string())]).to_string()] {
        let ran = run(&place(BUCKET), "purge", &events, &[]).run().exits(0);
        assert_eq!(ran.stderr, "note: 1 test event, which is about no object\n");
        assert_eq!(ran.stdout, "www: nothing to purge: 0 paths in 0 events from standard input\n");
    }
}

#[test]
fn an_empty_list_is_nothing_and_no_list_is_an_error() {
    let place = place(BUCKET);
    for list in ["[]", "{\"Records\":[]}\n", "{ \"Messages\": [] }"] {
        let ran = run(&place, "purge", list, &["--format", "json"]).run().exits(0);
        let document: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(document["sites"][0]["operations"], json!([]));
    }
    for (text, error, hint) in [
        ("", "cannot use the events -\ncaused by: there is nothing in it", "when the queue is empty"),
        (" \n", "there is nothing in it", "did the command that writes it fail?"),
        ("<html>502</html>", "it is no JSON: expected value", "as they came"),
        ("{\"Records\": [\n {\"eventVersion\"", "it is no JSON: EOF", "as they came"),
    ] {
        run(&place, "purge", text, &[]).run().exits(2).fails_with(error, hint);
    }
    let missing = diffpurge(["plan", "--events", "missing"]).within_directory(place.path());
    missing.run().exits(2).fails_with("cannot use the events missing\ncaused by: it cannot be read", "standard input");
    for with in [&["HEAD~1"][..], &["HEAD~1", "HEAD"], &["--plan", "x"], &["--paths", "x"], &["-z"]] {
        assert_eq!(run(&place, "purge", "[]", with).run().code, Some(2), "{with:?}");
    }
}

#[test]
fn a_plan_of_events_is_saved_sent_and_described_by_its_schema() {
    let place = place(BUCKET);
    let edge = edge();
    fs::write(
        place.path().join("events.json"),
        records(&[s3("my-bucket", "site/a.css"), s3_named("ObjectRemoved:Delete", "my-bucket", "site/b.css")])
            .to_string(),
    )
    .unwrap();
    let plan = diffpurge(["plan", "--events", "events.json", "--out", "plan.json"]).within_directory(place.path());
    plan.run().exits(0);
    let read = |name| -> Value { serde_json::from_slice(&fs::read(place.path().join(name)).unwrap()).unwrap() };
    let schema = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/plan.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    let document = read("plan.json");
    schema.validate(&document).unwrap();
    assert_eq!(
        document["sites"][0]["events"],
        json!({ "source": "events.json", "records": 2, "paths": 2, "unused": 0 })
    );
    let list = json!({ "source": "-", "count": 1 });
    for (key, value) in
        [("events", Value::Null), ("paths", list), ("from", json!({ "revision": "A", "id": "0".repeat(40) }))]
    {
        let mut bad = document.clone();
        bad["sites"][0][key] = value;
        assert!(!schema.is_valid(&bad), "{key}");
    }
    let purge = diffpurge(["purge", "--plan", "plan.json", "--out", "report.json"]).within_directory(place.path());
    purge.against(&edge).run().exits(0).says("www: 2 paths in 2 events from events.json").says("accepted: 2 URLs");
    schema.validate(&read("report.json")).unwrap();
    let summary =
        run(&place, "plan", &s3("my-bucket", "site/a.css").to_string(), &["--format", "markdown"]).run().exits(0);
    summary.says("`1 path in 1 event from standard input`").says("- 1 path: 1 written");
}

#[test]
fn a_slip_in_the_table_is_named_with_its_place() {
    for (line, error, hint) in [
        ("bucket = \"s3://my-bucket\"", "s3://my-bucket is no bucket's name", "the name alone"),
        ("prefix = \"site\"", "a prefix is a directory", "`prefix = \"site/\"`"),
        ("include_extensions = [\".html\"]", ".html is no extension", "write `html`"),
        ("exclude_extensions = \"map\"", "this is not a list", "in brackets"),
        ("buckets = \"x\"", "unknown field `buckets`", "did you mean `bucket`?"),
        ("prefxi = \"x\"", "unknown field `prefxi`", "did you mean `prefix`?"),
    ] {
        let ran = run(&place(&format!("[site.events]\n{line}\n")), "plan", "[]", &[]).run().exits(2);
        ran.fails_with(error, hint).fails_with("purge.toml:5:", hint);
    }
}

/// An edge of an Enterprise account: 500 URLs a request, at a pace that a test can wait for.
fn enterprise_edge() -> Edge {
    let settings = Settings {
        zone: ZONE.to_owned(),
        environment: crate::support::ENVIRONMENT.to_owned(),
        zone_name: "example.com".to_owned(),
        token: crate::support::TOKEN.to_owned(),
        access: diffpurge::edge::Access::default(),
        plan: CloudflarePlan::Enterprise,
        scheme: "https",
        origin: ([127, 0, 0, 1], 9).into(),
    };
    Edge::start(settings).expect("an edge starts on loopback")
}

#[test]
fn ten_thousand_records_are_one_run_with_the_fewest_requests() {
    let config = "spellings = \"canonical\"\n[site.cloudflare]\nplan = \"enterprise\"\n[site.threshold]\nurls = 20000\n[site.events]\nbucket = \"my-bucket\"\n";
    let place = place(config);
    // 10,000 records about 8,000 objects: the first 2,000 come twice.
    let key = |n: usize| format!("images/{}/photo+{}.jpg", n % 8000 / 100, n % 8000);
    let message = |n: usize| sqs(&n.to_string(), &records(&[s3("my-bucket", &key(n))]).to_string());
    let batches: Vec<Value> =
        (0..1000).map(|n| records(&(n * 10..n * 10 + 10).map(message).collect::<Vec<_>>())).collect();
    let lines = batches.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    for (how, events) in [("JSON Lines", lines), ("one array", Value::Array(batches).to_string())] {
        let edge = enterprise_edge();
        let start = Instant::now();
        let ran = run(&place, "purge", &events, &["--format", "json"]).against(&edge).run().exits(0);
        let seconds = start.elapsed().as_secs_f64();
        let mut document: Value = serde_json::from_str(&ran.stdout).unwrap();
        let site = &mut document["sites"][0];
        assert_eq!(site["events"], json!({ "source": "-", "records": 10_000, "paths": 8_000, "unused": 0 }), "{how}");
        let Value::Array(operations) = site["operations"].take() else { panic!("no operations") };
        let mut urls: Vec<&str> = operations.iter().map(|one| one["value"].as_str().unwrap()).collect();
        urls.sort_unstable();
        urls.dedup();
        assert_eq!((urls.len(), operations.len()), (8000, 8000), "each URL once");
        assert!(urls.contains(&"https://www.example.com/images/79/photo%207999.jpg"));
        let accepted = edge.recorded().iter().filter(|request| request.status == 200).count();
        assert_eq!(
            (accepted, site["receipts"].as_array().unwrap().len()),
            (8000 / 500, 8000 / 500),
            "{how}: the fewest"
        );
        // What it took, for whoever asks with `--nocapture`.
        let _told = writeln!(std::io::stderr(), "{how}: {} bytes, {seconds:.2} s", events.len());
    }
}
