//! Before the first purge: does each zone hold the hosts that are to be purged in it?
//!
//! Asked once per zone and only as far as the credentials may; where the API does not tell, the run goes on, since a token for
//! purges alone is what is recommended. Judging the answers is left to the provider.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, timeout_at};

use super::sending::Postman;
use super::{Output, Planned};
use crate::cli::Global;
use crate::config::{Site, TokenSource, ZoneId};
use crate::display::line;
use crate::error::Error;
use crate::provider::{LookUp, Target, ZoneAnswer};

/// How long one zone is waited for: an answer takes far below a second, and the purge does not need it.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// How long all of them are waited for.
const PATIENCE_IN_ALL: Duration = Duration::from_secs(10);

/// Look-ups under way at once.
const IN_FLIGHT: usize = 4;

/// A zone as some credentials see it.
type View<'p> = (&'p TokenSource, &'p ZoneId);

impl Postman {
    /// Refuses hosts that lie outside of their zone. What cannot be told is said with `-v`: with a token for purges alone it
    /// would be said each time.
    pub(super) fn check_zones(
        &mut self,
        global: &Global,
        planned: &mut [Planned],
        output: &mut Output<'_>,
    ) -> Result<(), Error> {
        let sites = planned.iter().zip(&self.targets).filter_map(|(p, target)| Some((&p.site, target.as_ref()?)));
        let answers = self.ask_for_zones(sites);
        let view = |p: &Planned, target: &Target| answers.get(&(&p.site.cloudflare.token, &target.zone)).cloned();
        let of_sites: Vec<Option<ZoneAnswer>> =
            planned.iter().zip(&self.targets).map(|(p, target)| view(p, target.as_ref()?)).collect();
        for ((p, target), answer) in planned.iter_mut().zip(&mut self.targets).zip(of_sites) {
            let Some(answer) = answer else { continue };
            if let Err(error) = outside(&p.site, &answer) {
                (p.failed, *target) = (Some(error), None);
            }
            if let Some(why) = answer.unknown().filter(|_| global.verbose) {
                let hosts = p.site.hosts().join(", ");
                let note = format!("note: {}: cannot tell whether {hosts} belongs to the zone: {why}", p.site.name);
                writeln!(output.err, "{}", line(&note)).map_err(Error::Output)?;
            }
        }
        Ok(())
    }

    /// Asks for each zone once.
    fn ask_for_zones<'p>(&self, sites: impl Iterator<Item = (&'p Site, &'p Target)>) -> HashMap<View<'p>, ZoneAnswer> {
        let view =
            |(site, target): (&'p Site, &'p Target)| ((&site.cloudflare.token, &target.zone), LookUp::zone(target));
        let views: HashMap<View<'p>, LookUp> = sites.map(view).collect();
        self.runtime.block_on(async {
            let until = Instant::now() + PATIENCE_IN_ALL;
            let ask = |(view, look_up): (View<'p>, LookUp)| async move {
                let sender = self.senders.get(view.0)?;
                let asked = timeout_at(until, sender.look_up(&look_up, PATIENCE)).await;
                let reply =
                    asked.map_or_else(|_| Err("no answer in time".to_owned()), |r| r.map_err(|e| e.to_string()));
                Some((view, ZoneAnswer::of(reply.as_ref().map_err(Clone::clone))))
            };
            stream::iter(views).map(ask).buffer_unordered(IN_FLIGHT).filter_map(std::future::ready).collect().await
        })
    }
}

fn outside(site: &Site, answer: &ZoneAnswer) -> Result<(), Error> {
    let hosts = site.hosts();
    match (answer, &answer.outside(&hosts)[..]) {
        (ZoneAnswer::Known(zone), outside @ [_, ..]) => {
            let hosts = outside.iter().map(|host| (*host).to_owned()).collect();
            Err(Error::OutsideZone { site: site.name.to_string(), hosts, zone: zone.name.clone() })
        }
        _ => Ok(()),
    }
}
