//! Before the first purge: does each zone hold the hosts that are to be purged in it?
//!
//! Asked once per zone and only as far as the credentials may; where the API does not tell, the run goes on, since a token for
//! purges alone is what is recommended. Judging the answers is left to the provider.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, timeout_at};

use super::routes::{Route, Routes};
use crate::config::{Site, ZoneId};
use crate::engine::error::DeliveryError;
use crate::engine::ground::Ground;
use crate::engine::listener::Notice;
use crate::engine::run::Run;
use crate::provider::{LookUp, Target, ZoneAnswer};
use crate::send::Sender;

/// How long one zone is waited for: an answer takes far below a second, and the purge does not need it.
pub(in crate::engine) const PATIENCE: Duration = Duration::from_secs(5);

/// How long all of them are waited for.
const PATIENCE_IN_ALL: Duration = Duration::from_secs(10);

/// Look-ups under way at once.
const IN_FLIGHT: usize = 4;

/// A zone as some credentials see it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct View<'p> {
    sender: usize,
    zone: &'p ZoneId,
}

/// What is asked about it, and through whom.
type Question<'p> = (View<'p>, (LookUp, &'p Sender));

impl View<'_> {
    /// What a way leads to, where that is a zone.
    fn of_way(route: &Route) -> Option<View<'_>> {
        match &route.target {
            Target::Zone { zone, .. } => Some(View { sender: route.sender, zone }),
            Target::Endpoint(_) => None,
        }
    }
}

impl Routes {
    /// Refuses hosts that lie outside of their zone. What cannot be told is a detail: with a token for purges alone it would be
    /// said each time.
    pub(super) fn check_zones(&mut self, ground: &Ground<'_>, run: &mut Run) {
        let answers = self.ask_for_zones();
        let of_sites: Vec<Option<ZoneAnswer>> =
            self.of_plans.iter().map(|ways| answers.get(&View::of_way(ways.first()?)?).cloned()).collect();
        for (one, answer) in run.sites.iter_mut().zip(of_sites) {
            let Some(answer) = answer else { continue };
            if let Err(error) = outside(&one.site, &answer) {
                one.failed = Some(error.into());
            }
            if let Some(why) = answer.unknown() {
                let (site, hosts) = (&one.site.name, one.site.hosts().join(", "));
                let text = format!("{site}: cannot tell whether {hosts} belongs to the zone: {why}");
                ground.listener.hear(&Notice::Detail(text));
            }
        }
    }

    /// Asks for each zone once.
    fn ask_for_zones<'p>(&'p self) -> HashMap<View<'p>, ZoneAnswer> {
        let ways = self.of_plans.iter().filter_map(|ways| ways.first());
        let views: HashMap<View<'p>, (LookUp, &'p Sender)> = ways
            .filter_map(|route| match &route.target {
                Target::Zone { base, zone } => {
                    Some((View::of_way(route)?, (LookUp::zone(base, zone), self.sender(route))))
                }
                Target::Endpoint(_) => None,
            })
            .collect();
        self.runtime.block_on(async {
            let until = Instant::now() + PATIENCE_IN_ALL;
            let ask = |(view, (look_up, sender)): Question<'p>| async move {
                let asked = timeout_at(until, sender.look_up(&look_up, PATIENCE)).await;
                let reply =
                    asked.map_or_else(|_| Err("no answer in time".to_owned()), |r| r.map_err(|e| e.to_string()));
                (view, ZoneAnswer::of(reply.as_ref().map_err(Clone::clone)))
            };
            stream::iter(views).map(ask).buffer_unordered(IN_FLIGHT).collect().await
        })
    }
}

/// Fails where hosts of the site lie outside of its zone.
fn outside(site: &Site, answer: &ZoneAnswer) -> Result<(), DeliveryError> {
    let hosts = site.hosts();
    match (answer, &answer.outside(&hosts)[..]) {
        (ZoneAnswer::Known(zone), outside @ [_, ..]) => {
            let hosts = outside.iter().map(|host| (*host).to_owned()).collect();
            Err(DeliveryError::OutsideZone { site: site.name.to_string(), hosts, zone: zone.name.clone() })
        }
        _ => Ok(()),
    }
}
