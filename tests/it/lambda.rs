//! The AWS Lambda, as Amazon's runtime drives it: what it answers, what it hands back, and what it logs.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use diffpurge::config::{Config, Environment};
use diffpurge::lambda::{Invocation, Invoked, invoked};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Answer, Fault, Lambda, TOKEN, Toxic, ZONE, bootstrap, edge, kept, notification, s3, sqs, warm};

/// One URL for each path, and a bucket of which one directory is published.
const CONFIG: &str = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\nspellings = \"canonical\"\n\
    [site.events]\nbucket = \"my-bucket\"\nprefix = \"site/\"\n";

/// A configuration in a directory of its own.
fn configured(config: &str) -> (TempDir, PathBuf) {
    let place = TempDir::new().unwrap();
    let file = place.path().join("purge.toml");
    fs::write(&file, config).unwrap();
    (place, file)
}

fn start(config: &Path, base: &str) -> Option<Lambda> {
    Some(Lambda::start(&bootstrap()?, Some(config), base))
}

/// An event of S3.
fn event(keys: &[&str]) -> Value {
    json!({ "Records": keys.iter().map(|key| s3("my-bucket", key)).collect::<Vec<_>>() })
}

/// A batch of messages of SQS, by their ids.
fn batch(messages: &[(&str, String)]) -> Value {
    json!({ "Records": messages.iter().map(|(id, body)| sqs(id, body)).collect::<Vec<_>>() })
}

/// The ids of the messages that are handed back.
#[track_caller]
fn handed_back(answer: &Answer) -> Vec<&str> {
    let answer = answer.as_ref().unwrap();
    assert_eq!(answer.as_object().unwrap().len(), 1, "{answer}");
    let failures = answer["batchItemFailures"].as_array().unwrap();
    failures.iter().map(|failure| failure["itemIdentifier"].as_str().unwrap()).collect()
}

fn urls(paths: &[&str]) -> Vec<String> {
    paths.iter().map(|path| format!("https://www.example.com/{path}")).collect()
}

/// Refuses each URL with `bad` in it, as Cloudflare refuses a whole request for one of its URLs.
fn refusing_bad_ones(_: usize, body: &str) -> Fault {
    if body.contains("bad") { Fault::envelope(400, "", 1000, "Unable to purge an invalid URL.") } else { Fault::Pass }
}

#[test]
fn an_event_is_purged_however_it_is_wrapped() {
    let (_place, config) = configured(CONFIG);
    let edge = edge();
    let Some(mut lambda) = start(&config, &edge.api_base()) else { return };
    let sns = json!({ "Records": [{ "EventSource": "aws:sns", "EventVersion": "1.0", "Sns": notification(&event(&["site/b.css"]).to_string()) }] });
    let bridge = json!({
        "version": "0", "detail-type": "Object Deleted", "source": "aws.s3",
        "detail": { "bucket": { "name": "my-bucket" }, "object": { "key": "site/c.css" } }
    });
    warm(&edge, &["https://www.example.com/a.css", "https://www.example.com/b.css", "https://www.example.com/c.css"]);
    for (event, left) in [(event(&["site/a.css"]), &["b.css", "c.css"][..]), (sns, &["c.css"]), (bridge, &[])] {
        assert_eq!(lambda.invoke(&event), Ok(Value::Null));
        assert_eq!(kept(&edge), urls(left));
    }
    let test = json!({ "Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "my-bucket" });
    assert_eq!(lambda.invoke(&test), Ok(Value::Null));
    let log = lambda.ends();
    assert_eq!((&log[0]["level"], &log[0]["request_id"]), (&json!("info"), &json!("invocation-1")));
    assert_eq!((&log[0]["sites"][0]["accepted"], &log[3]["sites"][0]["operations"]), (&json!(1), &json!(0)));
}

#[test]
fn of_a_batch_exactly_those_messages_come_again_of_which_something_was_not_purged() {
    let (_place, config) = configured(CONFIG);
    let edge = edge();
    warm(
        &edge,
        &["https://www.example.com/1.css", "https://www.example.com/bad-1.css", "https://www.example.com/3.css"],
    );
    let toxic = Toxic::before(&edge, refusing_bad_ones);
    let Some(mut lambda) = start(&config, &toxic.api_base()) else { return };
    let of = |keys: &[&str]| event(keys).to_string();
    let strange = json!({ "Records": [s3("strange", "a.css")] }).to_string();
    let answer = lambda.invoke(&batch(&[
        ("good", of(&["site/1.css"])),
        ("bad", of(&["site/bad-1.css"])),
        ("half", of(&["site/3.css", "site/bad-2.css"])),
        ("two", of(&["site/4.css", "site/5.css"])),
        ("not json", "{".to_owned()),
        ("outside", of(&["drafts/bad-3.css"])),
        ("strange", strange),
        ("sns", notification(&of(&["site/bad-4.css"])).to_string()),
        ("the same as good", of(&["site/1.css"])),
        ("the same as bad", of(&["site/bad-1.css"])),
        ("empty key", of(&["site/6.css", ""])),
        ("test", json!({ "Event": "s3:TestEvent" }).to_string()),
    ]));
    assert_eq!(handed_back(&answer), ["bad", "empty key", "half", "not json", "sns", "strange", "the same as bad"]);
    assert_eq!(kept(&edge), urls(&["bad-1.css"]));
    // What is delivered again is purged once the reason is gone.
    let again = batch(&[("good", of(&["site/1.css"])), ("two", of(&["site/4.css"]))]);
    assert_eq!(handed_back(&lambda.invoke(&again)), [""; 0]);
    let log = lambda.ends();
    assert_eq!(
        (&log[0]["level"], &log[0]["handed_back"], &log[0]["messages"]),
        (&json!("error"), &json!(7), &json!(12))
    );
    assert_eq!((&log[0]["unused"], &log[0]["sites"][0]["not_accepted"]), (&json!(3), &json!(3)));
    assert!(log[0]["sites"][0]["why"][0].as_str().unwrap().contains("Unable to purge"), "{log:?}");
    assert!(log[0]["said"].to_string().contains("the bucket strange"), "{log:?}");
    assert_eq!((&log[1]["level"], &log[1]["error"]), (&json!("info"), &Value::Null));
}

#[test]
fn every_second_of_many_messages_fails_and_no_other() {
    let (_place, config) = configured(CONFIG);
    let edge = edge();
    let toxic = Toxic::before(&edge, refusing_bad_ones);
    let Some(mut lambda) = start(&config, &toxic.api_base()) else { return };
    let names: Vec<(String, String)> = (0..40)
        .map(|n| {
            (
                format!("{n:02}"),
                event(&[&format!("site/{}{n}.css", if n % 2 == 0 { "good" } else { "bad" })]).to_string(),
            )
        })
        .collect();
    let messages: Vec<(&str, String)> = names.iter().map(|(id, body)| (&**id, body.clone())).collect();
    let answer = lambda.invoke(&batch(&messages));
    let odd: Vec<String> = (0..40).filter(|n| n % 2 == 1).map(|n| format!("{n:02}")).collect();
    assert_eq!(handed_back(&answer), odd);
    lambda.ends();
}

#[test]
fn an_event_that_is_no_batch_fails_as_a_whole_and_is_purged_when_it_comes_again() {
    let (_place, config) = configured(CONFIG);
    let edge = edge();
    warm(&edge, &["https://www.example.com/a.css", "https://www.example.com/b.css"]);
    let toxic =
        Toxic::before(&edge, |n, _| if n == 0 { Fault::envelope(400, "", 4711, "not today") } else { Fault::Pass });
    let Some(mut lambda) = start(&config, &toxic.api_base()) else { return };
    let event_of_a = event(&["site/a.css"]);
    let error = lambda.invoke(&event_of_a).unwrap_err();
    assert_eq!(error["errorMessage"], "site www: 1 of 1 operation not accepted");
    assert_eq!(lambda.invoke(&event_of_a), Ok(Value::Null));
    assert_eq!(kept(&edge), urls(&["b.css"]));
    // What can be purged is, also beside what cannot be used.
    let mixed = json!({ "Records": [s3("strange", "x"), s3("my-bucket", "site/b.css"), {}] });
    assert_eq!(lambda.invoke(&mixed).unwrap_err()["errorMessage"], "2 records could not be used");
    assert_eq!(kept(&edge), [""; 0]);
    assert_eq!(lambda.invoke(&json!({ "what": 1 })).unwrap_err()["errorMessage"], "1 record could not be used");
    let log = lambda.ends();
    assert_eq!(
        log.iter().map(|line| line["level"].as_str().unwrap()).collect::<Vec<_>>(),
        ["error", "info", "error", "error"]
    );
}

#[test]
fn a_broader_purge_that_is_accepted_takes_its_messages_along() {
    let config = format!(
        "{CONFIG}[site.threshold]\nurls = 3\nthen = \"hosts\"\n[[site.rule]]\nmatch = [\"tagged/**\"]\ntags = [\"t\"]\n"
    );
    let (_place, config) = configured(&config);
    let edge = edge();
    let toxic = Toxic::before(&edge, |_, body| {
        if body.contains("tags") { Fault::envelope(400, "", 4711, "no tags") } else { Fault::Pass }
    });
    let Some(mut lambda) = start(&config, &toxic.api_base()) else { return };
    let of = |id: &'static str, key: &str| (id, event(&[key]).to_string());
    let many = |more: (&'static str, String)| {
        batch(&[of("a", "site/a"), of("b", "site/b"), of("c", "site/c"), of("d", "site/d"), more])
    };
    assert_eq!(handed_back(&lambda.invoke(&many(of("e", "site/e")))), [""; 0]);
    // The fallback is a host, which takes URLs along, and no tags.
    assert_eq!(handed_back(&lambda.invoke(&many(of("e", "site/tagged/e")))), ["e"]);
    let few = batch(&[of("a", "site/a"), of("t", "site/tagged/e"), of("u", "site/tagged/f")]);
    assert_eq!(handed_back(&lambda.invoke(&few)), ["t", "u"]);
    let log = lambda.ends();
    assert!(log[0]["sites"][0]["fallback"].as_str().unwrap().contains("threshold"), "{log:?}");
}

#[test]
fn what_hinders_a_site_hands_its_messages_back_and_leaves_the_others_alone() {
    let Some(binary) = bootstrap() else { return };
    let other = "[[site]]\nname = \"other\"\nbase_urls = [\"https://other.example.com/\"]\n[site.cloudflare]\ntoken_env = \"OTHER\"\n";
    let (_place, config) = configured(&format!("{CONFIG}{other}"));
    let edge = edge();
    let mut lambda = Lambda::start(&binary, Some(&config), &edge.api_base());
    let of_other = json!({ "Records": [s3("other.example.com", "x.css")] }).to_string();
    let answer = lambda.invoke(&batch(&[("www", event(&["site/a.css"]).to_string()), ("other", of_other)]));
    assert_eq!(handed_back(&answer), ["other"]);
    let log = lambda.ends();
    assert!(log[0]["sites"][1]["why"][0].as_str().unwrap().contains("OTHER"), "{log:?}");
    let mut refused =
        Lambda::with(&binary, Some(&config), &edge.api_base(), &[("CLOUDFLARE_API_TOKEN", "wrong-tok-1234567890")]);
    assert_eq!(handed_back(&refused.invoke(&batch(&[("www", event(&["site/a.css"]).to_string())]))), ["www"]);
    let log = refused.ends();
    assert!(!log[0].to_string().contains("wrong-tok"), "{log:?}");
}

#[test]
fn a_batch_that_cannot_be_told_apart_fails_as_a_whole() {
    let (_place, config) = configured(CONFIG);
    let edge = edge();
    let Some(mut lambda) = start(&config, &edge.api_base()) else { return };
    let mut nameless = batch(&[("x", "{".to_owned())]);
    nameless["Records"][0].as_object_mut().unwrap().remove("messageId");
    assert_eq!(lambda.invoke(&nameless).unwrap_err()["errorMessage"], "a message has no `messageId`");
    let mut bodiless = batch(&[("x", String::new())]);
    bodiless["Records"][0].as_object_mut().unwrap().remove("body");
    assert_eq!(lambda.invoke(&bodiless).unwrap_err()["errorMessage"], "a record is in no message");
    lambda.ends();
}

#[test]
fn an_api_that_says_nothing_is_given_up_before_the_time_is_up() {
    let (_place, config) = configured(CONFIG);
    let edge = edge();
    let toxic = Toxic::before(&edge, |_, _| Fault::Hang);
    let Some(mut lambda) = start(&config, &toxic.api_base()) else { return };
    let (start, time) = (Instant::now(), Duration::from_secs(6));
    let answer = lambda.invoke_within(&batch(&[("a", event(&["site/a.css"]).to_string())]), time);
    assert_eq!(handed_back(&answer), ["a"]);
    assert!(start.elapsed() < time, "{:?}", start.elapsed());
    lambda.ends();
}

#[test]
fn the_configuration_lies_beside_the_binary_and_a_broken_one_ends_it() {
    let Some(binary) = bootstrap() else { return };
    let (place, config) = configured(CONFIG);
    let beside = place.path().join("bootstrap");
    fs::copy(&binary, &beside).unwrap();
    let edge = edge();
    let mut lambda = Lambda::start(&beside, None, &edge.api_base());
    assert_eq!(lambda.invoke(&event(&["site/a.css"])), Ok(Value::Null));
    lambda.ends();
    fs::write(&config, "[[site]]\nname = \"www\"\n").unwrap();
    let (status, log) = Lambda::start(&beside, None, &edge.api_base()).ended();
    assert!(!status.success());
    assert!(log[0]["error"].as_str().unwrap().contains("base_urls"), "{log:?}");
}

/// The engine behind the binary, in this process: it needs no build of its own.
fn engine(config: &str, event: &Value, toxic: &Toxic) -> Invoked {
    let variables =
        [("CLOUDFLARE_BASE_URL", &*toxic.api_base()), ("CLOUDFLARE_API_TOKEN", TOKEN), ("CLOUDFLARE_ZONE_ID", ZONE)];
    invoked(&Invocation {
        event,
        id: "1",
        time: Duration::from_secs(60),
        config: &Config::parse(config, "purge.toml").unwrap(),
        environment: &variables.into_iter().collect::<Environment>(),
    })
}

#[test]
fn a_message_is_done_when_each_of_its_operations_was_accepted_in_whatever_form() {
    let of = |id: &'static str, key: &str| (id, event(&[key]).to_string());
    let docs = ["a", "b", "c", "d"].map(|name| of(name, &format!("site/docs/{name}")));
    let event =
        batch(&[&docs[..], &[of("bad", "site/docs/bad"), of("root", "site/x"), of("blog", "site/blog/y")]].concat());
    let narrowest = "[site.threshold]\nurls = 3\nthen = \"narrowest\"\n";
    let by_prefix = "[[site.rule]]\nmatch = [\"docs/**\"]\nby = \"prefix\"\n";
    let ignored = "[[site.rule]]\nmatch = [\"docs/**\"]\nscope = \"none\"\n";
    let always = "[[site.rule]]\nmatch = [\"blog/**\"]\nalso = [\"/bad.html\"]\n";
    for (more, refused, want) in [
        ("", "bad", &["bad"][..]),
        // Directories in the place of URLs.
        (narrowest, "nothing", &[]),
        (narrowest, "\"prefixes\"", &["a", "b", "bad", "c", "d"]),
        (narrowest, "\"files\"", &["blog", "root"]),
        (by_prefix, "docs/bad", &["bad"]),
        (by_prefix, "\"files\"", &["blog", "root"]),
        // What asks for nothing is done.
        (ignored, "\"files\"", &["blog", "root"]),
        // What a rule adds is the message's that it is for.
        (always, "bad.html", &["blog"]),
    ] {
        let edge = edge();
        let refuse = move |_: usize, body: &str| {
            if body.contains(refused) { Fault::envelope(400, "", 1000, "not this one") } else { Fault::Pass }
        };
        let toxic = Toxic::before(&edge, refuse);
        let Invoked { answer, log } = engine(&[CONFIG, more].concat(), &event, &toxic);
        assert_eq!(handed_back(&answer.map_err(Value::from)), want, "{more}{refused}: {log}");
        assert!(!log.to_string().contains(TOKEN));
    }
}

#[test]
fn what_no_policy_allows_or_nobody_can_plan_comes_again() {
    let edge = edge();
    let toxic = Toxic::before(&edge, |_, _| Fault::Pass);
    let messages = [
        ("a", event(&["site/a"]).to_string()),
        ("b", event(&["site/b"]).to_string()),
        ("other", event(&["x"]).to_string()),
    ];
    let refused = format!("{CONFIG}[site.threshold]\nurls = 1\nthen = \"fail\"\n");
    let Invoked { answer, log } = engine(&refused, &batch(&messages), &toxic);
    assert_eq!(handed_back(&answer.map_err(Value::from)), ["a", "b"], "{log}");
    assert_eq!(toxic.requests(), 0);
    let whole = engine(&refused, &event(&["site/a", "site/b"]), &toxic).answer.unwrap_err();
    assert!(whole.contains("more than `threshold.urls = 1`"), "{whole}");
}
