//! Deliveries that others signed: `PyJWT`, the package of Standard Webhooks, and openssl. Each is then touched in one place.
//!
//! `.ci/run` installs the packages into `target/hooks`; elsewhere `DIFFPURGE_HOOKS_PYTHON` may name a Python that has them.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use diffpurge::config::{Config, Hook};
use diffpurge::hook::{Delivery, Deploy, PublicKeys, Secrets, Verdict, judge};
use http::{HeaderMap, HeaderName, HeaderValue};
use ring::{digest, hmac};
use serde_json::{Value, json};
use tempfile::TempDir;
use url::form_urlencoded;

use crate::support::{HOOK_SECRET, PATIENCE, Place, Receiver, Repo, SITE, Site, edge, kill, required};

pub(crate) const SECRET: &str = "a-secret-of-32-bytes-for-netlify";

const ID: &str = "0123456789abcdef0123456789abcdef01234567";

const NOW: u64 = 1_800_000_000;

/// A hook as the file has it.
pub(crate) fn hook(lines: &str) -> Hook {
    let site = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n";
    let head = "[serve]\n[[serve.hook]]\npath = \"/h\"\nsite = \"www\"\nsecret_env = \"S\"\n";
    let reaction = if lines.contains("changes") { "" } else { "reaction = \"site\"\n" };
    let config = Config::parse(&format!("{site}{head}{reaction}{lines}"), "purge.toml");
    let config = config.unwrap_or_else(|error| panic!("{error}\n{}", error.hint()));
    config.serve.unwrap().hooks.remove(0)
}

pub(crate) fn secrets(secret: &str) -> Secrets {
    Secrets::new(vec![secret.to_owned().into()]).unwrap()
}

/// Judges what came; headers that no server would hand on are left out.
pub(crate) fn judged(
    hook: &Hook,
    secrets: &Secrets,
    list: &[(&str, &str)],
    query: Option<&str>,
    body: &[u8],
) -> Verdict {
    let mut headers = HeaderMap::new();
    for (name, value) in list {
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            headers.append(name.parse::<HeaderName>().unwrap(), value);
        }
    }
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
    judge(&hook.kind, secrets, &Delivery { headers: &headers, query, body, now })
}

#[track_caller]
fn deploy(verdict: Verdict) -> Deploy {
    match verdict {
        Verdict::Deploy(deploy) => *deploy,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn refused(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Refused(why) => why,
        other => panic!("{other:?}"),
    }
}

/// Lets the packages sign; nothing where they are missing.
fn signed(tasks: &[Value]) -> Option<Vec<String>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python =
        std::env::var_os("DIFFPURGE_HOOKS_PYTHON").map_or_else(|| here.join("target/hooks/bin/python"), PathBuf::from);
    let imports = Command::new(&python).args(["-c", "import cryptography, jwt, standardwebhooks"]).output();
    let what = "a Python with PyJWT and Standard Webhooks: \
        `python3 -m venv target/hooks && target/hooks/bin/pip install 'pyjwt[crypto]' standardwebhooks`";
    if !required(imports.is_ok_and(|output| output.status.success()), what) {
        return None;
    }
    let mut command = Command::new(&python);
    command.args(["-W", "ignore"]).arg(here.join("tests/sdk/sign.py")).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(json!(tasks).to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "the packages sign");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// A pair of keys that openssl made, in a directory that goes away.
pub(crate) struct Pair(TempDir);

impl Pair {
    pub(crate) fn new(bits: u16) -> Option<Pair> {
        let runs = Command::new("openssl").arg("version").output().is_ok_and(|output| output.status.success());
        if !required(runs, "the program `openssl`: `apt-get install openssl`") {
            return None;
        }
        let pair = Pair(TempDir::new().unwrap());
        let size = format!("rsa_keygen_bits:{bits}");
        pair.openssl(&["genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", &size, "-out", "key.pem"], b"");
        Some(pair)
    }

    fn openssl(&self, arguments: &[&str], input: &[u8]) -> Vec<u8> {
        let mut command = Command::new("openssl");
        command.args(arguments).current_dir(self.0.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "openssl {arguments:?}");
        output.stdout
    }

    /// The public key, as openssl prints it.
    pub(crate) fn public(&self) -> String {
        String::from_utf8(self.openssl(&["pkey", "-in", "key.pem", "-pubout"], b"")).unwrap()
    }

    /// The private key, as PEM.
    fn private(&self) -> String {
        std::fs::read_to_string(self.0.path().join("key.pem")).unwrap()
    }

    /// The private key, as DER of PKCS #8.
    pub(crate) fn der(&self) -> Vec<u8> {
        self.openssl(&["pkcs8", "-topk8", "-nocrypt", "-in", "key.pem", "-outform", "DER"], b"")
    }

    fn sign(&self, hash: &str, message: &[u8]) -> Vec<u8> {
        self.openssl(&["dgst", hash, "-sign", "key.pem"], message)
    }
}

/// The hash of a body as Netlify claims it.
fn hash(body: &str) -> String {
    let hash = digest::digest(&digest::SHA256, body.as_bytes());
    hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

#[test]
fn a_token_of_pyjwts_opens_netlifys_hook_and_one_of_another_algorithm_does_not() {
    let body = json!({ "id": "5ebc3216bc9f0b0006d02a6e", "state": "ready", "context": "production", "commit_ref": ID,
        "locked": null, "published_at": "2026-05-13T17:58:56.634Z", "log_access_attributes": { "token": "x" } });
    let body = body.to_string();
    let claims = json!({ "iss": "netlify", "sha256": hash(&body) });
    let with = |algorithm: &str, key: &str| json!({ "claims": claims, "key": key, "algorithm": algorithm });
    let long = format!("{SECRET}{SECRET}");
    let tasks =
        [with("HS256", SECRET), with("HS384", SECRET), with("HS512", SECRET), with("none", ""), with("HS256", &long)];
    let Some(tokens) = signed(&tasks) else { return };
    let hook = hook("kind = \"netlify\"\n");
    let of = |token: &str, body: &str| {
        judged(&hook, &secrets(SECRET), &[("x-webhook-signature", token)], None, body.as_bytes())
    };
    let told = deploy(of(&tokens[0], &body));
    assert_eq!((told.to.unwrap().as_str(), told.deploy.as_deref()), (ID, Some("5ebc3216bc9f0b0006d02a6e")));
    for token in &tokens[1..] {
        refused(of(token, &body));
    }
    refused(of(&tokens[0], &body.replace("ready", "error")));
    each_byte_counts(&tokens[0], |token| of(token, &body));
}

/// Changes each character of a signed text to its neighbour in the alphabet, and asserts that none is taken.
fn each_byte_counts(token: &str, judged: impl Fn(&str) -> Verdict) {
    for (at, c) in token.char_indices() {
        let other = match c {
            'Z' => 'A',
            'z' => 'a',
            '9' => '0',
            c => char::from_u32(u32::from(c) + 1).unwrap(),
        };
        refused(judged(&format!("{}{other}{}", &token[..at], &token[at + 1..])));
    }
}

const SERVER: &str = "22222222-2222-2222-2222-222222222222";

/// A form as `DeployHQ` sends it: base64 in lines of 60.
fn form(payload: &str, signature: &[u8]) -> String {
    let base64 = STANDARD.encode(signature);
    let lines: Vec<&str> = base64.as_bytes().chunks(60).map(|line| str::from_utf8(line).unwrap()).collect();
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("payload", payload).append_pair("signature", &format!("{}\n", lines.join("\n"))).finish()
}

#[test]
fn a_deployment_that_openssl_signed_opens_deployhqs_hook_by_either_hash() {
    let (Some(pair), Some(other)) = (Pair::new(1024), Pair::new(1024)) else { return };
    let payload = json!({
        "identifier": "11111111-1111-1111-1111-111111111111", "servers": [{ "identifier": SERVER }], "status": "completed",
        "project": { "permalink": "example", "name": "A & B = 100% é" }, "timestamps": { "completed_at": "2015-01-02T14:38:12Z" },
        "start_revision": { "ref": "a".repeat(40) }, "end_revision": { "ref": ID, "message": "line\nline + more" },
    });
    let payload = payload.to_string();
    let lines = |key: &str, more: &str| {
        format!(
            "kind = \"deployhq\"\nproject = \"example\"\nserver = \"{SERVER}\"\n{more}public_key = \"\"\"\n{key}\"\"\"\n"
        )
    };
    let ours = hook(&lines(&pair.public(), ""));
    let query = Some("secret=a-secret-of-32-bytes-for-netlify");
    let of = |hook: &Hook, body: &str| judged(hook, &secrets(SECRET), &[], query, body.as_bytes());
    for hash in ["-sha1", "-sha256"] {
        let signature = pair.sign(hash, payload.as_bytes());
        let body = form(&payload, &signature);
        let told = deploy(of(&ours, &body));
        assert_eq!((told.from.unwrap().as_str(), told.to.unwrap().as_str()), (&*"a".repeat(40), ID));
        // Without the secret a signature is anybody's, and with another key it is nobody's.
        refused(judged(&ours, &secrets(SECRET), &[], None, body.as_bytes()));
        refused(of(&hook(&lines(&other.public(), "")), &body));
        refused(of(&hook(&lines(&pair.public(), "").replace("\"example\"", "\"another\"")), &body));
        refused(of(&hook(&format!("kind = \"deployhq\"\nproject = \"example\"\nserver = \"{SERVER}\"\n")), &body));
        for touched in [
            payload.replace("completed\"", "Completed\""),
            format!("{payload} "),
            format!(" {payload}"),
            format!("\u{feff}{payload}"),
            payload.replace("\":", "\": "),
            payload.replace(ID, &"b".repeat(40)),
            payload.replace("\\n", "\\r\\n"),
            String::new(),
        ] {
            assert_ne!(touched, payload);
            refused(of(&ours, &form(&touched, &signature)));
        }
        for touched in
            [&signature[1..], &signature[..127], &[&signature[..], &[0]].concat(), &[0; 128], &[0xff; 128], &[]]
        {
            refused(of(&ours, &form(&payload, touched)));
        }
        for body in [
            format!("{body}&payload="),
            format!("{body}&signature=eA%3D%3D"),
            format!("payload=x&{body}"),
            body.replace("payload=", "PAYLOAD="),
        ] {
            refused(of(&ours, &body));
        }
        deploy(of(&ours, &format!("{body}&more=1")));
        // The variant whose body is JSON, with its signature in a header that the file names.
        let in_header = hook(&lines(&pair.public(), "header = \"X-Signature\"\n"));
        let base64 = STANDARD.encode(&signature);
        let of = |headers: &[(&str, &str)], body: &str| {
            judged(&in_header, &secrets(SECRET), headers, query, body.as_bytes())
        };
        deploy(of(&[("x-signature", &base64)], &payload));
        refused(of(&[("x-signature", &base64), ("x-signature", &base64)], &payload));
        refused(of(&[("x-signature", &base64)], &form(&payload, &signature)));
        refused(of(&[("x-signature", &format!("sha1={base64}"))], &payload));
        refused(of(&[], &payload));
    }
    for hash in ["-sha512", "-md5"] {
        refused(of(&ours, &form(&payload, &pair.sign(hash, payload.as_bytes()))));
    }
    // The public key is known to all: it is no secret of an HMAC.
    for key in [pair.public().into_bytes(), pair.public().trim().as_bytes().to_vec()] {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key), payload.as_bytes());
        refused(of(&ours, &form(&payload, tag.as_ref())));
    }
}

#[test]
fn a_signature_of_the_package_of_standard_webhooks_opens_a_hook() {
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let bodies = ["{\"to\":\"0123456789abcdef0123456789abcdef01234567\"}", "", "not é JSON", " \n"];
    let task = |secret: &str, body: &str| json!({ "secret": secret, "id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "time": NOW, "body": body });
    let tasks: Vec<Value> = bodies
        .iter()
        .map(|body| task(secret, body))
        .chain([task("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", bodies[0])])
        .collect();
    let Some(signatures) = signed(&tasks) else { return };
    let time = NOW.to_string();
    let (gitlab, plain) = (hook("kind = \"gitlab\"\n"), hook("kind = \"standard\"\n"));
    let of = |hook: &Hook, secret: &str, signature: &str, body: &str| {
        let headers = [
            ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
            ("webhook-timestamp", &time),
            ("webhook-signature", signature),
        ];
        judged(hook, &secrets(secret), &headers, None, body.as_bytes())
    };
    for (body, signature) in bodies.iter().zip(&signatures) {
        assert_eq!(deploy(of(&plain, secret, signature, body)).id.as_deref(), Some("msg_p5jXN8AQM9LWM0D4loKWxJek"));
        assert!(matches!(of(&gitlab, secret, signature, body), Verdict::Ignored(_) | Verdict::Strange(_)));
        refused(of(&plain, secret, signature, &format!("{body} ")));
    }
    // Their package takes a secret that lost its padding, too.
    deploy(of(&plain, "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", &signatures[4], bodies[0]));
    deploy(of(&plain, "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", &signatures[4], bodies[0]));
    each_byte_counts(&signatures[0], |signature| of(&plain, secret, signature, bodies[0]));
}

const EVENTS: &str = "kind = \"events\"\nchanges = \"event\"\naudience = \"https://hooks.example.com/e\"\nemail = \"p@x.iam.gserviceaccount.com\"\n";

const PUBSUB: &str = r#"{"message":{"data":"e30=","attributes":{"eventType":"OBJECT_FINALIZE","bucketId":"b","objectId":"p/x"},"messageId":"11"},"subscription":"projects/p/subscriptions/s"}"#;

#[test]
fn a_token_that_google_could_have_signed_opens_a_hook_of_events_and_nothing_near_it() {
    let (Some(pair), Some(other)) = (Pair::new(2048), Pair::new(2048)) else { return };
    let claims = json!({
        "aud": "https://hooks.example.com/e", "azp": "113774264463038321964", "email": "p@x.iam.gserviceaccount.com",
        "sub": "113774264463038321964", "email_verified": true, "exp": NOW + 3600, "iat": NOW, "iss": "https://accounts.google.com",
    });
    let with = |name: &str, value: Value| {
        let mut claims = claims.clone();
        if value == json!("(missing)") {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value;
        }
        claims
    };
    let good = [
        with("iss", json!("accounts.google.com")),
        with("exp", json!(NOW)),
        with("iat", json!("(missing)")),
        claims.clone(),
    ];
    let bad = [
        with("aud", json!("https://hooks.example.com/E")),
        with("aud", json!("https://hooks.example.com/e/")),
        with("aud", json!(["https://hooks.example.com/e"])),
        with("aud", json!("(missing)")),
        with("email", json!("P@x.iam.gserviceaccount.com")),
        with("email", json!("p@x.iam.gserviceaccount.com ")),
        with("email", json!("(missing)")),
        with("email_verified", json!(false)),
        with("email_verified", json!("true")),
        with("email_verified", json!(1)),
        with("email_verified", json!("(missing)")),
        with("iss", json!("https://accounts.google.com/")),
        with("iss", json!("http://accounts.google.com")),
        with("iss", json!("https://accounts.google.com.example")),
        with("iss", json!("(missing)")),
        with("exp", json!("(missing)")),
        with("exp", json!(NOW - 61)),
        with("nbf", json!(NOW + 61)),
        with("iat", json!(NOW + 61)),
    ];
    let task = |claims: &Value, key: &Pair, algorithm: &str| json!({ "claims": claims, "key": key.private(), "algorithm": algorithm, "headers": { "kid": "7d68" } });
    let mut tasks: Vec<Value> = good.iter().chain(&bad).map(|claims| task(claims, &pair, "RS256")).collect();
    tasks.extend([
        task(&claims, &pair, "RS512"),
        task(&claims, &pair, "PS256"),
        task(&claims, &other, "RS256"),
        json!({ "jwk": pair.public() }),
        json!({ "jwk": pair.private() }),
    ]);
    let Some(mut made) = signed(&tasks) else { return };
    let (private, public) = (made.pop().unwrap(), made.pop().unwrap());
    let set = format!("{{\"keys\":[{public}]}}");
    let hook = hook(EVENTS);
    let keys = |set: &str| secrets(SECRET).with_keys(PublicKeys::read(set.as_bytes()).unwrap());
    let known = keys(&set);
    let query = Some("secret=a-secret-of-32-bytes-for-netlify");
    let of =
        |token: &str| judged(&hook, &known, &[("authorization", &format!("Bearer {token}"))], query, PUBSUB.as_bytes());
    let (right, wrong) = made.split_at(good.len());
    for token in right {
        assert_eq!(deploy(of(token)).events.unwrap(), serde_json::from_str::<Value>(PUBSUB).unwrap());
    }
    assert_eq!(wrong.len(), bad.len() + 3);
    for token in wrong {
        refused(of(token));
    }
    let token = right.last().unwrap();
    let authorization = format!("Bearer {token}");
    // The token does not stand for the secret, nor the secret for the token.
    refused(judged(&hook, &known, &[("authorization", &authorization)], None, PUBSUB.as_bytes()));
    refused(judged(&hook, &known, &[], query, PUBSUB.as_bytes()));
    refused(judged(
        &hook,
        &known,
        &[("authorization", &authorization), ("authorization", &authorization)],
        query,
        PUBSUB.as_bytes(),
    ));
    refused(judged(&hook, &secrets(SECRET), &[("authorization", &authorization)], query, PUBSUB.as_bytes()));
    // Which of several keys signed is tried; a private one that somebody published is its public half, too.
    let [mine, theirs] = [&private, &signed(&[json!({ "jwk": other.public() })]).unwrap()[0]].map(String::clone);
    deploy(judged(
        &hook,
        &keys(&format!("{{\"keys\":[{theirs},{mine}]}}")),
        &[("authorization", &authorization)],
        query,
        PUBSUB.as_bytes(),
    ));
    refused(judged(
        &hook,
        &keys(&format!("{{\"keys\":[{theirs}]}}")),
        &[("authorization", &authorization)],
        query,
        PUBSUB.as_bytes(),
    ));
    let claims = token.split('.').nth(1).unwrap();
    for header in [r#"{"alg":"none"}"#, r#"{"alg":"HS256"}"#, r#"{"alg":"RS256"}"#] {
        let signed = format!("{}.{claims}", URL_SAFE_NO_PAD.encode(header));
        for key in [pair.public(), pair.public().trim().to_owned(), public.clone(), set.clone(), String::new()] {
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()), signed.as_bytes());
            refused(of(&format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))));
        }
        refused(of(&format!("{signed}.")));
        refused(of(&format!("{signed}.{}", token.rsplit('.').next().unwrap())));
    }
    let step = token.len() / 40;
    for at in (0..token.len()).step_by(step) {
        let other = if &token[at..=at] == "A" { "B" } else { "A" };
        refused(of(&format!("{}{other}{}", &token[..at], &token[at + 1..])));
    }
}

/// A receiver of one hook, `/hooks/www`, with this secret.
fn receiver(lines: &str, secret: &str) -> (Place, Receiver) {
    let site = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n";
    let head = "[serve]\nlisten = \"127.0.0.1:0\"\n[[serve.hook]]\npath = \"/hooks/www\"\nsite = \"www\"\nsecret_env = \"HOOK_SECRET\"\n";
    let reaction = if lines.contains("changes") { "" } else { "reaction = \"site\"\n" };
    // Nobody listens at port 9: what is accepted is not purged here.
    let place = Place::new(&format!("{site}{head}{reaction}{lines}"), "http://127.0.0.1:9").env("HOOK_SECRET", secret);
    let receiver = place.start();
    (place, receiver)
}

#[test]
fn the_curl_line_of_each_platform_works_as_it_is_written() {
    let runs = |name: &str| Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success());
    let Some(pair) = Pair::new(1024) else { return };
    if !required(runs("curl"), "the program `curl`: `apt-get install curl`") {
        return;
    }
    let deployhq = format!(
        "kind = \"deployhq\"\nproject = \"my-site\"\nserver = \"11111111-2222-3333-4444-555555555555\"\npublic_key = \"\"\"\n{}\"\"\"\n",
        pair.public()
    );
    let events = "kind = \"events\"\nchanges = \"event\"\n";
    let hmac = "kind = \"hmac\"\nheader = \"X-Signature-256\"\nprefix = \"sha256=\"\nto = \"/after\"\nstatus = \"/status\"\n\
                success = [\"success\"]\n";
    // The script of a deploy runs in the repository that it deploys.
    let repository = Repo::new();
    repository.file("index.html", "x");
    repository.commit();
    let signing = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    for (name, lines, secret, status, said) in [
        ("netlify", "kind = \"netlify\"\n", SECRET, "202", "\"run\""),
        ("deployhq", &deployhq, SECRET, "202", "\"run\""),
        ("gitlab", "kind = \"gitlab\"\n", SECRET, "202", "\"run\""),
        ("standard", "kind = \"standard\"\nstatus = \"/status\"\nsuccess = [\"success\"]\n", signing, "202", "\"run\""),
        ("events", events, SECRET, "202", "\"run\""),
        ("event_grid", events, SECRET, "200", "{\"validationResponse\":\"512d38b6-c7b8-40c8-89fe-f46f9e9622b6\"}"),
        ("cloud_events", events, SECRET, "200", "webhook-allowed-origin: eventgrid.azure.net\r\n"),
        ("hmac", hmac, SECRET, "202", "\"run\""),
    ] {
        let (_place, receiver) = receiver(lines, secret);
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdk/curl").join(format!("{name}.sh"));
        let hook = format!("http://{}/hooks/www", receiver.address());
        let tried = |secret: &str| {
            let mut command = Command::new("sh");
            command
                .arg(&script)
                .current_dir(repository.path())
                .env("HOOK", &hook)
                .env("HOOK_SECRET", secret)
                .env("KEY", pair.0.path().join("key.pem"));
            String::from_utf8(command.output().unwrap().stdout).unwrap()
        };
        let answer = tried(secret);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")) && answer.contains(said), "{name}: {answer}");
        let has_document = answer.to_ascii_lowercase().contains("content-type: application/json");
        assert!(has_document || name == "cloud_events", "{name}: {answer}");
        let other = secret.replacen(['a', 'A'], "b", 1);
        let answer = tried(&other);
        assert!(answer.starts_with("HTTP/1.1 401 "), "{name}: {answer}");
    }
}

/// Waits until something holds.
#[track_caller]
fn within_patience(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn keys_that_are_published_open_a_hook_once_they_were_fetched() {
    let Some(pair) = Pair::new(2048) else { return };
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let claims = json!({
        "aud": "https://hooks.example.com/e", "email": "p@x.iam.gserviceaccount.com", "email_verified": true, "exp": now + 3600,
        "iat": now, "iss": "https://accounts.google.com",
    });
    let task = json!({ "claims": claims, "key": pair.private(), "algorithm": "RS256" });
    let Some(made) = signed(&[task, json!({ "jwk": pair.public() })]) else { return };
    let set = format!("{{\"keys\":[{}]}}", made[1]);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let at = listener.local_addr().unwrap();
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{set}", set.len());
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            counted.fetch_add(1, Ordering::SeqCst);
            let _asked = stream.read(&mut [0; 1024]);
            let _sent = stream.write_all(answer.as_bytes());
        }
    });
    let authorization = format!("Bearer {}", made[0]);
    let deliver = |receiver: &Receiver| {
        let target = format!("/hooks/www?secret={SECRET}");
        receiver
            .post(&target, &[("Authorization", &authorization), ("Content-Type", "application/json")], PUBSUB)
            .status
    };
    let (_place, by_url) = receiver(&format!("{EVENTS}keys_url = \"http://{at}/certs\"\n"), SECRET);
    // Until the keys are there, it is refused, and the sender would come again.
    within_patience("the keys are fetched", || deliver(&by_url) == 202);
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    // A reload makes all settings anew.
    kill("-HUP", by_url.pid());
    within_patience("the keys are fetched again", || asked.load(Ordering::SeqCst) == 2);
    within_patience("the keys open the hook again", || deliver(&by_url) != 401);
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("keys.json");
    std::fs::write(&file, &set).unwrap();
    let (_place, by_file) = receiver(&format!("{EVENTS}keys_file = \"{}\"\n", file.display()), SECRET);
    assert_eq!(deliver(&by_file), 202);
}

#[test]
fn a_receiver_whose_secret_or_keys_could_never_be_right_does_not_start() {
    let site =
        "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n[serve]\nlisten = \"127.0.0.1:0\"\n";
    let head = format!("{site}[[serve.hook]]\npath = \"/hooks/www\"\nsite = \"www\"\nsecret_env = \"HOOK_SECRET\"\n");
    let reaction = "reaction = \"site\"\n";
    for (lines, secret, said) in [
        (format!("{reaction}kind = \"standard\"\n"), SECRET, "openssl rand -base64 32"),
        (format!("{reaction}kind = \"standard\"\n"), "whsec_AAAAAAAAAAAAAAAA", "whsec_"),
        (format!("{reaction}kind = \"gitlab\"\n"), "whsec_AAAAAAAAAAAAAAAA", "whsec_"),
        (format!("{EVENTS}keys_file = \"none.json\"\n"), SECRET, "keys of the hook /hooks/www cannot be read"),
        (format!("{EVENTS}keys_file = \"purge.toml\"\n"), SECRET, "no JSON Web Key Set"),
        (format!("{reaction}kind = \"deployhq\"\nserver = \"s\"\n"), SECRET, "share one signing key"),
    ] {
        let place = Place::new(&format!("{head}{lines}"), "http://127.0.0.1:9").env("HOOK_SECRET", secret);
        let output = place.command().output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && error.contains(said), "{lines}\n{error}");
        assert!(!error.contains(secret), "{error}");
    }
}

#[test]
fn a_secret_of_two_lines_is_two_secrets() {
    let (old, new) = ("the-old-secret-of-ours", "the-new-secret-of-ours");
    let (_place, receiver) = receiver("kind = \"gitlab\"\n", &format!("{old}\n{new}\n"));
    let body = r#"{"object_kind":"push"}"#;
    for (token, status) in
        [(old, 200), (new, 200), ("another-secret-of-ours", 401), ("", 401), (&format!("{old} {new}"), 401)]
    {
        assert_eq!(receiver.post("/hooks/www", &[("X-Gitlab-Token", token)], body).status, status, "{token}");
    }
}

#[test]
fn a_deployment_of_deployhqs_purges_exactly_what_lies_between_its_revisions() {
    let Some(pair) = Pair::new(1024) else { return };
    let site = Site::of("");
    let first = site.deploy(&[("a.css", "1"), ("b.css", "1")]);
    let second = site.deploy(&[("a.css", "2")]);
    let hook = format!(
        "kind = \"deployhq\"\nproject = \"example\"\nserver = \"{SERVER}\"\npublic_key = \"\"\"\n{}\"\"\"\n",
        pair.public()
    );
    let place = Place::of(&site, "", &hook);
    let receiver = place.start();
    let payload = json!({
        "identifier": "1-1", "servers": [{ "identifier": SERVER }], "project": { "permalink": "example" }, "status": "completed",
        "timestamps": { "completed_at": "2026-01-01T00:00:00Z" }, "start_revision": { "ref": first }, "end_revision": { "ref": second },
    });
    let payload = payload.to_string();
    let body = form(&payload, &pair.sign("-sha1", payload.as_bytes()));
    let password = format!("Basic {}", STANDARD.encode(format!("deployhq:{HOOK_SECRET}")));
    let headers = [("Authorization", &*password), ("Content-Type", "application/x-www-form-urlencoded")];
    let reply = receiver.post("/hooks/www", &headers, &body);
    assert_eq!(reply.status, 202, "{reply:?}");
    receiver.awaits(&reply.run(), "done");
    let sent: Vec<String> = site.live.edge.recorded().into_iter().map(|request| request.body).collect();
    assert_eq!(sent, [r#"{"files":["https://www.example.com/a.css"]}"#]);
    assert_eq!(site.live.stale(), Vec::<String>::new());
    let again = receiver.post("/hooks/www", &headers, &body);
    assert_eq!((again.status, again.run()), (200, reply.run()));
}

#[test]
fn an_event_of_a_bucket_purges_its_object_and_once() {
    let edge = edge();
    let site = format!("{SITE}spellings = \"canonical\"\n[site.events]\nbucket = \"b\"\nprefix = \"p/\"\n");
    let hook =
        "path = \"/hooks/www\"\nkind = \"events\"\nsite = \"www\"\nsecret_env = \"HOOK_SECRET\"\nchanges = \"event\"\n";
    let config = format!("{site}[serve]\nlisten = \"127.0.0.1:0\"\n[[serve.hook]]\n{hook}");
    let place = Place::new(&config, &edge.api_base());
    let receiver = place.start();
    let bearer = format!("Bearer {HOOK_SECRET}");
    let deliver = |body: &str| receiver.post("/hooks/www", &[("Authorization", &bearer)], body);
    let event = r#"{"version":"0","id":"17793124-05d4","detail-type":"Object Created","source":"aws.s3","account":"1","detail":{"bucket":{"name":"b"},"object":{"key":"p/a.css"},"reason":"PutObject"}}"#;
    let reply = deliver(event);
    assert_eq!(reply.status, 202, "{reply:?}");
    receiver.awaits(&reply.run(), "done");
    assert_eq!(deliver(event).run(), reply.run());
    // What could be read only in part is used so far, and the rest is told of: to try again would read no more.
    let half = deliver(&format!("[{event},{{\"a\":1}}]"));
    assert_eq!(half.status, 202, "{half:?}");
    receiver.awaits(&half.run(), "done");
    let run = receiver.logged("run").pop().unwrap();
    assert_eq!((&run["ended"], &run["level"]), (&json!("done"), &json!("WARN")), "{run:#}");
    assert!(run["told"].as_str().unwrap().contains("1 record could not be used"), "{run:#}");
    let sent: Vec<String> = edge.recorded().into_iter().map(|request| request.body).collect();
    assert_eq!(sent[0], r#"{"files":["https://www.example.com/a.css"]}"#);
    assert_eq!(receiver.logged("delivery").len(), 3);
    assert!(!receiver.log().contains("17793124"), "no body is in the log");
}
