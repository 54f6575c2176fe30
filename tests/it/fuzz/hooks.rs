//! Deliveries of webhooks: what is signed and then read, and what is read to find out whether it is signed.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use diffpurge::config::Hook;
use diffpurge::hook::{PublicKeys, Secrets, Verdict};
use ring::digest::{SHA256, digest};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use url::form_urlencoded;

use super::{bytes, fuzz, is_a_message};
use crate::hooks::{Pair, SECRET, hook, judged, secrets};

const SIGNING: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

const NETLIFY: &str = r#"{"id":"5ebc","state":"ready","context":"production","commit_ref":"0123456789abcdef0123456789abcdef01234567","locked":null,"published_at":"2026-05-13T17:58:56Z","log_access_attributes":{"token":"x"}}"#;
const DEPLOYHQ: &str = r#"{"identifier":"1-1","servers":[{"identifier":"s"}],"project":{"permalink":"p","repository":{"scm_type":"git"}},"start_revision":{"ref":""},"end_revision":{"ref":"0123456789abcdef0123456789abcdef01234567"},"status":"completed","timestamps":{"completed_at":"2015-01-02T14:38:12Z"}}"#;
const DEPLOYED: &str = r#"{"object_kind":"deployment","status":"success","deployment_id":15,"environment":"production","short_sha":"01234567","commit_url":"http://h/-/commit/0123456789abcdef0123456789abcdef01234567"}"#;
const RAN: &str = r#"{"object_kind":"pipeline","object_attributes":{"id":31,"ref":"main","tag":false,"sha":"0123456789abcdef0123456789abcdef01234567","source":"push","status":"success"},"merge_request":null,"project":{"default_branch":"main"}}"#;
const POINTED: &str =
    r#"{"from":null,"to":"0123456789abcdef0123456789abcdef01234567","paths":["a.html","b/c.css"],"status":"done"}"#;
const GRID: &str = r#"[{"id":"2d17","topic":"/t","subject":"","data":{"validationCode":"512d38b6-c7b8","validationUrl":"https://h/"},"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent"}]"#;
const BRIDGE: &str = r#"{"version":"0","id":"17793124","detail-type":"Object Created","source":"aws.s3","detail":{"bucket":{"name":"b"},"object":{"key":"p/a.html"},"reason":"PutObject"}}"#;

/// The kinds that are fuzzed, with their secrets.
fn kinds() -> Vec<(Hook, Secrets)> {
    let pointers = "to = \"/to\"\nfrom = \"/from\"\npaths = \"/paths\"\nstatus = \"/status\"\nsuccess = [\"done\"]\n";
    [
        ("kind = \"netlify\"\n".to_owned(), SECRET),
        ("kind = \"gitlab\"\nevents = [\"deployment\", \"pipeline\"]\n".to_owned(), SECRET),
        ("kind = \"gitlab\"\nevents = [\"deployment\", \"pipeline\"]\n".to_owned(), SIGNING),
        (format!("kind = \"standard\"\n{pointers}"), SIGNING),
        ("kind = \"events\"\nchanges = \"event\"\n".to_owned(), SECRET),
        ("kind = \"github\"\nevents = [\"deployment_status\", \"page_build\", \"workflow_run\"]\n".to_owned(), SECRET),
        (format!("kind = \"hmac\"\nheader = \"x-webhook-signature\"\n{pointers}"), SECRET),
    ]
    .map(|(lines, secret)| (hook(&lines), secrets(secret)))
    .into()
}

/// Asserts what holds of every verdict.
fn is_a_verdict(verdict: &Verdict) {
    match verdict {
        Verdict::Refused(why) => is_a_message(why),
        Verdict::Ignored(why) | Verdict::Strange(why) => {
            is_a_message(why);
            assert!(why.chars().count() <= 301 && !why.contains('\n'), "{why}");
        }
        Verdict::Challenge(answer) => assert!(answer.len() < 200 && answer.is_ascii(), "{answer}"),
        Verdict::Deploy(deploy) => {
            let ids = [&deploy.from, &deploy.to];
            assert!(ids.into_iter().flatten().all(|id| matches!(id.as_str().len(), 40 | 64)));
            let list = diffpurge::hook::nul_separated(deploy.paths.as_deref().unwrap_or_default());
            assert!(diffpurge::changes::named(&list, true).is_ok(), "a run would stop at {list:?}");
        }
    }
}

fn tag(key: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message).as_ref().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

fn jws(header: &[u8], claims: &[u8]) -> String {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag(SECRET.as_bytes(), signed.as_bytes())))
}

#[test]
fn a_signed_body_of_a_webhook_never_crashes() {
    let kinds = kinds();
    let key = STANDARD.decode(&SIGNING[6..]).unwrap();
    let mut deploys = 0;
    fuzz("hook-bodies", bytes(&[NETLIFY, DEPLOYED, RAN, POINTED, GRID, BRIDGE]), |document, _| {
        let claims = format!("{{\"iss\":\"netlify\",\"sha256\":\"{}\"}}", hex(digest(&SHA256, document).as_ref()));
        let token = jws(br#"{"alg":"HS256"}"#, claims.as_bytes());
        let signature = format!("v1,{}", STANDARD.encode(tag(&key, &[b"m.1800000000.", document].concat())));
        let by_hex = hex(&tag(SECRET.as_bytes(), document));
        let (by_prefix, bearer) = (format!("sha256={by_hex}"), format!("Bearer {SECRET}"));
        for (hook, secrets) in &kinds {
            let signed = if hook.kind.word() == "hmac" { &by_hex } else { &token };
            let headers = [
                ("x-webhook-signature", &**signed),
                ("webhook-id", "m"),
                ("webhook-timestamp", "1800000000"),
                ("webhook-signature", &signature),
                ("x-gitlab-token", SECRET),
                ("x-hub-signature-256", &by_prefix),
                ("x-github-event", "deployment_status"),
                ("authorization", &bearer),
            ];
            let verdict = judged(hook, secrets, &headers, None, document);
            is_a_verdict(&verdict);
            assert!(!matches!(verdict, Verdict::Refused(_)), "{}: {verdict:?}", hook.kind.word());
            deploys += usize::from(matches!(verdict, Verdict::Deploy(_)));
        }
    });
    assert!(deploys > 0);
}

#[test]
fn an_unsigned_delivery_of_a_webhook_never_crashes_and_never_counts() {
    let mut kinds = kinds();
    let events = "kind = \"events\"\nchanges = \"event\"\naudience = \"a\"\nemail = \"e\"\n";
    let hq = "kind = \"deployhq\"\nproject = \"p\"\nserver = \"s\"\n";
    kinds.extend([events, hq].map(|lines| (hook(lines), secrets(SECRET))));
    let token = jws(br#"{"alg":"HS256"}"#, br#"{"iss":"netlify","sha256":"00","exp":1800000000}"#);
    let form = "payload=%7B%7D&signature=eA%3D%3D%0A";
    let texts = [
        &*token,
        "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4= v1a,hnO3",
        "1800000000",
        "Bearer e30.e30.AAAA",
        "Basic dTpw",
        "secret=x&a=b",
        form,
    ];
    fuzz("hook-headers", bytes(&texts), |document, mutator| {
        let mut value = || String::from_utf8_lossy(&mutator.next()).replace(['\r', '\n', '\0'], " ");
        let values: [String; 7] = std::array::from_fn(|_| value());
        let names = [
            "x-webhook-signature",
            "webhook-id",
            "webhook-timestamp",
            "webhook-signature",
            "x-gitlab-token",
            "authorization",
            "x-hub-signature-256",
        ];
        let headers: Vec<(&str, &str)> = names.into_iter().zip(values.iter().map(String::as_str)).collect();
        let query = value();
        for (hook, secrets) in &kinds {
            let verdict = judged(hook, secrets, &headers, Some(&query), document);
            is_a_verdict(&verdict);
            assert!(matches!(verdict, Verdict::Refused(_)), "{}: {verdict:?}", hook.kind.word());
        }
    });
}

#[test]
fn a_signed_token_of_a_webhook_never_crashes() {
    let (netlify, secrets) = kinds().remove(0);
    let claims = format!(
        "{{\"iss\":\"netlify\",\"sha256\":\"{}\",\"exp\":1800000000,\"nbf\":1,\"iat\":1}}",
        hex(digest(&SHA256, b"").as_ref())
    );
    fuzz("hook-tokens", bytes(&[&claims, r#"{"alg":"HS256","typ":"JWT"}"#]), |document, mutator| {
        for token in
            [jws(br#"{"alg":"HS256"}"#, document), jws(document, claims.as_bytes()), jws(&mutator.next(), document)]
        {
            is_a_verdict(&judged(&netlify, &secrets, &[("x-webhook-signature", &token)], None, b""));
        }
    });
}

#[test]
fn a_signed_form_of_deployhqs_never_crashes() {
    let Some(pair) = Pair::new(2048) else { return };
    let key = RsaKeyPair::from_pkcs8(&pair.der()).unwrap();
    let lines = "kind = \"deployhq\"\nproject = \"p\"\nserver = \"s\"\n";
    let hook = hook(&format!("{lines}public_key = \"\"\"\n{}\"\"\"\n", pair.public()));
    let (secrets, bearer, random) = (secrets(SECRET), format!("Bearer {SECRET}"), SystemRandom::new());
    let sign = |text: &str| {
        let mut signature = vec![0; key.public().modulus_len()];
        key.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature).unwrap();
        STANDARD.encode(signature)
    };
    let valid = form_urlencoded::Serializer::new(String::new())
        .append_pair("payload", DEPLOYHQ)
        .append_pair("signature", &sign(DEPLOYHQ))
        .finish();
    let mut deploys = 0;
    fuzz("deployhq", bytes(&[DEPLOYHQ, &valid]), |document, mutator| {
        let text = String::from_utf8_lossy(document);
        let mut form = form_urlencoded::Serializer::new(String::new());
        let form = form.append_pair("payload", &text).append_pair("signature", &sign(&text)).finish();
        let of = |body: &[u8]| judged(&hook, &secrets, &[("authorization", &bearer)], None, body);
        let verdict = of(form.as_bytes());
        is_a_verdict(&verdict);
        deploys += usize::from(matches!(verdict, Verdict::Deploy(_)));
        is_a_verdict(&of(document));
        is_a_verdict(&of(&mutator.next()));
    });
    assert!(deploys > 0);
}

#[test]
fn a_set_of_public_keys_never_crashes() {
    let n = URL_SAFE_NO_PAD.encode([0xab; 256]);
    let set = format!(
        "{{\"keys\":[{{\"kty\":\"RSA\",\"kid\":\"1\",\"use\":\"sig\",\"alg\":\"RS256\",\"n\":\"{n}\",\"e\":\"AQAB\"}}]}}"
    );
    fuzz("keys", bytes(&[&set]), |document, _| {
        if let Err(error) = PublicKeys::read(document) {
            is_a_message(&error.to_string());
        }
    });
}
