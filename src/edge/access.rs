//! The permissions at the edge's API, and what it tells of its zone and its token.
//!
//! The shapes are those of Cloudflare's documents and of its SDK. Reported by users: 401 with code 1000 for a token that is
//! none here or is the account's, 403 with 9109 or 10000 for a missing permission. Assumptions, since no document settles
//! them: a token that has ended still learns so, and gets 403 everywhere else; who may not read zones or DNS gets 403 for a list too.

use hyper::HeaderMap;
use serde_json::{Value, json};

use super::api::{self, Refusal};
use super::loopback::{Request, Response};
use super::settings::Settings;

/// The account that the zone belongs to.
const ACCOUNT: &str = "01a7362d577a6c3019a474fd6f485823";

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

fn bears(settings: &Settings, headers: &HeaderMap) -> bool {
    header(headers, "authorization").and_then(|v| v.strip_prefix("Bearer ")) == Some(&settings.token)
}

/// Lets those in who may purge.
pub(super) fn admit(settings: &Settings, headers: &HeaderMap) -> Result<(), Refusal> {
    let access = &settings.access;
    let pair = header(headers, "x-auth-email").zip(header(headers, "x-auth-key"));
    let has_key = pair.is_some() && pair == access.global_key;
    if has_key || (bears(settings, headers) && access.status == "active") {
        Ok(())
    } else {
        Err(Refusal::new(403, 10000, "Authentication error"))
    }
}

/// Answers a GET.
pub(super) fn look_up(settings: &Settings, request: &Request, path: &str) -> Response {
    let result = match path.split('/').collect::<Vec<_>>()[..] {
        ["", "user", "tokens", "verify"] => token_of(settings, request.headers(), false),
        ["", "accounts", ACCOUNT, "tokens", "verify"] => token_of(settings, request.headers(), true),
        ["", "zones"] => readable(settings, request).map(|()| list(settings, request)),
        ["", "zones", id] if id == settings.zone => readable(settings, request).map(|()| zone(settings)),
        ["", "zones", id, "dns_records"] if id == settings.zone => {
            permitted(settings, request, settings.access.reads_dns).map(|()| records(settings, request))
        }
        _ => admit(settings, request.headers()).and_then(|()| Err(api::no_route(path))),
    };
    match result {
        Ok(result) => api::found(&result),
        Err(refusal) => api::refused(&refusal, &[]),
    }
}

fn readable(settings: &Settings, request: &Request) -> Result<(), Refusal> {
    permitted(settings, request, settings.access.reads_zones)
}

fn permitted(settings: &Settings, request: &Request, may: bool) -> Result<(), Refusal> {
    admit(settings, request.headers())?;
    if may { Ok(()) } else { Err(Refusal::new(403, 9109, "Unauthorized to access requested resource")) }
}

/// The first page of the zone's DNS records; `proxied=true` leaves the one out that is not.
fn records(settings: &Settings, request: &Request) -> Value {
    let query = request.uri().query().unwrap_or_default();
    let value = |key: &str| query.split('&').find_map(|part| part.strip_prefix(key)?.strip_prefix('='));
    let record =
        |name: &str, proxied: bool| json!({"type": "A", "name": name, "content": "192.0.2.1", "proxied": proxied});
    let proxied = settings.access.hosts.iter().map(|host| record(host, true));
    let direct = record(&format!("direct.{}", settings.zone_name), false);
    let others = (value("proxied") != Some("true")).then_some(direct);
    let page = value("per_page").and_then(|n| n.parse().ok()).unwrap_or(100);
    proxied.chain(others).take(page).collect()
}

/// Verifies a token where those of users are, or of the account.
fn token_of(settings: &Settings, headers: &HeaderMap, an_account: bool) -> Result<Value, Refusal> {
    if !headers.contains_key("authorization") {
        return Err(Refusal::new(400, 1001, "Missing \"Authorization\" header"));
    }
    if !bears(settings, headers) || settings.access.is_the_accounts != an_account {
        return Err(Refusal::new(401, 1000, "Invalid API Token"));
    }
    Ok(json!({"id": "ed17574386854bf78a67040be0a770b0", "status": settings.access.status}))
}

fn zone(settings: &Settings) -> Value {
    let made = "2014-01-01T05:20:00.12345Z";
    json!({
        "id": settings.zone, "name": settings.zone_name, "status": "active", "paused": false, "type": "full",
        "development_mode": 0, "name_servers": ["a.ns.example", "b.ns.example"], "original_name_servers": null,
        "original_registrar": null, "original_dnshost": null, "created_on": made, "modified_on": made, "activated_on": made,
        "meta": {}, "owner": {"id": null, "type": "user", "email": null}, "plan": {"name": "A plan"},
        "account": {"id": ACCOUNT, "name": "An account"},
        "permissions": settings.access.permissions,
    })
}

/// The zone, unless another name or a further page is asked for: clients ask for pages until one is empty.
fn list(settings: &Settings, request: &Request) -> Value {
    let query = request.uri().query().unwrap_or_default();
    let value = |key: &str| query.split('&').find_map(|part| part.strip_prefix(key)?.strip_prefix('='));
    let is_it = value("name").is_none_or(|name| name.eq_ignore_ascii_case(&settings.zone_name));
    if is_it && value("page").is_none_or(|page| page == "1") { json!([zone(settings)]) } else { json!([]) }
}
