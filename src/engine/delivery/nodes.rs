//! A way to each server behind a name, just before anything is sent: names are looked up once for a run, and all layers, sites and
//! retries keep to what was found.
//!
//! It comes behind the wait for the origins: a server that joins meanwhile may have filled itself with what was live before.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::join_all;

use super::routes::{Route, Routes};
use crate::engine::error::{DeliveryError, Error};
use crate::engine::ground::Ground;
use crate::engine::listener::Notice;
use crate::engine::run::Run;
use crate::plan::Pace;
use crate::send::{self, Found, Http, Node};

/// The names of endpoints, looked up.
type Names = BTreeMap<String, Result<Found, String>>;

impl Routes {
    /// Puts a way to each address in place of a way to a name. A name that is not found is a node that fails; where no name of a plan is,
    /// nothing of it is sent.
    pub(super) fn find_nodes(&mut self, ground: &Ground<'_>, run: &mut Run, retry_for: Duration) -> Result<(), Error> {
        let names = self.look_up_names(retry_for);
        for (endpoint, found) in &names {
            let unreachable = found.as_ref().map_or(&[][..], |found| &found.unreachable);
            if !unreachable.is_empty() {
                let others: Vec<String> = unreachable.iter().map(ToString::to_string).collect();
                let others = others.join(" and ");
                ground.warn(format!(
                    "{endpoint} leads to {others} too, to which this machine has no route, and is not asked there; where all its addresses are one cache, `addresses = \"one\"` says so"
                ));
            }
        }
        for i in 0..self.of_plans.len() {
            let ways = std::mem::take(&mut self.of_plans[i]);
            let one = &mut run.sites[i];
            let pace = one.provider.capabilities().pace;
            let ways = self.each_address(ground, ways, &names, pace)?;
            let lost = ways.iter().find_map(|way| Some((way.target.base.clone(), way.lost.clone()?)));
            match lost.filter(|_| ways.iter().all(|way| way.lost.is_some())) {
                Some((endpoint, why)) => {
                    let site = one.site.name.to_string();
                    one.failed = Some(DeliveryError::NotFound { site, endpoint, why }.into());
                }
                None => self.of_plans[i] = ways,
            }
        }
        self.hold_back(run);
        Ok(())
    }

    /// Looks all names up at once, each once.
    fn look_up_names(&self, retry_for: Duration) -> Names {
        let ways = self.of_plans.iter().flatten().filter(|way| way.target.is_each_address);
        let endpoints: BTreeSet<&String> = ways.map(|way| &way.target.base).collect();
        let look_ups = endpoints
            .into_iter()
            .map(|endpoint| async { (endpoint.clone(), send::addresses(endpoint, retry_for).await) });
        self.runtime.block_on(join_all(look_ups)).into_iter().collect()
    }

    /// Returns the ways of one plan: each server once, be it under two names.
    fn each_address(
        &mut self,
        ground: &Ground<'_>,
        ways: Vec<Route>,
        names: &Names,
        pace: Pace,
    ) -> Result<Vec<Route>, Error> {
        let mut all: Vec<Route> = Vec::with_capacity(ways.len());
        let mut asked: BTreeMap<(String, SocketAddr), Node> = BTreeMap::new();
        for way in ways {
            let found = match names.get(&way.target.base) {
                Some(Ok(found)) => found,
                Some(Err(why)) => {
                    all.push(Route { lost: Some(why.clone()), ..way });
                    continue;
                }
                None => {
                    all.push(way);
                    continue;
                }
            };
            let several = found.addresses.len() + found.unreachable.len() > 1;
            for address in &found.addresses {
                let (Some(node), Some(address)) = (&way.node, address) else {
                    all.push(way.clone());
                    continue;
                };
                let node = Node { address: several.then_some(address.ip()), ..node.clone() };
                if let Some(other) = asked.get(&(server_name(&way.target.base), *address)) {
                    let text = format!("{node} is the server that is asked as {other}");
                    ground.listener.hear(&Notice::Detail(text));
                    continue;
                }
                asked.insert((server_name(&way.target.base), *address), node.clone());
                let sender = if found.is_name { self.pinned(&way, *address, pace)? } else { way.sender };
                all.push(Route { node: Some(node), sender, ..way.clone() });
            }
        }
        Ok(all)
    }

    /// Returns a sender that keeps to one address.
    fn pinned(&mut self, way: &Route, address: SocketAddr, pace: Pace) -> Result<usize, Error> {
        let sender = self.sender(way).by(Http::for_cache_at(&way.target.base, address)?, pace);
        self.senders.push(sender);
        Ok(self.senders.len() - 1)
    }
}

/// The name that a server sees before any header, by which it may be another one: that of TLS. Plain http has none.
fn server_name(endpoint: &str) -> String {
    if endpoint.starts_with("https:") { endpoint.to_owned() } else { String::new() }
}
