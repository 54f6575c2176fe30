//! `kind = "netlify"`: a JWS in `X-Webhook-Signature` that holds the body's hash, and a deploy that is live.
//!
//! What the site's visitors get changes when a deploy is published. A deploy that succeeds while publishing is stopped is ready and not
//! live, and what it says of its commit must not become the mark. `log_access_attributes` holds a credential: nothing of the body but
//! the fields named here is looked at or kept. (<https://docs.netlify.com/site-deploys/notifications/>)

use ring::hmac::HMAC_SHA256;
use serde_json::Value;

use super::body::{is, is_listed, json, optional_revision, plain_id, text};
use super::delivery::Delivery;
use super::deploy::Deploy;
use super::jws::{Jws, is_current};
use super::secrets::Secrets;
use super::signature::{digest, header, verify};
use super::verdict::Verdict;
use crate::config::NetlifyHook;

/// The context whose deploys are published; those of others are live at an address of their own once they are ready.
const PRODUCTION: &str = "production";

/// Judges a delivery.
pub(super) fn judge(hook: &NetlifyHook, secrets: &Secrets, delivery: &Delivery<'_>) -> Result<Verdict, Verdict> {
    let token = header(delivery.headers, "x-webhook-signature").ok_or(Verdict::Refused("it has no signature"))?;
    let jws = Jws::split(token)?;
    verify(HMAC_SHA256, secrets, jws.signed.as_bytes(), &jws.signature)?;
    let claims = jws.claims("HS256")?;
    let claim = |name: &str| claims.get(name).and_then(Value::as_str);
    if claim("iss") != Some("netlify") {
        return Err(Verdict::Refused("its token is of another issuer"));
    }
    // Without this the token would sign any body.
    if !claim("sha256").is_some_and(|hash| hash.eq_ignore_ascii_case(&digest(delivery.body))) {
        return Err(Verdict::Refused("its token is of another body"));
    }
    let signed_at = is_current(&claims, delivery.now)?;
    told(hook, delivery.body).map(|deploy| Verdict::Deploy(Box::new(Deploy { signed_at, ..deploy })))
}

/// Reads what a genuine body says.
fn told(hook: &NetlifyHook, body: &[u8]) -> Result<Deploy, Verdict> {
    let body = json(body, "it is no JSON")?;
    is(&body, "/state", "ready")?;
    let context = text(&body, "/context")?;
    is_listed(&hook.contexts, "context", context)?;
    if body.get("locked") == Some(&Value::Bool(true)) {
        return Err(Verdict::ignored("the deploy is locked: publishing is stopped, and what is live stays"));
    }
    let published = body.get("published_at").and_then(Value::as_str).unwrap_or_default();
    if context == PRODUCTION && published.is_empty() {
        return Err(Verdict::ignored(
            "the deploy is ready and not published: publishing is stopped, or another is live",
        ));
    }
    let deploy = plain_id(text(&body, "/id")?).ok_or_else(|| Verdict::strange("/id is no id"))?;
    Ok(Deploy {
        // A deploy that is published again, after others, is an event of its own.
        id: Some(digest(format!("{deploy} ready {published}").as_bytes())),
        to: optional_revision(&body, "/commit_ref")?,
        deploy: Some(deploy),
        ..Deploy::default()
    })
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;
    use crate::hook::given::{ID, NOW, SECRET, deploy, hmac, hook, ignored, judged, refused};

    fn body() -> Value {
        json!({
            "id": "5ebc3216bc9f0b0006d02a6e", "site_id": "7c2d", "state": "ready", "context": "production", "branch": "main",
            "commit_ref": ID, "locked": null, "published_at": "2026-05-13T17:58:56.634Z", "skipped": null,
            "deploy_ssl_url": "https://5ebc--x.netlify.app", "log_access_attributes": { "token": "a-credential-of-theirs" },
        })
    }

    fn with(name: &str, value: Value) -> Value {
        let mut body = body();
        body[name] = value;
        body
    }

    fn token(header: &str, claims: &str, secret: &[u8]) -> String {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let tag = hmac(ring::hmac::HMAC_SHA256, secret, signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
    }

    const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

    fn claims(body: &str) -> Value {
        json!({ "iss": "netlify", "sha256": digest(body.as_bytes()) })
    }

    fn of(lines: &str, body: &Value) -> Verdict {
        let body = body.to_string();
        let token = token(HEADER, &claims(&body).to_string(), SECRET.as_bytes());
        judged(&hook(&format!("kind = \"netlify\"\n{lines}")), &[("x-webhook-signature", &token)], body.as_bytes())
    }

    #[test]
    fn a_deploy_that_is_published_counts_and_nothing_of_its_credential_is_kept() {
        let told = deploy(of("", &body()));
        assert_eq!(
            (told.to.as_ref().unwrap().as_str(), told.deploy.as_deref()),
            (ID, Some("5ebc3216bc9f0b0006d02a6e"))
        );
        let kept = serde_json::to_string(&told).unwrap();
        assert!(!kept.contains("credential") && !kept.contains("https"), "{kept}");
        // Published again, as a rollback is.
        let again = deploy(of("", &with("published_at", json!("2026-05-14T00:00:00Z"))));
        assert!(again.id != told.id && again.deploy == told.deploy);
        // A deploy by hand names no commit.
        for none in [json!(null), json!("")] {
            assert_eq!(deploy(of("", &with("commit_ref", none))).to, None);
        }
        for no_id in [json!("main"), json!(ID[..39]), json!(7), json!(format!("{ID}\n"))] {
            assert!(ignored(of("", &with("commit_ref", no_id))).contains("/commit_ref"));
        }
    }

    #[test]
    fn a_deploy_that_is_not_live_is_ignored_with_the_reason() {
        for state in ["building", "error", "new", "uploaded", "READY", "ready "] {
            assert!(ignored(of("", &with("state", json!(state)))).contains("/state"), "{state}");
        }
        assert!(ignored(of("", &with("locked", json!(true)))).contains("locked"));
        assert!(ignored(of("", &with("published_at", json!(null)))).contains("not published"));
        assert!(ignored(of("", &with("context", json!("deploy-preview")))).contains("deploy-preview"));
        assert!(ignored(of("", &with("context", json!("Production")))).contains("Production"));
        let mut preview = with("context", json!("branch-deploy"));
        preview["published_at"] = json!(null);
        deploy(of("contexts = [\"branch-deploy\"]\n", &preview));
        assert!(ignored(of("contexts = [\"branch-deploy\"]\n", &body())).contains("production"));
        for id in [json!(""), json!("../sites"), json!("a/b"), json!("a\u{0}b"), json!("a".repeat(200)), json!(null)] {
            assert!(ignored(of("", &with("id", id.clone()))).contains("/id"), "{id}");
        }
        assert!(ignored(of("", &json!([]))).contains("/state"));
    }

    #[test]
    #[allow(clippy::too_many_lines, reason = "a table is as long as its rows")]
    fn a_token_that_was_touched_is_refused() {
        let body = body().to_string();
        let hook = hook("kind = \"netlify\"\n");
        let good = claims(&body);
        let of = |token: &str| judged(&hook, &[("x-webhook-signature", token)], body.as_bytes());
        let made = |header: &str, claims: &Value| token(header, &claims.to_string(), SECRET.as_bytes());
        let right = made(HEADER, &good);
        deploy(of(&right));
        deploy(of(&made(r#"{"alg":"HS256"}"#, &good)));
        for header in [
            r#"{"alg":"none"}"#,
            r#"{"alg":"None"}"#,
            r#"{"alg":"hs256"}"#,
            r#"{"alg":"HS256 "}"#,
            r#"{"alg":"HS512"}"#,
            r#"{"alg":"RS256"}"#,
            r#"{"alg":["HS256"]}"#,
            r#"{"alg":null}"#,
            "{}",
            "[]",
            "",
            "HS256",
            r#"{"alg":"HS256","alg":"HS256"}"#,
            r#"{"alg":"none","alg":"HS256"}"#,
            r#"{"ALG":"HS256"}"#,
            r#"{"alg":"HS256","crit":["b64"],"b64":false}"#,
            "\u{feff}{\"alg\":\"HS256\"}",
        ] {
            refused(of(&made(header, &good)));
        }
        let other = |name: &str, value: Value| {
            let mut claims = good.clone();
            claims[name] = value;
            made(HEADER, &claims)
        };
        let hash = digest(body.as_bytes());
        for (name, value) in [
            ("iss", json!("Netlify")),
            ("iss", json!("netlify ")),
            ("iss", json!(["netlify"])),
            ("iss", json!(null)),
            ("sha256", json!(format!(" {hash}"))),
            ("sha256", json!(&hash[..63])),
            ("sha256", json!("")),
            ("sha256", json!(null)),
            ("sha256", json!(digest(b""))),
            ("sha256", json!([hash])),
            ("exp", json!(NOW - 61)),
            ("exp", json!("soon")),
            ("exp", json!(-1)),
            ("exp", json!(1e300)),
            ("exp", json!(null)),
            ("nbf", json!(NOW + 61)),
            ("iat", json!(NOW + 61)),
            ("iat", json!({})),
        ] {
            refused(of(&other(name, value)));
        }
        for (name, value) in
            [("exp", json!(NOW)), ("nbf", json!(NOW)), ("iat", json!(NOW)), ("sha256", json!(hash.to_uppercase()))]
        {
            deploy(of(&other(name, value)));
        }
        let (signed, signature) = right.rsplit_once('.').unwrap();
        let tag = hmac(ring::hmac::HMAC_SHA256, SECRET.as_bytes(), signed.as_bytes());
        let hex = tag.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        let flipped =
            if signature.starts_with('A') { signature.replacen('A', "B", 1) } else { format!("A{}", &signature[1..]) };
        for token in [
            String::new(),
            "..".to_owned(),
            signed.to_owned(),
            format!("{signed}."),
            format!("{right}."),
            format!(".{right}"),
            format!("{right}.{signature}"),
            format!("{right}="),
            format!("{right} "),
            format!(" {right}"),
            format!("{signed}. {signature}"),
            format!("{signed}.{hex}"),
            format!("{signed}.{flipped}"),
            format!("{signed}.{}", &signature[..42]),
            format!("Bearer {right}"),
            right.to_uppercase(),
            right.replace('.', ","),
            token(HEADER, &good.to_string(), b""),
            token(HEADER, &good.to_string(), b"it's a Secret to Everybody"),
        ] {
            refused(of(&token));
        }
        refused(judged(&hook, &[], body.as_bytes()));
        refused(judged(&hook, &[("x-webhook-signature", &right), ("x-webhook-signature", &right)], body.as_bytes()));
        for body in
            [format!("{body} "), format!(" {body}"), body.to_uppercase(), String::new(), format!("\u{feff}{body}")]
        {
            refused(judged(&hook, &[("x-webhook-signature", &right)], body.as_bytes()));
        }
    }

    #[test]
    fn a_signed_body_that_is_no_plain_json_is_ignored() {
        let good = body().to_string();
        let junk = "x".repeat(1 << 20);
        for text in [
            &format!("\u{feff}{good}"),
            &good.replacen('{', "{\"state\":\"error\",", 1),
            &format!("{good}\0"),
            &format!("{good}{good}"),
            &junk,
            &"[".repeat(1 << 20),
            "",
            "null",
            &good.replace("ready", "rea\0dy"),
        ] {
            let token = token(HEADER, &claims(text).to_string(), SECRET.as_bytes());
            let verdict = judged(&hook("kind = \"netlify\"\n"), &[("x-webhook-signature", &token)], text.as_bytes());
            assert!(ignored(verdict).len() < 400);
        }
    }
}
