//! `kind = "gitlab"`: a token in a header, or the signature of Standard Webhooks; deployments and pipelines that succeeded.
//!
//! The hook's secret says which is asked for: a signing token begins with `whsec_`, and is never taken as a plain one. A deployment
//! names its commit by the first digits, and by the whole id at the end of an address: of that the id is read, and the address is
//! not kept. (<https://docs.gitlab.com/user/project/integrations/webhook_events/>)

use serde_json::Value;

use super::body::{is, is_branch, is_listed, json, number, revision, text};
use super::delivery::Delivery;
use super::deploy::{Deploy, RevisionId};
use super::secrets::{Secrets, one_of};
use super::signature::{digest, header};
use super::standard::{Secret, Signed, signed};
use super::verdict::Verdict;
use crate::config::{GitlabEvent, GitlabHook};
use crate::display::shown;

/// Judges a delivery.
pub(super) fn judge(hook: &GitlabHook, secrets: &Secrets, delivery: &Delivery<'_>) -> Result<Verdict, Verdict> {
    let signed = is_genuine(secrets, delivery)?;
    let body = json(delivery.body, "it is no JSON")?;
    let name = text(&body, "/object_kind")?;
    let event = GitlabEvent::named(name).filter(|event| hook.events.contains(event));
    let event =
        event.ok_or_else(|| Verdict::ignored(format!("the event {} is not reacted to", shown(name.as_bytes()))))?;
    let told = match event {
        GitlabEvent::Deployment => deployment(hook, &body)?,
        GitlabEvent::Pipeline => pipeline(hook, &body)?,
    };
    let (id, signed_at) = signed.map_or_else(|| (digest(delivery.body), None), |signed| (signed.id, Some(signed.at)));
    Ok(Verdict::Deploy(Box::new(Deploy { id: Some(id), signed_at, ..told })))
}

/// Checks the signature, or the token. Returns what is signed, where there is a signature.
fn is_genuine(secrets: &Secrets, delivery: &Delivery<'_>) -> Result<Option<Signed>, Verdict> {
    let token = header(delivery.headers, "x-gitlab-token").unwrap_or_default();
    let plain = secrets.bytes().filter(|secret| Secret::read(secret) == Secret::Plain);
    let is_open = one_of(plain, token.as_bytes());
    match signed(secrets, delivery) {
        Ok(signed) => Ok(Some(signed)),
        Err(_) if is_open => Ok(None),
        Err(_) if header(delivery.headers, "webhook-signature").is_none() => {
            Err(Verdict::Refused("its token is another"))
        }
        Err(why) => Err(why),
    }
}

fn deployment(hook: &GitlabHook, body: &Value) -> Result<Deploy, Verdict> {
    is(body, "/status", "success")?;
    is_listed(&hook.environments, "environment", text(body, "/environment")?)?;
    let (short, address) = (text(body, "/short_sha")?, text(body, "/commit_url")?);
    let id = address.rsplit('/').next().and_then(RevisionId::parse);
    let id = id.filter(|id| short.len() >= 7 && id.as_str().starts_with(&short.to_ascii_lowercase()));
    let to = id.ok_or_else(|| Verdict::strange("/commit_url does not end in the full id of /short_sha"))?;
    let deploy = number(body, "/deployment_id").or_else(|| number(body, "/deployable_id"));
    Ok(Deploy { to: Some(to), deploy, ..Deploy::default() })
}

fn pipeline(hook: &GitlabHook, body: &Value) -> Result<Deploy, Verdict> {
    is(body, "/object_attributes/status", "success")?;
    // The pipeline of a merge request may be of a fork, whatever its branch is called.
    let is_request = body.get("merge_request").is_some_and(|request| !request.is_null())
        || body.pointer("/object_attributes/source").is_some_and(|source| source == "merge_request_event");
    if is_request {
        return Err(Verdict::ignored("the pipeline ran for a merge request"));
    }
    if body.pointer("/object_attributes/tag") == Some(&Value::Bool(true)) {
        return Err(Verdict::ignored("the pipeline ran for a tag"));
    }
    is_branch(&hook.branches, body, "/project/default_branch", text(body, "/object_attributes/ref")?)?;
    let to = Some(revision(body, "/object_attributes/sha")?);
    Ok(Deploy { to, deploy: number(body, "/object_attributes/id"), ..Deploy::default() })
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::json;

    use super::*;
    use crate::hook::given::{ID, NOW, SECRET, deploy, hmac, hook, ignored, judged, judged_with, refused, secrets};
    use crate::hook::{Unfit, check};

    const SIGNING: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    fn deployed() -> Value {
        json!({
            "object_kind": "deployment", "status": "success", "status_changed_at": "2021-04-28 21:50:00 +0200", "deployment_id": 15,
            "deployable_id": 796, "deployable_url": "http://10.126.0.2:3000/root/x/-/jobs/796", "environment": "production",
            "project": { "id": 30, "default_branch": "main", "git_ssh_url": "ssh://x" }, "ref": "main", "short_sha": &ID[..8],
            "commit_url": format!("http://10.126.0.2:3000/root/x/-/commit/{ID}"),
        })
    }

    fn ran() -> Value {
        json!({
            "object_kind": "pipeline", "object_attributes": { "id": 31, "ref": "main", "tag": false, "sha": ID, "source": "push", "status": "success" },
            "merge_request": null, "project": { "default_branch": "main" },
        })
    }

    fn with(mut body: Value, pointer: &str, value: Value) -> Value {
        *body.pointer_mut(pointer).unwrap() = value;
        body
    }

    fn of(lines: &str, body: &Value) -> Verdict {
        judged(
            &hook(&format!("kind = \"gitlab\"\n{lines}")),
            &[("x-gitlab-token", SECRET)],
            body.to_string().as_bytes(),
        )
    }

    #[test]
    fn a_deployment_that_succeeded_counts_in_an_environment_that_is_listed() {
        let told = deploy(of("", &deployed()));
        assert_eq!((told.to.as_ref().unwrap().as_str(), told.deploy.as_deref()), (ID, Some("15")));
        assert!(!serde_json::to_string(&told).unwrap().contains("10.126"));
        deploy(of("environments = [\"production\"]\n", &deployed()));
        assert!(ignored(of("environments = [\"staging\"]\n", &deployed())).contains("production"));
        for status in ["created", "running", "failed", "canceled", "blocked", "Success"] {
            assert!(ignored(of("", &with(deployed(), "/status", json!(status)))).contains(status));
        }
        for (pointer, value) in [
            ("/commit_url", json!(format!("http://x/-/commit/{}", "f".repeat(40)))),
            ("/commit_url", json!("http://x/-/commit/main")),
            ("/commit_url", json!(format!("http://x/-/commit/{ID}/"))),
            ("/commit_url", json!(null)),
            ("/short_sha", json!("")),
            ("/short_sha", json!("01")),
            ("/short_sha", json!(null)),
        ] {
            assert!(ignored(of("", &with(deployed(), pointer, value))).contains(pointer));
        }
        assert!(ignored(of("", &ran())).contains("pipeline"));
        assert!(ignored(of("events = [\"pipeline\"]\n", &deployed())).contains("deployment"));
        assert!(ignored(of("", &json!({ "object_kind": "push" }))).contains("push"));
    }

    #[test]
    fn a_pipeline_counts_on_the_default_branch_and_for_no_merge_request() {
        let of = |lines: &str, body: Value| of(&format!("events = [\"pipeline\"]\n{lines}"), &body);
        let told = deploy(of("", ran()));
        assert_eq!((told.to.unwrap().as_str(), told.deploy.as_deref()), (ID, Some("31")));
        for (pointer, value, why) in [
            ("/object_attributes/status", json!("failed"), "failed"),
            ("/object_attributes/status", json!("manual"), "manual"),
            ("/object_attributes/ref", json!("topic"), "topic"),
            ("/object_attributes/tag", json!(true), "tag"),
            ("/object_attributes/source", json!("merge_request_event"), "merge request"),
            ("/merge_request", json!({ "id": 1 }), "merge request"),
            ("/object_attributes/sha", json!("main"), "no full id"),
            ("/object_attributes/sha", json!("0".repeat(40)), "no full id"),
        ] {
            assert!(ignored(of("", with(ran(), pointer, value))).contains(why), "{pointer}");
        }
        deploy(of("branches = [\"topic\"]\n", with(ran(), "/object_attributes/ref", json!("topic"))));
    }

    #[test]
    fn a_token_opens_as_it_is_and_a_signing_token_only_signs() {
        let hook = hook("kind = \"gitlab\"\n");
        let body = deployed().to_string();
        let token = |all: &[&str], list: &[(&'static str, &str)]| {
            judged_with(&hook, &secrets(all), list, None, body.as_bytes())
        };
        let told = deploy(token(&[SECRET], &[("x-gitlab-token", SECRET)]));
        assert_eq!((told.id.unwrap(), told.signed_at), (digest(body.as_bytes()), None));
        deploy(token(&["another-secret-of-ours", SECRET], &[("x-gitlab-token", SECRET)]));
        for wrong in [
            "",
            "It's a Secret to everybody",
            "It's a Secret to Everybod",
            "It's a Secret to Everybody!",
            " It's a Secret to Everybody",
        ] {
            refused(token(&[SECRET], &[("x-gitlab-token", wrong)]));
        }
        refused(token(&[SECRET], &[]));
        refused(token(&[SECRET], &[("x-gitlab-token", SECRET), ("x-gitlab-token", SECRET)]));
        // A signing token goes over no wire.
        refused(token(&[SIGNING], &[("x-gitlab-token", SIGNING)]));
        refused(token(&[SIGNING, SECRET], &[("x-gitlab-token", SIGNING)]));
        let time = NOW.to_string();
        let key = STANDARD.decode(&SIGNING[6..]).unwrap();
        let tag = hmac(ring::hmac::HMAC_SHA256, &key, format!("f5e5f430-f57b.{time}.{body}").as_bytes());
        let signature = format!("v1,{}", STANDARD.encode(tag));
        let headers =
            [("webhook-id", "f5e5f430-f57b"), ("webhook-timestamp", &*time), ("webhook-signature", &*signature)];
        let told = deploy(token(&[SIGNING], &headers));
        assert!(told.id.as_deref() == Some("f5e5f430-f57b") && told.signed_at.is_some());
        refused(token(&[SECRET], &headers));
        let with_token = [headers[0], ("webhook-timestamp", "1"), headers[2], ("x-gitlab-token", SECRET)];
        refused(token(&[SIGNING], &with_token));
        assert_eq!(deploy(token(&[SIGNING, SECRET], &with_token)).signed_at, None);
        assert_eq!(check(&hook.kind, &secrets(&["whsec_AAAAAAAAAAAAAAAA"])), Err(Unfit));
        assert_eq!(check(&hook.kind, &secrets(&[SIGNING, SECRET])), Ok(()));
    }

    #[test]
    fn a_body_that_is_no_plain_json_is_ignored() {
        let good = deployed().to_string();
        let hook = hook("kind = \"gitlab\"\n");
        for text in [
            &format!("\u{feff}{good}"),
            &good.replacen('{', "{\"status\":\"failed\",", 1),
            &format!("{good}\0"),
            "",
            "[]",
            "null",
            &"x".repeat(1 << 20),
            &good.replace("deployment\"", &format!("{}\"", "y".repeat(1 << 20))),
        ] {
            assert!(ignored(judged(&hook, &[("x-gitlab-token", SECRET)], text.as_bytes())).len() < 400);
        }
    }
}
