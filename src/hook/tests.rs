use std::time::SystemTime;

use http::{HeaderMap, HeaderName, HeaderValue};
use ring::hmac;
use serde_json::{Value, json};

use super::*;
use crate::config::{Config, Hook};

const SECRET: &str = "It's a Secret to Everybody";

const ID: &str = "0123456789abcdef0123456789abcdef01234567";

/// A hook as the file has it.
fn hook(lines: &str) -> Hook {
    let site = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n[site.origin]\nsettle = \"1s\"\n";
    let head = "[serve]\n[[serve.hook]]\npath = \"/h\"\nsite = \"www\"\nsecret_env = \"S\"\n";
    let reaction = if lines.contains("changes") { "" } else { "reaction = \"site\"\n" };
    let text = format!("{site}{head}{reaction}{lines}");
    Config::parse(&text, "purge.toml").unwrap_or_else(|e| panic!("{e}")).serve.unwrap().hooks.remove(0)
}

fn secrets(secret: &str) -> Secrets {
    Secrets::new(vec![secret.to_owned().into()]).unwrap()
}

fn judged(hook: &Hook, headers: &[(&'static str, &str)], body: &[u8]) -> Verdict {
    let header =
        |(name, value): &(&'static str, &str)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
    let mut map = HeaderMap::new();
    headers.iter().map(header).for_each(|(name, value)| {
        map.append(name, value);
    });
    let delivery = Delivery { headers: &map, query: None, body, now: SystemTime::UNIX_EPOCH };
    judge(&hook.kind, &secrets(SECRET), &delivery)
}

/// The HMAC of a body in hex.
fn signed(algorithm: hmac::Algorithm, body: &[u8]) -> String {
    let tag = hmac::sign(&hmac::Key::new(algorithm, SECRET.as_bytes()), body);
    crate::display::hex(tag.as_ref())
}

fn github(lines: &str, event: &str, body: &Value) -> Verdict {
    let body = body.to_string();
    let signature = format!("sha256={}", signed(hmac::HMAC_SHA256, body.as_bytes()));
    let hook = hook(&format!("kind = \"github\"\n{lines}"));
    judged(&hook, &[("x-hub-signature-256", &signature), ("x-github-event", event)], body.as_bytes())
}

#[track_caller]
fn deploy(verdict: Verdict) -> Deploy {
    match verdict {
        Verdict::Deploy(deploy) => *deploy,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn ignored(verdict: Verdict) -> String {
    match verdict {
        Verdict::Ignored(why) | Verdict::Strange(why) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_signature_of_githubs_documentation_holds_and_none_that_was_touched() {
    // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
    let good = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    let hook = hook("kind = \"hmac\"\nheader = \"X-Hub-Signature-256\"\nprefix = \"sha256=\"\n");
    let judged = |headers: &[(&'static str, &str)], body: &[u8]| judged(&hook, headers, body);
    let name = "x-hub-signature-256";
    assert_eq!(judged(&[(name, &format!("sha256={good}"))], b"Hello, World!"), Verdict::Deploy(Box::default()));
    assert_eq!(
        judged(&[(name, &format!("sha256={}", good.to_uppercase()))], b"Hello, World!"),
        Verdict::Deploy(Box::default())
    );
    let other = good.replace('7', "8");
    for (headers, body) in [
        (vec![(name, format!("sha256={good}"))], "Hello, World"),
        (vec![(name, format!("sha256={good}"))], "hello, World!"),
        (vec![(name, format!("sha256={good}"))], "Hello, World! "),
        (vec![(name, format!("sha256={other}"))], "Hello, World!"),
        (vec![(name, good.to_owned())], "Hello, World!"),
        (vec![(name, format!("SHA256={good}"))], "Hello, World!"),
        (vec![(name, format!("sha256= {good}"))], "Hello, World!"),
        (vec![(name, format!("sha256={}", &good[..62]))], "Hello, World!"),
        (vec![(name, format!("sha256={good}00"))], "Hello, World!"),
        (vec![(name, format!("sha256={}", &good[..63]))], "Hello, World!"),
        (vec![(name, "sha256=".to_owned())], "Hello, World!"),
        (vec![(name, String::new())], "Hello, World!"),
        (vec![], "Hello, World!"),
        (vec![(name, format!("sha256={good}")), (name, format!("sha256={good}"))], "Hello, World!"),
    ] {
        let headers: Vec<(&'static str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert!(matches!(judged(&headers, body.as_bytes()), Verdict::Refused(_)), "{headers:?} {body}");
    }
}

#[test]
fn every_hash_and_spelling_of_an_hmac_is_checked() {
    let body = br#"{"state":"ready","sha":"0123456789ABCDEF0123456789abcdef01234567","n":7}"#;
    for (lines, algorithm, in_base64) in [
        ("", hmac::HMAC_SHA256, false),
        ("algorithm = \"sha1\"\n", hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, false),
        ("algorithm = \"sha512\"\nencoding = \"base64\"\n", hmac::HMAC_SHA512, true),
    ] {
        let lines = format!(
            "kind = \"hmac\"\nheader = \"x-sig\"\nto = \"/sha\"\nid = \"/n\"\nstatus = \"/state\"\nsuccess = [\"ready\"]\n{lines}"
        );
        let hook = hook(&lines);
        let hex = signed(algorithm, body);
        let text = if in_base64 {
            use base64::Engine as _;
            base64::engine::general_purpose::STANDARD.encode(signature::from_hex(&hex).unwrap())
        } else {
            hex
        };
        let told = deploy(judged(&hook, &[("x-sig", &text)], body));
        // The id is `7`, and known by its SHA-256.
        let known = "7902699be42c8a8e46fbbb4501726517e86b22c56a189f7625a6da49081b2451";
        assert_eq!((told.to.unwrap().as_str(), told.id.as_deref()), (ID, Some(known)));
        let other = signed(hmac::HMAC_SHA384, body);
        assert!(matches!(judged(&hook, &[("x-sig", &other)], body), Verdict::Refused(_)));
    }
}

#[test]
fn a_revision_is_a_full_id_or_nothing() {
    for (text, is_one) in [
        (ID, true),
        (&ID.to_uppercase(), true),
        (&"ab".repeat(32), true),
        (&"0".repeat(40), false),
        (&ID[..39], false),
        ("HEAD", false),
        ("--upload-pack=x", false),
        ("0123456789abcdef0123456789abcdef0123456g", false),
        ("", false),
    ] {
        assert_eq!(RevisionId::parse(text).is_some(), is_one, "{text}");
    }
    let hook = hook("kind = \"hmac\"\nheader = \"x-sig\"\nto = \"/to\"\n");
    let body = br#"{"to":"refs/heads/main"}"#;
    assert!(ignored(judged(&hook, &[("x-sig", &signed(hmac::HMAC_SHA256, body))], body)).contains("no full id"));
}

#[test]
fn a_list_of_paths_is_taken_as_it_is() {
    let hook = hook("kind = \"hmac\"\nheader = \"x-sig\"\nchanges = \"event\"\npaths = \"/changed\"\n");
    for (body, want) in [
        (r#"{"changed":["a.html","b/c.css"]}"#, Some(vec!["a.html", "b/c.css"])),
        (r#"{"changed":[]}"#, Some(vec![])),
        (r#"{"changed":["a.html",7]}"#, None),
        ("{}", None),
        ("a.html", None),
        // One path that cannot be used would stop every run that takes it along.
        (r#"{"changed":["a.html","../x"]}"#, None),
        (r#"{"changed":["/index.html"]}"#, None),
        (r#"{"changed":[""]}"#, None),
        (r#"{"changed":["a/../../x"]}"#, None),
        (r#"{"changed":["a\u0000b"]}"#, None),
    ] {
        let verdict = judged(&hook, &[("x-sig", &signed(hmac::HMAC_SHA256, body.as_bytes()))], body.as_bytes());
        match want {
            Some(want) => assert_eq!(deploy(verdict).paths.unwrap(), want, "{body}"),
            None => {
                assert!(
                    matches!(&verdict, Verdict::Strange(why) if why.contains("not as it should be")),
                    "{body}: {verdict:?}"
                );
            }
        }
    }
}

#[test]
fn a_deployment_of_githubs_counts_when_it_is_a_success_in_an_environment_that_is_listed() {
    let body = |state: &str, environment: &str, sha: &str| json!({ "deployment_status": { "state": state }, "deployment": { "id": 9, "sha": sha, "environment": environment } });
    let told = deploy(github("", "deployment_status", &body("success", "github-pages", ID)));
    assert_eq!((told.to.unwrap().as_str(), told.deploy.as_deref(), told.id.unwrap().len()), (ID, Some("9"), 64));
    for state in ["pending", "in_progress", "failure", "error", "inactive"] {
        assert!(ignored(github("", "deployment_status", &body(state, "github-pages", ID))).contains(state));
    }
    let listed = "environments = [\"github-pages\"]\n";
    deploy(github(listed, "deployment_status", &body("success", "github-pages", ID)));
    assert!(ignored(github(listed, "deployment_status", &body("success", "Preview", ID))).contains("Preview"));
    assert!(ignored(github("", "deployment_status", &body("success", "x", "main"))).contains("no full id"));
    assert!(ignored(github("", "deployment_status", &json!([]))).contains("/deployment_status/state"));
    // The name of the event is signed by nobody.
    assert!(ignored(github("", "page_build", &body("success", "x", ID))).contains("/build/status"));
    assert!(ignored(github("", "push", &body("success", "x", ID))).contains("push"));
    assert!(ignored(github("", "ping", &json!({ "zen": "x" }))).contains("ping"));
}

#[test]
fn a_page_build_a_workflow_and_a_push_count_when_they_are_of_the_site() {
    let built = |status: &str| json!({ "id": 3, "build": { "status": status, "commit": ID } });
    assert_eq!(deploy(github("", "page_build", &built("built"))).to.unwrap().as_str(), ID);
    assert!(ignored(github("", "page_build", &built("errored"))).contains("errored"));

    let run = |conclusion: &str, branch: &str, of: &str| {
        json!({
            "action": "completed",
            "repository": { "full_name": "o/site", "default_branch": "main" },
            "workflow_run": {
                "id": 5, "conclusion": conclusion, "head_branch": branch, "head_sha": ID, "name": "Deploy",
                "path": ".github/workflows/deploy.yml", "head_repository": { "full_name": of },
            },
        })
    };
    let lines = "events = [\"workflow_run\"]\n";
    deploy(github(lines, "workflow_run", &run("success", "main", "o/site")));
    assert!(ignored(github(lines, "workflow_run", &run("failure", "main", "o/site"))).contains("failure"));
    assert!(ignored(github(lines, "workflow_run", &run("success", "topic", "o/site"))).contains("topic"));
    assert!(ignored(github(lines, "workflow_run", &run("success", "main", "x/site"))).contains("fork"));
    for (listed, counts) in
        [("deploy.yml", true), ("Deploy", true), (".github/workflows/deploy.yml", true), ("ci.yml", false)]
    {
        let verdict =
            github(&format!("{lines}workflows = [\"{listed}\"]\n"), "workflow_run", &run("success", "main", "o/site"));
        assert_eq!(matches!(verdict, Verdict::Deploy(_)), counts, "{listed}");
    }

    let push =
        |name: &str, after: &str| json!({ "ref": name, "after": after, "repository": { "default_branch": "main" } });
    let lines = "events = [\"push\"]\n";
    deploy(github(lines, "push", &push("refs/heads/main", ID)));
    deploy(github(&format!("{lines}branches = [\"gh-pages\"]\n"), "push", &push("refs/heads/gh-pages", ID)));
    for (name, after, why) in [
        ("refs/heads/topic", ID, "topic"),
        ("refs/tags/v1", ID, "no branch"),
        ("refs/heads/main", "0000000000000000000000000000000000000000", "deleted"),
    ] {
        assert!(ignored(github(lines, "push", &push(name, after))).contains(why), "{name}");
    }
}

#[test]
fn a_short_secret_cannot_be_one_and_each_of_several_opens() {
    assert_eq!(Secrets::new(vec![]).unwrap_err(), TooShort(0));
    assert_eq!(Secrets::new(vec!["fifteen-bytes-x".to_owned().into()]).unwrap_err(), TooShort(15));
    assert!(Secrets::new(vec![SECRET.to_owned().into(), String::new().into()]).is_err());
    let two = Secrets::new(vec![SECRET.to_owned().into(), "another-secret-of-ours".to_owned().into()]).unwrap();
    assert!(two.open_for(SECRET.as_bytes()) && two.open_for(b"another-secret-of-ours"));
    assert!(!two.open_for(b"") && !two.open_for(b"It's a Secret to Everybod"));
    assert!(!format!("{two:?}").contains("Secret to"));
    let lines = |text: &str| Secrets::of_lines(&text.to_owned().into());
    let two = lines(&format!("{SECRET}\r\n\n  another-secret-of-ours \n")).unwrap();
    assert!(two.open_for(SECRET.as_bytes()) && two.open_for(b"another-secret-of-ours") && !two.open_for(b""));
    assert_eq!(lines(&format!("{SECRET}\nshort")).unwrap_err(), TooShort(5));
    assert_eq!(lines(" \n").unwrap_err(), TooShort(0));
}

#[test]
fn a_revision_that_was_deployed_again_is_not_what_was_there_before() {
    let hook = hook("kind = \"hmac\"\nheader = \"x-sig\"\nfrom = \"/from\"\nto = \"/to\"\n");
    for (from, want) in [("a".repeat(40), true), (ID.to_owned(), false), (ID.to_uppercase(), false)] {
        let body = json!({ "from": from, "to": ID }).to_string();
        let told = deploy(judged(&hook, &[("x-sig", &signed(hmac::HMAC_SHA256, body.as_bytes()))], body.as_bytes()));
        assert_eq!((told.from.is_some(), told.to.is_some()), (want, true), "{from}");
    }
}
