//! Before the first purge: does each zone hold the hosts that are to be purged in it?
//!
//! Asked once per zone and only as far as the credentials may; where the API does not tell, the run goes on, since a token for
//! purges alone is what is recommended. Judging the answers is left to the provider.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, timeout_at};

use super::sending::Postman;
use super::{Output, Planned};
use crate::cli::Global;
use crate::display::{counted, line, shown};
use crate::error::Error;
use crate::mapping::Operation;
use crate::provider::{Belonging, Heard, LookUp};

/// How long one zone is waited for: an answer takes far below a second, and the purge does not need it.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// How long all of them are waited for.
const PATIENCE_IN_ALL: Duration = Duration::from_secs(10);

/// Look-ups under way at once.
const IN_FLIGHT: usize = 4;

/// Hosts that a warning names.
const NAMED: usize = 5;

/// A question, and the sender that it goes through.
type Asked = (usize, LookUp);

impl Postman {
    /// Refuses hosts that lie outside of their zone. What cannot be told is said with `-v`: with a token for purges alone it
    /// would be said each time. Who else goes with a purge of everything is said where it can be told.
    pub(super) fn check_zones(
        &mut self,
        global: &Global,
        planned: &mut [Planned],
        output: &mut Output<'_>,
    ) -> Result<(), Error> {
        let asked = |look_up: &dyn Fn(&Planned) -> Option<LookUp>| -> Vec<Option<Asked>> {
            let ways = planned.iter().zip(&self.routes);
            ways.map(|(p, routes)| Some((routes.first()?.sender, look_up(p)?))).collect()
        };
        let belonging = asked(&|p| p.provider.belonging());
        let all_hosts = asked(&|p| p.provider.all_hosts().filter(|_| purges_everything(p)));
        let answers = self.ask(belonging.iter().chain(&all_hosts).flatten());
        let heard = |asked: &Option<Asked>| answers.get(asked.as_ref()?);
        for (i, p) in planned.iter_mut().enumerate() {
            let hosts = p.site.hosts();
            match heard(&belonging[i]).map(|heard| p.provider.belongs(heard, &hosts)) {
                Some(Belonging::Outside { hosts, of }) => {
                    p.failed = Some(Error::OutsideZone { site: p.site.name.to_string(), hosts, zone: of });
                    self.routes[i].clear();
                    continue;
                }
                Some(Belonging::Unknown(why)) if global.verbose => {
                    let (hosts, whole) = (hosts.join(", "), p.provider.capabilities().whole);
                    let note =
                        format!("note: {}: cannot tell whether {hosts} belongs to the {whole}: {why}", p.site.name);
                    writeln!(output.err, "{}", line(&note)).map_err(Error::Output)?;
                }
                None | Some(Belonging::Inside | Belonging::Unknown(_)) => {}
            }
            let others = heard(&all_hosts[i]).map(|heard| p.provider.other_hosts(heard, &hosts)).unwrap_or_default();
            if !others.is_empty() {
                writeln!(output.err, "{}", line(&warning(p, &others))).map_err(Error::Output)?;
            }
        }
        Ok(())
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

fn purges_everything(planned: &Planned) -> bool {
    planned.plan.operations.iter().any(|operation| operation.operation == Operation::Everything)
}

/// `warning: www: everything in the zone is purged, and with it shop.example.com and 3 other hosts`.
fn warning(planned: &Planned, others: &[String]) -> String {
    let whole = planned.provider.capabilities().whole;
    let named: Vec<String> = others.iter().take(NAMED).map(|host| shown(host.as_bytes())).collect();
    let more = match others.len() - named.len() {
        0 => String::new(),
        n => format!(" and {}", counted(n, "other host")),
    };
    format!(
        "warning: {}: everything in the {whole} is purged, and with it {}{more}; `then = \"hosts\"` keeps to the site's hosts",
        planned.plan.title(),
        named.join(", ")
    )
}
