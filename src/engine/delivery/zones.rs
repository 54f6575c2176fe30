//! Before the first purge: does each zone hold the hosts that are to be purged in it?
//!
//! Asked once per zone and only as far as the credentials may; where the API does not tell, the run goes on, since a token for
//! purges alone is what is recommended. Judging the answers is left to the provider.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, timeout_at};

use super::routes::Routes;
use crate::display::{counted, shown};
use crate::engine::error::DeliveryError;
use crate::engine::ground::Ground;
use crate::engine::listener::Notice;
use crate::engine::run::{Run, SiteRun};
use crate::mapping::Operation;
use crate::provider::{Belonging, Heard, LookUp};

/// How long one zone is waited for: an answer takes far below a second, and the purge does not need it.
pub(in crate::engine) const PATIENCE: Duration = Duration::from_secs(5);

/// How long all of them are waited for.
const PATIENCE_IN_ALL: Duration = Duration::from_secs(10);

/// Look-ups under way at once.
const IN_FLIGHT: usize = 4;

/// Hosts that a warning names.
const NAMED: usize = 5;

/// A question, and the sender that it goes through.
type Asked = (usize, LookUp);

impl Routes {
    /// Refuses hosts that lie outside of their zone. A zone that cannot be read is a detail: with a token for purges alone it would be
    /// said each time. The other hosts that go with a purge of everything are said where they can be told.
    pub(super) fn check_zones(&mut self, ground: &Ground<'_>, run: &mut Run) {
        let asked = |look_up: &dyn Fn(&SiteRun) -> Option<LookUp>| -> Vec<Option<Asked>> {
            let ways = run.sites.iter().zip(&self.of_plans);
            ways.map(|(one, ways)| Some((ways.first()?.sender, look_up(one)?))).collect()
        };
        let belonging = asked(&|one| one.provider.belonging());
        let all_hosts = asked(&|one| one.provider.all_hosts().filter(|_| purges_everything(one)));
        let answers = self.ask(belonging.iter().chain(&all_hosts).flatten());
        let heard = |asked: &Option<Asked>| answers.get(asked.as_ref()?);
        for (one, (belonging, all_hosts)) in run.sites.iter_mut().zip(belonging.iter().zip(&all_hosts)) {
            let (name, hosts) = (one.site.name.to_string(), one.site.hosts());
            match heard(belonging).map(|heard| one.provider.belongs(heard, &hosts)) {
                Some(Belonging::Outside { hosts, of }) => {
                    one.failed = Some(DeliveryError::OutsideZone { site: name, hosts, zone: of }.into());
                    continue;
                }
                Some(Belonging::Unknown(why)) => {
                    let (hosts, whole) = (hosts.join(", "), one.provider.capabilities().whole);
                    let text = format!("{name}: cannot tell whether {hosts} belongs to the {whole}: {why}");
                    ground.listener.hear(&Notice::Detail(text));
                }
                None | Some(Belonging::Inside) => {}
            }
            let others = heard(all_hosts).map(|heard| one.provider.other_hosts(heard, &hosts)).unwrap_or_default();
            if !others.is_empty() {
                ground.warn(warning(one, &others));
            }
        }
    }

    /// Asks each question once.
    fn ask<'q>(&self, questions: impl Iterator<Item = &'q Asked>) -> HashMap<Asked, Heard> {
        let questions: HashSet<&Asked> = questions.collect();
        self.runtime.block_on(async {
            let until = Instant::now() + PATIENCE_IN_ALL;
            let ask = |asked: &'q Asked| async move {
                let (sender, look_up) = asked;
                let reply = timeout_at(until, self.senders[*sender].look_up(look_up, PATIENCE)).await;
                let heard =
                    reply.map_or_else(|_| Err("no answer in time".to_owned()), |r| r.map_err(|e| e.to_string()));
                (asked.clone(), heard)
            };
            stream::iter(questions).map(ask).buffer_unordered(IN_FLIGHT).collect().await
        })
    }
}

fn purges_everything(one: &SiteRun) -> bool {
    one.plan.operations.iter().any(|operation| operation.operation == Operation::Everything)
}

/// `www: everything in the zone is purged, and with it shop.example.com and 3 other hosts`.
fn warning(one: &SiteRun, others: &[String]) -> String {
    let whole = one.provider.capabilities().whole;
    let named: Vec<String> = others.iter().take(NAMED).map(|host| shown(host.as_bytes())).collect();
    let more = match others.len() - named.len() {
        0 => String::new(),
        n => format!(" and {}", counted(n, "other host")),
    };
    format!(
        "{}: everything in the {whole} is purged, and with it {}{more}; `then = \"hosts\"` keeps to the site's hosts",
        one.plan.title(),
        named.join(", ")
    )
}
