//! `kind = "github"`: `X-Hub-Signature-256` over the raw body, and the events that mean that a deploy is done.
//!
//! The event's name and `X-GitHub-Delivery` stand in headers that nobody signs. So an event has to look like its name, and a replay is
//! known by the digest of the body, which holds ids and times of its own
//! (<https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>).

use ring::hmac::HMAC_SHA256;
use serde_json::Value;

use super::body::{is, is_branch, is_listed, json, number, revision, text};
use super::delivery::Delivery;
use super::deploy::{Deploy, RevisionId};
use super::secrets::Secrets;
use super::signature::{digest, from_hex, header, verify};
use super::verdict::Verdict;
use crate::config::{GithubEvent, GithubHook};
use crate::display::shown;

/// Judges a delivery.
pub(super) fn judge(hook: &GithubHook, secrets: &Secrets, delivery: &Delivery<'_>) -> Result<Verdict, Verdict> {
    let signature = header(delivery.headers, "x-hub-signature-256").ok_or(Verdict::Refused("it has no signature"))?;
    let signature = signature.strip_prefix("sha256=").and_then(from_hex);
    let signature = signature.ok_or(Verdict::Refused("its signature is not written as it should be"))?;
    verify(HMAC_SHA256, secrets, delivery.body, &signature)?;
    let name =
        header(delivery.headers, "x-github-event").ok_or_else(|| Verdict::strange("no header names the event"))?;
    let event = GithubEvent::named(name).filter(|event| hook.events.contains(event));
    let event =
        event.ok_or_else(|| Verdict::ignored(format!("the event {} is not reacted to", shown(name.as_bytes()))))?;
    let body = document(delivery)?;
    let told = match event {
        GithubEvent::DeploymentStatus => deployment_status(hook, &body)?,
        GithubEvent::PageBuild => page_build(&body)?,
        GithubEvent::WorkflowRun => workflow_run(hook, &body)?,
        GithubEvent::Push => push(hook, &body)?,
    };
    Ok(Verdict::Deploy(Box::new(Deploy { id: Some(digest(delivery.body)), ..told })))
}

/// Reads the body, which is a form with a field `payload` where the hook was set up so.
fn document(delivery: &Delivery<'_>) -> Result<Value, Verdict> {
    let kind = header(delivery.headers, "content-type").unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return json(delivery.body, "it is no JSON");
    }
    let mut fields = url::form_urlencoded::parse(delivery.body).filter(|(name, _)| name == "payload");
    match (fields.next(), fields.next()) {
        (Some((_, payload)), None) => json(payload.as_bytes(), "it is no JSON"),
        _ => Err(Verdict::strange(
            "there is no payload, or more than one: a body of JSON comes with `Content-Type: application/json`",
        )),
    }
}

/// Where a body names the default branch.
const DEFAULT: &str = "/repository/default_branch";

fn deployment_status(hook: &GithubHook, body: &Value) -> Result<Deploy, Verdict> {
    is(body, "/deployment_status/state", "success")?;
    is_listed(&hook.environments, "environment", text(body, "/deployment/environment")?)?;
    let to = Some(revision(body, "/deployment/sha")?);
    Ok(Deploy { to, deploy: number(body, "/deployment/id"), ..Deploy::default() })
}

fn page_build(body: &Value) -> Result<Deploy, Verdict> {
    is(body, "/build/status", "built")?;
    let to = Some(revision(body, "/build/commit")?);
    Ok(Deploy { to, deploy: number(body, "/id"), ..Deploy::default() })
}

fn workflow_run(hook: &GithubHook, body: &Value) -> Result<Deploy, Verdict> {
    is(body, "/action", "completed")?;
    is(body, "/workflow_run/conclusion", "success")?;
    // A fork's run is of a stranger's code, whatever its branch is called.
    if text(body, "/workflow_run/head_repository/full_name")? != text(body, "/repository/full_name")? {
        return Err(Verdict::ignored("the workflow ran for a fork"));
    }
    is_branch(&hook.branches, body, DEFAULT, text(body, "/workflow_run/head_branch")?)?;
    let file = text(body, "/workflow_run/path")?;
    let short = file.rsplit('/').next().unwrap_or(file);
    let name = text(body, "/workflow_run/name")?;
    let is_by_file = hook.workflows.iter().any(|one| one == file || one == short);
    if !is_by_file {
        is_listed(&hook.workflows, "workflow", name)?;
    }
    let to = Some(revision(body, "/workflow_run/head_sha")?);
    Ok(Deploy { to, deploy: number(body, "/workflow_run/id"), ..Deploy::default() })
}

fn push(hook: &GithubHook, body: &Value) -> Result<Deploy, Verdict> {
    let name = text(body, "/ref")?;
    let branch = name.strip_prefix("refs/heads/");
    let branch = branch.ok_or_else(|| Verdict::ignored(format!("{} is no branch", shown(name.as_bytes()))))?;
    is_branch(&hook.branches, body, DEFAULT, branch)?;
    let to = RevisionId::parse(text(body, "/after")?);
    let to = to.ok_or_else(|| Verdict::ignored(format!("the branch {} was deleted", shown(branch.as_bytes()))))?;
    Ok(Deploy { to: Some(to), ..Deploy::default() })
}
