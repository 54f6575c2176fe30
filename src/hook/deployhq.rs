//! `kind = "deployhq"`: a signature of RSA over the payload, the hook's secret beside it, and the project and server that are meant.
//!
//! `DeployHQ` signs for all its customers with one key, and the key is short: a signature says "from `DeployHQ`" and no more. So the
//! secret is asked for first, and a payload of another project is refused like a forged one. A form holds the payload and its
//! signature; white space in the signature's base64 is theirs. Which hash they use is not documented, so both are taken.
//! (<https://www.deployhq.com/support/integrations/http-post>)

use std::borrow::Cow;

use ring::signature::{
    RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY as WITH_SHA1,
    RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY as WITH_SHA256,
};
use serde_json::Value;
use url::form_urlencoded;

use super::body::{is, json, optional_revision, plain_id, text};
use super::delivery::Delivery;
use super::deploy::{Deploy, RevisionId};
use super::presented::presents;
use super::secrets::Secrets;
use super::signature::{digest, from_base64, header, is_signed};
use super::verdict::Verdict;
use crate::config::DeployHqHook;

/// Judges a delivery.
pub(super) fn judge(hook: &DeployHqHook, secrets: &Secrets, delivery: &Delivery<'_>) -> Result<Verdict, Verdict> {
    presents(secrets, delivery)?;
    let (payload, signature) = if let Some(name) = &hook.header {
        (Cow::Borrowed(delivery.body), header(delivery.headers, name.as_str()).map(Cow::Borrowed))
    } else {
        let (payload, signature) = form(delivery.body)?;
        (Cow::Owned(payload.into_owned().into_bytes()), Some(signature))
    };
    let signature = signature.ok_or(Verdict::Refused("it has no signature"))?;
    let base64: String = signature.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let signature = from_base64(&base64).ok_or(Verdict::Refused("its signature is not written as it should be"))?;
    let is_by = |parameters| is_signed(&hook.key, parameters, &payload, &signature);
    if !is_by(&WITH_SHA1) && !is_by(&WITH_SHA256) {
        return Err(Verdict::Refused("the signature does not hold"));
    }
    told(hook, &payload).map(|deploy| Verdict::Deploy(Box::new(deploy)))
}

/// Returns the fields `payload` and `signature` of a form, of which each stands there once.
fn form(body: &[u8]) -> Result<(Cow<'_, str>, Cow<'_, str>), Verdict> {
    let one = |wanted: &str| {
        let mut fields = form_urlencoded::parse(body).filter(|(name, _)| name == wanted);
        match (fields.next(), fields.next()) {
            (Some((_, value)), None) => Ok(value),
            (Some(_), Some(_)) => Err(Verdict::Refused("a field stands twice in its form")),
            (None, _) => Err(Verdict::Refused("its form has no payload, or no signature")),
        }
    };
    Ok((one("payload")?, one("signature")?))
}

/// Reads what a genuine payload says.
fn told(hook: &DeployHqHook, payload: &[u8]) -> Result<Deploy, Verdict> {
    let document = json(payload, "it is no JSON")?;
    // Older documents show one more level.
    let body = document.get("payload").filter(|inner| inner.is_object()).unwrap_or(&document);
    if body.pointer("/project/permalink").and_then(Value::as_str) != Some(hook.project.as_str()) {
        return Err(Verdict::Refused("it is of another project"));
    }
    let servers = body.get("servers").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if !servers.iter().any(|server| server.get("identifier").and_then(Value::as_str) == Some(hook.server.as_str())) {
        return Err(Verdict::Refused("it is of another server"));
    }
    is(body, "/status", "completed")?;
    let deploy = plain_id(text(body, "/identifier")?).ok_or_else(|| Verdict::strange("/identifier is no id"))?;
    let completed = body.pointer("/timestamps/completed_at").and_then(Value::as_str).unwrap_or_default();
    // Revisions of Subversion are numbers, and nothing that git could find.
    let is_git = body.pointer("/project/repository/scm_type").is_none_or(|kind| kind == "git");
    let from = body.pointer("/start_revision/ref").and_then(Value::as_str).and_then(RevisionId::parse);
    Ok(Deploy {
        id: Some(digest(format!("{deploy} {completed}").as_bytes())),
        from: from.filter(|_| is_git),
        to: if is_git { optional_revision(body, "/end_revision/ref")? } else { None },
        deploy: Some(deploy),
        ..Deploy::default()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::{Hook, HookKind};
    use crate::hook::given::{ID, SECRET, hook, ignored, judged, judged_with, read, refused, secrets};

    const SERVER: &str = "22222222-2222-2222-2222-222222222222";

    fn lines() -> String {
        format!("kind = \"deployhq\"\nproject = \"example\"\nserver = \"{SERVER}\"\n")
    }

    fn settings(hook: &Hook) -> &DeployHqHook {
        match &hook.kind {
            HookKind::DeployHq(settings) => settings,
            other => panic!("{other:?}"),
        }
    }

    fn payload() -> Value {
        json!({
            "identifier": "11111111-1111-1111-1111-111111111111",
            "servers": [{ "identifier": "0", "port": 21 }, { "identifier": SERVER, "port": "22", "notify_email": false }],
            "project": { "name": "example.com", "permalink": "example", "repository": { "scm_type": "git", "url": "git@github.com:x/y.git" } },
            "start_revision": { "ref": "a".repeat(40) }, "end_revision": { "ref": ID }, "status": "completed",
            "timestamps": { "completed_at": "2015-01-02T14:38:12Z", "duration": null }, "files": { SERVER: { "changed": [], "removed": [] } },
        })
    }

    fn of(payload: &Value) -> Result<Deploy, Verdict> {
        told(settings(&hook(&lines())), payload.to_string().as_bytes())
    }

    fn with(pointer: &str, value: Value) -> Value {
        let mut payload = payload();
        *payload.pointer_mut(pointer).unwrap() = value;
        payload
    }

    #[test]
    fn a_deployment_that_is_completed_counts_with_both_its_revisions() {
        let told = of(&payload()).unwrap();
        assert_eq!((told.from.as_ref().unwrap().as_str(), told.to.as_ref().unwrap().as_str()), (&*"a".repeat(40), ID));
        assert_eq!(told.deploy.as_deref(), Some("11111111-1111-1111-1111-111111111111"));
        let kept = serde_json::to_string(&told).unwrap();
        assert!(!kept.contains("github"), "{kept}");
        assert_eq!(of(&json!({ "payload": payload() })).unwrap(), told);
        let later = of(&with("/timestamps/completed_at", json!("2015-01-02T15:00:00Z"))).unwrap();
        assert!(later.id != told.id && later.deploy == told.deploy);
        // The whole branch, from its first commit on.
        for none in
            [json!(null), json!(""), json!({}), json!({ "ref": "" }), json!({ "ref": null }), json!({ "ref": "HEAD" })]
        {
            assert_eq!(of(&with("/start_revision", none)).unwrap().from, None);
        }
        let subversion = with("/project/repository/scm_type", json!("subversion"));
        assert_eq!(of(&subversion).unwrap().to, None);
    }

    #[test]
    fn a_deployment_of_another_project_or_server_is_refused_and_one_that_is_not_done_ignored() {
        for (pointer, value) in [
            ("/project/permalink", json!("Example")),
            ("/project/permalink", json!("example ")),
            ("/project/permalink", json!(null)),
            ("/project", json!("example")),
            ("/servers", json!([])),
            ("/servers", json!(SERVER)),
            ("/servers", json!([SERVER])),
            ("/servers/1/identifier", json!("22222222-2222-2222-2222-222222222223")),
            ("/servers/1/identifier", json!([SERVER])),
        ] {
            refused(of(&with(pointer, value)).unwrap_err());
        }
        for status in ["running", "failed", "pending", "Completed", "completed ", ""] {
            assert!(ignored(of(&with("/status", json!(status))).unwrap_err()).contains("/status"), "{status}");
        }
        for (pointer, value) in
            [("/end_revision/ref", json!("main")), ("/identifier", json!("../x")), ("/identifier", json!(7))]
        {
            assert!(ignored(of(&with(pointer, value)).unwrap_err()).contains(&pointer[..4]), "{pointer}");
        }
        let settings = hook(&lines());
        for text in ["", "x", "{}{}", "\u{feff}{}", "[1,", "{\"a\":1,\"a\":2}"] {
            ignored(told(self::settings(&settings), text.as_bytes()).unwrap_err());
        }
    }

    #[test]
    #[allow(clippy::too_many_lines, reason = "a table is as long as its rows")]
    fn a_delivery_without_the_secret_is_refused_before_its_body_is_looked_at() {
        let hook = hook(&lines());
        let basic =
            |pair: &str| format!("Basic {}", base64::Engine::encode(&base64::engine::general_purpose::STANDARD, pair));
        let no_secret = "it presents none of the hook's secrets";
        let encoded = "It%27s+a+Secret+to+Everybody";
        let of = |authorization: Option<&str>, query: Option<&str>, body: &[u8]| {
            let headers: Vec<(&'static str, &str)> =
                authorization.iter().map(|value| ("authorization", *value)).collect();
            refused(judged_with(&hook, &secrets(&[SECRET]), &headers, query, body))
        };
        for (authorization, query) in [
            (None, None),
            (Some(SECRET.to_owned()), None),
            (Some(basic("user:It's a Secret to everybody")), None),
            (Some(basic(SECRET)), None),
            (Some(basic(&format!("user:{SECRET} "))), None),
            (Some(format!("Basic user:{SECRET}")), None),
            (Some(format!("Basic  {}", &basic(&format!("u:{SECRET}"))[6..])), None),
            (None, Some(encoded.to_owned())),
            (None, Some(format!("Secret={encoded}"))),
            (None, Some(format!("secret={encoded}&secret={encoded}"))),
            (None, Some("secret=".to_owned())),
            (None, Some(format!("secret={encoded}%00"))),
            (None, Some(format!("token={encoded}"))),
        ] {
            assert_eq!(
                of(authorization.as_deref(), query.as_deref(), b"payload=x&signature=eA=="),
                no_secret,
                "{authorization:?} {query:?}"
            );
        }
        let open = [
            (Some(basic(&format!("anyone:{SECRET}"))), None),
            (Some(format!("bearer {SECRET}")), None),
            (Some(format!("Bearer {SECRET}")), None),
            (None, Some(format!("a=b&secret={encoded}"))),
            (Some(basic("x:y")), Some(format!("secret={encoded}"))),
        ];
        for (authorization, query) in &open {
            for (body, why) in [
                ("", "its form has no payload, or no signature"),
                ("payload=x", "its form has no payload, or no signature"),
                ("Payload=x&signature=eA", "its form has no payload, or no signature"),
                ("payload=x&payload=x&signature=eA==", "a field stands twice in its form"),
                ("payload=x&signature=eA&signature=eA", "a field stands twice in its form"),
                ("payload=x&%70ayload=y&signature=eA==", "a field stands twice in its form"),
                ("payload=x&signature=***", "its signature is not written as it should be"),
                ("payload=x&signature=eA==", "the signature does not hold"),
                ("payload=x&signature=", "the signature does not hold"),
                ("\u{feff}payload=x&signature=eA==", "its form has no payload, or no signature"),
            ] {
                assert_eq!(of(authorization.as_deref(), query.as_deref(), body.as_bytes()), why, "{body}");
            }
            of(authorization.as_deref(), query.as_deref(), &vec![b'&'; 1 << 20]);
            of(authorization.as_deref(), query.as_deref(), &vec![0xff; 1 << 20]);
        }
        let bearer = format!("Bearer {SECRET}");
        refused(judged(&hook, &[("authorization", &*bearer); 2], b"payload=x&signature=eA=="));
    }

    #[test]
    fn a_hook_that_would_open_to_every_customer_is_no_hook() {
        let server = format!("server = \"{SERVER}\"\n");
        for (lines, want) in [
            ("kind = \"deployhq\"\n".to_owned(), "`project` is missing"),
            ("kind = \"deployhq\"\nproject = \"x\"\n".to_owned(), "`server` is missing"),
            (format!("kind = \"deployhq\"\n{server}"), "share one signing key"),
            (format!("kind = \"deployhq\"\nproject = \"\"\n{server}"), "names none"),
            (format!("kind = \"deployhq\"\nproject = \"a/b\"\n{server}"), "names none"),
            (format!("{}public_key = \"x\"\n", lines()), "no public key"),
            (format!("{}header = \"a b\"\n", lines()), "header"),
            (format!("{}prefix = \"x\"\n", lines()), "it is for `hmac`"),
        ] {
            let error = read(&lines).unwrap_err();
            assert!(error.contains(want), "{lines}\n{error}");
        }
    }
}
