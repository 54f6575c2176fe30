//! The other hosts of a zone, by its DNS records: what a purge of everything evicts beside the site.
//!
//! Documented (<https://developers.cloudflare.com/api/resources/dns/subresources/records/methods/list/>): the list, its filter
//! `proxied`, its pages of 100 by default, and the permission Zone > DNS > Read. Assumed: a token without it gets 403, as
//! elsewhere; and only proxied records of A, AAAA and CNAME are hosts that the zone caches for. Workers, custom hostnames and
//! load balancers serve hosts of which no such record tells, so that the list may be short of some.

use super::envelope::result;
use crate::provider::look_up::Heard;

/// Records that are looked at: the page that is the default. A warning names a few hosts of them.
const PER_PAGE: u32 = 100;

/// Returns the path below the API of a zone's proxied records.
pub(super) fn path(zone: &str) -> String {
    format!("/zones/{zone}/dns_records?proxied=true&per_page={PER_PAGE}")
}

/// Reads the hosts beside some, sorted, each once; none where the API does not tell.
pub(super) fn other_hosts(heard: &Heard, ours: &[&str]) -> Vec<String> {
    let Some(Ok(result)) = heard.as_ref().ok().map(result) else { return Vec::new() };
    let records = result.as_array().map_or(&[][..], Vec::as_slice);
    let host = |record: &serde_json::Value| {
        let is_host = matches!(record["type"].as_str(), Some("A" | "AAAA" | "CNAME")) && record["proxied"] == true;
        let name = record["name"].as_str().filter(|_| is_host)?.trim_end_matches('.').to_ascii_lowercase();
        (!name.is_empty() && !ours.contains(&&*name)).then_some(name)
    };
    let mut hosts: Vec<String> = records.iter().filter_map(host).collect();
    hosts.sort_unstable();
    hosts.dedup();
    hosts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::look_up::LookUpReply;

    #[test]
    fn other_proxied_hosts_are_named_and_what_cannot_be_told_is_none() {
        let reply = |status, body: &str| Ok(LookUpReply { status, date: None, body: body.as_bytes().to_vec() });
        let ok = |records: &str| {
            reply(200, &format!(r#"{{"success":true,"errors":[],"messages":[],"result":[{records}]}}"#))
        };
        let record = |kind: &str, name: &str, proxied: bool| {
            format!(r#"{{"type":"{kind}","name":"{name}","proxied":{proxied},"content":"192.0.2.1"}}"#)
        };
        let all = [
            record("A", "www.example.com", true),
            record("A", "shop.example.com", true),
            record("AAAA", "Shop.example.com", true),
            record("CNAME", "*.example.com", true),
            record("A", "direct.example.com", false),
            record("TXT", "note.example.com", true),
        ];
        assert_eq!(other_hosts(&ok(&all.join(",")), &["www.example.com"]), ["*.example.com", "shop.example.com"]);
        let forbidden = r#"{"success":false,"errors":[{"code":9109,"message":"no"}],"messages":[],"result":null}"#;
        for heard in [
            ok(""),
            ok(r#"7,{"type":"A"},{"type":"A","name":7,"proxied":true}"#),
            reply(403, forbidden),
            reply(200, "<html>"),
            reply(200, r#"{"success":true,"result":null}"#),
            Err("no answer in time".to_owned()),
        ] {
            assert_eq!(other_hosts(&heard, &["www.example.com"]), Vec::<String>::new(), "{heard:?}");
        }
    }
}
