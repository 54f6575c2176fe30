//! Who sent a request, as far as that can be known behind proxies.

use std::net::IpAddr;

use http::request::Parts;

use super::settings::Settings;
use crate::display::shown;

/// Returns who sent a request: the peer, or what a proxy that is named says of it.
pub(super) fn sender(settings: &Settings, parts: &Parts, peer: IpAddr) -> IpAddr {
    let proxies = &settings.serve.proxies;
    if !proxies.contains(&peer) {
        return peer;
    }
    let lists = parts.headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let addresses: Vec<&str> = lists.flat_map(|list| list.split(',')).map(str::trim).collect();
    // From the right: each proxy adds the one that it saw, and what stands before the first stranger is hearsay.
    let mut known = peer;
    for text in addresses.into_iter().rev() {
        let Ok(address) = text.parse::<IpAddr>().map(|address| address.to_canonical()) else {
            tracing::debug!(text = shown(text.as_bytes()), "no address in X-Forwarded-For");
            break;
        };
        known = address;
        if !proxies.contains(&address) {
            break;
        }
    }
    known
}
