//! Deliveries of webhooks: signed well with nearly valid bodies, and not signed at all.

use std::time::SystemTime;

use diffpurge::config::{Config, Hook};
use diffpurge::display::hex;
use diffpurge::hook::{Delivery, Secrets, Verdict, judge};
use http::{HeaderMap, HeaderValue};
use ring::hmac;

use super::{bytes, fuzz, is_a_message};

const SECRET: &str = "a-secret-of-the-tests";

/// A hook of each kind.
fn hooks() -> Vec<Hook> {
    let site =
        "[[site]]\nname = \"w\"\nbase_urls = [\"https://w.example/\"]\n[site.origin]\nsettle = \"1s\"\n[serve]\n";
    let kinds = [
        "kind = \"hmac\"\nheader = \"x-hub-signature-256\"\nprefix = \"sha256=\"\nid = \"/id\"\nfrom = \"/before\"\nto = \"/after\"\n\
         status = \"/status\"\nsuccess = [\"success\"]\nreaction = \"site\"\n",
        "kind = \"hmac\"\nheader = \"x-hub-signature-256\"\nprefix = \"sha256=\"\npaths = \"/changed\"\nchanges = \"event\"\n",
        "kind = \"github\"\nevents = [\"deployment_status\", \"page_build\", \"workflow_run\", \"push\"]\nreaction = \"site\"\n",
    ];
    let hooks = kinds.iter().enumerate().map(|(number, kind)| {
        format!("[[serve.hook]]\npath = \"/{number}\"\nsite = \"w\"\nsecret_env = \"S\"\n{kind}")
    });
    let text = format!("{site}{}", hooks.collect::<String>());
    Config::parse(&text, "purge.toml").unwrap().serve.unwrap().hooks
}

#[test]
fn a_delivery_of_a_webhook_never_crashes() {
    let id = "0123456789abcdef0123456789abcdef01234567";
    let own = format!(r#"{{"id":7,"before":"{id}","after":"{id}","status":"success","changed":["a.html","b/c.css"]}}"#);
    let status = format!(
        r#"{{"deployment_status":{{"state":"success"}},"deployment":{{"id":9,"sha":"{id}","environment":"x"}}}}"#
    );
    let built = format!(r#"{{"id":3,"build":{{"status":"built","commit":"{id}"}}}}"#);
    let run = format!(
        r#"{{"action":"completed","repository":{{"full_name":"o/s","default_branch":"main"}},"workflow_run":{{"id":5,"conclusion":"success","head_branch":"main","head_sha":"{id}","name":"D","path":".github/workflows/d.yml","head_repository":{{"full_name":"o/s"}}}}}}"#
    );
    let push = format!(r#"{{"ref":"refs/heads/main","after":"{id}","repository":{{"default_branch":"main"}}}}"#);
    let form = "payload=%7B%22zen%22%3A%22x%22%7D";
    let hooks = hooks();
    let secrets = Secrets::new(vec![SECRET.to_owned().into()]).unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    fuzz("deliveries", bytes(&[&own, &status, &built, &run, &push, form]), |document, mutator| {
        let mut headers = HeaderMap::new();
        let event = ["deployment_status", "page_build", "workflow_run", "push", "ping"][mutator.dice.usize(..5)];
        headers.insert("x-github-event", HeaderValue::from_static(event));
        if mutator.dice.bool() {
            headers.insert("content-type", HeaderValue::from_static("application/x-www-form-urlencoded"));
        }
        for (is_signed, hook) in
            [true, false].into_iter().flat_map(|is_signed| hooks.iter().map(move |hook| (is_signed, hook)))
        {
            let signature = if is_signed {
                format!("sha256={}", hex(hmac::sign(&key, document).as_ref())).into_bytes()
            } else {
                // The document itself, as far as it can stand in a header.
                document.iter().copied().filter(|b| *b != b'\n').take(200).collect()
            };
            headers.remove("x-hub-signature-256");
            if let Ok(value) = HeaderValue::from_bytes(&signature) {
                headers.insert("x-hub-signature-256", value);
            }
            let delivery = Delivery { headers: &headers, query: None, body: document, now: SystemTime::UNIX_EPOCH };
            match judge(&hook.kind, &secrets, &delivery) {
                Verdict::Refused(_) => assert!(!is_signed, "a good signature is refused"),
                Verdict::Ignored(why) | Verdict::Strange(why) => is_a_message(&why),
                Verdict::Challenge(_) => {}
                Verdict::Deploy(deploy) => {
                    assert!(is_signed, "taken without a signature");
                    let text = serde_json::to_string(&deploy).unwrap();
                    assert_eq!(serde_json::from_str::<diffpurge::hook::Deploy>(&text).unwrap(), *deploy);
                }
            }
        }
    });
}
